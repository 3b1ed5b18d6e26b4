"""The only way a view gets hold of a row: who may see what, by role, project and ownership."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from .models import Lead, Need, Offer, PlanStep, Project, Role, Staff
from .needs.models import Side

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

DECIDERS = (Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER)
"""Those who decide cases."""
OVERSEERS = (*DECIDERS, Role.AUDITOR)
"""Those who see every client of their projects."""
PAYERS = (Role.MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR)
"""Those who see everybody's commission."""

NEED_READERS = (Role.AGENT, Role.MANAGEMENT_OFFICE, *OVERSEERS)
"""Those who see needs: each those that concern him."""
ANALYSTS = (Role.MANAGEMENT_OFFICE, *OVERSEERS)
"""Those who see what clients want as a whole."""
OFFICE_SIDES = (Side.MANAGEMENT, Side.SERVICE)
"""What the management office identifies and carries out (needs/1, needs/2)."""

PROJECT_KEY = "project"


def reader(request: HttpRequest) -> Staff:
    """The person at the other end; only behind `for_roles`."""
    return cast(Staff, request.user)


def for_roles(*roles: str) -> Callable[[View[P]], View[P]]:
    """Let only these roles in: others get 403, strangers the log-in."""

    def guard(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if reader(request).role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return guard


def projects_of(staff: Staff) -> QuerySet[Project]:
    """The projects in which someone works, by name."""
    return staff.projects.order_by("name", "pk")


def current_project(request: HttpRequest) -> Project:
    """The project chosen in the bar, else the first one. PermissionDenied where there is none.

    Read once a request; from then on the request's times are shown as its office's clocks have it.
    """
    found = getattr(request, "_project", None)
    if found is None:
        projects = list(projects_of(reader(request)))
        if not projects:
            raise PermissionDenied
        chosen = request.session.get(PROJECT_KEY)
        found = next((p for p in projects if p.pk == chosen), projects[0])
        request._project, request._projects = found, projects  # type: ignore[attr-defined]
        timezone.activate(found.zone)
    return cast(Project, found)


def current_project_or_none(request: HttpRequest) -> Project | None:
    """As `current_project`, for pages that must not fail where somebody has no project."""
    try:
        return current_project(request)
    except PermissionDenied:
        return None


def current_projects(request: HttpRequest) -> list[Project]:
    """Every project of the reader, as `current_project` read them."""
    current_project(request)
    return cast("list[Project]", request._projects)  # type: ignore[attr-defined]


def leads_of(staff: Staff, project: Project) -> QuerySet[Lead]:
    """The clients whom someone may see in a project.

    An agent sees those whom he owns at this moment, by the calendar and not by a list that a task
    keeps; overseers see all; everybody else none.
    """
    leads = Lead.objects.filter(project=project).select_related("project")
    if staff.role in OVERSEERS:
        return leads
    if staff.role != Role.AGENT:
        return leads.none()
    period = Lead._meta.get_field("ownership").related_model
    owned = period.objects.filter(  # type: ignore[union-attr]
        lead=OuterRef("pk"), agent=staff, period__contains=Now()
    )
    return leads.filter(Exists(owned))


def lead_or_404(request: HttpRequest, pk: int) -> Lead:
    """A client whom the reader may see in any of his projects; else there is no such page."""
    staff = reader(request)
    for project in current_projects(request):
        lead = leads_of(staff, project).filter(pk=pk).first()
        if lead is not None:
            timezone.activate(lead.project.zone)
            return lead
    raise Http404


def needs_of(staff: Staff, project: Project) -> QuerySet[Need]:
    """The needs that concern someone in a project, with their items.

    An agent's are those of the clients whom he owns at this moment; the management office has the
    sides that it carries out, whoever the client is; overseers all; everybody else none.
    """
    needs = Need.objects.filter(project=project).select_related("item")
    if staff.role in OVERSEERS:
        return needs
    if staff.role == Role.MANAGEMENT_OFFICE:
        return needs.filter(item__side__in=OFFICE_SIDES)
    if staff.role == Role.AGENT:
        return needs.filter(lead__in=leads_of(staff, project).order_by().values("pk"))
    return needs.none()


def need_or_404(request: HttpRequest, pk: int) -> Need:
    """A need that concerns the reader in any of his projects; else there is no such page."""
    staff = reader(request)
    for project in current_projects(request):
        need = needs_of(staff, project).select_related("item", "responsible", "by", "lead")
        found = need.filter(pk=pk).first()
        if found is not None:
            found.project = project
            timezone.activate(project.zone)
            return found
    raise Http404


def plan_step_or_404(request: HttpRequest, pk: int) -> PlanStep:
    """A next step about a client whom the reader may see."""
    found = PlanStep.objects.select_related("lead").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.lead = lead_or_404(request, found.lead_id)
    return found


def offer_or_404(request: HttpRequest, pk: int) -> Offer:
    """An offer to a client whom the reader may see."""
    found = Offer.objects.select_related("lead").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.lead = lead_or_404(request, found.lead_id)
    return found


def agents_of(project: Project) -> QuerySet[Staff]:
    """The agents who work in a project now."""
    return project.staff.filter(role=Role.AGENT, departed_at=None, is_active=True).order_by(
        "name", "pk"
    )
