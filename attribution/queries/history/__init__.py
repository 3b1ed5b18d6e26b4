"""One client as a reader may see him: what happened and what it did, why he belongs to whom.

Everything is what the engine says of the recorded facts at this moment. Whoever only owns the
client sees other agents as letters with dates; whoever oversees the project sees names.
"""

from .client import History as History
