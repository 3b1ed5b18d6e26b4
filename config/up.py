"""Serves the office on this machine (`make up`): servers, web, worker and clock, together.

Our own small process manager and not a general one, because order matters here: servers first and
last, PostgreSQL stopped by its fast shutdown, workers asked one by one so that a task is finished
or given back, and nothing left running even when this process is killed.
"""

import hashlib
import http.client
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from config import embedded
from config.office import Office, OfficeInUse
from config.processes import Program, die_with_parent, wait_until

STARTING_SECONDS = 30
# Of whoever watches the screen; Django moves the process to the office's own zone.
OUR_ZONE = datetime.now().astimezone().tzinfo
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class CannotServe(Exception):
    """Why the office cannot be served, and what to do, fit to print."""


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def main() -> int:
    # Exports, schedules and logs are for nobody else on this machine.
    os.umask(0o077)
    End.listen()
    office = Office.of_environment()
    try:
        try:
            host, port = address()
            open_office(office, host, port)
            serve(office, host, port)
        except Stopped:
            say("stopping …")
        finally:
            # From here on nothing interrupts.
            End.asked = True
            office.close()
    except (CannotServe, embedded.ServerError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    say(f"stopped. The data stay in {office.folder}")
    return 0


def serve(office: Office, host: str, port: int) -> NoReturn:
    """Start everything in order, then watch until somebody stops it or something dies."""
    say("starting the servers …")
    office.start_servers()
    office.describe()
    os.environ["GUISHU_HOSTS"] = os.environ.get("GUISHU_HOSTS") or ",".join(host_names(host))
    os.environ["GUISHU_ADDRESS"] = os.environ.get("GUISHU_ADDRESS") or reached_at(host, port)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    forget_half_an_office(office)
    prepare(office)
    web, *others = applications(office, host, port)
    for program in (web, *others):
        End.check()
        start(office, program)
    if not wait_until(lambda: answers(host, port), web, STARTING_SECONDS):
        raise CannotServe(f"The web server did not get well. {advice(office, web)}")
    show_log_ins()
    say(f"Guishu 歸屬 serves at http://{'localhost' if host in LOOPBACK else host}:{port}/")
    say("Ctrl-C stops it; the data are kept.")
    watch(office)


def address() -> tuple[str, int]:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotServe(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return host, int(port)


def open_office(office: Office, host: str, port: int) -> None:
    """Take the office's folder and make sure of the port, before anything is started."""
    try:
        office.open(f"make up at http://{host}:{port}/")
    except OfficeInUse as taken:
        raise CannotServe(
            f"The office in {office.folder} is in use already: {taken}.\n"
            "Stop that one, or serve another office: make up PORT=… DATA_DIR=…"
        ) from None
    except OSError as refused:
        raise CannotServe(
            f"The folder {office.folder} cannot be used ({refused.strerror}).\n"
            "Name another: make up DATA_DIR=/path/to/folder"
        ) from None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise CannotServe(
                f"Port {port} on {host} cannot be used ({refused.strerror}): something else "
                f"listens there, perhaps.\nStop it, or choose another: make up PORT={port + 1}"
            ) from None


def host_names(host: str) -> list[str]:
    """The names under which a browser may ask for this office."""
    return [*LOOPBACK, socket.gethostname() if everywhere(host) else host]


def reached_at(host: str, port: int) -> str:
    """What mails and calendars give as this office's address, unless the environment says it.

    Behind a proxy that speaks TLS the port of this server is nobody's business.
    """
    hosts = os.environ["GUISHU_HOSTS"].split(",")
    name = hosts[-1] if everywhere(host) else hosts[0]
    if os.environ.get("GUISHU_HTTPS") == "1":
        return f"https://{name}"
    return f"http://{name}:{port}"


def everywhere(host: str) -> bool:
    return host == "0.0.0.0"  # noqa: S104 - only compared; nobody listens there unasked


def prepare(office: Office) -> None:
    """Bring database and static files up to date, and fill an empty office."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connections

    say("preparing the database …")
    call_command("migrate", interactive=False, verbosity=0)
    collect_static(office)
    wanted = os.environ.get("DEMO", "1") == "1" and has_command("seed_demo")
    if wanted and not get_user_model().objects.exists():
        say("setting up the demonstration office (once; DEMO=0 leaves it empty) …")
        # Until it is complete, the next start begins afresh (see `forget_half_an_office`).
        unfinished(office).touch()
        call_command("seed_demo", demonstration=True, verbosity=0)
        unfinished(office).unlink()
    connections.close_all()


def unfinished(office: Office) -> Path:
    return office.folder / "seeding"


def forget_half_an_office(office: Office) -> None:
    """Empty our own database when its demonstration data were interrupted half-way.

    Nobody can have worked in it, for it was never served. A database that the environment names
    is never touched.
    """
    postgres = embedded.Postgres(office.folder)
    if unfinished(office).exists() and os.environ["DATABASE_URL"] == postgres.url():
        say("the demonstration office was interrupted half-way; beginning afresh …")
        postgres.empty()
        unfinished(office).unlink()


def collect_static(office: Office) -> None:
    """Gather and compress the static files, unless none has changed since."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = sorted(
        f"{path} {status.st_mtime_ns} {status.st_size}"
        for finder in get_finders()
        for path, storage in finder.list([])
        for status in [os.stat(storage.path(path))]
    )
    digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
    stamp = settings.STATIC_ROOT.with_suffix(".stamp")
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("collecting the static files …")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)


def has_command(name: str) -> bool:
    from django.core.management import get_commands

    return name in get_commands()


def show_log_ins() -> None:
    from django.core.management import call_command

    if has_command("demo_logins"):
        call_command("demo_logins")


def applications(office: Office, host: str, port: int) -> list[Program]:
    python = sys.executable
    # As root Celery would warn at every start, at length; what it warns of, unpickling, is off.
    quiet = "ignore:You're running the worker with superuser privileges"
    celery = [python, "-W", quiet, "-m", "celery", "-A", "config.celery", "--quiet"]
    web = [
        *(python, "-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"),
        *("--workers", "2", "--threads", "4", "--graceful-timeout", "10"),
        *("--log-level", "warning", "--worker-tmp-dir", str(office.folder)),
        # Else it would keep a socket in the home folder.
        "--no-control-socket",
    ]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--schedule", str(office.folder / "beat-schedule"), "--pidfile="]
    return [
        Program("web", web),
        Program("worker", worker, patience=30),
        Program("beat", beat),
    ]


def start(office: Office, program: Program) -> None:
    """Run it with its lines on our screen, each with the program's name before it."""
    reading, writing = os.pipe()
    try:
        program.start(writing)
    finally:
        os.close(writing)
    office.adopt(program)

    def relay() -> None:
        with open(reading, errors="replace") as lines:
            for line in lines:
                say(line.rstrip(), who=program.name)

    threading.Thread(target=relay, daemon=True).start()


def answers(host: str, port: int) -> bool:
    """Whether the web server is up and reaches its database."""
    connection = http.client.HTTPConnection(LOOPBACK[1] if everywhere(host) else host, port)
    connection.timeout = 5
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    return False


def watch(office: Office) -> NoReturn:
    while True:
        End.check()
        for program in office.programs:
            if program.exit_code is not None:
                raise CannotServe(
                    f"{program.name} has ended ({describe_exit(program.exit_code)}), so "
                    f"everything was stopped. {advice(office, program)}"
                )
        time.sleep(0.2)


def describe_exit(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def advice(office: Office, program: Program) -> str:
    log = office.folder / f"{program.name}.log"
    story = embedded.tail(log) if log.exists() else "Its last lines are above."
    return f"{story}\nWhen that is mended, `make up` starts again; saved data are kept."


def say(line: str, who: str = "guishu") -> None:
    print(f"{datetime.now(OUR_ZONE):%H:%M:%S} {who:8}│ {line}", flush=True)


class End:
    """Whether somebody asked us to end: by Ctrl-C, by SIGTERM, by closing the terminal."""

    asked = False

    @classmethod
    def listen(cls) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # What is ignored (by nohup, or in a script's background) was meant to be.
            if signal.getsignal(signum) is not signal.SIG_IGN:
                signal.signal(signum, cls.ask)
        if "MAKELEVEL" in os.environ:
            # When make is killed with -9, end as if it had been asked politely.
            die_with_parent(signal.SIGTERM, os.getppid())()

    @classmethod
    def ask(cls, *_: object) -> None:
        # Once is enough: make passes on what the terminal has sent already.
        if not cls.asked:
            cls.asked = True
            raise Stopped

    @classmethod
    def check(cls) -> None:
        """Python drops an exception that a signal raises at an unlucky moment; we do not."""
        if cls.asked:
            raise Stopped


if __name__ == "__main__":
    sys.exit(main())
