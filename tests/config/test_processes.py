"""Programs end when they are told to, with their children, and are known again later."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.office import CHECKOUT
from config.processes import Program, stop_leftovers, wait_until

STUBBORN = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "60"])
print(child.pid, flush=True)
time.sleep(60)
"""

LAUNCHER = """
import subprocess, time
from config.processes import Program
program = Program("sleeper", ["sleep", "60"])
program.start(subprocess.DEVNULL)
print(program.process.pid, flush=True)
time.sleep(60)
"""


def test_a_stubborn_program_is_ended_with_its_children(tmp_path: Path) -> None:
    program = Program("stubborn", [sys.executable, "-c", STUBBORN], patience=0.2)
    said = tmp_path / "said"
    with said.open("wb") as output:
        program.start(output)
    assert wait_until(lambda: said.read_text().endswith("\n"), program, 10)
    child = psutil.Process(int(said.read_text()))
    program.stop()
    assert program.exit_code is None
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_waiting_ends_when_the_program_does() -> None:
    program = Program("brief", [sys.executable, "-c", "raise SystemExit(3)"])
    program.start(subprocess.DEVNULL)
    begun = time.monotonic()
    assert not wait_until(lambda: False, program, 30)
    assert time.monotonic() - begun < 10
    assert program.exit_code == 3


def test_leftovers_are_known_by_number_and_birth(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    ours = Program("ours", ["sleep", "60"], stop_signal=signal.SIGINT)
    ours.start(subprocess.DEVNULL)
    with subprocess.Popen(["sleep", "60"]) as another:
        # A number that now belongs to somebody else, one that nobody has, and ours.
        notes.write_text(f"{another.pid} 1.0 15\n{2**22 + 1} 1.0 15\n{ours.note()}")
        stop_leftovers(notes)
        assert ours.exit_code is not None
        assert another.poll() is None
        another.kill()
    assert not notes.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's service is Linux's")
def test_nothing_outlives_a_killed_launcher() -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    assert launcher.stdout
    sleeper = psutil.Process(int(launcher.stdout.readline()))
    launcher.kill()
    launcher.wait()
    psutil.wait_procs([sleeper], timeout=5)
    assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE
