"""Evidence files: what may come in, where it lies, and who looked for viruses in it."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from .cases.hearings import File

TYPES = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp",
    "image/heic": "heic", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav",
}  # fmt: skip
"""What is taken in, by what the bytes say and not by what the name says."""
LARGEST = 10 * 1024 * 1024
MOST = 5
HEAD = 4096

Scanner = Callable[[bytes], None]
"""Looks at a file's bytes; raises ValidationError with a sentence where something is wrong."""


def folder() -> Path:
    """Where the files lie; no web server looks there, only the view that asks who is there."""
    found = Path(settings.MEDIA_ROOT) / "evidence"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def media_type(content: bytes) -> str:
    """What the bytes are, as a media type of `TYPES`; empty for anything else."""
    try:
        found = puremagic.magic_string(content[:HEAD])
    except (puremagic.PureError, ValueError):
        return ""
    return next((m.mime_type for m in found if m.mime_type in TYPES), "")


def check(upload: UploadedFile) -> None:
    """Refuse what is too large, of another type, or what the virus scanner of the office refuses.

    Raises ValidationError.
    """
    if (upload.size or 0) > LARGEST:
        raise ValidationError(
            gettext("「%(name)s」超過 10 MB，請縮小或分成幾個檔案。") % {"name": upload.name}
        )
    content = upload.read()
    upload.seek(0)
    if not media_type(content):
        raise ValidationError(
            gettext("「%(name)s」不是可收的檔案。可收 PDF、照片、錄音，例如 聊天截圖.png。")
            % {"name": upload.name}
        )
    if settings.EVIDENCE_SCANNER:
        scan: Scanner = import_string(settings.EVIDENCE_SCANNER)
        scan(content)


def put_away(uploads: Iterable[UploadedFile]) -> list[File]:
    """Write checked files into the folder, under names that say nothing."""
    found = []
    for upload in uploads:
        content = upload.read()
        kind = media_type(content)
        path = f"{uuid4()}.{TYPES[kind]}"
        target = folder() / path
        target.write_bytes(content)
        target.chmod(0o600)
        digest = hashlib.sha256(content).hexdigest()
        name = Path(upload.name or path).name[-120:]
        found.append(File(name, kind, len(content), digest, path))
    return found


def forget(files: Iterable[File]) -> None:
    """Take away files whose statement was not saved."""
    for file in files:
        (folder() / file.path).unlink(missing_ok=True)
