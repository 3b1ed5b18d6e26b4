"""Lists as addresses: what a view's query says, and the address of the view changed a little."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from config.templatetags import wording

PAGE = "page"


def address(query: QueryDict, changes: Mapping[str, Any]) -> str:
    """The view with some parameters changed; None drops one. Any change starts at page one."""
    fresh = query.copy()
    fresh.pop(PAGE, None)
    for name, value in changes.items():
        if value is None:
            fresh.pop(name, None)
        else:
            fresh[name] = str(value)
    return f"?{fresh.urlencode()}"


@dataclass(frozen=True)
class Direction:
    """How a column is sorted now (as ARIA says it), and the address that sorts by it next."""

    word: str
    url: str


def direction(query: QueryDict, key: str, param: str) -> Direction:
    now = {key: "ascending", f"-{key}": "descending"}.get(query.get(param, ""), "")
    return Direction(now, address(query, {param: f"-{key}" if now == "ascending" else key}))


@dataclass(frozen=True)
class PageLink:
    """One page of a list: its number (or an ellipsis), and its address."""

    number: int | str
    url: str
    current: bool


def page_links(query: QueryDict, page: Page) -> list[PageLink]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [PageLink(number, page_url(query, number), number == page.number) for number in numbers]


def page_url(query: QueryDict, number: int | str) -> str:
    return address(query, {PAGE: number}) if isinstance(number, int) else ""


@dataclass(frozen=True)
class Chip:
    """What the filter bar says about one field: its name, its value in words, how to drop it."""

    field: forms.BoundField
    params: tuple[str, ...]
    active: bool
    words: str
    drop_url: str

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def label(self) -> str:
        return str(self.field.label)


def chip(bound: forms.BoundField, query: QueryDict) -> Chip:
    params = tuple(params_of(bound))
    active = any(any(query.getlist(param)) for param in params)
    cleaned = bound.form.cleaned_data.get(bound.name) if bound.form.is_valid() else None
    return Chip(
        field=bound,
        params=params,
        active=active,
        words=in_words(bound.field, cleaned) if active else "",
        drop_url=address(query, dict.fromkeys(params)),
    )


def carried(query: QueryDict, chips: Iterable[Chip]) -> list[tuple[str, str]]:
    """What the address says besides the filters (the order, the columns) and must go on saying."""
    known = {PAGE, *(param for chip in chips for param in chip.params)}
    return [
        (name, value) for name, values in query.lists() if name not in known for value in values
    ]


def cleared(query: QueryDict, chips: Iterable[Chip]) -> str:
    """The view without any filter."""
    return address(query, {param: None for chip in chips for param in chip.params})


def params_of(bound: forms.BoundField) -> list[str]:
    """The parameters a field reads: a range has two."""
    widget = bound.field.widget
    if not isinstance(widget, forms.MultiWidget):
        return [bound.html_name]
    # Django numbers them; django-filter names them (after and before, min and max).
    suffixes = getattr(widget, "suffixes", None) or range(len(widget.widgets))
    return [f"{bound.html_name}_{suffix}" for suffix in suffixes]


def in_words(form_field: forms.Field, value: Any) -> str:
    """A cleaned filter value as a person would say it."""
    if value is None or value == "" or isinstance(value, bool):
        return ""
    if isinstance(value, slice):
        ends = (in_words(form_field, end) for end in (value.start, value.stop))
        return " – ".join(ends).strip()
    if isinstance(value, list | tuple | set | QuerySet):
        return gettext("、").join(in_words(form_field, item) for item in value)
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, str | int) and not isinstance(form_field, forms.ModelChoiceField):
        names = dict(_flat(getattr(form_field, "choices", ())))
        return str(names.get(str(value), value))
    return str(value)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Choices without their groups, keyed by text."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), label
