"""The doors of attribution: a project's policy changes; the lists follow the calendar."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from leads import journal
from leads.journal import door
from leads.models import Disclosure, Lead, Project, Staff

from . import decisions, proofs, queries
from .models import PolicyVersion
from .policy.parameters import difference, policy
from .queries import ledger


class InForceAlready(ValueError):
    """A version that has begun is never changed; a new one starts now or later."""

    message = _("新版制度不能從過去開始生效。")


@door
def set_policy(
    *,
    project: Project,
    preset: str,
    settings: Mapping[str, Any],
    effective_from: datetime,
    by: Staff | None,
    now: datetime,
) -> PolicyVersion:
    """Let a project work under a policy from a moment on; what was granted before stays (rule 20).

    Raises PolicyError naming the parameter, InForceAlready.
    """
    chosen = policy(preset, settings)
    first = not PolicyVersion.objects.filter(project=project).exists()
    if effective_from < now and not first:
        raise InForceAlready
    version = PolicyVersion.objects.create(
        project=project,
        preset=preset,
        settings=difference(chosen),
        effective_from=effective_from,
        recorded_at=now,
        author=by,
    )
    project.stamp = uuid4()
    project.save(update_fields=["stamp"])
    return version


@door
def take_out_proof(
    *, lead: Lead, asof: datetime, known_at: datetime, by: Staff, now: datetime
) -> str:
    """The proof of a decision as JSON text; the log keeps who took it out and when.

    The moments as `queries.ledger.proof_of` takes them. It shows everybody's part: the caller has
    asked whether the reader may see all of it.
    """
    Disclosure.objects.create(
        staff=by,
        kind=Disclosure.Kind.EXPORT,
        lead=lead,
        what={"report": "proof", "asof": asof.isoformat(), "known_at": known_at.isoformat()},
        at=now,
    )
    return proofs.as_text(ledger.proof_of(lead, asof=asof, known_at=known_at))


@door
def refresh_lapsed(*, lead_ids: Iterable[int], by: Staff | None, now: datetime) -> int:
    """Let the lists show who owns these leads at `now`; how many of them showed something else.

    A lapse has no writer: nothing is recorded, and nobody (`by` is None) does it. Harmless when
    repeated.
    """
    changed = 0
    for held in journal.hold_all(lead_ids):
        decision = queries.decision_on(held.lead, asof=now)
        changed += decisions.refresh(held.lead, decision)
    return changed
