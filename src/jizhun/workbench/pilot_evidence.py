"""Evidence of a month: each piece with a safe preview. Nothing that was handed in ever runs in the browser.

Pictures are shown as pictures by what their bytes say, tables and texts as plain text; everything else is to be kept.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.evidence import Piece, content_of
from jizhun.frame.pilots import month_text, named
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.pilots.models import PilotApplication
from jizhun.workbench.evaluation_asked import evidence_out, looker_of
from jizhun.workbench.pilot_page import seen_application

ROWS, COLUMNS, LETTERS = 50, 12, 200
PICTURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True)
class Shown:
    """A piece as the page shows it: a link, or a file with what can be seen of it."""

    piece: Piece
    href: str = ""
    picture: str = ""
    table: Table | None = None
    text: str = ""
    wrong: str = ""

    @property
    def name(self) -> str:
        return str(self.piece.get("name") or self.piece.get("url"))


@login_required
def month_evidence(request: HttpRequest, pk: int, month: int) -> HttpResponse:
    """Every piece of a month."""
    one = seen_application(looker_of(request), pk)
    pieces = _given(one, month)
    shown = [_shown(one, month, piece, number) for number, piece in enumerate(pieces, 1)]
    return show(request, "workbench/pilot_evidence.html", {
        "one": one, "place": named(one.region), "month": month_text(month), "shown": shown},
        [each.table for each in shown if each.table])


@login_required
def evidence_file(request: HttpRequest, pk: int, month: int, digest: str) -> HttpResponse:
    """A file, to keep; with ``?show=1`` a picture, as a picture."""
    one = seen_application(looker_of(request), pk)
    given = _given(one, month)
    kept = evidence_out(digest, given)
    kind = picture_kind(kept.content) if request.GET.get("show") else ""
    if not kind:
        return kept
    response = HttpResponse(kept.content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _given(one: PilotApplication, month: int) -> list[Piece]:
    """The evidence of the newest word on a month."""
    row = one.reports.filter(month=month).order_by("-pk").first()
    if row is None or not row.evidence:
        raise NotFound(zh="这个月没有证明材料。", en="There is no evidence of this month.")
    return list(row.evidence)


def _shown(one: PilotApplication, month: int, piece: Piece, number: int) -> Shown:
    if "url" in piece:
        return Shown(piece, href=piece["url"])
    href = reverse("work-pilot-file", args=[one.pk, month, piece["hash"]])
    try:
        content = content_of(piece["hash"])
        if picture_kind(content):
            return Shown(piece, href, picture=f"{href}?show=1")
        rows = rows_of(piece["name"], content)
    except Refused as refused:
        return Shown(piece, href, wrong=words(refused.sentence))
    if rows:
        return Shown(piece, href, table=_table(piece, rows, number))
    return Shown(piece, href, text=_text(piece["name"], content))


def picture_kind(content: bytes) -> str:
    """What picture the bytes are; "" for none. What the name says does not count."""
    kind = next((name for start, name in PICTURES.items() if content.startswith(start)), "")
    return kind if kind != "image/webp" or content[8:12] == b"WEBP" else ""


def rows_of(name: str, content: bytes) -> list[list[str]]:
    """The first rows of a table; none for what is no table. Raises Refused for a workbook that cannot be read."""
    ending = name.rpartition(".")[2].casefold()
    if ending == "xlsx":
        first = read_sheets(content, name)[:1]
        return [[cell_text(cell)[:LETTERS] for cell in row[:COLUMNS]] for sheet in first for row in sheet.rows[:ROWS]]
    if ending == "csv":
        lines = csv.reader(io.StringIO(_decoded(content)))
        return [[cell[:LETTERS] for cell in row[:COLUMNS]] for row in islice(lines, ROWS)]
    return []


def _decoded(content: bytes) -> str:
    """A text in UTF-8, else as Chinese systems write it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _text(name: str, content: bytes) -> str:
    return _decoded(content)[:ROWS * LETTERS] if name.casefold().endswith(".txt") else ""


def _table(piece: Piece, rows: Sequence[Sequence[str]], number: int) -> Table:
    wide = max(len(row) for row in rows)
    columns = [Column(f"c{n}", rows[0][n] if n < len(rows[0]) and rows[0][n] else _("Column %(n)s") % {"n": n + 1})
               for n in range(wide)]
    return Table(f"evidence-{number}", piece["name"], columns,
                 [[*row, *[""] * (wide - len(row))] for row in rows[1:]])
