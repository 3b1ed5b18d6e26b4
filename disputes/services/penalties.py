"""Doors by which a proposed penalty is confirmed or dropped: by a person, never by a rule."""

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads.journal import door
from leads.models import Staff

from ..cases import course, opening, telling
from ..cases.binding import NoReason
from ..cases.course import NotNow
from ..models import Penalty, Step
from ..queries.penalties import CONFIRMERS


class NotYoursToConfirm(PermissionError):
    """A manager or the general manager decides it, but not who proposed it, nor whom it hits."""

    message = _("處分要由提案以外的另一位經理或總經理核定；當事人不能核定自己的案件。")


@door
def confirm_penalty(
    *, penalty_id: int, reason: str, by: Staff, now: datetime, key: UUID
) -> Penalty:
    """Confirm a penalty that a ruling proposed (rule 18); a dismissal is then carried out where
    departures are, by a person.

    The same `key` confirms once. Raises Penalty.DoesNotExist, NotYoursToConfirm, NotNow.
    """
    return _decide(penalty_id, Penalty.State.CONFIRMED, reason, by, now, key)


@door
def drop_penalty(*, penalty_id: int, reason: str, by: Staff, now: datetime, key: UUID) -> Penalty:
    """Do not take a proposed penalty up, and say why. Raises NoReason, and as `confirm_penalty`."""
    if not reason.strip():
        raise NoReason
    return _decide(penalty_id, Penalty.State.DROPPED, reason, by, now, key)


def _decide(
    penalty_id: int, state: str, reason: str, by: Staff, now: datetime, key: UUID
) -> Penalty:
    found = (
        Penalty.objects.select_for_update(of=("self",))
        .select_related("case__project", "case__decision", "case__opened_by")
        .get(pk=penalty_id)
    )
    if course.repeated(key):
        return found
    if found.state != Penalty.State.PROPOSED:
        raise NotNow
    case = found.case
    near = {found.staff_id, found.proposed_by_id, *case.parties.values_list("staff_id", flat=True)}
    here = by.projects.filter(pk=case.project_id).exists()
    if by.role not in CONFIRMERS or by.pk in near or not here:
        raise NotYoursToConfirm
    found.state, found.decided_by, found.decided_at, found.reason = state, by, now, reason.strip()
    found.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    confirmed = state == Penalty.State.CONFIRMED
    kind = Step.Kind.PENALTY_CONFIRMED if confirmed else Step.Kind.PENALTY_DROPPED
    opening.note(case, kind, now, by=by, party=found.staff_id, text=found.reason, key=key,
                 details={"penalty": found.pk, "kind": found.kind})  # fmt: skip
    type(case).objects.filter(pk=case.pk).update(version=F("version") + 1)
    said = gettext_noop("案件 %(case)s 的處分已核定。")
    if not confirmed:
        said = gettext_noop("案件 %(case)s 的處分提案不採。")
    telling.tell_parties(case, [found.staff_id], said, {}, now)
    if found.proposed_by_id != by.pk:
        telling.tell([found.proposed_by_id], said, {"case": str(case)}, "/penalties/", now)
    return found
