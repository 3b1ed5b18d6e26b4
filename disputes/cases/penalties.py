"""Steps under the lock: what a ruling asks to be done to somebody is written down, and told."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leads.journal import Held
from leads.models import ContactEvent, Kind, Staff

from ..models import Case, Penalty, Step
from ..queries.penalties import CONFIRMERS
from ..sanctions import Sanction
from .opening import note
from .telling import tell


class NoSuchPenalty(ValueError):
    """It is not against a party, or does not say what, how much, or by which deal."""

    message = _("處分要對這件案件的當事人，並寫明做什麼；沒收要選成交，1 到 100%。")


def check(case: Case, held: Held, sanction: Sanction | None) -> None:
    """Raises NoSuchPenalty. That he was heard is asked of every party alike, by the table."""
    if sanction is None:
        return
    parties = set(case.parties.values_list("staff_id", flat=True))
    given = sanction.percent if sanction.forfeits else 1
    fits = (
        sanction.against in parties
        and (sanction.to is None or sanction.to in parties - {sanction.against})
        and sanction.penalty in ("", Penalty.Kind.DISMISSAL, Penalty.Kind.OTHER)
        and (sanction.penalty != Penalty.Kind.OTHER or bool(sanction.measure.strip()))
        and 1 <= given <= 100
        and bool(sanction.kinds)
        and bool(sanction.clause)
    )
    if fits and sanction.forfeits:
        sold = ContactEvent.objects.filter(kind=Kind.DEAL, lead__in=held.members)
        fits = sanction.deal in set(sold.values_list("pk", flat=True))
    if not fits:
        raise NoSuchPenalty


def impose(
    case: Case, step: Step, sanction: Sanction | None, by: Staff, now: datetime, reason: str
) -> list[Penalty]:
    """Write down what a ruling that binds now asks for; `step` is that ruling's line.

    What is forfeited needs two signatures and is settled with the ruling: the ledger posts it in
    this transaction. The rest waits for somebody else to confirm it.
    """
    if sanction is None:
        return []
    drawn = Step.objects.filter(pk=step.details.get("draft")).select_related("by").first()
    proposer = by if drawn is None or drawn.by is None else drawn.by
    found = []
    for kind in sanction.kinds:
        forfeit = kind == Penalty.Kind.FORFEITURE
        found.append(
            Penalty.objects.create(
                case=case,
                step=step,
                staff_id=sanction.against,
                kind=kind,
                clause=sanction.clause,
                measure="" if forfeit else sanction.measure.strip(),
                percent=sanction.percent if forfeit else None,
                deal_id=sanction.deal if forfeit else None,
                to_id=sanction.to if forfeit else None,
                state=Penalty.State.CONFIRMED if forfeit else Penalty.State.PROPOSED,
                proposed_by=proposer,
                proposed_at=now if drawn is None else drawn.at,
                decided_by=by if forfeit else None,
                decided_at=now if forfeit else None,
                reason=reason if forfeit else "",
            )
        )
        details = {"penalty": found[-1].pk, "kind": kind, "clause": sanction.clause}
        note(
            case, Step.Kind.PENALTY_PROPOSED, now, by=proposer, party=sanction.against,
            details=details,
        )  # fmt: skip
    if any(one.state == Penalty.State.PROPOSED for one in found):
        text = gettext_noop("案件 %(case)s 有處分提案，等你核定。")
        tell(confirmers_of(case, proposer), text, {"case": str(case)}, "/penalties/", now)
    return found


def confirmers_of(case: Case, proposer: Staff) -> list[Staff]:
    """Who may confirm what that person proposed."""
    return list(
        Staff.objects.filter(
            projects=case.project_id, role__in=CONFIRMERS, is_active=True, departed_at=None
        ).exclude(pk=proposer.pk)
    )
