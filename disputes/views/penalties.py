"""What rulings ask to be done to somebody: the list, and the word of whoever confirms it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from leads import access
from leads.access import DECIDERS, OVERSEERS, for_roles, reader

from .. import services
from ..penalty_forms import PenaltyForm
from ..queries import penalties as found

A_PAGE = 20


@for_roles(*OVERSEERS)
@require_GET
def penalties(request: HttpRequest) -> HttpResponse:
    """Every penalty of the project; what waits for a word first."""
    return _page(request, {})


@for_roles(*found.CONFIRMERS)
@require_POST
def penalty_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposed penalty, or drop it."""
    projects = access.current_projects(request)
    penalty = found.penalties_in(projects).filter(pk=pk).first()
    if penalty is None:
        raise Http404
    form = PenaltyForm(request.POST, auto_id=f"id_{pk}_%s")
    if not form.is_valid():
        return _page(request, {pk: form}, status=422)
    given = form.cleaned_data
    decide = services.confirm_penalty if given["do"] == "confirm" else services.drop_penalty
    try:
        decide(
            penalty_id=pk,
            reason=given["text"],
            by=reader(request),
            now=timezone.now(),
            key=given["key"],
        )
    except (services.NotYoursToConfirm, services.NotNow, services.NoReason) as refused:
        form.add_error(None, refused.message)
        return _page(request, {pk: form}, status=422)
    said = gettext("%(case)s 的處分不採。")
    if given["do"] == "confirm":
        said = gettext("%(case)s 的處分已核定。")
    messages.success(request, said % {"case": penalty.case})
    return redirect("penalties")


def _page(request: HttpRequest, typed: dict[int, PenaltyForm], status: int = 200) -> HttpResponse:
    now, staff = timezone.now(), reader(request)
    listed = found.penalties_in([access.current_project(request)])
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    rows: list[dict[str, Any]] = []
    for one in page.object_list:
        form = typed.get(one.pk)
        if form is None and found.may_confirm(one, staff):
            form = PenaltyForm(auto_id=f"id_{one.pk}_%s")
        rows.append({"penalty": one, "form": form, "decides": staff.role in DECIDERS})
    waiting = listed.filter(state="proposed").count()
    context = {"page_obj": page, "rows": rows, "now": now, "waiting": waiting}
    return render(request, "disputes/penalties.html", context, status=status)
