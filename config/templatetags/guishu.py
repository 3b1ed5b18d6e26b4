"""The tags and filters that every page is written with: who, why, until when, how much.

Load them with `{% load guishu %}`. What a tag draws stands in `templates/components/`; all of them
can be seen side by side in `templates/components/gallery.html`. No filter reads a clock: those that
must know what today is take `now` as their argument.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.core.serializers.json import DjangoJSONEncoder
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from config.templatetags import listing, validity, wording

register = template.Library()

Clauses = Iterable[str | tuple[str, str]]
"""Clauses to cite: each an id, or a pair of id and statement."""

for written in (
    wording.day,
    wording.last_day,
    wording.moment,
    wording.due,
    wording.clock,
    wording.days_left,
    wording.money,
    wording.number,
    wording.share,
    wording.phone,
    wording.phone_masked,
    wording.clause_name,
    wording.clause_anchor,
):
    register.filter(written)

# --- Icons and status ------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """`{% icon "user-check" %}`, `{% icon "alarm" "t-lapsing" %}`: a drawing from the sprite.

    The sprite holds the names that stand literally in a template or a source; where data chooses,
    the source says it as `icon="alarm"` or `"icon:alarm"`, and the template `{% icon item.icon %}`.
    """
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f"ti {classes}".rstrip(),
        static("vendor/icons.svg"),
        name.removeprefix("icon:"),
    )


@dataclass(frozen=True)
class Status:
    """How a state is shown: never by colour alone."""

    word: Any
    tint: str
    icon: str


STATUSES: Mapping[str, Status] = {
    "own": Status(_("歸屬人"), tint="own", icon="user-check"),
    "free": Status(_("可登記"), tint="free", icon="circle-check"),
    "protected": Status(_("受保護"), tint="protected", icon="shield-lock"),
    "lapsing": Status(_("將到期"), tint="lapsing", icon="alarm"),
    "contested": Status(_("審理中"), tint="contested", icon="scale"),
    "lapsed": Status(_("已失效"), tint="lapsed", icon="clock-off"),
    "held": Status(_("扣留"), tint="held", icon="player-pause"),
    "paid": Status(_("已付"), tint="paid", icon="coin"),
    "released": Status(_("已放"), tint="paid", icon="circle-check"),
    "reversed": Status(_("沖回"), tint="reversed", icon="arrow-back-up"),
}


@register.simple_tag
def status(name: str, word: str = "", icon: str = "") -> SafeString:
    """`{% status "held" %}`, `{% status "contested" "輪到你" icon="hourglass" %}`."""
    shown = STATUSES[name]
    return format_html(
        '<span class="st st-{}">{}{}</span>',
        shown.tint,
        _drawing(icon or shown.icon),
        word or shown.word,
    )


@register.simple_tag
def status_word(name: str) -> str:
    """The word of a status alone, for sentences and headings."""
    return str(STATUSES[name].word)


_drawing = icon
"""The tag above, for functions that take the name of an icon as an argument called so."""

# --- Who, and by which clause ------------------------------------------------------------------


@register.simple_tag
def clause(id: str, statement: str = "") -> SafeString:
    """`{% clause "leasing/1.2" %}`: a quiet chip that opens the clause on the policy page."""
    try:
        page = reverse("policy")
    except NoReverseMatch:
        return clause_plain(id, statement)
    return format_html(
        '<a class="cl" href="{}#{}" title="{}">{}</a>',
        page,
        wording.clause_anchor(id),
        wording.clause_title(id, statement),
        wording.clause_name(id),
    )


@register.simple_tag
def clause_plain(id: str, statement: str = "") -> SafeString:
    """The same chip without a link, for rows that are links themselves."""
    return format_html(
        '<span class="cl" title="{}">{}</span>',
        wording.clause_title(id, statement),
        wording.clause_name(id),
    )


@register.simple_tag
def clauses(cited: Clauses) -> SafeString:
    """`{% clauses decision.clauses %}`: several chips in a row."""
    pairs = ((item, "") if isinstance(item, str) else item for item in cited or ())
    return format_html_join(" ", "{}", ((clause(id, statement),) for id, statement in pairs))


SIDES: Mapping[str, tuple[Any, str]] = {
    "甲": (_("甲"), ""),
    "乙": (_("乙"), "z"),
    "丙": (_("丙"), "n"),
    "丁": (_("丁"), "n"),
    "戊": (_("戊"), "n"),
}
"""The letters of a case: the first side is blue, the second amber, whoever else grey."""


@register.simple_tag
def covered(letter: str, name: str = "") -> SafeString:
    """`{% covered "甲" %}`: a person known by a letter; with `name` once it may be shown."""
    in_chinese = next((sign for sign, (word, _look) in SIDES.items() if word == letter), letter)
    shown, look = SIDES.get(in_chinese, (letter, "n"))
    return format_html(
        '<span class="{}"><b>{}</b>{}</span>',
        f"cv {look}".rstrip(),
        shown,
        name or gettext("姓名遮蔽"),
    )


@register.inclusion_tag("components/owner_badge.html")
def owner_badge(
    name: str | None, reason: str = "", clauses: Clauses = (), letter: str = ""
) -> dict[str, Any]:
    """`{% owner_badge "林若晴" "首次接待" cited %}`; name None: nobody; letter: covered."""
    return {"name": name, "reason": reason, "clauses": clauses, "letter": letter}


# --- Until when --------------------------------------------------------------------------------


@register.filter
def days_tone(value: date | None, now: date | datetime) -> str:
    """The text class that goes with `days_left`: `t-lapsing`, `t-lapsed`, or none."""
    tone = validity.tone(value, now)
    return f"t-{tone}" if tone else ""


@register.inclusion_tag("components/validity_bar.html")
def validity_bar(
    start: date | datetime,
    last_day: date | None,
    now: date | datetime,
    extends_to: date | None = None,
    earlier: Iterable[date] = (),
    holder: str = "own",
) -> dict[str, Any]:
    """`{% validity_bar claim.start claim.last_day now extends_to earlier %}`.

    `extends_to`: the last day that one more follow-up gives; `earlier`: the last days before each
    extension; `holder="protected"`: another agent's right.
    """
    before = [each for each in earlier or () if each]
    bar = validity.bar(
        start=start, last_day=last_day, now=now, extends_to=extends_to, earlier=before
    )
    sentence = wording.validity_sentence(
        start=start, until=last_day, now=now, extends_to=extends_to, extensions=len(before)
    )
    anothers = holder == "protected" and bar.tone != "lapsed"
    return {"bar": bar, "look": "protected" if anothers else bar.tone, "label": sentence}


@register.simple_block_tag(end_name="endfact")
def fact(
    content: str,
    at: datetime | date,
    icon: str,
    meta: str = "",
    effect: str = "",
    clauses: Clauses = (),
    tone: str = "",
    now: date | datetime | None = None,
) -> str:
    """`{% fact at=e.at icon="phone-check" meta=… effect=… clauses=… %}what happened{% endfact %}`.

    A day instead of a moment means its end. `tone="own"` marks what carries today's answer.
    """
    return render_to_string(
        "components/fact.html",
        {
            "content": content,
            "at": wording.when(at, now),
            "icon": icon,
            "meta": meta,
            "effect": effect,
            "clauses": clauses,
            "tone": tone,
        },
    )


@register.simple_block_tag(end_name="endchain_step")
def chain_step(
    content: str,
    number: int,
    at: datetime | date,
    conclusion: str = "",
    clauses: Clauses = (),
    weight: str = "",
    now: date | datetime | None = None,
) -> str:
    """One step of a decision, inside `<ol class="chain">`: fact in the block, then its conclusion.

    `weight`: `no` changed nothing (dashed), empty changed something then (open), `on` carries
    today's answer (filled).
    """
    return render_to_string(
        "components/chain_step.html",
        {
            "content": content,
            "number": number,
            "at": wording.when(at, now),
            "conclusion": conclusion,
            "clauses": clauses,
            "weight": weight,
        },
    )


@register.inclusion_tag("components/outcomes.html", takes_context=True)
def outcomes(
    context: Context,
    action: str,
    choices: Iterable[tuple[str, str, bool]],
    key: str = "",
    hint: str = "",
    target: str = "",
) -> dict[str, Any]:
    """`{% outcomes action=url choices=outcomes key=form_key hint="…" target="#claim-7" %}`.

    `choices`: value, word, and whether it extends. A tap posts `outcome=value` (and `key`) to
    `action`; with `target`, htmx swaps that element by the answer.
    """
    return {
        "action": action,
        "choices": choices,
        "key": key,
        "hint": hint,
        "target": target,
        "csrf_token": context.get("csrf_token"),
    }


# --- Parts of a page ---------------------------------------------------------------------------


@register.simple_block_tag(end_name="endpage_head")
def page_head(content: str, title: str, lede: str = "", look: str = "") -> str:
    """`{% page_head "今天" lede="…" %}actions{% endpage_head %}`; `look="one"`: on one line."""
    return render_to_string(
        "components/page_head.html",
        {"actions": content, "title": title, "lede": lede, "look": look},
    )


@register.simple_block_tag(end_name="endempty_state")
def empty_state(content: str, title: str, nearest: str = "", icon: str = "", look: str = "") -> str:
    """`{% empty_state "沒有…" "最近的是…" icon="calendar-check" %}ways on{% endempty_state %}`.

    `look="page"` where it is all the page has to say: its title is the page's then.
    """
    return render_to_string(
        "components/empty.html",
        {"actions": content, "title": title, "nearest": nearest, "icon": icon, "look": look},
    )


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str) -> dict[str, Any]:
    """`{% tabs items "客戶頁籤" %}`: each with `label`, `url`, `current` and, if any, `count`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/totals.html")
def totals(items: Iterable[Any]) -> dict[str, Any]:
    """`{% totals items %}`: at most four with `word`, `figure`, `note` and, if any, `status`."""
    return {"totals": [(item, STATUSES.get(_read(item, "status") or "")) for item in items]}


@register.simple_tag
def key_hint(key: str) -> SafeString:
    """`{% key_hint "N" %}` inside the element that says `data-key="N"`."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', key)


@register.simple_tag
def chart(kind: str, id: str, data: Any, label: str, size: str = "", of: str = "") -> SafeString:
    """`{% chart "stacked" "by-agent" data "the finding; figures below" size="tall" %}`.

    Kinds and their data are described in charts.js. The same figures stand as a table on the
    page: a chart is never the only place of a number. `of="fragment"` where the page may ask for
    it later: htmx takes every script out of a fragment, so an attribute carries the data.
    """
    if of == "fragment":
        return format_html(
            '<div class="{}" data-chart="{}" data-figures="{}" role="img" aria-label="{}"></div>',
            f"chart {size}".rstrip(),
            kind,
            json.dumps(data, cls=DjangoJSONEncoder),
            label,
        )
    return format_html(
        '<div class="{}" data-chart="{}" data-src="{}-data" role="img" aria-label="{}"></div>{}',
        f"chart {size}".rstrip(),
        kind,
        id,
        label,
        json_script(data, f"{id}-data"),
    )


@register.simple_tag
def html_lang() -> str:
    """The language of the page as browsers and fonts know it."""
    return {"zh-hans": "zh-Hans", "en": "en"}.get(get_language() or "", "zh-Hant")


@register.filter
def initial(name: Any) -> str:
    """The letter of a person's badge: the family name of a Chinese name, else the first letter."""
    return str(name).strip()[:1].upper()


@register.filter
def only_errors(messages: Iterable[Any] | None) -> list[Any]:
    """Of a page's messages, those that are errors: they are notes, never toasts.

    There are none at all on the page that says that the server failed.
    """
    return [message for message in messages or () if message.level_tag == "error"]


# --- Forms -------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(
    bound: forms.BoundField, help: str = "", classes: str = "", look: str = ""
) -> dict[str, Any]:
    """`{% field form.phone %}`: label, control, help and errors, tied together for everyone.

    `look="plain"` leaves out the word that a field is required, where everything is.
    """
    widget = bound.field.widget
    help = help or str(bound.help_text)
    given = widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {
        "class": " ".join(filter(None, (_control_class(widget), classes, given)))
    }
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == DJANGO_ROWS:
        attrs["rows"] = "3"
    if described := _described_by(bound, help):
        attrs["aria-describedby"] = described
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "help": help,
        "marked": bound.field.required and look != "plain",
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": isinstance(widget, GROUPS),
        "options": list(bound.subwidgets) if isinstance(widget, GROUPS) else [],
    }


@register.inclusion_tag("components/segments.html")
def segments(
    bound: forms.BoundField, icons: Mapping[str, str] | None = None, look: str = ""
) -> dict[str, Any]:
    """`{% segments form.channel icons=channel_icons look="bare" %}`: few choices side by side.

    `icons` maps a choice's value to the name of an icon; `look="bare"` hides the label from sight.
    """
    return {
        "field": bound,
        "look": look,
        "described": _described_by(bound, str(bound.help_text)),
        "options": [(option, (icons or {}).get(str(option.data["value"]))) for option in bound],
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    """`{% error_summary form formset %}` on top of a form that answers 422; takes the focus."""
    errors = list(chain.from_iterable(map(_errors_of, sources)))
    return {"errors": errors, "count": len(errors)}


DJANGO_ROWS = forms.Textarea().attrs["rows"]
"""How tall a text area is that nobody gave a height: taller than our sentences need."""
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _errors_of(source: Any) -> Iterator[dict[str, str]]:
    """Each error of a form, or of all forms in a set, with the way to the field it belongs to."""
    if hasattr(source, "management_form"):
        yield from ({"message": message} for message in source.non_form_errors())
        yield from chain.from_iterable(map(_errors_of, source.forms))
        return
    yield from ({"message": message} for message in source.non_field_errors())
    for bound in source:
        # A group has no single control: its first option is where an answer begins.
        group = isinstance(bound.field.widget, GROUPS)
        place = f"{bound.auto_id}_0" if group else bound.id_for_label
        for message in bound.errors:
            yield {"href": f"#{place}", "label": str(bound.label), "message": message}


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.CheckboxInput, *GROUPS)):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def _described_by(bound: forms.BoundField, help: str) -> str:
    """The ids of the help and the error under a field, as Django calls them."""
    under = {"helptext": help, "error": bound.errors}
    return " ".join(f"{bound.auto_id}_{part}" for part, there in under.items() if there)


# --- Lists -------------------------------------------------------------------------------------


@register.simple_block_tag(end_name="endtable")
def table(content: str, label: str, look: str = "cards") -> str:
    """`{% table "明細" %}<thead>…</thead><tbody>…</tbody>{% endtable %}`, in a `.gs-card`.

    `look`: `cards` (labelled lines on phones, from each cell's `data-l`), `cards cx` (three compact
    lines), `sm` (close), `long` (the header stays in sight), or several of them.
    """
    return render_to_string(
        "components/table.html", {"content": content, "label": label, "look": look}
    )


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: Context, label: str, key: str, classes: str = "", param: str = "sort"
) -> dict[str, Any]:
    """`{% sort_header "認購日" "subscribed" %}`: a `<th>` whose link sorts, then turns round."""
    direction = listing.direction(context["request"].GET, key, param)
    return {"label": label, "classes": classes, "direction": direction}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """`{% pagination page_obj %}`: what is shown of how many, and the way to the other pages."""
    query = context["request"].GET
    return {
        "page": page,
        "links": listing.page_links(query, page),
        "previous": listing.page_url(query, page.number - 1) if page.has_previous() else "",
        "next": listing.page_url(query, page.number + 1) if page.has_next() else "",
    }


@register.simple_block_tag(takes_context=True, end_name="endfilter_bar")
def filter_bar(context: Context, content: str, source: Any, standing: str = "") -> str:
    """`{% filter_bar filter standing="period project" %}columns, saved view{% endfilter_bar %}`.

    `source` is a django-filter set or any GET form. Fields named in `standing` are always in the
    bar; the others wait behind ＋條件, and once set show as a chip that drops them.
    """
    query = context["request"].GET
    form = getattr(source, "form", source)
    always = standing.split()
    chips = [listing.chip(bound, query) for bound in form.visible_fields()]
    return render_to_string(
        "components/filter_bar.html",
        {
            "aside": content,
            "standing": [chip for chip in chips if chip.name in always],
            "chosen": [chip for chip in chips if chip.name not in always and chip.active],
            "folded": [chip for chip in chips if chip.name not in always],
            "any_active": any(chip.active for chip in chips),
            "errors": form.is_bound and form.errors,
            "carried": listing.carried(query, chips),
            "clear_url": listing.cleared(query, chips),
        },
        request=context["request"],
    )


def _read(item: Any, name: str) -> Any:
    """A value of a mapping or an object, as templates read it."""
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)
