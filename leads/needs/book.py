"""Steps of needs, inside a door's transaction: a need is written down, a step is added to it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from ..journal import HappenedInTheFuture
from ..models import ContactEvent, Kind, Lead, Project, Staff
from . import course
from .models import Need, NeedItem, NeedStep, Source, State, Wanted
from .models.records import SHOWN

TEXTS = ("measure", "carried_by", "confirmation", "confirmed_words")


class NotNow(ValueError):
    """The need does not stand where this can be done."""

    message: Any = _("這項需求現在不能這樣處理。請看它目前的狀態。")


class StaleNeed(NotNow):
    """Somebody else went on with the need since the form was opened."""

    message = _("你填寫時，這項需求已有新的一步。請看最新狀態再存；你填的都還在。")


class Lacking(ValueError):
    """The act asks for more; `fields` are the names of what is missing."""

    message: Any = _("還缺必填的內容。")

    def __init__(self, fields: Collection[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


class NotOffered(ValueError):
    """The item is another project's."""

    message: Any = _("這個項目不在本專案的清單裡。請重新選一個。")


def write_need(
    *,
    project: Project,
    lead: Lead | None,
    item: NeedItem,
    words: str,
    source: str,
    at: datetime,
    by: Staff,
    now: datetime,
    key: UUID,
    place: str = "",
    event: ContactEvent | None = None,
    **levels: int | None,
) -> Need:
    """Write down a need and its first step; with all four levels it is analysed at once.

    The same `key` is one need. Raises NotOffered, HappenedInTheFuture.
    """
    if at > now:
        raise HappenedInTheFuture
    if item.project_id not in (None, project.pk):
        raise NotOffered
    state = State.IDENTIFIED
    if all(levels.get(name) is not None for name in course.LEVELS):
        state = State.ANALYSED
    need, fresh = Need.objects.get_or_create(
        key=key,
        defaults={
            "project": project,
            "lead": lead,
            "item": item,
            "words": words,
            "place": place,
            "source": Source(source),
            "event": event,
            "at": at,
            "by": by,
            "recorded_at": now,
            "changed_at": now,
            "state": state,
            **levels,
        },
    )
    if fresh:
        _add_step(need, by=by, key=uuid5(key, "identified"), note="")
    return need


def write_wanted(event: ContactEvent, wanted: Collection[Wanted]) -> list[Need]:
    """Write down what a client wants together with the contact at which he said it."""
    assert event.lead is not None
    source = Source.FOLLOW_UP if event.kind == Kind.FOLLOW_UP else Source.RECEPTION
    return [
        write_need(
            project=event.project,
            lead=event.lead,
            item=one.item,
            words=one.words,
            source=source,
            at=event.at,
            by=event.by,
            now=event.recorded_at,
            key=uuid5(event.key, f"need-{one.item.pk}"),
            event=event,
            importance=one.importance,
        )
        for one in wanted
    ]


def go_on(
    need: Need,
    *,
    act: str,
    given: dict[str, Any],
    note: str,
    by: Staff,
    now: datetime,
    key: UUID,
) -> Need:
    """Do something with a need under the lock: add the step and let the need show it.

    Raises NotNow, Lacking.
    """
    doing = course.ACTS[act]
    if need.state not in doing.before:
        raise NotNow
    stood = {name: getattr(need, _column(name)) for name in SHOWN}
    stands = course.carried_over(doing, need.state, stood)
    stands |= {name: value for name, value in given.items() if name in doing.takes}
    missing = course.lacking(doing, need.state, stands | {"note": note})
    if missing:
        raise Lacking(missing)
    for name in SHOWN:
        setattr(need, _column(name), stands.get(name, "" if name in TEXTS else None))
    need.state = State(doing.after)
    need.number += 1
    need.changed_at = max(now, need.changed_at)
    _add_step(need, by=by, key=key, note=note)
    need.save(update_fields=[*SHOWN, "number", "changed_at"])
    return need


def _add_step(need: Need, *, by: Staff, key: UUID, note: str) -> None:
    """The step is what the need now shows."""
    shown = {_column(name): getattr(need, _column(name)) for name in SHOWN}
    NeedStep.objects.create(
        need=need,
        number=need.number,
        by=by,
        at=need.changed_at,
        key=key,
        note=note,
        **shown,
    )


def _column(name: str) -> str:
    """Of a person, his key."""
    return "responsible_id" if name == "responsible" else name
