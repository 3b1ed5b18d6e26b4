"""What the shell of every page shows: project, navigation by role, counts, unread notes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from disputes.models import Case
from leads import access
from leads.models import Notification, Project, Role, Staff


@dataclass(frozen=True, slots=True)
class Target:
    """One word of the navigation."""

    label: Any
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """The bar and the tabs of a page."""

    project: Project
    projects: list[tuple[int, str]]
    nav: list[Target]
    may_log: bool
    may_ask: bool
    unread: int
    role_label: str
    notes_url: str


# label, address, icon, and whether the count of open cases stands beside it
NAVIGATION: dict[str, list[tuple[Any, str, str, bool]]] = {
    Role.AGENT: [
        (_("今天"), "today", "icon:sun", False),
        (_("客戶"), "lead_list", "icon:users", False),
        (_("案件"), "my_cases", "icon:scale", False),
        (_("業績"), "statement", "icon:receipt-2", False),
    ],
    Role.RECEPTIONIST: [
        (_("接待"), "reception", "icon:door-enter", False),
        (_("輪序板"), "reception_board", "icon:device-tv", False),
    ],
    Role.SUPERVISOR: [
        (_("待審"), "queue", "icon:gavel", True),
        (_("客戶"), "lead_list", "icon:users", False),
        (_("接待"), "reception", "icon:door-enter", False),
        (_("輪值"), "rota", "icon:calendar-week", False),
        (_("制度"), "policy", "icon:file-text", False),
        (_("疑點"), "suspicions", "icon:eye-exclamation", False),
    ],
    Role.MANAGER: [
        (_("業績"), "report", "icon:report-money", False),
        (_("待審"), "queue", "icon:gavel", True),
        (_("客戶"), "lead_list", "icon:users", False),
        (_("輪值"), "rota", "icon:calendar-week", False),
        (_("制度"), "policy", "icon:file-text", False),
        (_("疑點"), "suspicions", "icon:eye-exclamation", False),
    ],
    Role.GENERAL_MANAGER: [
        (_("概況"), "overview", "icon:layout-dashboard", False),
        (_("待審"), "queue", "icon:gavel", True),
        (_("業績"), "report", "icon:report-money", False),
        (_("客戶"), "lead_list", "icon:users", False),
        (_("制度"), "policy", "icon:file-text", False),
        (_("疑點"), "suspicions", "icon:eye-exclamation", False),
    ],
    Role.MANAGEMENT_OFFICE: [
        (_("需求"), "need_list", "icon:target-arrow", False),
        (_("制度"), "policy", "icon:file-text", False),
    ],
    Role.AUDITOR: [
        (_("查核"), "lead_list", "icon:users", False),
        (_("業績"), "report", "icon:report-money", False),
        (_("制度"), "policy", "icon:file-text", False),
    ],
}


def home_of(staff: Staff) -> str:
    """The name of the page on which someone lands: the first word of his navigation."""
    return NAVIGATION[staff.role][0][1]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor; nothing for strangers and for people without a project.

    It is lazy: a part of a page that is rendered with the request, but shows no bar, asks nothing.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, Staff) or user.role not in NAVIGATION or request.htmx:  # type: ignore[attr-defined]
        return {}
    if not access.current_project_or_none(request):
        return {}
    return {"shell": SimpleLazyObject(lambda: _shell(request, user))}


def _counts(user: Staff, project: Project) -> tuple[int, int]:
    """Unread notes, and open cases of the project: one query for both."""
    notes = Notification.objects.filter(staff=user, read_at=None).order_by().values("staff")
    cases = Case.objects.filter(project=project, state=Case.State.OPEN).order_by().values("project")
    found = Project.objects.values_list(
        Subquery(notes.annotate(count=Count("pk")).values("count")),
        Subquery(cases.annotate(count=Count("pk")).values("count")),
    ).get(pk=project.pk)
    return found[0] or 0, found[1] or 0


def _shell(request: HttpRequest, user: Staff) -> Shell:
    project = access.current_project(request)
    unread, open_cases = _counts(user, project)
    return Shell(
        project=project,
        projects=[(p.pk, p.name) for p in access.current_projects(request)],
        nav=_navigation(request, user, open_cases),
        may_log=user.role == Role.AGENT,
        may_ask=user.role == Role.AGENT,
        unread=unread,
        role_label=user.get_role_display(),
        notes_url=reverse("notes"),
    )


# Pages of a room beside the word that leads there.
ROOMS = {
    "report": ("forecast", "need_analysis", "period_list", "plan_list", "unit_list"),
    "statement": ("unit_list",),
}


def _current(path: str, url: str, user: Staff) -> bool:
    """The longest address of the navigation under which a page lies is the current one."""
    for _label, name, *_more in NAVIGATION[user.role]:
        beside = (reverse(one) for one in ROOMS.get(name, ()))
        if any(path.startswith(at) for at in beside):
            return url == reverse(name)
    under = [
        at for _label, name, *_ in NAVIGATION[user.role] if path.startswith(at := reverse(name))
    ]
    return url in under and url == max(under, key=len)


def _navigation(request: HttpRequest, user: Staff, open_cases: int) -> list[Target]:
    found = []
    for label, name, icon, counted in NAVIGATION[user.role]:
        url = reverse(name)
        count = open_cases or None if counted else None
        found.append(Target(label, url, icon, _current(request.path, url, user), count))
    if user.role == Role.AGENT:
        target = Target(_("記一筆"), reverse("quick_log"), "icon:pencil-plus", primary=True)
        found.insert(2, target)
    return found
