"""The features of precedents in the office's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from leads.models import Kind

from .precedents import NO_GAP, Features
from .queries.precedents import Found, Precedents

KNEW: Mapping[str, Any] = {
    "none": _("後接待者不知情"),
    "enquiry": _("後接待者查詢後已知情"),
    "told": _("後接待者已被告知"),
    "assisted": _("後接待者曾代為接待"),
    "asked": _("客戶已指名歸屬人"),
}
VALIDITY: Mapping[str, Any] = {
    "none": _("先接待者沒有權利"),
    "living": _("先接待者仍在有效期"),
    "extended": _("先接待者已延長、仍在有效期"),
    "unlimited": _("先接待者的權利不失效"),
    "lapsed": _("先接待者已過期"),
    "ended": _("先接待者的權利已終止"),
}
DEAL: Mapping[str, Any] = {
    "none": _("還沒有認購"),
    "first": _("先接待者成交"),
    "later": _("後接待者成交"),
    "other": _("第三人成交"),
}
FAVOURS: Mapping[str, Any] = {
    "nobody": _("制度沒有提案"),
    "first": _("制度提案歸先接待者"),
    "later": _("制度提案歸後接待者"),
    "other": _("制度提案歸第三人"),
}
LATE: Mapping[str, Any] = {
    "none": _("當天登記"),
    "first": _("先接待者補登"),
    "later": _("後接待者補登"),
}
RELATION: Mapping[str, Any] = {
    "same": _("同一位客戶"),
    "spouse": _("夫妻"),
    "family": _("親屬"),
    "friend": _("朋友"),
    "colleague": _("同事"),
    "proxy": _("代看"),
}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "knew": KNEW,
    "validity": VALIDITY,
    "deal": DEAL,
    "favours": FAVOURS,
    "late": LATE,
    "relation": RELATION,
}


CLAUSES = "clauses"
"""The feature that is shown as chips, one for each clause, and not in words."""


def precedent_words(precedents: Precedents, found: Found) -> dict[str, Any]:
    """What a decided case shares with the one looked at, and how it differs, weightiest first.

    `cited`: its clauses' ids, to be shown as chips beside the words; `same_clauses`: they are
    those of the case looked at.
    """
    how, theirs = found.likeness, found.features
    days = found.precedent.days
    return {
        "cited": theirs.clauses,
        "same_clauses": CLAUSES in how.shared,
        "shared": [_said(name, theirs, days) for name in how.shared if name != CLAUSES],
        "differing": [_said(name, theirs, days) for name in how.differing if name != CLAUSES],
    }


def _said(name: str, features: Features, days: int | None) -> str:
    if name == "gap":
        return _gap(features, days)
    if name == "channels":
        kinds = {kind.value: str(kind.label) for kind in Kind}
        first, later = features.channels.split("-")
        return gettext("先%(first)s、後%(later)s") % {
            "first": kinds.get(first, gettext("無")),
            "later": kinds.get(later, gettext("無")),
        }
    value = getattr(features, name)
    return str(WORDS[name].get(value, value))


def _gap(features: Features, days: int | None) -> str:
    if features.gap == NO_GAP or days is None:
        return gettext("只有一次接待")
    if days == 0:
        return gettext("同一天第二次接待")
    return ngettext("隔 %(days)d 天第二次接待", "隔 %(days)d 天第二次接待", days) % {"days": days}
