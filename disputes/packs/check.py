"""Checks an unpacked evidence pack: every file, the chain of their hashes, and every proof.

    python3 check.py [FOLDER]

It needs Python 3.11 and nothing else. Exit status: 0 everything holds, 1 something does not.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FORMAT = "guishu-pack/1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


def first_link(case: str) -> str:
    """The chain's first link: the SHA-256 of the format and the case's number."""
    return hashlib.sha256(f"{FORMAT} {case}\n".encode()).hexdigest()


def next_link(link: str, digest: str, name: str) -> str:
    """The link after one: the SHA-256 of that link, the next file's hash and its name."""
    return hashlib.sha256(f"{link} {digest} {name}\n".encode()).hexdigest()


def problems(folder: Path) -> list[str]:
    """What does not hold, each in a line."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    found = []
    link = first_link(manifest["case"])
    for member in manifest["members"]:
        name = member["name"]
        path = folder / name
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        link = next_link(link, digest, name)
        if digest != member["sha256"]:
            found.append(f"{name}: not what was packed ({digest})")
        elif link != member["link"]:
            found.append(f"{name}: the chain is broken here")
    if link != manifest["head"]:
        found.append("the chain does not end where the manifest says")
    listed = {member["name"] for member in manifest["members"]} | {MANIFEST, SUMS}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    found += [f"{name}: not in the manifest" for name in sorted(there - listed)]
    for name in sorted(listed):
        if name.startswith("proofs/"):
            asked = [sys.executable, "-B", "verifier.py", name]
            said = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)
            if said.returncode:
                found.append(f"{name}: {(said.stdout + said.stderr).strip()}")
    return found


def main(arguments: list[str]) -> int:
    """Print what was found; the exit status."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    found = problems(folder)
    print("\n".join(found) or "everything holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
