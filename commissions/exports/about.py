"""What a file says of itself, so that it can be understood and checked without the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from attribution.models import PolicyVersion
from leads.models import Project

from ..queries.groups import Group
from ..queries.views_of import View
from ..recompute import DIGEST
from .rows import Sums


@dataclass(frozen=True)
class About:
    """The filter in words, as of when and by whose clock, who, and the sums that stand beside."""

    filters: Sequence[tuple[str, str]]
    asof: datetime
    zone: ZoneInfo
    who: str
    projects: Mapping[int, Project]
    by: str
    """By what the sums are grouped, in words."""
    groups: Sequence[Group]

    @classmethod
    def of(cls, view: View, who: str, now: datetime) -> "About":
        """What is to be said of a view that somebody takes out now. One query."""
        return cls(
            filters=view.filter.in_words(),
            asof=now,
            zone=view.filter.zone,
            who=who,
            projects={project.pk: project for project in view.filter.projects},
            by=view.by_words,
            groups=view.summary().groups,
        )

    def said(self, sums: Sums) -> list[tuple[str, Any]]:
        """Label and value of everything there is to say, amounts as decimals."""
        asof = f"{self.asof.astimezone(self.zone):%Y-%m-%d %H:%M}"
        return [
            (gettext("報表"), gettext("業績明細")),
            *(self.filters or [(gettext("條件"), gettext("全部"))]),
            (gettext("截至"), asof),
            (gettext("時區"), self.zone.key),
            (gettext("匯出人"), self.who),
            (gettext("匯出時間"), asof),
            (gettext("列數"), sums.rows),
            (gettext("應計"), amount(sums.due_cents)),
            (gettext("已放"), amount(sums.released_cents)),
            (gettext("已付"), amount(sums.paid_cents)),
            (gettext("扣留"), amount(sums.held_cents)),
            (gettext("沖回"), amount(sums.reversed_cents)),
            (gettext("制度版本"), _versions(sums.versions)),
            (DIGEST, sums.digest.hexdigest()),
        ]


def amount(cents: int) -> Decimal:
    """Cents as an amount with two places."""
    return Decimal(cents).scaleb(-2)


def _versions(keys: set[int]) -> str:
    """The policy versions by which the lines were decided."""
    versions = PolicyVersion.objects.filter(pk__in=keys).order_by("pk")
    return gettext("、").join(f"#{one.pk} {one}" for one in versions)
