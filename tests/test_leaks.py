"""A crawler that logs in as everybody, follows every link and form, and finds no word too many.

Every client bears a name, traits and a number that occur nowhere else. The table of who may see
which is made from who owns whom, not from the views. Besides what it reaches by links, the crawler
opens every address of the product with the keys of every client, case, entry and export there is,
those of colleagues and of another project included.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from commissions.models import Deal, Export, Line, Period
from commissions.services import record_deal
from commissions.tasks import write_export
from disputes.models import Case
from leads.access import OVERSEERS
from leads.models import ContactEvent, Kind, Lead, Notification, Project, Role, Staff
from leads.services import file_proxy, link_people, record_notice, register_referral
from tests.factories import ProjectFactory, StaffFactory, visit
from tests.leads.imports import registers

pytestmark = pytest.mark.django_db

VIEWS_EACH = 2
"""So many filters, orders and months of one page are followed."""
KEYS_OF = {
    "leads/": "lead",
    "cases/": "case",
    "registrations/": "entry",
    "proxies/": "entry",
    "exports/": "export",
    "imports/": "import",
    "deals/": "deal",
    "departures/": "agent",
    "my-cases/": "case",
    "links/": "link",
    "statement/": "line",
    "periods/": "period",
    "calendar/": "token",
}
"""Which keys an address takes; one that is not here is opened with some of every kind."""
NEVER = {"logout", "set_language", "switch_project", "password_change"}
"""They change who the crawler is."""


@dataclass
class Secret:
    """What is known of one client, and by whom it may be read."""

    lead: int
    """0: he stands in a register that was read and not taken in yet."""
    words: tuple[str, ...]
    readers: set[int] = field(default_factory=set)

    def found_in(self, page: str) -> list[str]:
        """The words of the client that stand in a page."""
        return [word for word in self.words if word in page]


@dataclass
class World:
    """Two projects with everybody in them, and every secret."""

    projects: list[Project]
    people: list[dict[str, Staff]]
    secrets: list[Secret]
    keys: dict[str, list[Any]]


def ago(days: float = 0) -> datetime:
    return timezone.now() - timedelta(days=days)


def words_of(number: int) -> tuple[str, str, tuple[str, ...]]:
    """A name and a phone number of their own, and every way in which they may be written."""
    name = f"密{chr(0x4E10 + 7 * number)}{chr(0x5F10 + 11 * number)}客"
    last = f"{4100 + 37 * number}"
    digits = f"1397731{last}"
    ways = (name, digits, f"139 7731 {last}", f"139****{last}", f"139 **** {last}")
    return name, digits, ways


def fill(project: Project, start: int, world: World, *, of_both: bool = True) -> dict[str, Staff]:
    """Clients of every state for an agent of a project, or for two; a register read in."""
    people = {role: StaffFactory(project=project, role=role) for role in Role}
    people["colleague"] = StaffFactory(project=project)
    one, two = people[Role.AGENT], people["colleague"]
    overseers = {people[role].pk for role in OVERSEERS}
    number = start

    def client(agent: Staff, days: float, **given: Any) -> Secret:
        nonlocal number
        name, digits, ways = words_of(number)
        number += 1
        traits = f"特徵{ways[0]}"
        event = visit(
            agent, ago(days), phone=digits, name=name, need=f"需{name}", note=f"記{name}",
            traits=traits, project=project, **given,
        )  # fmt: skip
        assert event.lead_id is not None
        secret = Secret(event.lead_id, ways, {*overseers})
        world.secrets.append(secret)
        return secret

    def of(agent: Staff) -> None:
        other = two if agent is one else one
        kept = client(agent, 3)
        kept.readers.add(agent.pk)
        client(agent, 70)  # lapsed: nobody's now, and so nobody's to read but the overseers'
        signed = client(agent, 9)
        signed.readers.add(agent.pk)
        record_deal(
            lead_id=signed.lead, agent=agent, unit=f"{number} 棟 1202", price_cents=428_000_000,
            at=ago(2), by=agent, now=ago(2), key=uuid4(),
        )  # fmt: skip
        contested = client(agent, 8)
        contested.readers.add(agent.pk)
        digits = contested.words[1]
        visit(other, ago(6), phone=digits, project=project)
        told = ago(1)
        record_notice(lead_id=kept.lead, agent=other, at=told, by=other, now=told, key=uuid4())
        entry = file_proxy(
            lead_id=kept.lead, agent=agent, circumstances=f"替{kept.words[0]}的父親看", by=agent,
            now=ago(1), key=uuid4(),
        )  # fmt: skip
        name, digits, ways = words_of(number)
        registered = register_referral(
            project=project, agent=agent, name=name, traits=f"認得{name}", phone=digits, by=agent,
            now=ago(5), key=uuid4(),
        )  # fmt: skip
        assert registered.lead_id is not None
        world.secrets.append(Secret(registered.lead_id, ways, {*overseers, agent.pk}))
        world.keys["entry"] += [entry.pk, registered.pk]

    of(one)
    number += 1
    if of_both:
        of(two)
        number += 1
    family, known = world.secrets[-1], world.secrets[-2]
    link_people(
        lead_id=known.lead, other_id=family.lead, relation="friend", same_need=False,
        by=people[Role.SUPERVISOR], now=ago(0.5), key=uuid4(),
    )  # fmt: skip
    name, digits, ways = words_of(number)
    row = [f"{ago(2):%Y-%m-%d}", "10:00", name, digits, "路過", one.name, f"記{name}"]
    batch = registers.dry_run(
        project,
        people[Role.SUPERVISOR],
        ("來訪登記表.csv", registers.as_csv([registers.VISITS, row])),
    )
    world.keys["import"].append(batch.key)
    world.secrets.append(Secret(0, ways, {*overseers}))
    world.keys["agent"] += [one.pk, two.pk]
    for role in (Role.MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR):
        for form in ("csv", "xlsx"):
            export = Export.objects.create(staff=people[role], form=form, asked_at=ago(0.1))
            write_export(str(export.key))
            world.keys["export"].append(export.key)
    return people


@pytest.fixture
def world(settings: Any) -> World:
    made = World([], [], [], {"entry": [], "export": [], "import": [], "agent": []})
    for start in (1, 20):
        project = ProjectFactory()
        made.projects.append(project)
        # Of another project, one agent's clients are as foreign as two agents'.
        made.people.append(fill(project, start, made, of_both=start == 1))
    links = ContactEvent.objects.filter(kind=Kind.LINK)
    made.keys["link"] = [*links.values_list("pk", flat=True), 10**9]
    made.keys["line"] = [*Line.objects.values_list("pk", flat=True), 10**9]
    made.keys["period"] = [*Period.objects.values_list("pk", flat=True), 10**9]
    made.keys["token"] = ["a-token-that-was-never-given"]
    made.keys["deal"] = [*Deal.objects.values_list("pk", flat=True), 10**9]
    made.keys["lead"] = [*Lead.objects.values_list("pk", flat=True), 10**9]
    made.keys["case"] = [*Case.objects.values_list("pk", flat=True), 10**9]
    assert made.keys["case"][:-1]
    assert len({word for secret in made.secrets for word in secret.words[:2]}) == 2 * len(
        made.secrets
    )
    return made


class Links(HTMLParser):
    """The addresses of a page: links, forms, fragments; and the hidden fields of the forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.get: set[str] = set()
        self.post: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.get.add(given["href"])
        if "hx-get" in given:
            self.get.add(given["hx-get"])
        if "hx-post" in given:
            self.post.setdefault(given["hx-post"], {})
        if tag == "form":
            if given.get("method", "get").lower() == "get":
                self.get.add(given.get("action", ""))
            else:
                self._form = self.post.setdefault(given.get("action", ""), {})
        if tag == "input" and given.get("type") == "hidden":
            self._form.setdefault(given.get("name", ""), given.get("value", ""))


def text_of(response: Any) -> str:
    """Everything in a response, headers and the insides of a workbook included."""
    body: bytes = response.getvalue() if response.streaming else response.content
    pages = [str(response.headers)]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            pages += [book.read(name).decode(errors="replace") for name in book.namelist()]
    else:
        pages.append(body.decode(errors="replace"))
    pages += [str(message) for message in getattr(response, "_messages", ())]
    return "\n".join(pages)


def every_address(world: World, patterns: Iterable[Any] | None = None) -> Iterator[str]:
    """Every address of the product, with every key that it can take."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_address(world, pattern.url_patterns)
            continue
        assert isinstance(pattern, URLPattern)
        if pattern.name in NEVER:
            continue
        names = [name for name in pattern.pattern.converters if name != "kind"]
        steps = {"kind": "contract"} if "kind" in pattern.pattern.converters else {}
        keys: list[Any] = [{}]
        if names:
            assert len(names) == 1, f"say what {pattern.name} is a page of"
            path = str(pattern.pattern)
            kind = next((kind for start, kind in KEYS_OF.items() if path.startswith(start)), None)
            some = (row for keys in world.keys.values() for row in (*keys[:2], *keys[-1:]))
            rows = world.keys[kind] if kind else list(dict.fromkeys(some))
            keys = [{names[0]: key} for key in rows]
        for given in keys:
            with suppress(NoReverseMatch):  # a key of another kind
                yield reverse(pattern.name, kwargs=given | steps)


class Crawl:
    """One person's walk through the product."""

    def __init__(self, world: World, staff: Staff | None) -> None:
        self.world, self.staff = world, staff
        self.client = Client()
        if staff is not None:
            self.client.force_login(staff)
        self.leaks: list[str] = []
        self.seen: set[str] = set()
        self.views: Counter[str] = Counter()
        self.broken: list[str] = []

    @property
    def forbidden(self) -> list[Secret]:
        """The clients of whom this person may read nothing."""
        me = None if self.staff is None else self.staff.pk
        return [secret for secret in self.world.secrets if me not in secret.readers]

    def look(self, response: Any, how: str, *, typed: str = "") -> str:
        page = text_of(response)
        for secret in self.forbidden:
            for word in secret.found_in(page):
                if word not in typed:
                    self.leaks.append(f"{how}: {word} (lead {secret.lead})")
        if response.status_code >= 500:
            self.broken.append(f"{how}: {response.status_code}")
        return page

    def open(self, address: str) -> Links | None:
        response = self.client.get(address)
        page = self.look(response, f"GET {address}")
        if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
            return None
        return Links(page)

    def send(self, address: str, fields: dict[str, str]) -> None:
        """Send a form; what it changed is undone."""
        before = transaction.savepoint()
        response: HttpResponse = self.client.post(address, fields)
        self.look(response, f"POST {address}")
        if response.status_code in (302, 303):
            self.look(self.client.get(response["Location"]), f"POST {address}, then")
        transaction.savepoint_rollback(before)

    def walk(self, start: Iterable[str]) -> None:
        waiting = list(start)
        forms: dict[str, dict[str, str]] = {}
        while waiting:
            address = waiting.pop()
            path, views = urlsplit(address).path, self.views
            if address in self.seen or not self._ours(address) or views[path] > VIEWS_EACH:
                continue
            self.seen.add(address)
            views[path] += 1
            links = self.open(address)
            if links is None:
                continue
            waiting += [
                self._within(urljoin(address, link)) for link in links.get if link[:1] != "#"
            ]
            for target, fields in links.post.items():
                forms.setdefault(self._within(urljoin(address, target)), fields)
        for address, fields in forms.items():
            if self._ours(address):
                self.send(address, fields)

    @staticmethod
    def _within(address: str) -> str:
        parts = urlsplit(address)
        if parts.netloc:
            return address
        # A listing's every combination of filter and order tells nothing new.
        query = parts.query if parts.query.count("=") == 1 else ""
        return f"{parts.path}?{query}" if query else parts.path

    @staticmethod
    def _ours(address: str) -> bool:
        return not (
            urlsplit(address).netloc
            or address.startswith(("/static/", "mailto:", "tel:"))
            or any(address.startswith(reverse(name)) for name in NEVER)
        )


WHO = [*(role.value for role in Role), "colleague", "stranger"]


@pytest.mark.parametrize("who", WHO)
def test_nobody_reads_of_a_client_who_is_not_his(world: World, who: str) -> None:
    crawl = Crawl(world, world.people[0].get(who))
    crawl.walk(["/", *sorted(set(every_address(world)))])
    assert not crawl.broken, crawl.broken
    assert not crawl.leaks, "\n".join(crawl.leaks[:20])
    if who in {Role.AGENT, *OVERSEERS}:
        # The crawler can find what may be read; otherwise it proves nothing.
        seen = "\n".join(text_of(crawl.client.get(path)) for path in ("/leads/", "/today/"))
        allowed = [s for s in world.secrets if s not in crawl.forbidden]
        assert any(secret.found_in(seen) for secret in allowed)


@pytest.mark.parametrize("who", [Role.AGENT, "colleague"])
def test_nothing_is_found_by_asking_for_it(world: World, who: str) -> None:
    """Search, enquiry, quick log, registration: what is typed comes back, nothing else does."""
    crawl = Crawl(world, world.people[0][who])
    agents = {people[role].pk for people in world.people for role in (Role.AGENT, "colleague")}
    for secret in crawl.forbidden:
        name, digits = secret.words[:2]
        for asked in (digits[:7], digits[-4:], name[:2], name):
            page = crawl.client.get("/leads/", {"q": asked})
            crawl.look(page, f"search {asked}", typed=asked)
            assert f"/leads/{secret.lead}/" not in text_of(page)
        for asked in (digits, name):
            before = transaction.savepoint()
            answer = crawl.client.post("/enquiry/", {"q": asked})
            page = crawl.look(
                answer, f"enquiry {asked}", typed=" ".join((asked, *secret.words[1:3]))
            )
            assert f"/leads/{secret.lead}/" not in page
            live = {"kind": "visit", "phone": digits, "name": name[:3], "key": str(uuid4())}
            fragment = crawl.client.post("/enquiry/", live, headers={"HX-Request": "true"})
            crawl.look(fragment, f"live {asked}", typed=digits)
            transaction.savepoint_rollback(before)
        if secret.readers.isdisjoint(agents):
            continue  # Nobody's now: whoever receives him owns him, and reads his page.
        before = transaction.savepoint()
        crawl.send("/log/", {"kind": "visit", "phone": digits, "key": str(uuid4())})
        transaction.savepoint_rollback(before)
    # What was typed here himself (a number that is another's) may come back to him; names may not.
    assert not [leak for leak in crawl.leaks if not re.search(r": [\d *]+ \(", leak)]


def test_a_colleagues_client_reads_byte_for_byte_like_none(world: World) -> None:
    crawl = Crawl(world, world.people[0][Role.AGENT])
    nobodys = 10**9
    for secret in crawl.forbidden:
        for name in ("lead", "lead_why", "lead_deals", "proxy_new", "deal_new"):
            theirs = crawl.client.get(reverse(name, args=[secret.lead]))
            none = crawl.client.get(reverse(name, args=[nobodys]))
            assert theirs.status_code == none.status_code == 404
            bare = [
                re.sub(r'value="\w{64}"|"X-CSRFToken": "\w+"', "", page.content.decode())
                for page in (theirs, none)
            ]
            # In addresses only: a short key stands in many other figures of a page too.
            assert bare[0].replace(f"/{secret.lead}/", "/") == bare[1].replace(f"/{nobodys}/", "/")


def test_counts_are_of_ones_own(world: World) -> None:
    """As many as one owns, whatever the others have."""
    agent, colleague = world.people[0][Role.AGENT], world.people[0]["colleague"]
    client = Client()
    client.force_login(agent)
    before = [text_of(client.get(path)) for path in ("/leads/", "/today/", "/registrations/")]
    for _ in range(3):
        visit(colleague, ago(1), phone="", project=world.projects[0])
    register_referral(
        project=world.projects[0], agent=colleague, name="又一位", traits="矮", by=colleague,
        now=ago(0.2), key=uuid4(),
    )  # fmt: skip
    after = [text_of(client.get(path)) for path in ("/leads/", "/today/", "/registrations/")]

    def bare(page: str) -> str:
        return re.sub(r'value="[\w-]{30,}"|"X-CSRFToken": "\w+"|\'?Vary.*', "", page)

    assert list(map(bare, before)) == list(map(bare, after))


def test_bells_name_no_client_of_others(world: World) -> None:
    for note in Notification.objects.select_related("staff"):
        crawl = Crawl(world, note.staff)
        said = note.text % {"kind": "", "case": "", **note.values}
        assert not [secret for secret in crawl.forbidden if secret.found_in(said)], said


def test_the_world_holds_what_it_should(world: World) -> None:
    kinds = set(ContactEvent.objects.values_list("kind", flat=True))
    assert {Kind.VISIT, Kind.NOTICE, Kind.PROXY, Kind.REGISTRATION, Kind.DEAL, Kind.LINK} <= kinds
    for people, project in zip(world.people, world.projects, strict=True):
        for secret in (one for one in world.secrets if one.lead):
            lead = Lead.objects.get(pk=secret.lead)
            if lead.project == project and lead.owner_id is not None:
                owners = {people[Role.AGENT].pk, people["colleague"].pk} & secret.readers
                assert owners == {lead.owner_id} or lead.valid_until is not None


def test_the_crawler_finds_what_is_planted(world: World) -> None:
    """A client's name in a page, in a workbook and behind a form: each is found."""
    crawl = Crawl(world, world.people[0][Role.AGENT])
    assert crawl.staff is not None
    secret = next(one for one in world.secrets if crawl.staff.pk in one.readers)
    secret.readers.remove(crawl.staff.pk)  # whoever reads his page now reads what he must not
    crawl.look(HttpResponse(f"<p>{secret.words[0]}</p>"), "a page")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{secret.words[1]}</t>")
    crawl.look(HttpResponse(packed.getvalue()), "a workbook")
    crawl.walk(["/leads/"])
    assert [leak.split(": ")[0] for leak in crawl.leaks][:2] == ["a page", "a workbook"]
    assert any(leak.startswith("GET /leads/") for leak in crawl.leaks[2:])
