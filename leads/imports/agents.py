"""Whose name stands in a register: exactly, else in another script where only one can be meant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from leads.models import Project, Role, Staff

from .reading import Unclear, folded, plain


@dataclass(frozen=True, slots=True)
class Agents:
    """The agents of a project by their names, and the names that somebody explained."""

    exact: Mapping[str, list[Staff]]
    alike: Mapping[str, list[Staff]]
    explained: Mapping[str, Staff]

    def called(self, typed: str) -> Staff:
        """The agent of a name. Raises Unclear: nobody, several, or somebody who left."""
        name = plain(typed)
        if not name:
            raise Unclear("no_agent")
        if name in self.explained:
            return self.explained[name]
        found = self.exact.get(name) or self.alike.get(folded(name)) or []
        here = [one for one in found if one.departed_at is None and one.is_active]
        if len(here) == 1:
            return here[0]
        if here:
            raise Unclear("agent_ambiguous", name=name[:40])
        if found:
            raise Unclear("agent_departed", name=name[:40])
        raise Unclear("agent_unknown", name=name[:40])


UNKNOWN = ("agent_unknown", "agent_ambiguous", "agent_departed")
"""What a person may settle once for a whole file, by saying who is meant."""


def agents_of(project: Project, explained: Mapping[str, int]) -> Agents:
    """Every agent who ever worked in the project; two queries at most."""
    staff = list(project.staff.filter(role=Role.AGENT).order_by("pk"))
    keys = {one.pk: one for one in staff if one.departed_at is None and one.is_active}
    return Agents(
        exact=_by(staff, plain),
        alike=_by(staff, folded),
        explained={name: keys[pk] for name, pk in explained.items() if pk in keys},
    )


def _by(staff: Iterable[Staff], shape: Callable[[str], str]) -> dict[str, list[Staff]]:
    found: dict[str, list[Staff]] = {}
    for one in staff:
        found.setdefault(shape(one.name), []).append(one)
    return found
