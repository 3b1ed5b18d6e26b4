"""What clients of a simulated office want, in their words, and what is done about it."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "environment": (
        "大堂地上有水漬",
        "垃圾房味道飄到樓梯",
        "小區道路很乾淨，希望一直這樣",
        "停車場燈太暗",
    ),
    "greening": ("樹太少，夏天沒遮蔭", "花圃枯了沒人補", "想要孩子能跑的草地"),
    "repairs": ("樣板房門鎖壞了兩週", "外牆滲水，怕以後沒人修", "問報修多久會來人"),
    "water_power": ("水壓不穩，洗澡忽冷忽熱", "聽說上個月停過電", "想知道有沒有備用電源"),
    "lifts": ("早上等電梯要十分鐘", "電梯晃，孩子害怕", "兩部電梯常停一部", "電梯按鈕不靈"),
    "manner": ("前台沒有起身招呼", "介紹很仔細，只是趕時間", "問了兩次才有人理"),
    "surroundings": ("等候區沒有孩子坐的地方", "洽談桌太近，別人聽得到", "沙盤燈沒開"),
    "complaints": ("打了三次電話沒人回覆", "投訴後沒有人告知進度", "說好當天回，隔了三天"),
    "follow_up": ("看完房一直沒人聯絡", "資料說要寄，沒收到", "希望固定一個人跟我聯絡"),
    "motive": ("孩子明年上小學", "租約到期，想有自己的房", "要和父母住近一點"),
    "pattern": ("先比三個案子再決定", "週末才有空看", "習慣先談好價再簽"),
    "orientation": ("要朝南、要安靜", "低樓層就好，老人家住", "要臨街、排煙好"),
    "plan": ("年底前要定", "等賣掉舊屋", "貸款下來就簽"),
}
"""By the code of the item."""

MEASURES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "environment": (("清潔改為每日兩次", 1.4), ("更換停車場燈具", 1.8)),
    "greening": (("補種行道樹", 1.1), ("草坪週週養護", 0.8)),
    "repairs": (("報修 2 小時內回覆時程", 1.9), ("公共設施月檢", 0.9)),
    "water_power": (("加裝穩壓泵", 1.6), ("停水停電提前三日公告", 0.9)),
    "lifts": (("更換電梯鋼索", 1.7), ("早高峰加派電梯員", 1.1)),
    "manner": (("接待禮儀複訓", 1.2), ("前台起身迎客", 1.4)),
    "surroundings": (("等候區加兒童座位", 1.3), ("洽談桌加隔屏", 1.0)),
    "complaints": (("投訴當日回電", 2.0), ("進度簡訊告知", 1.5)),
    "follow_up": (("看房後三日內回訪", 1.3), ("資料當天寄出", 1.0)),
    "motive": (("備齊學區與入學說明", 0.9),),
    "pattern": (("提供同區比較表", 0.8), ("週末加開看房專線", 1.1)),
    "orientation": (("按朝向整理房源表", 0.9),),
    "plan": (("逐月付款試算表", 1.0),),
}
"""Measures of each item, and by how many levels they help as a rule."""

WEIGHTS = {
    "environment": 9,
    "greening": 5,
    "repairs": 14,
    "water_power": 5,
    "lifts": 12,
    "manner": 6,
    "surroundings": 5,
    "complaints": 8,
    "follow_up": 7,
    "motive": 7,
    "pattern": 4,
    "orientation": 7,
    "plan": 6,
}
"""How often each item is spoken of."""

LEVELS = {
    "environment": (4.5, 3.7, 4.1),
    "greening": (4.1, 3.3, 3.9),
    "repairs": (4.7, 3.9, 3.1),
    "water_power": (4.8, 4.2, 4.4),
    "lifts": (4.7, 4.0, 3.5),
    "manner": (4.5, 3.6, 4.0),
    "surroundings": (4.2, 3.2, 3.7),
    "complaints": (4.6, 3.8, 2.9),
    "follow_up": (4.4, 3.4, 3.5),
    "motive": (4.2, 3.2, 3.8),
    "pattern": (3.9, 3.0, 3.6),
    "orientation": (4.3, 3.4, 3.7),
    "plan": (4.0, 3.1, 3.6),
}
"""Expected, lowest accepted and perceived level of each item, on average."""

CREWS = ("工程組", "客服組", "保潔組", "")
PLACES = ("1 棟大堂", "2 棟", "3 棟", "地下停車場", "中庭", "售樓處", "")

MOTIVES = {
    "sales": ("marriage", "first_home", "upgrade", "school", "parents", "commute", "assets"),
    "leasing": ("expansion", "relocation", "commute", "assets"),
}
LEANS = {
    "網路廣告": "first_home",
    "短影音": "marriage",
    "房產網站": "upgrade",
    "老客戶帶": "school",
    "朋友介紹": "parents",
    "戶外看板": "commute",
}
"""Which motive is more frequent among those who came by a source."""

TYPES = {
    "sales": (("二房", 89), ("三房", 118), ("四房", 143)),
    "leasing": (("店面", 85), ("辦公", 180)),
}
QUESTIONS = (
    "首付幾成",
    "全款能打幾折",
    "車位另外多少",
    "低樓層便宜多少",
    "物業費一平多少",
    "免租期多長",
)
STEPS = ("送按揭試算", "約看夜景", "陪同看學區", "確認首付款到位", "約見決策人", "送租約草本")
TERMS = ("週內認購有效", "送三年物業費", "限本期房源", "")
ANSWERS = ("要再跟家人商量", "這樣可以", "隔壁案子給得更多", "")
