"""The tables of a system as a Word document: diagram, detail, statistics and explanation, or some of them."""

from collections.abc import Mapping, Sequence
from datetime import date

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.documents.edition import Edition
from jizhun.standards.documents.explanation import explanation
from jizhun.standards.documents.pictures import as_png
from jizhun.standards.documents.tables import NO_ROWS, TOTAL, Cell, Table, detail_table, statistics_table
from jizhun.standards.documents.word import Paper
from jizhun.standards.rules.diagram import BY_KIND, Picture, layered, matrix, sequence
from jizhun.standards.rules.framework import FORMS, LAYERED, MATRIX, by_node

DIAGRAM, DETAIL, STATISTICS, EXPLANATION = "diagram", "detail", "statistics", "explanation"
PARTS: Mapping[str, Bilingual] = {
    DIAGRAM: Bilingual("标准体系结构图", "Structure diagram"),
    DETAIL: Bilingual("标准体系明细表", "Detailed list of standards"),
    STATISTICS: Bilingual("标准体系统计表", "Statistics of standards"),
    EXPLANATION: Bilingual("标准体系编制说明", "Explanatory note"),
}
"""The parts of the tables in their order."""

ACROSS = (DIAGRAM, DETAIL)
NUMERALS = "一二三四五六七八九十"
KEY = Bilingual("框中数字为“现有数/应有数”；“–”表示尚未列入标准。",
                "Figures: existing / should be; a dash: no standard is listed yet.")


def picture_of(edition: Edition, form: str, *, narrow: bool = False) -> Picture:
    """The structure diagram of the edition in one of the three forms."""
    if form == MATRIX:
        return matrix(edition.framework, edition.lines, BY_KIND, edition.language, narrow=narrow)
    draw = layered if form == LAYERED else sequence
    return draw(edition.framework, by_node(edition.framework, edition.lines), edition.language, narrow=narrow)


def tables_docx(edition: Edition, parts: Sequence[str] = tuple(PARTS), form: str = LAYERED) -> bytes:
    """The chosen parts as one Word document; a single part lends it its title."""
    name = edition.say(edition.framework.name)
    title = name if len(parts) > 1 else edition.title(PARTS[parts[0]])
    paper, across = Paper(title, edition.moment, chinese=edition.chinese), None
    for at, part in enumerate(parts):
        if (part in ACROSS) != across:
            across = part in ACROSS
            paper.section(across=across)
        if at == 0:
            paper.title(title, edition.made_for)
        if len(parts) > 1:
            paper.heading(_numbered(at, edition.say(PARTS[part]), edition.chinese))
        _write(paper, edition, part, form, 2 if len(parts) > 1 else 1)
    return paper.bytes()


def _numbered(at: int, words: str, chinese: bool, level: int = 1) -> str:
    """一、 and （一）; 1. and a)."""
    if chinese:
        return f"{NUMERALS[at]}、{words}" if level == 1 else f"（{NUMERALS[at]}）{words}"
    return f"{at + 1}. {words}" if level == 1 else f"{chr(ord('a') + at)}) {words}"


def _write(paper: Paper, edition: Edition, part: str, form: str, level: int) -> None:
    if part == DIAGRAM:
        picture = picture_of(edition, form)
        paper.picture(as_png(picture), picture.label, picture.width, picture.height)
        paper.note(f"{edition.say(FORMS[form])}{'。' if edition.chinese else '. '}{edition.say(KEY)}")
    elif part == DETAIL:
        _detail(paper, edition)
    elif part == STATISTICS:
        table = statistics_table(edition)
        sums = [at for at, row in enumerate(table.rows) if row[0] == edition.say(TOTAL)]
        _ruled(paper, edition, table, table.rows, [at for at, row in enumerate(table.rows) if row[1] is None], sums)
    else:
        _explained(paper, edition, level)


def _detail(paper: Paper, edition: Edition) -> None:
    """The detail table with a line for each node that has standards."""
    table, node = detail_table(edition), ""
    rows: list[Sequence[Cell]] = []
    groups: list[int] = []
    for line, row in zip(edition.lines, table.rows, strict=True):
        if line.node.code != node:
            node = line.node.code
            groups.append(len(rows))
            rows.append((f"{node} {edition.say(line.node.name)}", *[None] * (len(row) - 1)))
        rows.append(row)
    _ruled(paper, edition, table, rows, groups)


def _ruled(paper: Paper, edition: Edition, table: Table, rows: Sequence[Sequence[Cell]], groups: Sequence[int],
           strong: Sequence[int] = ()) -> None:
    """A table with its notes; where it has no rows, a line that says so."""
    rows = rows or [(edition.say(NO_ROWS), *[None] * (len(table.columns) - 1))]
    paper.table([edition.say(column.name) for column in table.columns],
                [[_words(cell) for cell in row] for row in rows], [column.width for column in table.columns],
                [column.middle for column in table.columns], groups if table.rows else [0], strong)
    for note in table.notes:
        paper.note(edition.say(note))


def _words(cell: Cell) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)


def _explained(paper: Paper, edition: Edition, level: int) -> None:
    """The note, its sections numbered one level below the parts, or as the first where it stands alone."""
    for at, (head, paragraphs) in enumerate(explanation(edition)):
        paper.heading(_numbered(at, head, edition.chinese, level), level)
        for words in paragraphs:
            paper.text(words)
