"""Which encoding and which delimiter a text file has: guessed, shown, and open to correction."""

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from charset_normalizer import from_bytes
from django.utils.translation import gettext_lazy as _

SAMPLE = 256 * 1024
ENCODINGS = {
    "utf-8-sig": _("UTF-8"),
    "big5hkscs": _("Big5（繁體）"),
    "gb18030": _("GB18030／GBK（簡體）"),
    "utf-16": _("UTF-16"),
    "utf-16-le": _("UTF-16 LE"),
    "utf-16-be": _("UTF-16 BE"),
}
DELIMITERS = {
    ",": _("逗號 ,"),
    "\t": _("Tab"),
    ";": _("分號 ;"),
    "|": _("直線 |"),
}
NULS = 0.02
"""No other text than UTF-16 has more noughts than this share."""
TORN = 0.1
"""Chinese in another encoding, read as UTF-8, is torn nearly everywhere."""
RIVALS = ("big5hkscs", "gb18030")
"""Nearly every text in one of these two can be read in the other, as other words."""
OFFICE_WORDS = (
    *(
        "日期",
        "時間",
        "时间",
        "姓名",
        "客戶",
        "客户",
        "電話",
        "电话",
        "來電",
        "来电",
        "來訪",
        "来访",
    ),
    *(
        "到訪",
        "到访",
        "追訪",
        "追访",
        "備註",
        "备注",
        "接待",
        "接聽",
        "接听",
        "未留",
        "先生",
        "女士",
    ),
)
WORTH = 0.05
"""What a word of the office adds to the share of common characters."""


def encoding_of(path: Path) -> str:
    """One of ENCODINGS, by the first quarter of a megabyte."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    return guess_encoding(head)


def guess_encoding(head: bytes) -> str:
    """One of ENCODINGS, by the beginning of a file."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd <= len(head) * NULS and _reads_as_utf8(head):
        return "utf-8-sig"
    if even + odd:
        return "utf-16-le" if odd >= even else "utf-16-be"
    return max(RIVALS, key=lambda name: _likeness(head, name))


def _reads_as_utf8(head: bytes) -> bool:
    """A few torn characters, or one that was cut off, make no other encoding of it."""
    text = head.decode("utf-8", errors="replace")
    torn = text.count("\ufffd")
    return torn <= TORN * sum(ord(sign) > 0x7F for sign in text)


def _likeness(head: bytes, encoding: str) -> float:
    """How much the text, read so, looks like an office's Chinese: the tie-break.

    The wrong one of the two gives rare characters in a row. charset-normalizer, which knows the
    frequency of characters in whole languages, is asked as well, as one voice.
    """
    text = head.decode(encoding, errors="replace")
    letters = [sign for sign in text if ord(sign) > 0x7F]
    if not letters:
        return 0
    common = sum(_is_common(sign) for sign in letters) / len(letters)
    office = sum(word in text for word in OFFICE_WORDS) * WORTH
    best = from_bytes(head[:16_384], cp_isolation=list(RIVALS)).best()
    voice = 0.1 if best is not None and best.encoding in encoding else 0
    return common + office + voice


@lru_cache(maxsize=8192)
def _is_common(sign: str) -> bool:
    """In the first level of one of the two old character sets, or punctuation of both."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            code = sign.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(code) == 2 and (first <= code[0] <= last or sign in "，。、：；（）／！？「」—％"):
            return True
    return "０" <= sign <= "９"


def delimiter_of(lines: Sequence[str]) -> str:
    """The sign that most often cuts the lines into the same number of fields, and into the most."""
    best, found = 0.0, ","
    for sign in DELIMITERS:
        cut = [len(row) for row in csv.reader(lines, delimiter=sign) if any(row)]
        widths = Counter(width for width in cut if width > 1)
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        worth = times / len(cut) * min(width, 12)
        if worth > best:
            best, found = worth, sign
    return found
