"""The tables of needs: the items, each need with its steps, and what a client means to buy."""

from .buying import Answer as Answer
from .buying import Decider as Decider
from .buying import Motive as Motive
from .buying import Offer as Offer
from .buying import OfferAnswer as OfferAnswer
from .buying import Payment as Payment
from .buying import PlanStep as PlanStep
from .buying import PlanStepEnd as PlanStepEnd
from .buying import ProfileEntry as ProfileEntry
from .buying import PurchasePlan as PurchasePlan
from .buying import Purpose as Purpose
from .buying import Viewing as Viewing
from .items import CLAUSES as CLAUSES
from .items import ItemChange as ItemChange
from .items import NeedItem as NeedItem
from .items import Side as Side
from .records import Confirmation as Confirmation
from .records import Need as Need
from .records import NeedStep as NeedStep
from .records import Source as Source
from .records import State as State
from .records import Wanted as Wanted
