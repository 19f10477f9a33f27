"""Figures of a small report, written out by hand: what tests of the builder and of the writers share."""

from dataclasses import replace
from datetime import date
from typing import Any

from jizhun.evaluation.reports.figures import Equality, Figures, Late, Line, Past, RunTold
from jizhun.evaluation.reports.periods import read_period
from jizhun.evaluation.rules.coverage import DEFINITIONS, Share
from jizhun.evaluation.rules.quality import completeness, quality
from jizhun.evaluation.rules.satisfaction import Tally
from jizhun.kernel.bilingual import Bilingual

NO_NAME = Bilingual("", "")


def line(code: str, name: str, none: int, kept: int, open_: int, overdue: int, broken: int) -> Line:
    """A row, verdicts in the order of their codes."""
    counts = (none, kept, open_, overdue, broken)
    return Line(code, Bilingual(f"{name}县", f"{name} County") if name else NO_NAME, counts, sum(counts))


EAST, WEST = line("T1", "East", 0, 90, 0, 0, 10), line("T2", "West", 20, 198, 5, 5, 2)
WHOLE = line("", "", 20, 288, 5, 5, 12)


def figures(**changes: Any) -> Figures:
    """Two counties in a quarter: 96.0 % kept, 90 % in one and 99 % in the other."""
    before = Past(read_period("2024-Q4"), line("", "", 0, 190, 0, 0, 10),
                  {"T1": line("T1", "East", 0, 95, 0, 0, 5), "T2": line("T2", "West", 0, 95, 0, 0, 5)})
    told = Figures(
        Bilingual("某地", "Somewhere"), "T", Bilingual("办件系统", "A system"), "land", True, read_period("2025-Q1"),
        date(2025, 4, 30), date(2025, 5, 2), WHOLE, places=(EAST, WEST),
        items=(replace(WHOLE, code="I1", name=Bilingual("项目一", "Item one")),),
        months=(line("2025-01", "2025-01", 0, 100, 0, 0, 4), line("2025-02", "2025-02", 20, 188, 5, 5, 8)),
        channels=(replace(WHOLE, code="online", name=Bilingual("网上", "Online")),),
        measures=(replace(WHOLE, code="fee", name=Bilingual("收费", "fee")),),
        late=(Late(Bilingual("承诺办结时限", "committed time limit"), 4, 10),), before=before,
        ratings=Tally({5: 40, 4: 6, 3: 2, 2: 1, 1: 1}, default=70, cases=330),
        coverage=((DEFINITIONS[0], Share(19, 20)), (DEFINITIONS[1], Share(0, 0))), covered_on=date(2025, 3, 31),
        equality=Equality(2, 0, variation=0.0476, span=1.1, gini=0.0238, theil=0.0011, theil_l=0.0011),
        quality=quality([completeness({"channel": 330}, 330, {})]),
        faults=(Bilingual("东县低于上级标准。", "East County is below the standard above."),), faults_in_all=3,
        patterns=((Bilingual("东县超期偏多。", "East County is late too often."), Bilingual("待答复", "waiting")),),
        patterns_in_all=2, patterns_closed=1,
        runs=(RunTold(7, Bilingual("达标率", "Conformance"), "region", "duckdb 1", "SELECT 1"),))
    return replace(told, **changes)
