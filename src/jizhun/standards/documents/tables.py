"""The tables of GB/T 13016 and those that go with them, as rows: spreadsheets and papers print the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.kernel.bilingual import COLON, COMMA, NO_WORDS, Bilingual
from jizhun.standards.documents.edition import Conclusion, Edition, Project
from jizhun.standards.rules.framework import Count, Line, Statistics
from jizhun.standards.rules.library import (
    CURRENT,
    DEGREES,
    INTERNAL,
    KINDS,
    OBJECTS,
    STATUSES,
    SUPERSEDED,
    WITHDRAWN,
    Library,
    Standard,
)

Cell = str | int | date | None

VERIFIED = ("V", "D")
"""Marks of what was read at its source, or derived from that."""
SEMICOLON = Bilingual("；", "; ")
PLANNED = Bilingual("待制定，计划{year}年", "to be made, planned for {year}")
NOT_PLANNED = Bilingual("待制定，未列入计划", "to be made, not planned yet")
NOT_ON_FILE = Bilingual("标准库未收录", "not in the library")
UNVERIFIED = Bilingual("未核实", "unverified")
SIMULATED = Bilingual("模拟数据", "simulated")
REPLACED_BY = Bilingual("已被{numbers}代替", "replaced by {numbers}")
REPEALED = Bilingual("作废", "repealed")
TOTAL = Bilingual("共计", "Total")
IN_HOUSE = Bilingual(
    "注：“内部标准”是机构自己的文件，不属于《标准化法》规定的五类标准，在本表中列于企业标准的位置。",
    "Note: an in-house standard is an organisation's own document, none of the five statutory kinds; it stands here in "
    "the place of the enterprise standard.")
HAVE = Bilingual("注：现有数为现行和已发布即将实施的标准。",
                 "Note: “existing” are current standards and those published but not yet in force.")
NO_ROWS = Bilingual("（无）", "(none)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its width in letters, and whether its cells stand in the middle."""

    name: Bilingual
    width: int
    middle: bool = False


@dataclass(frozen=True)
class Table:
    """A table to be printed. ``name`` is short, for the tab of a sheet."""

    name: Bilingual
    title: Bilingual
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[Bilingual] = ()


PLACE = Column(Bilingual("序号", "No."), 7, True)
IN_SYSTEM = Column(Bilingual("标准体系编号", "System number"), 11, True)
NUMBER = Column(Bilingual("标准号", "Standard number"), 25)
TITLE = Column(Bilingual("标准名称", "Title"), 36)
LEVEL = Column(Bilingual("宜定级别", "Level it should have"), 12, True)
DETAIL = (
    PLACE, IN_SYSTEM, NUMBER, TITLE, LEVEL,
    Column(Bilingual("实施日期", "In force from"), 14, True),
    Column(Bilingual("国际国外标准号及采用关系", "International or foreign standard and relation"), 20),
    Column(Bilingual("被代替标准号或作废", "Replaced standard, or repealed"), 24),
    Column(Bilingual("备注", "Remarks"), 22),
)
STATISTICS = (
    Column(Bilingual("统计项", "Row"), 34),
    Column(Bilingual("应有数（个）", "Should be"), 15, True),
    Column(Bilingual("现有数（个）", "Existing"), 15, True),
    Column(Bilingual("现有数/应有数（%）", "Existing / should be (%)"), 22, True),
)
BY_KIND = Bilingual("标准类别", "Kind of standard")
BY_OBJECT = Bilingual("标准对象类别", "Class of object")


# -- detail ----------------------------------------------------------------------------------------


def detail_rows(lines: Sequence[Line], library: Library, language: str, on: date = date.max) -> list[tuple[Cell, ...]]:
    """The detail table (明细表). ``on``: standards named as replacing another are in force on that day."""
    return [_detail_row(line, library, language, on) for line in lines]


def _detail_row(line: Line, library: Library, language: str, on: date) -> tuple[Cell, ...]:
    known = line.standard
    return (line.place, line.system_number, known.number if known else line.entry.number,
            line.title.in_language(language), KINDS[line.kind].in_language(language),
            known.effective_on if known else None, _adopted(known, language) if known else "",
            _replaced(line, known, library, language, on) if known else "", _remark(line, language))


def _adopted(standard: Standard, language: str) -> str:
    """``ISO 9001:2015，IDT（等同采用）``."""
    comma, opened, closed = ("，", "（", "）") if language.startswith("zh") else (", ", " (", ")")
    each = (f"{one.number}{comma}{one.degree}{opened}{DEGREES[one.degree].in_language(language)}{closed}"
            if one.degree in DEGREES else one.number for one in standard.adopts)
    return SEMICOLON.in_language(language).join(each)


def _replaced(line: Line, standard: Standard, library: Library, language: str, on: date) -> str:
    """What it replaces; that it is itself replaced, and by what; or that it is repealed."""
    between = COMMA.in_language(language)
    said = [between.join(standard.replaces)]
    if line.status == SUPERSEDED:
        by = between.join(one.number for one in library.successors(standard, on))
        said.append(REPLACED_BY.in_language(language).format(numbers=by))
    if line.status == WITHDRAWN:
        day = f" {standard.ended_on}" if standard.ended_on else ""
        said.append(REPEALED.in_language(language) + day)
    return SEMICOLON.in_language(language).join(one for one in said if one)


def _remark(line: Line, language: str) -> str:
    """Where it stands, and how far it may be trusted."""
    said = ["" if line.status == CURRENT else state_of(line, language), doubt_of(line).in_language(language)]
    return SEMICOLON.in_language(language).join(one for one in said if one)


def doubt_of(line: Line) -> Bilingual:
    """Why a line is not to be taken for granted; no words for what is verified, or is still to be made."""
    mark = line.standard.mark if line.standard else line.entry.mark
    if mark in VERIFIED or not line.entry.number:
        return NO_WORDS
    return SIMULATED if mark == "SIM" else UNVERIFIED


def state_of(line: Line, language: str) -> str:
    """The status of what fills the line, or when it is to be made."""
    if line.standard:
        status = STATUSES[line.status].in_language(language)
        return status[:1].lower() + status[1:]
    if line.entry.number:
        return NOT_ON_FILE.in_language(language)
    words = PLANNED if line.entry.plan_year else NOT_PLANNED
    return words.in_language(language).format(year=line.entry.plan_year)


def detail_table(edition: Edition) -> Table:
    """The detail table with its heads."""
    return Table(Bilingual("明细表", "Detail"), Bilingual("标准体系明细表", "Detailed list of standards"), DETAIL,
                 detail_rows(edition.lines, edition.library, edition.language, edition.on))


# -- statistics ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """One row of the statistics table: a kind or class, or the total of the block above it."""

    name: str
    count: Count
    total: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.name, self.count.should, self.count.have, percent(self.count)


def percent(count: Count) -> str:
    """have / should in percent, one decimal, halves up as in spreadsheets; a dash where nothing should be."""
    if not count.should:
        return "–"
    tenths = (count.have * 2000 // count.should + 1) // 2
    return f"{tenths // 10}.{tenths % 10}"


def statistics_rows(stats: Statistics, language: str) -> list[StatisticsRow]:
    """The statistics table (统计表): by kind with a total, then by class of object with a total."""
    blocks = ((KINDS, stats.by_kind), (OBJECTS, stats.by_object))
    rows = []
    for names, counts in blocks:
        rows += [StatisticsRow(names[key].in_language(language), counts[key]) for key in names]
        rows.append(StatisticsRow(TOTAL.in_language(language), stats.total, total=True))
    return rows


def statistics_table(edition: Edition) -> Table:
    """The statistics table with its heads; each block under its own."""
    rows = [row.cells for row in statistics_rows(edition.statistics, edition.language)]
    cut = len(KINDS) + 1
    blocks = [(edition.say(BY_KIND), None, None, None), *rows[:cut],
              (edition.say(BY_OBJECT), None, None, None), *rows[cut:]]
    notes = [HAVE, IN_HOUSE] if edition.statistics.by_kind[INTERNAL].should else [HAVE]
    return Table(Bilingual("统计表", "Statistics"), Bilingual("标准体系统计表", "Statistics of standards"), STATISTICS,
                 blocks, notes)


# -- what is to be made, planned, reviewed -----------------------------------------------------------


def to_make_table(edition: Edition) -> Table:
    """Every line that no standard fills: not made, in drafting, replaced or repealed, or not in the library."""
    say, lacking = edition.say, [line for line in edition.lines if not line.have]
    rows = [(at, line.system_number, say(line.title), say(KINDS[line.kind]), say(OBJECTS[line.object_class]),
             say(COMMA).join(line.entry.serves), say(line.entry.basis), _state(line, edition.language))
            for at, line in enumerate(lacking, 1)]
    columns = (PLACE, IN_SYSTEM, TITLE, LEVEL, Column(Bilingual("标准对象类别", "Class of object"), 18),
               Column(Bilingual("服务项目或事项", "Items or matters served"), 16),
               Column(Bilingual("依据", "Basis"), 22), Column(Bilingual("现状", "State"), 26))
    return Table(Bilingual("拟制定标准", "To be made"), Bilingual("拟制定标准清单", "List of standards to be made"),
                 columns, rows)


def _state(line: Line, language: str) -> str:
    """The state with the number that is named but does not hold."""
    number = line.standard.number if line.standard else line.entry.number
    state = state_of(line, language)
    return f"{number}{COLON.in_language(language)}{state}" if number else state


def plan_table(edition: Edition) -> Table:
    """What is to be made and has a year, by year."""
    say = edition.say
    planned = sorted((line for line in edition.lines if line.entry.plan_year and not line.have),
                     key=lambda line: (line.entry.plan_year, line.place))
    rows = [(at, line.entry.plan_year, line.system_number, say(line.title), say(KINDS[line.kind]),
             say(line.entry.basis)) for at, line in enumerate(planned, 1)]
    columns = (PLACE, Column(Bilingual("计划年度", "Year"), 10, True), IN_SYSTEM, TITLE, LEVEL,
               Column(Bilingual("依据", "Basis"), 34))
    return Table(Bilingual("年度计划", "Plan"), Bilingual("年度标准制修订计划", "Yearly plan of standards"),
                 columns, rows)


def projects_table(edition: Edition, projects: Sequence[Project]) -> Table:
    """What is being drafted."""
    say = edition.say
    rows = [(at, one.system_number, say(one.title), say(KINDS[one.kind]), say(one.stage), say(one.lead), one.due)
            for at, one in enumerate(projects, 1)]
    columns = (PLACE, IN_SYSTEM, TITLE, LEVEL, Column(Bilingual("所处阶段", "Stage"), 16),
               Column(Bilingual("牵头单位", "Who leads"), 24), Column(Bilingual("应完成日期", "Due"), 14, True))
    return Table(Bilingual("在研项目", "In drafting"), Bilingual("在研标准项目", "Standards in drafting"),
                 columns, rows)


def review_table(edition: Edition, conclusions: Sequence[Conclusion]) -> Table:
    """What the reviews came to."""
    say = edition.say
    rows = [(at, one.number, say(one.title), one.due, say(one.verdict), say(one.reason))
            for at, one in enumerate(conclusions, 1)]
    columns = (PLACE, NUMBER, TITLE, Column(Bilingual("复审到期日", "Review due"), 14, True),
               Column(Bilingual("复审结论", "Verdict"), 14, True), Column(Bilingual("理由", "Reason"), 42))
    return Table(Bilingual("复审结论", "Reviews"), Bilingual("标准复审结论", "Review conclusions"), columns, rows)
