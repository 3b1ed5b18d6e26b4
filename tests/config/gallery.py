"""What the gallery of components shows: one story on 12 May 2026, people and numbers invented.

With this module as ROOT_URLCONF the gallery is served at /gallery/.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

NOW = datetime(2026, 5, 12, 2, 24, tzinfo=UTC)
"""10:24 in the office."""


def at(month: int, day: int, hour: int, minute: int) -> datetime:
    """A moment of 2026, given as UTC: eight hours before the office's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


class SampleForm(forms.Form):
    """A form with one of each control."""

    channel = forms.ChoiceField(
        label="方式",
        choices=[("call", "來電"), ("visit", "來訪"), ("brochure", "只取資料")],
        widget=forms.RadioSelect,
        initial="visit",
    )
    name = forms.CharField(
        label="被介紹人姓名", error_messages={"required": "至少寫一個稱呼，例如「葉先生」"}
    )
    phone = forms.CharField(label="電話", required=False, help_text="沒有電話也可以登記")
    trait = forms.CharField(
        label="特徵",
        min_length=4,
        widget=forms.Textarea,
        error_messages={
            "min_length": "太短，前台認不出來。寫年紀、同行的人，例如「40 歲上下，開白色電動車」"
        },
    )
    introducer = forms.ChoiceField(label="介紹人", choices=[("7", "羅志豪（我的客戶）")])
    expected = forms.DateField(
        label="預計到訪", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    quiet = forms.BooleanField(label="不要通知介紹人", required=False)


class SampleFilter(forms.Form):
    """A filter: two conditions always in the bar, two behind ＋條件."""

    period = forms.ChoiceField(
        label="期間", required=False, choices=[("", "全部"), ("2026-05", "2026-05")]
    )
    agent = forms.ChoiceField(label="顧問", required=False, choices=[("", "全部"), ("7", "林若晴")])
    state = forms.ChoiceField(
        label="狀態", required=False, choices=[("", "不限"), ("lapsing", "三天內到期")]
    )
    channel = forms.ChoiceField(
        label="方式", required=False, choices=[("", "不限"), ("call", "來電")]
    )


def deal(code: str, unit: str, day: date, agent: str, **more: Any) -> SimpleNamespace:
    """A row of the commission table."""
    return SimpleNamespace(code=code, unit=unit, day=day, agent=agent, **more)


FIRST, REFERRED, RENAMED, CANCELLED = (
    {"why": "首次接待", "clauses": ["leasing/1.1"], "state": "paid"},
    {"why": "介紹登記", "clauses": ["sales/5"], "state": "released"},
    {"why": "換名疑似 C-0149，至裁定", "clauses": ["sales/7"], "state": "held"},
    {"why": "04-18 退訂，原 D-0398", "clauses": [], "state": "reversed"},
)
DEALS = [
    deal("D-0412", "3 棟 0801", date(2026, 4, 3), "林若晴", share=100, amount=2_620_000, **FIRST),
    deal(
        "D-0415", "1 棟 1503", date(2026, 4, 6), "陳柏宇", share=100, amount=3_296_000, **REFERRED
    ),
    deal("D-0421", "2 棟 1801", date(2026, 4, 15), "簡詩涵", share=60, amount=4_160_000, **RENAMED),
    deal(
        "D-0398", "1 棟 0304", date(2026, 3, 21), "鄧家豪", share=40, amount=-2_920_000, **CANCELLED
    ),
]


def word(label: str, url: str, **more: Any) -> SimpleNamespace:
    """A word of the navigation."""
    plain = {"current": False, "count": None, "primary": False}
    return SimpleNamespace(label=label, url=url, **plain | more)


SHELL = SimpleNamespace(
    project=SimpleNamespace(pk=1, name="雲棲苑"),
    projects=[(1, "雲棲苑"), (2, "松濤里")],
    nav=[
        word("今天", "#today", icon="sun", count=1, current=True),
        word("客戶", "#clients", icon="users"),
        word("記一筆", "/quick_log/", icon="pencil-plus", primary=True),
        word("案件", "#cases", icon="scale", count=1),
        word("業績", "#pay", icon="receipt-2"),
    ],
    may_log=True,
    may_ask=True,
    unread=2,
    role_label="置業顧問",
    notes_url="/notes/",
)


def sample(request: HttpRequest) -> dict[str, Any]:
    """Everything the gallery needs; its clock stands still."""
    typed = {"channel": "visit", "phone": "139 0077 4128", "trait": "高", "introducer": "7"}
    request.user = SimpleNamespace(pk=7, name="林若晴", is_authenticated=True)
    return {
        "now": NOW,
        "shell": SHELL,
        "bars": [
            ("今天到期", date(2026, 4, 27), date(2026, 5, 12), date(2026, 6, 12), (), "own"),
            ("三天", date(2026, 4, 15), date(2026, 5, 15), None, (), "own"),
            (
                "可再延",
                date(2026, 4, 8),
                date(2026, 6, 8),
                date(2026, 7, 8),
                (date(2026, 5, 8),),
                "own",
            ),
            ("已延", date(2026, 4, 26), date(2026, 6, 26), None, (date(2026, 5, 26),), "own"),
            ("受保護", date(2026, 4, 30), date(2026, 5, 30), date(2026, 6, 30), (), "protected"),
            ("已失效", date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2), (), "own"),
            ("不失效", date(2026, 5, 1), None, None, (), "own"),
        ],
        "moments": {
            "fact": at(4, 20, 11, 10),
            "missed": at(4, 15, 10, 5),
            "first": at(3, 2, 6, 5),
            "second": at(3, 20, 8, 40),
            "mine": at(4, 8, 2, 32),
            "lapse": date(2026, 4, 2),
        },
        "outcome_choices": [
            ("reached", "接通本人", True),
            ("relative", "接通親屬", True),
            ("missed", "未接", False),
            ("off", "關機", False),
        ],
        "tab_items": [
            {"label": "時間軸", "url": "#timeline", "current": False},
            {"label": "關係", "url": "#people", "current": False, "count": 3},
            {"label": "歸屬依據", "url": "#why", "current": True},
            {"label": "需求", "url": "#needs", "current": False},
            {"label": "成交與佣金", "url": "#deals", "current": False},
        ],
        "total_items": [
            {"word": "應計", "figure": "¥169,440.00", "note": "8 筆，7 位顧問"},
            {
                "word": "已放",
                "figure": "¥128,160.00",
                "note": "其中已付 ¥26,200.00",
                "status": "released",
            },
            {
                "word": "扣留",
                "figure": "¥70,480.00",
                "note": "2 筆，1 件案件未裁定",
                "status": "held",
            },
            {"word": "沖回", "figure": "−¥29,200.00", "note": "1 筆退訂", "status": "reversed"},
        ],
        "deals": DEALS,
        "page_obj": Paginator(range(1234), 50).page(7),
        "filter": SampleFilter(request.GET),
        "form": SampleForm(),
        "bad_form": SampleForm(typed, auto_id="bad_%s"),
        "icons": {
            "call": "icon:phone-incoming",
            "visit": "icon:door-enter",
            "brochure": "icon:file-text",
        },
        "jobs": [
            SimpleNamespace(
                name="全年業績明細.xlsx",
                state="running",
                done=31_400,
                total=48_260,
                percent=65,
                seconds_left=20,
                poll_url="",
                cancel_url="#cancel",
            ),
            SimpleNamespace(name="四月業績.csv", state="done", total=1_284, result_url="#result"),
        ],
        "stacked": {
            "unit": "money",
            "names": ["陳柏宇", "簡詩涵", "蘇冠宇", "林若晴", "周雅婷", "王思齊", "鄧家豪"],
            "series": [
                {
                    "name": "已放",
                    "tone": "paid",
                    "values": [3296000, 0, 3740000, 2620000, 1896000, 1264000, 0],
                },
                {"name": "扣留", "tone": "held", "values": [2888000, 4160000, 0, 0, 0, 0, 0]},
                {"name": "沖回", "tone": "reversed", "values": [0, 0, 0, 0, 0, 0, -2920000]},
            ],
        },
        "gap": {
            "names": ["維修保養", "電梯運行", "停車秩序", "環境清潔", "綠化", "供水供電"],
            "want": [4.7, 4.7, 4.3, 4.6, 4.2, 4.8],
            "is": [3.3, 3.8, 3.6, 4.2, 3.9, 4.5],
            "floor": [3.9, 4.0, 3.4, 3.8, 3.5, 4.3],
            "min": 2,
            "max": 5,
            "words": {"is": "現況", "want": "期望", "floor": "底線"},
        },
        "pareto": {
            "names": ["回覆慢", "未告知進度", "接待態度", "重複報修", "等候過久", "其他"],
            "counts": [42, 31, 14, 11, 7, 5],
            "cumulative": [38.2, 66.4, 79.1, 89.1, 95.5, 100],
            "vital": 3,
            "words": {"count": "件數", "cumulative": "累計"},
        },
    }


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "components/gallery.html", sample(request))


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


SHELL_ADDRESSES = (
    "home",
    "login",
    "logout",
    "quick_log",
    "enquiry",
    "notes",
    "policy",
    "switch_project",
    "password_change",
    "password_reset",
)

urlpatterns = [
    path("gallery/", gallery),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(f"{name}/", nothing, name=name) for name in SHELL_ADDRESSES),
]
