"""Asks the clauses in force, in the order of their ranks, and writes down each that speaks."""

from collections.abc import Iterator
from datetime import datetime

from ..calendar import UNSET, End
from ..decision import Bar, Claim, Failure, Grant, Matter, Reading, Step, open_end
from ..editions import Edition, edition
from ..facts import Fact, FollowUp, Key, Reception
from ..parameters import Policy
from ..scene import Collision, Lead, Sale, Scene, Succession


class PolicyConflict(Exception):
    """Two clauses of equal rank both apply to a fact and disagree."""

    def __init__(self, fact: Key, one: str, other: str, verb: str) -> None:
        super().__init__(f"fact {fact}: {one} and {other} disagree ({verb})")
        self.clauses = (one, other)


class Asking:
    """The leads so far, the scene of the present fact, and the clauses to ask about it."""

    def __init__(self, policy: Policy) -> None:
        self._versions: list[tuple[datetime, Edition]] = []
        self._edition = edition(policy)
        self._leads: dict[Key, Lead] = {}
        self._departed: set[Key] = set()
        self._registered_under: dict[int, Edition] = {}
        """The edition under which an advance entry was granted, by the order of its claim."""
        self._scene = Scene(self._leads, self._departed)

    def in_force(self, moment: datetime) -> Edition:
        """The edition in force at a moment; what was granted under another stays."""
        for since, version in reversed(self._versions):
            if since <= moment:
                return version
        return self._edition

    def of_owner(self, version: Edition) -> Edition:
        """What was granted stays: an entry made in advance is honoured by the policy of its day."""
        owner = self._scene.owner
        if owner is not None and owner.awaits_arrival:
            return self._registered_under[owner.order]
        return version

    def enter(
        self, name: Key, moment: datetime, actor: Key | None, acted: datetime | None = None
    ) -> Lead:
        """Set the scene for a fact about a lead."""
        lead = self._leads.get(name)
        if lead is None:
            lead = self._leads[name] = Lead(name)
        scene = self._scene
        scene.lead = lead
        scene.at = moment
        scene.acted = moment if acted is None else acted
        scene.waiting = lead.waits_at(moment)
        scene.owner = None if scene.waiting is not None else lead.first_alive(moment)
        scene.mine = None if actor is None else lead.living_claim_of(actor, moment)
        return lead

    def no_reception(self, fact: Reception, version: Edition) -> bool:
        """Is it none at all, whatever the state of the lead? The clauses that say so come first."""
        for rank, clause, bars in version.asks("bars", type(fact)):
            if rank > 0:
                break
            bar: Bar | None = bars(fact, self._scene)
            if bar is not None and bar.void:
                self._write(fact, clause, bar)
                refused = Failure(fact.agent, fact.id, clause, bar.why, None, None)
                self._scene.lead.refused.append(refused)
                return True
        return False

    def bar(self, fact: Fact, version: Edition) -> tuple[Bar, str] | None:
        """What gives the fact's agent no claim, and the first clause that says so."""
        found: tuple[Bar, str] | None = None
        found_rank = 0
        for rank, clause, bars in version.asks("bars", type(fact)):
            if found is not None and rank != found_rank:
                break
            bar: Bar | None = bars(fact, self._scene)
            if bar is None or bar.void:  # whether it is a reception at all was asked before
                continue
            if found is None:
                found, found_rank = (bar, clause), rank
            elif bar.serves is not found[0].serves:
                raise PolicyConflict(fact.id, found[1], clause, "bars")
            self._write(fact, clause, bar)
        return found

    def _write(self, fact: Fact, clause: str, bar: Bar) -> None:
        agent = getattr(fact, "agent", None)
        self._scene.lead.steps.append(Step(fact.id, clause, "bars", agent, bar.why))

    def kept_from(self, sale: Sale, claim: Claim, version: Edition) -> list[Step]:
        """Why the holder has no part in a deal; nothing where he has."""
        scene = self._scene
        scene.owner = claim
        found = []
        for _rank, clause, bars in version.asks("bars", Sale):
            bar: Bar | None = bars(sale, scene)
            if bar is not None:
                found.append(Step(sale.fact.id, clause, "bars", claim.agent, bar.why))
        return found

    def grant(self, fact: Fact, version: Edition) -> tuple[Grant, tuple[str, ...]] | None:
        """Who receives a claim, and by which clauses."""
        found: Grant | None = None
        found_rank = 0
        clauses: tuple[str, ...] = ()
        steps = self._scene.lead.steps
        for rank, clause, grants in version.asks("grants", type(fact)):
            if found is not None and rank != found_rank:
                break
            grant: Grant | None = grants(fact, self._scene)
            if grant is None:
                continue
            if found is None:
                found, found_rank = grant, rank
            elif grant.agent != found.agent:
                raise PolicyConflict(fact.id, clauses[0], clause, "grants")
            clauses += (clause,)
            steps.append(Step(fact.id, clause, "grants", grant.agent, grant.why))
        return None if found is None else (found, clauses)

    def extend(self, fact: Fact, claim: Claim, version: Edition) -> End | None:
        """To which end the fact moves the claim; None where no clause sets one."""
        for _rank, clause, extends in version.asks("extends", type(fact)):
            end: End | None = extends(fact, claim, self._scene)
            if end is not None:
                extended = isinstance(fact, FollowUp) and claim.last_day != UNSET
                later = claim.end if claim.end.later_than(end) else end
                self._scene.lead.steps.append(
                    Step(
                        fact.id,
                        clause,
                        "extends",
                        claim.agent,
                        "extended" if extended else "period",
                        open_end(later.last_day),
                    )
                )
                return end
        return None

    def settle(self, sale: Sale, fact: Fact, version: Edition) -> tuple[Reading, tuple[str, ...]]:
        """To whom a deal goes, and by which clauses."""
        found: Reading | None = None
        found_rank = 0
        clauses: tuple[str, ...] = ()
        for rank, clause, settles in version.asks("settles", Sale):
            if found is not None and rank != found_rank:
                break
            reading: Reading | None = settles(sale, self._scene)
            if reading is None:
                continue
            if found is None:
                found, found_rank = reading, rank
            elif reading.agent != found.agent:
                raise PolicyConflict(fact.id, clauses[0], clause, "settles")
            clauses += (clause,)
        if found is None:
            return Reading("deal", self._scene.reading_of_the_deal(sale)), ()
        return found, clauses

    def share(self, sale: Sale, version: Edition) -> Iterator[tuple[str, str]]:
        """Give others their part in a settled deal; yields each clause that did, and why."""
        for _rank, clause, shares in version.asks("shares", Sale):
            sharing = shares(sale, self._scene)
            if sharing is None:
                continue
            if sharing.credit is not None:
                sale.credit = sale.commission = dict(sharing.credit)
            if sharing.commission is not None:
                sale.commission = dict(sharing.commission)
            yield clause, sharing.why

    def flag(
        self, heard: Fact | Collision | Sale | Succession, fact: Key, version: Edition
    ) -> list[Matter]:
        """Ask for flags; raise the cases and alerts; give back what a person must decide."""
        lead = self._scene.lead
        raised = []
        for _rank, clause, flags in version.asks("flags", type(heard)):
            flag = flags(heard, self._scene)
            if flag is None:
                continue
            lead.steps.append(Step(fact, clause, "flags", None, flag.name))
            if flag.kind == "case":
                lead.cases.setdefault(flag.name)
                if flag.decider is not None:
                    raised.append(Matter(flag.name, flag.decider, fact))
            elif flag.kind == "alert":
                lead.alerts.setdefault(flag.name)
        lead.matters += raised
        return raised
