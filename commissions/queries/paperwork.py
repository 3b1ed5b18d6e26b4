"""Units and papers, as the detectors of disputes ask for them."""

from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from disputes.detectors.rows import Renaming, Stay
from disputes.detectors.sources import Paper, Paperwork
from leads.models import Project

from ..models import BuyerPaper, Deal, DealStep, Reservation


def read(project: Project, since: datetime) -> Paperwork:
    """What was recorded about units since a moment, and what still stood then. Four queries."""
    root = Coalesce(F("lead__party"), F("lead"))
    stood = Q(recorded_at__gte=since) | Q(ended_at=None) | Q(ended_at__gte=since)
    reservations = Reservation.objects.filter(stood, unit__project=project).annotate(root=root)
    stays = reservations.select_related("unit", "deal").order_by("at", "pk")
    papers = (
        BuyerPaper.objects.filter(reservation__unit__project=project)
        .annotate(root=Coalesce(F("reservation__lead__party"), F("reservation__lead")))
        .values_list(
            "root", "reservation__deal__event", "identity_ending", "address", "payer",
            "payer_phone",
        )
    )  # fmt: skip
    renamed = (
        DealStep.objects.filter(
            kind=DealStep.Kind.NAME, deal__project=project, recorded_at__gte=since
        )
        .annotate(root=Coalesce(F("deal__lead__party"), F("deal__lead")))
        .select_related("deal")
    )
    cancelled = Deal.objects.filter(project=project, cancelled_at__isnull=False)
    return Paperwork(
        papers=tuple(Paper(*row) for row in papers),
        stays=tuple(_stay(one) for one in stays),
        renamings=tuple(
            Renaming(
                deal=one.deal.event_id,
                party=one.root,
                agent=one.deal.closed_by_id,
                unit=one.deal.unit,
                at=one.at,
                family=bool(one.details.get("family")),
                contracted=one.deal.contracted_at,
            )
            for one in renamed
        ),
        cancelled=frozenset(cancelled.values_list("event", flat=True)),
    )


def _stay(one: Reservation) -> Stay:
    deal = getattr(one, "deal", None)
    return Stay(
        key=one.pk,
        unit=one.unit.number,
        party=one.root,  # type: ignore[attr-defined]
        agent=one.agent_id,
        at=one.at,
        until=one.ended_at,
        moved=one.ended == Reservation.Ended.MOVED,
        deal=None if deal is None else deal.event_id,
        contracted=None if deal is None else deal.contracted_at,
    )


def changed(project: Project, since: datetime) -> set[int]:
    """The leads of whose units anything was recorded since a moment. Three queries."""
    reservations = Reservation.objects.filter(
        Q(recorded_at__gte=since) | Q(ended_at__gte=since), unit__project=project
    )
    steps = DealStep.objects.filter(deal__project=project, recorded_at__gte=since)
    papers = BuyerPaper.objects.filter(reservation__unit__project=project, recorded_at__gte=since)
    return {
        *reservations.values_list("lead", flat=True),
        *steps.values_list("deal__lead", flat=True),
        *papers.values_list("reservation__lead", flat=True),
    }
