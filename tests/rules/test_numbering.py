"""Numbers of standards, regions, items and matters: read as people write them, refused in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.numbering import (
    INDUSTRIES,
    PROVINCES,
    ItemCode,
    MatterCode,
    StandardNumber,
    check_code,
    parse_item,
    parse_matter,
    parse_region,
    parse_standard,
    region_level,
)


@pytest.mark.parametrize(("text", "number"), [
    ("GB/T 31596.1-2015", StandardNumber("GB", "31596", 2015, "T", part="1")),
    ("GB 32100-2015", StandardNumber("GB", "32100", 2015)),
    ("GB/Z 40000-2021", StandardNumber("GB", "40000", 2021, "Z")),
    ("GB/T 2260", StandardNumber("GB", "2260", None, "T")),
    ("LD/T 02.5-2022", StandardNumber("LD", "02", 2022, "T", part="5")),
    ("LD 33-2015", StandardNumber("LD", "33", 2015)),
    ("MZ/T 001-2019", StandardNumber("MZ", "001", 2019, "T")),
    ("DB51/T 3044—2023", StandardNumber("DB", "3044", 2023, "T", region="51")),
    ("DB5108/T 54—2024", StandardNumber("DB", "54", 2024, "T", region="5108")),
    ("DB4403/T 254.4-2022", StandardNumber("DB", "254", 2022, "T", region="4403", part="4")),
    ("DB310117/Z 1-2020", StandardNumber("DB", "1", 2020, "Z", region="310117")),
    ("DB31117/Z 1-2020", StandardNumber("DB", "1", 2020, "Z", region="31117")),
    ("DB99/T 1-2026", StandardNumber("DB", "1", 2026, "T", region="99")),
    ("T/CQTSHRA 006-2024", StandardNumber("T", "006", 2024, owner="CQTSHRA")),
    ("T/CAS1-2019", StandardNumber("T", "1", 2019, owner="CAS")),
    ("Q/JS-01 5.2.1-2020", StandardNumber("Q", "5", 2020, owner="JS-01", part="2.1")),
])
def test_a_number_is_read_in_its_parts(text: str, number: StandardNumber) -> None:
    assert parse_standard(text) == number


@pytest.mark.parametrize("text", [
    "GB/T31599-2015", "GB/T 31599–2015", "GB/T 31599—2015", "GB／T　31599－2015", "gb/t 31599 - 2015",
    "  GB / T  31599‑2015 ",
])
def test_however_it_is_typed_it_is_one_number(text: str) -> None:
    assert str(parse_standard(text)) == "GB/T 31599-2015"


@pytest.mark.parametrize(("text", "words"), [
    ("XX/T 1-2020", "it must begin with GB"),
    ("GBX 1-2020", "it must begin with GB"),
    ("", "it must begin with GB"),
    ("DB5/T 1-2020", "2, 4 or 6 digits"),
    ("DB510/T 1-2020", "2, 4 or 6 digits"),
    ("DB77/T 1-2020", "“77” is no province's code"),
    ("GB/T 12-20", "the year must have four digits"),
    ("GB/T 12-3020", "the year 3020 is not between"),
    ("GB/T", "write it like"),
    ("GB/T 十二-2020", "write it like"),
    ("GB/T 12-2020 draft", "four digits"),
])
def test_what_is_wrong_is_said_in_both_languages(text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_standard(text)
    assert words in refused.value.sentence.en
    assert f"“{text}”不是标准编号：" in refused.value.sentence.zh


def test_numbers_sort_by_kind_and_then_as_numbers() -> None:
    ordered = ["GB/T 988-2020", "GB 2260-2007", "GB/T 31596.1-2015", "GB/T 31596.2-2015", "GB/T 31596.10-2015",
               "LD/T 01-2020", "LD/T 02.5-2022", "DB32/T 5-2020", "DB51/T 3-2019", "DB51/T 3-2023",
               "T/CQTSHRA 006-2024", "Q/ABC 1-2020"]
    assert [str(one) for one in sorted(map(parse_standard, reversed(ordered)))] == ordered


def test_editions_share_their_undated_number() -> None:
    old, new = parse_standard("GB/T 24421.1-2009"), parse_standard("GB/T 24421.1-2023")
    assert old != new
    assert old.undated == new.undated == "GB/T 24421.1"
    assert new.kind == "national"


owners = st.from_regex(r"[A-Z]{2,8}", fullmatch=True)
digits = st.from_regex(r"[0-9]{1,5}", fullmatch=True)
parts = st.just("") | st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2})?", fullmatch=True)
years = st.none() | st.integers(1949, 2100)
regions = st.tuples(st.sampled_from(sorted(PROVINCES)), st.sampled_from(["", "01", "0117"])).map("".join)
numbers = st.one_of(
    st.builds(StandardNumber, st.sampled_from(["GB", *INDUSTRIES]), digits, years,
              st.sampled_from(["", "T", "Z"]), part=parts),
    st.builds(StandardNumber, st.just("DB"), digits, years, st.sampled_from(["", "T", "Z"]), regions, part=parts),
    st.builds(StandardNumber, st.sampled_from("TQ"), digits, years, owner=owners, part=parts))


@given(numbers)
def test_what_is_written_is_read_back(number: StandardNumber) -> None:
    assert parse_standard(str(number)) == number


@given(numbers, st.sampled_from("-‐‑–—―－"))
def test_any_dash_before_the_year_will_do(number: StandardNumber, dash: str) -> None:
    assert parse_standard(dash.join(str(number).rsplit("-", 1))) == number


@given(numbers, numbers)
def test_the_order_is_total(one: StandardNumber, other: StandardNumber) -> None:
    assert (one < other) + (other < one) + (one.sort_key == other.sort_key) == 1
    assert (one.sort_key == other.sort_key) == (one == other) or one.number != other.number or one.part != other.part


@pytest.mark.parametrize(("code", "level"), [("320000", 1), ("320100", 2), ("320102", 3), ("990000", 1)])
def test_a_region_code_says_its_level(code: str, level: int) -> None:
    assert parse_region(code) == code
    assert region_level(code) == level


@pytest.mark.parametrize("code", ["CN", "US-BOS", "130000-FA01", "Dorchester_1"])
def test_other_countries_use_codes_of_their_own(code: str) -> None:
    assert parse_region(code) == code


@pytest.mark.parametrize(("code", "words"), [
    ("720000", "no province has the code 72"), ("", "write it like"), ("32 01", "write it like"),
    ("-1", "write it like"), ("江苏", "write it like")])
def test_what_is_no_region_code_is_refused(code: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        parse_region(code)


def test_only_six_digits_say_a_level() -> None:
    with pytest.raises(Refused, match="six digits"):
        region_level("US-BOS")


@given(st.integers(1, 999), st.integers(1, 999), st.booleans())
def test_item_and_matter_codes_are_read_back(item: int, matter: int, example: bool) -> None:
    code = MatterCode(ItemCode(item), matter, example)
    assert parse_matter(str(code)) == code
    assert parse_item(str(code.item)) == code.item


def test_codes_look_as_the_lists_print_them() -> None:
    assert str(ItemCode(29)) == "NB029"
    assert str(MatterCode(ItemCode(29), 1)) == "NB029-EX01"


@pytest.mark.parametrize("code", [
    "NB29", "NB000", "nb029", "NB029-EX1", "NB029-EX00", "029", "", "NB029-XX01", "NB٠٢٩"])
def test_other_codes_are_no_items_and_no_matters(code: str) -> None:
    with pytest.raises(Refused):
        parse_item(code)
    with pytest.raises(Refused):
        parse_matter(code)


@pytest.mark.parametrize("code", ["Pothole_Repair", "a", "x" * 64, "1.2-b"])
def test_a_package_may_use_its_own_codes(code: str) -> None:
    assert check_code(code) == code


@pytest.mark.parametrize("code", ["", "_a", "x" * 65, "a b", "a/b", "*"])
def test_codes_that_would_break_a_file_or_an_address_are_refused(code: str) -> None:
    with pytest.raises(Refused, match="cannot be a code"):
        check_code(code)
