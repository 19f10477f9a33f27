"""How long cases are kept."""

from datetime import date


def last_month_to_go(day: date, months: int) -> int | None:
    """The last month (yyyymm) that is not kept on that day, with ``months`` whole ones beside the present; 0: all are.

    On 15 March 2025 with 12 months, March 2024 to February 2025 are kept, and 202402 is the last to go.
    """
    if not months:
        return None
    last = day.year * 12 + day.month - 1 - months - 1
    return last // 12 * 100 + last % 12 + 1
