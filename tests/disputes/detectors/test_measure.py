"""How well the detectors do on small offices with known truth; `make bench` shows more of them.

The bars stand a little below what forty offices give, so that a change which makes a detector
worse falls, and chance does not.
"""

import pytest

from disputes.detectors.registry import DETECTORS
from tests.bench.detectors import measure
from tests.bench.offices import Office

BARS = {
    "notice": (0.9, 0.9),
    # A true relative who buys for himself leaves the same facts as a front man: only the score
    # and a person can tell. So the bar for precision is lower here, and the page says why.
    "tied_buyer": (0.65, 0.8),
    "units": (0.8, 0.9),
    "steering": (0.8, 0.65),
    "follow_ups": (0.9, 0.8),
    "late_entry": (0.9, 0.7),
}
OFFICES = range(201, 213)


@pytest.fixture(scope="module")
def scores():
    return measure(Office(seed) for seed in OFFICES)


@pytest.mark.parametrize("name", sorted(DETECTORS))
def test_precision_and_recall(scores, name):
    precision, recall = BARS[name]
    assert scores[name].found + scores[name].missed >= 5, "enough to be measured"
    assert scores[name].precision >= precision, scores[name]
    assert scores[name].recall >= recall, scores[name]


def test_an_honest_office_is_left_alone():
    honest = measure(Office(seed, cheats=0) for seed in OFFICES)
    wrong = {name: score.wrong / len(OFFICES) for name, score in honest.items()}
    # In four months with two hundred clients and forty deals.
    assert sum(wrong.values()) <= 3, wrong
    assert max(wrong.values()) <= 2, wrong


def test_an_office_is_the_same_each_time():
    assert Office(7).grow() == Office(7).grow()
