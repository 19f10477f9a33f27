"""Standards from Word and spreadsheets: read as people write them, nothing lost in silence, no danger let in."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from jizhun.drafting.interchange.import_sheet import COLUMNS, from_xlsx, to_xlsx
from jizhun.drafting.interchange.import_word import from_docx
from jizhun.drafting.interchange.imported import Imported
from jizhun.drafting.rules.cover import Cover, Edition
from jizhun.drafting.rules.redline import changed, keep_keys, redline
from jizhun.drafting.rules.text import KINDS, Clause
from jizhun.kernel.archives import USUAL
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import storable

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(made: object) -> bytes:
    content = io.BytesIO()
    made.save(content)  # type: ignore[attr-defined]
    return content.getvalue()


def word(*paragraphs: tuple[str, str] | str | list[list[str]]) -> bytes:
    """A file of (style, text), plain text and tables; styles that Word does not know are made."""
    made = Document()
    for one in paragraphs:
        if isinstance(one, list):
            table = made.add_table(len(one), len(one[0]))
            for row, cells in zip(table.rows, one, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
            continue
        style, text = one if isinstance(one, tuple) else ("Normal", one)
        if style not in [named.name for named in made.styles]:
            made.styles.add_style(style, WD_STYLE_TYPE.PARAGRAPH)
        made.add_paragraph(text, style=style)
    return saved(made)


def keys() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"k{next(numbers)}"


def read(content: bytes) -> Imported:
    return from_docx(content, "甲.docx", new_key=keys())


def shape(done: Imported) -> list[tuple[str, int, str, str]]:
    """Kind, level, heading and body of every clause, in the language that it has."""
    return [(one.kind, one.level, one.heading.zh or one.heading.en, one.body.zh or one.body.en) for one in done.clauses]


TCS = word(
    ("封面文献分类号", "ICS 03.080.99"), ("封面文献分类号", "CCS A 12"), ("标准称谓", "示例省地方标准"),
    ("标准文件_文件编号", "DB99/T 1—2026"), ("标准文件_文件名称", "失业保险服务规范"),
    ("封面标准英文名称", "Service specification of unemployment insurance"), ("其他发布日期", "2026-01-01发布"),
    ("标准文件_目录标题", "目次"), ("toc 1", "1 范围\t1"),
    ("标准文件_前言、引言标题", "前  言"), ("标准文件_段", "本文件按照GB/T 1.1—2020的规定起草。"),
    ("标准文件_正文标准名称", "失业保险服务规范"),
    ("标准文件_章标题", "范围"), ("标准文件_段", "本文件规定了要求。"),
    ("标准文件_章标题", "规范性引用文件"), ("标准文件_段", "下列文件中的内容通过引用构成必不可少的条款。"),
    ("标准文件_段", "GB/T 31596.1—2015　社会保险术语　第1部分：通用"), ("标准文件_段", "GB/T 31599 社会保险业务档案"),
    ("标准文件_章标题", "术语和定义"), ("标准文件_段", "下列术语和定义适用于本文件。"),
    ("标准文件_术语条一", "经办机构  handling agency"), ("标准文件_段", "办理业务的机构。"),
    ("标准文件_注：", "含派出机构。"),
    ("标准文件_章标题", "服务要求"), ("标准文件_一级条标题", "受理"), ("标准文件_段", "应符合下列要求："),
    ("标准文件_字母编号列项（一级）", "核对材料；"), ("标准文件_字母编号列项（一级）", "当场受理。"),
    ("标准文件_破折号列项", "甲；"), ("标准文件_破折号列项", "乙。"),
    ("标准文件_二级条标题", "补正"), ("标准文件_段", "应一次性告知。"),
    ("标准文件_一级无标题", "应在10个工作日内办结，见表1。"),
    ("标准文件_正文表标题", "表1  时限"), [["事项", "时限"], ["登|变", "5个\n工作日"]],
    ("标准文件_示例：", ""), ("标准文件_示例内容", "甲申请登记。"),
    ("标准文件_附录标识", ""), ("附录性质", "（资料性）"), ("标准文件_附录章标题", "表格样式"),
    ("标准文件_附录一级条标题", "登记表"), ("标准文件_段", "登记表见图。"), ("标准文件_附录二级条标题", "填写"),
    ("标准文件_段", "应填写。"),
    ("标准文件_参考文献标题", "参考文献"), ("标准文件_参考文献条目", "[1] ISO 9000:2015 质量管理体系"),
)

TEXT = [
    ("foreword", 1, "", "本文件按照GB/T 1.1—2020的规定起草。"),
    ("scope", 1, "", "本文件规定了要求。"),
    ("references", 1, "", "GB/T 31596.1-2015  社会保险术语 第1部分：通用\nGB/T 31599  社会保险业务档案"),
    ("terms", 1, "", "下列术语和定义适用于本文件。"),
    ("term", 2, "经办机构", "办理业务的机构。\n\n注：含派出机构。"),
    ("clause", 1, "服务要求", ""),
    ("clause", 2, "受理", "应符合下列要求：\n\na) 核对材料；\nb) 当场受理。\n\n- 甲；\n- 乙。"),
    ("clause", 3, "补正", "应一次性告知。"),
    ("clause", 2, "",
     "应在10个工作日内办结，见表1。\n\n表1  时限\n\n| 事项 | 时限 |\n| 登｜变 | 5个 工作日 |\n\n示例：甲申请登记。"),
    ("annex", 1, "表格样式", ""),
    ("annex_clause", 1, "登记表", "登记表见图。"),
    ("annex_clause", 2, "填写", "应填写。"),
    ("bibliography", 1, "", "ISO 9000:2015  质量管理体系"),
]


def test_a_file_of_the_common_template() -> None:
    done = read(TCS)
    assert shape(done) == TEXT
    assert done.title == Bilingual("失业保险服务规范", "Service specification of unemployment insurance")
    assert (done.number, done.ics, done.ccs) == ("DB99/T 1-2026", "03.080.99", "A12")
    term, annex = done.clauses[4], done.clauses[9]
    assert term.heading == Bilingual("经办机构", "handling agency") and not annex.normative
    assert (done.notices, done.faults) == ([], [])


PLAIN = word(
    "ICS 03.080.99", "CCS A 12", "示例省地方标准", "DB99/T XXXX—XXXX", "失业保险服务规范",
    "Service specification of unemployment insurance",
    "（征求意见稿）", "2026-01-01 发布", "目  次", "1 范围........1", "2 规范性引用文件\t1", "前  言",
    "本文件按照GB/T 1.1—2020的规定起草。",
    "失业保险服务规范", "1 范围", "本文件规定了要求。", "2　规范性引用文件", "本文件没有规范性引用文件。",
    "3 术语和定义",
    "3.1", "经办机构 handling agency", "办理业务的机构。", "3.2 参保人", "参加保险的人。",
    "4 服务要求", "4.1 受理", "2024年起应受理。", "10个工作日内办结",
    "4.1.1 应核对材料，并一次性告知需要补正的全部内容。", "4.1.2应当场受理。",
    "a) 甲；", "b) 乙。", "——丙；", "——丁。", "4.2 办结", "9.9 不是条的编号，只是一个数", "附录A", "（规范性）",
    "表格样式", "A.1 登记表", "应填写。",
    "参考文献", "[1] GB/T 31599—2015 社会保险业务档案")


def test_a_file_with_typed_numbers_and_no_styles() -> None:
    done = read(PLAIN)
    assert shape(done) == [
        ("foreword", 1, "", "本文件按照GB/T 1.1—2020的规定起草。"), ("scope", 1, "", "本文件规定了要求。"),
        ("references", 1, "", "本文件没有规范性引用文件。"), ("terms", 1, "", ""),
        ("term", 2, "经办机构", "办理业务的机构。"), ("term", 2, "参保人", "参加保险的人。"),
        ("clause", 1, "服务要求", ""), ("clause", 2, "受理", "2024年起应受理。\n\n10个工作日内办结"),
        ("clause", 3, "", "应核对材料，并一次性告知需要补正的全部内容。"),
        ("clause", 3, "", "应当场受理。\n\na) 甲；\nb) 乙。\n\n- 丙；\n- 丁。"),
        ("clause", 2, "办结", "9.9 不是条的编号，只是一个数"), ("annex", 1, "表格样式", ""),
        ("annex_clause", 1, "登记表", "应填写。"),
        ("bibliography", 1, "", "GB/T 31599-2015  社会保险业务档案")]
    assert done.title.zh == "失业保险服务规范" and done.number == "DB99/T XXXX-XXXX"
    assert done.clauses[11].normative


def test_headings_of_word_in_english() -> None:
    done = read(word(("Title", "Service specification"), ("Heading 1", "Foreword"), "Drafted by the body.",
                     ("Heading 1", "1 Scope"), "This document specifies.", ("Heading 1", "2  Terms and definitions"),
                     ("Heading 2", "2.1 handling agency"), "body that handles cases",
                     ("Heading 1", "3 Requirements"), ("Heading 2", "3.1 Acceptance"), ("List Bullet", "first;"),
                     ("List Bullet", "second."), ("Heading 1", "Annex A (informative) Forms"),
                     ("Heading 2", "A.1 Form"), "None."))
    assert shape(done) == [
        ("foreword", 1, "", "Drafted by the body."), ("scope", 1, "", "This document specifies."), ("terms", 1, "", ""),
        ("term", 2, "handling agency", "body that handles cases"), ("clause", 1, "Requirements", ""),
        ("clause", 2, "Acceptance", "- first;\n- second."), ("annex", 1, "Forms", ""),
        ("annex_clause", 1, "Form", "None.")]
    assert done.clauses[5].body.zh == "" and not done.clauses[6].normative
    assert done.title == Bilingual("", "Service specification")


def test_outline_levels_count_where_a_style_is_unknown() -> None:
    made = Document()
    for level, text in ((0, "要求"), (1, "受理")):
        style = made.styles.add_style(f"我的样式{level}", WD_STYLE_TYPE.PARAGRAPH)
        style.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level}"/>'))
        made.add_paragraph(text, style=style)
    assert shape(read(saved(made))) == [("clause", 1, "要求", ""), ("clause", 2, "受理", "")]


def edition() -> Edition:
    two = Bilingual
    clauses = [
        Clause("f", "foreword", 1, body=two("按GB/T 1.1起草。", "Drafted.")),
        Clause("s", "scope", 1, body=two("规定要求。", "Specifies.")),
        Clause("r", "references", 1, body=two("GB/T 31596.1  社会保险术语", "GB/T 31596.1  Terms")),
        Clause("t", "terms"),
        Clause("t1", "term", 2, two("经办机构", "handling agency"), two("办理业务的机构。", "body that handles cases")),
        Clause("m", "clause", 1, two("服务要求", "Requirements")),
        Clause("a", "clause", 2, two("受理", "Acceptance"),
               two("应：\n\na) 甲；\nb) 乙。\n\n见{#b}和{#x}。", "Shall:\n\na) A;\nb) B.\n\nSee {#b} and {#x}.")),
        Clause("b", "clause", 2,
               body=two("应办结。\n\n| 甲 | 乙 |\n| 1 | 2 |", "Shall close.\n\n| A | B |\n| 1 | 2 |")),
        Clause("x", "annex", 1, two("表格", "Forms"), normative=False),
        Clause("x1", "annex_clause", 1, two("登记", "Entry"), two("略。", "None.")),
        Clause("z", "bibliography", 1, body=two("ISO 9000:2015  质量", "ISO 9000:2015  Quality"))]
    title = two("服务规范示例", "Service specification")
    return Edition(Cover(two("示例省地方标准", "Local standard"), "DB99/T 1-2026", title, simulated=True), clauses)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_word_files_come_back_with_their_cross_references(language: str) -> None:
    from jizhun.drafting.documents.word import as_docx

    made = edition()
    done = read(as_docx(made, language))
    own = keep_keys(made.clauses, done.clauses)
    only = [replace(one, heading=_only(one.heading, language) if one.kind != "term" else one.heading,
                    body=_only(one.body, language)) for one in made.clauses]
    # In English the term's Chinese name is not printed.
    assert [one.key for one in changed(redline(only, own))] == ([] if language == "zh" else ["t1"])
    assert done.number == "DB99/T 1-2026"


def _only(words: Bilingual, language: str) -> Bilingual:
    return Bilingual(words.zh, "") if language == "zh" else Bilingual("", words.en)


# -- what cannot be taken along --------------------------------------------------------------------


def test_nothing_is_lost_in_silence() -> None:
    made = Document()
    made.add_heading("要求", 1)
    made.add_paragraph("见图。")._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:drawing/></w:r>"))
    heading = made.add_heading("受理", 2)
    body = made.add_paragraph("应受理")
    for xml in ('<w:r {0}><w:footnoteReference w:id="1"/></w:r>', '<w:r {0}><w:commentReference w:id="1"/></w:r>',
                '<w:ins {0} w:id="1" w:author="a"><w:r><w:t>并告知</w:t></w:r></w:ins>',
                '<w:del {0} w:id="2" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>',
                '<w:moveFrom {0} w:id="3" w:author="a"><w:r><w:t>移走</w:t></w:r></w:moveFrom>'):
        body._p.append(parse_xml(xml.format(nsdecls("w"))))
    body._p.append(parse_xml(f'<m:oMath xmlns:m="{MATH}"><m:r><m:t>a</m:t></m:r></m:oMath>'))
    table = made.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合并"
    done = read(saved(made))
    assert heading.text == "受理" and done.clauses[1].body.zh.startswith("应受理并告知\n\n| 合并 |")
    assert [one.zh for one in done.notices] == [
        "图片 1 处未导入（1）。", "公式 1 处未导入（1.1）。", "脚注、尾注 1 处未导入（1.1）：请改写为注。",
        "批注 1 处未导入（1.1）。",
        "表格中合并的单元格 1 处已拆开（1.1）。", "修订按全部接受处理：插入 1 处，删除 1 处。"]
    assert all(one.en for one in done.notices)


def test_text_boxes_deep_levels_and_text_before_the_first_heading() -> None:
    made = Document()
    made.add_paragraph("这是标题之前的一段说明文字。")
    made.add_heading("要求", 1)
    for level in range(2, 8):
        made.add_heading(f"第{level}层", level)
    box = "<w:txbxContent><w:p><w:r><w:t>框中的字。</w:t></w:r></w:p></w:txbxContent>"
    made.add_paragraph("末段。")._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{box}</w:pict></w:r>"))
    done = read(saved(made))
    assert [one.level for one in done.clauses] == [1, 2, 3, 4, 5, 5, 5]
    assert done.clauses[-1].body.zh == "末段。\n\n框中的字。"
    assert [one.en for one in done.notices] == [
        "2 clause(s) were too deep and became level five (1.1.1.1.2, 1.1.1.1.3).",
        "1 paragraph(s) of text before the first heading were not taken along."]


def test_cross_references_of_word_become_links() -> None:
    made = Document()
    first = made.add_heading("受理", 1)
    first._p.insert(0, parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="1" w:name="_Ref9"/>'))
    text = made.add_paragraph("见")
    for run in ('<w:fldChar w:fldCharType="begin"/>', "<w:instrText> REF _Ref9 \\r \\h </w:instrText>",
                '<w:fldChar w:fldCharType="separate"/>', "<w:t>1</w:t>", '<w:fldChar w:fldCharType="end"/>',
                "<w:t>。</w:t>"):
        text._p.append(parse_xml(f'<w:r {nsdecls("w")}>{run}</w:r>'))
    assert [one.body.zh for one in read(saved(made)).clauses] == ["见{#k1}。"]


# -- what is refused -------------------------------------------------------------------------------


def edited(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The file with one part changed, or added where it is not there."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), part]):
            text = old.read(name) if name in old.namelist() else b""
            new.writestr(name, change(text) if name == part else text)
    return made.getvalue()


def outside(kind: str, target: str) -> Callable[[bytes], bytes]:
    link = f'<Relationship Id="rId99" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'.encode()
    return lambda text: text.replace(b"</Relationships>", link + b"</Relationships>")


SMALL = word(("Heading 1", "要求"), "应受理。")
RELS, MAIN = "word/_rels/document.xml.rels", "word/document.xml"
ENTITY = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(("content", "words"), [
    (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old file"),
    (b"", "not a DOCX file"),
    (b"%PDF-1.7", "not a DOCX file"),
    (SMALL[:-400], "damaged"),
    (edited(SMALL, MAIN, lambda text: text[:-40]), "damaged"),
    (edited(SMALL, MAIN, lambda text: text.replace(b"?>", b"?>" + ENTITY, 1).replace("应受理".encode(), b"&x;")),
     "not allowed"),
    (edited(SMALL, "word/vbaProject.bin", lambda text: b"x"), "macros"),
    (edited(SMALL, RELS, outside("image", "http://example.org/a.png")), "refers to something outside"),
    (edited(SMALL, RELS, outside("attachedTemplate", "https://example.org/a.dotm")), "refers to something outside"),
    (edited(SMALL, RELS, outside("attachedTemplate", "file://server/a.dotm")), "refers to something outside"),
    (edited(SMALL, RELS, outside("subDocument", "other.docx")), "refers to something outside"),
    (to_xlsx([Clause("k", "clause")]), "not a DOCX"),
    (word("只有一段文字。"), "no clause was found"),
    (word(), "no clause was found"),
])
def test_what_cannot_be_read_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(content)
    assert words in refusal.value.sentence.en and refusal.value.sentence.zh
    assert "\n" not in refusal.value.sentence.en


def test_files_that_are_too_large_packed_or_unpacked_are_refused() -> None:
    assert (USUAL.packed, USUAL.unpacked) == (20 * 2**20, 300 * 2**20)
    with pytest.raises(Refused, match="unpacked it is larger than 300 MB"):
        read(edited(SMALL, "word/media/zeros.bin", lambda text: b"\0" * USUAL.unpacked))
    with pytest.raises(Refused, match="the file is larger than 20 MB"):
        read(SMALL + bytes(USUAL.packed))


@pytest.mark.parametrize(("kind", "target"), [
    ("hyperlink", "https://example.org/"), ("attachedTemplate", "file:///C:/Templates/TCS.dotm"),
    ("attachedTemplate", "TCS.dotm")])
def test_links_and_templates_on_a_disk_are_harmless(kind: str, target: str) -> None:
    assert len(read(edited(SMALL, RELS, outside(kind, target))).clauses) == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255))
def test_a_damaged_byte_never_breaks_more_than_the_import(place: int, value: int) -> None:
    try:
        read(SMALL[:place] + bytes([value]) + SMALL[place + 1:])
    except Refused as refused:
        assert refused.sentence.zh and refused.sentence.en


# -- spreadsheets ----------------------------------------------------------------------------------

WORDS = st.text(max_size=30).map(storable)
CLAUSES = st.lists(st.builds(
    Clause, st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True), st.sampled_from(list(KINDS)), st.integers(1, 5),
    st.builds(Bilingual, WORDS, WORDS), st.builds(Bilingual, WORDS, WORDS), st.booleans(),
    st.sampled_from([(), ({"measure": "fee", "value": 0, "sentence": "免费。"},)])),
    min_size=1, max_size=5, unique_by=lambda one: one.key)


@settings(max_examples=60, deadline=None)
@given(CLAUSES)
def test_a_spreadsheet_comes_back_exactly(clauses: list[Clause]) -> None:
    done = from_xlsx(to_xlsx(clauses), "甲.xlsx")
    assert (list(done.clauses), done.faults, done.notices) == (clauses, [], [])


@pytest.mark.parametrize("text",
                         ["=1+1", "+8", "@a", "00012", "1.0", "2024-01-01", "_x0041_", " 空格 ", "a\nb", "TRUE",
                          "http://a.b"])
def test_texts_that_spreadsheets_like_to_change_stay(text: str) -> None:
    clauses = [Clause("k", "clause", 1, Bilingual(text, text), Bilingual(text, text))]
    assert list(from_xlsx(to_xlsx(clauses), "甲.xlsx").clauses) == clauses


def sheet(*rows: Sequence[object]) -> bytes:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return made.getvalue()


def test_rows_written_by_hand_in_chinese() -> None:
    done = from_xlsx(sheet(["标识", "类别", "层次", "标题（中文）", "正文（中文）", "规范性"],
                           ["", "范围", "", "", "本文件规定了要求。", ""], [],
                           ["m", "条款", 1, "要求", "", "是"], ["", "条款", 2.0, 5, "应办结。", True],
                           ["x", "附录", 1, "表格", "略。", "资料性"]), "甲.xlsx", new_key=keys())
    assert [(one.key, one.kind, one.level, one.heading.zh, one.normative) for one in done.clauses] == [
        ("k1", "scope", 1, "", True), ("m", "clause", 1, "要求", True), ("k2", "clause", 2, "5", True),
        ("x", "annex", 1, "表格", False)]
    assert [one.en for one in done.notices] == ["2 row(s) had no key and were given one."]


@pytest.mark.parametrize(("row", "words"), [
    (["k", "诗", 1, "", "", "", "甲", "", ""], "Row 3: there is no kind “诗”."),
    (["k", "clause", 9, "", "", "", "甲", "", ""], "Row 3: the level must be 1 to 5."),
    (["k", "clause", "一", "", "", "", "甲", "", ""], "Row 3: the level must be 1 to 5."),
    (["a b", "clause", 1, "", "", "甲", "", "", ""], "Row 3: the key “a b” may hold only"),
    (["first", "clause", 1, "", "", "甲", "", "", ""], "Row 3: the key “first” is also that of row 2."),
    (["k", "clause", 1, "", "", "甲", "", "maybe", ""], "Row 3: “normative” must be yes or no"),
    (["k", "clause", 1, "", "", "甲", "", "", "{"], "Row 3: “proposes” is no list in JSON."),
    (["k", "clause", 1, "", "", "甲", "", "", "[" * 100_0], "Row 3: “proposes” is no list in JSON."),
])
def test_faults_name_their_row(row: list[object], words: str) -> None:
    done = from_xlsx(sheet([*COLUMNS], ["first", "clause", 1, "甲", "", "乙", "", "yes", ""], row), "甲.xlsx")
    assert [one.key for one in done.clauses] == ["first"]
    assert len(done.faults) == 1 and done.faults[0].en.startswith(words) and done.faults[0].zh.startswith("第 3 行：")


@pytest.mark.parametrize(("content", "words"), [
    (sheet(["a", "b"], ["1", "2"]), "no columns “kind”"), (sheet(), "no columns “kind”"),
    (sheet([*COLUMNS]), "no clause in the sheet"), (SMALL, "not an XLSX"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old file"),
    (edited(sheet([*COLUMNS]), "xl/_rels/workbook.xml.rels", outside("externalLinkPath", "http://example.org/b.xlsx")),
     "something outside"),
])
def test_spreadsheets_that_cannot_be_read_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        from_xlsx(content, "甲.xlsx")


def test_a_clause_too_long_for_a_cell_is_not_cut() -> None:
    with pytest.raises(Refused, match="“k” is too long for a cell"):
        to_xlsx([Clause("k", "clause", 1, Bilingual("", ""), Bilingual("长" * 32_768, ""))])
