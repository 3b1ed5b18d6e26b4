"""What a buyer's papers say, as somebody copied it when a unit was reserved or subscribed to."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models import Staff

from .deals import Reservation


class BuyerPaper(models.Model):
    """Identity number's ending, address and payer of a reservation. Never changed: only added."""

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="papers")
    identity_ending = models.CharField(_("證件號碼末四碼"), max_length=4, blank=True)
    """Never the whole number: nobody needs it here."""
    address = models.CharField(_("證件地址"), max_length=200, blank=True)
    payer = models.CharField(_("付款人"), max_length=60, blank=True)
    payer_phone = models.CharField(_("付款人電話"), max_length=32, blank=True)
    """E.164."""
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("買方證件")
        verbose_name_plural = _("買方證件")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(identity_ending="", address="", payer="", payer_phone=""),
                name="paper_says_something",
            ),
            models.CheckConstraint(
                condition=Q(identity_ending="") | Q(identity_ending__regex=r"^[0-9A-Z]{4}$"),
                name="paper_keeps_an_ending_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation}"
