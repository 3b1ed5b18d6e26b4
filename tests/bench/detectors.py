"""How well the detectors tell cheats from honest people: simulated offices with known truth."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from disputes.detectors.registry import DETECTORS
from disputes.detectors.rows import Finding
from tests.bench.offices import Office


@dataclass
class Score:
    """Of one detector over some offices: right, wrong, missed."""

    found: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


def about(finding: Finding) -> tuple[object, ...]:
    """What a finding is about, in the words of the truth."""
    if finding.detector == "units":
        return (finding.party,)
    if finding.detector == "follow_ups":
        return (finding.agent, finding.path[0].at.date())
    if finding.detector == "steering":
        return finding.key[:2]
    return (finding.key[0],)


def measure(offices: Iterable[Office]) -> dict[str, Score]:
    """Precision and recall of every detector over these offices.

    One cheat found twice is found once; two findings about one honest matter are wrong twice.
    """
    scores = {name: Score() for name in DETECTORS}
    for office in offices:
        simulated = office.grow()
        for name, detector in DETECTORS.items():
            truth = simulated.truth.get(name, set())
            found = Counter(about(one) for one in detector.find(simulated.rows))
            score = scores[name]
            score.found += len(truth & set(found))
            score.missed += len(truth - set(found))
            score.wrong += sum(times for what, times in found.items() if what not in truth)
    return scores


def report(offices: int, say: Callable[[str], object]) -> None:
    """Print precision and recall per detector, in offices with cheats and in honest ones."""
    say(f"\ndetectors: {offices} simulated offices with cheats, and as many honest ones")
    cheated = measure(Office(seed) for seed in range(1, offices + 1))
    honest = measure(Office(1000 + seed, cheats=0) for seed in range(1, offices + 1))
    say(f"  {'':>12}  precision  recall  found  wrong  missed  wrong in an honest office")
    for name, score in cheated.items():
        say(
            f"  {name:>12}  {score.precision:9.2f}  {score.recall:6.2f}  {score.found:5}  "
            f"{score.wrong:5}  {score.missed:6}  {honest[name].wrong / offices:8.2f}"
        )
