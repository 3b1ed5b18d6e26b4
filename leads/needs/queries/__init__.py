"""Reads of needs and of what clients mean to buy, shaped for screens."""

from .buying import Buying as Buying
from .buying import MadeOffer as MadeOffer
from .buying import NextStep as NextStep
from .buying import buying_of as buying_of
from .buying import next_steps as next_steps
from .records import Counts as Counts
from .records import counts_of as counts_of
from .records import items_kept as items_kept
from .records import items_of as items_of
from .records import measures_of as measures_of
from .records import needs_of_client as needs_of_client
from .records import people_for as people_for
from .records import steps_of as steps_of
from .records import written_by as written_by
