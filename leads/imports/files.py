"""What may be taken in, decided by content before anything opens it; and where it lies."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import puremagic
from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MEGABYTE = 1024 * 1024
LARGEST = 30 * MEGABYTE
"""The largest file, in bytes as it is uploaded."""
MOST_FILES = 10
UNPACKED = 400 * MEGABYTE
"""So much may come out of a workbook in all."""
SWELLING = 300
"""A part that swells more than so many times, beyond a megabyte, is a bomb: tables reach 60."""
PARTS = 2000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES, MACROS, WORKBOOK = "[Content_Types].xml", "vbaProject.bin", "xl/workbook.xml"
NOT_TEXT = 0.02
"""More control characters than this share is no text in any of our encodings."""


class Refused(ValueError):
    """The file is not opened; `message` says why and what to do."""

    def __init__(self, message: "StrOrPromise") -> None:
        super().__init__(str(message))
        self.message = message


TOO_LARGE = _("檔案超過 30 MB。請按月份分成幾個檔再上傳。")
EMPTY = _("檔案是空的。")
OLD_EXCEL = _(
    "這是舊版 Excel（.xls）或加了密碼的檔，只是副檔名改過。請在 Excel 另存新檔為 .xlsx，不設密碼。"
)
WITH_MACROS = _("檔案裡有巨集，不收。請在 Excel 另存新檔為「Excel 活頁簿（.xlsx）」。")
BINARY_EXCEL = _("這是二進位活頁簿（.xlsb）。請在 Excel 另存新檔為 .xlsx。")
BOMB = _("解開後大得不合理，沒有打開。請把資料複製到新的活頁簿再存一次。")
BROKEN = _("檔案壞了，打不開。請在 Excel 打開並另存新檔，再上傳。")
NO_WORKBOOK = _("這不是 Excel 活頁簿，也不是 CSV。請上傳 .xlsx 或 .csv。")
OTHER = _("這是 %(what)s 檔，不是登記表。請上傳 .xlsx 或 .csv。")


def folder() -> Path:
    """Where uploaded registers lie: outside everything that is served, readable by us alone."""
    found = Path(settings.MEDIA_ROOT) / "imports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def form_of(file: BinaryIO, size: int) -> str:
    """`xlsx` or `csv`, by what the file holds, whatever its name. Raises Refused."""
    if size > LARGEST:
        raise Refused(TOO_LARGE)
    file.seek(0)
    head = file.read(64 * 1024)
    file.seek(0)
    if not head.strip():
        raise Refused(EMPTY)
    if head.startswith(OLE):
        raise Refused(OLD_EXCEL)
    if head.startswith(ZIP):
        _inspect_workbook(file)
        return "xlsx"
    _expect_text(head)
    return "csv"


def _inspect_workbook(file: BinaryIO) -> None:
    """Read the directory of the archive, and nothing else of it."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if any(name.endswith(MACROS) for name in names):
                raise Refused(WITH_MACROS)
            if "xl/workbook.bin" in names:
                raise Refused(BINARY_EXCEL)
            if CONTENT_TYPES not in names or WORKBOOK not in names:
                raise Refused(NO_WORKBOOK)
            if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
                raise Refused(BOMB)
            for part in parts:
                if part.flag_bits & 1:
                    raise Refused(OLD_EXCEL)
                packed = max(part.compress_size, 1)
                if part.file_size > MEGABYTE and part.file_size / packed > SWELLING:
                    raise Refused(BOMB)
            # A workbook may say in its types that it has macros, wherever they lie.
            types = archive.read(CONTENT_TYPES)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(BROKEN) from error
    finally:
        file.seek(0)
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise Refused(WITH_MACROS)


def _expect_text(head: bytes) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(head):
        return
    control = sum(byte < 32 and byte not in (9, 10, 13, 27) for byte in head)
    if control / len(head) <= NOT_TEXT:
        return
    try:
        found = puremagic.from_string(head)
    except (puremagic.PureError, ValueError):
        found = ""
    raise Refused(OTHER % {"what": found.lstrip(".").upper()} if found else NO_WORKBOOK)


def _looks_like_utf16(head: bytes) -> bool:
    """Every second byte of ASCII is nought; line ends and commas are ASCII in any language."""
    return any(sign in head for sign in (b"\r\x00\n\x00", b",\x00", b"\x00,", b"\t\x00", b"\x00\t"))


def stored(name: str) -> Path:
    """The place of a stored file; its name is one of ours, never what somebody typed."""
    return folder() / name
