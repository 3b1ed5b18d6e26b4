"""The second app of a sale's life: it listens to leads."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttributionConfig(AppConfig):
    """歸屬."""

    name = "attribution"
    verbose_name = _("歸屬")

    def ready(self) -> None:
        """Start listening."""
        from . import receivers

        receivers.connect()
