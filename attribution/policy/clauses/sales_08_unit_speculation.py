"""sales/8: no speculation with unit numbers.

Reading: a matter of conduct. It moves no ownership; a person looks at it as a case (rule 17).
"""

from dataclasses import dataclass

from ..clause import Clause, Statement


@dataclass(frozen=True)
class UnitSpeculation(Clause):
    """Conduct, routed to a person."""

    id = "sales/8"
    statement = Statement(
        hant="不得炒賣房號；屬行為案件，不因此變動客戶歸屬。",
        hans="不得炒卖房号；属行为案件，不因此变动客户归属。",
        en="No speculation with unit numbers: a conduct case that moves no ownership.",
    )
    decided_by = "case"
