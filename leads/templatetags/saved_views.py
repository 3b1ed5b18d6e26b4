"""Saved views above a list: `{% load saved_views %}`."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from .. import access
from ..saved_views.addresses import canonical
from ..saved_views.queries import shelf

register = template.Library()


@register.inclusion_tag("leads/_saved_views.html", takes_context=True)
def saved_views(context: Context, page: str = "", query: str | None = None) -> dict[str, Any]:
    """`{% saved_views %}` inside a filter bar: own and shared views, and saving this one.

    `page`: the name of the list's address, where another page than the list itself shows it;
    `query`: what the list is asked, where that is not what the address says.
    """
    request = context["request"]
    page = page or request.resolver_match.view_name
    shown = canonical(request.META.get("QUERY_STRING", "") if query is None else query)
    found = shelf(access.reader(request), access.current_project(request), page, shown)
    return {"shelf": found, "page": page, "query": shown, "list_url": reverse(page)}
