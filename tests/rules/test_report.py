"""The report: periods, what is said and what is not, small numbers hidden across tables, and the files themselves."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from jizhun.evaluation.reports import sentences
from jizhun.evaluation.reports.building import outline_of
from jizhun.evaluation.reports.figures import Line
from jizhun.evaluation.reports.outline import HIDDEN, NOTHING, chapter_mark
from jizhun.evaluation.reports.periods import check_begun, periods_told, read_period
from jizhun.evaluation.reports.pictures import picture
from jizhun.evaluation.reports.protecting import protected
from jizhun.evaluation.reports.typeset import as_pdf
from jizhun.evaluation.reports.word import as_docx
from jizhun.evaluation.reports.workbook import as_xlsx
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.suppression import bounds, hide
from jizhun.kernel.bilingual import Bilingual, Refused
from reported import EAST, WEST, WHOLE, figures, line

NOBODY = line("", "", 0, 0, 0, 0, 0)


def said(found: Any, language: str = "en") -> str:
    """Every sentence of a report."""
    return "\n".join(one.in_language(language) for chapter in outline_of(found).chapters
                     for section in chapter.sections for one in section.sentences)


# -- periods


@pytest.mark.parametrize(("text", "first", "last", "before", "zh"), [
    ("2025", date(2025, 1, 1), date(2025, 12, 31), "2024", "2025年"),
    ("2025-H2", date(2025, 7, 1), date(2025, 12, 31), "2025-H1", "2025年下半年"),
    ("2025-Q1", date(2025, 1, 1), date(2025, 3, 31), "2024-Q4", "2025年第一季度"),
    ("2025Q4", date(2025, 10, 1), date(2025, 12, 31), "2025-Q3", "2025年第四季度"),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01", "2024年2月")])
def test_a_period_is_whole_months(text: str, first: date, last: date, before: str, zh: str) -> None:
    period = read_period(text)
    assert (period.first, period.last, period.before.code, period.name.zh) == (first, last, before, zh)
    assert read_period(period.code) == period
    assert period.year_before.first == first.replace(year=first.year - 1)


@pytest.mark.parametrize("text", ["", "2025-13", "2025-Q5", "2025-H3", "25-Q1", "2025-1", "0000", "next"])
def test_what_is_no_period_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(Refused, match="is not a period; write it like"):
        read_period(text)


def test_a_period_ahead_or_without_data_is_refused() -> None:
    with pytest.raises(Refused, match="has not begun yet"):
        check_begun(read_period("2027-Q1"), date(2026, 11, 27), date(2026, 10, 31))
    with pytest.raises(Refused, match="The data end on 2026-10-31"):
        check_begun(read_period("2026-11"), date(2026, 11, 27), date(2026, 10, 31))
    check_begun(read_period("2026-Q4"), date(2026, 11, 27), date(2026, 10, 31))


def test_the_periods_that_hold_some_months() -> None:
    assert [one.code for one in periods_told([202503, 202507])] == [
        "2025", "2025-H2", "2025-H1", "2025-Q3", "2025-Q1", "2025-07", "2025-03"]


# -- what is said


def test_sentences_tell_the_figures_that_were_reckoned_by_hand() -> None:
    text = said(figures())
    assert "In quarter 1 of 2025, 330 cases were accepted in Somewhere: 288 closed with every promise kept, 12 " \
           "closed with a promise not kept, 5 open within their limit, 5 open past their limit, 20 not judged" in text
    assert "Conformance was 96.0%: 288 of the 300 cases closed" in text
    assert "the on-time share was 94.4% (288 of 305)" in text
    assert "10 cases with a promise were open, 5 of them past its limit (50.0%)" in text
    assert "The 4 cases beyond the committed time limit were late by 2.5 days on average" in text
    assert "There were 50 effective ratings, 96.0% of them positive and 2 negative (4.0%)" in text
    assert "stands apart: 70 cases, not counted" in text
    assert "Cases: 330 now, 200 before (quarter 4 of 2024): 130 more (65.0%)." in text
    assert "Conformance: 96.0% now, 95.0% before: up by 1.0 percentage points." in text
    assert "conformance rose in 1 and fell in 1" in text
    assert "fell most in East County: from 95.0% to 90.0%, down by 5.0 percentage points" in text
    assert "1 places lie below" in text and "East County (10 not kept, 90.0% kept)" in text
    assert "3 values on record do not fit a standard above; the 1 with the widest effect" in text
    assert "found 2 patterns" in text and "1 of them were closed" in text
    assert "East County is late too often. Now: waiting." in text
    assert "因为" not in said(figures(), "zh") and "because" not in text


def test_nothing_is_said_where_there_is_nothing_to_divide_by() -> None:
    empty = figures(whole=replace(NOBODY, verdicts=(5, 0, 0, 0, 0), cases=5), places=(), items=(), months=(),
                    channels=(), measures=(NOBODY,), late=(), before=None, ratings=None, coverage=(), equality=None,
                    faults=(), quality=None, patterns=(), patterns_in_all=0)
    outline = outline_of(empty)
    assert [one.code for one in outline.chapters] == ["overall"], "chapters without a sentence are left out"
    assert "%" not in said(empty) and "5 cases were accepted" in said(empty)
    assert "Claimed" not in said(figures()), "a definition whose denominator is nothing"
    row = outline.tables[0].rows[0]
    assert outline.tables[0].code == "measures" and row[-2:] == (NOTHING, NOTHING)


def test_what_is_not_all_is_never_written_as_all() -> None:
    assert sentences.percent(Share(9_999, 10_000)) == "99.99%"
    assert sentences.percent(Share(999_999, 1_000_000)) == "99.9999%"
    assert sentences.percent(Share(1, 10_000)) == "0.01%"
    assert sentences.percent(Share(7, 7)) == "100.0%" and sentences.percent(Share(0, 7)) == "0.0%"


def test_few_cases_name_nobody_as_the_lowest() -> None:
    few = line("T3", "Few", 0, 0, 0, 0, 29)
    assert [one.code for one in sentences.ranked([few, WEST, EAST])] == ["T1", "T2"]
    assert sentences.shortfalls([few, WEST, EAST], WHOLE) == [EAST]


def test_a_period_that_is_not_over_says_so_and_a_year_is_compared_once() -> None:
    late = figures(as_of=date(2025, 2, 20))
    assert any("The data end on 2025-02-20, before the period does" in one.en for one in outline_of(late).notices)
    year = figures(period=read_period("2025"))
    assert "Against the period before" not in [one.name.en for chapter in outline_of(year).chapters
                                               for one in chapter.sections]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_simulated_is_called_so_in_title_running_head_and_every_table(language: str) -> None:
    word = {"zh": "模拟数据", "en": "simulated data"}[language]
    outline = outline_of(figures())
    for words in (outline.title, outline.running, outline.source, *(one.title for one in outline.tables)):
        assert word in words.in_language(language).lower()
    real = outline_of(figures(simulated=False))
    assert not any(word in one.title.in_language(language) for one in real.tables) and word not in real.title.zh


def test_every_chart_has_its_table_and_bars_from_zero() -> None:
    outline = outline_of(figures())
    charts = [chart for chapter in outline.chapters for section in chapter.sections for chart in section.charts]
    assert {one.code for one in charts} == {"places", "months", "ratings"}
    assert all(chart.table in outline.numbers for chart in charts)
    places = next(one for one in charts if one.code == "places")
    assert [(bar.name.en, bar.value) for bar in places.bars] == [("East County", 0.9), ("West County", 0.99)]
    assert "<b>" not in picture(replace(places, bars=(replace(places.bars[0], name=Bilingual("<b>", "<b>")),)), "en")


def test_chapters_are_numbered_as_official_documents_do() -> None:
    assert [chapter_mark(n, "zh") for n in (1, 10, 11)] == ["一、", "十、", "十一、"]
    assert chapter_mark(3, "en").strip() == "3"


# -- small numbers


def real(**changes: Any) -> Any:
    return protected(figures(simulated=False, **changes))


def test_small_numbers_of_real_people_are_hidden_in_every_table() -> None:
    found = real()
    assert found.whole.verdicts == (None, 288, None, None, None), "five open, five overdue, and what would tell them"
    assert found.whole.kept is None and found.whole.on_time is None
    assert found.hidden and found.late[0].cases is None and found.ratings is None
    text = said(found)
    assert "open past their limit" not in text and "days on average" not in text and "effective ratings" not in text
    assert "330 cases were accepted in Somewhere: 288 closed with every promise kept." in text
    assert "found 2 patterns" in text and "late too often" not in text, "sentences with numbers are counted only"
    table = next(one for one in outline_of(found).tables if one.code == "places")
    assert HIDDEN in table.rows[1] and "is a number not shown" in table.note.en


def test_what_one_table_hides_no_other_gives_away() -> None:
    """West's 2 broken are hidden; from East's 10 and the whole's 12 they could be reckoned, so the whole is not shown
    with East's, in no table."""
    found = real()
    broken = [one.verdicts[4] for one in found.places]
    assert broken[1] is None and (broken[0] is None or found.whole.verdicts[4] is None)
    for lines in (found.items, found.channels):
        assert [one.verdicts[4] for one in lines] == [found.whole.verdicts[4]], "one row is the sum itself"


def test_months_do_not_give_away_what_their_sum_hides() -> None:
    """February's 5 open and 5 overdue are those of the quarter: January has none."""
    january, february = real().months
    assert february.verdicts[2:4] == (None, None) and january.verdicts[4] is None
    apart = replace(figures().months[0], code="2024-07")
    assert real(months=(apart,)).months[0].verdicts[4] is None, "4 are few in a month that stands alone, too"


def test_simulated_figures_stay_as_they_are() -> None:
    assert protected(figures()) == figures()


def test_a_cell_is_hidden_because_another_table_hides_it() -> None:
    inner = [[50, 60], [70, 80]]
    assert not hide(inner, smallest=10).cells
    found = hide(inner, smallest=10, also=[(2, 0)])
    assert found.shown[2][0] is None and len(found.cells) >= 4
    low, high = bounds(inner, found.cells)[2, 0]
    assert high is None or high - low >= 10


# -- the files


@pytest.mark.parametrize(("language", "head"), [("zh", "一、总体情况"), ("en", "1  Overall")])
def test_docx_has_real_heads_tables_page_numbers_and_faces_with_fallbacks(language: str, head: str) -> None:
    content = as_docx(outline_of(figures()), language)
    document = Document(BytesIO(content))
    heads = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert heads[0] == head and len(document.tables) == len(outline_of(figures()).tables)
    words = "\n".join(one.text for one in document.paragraphs)
    assert {"zh": "东县低于", "en": "East County is below"}[language] in words
    cells = [cell.text for cell in document.tables[0].rows[1].cells]
    assert cells[1:4] == ["100", "90", "10"] and cells[-1] == "90.0%"
    assert document.tables[0].rows[0]._tr.trPr.xpath("w:tblHeader"), "heads stand on every page"
    assert any(word in document.sections[0].header.paragraphs[0].text for word in ("模拟数据", "Simulated"))
    with zipfile.ZipFile(BytesIO(content)) as parts:
        table, foot = parts.read("word/fontTable.xml").decode(), "".join(
            parts.read(one).decode() for one in parts.namelist() if "footer" in one)
        body, styles = parts.read("word/document.xml").decode(), parts.read("word/styles.xml").decode()
    assert 'w:name="方正小标宋简体"><w:altName' in table and 'w:name="仿宋"><w:altName' in table
    assert "PAGE" in foot and body.count("descr=") == 3
    assert all(f'w:eastAsia="{face}"' in styles for face in ("方正小标宋简体", "仿宋", "黑体", "楷体"))
    assert content == as_docx(outline_of(figures()), language), "the same report gives the same file"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pdf_is_tagged_says_its_language_and_tells_the_charts(language: str) -> None:
    reader = PdfReader(BytesIO(as_pdf(outline_of(figures()), language)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and str(root["/Lang"]).startswith(language) and root["/StructTreeRoot"]
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert {"zh": "模拟数据", "en": "simulated data"}[language] in text and "SELECT 1" in text and "96.0%" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_xlsx_has_a_sheet_a_table_with_numbers_and_source(language: str) -> None:
    content = as_xlsx(outline_of(figures()), language)
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    outline = outline_of(figures())
    assert len(book.sheet_names) == len(outline.tables) + 3
    rows = book.get_sheet_by_index(1).to_python()
    assert "2025-04-30" in rows[1][0] and "land" in rows[1][0], "the source"
    assert rows[3][1:4] == [100.0, 90.0, 10.0] and rows[3][-1] == 0.9, "numbers, not texts"
    with zipfile.ZipFile(BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert 'state="frozen"' in sheet and 'ySplit="3"' in sheet


def test_names_that_look_like_mark_up_or_formulas_stay_texts() -> None:
    name = Bilingual("=1+1 <w:p>&\x07", "=1+1 <w:p>&")
    odd: Line = replace(EAST, name=name)
    outline = outline_of(figures(places=(odd, WEST)))
    rows = CalamineWorkbook.from_filelike(BytesIO(as_xlsx(outline, "en"))).get_sheet_by_index(1).to_python()
    assert rows[3][0] == "=1+1 <w:p>&"
    assert "=1+1 <w:p>&" in Document(BytesIO(as_docx(outline, "en"))).tables[0].rows[1].cells[0].text
