"""Deployment values: what is read, and what is said when one is missing or wrong."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_the_settings_refuse_to_start_without(missing: str) -> None:
    given = {
        "SECRET_KEY": "x" * 50,
        "DATABASE_URL": "postgresql:///office",
        "REDIS_URL": "redis://localhost",
    }
    del given[missing]
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {missing} is not set." in done.stderr


def test_a_database_behind_a_password() -> None:
    found = environment.database("postgresql://office:p%40ss@db.example:5433/guishu")
    assert found | {"HOST": "db.example", "PORT": "5433", "NAME": "guishu"} == found
    assert found | {"USER": "office", "PASSWORD": "p@ss"} == found


def test_a_database_on_a_socket() -> None:
    found = environment.database("postgresql://office@/guishu?host=/run/office&sslmode=disable")
    assert found | {"HOST": "/run/office", "PORT": "", "PASSWORD": ""} == found
    assert found["OPTIONS"]["sslmode"] == "disable"


@pytest.mark.parametrize("url", ["mysql://localhost/guishu", "postgresql://localhost/"])
def test_a_database_that_cannot_be(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must"):
        environment.database(url)


def test_redis_in_the_spelling_of_celery() -> None:
    assert environment.celery_url("unix:///run/r?db=3") == "redis+socket:///run/r?virtual_host=3"
    assert environment.celery_url("redis://cache:6379/1") == "redis://cache:6379/1"
    with pytest.raises(ImproperlyConfigured):
        environment.celery_url("amqp://cache")


def test_a_flag_is_0_or_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.flag("GUISHU_HTTPS") is False
    monkeypatch.setenv("GUISHU_HTTPS", "1")
    assert environment.flag("GUISHU_HTTPS") is True
    monkeypatch.setenv("GUISHU_HTTPS", "yes")
    with pytest.raises(ImproperlyConfigured, match="GUISHU_HTTPS must be 0 or 1, not 'yes'"):
        environment.flag("GUISHU_HTTPS")


def test_a_number_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUISHU_PROXIES", "one")
    with pytest.raises(ImproperlyConfigured, match="GUISHU_PROXIES must be a whole number"):
        environment.number("GUISHU_PROXIES")


def test_mail_goes_where_it_is_told() -> None:
    assert environment.mail("")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    found = environment.mail("smtps://office:secret@mail.example")
    assert found | {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 465} == found
    assert found["EMAIL_USE_SSL"] is True
    with pytest.raises(ImproperlyConfigured):
        environment.mail("mail.example")


HOSTS = ["office.example", ".branch.example", "[::1]"]


@pytest.mark.parametrize(
    ("given", "https", "found"),
    [
        ("", True, "https://office.example"),
        ("", False, "http://office.example"),
        ("https://office.example", True, "https://office.example"),
        ("https://east.branch.example:8443", True, "https://east.branch.example:8443"),
        ("http://[::1]:8000", False, "http://[::1]:8000"),
    ],
)
def test_the_address_by_which_people_come(
    monkeypatch: pytest.MonkeyPatch, given: str, https: bool, found: str
) -> None:
    monkeypatch.setenv("GUISHU_ADDRESS", given)
    assert environment.public_address("GUISHU_ADDRESS", HOSTS, https=https) == found


@pytest.mark.parametrize(
    "given",
    [
        "office.example",
        "http://office.example",
        "https://office.example/",
        "https://office.example/desk",
        "https://office.example?x=1",
        "https://somebody@office.example",
        "https://office.example:port",
        "https://elsewhere.example",
        "https://",
        "https://[::1",
    ],
)
def test_an_address_that_cannot_be(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("GUISHU_ADDRESS", given)
    with pytest.raises(ImproperlyConfigured, match="GUISHU_ADDRESS"):
        environment.public_address("GUISHU_ADDRESS", HOSTS, https=True)


@pytest.mark.parametrize("host", ["*", ".office.example"])
def test_a_pattern_of_hosts_is_no_address(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.delenv("GUISHU_ADDRESS", raising=False)
    with pytest.raises(ImproperlyConfigured, match="is a pattern"):
        environment.public_address("GUISHU_ADDRESS", [host], https=True)
