"""The whys of the engine as words: how a right came to be, why there is none, who must look."""

from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models import Kind

Words = str | Promise

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

DIFFERING: Mapping[str, Words] = {
    "owner": _("歸屬人"),
    "valid_until": _("最後有效日"),
    "decided_by": _("由誰決定"),
    "cases": _("案件"),
    "alerts": _("提醒"),
    "cites": _("引用的條文"),
    "credit": _("業績"),
    "decision": _("這筆事實沒有存下認定"),
    "event": _("認定所依的事實不在"),
    "period": _("歸屬期間"),
    "chain": _("歸屬鏈"),
    "steps": _("各步所依的條文"),
    "matters": _("待決事項"),
    "deals": _("成交認定"),
    "commission": _("佣金"),
    "ahead": _("之後的歸屬"),
    "waiting": _("等誰決定"),
    "failures": _("其他人不成立的理由"),
}
"""What a rederivation compares."""


def last_day(day: date | None, *, short: bool = False) -> str:
    """`2026-06-12 24:00`, short `06-12`; «不失效» where there is none."""
    if day is None:
        return gettext("不失效")
    return f"{day:%m-%d}" if short else f"{day.isoformat()} 24:00"
