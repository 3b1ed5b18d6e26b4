"""Readings that may be disputed: what we chose, and what else could be meant."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .reasons import Words


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """A question that the text leaves open: what we chose, what else could be meant."""

    question: Words
    chosen: Words
    otherwise: Words
    clauses: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    """The parameters by which an office chooses otherwise; empty where a person is shown both."""


READINGS: tuple[ReadingChoice, ...] = (
    ReadingChoice(
        _("來電算不算首次接待？"),
        _("算。銷售制度裡只算聯繫，弱於任何現場接待"),
        _("只有現場接待才算"),
        ("sales/3",),
        ("call_claim",),
    ),
    ReadingChoice(
        _("銷售制度的歸屬會不會失效？"),
        _("不會，條文沒有期限"),
        _("比照招商，訂期限與追訪"),
        ("sales/3",),
        ("call_validity", "visit_validity", "rolling_validity"),
    ),
    ReadingChoice(
        _("半個月、一個月怎麼算？"),
        _("半個月是 15 天，一個月到次月同日；起算當天不計，末日到 24:00"),
        _("固定 30 天，或起算當天計入"),
        ("leasing/1.2",),
        ("call_validity", "visit_validity", "first_day_counted", "last_day_counted"),
    ),
    ReadingChoice(
        _("順延從哪天起算？"),
        _("從舊的最後有效日"),
        _("從追訪當天"),
        ("leasing/1.2",),
        ("extension_mode", "rolling_validity"),
    ),
    ReadingChoice(
        _("一期可以順延幾次？"),
        _("一次；過了舊的最後有效日，才能再延"),
        _("每次追訪都延"),
        ("leasing/1.2",),
        ("extension_mode",),
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
        ("after_lapse",),
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
        ("party",),
    ),
    ReadingChoice(
        _("他處的熟人：要提名，還是要先介紹？"),
        _("有證據的話，任一項即可"),
        _("兩項都要"),
        ("sales/4",),
        ("known_agent",),
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
        ("collision_by",),
    ),
)
