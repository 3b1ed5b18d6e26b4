"""Why a policy cannot be: one code for each reason, with its sentence for files and logs."""

from collections.abc import Iterable, Mapping
from typing import Any

REASONS: Mapping[str, str] = {
    "unknown_preset": "unknown preset {value!r}, one of {known}",
    "unknown": "unknown parameter, one of {known}",
    "twice": "says the same as {other}; give one of them",
    "number": "a whole number from 1 to {most} or null, not {value!r}",
    "span": "a span such as «15 days», «1 month», «72 hours», or null, not {value!r}",
    "choice": "one of {known}, not {value!r}",
    "switch": "true or false, not {value!r}",
    "list": "a list of {known}, not {value!r}",
    "percent": "a whole percent from 0 to {most}, not {value!r}",
    "dates": "a list of dates such as «2026-10-01», not {value!r}",
    "split": "relations with «equal» or a list of percents, not {value!r}",
    "shares": "«equal» or a list of two percents or more, each from 1 to 99, not {value!r}",
    "sum": "the percents {value!r} sum to {total}, not to 100",
    "never_lapses": "no claim ever lapses here, so it has no effect",
    "not_united": "{value} is not one party here, so a person decides such a collision",
    "no_claim": "{other} is none: what gives no claim has no validity",
    "rolled": "{other} takes its place; give one of them",
    "extension_given": "none, but {other} is given",
    "no_extension": "needs {other}",
    "nothing_extends": "nothing extends here, so there is nothing to limit",
    "ends_before": "one day, neither its first nor its last counted: it would end before it begins",
    "no_rest_days": "needs holidays or weekly_rest",
    "no_roll": "has no effect without {other}: next",
    "never_works": "the office would never work",
}


class PolicyError(ValueError):
    """A policy that cannot be. `field` is the parameter, `code` the reason, `given` its values."""

    def __init__(self, field: str, code: str, **given: Any) -> None:
        self.field = field
        self.code = code
        self.given = {
            name: ", ".join(value) if name == "known" and isinstance(value, Iterable) else value
            for name, value in given.items()
        }
        self.reason = REASONS[code].format(**self.given)
        super().__init__(f"{field}: {self.reason}")
