"""What commissions lends to other pages: `{% load commissions_panels %}`."""

from fractions import Fraction
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext

from attribution.queries.links import LinkPreview
from disputes.models import Case
from disputes.queries.dossier import Dossier, Outcome
from leads.access import DECIDERS, PAYERS, current_project
from leads.models import Lead, Role

from ..exports import BASES
from ..models import Deal, Line
from ..queries import deals as deals_of
from ..queries import months, report
from ..queries.report import Why

register = template.Library()


@register.filter
def why(line: Line) -> Why:
    """`{% with found=line|why %}`: on what a line rests."""
    return report.why(line)


@register.filter
def basis_words(basis: str) -> str:
    """`{{ why.basis|basis_words }}`: by what a deal was judged, in words."""
    return str(BASES[basis])


@register.filter
def rate(value: Fraction, deal: Deal) -> str:
    """`{{ slice.rate|rate:deal }}`: a rate as the deal's plan writes it."""
    basis = deal.plan.schedule().rate_for(deal.unit_type).basis
    if basis == "amount":
        return f"{deal.project.currency}{float(value) / 100:,.2f}"
    written = f"{float(value):.6f}".rstrip("0").rstrip(".")
    if basis == "rent_months":
        return gettext("%(months)s 個月租金") % {"months": written}
    return written + {"percent": "%", "permille": "‰"}[basis]


@register.inclusion_tag("commissions/_effects.html", takes_context=True)
def effects(context: Context, dossier: Dossier) -> dict[str, Any]:
    """`{% effects dossier %}`: what each outcome of a case would change, money included."""
    found = deals_of.effects(dossier.outcomes)
    return {
        "effects": found,
        "sides": dossier.sides,
        "is_open": dossier.case.state == Case.State.OPEN,
        "has_deals": any(effect.total for effect in found),
        "others": any(effect.others for effect in found),
        "currency": dossier.case.project.currency,
        "now": context.get("now"),
    }


@register.inclusion_tag("commissions/_effect_money.html")
def effect_money(outcome: Outcome, currency: str) -> dict[str, Any]:
    """`{% effect_money outcome currency %}`: what one outcome would give to whom, as list items."""
    return {"effect": deals_of.effects([outcome])[0], "currency": currency}


@register.inclusion_tag("commissions/_link_money.html")
def link_money(preview: LinkPreview, currency: str) -> dict[str, Any]:
    """`{% link_money preview currency %}`: what a link would move between agents; one query."""
    return {"moved": deals_of.moved(preview), "currency": currency}


@register.inclusion_tag("commissions/_my_month.html", takes_context=True)
def my_month(context: Context) -> dict[str, Any]:
    """`{% my_month %}`: the reader's commission of this month as a card; two queries."""
    request, now = context["request"], context.get("now")
    if now is None or request.user.role != Role.AGENT:
        return {"totals": None}
    project = current_project(request)
    first, end = months.bounds(months.month_of(now, project.zone), project.zone)
    lines = Line.objects.filter(agent=request.user, subscribed_at__gte=first, subscribed_at__lt=end)
    return {"totals": report.totals(lines), "currency": project.currency}


@register.inclusion_tag("commissions/_deals.html", takes_context=True)
def deals(context: Context, lead: Lead) -> dict[str, Any]:
    """`{% deals lead %}`: the deals of a client; three queries."""
    reader = context["request"].user
    return {
        "deals": list(deals_of.deals_of(lead, reader)),
        "sees_money": reader.role in PAYERS or reader.role == Role.AGENT,
        "is_agent": reader.role == Role.AGENT,
        "decides": reader.role in DECIDERS,
        "reader": reader,
        "lead": lead,
        "now": context.get("now"),
    }
