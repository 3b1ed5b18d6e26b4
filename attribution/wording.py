"""The policy's answers in words: clauses, reasons, parameters, readings, by the engine's own keys.

The engine gives back verbs, whys and clause ids; what people read stands here and in the
templates. Sentences never name an agent by themselves: `%(who)s` is filled by whoever knows what
the reader may see, with a name or a letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from leads.models import Kind

from .policy.calendar import Span
from .policy.clause import Clause
from .policy.editions import ALL_CLAUSES
from .policy.parameters import PRESETS as EDITION_PRESETS
from .policy.parameters import Policy

Words = str | Promise

# ── Clauses ──

CLAUSES: Mapping[str, type[Clause]] = {clause.id: clause for clause in ALL_CLAUSES}


def statement(id: str) -> str:
    """What a clause says, in the reader's language; empty for one that we do not know."""
    clause = CLAUSES.get(id)
    if clause is None:
        return ""
    said = clause.statement
    return {"zh-hans": said.hans, "en": said.en}.get(get_language() or "", said.hant)


def stated(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Clause ids with their statements, once each: what a row of clause chips takes."""
    return [(id, statement(id)) for id in dict.fromkeys(ids)]


# ── How somebody got a right: a noun for badges, a reason for chains ──

GRANTED: Mapping[str, Words] = {
    "first_reception": _("首次接待"),
    "later_reception": _("後到的接待"),
    "counts_without_phone": _("首次接待"),
    "brochure_counts": _("首次接待"),
    "registered": _("提前登記"),
    "asked_for_lapsed": _("客戶回頭指名"),
    "free_choice": _("客戶自選"),
    "brought_by_client": _("老客戶帶來"),
    "named_and_known": _("熟客指名"),
    "whose_turn": _("輪到接待"),
    "on_duty_after_lapse": _("輪值接待"),
    "claimed_back": _("期限內追回"),
    "replacement": _("主管換人"),
    "assignment": _("主管安排"),
    "ruling": _("裁定"),
    "deal": _("成交"),
}

BECAUSE: Mapping[str, Words] = {
    "first_reception": _("當時無人歸屬"),
    "later_reception": _("當時已有別人的有效期限，本人不知情"),
    "registered": _("來之前登記了姓名與特徵"),
    "asked_for_lapsed": _("逾期客戶回來，指名找原顧問"),
    "free_choice": _("投訴過的客戶帶來，可自選顧問"),
    "brought_by_client": _("老客戶親自帶來，指名找原顧問"),
    "named_and_known": _("新客戶指名找熟識的顧問"),
    "whose_turn": _("被指定的人不取得，由輪到的人取得"),
    "replacement": _("投訴成立，主管換人談到簽約"),
    "assignment": _("原顧問離職，主管安排"),
    "ruling": _("裁定終止其他權利，重新起算"),
}

# ── Why something gave no right ──

BARRED: Mapping[str, Words] = {
    "knew": _("先前已知客戶由他人持有，不取得順位"),
    "for_registrant": _("為提前登記的人接待，不取得歸屬"),
    "asked_for_owner": _("客戶找的是歸屬人，視同為他接待"),
    "for_owner": _("為歸屬人接待，不取得歸屬與佣金"),
    "no_traits": _("沒有寫特徵，登記無效"),
    "held_already": _("已有有效的歸屬人，登記無效"),
    "received_before": _("客戶先到、登記在後，登記無效"),
    "steered_past_owner": _("被非銷售人員指定，歸屬人不變"),
    "steered_turn_unknown": _("被非銷售人員指定，又不知輪到誰，等主管裁定"),
    "not_about_project": _("與項目無關，不算接待"),
    "not_in_register": _("沒有登記，不算接待"),
    "awaits_assignment": _("原顧問離職，等主管安排"),
    "awaits_decision": _("等主管裁定，暫不取得歸屬"),
    "agent_fault": _("查明是接待人過失，權利終止"),
    "not_reached": _("沒有聯絡到客戶，不算追訪"),
    "no_living_claim": _("當時沒有有效期限可延"),
    "recorded_after_lapse": _("到期之後才登記，不能恢復"),
    "nothing_to_extend": _("不失效，不必順延"),
    "extended_this_period": _("本期已順延過一次"),
    "no_circumstances": _("沒有寫明情況，備案無效"),
    "not_acknowledged": _("經理尚未確認，備案無效"),
    "channel_gives_nothing": _("這種來源不算接待"),
    "entry_incomplete": _("登記缺必填項目，不算接待"),
    "no_recent_contact": _("成交前的期限內沒有接觸，不計業績"),
    "extension_cap_reached": _("順延次數已滿"),
    "extension_total_reached": _("順延已到總長上限"),
}

BRIEFLY: Mapping[str, Words] = {
    "knew": _("明知，不取得順位"),
    "for_registrant": _("為登記人接待"),
    "asked_for_owner": _("為歸屬人接待"),
    "for_owner": _("為歸屬人接待"),
    "not_reached": _("只留紀錄"),
    "no_living_claim": _("到期之後，無效"),
    "recorded_after_lapse": _("到期之後，無效"),
    "nothing_to_extend": _("不失效，只留紀錄"),
    "extended_this_period": _("本期已延，只留紀錄"),
    "extension_cap_reached": _("次數已滿，只留紀錄"),
    "extension_total_reached": _("已到上限，只留紀錄"),
    "awaits_assignment": _("等主管安排"),
    "awaits_decision": _("等主管裁定"),
}

FLAGGED: Mapping[str, Words] = {
    "collision": _("與別人的有效期限重疊，記為撞單"),
    "poaching": _("認購前已知客戶由他人持有：搶單疑似"),
    "name_swap": _("知情後以他人名義成交：換名疑似"),
    "steering": _("非銷售人員指定顧問：待查"),
    "complaint": _("客戶投訴：待查"),
    "departure": _("歸屬人離職，等主管安排"),
    "succession": _("第一人到期而另有人在後，等主管決定由誰接續"),
    "late_entry": _("隔日補登，從登記時起算"),
    "knowing_contact": _("明知仍接觸，已提醒主管"),
    "duty_breach": _("三項義務沒有做全，已提醒主管"),
    "one_person": _("查明是同一人，兩條線合為一條"),
    "one_party": _("為同一需要，兩條線合為一條"),
    "needs_apart": _("各有需要，分開計"),
    "lapsed_before": _("先前的期限已過，視為放棄"),
    "signed_before": _("已簽約的老客戶"),
    "closed_for_owner": _("受歸屬人委託代為成交"),
    "two_readings": _("兩種讀法結果不同，由主管認定"),
}

NOTES = frozenset(
    {
        "one_person",
        "one_party",
        "needs_apart",
        "lapsed_before",
        "signed_before",
        "closed_for_owner",
    }
)
"""Flags that only say that a clause was at work: nobody has to look."""

BASES: Mapping[str, Words] = {
    "deal": _("認購當天"),
    "discovery": _("撞單發現當天"),
    "occurrence": _("撞單發生當天"),
    "ruling": _("裁定"),
}

ENDED_BY: Mapping[str, Words] = {
    "leasing/1.11": _("離職，權利終止"),
    "leasing/1.14": _("查明是接待人過失，權利終止"),
    "leasing/2.4": _("裁定後權利終止"),
    "sales/2": _("裁定後權利終止"),
    "sales/5": _("讓給提前登記的人"),
    "sales/10": _("主管換人，權利終止"),
}

HAPPENED: Mapping[str, Words] = {
    Kind.CALL: _("來電接待"),
    Kind.VISIT: _("來訪接待"),
    Kind.ONLINE: _("網路諮詢"),
    Kind.REPORT: _("渠道報備"),
    Kind.BROCHURE: _("來訪，只取資料"),
    Kind.ASSIST: _("義務接待"),
    Kind.FOLLOW_UP: _("追訪"),
    Kind.REGISTRATION: _("介紹登記"),
    Kind.PROXY: _("代看備案"),
    Kind.NOTICE: _("被告知：客戶由他人持有"),
    Kind.LINK: _("關係連結"),
    Kind.TAKEN_BACK: _("撤回關係連結"),
    Kind.DEPARTURE: _("離職"),
    Kind.ASSIGNMENT: _("主管安排歸屬"),
    Kind.COMPLAINT: _("客戶投訴"),
    Kind.RULING: _("裁定"),
    Kind.DEAL: _("認購"),
}

ICONS: Mapping[str, str] = {
    Kind.CALL: "icon:phone-incoming",
    Kind.VISIT: "icon:door-enter",
    Kind.ONLINE: "icon:world",
    Kind.REPORT: "icon:file-description",
    Kind.BROCHURE: "icon:file-text",
    Kind.ASSIST: "icon:heart-handshake",
    Kind.FOLLOW_UP: "icon:phone-check",
    Kind.REGISTRATION: "icon:user-plus",
    Kind.PROXY: "icon:eye-check",
    Kind.NOTICE: "icon:bell",
    Kind.LINK: "icon:link",
    Kind.TAKEN_BACK: "icon:arrow-back-up",
    Kind.DEPARTURE: "icon:user-minus",
    Kind.ASSIGNMENT: "icon:user-share",
    Kind.COMPLAINT: "icon:message-exclamation",
    Kind.RULING: "icon:gavel",
    Kind.DEAL: "icon:home-dollar",
}


NOTED: Mapping[str, Words] = {
    "collision": _("撞單"),
    "poaching": _("搶單疑似"),
    "name_swap": _("換名疑似"),
    "steering": _("指定介紹"),
    "complaint": _("客戶投訴"),
    "departure": _("離職待分"),
    "succession": _("到期接續"),
}
"""Words that a note keeps as keys, because it does not know its reader's language."""


def last_day(day: date | None, *, short: bool = False) -> str:
    """`2026-06-12 24:00`, short `06-12`; «不失效» where there is none."""
    if day is None:
        return gettext("不失效")
    return f"{day:%m-%d}" if short else f"{day.isoformat()} 24:00"


# ── Parameters, as the policy page says them ──

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
BY_PEOPLE: Mapping[str, tuple[Words, Words]] = {
    "case": (_("由人判斷"), _("作為案件，在待審佇列裡由主管處理")),
    "board": (_("現場的義務"), _("在接待現場做到；同意與否由接待人登記")),
}
"""For clauses without a rule: what they are, and where somebody sees to it."""


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
    return str(CHOICES.get(value, value))


def _split(relation: str, shares: tuple[int, ...]) -> str:
    how = "／".join(str(share) for share in shares) if shares else gettext("均分")
    return f"{CHOICES[relation]} {how}"


def parameters(policy: Policy) -> list[tuple[str, str, str]]:
    """Every parameter of a policy: its name, how it is called, its value in words."""
    return [
        (name, str(words), parameter(name, getattr(policy, name)))
        for name, words in PARAMETERS.items()
    ]


@dataclass(frozen=True, slots=True)
class OnPage:
    """A clause as the policy page shows it."""

    id: str
    statement: str
    state: str
    """rule, person (a duty or a judgement for somebody) or off (not in this preset)."""
    numbers: list[tuple[str, str]]
    person: tuple[Words, Words] | None


def clause_on_page(clause: type[Clause], working: Clause | None, policy: Policy) -> OnPage:
    """What a clause says and whether it is in force, with its own numbers in words."""
    by_person = BY_PEOPLE.get(clause.decided_by)
    state = "off" if working is None else "person" if by_person else "rule"
    numbers = []
    if working is not None:
        numbers = [
            (str(PARAMETERS[name]), parameter(name, getattr(policy, name)))
            for name in NUMBERS_OF.get(clause.id, ())
        ]
    return OnPage(clause.id, statement(clause.id), state, numbers, by_person)


def changed_from_preset(policy: Policy) -> frozenset[str]:
    """The parameters in which a policy differs from its preset."""
    preset = EDITION_PRESETS[policy.preset]
    return frozenset(name for name in PARAMETERS if getattr(policy, name) != getattr(preset, name))


# ── Readings that may be disputed ──


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """A question that the text leaves open: what we chose, what else could be meant."""

    question: Words
    chosen: Words
    otherwise: Words
    clauses: tuple[str, ...]
    parameter: str = ""
    """The parameter by which an office chooses otherwise; empty where there is none."""


READINGS: tuple[ReadingChoice, ...] = (
    ReadingChoice(
        _("來電算不算首次接待？"),
        _("算。銷售制度裡只算聯繫，弱於任何現場接待"),
        _("只有現場接待才算"),
        ("sales/3",),
        "call_claim",
    ),
    ReadingChoice(
        _("銷售制度的歸屬會不會失效？"),
        _("不會，條文沒有期限"),
        _("比照招商，訂期限與追訪"),
        ("sales/3",),
        "visit_validity",
    ),
    ReadingChoice(
        _("半個月、一個月怎麼算？"),
        _("半個月是 15 天，一個月到次月同日；起算當天不計，末日到 24:00"),
        _("固定 30 天，或起算當天計入"),
        ("leasing/1.2",),
        "call_validity",
    ),
    ReadingChoice(
        _("順延從哪天起算？"),
        _("從舊的最後有效日"),
        _("從追訪當天"),
        ("leasing/1.2",),
        "extension_mode",
    ),
    ReadingChoice(
        _("一期可以順延幾次？"),
        _("一次；過了舊的最後有效日，才能再延"),
        _("每次追訪都延"),
        ("leasing/1.2",),
        "extension_mode",
    ),
    ReadingChoice(
        _("追訪了、但到期後才登記，算不算？"),
        _("不算，追訪與登記都要在到期之前"),
        _("追訪在到期之前就算"),
        ("leasing/1.2",),
    ),
    ReadingChoice(
        _("客戶自己再來，期限變不變？"),
        _("變，由歸屬人或為他接待的，重新起算"),
        _("不變，只有追訪才延"),
        ("leasing/1.2",),
    ),
    ReadingChoice(
        _("第一人到期後歸誰？"),
        _("歸順位上下一個仍有效的人，以此類推"),
        _("回到無人歸屬，重新看誰接待"),
        ("leasing/2.2",),
        "after_lapse",
    ),
    ReadingChoice(
        _("成交日是哪一天？"),
        _("認購並付款當天"),
        _("簽約當天"),
        ("leasing/2.1", "leasing/2.2"),
    ),
    ReadingChoice(
        _("逾期客戶回來找原顧問？"),
        _("歸原顧問，重新起算"),
        _("逾期即放棄，歸接待人"),
        ("leasing/1.10",),
    ),
    ReadingChoice(
        _("朋友一起看房，算不算同一客戶？"),
        _("為同一需要才算；各買各的分開"),
        _("一起來就算"),
        ("leasing/1.6",),
        "party",
    ),
    ReadingChoice(
        _("他處的熟人：要提名，還是要先介紹？"),
        _("有證據的話，任一項即可"),
        _("兩項都要"),
        ("sales/4",),
        "known_agent",
    ),
    ReadingChoice(
        _("沒收的佣金給誰？"),
        _("給受害的顧問；沒有的話歸公司"),
        _("一律歸公司"),
        ("sales/1",),
    ),
    ReadingChoice(
        _("被非銷售人員指定的客戶歸誰？"),
        _("歸當時輪到的人；不知輪到誰，等主管裁定"),
        _("歸被指定的人，只罰指定者"),
        ("sales/9",),
    ),
    ReadingChoice(
        _("搶單的條文管到哪裡？"),
        _("全公司"),
        _("只管銷售部門"),
        ("sales/1", "sales/7"),
    ),
    ReadingChoice(
        _("銷售撞單由主管處理，有沒有預設？"),
        _("提案歸首次接待人，由主管確認"),
        _("沒有預設，主管自行決定"),
        ("sales/2",),
        "collision_by",
    ),
)
