"""Whether what is being drafted departs from the precedents, and why it does."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from leads import access

from ..forms import RulingForm
from ..models import Precedent
from ..queries import precedents
from ..queries.dossier import Dossier
from ..queries.precedents import Precedents


def precedents_beside(
    request: HttpRequest, form: RulingForm, dossier: Dossier
) -> Precedents | None:
    """The precedents of a case beside the outcome that the form stands at; None without any."""
    if form.chosen in ("confirm", "assign") or not dossier.case.is_open:
        return None
    owner, shares = form.typed
    if form.chosen in ("proposal", "upheld"):
        owner = None if form.proposed is None else form.proposed.agent
        shares = dict(dossier.proposal.shares)
    finding = {"dismiss": "dismissed"}.get(form.chosen, form.chosen)
    drafted = precedents.outcome_of(dossier, finding, owner, shares)
    if drafted == Precedent.Outcome.NOBODY:
        drafted = ""
    return precedents.precedents_of(dossier, access.current_projects(request), drafted)


def departing(request: HttpRequest, form: RulingForm, dossier: Dossier) -> dict[str, Any]:
    """What the file keeps where the ruling departs; asks once for the reason, and never more."""
    found = precedents_beside(request, form, dossier)
    if found is None or not found.departs:
        return {}
    reason = form.cleaned_data["departing"].strip()
    if not reason:
        asked = gettext("多數先例不是這樣裁定。要這樣裁定，寫下這一件不同在哪裡。")
        form.add_error("departing", asked)
    return found.as_details(reason)
