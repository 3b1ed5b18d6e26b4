"""The people of a client: who came along, numbers, names and addresses."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import access, identity, services
from ..access import DECIDERS, OVERSEERS, for_roles, reader
from ..forms.links import RELATIONS
from ..forms.people import PARTICULAR, PERSON, WRONG, ParticularForm, PersonForm, WrongForm
from ..models import Contact, Lead, Person, Phone, Role
from ..queries import people as circles

REFUSALS = (
    identity.ImpossiblePhone,
    identity.ImpossibleContact,
    services.Busy,
    services.NothingSaid,
    services.TooMany,
    services.AlreadyWrong,
)


@for_roles(Role.AGENT, *OVERSEERS)
@require_GET
@never_cache
def lead_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who belongs to a client, how each is called and reached, and to whom he is linked."""
    lead = access.lead_or_404(request, pk)
    return _people_page(request, lead)


@for_roles(Role.AGENT, *DECIDERS)
@require_POST
@never_cache
def people_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down another person, another number or name, or that one is wrong."""
    lead, now, by = access.lead_or_404(request, pk), timezone.now(), reader(request)
    act = request.POST.get("act", PERSON)
    form: Any
    if act == PARTICULAR:
        form = ParticularForm(request.POST, project=lead.project)
    elif act == WRONG:
        form = WrongForm(request.POST)
    else:
        act, form = PERSON, PersonForm(request.POST, project=lead.project)
    if not form.is_valid():
        return _people_page(request, lead, act=act, form=form, status=422)
    given = form.cleaned_data
    common = {"by": by, "now": now, "key": given["key"]}
    try:
        if act == PERSON:
            services.add_person(
                lead_id=lead.pk,
                name=given["name"],
                traits=given["traits"],
                phone=given["phone"],
                note=given["note"],
                **common,
            )
            said = _("已加入這位客人。")
        elif act == PARTICULAR:
            services.add_particular(
                person_id=_person(request, lead, given["person"]).pk,
                kind=given["kind"],
                typed=given["typed"],
                note=given["note"],
                **common,
            )
            said = _("已記下。")
        else:
            person = _person(request, lead, given["person"])
            services.mark_wrong(
                person_id=person.pk,
                phone_id=given["phone"],
                contact_id=given["contact"],
                alias=given["alias"],
                reason=given["reason"],
                **common,
            )
            said = _("已標為有誤；原來寫的還看得到。")
    except (Phone.DoesNotExist, Contact.DoesNotExist) as error:
        raise Http404 from error
    except REFUSALS as refused:
        form.add_error(None, refused.message)
        return _people_page(request, lead, act=act, form=form, status=422)
    messages.success(request, said)
    return redirect("lead_people", pk=lead.pk)


def _person(request: HttpRequest, lead: Lead, pk: int) -> Person:
    """A person of the client, or of a client of the same party whom the reader may see."""
    seen = access.leads_of(reader(request), lead.project)
    party = Q(lead=lead) if lead.party_id is None else Q(lead__party=lead.party_id)
    person = Person.objects.filter(party, pk=pk, lead__in=seen).first()
    if person is None:
        raise Http404
    return person


def _people_page(
    request: HttpRequest, lead: Lead, *, act: str = "", form: Any = None, status: int = 200
) -> HttpResponse:
    staff = reader(request)
    circle = circles.circle_of(lead, staff)
    asked = str(form["person"].value()) if form is not None and act != PERSON else ""
    return render(
        request,
        "leads/lead_people.html",
        {
            "lead": lead,
            "circle": circle,
            "members": [(member, _rows(member, act, form, asked)) for member in circle.members],
            "bonds": [(bond, RELATIONS.get(bond.relation, bond.relation)) for bond in circle.bonds],
            "may_change": staff.role in (Role.AGENT, *DECIDERS),
            "may_decide": staff.role in DECIDERS,
            "act": act,
            "form": form,
            "person_form": form if act == PERSON else PersonForm(project=lead.project),
            "now": timezone.now(),
        },
        status=status,
    )


def _rows(member: circles.Member, act: str, form: Any, asked: str) -> list[dict[str, Any]]:
    """Each person with the forms under him; the one that was refused keeps what was typed."""
    rows = []
    for someone in member.people:
        key = str(someone.person.pk)
        mine = form is not None and asked == key
        typed = form if mine and act == PARTICULAR else None
        if typed is not None:
            typed.auto_id = f"p{key}-%s"
        rows.append(
            {
                "someone": someone,
                "form": typed
                or ParticularForm(
                    project=member.lead.project,
                    initial={"person": key, "key": uuid4(), "kind": "phone"},
                    auto_id=f"p{key}-%s",
                ),
                "open": typed is not None,
                "wrong": form if mine and act == WRONG else None,
            }
        )
    return rows
