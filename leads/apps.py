"""The first app of a sale's life."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    """接待."""

    name = "leads"
    verbose_name = _("接待")
