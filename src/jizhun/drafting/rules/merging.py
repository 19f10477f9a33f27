"""Comments that come back in a file, beside those on record: what is new, answered, altered or missing. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from jizhun.drafting.rules.remarks import Comment
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.texts import storable

SAID: Final = ("text", "proposed", "quote", "type", "number", "clause", "body", "region", "made_on")
"""What a comment says. Once on record nobody changes it by a file."""
AROUND: Final = re.compile(r"^(?:第|附录|附 录|clauses?|subclauses?|annex)\s*|\s*[章条款节]$", re.IGNORECASE)
WHOLE: Final = frozenset(("全文", "总体", "通篇", "整体", "—", "-", "/", "general", "whole document", "all"))


def clause_number(written: str) -> str:
    """The number that a person meant: 第5.1条, Clause 5.1 and 附录 A are 5.1 and A; 全文 is none."""
    bare = written.strip()
    if bare.lower() in WHOLE:
        return ""
    return AROUND.sub("", AROUND.sub("", bare)) or bare


@dataclass(frozen=True, slots=True)
class Row(Comment):
    """A comment as a file has it; ``key`` is "" where the file does not say which comment on record it is.

    ``remark`` is a column of the templates that a comment on record has no place for.
    """

    where: Bilingual = NO_WORDS
    remark: str = ""

    @property
    def comment(self) -> Comment:
        """The comment alone."""
        return Comment(**{one.name: getattr(self, one.name) for one in fields(Comment)})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. ``template``: iso_xlsx, iso_docx, cn_xlsx or cn_docx; ``ours``: with our own columns.

    ``carried``: the fields that the file has a column for; ``notes``: what a person should know before recording it.
    """

    template: str
    rows: list[Row]
    ours: bool = False
    carried: frozenset[str] = frozenset()
    notes: list[Bilingual] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment on record that the file answers."""

    before: Comment
    row: Row

    @property
    def disposition(self) -> str:
        return self.row.disposition

    @property
    def answer(self) -> str:
        return self.row.answer.strip()

    @property
    def replaces(self) -> bool:
        """Whether another answer is on record already."""
        return bool(self.before.disposition)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A comment on record of which the file has other words: ``fields`` says where. It stays as it is on record."""

    before: Comment
    row: Row
    fields: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """What recording a file would do. Only ``new`` and ``answers`` would be recorded.

    ``conflicts``: altered words, with any answer in the same row; ``unclear``: an answer from which no disposition
    can be read; ``silent``: answered on record, not in the file; ``unknown``: a number that is not on record;
    ``missing``: on record, not in the file. All these are kept as they are and reported.
    """

    new: list[Row] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unchanged: list[Comment] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unclear: list[Answer] = field(default_factory=list)
    silent: list[Comment] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    missing: list[Comment] = field(default_factory=list)


def compare(before: Sequence[Comment], reading: Reading) -> Changes:
    """What the file would change. A row without our number is the comment on record with the same words, else new."""
    on_record = {one.key: one for one in before}
    named = {row.key for row in reading.rows}
    twins = _twins(one for one in before if one.key not in named)
    changes, seen = Changes(), set(named)
    for row in reading.rows:
        found = on_record.get(row.key) if row.key else _taken(twins, row)
        if found is None:
            (changes.unknown if row.key else changes.new).append(row)
            continue
        seen.add(found.key)
        _sort(changes, found, row, reading.carried)
    changes.missing = [one for one in before if one.key not in seen]
    return changes


def _twins(comments: Iterable[Comment]) -> dict[tuple[str, ...], list[Comment]]:
    found: dict[tuple[str, ...], list[Comment]] = defaultdict(list)
    for one in comments:
        found[_words(one)].append(one)
    return found


def _taken(twins: dict[tuple[str, ...], list[Comment]], row: Row) -> Comment | None:
    """The next comment with the same words: each can be meant once only."""
    same = twins.get(_words(row))
    return same.pop(0) if same else None


def _words(one: Comment) -> tuple[str, ...]:
    return _bare(one.body), clause_number(one.number), _bare(one.text), _bare(one.proposed)


def _bare(value: Any) -> Any:
    """Without blanks: programs drop and add some when a file is saved, and no word changes by that."""
    return "".join(storable(value).split()) if isinstance(value, str) else value


def _sort(changes: Changes, before: Comment, row: Row, carried: frozenset[str]) -> None:
    """Put a row that belongs to a comment on record where it counts."""
    altered = _altered(before, row, carried) if row.key else ()
    if altered:
        changes.conflicts.append(Conflict(before, row, altered))
    elif (row.disposition, _bare(row.answer)) == (before.disposition, _bare(before.answer)):
        changes.unchanged.append(before)
    elif not row.disposition and not _bare(row.answer):
        changes.silent.append(before)
    else:
        (changes.answers if row.disposition else changes.unclear).append(Answer(before, row))


def _altered(before: Comment, row: Row, carried: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in SAID if name in carried and _bare(getattr(before, name)) != _bare(getattr(row, name)))
