"""What the pipeline will bring: reservations and subscriptions that are not contracted yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from leads import access
from leads.access import PAYERS, for_roles

from ..queries import forecast as forecasts


@for_roles(*PAYERS)
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The commission to be expected from each project's pipeline, and how it was reckoned."""
    now, projects = timezone.now(), access.current_projects(request)
    found = forecasts.forecasts(projects, now=now)
    currencies = {one.project.currency for one in found}
    context = {
        "found": found,
        "currency": currencies.pop() if len(currencies) == 1 else "",
        "reserved_cents": sum(one.reserved.expected_cents for one in found),
        "reserved": sum(one.reserved.count for one in found),
        "unpriced": sum(one.reserved.unpriced for one in found),
        "subscribed_cents": sum(one.subscribed.expected_cents for one in found),
        "subscribed": sum(one.subscribed.count for one in found),
        "expected_cents": sum(one.expected_cents for one in found),
        "chart": {
            "unit": "money",
            "names": [one.project.name for one in found],
            "series": [
                {
                    "name": gettext("認購未簽約"),
                    "tone": "own",
                    "values": [one.subscribed.expected_cents for one in found],
                },
                {
                    "name": gettext("認籌"),
                    "tone": "lapsed",
                    "values": [one.reserved.expected_cents for one in found],
                },
            ],
        },
        "enough": forecasts.ENOUGH,
        "now": now,
    }
    return render(request, "commissions/forecast.html", context)
