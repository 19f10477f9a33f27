"""A result as a workbook: summary, regions, months, payers, the scenario, and the SQL that was run."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jizhun.entitlements.whatif.reporting import Line, Report
from jizhun.entitlements.whatif.telling import PAYERS, UNCERTAINTY, NameOf, spread_rows
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.workbooks import LONGEST_NAME, finished, new_book

CELL_LETTERS = 32_000
"""More does not fit into a cell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its head, and rows of numbers and texts."""

    name: Bilingual
    head: Sequence[Bilingual]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the workbook says of one run besides its figures."""

    finding: Bilingual
    supposed: Sequence[Bilingual]
    population: Sequence[tuple[Bilingual, object]]
    notes: Sequence[Bilingual]
    scenario: Mapping[str, Any]


BEFORE, AFTER = Bilingual("现在", "before"), Bilingual("假设", "after")
DIFFERENCE = Bilingual("差额", "difference")
YUAN = Bilingual("（元）", " (yuan)")


def workbook(report: Report, told: Told, place: NameOf, language: str) -> bytes:
    """The workbook in one language; texts are never taken for formulas or addresses."""
    book = new_book(nan_inf_to_errors=True)
    bold, amount, wrapped = (book.add_format(one) for one in (
        {"bold": True}, {"num_format": "#,##0.00"}, {"text_wrap": True, "valign": "top"}))
    for sheet in sheets(report, told, place):
        page = book.add_worksheet(sheet.name.in_language(language)[:LONGEST_NAME])
        page.write_row(0, 0, [one.in_language(language) for one in sheet.head], bold)
        for number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                cell = value.in_language(language) if isinstance(value, Bilingual) else value
                page.write(number, column, cell, _format(cell, amount, wrapped))
        page.freeze_panes(1, 0)
        page.autofit(max_width=600)
    return finished(book)


def _format(cell: object, amount: Any, wrapped: Any) -> Any:
    if isinstance(cell, float):
        return amount if abs(cell) >= 1 or cell == 0 else None
    return wrapped if isinstance(cell, str) and len(cell) > 80 else None


def sheets(report: Report, told: Told, place: NameOf) -> list[Sheet]:
    """The sheets in their order."""
    return [_summary(report, told), _regions(report, place), _months(report), _payers(report), _scenario(told),
            _sql(report)]


def _yuan(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def _summary(report: Report, told: Told) -> Sheet:
    total = report.total
    error = None if report.error is None else 1.96 * report.error / 100
    rows: list[Sequence[object]] = [
        [told.finding], *([one] for one in told.supposed), *([label, value] for label, value in told.population),
        [Bilingual("人口（人）", "persons in the population"), total.persons],
        [Bilingual("有所得（人）", "persons who get something"), total.entitled_before, total.entitled_after,
         None if None in (total.entitled_before, total.entitled_after) else
         (total.entitled_after or 0) - (total.entitled_before or 0)],
        [Bilingual("支出（元）", "cost (yuan)"), _yuan(total.before), _yuan(total.after), _yuan(total.difference)],
        [Bilingual("差额的“±”（元）", "“±” of the difference (yuan)"), None, None, error],
        [Bilingual("多得（人）", "persons who get more"), None, None, total.gain],
        [Bilingual("少得（人）", "persons who get less"), None, None, total.lose],
        [Bilingual("无法判断（人）", "persons not told"), None, None, report.unknown]]
    rows += [[words, before, after, None if before is None or after is None else after - before]
             for words, before, after in spread_rows(report.spread_before, report.spread_after)]
    rows += [[UNCERTAINTY], *([one] for one in told.notes)]
    return Sheet(Bilingual("摘要", "summary"), [Bilingual("指标", "figure"), BEFORE, AFTER, DIFFERENCE], rows)


def _with_yuan(*names: Bilingual) -> list[Bilingual]:
    return [Bilingual(one.zh + YUAN.zh, one.en + YUAN.en) for one in names]


def _regions(report: Report, place: NameOf) -> Sheet:
    head = [Bilingual("代码", "code"), Bilingual("地区", "region"), Bilingual("人口", "persons"),
            Bilingual("有所得（现在）", "get something before"), Bilingual("有所得（假设）", "get something after"),
            Bilingual("多得", "get more"), Bilingual("少得", "get less"), *_with_yuan(BEFORE, AFTER, DIFFERENCE)]
    rows = [[" ".join(one.regions), region_in_words(one, place), one.persons, one.entitled_before, one.entitled_after,
             one.gain, one.lose, _yuan(one.before), _yuan(one.after), _yuan(one.difference)] for one in report.regions]
    return Sheet(Bilingual("地区", "regions"), head, rows)


def region_in_words(line: Line, place: NameOf) -> Bilingual:
    """The name of a line's region; those put together are named as such."""
    if len(line.regions) == 1:
        return place(line.regions[0])
    return Bilingual(f"其他 {len(line.regions)} 个地区", f"{len(line.regions)} other regions")


def _pairs(rows: Iterable[tuple[object, int, int]]) -> list[list[object]]:
    return [[what, _yuan(before), _yuan(after), _yuan(after - before)] for what, before, after in rows]


def _months(report: Report) -> Sheet:
    head = [Bilingual("月份", "month"), *_with_yuan(BEFORE, AFTER, DIFFERENCE)]
    return Sheet(Bilingual("月份", "months"), head, _pairs((day[:7], one, other) for day, one, other in report.months))


def _payers(report: Report) -> Sheet:
    head = [Bilingual("由谁支付", "payer"), *_with_yuan(BEFORE, AFTER, DIFFERENCE)]
    return Sheet(Bilingual("付款方", "payers"), head,
                 _pairs((payer_in_words(payer), one, other) for payer, one, other in report.payers))


def payer_in_words(payer: str) -> Bilingual:
    return PAYERS.get(payer, Bilingual(payer, payer))


def _scenario(told: Told) -> Sheet:
    rows = [[name, value if isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False)]
            for name, value in told.scenario.items()]
    return Sheet(Bilingual("情景", "scenario"), [Bilingual("栏目", "field"), Bilingual("内容", "value")], rows)


def _sql(report: Report) -> Sheet:
    rows = [[number, part + 1, text[start:start + CELL_LETTERS]] for number, text in enumerate(report.sql, 1)
            for part, start in enumerate(range(0, max(len(text), 1), CELL_LETTERS))]
    head = [Bilingual("步骤", "step"), Bilingual("部分", "part"), Bilingual("语句", "statement")]
    return Sheet(Bilingual("语句", "SQL"), head, rows)


__all__ = ["Told", "payer_in_words", "region_in_words", "sheets", "workbook"]
