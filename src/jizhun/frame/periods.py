"""Periods that results are shown for: a year, a quarter, a month. A closed list, so that everybody counts alike."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from jizhun.kernel.bilingual import Refused

WRITTEN = re.compile(r"(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?")


def days_of(period: str) -> tuple[date | None, date | None]:
    """First and last day of ``2025``, ``2025Q3`` or ``2025-07``; the empty period has no ends."""
    if not period:
        return None, None
    found = WRITTEN.fullmatch(period)
    if not found:
        raise Refused(zh=f"“{period}”不是时段，请写成 2025、2025Q3 或 2025-07。",
                      en=f"“{period}” is not a period; write it like 2025, 2025Q3 or 2025-07.")
    year, quarter, month = int(found[1]), found[2], found[3]
    first, last = (int(month), int(month)) if month else (1, 12)
    if quarter:
        first, last = 3 * int(quarter) - 2, 3 * int(quarter)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def periods_with(months: Iterable[str]) -> list[str]:
    """Years and quarters that hold any of the months ``2025-07``, the newest first."""
    found = {period for month in months for period in (month[:4], f"{month[:4]}Q{(int(month[5:]) + 2) // 3}")}
    return sorted(found, key=lambda one: (one[:4], one[4:]), reverse=True)
