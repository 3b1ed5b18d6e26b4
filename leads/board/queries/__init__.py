"""Reads of the counter: its day, a week's rosters, how a record begins, how even it all was."""

from .day import CounterDay as CounterDay
from .day import counter_day as counter_day
from .fairness import FairnessTable as FairnessTable
from .fairness import fairness_table as fairness_table
from .opening import opening_of as opening_of
from .opening import steering_of as steering_of
from .rosters import Week as Week
from .rosters import cell_of as cell_of
from .rosters import in_force as in_force
from .rosters import monday_of as monday_of
from .rosters import rosters_of as rosters_of
from .rosters import week_of as week_of
