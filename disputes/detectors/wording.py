"""Sentences of suspicions: what was seen, step by step, and what else may explain it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

TIES: Mapping[str, Any] = {
    "proxy": _("替他看房"),
    "phone": _("同一個電話"),
    "payer_phone": _("付款人的電話是另一方的"),
    "contact": _("同一個微信或電子郵件"),
    "noted": _("備註裡寫著另一方的電話"),
    "family": _("家人（各自的需求）"),
    "address": _("證件地址相同"),
    "identity": _("證件號碼末四碼相同"),
    "payer_name": _("付款人與另一方同名，或同一位付款人"),
    "brought": _("由另一方帶來"),
    "friend": _("朋友（各自的需求）"),
    "colleague": _("同事（各自的需求）"),
}
WHAT: Mapping[str, Any] = {
    "notice": _("被告知客戶有人負責之後，自己成交，或等到期限一過就成交。"),
    "tied_buyer": _("成交的買方，和另一位顧問的客戶有關；可能是同一筆買賣換了名字。"),
    "units": _("房源由相關的人輪流保留、一再轉手，或簽約前換成非親屬的名字。"),
    "steering": _("一位前台把客人給同一位顧問，多得不像巧合。"),
    "follow_ups": _("期限最後幾天成批記下追訪，快得不像打過電話，或文字互相照抄。"),
    "late_entry": _("別人登記之後，才補登一筆「更早」的接待。"),
}
"""What each detector looks for."""
OTHERWISE: Mapping[str, Any] = {
    "notice": _("客戶自己回來找他；原顧問口頭請他代辦，沒有寫下來。"),
    "tied_buyer": _("真正的親屬或鄰居各買各的；號碼或姓名碰巧相同。"),
    "units": _("夫妻換人簽、猶豫後再訂；用自己的公司名義買。"),
    "steering": _("那幾天只有他有空；客人真的指名。"),
    "follow_ups": _("傳訊息而不是打電話；先打完再一次登記。"),
    "late_entry": _("真的先接待過，只是晚寫；前台那天沒有登記到訪。"),
}
"""What honest people do that looks alike."""


def sentence(clue: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One step of a path in words; `names`: agent, other_agent, client, other_client."""
    what, values = clue["what"], clue.get("values", {})
    if what == "told" and values.get("how") != "enquiry":
        what = f"told_{values.get('how')}"
    if what == "entered" and "late" in values:
        what = "entered_late"
    if what == "tie":
        values = {**values, "kind": TIES[values["kind"]]}
    return str(SENTENCES[what]) % {**names, **values}


SENTENCES: Mapping[str, Any] = {
    "told": _("%(agent)s 查詢 %(client)s，得知受保護（歸 %(other_agent)s）"),
    "told_notice": _("%(agent)s 被告知 %(client)s 歸 %(other_agent)s"),
    "told_assist": _("%(agent)s 替 %(other_agent)s 接待了 %(client)s"),
    "received": _("%(agent)s 接待了 %(client)s"),
    "lapsed": _("%(agent)s 的期限到此為止"),
    "sold": _("%(client)s 認購，成交人 %(agent)s"),
    "fresh": _("買方 %(client)s 到認購前 %(days)s 天才第一次出現"),
    "tie": _("%(client)s 和 %(other_client)s：%(kind)s"),
    "held": _("%(client)s 從這時起歸 %(agent)s"),
    "knew": _("%(agent)s 查過 %(client)s，或被告知有人負責"),
    "bought_nothing": _("到那時 %(client)s 自己什麼也沒買"),
    "stay": _("%(client)s 保留 %(unit)s，經手 %(agent)s"),
    "renamed": _("%(client)s 的 %(unit)s 簽約前換成非親屬的名字，經手 %(agent)s"),
    "fed": _(
        "%(quarter)s：%(other_agent)s 迎接而沒有指名的客人，%(count)s 組給了 %(agent)s；"
        "照當日輪值約 %(expected)s 組。純屬巧合的機率 %(chance)s"
    ),
    "named": _(
        "%(quarter)s：%(other_agent)s 迎接的客人有 %(count)s 組指名 %(agent)s；"
        "照其他前台的比例約 %(expected)s 組。純屬巧合的機率 %(chance)s"
    ),
    "sent": _("%(day)s：%(other_agent)s 迎接，給了 %(agent)s"),
    "sitting": _("%(agent)s 在 %(minutes)s 分鐘內記下 %(count)s 筆期限最後兩天的追訪"),
    "quick": _("兩筆之間多半只隔 %(seconds)s 秒，不夠打一通電話"),
    "alike": _("各筆文字平均有 %(percent)s%% 相同"),
    "all_reached": _("%(count)s 筆全部寫著聯絡上了"),
    "copies": _("%(agent)s 一個月內 %(count)s 次用同一句話，幾乎都在期限最後兩天"),
    "follow_up": _("追訪 %(client)s：「%(text)s」"),
    "entered": _("%(agent)s 登記 %(client)s 的接待"),
    "entered_late": _("%(agent)s 補登 %(client)s 的接待，寫的時間早了 %(late)s 分鐘"),
    "asked": _("%(agent)s 在這之間查詢過 %(client)s"),
    "unlike": _("%(agent)s 平常都是當場登記，很少晚這麼多"),
    "unseen": _("前台沒有這組客人的到訪紀錄，%(agent)s 的客人平常多半有"),
}
"""One for each kind of clue."""
