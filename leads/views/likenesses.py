"""Who may be one: suggestions that a person confirms or dismisses."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import access, services
from ..access import DECIDERS, for_roles, reader
from ..forms.links import RELATIONS, DismissForm
from ..models import Lead, Likeness, Staff
from ..queries import people as circles

LIKENESSES_A_PAGE = 25


@for_roles(*DECIDERS)
@require_GET
@never_cache
def likenesses(request: HttpRequest) -> HttpResponse:
    """Who may be the same person: what agents proposed and what the matcher found."""
    now, project = timezone.now(), access.current_project(request)
    page = Paginator(circles.open_likenesses(project), LIKENESSES_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page.object_list)
    today = now.astimezone(project.zone).date()
    numbers = circles.numbers_of(
        [pk for row in rows for pk in (row.one_id, row.two_id) if pk is not None]
    )
    return render(
        request,
        "leads/likenesses.html",
        {
            "page_obj": page,
            "rows": [
                {
                    "likeness": row,
                    "sides": [
                        (person, numbers.get(person.pk, []), _owner(person.lead, today))
                        for person in (row.one, row.two)
                        if person is not None
                    ],
                    "reasons": circles.reason_words(row.reasons),
                    "relation": RELATIONS.get(row.relation, ""),
                }
                for row in rows
            ],
            "project": project,
            "now": now,
        },
    )


def _owner(lead: Lead, today: date) -> Staff | None:
    """Who owns a client today, as the lists have it; nobody where it lapsed by the calendar."""
    lapsed = lead.valid_until is not None and lead.valid_until < today
    return None if lapsed else lead.owner


@for_roles(*DECIDERS)
@require_POST
def likeness_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that two people are not one; who said so is kept."""
    projects = access.current_projects(request)
    likeness = Likeness.objects.filter(pk=pk, project__in=projects).first()
    if likeness is None:
        raise Http404
    form = DismissForm(request.POST)
    reason = (
        form.cleaned_data["reason"]
        if form.is_valid()
        else request.POST["reason"].replace("\0", "")[:500]
    )
    try:
        services.dismiss_likeness(
            likeness_id=likeness.pk, reason=reason, by=reader(request), now=timezone.now()
        )
    except services.AlreadySettled as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("已記下不是同一人；有新的理由才會再列出。"))
    return redirect("likenesses")
