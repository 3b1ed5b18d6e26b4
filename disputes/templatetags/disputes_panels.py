"""What disputes lends to other pages, and the words of its own: `{% load disputes_panels %}`."""

from datetime import datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from leads.access import DECIDERS, current_projects
from leads.models import Lead, Role, Staff

from ..forms import ConfirmForm
from ..models import Case, CaseKind, Penalty, Precedent, Step
from ..queries import queue as lists
from ..queries.dossier import Dossier, Side
from ..queries.dossier import flagged_by as clauses_of
from ..queries.penalties import penalties_of
from ..queries.precedents import Found, Precedents
from ..sanctions import Sanction
from ..wording import precedent_words

register = template.Library()

CARD_ROWS = 3
ICONS = {
    CaseKind.COLLISION: "icon:arrows-split-2",
    CaseKind.POACHING: "icon:alert-triangle",
    CaseKind.NAME_SWAP: "icon:replace",
    CaseKind.STEERING: "icon:route",
    CaseKind.COMPLAINT: "icon:message-exclamation",
    CaseKind.DEPARTURE: "icon:user-minus",
    CaseKind.SPECULATION: "icon:building-skyscraper",
    CaseKind.PROXY: "icon:users",
    CaseKind.IDENTITY: "icon:fingerprint",
    CaseKind.OBJECTION: "icon:receipt-2",
    CaseKind.SUCCESSION: "icon:clock-off",
    CaseKind.OTHER: "icon:file-text",
}


@register.inclusion_tag("disputes/_case_kind.html")
def case_kind(case: Case) -> dict[str, Any]:
    """`{% case_kind case %}`: what the case is about, with its icon."""
    return {"icon": ICONS[CaseKind(case.kind)], "word": case.get_kind_display()}


@register.simple_tag
def deadline(due: datetime, now: datetime | None = None) -> SafeString | str:
    """`{% deadline case.due_at now %}`: how much time is left, amber when short, red when over."""
    if now is None:
        return ""
    left = due - now
    hours = int(abs(left.total_seconds()) // 3600)
    days, over = hours // 24, left.total_seconds() < 0
    if over and days >= 2:
        words, tone = ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", days), "reversed"
    elif over:
        words, tone = ngettext("逾期 %(hours)d 時", "逾期 %(hours)d 時", hours), "reversed"
    elif days >= 2:
        words, tone = ngettext("剩 %(days)d 天", "剩 %(days)d 天", days), ""
    else:
        words, tone = ngettext("剩 %(hours)d 時", "剩 %(hours)d 時", hours), "lapsing"
    look = f"num t-{tone}" if tone else "num"
    return format_html('<span class="{}">{}</span>', look, words % {"days": days, "hours": hours})


@register.filter
def as_known(staff: Staff | None, dossier: Dossier) -> str:
    """`{{ event.whom|as_known:dossier }}`: by name, or by letter while names are covered."""
    return dossier.called(staff)


@register.filter
def side_in(agent: int, dossier: Dossier) -> Side | None:
    """`{{ party.staff_id|side_in:dossier }}`: the side under which somebody stands in a case."""
    return dossier.side_of(agent)


@register.simple_tag
def sanction_words(sanction: Sanction, dossier: Dossier) -> str:
    """`{% sanction_words effect.sanction dossier %}`: what is asked to be done, to whom."""

    def who(agent: int) -> str:
        side = dossier.side_of(agent)
        return gettext("公司") if side is None else side.letter or side.name

    said = []
    if sanction.forfeits:
        text = gettext("沒收%(who)s佣金 %(percent)d%%，歸%(to)s")
        to = gettext("公司") if sanction.to is None else who(sanction.to)
        said.append(text % {"who": who(sanction.against), "percent": sanction.percent, "to": to})
    if sanction.penalty == Penalty.Kind.DISMISSAL:
        said.append(gettext("提請解聘%(who)s") % {"who": who(sanction.against)})
    elif sanction.penalty:
        values = {"who": who(sanction.against), "measure": sanction.measure}
        said.append(gettext("對%(who)s提請處分：%(measure)s") % values)
    return gettext("；").join(said)


@register.simple_tag
def departures_address(case: Case) -> str:
    """`{% departures_address case as wizard %}`: where a dismissal is carried out, if anywhere."""
    try:
        return f"{reverse('departures')}?case={case.pk}"
    except NoReverseMatch:
        return ""


@register.inclusion_tag("disputes/_penalties.html")
def case_penalties(case: Case, now: datetime | None = None) -> dict[str, Any]:
    """`{% case_penalties case now %}`: what the ruling of a case asked for; one query."""
    return {"penalties": [] if case.is_open else list(penalties_of(case)), "now": now}


@register.filter
def flagged_by(case: Case) -> list[str]:
    """`{{ case|flagged_by }}`: the clauses by which a case is open."""
    return clauses_of(case)


@register.filter
def ticked_in(case: Case, form: ConfirmForm) -> bool:
    """`{{ case|ticked_in:form }}`: among the cases that the form would confirm."""
    return f"{case.pk}:{case.version}" in (form["cases"].value() or ())


@register.filter
def part_of(settlement: Step, agent: int) -> int:
    """`{{ docket.settlement|part_of:side.agent }}`: his percent of what was agreed."""
    return int(settlement.details.get("shares", {}).get(str(agent), 0))


@register.filter
def of_view(url: str, view: str) -> str:
    """`{{ url|of_view:view }}`: an address that stays in the view of the list."""
    return f"{url}?{view}" if view else url


@register.simple_tag
def querystring_of(view: str, name: str, value: int | str) -> str:
    """`{% querystring_of view "page" 2 %}`: the view of the list with one parameter changed."""
    changed = QueryDict(view, mutable=True)
    changed[name] = str(value)
    return changed.urlencode()


@register.inclusion_tag("disputes/_my_cases.html", takes_context=True)
def my_cases(context: Context) -> dict[str, Any]:
    """`{% my_cases %}`: the reader's own open cases as a card; nothing for other roles."""
    agent, now = context["request"].user, context.get("now")
    if agent.role != Role.AGENT or now is None:
        return {"cases": [], "count": 0}
    projects = current_projects(context["request"])
    cases = lists.cases_of_agent(agent, projects, now=now).filter(state=Case.State.OPEN)
    found = list(cases[: CARD_ROWS + 1])
    return {
        "cases": lists.own_cases(found[:CARD_ROWS], agent),
        "more": len(found) > CARD_ROWS,
        "now": now,
    }


@register.inclusion_tag("disputes/_lead_cases.html", takes_context=True)
def lead_cases(context: Context, lead: Lead) -> dict[str, Any]:
    """`{% lead_cases lead %}`: what is contested about a client; links for those who decide."""
    reader = context["request"].user
    cases = Case.objects.filter(state=Case.State.OPEN, lead__project=lead.project_id)
    if lead.party_id is None:
        cases = cases.filter(lead=lead)
    else:
        cases = cases.filter(lead__party=lead.party_id)
    return {
        "cases": cases.select_related("decision").order_by("due_at", "pk"),
        "decides": reader.role in DECIDERS,
        "is_agent": reader.role == Role.AGENT,
        "now": context.get("now"),
    }


@register.simple_tag
def likened(precedents: Precedents, found: Found) -> dict[str, Any]:
    """`{% likened precedents found as words %}`: what a case shares and what not, in words."""
    return precedent_words(precedents, found)


@register.filter
def outcome_word(name: str) -> str:
    """`{{ habit.outcome|outcome_word }}`: an outcome as precedents count it."""
    return str(dict(Precedent.Outcome.choices).get(Precedent.Outcome(name), name)) if name else ""


@register.filter
def paper(moment: str | None) -> str:
    """`{{ fact.happened|paper }}`: a moment of an evidence pack as it is read, on its own clock."""
    return "–" if not moment else f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"
