"""Reads deployment values from the environment, and fails with a sentence when one is missing."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. `make up` sets it by itself; a deployment gives it in the "
            "environment (config/settings.py lists every variable)."
        )
    return value


def flag(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def number(name: str) -> int:
    value = os.environ.get(name, "0")
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def public_address(name: str, hosts: list[str], *, https: bool) -> str:
    """How people reach the office from a mail or a calendar: `https://host[:port]`, no slash.

    Without the variable it is the first of the hosts; a pattern is no address, so that it must
    then be said. A host that this office does not serve would send people elsewhere: refused.
    """
    scheme = "https" if https else "http"
    value = os.environ.get(name, "")
    if not value:
        if hosts[0].startswith(("*", ".")):
            raise ImproperlyConfigured(
                f"{name} is not set, and the first host, {hosts[0]!r}, is a pattern: say how "
                f"people reach the office, as in {scheme}://office.example."
            )
        return f"{scheme}://{hosts[0]}"
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    whole = parts.scheme == scheme and host and value in (f"{scheme}://{parts.netloc}",)
    if not whole or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"{name} must be {scheme}://host or {scheme}://host:port and nothing more, "
            f"not {value!r}."
        )
    if not validate_host(f"[{host}]" if ":" in host else host, hosts):
        raise ImproperlyConfigured(f"{name} names {host!r}, which is not among GUISHU_HOSTS.")
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings for a postgresql:// address; a socket's folder is given as ?host=/path."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL must end with the name of a database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A door waits for a locked client, but not for ever; a migration gives way to the office.
        "OPTIONS": {
            "connect_timeout": 3,
            "options": "-c lock_timeout=5s",
            # A door sends the same dozen statements again and again: the server plans them once.
            "server_side_binding": True,
            "prepare_threshold": 2,
            **options,
        },
    }


def celery_url(redis_url: str) -> str:
    """The same Redis in Celery's spelling, which names a socket differently."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        number = dict(parse_qsl(parts.query)).get("db", "0")
        return f"redis+socket://{parts.path}?virtual_host={number}"
    if parts.scheme not in ("redis", "rediss"):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://")
    return redis_url


def mail(url: str) -> dict[str, Any]:
    """Django's mail settings; without an address, mail is written to the log."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://… or smtps://… with a host.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }
