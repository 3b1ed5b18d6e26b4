"""Invents the people of a simulated office: names, phone numbers, sources, needs, notes.

Nobody here exists. The phone numbers are valid in form, from blocks that look made up.
"""

from collections.abc import Iterator
from itertools import count
from random import Random

SURNAMES = (
    "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴"
    "范方宋鄧杜傅侯曹薛丁卓阮馬董溫唐藍石蔣田康鄒白涂尤巫韓龔嚴袁黎金童陸夏倪錢秦"
)
MEN = (
    "志豪 俊傑 建宏 家豪 明哲 冠宇 宗翰 承恩 彥廷 柏翰 宇軒 子謙 文彬 國榮 永昌 "
    "振宇 啟明 德勝 思遠 浩然 立誠 嘉禾 博文 世傑 正雄 耀庭 展鵬 景行 修遠 懷瑾 "
    "泰安 煥章 錦程 仲凱 鴻儒 紹謙 維岳 凌川 奕辰 書航 景川 裕民 清源 廣生 松年 "
    "長庚 學勤 守信 樹人 致遠"
)
WOMEN = (
    "雅婷 怡君 淑芬 佩珊 詩涵 美玲 靜雯 欣怡 宜蓁 筱婷 曉雯 婉如 佳穎 惠敏 玉華 "
    "秀蘭 若晴 思妤 語彤 芷若 映雪 采薇 沛瑜 書瑤 雨桐 安琪 慧心 麗君 鳳儀 素琴 "
    "月娥 寶珠 清荷 念慈 懿嫻 芸熙 可馨 夢瑤 靖雯 亦菲 知夏 南喬 青禾 晚晴 綺雯 "
    "韻竹 蕙蘭 玉潔 瑞雪 敏之"
)
SOURCES = ("自然到訪", "戶外看板", "朋友介紹", "網路廣告", "短影音", "房產網站", "老客戶帶", "路過")
NEEDS = {
    "sales": (
        "三房兩廳，120 平上下，首付四成",
        "兩房，近地鐵，總價三百萬內",
        "四房，給父母同住，要低樓層",
        "改善型，要朝南、帶車位",
        "給孩子上學，明年九月前入住",
        "投資用，小坪數，看租金",
        "婚房，精裝，半年內交房",
        "換屋，先賣後買，時間不急",
        "頂樓複式，要露臺",
        "退休自住，要電梯、近醫院",
    ),
    "leasing": (
        "輕食餐飲，80 平，要排煙",
        "兒童教育，300 平，二樓以上",
        "咖啡店，50 平，臨街轉角",
        "美容美甲，60 平，安靜一點",
        "健身房，600 平，層高四米以上",
        "便利店，90 平，要廿四小時出入",
        "牙科診所，150 平，要給排水",
        "服飾店，100 平，近中庭",
        "辦公室，200 平，五個車位",
        "書店，180 平，租期五年",
    ),
}
TRAITS = (
    "短髮、戴眼鏡，開灰色休旅車",
    "一家三口，孩子約五歲",
    "五十歲上下，帶一位老人家",
    "年輕夫妻，男方穿球衣",
    "高個子，外地口音",
    "穿西裝，說替公司看",
    "推嬰兒車，問過學區",
    "戴草帽，騎電動車來",
)
COMPANIONS = ("", "", "", "", "太太", "先生", "父母", "夫妻帶孩子", "一位朋友", "合夥人")
VISIT_NOTES = {
    "sales": (
        "看了 2 棟樣板房，喜歡採光",
        "比較隔壁案子，說再考慮",
        "問貸款成數與交房時間",
        "看沙盤，留意學區",
        "覺得總價略高，想要折扣",
        "帶看 3 棟中樓層，滿意格局",
        "問物業費與車位價",
        "",
        "",
        "",
    ),
    "leasing": (
        "看了一樓兩個鋪位，量了尺寸",
        "問租金、免租期與管理費",
        "要帶合夥人再來一次",
        "關心人流與停車",
        "問排煙與電容量",
        "想要轉角位置",
        "",
        "",
        "",
    ),
}
CALL_NOTES = ("問價格", "問地址與開放時間", "看了廣告打來", "約週末來看", "問還有沒有房源", "", "")
REACHED_NOTES = (
    "約了下週再看",
    "還在比較",
    "家人要商量",
    "請寄平面圖，已傳",
    "等賣掉舊屋",
    "問有沒有新優惠",
    "出差，月底回來再談",
    "",
    "",
)
LOST_NOTES = ("已在別處訂了", "暫時不考慮了", "預算不夠，先不看")
FAMILY_NOTES = ("太太接的，會轉告", "先生接聽，說週末一起來", "母親接聽，請晚上再打")


def names(random: Random) -> Iterator[str]:
    """Names without end; the same one may come up again, as in life."""
    men, women = MEN.split(), WOMEN.split()
    while True:
        yield random.choice(SURNAMES) + random.choice(men if random.random() < 0.48 else women)


def distinct_names(random: Random) -> Iterator[str]:
    """Names of colleagues: no surname twice as long as there are others."""
    given = [*MEN.split(), *WOMEN.split()]
    while True:
        surnames = list(SURNAMES)
        random.shuffle(surnames)
        random.shuffle(given)
        yield from (surname + name for surname, name in zip(surnames, given, strict=False))


def family_name(name: str) -> str:
    """The surname, to address somebody: the spouse's or the child's."""
    return name[:1]


PREFIXES = ("199", "198", "195", "166", "177", "189", "133", "153")
BLOCK = 10_000


def phone_numbers(random: Random) -> Iterator[str]:
    """Mobile numbers, each once: 199 0000 xxxx and the like, the last digits scattered."""
    start = random.randrange(BLOCK)
    for place in count():
        turn, prefix = divmod(place, len(PREFIXES))
        middle, last = divmod(turn, BLOCK)
        # 3571 shares no factor with 10 000, so that every number comes exactly once.
        yield f"{PREFIXES[prefix]}{middle:04d}{(start + last * 3571) % BLOCK:04d}"


def as_typed(number: str, random: Random) -> str:
    """The number as somebody in a hurry types it."""
    style = random.random()
    if style < 0.55:
        return number
    parts = (number[:3], number[3:7], number[7:])
    if style < 0.85:
        return " ".join(parts)
    return "-".join(parts) if style < 0.95 else "+86 " + " ".join(parts)
