"""Settings, as files and forms give them, read into a policy and written out of one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, get_args

from ..calendar import LONGEST, Span
from ..facts import Field
from .errors import PolicyError
from .office import (
    KIN,
    PRESETS,
    WEEK,
    AfterLapse,
    ClaimGiven,
    ExtensionMode,
    Policy,
    Split,
)
from .together import ROLLED, together

_OTHER_NAMES = {
    "call_days": ("call_validity", "days"),
    "visit_months": ("visit_validity", "months"),
    "extension_months": ("extension", "months"),
}
"""Settings that say a span by a number alone."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "call_claim": ("contact", "full"),
    "online_claim": get_args(ClaimGiven),
    "report_claim": get_args(ClaimGiven),
    "collision_by": ("policy", "supervisor"),
    "proxy_unfiled_by": ("supervisor", "negotiation"),
    "holiday_roll": ("none", "next"),
    "extension_mode": get_args(ExtensionMode),
    "after_lapse": get_args(AfterLapse),
}
SETS: Mapping[str, tuple[str, ...]] = {
    "party": tuple(sorted(KIN)),
    "weekly_rest": WEEK,
    "required_fields": get_args(Field),
}
PERCENTS: Mapping[str, int] = {"helper_share": 99, "closer_commission": 100}
SWITCHES = frozenset(
    {
        "advance_registration",
        "known_agent",
        "brought_by_client",
        "proxy_acknowledged",
        "first_day_counted",
        "last_day_counted",
    }
)


def policy(preset: str, settings: Mapping[str, Any] | None = None) -> Policy:
    """The policy of a preset with changed parameters. Raises PolicyError naming the field."""
    base = PRESETS.get(preset)
    if base is None:
        raise PolicyError("policy", "unknown_preset", value=preset, known=PRESETS)
    return changed(base, settings or {})


def changed(base: Policy, settings: Mapping[str, Any]) -> Policy:
    """The policy with some parameters changed. Raises PolicyError naming the field."""
    known = {f.name for f in fields(Policy)} - {"preset"}
    given: dict[str, Any] = {}
    for name, value in settings.items():
        field, unit = _OTHER_NAMES.get(name, (name, None))
        if field not in known:
            raise PolicyError(name, "unknown", known=sorted(known | set(_OTHER_NAMES)))
        if field in given:
            other = next(each for each in settings if _OTHER_NAMES.get(each, (each,))[0] == field)
            raise PolicyError(name, "twice", other=other)
        given[field] = _number_span(name, value, unit) if unit else _read(field, value)
    after = replace(base, **given)
    if given.get("rolling_validity") is not None:
        # What it takes the place of goes back to the preset's, unless named now: see below.
        preset = PRESETS[base.preset]
        replaced = {name: getattr(preset, name) for name in ROLLED if name not in given}
        after = replace(after, **replaced)
    if given.get("extension_mode") == "none" and "extension" not in given:
        after = replace(after, extension=None)
    together(after, given)
    return after


def difference(chosen: Policy) -> dict[str, Any]:
    """The settings in which a policy differs from its preset, in plain JSON values."""
    preset = settings_of(PRESETS[chosen.preset])
    return {name: value for name, value in settings_of(chosen).items() if value != preset[name]}


def settings_of(chosen: Policy) -> dict[str, Any]:
    """Every parameter as settings write it, in plain JSON values; `policy()` reads it back."""
    return {
        f.name: _plain(f.name, getattr(chosen, f.name))
        for f in fields(Policy)
        if f.name != "preset"
    }


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Span):
        return str(value)
    if name == "collision_split":
        return {relation: list(split) or "equal" for relation, split in value}
    if isinstance(value, frozenset):
        return sorted(str(each) for each in value)
    return value


def _number_span(name: str, value: Any, unit: Any) -> Span | None:
    if value is None:
        return None
    if not _whole(value, 1, LONGEST):
        raise PolicyError(name, "number", value=value, most=LONGEST)
    return Span(value, unit)


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _read(name: str, value: Any) -> Any:
    kind = next((read for names, read in _READERS if name in names), _read_span)
    return kind(name, value)


def _read_span(name: str, value: Any) -> Span | None:
    if value is None or isinstance(value, Span):
        return value
    try:
        return Span.read(value)
    except (TypeError, ValueError):
        raise PolicyError(name, "span", value=value) from None


def _read_choice(name: str, value: Any) -> Any:
    if not isinstance(value, str) or value not in CHOICES[name]:
        raise PolicyError(name, "choice", value=value, known=CHOICES[name])
    return value


def _read_switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(name, "switch", value=value)
    return value


def _read_set(name: str, value: Any) -> frozenset[str]:
    listed = isinstance(value, list | tuple | set | frozenset)
    if not listed or not all(each in SETS[name] for each in value):
        raise PolicyError(name, "list", value=value, known=SETS[name])
    return frozenset(value)


def _read_percent(name: str, value: Any) -> int:
    if not _whole(value, 0, PERCENTS[name]):
        raise PolicyError(name, "percent", value=value, most=PERCENTS[name])
    return int(value)


def _read_cap(name: str, value: Any) -> int | None:
    if value is not None and not _whole(value, 1, LONGEST):
        raise PolicyError(name, "number", value=value, most=LONGEST)
    return value  # type: ignore[no-any-return]


def _read_holidays(name: str, value: Any) -> frozenset[date]:
    try:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise TypeError
        return frozenset(day if type(day) is date else date.fromisoformat(day) for day in value)
    except (TypeError, ValueError):
        raise PolicyError(name, "dates", value=value) from None


def _read_split(name: str, value: Any) -> tuple[tuple[str, Split], ...]:
    if not isinstance(value, Mapping):
        raise PolicyError(name, "split", value=value)
    return tuple(sorted((_relation(name, each), _shares(name, value[each])) for each in value))


def _relation(name: str, relation: Any) -> str:
    if relation not in KIN | {"same"}:
        raise PolicyError(name, "choice", value=relation, known=sorted(KIN | {"same"}))
    return str(relation)


def _shares(name: str, shares: Any) -> Split:
    if shares == "equal":
        return ()
    if not isinstance(shares, list | tuple) or len(shares) < 2:
        raise PolicyError(name, "shares", value=shares)
    if not all(_whole(each, 1, 99) for each in shares):
        raise PolicyError(name, "shares", value=shares)
    if sum(shares) != 100:
        raise PolicyError(name, "sum", value=shares, total=sum(shares))
    return tuple(shares)


_READERS: tuple[tuple[Iterable[str], Callable[[str, Any], Any]], ...] = (
    (CHOICES, _read_choice),
    (SETS, _read_set),
    (PERCENTS, _read_percent),
    (SWITCHES, _read_switch),
    ({"extension_cap"}, _read_cap),
    ({"holidays"}, _read_holidays),
    ({"collision_split"}, _read_split),
)
