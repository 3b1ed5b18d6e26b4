"""Starts and stops programs so that none outlives whoever started it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int, parent: int) -> Callable[[], None]:
    """A step for a new process: ask the kernel (Linux only) for `signum` when its parent is gone.

    It covers a parent killed with -9, who has no last words. Elsewhere the list of processes
    that `Office` keeps serves the same end at the next start.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os._exit(1)

    return ask


@dataclass
class Program:
    """A program to run, and the process while it runs."""

    name: str
    command: Sequence[str]
    stop_signal: int = signal.SIGTERM
    patience: float = 15.0
    # What the kernel sends it when we are killed ourselves. Only servers with data must hear
    # something milder, for a program that is just starting may miss anything else.
    orphan_signal: int = signal.SIGKILL
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    group: int | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self, output: IO[bytes] | int) -> None:
        """Run it in a session of its own: Ctrl-C is for us, who stop our programs in order."""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.environment},
            start_new_session=True,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
            preexec_fn=die_with_parent(self.orphan_signal, os.getpid()),
        )

    @property
    def exit_code(self) -> int | None:
        """None while it runs (or before it was started)."""
        return None if self.process is None else self.process.poll()

    def stop(self) -> None:
        """Ask it to end, and end it with all its children when it does not in time."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        # Its children too, whether it ended well or not.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def note(self) -> str:
        """A line by which a later start recognises this very process (see `stop_leftovers`)."""
        assert self.process is not None
        born = psutil.Process(self.process.pid).create_time()
        return f"{self.process.pid} {born} {int(self.stop_signal)}\n"


def stop_leftovers(notes: Path) -> None:
    """End what a launcher that was killed has left behind, by the notes that it kept."""
    if not notes.exists():
        return
    left = [found for line in notes.read_text().splitlines() if (found := _leftover(line))]
    for process, signum in reversed(left):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signum)
    _, stubborn = psutil.wait_procs([process for process, _ in left], timeout=15)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    for process, _ in left:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    notes.unlink()


def _leftover(note: str) -> tuple[psutil.Process, int] | None:
    pid, born, signum = note.split()
    try:
        process = psutil.Process(int(pid))
        # The number may belong to somebody else by now.
        same = abs(process.create_time() - float(born)) < 1
    except psutil.NoSuchProcess:
        return None
    return (process, int(signum)) if same else None


def wait_until(ready: Callable[[], bool], program: Program, seconds: float) -> bool:
    """True once `ready`; False when the program ended or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if program.exit_code is not None:
            return False
        time.sleep(0.02)
    return False
