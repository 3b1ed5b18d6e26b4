"""The image and the compose file, as far as they can be tried without a container engine."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from config.office import CHECKOUT

COMPOSE = (CHECKOUT / "docker-compose.yml").read_text()
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "GUISHU_DOMAIN")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(COMPOSE)


def test_each_part_of_the_office_has_a_service(compose: dict) -> None:
    services = compose["services"]
    assert set(services) == {"proxy", "web", "worker", "beat", "migrate", "postgres", "redis"}
    assert services["web"]["deploy"]["replicas"] >= 2
    ours = [services[name] for name in ("web", "worker", "beat", "migrate")]
    assert all(service["image"] == "guishu" and service["build"] == "." for service in ours)
    assert services["postgres"]["image"] == "postgres:18"
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["proxy"], "nothing else is reached from outside"


def test_each_service_that_stays_has_a_health_check(compose: dict) -> None:
    for name, service in compose["services"].items():
        if name == "web":
            assert "HEALTHCHECK" in DOCKERFILE
        elif name == "migrate":
            assert service["healthcheck"] == {"disable": True}
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"], name


def test_nobody_starts_before_what_he_needs(compose: dict) -> None:
    services = compose["services"]
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)


def test_secrets_come_from_the_environment_and_must(compose: dict) -> None:
    used = re.findall(r"(?<!\$)\$\{(\w+)(:[?-])", COMPOSE)
    assert {name for name, how in used if how == ":?"} == set(SECRETS)
    environment = compose["services"]["web"]["environment"]
    assert environment["GUISHU_HTTPS"] == environment["GUISHU_PROXIES"] == "1"
    for name in ("SECRET_KEY", "DATABASE_URL"):
        assert "${" in environment[name]
    assert not re.search(
        r"(SECRET|PASSWORD|KEY)\S*\s*[:=]\s*['\"]?\w", COMPOSE.split("services:")[1]
    )


def test_names_that_are_used_are_declared(compose: dict) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"]
        for config in service.get("configs", []):
            assert config["source"] in compose["configs"]


def test_the_image_does_not_run_as_root() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER guishu$", last, re.MULTILINE)
    assert "node" not in last
    assert "develop.lock" not in DOCKERFILE


def test_only_named_files_enter_the_image() -> None:
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert all((CHECKOUT / rule[1:]).exists() for rule in rules if rule.startswith("!"))


@pytest.mark.slow
def test_the_steps_of_the_image_serve_an_office(servers: None, tmp_path: Path) -> None:
    """Install from the server's lock alone, collect, migrate, serve, ask for health."""
    office = Container(tmp_path)
    office.run(sys.executable, "-m", "venv", ".venv")
    office.run("python", *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
               *("--require-hashes", "-r", "requirements/server.lock"))  # fmt: skip
    (office.folder / "node_modules").symlink_to(CHECKOUT / "node_modules")
    office.run("python", "-m", "config.assets")
    office.run("python", "-m", "config.messages", "compile")
    office.run("python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    assert list((office.folder / "build" / "collected").rglob("tabler.min.*.css.gz"))
    with database(office):
        office.run("python", "manage.py", "migrate", "--no-input", "--verbosity", "0")
        office.run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
        serve = re.search(r"^CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
        assert serve
        office.serve(*json.loads(serve[1]))


class Container:
    """A folder with what .dockerignore lets into the image, and the environment of compose."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for rule in (CHECKOUT / ".dockerignore").read_text().splitlines():
            if rule.startswith("!"):
                copy(CHECKOUT / rule[1:], folder / rule[1:])
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.database = f"image_{secrets.token_hex(4)}"
        self.environment = {
            "PATH": f"{folder}/.venv/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "PORT": str(port),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_URL": named(self.database),
            "REDIS_URL": os.environ["REDIS_URL"],
            "GUISHU_HOSTS": "office.example",
            "GUISHU_HTTPS": "1",
            "GUISHU_PROXIES": "1",
            "GUISHU_MEDIA": str(folder / "media"),
            # Where this machine's pip finds and keeps its packages.
            "PIP_CACHE_DIR": pip_cache(),
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [shutil.which(program, path=self.environment["PATH"]) or program, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def serve(self, program: str, *arguments: str) -> None:
        """Start the web server, wait until the health check is content, stop it."""
        web = subprocess.Popen(
            [str(self.folder / ".venv" / "bin" / program), *arguments],
            cwd=self.folder,
            env=self.environment,
        )
        try:
            deadline = time.monotonic() + 30
            while not self.is_well():
                assert web.poll() is None
                assert time.monotonic() < deadline
        finally:
            web.send_signal(signal.SIGTERM)
            assert web.wait(30) == 0

    def is_well(self) -> bool:
        ask = [str(self.folder / ".venv" / "bin" / "python"), "-m", "config.health"]
        return not subprocess.run(
            ask, cwd=self.folder, env=self.environment, stderr=subprocess.DEVNULL
        ).returncode


class database:
    """A database of its own on the server of this test run."""

    def __init__(self, office: Container) -> None:
        self.name = office.database
        self.server = named("postgres")

    def __enter__(self) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name}")

    def __exit__(self, *_: object) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


def named(database: str) -> str:
    """The address of another database on the server of this test run."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    else:
        shutil.copy(source, target)


def pip_cache() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
