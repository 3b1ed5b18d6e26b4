"""The private enquiry: whose client is it, for this agent; and its log, for those who oversee."""

import re

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from leads import access, identity
from leads.access import OVERSEERS, for_roles, reader
from leads.forms.counter import EnquiryForm, QuickLogForm
from leads.models import Role

from ..filters import AnswerFilter
from ..queries import asked_log
from . import answers
from .answers import channels

ANSWERS_A_PAGE = 50
LOOKS_LIKE_A_NUMBER = re.compile(r"(\D*\d){4}")


@for_roles(Role.AGENT)
@require_http_methods(["GET", "POST"])
@never_cache
def enquiry(request: HttpRequest) -> HttpResponse:
    """Whose client is it: the live answer under the phone field, and a page of its own.

    An answer is a fact, so only a POST is answered; a GET merely shows the field, or fills it.
    """
    now, project, agent = timezone.now(), access.current_project(request), reader(request)
    if request.method == "POST" and request.htmx:  # type: ignore[attr-defined]
        live = QuickLogForm(
            request.POST, project=project, agent=agent, now=now, channels=channels(project, now)
        )
        context = {"now": now, **answers.by_phone(live)}
        return answers.told(request, "attribution/_answer.html", context)
    asked = request.POST.get("q", request.GET.get("q", "")).strip()[:60]
    form = EnquiryForm({"kind": "visit", "phone": asked}, project=project, agent=agent, now=now)
    context = {"asked": asked, "now": now, "form": form, "asking": True}
    if request.method == "GET" or not asked:
        return render(request, "attribution/enquiry.html", context | {"asking": False})
    if form.is_valid():
        context |= answers.by_phone(form) | {"by_phone": True}
    elif LOOKS_LIKE_A_NUMBER.search(asked):
        context["refusal"] = form.errors["phone"][0]
    elif len(identity.fold_name(asked)) < answers.SHORTEST_NAME:
        context["refusal"] = _("這樣的稱呼太多人用，答不準。請寫全名，或用電話查。")
    else:
        context |= answers.by_name(project, agent, asked, now)
    status = 422 if "refusal" in context else 429 if context.get("over") else 200
    return answers.told(request, "attribution/enquiry.html", context, status=status)


@for_roles(*OVERSEERS)
@require_GET
def enquiry_log(request: HttpRequest) -> HttpResponse:
    """What the enquiry told whom and when, and who asked unusually much."""
    now, project = timezone.now(), access.current_project(request)
    narrowed = AnswerFilter(
        request.GET, queryset=asked_log.answers_of(project), project=project, now=now
    )
    page = Paginator(narrowed.qs, ANSWERS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "attribution/enquiry_log.html",
        {
            "filter": narrowed,
            "page_obj": page,
            "tallies": asked_log.tallies(project, narrowed.day_shown),
            "day": narrowed.day_shown,
            "project": project,
            "now": now,
        },
    )
