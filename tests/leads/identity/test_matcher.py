"""Who may be whom: the reasons, the order, and a number of queries that never grows."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.access import leads_of
from leads.identity import matcher, normalise_contact, normalise_phone, phones_in
from leads.models import Contact, Lead, Person, Phone, Project, Staff
from tests.factories import ProjectFactory, StaffFactory, visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def office() -> Project:
    return ProjectFactory()


@pytest.fixture
def lin(office: Project) -> Staff:
    return StaffFactory(project=office, name="林若晴")


def person(agent: Staff, name: str = "", phone: str = "", **given: str) -> Person:
    event = visit(agent, MONDAY, name=name, phone=phone, project=agent.projects.get(), **given)
    return Person.objects.select_related("lead").get(lead=event.lead_id)


@pytest.mark.parametrize(
    ("written", "asked", "reasons"),
    [
        ("沈國樑", "沈國樑", ["name"]),
        ("沈國樑", "沈國樑先生", ["name"]),
        ("沈國樑", "沈国梁", ["script"]),
        ("沈國樑", "Shen Guoliang", ["pinyin"]),
        ("沈國樑", "Guoliang SHEN", ["pinyin"]),
        ("沈國樑", "沈國良", ["pinyin"]),
        ("Shen Guoliang", "沈国梁", ["pinyin"]),
        ("曾文", "Zeng Wen", ["pinyin"]),
        ("單文", "Shan Wen", ["pinyin"]),
        ("尉遲文", "Yuchi Wen", ["pinyin"]),
        ("万俟文", "萬俟文", ["script"]),
        ("沈國樑", "SGL", ["initials"]),
        ("SGL", "沈國樑", ["initials"]),
        ("王偉", "王維", None),
        ("王先生", "王太太", None),
        ("沈國樑", "羅志豪", None),
        ("😀", "😀", None),
    ],
)
def test_names(office: Project, lin: Staff, written: str, asked: str, reasons: list[str]) -> None:
    known = person(lin, written)
    found = matcher.suggestions(office, name=asked)
    if reasons is None:
        assert found == []
    else:
        assert [(one.person, one.lead, list(one.names)) for one in found] == [
            (known, known.lead, reasons)
        ]


@pytest.mark.parametrize(
    ("written", "asked", "reasons"),
    [
        ("138 0013 8000", "一三八〇〇一三八〇〇〇", ["phone"]),
        ("021-62345678 轉 801", "021-62345678 轉 802", ["extension"]),
        ("021-62345678", "010-62345678", ["tail"]),
        ("138 0013 8000", "139 0013 8000", ["tail"]),
        ("138 0013 8000", "138 0013 8001", None),
    ],
)
def test_phones(office: Project, lin: Staff, written: str, asked: str, reasons: list[str]) -> None:
    person(lin, phone=written)
    found = matcher.suggestions(office, phones=[normalise_phone(asked, office)])
    assert [list(one.names) for one in found] == ([] if reasons is None else [reasons])
    assert [one.is_same_phone for one in found] == ([] if not reasons else [reasons == ["phone"]])


def test_a_number_in_a_note_about_him(office: Project, lin: Staff) -> None:
    wife = person(lin, "周雅婷", "139 1620 7754")
    found = matcher.suggestions(
        office, name="沈國樑", noted=phones_in("太太的電話 139-1620-7754", office)
    )
    assert [(one.person, one.names) for one in found] == [(wife, ("noted",))]


def test_wechat_and_mail(office: Project, lin: Staff) -> None:
    known = person(lin, "沈國樑")
    for kind, typed in (("wechat", "Shen_GL"), ("email", "Shen@Example.com")):
        Contact.objects.create(
            project=office,
            person=known,
            kind=kind,
            value=normalise_contact(kind, typed),
            typed=typed,
        )
    asked = [
        ("wechat", normalise_contact("wechat", "微信：ＳＨＥＮ_gl")),
        ("email", normalise_contact("email", " shen@example.COM ")),
    ]
    (found,) = matcher.suggestions(office, contacts=asked)
    assert found.names == ("wechat", "email")
    Contact.objects.update(wrong=True)
    assert matcher.suggestions(office, contacts=asked) == []


def test_the_likeliest_stands_first_and_says_every_reason(office: Project, lin: Staff) -> None:
    homophone = person(lin, "沈國良")
    same = person(lin, "沈國樑", "138 0013 8000")
    other = person(lin, "沈國梁")
    found = matcher.suggestions(
        office, name="沈國樑", phones=[normalise_phone("13800138000", office)]
    )
    assert [one.person for one in found] == [same, other, homophone]
    assert [str(reason) for reason in found[0].reasons] == ["同一個電話", "同名"]


def test_his_own_party_other_projects_and_what_one_may_not_see_are_left_out(
    office: Project, lin: Staff
) -> None:
    known = person(lin, "沈國樑")
    person(StaffFactory(project=ProjectFactory()), "沈國樑")
    wu = StaffFactory(project=office)
    assert [one.person for one in matcher.suggestions(office, name="沈國樑")] == [known]
    assert matcher.suggestions(office, name="沈國樑", besides=known.lead) == []
    seen = leads_of(wu, office)
    assert matcher.suggestions(office, name="沈國樑", among=seen) == []
    assert matcher.suggestions(office, phones=[normalise_phone("13800138000", "CN")]) == []


@pytest.mark.parametrize("many", [1, 30])
def test_three_queries_whatever_is_asked(office: Project, lin: Staff, many: int) -> None:
    for number in range(many):
        person(lin, "沈國樑", f"138 0013 {8000 + number}")
    with CaptureQueriesContext(connection) as asked:
        found = matcher.suggestions(
            office,
            name="沈國樑",
            phones=[normalise_phone("138 0013 8000", office)],
            contacts=[("wechat", "shen_gl")],
            besides=None,
        )
    assert len(found) == min(many, matcher.MOST)
    assert len(asked.captured_queries) == 3
    everybody = list(Person.objects.select_related("lead"))
    with CaptureQueriesContext(connection) as asked:
        matcher.compare(office, matcher.subjects_of(everybody))
    assert len(asked.captured_queries) == 4 + -(-many // matcher.NAMES_AT_ONCE)


def test_the_indexes_are_used(office: Project) -> None:
    leads = Lead.objects.bulk_create(
        Lead(project=office, recorded_at=MONDAY) for _number in range(3000)
    )
    people = Person.objects.bulk_create(
        Person(lead=lead, name=f"沈{chr(0x4E00 + number)}{chr(0x5E00 + number)}")
        for number, lead in enumerate(leads)
    )
    assert all(person.keys for person in people), "a bulk insert writes the keys too"
    Phone.objects.bulk_create(
        Phone(project=office, person=person, number=f"+86138{10_000_000 + person.pk}", typed="")
        for person in people
    )
    Contact.objects.bulk_create(
        Contact(project=office, person=person, kind="wechat", value=f"shen{person.pk}", typed="")
        for person in people
    )
    with CaptureQueriesContext(connection) as asked:
        matcher.suggestions(
            office,
            name="沈國樑",
            phones=[normalise_phone("13900138000", office)],
            contacts=[("email", "shen@example.com")],
        )
    for index, plan in zip(
        ("person_keys", "phone_tail", "contact_value"), plans(asked), strict=True
    ):
        assert index in plan


def plans(asked: CaptureQueriesContext) -> list[str]:
    """How the database goes about what was asked, its statistics being fresh."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_person, leads_phone, leads_contact, leads_lead")
        for query in list(asked.captured_queries):
            cursor.execute(f"EXPLAIN {query['sql']}")
            found.append(" ".join(line for (line,) in cursor.fetchall()))
    return found
