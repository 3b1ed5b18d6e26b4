"""Gives the tests their servers (PostgreSQL, Redis) and a real browser."""

import os
import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from config import embedded
from config.processes import Program

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A test browser has nobody to call: these keep it from trying.
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# A busy machine is not a wrong answer: how long one example takes is for the benchmarks.
hypothesis.settings.register_profile("guishu", deadline=None)
# Thousands of mutants meet the same few examples, so that each falls or stands for good; mutmut
# runs the tests several times in one process.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=8,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.differing_executors],
)
hypothesis.settings.load_profile("mutants" if "MUTANT_UNDER_TEST" in os.environ else "guishu")


class Servers:
    """The embedded servers of one test run, started once and only when needed."""

    running: list[Program] = []

    @classmethod
    def start(cls) -> None:
        if cls.running:
            return
        folder = settings.TEST_DIR
        folder.mkdir(mode=0o711, exist_ok=True)
        postgres = embedded.Postgres(folder, durable=False)
        redis = embedded.Redis(folder, durable=False)
        if os.environ["DATABASE_URL"] == postgres.url():
            cls.running.append(postgres.start())
        if os.environ["REDIS_URL"] == redis.url():
            cls.running.append(redis.start())

    @classmethod
    def stop(cls) -> None:
        for program in cls.running:
            program.stop()
        cls.running.clear()
        shutil.rmtree(settings.TEST_DIR, ignore_errors=True)
        shutil.rmtree(embedded.socket_folder(settings.TEST_DIR), ignore_errors=True)


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def pytest_unconfigure() -> None:
    if not is_worker():
        Servers.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The controller starts what its workers will share."""
    Servers.start()


@pytest.fixture(scope="session")
def servers() -> None:
    """PostgreSQL and Redis answer. Tests of the database need not name it, others of Redis do."""
    if not is_worker():
        Servers.start()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    servers: None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """pytest-django asks for this before it creates the test database."""


def find_chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole session; without one the test is skipped, or fails."""
    chromium = find_chromium()
    if chromium is None:
        reason = "no Chromium on this machine (on Debian: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1, but {reason}", pytrace=False)
        pytest.skip(f"browser test: {reason}")
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    # Playwright keeps an event loop in this thread, where Django then suspects async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, live_server) -> Iterator[Page]:
    """A fresh window on the office; addresses may be relative, errors in scripts fail the test."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1280, "height": 800},
        locale="zh-TW",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: _note_refusal(message.text, problems))
    yield page
    context.close()
    assert not problems, "the page's scripts failed:\n" + "\n".join(problems)


def _note_refusal(text: str, problems: list[str]) -> None:
    """Keep what the Content-Security-Policy refused; a form answered 422 is no problem."""
    if "Content Security Policy" in text:
        problems.append(text)
