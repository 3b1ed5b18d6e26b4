"""The policy's answers in words: clauses, reasons, parameters, readings, by the engine's own keys.

The engine gives back verbs, whys and clause ids; what people read stands here and in the
templates. Sentences never name an agent by themselves: `%(who)s` is filled by whoever knows what
the reader may see, with a name or a letter.
"""

from .clauses import CLAUSES as CLAUSES
from .clauses import clause_on_page as clause_on_page
from .clauses import stated as stated
from .clauses import statement as statement
from .desk import HINTS as HINTS
from .desk import PRESET as PRESET
from .desk import clauses_of as clauses_of
from .desk import grouped as grouped
from .desk import readings_of as readings_of
from .desk import refusal as refusal
from .desk import said as said
from .parameters import CHOICES as CHOICES
from .parameters import PARAMETERS as PARAMETERS
from .parameters import PRESETS as PRESETS
from .parameters import changed_from_preset as changed_from_preset
from .parameters import choice as choice
from .parameters import parameter as parameter
from .parameters import parameters as parameters
from .parameters import span as span
from .readings import READINGS as READINGS
from .reasons import BARRED as BARRED
from .reasons import BASES as BASES
from .reasons import BECAUSE as BECAUSE
from .reasons import BRIEFLY as BRIEFLY
from .reasons import DIFFERING as DIFFERING
from .reasons import ENDED_BY as ENDED_BY
from .reasons import FLAGGED as FLAGGED
from .reasons import GRANTED as GRANTED
from .reasons import HAPPENED as HAPPENED
from .reasons import ICONS as ICONS
from .reasons import NOTED as NOTED
from .reasons import NOTES as NOTES
from .reasons import last_day as last_day
