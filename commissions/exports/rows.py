"""A report's lines as plain rows, straight from a cursor: what a file writes of each."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models import Project

from ..models import Adjustment, Line
from ..models.ledger import Share
from ..queries.report import case_number, case_word
from ..recompute import fingerprint

CHUNK = 1000
BASES = {
    "deal": _("認購當時的歸屬人"),
    "discovery": _("撞單發現日的第一接待人"),
    "occurrence": _("代看發生日的第一接待人"),
    "ruling": _("裁定"),
}


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width in XLSX, and how its cells are written there."""

    heading: Any
    width: int
    form: str = "text"


COLUMNS: Sequence[Column] = (
    Column(_("成交"), 10),
    Column(_("房號"), 16),
    Column(_("專案"), 14),
    Column(_("認購時間"), 17, "moment"),
    Column(_("顧問"), 12),
    Column(_("分成"), 8, "percent"),
    Column(_("幣別"), 6),
    Column(_("金額"), 15, "money"),
    Column(_("沖回"), 15, "money"),
    Column(_("狀態"), 8),
    Column(_("為什麼"), 34),
    Column(_("條款"), 24),
)


class Cancelled(Exception):
    """Whoever asked for the file does not want it any more."""


Progress = Callable[[int], bool]
"""Told how many rows are written; False: stop."""


class Row(NamedTuple):
    """One line as the database gives it; amounts in cents, `terms` as JSON text."""

    pk: int
    deal: int
    unit: str
    project: int
    at: datetime
    agent: str
    role: str
    share: int
    pending: int
    held: int
    released: int
    paid: int
    taken: int
    state: str
    basis: str
    clauses: Sequence[str]
    case: Mapping[str, Any] | None
    version: int | None
    plan: int
    terms: str

    @property
    def figures(self) -> tuple[int, ...]:
        """Waiting, held, released, paid, taken back."""
        return (self.pending, self.held, self.released, self.paid, self.taken)

    @property
    def due(self) -> int:
        """Everything credited now."""
        return self.pending + self.held + self.released


@dataclass(slots=True)
class Sums:
    """What was written: rows, and the amounts in cents."""

    rows: int = 0
    due_cents: int = 0
    released_cents: int = 0
    paid_cents: int = 0
    held_cents: int = 0
    reversed_cents: int = 0

    digest: Any = field(default_factory=hashlib.sha256)
    versions: set[int] = field(default_factory=set)
    plans: set[int] = field(default_factory=set)

    def add(self, row: Row) -> None:
        """Count one line."""
        self.digest.update(fingerprint(row.pk, row.figures).encode())
        if row.version is not None:
            self.versions.add(row.version)
        self.plans.add(row.plan)
        self.rows += 1
        self.due_cents += row.due
        self.released_cents += row.released
        self.paid_cents += row.paid
        self.held_cents += row.held
        self.reversed_cents += row.taken


def rows(lines: QuerySet[Line], sums: Sums, on: Progress) -> Iterator[Row]:
    """Each line in the view's order, by a cursor on the server; progress after each chunk.

    Raises Cancelled.
    """
    found = (
        lines.annotate(terms=_terms())
        .values_list(
            *("pk", "deal_id", "deal__unit", "project_id", "subscribed_at", "agent__name", "role"),
            *("share", "pending_cents", "held_cents", "released_cents", "paid_cents"),
            *("reversed_cents", "state", "basis", "clauses", "kept_by", "decision__policy"),
            *("deal__plan_id", "terms"),
        )
        .iterator(chunk_size=CHUNK)
    )
    for values in found:
        row = Row(*values)
        sums.add(row)
        yield row
        if sums.rows % CHUNK == 0 and not on(sums.rows):
            raise Cancelled


def _terms() -> Cast:
    """Everything by which a line's cents can be reckoned again, as the database writes JSON."""
    names = ("agent", "to", "percent", "cents")
    adjusted = Adjustment.objects.filter(deal=OuterRef("deal")).order_by("pk")
    one = JSONObject(**{name: name for name in names})
    terms = {
        **{name: F(name) for name in ("agent_id", "role")},
        **{
            name: F(f"deal__{name}")
            for name in (
                *("price_cents", "rent_cents", "unit_type", "paid_cents", "credit", "tally"),
                *("helper_id", "introducer_id", "contested"),
                *("contracted_at", "handed_over_at", "cancelled_at"),
            )
        },
        "adjusted": ArraySubquery(adjusted.values(one=one)),
    }
    return Cast(JSONObject(**terms), TextField())


class Teller:
    """Says a row in the words of the language in force; each phrase is looked up once."""

    def __init__(self, projects: Mapping[int, Project]) -> None:
        """`projects`: those of the rows, by key."""
        self.projects = projects
        self._states = {value: str(label) for value, label in Line.State.choices}
        self._roles = {value: str(label) for value, label in Share.choices}
        self._bases = {name: str(words) for name, words in BASES.items()}
        self._gone = gettext("改判沖回；%(basis)s")
        self._kept = gettext("%(basis)s；扣留至 %(case)s %(kind)s 裁定，期限 %(due)s")
        self._comma = gettext("、")
        self._clauses: dict[tuple[str, ...], str] = {}

    def cells(self, row: Row) -> tuple[Any, ...]:
        """The cells of a row in the order of COLUMNS; amounts in units, the office's clock."""
        project = self.projects[row.project]
        cited = tuple(row.clauses)
        if cited not in self._clauses:
            self._clauses[cited] = self._comma.join(cited)
        return (
            f"D-{row.deal:04d}",
            row.unit,
            project.name,
            row.at.astimezone(project.zone).replace(tzinfo=None),
            row.agent,
            row.share,
            project.currency,
            row.due,
            row.taken,
            self._states[row.state],
            self.reason(row, project.zone),
            self._clauses[cited],
        )

    def reason(self, row: Row, zone: ZoneInfo) -> str:
        """Why a line is as it is, in words without clauses."""
        said = self._bases[row.basis]
        if row.role != Share.AGENT:
            said = f"{self._roles[row.role]}；{said}"
        if row.state == Line.State.REVERSED:
            said = self._gone % {"basis": said}
        if row.case is not None and row.state == Line.State.HELD:
            due = datetime.fromisoformat(row.case["due"]).astimezone(zone)
            said = self._kept % {
                "basis": said,
                "case": case_number(row.case["pk"]),
                "kind": case_word(row.case["kind"]),
                "due": f"{due:%Y-%m-%d %H:%M}",
            }
        return said
