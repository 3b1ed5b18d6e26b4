"""A ZIP whose bytes depend on nothing but what is put into it, with its hashes and their chain."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from types import TracebackType
from typing import IO, Any

from . import check

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The one date that every member bears: when a pack was made is no part of it."""
UNIX, PLAIN_FILE = 3, 0o100644 << 16


class Archive:
    """Writes members one after the other; on leaving, the manifest and the list of sums.

    Nothing is compressed: what a compressor gives may change with its version.
    """

    def __init__(self, file: IO[bytes], case: str, about: dict[str, Any]) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self.case, self.about = case, about
        self.members: list[dict[str, Any]] = []
        self.head = check.first_link(case)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, error: type[BaseException] | None, _value: object, _trace: TracebackType | None
    ) -> None:
        with self.zip:
            if error is None:
                self._close()

    def add(self, name: str, content: bytes | Iterable[bytes]) -> str:
        """Write a member, piece by piece; its SHA-256."""
        digest, size = self._write(name, content)
        self.head = check.next_link(self.head, digest, name)
        self.members.append({"name": name, "size": size, "sha256": digest, "link": self.head})
        return digest

    def _write(self, name: str, content: bytes | Iterable[bytes]) -> tuple[str, int]:
        info = zipfile.ZipInfo(name, MOMENT)
        info.create_system, info.external_attr = UNIX, PLAIN_FILE
        digest, size = hashlib.sha256(), 0
        with self.zip.open(info, "w") as member:
            for piece in [content] if isinstance(content, bytes) else content:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        return digest.hexdigest(), size

    def _close(self) -> None:
        manifest = {
            "format": check.FORMAT,
            "case": self.case,
            **self.about,
            "members": self.members,
            "head": self.head,
        }
        digest, _size = self._write(check.MANIFEST, as_json(manifest))
        lines = [f"{member['sha256']}  {member['name']}\n" for member in self.members]
        lines.append(f"{digest}  {check.MANIFEST}\n")
        self._write(check.SUMS, "".join(lines).encode())


def as_json(data: Any) -> bytes:
    """JSON text, the same for the same data."""
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()
