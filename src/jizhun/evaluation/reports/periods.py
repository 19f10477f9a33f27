"""The periods that a report may be on: a month, a quarter, a half-year, a year. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_before, months_later

WRITTEN: Final = re.compile(r"(\d{4})(?:-?Q([1-4])|-?H([12])|-(0[1-9]|1[0-2]))?")
QUARTERS: Final = "一二三四"
MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                 "November", "December")


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Whole months: ``months`` of them (1, 3, 6 or 12) from ``first`` on."""

    first: date
    months: int

    @property
    def last(self) -> date:
        return day_before(months_later(self.first, self.months))

    @property
    def number(self) -> int:
        """Which one of its year it is, from 1."""
        return (self.first.month - 1) // self.months + 1

    @property
    def code(self) -> str:
        """As it is written: 2025, 2025-H1, 2025-Q1, 2025-03."""
        year, number = f"{self.first.year:04d}", self.number
        return {12: year, 6: f"{year}-H{number}", 3: f"{year}-Q{number}", 1: f"{year}-{number:02d}"}[self.months]

    @property
    def name(self) -> Bilingual:
        year, number = self.first.year, self.number
        return {12: Bilingual(f"{year}年", f"{year}"),
                6: Bilingual(f"{year}年{'上下'[number > 1]}半年", f"{('first', 'second')[number > 1]} half of {year}"),
                3: Bilingual(f"{year}年第{QUARTERS[(number - 1) % 4]}季度", f"quarter {number} of {year}"),
                1: Bilingual(f"{year}年{self.first.month}月", f"{MONTHS[self.first.month - 1]} {year}")}[self.months]

    @property
    def before(self) -> "ReportPeriod":
        """The period before."""
        return ReportPeriod(months_later(self.first, -self.months), self.months)

    @property
    def year_before(self) -> "ReportPeriod":
        """The same period a year before."""
        return ReportPeriod(months_later(self.first, -12), self.months)


def read_period(text: str) -> ReportPeriod:
    """``2025``, ``2025-H1``, ``2025-Q1`` or ``2025-03`` (``2025Q1`` too). Raises Refused for anything else."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None or not 1900 <= int(found[1]) <= 9998:
        raise Refused(zh=f"“{text}”不是报告期，请写成 2025、2025-H1、2025-Q1 或 2025-03。",
                      en=f"“{text}” is not a period; write it like 2025, 2025-H1, 2025-Q1 or 2025-03.")
    year, quarter, half, month = int(found[1]), *(int(one or 0) for one in found.groups()[1:])
    if quarter:
        return ReportPeriod(date(year, 3 * quarter - 2, 1), 3)
    if half:
        return ReportPeriod(date(year, 6 * half - 5, 1), 6)
    return ReportPeriod(date(year, month, 1), 1) if month else ReportPeriod(date(year, 1, 1), 12)


def check_begun(period: ReportPeriod, today: date, data_date: date) -> None:
    """Refused for a period that lies ahead, or of which the data tell nothing yet."""
    if period.first > today:
        raise Refused(zh=f"报告期{period.name.zh}（{period.code}）尚未开始。",
                      en=f"The period {period.code} has not begun yet.")
    if period.first > data_date:
        raise Refused(zh=f"数据截至 {data_date}，没有{period.name.zh}（{period.code}）的办件。",
                      en=f"The data end on {data_date}: there are no cases of the period {period.code}.")


def periods_told(months: list[int]) -> list[ReportPeriod]:
    """The periods that hold any of these months (yyyymm), years first and the newest first among each kind."""
    found = {ReportPeriod(date(one // 100, (one % 100 - 1) // size * size + 1, 1), size)
             for one in months for size in (12, 6, 3, 1)}
    return sorted(found, key=lambda one: (-one.months, -one.first.toordinal()))
