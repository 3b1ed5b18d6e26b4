"""What the clauses say, in the reader's language, and who sees to those without a rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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


BY_PEOPLE: Mapping[str, tuple[Words, Words]] = {
    "case": (_("由人判斷"), _("作為案件，在待審佇列裡由主管處理")),
    "board": (_("現場的義務"), _("在接待現場做到；同意與否由接待人登記")),
}
"""For clauses without a rule: what they are, and where somebody sees to it."""


@dataclass(frozen=True, slots=True)
class OnPage:
    """A clause as the policy page shows it."""

    id: str
    statement: str
    state: str
    """rule, person (a duty or a judgement for somebody) or off (not in this preset)."""
    numbers: list[tuple[str, str]]
    person: tuple[Words, Words] | None


def clause_on_page(clause: type[Clause], working: Clause | None, policy: Policy) -> OnPage:
    """What a clause says and whether it is in force, with its own numbers in words."""
    by_person = BY_PEOPLE.get(clause.decided_by)
    state = "off" if working is None else "person" if by_person else "rule"
    numbers = []
    if working is not None:
        numbers = [
            (str(PARAMETERS[name]), parameter(name, getattr(policy, name)))
            for name in NUMBERS_OF.get(clause.id, ())
        ]
    return OnPage(clause.id, statement(clause.id), state, numbers, by_person)
