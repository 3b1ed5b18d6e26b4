"""leasing/1.1: the agent of the first call or visit owns, inside the period."""

from dataclasses import dataclass

from ..clause import FirstReception, Statement


@dataclass(frozen=True)
class FirstCallOrVisit(FirstReception):
    """The first agent to receive the client owns him; a call counts like a visit."""

    id = "leasing/1.1"
    statement = Statement(
        hant="歸第一次來電或來訪的接待人，以登記為憑，並受有效期限約束。",
        hans="归第一次来电或来访的接待人，以登记为凭，并受有效期限约束。",
        en="The agent who received the first registered call or visit owns the client while the "
        "period lasts.",
    )
