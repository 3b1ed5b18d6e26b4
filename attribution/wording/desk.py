"""What the policy desk says: the parameters in groups, their hints, and why some are refused."""

from collections.abc import Mapping
from dataclasses import fields

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..policy.parameters import Policy, PolicyError
from .parameters import NUMBERS_OF, PARAMETERS, parameter
from .readings import READINGS, ReadingChoice
from .reasons import Words

GROUPS: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    (
        "reception",
        _("接待取得什麼"),
        ("call_claim", "online_claim", "report_claim", "required_fields"),
    ),
    (
        "validity",
        _("有效多久"),
        ("call_validity", "visit_validity", "online_validity", "report_validity",
         "rolling_validity"),
    ),
    (
        "calendar",
        _("日子怎麼算"),
        ("first_day_counted", "last_day_counted", "holiday_roll", "holidays", "weekly_rest"),
    ),
    (
        "extension",
        _("追訪順延"),
        ("extension", "extension_mode", "extension_cap", "extension_total"),
    ),
    ("lapse", _("失效之後"), ("after_lapse", "claim_back")),
    ("party", _("同一客戶與撞單"), ("party", "collision_by", "collision_split")),
    (
        "referral",
        _("介紹、熟客與代看"),
        ("advance_registration", "known_agent", "brought_by_client", "proxy_acknowledged",
         "proxy_unfiled_by"),
    ),
    ("deal", _("成交"), ("deal_lookback", "helper_share", "closer_commission")),
)  # fmt: skip
"""The parameters as an office thinks of them; each stands in one group."""

PRESET: Words = _("制度範本")

HINTS: Mapping[str, Words] = {
    "rolling_validity": _("填了就取代各種有效期限與順延：每次有效接觸都重新起算"),
    "first_day_counted": _("勾選：起算當天就是第一天，最後有效日早一天"),
    "last_day_counted": _("不勾：最後有效日再早一天"),
    "holidays": _("一行一天，例如 2026-10-01"),
    "extension_cap": _("一段期限裡最多順延幾次；空白：不限"),
    "extension_total": _("從這段期限的開始算起，順延不超過這麼長"),
    "claim_back": _("失效後這麼久之內，追訪接通可以追回沒有人持有的客戶"),
    "deal_lookback": _("成交前這麼久之內有過接觸，才計業績"),
    "helper_share": _("百分比，0 到 99；0：不分"),
    "closer_commission": _("百分比，0 到 100；只分佣金，不分業績"),
    "required_fields": _("缺了勾選的任何一項，就不算接待"),
    "party": _("勾選的關係，為同一需要就算同一客戶"),
}

REFUSED: Mapping[str, Words] = {
    "unknown_preset": _("沒有這種制度：%(value)s。"),
    "unknown": _("沒有這個參數。"),
    "twice": _("與「%(other)s」是同一個參數，兩者擇一。"),
    "number": _("要填 1 到 %(most)s 的整數，或留空。"),
    "span": _("要填數字與單位，例如 15 天、1 個月、72 小時，或留空。"),
    "choice": _("沒有這個選項：%(value)s。"),
    "switch": _("只能選是或否。"),
    "list": _("清單裡有不認識的項目。"),
    "percent": _("要填 0 到 %(most)s 的百分比，不帶小數。"),
    "dates": _("要填日期，例如 2026-10-01。"),
    "split": _("要按關係填均分或百分比。"),
    "shares": _("要填均分，或至少兩個 1 到 99 的百分比。"),
    "sum": _("各人的百分比加起來要是 100，現在是 %(total)s。"),
    "never_lapses": _("這裡沒有權利會失效，填了沒有作用。"),
    "not_united": _("這種關係在這裡不算同一客戶；要分成，先把它列入同一客戶。"),
    "no_claim": _("這種來源不給權利，就沒有期限；留空，或先選給什麼。"),
    "rolled": _("「自最近一次有效接觸起算」取代了它，兩者擇一。"),
    "extension_given": _("選了不順延，卻填了順延多久；兩者擇一。"),
    "no_extension": _("這種方式要先填每次順延多久。"),
    "nothing_extends": _("這裡沒有順延，也就沒有上限。"),
    "ends_before": _("一天裡頭尾都不計，還沒開始就結束了。"),
    "no_rest_days": _("要先填休假日或每週休息的日子。"),
    "no_roll": _("末日逢休息日不順延，填了沒有作用；留空，或改選順延。"),
    "never_works": _("一週七天都休息，就沒有工作日了。"),
}
"""The core's reasons against a policy, by their code."""


def refusal(error: PolicyError) -> str:
    """Why the core refuses a policy, in the reader's words."""
    given = {**error.given}
    if "other" in given:
        given["other"] = PARAMETERS.get(given["other"], given["other"])
    return str(REFUSED[error.code]) % given


def grouped() -> list[tuple[str, str, list[str]]]:
    """Every parameter of a policy in its group; what no group names yet stands in a last one."""
    names = [each.name for each in fields(Policy) if each.name != "preset"]
    found = [
        (key, str(words), [name for name in listed if name in names])
        for key, words, listed in GROUPS
    ]
    said = {name for _key, _words, listed in found for name in listed}
    others = [name for name in names if name not in said]
    return [*found, *([("others", gettext("其他"), others)] if others else [])]


def clauses_of(name: str) -> list[str]:
    """The clauses to which a parameter belongs."""
    return [id for id, names in NUMBERS_OF.items() if name in names]


def readings_of(name: str) -> list[ReadingChoice]:
    """The disputable readings that a parameter decides."""
    return [reading for reading in READINGS if name in reading.parameters]


def said(name: str, chosen: Policy) -> tuple[str, str]:
    """A parameter and its value under a policy, both in words."""
    return str(PARAMETERS.get(name, name)), parameter(name, getattr(chosen, name))
