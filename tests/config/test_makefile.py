"""What `make` says on a machine whose Python will not do."""

import shutil
import subprocess
from pathlib import Path

import pytest

from config.office import CHECKOUT

TOO_OLD = """case "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac"""
WITHOUT_ENSUREPIP = """case "$2" in *print*) echo 3.12 ;; *ensurepip*) exit 1 ;; esac"""
BROKEN = "exit 127"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout of little more than the Makefile, and an empty folder for programs."""
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "develop.lock").touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "sh").symlink_to("/bin/sh")
    return tmp_path


def install(machine: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    for name, script in pythons.items():
        program = machine / "programs" / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    make = shutil.which("make")
    assert make
    return subprocess.run(
        [make, "install"],
        cwd=machine,
        env={"PATH": str(machine / "programs")},
        capture_output=True,
        text=True,
    )


def test_too_old(machine: Path) -> None:
    done = install(machine, python3=TOO_OLD, python3_13=BROKEN)
    assert done.returncode != 0
    assert "Guishu needs Python 3.11 or newer. Found: python3 (3.9)." in done.stderr
    assert "make install PYTHON=/path/to/python3" in done.stderr


def test_none_at_all(machine: Path) -> None:
    assert "needs Python 3.11 or newer. Found: none." in install(machine).stderr


def test_one_that_cannot_make_an_environment(machine: Path) -> None:
    done = install(machine, python3=WITHOUT_ENSUREPIP)
    assert "Python 3.12 is here, but cannot make a virtual environment" in done.stderr
    assert "apt-get install python3.12-venv" in done.stderr
    assert not (machine / ".venv").exists()
