"""Plays a scenario through the real models, doors and database, as an office would live it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from attribution.policy.decision import Decision
from attribution.policy.parameters import changed, difference
from attribution.queries import decision_on
from attribution.scenarios import Scenario, Shortfall, Step, shortfalls
from attribution.services import set_policy
from commissions.models import Plan
from commissions.services import record_deal
from disputes.models import Case
from disputes.services import assign, record_complaint, rule, rule_on_lead
from leads.models import Assignment, Kind, Lead, Project, Role, Staff
from leads.services import (
    file_proxy,
    link_people,
    record_assist,
    record_contact,
    record_departure,
    record_follow_up,
    record_notice,
    register_referral,
)

PRICE = 100_000_000


@dataclass
class Rehearsal:
    """One story, played in a project of its own."""

    scenario: Scenario
    agents: dict[str, Staff] = field(default_factory=dict)
    leads: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = min(step.recorded for step in self.scenario.steps)
        self.project = Project.objects.create(
            name=self.scenario.id[:60],
            time_zone=self.scenario.zone.key,
            opened_on=date(2000, 1, 1),
        )
        self.supervisor = self._staff("supervisor of the story", Role.SUPERVISOR)
        self.chosen = self.scenario.policy
        self._set_policy(first.replace(year=first.year - 1, day=1), first)
        Plan.objects.create(
            project=self.project, effective_from=date(2000, 1, 1), rate_permyriad=100
        )

    def run(self) -> list[Shortfall]:
        """What falls short when the story has been played."""
        for step in sorted(self.scenario.steps, key=lambda step: step.recorded):
            PLAY[step.do](self, step)
        found = shortfalls(self.scenario, self._ask)
        names = {staff.pk: name for name, staff in self.agents.items()}
        return [
            Shortfall(s.scenario, s.client, s.at, s.field, s.expected, _named(s.found, names))
            for s in found
        ]

    def _ask(self, client: str, at: datetime) -> Any:
        if client not in self.leads:
            self._lead(client, at)
        lead = Lead.objects.select_related("project").get(pk=self.leads[client])
        return _Named(decision_on(lead, asof=at), {s.pk: n for n, s in self.agents.items()})

    # ── People ──

    def _staff(self, name: str, role: str = Role.AGENT) -> Staff:
        staff = Staff.objects.create(username=str(uuid4()), name=name[:60], role=role)
        Assignment.objects.create(project=self.project, staff=staff)
        return staff

    def agent(self, name: str | None) -> Staff | None:
        """The agent of that name; None for none."""
        if name is None:
            return None
        if name not in self.agents:
            self.agents[name] = self._staff(name)
        return self.agents[name]

    def named(self, step: Step, key: str) -> Staff:
        """The agent whom a step must name."""
        staff = self.agent(step.fields[key])
        assert staff is not None
        return staff

    def lead(self, step: Step, key: str = "client") -> int:
        """The lead of the client whom a step names; written down bare if nobody has met him."""
        return self._lead(step.fields[key], step.recorded)

    def _lead(self, name: str, moment: datetime) -> int:
        if name not in self.leads:
            self.leads[name] = Lead.objects.create(project=self.project, recorded_at=moment).pk
        return self.leads[name]

    def _set_policy(self, since: datetime, now: datetime) -> None:
        set_policy(
            project=self.project,
            preset=self.chosen.preset,
            settings=difference(self.chosen),
            effective_from=since,
            by=self.supervisor,
            now=now,
        )

    # ── Steps ──

    def reception(self, step: Step) -> None:
        given = step.fields
        steerer = given.get("steered_by")
        event = record_contact(
            project=self.project,
            kind=Kind(step.do),
            agent=self.named(step, "agent"),
            at=step.at,
            by=self.named(step, "agent"),
            now=step.recorded,
            key=uuid4(),
            lead_id=self.leads.get(given["client"]),
            name=given["client"],
            asked_for=self.agent(given.get("asked_for")),
            known_to=self.agent(given.get("known_to")),
            steered_by=self._staff(steerer, Role.RECEPTIONIST) if steerer else None,
            turn_of=self.agent(given.get("turn_of")),
            brought_by=self.lead(step, "brought_by") if given.get("brought_by") else None,
            enquiry=given.get("enquiry", True),
            registered=given.get("registered", True),
            fields=given.get("fields"),
        )
        assert event.lead_id is not None
        self.leads[given["client"]] = event.lead_id

    def follow_up(self, step: Step) -> None:
        record_follow_up(
            lead_id=self.lead(step),
            agent=self.named(step, "agent"),
            on_behalf_of=self.agent(step.fields.get("for")),
            outcome="reached" if step.fields.get("reached", True) else "no_answer",
            **self._times(step),
        )

    def assist(self, step: Step) -> None:
        record_assist(
            project=self.project,
            lead_id=self.lead(step),
            agent=self.named(step, "agent"),
            owner=self.named(step, "for"),
            channel=step.fields.get("channel", "visit"),
            handover=step.fields.get("handover", True),
            **self._times(step),
        )

    def register(self, step: Step) -> None:
        register_referral(
            project=self.project,
            lead_id=self.lead(step),
            agent=self.named(step, "agent"),
            name=step.fields["client"],
            traits=step.fields.get("traits", ""),
            **self._times(step),
        )

    def register_proxy(self, step: Step) -> None:
        file_proxy(
            lead_id=self.lead(step),
            agent=self.named(step, "agent"),
            circumstances=step.fields.get("circumstances", ""),
            acknowledged=step.fields.get("acknowledged", False),
            **self._times(step),
        )

    def notice(self, step: Step) -> None:
        record_notice(lead_id=self.lead(step), agent=self.named(step, "agent"), **self._times(step))

    def link(self, step: Step) -> None:
        link_people(
            lead_id=self.lead(step),
            other_id=self.lead(step, "with"),
            relation=step.fields["relation"],
            same_need=step.fields.get("same_need", True),
            price_testing=step.fields.get("price_testing", False),
            **self._times(step),
        )

    def depart(self, step: Step) -> None:
        record_departure(
            staff=self.named(step, "agent"), at=step.at, by=self.supervisor, now=step.recorded
        )

    def assign(self, step: Step) -> None:
        assign(
            lead_id=self.lead(step),
            to=self.named(step, "to"),
            reason="as the story says",
            **self._times(step),
        )

    def complaint(self, step: Step) -> None:
        record_complaint(
            lead_id=self.lead(step),
            about=self.named(step, "about"),
            finding=step.fields.get("finding", "open"),
            to=self.agent(step.fields.get("to")),
            shares=self._shares(step),
            **self._times(step),
        )

    def ruling(self, step: Step) -> None:
        lead_id = self.lead(step)
        case = Case.objects.filter(lead_id=lead_id, state=Case.State.OPEN).first()
        ruling: dict[str, Any] = {
            "owner": self.named(step, "owner"),
            "shares": self._shares(step),
            "reason": "as the story says",
        }
        times = self._times(step)
        if case is not None and step.at == step.recorded:
            times.pop("at")
            rule(case_id=case.pk, version=case.version, **ruling, **times)
        else:
            rule_on_lead(lead_id=lead_id, **ruling, **times)

    def policy(self, step: Step) -> None:
        self.chosen = changed(self.chosen, step.fields["settings"])
        self._set_policy(step.at, step.recorded)

    def deal(self, step: Step) -> None:
        record_deal(
            lead_id=self.lead(step),
            agent=self.named(step, "agent"),
            unit=str(uuid4()),
            price_cents=PRICE,
            assisting=step.fields.get("assisting", False),
            **self._times(step),
        )

    def _times(self, step: Step) -> dict[str, Any]:
        by = self.supervisor
        return {"at": step.at, "by": by, "now": step.recorded, "key": uuid4()}

    def _shares(self, step: Step) -> dict[int, int]:
        shares = step.fields.get("shares", {})
        return {staff.pk: share for name, share in shares.items() if (staff := self.agent(name))}


PLAY: dict[str, Callable[[Rehearsal, Step], None]] = {
    "call": Rehearsal.reception,
    "visit": Rehearsal.reception,
    "online": Rehearsal.reception,
    "report": Rehearsal.reception,
    "follow_up": Rehearsal.follow_up,
    "assist": Rehearsal.assist,
    "register": Rehearsal.register,
    "register_proxy": Rehearsal.register_proxy,
    "notice": Rehearsal.notice,
    "link": Rehearsal.link,
    "depart": Rehearsal.depart,
    "assign": Rehearsal.assign,
    "complaint": Rehearsal.complaint,
    "rule": Rehearsal.ruling,
    "policy": Rehearsal.policy,
    "deal": Rehearsal.deal,
}


class _Named:
    """A decision in the story's own names."""

    def __init__(self, decision: Decision, names: dict[int, str]) -> None:
        self._decision = decision
        self._names = names

    def __getattr__(self, field: str) -> Any:
        return (
            _named(getattr(self._decision, field), self._names)
            if field
            in (
                "owner",
                "credit",
                "commission",
            )
            else getattr(self._decision, field)
        )


def _named(value: Any, names: dict[int, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): share for key, share in value.items()}
    return names.get(value, value) if isinstance(value, int) else value
