"""What would have given another owner."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from ...policy.whatif import Change, smallest_change
from .entries import words_of
from .people import Who

if TYPE_CHECKING:
    from .client import History


@dataclass(frozen=True, slots=True)
class Other:
    """A change of facts that would give another owner."""

    words: list[str]
    owner: Who | None
    until: date | None


def other_way(history: "History") -> Other | None:
    """The one fact that, had it been otherwise, would give another owner."""
    if history.claim is None or len({claim.agent for claim in history.decision.chain}) < 2:
        return None
    found = smallest_change(
        history.known, history.timeline.policy, history.decision, known_at=history.now, most=1
    )
    return None if found is None else _other(history, found)


def _other(history: "History", change: Change) -> Other | None:
    words = []
    for edit in change.edits:
        event = next((e for e in history.events if e.pk == edit.fact), None)
        given = {
            "who": history.name(edit.agent),
            "day": f"{edit.by:%m-%d}" if edit.by is not None else "",
            "then": f"{event.at.astimezone(history.zone):%m-%d}" if event is not None else "",
            "what": "" if event is None else words_of(history, event),
        }
        sentences = {
            "follow_up": gettext("若 %(who)s 在 %(day)s 之前有一次接通並登記的追訪"),
            "reached": gettext("若 %(then)s 的追訪接通了"),
            "in_time": gettext("若 %(then)s 的追訪當時就登記"),
            "asked_for": gettext("若 %(then)s 客戶指名要找 %(who)s"),
            "registered": gettext("若 %(who)s 的提前登記寫了特徵"),
            "not_recorded": gettext("若沒有 %(then)s 的這筆：%(what)s"),
        }
        words.append(sentences[edit.what] % given)
    decision = change.decision
    return Other(words, history.who(decision.owner), decision.valid_until)
