"""The worksheet of cases about conduct: what is on record, and what only a person can say."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext

from attribution.policy.decision import ClaimView
from leads.models import ContactEvent, Kind, Lead

from ...models import Case, Step
from .questions import Question

if TYPE_CHECKING:
    from . import Dossier


def unknown() -> str:
    """What no record says."""
    return gettext("查無紀錄，待你認定")


def on_name_swap(dossier: "Dossier", deal: ContactEvent | None) -> list[Question]:
    """Under whose name it was sold, how the two belong together, and when that was found."""
    links = [event for event in dossier.events if event.kind == Kind.LINK]
    other_name = deal is not None and any(
        isinstance(claim.lead, int) and claim.lead != deal.lead_id
        for claim in _before(dossier, deal)
    )
    found = [
        Question(
            "recorded",
            "sales/7",
            certain=other_name,
            words=gettext("認購用的是另一個名字？"),
            answer=gettext("是，另一筆客戶的名字") if other_name else unknown(),
        )
    ]
    if not links:
        return [
            *found,
            Question(
                "recorded", "leasing/1.6", certain=False,
                words=gettext("兩個名字怎麼知道是一家？"), answer=unknown(),
            ),
        ]  # fmt: skip
    link = links[-1]
    proof = link.details.get("evidence") or link.note
    found.append(
        Question(
            "recorded",
            "leasing/1.6",
            certain=bool(proof),
            words=gettext("兩個名字怎麼知道是一家？"),
            answer=proof or unknown(),
        )
    )
    if deal is not None and link.recorded_at > deal.at:
        days = (link.recorded_at - deal.at).days
        text = ngettext("認購後 %(days)d 天", "認購後 %(days)d 天", days) % {"days": days}
        found.append(Question("recorded", "sales/7", words=gettext("什麼時候發現？"), answer=text))
    return found


def _before(dossier: "Dossier", deal: ContactEvent) -> list[ClaimView]:
    return [claim for claim in dossier.decision.chain if claim.begin <= deal.at]


def on_speculation(dossier: "Dossier") -> list[Question]:
    """How often units were held and given up; who gained by it no record says. One query."""
    members = [member.pk for member in dossier.members]
    # Disputes imports nothing of commissions: reservations are reached through the lead.
    sums: dict[str, Any] = Lead.objects.filter(pk__in=members).aggregate(
        held=Count("reservations", distinct=True),
        given_up=Count("reservations", filter=Q(reservations__ended="released"), distinct=True),
        others=Count(
            "reservations__unit__reservations",
            filter=~Q(reservations__unit__reservations__lead__in=members),
            distinct=True,
        ),
    )
    held, given_up, others = sums["held"], sums["given_up"], sums["others"]
    times = ngettext("%(count)d 次", "%(count)d 次", held) % {"count": held}
    return [
        Question("recorded", "sales/8", words=gettext("這位客戶保留過幾次房號？"), answer=times),
        Question(
            "recorded",
            "sales/8",
            words=gettext("其中放棄幾次？"),
            answer=ngettext("%(count)d 次", "%(count)d 次", given_up) % {"count": given_up},
        ),
        Question(
            "recorded",
            "sales/8",
            words=gettext("同一房號別人也保留過？"),
            answer=ngettext("有，%(count)d 次", "有，%(count)d 次", others) % {"count": others}
            if others
            else gettext("沒有"),
        ),
        Question(
            "recorded",
            "sales/8",
            certain=bool(dossier.deals),
            words=gettext("簽約前轉給別人？"),
            answer=gettext("已認購，見上表") if dossier.deals else unknown(),
        ),
        Question(
            "recorded", "sales/8", certain=False, words=gettext("誰從中得利？"), answer=unknown()
        ),
    ]


def on_steering(dossier: "Dossier") -> list[Question]:
    """Who sent whom to whom, whose turn it was, and what the client himself said."""
    opened = dossier.case.opened_by
    if opened is None or opened.steered_by_id is None:
        opened = next((e for e in dossier.events if e.steered_by_id is not None), None)
    if opened is None:
        words = gettext("指定給誰，什麼時候？")
        return [Question("recorded", "sales/9", certain=False, words=words, answer=unknown())]
    named = dossier.called(opened.asked_for)
    return [
        Question(
            "recorded",
            "sales/9",
            words=gettext("誰指定的？"),
            answer=dossier.called(opened.steered_by) or unknown(),
        ),
        Question("steered", "sales/9", side=dossier.side_of(opened.agent_id), day=opened.at),
        Question(
            "whose_turn",
            "sales/9",
            certain=opened.turn_of_id is not None,
            side=dossier.side_of(opened.turn_of_id),
        ),
        Question(
            "recorded",
            "sales/9",
            words=gettext("客戶自己指名？"),
            answer=gettext("登記指名 %(who)s") % {"who": named} if named else gettext("登記未指名"),
        ),
        Question(
            "recorded",
            "sales/9",
            certain=False,
            words=gettext("雙方有約定或好處？"),
            answer=unknown(),
        ),
    ]


def on_complaint(dossier: "Dossier") -> list[Question]:
    """Whom and what it is about, what he says to it, whose the client is meanwhile."""
    opened = dossier.case.opened_by
    about = dossier.complained_of
    claim = dossier.decision.owner_claim
    at = dossier.case.opened_at if opened is None else opened.at
    party = next((p for p in dossier.parties if p.staff_id == about), None)
    heard = party is not None and party.answered_at is not None
    before = [
        e for e in dossier.events
        if e.kind == Kind.COMPLAINT and e.whom_id == about and (opened is None or e.pk < opened.pk)
    ]  # fmt: skip
    note = "" if opened is None else opened.note
    return [
        Question("complained", "leasing/1.14", side=dossier.side_of(about), day=at),
        Question(
            "recorded",
            "leasing/1.14",
            certain=bool(note),
            words=gettext("投訴什麼？"),
            answer=note or unknown(),
        ),
        Question(
            "recorded",
            "leasing/1.14",
            certain=heard,
            words=gettext("被投訴人怎麼說？"),
            answer=gettext("已陳述，見案卷") if heard else gettext("還沒有陳述"),
        ),
        Question(
            "recorded",
            "leasing/1.14",
            words=gettext("這位客戶之前投訴過他？"),
            answer=ngettext("有，%(count)d 次", "有，%(count)d 次", len(before))
            % {"count": len(before)}
            if before
            else gettext("沒有"),
        ),
        Question(
            "provisional",
            claim.clauses[0] if claim is not None and claim.clauses else "",
            side=None if claim is None else dossier.side_of(claim.agent),
            until=None if claim is None else claim.last_day,
        ),
        Question("to_find", "leasing/1.14", certain=False),
        Question(
            "recorded",
            "sales/10",
            certain=False,
            words=gettext("客戶要換顧問？"),
            answer=unknown(),
        ),
    ]


def on_other(dossier: "Dossier") -> list[Question]:
    """What no other clause speaks of goes up the ladder: agents, manager, general manager."""
    case = dossier.case
    kinds = set(case.steps.values_list("kind", flat=True))
    negotiated = kinds & {Step.Kind.PROPOSED, Step.Kind.SIGNED, Step.Kind.FAILED}
    silent = [party for party in dossier.parties if party.answered_at is None]
    return [
        Question(
            "recorded",
            "leasing/2.4",
            words=gettext("各方先談過？"),
            answer=gettext("談過，見案卷") if negotiated else gettext("沒有協商紀錄"),
        ),
        Question(
            "recorded",
            "leasing/2.4",
            certain=not silent,
            words=gettext("各方都陳述了？"),
            answer=ngettext("還差 %(count)d 位", "還差 %(count)d 位", len(silent))
            % {"count": len(silent)}
            if silent
            else gettext("都陳述了"),
        ),
        Question(
            "recorded",
            "leasing/2.4",
            words=gettext("現在到哪一級？"),
            answer=str(Case.Stage(case.stage).label),
        ),
        Question(
            "recorded",
            "leasing/2.4",
            certain=False,
            words=gettext("有沒有別的條文管到？"),
            answer=gettext("待你認定"),
        ),
    ]
