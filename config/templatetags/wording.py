"""How the office writes things: days, amounts, shares, phone numbers and clauses, as text."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import phonenumbers
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.templatetags import validity

NOTHING = "–"
"""Stands where a figure does not apply."""

# --- Days and moments ------------------------------------------------------------------------


def day(value: date | datetime | None, now: date | datetime | None = None) -> str:
    """`2026-05-12`; with `now`, `05-12` where the year goes without saying."""
    if not value:
        return NOTHING
    shown = validity.day_of(value)
    if now and validity.day_of(now).year == shown.year:
        return f"{shown:%m-%d}"
    return shown.isoformat()


def last_day(value: date | datetime | None, now: date | datetime | None = None) -> str:
    """`2026-05-12 24:00`; with `now`, `05-12 24:00` in its year. None does not lapse."""
    return f"{day(value, now)} 24:00" if value else gettext("不失效")


def moment(value: datetime | None, now: date | datetime | None = None) -> str:
    """`2026-05-12 10:24`; with `now`, `05-12 10:24` in its year."""
    return f"{day(value, now)} {clock(value)}" if value else NOTHING


def due(value: datetime | None, now: date | datetime | None = None) -> str:
    """A deadline: one that ends with the day is `05-12 24:00`, not the next day's `00:00`."""
    if not value:
        return NOTHING
    ends = validity.local(value)
    if (ends.hour, ends.minute) == (0, 0):
        return last_day(validity.day_of(value - timedelta(minutes=1)), now)
    return moment(value, now)


def clock(value: datetime | None) -> str:
    """`10:24`, on the office's clock."""
    return f"{validity.local(value):%H:%M}" if value else NOTHING


def when(value: date | datetime, now: date | datetime | None = None) -> str:
    """A moment as it is; a day as its end: what lapsed on 2 April did so at 04-02 24:00."""
    return moment(value, now) if isinstance(value, datetime) else last_day(value, now)


def days_left(value: date | datetime | None, now: date | datetime) -> str:
    """`今天到期`, `剩 2 天`, `已失效`, `不失效`: what a last valid day means today."""
    if not value:
        return gettext("不失效")
    left = validity.days_until(value, now)
    if left < 0:
        return gettext("已失效")
    if left == 0:
        return gettext("今天到期")
    return ngettext("剩 %(days)d 天", "剩 %(days)d 天", left) % {"days": left}


def validity_sentence(
    *,
    start: date | datetime,
    until: date | datetime | None,
    now: date | datetime,
    extends_to: date | None,
    extensions: int,
) -> str:
    """The validity bar in words, for those who do not see it."""
    said = [gettext("%(day)s 起") % {"day": day(start)}]
    if extensions:
        times = ngettext("已延期 %(times)d 次", "已延期 %(times)d 次", extensions)
        said.append(times % {"times": extensions})
    if until:
        said.append(gettext("最後有效日 %(day)s") % {"day": last_day(until)})
    said.append(days_left(until, now))
    if until and extends_to and extends_to > validity.day_of(until):
        said.append(gettext("再追訪可延至 %(day)s") % {"day": day(extends_to)})
    return gettext("，").join(said)


# --- Amounts and shares ----------------------------------------------------------------------

CURRENCY_SIGNS: Mapping[str, str] = {
    "CNY": "¥",
    "TWD": "NT$",
    "HKD": "HK$",
    "MOP": "MOP$",
    "SGD": "S$",
    "MYR": "RM",
    "USD": "US$",
}


def money(cents: int | None, currency: str = "¥") -> str:
    """`¥1,234,567.00`, below zero `−¥1.00`. The currency is a code or a sign."""
    if cents is None or cents == "":
        return NOTHING
    if not isinstance(cents, int):
        raise TypeError(f"money is integer cents, not {cents!r}")
    whole, rest = divmod(abs(cents), 100)
    sign = CURRENCY_SIGNS.get(currency, currency)
    return f"{'−' if cents < 0 else ''}{sign}{whole:,}.{rest:02d}"


def number(value: int | None) -> str:
    """`48,260`, below zero `−1`."""
    return f"{value:,}".replace("-", "−") if isinstance(value, int) else NOTHING


SHARE_UNITS: Mapping[str, Decimal] = {
    "percent": Decimal(1),
    "bp": Decimal("0.01"),
    "ratio": Decimal(100),
}


def share(value: float | Decimal | Fraction | None, unit: str = "percent") -> str:
    """`60` → `60%`; the unit is `percent`, `bp` (basis points) or `ratio` (parts of one)."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(str(value))
    percent = (exact * SHARE_UNITS[unit]).quantize(Decimal("0.01"))
    whole = percent.to_integral_value()
    text = f"{whole:,}" if percent == whole else f"{percent:,}"
    return f"{text.replace('-', '−')}%"


# --- Phones ----------------------------------------------------------------------------------

HOME = "CN"
"""Numbers of this region are shown as they are dialled at home, others with their country code."""


def phone(value: str | None, region: str = HOME) -> str:
    """`+8613812342207` → `138 1234 2207`; from elsewhere `+886 912 345 678`."""
    if not value:
        return gettext("未留電話")
    number = _parsed(value)
    if number is None:
        return value
    at_home = phonenumbers.country_code_for_region(region) == number.country_code
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL)


def phone_masked(value: str | None, region: str = HOME) -> str:
    """`+8613812342207` → `138****2207`: at most three first and four last, at least four hidden.

    Numbers from elsewhere begin with their country code: `+886****5678`.
    """
    if not value:
        return gettext("未留電話")
    number = _parsed(value)
    if number and phonenumbers.country_code_for_region(region) != number.country_code:
        return f"+{number.country_code}****{value[-4:]}"
    digits = "".join(filter(str.isdigit, phone(value, region)))
    ending = digits[-4:] if len(digits) >= 8 else digits[-2:]
    beginning = digits[: max(0, min(3, len(digits) - len(ending) - 4))]
    return f"{beginning}****{ending}"


def _parsed(value: str) -> phonenumbers.PhoneNumber | None:
    """A stored number (E.164) in its parts; None for what is no international number."""
    try:
        return phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return None


# --- Clauses ---------------------------------------------------------------------------------

CLAUSE_FAMILIES: Mapping[str, Any] = {
    "leasing": _("招商"),
    "sales": _("銷售"),
    "needs": _("需求"),
}


def clause_name(id: str) -> str:
    """`leasing/1.2` → `招商 1.2`."""
    family, _slash, number = id.partition("/")
    word = CLAUSE_FAMILIES.get(family, family)
    return f"{word} {number}" if number else str(word)


def clause_anchor(id: str) -> str:
    """`leasing/1.2` → `leasing-1-2`: what the policy page calls the clause's place."""
    return id.replace("/", "-").replace(".", "-")


def clause_title(id: str, statement: str = "") -> str:
    """What a clause chip says when one rests on it."""
    if not statement:
        return id
    return gettext("%(id)s：%(statement)s") % {"id": id, "statement": statement}
