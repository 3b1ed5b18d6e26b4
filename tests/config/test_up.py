"""`make up` as somebody at a keyboard meets it: it serves, says what is wrong, and cleans up."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg
import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from config import embedded
from config.environment import celery_url
from config.office import CHECKOUT, Office
from config.processes import Program
from config.up import forget_half_an_office, unfinished

pytestmark = pytest.mark.slow

PATIENCE = 60
T = TypeVar("T")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A DATA_DIR which other accounts can pass, as PostgreSQL's needs."""
    path = embedded.temporary_folder("guishu-up-")
    yield path
    for screen in path.parent.glob(f"{path.name}-*.screen"):
        screen.unlink()
    shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(embedded.socket_folder(path), ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def clean_environment() -> dict[str, str]:
    """The environment without what this test run put there, which names other servers."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    makes = ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")
    return {name: value for name, value in os.environ.items() if name not in (*ours, *makes)}


class Up:
    """One `make up` on an office of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.port = free_port()
        self.screen = folder.with_name(f"{folder.name}-{self.port}.screen")
        self.begun = time.monotonic()
        words = [f"PORT={self.port}", f"DATA_DIR={folder}"]
        self.make = subprocess.Popen(
            ["make", "up", *words],
            cwd=CHECKOUT,
            env={**clean_environment(), "DEMO": "0", "PYTHONUNBUFFERED": "1", **variables},
            stdout=self.screen.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # In the background of a script it would be ignored, and so by what is started here.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    def wait_until_serving(self) -> float:
        """Seconds from the command to the line that tells the address."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.make.poll() is None:
            if f"serves at http://localhost:{self.port}/" in self.screen.read_text():
                assert self.answers()
                return time.monotonic() - self.begun
            time.sleep(0.05)
        pytest.fail(f"make up does not serve:\n{self.stop()}")

    def answers(self) -> bool:
        with suppress(OSError, urllib.error.URLError):
            address = f"http://127.0.0.1:{self.port}/healthz"
            return urllib.request.urlopen(address, timeout=5).status == 200
        return False

    def wait_for(self, program: str) -> psutil.Process:
        """The process of one of its programs."""
        return wait_for(
            lambda: next((one for one in self.family() if is_running(one, program)), None)
        )

    def family(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            make = psutil.Process(self.make.pid)
            return [make, *make.children(recursive=True)]
        return []

    def launcher(self) -> psutil.Process:
        return self.wait_for("config.up")

    def stop(self) -> str:
        self.make.terminate()
        return self.output()

    def press_ctrl_c(self) -> str:
        """A terminal sends it to every process in the foreground."""
        os.killpg(self.make.pid, signal.SIGINT)
        return self.output()

    def output(self) -> str:
        """All that it said, once it has ended."""
        try:
            self.make.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            # Its launcher dies with it, and everything else with the launcher.
            self.make.kill()
            raise
        said = self.screen.read_text()
        self.screen.unlink()
        return said


def is_running(process: psutil.Process, program: str) -> bool:
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return program in " ".join(process.cmdline())
    return False


def wait_for(find: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)
    pytest.fail("waited in vain")


def worker_listens(redis: embedded.Redis) -> bool:
    with suppress(OperationalError):
        return bool(Celery(broker=celery_url(redis.url())).control.ping(timeout=1))
    return False


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(
        one.is_running() and one.status() != psutil.STATUS_ZOMBIE
        for one in processes
        if psutil.pid_exists(one.pid)
    )


def test_it_serves_stops_cleanly_and_keeps_the_data(folder: Path) -> None:
    first = Up(folder)
    first.wait_until_serving()
    assert wait_for(lambda: worker_listens(embedded.Redis(folder)))
    with psycopg.connect(embedded.Postgres(folder).url()) as database:
        database.execute("CREATE TABLE kept AS SELECT 'yes' AS word")
    family = first.family()
    assert len(family) > 8
    output = first.stop()
    assert "stopped. The data stay in" in output
    assert "Traceback" not in output
    assert all_gone(family)
    secret = folder / "secret_key"
    assert secret.stat().st_mode & 0o777 == 0o600
    key = secret.read_text()

    second = Up(folder)
    try:
        second.wait_until_serving()
        with psycopg.connect(embedded.Postgres(folder).url()) as database:
            assert database.execute("SELECT word FROM kept").fetchone() == ("yes",)
        assert secret.read_text() == key
    finally:
        assert "stopped. The data stay in" in second.press_ctrl_c()


def test_a_killed_launcher_leaves_nothing_behind_and_the_next_recovers(folder: Path) -> None:
    first = Up(folder)
    first.wait_until_serving()
    family = first.family()
    first.launcher().kill()
    first.output()
    wait_for(lambda: all_gone(family))
    second = Up(folder)
    second.wait_until_serving()
    # Even make itself may be killed.
    family = second.family()
    second.make.kill()
    wait_for(lambda: all_gone(family))


def test_a_program_that_dies_is_named_and_everything_stops(folder: Path) -> None:
    up = Up(folder)
    up.wait_until_serving()
    family = up.family()
    up.wait_for("redis-server").kill()
    output = up.output()
    assert "redis has ended (killed by SIGKILL), so everything was stopped." in output
    assert "`make up` starts again; saved data are kept." in output
    assert up.make.returncode != 0
    assert all_gone(family)


def test_a_second_one_on_the_same_folder_is_refused(folder: Path) -> None:
    first = Up(folder)
    try:
        first.wait_until_serving()
        output = Up(folder).output()
        assert f"The office in {folder} is in use already: make up at" in output
        assert f"http://127.0.0.1:{first.port}/" in output
        assert first.answers()
    finally:
        first.stop()


def test_a_taken_port_is_said_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            ["make", "up", f"PORT={port}", f"DATA_DIR={folder}"],
            cwd=CHECKOUT, env=clean_environment(), capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode != 0
    assert re.search(rf"Port {port} on 127.0.0.1 cannot be used", done.stderr)
    assert f"make up PORT={port + 1}" in done.stderr
    assert not (folder / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "http", "70000"])
def test_a_port_that_cannot_be(folder: Path, port: str) -> None:
    done = subprocess.run(
        ["make", "up", f"PORT={port}", f"DATA_DIR={folder}"],
        cwd=CHECKOUT, env=clean_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert f"PORT must be a number from 1 to 65535, not '{port}'." in done.stderr


class OwnServers:
    """Servers that `make up` is told of by address, as an office with its own would."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o711)
        self.postgres = embedded.Postgres(folder, durable=False)
        self.redis = embedded.Redis(folder, durable=False)
        self.running: dict[str, Program] = {}
        self.start("postgres", "redis")

    def start(self, *names: str) -> None:
        for name in names:
            self.running[name] = getattr(self, name).start()

    def stop(self, *names: str) -> None:
        for name in names:
            self.running.pop(name).stop()


def test_given_servers_are_used_and_may_come_and_go(folder: Path) -> None:
    servers = OwnServers(folder.with_name(f"{folder.name}-own"))
    own = {"DATABASE_URL": servers.postgres.url(), "REDIS_URL": servers.redis.url()}
    up = Up(folder, **own)
    try:
        up.wait_until_serving()
        assert not (folder / "postgres").exists()
        assert not (folder / "redis").exists()
        servers.stop("redis")
        assert up.answers(), "a lost Redis breaks nothing"
        servers.stop("postgres")
        assert not up.answers()
        servers.start("postgres")
        assert all(up.answers() for _ in range(20)), "each kept connection heals"
        servers.start("redis")
        assert wait_for(lambda: worker_listens(servers.redis)), "the worker comes back by itself"
        assert up.make.poll() is None
    finally:
        up.stop()
        servers.stop(*list(servers.running))
        shutil.rmtree(servers.postgres.folder)


def test_half_an_office_is_begun_afresh(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(mode=0o711)
    postgres = embedded.Postgres(folder, durable=False)
    office = Office(folder)
    program = postgres.start()

    def tables() -> int:
        with psycopg.connect(postgres.url()) as database:
            found = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            return found.fetchone()[0]

    try:
        with psycopg.connect(postgres.url()) as database:
            database.execute("CREATE TABLE half (id int)")
        monkeypatch.setenv("DATABASE_URL", postgres.url())
        forget_half_an_office(office)
        assert tables() == 1, "nothing was interrupted"
        unfinished(office).touch()
        monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/guishu")
        forget_half_an_office(office)
        assert tables() == 1, "somebody else's database"
        monkeypatch.setenv("DATABASE_URL", postgres.url())
        forget_half_an_office(office)
        assert tables() == 0
        assert not unfinished(office).exists()
    finally:
        program.stop()
