"""The doors of needs: each is one durable transaction with `now` and `by` as arguments."""

from ...journal import Busy as Busy
from ...journal import HappenedInTheFuture as HappenedInTheFuture
from ..book import Lacking as Lacking
from ..book import NotNow as NotNow
from ..book import NotOffered as NotOffered
from ..book import StaleNeed as StaleNeed
from .buying import StaleSheet as StaleSheet
from .buying import add_plan_step as add_plan_step
from .buying import answer_offer as answer_offer
from .buying import end_plan_step as end_plan_step
from .buying import make_offer as make_offer
from .buying import note_viewing as note_viewing
from .buying import write_plan as write_plan
from .buying import write_profile as write_profile
from .items import ItemTaken as ItemTaken
from .items import add_item as add_item
from .items import restore_item as restore_item
from .items import retire_item as retire_item
from .records import advance as advance
from .records import identify as identify
