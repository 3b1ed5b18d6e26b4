"""sales/3: the first reception on site decides.

Reading: a call is a reception too, but gives a contact, weaker than any claim from a visit.
"""

from dataclasses import dataclass

from ..clause import FirstReception, Statement


@dataclass(frozen=True)
class FirstOnSite(FirstReception):
    """The first agent to receive the client owns him."""

    id = "sales/3"
    statement = Statement(
        hant="第一次接待客戶的業務員取得歸屬；來電只算聯繫，弱於現場接待。",
        hans="第一次接待客户的业务员取得归属；来电只算联系，弱于现场接待。",
        en="The agent who first receives the client on site owns him; a call alone is weaker.",
    )
