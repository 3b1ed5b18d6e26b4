"""Phone numbers in every spelling of the counter: one number, what was typed kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import ImpossiblePhone, PhoneReading, normalise_phone, phones_in

SIGNS = "0123456789０１２３〇一二三四五六七八九兩幺 -－+()（）轉分機ext#;=\u200f\u202e\u00a0．/"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("１３８-００１３-８０００", "+8613800138000"),
        ("一三八〇〇一三八〇〇〇", "+8613800138000"),
        ("幺叁捌零零壹叁捌零零零", "+8613800138000"),
        ("么三八零零一三八零零零", "+8613800138000"),
        ("（+86）138．0013．8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("\u200f138\u200b00138000\u202c", "+8613800138000"),
        ("電話：13800138000", "+8613800138000"),
        ("兩三四五 六七八九", "+85223456789"),
        ("+852 2345 6789", "+85223456789"),
        ("6612 3456", "+85266123456"),
        ("+853 6612 3456", "+85366123456"),
        ("0912-345-678", "+886912345678"),
        ("021-6234 5678 轉 801", "+862162345678;ext=801"),
        ("021-62345678转801", "+862162345678;ext=801"),
        ("021-6234 5678 分機：801", "+862162345678;ext=801"),
        ("(021) 62345678 ext. 801", "+862162345678;ext=801"),
        ("021-62345678#801", "+862162345678;ext=801"),
    ],
)
def test_one_number_in_any_spelling(typed: str, number: str) -> None:
    reading = normalise_phone(typed, "CN")
    assert reading == number
    assert reading.typed == typed.strip()
    assert reading.base == number.split(";")[0]
    assert reading.extension == (number.split("=")[1] if "=" in number else "")


def test_the_offices_region_comes_first() -> None:
    assert normalise_phone("6612 3456", "CN") == "+85266123456"
    assert normalise_phone("6612 3456", "HK") == "+85266123456"
    assert normalise_phone("6612 3456", "MO") == "+85366123456"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("154 1234 5678", "+8615412345678"),
        ("17412345678", "+8617412345678"),
        ("一七九一二三四五六七八", "+8617912345678"),
        ("+852 4999 1234", "+85249991234"),
        ("+886 999 999 999", "+886999999999"),
    ],
)
def test_a_range_that_nobody_knows_yet_is_read_all_the_same(typed: str, number: str) -> None:
    reading = normalise_phone(typed, "CN")
    assert reading == number
    assert reading.typed == typed
    assert normalise_phone(reading, "HK") == reading


def test_what_is_known_comes_before_what_may_be() -> None:
    assert not normalise_phone("2345 6789", "TW").unknown_range
    assert normalise_phone("154 1234 5678", "CN").unknown_range


@pytest.mark.parametrize(
    "typed", ["", "123", "沒有電話", "999 9999 9999 9999", "138 0013", "\x00", "+", "๑๒๓", "😀"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ImpossiblePhone):
        normalise_phone(typed, "CN")


@given(
    st.text(alphabet=SIGNS, max_size=40) | st.text(max_size=80), st.sampled_from(["CN", "TW", "?"])
)
def test_whatever_is_typed_is_read_or_refused(typed: str, region: str) -> None:
    try:
        reading = normalise_phone(typed, region)
    except ImpossiblePhone:
        return
    assert isinstance(reading, PhoneReading)
    assert reading.typed == typed.strip()[:60]
    # What was read once is read again as the same, whatever the region.
    assert normalise_phone(reading, "HK") == reading
    assert len(reading) <= 32


@given(st.text(max_size=200), st.text(max_size=50))
def test_a_note_never_breaks_and_gives_its_number(before: str, after: str) -> None:
    phones_in(before + after, "CN")
    found = phones_in(f"{before.replace('+', '')}。\n電話 13800138000，\n{after}", "CN")
    assert all(normalise_phone(one, "CN") == one for one in found)


@pytest.mark.parametrize(
    ("note", "numbers"),
    [
        ("太太的電話 139-1620-7754", ["+8613916207754"]),
        ("可打０９１２３４５６７８或一三八〇〇一三八〇〇〇", ["+886912345678", "+8613800138000"]),
        ("13800138000，再說一次 138 0013 8000", ["+8613800138000"]),
        ("總價 1,200,000 元，5/12 10:30 看 3 棟 1202", []),
        ("公司 021-62345678 轉 801", ["+862162345678;ext=801"]),
        ("沒有", []),
        ("一百二十平，三房兩廳", []),
    ],
)
def test_numbers_in_a_note(note: str, numbers: list[str]) -> None:
    assert phones_in(note, "CN") == numbers
