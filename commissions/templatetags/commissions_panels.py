"""What commissions lends to other pages: `{% load commissions_panels %}`."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attribution.queries.links import LinkPreview
from disputes.models import Case
from disputes.queries.dossier import Dossier, Outcome
from leads.access import OVERSEERS, PAYERS, current_project
from leads.models import Lead, Role

from .. import schedule
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
def parts(hundredths: int) -> str:
    """`{{ totals.parts|parts }}`: shares of deals summed up, as a number of deals."""
    return f"{hundredths / 100:,.2f}".removesuffix(".00")


@register.filter
def percent(value: Fraction) -> str:
    """`{{ opened.percent|percent }}`: a percentage as the plan writes it."""
    return f"{_written(value)}%"


@register.filter
def rate(value: Fraction, deal: Deal) -> str:
    """`{{ slice.rate|rate:deal }}`: a rate as the deal's plan writes it."""
    basis = deal.plan.schedule().rate_for(deal.unit_type).basis
    if basis == "amount":
        return _amount(value, deal.project.currency)
    if basis == "rent_months":
        return gettext("%(n)s 個月租金") % {"n": _written(value)}
    return _written(value) + {"percent": "%", "permille": "‰"}[basis]


@register.filter
def plan_rate(rate: schedule.Rate, currency: str) -> str:
    """`{{ terms.base|plan_rate:currency }}`: a rate with what it is of."""
    if rate.basis == "amount":
        return gettext("每套 %(amount)s") % {"amount": _amount(rate.value, currency)}
    words = {
        "percent": gettext("總價 %(n)s%%"),
        "permille": gettext("總價 %(n)s‰"),
        "rent_months": gettext("%(n)s 個月租金"),
    }
    return words[rate.basis] % {"n": _written(rate.value)}


@register.filter
def tier_words(terms: schedule.Plan, currency: str) -> list[str]:
    """`{% for words in terms|tier_words:currency %}`: each tier in a line."""
    tiers = terms.tiers
    if tiers is None:
        return []
    found = []
    for start, value in tiers.steps:
        since = _written(start) if tiers.by == "count" else _amount(start, currency)
        reached = gettext("%(n)s 套起") if tiers.by == "count" else gettext("總額 %(n)s 起")
        rate = plan_rate(schedule.Rate(terms.base.basis, value), currency)
        found.append(f"{reached % {'n': since}} {rate}")
    mode = gettext("整月適用") if tiers.mode == "whole" else gettext("只算超過的部分")
    whose = gettext("各人計") if tiers.of == "agent" else gettext("全專案計")
    return [*found, gettext("，").join([mode, whose])]


@register.filter
def release_words(terms: schedule.Plan) -> list[str]:
    """`{% for words in terms|release_words %}`: what releases how much, in lines."""
    done = {
        "subscription": gettext("認購 %(n)s%%"),
        "contract": gettext("簽約 %(n)s%%"),
        "payment": gettext("回款 %(n)s%%"),
        "handover": gettext("交房 %(n)s%%"),
    }
    found = []
    for one in terms.milestones:
        words = done[one.at] % {"n": _written(one.percent)}
        if one.at == "payment" and one.paid is None:
            words += gettext("，隨回款比例")
        elif one.at == "payment":
            words += gettext("，到總價 %(n)s%%") % {"n": _written(one.paid or Fraction(0))}
        found.append(words)
    if terms.holdback:
        found.append(gettext("各次留 %(n)s%% 到交房") % {"n": _written(terms.holdback)})
    return found


@register.filter
def other_words(terms: schedule.Plan) -> list[str]:
    """`{% for words in terms|other_words %}`: who else is paid, in lines."""
    shares = [
        (terms.helper, gettext("協助 %(n)s%%")),
        (terms.introducer, gettext("介紹 %(n)s%%")),
        (terms.pool, gettext("團隊池 %(n)s%%")),
        (terms.override, gettext("主管津貼 %(n)s%%")),
    ]
    return [words % {"n": _written(percent)} for percent, words in shares if percent]


def _written(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def _amount(cents: Fraction, currency: str) -> str:
    return f"{currency}{float(cents) / 100:,.2f}"


@register.inclusion_tag("components/tabs.html", takes_context=True)
def commission_tabs(context: Context, here: str) -> dict[str, Any]:
    """`{% commission_tabs "report" %}`: the pages of this room that the reader may open."""
    role = context["request"].user.role
    pages = [
        ("report", _("報表"), PAYERS),
        ("statement", _("我的業績"), (Role.AGENT,)),
        ("forecast", _("預測"), PAYERS),
        ("need_analysis", _("需求分析"), OVERSEERS),
        ("period_list", _("月份"), PAYERS),
        ("plan_list", _("方案"), PAYERS),
        ("unit_list", _("房源"), (Role.AGENT, *OVERSEERS)),
    ]
    items = [
        {"label": label, "url": reverse(name), "current": name == here}
        for name, label, roles in pages
        if role in roles
    ]
    return {"items": items if len(items) > 1 else [], "label": gettext("業績")}


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
        "company": any(effect.company for effect in found),
        "dossier": dossier,
        "kind": dossier.case.kind,
        "leading": _leading([effect.outcome.name for effect in found]),
        "graver": any(effect.outcome.name == "upheld" for effect in found),
        "currency": dossier.case.project.currency,
        "now": context.get("now"),
    }


def _leading(names: Sequence[str]) -> str:
    """The outcome that the page puts first: the gravest one, else the proposal."""
    return next((name for name in ("upheld", "confirm", "proposal") if name in names), "")


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
    """`{% deals lead %}`: the deals of a client, to look at; three queries."""
    reader = context["request"].user
    return {
        "deals": list(deals_of.deals_of(lead, reader)),
        "sees_money": reader.role in PAYERS or reader.role == Role.AGENT,
        "is_agent": reader.role == Role.AGENT,
        "decides": False,
        "reader": reader,
        "lead": lead,
        "now": context.get("now"),
    }
