"""The forms of attribution: the days that one asks about, and a new version of the policy."""

from .days import ProofForm as ProofForm
from .days import TimeTravelForm as TimeTravelForm
from .policy import PolicyForm as PolicyForm
