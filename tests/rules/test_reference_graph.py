"""The reference graph: who rests on a standard, what stands around it, and which stands above which."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import NO_WORDS
from jizhun.standards.rules.graph import (
    Edge,
    Touched,
    by_its_number,
    circles,
    code_path,
    layers,
    neighbours,
    rank,
    stands_above,
    touched_by_withdrawal,
)
from jizhun.standards.rules.library import Cite, Library, Standard, make_library

ON = date(2026, 11, 24)


def standard(number: str, *cites: str, mentions: tuple[str, ...] = (), replaces: tuple[str, ...] = (),
             effective: date | None = None, ended: date | None = None, draft: bool = False) -> Standard:
    known = by_its_number(number)
    assert known is not None
    return Standard(number, known.kind, NO_WORDS, known.region, effective_on=effective, ended_on=ended,
                    in_drafting=draft, replaces=replaces,
                    cites=(*map(Cite, cites), *(Cite(one, False) for one in mentions)))


def ways(library: Library, number: str) -> list[tuple[tuple[str, ...], bool]]:
    return [(one.way, one.normative) for one in touched_by_withdrawal(library, number, ON)]


def ends(library: Library, number: str) -> list[str]:
    return [way[-1] for way, _ in ways(library, number)]


def test_what_rests_on_it_directly_and_through_others_with_the_way() -> None:
    library = make_library([
        standard("GB/T 1-2020"), standard("LD/T 2-2020", "GB/T 1-2020"), standard("DB51/T 3-2020", "LD/T 2"),
        standard("DB52/T 4-2020", mentions=("LD/T 2-2020",)), standard("DB53/T 5-2020", "GB/T 9")])
    assert ways(library, "GB/T 1-2020") == [
        (("GB/T 1-2020", "LD/T 2-2020"), True), (("GB/T 1-2020", "LD/T 2-2020", "DB51/T 3-2020"), True),
        (("GB/T 1-2020", "LD/T 2-2020", "DB52/T 4-2020"), False)]
    assert [one.direct for one in touched_by_withdrawal(library, "GB/T 1-2020", ON)] == [True, False, False]


def test_a_normative_way_counts_before_a_shorter_one_for_information() -> None:
    library = make_library([
        standard("GB/T 1-2020"), standard("LD/T 2-2020", "GB/T 1"),
        standard("DB51/T 3-2020", "LD/T 2", mentions=("GB/T 1",))])
    assert ways(library, "GB/T 1-2020")[-1] == (("GB/T 1-2020", "LD/T 2-2020", "DB51/T 3-2020"), True)


def test_an_undated_reference_is_touched_only_when_no_other_edition_is_in_force() -> None:
    citing = [standard("LD/T 2-2020", "GB/T 1"), standard("LD/T 3-2020", "GB/T 1-2020"),
              standard("LD/T 4-2020", "GB/T 1-2010")]
    old, new = standard("GB/T 1-2010"), standard("GB/T 1-2020")
    replacing = standard("GB/T 1-2020", replaces=("GB/T 1-2010",))
    assert ends(make_library([*citing, old, new]), "GB/T 1-2020") == ["LD/T 3-2020"]
    assert ends(make_library([*citing, old, replacing]), "GB/T 1-2020") == ["LD/T 2-2020", "LD/T 3-2020"]
    assert ends(make_library([*citing, old, replacing]), "GB/T 1-2010") == ["LD/T 4-2020"]
    assert ends(make_library([*citing, old, new]), "GB/T 1") == [
        "LD/T 2-2020", "LD/T 3-2020", "LD/T 4-2020"]


def test_through_an_old_edition_only_dated_references_are_touched() -> None:
    library = make_library([
        standard("GB/T 1-2020"), standard("LD/T 2-2015", "GB/T 1"), standard("LD/T 2-2021"),
        standard("DB51/T 3-2020", "LD/T 2"), standard("DB52/T 4-2020", "LD/T 2-2015")])
    assert ends(library, "GB/T 1") == ["LD/T 2-2015", "DB52/T 4-2020"]


def test_what_no_longer_holds_is_not_touched_and_what_is_coming_is() -> None:
    library = make_library([
        standard("GB/T 1-2020"), standard("LD/T 2-2010", "GB/T 1", ended=date(2020, 1, 1)),
        standard("LD/T 3-2027", "GB/T 1", draft=True), standard("LD/T 4-2026", "GB/T 1", effective=date(2027, 1, 1)),
        standard("DB51/T 5-2020", "LD/T 2")])
    assert ends(library, "GB/T 1-2020") == ["LD/T 3-2027", "LD/T 4-2026"]


def test_a_number_that_nobody_has_may_still_be_cited_and_a_circle_ends() -> None:
    library = make_library([standard("LD/T 2-2020", "GB/T 99", "LD/T 3"), standard("LD/T 3-2020", "LD/T 2")])
    assert [way for way, _ in ways(library, "GB/T 99")] == [("GB/T 99", "LD/T 2-2020"),
                                                       ("GB/T 99", "LD/T 2-2020", "LD/T 3-2020")]
    assert ends(library, "LD/T 2") == ["LD/T 3-2020"]
    assert ends(library, "LD/T 2-2020") == ["LD/T 3-2020"]
    assert ways(library, "GB/T 98") == []


AROUND = make_library([
    standard("GB/T 1-2010"),
    standard("GB/T 1-2020", "GB/T 7", "GB/T 99", mentions=("GB/T 7",), replaces=("GB/T 1-2010", "GB/T 98")),
    standard("GB/T 1-2027", draft=True, replaces=("GB/T 1-2020",)), standard("GB/T 7-2015", "GB/T 8-2015"),
    standard("GB/T 8-2015"), standard("LD/T 2-2021", "GB/T 1"), standard("LD/T 3-2021", "GB/T 1-2010"),
    standard("DB51/T 4-2022", mentions=("GB/T 1-2020",)), standard("DB5101/T 5-2022", "LD/T 2", "GB/T 8-2015")])


def test_neighbours_are_what_it_cites_replaces_and_the_other_way_round() -> None:
    found = neighbours(AROUND, "GB/T 1-2020", ON)
    assert [(link.number, link.normative) for link in found.cites] == [("GB/T 7-2015", True), ("GB/T 99", True)]
    assert [link.standard for link in found.cites] == [AROUND.by_number["GB/T 7-2015"], None]
    assert [(link.number, link.normative) for link in found.cited_by] == [
        ("DB51/T 4-2022", False), ("LD/T 2-2021", True)]
    assert [(link.number, bool(link.standard)) for link in found.replaces] == [
        ("GB/T 1-2010", True), ("GB/T 98", False)]
    assert [link.number for link in found.replaced_by] == ["GB/T 1-2027"]


def test_an_undated_reference_means_the_edition_in_force_on_the_day_and_else_the_latest() -> None:
    assert [link.number for link in neighbours(AROUND, "GB/T 1-2010", ON).cited_by] == ["LD/T 3-2021"]
    assert [link.number for link in neighbours(AROUND, "GB/T 1-2027").cited_by] == ["LD/T 2-2021"]
    assert neighbours(AROUND, "GB/T 1-2027", ON).cited_by == ()


def test_a_number_that_nobody_has_has_neighbours_too() -> None:
    found = neighbours(AROUND, "GB/T 99", ON)
    assert [link.number for link in found.cited_by] == ["GB/T 1-2020"] and found.cites == found.replaces == ()


def test_the_picture_puts_what_it_cites_right_and_what_cites_it_left() -> None:
    picture = layers(AROUND, "GB/T 1-2020", 2, ON)
    assert [(one.number, one.column, one.row) for one in picture.nodes] == [
        ("DB5101/T 5-2022", -2, 0), ("DB51/T 4-2022", -1, 0), ("LD/T 2-2021", -1, 1), ("GB/T 1-2020", 0, 0),
        ("GB/T 7-2015", 1, 0), ("GB/T 99", 1, 1), ("GB/T 8-2015", 2, 0)]
    assert Edge("DB5101/T 5-2022", "GB/T 8-2015", True) in picture.edges
    assert Edge("DB51/T 4-2022", "GB/T 1-2020", False) in picture.edges
    assert len(picture.edges) == 7


def test_a_picture_of_depth_nothing_is_the_standard_alone() -> None:
    picture = layers(AROUND, "GB/T 1-2020", 0, ON)
    assert [one.number for one in picture.nodes] == ["GB/T 1-2020"] and picture.edges == ()


def test_circles_are_found_and_what_only_leads_into_them_is_not_in_them() -> None:
    library = make_library([
        standard("GB/T 1-2020", "GB/T 2"), standard("GB/T 2-2020", "GB/T 3-2020"), standard("GB/T 3-2020", "GB/T 1"),
        standard("GB/T 4-2020", "GB/T 1", "GB/T 4"), standard("GB/T 5-2020", "GB/T 6"),
        standard("GB/T 6-2020", mentions=("GB/T 5",))])
    assert circles(library, ON) == [("GB/T 1-2020", "GB/T 2-2020", "GB/T 3-2020")]


@pytest.mark.parametrize(("code", "path"), [
    ("CN", ("CN",)), ("510000", ("CN", "510000")), ("510100", ("CN", "510000", "510100")),
    ("510104", ("CN", "510000", "510100", "510104")), ("US-BOS", ("US-BOS",))])
def test_a_code_says_by_its_digits_what_stands_above_it(code: str, path: tuple[str, ...]) -> None:
    assert code_path(code) == path


def test_kinds_and_places_stand_in_order() -> None:
    down = [standard(one) for one in ("GB/T 1-2020", "LD/T 1-2020", "DB51/T 1-2020", "DB5101/T 1-2020", "T/CAS 1-2020")]
    assert [rank(one, ON) for one in down] == [0, 1, 2, 3, 4]
    assert rank(standard("Q/X 1-2020"), ON) == 4
    assert rank(down[0], date(1990, 1, 1)) == 0, "before the first law the first order holds"
    assert stands_above(down[0], down[2], ON) and stands_above(down[2], down[3], ON)
    assert not stands_above(down[3], down[2], ON) and not stands_above(down[0], down[0], ON)
    assert not stands_above(standard("DB52/T 1-2020"), down[3], ON), "another province stands above nothing here"


def test_a_number_says_the_kind_and_the_place() -> None:
    one = by_its_number("DB31117/Z 1-2020")
    assert one and (one.kind, one.region) == ("local", "310117")
    enterprise = by_its_number("Q/X 1-2020")
    assert enterprise and enterprise.kind == "internal"
    assert by_its_number("内部 7 号") is None


NUMBERS = [f"GB/T {at}-{year}" for at in range(1, 5) for year in (2010, 2020)]


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    names = st.lists(st.sampled_from([*NUMBERS, *(f"GB/T {at}" for at in range(1, 6))]), max_size=3)
    return make_library(standard(
        number, *draw(names), mentions=tuple(draw(names)),
        replaces=tuple(draw(st.lists(st.sampled_from(NUMBERS), max_size=1))),
        draft=draw(st.booleans())) for number in draw(st.sets(st.sampled_from(NUMBERS))))


@given(libraries(), st.sampled_from(NUMBERS))
def test_every_way_is_made_of_references_and_leads_from_the_one_to_the_other(library: Library, number: str) -> None:
    found = touched_by_withdrawal(library, number, ON)
    assert len({one.standard.number for one in found}) == len(found)
    assert found == sorted(found, key=_order)
    for one in found:
        assert one.way[0] == number and one.way[-1] == one.standard.number and len(set(one.way)) == len(one.way)
        for cited, citing in zip(one.way, one.way[1:], strict=False):
            cites = [cite for cite in library.by_number[citing].cites if cite.number in (cited, cited.split("-")[0])]
            assert cites and (not one.normative or any(cite.normative for cite in cites))


def _order(one: Touched) -> tuple[bool, int, tuple[str, ...]]:
    return not one.normative, len(one.way), one.way


@given(libraries(), st.sampled_from(NUMBERS), st.integers(0, 3))
def test_in_a_picture_each_stands_once_and_every_edge_joins_two_of_its_nodes(
        library: Library, number: str, depth: int) -> None:
    picture = layers(library, number, depth, ON)
    names = [one.number for one in picture.nodes]
    assert len(set(names)) == len(names) and number in names
    assert all(edge.citing in names and edge.cited in names for edge in picture.edges)
    assert len({(one.column, one.row) for one in picture.nodes}) == len(names)
    assert all(abs(one.column) <= depth for one in picture.nodes)
