"""WeChat names and e-mail addresses, read the same way however they are written."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

WECHAT, EMAIL = "wechat", "email"
WECHAT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{4,19}")
BEFORE_WECHAT = re.compile(r"^(?:微信號|微信号|微信|wechat|weixin|wx|vx|v信)\s*[:：]\s*|^@")
is_email = EmailValidator()


class ImpossibleContact(ValueError):
    """What was typed is no WeChat name or no e-mail address."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.message = MESSAGES[kind]


MESSAGES = {
    WECHAT: _("這不像微信號。微信號是 5 到 20 個英文字母、數字、底線或減號，例如 shen_guoliang。"),
    EMAIL: _("這不像電子郵件地址，例如 shen@example.com。"),
}


def normalise_contact(kind: str, typed: str) -> str:
    """A WeChat name (`wechat`) or an address (`email`) as it is compared: in small letters.

    Raises ImpossibleContact.
    """
    seen = "".join(
        sign
        for sign in unicodedata.normalize("NFKC", typed)
        if unicodedata.category(sign) not in ("Cf", "Cc")
    )
    plain = seen.strip().casefold()
    if kind == WECHAT:
        plain = BEFORE_WECHAT.sub("", plain)
        if not WECHAT_NAME.fullmatch(plain):
            raise ImpossibleContact(kind)
        return plain
    try:
        is_email(plain)
    except ValidationError as error:
        raise ImpossibleContact(kind) from error
    return plain


def covered_contact(typed: str) -> str:
    """A WeChat name or an address as lists and pages show it: enough to recognise, not to write to.

    The first sign stands, and of an address where it is: `s****`, `s****@example.com`.
    """
    name, at, place = typed.partition("@")
    return f"{name[:1]}****{at}{place}"
