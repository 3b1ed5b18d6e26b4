"""leasing/1.3: what is asked about the project is a reception; a phone number is not needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..clause import Clause, Statement
from ..decision import Bar, Grant
from ..facts import Fact, Reception
from ..scene import Sale, Scene


@dataclass(frozen=True)
class EnquiryCounts(Clause):
    """Asking about the project makes a reception, with or without a number."""

    id = "leasing/1.3"
    statement = Statement(
        hant="問的是這個項目，就成立一次接待，留不留電話都一樣；問路、借用之類不算。",
        hans="问的是这个项目，就成立一次接待，留不留电话都一样；问路、借用之类不算。",
        en="Asking about the project is a valid reception whether or not a number is left; "
        "anything else is none.",
    )
    rank_of: ClassVar[Mapping[str, int]] = {"bars": -1}
    """It names the reason more closely than the first reception does."""
    hears = (Reception,)

    def bars(self, fact: Fact | Sale, scene: Scene) -> Bar | None:
        if isinstance(fact, Reception) and not fact.enquiry:
            return Bar("not_about_project", void=True)
        return None

    def grants(self, fact: Fact, scene: Scene) -> Grant | None:
        if isinstance(fact, Reception) and not fact.phone_left:
            return Grant(fact.agent, "counts_without_phone")
        return None
