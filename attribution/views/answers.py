"""What several pages answer alike: what a door may refuse, a toast that links to the reasons."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from leads import services
from leads.identity import ImpossiblePhone
from leads.models import Lead

REFUSALS = (ImpossiblePhone, services.HappenedInTheFuture, services.Busy)


def with_reasons(said: str, lead: Lead) -> SafeString:
    return format_html(
        '{} <a href="{}">{}</a>', said, reverse("lead_why", args=[lead.pk]), _("看依據")
    )
