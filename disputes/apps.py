"""The third app of a sale's life: it listens to attribution."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisputesConfig(AppConfig):
    """仲裁."""

    name = "disputes"
    verbose_name = _("仲裁")

    def ready(self) -> None:
        """Start listening."""
        from . import receivers

        receivers.connect()
