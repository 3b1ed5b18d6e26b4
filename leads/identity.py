"""Phones and names: normalise, match, explain the match."""

import unicodedata

import phonenumbers
from django.utils.translation import gettext_lazy as _

REGIONS = ("CN", "HK", "MO", "TW")
CHINESE_DIGITS = str.maketrans(
    {
        sign: digit
        for digit, signs in zip(
            "0123456789",
            (
                "〇零○",
                "一壹幺",
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


class ImpossiblePhone(ValueError):
    """What was typed cannot be a phone number anywhere near."""

    message = _("這不像電話號碼。寫手機或市話，例如 138 0013 8000；客戶沒留就勾「未留電話」。")


def normalise_phone(typed: str, region: str) -> str:
    """The number in E.164, read first as one of the office's region, then CN, HK, MO, TW.

    Full-width and Chinese digits are read as digits. Raises ImpossiblePhone.
    """
    plain = unicodedata.normalize("NFKC", typed).translate(CHINESE_DIGITS).strip()
    for where in dict.fromkeys((region, *REGIONS)):
        try:
            number = phonenumbers.parse(plain, where)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ImpossiblePhone
