"""The structure diagrams of GB/T 13016: everything has its place, fits, and says what is there."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.rules.diagram import (
    BY_KIND,
    Box,
    Frame,
    Picture,
    Stroke,
    as_file,
    as_svg,
    by_subject,
    layered,
    matrix,
    sequence,
)
from jizhun.standards.rules.diagram.picture import NARROW, flowed, width_of, wrapped
from jizhun.standards.rules.framework import (
    FORMS,
    Count,
    Entry,
    Framework,
    Line,
    Node,
    by_node,
    detail_lines,
    make_framework,
)
from jizhun.standards.rules.library import KINDS, make_library
from system_sample import DAY, ITEMS, sample_framework, sample_lines

SVG = "{http://www.w3.org/2000/svg}"


def pictures(framework: Framework, lines: list[Line], language: str = "zh") -> list[Picture]:
    """All forms, wide and narrow."""
    counts = by_node(framework, lines)
    return [picture for narrow in (False, True)
            for picture in (layered(framework, counts, language, narrow=narrow),
                            sequence(framework, counts, language, narrow=narrow),
                            matrix(framework, lines, BY_KIND, language, narrow=narrow),
                            matrix(framework, lines, by_subject(ITEMS), language, narrow=narrow))]


def box_of(picture: Picture, key: str) -> Box:
    """The only box with this key that has letters of a name."""
    return next(box for box in picture.boxes if box.key == key)


# -- any tree --------------------------------------------------------------------------------------

NAMES = st.text(st.sampled_from("服务标准体系（）、，· Aabcdefgmw-29"), min_size=1, max_size=40)


@st.composite
def systems(draw: st.DrawFn) -> tuple[Framework, list[Line]]:
    """A random tree with random names, and standards to be made in some of its nodes."""
    names = draw(st.lists(NAMES, min_size=1, max_size=18))
    nodes = []
    for at, name in enumerate(names):
        above = draw(st.integers(-1, at - 1)) if at else -1
        nodes.append(Node(str(101 + at), str(101 + above) if above >= 0 else "", Bilingual(name, name[::-1])))
    entries = [Entry(draw(st.sampled_from(nodes)).code, title=Bilingual("甲", "A"), kind=kind)
               for kind in draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=8))]
    framework = make_framework("s", Bilingual(draw(NAMES), draw(NAMES)), nodes, entries)
    return framework, detail_lines(framework, make_library([]), DAY)


def overlap(one: Box | Frame, other: Box | Frame) -> bool:
    return (one.x < other.x + other.w and other.x < one.x + one.w
            and one.y < other.y + other.h and other.y < one.y + one.h)


def crossed(picture: Picture) -> list[tuple[Stroke, Box | Frame]]:
    """Lines that run over a box, or over a frame that they do not end at."""
    places: list[Box | Frame] = [*picture.boxes, *picture.frames]
    return [(stroke, place) for stroke in picture.strokes for (ax, ay), (bx, by) in pairwise(stroke.points)
            for place in places
            if overlap(Frame(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by)), place)]


@given(systems(), st.sampled_from(["zh", "en"]))
@settings(max_examples=60)
def test_no_box_lies_on_another_or_leaves_the_picture_and_texts_fit(system, language):
    framework, lines = system
    for picture in pictures(framework, lines, language):
        for one, other in combinations(picture.boxes, 2):
            assert not overlap(one, other), (picture.form, picture.narrow, one, other)
        places: list[Box | Frame] = [*picture.boxes, *picture.frames]
        for place in places:
            assert place.x >= 0 and place.y >= 0 and place.w > 0
            assert place.x + place.w <= picture.width and place.y + place.h <= picture.height
        for x, y in (point for stroke in picture.strokes for point in stroke.points):
            assert 0 <= x <= picture.width and 0 <= y <= picture.height
        for box in picture.boxes:
            for text in box.texts:
                left, right = text.reach
                assert box.x <= left and right <= box.x + box.w + 0.01, (picture.form, picture.narrow, text, box)
                assert box.y + text.size * 0.8 <= text.y <= box.y + box.h - 3


@given(systems())
@settings(max_examples=25)
def test_every_node_is_in_every_picture_and_no_line_of_a_tree_crosses_a_box(system):
    framework, lines = system
    for picture in pictures(framework, lines):
        assert {node.code for node in framework.nodes} <= {box.key for box in picture.boxes}
        assert crossed(picture) == []


@given(NAMES, st.integers(20, 200))
def test_wrapping_loses_nothing_and_fits(text, room):
    lines = wrapped(text, room, 14)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line, 14) <= room for line in lines)


def test_wrapping_keeps_words_and_punctuation_together():
    assert wrapped("Service provision specifications", 131, 14) == ("Service provision", "specifications")
    assert wrapped("环境、能源", 14 * 2, 14) == ("环", "境、", "能源")
    assert wrapped("总则（试行）", 14 * 3, 14) == ("总则", "（试", "行）")
    assert flowed(["国家标准 2/2", "地方标准 1/1", "团体标准 1/1"], 170, 12) == (
        "国家标准 2/2 · 地方标准 1/1", "团体标准 1/1")


# -- the sample ------------------------------------------------------------------------------------


def test_the_layered_picture_has_the_system_on_top_and_three_columns_with_their_own_in_frames():
    framework, lines = sample_framework(), sample_lines()
    picture = layered(framework, by_node(framework, lines))
    top, first, second = (box_of(picture, key) for key in ("", "1", "2"))
    assert top.y < first.y == second.y and first.x + first.w < second.x
    assert len(picture.frames) == 3 and len(picture.boxes) == 1 + 3 + 19
    assert box_of(picture, "301").sentence == "301 服务规范 4/4"
    assert box_of(picture, "302").sentence == "302 服务提供规范 1/4"
    assert box_of(picture, "105").sentence == "105 量和单位 –"
    assert picture.label == "公共就业服务标准体系：层次结构图。22个节点，应有标准23项，现有14项。"


def test_in_one_column_every_node_is_tied_to_the_one_above_it():
    framework = sample_framework()
    picture = layered(framework, {}, narrow=True)
    ends = [stroke.points[-1] for stroke in picture.strokes]
    for node in framework.nodes:
        box, above = box_of(picture, node.code), box_of(picture, node.parent)
        assert above.x < box.x and any(x == box.x and box.y < y < box.y + box.h for x, y in ends)


def test_the_sequence_leads_from_step_to_step_and_round_into_the_next_row():
    framework, lines = sample_framework(), sample_lines()
    picture = sequence(framework, by_node(framework, lines))
    assert [stroke.arrow for stroke in picture.strokes].count(True) == 2
    steps = [Node(str(n), "", Bilingual("步", "Step")) for n in range(7)]
    many = make_framework("s", Bilingual("长", "Long"), steps, [])
    assert sum(stroke.arrow for stroke in sequence(many, {}).strokes) == 6
    assert sum(stroke.arrow for stroke in sequence(many, {}, narrow=True).strokes) == 6
    assert len({box_of(sequence(many, {}), str(n)).y for n in range(7)}) == 2


def test_more_sub_systems_than_a_row_holds_hang_on_the_same_system():
    nodes = [node for n in range(12) for node in (Node(str(n), "", Bilingual("子系" * (n % 4 + 1), "Part")),
                                                  *(Node(f"{n}.{m}", str(n), Bilingual("类", "Sort")) for m in "abc"))]
    framework = make_framework("s", Bilingual("大体系", "Large system"), nodes, [])
    for picture in pictures(framework, []):
        assert crossed(picture) == []
    picture = layered(framework, {})
    ends = [stroke.points[-1] for stroke in picture.strokes]
    assert all((box.x + box.w / 2, box.y) in ends for box in picture.boxes if "." not in box.key and box.key)
    trunk = [stroke for stroke in picture.strokes if len(stroke.points) == 3]
    assert len(trunk) == 2 and all(stroke.points[1][0] < box_of(picture, "0").x for stroke in trunk)


def test_the_matrix_counts_by_kind_and_by_subject():
    framework, lines = sample_framework(), sample_lines()
    picture = matrix(framework, lines)
    assert box_of(picture, "301/local").count == Count(1, 1) and box_of(picture, "302/national").count == Count(2, 0)
    assert box_of(picture, "3/national").count == Count(6, 4) and box_of(picture, "/national").count == Count(12, 9)
    served = matrix(framework, lines, by_subject(ITEMS))
    assert box_of(served, "301/NB019").count == Count(2, 2)  # GB/T 30662 by its entry, DB51/T 3044 by itself
    assert box_of(served, "/NB021").count == Count(3, 1) and box_of(served, "101/NB019").count == Count()


def test_cells_are_the_deeper_the_more_is_there():
    picture = matrix(sample_framework(), sample_lines())
    fills = {key: box_of(picture, key).fill for key in ("103/national", "304/industry", "3/national", "301/local",
                                                        "105/local")}
    assert fills == {"103/national": "fill-0", "304/industry": "fill-1", "3/national": "fill-2", "301/local": "fill-3",
                     "105/local": ""}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_narrow_picture_fits_a_phone_and_its_letters_are_not_small(language):
    for picture in pictures(sample_framework(), sample_lines(), language):
        if picture.narrow:
            assert picture.width == NARROW <= 390 - 32
            assert min(text.size for box in picture.boxes for text in box.texts) >= 12


# -- SVG -------------------------------------------------------------------------------------------


def test_the_svg_of_a_page_has_classes_only_and_links_with_names():
    framework = sample_framework()
    picture = layered(framework, by_node(framework, sample_lines()))
    text = as_svg(picture, {"301": "/standards?node=301&on=2026-11-23"})
    svg = ElementTree.fromstring(text)
    assert not re.search(r"#[0-9a-f]{3,6}|style=|<style|font-family", text)
    assert svg.get("role") == "group" and svg.get("aria-label") == svg.findtext(f"{SVG}title") == picture.label
    link, = svg.iter(f"{SVG}a")
    assert link.get("href") == "/standards?node=301&on=2026-11-23"
    assert link.get("aria-label") == link.findtext(f"{SVG}title") == "301 服务规范 4/4"
    assert ElementTree.fromstring(as_svg(picture, {})).get("role") == "img"
    links = {"": "/", "301/local": "/x", "105/local": "/y"}
    grid = ElementTree.fromstring(as_svg(matrix(framework, sample_lines()), links))
    assert [one.get("aria-label") for one in grid.iter(f"{SVG}a")] == ["301 服务规范 · 地方标准 1/1", "合计",
                                                                     "合计 · 合计 14/23"]


def test_names_are_escaped():
    framework = make_framework("s", Bilingual('"甲" & <乙>', ""), [Node("1", "", Bilingual("<b>", ""))], [])
    for text in (as_svg(layered(framework, {}), {"1": '"><script>'}), as_file(layered(framework, {}))):
        svg = ElementTree.fromstring(text)
        assert svg.get("aria-label", "").startswith('"甲" & <乙>') and "<script>" not in text and "<b>" not in text


def test_a_file_has_its_own_colours_and_every_class_has_one():
    for picture in pictures(sample_framework(), sample_lines()):
        text = as_file(picture)
        used = {name for found in re.findall(r'class="([^"]+)"', text) for name in found.split()}
        assert used and all(f".{name}{{" in text for name in used - {"on-3"})
        assert 'width="' in text and "font-family" in text


def test_a_system_without_nodes_is_still_a_picture():
    empty = make_framework("s", Bilingual("空", "Empty"), [], [])
    assert all(ElementTree.fromstring(as_file(picture)) is not None for picture in pictures(empty, []))
    assert set(FORMS) == {picture.form for picture in pictures(empty, [])}
