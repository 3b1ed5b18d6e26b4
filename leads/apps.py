"""The first app of a sale's life."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    """接待."""

    name = "leads"
    verbose_name = _("接待")

    def ready(self) -> None:
        """The standard items of needs are there wherever their table is."""
        from .needs.standard import keep_standard_items

        post_migrate.connect(keep_standard_items, sender=self)
