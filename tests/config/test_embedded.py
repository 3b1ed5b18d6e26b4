"""The embedded servers: where their sockets are, and who may come near them."""

import os
import shutil
import stat
from pathlib import Path

import psycopg
import pytest

from config import embedded


def test_a_long_path_has_its_sockets_elsewhere(tmp_path: Path) -> None:
    short, long = Path("/tmp/office"), Path("/tmp") / ("office" * 20)
    assert embedded.socket_folder(short) == short / "sockets"
    elsewhere = embedded.socket_folder(long)
    assert len(str(elsewhere)) < 40
    assert elsewhere != embedded.socket_folder(long / "another")


def test_an_office_with_a_long_path_starts() -> None:
    folder = embedded.temporary_folder("guishu-" + "long-" * 20)
    folder.mkdir(mode=0o711)
    postgres = embedded.Postgres(folder, durable=False)
    program = postgres.start()
    try:
        with psycopg.connect(postgres.url()) as database:
            version = database.info.server_version
            promises = database.execute("SELECT current_setting('listen_addresses')").fetchone()
        assert version // 10000 == 18
        assert promises == ("",), "no port is opened"
        assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
    finally:
        program.stop()
        shutil.rmtree(folder)
        shutil.rmtree(postgres.sockets)


def test_what_is_saved_stays_saved() -> None:
    options = " ".join(embedded.Postgres(Path("/tmp/office"))._options())
    for promise in ("fsync=on", "synchronous_commit=on", "full_page_writes=on"):
        assert promise in options


def test_somebody_elses_sockets_are_not_entered(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.symlink_to("/tmp")
    with pytest.raises(embedded.ServerError, match="belongs to somebody else"):
        embedded._own_folder(theirs, os.geteuid(), os.getegid())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for PostgreSQL")
def test_root_is_told_when_postgres_could_not_enter() -> None:
    closed = embedded.temporary_folder("guishu-closed-")
    (closed / "office").mkdir(parents=True)
    closed.chmod(0o700)
    try:
        with pytest.raises(embedded.ServerError, match="outside of home folders"):
            embedded.Postgres(closed / "office").start()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "nobody's permissions are opened"
    finally:
        shutil.rmtree(closed)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for PostgreSQL")
def test_root_in_a_closed_checkout_runs_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout in a home folder: PostgreSQL's account cannot reach the wheel's programs."""
    folder = embedded.temporary_folder("guishu-copy-")
    folder.mkdir(mode=0o711)
    may_enter = embedded.everyone_may_enter
    monkeypatch.setattr(
        embedded,
        "everyone_may_enter",
        lambda path: "site-packages" not in str(path) and may_enter(path),
    )
    postgres = embedded.Postgres(folder, durable=False)
    try:
        program = postgres.start()
        assert program.command[0].startswith(str(folder))
        program.stop()
    finally:
        shutil.rmtree(folder)
