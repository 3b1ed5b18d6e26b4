"""The last app of a sale's life: it listens to disputes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommissionsConfig(AppConfig):
    """佣金."""

    name = "commissions"
    verbose_name = _("佣金")

    def ready(self) -> None:
        """Start listening, and lend the detectors what the papers say."""
        from disputes.detectors import sources

        from . import receivers
        from .queries import paperwork

        receivers.connect()
        sources.lend("commissions", paperwork.read, paperwork.changed)
