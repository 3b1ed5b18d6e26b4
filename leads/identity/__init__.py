"""Who somebody is: phones, names and contacts read the same way whoever typed them.

`matcher`, which asks the database, is imported by name: `from leads.identity import matcher`.
"""

from .contacts import ImpossibleContact as ImpossibleContact
from .contacts import covered_contact as covered_contact
from .contacts import normalise_contact as normalise_contact
from .names import fold_name as fold_name
from .names import name_keys as name_keys
from .names import text_keys as text_keys
from .phones import ImpossiblePhone as ImpossiblePhone
from .phones import PhoneReading as PhoneReading
from .phones import normalise_phone as normalise_phone
from .phones import phones_in as phones_in
