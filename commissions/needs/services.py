"""The door of the analysis: what was taken out is written down."""

from collections.abc import Sequence
from datetime import datetime

from leads.journal import door
from leads.models import Disclosure, Staff


@door
def note_chart_file(
    *,
    chart: str,
    form: str,
    query: str,
    projects: Sequence[int],
    rows: int,
    sha256: str,
    by: Staff,
    now: datetime,
) -> None:
    """Write down that somebody took a chart's figures out: which, of what, and what they were."""
    Disclosure.objects.create(
        staff=by,
        kind=Disclosure.Kind.EXPORT,
        what={
            "report": "needs",
            "chart": chart,
            "form": form,
            "query": query,
            "projects": list(projects),
            "rows": rows,
            "sha256": sha256,
        },
        at=now,
    )
