"""An agent's own cases: what he is told, what he answers, what he agrees to; and his contests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from attribution.wording import CLAUSES, statement
from leads import access
from leads.access import DECIDERS, for_roles, reader
from leads.models import ContactEvent, Role, Staff
from leads.services import HappenedInTheFuture

from .. import evidence, services
from ..forms import AppealForm, ContestForm, SettlementForm, StatementForm
from ..models import Case, CaseKind
from ..queries import queue as lists
from ..queries.dossier import Dossier
from ..queries.penalties import penalties_of, words_to_parties
from ..queries.standing import Docket

PARTIES = (Role.AGENT, Role.RECEPTIONIST)
"""Who may be a party: agents, and whoever steered a client to one of them (sales/9)."""
CASES_A_PAGE = 20
FACTS_OFFERED = 20
REFUSALS = (
    services.NoReason,
    services.NotNow,
    services.InTheWay,
    services.StaleCase,
    services.AlreadyOpen,
    services.TooLate,
    services.NothingThere,
    services.NotAnAgentHere,
    services.SharesDoNotSum,
    services.Busy,
    HappenedInTheFuture,
)


@for_roles(*PARTIES)
@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    """An agent's own cases, the other side covered."""
    now = timezone.now()
    agent = reader(request)
    cases = lists.cases_of_agent(agent, access.current_projects(request), now=now)
    page = Paginator(cases, CASES_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "disputes/my_cases.html",
        {"page_obj": page, "cases": lists.own_cases(page.object_list, agent), "now": now},
    )


@for_roles(*PARTIES)
@require_http_methods(["GET", "POST"])
def my_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case to which the reader is a party: his facts, and what he may do now."""
    now = timezone.now()
    agent = reader(request)
    mine = lists.cases_of_agent(agent, access.current_projects(request), now=now)
    case = mine.select_related("supersedes").filter(pk=pk).first()
    if case is None:
        raise Http404
    timezone.activate(case.project.zone)
    dossier = Dossier(case, now=now, covered=True)
    docket = Docket(case, agent, now=now, parties=dossier.parties)
    if request.method == "GET":
        return _own_page(request, case, dossier, docket, {}, now)
    do = request.POST.get("do", "")
    make = {"settle": _settlement_form, "appeal": _appeal_form}.get(do, _statement_form)
    form = make(request, dossier)
    needs_form = do not in ("sign", "fail")
    if needs_form and not form.is_valid():
        return _own_page(request, case, dossier, docket, {do: form}, now, status=422)
    files = evidence.put_away(form.cleaned_data.get("proofs") or []) if needs_form else []
    try:
        said = _act(do, request, form, case, agent, now, files)
    except REFUSALS as refused:
        evidence.forget(files)
        form.add_error(None, refused.message)
        status = 409 if isinstance(refused, services.StaleCase) else 422
        return _own_page(request, case, dossier, docket, {do: form}, now, status=status)
    messages.success(request, said)
    return redirect("my_cases" if do == "appeal" else request.path)


def _statement_form(request: HttpRequest, dossier: Dossier) -> StatementForm:
    return StatementForm(request.POST or None, request.FILES or None)


def _settlement_form(request: HttpRequest, dossier: Dossier) -> SettlementForm:
    return SettlementForm(request.POST or None, sides=dossier.sides)


def _appeal_form(request: HttpRequest, dossier: Dossier) -> AppealForm:
    return AppealForm(request.POST or None, request.FILES or None)


def _act(
    do: str,
    request: HttpRequest,
    form: Any,
    case: Case,
    agent: Staff,
    now: datetime,
    files: list[Any],
) -> str:
    """Call the door that belongs to what was pressed; the sentence that says what came of it."""
    form.is_valid()
    given = form.cleaned_data
    common: dict[str, Any] = {"case_id": case.pk, "by": agent, "now": now, "key": given.get("key")}
    if common["key"] is None:
        raise services.NotNow
    if do in ("answer", "object"):
        services.answer(text=given["text"], objects=do == "object", files=files, **common)
        return gettext("已送出你的陳述。")
    if do == "facts":
        services.give_facts(text=given["text"], files=files, **common)
        return gettext("已補上事實。")
    if do == "settle":
        owner = Staff.objects.get(pk=given["owner"])
        services.propose_settlement(owner=owner, shares=form.shares, text=given["text"], **common)
        return gettext("已提出和解，等其他當事人簽署。")
    if do == "sign":
        number = request.POST.get("proposal", "")
        services.sign_settlement(proposal=int(number) if number.isdecimal() else 0, **common)
        return gettext("已簽署和解。")
    if do == "fail":
        services.fail_negotiation(text=request.POST.get("text", "")[:2000], **common)
        return gettext("已表示協商不成，由主管裁定。")
    if do == "appeal":
        services.appeal(ground=given["ground"], text=given["text"], files=files, **common)
        return gettext("已上訴，由總經理裁定。")
    raise services.NotNow


def _own_page(
    request: HttpRequest,
    case: Case,
    dossier: Dossier,
    docket: Docket,
    typed: dict[str, Any],
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    may_appeal = services.may_appeal(case, docket.parties, docket.reader, now)
    makers: dict[str, Callable[[], Any]] = {
        "answer": StatementForm,
        "object": StatementForm,
        "facts": StatementForm,
        "settle": lambda: SettlementForm(sides=dossier.sides),
        "sign": StatementForm,
        "fail": StatementForm,
        "appeal": AppealForm,
    }
    # What he is awaited for stands first.
    offered = {
        "facts": docket.may("facts_in"),
        "sign": docket.may("sign") and docket.settlement and not docket.signed_by_reader,
        "settle": docket.may("propose"),
        "answer": docket.may("answer"),
        "object": docket.may("object"),
        "fail": docket.may("fail"),
        "appeal": may_appeal,
    }
    forms = {name: typed.get(name) or makers[name]() for name, may in offered.items() if may}
    refused = [form for name, form in typed.items() if name not in forms]
    return render(
        request,
        "disputes/my_case.html",
        {
            "own": lists.own_cases([case], docket.reader)[0],
            "case": case,
            "dossier": dossier,
            "docket": docket,
            "forms": forms,
            "refused": refused,
            "files": [file for file in docket.evidence if file.by_id == docket.reader.pk],
            "now": now,
            "penalties": [] if case.is_open else penalties_of(case).filter(staff=docket.reader),
            "said": "" if case.is_open else words_to_parties(docket.steps),
        },
        status=status,
    )


@for_roles(Role.AGENT, *DECIDERS)
@require_http_methods(["GET", "POST"])
def contest(request: HttpRequest, pk: int) -> HttpResponse:
    """Contest something about a client: the kind, the clause, the facts, in one's own words."""
    now = timezone.now()
    lead = access.lead_or_404(request, pk)
    staff = reader(request)
    decides = staff.role in DECIDERS
    events = list(
        ContactEvent.objects.filter(lead=lead).select_related("agent").order_by("-at", "-pk")
    )[:FACTS_OFFERED]
    form = ContestForm(
        request.POST or None,
        request.FILES or None,
        initial={"kind": request.GET.get("kind", "")},
        facts=[(event.pk, _fact(event, staff, lead.project.zone)) for event in events],
        agents=access.agents_of(lead.project),
        clauses=[(id, f"{id} {statement(id)}") for id in CLAUSES],
        decides=decides,
    )
    context = {"lead": lead, "form": form, "now": now, "decides": decides}
    if request.method == "GET":
        return render(request, "disputes/contest.html", context)
    if not form.is_valid():
        return render(request, "disputes/contest.html", context, status=422)
    files = evidence.put_away(form.cleaned_data.get("proofs") or [])
    try:
        opened = _open(form.cleaned_data, lead.pk, staff, now, files, decides=decides)
    except REFUSALS as refused:
        evidence.forget(files)
        form.add_error(None, refused.message)
        return render(request, "disputes/contest.html", context, status=422)
    if opened is None:
        messages.success(request, gettext("已登記投訴，案件在待審。"))
        return redirect("lead", lead.pk)
    messages.success(request, gettext("%(case)s 已立案。") % {"case": opened})
    return redirect("case" if decides else "my_case", opened.pk)


def _fact(event: ContactEvent, staff: Staff, zone: Any) -> str:
    who = ""
    if event.agent is not None:
        covered = staff.role == Role.AGENT and event.agent_id != staff.pk
        who = gettext("他人") if covered else event.agent.name
    return f"{event.at.astimezone(zone):%m-%d %H:%M} {event.get_kind_display()} {who}".rstrip()


def _open(
    given: dict[str, Any],
    lead_id: int,
    staff: Staff,
    now: datetime,
    files: list[Any],
    *,
    decides: bool,
) -> Case | None:
    common: dict[str, Any] = {"lead_id": lead_id, "by": staff, "now": now, "key": given["key"]}
    about = given.get("about")
    accused = Staff.objects.get(pk=about) if about else None
    if decides and given["kind"] == CaseKind.COMPLAINT:
        services.record_complaint(about=accused, note=given["text"], **common)  # type: ignore[arg-type]
        return None
    common |= {name: given[name] for name in ("kind", "clause", "text")}
    common["facts"] = given.get("facts") or []
    if decides:
        return services.open_by_hand(about=accused, **common)
    return services.contest(files=files, **common)
