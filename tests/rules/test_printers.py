"""The printers of standards: DOCX, PDF, HTML and STS say the same, and no text can break them."""

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from jizhun.drafting.documents import as_docx, as_html, as_pdf, as_sts, front, read_sts, typeset
from jizhun.drafting.documents.layout import contents, outline
from jizhun.drafting.rules.cover import Edition
from jizhun.drafting.rules.text import KINDS, Clause
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from printed_sample import CLAUSES, COVER, HOSTILE, ODD, SAMPLE, many
from published import faults

LANGUAGES = ("zh", "en")
ZH_CONTENTS = ["前言", "引言", "1　范围", "2　规范性引用文件", "3　术语和定义", "4　基本要求", "4.1　场所", "4.2　人员",
               "5　服务要求", "5.1　主动服务", "5.2　办理时限", "附录 A（资料性）服务流程", "A.1　步骤", "参考文献"]


def squeezed(text: str) -> str:
    """Without white space: where a printer breaks its lines is its own business."""
    return re.sub(r"[\s\u200b]+", "", text)


def words_of(*clauses: Clause) -> Edition:
    """An edition of these clauses."""
    return Edition(COVER, clauses)


# -- layout

def test_a_clause_without_heading_has_its_number_before_its_text():
    item = next(one for one in outline(SAMPLE, "zh") if one.key == "staff-1")
    assert (item.kind, item.number, item.lines[0].text[:4]) == ("paragraph", "4.2.1", "工作人员")


def test_several_notes_are_numbered_and_a_single_one_is_not():
    numbers = [one.number for one in outline(SAMPLE, "zh") if one.kind in ("note", "example")]
    assert numbers == ["注：", "注1：", "注2：", "示例："]


def test_tables_are_numbered_through_and_by_annex_and_take_the_caption_before_them():
    tables = [(one.number, one.lines[0].text if one.lines else "") for one in outline(SAMPLE, "zh") if one.rows]
    assert tables == [("表 1", "办理时限"), ("表 A.1", "")]
    assert not any(one.lines[0].text == "表1 办理时限" for one in outline(SAMPLE, "zh") if one.kind == "paragraph")


def test_rows_of_a_table_are_all_as_wide_as_the_widest():
    table = next(one for one in outline(ODD, "zh") if len(one.rows) == 3)
    assert [[cell.text for cell in row] for row in table.rows] == [["a", "b", "c"], ["1", "", ""], ["", "", ""]]


def test_the_english_edition_falls_back_to_chinese_and_says_so():
    item = next(one for one in outline(SAMPLE, "en") if one.key == "staff-2")
    assert (item.lines[0].language, item.lines[0].text[:3]) == ("zh", "每 5")


def test_headings_go_down_one_level_at_a_time():
    levels = [one.level for one in outline(ODD, "zh") if one.kind == "heading"]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


@pytest.mark.parametrize(("number", "sign"), [
    ("GB 12345-2020", "GB"), ("GB/T 1.1-2020", "GB"), ("GB/Z 1-2020", "GB"), ("LD/T 12-2020", "LD"),
    ("DB99/T XXXX—XXXX", "DB99"), ("T/CAS 6-2024", "T/CAS"), ("Q/ABC 1-2024", "Q/ABC"), ("", "")])
def test_the_sign_on_the_cover(number: str, sign: str):
    assert front.sign_of(number) == sign


def test_days_not_yet_known_are_left_open():
    texts = [part.line.text for spot in front.spots(COVER, "zh") for part in spot.parts]
    assert "2026-03-01 发布" in texts and "XXXX-XX-XX 实施" in texts
    assert "代替 DB99/T 0421—2019、DB99/T 0388—2017" in texts and "（征求意见稿）" in texts


def test_a_published_standard_carries_no_draft_label():
    texts = [part.line.text for spot in front.spots(replace(COVER, label="published"), "zh") for part in spot.parts]
    assert not any("稿" in text for text in texts)


# -- all printers

def headings(language: str) -> list[str]:
    """Headings as the outline has them, squeezed."""
    return [squeezed(one.number + one.mark + one.lines[0].text)
            for one in outline(SAMPLE, language) if one.kind == "heading"]


def docx(edition: Edition, language: str) -> Any:
    """The printed document, read back."""
    return Document(BytesIO(as_docx(edition, language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_docx_and_html_have_the_same_headings_in_the_same_order(language: str):
    in_docx = [squeezed(one.text) for one in docx(SAMPLE, language).paragraphs if one.style.name.startswith("Heading")]
    page = ET.fromstring(as_html(SAMPLE, language))
    in_html = [squeezed("".join(one.itertext())) for one in page.iter() if re.fullmatch("h[3-6]", one.tag)]
    assert in_docx == in_html == headings(language)


@pytest.mark.font
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printer_prints_every_word(language: str):
    pdf = squeezed("".join(page.extract_text() for page in pdf_of(SAMPLE, language).pages))
    html = squeezed("".join(ET.fromstring(as_html(SAMPLE, language)).itertext()))
    written = docx(SAMPLE, language)
    word = squeezed("".join("".join(one.itertext()) for one in written.element.iter(qn("w:t"))))
    for item in outline(SAMPLE, language):
        for line in (*item.lines, *(cell for row in item.rows for cell in row)):
            wanted = squeezed(line.text)
            assert wanted in html and wanted in word
            assert wanted in pdf or wanted.replace("fi", "ﬁ") in pdf, wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_odd_editions_are_printed(language: str):
    for edition in (ODD, words_of(), Edition(replace(COVER, issuers=(), number="X", ics=""), ())):
        assert docx(edition, language).paragraphs
        ET.fromstring(as_html(edition, language))
        ET.fromstring(as_sts(edition))
        read_sts(as_sts(edition))


def test_four_hundred_clauses_take_seconds():
    edition = many(400)
    begun = time.perf_counter()
    assert len(as_html(edition, "zh")) > 100_000 and len(as_sts(edition)) > 100_000
    assert len(docx(edition, "zh").paragraphs) > 800
    assert time.perf_counter() - begun < 60


SNARES = ("字", "a", "\n\n", "|", "- ", "a) ", "注：", "{#k}", "{#", "<", "&", '"', "\x00", "\ufeff",
          "表1 x\n\n|a|", "  ", "\u202e", "😀")
TEXT = st.lists(st.sampled_from(SNARES) | st.characters(), max_size=20).map("".join)
WORDS = st.builds(Bilingual, TEXT, TEXT)


@settings(max_examples=60)
@given(st.lists(st.builds(Clause, st.sampled_from(["k", "", "9 x"]), st.sampled_from(list(KINDS)), st.integers(-1, 9),
                          WORDS, WORDS, st.booleans()), max_size=6))
def test_whatever_the_clauses_are_html_and_sts_are_whole(clauses: list[Clause]):
    edition = words_of(*clauses)
    for language in LANGUAGES:
        page = ET.fromstring(as_html(edition, language))
        assert {one.get("href", "")[1:] for one in page.iter("a")} <= {one.get("id") for one in page.iter()}
    assert len(read_sts(as_sts(edition)).clauses) == len(clauses)


# -- DOCX

def fonts_of(style: Any) -> tuple[str, str]:
    fonts = style.element.find(qn("w:rPr")).find(qn("w:rFonts"))
    return fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))


def test_docx_names_chinese_and_western_fonts_and_none_of_the_theme():
    document = docx(SAMPLE, "zh")
    assert fonts_of(document.styles["Normal"]) == ("SimSun", "Times New Roman")
    assert fonts_of(document.styles["Heading 1"]) == ("SimHei", "Times New Roman")
    for root in (document.styles.element, document.element):
        assert not [one for fonts in root.iter(qn("w:rFonts")) for one in fonts.attrib if "heme" in one]


def test_docx_has_run_properties_in_the_order_of_the_schema():
    order = ["rStyle", "rFonts", "b", "bCs", "spacing", "sz", "szCs", "lang"]
    for some in docx(SAMPLE, "en").element.iter(qn("w:rPr")):
        places = [order.index(one.tag.rpartition("}")[2]) for one in some]
        assert places == sorted(places)


def test_docx_shows_a_table_of_contents_before_any_update():
    document = docx(SAMPLE, "zh")
    lines = [one.text for one in document.paragraphs if one.style.name.startswith("toc ")]
    assert [line.split("\t")[0] for line in lines] == ZH_CONTENTS
    assert 'TOC \\o "1-2"' in "".join(one.text or "" for one in document.element.iter(qn("w:instrText")))
    marks = [one.get(qn("w:fldCharType")) for one in document.element.iter(qn("w:fldChar"))]
    assert marks.count("begin") == marks.count("separate") == marks.count("end") == len(lines) + 1


@pytest.mark.font
def test_docx_fills_the_page_numbers_of_its_contents():
    lines = [one.text for one in docx(SAMPLE, "zh").paragraphs if one.style.name.startswith("toc ")]
    assert [line.split("\t")[1] for line in lines][:3] == ["II", "III", "1"] and lines[-1].endswith("\t4")


@pytest.mark.parametrize("edition", [SAMPLE, ODD], ids=["sample", "odd"])
def test_docx_links_lead_to_bookmarks(edition: Edition):
    body = docx(edition, "zh").element
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    aims = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    assert len(marks) == len(set(marks)) and aims and aims <= set(marks)


def test_docx_running_header_and_page_numbers():
    cover, begin, body = docx(SAMPLE, "zh").sections
    warning = "示例，非真实标准 / Example, not a real standard"
    assert begin.header.paragraphs[0].text == f"{warning}\tDB99/T 0421—2026"
    assert begin.even_page_header.paragraphs[0].text == f"DB99/T 0421—2026\t{warning}"
    assert body.header.is_linked_to_previous and cover.header.is_linked_to_previous
    kinds = [one._sectPr.find(qn("w:pgNumType")) for one in (cover, begin, body)]
    assert [one if one is None else one.get(qn("w:fmt")) for one in kinds] == [None, "upperRoman", "decimal"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_docx_cover_says_that_it_is_an_example_only_where_it_is_one(language: str):
    for simulated in (True, False):
        document = docx(replace(SAMPLE, cover=replace(COVER, simulated=simulated)), language)
        framed = [one.text for one in document.paragraphs if one._p.find(f".//{qn('w:framePr')}") is not None]
        assert (front.WARNING in framed) == simulated
        assert ("Example, not" in document.sections[1].header.paragraphs[0].text) == simulated


def test_docx_marks_chinese_in_the_english_edition():
    document = docx(SAMPLE, "en")
    run = next(one for one in document.element.iter(qn("w:r")) if "每 500 名" in "".join(one.itertext()))
    assert run.find(f"{qn('w:rPr')}/{qn('w:lang')}").get(qn("w:val")) == "zh-CN"
    assert document.core_properties.language == "en-GB"


def test_docx_repeats_the_head_of_a_table():
    table = docx(SAMPLE, "zh").tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[3].cells] == ["公示", "县级机构", "5", ""]


# -- PDF

def pdf_of(edition: Edition, language: str) -> PdfReader:
    return PdfReader(BytesIO(as_pdf(edition, language)))


def bookmarks(some: Any) -> list[str]:
    return [title for one in some for title in (bookmarks(one) if isinstance(one, list) else [one.title])]


@pytest.mark.font
@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_pdf_is_tagged_and_says_its_title_and_language(language: str, tag: str):
    made = pdf_of(SAMPLE, language)
    root: Any = made.trailer["/Root"]
    assert str(root["/MarkInfo"]["/Marked"]) == "True" and root["/Lang"] == tag
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert made.metadata and made.metadata.title == f"DB99/T 0421—2026 {COVER.title.in_language(language)}"
    assert b"pdfuaid" in root["/Metadata"].get_data()


@pytest.mark.font
def test_pdf_bookmarks_are_the_headings():
    assert [squeezed(one) for one in bookmarks(pdf_of(SAMPLE, "zh").outline)] == ["目次", *headings("zh")]
    deep = words_of(*(Clause(f"d{at}", "clause", at, Bilingual(f"第{at}层", "")) for at in (1, 2, 3)))
    assert bookmarks(pdf_of(deep, "zh").outline)[-1] == "1.1.1\u3000第3层"


@pytest.mark.font
def test_pdf_pages_carry_the_number_on_the_outer_side():
    pages = [page.extract_text() for page in pdf_of(SAMPLE, "zh").pages]
    assert len(pages) == 8
    assert all("DB99/T 0421—2026" in text and "Example, not a real standard" in text for text in pages)
    tops = [squeezed("".join(text.splitlines()[:2])) for text in pages[1:]]
    assert [top.startswith("DB99") for top in tops] == [False, True, False, False, True, False, True]
    assert [text.splitlines()[-1].strip() for text in pages[1:]] == ["I", "II", "III", "1", "2", "3", "4"]


@pytest.mark.font
def test_pdf_prints_markup_as_it_stands_and_reads_no_file():
    edition = words_of(Clause("a", "clause", 1, Bilingual(HOSTILE, ""), Bilingual(HOSTILE, "")))
    text = squeezed("".join(page.extract_text() for page in pdf_of(edition, "zh").pages))
    assert text.count(squeezed(HOSTILE)) >= 2
    assert "root:x:" not in text


@pytest.mark.font
@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_of_odd_editions(language: str):
    assert len(pdf_of(ODD, language).pages) > 5
    assert len(pdf_of(words_of(), language).pages) == 3


def test_pdf_without_chinese_font_is_refused_with_what_to_install():
    with pytest.raises(Refused) as wrong:
        as_pdf(SAMPLE, "zh", families=["DejaVu Sans", "Libertinus Serif"])
    assert "fonts-noto-cjk" in wrong.value.sentence.zh and "fonts-noto-cjk" in wrong.value.sentence.en


def test_pdf_takes_the_best_font_there_is():
    found = typeset.fonts(["noto sans cjk sc", "SimSun", "Liberation Serif", "Libertinus Serif"])
    assert found == {"serif": ["SimSun"], "sans": ["Noto Sans CJK SC"],
                     "western": ["Liberation Serif", "Libertinus Serif"]}


@pytest.mark.font
@pytest.mark.parametrize(("text", "printed"), [
    ("字\u1dc4字", "字□字"), ("甲\ufeff乙", "甲乙"), ("𪚥甲", "□甲"), ("葛\U000e0100城", "葛")])
def test_pdf_loses_no_character_that_a_font_has(text: str, printed: str):
    edition = words_of(Clause("a", "clause", 1, NO_WORDS, Bilingual(text, "")))
    assert printed in squeezed(pdf_of(edition, "zh").pages[2].extract_text())


def test_characters_that_no_font_has_become_boxes():
    said = 'the text `"\\u{200d}"` could not be displayed ... the text `"👨"` could not be displayed with'
    assert typeset.missing(said) == {"\u200d"} and typeset.missing(said[40:]) == {"👨"}
    assert typeset.without("a👨\u200db", {"\u200d", "👨", "a"}) == "a□b"


# -- HTML

@pytest.mark.parametrize("edition", [SAMPLE, ODD], ids=["sample", "odd"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_html_links_lead_to_anchors_and_nothing_gets_through(edition: Edition, language: str):
    text = as_html(edition, language)
    page = ET.fromstring(text)
    marks = [one.get("id") for one in page.iter() if one.get("id")]
    aims = {one.get("href", "")[1:] for one in page.iter("a")}
    assert len(marks) == len(set(marks)) and aims <= set(marks)
    assert "<script" not in text and not [one for one in page.iter() if "style" in one.attrib]


def test_html_has_an_anchor_for_every_clause_and_its_number_as_text():
    page = ET.fromstring(as_html(SAMPLE, "zh"))
    marks = {one.get("id"): one for one in page.iter() if one.get("id")}
    assert set(marks) == {f"c-{one.key}" for one in CLAUSES}
    assert squeezed("".join(marks["c-t-person"].itertext())) == "3.1就业困难人员personwithdifficultyinfindingwork"
    assert marks["c-limits"].tag == "h4" and marks["c-flow"].tag == "h3" and marks["c-t-person"].tag == "dt"


def test_html_tables_say_what_their_heads_are_for():
    table = next(ET.fromstring(as_html(SAMPLE, "zh")).iter("table"))
    assert [one.get("scope") for one in table.iter("th")] == ["col"] * 4 + ["row"] * 3


def test_html_marks_chinese_in_the_english_edition():
    page = ET.fromstring(as_html(SAMPLE, "en"))
    marked = [one for one in page.iter("span") if one.get("lang") == "zh-CN"]
    assert page.get("lang") == "en" and any((one.text or "").startswith("每 500") for one in marked)


def test_html_refers_to_other_clauses_by_their_numbers():
    links = {one.get("href"): one.text for one in ET.fromstring(as_html(SAMPLE, "en")).iter("a")}
    assert links["#c-limits"] == "5.2" and links["#c-flow"] == "Annex A"


# -- STS

@pytest.mark.schemas
@pytest.mark.parametrize("edition", [SAMPLE, ODD, words_of(), many(20)], ids=["sample", "odd", "empty", "many"])
def test_sts_is_valid(edition: Edition):
    assert faults("niso-sts/NISO-STS-extended-1-mathml3.xsd", as_sts(edition)) == ""


def test_sts_says_what_the_cover_says():
    meta = ET.fromstring(as_sts(SAMPLE)).find("front/std-meta")
    assert meta is not None
    told = [meta.findtext(path) for path in ("std-ident/doc-type", "std-ident/doc-number", "std-ident/year", "ics",
                                             "pub-date", "release-version", "std-xref/std-ref")]
    assert told == ["DB99/T", "0421", "2026", "03.080.99", "2026-03-01", "comment", "DB99/T 0421-2019"]


def test_sts_holds_both_languages_and_links():
    root = ET.fromstring(as_sts(SAMPLE))
    section = root.find(".//sec[@id='proactive']")
    assert section is not None and section.findtext("label") == "5.1"
    assert section.findtext("title/named-content") == "Proactive service"
    assert [one.get("rid") for one in section.iter("xref")] == ["limits", "flow", "limits", "flow"]
    annex = root.find("back/app-group/app")
    assert annex is not None and (annex.get("content-type"), annex.findtext("label")) == ("informative", "附录 A")
    assert len(root.findall(".//term-sec")) == 2


def plain_tables(clauses: Any) -> list[Clause]:
    """The clauses with tables written as they are read back: every row to its end, 表 1 with its space."""
    def told(text: str) -> str:
        return text.replace("|5|\n\n", "|5||\n\n").replace("表1 办", "表 1 办")

    return [replace(one, body=Bilingual(told(one.body.zh), told(one.body.en))) for one in clauses]


def test_sts_comes_back_as_it_went():
    cover = replace(COVER, effective_on=date(2026, 9, 1))
    back = read_sts(as_sts(Edition(cover, CLAUSES)))
    assert back.cover == cover
    assert list(back.clauses) == plain_tables(CLAUSES)
    for language in LANGUAGES:
        assert outline(back, language) == outline(SAMPLE, language)


@pytest.mark.parametrize("data", [
    b"", b"no xml", b"<article/>", b'<!DOCTYPE x [<!ENTITY a "b">]><standard>&a;</standard>', b"\xff\xfe\x00"])
def test_sts_that_cannot_be_read_is_refused(data: bytes):
    with pytest.raises(Refused):
        read_sts(data)


def test_sts_of_others_is_read_as_far_as_it_goes():
    edition = read_sts(b"<standard xml:lang='en'><front/><body><sec id='a'><title>Scope</title><p>Text "
                       b"<bold>b</bold></p><sec><title>Deep</title></sec></sec></body></standard>")
    assert [(one.key, one.level, one.heading.en, one.body.en) for one in edition.clauses] == [
        ("a", 1, "Scope", "Text b"), ("sec-2", 2, "Deep", "")]
    assert edition.cover.title == NO_WORDS


# -- LibreOffice

@pytest.mark.libreoffice
def test_the_docx_looks_like_the_pdf(tmp_path: Path, to_pdf: Callable[[Path], Path]):
    (tmp_path / "standard.docx").write_bytes(as_docx(SAMPLE, "zh"))
    pages = [page.extract_text() for page in PdfReader(to_pdf(tmp_path / "standard.docx")).pages]
    assert len(pages) == 8
    assert "DB99/T 0421—2026" in pages[2] and "Example, not a real standard" in pages[2] and "前言" in pages[2]
    assert "DB99/T 0421—2026" in pages[0] and "征求意见稿" in pages[0] and "代替" in pages[0]
    body = squeezed("".join(pages[2:]))
    places = [body.find(squeezed(one.text)) for one in contents(outline(SAMPLE, "zh"), "zh")]
    assert -1 not in places and places == sorted(places)
