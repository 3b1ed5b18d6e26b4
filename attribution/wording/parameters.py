"""The parameters of a policy and their values in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from ..policy.calendar import Span
from ..policy.parameters import PRESETS as EDITION_PRESETS
from ..policy.parameters import Policy
from .reasons import Words

UNITS: Mapping[str, Words] = {
    "hours": ngettext_lazy("%(n)s 小時", "%(n)s 小時", "n"),
    "days": ngettext_lazy("%(n)s 天", "%(n)s 天", "n"),
    "months": ngettext_lazy("%(n)s 個月", "%(n)s 個月", "n"),
}
NO_SPAN: Mapping[str, Words] = {
    "call_validity": _("不失效"),
    "visit_validity": _("不失效"),
    "online_validity": _("不失效"),
    "report_validity": _("不失效"),
    "extension": _("不順延"),
    "claim_back": _("不可追回"),
    "deal_lookback": _("不限"),
    "extension_total": _("不限"),
    "extension_cap": _("不限"),
    "rolling_validity": _("不採用"),
}
PARAMETERS: Mapping[str, Words] = {
    "call_claim": _("來電取得"),
    "call_validity": _("來電有效"),
    "visit_validity": _("來訪有效"),
    "online_claim": _("網路諮詢取得"),
    "online_validity": _("網路諮詢有效"),
    "report_claim": _("渠道報備取得"),
    "report_validity": _("渠道報備有效"),
    "rolling_validity": _("自最近一次有效接觸起算"),
    "first_day_counted": _("起算當天計入"),
    "last_day_counted": _("末日計入"),
    "holiday_roll": _("末日逢休息日"),
    "holidays": _("休假日"),
    "weekly_rest": _("每週休息"),
    "extension": _("每次順延"),
    "extension_mode": _("順延方式"),
    "extension_cap": _("順延次數上限"),
    "extension_total": _("順延總長上限"),
    "required_fields": _("首次接待必填"),
    "after_lapse": _("第一人失效後"),
    "claim_back": _("失效後可追回"),
    "collision_by": _("撞單由誰決定"),
    "collision_split": _("撞單均分或按比例"),
    "party": _("除本人外，視為同一客戶"),
    "advance_registration": _("提前登記決定歸屬"),
    "known_agent": _("新客戶指名熟識的顧問"),
    "brought_by_client": _("老客戶帶來並指名"),
    "proxy_acknowledged": _("代看備案要經理確認"),
    "proxy_unfiled_by": _("未備案的代看撞單"),
    "deal_lookback": _("成交前須有接觸"),
    "helper_share": _("當天幫帶並代成交的分成"),
    "closer_commission": _("成交人分得的佣金"),
}
CHOICES: Mapping[str, Words] = {
    "full": _("完整的歸屬"),
    "contact": _("聯繫（弱於現場接待）"),
    "policy": _("制度"),
    "supervisor": _("主管"),
    "negotiation": _("先協商"),
    "family": _("家人"),
    "friend": _("朋友"),
    "colleague": _("同事"),
    "spouse": _("夫妻"),
    "same": _("同一人"),
    "none": _("無"),
    "next": _("順延至下一個工作日"),
    "once": _("每期一次，從舊的最後有效日"),
    "every": _("每次追訪，從舊的最後有效日"),
    "from_follow_up": _("每次追訪，從追訪當天"),
    "next_in_chain": _("由順位上下一位接續"),
    "closing_agent": _("無人歸屬，成交人得業績"),
    "on_duty": _("歸輪值接待的人"),
    "name": _("姓名"),
    "phone": _("電話"),
    "need": _("需求"),
    "source": _("來源"),
    "monday": _("週一"),
    "tuesday": _("週二"),
    "wednesday": _("週三"),
    "thursday": _("週四"),
    "friday": _("週五"),
    "saturday": _("週六"),
    "sunday": _("週日"),
}
IN_PLACE: Mapping[tuple[str, str], Words] = {
    ("online_claim", "none"): _("不算接待"),
    ("report_claim", "none"): _("不算接待"),
    ("holiday_roll", "none"): _("照算，不順延"),
    ("extension_mode", "none"): _("不順延"),
    ("after_lapse", "supervisor"): _("等主管決定"),
}
"""Where one word of the core means something of its own for a parameter."""
ORDER = (*CHOICES,)
"""In which order the words of a set are said."""
PRESETS: Mapping[str, Words] = {
    "house": _("綜合制度"),
    "sales": _("銷售制度"),
    "leasing": _("招商制度"),
}

NUMBERS_OF: Mapping[str, tuple[str, ...]] = {
    "sales/2": ("collision_by", "collision_split"),
    "sales/3": ("call_claim", "online_claim", "report_claim", "required_fields", "deal_lookback",
                "closer_commission"),
    "sales/4": ("known_agent",),
    "sales/5": ("advance_registration",),
    "sales/6": ("proxy_acknowledged", "proxy_unfiled_by"),
    "leasing/1.1": ("call_claim", "online_claim", "report_claim", "required_fields",
                    "deal_lookback", "closer_commission"),
    "leasing/1.2": ("call_validity", "visit_validity", "online_validity", "report_validity",
                    "rolling_validity", "extension", "extension_mode", "extension_cap",
                    "extension_total", "first_day_counted", "last_day_counted", "holiday_roll",
                    "holidays", "weekly_rest"),
    "leasing/1.6": ("party",),
    "leasing/1.10": ("claim_back",),
    "leasing/1.12": ("helper_share",),
    "leasing/1.13": ("brought_by_client",),
    "leasing/2.1": ("collision_by", "collision_split"),
    "leasing/2.2": ("after_lapse",),
    "leasing/2.3": ("proxy_acknowledged", "proxy_unfiled_by"),
    "leasing/2.4": ("proxy_unfiled_by",),
}  # fmt: skip
"""The parameters that are each clause's own numbers."""


def span(value: Span | None, name: str = "") -> str:
    """A span in words, «15 天»; for None the words that the parameter has for it."""
    if value is None:
        return str(NO_SPAN.get(name, _("無")))
    return str(UNITS[value.unit] % {"n": value.amount})


def parameter(name: str, value: Any) -> str:
    """One parameter's value in words."""
    if value is None or isinstance(value, Span):
        return span(value, name)
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if name in ("helper_share", "closer_commission"):
        return f"{value}%" if value else gettext("無")
    if name == "collision_split":
        return gettext("、").join(_split(*each) for each in value) or gettext("無")
    if isinstance(value, (frozenset, set, tuple, list)):
        words = [str(CHOICES[word]) for word in ORDER if word in value]
        words += sorted(day.isoformat() for day in value if isinstance(day, date))
        return gettext("、").join(words) or gettext("無")
    return choice(name, value)


def choice(name: str, value: Any) -> str:
    """One of a parameter's choices in words."""
    return str(IN_PLACE.get((name, value)) or CHOICES.get(value, value))


def _split(relation: str, shares: tuple[int, ...]) -> str:
    how = "／".join(str(share) for share in shares) if shares else gettext("均分")
    return f"{CHOICES[relation]} {how}"


def parameters(policy: Policy) -> list[tuple[str, str, str]]:
    """Every parameter of a policy: its name, how it is called, its value in words."""
    return [
        (name, str(words), parameter(name, getattr(policy, name)))
        for name, words in PARAMETERS.items()
    ]


def changed_from_preset(policy: Policy) -> frozenset[str]:
    """The parameters in which a policy differs from its preset."""
    preset = EDITION_PRESETS[policy.preset]
    return frozenset(name for name in PARAMETERS if getattr(policy, name) != getattr(preset, name))
