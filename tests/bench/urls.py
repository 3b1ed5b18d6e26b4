"""Every address of the product, and the least that a saving POST can do."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from config.urls import urlpatterns as product
from leads.models import Disclosure


@login_required
@require_POST
def bare(request: HttpRequest) -> HttpResponse:
    """One row, committed, by somebody who is logged in; CSRF and every middleware as elsewhere."""
    Disclosure.objects.create(
        staff=request.user,  # type: ignore[misc]
        kind=Disclosure.Kind.PHONE,
        what={"phone": request.POST.get("phone", "")},
        at=datetime.now(UTC),
    )
    return redirect("healthz")


urlpatterns = [*product, path("bench/bare/", bare, name="bare")]
