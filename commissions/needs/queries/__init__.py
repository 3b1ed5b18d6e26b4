"""Reads of the analysis that need deals: the way to a contract, plans, visits, offers."""

from .journeys import funnel as funnel
from .journeys import visits as visits
from .offers import offers as offers
from .plans import plans as plans
