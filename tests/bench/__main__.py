"""`make bench`: the rules alone, how well the detectors tell cheats from honest people, an office's
journal replayed, a long register, a long ledger, the charts of needs, the Quick log beside a bare
POST.

For the Quick log it starts gunicorn (one worker of the kind that `make up` starts) on a free port
of this machine, over a database that it makes and drops again, on the server of DATABASE_URL or on
a durable embedded one. One connection sends bare POSTs and Quick logs in turn; the medians are
compared. Nothing is asserted by the clock.
"""

import argparse
import http.client
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from config import embedded
from config.office import CHECKOUT, Office
from config.processes import Program, wait_until

SIZES = (1_000, 200_000)
PARTS = ("rules", "detectors", "replay", "imports", "ledger", "needs", "log", "queue")
WARM_UP = 40
CSRF = "b" * 32


def main() -> int:
    words = argparse.ArgumentParser(prog="make bench", description=__doc__)
    words.add_argument("--requests", type=int, default=400, help="of each kind, at each size")
    words.add_argument("--clients", type=int, nargs="*", default=list(SIZES))
    words.add_argument("--events", type=int, default=1_000_000, help="of the office replayed")
    words.add_argument("--part", choices=PARTS, nargs="*", default=list(PARTS))
    words.add_argument("--offices", type=int, default=40, help="simulated for the detectors")
    words.add_argument("--cases", type=int, default=10_000, help="open in the review queue")
    words.add_argument("--rows", type=int, nargs="*", default=[20_000], help="of a register")
    words.add_argument("--entries", type=int, default=1_000_000, help="of the ledger")
    words.add_argument("--lines", type=int, default=100_000, help="of a workbook")
    given = words.parse_args()
    with servers() as office:
        office.describe()
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        os.environ["GUISHU_HOSTS"] = "localhost,127.0.0.1"
        import django

        django.setup()
        from tests.bench import detectors, engine, imports, replay

        if "rules" in given.part:
            engine.report(print)
        if "detectors" in given.part:
            detectors.report(given.offices, print)
        if "replay" in given.part:
            with scratch_database():
                replay.report(given.events, print)
        if "imports" in given.part:
            with scratch_database():
                for rows in given.rows:
                    imports.report(rows, print)
        if "ledger" in given.part:
            with scratch_database(), web_server(office) as port:
                read_ledger(port, given.entries, given.lines, given.requests // 10)
        if "needs" in given.part:
            with scratch_database(), web_server(office) as port:
                read_needs(port, max(given.clients, default=0), given.requests // 10)
        if "log" in given.part:
            with scratch_database(), web_server(office) as port:
                compare(port, given.clients, given.requests)
        if "queue" in given.part:
            with scratch_database(), web_server(office) as port:
                review(port, given.cases, given.requests)
    return 0


@contextmanager
def servers() -> Iterator[Office]:
    """PostgreSQL and Redis: those that the environment names, else durable ones of our own."""
    folder = embedded.temporary_folder("guishu-bench-")
    office = Office(folder)
    office.open("make bench")
    try:
        office.start_servers()
        yield office
    finally:
        office.close()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(embedded.socket_folder(folder), ignore_errors=True)


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database made for this run; DATABASE_URL names it as long as it exists."""
    from django.db import connection

    before, url = connection.settings_dict["NAME"], os.environ["DATABASE_URL"]
    name = f"guishu_bench_{os.getpid()}"
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    os.environ["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
    if "@/" in url:
        # An address without a host keeps its third slash.
        os.environ["DATABASE_URL"] = url.replace(f"/{before}?", f"/{name}?")
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = url
        connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def web_server(office: Office) -> Iterator[int]:
    """gunicorn with one worker; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    program = Program(
        "web",
        [
            *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--threads", "4", "--log-level", "warning"),
            *("--worker-tmp-dir", str(office.folder), "--no-control-socket"),
        ],
        environment={"PYTHONPATH": str(CHECKOUT), "GUISHU_LOG": "plain"},
    )
    log = office.folder / "web.log"
    with log.open("wb") as output:
        program.start(output)
    try:
        if not wait_until(lambda: answers(port), program, 30):
            raise SystemExit(f"The web server did not start.\n{embedded.tail(log)}")
        yield port
    except SystemExit:
        print(embedded.tail(log), file=sys.stderr)
        raise
    finally:
        program.stop()


def answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False


class Browser:
    """One connection that stays open, with somebody's session."""

    def __init__(self, port: int, cookie: str) -> None:
        self.size = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "Accept-Language": "zh-Hant",
        }

    def get(self, path: str) -> float:
        """Milliseconds until the page was read. Exits where there is none."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - began) * 1000
        self.size = len(content)
        if answer.status != 200:
            raise SystemExit(f"GET {path}: {answer.status}\n{content.decode()[:2000]}")
        return taken

    def post(self, path: str, **fields: Any) -> float:
        """Milliseconds until the answer was read. Exits where the form was refused."""
        body = urlencode({"csrfmiddlewaretoken": CSRF, **fields})
        began = time.perf_counter()
        self.connection.request("POST", path, body, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - began) * 1000
        self.size = len(content)
        if answer.status not in (200, 204, 302, 303):
            raise SystemExit(f"POST {path}: {answer.status}\n{content.decode()[:2000]}")
        return taken


def cookie_of(staff: Any) -> str:
    """What the browser of somebody who has logged in sends."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def read_ledger(port: int, entries: int, lines: int, requests: int) -> None:
    """Print how long each view of the report takes at so many entries, and its workbook."""
    from django.urls import reverse

    from commissions.models import Entry, Line
    from tests.bench import ledger

    template, manager = ledger.office()
    ledger.grow(template, entries)
    browser = Browser(port, cookie_of(manager))
    print(f"\na ledger of {Entry.objects.count():,} entries, {Line.objects.count():,} lines")
    print("  the report page: median (95th percentile) in ms, bytes")
    for name, query in ledger.views(template):
        address = f"{reverse('report')}?{query}"
        for _ in range(3):
            browser.get(address)
        taken = [browser.get(address) for _ in range(max(requests, 20))]
        late = quantiles(taken, n=20)[-1]
        print(f"  {name:>20}: {median(taken):6.1f} ({late:6.1f}) {browser.size:,}", flush=True)
    print("  aim: 300 ms or less at the 95th percentile in every view")
    ledger.workbook(manager, lines, lambda said: print(said, flush=True))
    print("  aim: 100,000 lines to XLSX in less than a minute, in a memory that does not grow")


def review(port: int, cases: int, requests: int) -> None:
    """Print how long the review queue takes with so many open cases."""
    from tests.bench import queue

    project, supervisor = queue.office(cases)
    browser = Browser(port, cookie_of(supervisor))
    print(f"\nthe review queue with {cases:,} open cases: median (95th percentile) in ms, kB")
    for name, address in queue.addresses(project).items():
        taken = [browser.get(address()) for _ in range(WARM_UP + requests)][WARM_UP:]
        late = quantiles(taken, n=20)[-1]
        size = browser.size / 1000
        print(f"  {name:<20} {median(taken):7.2f} ({late:7.2f})  {size:6.1f}", flush=True)
    print("  aim: 300 ms at the 95th percentile")


def read_needs(port: int, clients: int, requests: int) -> None:
    """Print how long the page of the analysis and each of its charts takes for so many clients."""
    from django.urls import reverse
    from django.utils import timezone

    from commissions.models import Plan
    from commissions.needs.charts import CHARTS
    from leads.models import Role
    from tests.bench import needs
    from tests.factories import ProjectFactory, StaffFactory, visit

    project = ProjectFactory(opened_on=(timezone.now() - timedelta(days=420)).date())
    manager = StaffFactory(project=project, role=Role.MANAGER)
    agents = [StaffFactory(project=project) for _ in range(12)]
    at = timezone.now() - timedelta(days=1)
    template = visit(agents[0], at, phone="199 0000 0000", project=project)
    plan = Plan.objects.filter(project=project).first() or Plan.objects.create(
        project=project, effective_from=project.opened_on
    )
    counts = needs.grow(template, agents, plan.pk, clients)
    browser = Browser(port, cookie_of(manager))
    print("\n{:,} clients, {:,} facts, {:,} needs".format(*counts))
    print("  the analysis of twelve months: median (95th percentile) in ms, bytes")
    fragment = {"HX-Request": "true"}
    pages = [("page", reverse("need_analysis"), {})]
    pages += [(name, reverse("need_chart", args=[name]), fragment) for name in CHARTS]
    for name, address, more in pages:
        browser.headers.pop("HX-Request", None)
        browser.headers.update(more)
        for _ in range(3):
            browser.get(address)
        taken = [browser.get(address) for _ in range(max(requests, 20))]
        late = quantiles(taken, n=20)[-1]
        print(f"  {name:>20}: {median(taken):6.1f} ({late:6.1f}) {browser.size:,}", flush=True)
    print("  aim: 500 ms or less at the 95th percentile in every chart")


def compare(port: int, sizes: list[int], requests: int) -> None:
    """Print the medians of the bare POST and of the Quick log at each size."""
    from django.urls import reverse
    from django.utils import timezone

    from leads.models import Phone
    from tests.bench import crowd
    from tests.factories import ProjectFactory, StaffFactory, visit

    project = ProjectFactory()
    agents = [StaffFactory(project=project) for _ in range(12)]
    agent = agents[0]
    yesterday = timezone.now() - timedelta(days=1)
    template = visit(agent, yesterday, phone="199 0000 0000", name="沈國樑", project=project)

    cookie = cookie_of(agent)
    bare, log = reverse("bare"), reverse("quick_log")
    number = 0

    print("\none connection, medians in ms (95th percentile)")
    print(f"  {'clients':>9}  {'bare POST':>15}  {'Quick log, new':>20}  {'Quick log, known':>20}")
    for size in sizes:
        crowd.grow(template, agents, size)
        assert size == 1 or crowd.one_client(agent, template, timezone.now())
        mine = Phone.objects.filter(person__lead__owner=agent, number__startswith="+86190")
        known = cycle(mine.order_by("?").values_list("typed", flat=True)[: WARM_UP + requests])
        browser = Browser(port, cookie)
        taken: dict[str, list[float]] = {"bare": [], "new": [], "known": []}
        for turn in range(WARM_UP + requests):
            number += 1
            fields = {"kind": "visit", "opened": timezone.now().isoformat(), "name": "蔡明峰"}
            once = {
                "bare": browser.post(bare, phone=number),
                "new": browser.post(log, **fields, key=uuid4(), phone=f"198{number:08d}"),
                "known": browser.post(log, **fields, key=uuid4(), phone=next(known)),
            }
            if turn >= WARM_UP:
                for name, milliseconds in once.items():
                    taken[name].append(milliseconds)
        base = median(taken["bare"])
        cells = [f"{base:6.2f} ({quantiles(taken['bare'], n=20)[-1]:5.2f})"]
        for name in ("new", "known"):
            middle, late = median(taken[name]), quantiles(taken[name], n=20)[-1]
            cells.append(f"{middle:6.2f} ({late:5.2f}) {middle / base:4.2f}×")
        print(f"  {size:>9,}  {cells[0]:>15}  {cells[1]:>20}  {cells[2]:>20}", flush=True)
        enquire(port, project, [(one, cookie_of(one)) for one in agents], requests)
    print("  aim: a new client at 2.5 times a bare POST or less, at every size")


def enquire(port: int, project: Any, agents: list[tuple[Any, str]], requests: int) -> None:
    """Print how long the live answer takes for each state, in turn, and how long it is in bytes.

    Every number is asked for the first time that day, so each protected one is a notice too. A
    pause between two questions, as the form itself makes one, lets the notice follow.
    """
    from leads.models import Phone

    project.enquiries_a_day = 30_000
    project.save()
    each = -(-(requests + WARM_UP) // len(agents))
    taken: dict[str, list[float]] = {"hit": [], "own": [], "miss": []}
    sizes: dict[str, set[int]] = {name: set() for name in taken}
    number = 0
    for staff, cookie in agents:
        browser = Browser(port, cookie)
        browser.headers["HX-Request"] = "true"
        crowd = Phone.objects.filter(project=project, number__startswith="+86190")
        his = crowd.exclude(person__lead__owner=staff).order_by("?")
        own = crowd.filter(person__lead__owner=staff).order_by("?")
        asked = {
            "hit": list(his.values_list("typed", flat=True)[:each]),
            "own": list(own.values_list("typed", flat=True)[:each]),
        }
        for turn in range(each):
            number += 1
            order = ["hit", "own", "miss"]
            for name in order[turn % 3 :] + order[: turn % 3]:
                known = asked.get(name)
                if known is not None and turn >= len(known):
                    continue
                phone = f"197{number:08d}" if known is None else known[turn]
                time.sleep(0.05)
                once = browser.post("/enquiry/", kind="visit", phone=phone, key=uuid4())
                if turn > 2:
                    taken[name].append(once)
                    sizes[name].add(browser.size)
    print("             the live answer: median (95th percentile), bytes")
    for name, times in taken.items():
        if len(times) > 1:
            late = quantiles(times, n=20)[-1]
            print(
                f"             {name:>4}: {median(times):6.2f} ({late:6.2f}) {sorted(sizes[name])}"
            )
    late = {name: quantiles(times, n=20)[-1] for name, times in taken.items() if len(times) > 1}
    if "hit" in late:
        apart = abs(late["hit"] - late["miss"])
        print(f"             hit and miss {apart:.2f} ms apart at the 95th percentile", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(CHECKOUT)))
    sys.exit(main())
