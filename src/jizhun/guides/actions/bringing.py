"""Guides out to a workbook and in again: what it would do with every fault in its cell, and recording it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions.asking import GUIDE, field_of, fields_of
from jizhun.guides.actions.bulk import Bench, Change, Looked, Outlook, look_many, record_many
from jizhun.guides.interchange.columns import (
    ID,
    MATTER,
    PLACE,
    TEXTS,
    VERSION,
    Column,
    item_columns,
    sheet_of,
    text_columns,
)
from jizhun.guides.interchange.columns import SHEETS as SHEET_NAMES
from jizhun.guides.interchange.reading import Asked, Read, read_book
from jizhun.guides.interchange.writing import Marked, Row, Table, Upper, marked_workbook, offered, workbook
from jizhun.guides.rules import Field
from jizhun.guides.rules.fields import Content
from jizhun.guides.rules.layers import Part, Resolved
from jizhun.kernel.archives import Limits
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import cell_text, open_book
from jizhun.people.rules import SYSTEM, Actor
from jizhun.regions.actions import Moved, tree

LIMITS = Limits(packed=64 * 2**20, unpacked=1200 * 2**20, cells=16 * 2**20)
MOST_OUT = 20_000
"""Guides in one file that is written."""
MOST_HINTS = 400
"""Up to so many guides show what stands above in grey rows and comments; more have the sheet “above” alone."""
POLICY_WORDS = {"locked": Bilingual("不能改", "not change it"), "supplement": Bilingual("补充", "add to it"),
                "free": Bilingual("改写", "write their own")}
Progress = Callable[[int, int], None]


# -- out -------------------------------------------------------------------------------------------


def export_guides(*, regions: Sequence[str], matters: Sequence[str] = (), fields: Sequence[str] = (),
                  on: date | None = None, sort: str = GUIDE, language: str = "zh") -> bytes:
    """A workbook with what these places say themselves, to be filled in and brought back.

    ``matters`` and ``fields`` empty: all. Raises Refused for codes that do not exist, and for more than fits a file.
    """
    day = on or timezone.localdate()
    chosen = [field_of(sort, code) for code in fields] or [one for one in fields_of(sort) if one.typed]
    codes = [catalogue().matter(code).code for code in matters] or list(catalogue().matters)
    for region in regions:
        tree().place(region, day)
    if len(codes) * len(regions) > MOST_OUT:
        raise Refused(zh=f"一个文件最多 {MOST_OUT:,} 份指南：请少选一些事项或地方。",
                      en=f"A file holds {MOST_OUT:,} guides at most: choose fewer matters or places.")
    out = _Out(sort, day, codes, regions, chosen, language)
    return workbook(out.tables(), out.above(), language)


class _Out:
    """Everything that a workbook shows, read once."""

    def __init__(self, sort: str, day: date, matters: Sequence[str], regions: Sequence[str], fields: Sequence[Field],
                 language: str) -> None:
        self.bench = Bench(SYSTEM, sort, day)
        self.bench.read(matters, regions)
        self.keys = [(matter, region) for region in regions for matter in matters]
        self.fields = [one for one in fields if one.typed and one.kind != "procedure"]
        self.hints, self.language = len(self.keys) <= MOST_HINTS, language
        self.places, self.known = tree(), catalogue().matters

    def tables(self) -> list[Table]:
        texts = text_columns(self.fields)
        found = [Table(sheet_of(TEXTS, SHEET_NAMES[TEXTS]), texts, [self._texts(key, texts) for key in self.keys])]
        for one in self.fields:
            if one.is_list:
                rows = [row for key in self.keys for row in self._items(key, one)]
                found.append(Table(sheet_of(one.code, one.name), item_columns(one), rows))
        return found

    def _who(self, matter: str, region: str) -> dict[str, str]:
        return {MATTER: matter, "matter_name": self.known[matter].name.in_language(self.language), PLACE: region,
                "place_name": self._place(region), VERSION: str(self.bench.newest_of(matter, region))}

    def _place(self, region: str) -> str:
        return self.places.known(region).name.in_language(self.language)

    def _texts(self, key: tuple[str, str], columns: Sequence[Column]) -> Row:
        own, above = self.bench.own_of(*key), self.bench.above_of(*key)
        cells, locked, hints = self._who(*key), dict[str, str](), dict[str, str]()
        for column in columns:
            if not column.field:
                continue
            said, upper = own.get(column.field), above[column.field]
            if upper.policy == "locked" and upper.content is not None:
                locked[column.key] = self._place(upper.parts[-1].place)
            elif said is not None:
                cells[column.key] = _shown(column, said.content)
            if self.hints and upper.content is not None and (words := _shown(column, upper.content)):
                hints[column.key] = words
        return Row(cells, locked, hints)

    def _items(self, key: tuple[str, str], one: Field) -> Iterator[Row]:
        own, upper = self.bench.own_of(*key).get(one.code), self.bench.above_of(*key)[one.code]
        columns, who = item_columns(one), self._who(*key)
        for part in upper.parts if self.hints else ():
            place = self._place(part.place)
            yield from (Row({**who, **_item(columns, item), "from": place}, grey=True) for item in part.content)
        if own is not None and upper.policy != "locked":
            yield from (Row({**who, **_item(columns, item)}) for item in own.content)

    def above(self) -> list[Upper]:
        """What the places above say on these fields, each thing once."""
        found: dict[tuple[str, str, str], Upper] = {}
        for matter, region in self.keys:
            for one in self.fields:
                upper = self.bench.above_of(matter, region)[one.code]
                for part in upper.parts:
                    if (matter, part.place, one.code) not in found:
                        found[matter, part.place, one.code] = self._upper(matter, one, upper, part)
        return list(found.values())

    def _upper(self, matter: str, one: Field, upper: Resolved, part: Part) -> Upper:
        zh, en = in_words(one, part.content)
        return Upper(matter, self.known[matter].name.in_language(self.language), part.place, self._place(part.place),
                     one.code, one.name.in_language(self.language),
                     POLICY_WORDS[upper.policy].in_language(self.language), zh, en)


def _shown(column: Column, content: Content) -> str:
    """A text or choice as its cell shows it."""
    if column.kind == "choice":
        return next((offered(code, name) for code, name in column.options if code == content), str(content))
    return str(content.get(column.part, ""))


def _item(columns: Sequence[Column], item: Mapping[str, Any]) -> dict[str, str]:
    cells = {ID: str(item["id"])}
    for column in columns:
        value = item.get(column.part) if column.part else None
        if isinstance(value, bool):
            cells[column.key] = offered(*column.options[0 if value else 1])
        elif column.kind == "choice" and value:
            cells[column.key] = _shown(column, value)
        elif value is not None:
            cells[column.key] = str(value)
    return cells


def in_words(one: Field, content: Content) -> tuple[str, str]:
    """Content to read in both languages: a list has a line an item."""
    if one.kind == "choice":
        name = dict(one.options).get(content, Bilingual(str(content), str(content)))
        return name.zh, name.en
    if one.is_list:
        lines = [(str(item.get("zh") or item["id"]), str(item.get("en") or item["id"])) for item in content]
        return "\n".join(f"· {zh}" for zh, _ in lines), "\n".join(f"· {en}" for _, en in lines)
    return str(content.get("zh", "")), str(content.get("en", ""))


# -- in --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Brought:
    """What a workbook would do: every fault in its cell, and what would be recorded of the rest.

    ``changes`` are the guides in which nothing was found wrong while reading.
    """

    sheets: Mapping[str, Sequence[Sequence[str]]]
    read: Read
    changes: tuple[Change, ...]
    outlook: Outlook
    marked: tuple[Marked, ...]

    @property
    def bad(self) -> int:
        """Guides in which something is wrong."""
        return sum(one.wrong for one in self.read.asked) + len(self.outlook.refused)

    @property
    def good(self) -> list[Looked]:
        return self.outlook.good


def look_at_workbook(*, by: Actor, content: bytes, name: str = "", on: date | None = None, sort: str = GUIDE,
                     source: str = "", progress: Progress | None = None) -> Brought:
    """What a filled-in workbook would do; nothing is kept. Raises Refused where the file as a whole cannot be used."""
    sheets = _sheets(content, name)
    read = read_book(sheets, fields_of(sort))
    fine = [one for one in read.asked if not one.wrong and one.edits]
    changes = tuple(Change(one.matter, one.region, one.edits, one.seen) for one in fine)
    outlook = look_many(by=by, sort=sort, changes=changes, on=on, source=source, progress=progress)
    later = [mark for asked, looked in zip(fine, outlook.looked, strict=True) for mark in _marks(read, asked, looked)]
    return Brought(sheets, read, changes, outlook, (*read.marked, *later))


def _sheets(content: bytes, name: str) -> dict[str, list[list[str]]]:
    book = open_book(content, name, limits=LIMITS)
    return {one.name: [["" if cell == "" else cell_text(cell) for cell in row] for row in one.rows]
            for one in book.sheets(visible=True)}


def _marks(read: Read, asked: Asked, looked: Looked) -> Iterator[Marked]:
    for code, why in looked.refused.items():
        key = VERSION if isinstance(why,
                                    Moved) else MATTER if not code and asked.matter not in catalogue().matters else ""
        yield read.mark(asked, code, why.sentence, key)


def take_in(*, by: Actor, brought: Brought, on: date | None = None, sort: str = GUIDE, source: str = "",
            only_good: bool = False, note: str = "", progress: Progress | None = None) -> int:
    """Record what a workbook asks, as one act; returns how many versions that made.

    Where anything is marked nothing is recorded, unless ``only_good``: then every guide in which nothing is wrong.
    """
    if brought.marked and not only_good:
        number, first = len(brought.marked), brought.marked[0]
        raise Refused(zh=f"有 {number} 处错误，未作任何改动；第一处：{first.cell}：{first.sentence.zh}",
                      en=f"{number} fault(s); nothing was recorded. The first: {first.cell}: {first.sentence.en}")
    return record_many(by=by, sort=sort, changes=brought.changes, on=on, source=source, note=note, only_good=only_good,
                       progress=progress).versions


def with_faults(brought: Brought, language: str) -> bytes:
    """The workbook as it was handed in, every fault marked in its cell."""
    return marked_workbook(brought.sheets, brought.marked, language)


__all__ = ["MOST_OUT", "Brought", "export_guides", "in_words", "look_at_workbook", "take_in",
           "with_faults"]
