"""Who may open what: every address, as every role, as a stranger, and from another project.

The table is written by hand, from what the office wants, and not read from the views. An address
that is missing here fails; so does one that is here and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from attribution.agenda.queries import token_of
from attribution.agenda.services import add_step, open_calendar
from attribution.services import start_rederivation
from commissions.models import Export, Line, Period
from commissions.services import record_deal, reserve_unit, sign_period
from disputes.detectors.rows import Finding
from disputes.models import Case, Suspicion
from disputes.sanctions import Sanction
from disputes.services import contest, decide, raise_suspicions
from leads.board.services import log_arrival
from leads.models import Import, Lead, Project, Role, SavedView, Staff
from leads.needs.services import add_plan_step, make_offer
from leads.services import file_proxy, link_people, propose_link, register_referral
from tests.factories import ProjectFactory, StaffFactory, visit, wants

pytestmark = pytest.mark.django_db

AGENT = frozenset({Role.AGENT})
RECEPTIONIST = frozenset({Role.RECEPTIONIST})
DECIDERS = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER})
PAYERS = frozenset({Role.MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR})
MANAGERS = frozenset({Role.MANAGER, Role.GENERAL_MANAGER})
OVERSEERS = DECIDERS | {Role.AUDITOR}
DESK = RECEPTIONIST | DECIDERS
OFFICE = frozenset({Role.MANAGEMENT_OFFICE})
STAFF = frozenset(Role)
EVERYBODY = STAFF | {"stranger"}

ALLOWED: dict[str, frozenset[str]] = {
    # config
    "home": STAFF,
    "healthz": EVERYBODY,
    "login": EVERYBODY,
    "logout": EVERYBODY,
    "password_change": STAFF,
    "password_change_done": STAFF,
    "set_language": EVERYBODY,
    "switch_project": STAFF,
    "overview": frozenset({Role.GENERAL_MANAGER}),
    # leads
    "lead_list": AGENT | OVERSEERS,
    "lead_reveal": AGENT | OVERSEERS,
    "lead_people": AGENT | OVERSEERS,
    "people_change": AGENT | DECIDERS,
    "link_new": AGENT | DECIDERS,
    "link_take_back": AGENT | DECIDERS,
    "likenesses": DECIDERS,
    "likeness_dismiss": DECIDERS,
    "notes": STAFF,
    "reception": DESK,
    "reception_board": AGENT | DESK,
    "arrival": AGENT | DESK,
    "presence": AGENT | DESK,
    "my_turn": AGENT,
    "rota": DECIDERS,
    "fairness": OVERSEERS,
    "fairness_file": OVERSEERS,
    "imports": DECIDERS,
    "import_new": DECIDERS,
    "import_rows": DECIDERS,
    "import_columns": DECIDERS,
    "import_progress": DECIDERS,
    "import_agents": DECIDERS,
    "import_sign": DECIDERS,
    "import_cancel": DECIDERS,
    "import_file": DECIDERS,
    "saved_view_new": STAFF,
    "saved_view": STAFF,
    "lead_needs": AGENT | OVERSEERS,
    "need_new": AGENT | DECIDERS,
    "lead_buying": AGENT | DECIDERS,
    "lead_profile": AGENT | DECIDERS,
    "lead_plan": AGENT | DECIDERS,
    "plan_step_end": AGENT | DECIDERS,
    "offer_answer": AGENT | DECIDERS,
    "need_list": AGENT | OFFICE | OVERSEERS,
    "need_add": OFFICE | DECIDERS,
    "need_items": MANAGERS,
    "need": AGENT | OFFICE | OVERSEERS,
    # attribution
    "today": AGENT,
    "steps": AGENT,
    "step": AGENT,
    "calendar": AGENT,
    # Whoever holds the address: the token in it is the key. Without a right one there is no page.
    "calendar_feed": EVERYBODY,
    "quick_log": AGENT,
    "enquiry": AGENT,
    "enquiry_log": OVERSEERS,
    "registrations": AGENT,
    "registration_new": AGENT,
    "registration_withdraw": AGENT,
    "proxy_new": AGENT,
    "proxies": DECIDERS,
    "proxy_acknowledge": DECIDERS,
    "lead": AGENT | OVERSEERS,
    "lead_why": AGENT | OVERSEERS,
    "lead_ledger": OVERSEERS,
    "lead_proof": OVERSEERS,
    "lead_follow_up": AGENT,
    "policy": STAFF,
    "rederivations": PAYERS,
    "rederivation_start": PAYERS,
    "rederivation": PAYERS,
    "policy_new": frozenset({Role.MANAGER, Role.GENERAL_MANAGER}),
    # disputes
    "queue": DECIDERS,
    "case": DECIDERS,
    "case_rule": DECIDERS,
    "case_step": DECIDERS,
    "case_names": DECIDERS,
    "cases_settled": DECIDERS,
    "penalties": OVERSEERS,
    "penalty_decide": MANAGERS,
    "case_precedents": DECIDERS,
    "case_present": DECIDERS,
    "case_file": AGENT | RECEPTIONIST | OVERSEERS,
    "case_procedure": STAFF,
    "suspicions": DECIDERS,
    "suspicion": DECIDERS,
    "my_cases": AGENT | RECEPTIONIST,
    "my_case": AGENT | RECEPTIONIST,
    "contest": AGENT | DECIDERS,
    "departures": DECIDERS,
    "departure": DECIDERS,
    # commissions
    "report": PAYERS,
    "need_analysis": OVERSEERS | {Role.MANAGEMENT_OFFICE},
    "need_chart": OVERSEERS | {Role.MANAGEMENT_OFFICE},
    "need_chart_file": OVERSEERS | {Role.MANAGEMENT_OFFICE},
    "forecast": PAYERS,
    "export_start": PAYERS,
    "export": OVERSEERS,
    "export_cancel": OVERSEERS,
    "export_file": OVERSEERS,
    "case_pack": OVERSEERS,
    "statement": AGENT,
    "statement_print": AGENT | PAYERS,
    "statement_object": AGENT,
    "lead_deals": AGENT | OVERSEERS,
    "reserve": AGENT | DECIDERS,
    "reservation_release": AGENT | DECIDERS,
    "deal_step": DECIDERS,
    "deal_adjust": MANAGERS,
    "unit_list": AGENT | OVERSEERS,
    "unit_import": DECIDERS,
    "plan_list": PAYERS,
    "plan_new": MANAGERS,
    "period_list": PAYERS,
    "period_sign": MANAGERS,
    "period_payout": PAYERS,
    "deal_new": AGENT | {Role.MANAGER, Role.GENERAL_MANAGER, Role.SUPERVISOR},
}
OF_A_LEAD = {
    *("lead_reveal", "lead", "lead_why", "lead_ledger", "lead_proof", "lead_follow_up"),
    *("lead_deals", "deal_new", "lead_people", "people_change", "link_new", "contest", "reserve"),
    *("proxy_new", "lead_needs", "need_new", "lead_buying", "lead_profile", "lead_plan"),
}
OF_A_DEAL = {"deal_step", "deal_adjust"}
OF_COMMISSIONS = OF_A_DEAL | {"reservation_release", "period_payout", "statement_object"}
OF_AN_ENTRY = {"registration_withdraw", "proxy_acknowledge"}
OF_AN_AGENT = {"departure"}
OF_A_LINK = {"link_take_back"}
OF_A_LIKENESS = {"likeness_dismiss"}
OF_A_CASE = {
    *(
        "case",
        "case_rule",
        "case_step",
        "case_precedents",
        "case_pack",
        "case_present",
        "case_file",
        "my_case",
    ),
}
OF_AN_EXPORT = {"export", "export_cancel", "export_file"}
OF_AN_IMPORT = {
    "import_rows",
    "import_columns",
    "import_progress",
    "import_agents",
    "import_sign",
    "import_cancel",
    "import_file",
}
OF_A_REDERIVATION = {"rederivation"}
OF_AN_ARRIVAL = {"arrival"}
BY_TOKEN = {"calendar_feed"}
OF_A_STEP = {"step"}
OF_A_SUSPICION = {"suspicion"}
OF_A_PENALTY = {"penalty_decide"}
OF_A_VIEW = {"saved_view"}
OF_A_CHART = {"need_chart", "need_chart_file"}
OF_A_NEED = {"need", "plan_step_end", "offer_answer"}
WITH_A_ROW = (
    OF_A_LEAD
    | OF_A_CASE
    | OF_AN_ENTRY
    | OF_AN_EXPORT
    | OF_AN_AGENT
    | OF_A_LINK
    | OF_A_LIKENESS
    | OF_AN_ARRIVAL
    | OF_A_STEP
    | OF_A_PENALTY
    | OF_A_VIEW
    | OF_A_NEED
    | OF_COMMISSIONS
    | OF_AN_IMPORT
    | OF_A_REDERIVATION
    | OF_A_SUSPICION
)

REFUSED = {403, 404}


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """The name of every address that the product answers."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, f"{prefix}{pattern.pattern} has no name"
            yield pattern.name


def test_every_address_stands_in_the_table() -> None:
    found = list(addresses(get_resolver().url_patterns))
    assert sorted(found) == sorted(set(found)), "a name stands for one address"
    missing = set(found) - set(ALLOWED)
    assert not missing, f"who may open {', '.join(sorted(missing))}? Say so in ALLOWED."
    gone = set(ALLOWED) - set(found)
    assert not gone, f"nowhere in the product: {', '.join(sorted(gone))}"


@dataclass
class Office:
    """A project with one person of each role, a client with a deal, a case, and exports."""

    project: Project
    people: dict[str, Staff]
    lead: int
    case: int
    entries: dict[str, int]
    exports: dict[str, UUID]
    link: int
    likeness: int
    arrival: int
    step: int
    token: str
    deal: int
    reservation: int
    period: int
    rederivation: int
    suspicion: int
    batch: UUID
    penalty: int
    steering: int
    views: dict[str, int]
    wants: dict[str, int]

    @property
    def line(self) -> int:
        """The agent's line of the deal."""
        return Line.objects.get(deal=self.deal, agent=self.people[Role.AGENT]).pk

    def path(self, name: str, role: str) -> str:
        """The address, of a row that this role may see if it may see any."""
        if name in OF_A_LEAD:
            return reverse(name, kwargs={"pk": self.lead})
        if name == "step":
            return reverse(name, kwargs={"pk": self.step})
        if name == "calendar_feed":
            return reverse(name, kwargs={"token": self.token})
        if name in OF_AN_ARRIVAL:
            return reverse(name, kwargs={"pk": self.arrival})
        if name in OF_A_PENALTY:
            return reverse(name, kwargs={"pk": self.penalty})
        if name in OF_AN_ENTRY:
            return reverse(name, kwargs={"pk": self.entries[name]})
        if name in OF_A_CASE and role == Role.RECEPTIONIST:
            return reverse(name, kwargs={"pk": self.steering})
        if name in OF_A_CASE:
            return reverse(name, kwargs={"pk": self.case})
        if name == "statement_print" and role != Role.AGENT:
            return f"{reverse(name)}?agent={self.people[Role.AGENT].pk}"
        if name == "statement_object":
            return reverse(name, kwargs={"pk": self.line})
        if name in OF_A_VIEW:
            return reverse(name, kwargs={"pk": self.views.get(role, 10**9)})
        if name == "deal_step":
            return reverse(name, kwargs={"pk": self.deal, "kind": "contract"})
        if name == "deal_adjust":
            return reverse(name, kwargs={"pk": self.deal})
        if name == "reservation_release":
            return reverse(name, kwargs={"pk": self.reservation})
        if name == "period_payout":
            return reverse(name, kwargs={"pk": self.period})
        if name in OF_A_SUSPICION:
            return reverse(name, kwargs={"pk": self.suspicion})
        if name in OF_A_REDERIVATION:
            return reverse(name, kwargs={"pk": self.rederivation})
        if name in OF_AN_IMPORT:
            return reverse(name, kwargs={"key": self.batch})
        if name in OF_AN_EXPORT:
            return reverse(name, kwargs={"key": self.exports.get(role) or uuid4()})
        if name in OF_AN_AGENT:
            return reverse(name, kwargs={"pk": self.people[Role.AGENT].pk})
        if name in OF_A_CHART:
            return reverse(name, kwargs={"name": "gaps"})
        if name in OF_A_LINK:
            return reverse(name, kwargs={"pk": self.link})
        if name in OF_A_NEED:
            return reverse(name, kwargs={"pk": self.wants[name]})
        if name in OF_A_LIKENESS:
            return reverse(name, kwargs={"pk": self.likeness})
        return reverse(name)


def open_office(number: int) -> Office:
    project = ProjectFactory()
    people = {role: StaffFactory(project=project, role=role) for role in Role}
    other = StaffFactory(project=project)
    agent, now = people[Role.AGENT], timezone.now()
    phone = f"139 0000 420{number}"
    event = visit(agent, now - timedelta(days=3), phone=phone, name="沈國樑", project=project)
    assert event.lead_id is not None
    # A colleague received him unknowingly: there is a case.
    visit(other, now - timedelta(days=2), phone=phone, project=project)
    deal = record_deal(
        lead_id=event.lead_id,
        agent=agent,
        unit="3 棟 1202",
        price_cents=428_000_000,
        at=now - timedelta(days=1),
        by=agent,
        now=now - timedelta(days=1),
        key=uuid4(),
    ).deal
    reservation = reserve_unit(
        lead_id=event.lead_id, agent=agent, unit="3 棟 1203", at=now, by=agent, now=now, key=uuid4()
    )
    # Two further clients of the same agent, linked; and a proposal of his.
    two = [visit(agent, now - timedelta(days=1), project=project).lead_id for _number in range(2)]
    link = link_people(
        lead_id=two[0] or 0, other_id=two[1] or 0, relation="family", by=agent, now=now, key=uuid4()
    )
    likeness = propose_link(
        lead_id=two[0] or 0, relation="family", evidence="同住", name="周雅婷", by=agent, now=now,
        key=uuid4(),
    )  # fmt: skip
    period = Period.objects.get(project=project)
    later = {"project": project, "month": period.month, "checked": {}, "now": now + timedelta(40)}
    for role in (Role.MANAGER, Role.GENERAL_MANAGER):
        sign_period(by=people[role], **later)
    registered = register_referral(
        project=project, agent=agent, name="葉先生", traits="高個子", by=agent, now=now, key=uuid4()
    )
    filed = file_proxy(
        lead_id=event.lead_id, agent=agent, circumstances="替父親看", by=agent, now=now, key=uuid4()
    )
    entries = {"registration_withdraw": registered.pk, "proxy_acknowledge": filed.pk}
    exports = {
        role: Export.objects.create(staff=people[role], form="csv", asked_at=now).key
        for role in OVERSEERS
    }
    arrival = log_arrival(
        project=project, people=2, before="first", by=people[Role.RECEPTIONIST], now=now,
        key=uuid4(),
    )  # fmt: skip
    case = Case.objects.get(lead=event.lead_id).pk
    step = add_step(project=project, agent=agent, text="回電", by=agent, now=now, key=uuid4()).pk
    token = token_of(open_calendar(staff=agent, by=agent, now=now))
    run = start_rederivation(project=project, by=None, now=now, key=uuid4()).pk
    seen = Finding("units", ("3 棟 1202",), 85, agent.pk, event.lead_id, facts=(), path=())
    raise_suspicions(project=project, findings=[seen], by=None, now=now)
    suspicion = Suspicion.objects.get(project=project).pk
    batch = Import.objects.create(project=project, staff=people[Role.MANAGER], asked_at=now).key
    views = {
        role: SavedView.objects.create(
            page="lead_list", name="將到期", query="state=lapsing", owner=people[role], saved_at=now
        ).pk
        for role in Role
    }
    rows = (link.pk, likeness.pk, arrival.pk, step, token, deal.pk, reservation.pk, period.pk, run,
        suspicion)  # fmt: skip
    penalty = propose_penalty(two[0] or 0, agent, people[Role.SUPERVISOR], now)
    # The front desk sent a newcomer to an agent of her choice: she is heard, too.
    steered = visit(agent, now, project=project, steered_by=people[Role.RECEPTIONIST])
    steering = Case.objects.get(lead=steered.lead_id).pk
    about: dict[str, Any] = {"lead_id": event.lead_id, "by": agent, "now": now}
    day = now.date()
    wanted = {
        "need": wants(agent, Lead.objects.get(pk=event.lead_id), now - timedelta(hours=1)).pk,
        "plan_step_end": add_plan_step(text="約看夜景", due=day, key=uuid4(), **about).pk,
        "offer_answer": make_offer(kind="rent_free", months=2, day=day, key=uuid4(), **about).pk,
    }
    more = (batch, penalty, steering, views, wanted)
    return Office(project, people, event.lead_id, case, entries, exports, *rows, *more)


def propose_penalty(lead: int, agent: Staff, supervisor: Staff, now: datetime) -> int:
    """An agent contests, and the ruling proposes a penalty against himself."""
    common: dict[str, Any] = {"now": now, "key": uuid4()}
    brought = contest(
        lead_id=lead, kind="other", clause="leasing/2.4", text="名單不對", by=agent, **common
    )
    decide(
        case_id=brought.pk,
        version=None,
        owner=None,
        reason="名單無誤",
        sanction=Sanction(agent.pk, "leasing/2.4", "other", "口頭告誡"),
        by=supervisor,
        now=now,
        key=uuid4(),
    )
    return brought.penalties.get().pk


@pytest.fixture
def office() -> Office:
    return open_office(1)


@pytest.fixture
def elsewhere() -> Office:
    """Another project, with people of the same roles."""
    return open_office(2)


def answers(client: Client, path: str) -> dict[str, tuple[int, str]]:
    """How the address answers to a look and to an empty form; what the form changed is undone."""
    found = {}
    for method in ("get", "post"):
        before = transaction.savepoint()
        try:
            answer = getattr(client, method)(path)
        finally:
            transaction.savepoint_rollback(before)
        found[method] = (answer.status_code, answer.headers.get("Location", ""))
    return found


def browser_of(staff: Staff | None) -> Client:
    client = Client()
    if staff is not None:
        client.force_login(staff)
    return client


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_the_right_people_get_in_and_nobody_else(name: str, office: Office) -> None:
    for role in [*Role, "stranger"]:
        client = browser_of(office.people.get(role))
        for method, (status, target) in answers(client, office.path(name, role)).items():
            who = f"{method.upper()} {name} as {role}: {status} {target}"
            to_log_in = status == 302 and target.startswith(reverse("login"))
            assert status < 500, who
            if role in ALLOWED[name]:
                file_is_not_ready = name == "export_file" and status == 404
                left = name == "logout" and to_log_in
                assert file_is_not_ready or left or not (status in REFUSED or to_log_in), who
            elif role == "stranger":
                assert to_log_in or status in REFUSED, who
            else:
                assert status in REFUSED, who


@pytest.mark.parametrize("name", sorted(WITH_A_ROW))
def test_people_of_another_project_learn_nothing_of_a_row(
    name: str, office: Office, elsewhere: Office
) -> None:
    for role in ALLOWED[name]:
        client = browser_of(elsewhere.people[role])
        theirs = {
            method: status
            for method, (status, _) in answers(client, office.path(name, role)).items()
        }
        assert theirs["post"] in {404, 405}, (name, role, theirs)
        assert theirs["get"] in {404, 405}, (name, role, theirs)


@pytest.mark.parametrize("name", sorted(OF_A_NEED))
def test_what_a_colleagues_client_wants_looks_like_nothing_at_all(
    name: str, office: Office
) -> None:
    colleague = browser_of(StaffFactory(project=office.project))
    theirs = answers(colleague, office.path(name, Role.AGENT))
    nobodys = answers(colleague, reverse(name, kwargs={"pk": 10**9}))
    assert theirs == nobodys
    assert {status for status, _ in theirs.values()} <= {404, 405}


@pytest.mark.parametrize("name", sorted(n for n in OF_A_LEAD if Role.AGENT in ALLOWED[n]))
def test_a_colleagues_client_and_none_at_all_look_the_same(name: str, office: Office) -> None:
    colleague = browser_of(StaffFactory(project=office.project))
    theirs = answers(colleague, reverse(name, kwargs={"pk": office.lead}))
    nobodys = answers(colleague, reverse(name, kwargs={"pk": 10**9}))
    assert theirs == nobodys
    assert {status for status, _ in theirs.values()} <= {404, 405}


@pytest.mark.parametrize("name", sorted(ALLOWED.keys() - WITH_A_ROW - BY_TOKEN - OF_A_CHART))
def test_somebody_without_a_project_meets_no_error(name: str) -> None:
    for role in Role:
        client = browser_of(StaffFactory(role=role))
        for status, _ in answers(client, reverse(name)).values():
            assert status < 500, (name, role)


def test_somebody_who_left_is_a_stranger(office: Office) -> None:
    agent = office.people[Role.AGENT]
    client = browser_of(agent)
    assert client.get(reverse("lead", kwargs={"pk": office.lead})).status_code == 200
    agent.is_active = False
    agent.save()
    answer = client.get(reverse("lead", kwargs={"pk": office.lead}))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("login"))
