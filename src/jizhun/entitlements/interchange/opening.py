"""The sheets of a rule's workbook, every cell as a rule would write it."""

from datetime import datetime
from typing import Any, Final

from jizhun.kernel.archives import Limits
from jizhun.kernel.spreadsheets import cell_text, read_sheets

LIMITS: Final = Limits(packed=5 * 2**20, unpacked=60 * 2**20, cells=2**20)

Sheets = dict[str, list[list[str]]]


def sheets(content: bytes) -> Sheets:
    """Sheet -> its rows from A1 on, every cell as text. Refused in one sentence where the file is none of ours."""
    found = read_sheets(content, limits=LIMITS)
    return {one.name: [[_text(cell) for cell in row] for row in one.rows] for one in found}


def _text(value: Any) -> str:
    """A cell as a person would write it in a rule: 12 without ``.0``, true, a day as a day."""
    if isinstance(value, bool):
        return str(value).lower()
    return cell_text(value.date() if isinstance(value, datetime) else value)
