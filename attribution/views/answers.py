"""What several pages answer alike: whose client it is, what a door refuses, why it is so."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from leads import identity, services
from leads import queries as lead_queries
from leads.forms.counter import EnquiryForm, QuickLogForm
from leads.identity import ImpossiblePhone
from leads.models import Lead, Project, Staff

from .. import questions
from ..models import Answer
from ..queries import members_of
from ..queries.arrivals import Arrival, expected
from ..queries.asked_log import owing_answers
from ..queries.enquiry import Enquiry, Said
from ..queries.holdings import edition_now
from ..queries.namesakes import Namesakes
from ..services import record_answer

SHORTEST_NAME = 2
"""Shorter ones, titles apart, are what everybody is called."""
REFUSALS = (ImpossiblePhone, services.HappenedInTheFuture, services.Busy)


def with_reasons(said: str, lead: Lead) -> SafeString:
    """A sentence with the link to why."""
    return format_html(
        '{} <a href="{}">{}</a>', said, reverse("lead_why", args=[lead.pk]), _("看依據")
    )


class Told(HttpResponse):
    """A page with an answer. Once it is out, the notices that follow are written into the journal.

    The answer itself was written down before, with the key of its notice, in the same way for
    every answer; only what follows from it takes longer for some, and nobody waits for it. What
    does not come through here (the client is being changed by others, the process dies) comes by
    the sweep.
    """

    owed: Answer | None = None

    def close(self) -> None:
        """Called by the web server when the last byte was sent."""
        owed, self.owed = self.owed, None
        if owed is not None:
            settle(owed, now=owed.at)
        super().close()


def told(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Show a page that may hold an answer (`context["owed"]`)."""
    page = Told(render_to_string(template, context, request), status=status)
    page.owed = context.get("owed")
    return page


def settle(answer: Answer, *, now: datetime) -> None:
    """Write the notice that an answer was into the journal; harmless when repeated."""
    assert answer.lead_id is not None
    assert answer.notice is not None
    try:
        services.record_notice(
            lead_id=answer.lead_id,
            agent=answer.agent,
            at=answer.at,
            by=answer.agent,
            now=now,
            key=answer.notice,
        )
    except services.Busy:
        return


def settle_before(agent: Staff, now: datetime) -> None:
    """Write what the agent was told and the journal does not say yet, before his next entry.

    Otherwise a reception could pass the notice that makes it a knowing one. One query where
    nothing is owed, as always but for an instant.
    """
    for answer in owing_answers(now).filter(agent=agent):
        settle(answer, now=now)


def notice_key(lead: Lead, agent: Staff, now: datetime, project: Project) -> UUID:
    """One notice a day is enough for one agent and one client."""
    day = now.astimezone(project.zone).date()
    return uuid5(NAMESPACE_URL, f"guishu:notice:{lead.pk}:{agent.pk}:{day}")


def channels(project: Project, now: datetime) -> tuple[str, ...]:
    """By which ways a client's coming counts under the project's policy."""
    return edition_now(project, now).policy.channels


def asks(project: Project, now: datetime) -> frozenset[str]:
    """Which fields the project's policy asks of a register entry."""
    return frozenset(edition_now(project, now).policy.required_fields)


def by_phone(form: EnquiryForm) -> dict[str, Any]:
    """The answer for what a form says so far; it is written down before it is shown."""
    now, agent, project = form.now, form.agent, form.project
    form.is_valid()
    given = form.cleaned_data
    phone, began = given.get("phone", ""), given.get("at") or now
    arrivals = arrivals_of(form)
    came = arrived(form, arrivals)
    context = {"form": form, "arrivals": arrivals, "arrival": came and came.token}
    if not phone and not given.get("no_phone") and came is None:
        return {**context, "answer": None, "typing": bool(form.data.get("phone"))}
    party = lead_queries.party_by_phone(project, phone) if phone else []
    if came is not None:
        party = members_of(came.lead)
    lead = party[0] if party else None
    brought_by = given.get("brought_by")
    asked = Enquiry(project, agent, lead, now=now, brought_by=brought_by, party=party)
    owes = lead is not None and asked.is_notice and came is None
    if owes:
        asked.learn()
    written = None
    if phone:
        number = identity.normalise_phone(phone, project.region)
        context["unknown_range"] = number.unknown_range
        written = record_answer(
            project=project,
            agent=agent,
            question=questions.about_phone(project, number),
            state=asked.state(began),
            until=asked.before.valid_until,
            lead_id=None if lead is None else lead.pk,
            notice=notice_key(lead, agent, now, project) if owes and lead is not None else None,
            by=agent,
            now=now,
        )
        if written.state == Answer.State.REFUSED:
            return {**context, "answer": None, "over": project.enquiries_a_day}
    # Everybody's name is looked for, so that finding one's own client takes no longer.
    called = lead_queries.called([lead or Lead(pk=0)])
    mine = asked.before.owner == agent.pk
    kind = given.get("kind") or "visit"
    named = given.get("asked_for")
    steered_by, turn_of = given.get("steered_by"), given.get("turn_of")
    said = Said(
        phone_left=bool(phone),
        asked_for_himself=named == agent,
        steered_by=steered_by and steered_by.pk,
        turn_of=turn_of.pk if steered_by and turn_of else None,
        fields=form.complete if isinstance(form, QuickLogForm) else None,
        proxy=given.get("proxy", ""),
    )
    effects = asked.preview(kind, began, said).effects(
        reachable=bool(phone), named=named is not None and named != agent
    )
    holder = asked.before.owner_claim
    context |= {
        "answer": {
            "by": "phone",
            "state": asked.state(began),
            "until": asked.before.valid_until,
            "awaited": holder is not None and holder.awaits_arrival,
            "told": asked.told,
            "asked_at": asked.now,
            "began": began,
            "claim": asked.own_claim,
            "provisional": mine,
            "called": called[lead.pk] if lead is not None and mine else None,
            "effects": effects,
            "named": named,
            "may_assist": asked.anothers and came is None,
        },
        "assisting": bool(given.get("assist")),
        "lead": lead,
        "kind": kind,
        "owed": written if written is not None and written.notice is not None else None,
    }
    return context


def arrivals_of(form: EnquiryForm) -> list[Arrival]:
    """Who of that name was registered beforehand; what is shown of them is an answer too."""
    name = form.cleaned_data.get("name", "")
    folded = identity.fold_name(name)
    if len(folded) < SHORTEST_NAME:
        return []
    found = expected(form.project, form.agent, name, now=form.now)
    written = record_answer(
        project=form.project,
        agent=form.agent,
        question=questions.about_arrival(form.project, folded),
        state=Answer.State.PROTECTED if found else Answer.State.FREE,
        until=None,
        lead_id=found[0].lead.pk if len(found) == 1 else None,
        notice=None,
        by=form.agent,
        now=form.now,
    )
    return [] if written.state == Answer.State.REFUSED else found


def arrived(form: EnquiryForm, arrivals: Iterable[Arrival]) -> Arrival | None:
    """Which of them the agent says it is."""
    chosen = form.cleaned_data.get("arrival", "")
    return next((one for one in arrivals if chosen and one.token == chosen), None)


def by_name(project: Project, agent: Staff, typed: str, now: datetime) -> dict[str, Any]:
    """The answer for everybody who bears a name, as it is compared; written down before."""
    found = lead_queries.parties_named(project, typed)
    asked = Namesakes(project, agent, found, now=now)
    lead = asked.lead
    owes = asked.is_notice and lead is not None
    written = record_answer(
        project=project,
        agent=agent,
        question=questions.about_name(project, identity.fold_name(typed)),
        state=asked.state,
        until=asked.until,
        lead_id=None if lead is None else lead.pk,
        notice=notice_key(lead, agent, now, project) if owes and lead is not None else None,
        by=agent,
        now=now,
    )
    if written.state == Answer.State.REFUSED:
        return {"answer": None, "over": project.enquiries_a_day}
    called = lead_queries.called([lead or Lead(pk=0)])
    mine = asked.state == "yours"
    return {
        "answer": {
            "by": "name",
            "state": asked.state,
            "until": asked.until,
            "told": asked.told,
            "asked_at": asked.now,
            "called": called[lead.pk] if lead is not None and mine else None,
        },
        "lead": lead if mine else None,
        "owed": written if written.notice is not None else None,
    }
