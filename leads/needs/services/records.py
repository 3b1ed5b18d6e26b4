"""The doors of a need: identified in the client's words, then carried on step by step."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ... import journal
from ...journal import door
from ...models import Project, Staff
from .. import book
from ..models import Need, NeedItem, NeedStep


@door
def identify(
    *,
    project: Project,
    item: NeedItem,
    words: str,
    source: str,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    lead_id: int | None = None,
    place: str = "",
    importance: int | None = None,
    expected: int | None = None,
    floor: int | None = None,
    perceived: int | None = None,
) -> Need:
    """Write down what a client wants (needs/1, needs/2, needs/3). The same `key` is one need.

    `lead_id`: None where the management office heard it from somebody whom the counter does not
    know. Levels are 1 to 5; with all four of them the need is analysed at once.

    Raises NotOffered, HappenedInTheFuture, Lead.DoesNotExist.
    """
    lead = None if lead_id is None else journal.hold(lead_id).lead
    return book.write_need(
        project=project,
        lead=lead,
        item=item,
        words=words,
        source=source,
        at=at,
        by=by,
        now=now,
        key=key,
        place=place,
        importance=importance,
        expected=expected,
        floor=floor,
        perceived=perceived,
    )


@door
def advance(
    *,
    need_id: int,
    act: str,
    seen: int,
    by: Staff,
    now: datetime,
    key: UUID,
    note: str = "",
    given: dict[str, Any] | None = None,
) -> Need:
    """Do something with a need: an act of `leads.needs.course`, with what it takes in `given`.

    `seen`: the number of the last step when the form opened. The same `key` is one step. Raises
    NotNow, StaleNeed, Lacking, Need.DoesNotExist.
    """
    need = Need.objects.select_for_update(of=("self",)).get(pk=need_id)
    if NeedStep.objects.filter(key=key, need=need).exists():
        return need
    if need.number != seen:
        raise book.StaleNeed
    return book.go_on(need, act=act, given=given or {}, note=note, by=by, now=now, key=key)
