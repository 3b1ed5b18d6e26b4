"""What a saved view keeps of an address, and whether its list is open to somebody."""

from django.http import QueryDict
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from ..models import Staff

PAGE = "page"
SEARCH = "q"
LONGEST = 1000


def canonical(query: str) -> str:
    """The conditions and the order of a list, without the page turned to and without empty fields.

    Two addresses that show the same have the same canonical text.
    """
    given = QueryDict(query)
    kept = QueryDict(mutable=True)
    for name in sorted(given):
        values = [value for value in given.getlist(name) if value]
        if values and name != PAGE:
            kept.setlist(name, values)
    return kept.urlencode()


def searches(query: str) -> bool:
    """Does the view look for somebody by name or number?"""
    return SEARCH in QueryDict(query)


def is_open_to(staff: Staff, page: str) -> bool:
    """May this role open the list of that name? False for what is no list, or nowhere at all."""
    try:
        view = resolve(reverse(page)).func
    except (NoReverseMatch, Resolver404):
        return False
    return staff.role in getattr(view, "roles", ())
