"""The last app of a sale's life: it listens to disputes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommissionsConfig(AppConfig):
    """佣金."""

    name = "commissions"
    verbose_name = _("佣金")

    def ready(self) -> None:
        """Start listening."""
        from . import receivers

        receivers.connect()
