"""Covers whoever has nothing to do with a case, in everything that people typed about it."""

import re
from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext

from leads.models import Staff

FEWEST = 2
"""A name of one sign is no name: it stands in every second sentence."""
DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]*\d{1,2}:\d{2}(?::\d{2})?)?"
NUMBER = r"\+?\d(?:[ \-().–]?\d){6,}|[〇零一壹幺二兩三四五六七八九]{7,}"
MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
OTHERS = """
    SELECT DISTINCT called FROM (
        SELECT name AS called, lead_id FROM leads_person
        UNION ALL
        SELECT unnest(aliases), lead_id FROM leads_person
        UNION ALL
        SELECT unnest(ARRAY[contact.typed, contact.value]), person.lead_id
        FROM leads_contact contact JOIN leads_person person ON person.id = contact.person_id
    ) everybody
    WHERE char_length(called) >= %s AND NOT lead_id = ANY(%s)
      AND position(lower(called) IN lower(%s)) > 0
"""
"""What other clients are called, as far as it stands in a text."""


class Cover:
    """Lets those whom a case is about be named, and covers everybody else."""

    def __init__(self, kept: Iterable[str], covered: Iterable[str], numbers: Iterable[str]) -> None:
        self.kept = {name.casefold() for name in kept if len(name) >= FEWEST}
        self.covered = {name.casefold() for name in covered if len(name) >= FEWEST} - self.kept
        self.endings = {_digits(number)[-8:] for number in numbers}
        # The longest first: a name that holds another one is read as a whole.
        words = sorted(self.kept | self.covered, key=lambda word: (-len(word), word))
        self.names = re.compile("|".join(map(re.escape, words)) or r"(?!)", re.IGNORECASE)
        self.numbers = re.compile(f"(?P<date>{DATE})|(?P<mail>{MAIL})|{NUMBER}")

    def names_in(self, text: str) -> str:
        """The text with the names of others covered."""
        return self.names.sub(self._name, text)

    def __call__(self, text: str) -> str:
        """The text with names, numbers and addresses of others covered; the client's masked."""
        return self.names_in(self.numbers.sub(self._number, text))

    def _name(self, found: re.Match[str]) -> str:
        return found[0] if found[0].casefold() in self.kept else gettext("［他人］")

    def _number(self, found: re.Match[str]) -> str:
        if found["date"]:
            return found[0]
        if found["mail"]:
            return gettext("［郵址］")
        digits = _digits(found[0])
        return masked(digits) if digits[-8:] in self.endings else gettext("［號碼］")


def cover_for(
    text: str, *, kept: Iterable[str], leads: Iterable[int], numbers: Iterable[str]
) -> Cover:
    """What covers that text. `kept`: who is named; `leads`, `numbers`: the clients of the case.

    Two queries: what colleagues are called, and what other clients are called as far as it occurs.
    """
    staff = Staff.objects.order_by("pk").values_list("name", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [FEWEST, list(leads), text])
        others = [row[0] for row in cursor.fetchall()]
    return Cover(kept, [*staff, *others], numbers)


def masked(number: str) -> str:
    """A number by its last four digits."""
    return f"****{_digits(number.split(';')[0])[-4:]}"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
