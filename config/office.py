"""The office of this machine: its folder, its secret, its servers, and who uses them.

One launcher at a time owns the folder (a lock tells). `make up` owns it while it serves;
manage.py borrows the servers that run already, or starts them for the length of one command.
"""

import fcntl
import hashlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import embedded
from config.processes import Program, stop_leftovers

CHECKOUT = Path(__file__).resolve().parent.parent


class OfficeInUse(Exception):
    """Somebody else owns the folder; the message says who."""


def default_folder() -> Path:
    """In the checkout; for root in /var/lib, because PostgreSQL runs as another account then and
    could not enter a checkout in a home folder."""
    if os.geteuid() != 0:
        return CHECKOUT / ".data"
    digest = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
    return Path("/var/lib") / f"guishu-{digest}"


class Office:
    """A folder with everything that must survive a restart, and the programs that run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs: list[Program] = []
        self._lock: int | None = None

    @classmethod
    def of_environment(cls) -> "Office":
        given = os.environ.get("DATA_DIR")
        return cls(Path(given).expanduser().resolve() if given else default_folder())

    def open(self, purpose: str) -> None:
        """Become the owner, and clear away what an owner that was killed left running."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The account that runs PostgreSQL must pass through, not look around.
        if os.geteuid() == 0:
            self.folder.chmod(0o711)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(lock, 200, 0).decode()
            os.close(lock)
            raise OfficeInUse(owner) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{purpose} (process {os.getpid()})".encode(), 0)
        self._lock = lock
        stop_leftovers(self._notes)

    def start_servers(self) -> None:
        """Start whichever server the environment does not name."""
        if "DATABASE_URL" not in os.environ:
            self.adopt(embedded.Postgres(self.folder).start())
        if "REDIS_URL" not in os.environ:
            self.adopt(embedded.Redis(self.folder).start())

    def adopt(self, program: Program) -> None:
        """Stop this program when the office closes, or when the next one opens after a crash."""
        self.programs.append(program)
        with self._notes.open("a") as notes:
            notes.write(program.note())

    def close(self) -> None:
        """Stop everything, last started first."""
        while self.programs:
            self.programs.pop().stop()
        self._notes.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def describe(self) -> None:
        """Tell Django, by the environment, where everything is; what is set already stays."""
        os.environ.setdefault("DATABASE_URL", embedded.Postgres(self.folder).url())
        os.environ.setdefault("REDIS_URL", embedded.Redis(self.folder).url())
        os.environ.setdefault("GUISHU_MEDIA", str(self.folder / "media"))
        os.environ.setdefault("GUISHU_LOG", "plain")
        if "SECRET_KEY" not in os.environ:
            os.environ["SECRET_KEY"] = self._secret()

    def _secret(self) -> str:
        """The key of this office: made once, readable by its owner only."""
        path = self.folder / "secret_key"
        if not path.exists():
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(file, secrets.token_urlsafe(50).encode())
            os.close(file)
        return path.read_text()

    @property
    def _notes(self) -> Path:
        return self.folder / "processes"


@contextmanager
def borrowed() -> Iterator[None]:
    """The servers for one command: those that run already, or some started for it."""
    office = Office.of_environment()
    try:
        office.open(" ".join(sys.argv[:2]))
    except OfficeInUse:
        office.describe()
        yield
        return
    try:
        office.start_servers()
        office.describe()
        yield
    finally:
        office.close()
