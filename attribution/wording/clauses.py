"""What the clauses say, in the reader's language, and who sees to those without a rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from leads.models import Role

from ..policy.clause import Clause
from ..policy.editions import ALL_CLAUSES
from ..policy.parameters import Policy
from .parameters import NUMBERS_OF, PARAMETERS, parameter
from .reasons import Words

CLAUSES: Mapping[str, type[Clause]] = {clause.id: clause for clause in ALL_CLAUSES}


def statement(id: str) -> str:
    """What a clause says, in the reader's language; empty for one that we do not know."""
    clause = CLAUSES.get(id)
    if clause is None:
        return ""
    said = clause.statement
    return {"zh-hans": said.hans, "en": said.en}.get(get_language() or "", said.hant)


def stated(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Clause ids with their statements, once each: what a row of clause chips takes."""
    return [(id, statement(id)) for id in dict.fromkeys(ids)]


PLACES: Mapping[str, tuple[Words, Words]] = {
    "case": (_("由人判斷"), _("作為案件，在待審佇列裡由主管處理")),
    "board": (_("現場的義務"), _("在接待現場做到；同意與否由接待人登記")),
    "raised": (_("規則認出，由人決定"), _("規則認出就開案，在待審佇列裡由主管決定")),
    "duty": (_("規則與義務"), _("記接待時勾選三項義務；沒做全，提醒主管")),
}
"""Where somebody sees to a clause: what it is then, and how."""

ROUTED: Mapping[str, str] = {
    **dict.fromkeys(("sales/1", "sales/2", "sales/7", "sales/9", "sales/10"), "raised"),
    **dict.fromkeys(("leasing/1.6", "leasing/1.11", "leasing/1.14"), "raised"),
    **dict.fromkeys(("sales/6", "leasing/2.2", "leasing/2.3", "leasing/2.4"), "raised"),
    **dict.fromkeys(("leasing/1.7", "leasing/1.8"), "duty"),
}
"""Clauses with a rule of which a part is for a person."""

PAGES: Mapping[tuple[str, str], str] = {
    **{
        (place, role): "queue"
        for place in ("case", "raised")
        for role in (Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER)
    },
    **dict.fromkeys((("case", Role.AGENT), ("raised", Role.AGENT)), "my_cases"),
    **dict.fromkeys((("board", Role.AGENT), ("duty", Role.AGENT)), "quick_log"),
    ("board", Role.RECEPTIONIST): "reception",
}
"""The page on which a reader of that role finds it; others only read where it is."""


@dataclass(frozen=True, slots=True)
class OnPage:
    """A clause as the policy page shows it."""

    id: str
    statement: str
    state: str
    """rule, raised (a rule, and then a person), duty, case, board (a person) or off (not here)."""
    numbers: list[tuple[str, str]]
    place: tuple[Words, Words] | None
    page: str
    """The name of the page where the reader sees to it; empty where he has none."""


def clause_on_page(
    clause: type[Clause], working: Clause | None, policy: Policy, role: str
) -> OnPage:
    """What a clause says, whether it is in force with which numbers, and who sees to it where."""
    place = ROUTED.get(clause.id, clause.decided_by)
    numbers = []
    if working is not None:
        numbers = [
            (str(PARAMETERS[name]), parameter(name, getattr(policy, name)))
            for name in NUMBERS_OF.get(clause.id, ())
        ]
    return OnPage(
        clause.id,
        statement(clause.id),
        "off" if working is None else place,
        numbers,
        PLACES.get(place),
        PAGES.get((place, role), ""),
    )
