"""Names in any script and spelling: what is the same, what is found, what never breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import fold_name, name_keys
from leads.identity.names import is_whole, match_keys, search_keys

# Every usual reading of surnames that a dictionary reads wrongly, with a given name 文.
SURNAMES = {
    "單": "shan", "曾": "zeng", "仇": "qiu", "解": "xie jie", "查": "zha cha", "區": "ou qu",
    "朴": "piao pu", "葛": "ge", "蓋": "ge gai", "任": "ren", "華": "hua", "尉": "wei yu",
    "黑": "he", "翟": "zhai di", "覃": "qin tan", "樂": "yue le", "員": "yun yuan", "秘": "bi",
    "折": "she", "召": "shao", "種": "chong", "祭": "zhai", "繁": "po", "冼": "xian", "繆": "miao",
    "賁": "ben", "那": "na nuo", "車": "che", "寧": "ning", "葉": "ye", "沈": "shen",
    "呂": "lv lu lyu",
    "尉遲": "yuchi", "万俟": "moqi", "萬俟": "moqi", "長孫": "zhangsun", "單于": "chanyu",
    "歐陽": "ouyang", "澹臺": "tantai", "鍾離": "zhongli", "閭丘": "lvqiu luqiu",
}  # fmt: skip


@pytest.mark.parametrize("surname", SURNAMES)
def test_every_reading_of_a_surname_is_indexed(surname: str) -> None:
    for reading in SURNAMES[surname].split():
        romanised = f"{reading} wen"
        assert set(match_keys(f"{surname}文")) & set(match_keys(romanised)), romanised
        assert set(match_keys(f"{surname}文")) & set(match_keys(f"wen {reading.title()}")), (
            romanised
        )
        assert found_by(reading, f"{surname}文")


def found_by(typed: str, name: str) -> bool:
    keys = set(name_keys(name))
    words = search_keys(typed)
    return bool(words) and all(
        set(every) <= keys if every else bool(set(some) & keys) for every, some in words
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("沈國樑", "沈国梁"),
        ("沈國樑", "沈 國 樑"),
        ("沈國樑", "沈國樑先生"),
        ("沈國樑", "\u202e沈國\u200f樑\u2069"),
        ("沈國樑", "😀沈國樑👨‍👩‍👧"),
        ("沈國樑", "<b>沈</b>國樑<br/>"),
        ("沈國樑", "沈・國樑"),
        ("Ｓｈｅｎ　Ｇｕｏ", "shen guo"),
        ("Mr. David O’Neil", "david oneil"),
        ("Shěn Guó Liáng", "Shen Guo-Liang"),
        ("尉遲恭", "尉迟恭小姐"),
        ("万俟卨", "萬俟卨"),
        ("陳總", "陈先生"),
        ("小王", "王太太"),
    ],
)
def test_what_does_not_tell_people_apart_is_folded_away(one: str, two: str) -> None:
    assert fold_name(one) == fold_name(two) != ""


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("沈國樑", "Shen Guoliang"),
        ("沈國樑", "Guoliang Shen"),
        ("沈國樑", "SHEN GUO LIANG"),
        ("沈國樑", "SGL"),
        ("尉遲敬德", "Yuchi Jingde"),
        ("尉遲敬德", "YCJD"),
        ("呂麗", "LYU Li"),
        ("呂麗", "Lü Li"),
        ("陳大文 David", "陈大文"),
    ],
)
def test_the_same_name_in_another_script(one: str, two: str) -> None:
    assert set(match_keys(one)) & set(name_keys(two))
    assert set(match_keys(two)) & set(name_keys(one))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("沈國樑", "羅志豪"),
        ("王先生", "王太太"),
        ("陳總", "陈"),
        ("SGL", "SGM"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_what_says_too_little_is_no_match(one: str, two: str) -> None:
    assert not set(match_keys(one)) & set(name_keys(two))


@pytest.mark.parametrize(
    "typed",
    [
        "沈",
        "国樑",
        "沈國樑",
        "shen",
        "guoliang",
        "shenguo",
        "shen guoliang",
        "sgl",
        "SHEN",
        "沈 國",
    ],
)
def test_a_search_by_any_script_finds_him(typed: str) -> None:
    assert found_by(typed, "沈國樑")
    assert not found_by(typed, "羅志豪")


BAD_NAMES = [
    "單", "沈" * 60, "a" * 60, "<" * 60, "<script>alert(1)</script>", "\u202e\u202e",
    "😀" * 60,
    "\ud800", "\x00", "'; DROP TABLE leads_person; --", "%s%(x)s{0}", "ﷺ" * 60, "Ａ" * 60, "&nbsp;",
    "é" * 60, "々木", "田中さくら", "김철수", "محمد", "𠮷野家", "〇〇〇", "١٢٣", "先生", "小姐太太",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names_have_keys_of_bounded_number(name: str) -> None:
    keys = name_keys(name)
    assert len(keys) <= 150
    assert all(0 < len(key) <= 200 for key in keys)
    assert len(keys) == len(set(keys))
    search_keys(name)


@given(
    st.text(max_size=60) | st.text("沈國樑單曾先生小姐總老 太ADav'·<b>/\u200f\u0301", max_size=60)
)
def test_folding_never_raises_and_folding_twice_changes_nothing(name: str) -> None:
    folded = fold_name(name)
    assert fold_name(folded) == folded
    name_keys(name)
    assert is_whole(name) == bool(match_keys(name)) or not is_whole(name)
