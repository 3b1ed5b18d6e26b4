"""The numbers of one office's policy: presets, further parameters, and which may stand together.

A policy is a preset plus changed parameters. Every parameter that the presets' table does not name
is neutral until an office sets it. `office` holds the policy, `settings` reads and writes it,
`together` refuses what contradicts itself, `errors` says why.
"""

from .errors import REASONS, PolicyError
from .office import (
    KIN,
    PRESETS,
    UNITED,
    WEEK,
    AfterLapse,
    ClaimGiven,
    ExtensionMode,
    Policy,
    Preset,
    Split,
)
from .settings import CHOICES, PERCENTS, SETS, SWITCHES, changed, difference, policy, settings_of

__all__ = [
    "CHOICES",
    "KIN",
    "PERCENTS",
    "PRESETS",
    "REASONS",
    "SETS",
    "SWITCHES",
    "UNITED",
    "WEEK",
    "AfterLapse",
    "ClaimGiven",
    "ExtensionMode",
    "Policy",
    "PolicyError",
    "Preset",
    "Split",
    "changed",
    "difference",
    "policy",
    "settings_of",
]
