"""A view of a list under a name. Its key to the models of leads is by name: they gather it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """The address of a list, kept by somebody under a name; he may share it with a project.

    It holds conditions, never rows: whoever opens it sees what he may see anyway.
    """

    page = models.CharField(max_length=40)
    """The name of the list's address."""
    name = models.CharField(_("名稱"), max_length=30)
    query = models.CharField(max_length=1000)
    """Conditions and order, canonical."""
    owner = models.ForeignKey("leads.Staff", models.PROTECT, related_name="saved_views")
    shared_with = models.ForeignKey(
        "leads.Project", models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.SmallIntegerField(default=0)
    """Lower ones stand further up."""
    saved_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("檢視")
        verbose_name_plural = _("檢視")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], name="one_view_of_a_name_per_page"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(page=""), name="view_has_a_name"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["shared_with", "page"],
                name="views_shared_on_a_page",
                condition=Q(shared_with__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The list as this view shows it."""
        address = reverse(self.page)
        return f"{address}?{self.query}" if self.query else address
