"""Comments on a draft go out as ISO's form and China's 意见汇总处理表 and come back, losing nothing."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import components
from jizhun.drafting.interchange import workbooks
from jizhun.drafting.interchange.cells import disposition_and_answer
from jizhun.drafting.interchange.comment_tables import Head, cn_docx, cn_xlsx, iso_docx, iso_xlsx, read_comments
from jizhun.drafting.rules.merging import clause_number, compare
from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES, Comment
from jizhun.kernel.archives import OLD, USUAL
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import storable

WRITERS = {"iso_xlsx": iso_xlsx, "iso_docx": iso_docx, "cn_xlsx": cn_xlsx, "cn_docx": cn_docx}
HEAD = Head(Bilingual("示例服务规范", "Example service specification"), "DB99/T 1—XXXX", "2025-017",
            Bilingual("示例厅", "Example department"), date(2025, 6, 30), sent=42, replied=38, commented=21)
ISO_HEADER = ("MB/NC1", "Line number\n(e.g. 17)", "Clause/ Subclause\n(e.g. 3.1)", "Paragraph/ Figure/ Table/\n"
              "(e.g. Table 1)", "Type of com-ment2", "Comments", "Proposed change", "Observations of the secretariat")
CN_HEADER = ("序号", "标准章条编号", "意见内容", "提出单位", "处理意见", "备注")
every_template = pytest.mark.parametrize("template", WRITERS)
both_languages = pytest.mark.parametrize("language", ("zh", "en"))


def comment(key: str = "C-1", **said: Any) -> Comment:
    first = Comment(key, "k5", "5.1", "十五个工作日", "te", "期限不一致", "十个工作日", "甲市人社局", "330100")
    return replace(first, made_on=date(2025, 5, 3), **said)


HOSTILE = [
    "=1+1", "'=1+1", "'leading", "{=x}", "+1", "-1", "@SUM(A1)", "1.10", "007", "1e5", "TRUE", "2025-03-01", "#REF!",
    " blank in front", "blank behind ", "  ", "two  blanks   inside", "a\nb", "\n\na\n", "a\tb", "\t", "_x0041_",
    "_x005F_x0041_", "_x_x000a_x000A_", "<r>a</r>", "<b>&amp;&#10;]]></b>", "😀👩‍👩‍👧", "“引号” \"quotes\" 'single'",
    "{#key} ?key? %0A %25 %", "‏עברית", "http://example.org/?a=b&c=d", "mailto:a@b", "line\u2028separator\u0085next",
    "soft\u00adhyphen non\u2011breaking", "e\u0301 not é", "\u200b\ufeff", "原文：x", "Quoted: x", "建议修改为：x",
    "y\n建议修改为：x", "Proposed change: x", "采纳：x", "Accepted: x", "：x", ": x", "[C-9]", "x\n[C-9]", "[]",
    "说明：x", "Note: x", "lines=3+3", "clause=x",
]
FIELDS = ("text", "proposed", "quote", "body", "number", "answer", "clause", "region")


def hostile_comments() -> list[Comment]:
    """Each hostile text once in every field."""
    made = [comment(f"C-{place}-{name}", **{name: text},
                    **({"disposition": "rejected"} if name == "answer" and text.strip() else {}))
            for place, text in enumerate(HOSTILE) for name in FIELDS if name != "answer" or text.strip()]
    return [*made, comment("C-all", **{name: "=a\n\tb " for name in FIELDS}, disposition="partly")]


def there_and_back(template: str, comments: Sequence[Comment], language: str = "zh") -> list[Comment]:
    reading = read_comments(WRITERS[template](HEAD, comments, language), "表.bin")
    assert (reading.template, reading.ours, reading.notes) == (template, True, [])
    return [one.comment for one in reading.rows]


# -- there and back --------------------------------------------------------------------------------


@both_languages
@every_template
def test_hostile_texts_come_back_exactly(template: str, language: str):
    sent = hostile_comments()
    for back, one in zip(there_and_back(template, sent, language), sent, strict=True):
        assert back == one


TEXT = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(HOSTILE)
SAID = TEXT.filter(lambda text: storable(text).strip() != "")


@st.composite
def comments(draw: st.DrawFn) -> list[Comment]:
    made = []
    for place in range(draw(st.integers(0, 4))):
        disposition = draw(st.sampled_from(("", *DISPOSITIONS)))
        answer = draw(SAID) if disposition else ""
        made.append(Comment(f"C-{place}", draw(TEXT), draw(TEXT), draw(TEXT), draw(st.sampled_from(tuple(TYPES))),
                            draw(SAID), draw(TEXT), draw(TEXT), draw(TEXT), draw(st.none() | st.dates()), disposition,
                            answer))
    return made


def as_stored(one: Comment) -> Comment:
    """The comment without what no file can hold; that is all that may be lost."""
    kept: dict[str, Any] = {name: storable(getattr(one, name)) for name in FIELDS}
    return replace(one, **kept)


@every_template
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(sent=comments(), language=st.sampled_from(("zh", "en")))
def test_any_text_comes_back_exactly(template: str, sent: list[Comment], language: str):
    assert there_and_back(template, sent, language) == [as_stored(one) for one in sent]


def test_only_what_xml_forbids_is_left_out():
    assert storable("a\x00\x0b\x1b\ud800\ufffeb\r\nc\rd") == "ab\nc\nd"
    assert storable("\t\n\x7f\x85\u2028😀") == "\t\n\x7f\x85\u2028😀"


@every_template
def test_very_long_texts_go_on_in_further_columns(template: str):
    long = "很长的意见😀=\n " * 9_000
    sent = [comment("C-1"), comment("C-2", text=long, proposed=long, answer=long, disposition="partly", quote=long)]
    assert there_and_back(template, sent) == sent


def test_no_cell_holds_more_than_a_spreadsheet_can():
    content = iso_xlsx(HEAD, [comment(text="😀" * 40_000)], "en")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    sizes = [len(str(cell).encode("utf-16-le")) // 2 for row in sheet for cell in row]
    assert max(sizes) == workbooks.FULL and sheet[2][-2:] == ["Comments [cont. 2]", "Comments [cont. 3]"]


@pytest.mark.parametrize("writer", (iso_xlsx, cn_xlsx))
def test_a_workbook_holds_texts_only(writer: Callable[..., bytes]):
    with zipfile.ZipFile(io.BytesIO(writer(HEAD, hostile_comments(), "zh"))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert set(re.findall(r'<c [^>]*?t="(\w+)"', sheet)) == {"s"} and not re.search(r'<c r="\w+" s="\d+"><v>', sheet)


@every_template
def test_a_draft_without_comments_has_an_empty_table(template: str):
    assert there_and_back(template, []) == []


@every_template
def test_two_thousand_comments_are_quick(template: str):
    sent = [comment(f"C-{place}", text=f"意见 {place}\n第二行", disposition="partly", answer="已改")
            for place in range(2000)]
    assert there_and_back(template, sent) == sent


# -- what stands around the table ------------------------------------------------------------------


def all_words(content: bytes) -> str:
    """Every text of a file, as a person who opens it sees them."""
    if b"word/document.xml" in content:
        made = docx.Document(io.BytesIO(content))
        parts = [made.element.body, made.sections[0].header._element, made.sections[0].footer._element]
        return "\n".join("".join(one.itertext()) for part in parts for one in part.iter("{*}p"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return "\n".join(str(cell) for row in rows for cell in row)


ANSWERED = [
    comment("C-1", disposition="accepted"), comment("C-2", disposition="rejected", answer="已有规定"),
    comment("C-3", disposition="rejected", answer="已有规定"), comment("C-4", disposition="partly", answer="见 5.2"),
    comment("C-5"),
]


@pytest.mark.parametrize("template", ("cn_xlsx", "cn_docx"))
def test_the_explanation_counts_bodies_and_outcomes(template: str):
    words = all_words(WRITERS[template](HEAD, ANSWERED, "zh"))
    for line in ("发送“征求意见稿”的单位数：42 个；", "回函的单位数：38 个；",
                 "回函并有建议或意见的单位数：21 个；", "没有回函的单位数：4 个；",
                 "意见共 5 条：采纳 1 条，部分采纳 1 条，不采纳 2 条，尚未处理 1 条。"):
        assert line in words
    boxes = ("标准名称：示例服务规范", "标准项目编号/计划号：2025-017", "起草单位：示例厅", "承办人：",
             "日期：2025-06-30")
    assert all(box in words for box in boxes)
    english = all_words(WRITERS[template](HEAD, ANSWERED, "en"))
    assert "Bodies that did not reply: 4;" in english
    assert "5 in all; accepted 1, accepted in part 1, not accepted 2, not answered yet 1." in english


def test_numbers_of_bodies_that_nobody_counted_are_left_for_the_hand():
    words = all_words(cn_docx(Head(Bilingual("规范", "")), ANSWERED, "zh"))
    assert "单位数：____ 个；" in words and "没有回函的单位数：____ 个；" in words


def test_numbers_of_bodies_that_contradict_each_other_are_refused():
    with pytest.raises(Refused, match="asked 3, replied 5"):
        cn_xlsx(replace(HEAD, sent=3, replied=5, commented=1), ANSWERED, "zh")


@both_languages
@pytest.mark.parametrize("template", ("iso_xlsx", "iso_docx"))
def test_iso_form_has_its_boxes(template: str, language: str):
    words = all_words(WRITERS[template](HEAD, ANSWERED, language))
    boxes = {"zh": ("日期：2025-06-30", "文件：DB99/T 1—XXXX 示例服务规范", "项目：2025-017"),
             "en": ("Date: 2025-06-30", "Document: DB99/T 1—XXXX Example service specification", "Project: 2025-017")}
    assert all(box in words for box in boxes[language])
    assert ("不采纳：已有规定" if language == "zh" else "Not accepted: 已有规定") in words


def test_word_files_are_landscape_with_a_repeated_header_and_fonts_for_chinese():
    for writer in (iso_docx, cn_docx):
        made = docx.Document(io.BytesIO(writer(HEAD, ANSWERED, "zh")))
        section = made.sections[0]
        assert section.page_width and section.page_height and section.page_width > section.page_height
        assert len(list(made.element.body.iter("{*}tblHeader"))) == 1
        assert 'w:eastAsia="宋体"' in made.styles["JzCell"].element.xml
        assert "NUMPAGES" in section.footer._element.xml


def test_quoted_words_stand_in_a_line_of_their_own():
    made = docx.Document(io.BytesIO(iso_docx(HEAD, [comment(disposition="accepted", answer="好")], "zh")))
    cells = made.tables[-1].rows[1].cells
    assert [one.text for one in cells[5].paragraphs] == ["原文：十五个工作日", "期限不一致"]
    assert [one.text for one in cells[0].paragraphs] == ["甲市人社局", "[C-1]"]
    assert cells[7].text == "采纳：好" and cells[8].text.split("\n")[0] == "clause=k5"


# -- files made by hand ----------------------------------------------------------------------------


def sheet(*rows: Sequence[Any], change: Callable[[Any, Any], object] | None = None) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    made, day = book.add_worksheet("意见"), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                made.write_datetime(place, column, value, day)
            elif isinstance(value, str):
                made.write_string(place, column, value)
            else:
                made.write(place, column, value)
    if change:
        change(book, made)
    book.close()
    return content.getvalue()


def word(*rows: Sequence[str]) -> bytes:
    made = docx.Document()
    made.add_paragraph("Template for comments")
    table = made.add_table(0, len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


HAND_ISO = ("DE", "17", "Clause 5.1", "Table 1", "TE", "Limit unclear\nsee above", "ten days", "")
HAND_CN = ("1", "第5.1条", "期限不明确\n建议修改为：十个工作日", "乙市人社局", "不采纳，理由见编制说明", "会上讨论")


@pytest.mark.parametrize("make", (sheet, word))
def test_an_iso_form_made_by_hand_is_new_comments(make: Callable[..., bytes]):
    reading = read_comments(make(ISO_HEADER, HAND_ISO, ("",) * 8, ("ISO", "", "general", "", "ed", "x", "", "OK")), "a")
    first, second = reading.rows
    assert (reading.template[:3], reading.ours) == ("iso", False)
    assert first.comment == Comment("", "", "5.1", "", "te", "Limit unclear\nsee above", "ten days", "DE", line="17",
                                    paragraph="Table 1")
    assert (first.line, first.paragraph, first.where) == ("17", "Table 1", Bilingual("第 2 行", "row 2"))
    assert (second.number, second.disposition, second.answer, second.where.en) == ("", "", "OK", "row 4")


@pytest.mark.parametrize("make", (sheet, word))
def test_a_chinese_form_made_by_hand_is_new_comments(make: Callable[..., bytes]):
    other = ("2", "附录 A", "同意", "丙县", "采纳", "")
    rows = (("标准名称：x",) + ("",) * 5, CN_HEADER, HAND_CN, other, ("3",) + ("",) * 5, ("说明：共 2 条",) + ("",) * 5)
    reading = read_comments(make(*rows), "a")
    first, second = reading.rows
    assert (reading.template[:2], reading.ours, reading.notes) == ("cn", False, [])
    assert first.comment == Comment("", "", "5.1", "", "te", "期限不明确", "十个工作日", "乙市人社局",
                                    disposition="rejected", answer="理由见编制说明")
    assert (first.remark, second.number, second.disposition) == ("会上讨论", "A", "accepted")


def test_a_comment_below_the_explanation_is_read_and_a_heading_is_noted():
    rows = (CN_HEADER, ("一、总体意见",), HAND_CN, ("说明：共 1 条",), ("2", "6", "后补的意见", "丁县", "", ""))
    reading = read_comments(sheet(*rows), "a")
    assert [one.text for one in reading.rows] == ["期限不明确", "后补的意见"]
    assert [one.en for one in reading.notes] == ["row 2 holds no comment and was not read: 一、总体意见"]


def test_numbers_in_cells_are_read_as_they_look():
    reading = read_comments(sheet(CN_HEADER, (1, 5.1, "意见", "甲", "", ""), (2, 6, "意见", "甲", "", "")), "a")
    assert [one.number for one in reading.rows] == ["5.1", "6"]
    assert "5.10 would have become too" in reading.notes[0].en


@pytest.mark.parametrize(("written", "meant"), (
    ("第5.1条", "5.1"), ("Clause 5.1", "5.1"), ("附录A", "A"), ("附录 B", "B"), ("Annex C", "C"), ("A.1.2", "A.1.2"),
    ("全文", ""), ("General", ""), (" 1.10 ", "1.10"), ("5.1、5.2", "5.1、5.2"), ("第3章", "3"), ("", "")))
def test_clause_numbers_as_people_write_them(written: str, meant: str):
    assert clause_number(written) == meant


@pytest.mark.parametrize(("cell", "disposition", "answer"), (
    ("采纳", "accepted", ""),
    ("部分采纳：改为十日", "partly", "改为十日"),
    ("不采纳（已有规定）", "rejected", "已有规定"),
    ("不采纳\n已有规定", "rejected", "已有规定"),
    ("未采纳。理由：重复", "rejected", "理由：重复"),
    ("采纳意见的一部分", "", "采纳意见的一部分"),
    ("ACCEPTED: done", "accepted", "done"),
    ("Not accepted  Like any other", "rejected", "Like any other"),
    ("Accepted in principle; see 5", "partly", "see 5"),
    ("Accepted by the group", "", "Accepted by the group"),
    ("OK", "", "OK"), ("", "", "")))
def test_dispositions_as_people_write_them(cell: str, disposition: str, answer: str):
    assert disposition_and_answer(cell) == (disposition, answer)


def test_one_cell_merged_over_several_rows_counts_for_each():
    rows = (CN_HEADER, ("1", "5", "一", "甲", "采纳", ""), ("2", "6", "二", "", "", ""), ("3", "7", "三", "乙", "", ""))

    def merge(_: Any, made: Any) -> None:
        made.merge_range(1, 3, 2, 3, "甲")
        made.merge_range(1, 4, 2, 4, "采纳")

    reading = read_comments(sheet(*rows, change=merge), "a")
    assert [(one.body, one.disposition) for one in reading.rows] == [("甲", "accepted")] * 2 + [("乙", "")]
    made = docx.Document(io.BytesIO(word(*rows)))
    made.tables[0].cell(1, 3).merge(made.tables[0].cell(2, 3))
    content = io.BytesIO()
    made.save(content)
    assert [one.body for one in read_comments(content.getvalue(), "a").rows] == ["甲", "甲", "乙"]


def test_hidden_rows_are_read_and_named():
    content = sheet(CN_HEADER, HAND_CN, HAND_CN, change=lambda _, made: made.set_row(2, None, None, {"hidden": True}))
    reading = read_comments(content, "a")
    assert len(reading.rows) == 2 and [one.zh for one in reading.notes] == ["隐藏的行也已读入：3。"]


def test_columns_that_nobody_knows_are_named():
    reading = read_comments(sheet((*CN_HEADER, "联系电话"), (*HAND_CN, "010")), "a")
    assert [one.en for one in reading.notes] == ["the column “联系电话” was not read."]


def test_tracked_changes_are_read_as_accepted():
    made = docx.Document(io.BytesIO(word(CN_HEADER, HAND_CN)))
    paragraph = made.tables[0].cell(1, 2).paragraphs[0]
    paragraph._p.append(parse_xml(f'<w:ins {nsdecls("w")}><w:r><w:t>，补充</w:t></w:r></w:ins>'))
    paragraph._p.append(parse_xml(f'<w:del {nsdecls("w")}><w:r><w:delText>删去</w:delText></w:r></w:del>'))
    content = io.BytesIO()
    made.save(content)
    reading = read_comments(content.getvalue(), "a")
    assert reading.rows[0].proposed == "十个工作日，补充" and "tracked changes" in reading.notes[0].en


# -- what is refused -------------------------------------------------------------------------------


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_comments(content, "意见.xlsx")
    assert "意见.xlsx" in caught.value.sentence.zh
    assert re.search("[一-鿿]", caught.value.sentence.zh.replace("意见.xlsx", ""))
    return caught.value.sentence.en


def cn(**changed: Any) -> tuple[Any, ...]:
    names = ("ordinal", "number", "text", "body", "answer", "remark")
    return tuple({**dict(zip(names, HAND_CN, strict=True)), **changed}.values())


def iso(**changed: Any) -> tuple[Any, ...]:
    names = ("body", "line", "number", "paragraph", "type", "text", "proposed", "answer")
    return tuple({**dict(zip(names, HAND_ISO, strict=True)), **changed}.values())


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The archive with some parts replaced or added; ``__`` stands for a slash, ``_dot_`` for a dot."""
    made = io.BytesIO()
    named = {name.replace("__", "/").replace("_dot_", "."): text for name, text in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.namelist():
            after.writestr(one, named.pop(one, before.read(one)))
        for name, text in named.items():
            after.writestr(name, text)
    return made.getvalue()


def keyed(**changed: str) -> bytes:
    """A spreadsheet of ours with one row more, whose own columns are changed."""
    header = (*CN_HEADER, "系统编号", "条款标识", "意见类型", "提出日期", "处理代码")
    own = {"key": "C-1", "clause": "k5", "type": "te", "day": "2025-05-03", "code": ""}
    answer = changed.pop("answer", "")
    return sheet(header, *[(*cn(answer=answer), *{**own, **row}.values()) for row in ({}, {"key": "C-2", **changed})])


NO_HEADER = (": no header of a comment table was found: the columns Clause, Type of comment, Comments, Proposed change "
             "are needed, or 标准章条编号, 意见内容, 提出单位, 处理意见.")
NEITHER = ": it is neither XLSX nor DOCX: save it as .xlsx or .docx."
MERGED = "row 2, column “Comment”: merged cells cannot be read here: unmerge them, one row for each comment."
FAULTS: dict[str, tuple[bytes, str]] = {
    "type": (sheet(ISO_HEADER, iso(type="xx")),
             ", row 2, column “Type of comment (ge/te/ed)”: there is no type “xx”; there are ge (general), te "
             "(technical), ed (editorial)."),
    "no type": (sheet(ISO_HEADER, iso(), iso(type="")),
                ", row 3, column “Type of comment (ge/te/ed)”: there is no type: write ge, te or ed."),
    "no reason": (word(CN_HEADER, cn(answer="不采纳")),
                  ", row 2, column “Disposition”: “Not accepted” needs a reason."),
    "partly": (sheet(CN_HEADER, cn(answer="部分采纳：")),
               ", row 2, column “Disposition”: “Accepted in part” needs a reason."),
    "no comment": (sheet(CN_HEADER, cn(), cn(text="")),
                   ", row 3, column “Comment”: there is an answer, but no comment."),
    "twice": (keyed(key="C-1"), ", row 3, column “System No.”: the number C-1 stands in row 2 already."),
    "twice in Word": (iso_docx(HEAD, [comment(), comment()], "en"),
                      ", row 3, column “MB/NC”: the number C-1 stands in row 2 already."),
    "code": (keyed(code="perhaps"), ", row 3, column “Disposition code”: there is no “perhaps”; there are accepted, "
             "partly, rejected, noted."),
    "code and words": (keyed(code="accepted", answer="不采纳：重复"),
                       ", row 3, column “Disposition”: this says “Not accepted”, but the code says “Accepted” "
                       "(accepted): make them agree."),
    "day": (keyed(day="五月"), ", row 3, column “Day”: “五月” is no day; write it like 2025-03-01."),
    "clause became a day": (sheet(CN_HEADER, cn(number=datetime(2025, 3, 1))),
                            ", row 2, column “Clause”: the spreadsheet has turned the clause number into “2025-03-01”: "
                            "make the column text and write it again."),
    "column twice": (sheet((*CN_HEADER, "处理意见"), cn()),
                     ", row 1, column “Disposition”: this column is there twice."),
    "merged": (sheet(CN_HEADER, cn(), cn(), change=lambda _, made: made.merge_range(1, 2, 2, 2, "x")), f", {MERGED}"),
    "merged across": (sheet(CN_HEADER, cn(), change=lambda _, made: made.merge_range(1, 2, 1, 3, "x")), f", {MERGED}"),
    "far cell": (sheet(CN_HEADER, cn(), change=lambda _, made: made.write_string(1048575, 16383, "x")),
                 ": the sheet “意见” reaches as far as XFD1048576 (1,048,576 rows by 16,384 columns): delete the "
                 "stray cells far out."),
    "two sheets": (sheet(CN_HEADER, cn(), change=lambda book, _: book.add_worksheet("乙").write_row(0, 0, CN_HEADER)),
                   ": 2 sheets are comment tables (意见, 乙): make them one."),
    "no header": (word(("a", "b")), NO_HEADER),
    "empty sheet": (sheet(), NO_HEADER),
    "not an office file": (b"a,b\n1,2\n", NEITHER),
    "empty": (b"", NEITHER),
    "another archive": (repacked(sheet(), **{"[Content_Types]_dot_xml": b"<Types/>"}), NEITHER),
    "old": (OLD + b"x" * 600, ": it is an old file (.xls, .doc) or has a password: take the password off "
            "and save it as .xlsx or .docx."),
    "cut off": (iso_xlsx(HEAD, [comment()], "zh")[:3000],
                ": the file is damaged and cannot be unpacked: save it again."),
    "macros": (repacked(sheet(CN_HEADER, cn()), xl__vbaProject_dot_bin=b"x"),
               ": the file holds macros: save it as .xlsx or .docx without macros."),
    "broken part": (repacked(word(CN_HEADER, cn()), word__document_dot_xml=b"<w:document"),
                    ": its contents are damaged and cannot be read."),
    "entities": (repacked(word(CN_HEADER, cn()), word__document_dot_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
                 ": it holds XML declarations that are not allowed."),
    "broken sheet": (repacked(sheet(CN_HEADER, cn()), xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData><row"),
                     ": it cannot be read: its contents are damaged."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_refusals_say_file_row_and_column(fault: str):
    content, sentence = FAULTS[fault]
    assert refusal(content) == "“意见.xlsx”" + sentence


def test_a_word_file_without_a_table_is_refused():
    content = io.BytesIO()
    docx.Document().save(content)
    assert refusal(content.getvalue()) == "“意见.xlsx”: there is no table in the file."


def test_files_that_are_too_large_are_refused():
    assert refusal(b"PK" + bytes(USUAL.packed)) == "“意见.xlsx”: the file is larger than 20 MB."
    bomb = repacked(sheet(CN_HEADER, cn()), xl__media__x_dot_bin=bytes(USUAL.unpacked))
    assert refusal(bomb) == "“意见.xlsx”: unpacked it is larger than 300 MB."


def test_an_archive_that_lies_about_its_sizes_is_refused():
    content = bytearray(repacked(sheet(CN_HEADER, cn()), xl__media__x_dot_bin=bytes(5_000_000)))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24:at + 28] = (1000).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(content))


def test_a_bent_byte_is_seen():
    content = bytearray(iso_docx(HEAD, [comment()], "zh"))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        offset = archive.getinfo("word/document.xml").header_offset
    content[offset + 200] ^= 0xFF
    assert "damaged" in refusal(bytes(content))


def test_a_table_that_spans_absurdly_far_or_deep_does_no_harm():
    made = docx.Document(io.BytesIO(word(CN_HEADER, cn())))
    made.tables[0].cell(1, 5)._tc.get_or_add_tcPr().append(parse_xml(f'<w:gridSpan {nsdecls("w")} w:val="999999999"/>'))
    content = io.BytesIO()
    made.save(content)
    assert len(read_comments(content.getvalue(), "a").rows) == 1
    deep = (b"<d><body><tbl><tr><tc><p>" + b"<x>" * 5000 + b"</x>" * 5000 + b"</p></tc></tr></tbl></body></d>")
    assert "damaged" in refusal(repacked(word(CN_HEADER, cn()), word__document_dot_xml=deep))


# -- what recording a file would change ------------------------------------------------------------


def read_with(before: Sequence[Comment], *, template: str = "cn_xlsx") -> Any:
    return read_comments(WRITERS[template](HEAD, before, "zh"), "a")


@every_template
def test_a_file_that_nobody_touched_changes_nothing(template: str):
    before = [*ANSWERED, comment("C-9", text="a\r\nb\x00c ", answer="", body="\x07")]
    changes = compare(before, read_with(before, template=template))
    assert changes.unchanged == before
    assert not any((changes.new, changes.answers, changes.conflicts, changes.missing, changes.silent, changes.unknown))


@every_template
def test_what_a_file_changes(template: str):
    before = [comment("C-1"), comment("C-2"), comment("C-3"), comment("C-4", disposition="accepted", answer="好"),
              comment("C-5", disposition="accepted"), comment("C-6")]
    sent = [comment("C-1", disposition="rejected", answer="重复"),
            comment("C-2", text="别的话", disposition="accepted"), comment("C-4"),
            comment("C-5", disposition="partly", answer="改"), comment("C-7"), comment("C-6", answer="再议"),
            comment("", text="新的意见")]
    changes = compare(before, read_with(sent, template=template))
    assert [(one.before.key, one.disposition, one.answer, one.replaces) for one in changes.answers] == [
        ("C-1", "rejected", "重复", False), ("C-5", "partly", "改", True)]
    assert [(one.before.text, one.row.text, one.fields) for one in changes.conflicts] == [
        ("期限不一致", "别的话", ("text",))]
    assert [one.key for one in changes.missing] == ["C-3"] and [one.key for one in changes.silent] == ["C-4"]
    assert [one.key for one in changes.unknown] == ["C-7"] and [one.text for one in changes.new] == ["新的意见"]
    assert [one.before.key for one in changes.unclear] == ["C-6"]


@pytest.mark.parametrize("name", ("proposed", "quote", "number", "clause", "body", "region"))
@every_template
def test_no_word_of_a_comment_on_record_is_overwritten(template: str, name: str):
    changes = compare([comment()], read_with([comment(**{name: "altered"})], template=template))
    assert [one.fields for one in changes.conflicts] == [(name,)] and not changes.answers


def test_a_file_without_our_columns_answers_the_comment_with_the_same_words():
    same = ("1", "5.1", "期限不一致\n建议修改为：十个工作日", "甲市人社局", "采纳", "")
    changes = compare([comment("C-1"), comment("C-2")], read_comments(sheet(CN_HEADER, same, same, same), "a"))
    assert [one.before.key for one in changes.answers] == ["C-1", "C-2"] and len(changes.new) == 1


def test_the_numbers_alone_are_enough_where_our_last_column_was_deleted():
    made = docx.Document(io.BytesIO(cn_docx(HEAD, [comment("C-1")], "zh")))
    for row in made.tables[-1].rows:
        row._tr.remove(row._tr.tc_lst[-1])
    made.tables[-1].rows[1].cells[4].text = "采纳"
    content = io.BytesIO()
    made.save(content)
    changes = compare([comment("C-1")], read_comments(content.getvalue(), "a"))
    assert [one.before.key for one in changes.answers] == ["C-1"] and not changes.conflicts


# -- through another program -----------------------------------------------------------------------


@pytest.fixture(scope="session")
def through_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Saves a file in another format, with LibreOffice."""
    profile, out = tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("converted")

    def convert(document: Path, kind: str) -> Path:
        subprocess.run([components.libreoffice() or "", "--headless", f"-env:UserInstallation={profile.as_uri()}",
                        "--convert-to", kind, "--outdir", out, document],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
        return out / f"{document.stem}.{kind}"

    return convert


CODE = "_x[0-9A-Fa-f]{4}_"
ALTERED = {"xlsx": re.compile(rf"\t|{CODE}"), "docx": re.compile(rf"[ \t]+$|{CODE}")}
"""What LibreOffice 7.4 does not keep: tabs in a cell of an .ods, blanks at the end of a paragraph, coded signs."""
CODED = {str(place) for place, text in enumerate(HOSTILE) if re.search(CODE, text) or text == "\t"}


@pytest.mark.libreoffice
@every_template
def test_another_program_may_save_the_file(template: str, tmp_path: Path,
                                           through_libreoffice: Callable[[Path, str], Path]):
    sent = hostile_comments()
    kind = template[-4:]
    path = tmp_path / f"{template}.{kind}"
    path.write_bytes(WRITERS[template](HEAD, sent, "zh"))
    saved = through_libreoffice(through_libreoffice(path, {"xlsx": "ods", "docx": "odt"}[kind]), kind)
    reading = read_comments(saved.read_bytes(), saved.name)
    assert (reading.template, reading.ours) == (template, True)
    for back, one in zip(reading.rows, sent, strict=True):
        if not any(ALTERED[kind].search(getattr(one, name)) for name in FIELDS):
            assert back.comment == one
    changes = compare(sent, reading)
    altered = [*(one.before.key for one in changes.conflicts), *(one.before.key for one in changes.answers)]
    assert {key.split("-")[1] for key in altered} <= CODED
    assert not any((changes.new, changes.missing, changes.unknown, changes.silent, changes.unclear))
