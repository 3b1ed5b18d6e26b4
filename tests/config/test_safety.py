"""What guards the office: headers, throttled log-ins, the client's address behind proxies."""

import pytest
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, get_user_model
from django.test import Client, RequestFactory
from django.urls import reverse

from config.client import address


@pytest.mark.django_db
def test_no_page_allows_inline_scripts_or_frames(client: Client) -> None:
    headers = client.get(reverse("login")).headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_five_wrong_passwords_lock_one_name_at_one_address(settings) -> None:
    settings.AXES_ENABLED = True
    user_model = get_user_model()
    for name in ("lin", "wang"):
        user_model.objects.create_user(name, password="the right one")

    def log_in(name: str, password: str, address: str) -> bool:
        request = RequestFactory().post("/", REMOTE_ADDR=address)
        return authenticate(request, username=name, password=password) is not None

    for _ in range(settings.AXES_FAILURE_LIMIT):
        assert not log_in("lin", "a wrong one", "192.0.2.1")
    assert not log_in("lin", "the right one", "192.0.2.1")
    assert log_in("wang", "the right one", "192.0.2.1"), "a colleague in the same office"
    assert log_in("lin", "the right one", "192.0.2.2"), "the same agent from elsewhere"
    assert AxesProxyHandler.get_implementation().__class__.__name__ == "AxesDatabaseHandler"


@pytest.mark.parametrize(
    ("proxies", "heard", "expected"),
    [
        (0, "6.6.6.6", "172.18.0.3"),
        (1, "", "172.18.0.3"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, heard, expected) -> None:
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": heard} if heard else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="172.18.0.3")
    assert address(request) == expected
