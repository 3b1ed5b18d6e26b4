"""What the lists show: the sums of a deal's entries for each person."""

from django.db.models import Q, Sum

from ..models import Deal, Entry, Line
from ..queries import months

Account, Kind = Entry.Account, Entry.Kind
TAKEN = (Kind.REVERSAL, Kind.CLAWBACK, Kind.FORFEITURE)


def sum_up(deal: Deal) -> None:
    """Write the lines of a deal anew from its entries."""
    sums = (
        Entry.objects.filter(deal=deal, agent__isnull=False)
        .values("agent_id", "role")
        .annotate(
            pending=Sum("amount_cents", filter=Q(account=Account.PENDING), default=0),
            held=Sum("amount_cents", filter=Q(account=Account.HELD), default=0),
            payable=Sum("amount_cents", filter=Q(account=Account.RELEASED), default=0),
            paid=Sum("amount_cents", filter=Q(account=Account.PAID), default=0),
            taken=Sum("amount_cents", filter=Q(kind__in=TAKEN, amount_cents__lt=0), default=0),
        )
    )
    month = months.month_of(deal.subscribed_at, deal.project.zone)
    basis, clauses = _judged(deal)
    lines = []
    for one in sums:
        line = Line(
            deal=deal,
            project_id=deal.project_id,
            agent_id=one["agent_id"],
            role=one["role"],
            share=deal.credit.get(str(one["agent_id"]), 0) if one["role"] == "agent" else 0,
            pending_cents=int(one["pending"]),
            held_cents=int(one["held"]),
            released_cents=int(one["payable"] + one["paid"]),
            paid_cents=int(one["paid"]),
            reversed_cents=int(one["taken"]),
            subscribed_at=deal.subscribed_at,
            month=month,
            source=deal.source,
            contested=deal.contested,
            basis=basis,
            clauses=clauses,
            decision=deal.decision,
        )
        line.state = _state(line)
        lines.append(line)
    Line.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["deal", "agent", "role"],
        update_fields=[
            *("state", "share", "pending_cents", "held_cents", "released_cents", "paid_cents"),
            *("reversed_cents", "decision", "month", "source", "contested", "basis", "clauses"),
        ],
    )


def _judged(deal: Deal) -> tuple[str, list[str]]:
    """By which day a deal was judged, and by which clauses, as its decision says."""
    judged = deal.decision.proof["deals"] if deal.decision is not None else []
    own = next((one for one in judged if one["fact"] == deal.event_id), None)
    if own is None:
        return "deal", []
    return (own["reading"]["basis"] if own["reading"] else "deal"), list(own["clauses"])


def _state(line: Line) -> str:
    if line.held_cents:
        return Line.State.HELD
    if line.released_cents < line.paid_cents or not (line.pending_cents or line.released_cents):
        return Line.State.REVERSED
    if line.released_cents > line.paid_cents:
        return Line.State.RELEASED
    return Line.State.PENDING if line.pending_cents else Line.State.PAID
