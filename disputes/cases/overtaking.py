"""A ruling on one case must not sweep away an accusation that nobody has judged yet."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import procedure
from ..models import CONDUCT, GRAVE, Case, CaseKind


class GraveCaseFirst(ValueError):
    """A grave case of the same client is open: it is decided first, or closed on its own page."""

    def __init__(self, other: Case) -> None:
        super().__init__(str(other))
        self.other = other

    @property
    def message(self) -> Any:
        """Which case comes first, and why."""
        return _(
            "同一位客戶的%(kind)s %(case)s 還沒結案，現在裁定會讓它不經審理就結束。請先裁定那一件。"
        ) % {"kind": self.other.get_kind_display(), "case": self.other}


ENDING = ("rule", "settle")
"""What becomes a fact about the client and so ends what else the rules had opened about him."""
BY_ITSELF = (*GRAVE, *CONDUCT, CaseKind.DEPARTURE, CaseKind.COMPLAINT)
"""Kinds whose end leaves the accusation standing, or whose client cannot be left alone."""


def refuse_overtaking(case: Case, event: str) -> None:
    """Let no ruling on ownership pass an open accusation of the same party. Raises GraveCaseFirst.

    A suspicion that nobody took up yet stands in nobody's way.
    """
    if event not in ENDING or case.kind in BY_ITSELF:
        return
    party = Q(lead=case.lead_id) | Q(lead__party=case.lead.root_id) | Q(lead=case.lead.root_id)
    other = (
        Case.objects.filter(party, kind__in=GRAVE, state=Case.State.OPEN)
        .exclude(pk=case.pk)
        .exclude(stage=procedure.SUSPECTED)
        .order_by("pk")
        .first()
    )
    if other is not None:
        raise GraveCaseFirst(other)
