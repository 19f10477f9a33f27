"""What changed from one edition to another: what our texts show, and what was announced without its text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jizhun.catalogue.rules.facts import COLUMNS, Edition, Entry
from jizhun.kernel.bilingual import Bilingual

SHOWN = ("added", "removed", "number", "category", "name", *COLUMNS)
"""Kinds of changes that the texts themselves show."""

SHOWS = {"level_raised": "standard", "recipients_widened": "recipients", "lead_changed": "lead"}
"""Announced change -> the column in which it would show if both texts were to be had."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``kind``: one of SHOWN with its words before and after, or an announced kind without them.

    ``mark`` is the weaker one of the two sides, or that of the announcement.
    """

    item: str
    kind: str
    before: Bilingual | None = None
    after: Bilingual | None = None
    announced: bool = False
    mark: str = "R"


def changes(older: Mapping[str, Entry], newer: Mapping[str, Entry], since: Iterable[Edition]) -> tuple[Change, ...]:
    """Every change, in the order of the newer numbers. ``since``: the editions after the older up to the newer."""
    told = [(one, code) for edition in since for one in edition.announced for code in one.items]
    codes = sorted({*older, *newer}, key=lambda code: ((newer.get(code) or older[code]).number, code in newer, code))
    found = []
    for code in codes:
        shown = list(_shown(code, older.get(code), newer.get(code)))
        kinds = {change.kind for change in shown}
        found += shown
        found += [Change(code, one.kind, announced=True, mark=one.mark) for one, named in told
                  if named == code and SHOWS.get(one.kind, one.kind) not in kinds]
    return tuple(found)


def _shown(code: str, old: Entry | None, new: Entry | None) -> Iterable[Change]:
    if old is None or new is None:
        entry = new or old
        assert entry is not None
        yield Change(code, "added" if old is None else "removed", old.name if old else None,
                     new.name if new else None, mark=entry.mark)
        return
    for kind, one, other, mark in _sides(old, new):
        if (one.zh, one.en) != (other.zh, other.en):
            yield Change(code, kind, _plain(one), _plain(other), mark=mark)


def _sides(old: Entry, new: Entry) -> Iterable[tuple[str, Bilingual, Bilingual, str]]:
    """Kind, before, after, mark; columns that one side does not have in its own words are passed over."""
    place = weaker(old.number_mark, new.number_mark)
    yield "number", _same(str(old.number)), _same(str(new.number)), place
    yield "category", _same(old.category), _same(new.category), place
    yield "name", old.name, new.name, weaker(old.mark, new.mark)
    for column in COLUMNS:
        one, other = old.column(column), new.column(column)
        if _own(one.zh, one.carried_from) and _own(other.zh, other.carried_from):
            yield column, one, other, weaker(one.mark, other.mark)


def _own(words: str, carried_from: str) -> bool:
    return bool(words) and not carried_from


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


def _plain(words: Bilingual) -> Bilingual:
    return Bilingual(words.zh, words.en)


STRENGTH = ("SIM", "R", "V-repo", "D", "V")
"""Marks from the weakest to the strongest."""


def weaker(one: str, other: str) -> str:
    """The mark of what rests on both."""
    return min(one, other, key=STRENGTH.index)
