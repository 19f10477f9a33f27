"""The list of matters as a living ledger: what was added, cancelled, delegated, merged or changed, when and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizhun.guides.rules.reading import day_of, refuse_odd
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

KINDS: Mapping[str, Bilingual] = {
    "added": Bilingual("新增", "Added"), "cancelled": Bilingual("取消", "Cancelled"),
    "delegated": Bilingual("下放", "Delegated"), "withdrawn": Bilingual("上收", "Taken back up"),
    "merged": Bilingual("合并", "Merged"), "split": Bilingual("拆分", "Split"),
    "renamed": Bilingual("更名", "Renamed"), "changed": Bilingual("变更", "Changed")}
ENDS = frozenset({"cancelled", "merged", "split"})
BEGINS = frozenset({"added"})
KEYS = frozenset({"id", "kind", "matter", "others", "region", "from", "document", "clause_zh", "clause_en", "zh", "en",
                  "source", "mark", "to_level"})


@dataclass(frozen=True, slots=True)
class Change:
    """One line: ``others`` are the matters into which it went or from which it came; ``region`` where it holds."""

    code: str
    kind: str
    matter: str
    region: str
    valid_from: date
    others: tuple[str, ...] = ()
    words: Bilingual = NO_WORDS
    document: str = ""
    clause: Bilingual = NO_WORDS
    source: str = ""
    mark: str = "R"
    to_level: str = ""


def read_change(row: Mapping[str, Any], known: Iterable[str]) -> Change:
    """A line of the ledger; raises Refused naming the line and what is wrong. A cancelled matter keeps its code."""
    code = str(row.get("id") or "?")
    try:
        return _read(code, row, set(known))
    except Refused as refused:
        raise Refused(zh=f"台账“{code}”：{refused.sentence.zh}", en=f"Ledger “{code}”: {refused.sentence.en}") from None


LONGEST_ID, LONGEST = 100, 2_000
"""Characters of a line's number, and of one text."""


def new_change(row: Mapping[str, Any], known: Iterable[str]) -> Change:
    """A line that is to be kept; raises Refused also for what is too long and for a matter that goes into itself."""
    change = read_change(row, known)
    long = next((name for name, value in row.items() if isinstance(value, str)
                 and len(value) > (LONGEST_ID if name == "id" else LONGEST)), None)
    if long is not None:
        raise Refused(zh=f"台账“{change.code[:20]}”：“{long}”过长。",
                      en=f"Ledger “{change.code[:20]}”: “{long}” is too long.")
    if change.matter in change.others:
        raise Refused(zh=f"台账“{change.code}”：事项不能并入自身。",
                      en=f"Ledger “{change.code}”: a matter cannot go into itself.")
    return change


def _read(code: str, row: Mapping[str, Any], known: set[str]) -> Change:
    refuse_odd(row, KEYS)
    for name in ("id", "kind", "matter", "zh", "source", "mark"):
        if not row.get(name):
            raise Refused(zh=f"缺少“{name}”。", en=f"“{name}” is missing.")
    if row["kind"] not in KINDS:
        raise Refused(zh=f"没有“{row['kind']}”这种变动。", en=f"there is no change of the kind “{row['kind']}”.")
    others = tuple(str(one) for one in row.get("others") or ())
    lost = next((one for one in (str(row["matter"]), *others) if one not in known), None)
    if lost is not None:
        raise Refused(zh=f"没有编码为“{lost}”的事项。", en=f"there is no matter “{lost}”.")
    if row["kind"] in ("merged", "split") and not others:
        raise Refused(zh="合并、拆分须写明另一事项（others）。",
                      en="merging and splitting name the other matters (others).")
    return Change(code, str(row["kind"]), str(row["matter"]), str(row.get("region") or "CN"), day_of(row.get("from")),
                  others, Bilingual(str(row["zh"]), str(row.get("en") or "")), str(row.get("document") or ""),
                  Bilingual(str(row.get("clause_zh") or ""), str(row.get("clause_en") or "")), str(row["source"]),
                  str(row["mark"]), str(row.get("to_level") or ""))


def in_list(matter: str, path: Sequence[str], on: date, changes: Iterable[Change]) -> bool:
    """Whether the matter is in the list that holds at the last place of ``path`` on a day.

    Without a line it is; a line of a place holds in all below; what begins later is not there yet. ``changes`` in the
    order recorded: of two lines of one place and day the later one counts.
    """
    lines = sorted((one for one in changes if one.matter == matter and one.region in path),
                   key=lambda one: (one.valid_from, path.index(one.region)))
    state = not (lines and lines[0].kind in BEGINS)
    for one in lines:
        if one.valid_from <= on:
            state = one.kind in BEGINS or (state and one.kind not in ENDS)
    return state
