"""Places side by side as a workbook: what differs by subject, every line, and what it would take to be the same."""

from collections.abc import Sequence
from typing import Any

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
from jizhun.kernel.workbooks import HEAD, TEXT, finished, new_book, print_across, write_text

SUBJECT, CODE, LINE = (Bilingual("事项或项目", "Matter or item"), Bilingual("代码", "Code"), Bilingual("内容", "Line"))
SHEETS = (Bilingual("差异汇总", "Summary"), Bilingual("逐项对照", "Every line"),
          Bilingual("如何一致", "To be the same"))
LONGEST = 32_000
"""More does not fit into a cell."""


def as_xlsx(found: SideBySide, name: NameOf, place: NameOf, language: str, *, simulated: bool) -> bytes:
    """The workbook in one language."""
    return _Writer(found, name, place, language, simulated).written()


class _Writer:
    """Fills one workbook."""

    def __init__(self, found: SideBySide, name: NameOf, place: NameOf, language: str, simulated: bool) -> None:
        self.found, self.name, self.place, self.language = found, name, place, language
        self.simulated = simulated
        self.book = new_book()
        self.plain, self.head = self.book.add_format(TEXT), self.book.add_format(HEAD)

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def written(self) -> bytes:
        self._sheet(0, self._summary_head(), self._summary())
        self._sheet(1, self._line_head(), self._lines())
        self._sheet(2, [SUBJECT, LINE, Bilingual("地区", "Place"), Bilingual("需改变", "What would change"),
                        Bilingual("共同标准", "What all would say")], self._moves())
        return finished(self.book)

    def _sheet(self, number: int, head: Sequence[Bilingual], rows: Sequence[Sequence[Any]]) -> None:
        sheet = self.book.add_worksheet(self.say(SHEETS[number]))
        top = self._top()
        for at, words in enumerate(top):
            write_text(sheet, at, 0, words)
        for column, label in enumerate(head):
            write_text(sheet, len(top), column, self.say(label), self.head)
        for at, row in enumerate(rows, len(top) + 1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(at, column, value)
                else:
                    write_text(sheet, at, column, self.say(value)[:LONGEST] if isinstance(value, Bilingual)
                               else value[:LONGEST], self.plain)
        sheet.set_column(0, len(head), 26)
        sheet.freeze_panes(len(top) + 1, 1)
        print_across(sheet, len(top))

    def _top(self) -> list[str]:
        names = " / ".join(self.say(self.place(code)) for code in self.found.places)
        lines = [f"{self.say(TITLE)} · {names} · {self.found.on}", self.say(finding(self.found, self.name)),
                 self.say(NOTE)]
        return [*lines, self.say(SIMULATED)] if self.simulated else lines

    def _summary_head(self) -> list[Bilingual]:
        return [SUBJECT, CODE, Bilingual("不同的项", "Lines that differ"), Bilingual("全部项", "All lines"),
                Bilingual("不同的地区对数", "Pairs of places apart")]

    def _summary(self) -> list[list[Any]]:
        return [[self.name(one.subject), one.subject, len(one.differing), len(one.rows), one.apart]
                for one in self.found.subjects]

    def _line_head(self) -> list[Bilingual]:
        head = [SUBJECT, CODE, LINE, Bilingual("不同的地区对数", "Pairs of places apart")]
        for code in self.found.places:
            place = self.place(code)
            head += [Bilingual(f"{place.zh} {code}", f"{place.en} {code}"),
                     Bilingual(f"{place.zh}：比较", f"{place.en}: how it stands")]
        return [*head, Bilingual("共同标准", "What all would say")]

    def _lines(self) -> list[list[Any]]:
        rows: list[list[Any]] = []
        for one in self.found.subjects:
            for row in one.rows:
                cells = [value for cell in row.cells for value in (cell.said.words, standing(row, cell))]
                rows.append([self.name(one.subject), one.subject, row.line.name, row.apart, *cells,
                             target_words(row)])
        return rows

    def _moves(self) -> list[list[Any]]:
        return [[self.name(one.subject), row.line.name, self.place(self.found.places[at]), words, target_words(row)]
                for one in self.found.subjects for row, at, words in moves(one)]
