"""Marks put into a piece of text where the reader would skip a line or run over many."""

from pathlib import Path
from typing import Final

import duckdb

BLANK: Final = b"\x01"
"""Put into blank lines, so that the reader counts them instead of skipping them."""
UNCLOSED: Final = b"\x04"
"""Put in the place of a line with a quotation mark that is never closed."""
UNCLOSED_NEAR: Final = 5
"""Lines around the place the reader names: it sometimes names the line before."""


def mark_unclosed(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Take out each line whose quotation mark is never closed: it would swallow every line after it.

    Gives whether there was any. Only called where lines are missing.
    """
    found = con.execute(
        "SELECT DISTINCT line_byte_position FROM unread WHERE line_byte_position IS NOT NULL "
        "AND (error_type::VARCHAR = 'UNQUOTED VALUE' OR contains(csv_line, chr(10))) ORDER BY 1 DESC"
    ).fetchall()
    block = path.read_bytes()
    lines = [line for (near,) in found if (line := _unclosed_near(block, near))]
    for start, end in lines:
        block = block[:start] + UNCLOSED + block[end:]
    path.write_bytes(block)
    return bool(lines)


def _unclosed_near(block: bytes, near: int) -> tuple[int, int] | None:
    """Where the line with an odd number of quotation marks starts and ends; ``near`` is a byte in or just before it."""
    start = block.rfind(b"\n", 0, max(near - 1, 0)) + 1
    for _ in range(UNCLOSED_NEAR):
        end = block.find(b"\n", start)
        end = len(block) if end < 0 else end
        if block.count(b'"', start, end) % 2:
            return start, end
        start = end + 1
    return None


def mark_blanks(path: Path) -> bool:
    """Put a mark into every blank line of a file; whether there was any."""
    block = path.read_bytes()
    marked = BLANK + block if block[:1] == b"\n" else block
    while b"\n\n" in marked:
        marked = marked.replace(b"\n\n", b"\n" + BLANK + b"\n")
    if marked is not block:
        path.write_bytes(marked)
    return marked is not block
