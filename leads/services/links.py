"""The doors of links: two clients are one buying party, and are not after all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from .. import journal, stamps
from ..journal import Held, door
from ..models import (
    ContactEvent,
    Kind,
    Lead,
    Staff,
)
from . import people


class LinkedToItself(ValueError):
    """A client cannot be linked to himself."""

    message = _("不能把客戶連結到他自己。")


class LinkedAcrossProjects(ValueError):
    """A buying party is a party in one project."""

    message = _("只能連結同一專案的客戶。")


class StaleLink(ValueError):
    """Something changed after the effect of a link was shown; nothing was signed."""

    message = _("畫面上的結果算出來之後，情況變了，還沒有簽。下面是最新的結果，請再確認一次。")


class NotALink(ValueError):
    """Only a link that still stands can be taken back."""

    message = _("這筆關係已撤回，或不是關係連結。")


@door
def link_people(
    *,
    lead_id: int,
    other_id: int,
    relation: str,
    by: Staff,
    now: datetime,
    key: UUID,
    same_need: bool = True,
    price_testing: bool = False,
    evidence: str = "",
    at: datetime | None = None,
    stamp: str | None = None,
    proposal: int | None = None,
) -> ContactEvent:
    """Assert that two clients are one buying party (leasing/1.5, 1.6); it can be taken back.

    `stamp`: the state in which its effect was shown, as `stamps.of_link` gives it; `proposal`: the
    agent's suggestion that is answered by it. Raises LinkedToItself, LinkedAcrossProjects,
    StaleLink, Lead.DoesNotExist.
    """
    if lead_id == other_id:
        raise LinkedToItself
    one, two = journal.hold_all([lead_id, other_id])
    if one.lead.project_id != two.lead.project_id:
        raise LinkedAcrossProjects
    terms: dict[str, Any] = {
        "relation": relation,
        "same_need": same_need,
        "price_testing": price_testing,
    }
    if stamp is not None:
        known = ContactEvent.objects.filter(key=key).first()
        if known is not None:
            return known
        if stamp != stamps.of_link(one.lead, two.lead, now=now, **terms):
            raise StaleLink
    held = _together(one, two)
    sides = one, two
    if same_need or relation in ("same", "proxy"):
        root = min(held.members, key=lambda lead: lead.root_id).root_id
        for member in held.members:
            member.party_id = root
    else:
        held = one
    event = journal.write(
        held,
        kind=Kind.LINK,
        agent=None,
        at=at or now,
        by=by,
        now=now,
        key=key,
        other_id=other_id,
        details={**terms, "evidence": evidence},
    )
    journal.announce(held, event)
    if held is one and two.lead.root_id != one.lead.root_id:
        journal.announce(two, event)
    people.settle(*sides, event, by=by, proposal=proposal)
    return event


@door
def take_back_link(
    *,
    event_id: int,
    by: Staff,
    now: datetime,
    key: UUID,
    reason: str,
    stamp: str | None = None,
) -> ContactEvent:
    """Take a link back: everything is as if it had never been.

    `stamp` as in `link_people`. Raises NotALink, StaleLink.
    """
    link = ContactEvent.objects.filter(pk=event_id, kind=Kind.LINK).first()
    if link is None or link.lead_id is None or link.other_id is None:
        raise NotALink
    one, two = journal.hold_all([link.lead_id, link.other_id])
    known = ContactEvent.objects.filter(key=key).first()
    if known is not None:
        return known
    if ContactEvent.objects.filter(refers=link, kind=Kind.TAKEN_BACK).exists():
        raise NotALink
    if stamp is not None and stamp != stamps.of_link(one.lead, two.lead, now=now, link=link.pk):
        raise StaleLink
    held = _together(one, two)
    members = {lead.pk: lead for lead in held.members}
    event = journal.write(
        held,
        kind=Kind.TAKEN_BACK,
        agent=None,
        at=now,
        by=by,
        now=now,
        key=key,
        other_id=link.other_id,
        refers=link,
        note=reason,
    )
    for party in _parties(members):
        journal.announce(Held(party[0], party, contested=held.contested), event)
    return event


def _together(one: Held, two: Held) -> Held:
    """Two held parties as one, the first one's lead in front."""
    members = {lead.pk: lead for lead in one.members + two.members}
    return Held(one.lead, list(members.values()), contested=one.contested or two.contested)


def _parties(members: dict[int, Lead]) -> list[list[Lead]]:
    """The leads grouped by the links that still stand; each is told its new party."""
    gone = ContactEvent.objects.filter(kind=Kind.TAKEN_BACK, lead__in=members).values("refers_id")
    links = (
        ContactEvent.objects.filter(kind=Kind.LINK, lead__in=members)
        .exclude(pk__in=gone)
        .values_list("lead_id", "other_id", "details")
    )
    root = {pk: pk for pk in members}
    for one, two, details in links:
        if details["same_need"] or details["relation"] in ("same", "proxy"):
            old, new = sorted((root[one], root[two]), reverse=True)
            root = {pk: new if at == old else at for pk, at in root.items()}
    parties: dict[int, list[Lead]] = {}
    for pk, lead in sorted(members.items()):
        parties.setdefault(root[pk], []).append(lead)
    for key, party in parties.items():
        for lead in party:
            lead.party_id = key if len(party) > 1 else None
    return list(parties.values())
