"""Places side by side as a Word file: what differs, subject by subject, and what it would take to be the same."""

from datetime import datetime, time

from jizhun.collaboration.actions.beside import SideBySide
from jizhun.collaboration.documents.wording import (
    NOTE,
    SIMULATED,
    TITLE,
    NameOf,
    finding,
    moves,
    standing,
    target_words,
)
from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.documents.word import Paper

LINE, ALL = Bilingual("内容", "Line"), Bilingual("共同标准", "What all would say")
TO_BE_SAME = Bilingual("如何一致", "To be the same")
SUBJECT, PLACE, MOVE = (Bilingual("事项或项目", "Matter or item"), Bilingual("地区", "Place"),
                        Bilingual("需改变", "What would change"))
LONGEST = 160
"""Signs of one cell; the workbook holds the whole."""


def as_docx(found: SideBySide, name: NameOf, place: NameOf, language: str, *, simulated: bool) -> bytes:
    """The file in one language, always the same for the same comparison; only what differs stands in it."""
    def say(words: Bilingual) -> str:
        return words.in_language(language)

    names = "、".join(say(place(code)) for code in found.places) if language == "zh" else ", ".join(
        say(place(code)) for code in found.places)
    paper = Paper(f"{say(TITLE)} {names}", datetime.combine(found.on, time()), chinese=language == "zh")
    paper.section(across=True)
    paper.title(f"{names}{'：' if language == 'zh' else ': '}{say(TITLE)}", found.on.isoformat())
    paper.text(say(finding(found, name)) + ("。" if language == "zh" else "."))
    if simulated:
        paper.text(say(SIMULATED))
    _differences(paper, found, name, place, language)
    _moves(paper, found, name, place, language)
    paper.note(say(NOTE))
    return paper.bytes()


def _differences(paper: Paper, found: SideBySide, name: NameOf, place: NameOf, language: str) -> None:
    """One table of all lines that differ, each subject under a row of its own."""
    def say(words: Bilingual) -> str:
        return words.in_language(language)

    heads = [say(LINE), *(say(place(code)) for code in found.places), say(ALL)]
    rows: list[list[str]] = []
    groups: list[int] = []
    for one in found.subjects:
        if one.differing:
            groups.append(len(rows))
            rows.append([f"{say(name(one.subject))} {one.subject if one.subject != '*' else ''}".strip(),
                         *[""] * (len(heads) - 1)])
        for row in one.differing:
            cells = [_cut(f"{say(cell.said.words)}\n{say(standing(row, cell))}".strip()) for cell in row.cells]
            rows.append([say(row.line.name), *cells, _cut(say(target_words(row)))])
    if rows:
        paper.table(heads, rows, [1.0] * len(heads), [False] * len(heads), groups=groups)


def _moves(paper: Paper, found: SideBySide, name: NameOf, place: NameOf, language: str) -> None:
    """What each place would have to change."""
    rows = [[words.in_language(language) for words in (name(one.subject), row.line.name, place(found.places[at]), move)]
            for one in found.subjects for row, at, move in moves(one)]
    if rows:
        paper.heading(TO_BE_SAME.in_language(language))
        paper.table([one.in_language(language) for one in (SUBJECT, LINE, PLACE, MOVE)], rows, [2.0, 1.2, 1.0, 3.0],
                    [False] * 4)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"
