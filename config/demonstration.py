"""The log-ins of the demonstration office: who they are, and what each should look at."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Count
from django.utils.translation import gettext as _

from leads.models import Role, Staff

PASSWORD = "guishu-demo-2026"  # noqa: S105 - printed for everybody; seed_demo guards its use
AT_LEAST = 3
"""So many people with one password is no accident: they are the demonstration's."""

WHAT_TO_SEE = {
    Role.AGENT: "今天: clients by days left; press N to log one; F follows up",
    Role.RECEPTIONIST: "接待: who comes, whose turn it is",
    Role.SUPERVISOR: "待審: open cases, one overdue, one with money held; J K move, 1 2 decide",
    Role.MANAGER: "業績: the commission report of six months, and its export",
    Role.GENERAL_MANAGER: "概況: both projects side by side",
    Role.MANAGEMENT_OFFICE: "需求: what clients want, the measures that are due and overdue",
    Role.AUDITOR: "查核: every client with the reasons, nothing to change",
}


@dataclass(frozen=True)
class LogIn:
    """Somebody as whom one may look around."""

    role: str
    name: str
    username: str
    projects: str
    look_at: str


def stored_password() -> str:
    """The shared password as stored: computed once, the same for everybody."""
    return make_password(PASSWORD)


def log_ins() -> list[LogIn]:
    """One log-in per role and project that still has the shared password; none elsewhere.

    Two queries and one check of a password, however many people there are.
    """
    shared = (
        Staff.objects.filter(is_active=True)
        .values("password")
        .annotate(people=Count("pk"))
        .filter(people__gte=AT_LEAST)
        .order_by("-people")
        .first()
    )
    if shared is None or not check_password(PASSWORD, shared["password"], setter=None):
        return []
    found: dict[tuple[str, str], LogIn] = {}
    holders = Staff.objects.filter(is_active=True, password=shared["password"])
    for staff in holders.prefetch_related("projects").order_by("pk"):
        projects = "、".join(project.name for project in staff.projects.all())
        found.setdefault(
            (staff.role, projects),
            LogIn(
                role=str(_(staff.get_role_display())),
                name=staff.name,
                username=staff.username,
                projects=projects,
                look_at=WHAT_TO_SEE[Role(staff.role)],
            ),
        )
    roles = [str(label) for label in Role.labels]
    return sorted(found.values(), key=lambda one: (roles.index(one.role), one.username))
