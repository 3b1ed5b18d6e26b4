"""Confirming at once what the policy settled by the same clause and nobody objected to."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from leads import access
from leads.access import DECIDERS, for_roles, reader

from .. import services
from ..forms import ConfirmForm
from ..queries import queue as lists
from ..queries.settled import confirmed_already, settled


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def cases_settled(request: HttpRequest) -> HttpResponse:
    """What may be confirmed together, clause by clause, with what confirming does. Four queries."""
    now = timezone.now()
    if request.method == "GET":
        return _page(request, now)
    form = ConfirmForm(request.POST, groups=_groups(request, now)[0])
    if not form.is_valid():
        if confirmed_already(form.cleaned_data.get("key")):
            return _done(request, now, 0)
        return _page(request, now, form, status=422)
    try:
        done = services.confirm(
            case_ids=form.cleaned_data["cases"],
            reason=form.cleaned_data["reason"],
            by=reader(request),
            now=now,
            key=form.cleaned_data["key"],
        )
    except services.StaleCase:
        form.add_error(None, _("其中一件剛剛變了，一件都沒有確認。請看過最新的清單再確認。"))
        return _page(request, now, form, status=409)
    except (services.InTheWay, services.NotNow, services.PartyToTheCase) as refused:
        form.add_error(None, refused.message)
        return _page(request, now, form, status=422)
    return _done(request, now, done)


def _done(request: HttpRequest, now: datetime, count: int) -> HttpResponse:
    said = ngettext("已確認 %(count)d 件。", "已確認 %(count)d 件。", count) % {"count": count}
    messages.success(request, said if count else gettext("這一批已經確認過了。"))
    return redirect("cases_settled" if _groups(request, now)[0] else "queue")


def _groups(request: HttpRequest, now: datetime) -> Any:
    cases = lists.cases_in([access.current_project(request)])
    return settled(cases, reader(request), now=now)


def _page(
    request: HttpRequest, now: datetime, form: ConfirmForm | None = None, status: int = 200
) -> HttpResponse:
    groups, not_yet = _groups(request, now)
    sent = "" if form is None else form.data.get("group", "")
    rows = [
        (group, form if form is not None and group.name == sent else ConfirmForm.of(group))
        for group in groups
    ]
    lost = form if form is not None and sent not in {group.name for group in groups} else None
    project = access.current_project(request)
    context = {"project": project, "rows": rows, "not_yet": not_yet, "lost": lost, "now": now}
    return render(request, "disputes/cases_settled.html", context, status=status)
