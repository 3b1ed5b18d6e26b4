"""Who came, who received them, and when it was written down: the journal and its people."""

# isort: off - the packages named last build upon the tables named first
# The tables of the counter have a room of their own; Django looks for all of an app's models here.
from ..board.models import Arrival as Arrival
from ..board.models import BoardFact as BoardFact
from ..board.models import Duty as Duty
from ..board.models import Roster as Roster

# The models of a package of this app are found through here.
from ..imports.models import Headings as Headings
from ..imports.models import Import as Import
from ..imports.models import Register as Register
from ..imports.models import Row as Row
from ..needs.models import ItemChange as ItemChange
from ..needs.models import Need as Need
from ..needs.models import NeedItem as NeedItem
from ..needs.models import NeedStep as NeedStep
from ..needs.models import Offer as Offer
from ..needs.models import OfferAnswer as OfferAnswer
from ..needs.models import PlanStep as PlanStep
from ..needs.models import PlanStepEnd as PlanStepEnd
from ..needs.models import ProfileEntry as ProfileEntry
from ..needs.models import PurchasePlan as PurchasePlan
from ..needs.models import Viewing as Viewing
from ..saved_views.models import SavedView as SavedView
from .journal import INBOUND as INBOUND
from .journal import RECEPTIONS as RECEPTIONS
from .journal import ContactEvent as ContactEvent
from .journal import Kind as Kind
from .notes import Disclosure as Disclosure
from .notes import Notification as Notification
from .office import Assignment as Assignment
from .office import Project as Project
from .office import Role as Role
from .office import Staff as Staff
from .office import valid_time_zone as valid_time_zone
from .parties import TAIL as TAIL
from .parties import Contact as Contact
from .parties import Lead as Lead
from .parties import Likeness as Likeness
from .parties import Person as Person
from .parties import PersonFact as PersonFact
from .parties import Phone as Phone
from .parties import Standing as Standing
from .parties import StandingPhones as StandingPhones
from .parties import tail_of as tail_of
