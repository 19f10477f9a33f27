"""The tree of places: real changes, every depth there is, and laws over all places."""

import csv
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR
from jizhun.kernel.numbering import parse_region
from jizhun.regions.rules import Parentage, Place, Role, Succession, Tree
from worlds import ROOT

Lines = list[dict[str, str]]


def lines(name: str) -> Lines:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def day(text: str, default: date) -> date:
    return date.fromisoformat(text) if text else default


def life(row: dict[str, str]) -> tuple[date, date]:
    return day(row["valid_from"], BEGINNING), day(row["valid_until"], FAR)


def china() -> Tree:
    rows = lines("regions/regions.csv") + lines("simulated/regions.csv")
    direct = [Parentage(row["code"], row["parent"], "administrative", *life(row)) for row in rows if row["parent"]]
    fiscal = [Parentage(row["region"], row["parent"], "fiscal", *life(row)) for row in lines("regions/parents.csv")]
    links = [Succession(row["old"], row["new"], row["kind"], date.fromisoformat(row["on"]))
             for row in lines("regions/successions.csv")]
    return Tree((place(row) for row in rows), direct + fiscal, links)


def place(row: dict[str, str]) -> Place:
    return Place(row["code"], Bilingual(row["name_zh"], row["name_en"]), int(row["level"]), row["kind"],
                 row["root"], row["pinyin"], row["in_scope"] == "1", row["simulated"] == "1", *life(row),
                 row["exact"] == "1", row["former_zh"])


CHINA = china()
NOW = date(2026, 11, 24)
LAIWU = date(2019, 1, 9)
days = st.dates(date(2009, 1, 1), NOW)
codes = st.sampled_from(sorted(CHINA.places))


def mainland(level: int, on: date) -> list[Place]:
    found = [CHINA.places[code] for code in CHINA.existing(on)]
    return [one for one in found if one.level == level and one.in_scope and not one.simulated
            and one.kind not in {"corps", "corps_division", "management_area"}]


# -- counted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "counties"), [
    (2014, 2854), (2015, 2850), (2016, 2851), (2017, 2851), (2018, 2851), (2019, 2846), (2020, 2844), (2021, 2843),
    (2022, 2843), (2023, 2844), (2024, 2846)])
def test_counties_are_as_many_as_the_yearly_statistics_say(year: int, counties: int) -> None:
    assert len(mainland(3, date(year, 12, 31))) == counties


@pytest.mark.parametrize(("on", "prefectures"), [
    (date(2010, 12, 31), 333), (date(2011, 12, 31), 332), (date(2012, 12, 31), 333), (date(2018, 12, 31), 334),
    (LAIWU, 333), (NOW, 333)])
def test_prefectures_are_as_many_as_the_yearly_statistics_say(on: date, prefectures: int) -> None:
    assert len(mainland(2, on)) == prefectures
    assert len(mainland(1, on)) == 31


def test_the_fictional_province_has_its_places_and_no_code_of_a_real_one() -> None:
    found = [CHINA.places[code] for code in CHINA.within("990000", NOW)]
    assert all(one.simulated for one in found)
    assert [sum(one.level == level for one in found) for level in (1, 2, 3)] == [1, 11, 90]
    real = {one.name.zh for one in CHINA.places.values() if not one.simulated}
    assert not real & {one.name.zh for one in found}


def test_every_code_can_be_read_and_every_name_has_both_languages() -> None:
    for one in CHINA.places.values():
        assert parse_region(one.code) == one.code
        assert one.name.zh and one.name.en and one.name.en.replace("ü", "u").isascii(), one


# -- depth -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "path"), [
    ("CN", ("CN",)),
    ("320102", ("CN", "320000", "320100", "320102")),
    ("310115", ("CN", "310000", "310115")),  # municipalities have no prefectures
    ("500229", ("CN", "500000", "500229")),
    ("441900", ("CN", "440000", "441900")),  # cities without counties
    ("442000", ("CN", "440000", "442000")),
    ("460400", ("CN", "460000", "460400")),
    ("620200", ("CN", "620000", "620200")),
    ("429004", ("CN", "420000", "429004")),  # counties under the province
    ("469030", ("CN", "460000", "469030")),
    ("659001", ("CN", "650000", "659001")),
    ("661200", ("CN", "660000", "661200")),  # the Corps is a tree of its own
    ("130000-FA01", ("CN", "130000", "130000-FA01")),
    ("990101", ("CN", "990000", "990100", "990101")),
])
def test_depth_varies(code: str, path: tuple[str, ...]) -> None:
    assert CHINA.path(code, NOW) == path


def test_four_cities_have_no_counties() -> None:
    bare = {one.code for one in mainland(2, NOW) if not CHINA.children(one.code, NOW)}
    assert bare == {"441900", "442000", "460400", "620200"}


def test_who_pays_is_not_always_who_governs() -> None:
    assert CHINA.path("330122", NOW) == ("CN", "330000", "330100", "330122")
    assert CHINA.path("330122", NOW, "fiscal") == ("CN", "330000", "330122")
    assert CHINA.path("440305", NOW, "fiscal") == ("CN", "440300", "440305")
    assert CHINA.path("659001", NOW, "fiscal") == ("CN", "660000", "660800", "659001")
    assert CHINA.path("320102", NOW, "fiscal") == CHINA.path("320102", NOW)
    assert CHINA.parent("330122", NOW, "fiscal") == "330000"


def test_a_level_may_be_skipped_on_the_way_up() -> None:
    assert CHINA.at_level("320102", 2, NOW) == "320100"
    assert CHINA.at_level("310115", 2, NOW) is None
    assert CHINA.at_level("441900", 2, NOW) == "441900"


def test_three_regions_are_outside_the_scope_of_the_list() -> None:
    assert {one.code for one in CHINA.places.values() if not one.in_scope} == {"710000", "810000", "820000"}
    assert CHINA.in_scope("110000")
    assert not CHINA.in_scope("710000")


# -- change ----------------------------------------------------------------------------------------


def test_laiwu_is_a_city_until_it_becomes_districts_of_jinan() -> None:
    eve = LAIWU - timedelta(days=1)
    assert CHINA.path("371202", eve) == ("CN", "370000", "371200", "371202")
    assert CHINA.path("370116", LAIWU) == ("CN", "370000", "370100", "370116")
    assert CHINA.successors("371200", LAIWU) == ("370116", "370117")
    assert CHINA.successors("370116", eve) == ("371202",)


def test_a_place_that_is_gone_is_refused_by_name_with_its_successors() -> None:
    with pytest.raises(Refused) as refused:
        CHINA.place("371200", date(2020, 5, 1))
    assert refused.value.sentence.en == (
        "371200 Laiwu has not existed since 2019-01-09 and cannot be used for 2020-05-01; "
        "on that day its area belonged to 370116 Laiwu District, 370117 Gangcheng District.")
    assert refused.value.sentence.zh == (
        "371200 莱芜市自 2019-01-09 起不再存在，2020-05-01 不能使用；其区域当日属于370116 莱芜区、370117 钢城区。")


def test_a_place_that_is_not_yet_there_is_refused_with_its_predecessor() -> None:
    with pytest.raises(Refused) as refused:
        CHINA.path("540581", date(2023, 4, 2))
    assert "540581 Cuona has existed only since 2023-04-03" in refused.value.sentence.en
    assert "540530 Cuona County" in refused.value.sentence.en
    assert CHINA.path("540581", date(2023, 4, 3))[-1] == "540581"


def test_where_only_the_year_is_known_the_sentence_says_so() -> None:
    with pytest.raises(Refused) as refused:
        CHINA.place("520321", date(2020, 1, 1))
    assert "since 2016 (the exact day is not verified; 2016-12-31 is used)" in refused.value.sentence.en
    assert "2016 年（具体日期未核实" in refused.value.sentence.zh


@pytest.mark.parametrize("code", ["320199", "US-BOS", "", "莱芜"])
def test_an_unknown_code_is_refused(code: str) -> None:
    for ask in (CHINA.path, CHINA.place, CHINA.within, CHINA.successors):
        with pytest.raises(Refused, match=f"There is no region with the code “{code}”"):
            ask(code, NOW)
    with pytest.raises(Refused):
        CHINA.level(code)


@pytest.mark.parametrize(("code", "on", "found"), [
    ("341422", date(2011, 1, 1), ("341422",)),
    ("341422", date(2012, 1, 1), ("340225",)),  # 无为县 went from Chaohu to Wuhu ...
    ("341422", date(2020, 1, 1), ("340281",)),  # ... and became a city
    ("542623", date(2016, 1, 1), ("540422",)),
    ("542623", NOW, ("540481",)),
    ("632121", NOW, ("630203",)),
    ("110103", NOW, ("110101",)),
    ("520321", NOW, ("520302", "520303", "520304")),
    ("340281", date(2011, 1, 1), ("341422",)),  # and back
    ("653228", date(2024, 12, 26), ("653223",)),
    ("500105", NOW, ("500157",)),
    ("542430", NOW, ("540629",)),  # 尼玛县 had given 双湖县 away five years before it got a new code
    ("360112", date(2010, 1, 1), ("360122",)),  # 新建区 took 湾里区 in only later
    ("522200", NOW, ("520600",)),
    ("659012", date(2020, 1, 1), ()),
])
def test_successors_are_followed_to_the_day_asked(code: str, on: date, found: tuple[str, ...]) -> None:
    assert set(CHINA.successors(code, on)) == set(found)


def test_at_least_five_changes_since_2010_are_known_to_the_day() -> None:
    exact = {one.on for one in CHINA.successions
             if CHINA.places[one.old].exact and CHINA.places[one.new].exact}
    assert len(exact) >= 15
    assert len({one.old for one in CHINA.successions}) > 300


def test_former_names_are_found() -> None:
    assert [one.code for one in CHINA.find("襄樊市", NOW)] == ["420600"]


@pytest.mark.parametrize(("words", "first"), [
    ("320100", "320100"), ("南京", "320100"), ("nanjing", "320100"), ("Xi'an", "610100"), ("XIAN", "610100"),
    ("示例省", "990000"), ("laiwu", "370116")])
def test_a_place_is_found_by_code_name_or_pinyin(words: str, first: str) -> None:
    found = CHINA.find(words.replace("XIAN", "xianshi"), NOW)
    assert found[0].code == first


def test_nothing_is_found_by_nothing() -> None:
    assert CHINA.find("  ", NOW) == ()


# -- laws ------------------------------------------------------------------------------------------


def test_every_successor_begins_or_grows_on_the_day_its_predecessor_ends() -> None:
    for one in CHINA.successions:
        old, new = CHINA.places[one.old], CHINA.places[one.new]
        assert new.exists(one.on), one
        assert old.valid_until == one.on - timedelta(days=1) or (one.kind == "split" and old.exists(one.on)), one


def test_whatever_ended_left_its_area_to_somebody() -> None:
    ended = [one.code for one in CHINA.places.values() if one.valid_until != FAR]
    assert len(ended) > 300
    assert all(CHINA.successors(code, NOW) for code in ended)


def test_nobody_outlives_the_place_above() -> None:
    for on in (*CHINA.change_days, NOW):
        tops = CHINA.children("CN", on)
        assert all(CHINA.level(code) == 1 for code in tops)
        assert CHINA.existing(on)[0] == "CN"
        assert len(CHINA.within("CN", on)) == len(CHINA.existing(on)), on


@given(codes, days)
def test_a_path_leads_from_the_nation_to_the_place_one_step_at_a_time(code: str, on: date) -> None:
    if not CHINA.places[code].exists(on):
        with pytest.raises(Refused):
            CHINA.path(code, on)
        return
    path = CHINA.path(code, on)
    assert (path[0], path[-1]) == ("CN", code)
    assert [CHINA.level(one) for one in path] == sorted({CHINA.level(one) for one in path})
    assert all(lower in CHINA.children(upper, on) for upper, lower in pairwise(path))
    assert CHINA.path(code, on) is path


@given(codes, codes, days, st.sampled_from(["administrative", "fiscal"]))
def test_intervals_say_what_paths_say(upper: str, lower: str, on: date, role: Role) -> None:
    if not (CHINA.places[upper].exists(on) and CHINA.places[lower].exists(on)):
        return
    inside = upper in CHINA.path(lower, on, role)
    assert CHINA.intervals(on, role).holds(upper, lower) is inside
    assert (lower in CHINA.within(upper, on, role)) is inside


@given(days)
def test_the_places_of_a_day_are_each_named_once(on: date) -> None:
    order = CHINA.existing(on)
    assert len(order) == len(set(order)) == sum(one.exists(on) for one in CHINA.places.values())


@given(codes, days)
def test_successors_exist_on_the_day_asked(code: str, on: date) -> None:
    assert all(CHINA.places[one].exists(on) for one in CHINA.successors(code, on))


# -- building --------------------------------------------------------------------------------------


def small(*parentages: Parentage) -> Tree:
    return Tree([Place(code, Bilingual(code, code), level, "x", "A") for code, level in
                 (("A", 0), ("B", 1), ("C", 1), ("D", 3))], parentages)


def test_parents_may_change_from_one_day_to_the_next() -> None:
    move = date(2020, 6, 1)
    tree = small(Parentage("B", "A"), Parentage("C", "A"), Parentage("D", "C", "fiscal"),
                 Parentage("D", "B", valid_until=move - timedelta(days=1)), Parentage("D", "C", valid_from=move))
    assert tree.path("D", move - timedelta(days=1)) == ("A", "B", "D")
    assert tree.path("D", move) == ("A", "C", "D")
    assert tree.within("B", move) == ("B",)
    assert tree.path("D", date(2019, 1, 1), "fiscal") == ("A", "C", "D")


def test_parents_in_a_circle_are_refused() -> None:
    tree = small(Parentage("B", "C"), Parentage("C", "B"))
    with pytest.raises(Refused, match="circle"):
        tree.path("B", NOW)
    with pytest.raises(Refused, match="circle"):
        tree.intervals(NOW)


def test_rows_about_unknown_places_are_refused() -> None:
    with pytest.raises(Refused, match="“X”"):
        small(Parentage("D", "X"))
