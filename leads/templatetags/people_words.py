"""The words of people's pages: `{% load people_words %}`."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import template
from django.utils.translation import gettext

from leads.forms.people import PARTICULARS
from leads.identity import covered_contact
from leads.models import Lead
from leads.queries import Called
from leads.queries.people import Way
from leads.queries.people import reason_words as words_of

register = template.Library()


@register.filter
def reason_words(reasons: list[str]) -> str:
    """`{{ one.reasons|reason_words }}`: why two people may be one."""
    return gettext("、").join(words_of(reasons))


@register.filter
def way_words(kind: str) -> str:
    """`{{ way.kind|way_words }}`: number, alias, WeChat or e-mail."""
    return str(PARTICULARS.get(kind, kind))


@register.filter
def contact_masked(text: str) -> str:
    """`{{ way.text|contact_masked }}`: a WeChat name or an address, covered."""
    return covered_contact(text)


@register.filter
def lead_words(name: Any) -> str:
    """`{{ name|default:pk|lead_words }}`: a client's name, or his code where he has none."""
    return str(Lead(pk=name)) if isinstance(name, int) else str(name)


@register.filter
def called_of(names: Mapping[int, Called], lead: Lead) -> str:
    """`{{ names|called_of:lead }}`: how a client is called."""
    return names[lead.pk].name


@register.filter
def is_about(form: Any, way: Way) -> bool:
    """`{% if form|is_about:way %}`: the refused form spoke of this number, address or name."""
    asked = {name: str(form[name].value() or "") for name in ("phone", "contact", "alias")}
    if way.kind == "phone":
        return asked["phone"] == str(way.pk)
    return asked["alias"] == way.text if way.kind == "name" else asked["contact"] == str(way.pk)


@register.simple_tag
def fresh_key() -> str:
    """`{% fresh_key %}`: the key of a form that opens."""
    return str(uuid4())
