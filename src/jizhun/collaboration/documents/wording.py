"""The words that page, workbook and Word file share."""

from collections.abc import Callable

from jizhun.collaboration.actions.beside import SideBySide
from jizhun.collaboration.rules.beside import VERDICTS, Beside, Cell, Row
from jizhun.kernel.bilingual import Bilingual

NameOf = Callable[[str], Bilingual]
TITLE = Bilingual("各地对照", "Places side by side")
UNVERIFIED, BEST = Bilingual("待核实", "to be checked"), Bilingual("最优", "the best")
AGREE = Bilingual("需商定：无法判断哪个更优", "to be agreed: nobody can tell which is best")
SAME = Bilingual("已相同", "the same already")
NOTE = Bilingual("“未见规定”只表示本系统没有收录，不表示当地没有规定。第一个地区为参照；“最优”在所有地区中比较。",
                 "“Nothing on record” tells of our records, not of the place. The first place is the yardstick of the "
                 "words; the best is the best of all.")
SIMULATED = Bilingual("模拟数据：这些地区并不存在。", "Simulated: these places do not exist.")
DOT = " · "


def standing(row: Row, cell: Cell) -> Bilingual:
    """How a place stands on a line, in a few words; the best is named only where somebody is not."""
    parts = [VERDICTS[cell.verdict]]
    parts += [BEST] if cell.best and row.differs else []
    parts += [UNVERIFIED] if cell.said.value is not None and not cell.said.verified else []
    return Bilingual(DOT.join(one.zh for one in parts), DOT.join(one.en for one in parts))


def target_words(row: Row) -> Bilingual:
    """What all would say to be the same."""
    return SAME if not row.differs else AGREE if row.target_words is None else row.target_words


def finding(found: SideBySide, name: NameOf) -> Bilingual:
    """What is found, in a sentence: how many lines differ, and where most."""
    if not found.differing:
        return Bilingual(f"{found.lines} 项中没有发现不同", f"None of {found.lines} lines differs")
    first = name(found.subjects[0].subject)
    return Bilingual(f"{found.lines} 项中有 {found.differing} 项不同，差异最大的是“{first.zh}”",
                     f"{found.differing} of {found.lines} lines differ, most of all in “{first.en}”")


def moves(one: Beside) -> list[tuple[Row, int, Bilingual]]:
    """What each place would have to change: (line, the place's position, words)."""
    return [(row, at, cell.move) for row in one.differing for at, cell in enumerate(row.cells)
            if cell.move is not None]
