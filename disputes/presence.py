"""Who has a case open at this moment: kept in the cache alone, and forgotten by itself.

A lost cache means that nobody is seen; nothing rests on it, since saving checks the version.
"""

from collections.abc import Iterable

from django.core.cache import cache

from leads.models import Staff

SECONDS = 40
"""So long after the last sign of somebody is he taken to be there; a page gives one every 15."""


def _key(case_id: int, staff_id: int) -> str:
    return f"watching:{case_id}:{staff_id}"


def watch(case_id: int, staff: Staff) -> None:
    """Somebody has the case on his screen."""
    cache.set(_key(case_id, staff.pk), 1, SECONDS)


def watching(case_id: int, staff: Iterable[Staff]) -> list[Staff]:
    """Those of these people who have the case on their screens, in the same order."""
    asked = {_key(case_id, one.pk): one for one in staff}
    seen = cache.get_many(asked)
    return [one for key, one in asked.items() if key in seen]
