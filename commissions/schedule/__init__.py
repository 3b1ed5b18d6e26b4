"""Pure arithmetic of commissions, in integer cents. Standard library only.

A plan is data (`plan`), a month's tally chooses its tier (`tiers`), a sale gives each person his
part (`reckoning`), and what is done about the deal releases the parts (`milestones`). Every sum is
exact: fractions until the last step, then the largest remainder takes the odd cents.
"""

from .apportion import apportion, half_up, split
from .milestones import Milestone, Progress, released, unlocked
from .plan import Plan, PlanError, Rate, number
from .reckoning import Part, Reckoning, Sale, Slice, reckon, tallies
from .standing import Adjusted, Balance, due, lies
from .tiers import Tally, Tiers

__all__ = [
    "Adjusted",
    "Balance",
    "Milestone",
    "Part",
    "Plan",
    "PlanError",
    "Progress",
    "Rate",
    "Reckoning",
    "Sale",
    "Slice",
    "Tally",
    "Tiers",
    "apportion",
    "due",
    "half_up",
    "lies",
    "number",
    "reckon",
    "released",
    "split",
    "tallies",
    "unlocked",
]
