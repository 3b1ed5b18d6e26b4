"""What a manager says when an agent leaves: who takes which client, and why."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .queries import Client, Colleague, Handover
from .sharing import Warmth

LINES = 400
"""So many clients stand on the page; those after them go as proposed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One client and who is chosen for him; empty: he waits in the queue."""

    client: Client
    name: str
    chosen: str
    colleagues: Sequence[Colleague]
    error: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one colleague holds and would get, of each warmth."""

    colleague: Colleague
    project: int
    gets: Counter[Warmth]

    @property
    def total(self) -> int:
        """How many clients he would get."""
        return sum(self.gets.values())

    @property
    def near(self) -> int:
        """How many of them are signed or hot."""
        return self.gets[Warmth.SIGNED] + self.gets[Warmth.HOT]


class HandoverForm(forms.Form):
    """One select for each client, named `to_` and his key; one reason for all."""

    among = forms.TypedMultipleChoiceField(
        label=_("誰來接"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"invalid_choice": _("這個專案沒有這位顧問，請從清單裡選。")},
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("寫下理由，例如：11-30 離職，客戶依熱度平均分配。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=32)
    case = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        handover: Handover,
        typed: Mapping[str, Any] | None = None,
        **initial: Any,
    ) -> None:
        """`initial`: what a form that opens says already; `typed`: its lines, as far as chosen."""
        colleagues = {
            one.staff.pk: one.staff.name
            for project in handover.projects
            for one in handover.colleagues.get(project.pk, ())
        }
        start = {"key": uuid4(), "seen": handover.seen, "among": list(colleagues), **initial}
        super().__init__(data, initial=start)
        self.handover = handover
        lines = (data if typed is None else typed) or {}
        # Name by name: a query's own copy would hold lists.
        self.typed = {name: lines[name] for name in lines}
        self.fields["among"].choices = list(colleagues.items())  # type: ignore[attr-defined]
        self.wrong: dict[int, str] = {}
        proposed = handover.proposal()
        self.starting = {
            client.lead.pk: client.holder or proposed.get(client.lead.pk)
            for client in handover.clients
            if client.may_be_placed
        }

    @property
    def shown(self) -> list[Client]:
        """The clients with a line of their own."""
        return [c for c in self.handover.clients if c.may_be_placed][:LINES]

    @property
    def unshown(self) -> int:
        """How many more there are, who go as proposed."""
        return sum(c.may_be_placed for c in self.handover.clients) - len(self.shown)

    @property
    def lines(self) -> list[Line]:
        """The lines as they stand, the nearest clients first."""
        return [
            Line(
                client,
                _name(client),
                self._chosen(client),
                self.handover.may_take(client),
                self.wrong.get(client.lead.pk, ""),
            )
            for client in self.shown
        ]

    def _chosen(self, client: Client) -> str:
        """As chosen; what was never on the page is as proposed."""
        typed = self.typed.get(_name(client))
        return str(self.starting[client.lead.pk] or "") if typed is None else str(typed)

    def propose_among(self, agents: Collection[int]) -> None:
        """Put a fresh proposal among these agents into every line that waits for one."""
        proposal = self.handover.proposal(agents)
        for client in self.shown:
            if client.holder is None:
                self.typed[_name(client)] = str(proposal.get(client.lead.pk, ""))

    def clean(self) -> dict[str, Any]:
        """`choices`: client → agent, by key, of everybody who does not wait."""
        cleaned = super().clean() or self.cleaned_data
        choices: dict[int, int] = {}
        for client in self.handover.clients:
            if not client.may_be_placed:
                continue
            chosen = self._chosen(client)
            here = {str(one.staff.pk) for one in self.handover.may_take(client)}
            if chosen in here:
                choices[client.lead.pk] = int(chosen)
            elif chosen:
                self.wrong[client.lead.pk] = gettext("這位不在這個專案任職，請從清單裡選。")
        for pk in self.wrong:
            client = next(c for c in self.handover.clients if c.lead.pk == pk)
            said = gettext("%(client)s：接手的人不在這個專案任職，請從清單裡選。")
            self.add_error(None, said % {"client": client.called.name})
        cleaned["choices"] = choices
        return cleaned

    @property
    def shares(self) -> list[Share]:
        """What each colleague would get by the lines as they stand."""
        gets: dict[tuple[int, str], Counter[Warmth]] = {}
        for client in self.handover.clients:
            if client.may_be_placed and str(client.holder or "") != self._chosen(client):
                place = (client.lead.project_id, self._chosen(client))
                gets.setdefault(place, Counter())[client.warmth] += 1
        return [
            Share(one, project.pk, gets.get((project.pk, str(one.staff.pk)), Counter()))
            for project in self.handover.projects
            for one in self.handover.colleagues.get(project.pk, ())
        ]

    @property
    def waiting(self) -> int:
        """How many clients nobody was chosen for."""
        return sum(not self._chosen(c) for c in self.handover.clients if c.may_be_placed)


def _name(client: Client) -> str:
    return f"to_{client.lead.pk}"
