"""What the office hands in: tables, workbook, paper and package say the same, and can be read and reckoned again."""

import csv
import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

import components
from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.documents import (
    Conclusion,
    Edition,
    Project,
    as_png,
    detail_rows,
    edition_of,
    package,
    statistics_rows,
    tables_docx,
    tables_xlsx,
    to_make_table,
)
from jizhun.standards.documents.explanation import explanation
from jizhun.standards.documents.paper import DETAIL, EXPLANATION, STATISTICS, picture_of
from jizhun.standards.documents.tables import percent
from jizhun.standards.documents.word import EARLIEST
from jizhun.standards.documents.workbook import statistics_xlsx
from jizhun.standards.rules.framework import LAYERED, Count, Entry, Node, make_framework
from jizhun.standards.rules.library import Standard, make_library
from system_sample import DAY, sample_framework, sample_library

PROJECTS = [Project(Bilingual("失业登记经办规范", "Handling of unemployment registration"), "local",
                    Bilingual("征求意见", "Public comment"), Bilingual("就业处", "Employment division"),
                    date(2027, 3, 1), "302.3")]
CONCLUSIONS = [Conclusion("GB/T 33531-2017", Bilingual("就业援助服务规范", "Employment assistance"), date(2022, 10, 1),
                          Bilingual("修订", "Revise"), Bilingual("=1+1 不是公式", "=1+1 is no formula"))]
COUNTS = {"国家标准": (12, 9), "行业标准": (4, 2), "地方标准": (4, 1), "团体标准": (1, 1), "内部标准": (2, 1),
          "基础标准": (6, 4), "方法标准": (3, 2), "产品、过程、服务标准": (13, 8), "零部件、元器件标准": (0, 0),
          "原材料标准": (0, 0), "安全、卫生、环保标准": (1, 0), "其他": (0, 0), "共计": (23, 14)}
"""Counted by hand in tests/system_sample.py: should be, there."""


@pytest.fixture(params=["zh", "en"])
def edition(request: pytest.FixtureRequest) -> Edition:
    """The sample in both languages."""
    return sample(request.param)


def sample(language: str = "zh") -> Edition:
    return edition_of(sample_framework(), sample_library(), DAY, "r128", language)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet as it is read by a program that does not calculate."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def counted(rows: list[list[Any]]) -> dict[str, tuple[int, int]]:
    """Name -> should be, there, of the rows of a statistics sheet."""
    return {str(row[0]): (int(row[1]), int(row[2])) for row in rows if re.fullmatch(r"\d+(\.0)?", str(row[1]))}


# -- a system small enough to count at sight --------------------------------------------------------


def small() -> Edition:
    """Four lines: in force, published and about to be, withdrawn, to be made."""
    standards = [
        Standard("GB/T 1-2001", "national", Bilingual("甲", "A"), effective_on=date(2001, 5, 1), mark="V",
                 object_class="basic", replaces=("GB/T 1-1990", "GB/T 2-1990")),
        Standard("LD/T 2-2026", "industry", Bilingual("乙", "B"), effective_on=date(2027, 1, 1), mark="R"),
        Standard("DB99/T 3-2015", "local", Bilingual("丙", "C"), ended_on=date(2020, 1, 1), mark="V"),
    ]
    entries = [Entry("1", "GB/T 1"), Entry("1", "LD/T 2-2026"), Entry("2", "DB99/T 3-2015"),
               Entry("2", title=Bilingual("丁", "D"), kind="internal", object_class="method", plan_year=2028)]
    nodes = [Node("1", "", Bilingual("一", "One")), Node("2", "", Bilingual("二", "Two"))]
    framework = make_framework("small", Bilingual("小标准体系", "Small system"), nodes, entries)
    return edition_of(framework, make_library(standards), DAY, "7")


def test_the_detail_table_has_the_nine_columns_of_the_standard():
    edition = small()
    assert detail_rows(edition.lines, edition.library, "zh", DAY) == [
        (1, "1.1", "GB/T 1-2001", "甲", "国家标准", date(2001, 5, 1), "", "GB/T 1-1990、GB/T 2-1990", ""),
        (2, "1.2", "LD/T 2-2026", "乙", "行业标准", date(2027, 1, 1), "", "", "即将实施；未核实"),
        (3, "2.1", "DB99/T 3-2015", "丙", "地方标准", None, "", "作废 2020-01-01", "废止"),
        (4, "2.2", "", "丁", "内部标准", None, "", "", "待制定，计划2028年"),
    ]


def test_the_statistics_have_totals_by_kind_and_by_class():
    rows = [row.cells for row in statistics_rows(small().statistics, "zh")]
    assert rows[:6] == [("国家标准", 1, 1, "100.0"), ("行业标准", 1, 1, "100.0"), ("地方标准", 1, 0, "0.0"),
                        ("团体标准", 0, 0, "–"), ("内部标准", 1, 0, "0.0"), ("共计", 4, 2, "50.0")]
    assert rows[6:9] == [("基础标准", 1, 1, "100.0"), ("方法标准", 1, 0, "0.0"), ("产品、过程、服务标准", 2, 1, "50.0")]
    assert rows[-1] == ("共计", 4, 2, "50.0") and len(rows) == 6 + 8


@pytest.mark.parametrize("have, should, said", [(1, 16, "6.3"), (1, 3, "33.3"), (2, 3, "66.7"), (0, 5, "0.0"),
                                                (5, 5, "100.0"), (0, 0, "–"), (999, 1000, "99.9")])
def test_shares_are_rounded_as_spreadsheets_do(have, should, said):
    assert percent(Count(should, have)) == said


# -- the sample -------------------------------------------------------------------------------------


def test_remarks_say_what_stands_in_the_way():
    edition = sample()
    remarks = {row[1]: (row[6], row[7], row[8]) for row in detail_rows(edition.lines, edition.library, "zh", DAY)}
    assert remarks["303.1"] == ("ISO 9001:2015，IDT（等同采用）", "", "未核实")
    assert remarks["302.1"] == ("", "已被GB/T 30662-2024代替", "被代替")
    assert remarks["302.3"][2] == "制定中" and remarks["302.4"][2] == "标准库未收录；未核实"
    assert remarks["103.1"][2] == "待制定，未列入计划" and remarks["101.1"][2] == ""


def test_what_is_to_be_made_is_every_line_that_no_standard_fills():
    rows = to_make_table(sample()).rows
    assert [row[1] for row in rows] == ["103.1", "104.1", "202.1", "207.1", "302.1", "302.3", "302.4", "304.2", "305.2"]
    assert rows[5][-1] == "DB99/T 7-2027：制定中" and rows[8][5] == "NB019、NB020"


def test_the_workbook_gives_right_totals_to_readers_that_do_not_calculate():
    read = sheets(tables_xlsx(sample()))
    assert list(read) == ["明细表", "统计表", "拟制定标准"]
    assert read["明细表"][0][0] == "公共就业服务标准体系明细表"
    assert read["明细表"][1][0] == "截至2026年11月23日 · 修订号r128"
    assert read["明细表"][2][:9] == ["序号", "标准体系编号", "标准号", "标准名称", "宜定级别", "实施日期",
                                 "国际国外标准号及采用关系", "被代替标准号或作废", "备注"]
    assert read["明细表"][3][:6] == [1, "101.1", "GB/T 13016-2018", "标准体系构建原则和要求", "国家标准",
                               date(2018, 9, 1)]
    assert len(read["明细表"]) == 3 + 23 and counted(read["统计表"]) == COUNTS
    assert "企业标准的位置" in str(read["统计表"][-1][0])
    assert counted(sheets(statistics_xlsx(sample()))["统计表"]) == COUNTS


def test_heads_are_frozen_and_repeated_on_a4_across(edition):
    with zipfile.ZipFile(io.BytesIO(tables_xlsx(edition))) as book:
        sheet, names = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/workbook.xml").decode()
    assert '<pane ySplit="3"' in sheet and 'state="frozen"' in sheet
    assert 'paperSize="9"' in sheet and 'orientation="landscape"' in sheet and 'fitToWidth="0"' not in sheet
    assert re.search(r"_xlnm.Print_Titles[^>]*>[^<]*\$3:\$3<", names)
    assert re.search(r"_xlnm.Print_Area[^>]*>[^<]*\$A\$1:\$I\$26<", names)


def without_values(content: bytes) -> bytes:
    """The workbook with the results of its formulas taken out: who wants them has to calculate."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", text) if "worksheets" in name else text)
    return result.getvalue()


def recalculated(content: bytes, folder: Path, sheet: int) -> list[list[str]]:
    """A sheet as LibreOffice reckons it."""
    (folder / "book.xlsx").write_bytes(without_values(content))
    form = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{sheet}"
    subprocess.run([components.libreoffice() or "", "--headless", f"-env:UserInstallation={(folder / 'lo').as_uri()}",
                    "--convert-to", form, "--outdir", folder, folder / "book.xlsx"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
    return list(csv.reader(next(folder.glob("*.csv")).read_text("utf-8").splitlines()))


@pytest.mark.libreoffice
def test_libreoffice_reckons_the_same_totals_from_the_detail_table(tmp_path):
    rows = recalculated(tables_xlsx(sample()), tmp_path, 2)
    assert counted(rows) == COUNTS  # type: ignore[arg-type]
    shares = {row[0]: row[3] for row in rows if len(row) > 3}
    assert shares["共计"] == "60.9" and shares["国家标准"] == "75" and shares["其他"] == "–"


# -- papers ------------------------------------------------------------------------------------------


def open_docx(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def test_the_paper_has_diagram_tables_and_explanation(edition):
    paper = open_docx(tables_docx(edition))
    detail, stats = paper.tables
    assert len(detail.rows) == 1 + 23 + 13  # head, lines, one line for each node that has any
    assert len(stats.rows) == 1 + 2 + 14 and [cell.text for cell in stats.rows[7].cells][1:] == ["23", "14", "60.9"]
    for table in paper.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    picture, = paper.inline_shapes
    assert picture._inline.docPr.get("descr") == picture_of(edition, LAYERED).label
    headings = [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == ("一、标准体系结构图" if edition.chinese else "1. Structure diagram") and len(headings) == 4
    assert [section.page_width > section.page_height for section in paper.sections] == [True, False]


def test_the_fonts_are_those_of_official_papers_and_no_theme_overrules_them(edition):
    with zipfile.ZipFile(io.BytesIO(tables_docx(edition))) as archive:
        styles, body = archive.read("word/styles.xml").decode(), archive.read("word/document.xml").decode()
        foot = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
    assert not re.search(r"(ascii|hAnsi|eastAsia)Theme=|cstheme=", styles + body)
    assert {"仿宋", "黑体", "宋体", "楷体"} <= set(re.findall(r'w:eastAsia="([^"]+)"', styles + body))
    assert ">PAGE<" in foot


def test_word_wants_the_properties_of_a_cell_in_order(edition):
    order = ["tcW", "gridSpan", "shd", "vAlign"]
    body = open_docx(tables_docx(edition, (DETAIL, STATISTICS))).element
    for properties in body.iter(qn("w:tcPr")):
        names = [child.tag.rpartition("}")[2] for child in properties]
        assert names == sorted(names, key=order.index)


def test_the_explanation_is_said_from_the_figures():
    said = {head: " ".join(paragraphs) for head, paragraphs in explanation(sample())}
    assert "应有标准23项，现有14项，占60.9%" in said["现状与差距"]
    assert "尚缺9项，其中国家标准3项、行业标准2项、地方标准3项、内部标准1项" in said["现状与差距"]
    assert "105 量和单位、106 测量" in said["现状与差距"] and "7项标准的信息尚未" in said["现状与差距"]
    assert "已列入计划4项：2027年3项、2028年1项。 其余5项" in said["制定安排"]
    assert "GB/T 24421.2-2009（未核实）" in said["编制依据"] and said["其他说明"].endswith("尚未核对。")


@pytest.mark.libreoffice
def test_the_paper_can_be_printed(to_pdf: Callable[[Path], Path], tmp_path):
    from pypdf import PdfReader

    (tmp_path / "system.docx").write_bytes(tables_docx(sample()))
    pages = [page.extract_text() for page in PdfReader(to_pdf(tmp_path / "system.docx")).pages]
    with_rows = [page for page in pages if re.search(r"^\d+ \d{3}\.\d ", page, re.M)]
    assert len(with_rows) > 1 and all("宜定级别" in page for page in with_rows)
    assert "60.9" in "".join(pages)


# -- the package ---------------------------------------------------------------------------------------


def made(edition: Edition) -> bytes:
    return package(edition=edition, projects=PROJECTS, conclusions=CONCLUSIONS)


@cache
def handed_in(language: str = "zh") -> bytes:
    """The package of the sample, made once for the tests that only read it."""
    return made(sample(language))


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_package_holds_all_papers_and_its_list_is_true(edition):
    files = members(handed_in(edition.language))
    readme, sums = files.pop("README.txt").decode("utf-8-sig"), files.pop("SHA256SUMS.txt").decode()
    assert [name[:2] for name in files] == ["01"] * 6 + ["02"] * 2 + ["03"] * 2 + ["04", "05", "06", "07"]
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in sums.splitlines())}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    for name, data in files.items():
        assert re.search(rf"{listed[name]} +{len(data)}  {re.escape(name)}\r\n", readme)
    assert "r128" in readme and ("2026年11月23日" if edition.chinese else "2026-11-23") in readme


def test_the_same_edition_makes_the_same_bytes_in_another_process_too():
    code = ("import hashlib; from rules.test_system_documents import made, sample; "
            "print(hashlib.sha256(made(sample())).hexdigest())")
    tests = Path(__file__).parents[1]
    paths = [str(tests), str(tests.parent / "tools")]
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"],
                          capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(handed_in()).hexdigest()
    assert handed_in() != package(edition=edition_of(sample_framework(), sample_library(), DAY, "r129"))


def test_no_file_tells_when_it_was_made_but_the_day_of_the_edition():
    content = handed_in()
    for name, data in {"package": content, **members(content)}.items():
        if name == "package" or name.endswith(("docx", "xlsx")):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert {info.date_time for info in archive.infolist()} == {EARLIEST}
                times = re.findall(r"W3CDTF\">([^<]+)<", archive.read("docProps/core.xml").decode()
                                   if name != "package" else "")
            assert {datetime.fromisoformat(one).date() for one in times} <= {DAY}


def test_plan_projects_and_reviews_are_in_their_files():
    files = members(handed_in())
    plan = sheets(files["06 年度标准制修订计划.xlsx"])
    assert [row[1:3] for row in plan["年度计划"][3:]] == [[2027, "104.1"], [2027, "207.1"], [2027, "305.2"],
                                                        [2028, "202.1"]]
    assert plan["在研项目"][3] == [1, "302.3", "失业登记经办规范", "地方标准", "征求意见", "就业处", date(2027, 3, 1)]
    review = sheets(files["07 标准复审结论.xlsx"])["复审结论"][3]
    assert review == [1, "GB/T 33531-2017", "就业援助服务规范", date(2022, 10, 1), "修订", "=1+1 不是公式"]
    empty = members(package(edition=sample()))
    assert sheets(empty["07 标准复审结论.xlsx"])["复审结论"][3][0] == "（无）"


def test_progress_is_told_file_by_file():
    heard: list[tuple[int, int, str]] = []
    package(edition=small(), progress=lambda *told: heard.append(told))
    assert [one[0] for one in heard] == list(range(15)) and {one[1] for one in heard} == {14} and heard[-1][2] == ""


def test_pictures_are_there_as_svg_and_png():
    files = members(handed_in())
    assert ElementTree.fromstring(files["01 标准体系结构图/1 层次结构.svg"]).get("width")
    assert all(data[:8] == b"\x89PNG\r\n\x1a\n" for name, data in files.items() if name.endswith("png"))
    assert as_png(picture_of(sample(), LAYERED)) == files["01 标准体系结构图/1 层次结构.png"]


def test_a_system_without_standards_makes_a_package():
    framework = make_framework("s", Bilingual("空", "Empty"), [Node("1", "", Bilingual("一", "One"))], [])
    empty = edition_of(framework, make_library([]), DAY, "1")
    assert len(members(package(edition=empty))) == 16
    assert open_docx(tables_docx(empty, (DETAIL,))).tables[0].rows[1].cells[0].text == "（无）"
    assert tables_docx(empty, (EXPLANATION,))
