"""leasing/2.3: someone views for a principal; it is to be filed with the manager.

Reading: a collision with a filed proxy's claim is judged by when it occurred, and settled by the
policy.
"""

from dataclasses import dataclass

from ..clause import ProxyViewing, Statement


@dataclass(frozen=True)
class ProxyWithManager(ProxyViewing):
    """A proxy filed with the manager counts for the principal."""

    id = "leasing/2.3"
    statement = Statement(
        hant="代人看房而聯繫不到委託人的，在經理處登記情況；期限內撞單，業績歸第一接待人。",
        hans="代人看房而联系不到委托人的，在经理处登记情况；期限内撞单，业绩归第一接待人。",
        en="A proxy whose principal cannot be reached is filed with the manager; a collision "
        "inside the period is then the first agent's.",
    )
