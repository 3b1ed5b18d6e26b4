"""The numbers of one office's policy: presets, further parameters, and which may stand together.

A policy is a preset plus changed parameters. Every parameter that the presets' table does not name
is neutral until an office sets it. `policy()` and `changed()` check and build; what cannot be is
refused with the parameter and the reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal, get_args

from .calendar import Counting, Span
from .facts import Channel, Field, Relation

Preset = Literal["sales", "leasing", "house"]
ClaimGiven = Literal["none", "contact", "full"]
AfterLapse = Literal["next_in_chain", "closing_agent", "on_duty", "supervisor"]
ExtensionMode = Literal["once", "every", "from_follow_up", "none"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

UNITED = frozenset({"family", "friend", "colleague"})
KIN = UNITED | {"spouse"}
WEEK: tuple[Weekday, ...] = get_args(Weekday)

Split = tuple[int, ...]
"""Percent by place in the chain; empty: in equal parts."""


class PolicyError(ValueError):
    """A policy that cannot be: unknown parameter, wrong type, or a contradiction. Says which."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The numbers of one office. A span of None: does not lapse, no extension, no window."""

    preset: Preset
    call_claim: Literal["contact", "full"]
    call_validity: Span | None
    visit_validity: Span | None
    extension: Span | None
    collision_by: Literal["policy", "supervisor"]
    party: frozenset[str]
    """The relations, besides the same person, that are one buying party for one need."""
    advance_registration: bool
    known_agent: bool
    """A newcomer who names an agent who knows him from elsewhere is that agent's (sales/4)."""
    brought_by_client: bool
    """A newcomer brought by a client may ask for that client's agent (leasing/1.13)."""
    proxy_acknowledged: bool
    proxy_unfiled_by: Literal["supervisor", "negotiation"]

    online_claim: ClaimGiven = "none"
    online_validity: Span | None = None
    report_claim: ClaimGiven = "none"
    """What a channel company's report gives."""
    report_validity: Span | None = None
    rolling_validity: Span | None = None
    """Every effective contact starts this period; it takes the place of all others."""
    first_day_counted: bool = False
    last_day_counted: bool = True
    holiday_roll: Literal["none", "next"] = "none"
    holidays: frozenset[date] = frozenset()
    weekly_rest: frozenset[Weekday] = frozenset()
    extension_mode: ExtensionMode = "once"
    extension_cap: int | None = None
    """At most so many extensions of one fresh period."""
    extension_total: Span | None = None
    """No extension leads beyond this span from the start of the fresh period."""
    required_fields: frozenset[Field] = frozenset()
    """A register entry that lacks one of these is no reception."""
    after_lapse: AfterLapse = "next_in_chain"
    """Who comes next when the first claim of a chain has lapsed."""
    claim_back: Span | None = None
    """Inside it a lapsed agent's follow-up wins back a client whom nobody holds."""
    deal_lookback: Span | None = None
    """Only who was in touch with the client inside this window is credited with the deal."""
    helper_share: int = 0
    """Percent of the credit for a helper who closes for the owner on the day of his help."""
    collision_split: tuple[tuple[str, Split], ...] = ()
    """How the claimants of a collision share a deal, by their clients' relation."""
    closer_commission: int = 0
    """Percent of the commission, not of the credit, for who closes another's client unknowing."""

    def claim_given(self, channel: Channel) -> ClaimGiven:
        """What a reception by that channel gives."""
        match channel:
            case "visit":
                return "full"
            case "call":
                return self.call_claim
            case "online":
                return self.online_claim
            case "report":
                return self.report_claim

    def validity(self, channel: Channel) -> Span | None:
        """How long a claim lives after a reception by that channel; None: it does not lapse."""
        if self.rolling_validity is not None:
            return self.rolling_validity
        match channel:
            case "visit":
                return self.visit_validity
            case "call":
                return self.call_validity
            case "online":
                return self.online_validity
            case "report":
                return self.report_validity

    @property
    def extends_by(self) -> Span | None:
        """What a follow-up extends by; None: none does."""
        if self.rolling_validity is not None:
            return self.rolling_validity
        return None if self.extension_mode == "none" else self.extension

    @property
    def extends_how(self) -> ExtensionMode:
        """From where, and how often, a follow-up extends."""
        return self.extension_mode if self.rolling_validity is None else "from_follow_up"

    @property
    def counting(self) -> Counting:
        """The calendar of this office."""
        rolls = self.holiday_roll == "next"
        return Counting(
            self.first_day_counted,
            self.last_day_counted,
            self.holidays if rolls else frozenset(),
            frozenset(WEEK.index(day) for day in self.weekly_rest) if rolls else frozenset(),
        )

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels by which a reception counts at all."""
        return tuple(each for each in get_args(Channel) if self.claim_given(each) != "none")

    @property
    def closed(self) -> frozenset[Channel]:
        """The channels by which nothing is a reception."""
        return frozenset(get_args(Channel)) - frozenset(self.channels)

    @property
    def lapses(self) -> bool:
        """Does any claim ever lapse by the calendar?"""
        return any(self.validity(channel) is not None for channel in self.channels)

    def unites(self, relation: Relation) -> bool:
        """Are people of that relation one buying party, for one need?"""
        if relation in ("same", "proxy") or relation in self.party:
            return True
        return relation == "spouse" and "family" in self.party

    def split_of(self, relation: str) -> Split | None:
        """How a collision of that relation is shared; None: it is not."""
        return next((split for name, split in self.collision_split if name == relation), None)


PRESETS: Mapping[str, Policy] = {
    "sales": Policy(
        preset="sales",
        call_claim="contact",
        call_validity=None,
        visit_validity=None,
        extension=None,
        collision_by="supervisor",
        party=frozenset(),
        advance_registration=True,
        known_agent=True,
        brought_by_client=False,
        proxy_acknowledged=False,
        proxy_unfiled_by="supervisor",
    ),
    "leasing": Policy(
        preset="leasing",
        call_claim="full",
        call_validity=Span(15, "days"),
        visit_validity=Span(1, "months"),
        extension=Span(1, "months"),
        collision_by="policy",
        party=UNITED,
        advance_registration=False,
        known_agent=False,
        brought_by_client=True,
        proxy_acknowledged=True,
        proxy_unfiled_by="negotiation",
    ),
    "house": Policy(
        preset="house",
        call_claim="full",
        call_validity=Span(15, "days"),
        visit_validity=Span(1, "months"),
        extension=Span(1, "months"),
        collision_by="policy",
        party=UNITED,
        advance_registration=True,
        known_agent=True,
        brought_by_client=True,
        proxy_acknowledged=False,
        proxy_unfiled_by="supervisor",
    ),
}

assert get_args(Preset) == tuple(PRESETS)

# ── Reading settings ──

_OTHER_NAMES = {
    "call_days": ("call_validity", "days"),
    "visit_months": ("visit_validity", "months"),
    "extension_months": ("extension", "months"),
}
"""Settings that say a span by a number alone."""

_ROLLED = (
    *(f"{channel}_validity" for channel in get_args(Channel)),
    "extension",
    "extension_mode",
)
"""The parameters whose place a rolling validity takes."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "call_claim": ("contact", "full"),
    "online_claim": get_args(ClaimGiven),
    "report_claim": get_args(ClaimGiven),
    "collision_by": ("policy", "supervisor"),
    "proxy_unfiled_by": ("supervisor", "negotiation"),
    "holiday_roll": ("none", "next"),
    "extension_mode": get_args(ExtensionMode),
    "after_lapse": get_args(AfterLapse),
}
_SETS: Mapping[str, tuple[str, ...]] = {
    "party": tuple(sorted(KIN)),
    "weekly_rest": WEEK,
    "required_fields": get_args(Field),
}
_PERCENT = {"helper_share": 99, "closer_commission": 100}


def policy(preset: str, settings: Mapping[str, Any] | None = None) -> Policy:
    """The policy of a preset with changed parameters. Raises PolicyError naming the field."""
    base = PRESETS.get(preset)
    if base is None:
        raise PolicyError("policy", f"unknown preset {preset!r}, one of {', '.join(PRESETS)}")
    return changed(base, settings or {})


def changed(base: Policy, settings: Mapping[str, Any]) -> Policy:
    """The policy with some parameters changed. Raises PolicyError naming the field."""
    known = {f.name for f in fields(Policy)} - {"preset"}
    given: dict[str, Any] = {}
    for name, value in settings.items():
        field, unit = _OTHER_NAMES.get(name, (name, None))
        if field not in known:
            names = ", ".join(sorted(known | set(_OTHER_NAMES)))
            raise PolicyError(name, f"unknown parameter, one of {names}")
        if field in given:
            raise PolicyError(name, f"says the same as {field}; give one of them")
        given[field] = _number_span(name, value, unit) if unit else _read(field, value)
    after = replace(base, **given)
    if given.get("rolling_validity") is not None:
        # What it takes the place of goes back to the preset's, unless named now: see below.
        preset = PRESETS[base.preset]
        replaced = {name: getattr(preset, name) for name in _ROLLED if name not in given}
        after = replace(after, **replaced)
    if given.get("extension_mode") == "none" and "extension" not in given:
        after = replace(after, extension=None)
    _together(after, given)
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
    if not _whole(value, 1, 1200):
        raise PolicyError(name, f"a whole number from 1 to 1200 or null, not {value!r}")
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
        wanted = "a span such as «15 days», «1 month», «72 hours», or null"
        raise PolicyError(name, f"{wanted}, not {value!r}") from None


def _read_choice(name: str, value: Any) -> Any:
    if not isinstance(value, str) or value not in _CHOICES[name]:
        raise PolicyError(name, f"one of {', '.join(_CHOICES[name])}, not {value!r}")
    return value


def _read_switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(name, f"true or false, not {value!r}")
    return value


def _read_set(name: str, value: Any) -> frozenset[str]:
    listed = isinstance(value, list | tuple | set | frozenset)
    if not listed or not all(each in _SETS[name] for each in value):
        raise PolicyError(name, f"a list of {', '.join(_SETS[name])}, not {value!r}")
    return frozenset(value)


def _read_percent(name: str, value: Any) -> int:
    if not _whole(value, 0, _PERCENT[name]):
        raise PolicyError(name, f"a whole percent from 0 to {_PERCENT[name]}, not {value!r}")
    return int(value)


def _read_cap(name: str, value: Any) -> int | None:
    if value is not None and not _whole(value, 1, 1200):
        raise PolicyError(name, f"a whole number from 1 to 1200 or null, not {value!r}")
    return value  # type: ignore[no-any-return]


def _read_holidays(name: str, value: Any) -> frozenset[date]:
    try:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise TypeError
        return frozenset(day if type(day) is date else date.fromisoformat(day) for day in value)
    except (TypeError, ValueError):
        raise PolicyError(name, f"a list of dates such as «2026-10-01», not {value!r}") from None


def _read_split(name: str, value: Any) -> tuple[tuple[str, Split], ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, Mapping):
        raise PolicyError(name, f"relations with «equal» or a list of percents, not {value!r}")
    return tuple(sorted((_relation(name, each), _shares(name, value[each])) for each in value))


def _relation(name: str, relation: Any) -> str:
    if relation not in KIN | {"same"}:
        raise PolicyError(
            name, f"{relation!r} is no relation; one of {', '.join(sorted(KIN))}, same"
        )
    return str(relation)


def _shares(name: str, shares: Any) -> Split:
    if shares == "equal":
        return ()
    if not isinstance(shares, list | tuple) or len(shares) < 2:
        raise PolicyError(name, f"«equal» or a list of two percents or more, not {shares!r}")
    if not all(_whole(each, 1, 99) for each in shares):
        raise PolicyError(name, f"percents from 1 to 99, not {shares!r}")
    if sum(shares) != 100:
        raise PolicyError(name, f"the percents {shares!r} sum to {sum(shares)}, not to 100")
    return tuple(shares)


_READERS: tuple[tuple[Iterable[str], Callable[[str, Any], Any]], ...] = (
    (_CHOICES, _read_choice),
    (_SETS, _read_set),
    (_PERCENT, _read_percent),
    (
        {
            "advance_registration",
            "known_agent",
            "brought_by_client",
            "proxy_acknowledged",
            "first_day_counted",
            "last_day_counted",
        },
        _read_switch,
    ),
    ({"extension_cap"}, _read_cap),
    ({"holidays"}, _read_holidays),
    ({"collision_split"}, _read_split),
)

# ── What may stand together ──


def _together(p: Policy, given: Mapping[str, Any]) -> None:
    """Refuse contradictions. `given` are the parameters named now, by an office that wants them."""
    _validities_together(p, given)
    _extensions_together(p, given)
    _calendar_together(p)
    if not p.lapses:
        if p.claim_back is not None:
            raise PolicyError("claim_back", "no claim ever lapses, so none can be won back")
        if p.after_lapse != "next_in_chain":
            raise PolicyError("after_lapse", "no claim ever lapses, so nobody comes after it")
    for relation, _ in p.collision_split:
        if not p.unites(relation):  # type: ignore[arg-type]
            reason = f"{relation} is not one party here, so a person decides such a collision"
            raise PolicyError("collision_split", reason)


def _validities_together(p: Policy, given: Mapping[str, Any]) -> None:
    for channel, claim in (("online", p.online_claim), ("report", p.report_claim)):
        name = f"{channel}_validity"
        if claim == "none" and getattr(p, name) is not None:
            raise PolicyError(name, f"{channel}_claim is none: what gives no claim has no validity")
    if p.rolling_validity is None:
        return
    for name in _ROLLED:
        if given.get(name) is not None:
            raise PolicyError(name, "rolling_validity takes its place; give one of them")


def _extensions_together(p: Policy, given: Mapping[str, Any]) -> None:
    if p.extension_mode == "none" and p.extension is not None and p.rolling_validity is None:
        raise PolicyError("extension_mode", "none, but an extension is given")
    if p.extends_by is not None:
        return
    if p.extension_mode in ("every", "from_follow_up"):
        raise PolicyError("extension_mode", f"{p.extension_mode} needs an extension")
    for name in ("extension_cap", "extension_total"):
        if getattr(p, name) is not None:
            raise PolicyError(name, "nothing extends here, so there is nothing to limit")


def _calendar_together(p: Policy) -> None:
    counted = [(f"{c}_validity", p.validity(c)) for c in p.channels]
    for name, span in (*counted, ("extension_total", p.extension_total)):
        if span == Span(1, "days") and p.first_day_counted and not p.last_day_counted:
            field = "rolling_validity" if p.rolling_validity is not None else name
            raise PolicyError(field, "one day, neither its first nor its last: it would end before")
    if p.holiday_roll == "next" and not (p.holidays or p.weekly_rest):
        raise PolicyError("holiday_roll", "needs holidays or weekly_rest")
    if p.holiday_roll == "none":
        for name in ("holidays", "weekly_rest"):
            if getattr(p, name):
                raise PolicyError(name, "has no effect without holiday_roll: next")
    if len(p.weekly_rest) == len(WEEK):
        raise PolicyError("weekly_rest", "the office would never work")
