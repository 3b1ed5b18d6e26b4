"""Reasons and effects of a row in the reader's language: what is wrong, why, and what to write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.identity import matcher

REASONS: Mapping[str, Any] = {
    # What a row does not say, or says unclearly.
    "no_date": _("沒寫日期。"),
    "bad_date": _(
        "日期「%(typed)s」看不懂。寫成 2026-03-02、2026/3/2、3月2日 或 民國115年3月2日。"
    ),
    "bad_time": _("時間「%(typed)s」看不懂。寫成 14:05、下午2:05 或 14點05分。"),
    "in_the_future": _("日期「%(typed)s」在未來。沒寫年份的日期，對欄位時選對年份。"),
    "too_old": _("日期「%(typed)s」太早，不像接待的日期。"),
    "entered_before": _("登記日期「%(typed)s」早於接待日期。"),
    "bad_phone": _("電話「%(typed)s」少碼或多碼。寫手機或市話；客戶沒留就寫「未留」。"),
    "follow_up_without_phone": _("追訪沒寫電話，認不出是哪位客戶。"),
    "long_name": _("姓名有 %(length)s 個字，最多 60 個。"),
    "no_agent": _("沒寫接待人（追訪人）。"),
    "agent_unknown": _("這個專案沒有叫「%(name)s」的顧問。在上面說一次他是誰，全部的列都算。"),
    "agent_ambiguous": _("叫「%(name)s」的顧問不只一位。在上面說一次是哪一位。"),
    "agent_departed": _("「%(name)s」已離職。在上面選由誰接手，或留著不匯入。"),
    "no_outcome": _("沒寫追訪結果。"),
    "bad_outcome": _("追訪結果「%(typed)s」看不懂。寫接通、家人接聽、未接或關機。"),
    "formula": _(
        "「%(column)s」是公式，檔案裡沒有值。在 Excel 打開另存一次；這一欄用不到就改成不匯入。"
    ),
    "excel_error": _("「%(column)s」是 Excel 的錯誤值（例如 #N/A）。"),
    "encoding": _("「%(column)s」有認不出的字。請換一種編碼再讀。"),
    "broken_quotes": _("這一列的引號或長度不對，讀不出欄位。"),
    "failed": _("寫入時出錯，已跳過；其他列不受影響。請把這一列交給管理員。"),
    # What is there already, and what is no entry at all.
    "recorded_already": _("同一筆已經在系統裡，不會再記。"),
    "twice_in_file": _("和第 %(first)s 列相同，只記一次。"),
    "total_row": _("合計列，不是接待。"),
    "heading_row": _("重複的標題列。"),
    # What stands against it.
    "changes_live": _("這位客戶系統裡已有即時紀錄；補登會改變現在的歸屬或期限。"),
    "live_facts": _("這位客戶系統裡已有即時紀錄，登記簿的日期不能排到它前面。"),
    "later_opening": _("這位客戶已有較晚的開帳紀錄，這列不能插到前面。各登記簿請放在同一次匯入。"),
    "after_opening": _("上線（%(opened)s）之後的接待應當時記在系統裡，不照登記簿的日期算。"),
    "moved_since": _("試跑之後這位客戶有了新的紀錄。"),
    # What else is to be known.
    "alike": _("系統裡有 %(count)s 位客戶可能是同一人（%(why)s）；不會自動合併，由主管確認。"),
    "two_clients": _("兩個號碼在系統裡是兩位客戶；記在第一個號碼名下，由主管確認，不合併。"),
    "phone_in_note": _("備註裡有像電話的號碼，不會當成客戶的電話。"),
    "asked_for": _("備註寫著找%(name)s；匯入只當備註，不當指名。"),
}  # fmt: skip
REMARKS = ("alike", "two_clients", "phone_in_note", "asked_for")
"""They do not decide the verdict."""
BARRED: Mapping[str, Any] = {
    "not_reached": _("沒有聯繫到"),
    "no_living_claim": _("當時沒有有效的權利可順延"),
    "recorded_after_lapse": _("登記時已失效"),
    "nothing_to_extend": _("不必順延"),
    "extended_this_period": _("這一期已順延過"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words; `leads`: the clients it is about, whom the reader may see."""

    code: str
    text: str
    remark: bool
    leads: Sequence[int] = ()


def words_of(reasons: Iterable[Sequence[Any]], seen: set[int]) -> list[Reason]:
    """Reasons in the language of the reader. `seen`: the clients whom he may see."""
    found = []
    for code, values in reasons:
        leads = [lead for lead in values.get("leads", []) if lead in seen]
        found.append(Reason(code, sentence(code, values), code in REMARKS, leads))
    return found


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """One reason; whatever a cell said stands in it as text."""
    said = dict(values)
    if "opened" in said:
        moment = parse_datetime(said["opened"])
        said["opened"] = "" if moment is None else f"{moment:%Y-%m-%d}"
    if "why" in said:
        said["why"] = gettext("、").join(str(matcher.REASONS[name]) for name in said["why"])
    if code not in REASONS:
        return gettext("這一列不能匯入（%(code)s）。") % {"code": code}
    return str(REASONS[code]) % said
