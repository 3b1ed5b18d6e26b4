"""The door by which a month is closed: two people sign the same figures, and it never changes."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from leads.journal import door
from leads.models import Project, Staff

from .. import ledger
from ..models import Entry, Period, Signature
from ..queries import months


class CannotClose(ValueError):
    """The month cannot be closed yet; `message` says why."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


class SignedAlready(ValueError):
    """The second signature must be somebody else's."""

    message = _("你已經簽過，要由另一個人簽第二次。")


@door
def sign_period(
    *, project: Project, month: str, checked: Mapping[str, int], by: Staff, now: datetime
) -> Period:
    """Sign a month's figures as they stand; the second one who signs the same figures closes it.

    What is free by then is paid out, as the last entries of the period. A signature under figures
    that changed since does not count any more. `checked`: what the checklist said.

    Raises CannotClose (not over yet, an earlier month open, closed already), SignedAlready.
    """
    ledger.book(project, now)
    period, _new = Period.objects.get_or_create(project=project, month=month)
    _may_close(period, now)
    figures = ledger.digest(period)
    signed = list(Signature.objects.filter(period=period, digest=figures))
    if any(one.staff_id == by.pk for one in signed):
        raise SignedAlready
    Signature.objects.create(period=period, staff=by, at=now, digest=figures, checked=dict(checked))
    if signed:
        ledger.pay_out(period, now=now)
        period.signed_digest, period.digest = figures, ledger.digest(period)
        period.state, period.closed_at = Period.State.CLOSED, now
        period.save()
    return period


def _may_close(period: Period, now: datetime) -> None:
    if period.state == Period.State.CLOSED:
        raise CannotClose(_("這個月已經關帳。"))
    _first, end = months.bounds(period.month, period.project.zone)
    if now < end:
        raise CannotClose(_("這個月還沒過完，月底之後才能關帳。"))
    earlier = Period.objects.filter(
        project=period.project_id, month__lt=period.month, state=Period.State.OPEN
    )
    if Entry.objects.filter(period__in=earlier).exists():
        raise CannotClose(_("前面還有月份沒有關帳，先關前一個月。"))
