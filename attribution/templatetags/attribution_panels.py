"""What attribution lends to pages, and the words of its own: `{% load attribution_panels %}`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.access import DECIDERS, OVERSEERS
from leads.forms.counter import OUTCOMES, REACHING
from leads.models import ContactEvent, Lead, Notification, Project, Role
from leads.queries import Called

from .. import wording
from ..policy.calendar import Span
from ..queries import holdings
from ..queries.history import History
from ..queries.holdings import Reason
from ..queries.links import LinkPreview

register = template.Library()

TABS = (
    ("timeline", "lead", _("時間軸")),
    ("people", "lead_people", _("關係")),
    ("why", "lead_why", _("歸屬依據")),
    ("needs", "lead_needs", _("需求")),
    ("deals", "lead_deals", _("成交與佣金")),
)


@register.filter
def stated(ids: Iterable[str]) -> list[tuple[str, str]]:
    """`{% clauses claim.clauses|stated %}`: clause ids with what they say, for their titles."""
    return wording.stated(ids or ())


@register.filter
def statement(id: str) -> str:
    """`{% clause id id|statement %}`: what a clause says, in the reader's language."""
    return wording.statement(id)


@register.filter
def granted_words(why: str) -> str:
    """`{{ row.granted|granted_words }}`: how a right came to be, in a few words."""
    return str(wording.GRANTED.get(why, why))


@register.filter
def kind_words(kind: str) -> str:
    """`{{ row.kind|kind_words }}`: a kind of fact, as a word."""
    words = {
        "call": _("來電"),
        "visit": _("來訪"),
        "brochure": _("取資料"),
        "online": _("網路諮詢"),
        "report": _("渠道報備"),
    }
    return str(words.get(kind) or wording.HAPPENED.get(kind, ""))


@register.filter
def span_words(value: Span | None) -> str:
    """`{{ effect.span|span_words }}`: «15 天»."""
    return wording.span(value)


@register.filter
def until_words(day: date | None) -> str:
    """`{{ until|until_words }}`: `2026-06-12 24:00`, or that it does not lapse."""
    return wording.last_day(day)


@register.filter
def until_short(day: date | None) -> str:
    """`{{ until|until_short }}`: `06-12`, or that it does not lapse."""
    return wording.last_day(day, short=True)


@register.filter
def of_lead(found: Mapping[int, Any], lead: Lead) -> Any:
    """`{{ reasons|of_lead:lead }}`: what a mapping by key has for a client."""
    return found.get(lead.pk)


@register.simple_tag(takes_context=True)
def reasons_for(context: Context, leads: Iterable[Lead]) -> dict[int, Reason]:
    """`{% reasons_for leads as reasons %}`: why each of a page of clients belongs to whom."""
    now: datetime | None = context.get("now")
    return {} if now is None else holdings.reasons_for(leads, now)


@register.filter
def outcome_choices(extends_to: date | None) -> list[tuple[str, Any, bool]]:
    """`{% outcomes action choices=row.extends_to|outcome_choices %}`: which ones would extend."""
    return [
        (value, word, extends_to is not None and value in REACHING)
        for value, word in OUTCOMES.items()
    ]


@register.inclusion_tag("attribution/_lead_head.html", takes_context=True)
def lead_head(context: Context, lead: Lead, tab: str) -> dict[str, Any]:
    """`{% lead_head lead "why" %}`: who he is, whose and why, until when, what to do; the tabs."""
    request = context["request"]
    history = context.get("history")
    if not isinstance(history, History) or history.lead.pk != lead.pk:
        history = History(lead, request.user, now=context["now"])
    return {
        "history": history,
        "lead": lead,
        "now": context["now"],
        "tabs": _tabs(lead, tab),
        "may_follow_up": history.mine and request.user.role == Role.AGENT,
        "oversees": request.user.role in OVERSEERS,
        "decides": request.user.role in DECIDERS,
        "key": uuid4(),
        "refusal": context.get("refusal"),
        "typed": context.get("typed"),
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }


def _tabs(lead: Lead, current: str) -> list[dict[str, Any]]:
    found = []
    for name, view, label in TABS:
        try:
            url = reverse(view, args=[lead.pk])
        except NoReverseMatch:
            continue
        found.append({"label": label, "url": url, "current": name == current})
    return found


@register.filter
def clock_seconds(moment: datetime | None) -> str:
    """`{{ told|clock_seconds }}`: `10:24:06`; a notice is kept to the second."""
    return "" if moment is None else f"{timezone.localtime(moment):%H:%M:%S}"


@register.filter
def field_of(form: Any, name: str) -> Any:
    """`{{ form|field_of:name }}`: a field by its name."""
    return form[name]


@register.filter
def add_key(prefix: str, key: int) -> str:
    """`{{ "#claim-"|add_key:lead.pk }}`: the address of an element of one client."""
    return f"{prefix}{key}"


@register.filter
def as_list(value: Any) -> list[Any]:
    """`{{ waiting|as_list }}`: one thing, or none, as a list."""
    return [value] if value else []


@register.filter
def moment_of(moment: datetime, project: Project) -> str:
    """`{{ decision.decided_at|moment_of:project }}`: on the office's clock; 24:00 ends a day."""
    local = moment.astimezone(project.zone)
    if local.time() == time.max:
        return f"{local:%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


@register.filter
def lead_code(pk: int) -> str:
    """`{{ row.lead|lead_code }}`: a client by the code that he has everywhere."""
    return str(Lead(pk=pk))


@register.filter
def difference_words(field: str) -> str:
    """`{{ row.field|difference_words }}`: what differs between the store and the facts."""
    return str(wording.DIFFERING.get(field, field))


@register.filter
def waiting_words(clause: str | None) -> str:
    """`{{ decision.waiting|waiting_words }}`: why nobody owns although somebody came."""
    words = {
        "leasing/1.11": _("原顧問離職，等主管安排"),
        "sales/9": _("被非銷售人員指定，等主管裁定"),
    }
    return str(words.get(clause or "", ""))


@register.filter
def outcome_hint(row: holdings.Holding, now: datetime) -> str:
    """`{{ row|outcome_hint:now }}`: what the outcomes of a follow-up would do to this client."""
    if row.extends_to is None:
        return gettext("只留紀錄")
    day = wording.last_day(row.extends_to, short=True)
    return gettext("前兩項延至 %(day)s，後兩項只留紀錄") % {"day": day}


@register.filter
def note_words(note: Notification) -> str:
    """`{{ note|note_words }}`: a note in the reader's language."""
    values = {name: str(wording.NOTED.get(value, value)) for name, value in note.values.items()}
    return gettext(note.text) % values


@register.filter(is_safe=True)
def closely(text: str) -> str:
    """`{% filter closely %}{% include … %}{% endfilter %}`: no blank before a full-width comma."""
    return text.strip()


@register.inclusion_tag("attribution/_link_effect.html")
def link_effect(
    one: Lead,
    two: Lead,
    names: Mapping[int, Called],
    now: datetime,
    terms: Mapping[str, Any] | None = None,
    taken_back: ContactEvent | None = None,
) -> dict[str, Any]:
    """`{% link_effect lead other names now terms=terms %}`: what signing a link would do, or
    taking one back (`taken_back=event`); money included.
    """
    preview = LinkPreview(one, two, now=now, terms=terms, taken_back=taken_back)
    return {
        "preview": preview,
        "rows": [
            {
                "side": side,
                "name": names[side.lead.pk].name,
                "before": preview.name_of(side.before.owner),
                "after": preview.name_of(side.after.owner),
            }
            for side in preview.sides
        ],
        "back": taken_back is not None,
        "currency": one.project.currency,
    }
