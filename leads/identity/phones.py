"""Phone numbers as people write them: read as one number, what was typed kept beside it."""

import re
import unicodedata
from typing import TYPE_CHECKING

import phonenumbers
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from ..models import Project

REGIONS = ("CN", "HK", "MO", "TW")
CHINESE_DIGITS = str.maketrans(
    {
        sign: digit
        for digit, signs in zip(
            "0123456789",
            (
                "〇零○",
                "一壹幺么",
                "二貳贰兩两",
                "三參叁",
                "四肆",
                "五伍",
                "六陸陆",
                "七柒",
                "八捌",
                "九玖",
            ),
            strict=True,
        )
        for sign in signs
    }
)
EXTENSION = re.compile(r"(?:總機)?\s*(?:轉接|转接|轉|转|分機|分机|內線|内线)\s*[:號号]*\s*(?=\d)")
"""The Chinese words before an extension; phonenumbers knows the English ones."""
SHAPES = {
    86: re.compile(r"1[3-9]\d{9}"),
    852: re.compile(r"[2-9]\d{7}"),
    853: re.compile(r"[268]\d{7}"),
    886: re.compile(r"9\d{8}"),
}
"""What a number looks like whose range the tables do not know yet: new ranges come every year, and
no client is turned away for one."""
LONGEST = 60
"""So many characters of a number are kept as typed."""
LONGEST_EXTENSION = 9
FEWEST_DIGITS = 7
"""A text with fewer digits holds no phone number."""


class ImpossiblePhone(ValueError):
    """What was typed cannot be a phone number anywhere near."""

    message = _("這不像電話號碼。寫手機或市話，例如 138 0013 8000；客戶沒留就勾「未留電話」。")


class PhoneReading(str):
    """A number as it is stored and compared: E.164, with `;ext=` where an extension was given.

    Behind one switchboard sit several people, so that a number with another extension is another
    number. The text is what a `tel:` address takes (RFC 3966).
    """

    __slots__ = ("typed", "unknown_range")
    typed: str
    """What was typed, as far as it is kept."""
    unknown_range: bool
    """It has the shape of a number, but nobody is known to give out such numbers."""

    def __new__(
        cls, number: str, typed: str = "", *, unknown_range: bool = False
    ) -> "PhoneReading":
        reading = super().__new__(cls, number)
        reading.typed = typed or number
        reading.unknown_range = unknown_range
        return reading

    @property
    def base(self) -> str:
        """The number in E.164 without the extension."""
        return self.partition(";")[0]

    @property
    def extension(self) -> str:
        """The digits of the extension, or nothing."""
        return self.partition(";ext=")[2]


def normalise_phone(typed: str, office: "Project | str") -> PhoneReading:
    """The number, read first as one of the office's region, then of CN, HK, MO, TW.

    `office` is the project, or its region. Full-width and Chinese digits are read as digits,
    separators and invisible signs are passed over. A number of a range that is not known yet is
    read too (`unknown_range`), after everything that is known. Raises ImpossiblePhone.
    """
    plain = _plain(typed)
    read = []
    for where in _regions(office):
        try:
            number = phonenumbers.parse(plain, where)
        except phonenumbers.NumberParseException:
            continue
        if not _overlong(number):
            read.append(number)
    for number in read:
        if phonenumbers.is_valid_number(number):
            return PhoneReading(_stored(number), typed.strip()[:LONGEST])
    for number in read:
        if _has_the_shape(number):
            return PhoneReading(_stored(number), typed.strip()[:LONGEST], unknown_range=True)
    raise ImpossiblePhone


def phones_in(text: str, office: "Project | str") -> list[PhoneReading]:
    """The phone numbers that stand in a text such as a note, each once, in their order."""
    plain = _plain(text)
    if sum(sign.isdigit() for sign in plain) < FEWEST_DIGITS:
        return []
    found: dict[str, tuple[int, PhoneReading]] = {}
    taken: list[tuple[int, int]] = []
    for where in _regions(office):
        for match in phonenumbers.PhoneNumberMatcher(plain, where):
            # What reads as a number of the nearer region is not read again as one of another.
            if any(match.start < end and start < match.end for start, end in taken):
                continue
            taken.append((match.start, match.end))
            if _overlong(match.number):
                continue
            number = _stored(match.number)
            known = found.get(number)
            if known is None or match.start < known[0]:
                found[number] = (match.start, PhoneReading(number, match.raw_string[:LONGEST]))
    return [reading for _start, reading in sorted(found.values(), key=lambda one: one[0])]


def _regions(office: "Project | str") -> dict[str, None]:
    region = office if isinstance(office, str) else office.region
    return dict.fromkeys((region, *REGIONS))


def _plain(typed: str) -> str:
    """The text with plain digits and without signs that nobody sees."""
    seen = "".join(
        sign
        for sign in unicodedata.normalize("NFKC", typed)
        if unicodedata.category(sign) not in ("Cf", "Cc") or sign in "\n\t"
    )
    return EXTENSION.sub(" ext. ", seen.translate(CHINESE_DIGITS)).strip()


def _has_the_shape(number: phonenumbers.PhoneNumber) -> bool:
    shape = SHAPES.get(number.country_code or 0)
    if shape is None:
        reason = phonenumbers.is_possible_number_with_reason(number)
        return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)
    return shape.fullmatch(phonenumbers.national_significant_number(number)) is not None


def _overlong(number: phonenumbers.PhoneNumber) -> bool:
    return len(number.extension or "") > LONGEST_EXTENSION


def _stored(number: phonenumbers.PhoneNumber) -> str:
    base = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{base};ext={number.extension}" if number.extension else base
