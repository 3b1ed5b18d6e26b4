"""The benchmarks run: a small office is generated, replayed and judged to the last event."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_small_office_is_replayed(servers: None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--part", "replay", "--events", "2000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "replay of 2,000 events of" in done.stdout
    assert re.search(r"folded and decided: +[0-9.]+ s", done.stdout)
    owned = re.search(r"× reading them; ([0-9,]+) clients are owned", done.stdout)
    assert owned is not None
    assert int(owned[1].replace(",", "")) > 50
