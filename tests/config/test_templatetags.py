"""How the office writes who, why, until when and how much; and what the tags draw."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

from config.templatetags import guishu, listing, validity, wording
from tests.config import gallery

OFFICE = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 12, 10, 24, tzinfo=OFFICE)


@pytest.fixture(autouse=True)
def office(settings):
    """The addresses that the shell needs and no others; our own language."""
    settings.ROOT_URLCONF = "tests.config.gallery"
    with translation.override("zh-hant"):
        yield


def render(source: str, **context: object) -> str:
    path = str(context.pop("path", "/"))
    context["request"] = RequestFactory().get(path)
    return Template("{% load guishu %}" + source).render(Context(context))


class TestDays:
    def test_a_day_is_written_whole_unless_the_year_is_plain(self):
        assert wording.day(date(2026, 5, 2)) == "2026-05-02"
        assert wording.day(date(2026, 5, 2), NOW) == "05-02"
        assert wording.day(date(2025, 5, 2), NOW) == "2025-05-02"

    def test_a_moment_is_on_the_offices_clock(self):
        late = datetime(2026, 5, 11, 16, 30, tzinfo=UTC)
        assert wording.moment(late) == "2026-05-12 00:30"
        assert wording.moment(late, NOW) == "05-12 00:30"
        assert wording.day(late) == "2026-05-12"
        assert wording.clock(late) == "00:30"

    def test_a_naive_moment_is_taken_as_it_is(self):
        assert wording.moment(datetime(2026, 5, 12, 9, 5)) == "2026-05-12 09:05"  # noqa: DTZ001

    def test_the_last_day_runs_to_midnight(self):
        assert wording.last_day(date(2026, 6, 8)) == "2026-06-08 24:00"
        assert wording.last_day(date(2026, 6, 8), NOW) == "06-08 24:00"
        assert wording.last_day(None) == "不失效"

    def test_what_has_a_day_only_happened_at_its_end(self):
        assert wording.when(date(2026, 4, 2), NOW) == "04-02 24:00"
        assert wording.when(NOW, NOW) == "05-12 10:24"

    @pytest.mark.parametrize("written", [wording.day, wording.moment, wording.clock])
    def test_nothing_is_a_dash(self, written):
        assert written(None) == "–"
        assert written("") == "–"

    @pytest.mark.parametrize(
        ("last_day", "words", "tone"),
        [
            (None, "不失效", ""),
            (date(2026, 5, 11), "已失效", "t-lapsed"),
            (date(2026, 5, 12), "今天到期", "t-lapsing"),
            (date(2026, 5, 13), "剩 1 天", "t-lapsing"),
            (date(2026, 5, 15), "剩 3 天", "t-lapsing"),
            (date(2026, 5, 16), "剩 4 天", ""),
        ],
    )
    def test_days_left(self, last_day, words, tone):
        assert wording.days_left(last_day, NOW) == words
        assert guishu.days_tone(last_day, NOW) == tone

    def test_the_day_turns_at_the_offices_midnight(self):
        before_midnight = datetime(2026, 5, 12, 15, 59, tzinfo=UTC)
        after_midnight = datetime(2026, 5, 12, 16, 0, tzinfo=UTC)
        assert wording.days_left(date(2026, 5, 12), before_midnight) == "今天到期"
        assert wording.days_left(date(2026, 5, 12), after_midnight) == "已失效"


class TestAmounts:
    @pytest.mark.parametrize(
        ("cents", "text"),
        [
            (123_456_700, "¥1,234,567.00"),
            (0, "¥0.00"),
            (5, "¥0.05"),
            (-2_920_000, "−¥29,200.00"),
            (-1, "−¥0.01"),
            (None, "–"),
            ("", "–"),
        ],
    )
    def test_money(self, cents, text):
        assert wording.money(cents) == text

    def test_the_currency_is_a_code_or_a_sign(self):
        assert wording.money(100, "TWD") == "NT$1.00"
        assert wording.money(100, "€") == "€1.00"

    @pytest.mark.parametrize("value", [1.5, Decimal("1.00"), "100"])
    def test_money_is_integer_cents_and_nothing_else(self, value):
        with pytest.raises(TypeError):
            wording.money(value)

    def test_number(self):
        assert wording.number(48_260) == "48,260"
        assert wording.number(-1000) == "−1,000"
        assert wording.number(None) == "–"

    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (60, "percent", "60%"),
            (0, "percent", "0%"),
            (Decimal("0.80"), "percent", "0.80%"),
            (Decimal("60.00"), "percent", "60%"),
            (-5, "percent", "−5%"),
            (6_000, "bp", "60%"),
            (80, "bp", "0.80%"),
            (Fraction(1, 3), "ratio", "33.33%"),
            (0.4, "ratio", "40%"),
            (None, "percent", "–"),
        ],
    )
    def test_share(self, value, unit, text):
        assert wording.share(value, unit) == text


class TestPhones:
    @pytest.mark.parametrize(
        ("stored", "masked"),
        [
            ("+8613812342207", "138****2207"),
            ("+861012345678", "010****5678"),
            ("+886912345678", "+886****5678"),
            ("+85291234567", "+852****4567"),
            ("", "未留電話"),
            (None, "未留電話"),
        ],
    )
    def test_masked(self, stored, masked):
        assert wording.phone_masked(stored) == masked

    def test_at_least_four_digits_are_hidden_even_of_a_short_number(self):
        assert wording.phone_masked("12345678") == "****5678"
        assert wording.phone_masked("1234567") == "1****67"
        assert wording.phone_masked("12345") == "****45"

    def test_shown_at_home_and_from_elsewhere(self):
        assert wording.phone("+8613812342207") == "138 1234 2207"
        assert wording.phone("+886912345678") == "+886 912 345 678"
        assert wording.phone("+886912345678", "TW") == "0912 345 678"
        assert wording.phone("分機 12") == "分機 12"
        assert wording.phone(None) == "未留電話"


class TestValidityBar:
    """The numbers are those of the mock-up of 12 May."""

    def bar(self, start, last_day, extends_to=None, earlier=(), now=NOW):
        return validity.bar(
            start=start, last_day=last_day, now=now, extends_to=extends_to, earlier=earlier
        )

    def test_the_parts_of_an_extended_claim(self):
        bar = self.bar(
            date(2026, 4, 8), date(2026, 6, 8), date(2026, 7, 8), earlier=[date(2026, 5, 8)]
        )
        assert bar.tone == ""
        assert bar.used == validity.Span("0%", "37.43%")
        assert bar.left == validity.Span("37.43%", "29.96%")
        assert bar.ghost == validity.Span("67.39%", "32.61%")
        assert bar.now == "37.43%"
        assert bar.breaks == ("33.70%",)

    def test_on_its_last_day_a_little_is_left(self):
        bar = self.bar(date(2026, 4, 27), date(2026, 5, 12), date(2026, 6, 12))
        assert bar.tone == "lapsing"
        assert bar.left == validity.Span("32.84%", "1.21%")

    def test_without_an_extension_it_ends_with_its_last_day(self):
        bar = self.bar(date(2026, 4, 15), date(2026, 5, 15))
        assert bar.ghost is None
        assert float(bar.used.width[:-1]) + float(bar.left.width[:-1]) == pytest.approx(100)

    def test_a_start_with_a_time_counts_from_its_day(self):
        moment = datetime(2026, 4, 14, 23, 30, tzinfo=UTC)
        assert self.bar(moment, date(2026, 5, 15)) == self.bar(date(2026, 4, 15), date(2026, 5, 15))

    def test_after_its_last_day_only_grey_is_left(self):
        bar = self.bar(date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2))
        assert bar == validity.Bar(tone="lapsed", used=validity.Span("0%", "100%"))

    def test_without_a_last_day_it_is_solid(self):
        assert self.bar(date(2026, 5, 1), None).left == validity.Span("0%", "100%")

    def test_a_right_that_has_not_begun_is_all_left(self):
        assert self.bar(date(2026, 5, 20), date(2026, 6, 20)).used == validity.Span("0%", "0.00%")

    def test_it_is_said_in_one_sentence(self):
        drawn = render(
            "{% validity_bar start last now more earlier %}",
            start=date(2026, 4, 8),
            last=date(2026, 6, 8),
            now=NOW,
            more=date(2026, 7, 8),
            earlier=[date(2026, 5, 8)],
        )
        assert 'role="img"' in drawn
        assert (
            'aria-label="2026-04-08 起，已延期 1 次，最後有效日 2026-06-08 24:00，'
            '剩 27 天，再追訪可延至 2026-07-08"'
        ) in drawn

    @pytest.mark.parametrize(
        ("last", "look"),
        [
            (date(2026, 5, 30), "vb protected"),
            (date(2026, 5, 11), "vb lapsed"),
            (None, "vb protected"),
        ],
    )
    def test_anothers_right_is_blue_while_it_lives(self, last, look):
        drawn = render(
            '{% validity_bar start last now holder="protected" %}',
            start=date(2026, 4, 30),
            last=last,
            now=NOW,
        )
        assert f'class="{look}"' in drawn


class TestWhoAndWhy:
    def test_a_clause_is_a_chip_that_says_what_it_states(self):
        chip = guishu.clause_plain("leasing/1.2", "每期順延一次")
        assert chip == '<span class="cl" title="leasing/1.2：每期順延一次">招商 1.2</span>'
        assert 'title="sales/5"' in guishu.clause_plain("sales/5")

    def test_a_clause_opens_the_policy_page_where_there_is_one(self, settings):
        assert 'href="/policy/#leasing-1-2"' in guishu.clause("leasing/1.2")
        settings.ROOT_URLCONF = "django.conf.urls.i18n"
        assert guishu.clause("leasing/1.2").startswith("<span")

    def test_clauses_are_ids_or_pairs(self):
        drawn = guishu.clauses(["sales/5", ("leasing/1.10", "逾期視為自動放棄")])
        assert re.findall(r">([^<]+)</", drawn) == ["銷售 5", "招商 1.10"]
        assert "逾期視為自動放棄" in drawn
        assert guishu.clauses(None) == ""

    def test_an_unknown_family_shows_its_id(self):
        assert wording.clause_name("house/3") == "house 3"
        assert wording.clause_name("odd") == "odd"

    @pytest.mark.parametrize(("letter", "look"), [("甲", "cv"), ("乙", "cv z"), ("丙", "cv n")])
    def test_a_covered_name_keeps_its_side(self, letter, look):
        drawn = guishu.covered(letter)
        assert drawn.startswith(f'<span class="{look}">')
        assert "姓名遮蔽" in drawn

    def test_a_revealed_name_takes_the_place_of_the_cover(self):
        assert "王思齊" in guishu.covered("甲", "王思齊")
        assert "姓名遮蔽" not in guishu.covered("甲", "王思齊")

    @pytest.mark.parametrize("name", guishu.STATUSES)
    def test_no_status_stands_by_its_colour_alone(self, name):
        drawn = guishu.status(name)
        assert "<svg" in drawn
        assert str(guishu.STATUSES[name].word) in drawn
        assert f"st-{guishu.STATUSES[name].tint}" in drawn

    def test_a_status_may_have_a_word_of_its_own(self):
        drawn = guishu.status("contested", "輪到你", icon="hourglass")
        assert "輪到你" in drawn
        assert "#hourglass" in drawn

    def test_an_unknown_status_is_an_error(self):
        with pytest.raises(KeyError):
            guishu.status("perhaps")

    def test_the_owner_is_never_a_name_alone(self):
        drawn = render(
            '{% owner_badge "林若晴" "自 04-08 首次接待" cited %}', cited=["leasing/1.1"]
        )
        assert "歸屬人 林若晴" in drawn
        assert "自 04-08 首次接待" in drawn
        assert "招商 1.1" in drawn

    def test_nobody_and_a_covered_owner(self):
        assert "無人歸屬" in render("{% owner_badge None %}")
        covered = render('{% owner_badge "" letter="乙" %}')
        assert "姓名遮蔽" in covered
        assert "cv z" in covered

    def test_what_people_typed_is_escaped(self):
        assert "<script>" not in guishu.covered("甲", "<script>")
        assert "<script>" not in render("{% owner_badge name %}", name="<script>")
        assert "<script>" not in render(
            '{% fact at=now icon="eye" meta=meta %}x{% endfact %}', now=NOW, meta="<script>"
        )

    def test_a_fact_says_when_what_and_what_it_did(self):
        drawn = render(
            '{% fact at=at icon="phone-off" meta="林若晴 · 登記 18:05" effect="只留紀錄" now=now %}'
            "<b>追訪，未接</b>{% endfact %}",
            at=datetime(2026, 4, 15, 18, 5, tzinfo=OFFICE),
            now=NOW,
        )
        for said in ("04-15 18:05", "<b>追訪，未接</b>", "只留紀錄", "#phone-off"):
            assert said in drawn

    def test_a_step_shows_its_weight(self):
        drawn = render(
            '{% chain_step 3 day conclusion="無人" weight="no" now=now %}屆滿{% endchain_step %}',
            day=date(2026, 4, 2),
            now=NOW,
        )
        assert 'class="nd no">3<' in drawn
        assert "04-02 24:00" in drawn


class TestLanguage:
    @pytest.mark.parametrize(
        ("language", "shown"), [("zh-hant", "zh-Hant"), ("zh-hans", "zh-Hans"), ("en", "en")]
    )
    def test_html_lang(self, language, shown):
        with translation.override(language):
            assert guishu.html_lang() == shown

    def test_initial(self):
        assert guishu.initial("林若晴") == "林"
        assert guishu.initial(" ann lee") == "A"
        assert guishu.initial("") == ""


class TestForms:
    def form(self, **typed: str) -> forms.Form:
        return gallery.SampleForm({"channel": "visit", "introducer": "7"} | typed)

    def test_a_wrong_field_says_so_to_everyone(self):
        drawn = render("{% field form.trait %}", form=self.form(trait="高"))
        assert 'aria-invalid="true"' in drawn
        assert 'aria-describedby="id_trait_error"' in drawn
        assert 'id="id_trait_error"' in drawn
        assert "太短" in drawn
        assert 'rows="3"' in drawn

    def test_help_is_tied_to_its_field(self):
        drawn = render("{% field form.phone %}", form=self.form())
        assert 'aria-describedby="id_phone_helptext"' in drawn
        assert 'id="id_phone_helptext"' in drawn

    def test_required_is_said_unless_all_is(self):
        assert "必填" in render("{% field form.name %}", form=self.form())
        assert "必填" not in render('{% field form.name look="plain" %}', form=self.form())
        assert "必填" not in render("{% field form.phone %}", form=self.form())

    @pytest.mark.parametrize(
        ("name", "look"),
        [("name", "form-control"), ("introducer", "form-select"), ("quiet", "form-check-input")],
    )
    def test_a_control_looks_like_its_kind(self, name, look):
        assert f'class="{look}"' in render("{% field bound %}", bound=self.form()[name])

    def test_segments_are_radio_buttons_with_icons(self):
        drawn = render(
            "{% segments form.channel icons=icons %}",
            form=self.form(),
            icons={"visit": "icon:door-enter"},
        )
        assert drawn.count('type="radio"') == 3
        assert re.search(r'value="visit"[^>]*checked', drawn)
        assert "#door-enter" in drawn
        assert 'for="id_channel_1"' in drawn

    def test_the_summary_leads_to_each_field(self):
        drawn = render("{% error_summary form %}", form=self.form(trait="高"))
        assert 'href="#id_name"' in drawn
        assert 'href="#id_trait"' in drawn
        assert "有 2 處要補" in drawn
        assert "autofocus" in drawn

    def test_the_summary_of_a_group_leads_to_its_first_choice(self):
        drawn = render("{% error_summary form %}", form=gallery.SampleForm({"introducer": "7"}))
        assert 'href="#id_channel_0"' in drawn

    def test_a_good_form_has_no_summary(self):
        good = self.form(name="葉先生", trait="開白色電動車")
        assert render("{% error_summary form %}", form=good).strip() == ""

    def test_the_summary_covers_sets_of_forms(self):
        sheet = forms.formset_factory(gallery.SampleForm)(
            {
                "form-TOTAL_FORMS": "1",
                "form-INITIAL_FORMS": "0",
                "form-0-channel": "visit",
                "form-0-introducer": "7",
                "form-0-trait": "高",
            }
        )
        assert 'href="#id_form-0-trait"' in render("{% error_summary sheet %}", sheet=sheet)


class TestLists:
    def test_a_header_sorts_then_turns_round(self):
        source = '{% sort_header "認購日" "day" %}'
        assert 'href="?sort=day"' in render(source)
        rising = render(source, path="/?sort=day&page=3&state=held")
        assert 'aria-sort="ascending"' in rising
        assert 'href="?sort=-day&amp;state=held"' in rising
        assert 'aria-sort="descending"' in render(source, path="/?sort=-day")
        assert "aria-sort" not in render(source, path="/?sort=amount")

    def test_pages_keep_the_rest_of_the_address(self):
        page = Paginator(range(1234), 50).page(7)
        drawn = render("{% pagination page %}", page=page, path="/?state=held&page=7")
        assert "第 301–350 列，共 1,234 列" in drawn
        assert 'href="?state=held&amp;page=8" rel="next"' in drawn
        assert 'aria-current="page">7<' in drawn

    def test_a_single_page_needs_no_pagination(self):
        assert render("{% pagination page %}", page=Paginator([1], 50).page(1)).strip() == ""

    def filter_bar(self, query: str) -> str:
        return render(
            '{% filter_bar filter standing="period" %}{% endfilter_bar %}',
            filter=gallery.SampleFilter(QueryDict(query)),
            path=f"/?{query}",
        )

    def test_a_condition_that_is_set_is_a_chip_that_drops_it(self):
        drawn = self.filter_bar("state=lapsing&channel=call&sort=day&page=2")
        assert "拿掉條件 狀態 三天內到期" in drawn
        assert 'href="?channel=call&amp;sort=day"' in drawn
        assert '<input type="hidden" name="sort" value="day">' in drawn
        assert "全部清除" in drawn

    def test_a_standing_condition_is_always_there(self):
        assert re.search(r"期間 <b>全部</b>", self.filter_bar(""))
        assert re.search(r"期間 <b>2026-05</b>", self.filter_bar("period=2026-05"))
        assert "拿掉條件" not in self.filter_bar("period=2026-05")

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (slice(date(2026, 4, 1), date(2026, 4, 30)), "2026-04-01 – 2026-04-30"),
            (slice(None, date(2026, 4, 30)), "– 2026-04-30"),
            (["call", "visit"], "來電、來訪"),
            ("call", "來電"),
            (True, ""),
            (None, ""),
        ],
    )
    def test_a_value_in_words(self, value, words):
        choices = forms.ChoiceField(choices=[("電話", [("call", "來電")]), ("visit", "來訪")])
        assert listing.in_words(choices, value) == words

    def test_a_range_reads_two_parameters(self):
        class Ranged(forms.Form):
            paid = forms.SplitDateTimeField(required=False)

        assert listing.params_of(Ranged()["paid"]) == ["paid_0", "paid_1"]

    def test_totals_carry_the_tint_of_their_status(self):
        drawn = render(
            "{% totals items %}", items=[{"word": "扣留", "figure": "¥1.00", "status": "held"}]
        )
        assert "t-held" in drawn
        assert "#player-pause" in drawn


class TestMessages:
    def test_errors_are_notes_and_never_toasts(self):
        said = [SimpleNamespace(level_tag="success"), SimpleNamespace(level_tag="error")]
        assert guishu.only_errors(said) == said[1:]
        source = '{% include "components/messages.html" %}'
        drawn = render(source, messages=said)
        assert drawn.count("data-toast>") == 1
        assert drawn.count("note bad") == 1


class TestShell:
    """base.html, with and without somebody inside."""

    def page(self, path: str = "/gallery/", **cookies: str) -> str:
        request = RequestFactory().get(path)
        request.COOKIES.update(cookies)
        return gallery.gallery(request).content.decode()

    def test_the_navigation_shows_where_one_is_and_what_waits(self):
        page = self.page()
        assert re.search(r'href="#today" aria-current="page">今天<span class="gs-count">1<', page)
        assert 'aria-label="通知，2 則未讀"' in page

    def test_the_middle_target_of_phones_is_not_a_word_on_top(self):
        top, bottom = self.page().split('<nav class="gs-tabbar"')
        assert ">記一筆</a>" not in top
        assert 'class="plus" href="/quick_log/"' in bottom

    def test_the_theme_comes_with_the_page(self):
        assert 'data-bs-theme="dark"' in self.page(guishu_theme="dark")
        assert "data-bs-theme" not in self.page()
        assert "data-bs-theme" not in self.page(guishu_theme='"><script>')

    @pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
    def test_an_error_page_needs_nothing(self, name):
        page = get_template(f"{name}.html").render()
        assert "<h1>" in page
        assert "gs-nav" not in page
        assert 'method="post"' not in page

    @pytest.mark.parametrize("name", ["login", "locked_out", "password_reset_done"])
    def test_before_the_door_there_is_only_the_door(self, name):
        page = get_template(f"registration/{name}.html").render({"form": forms.Form()})
        assert "gs-top" not in page
        assert "gs-tabbar" not in page


class TestGallery:
    """The page with every component: it renders, and keeps what all pages promise."""

    @pytest.fixture
    def page(self) -> str:
        request = RequestFactory().get("/gallery?state=lapsing")
        return gallery.gallery(request).content.decode()

    def test_it_breaks_no_rule_of_the_content_security_policy(self, page):
        assert not re.search(r"\sstyle=", page)
        assert not re.search(r"<style", page)
        assert not re.search(r"\son[a-z]+=", page)
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in script or "application/json" in script for script in scripts)

    def test_no_id_stands_twice(self, page):
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))

    def test_every_label_has_its_control(self, page):
        for label in re.findall(r'<label[^>]* for="([^"]+)"', page):
            assert f'id="{label}"' in page

    def test_every_description_exists(self, page):
        for ids in re.findall(r'aria-describedby="([^"]+)"', page):
            assert all(f'id="{one}"' in page for one in ids.split())
