"""What those who decide do besides deciding: ask for facts, take up, pass on, sign; evidence."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from leads import access
from leads.access import DECIDERS, OVERSEERS, for_roles, reader
from leads.models import Role

from .. import evidence, procedure, services
from ..forms import WordForm
from ..models import Case, Step
from ..queries import queue as lists
from ..queries.dossier import Dossier
from ..queries.standing import Docket
from .own import PARTIES
from .ruling import COVER_KEY, REFUSALS, case_or_404, covers_names

# what is pressed: its word, and what it does
STEPS: dict[str, tuple[Any, Any]] = {
    "return_for_facts": (
        _("退回補事實"),
        _("寫下缺哪一項事實；當事人會收到通知，補上或到期就回來。"),
    ),
    "escalate": (_("上呈總經理"), _("寫下為什麼要由總經理裁定。")),
    "take_up": (_("受理"), _("受理之後才會通知當事人，他們可以陳述。")),
    "drop": (_("不立案"), _("寫下為什麼不立案；沒有人會被通知。")),
    "fail": (_("協商不成"), _("寫下協商的情形；案件回到主管裁定。")),
    "countersign": (_("簽署"), _("簽署之後裁定生效，當事人會收到通知。")),
    "later": (_("稍後再看"), _("放到清單最後，明天回到原來的順序；期限照走。可以寫下為什麼。")),
    "reject": (_("不予簽署"), _("寫下為什麼不簽；擬稿退回裁定的人。")),
}


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
def case_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of one step of the procedure: what it does, and a sentence for the file."""
    now = timezone.now()
    found = case_or_404(request, pk)
    posted = request.method == "POST"
    do = (request.POST if posted else request.GET).get("do", "")
    if do not in STEPS:
        do = "return_for_facts"
    form = WordForm(request.POST if posted else None, initial={"version": found.version})
    form.fields["text"].required = do not in ("take_up", "countersign", "fail", "later")
    if not posted:
        return _sheet(request, found, do, form)
    if not form.is_valid():
        return _sheet(request, found, do, form, status=422)
    try:
        _perform(do, found, form.cleaned_data, request, now)
    except (services.StaleCase, *REFUSALS) as refused:
        form.add_error(None, refused.message)
        status = 409 if isinstance(refused, services.StaleCase) else 422
        return _sheet(request, found, do, form, status=status)
    said = gettext("%(case)s：%(what)s。") % {"case": found, "what": STEPS[do][0]}
    messages.success(request, said)
    target = reverse("queue") if do == "later" else reverse("case", args=[found.pk])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(target)
    return redirect(target)


def _perform(do: str, case: Case, given: dict[str, Any], request: HttpRequest, now: Any) -> None:
    text, version = given["text"], given["version"]
    common: dict[str, Any] = {
        "case_id": case.pk,
        "by": reader(request),
        "now": now,
        "key": given["key"],
    }
    if do == "fail":
        services.fail_negotiation(text=text, **common)
        return
    common["version"] = version
    if do == "later":
        services.put_aside(text=text, **common)
    elif do == "return_for_facts":
        services.return_for_facts(question=text, **common)
    elif do == "escalate":
        services.escalate(reason=text, **common)
    elif do == "take_up":
        services.take_up(text=text, **common)
    elif do == "drop":
        services.drop(reason=text, **common)
    elif do == "countersign":
        services.countersign(text=text, **common)
    else:
        services.reject(reason=text, **common)


def _sheet(
    request: HttpRequest, case: Case, do: str, form: WordForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    word, what = STEPS[do]
    context: dict[str, Any] = {"case": case, "do": do, "word": word, "what": what, "form": form}
    if do in ("countersign", "reject"):
        dossier = Dossier(case, now=now, covered=covers_names(request, case))
        docket = Docket(case, reader(request), now=now, parties=dossier.parties)
        context |= {"dossier": dossier, "docket": docket, "now": now}
    template = "disputes/_case_step.html" if request.htmx else "disputes/case_step.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


@for_roles(*DECIDERS)
@require_POST
def case_names(request: HttpRequest) -> HttpResponse:
    """Cover the parties' names, or show them; it stays so until it is pressed again."""
    request.session[COVER_KEY] = not covers_names(request)
    pk = request.POST.get("case", "")
    return redirect("case", int(pk)) if pk.isdecimal() else redirect("queue")


@for_roles(*PARTIES, *OVERSEERS)
@require_GET
def case_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file of a case, line by line, and its evidence; `?file=` gives a piece of it.

    A party sees what he himself put before it, and nothing else.
    """
    staff, now = reader(request), timezone.now()
    projects = access.current_projects(request)
    if staff.role in PARTIES:
        case = lists.cases_of_agent(staff, projects, now=now).filter(pk=pk).first()
    else:
        case = lists.cases_in(projects).filter(pk=pk).first()
    if case is None:
        raise Http404
    timezone.activate(case.project.zone)
    files = case.evidence.select_related("by").order_by("pk")
    if staff.role in PARTIES:
        files = files.filter(by=staff)
    wanted = request.GET.get("file", "")
    if not wanted:
        steps = case.steps.select_related("by", "party").order_by("pk")
        if staff.role in PARTIES:
            steps = steps.none()
        context = {"case": case, "files": files, "steps": steps, "now": now}
        if staff.role in OVERSEERS:
            context["pack_key"] = uuid4()
        return render(request, "disputes/case_file.html", context)
    found = files.filter(pk=int(wanted) if wanted.isdecimal() else 0).first()
    path = None if found is None else evidence.folder() / found.file
    if found is None or path is None or not path.exists():
        raise Http404
    answer = FileResponse(
        path.open("rb"), as_attachment=True, filename=found.name, content_type=found.media_type
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@for_roles(*Role)
@require_GET
def case_procedure(request: HttpRequest) -> HttpResponse:
    """How a case goes: the table of the procedure, as the product itself follows it."""
    words = {kind.value: kind.label for kind in Step.Kind}
    words |= {"object": _("提出異議"), "aggravate": _("轉為待審"), "drop": _("不立案")}
    words |= {"moot": _("已無爭議"), "overtake": _("另有裁定")}
    states = {**dict(Case.Stage.choices), **dict(Case.State.choices)}
    states |= {
        procedure.SAME: _("不變"),
        procedure.INSTANCE: _("回到裁定的人"),
        procedure.NEXT: _("協商，或裁定的人"),
    }
    moves = [
        {
            "word": words.get(move.event, move.event),
            "origins": [states[origin] for origin in move.origins],
            "target": states[move.target],
            "guards": [GUARD_WORDS[guard] for guard in move.guards],
        }
        for move in procedure.MOVES
    ]
    days = [(states[stage], count) for stage, count in procedure.DAYS.items()]
    context = {
        "moves": moves,
        "days": days,
        "picture": procedure.PICTURE,
        "answer_days": procedure.ANSWER_DAYS,
        "grace_days": procedure.GRACE_DAYS,
        "appeal_days": procedure.APPEAL_DAYS,
    }
    return render(request, "disputes/case_procedure.html", context)


GUARD_WORDS = {
    "heard_out": _("每位當事人都被通知，並已陳述或逾期"),
    "party": _("被通知的當事人"),
    "decider": _("這一級裁定的人"),
    "impartial": _("不是當事人，也不因此得利"),
    "second_signature": _("不是要兩個人簽署的認定"),
    "another": _("不是擬稿的人"),
    "unopposed": _("沒有人異議"),
    "all_signed": _("每位當事人都簽署"),
    "party_decider_or_over": _("當事人或裁定的人表示，或期限已到"),
    "decider_or_long_over": _("裁定的人，或逾期太久"),
}
