"""The training ledger: kinds of events, rosters row by row, and what somebody's attendance comes to. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import months_later

KINDS: Final[Mapping[str, Bilingual]] = {
    "class": Bilingual("集中培训", "Class"), "online": Bilingual("线上培训", "Online training"),
    "on_site": Bilingual("现场跟班", "Training at the counter"), "drill": Bilingual("岗位练兵", "Drill"),
    "meeting": Bilingual("业务例会", "Working meeting")}
LONGEST_HOURS, MOST_ROWS = Decimal(200), 2_000
WHOLE_SCORE: Final = 10_000

FIELDS: Final[Mapping[str, tuple[Bilingual, frozenset[str]]]] = {
    "username": (Bilingual("用户名", "User name"),
                 frozenset({"用户名", "账号", "登录名", "username", "user", "login"})),
    "unit": (Bilingual("单位", "Unit"), frozenset({"单位", "所在单位", "区划代码", "unit", "region", "office"})),
    "present": (Bilingual("出勤", "Present"), frozenset({"出勤", "是否出勤", "签到", "present", "attended"})),
    "hours": (Bilingual("学时", "Hours"), frozenset({"学时", "hours", "credit hours"})),
    "score": (Bilingual("成绩", "Test score"),
              frozenset({"成绩", "分数", "得分", "score", "test", "test score", "mark"}))}
"""Fields of a roster: what each is called, and heads of columns by which it is known. The first two are needed."""
NEEDED: Final = ("username", "unit")
YES, NO = frozenset({"", "是", "√", "✓", "1", "yes", "y", "true", "出勤", "到"}), frozenset(
    {"否", "×", "0", "no", "n", "false", "缺勤", "未到"})


@dataclass(frozen=True, slots=True)
class Attended:
    """One person at one event. ``score`` in hundredths of a hundred, None where no test was sat."""

    username: str
    unit: str
    present: bool
    hours: Decimal
    score: int | None = None


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row of a roster, in a sentence; rows are numbered as the spreadsheet numbers them."""

    row: int
    why: Bilingual


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster as read: the good rows with their numbers, and the faults."""

    rows: tuple[tuple[int, Attended], ...]
    faults: tuple[RowFault, ...]


# -- reading a roster ------------------------------------------------------------------------------


def guess_columns(heads: Sequence[str]) -> dict[str, int]:
    """Field -> column (from 0), by the heads that are known; a field whose column nobody knows is left out."""
    plain = [_plain(head) for head in heads]
    found = {field: next((at for at, head in enumerate(plain) if head in names | {*map(_plain, (name.zh, name.en))}),
                         None) for field, (name, names) in FIELDS.items()}
    return {field: at for field, at in found.items() if at is not None}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def check_columns(columns: Mapping[str, int]) -> None:
    """Raises Refused where a field that is needed has no column, or two fields have the same."""
    for field in NEEDED:
        if field not in columns:
            name = FIELDS[field][0]
            raise Refused(zh=f"请指明哪一列是“{name.zh}”。", en=f"Say which column is “{name.en}”.")
    if len({*columns.values()}) != len(columns):
        raise Refused(zh="有两个字段用了同一列。", en="Two fields take the same column.")


def read_roster(rows: Sequence[Sequence[str]], columns: Mapping[str, int], *, hours: Decimal, users: Collection[str],
                units: Mapping[str, str]) -> Roster:
    """Read the rows below the head. ``hours``: of the event, where a row says none; ``users``: names that exist;
    ``units``: what a unit may be called (name or code) -> region code. Refused where there are too many."""
    check_columns(columns)
    if len(rows) - 1 > MOST_ROWS:
        raise Refused(zh=f"一次最多 {MOST_ROWS} 行。", en=f"{MOST_ROWS} rows at most at a time.")
    texts = {number: {field: _cell(row, at) for field, at in columns.items()}
             for number, row in enumerate(rows[1:], 2) if any(_cell(row, at) for at in columns.values())}
    if not texts:
        raise Refused(zh="花名册是空的。", en="The roster is empty.")
    often = Counter(_plain(row["username"]) for row in texts.values())
    good: list[tuple[int, Attended]] = []
    wrong: list[RowFault] = []
    seen: dict[str, int] = {}
    for number, row in texts.items():
        key = _plain(row["username"])
        first = seen.setdefault(key, number)
        why = next(_row_faults(row, users, units), None)
        if why is None and often[key] > 1 and first != number:
            why = Bilingual(f"用户名“{row['username']}”与第 {first} 行重复。",
                            f"The user name “{row['username']}” stands in row {first} already.")
        if why is not None:
            wrong.append(RowFault(number, why))
        else:
            good.append((number, _attended(row, hours, units)))
    return Roster(tuple(good), tuple(wrong))


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _row_faults(row: Mapping[str, str], users: Collection[str], units: Mapping[str, str]) -> Iterator[Bilingual]:
    name, unit = row["username"], row["unit"]
    if not name:
        yield Bilingual("没有用户名。", "There is no user name.")
    elif name not in users:
        yield Bilingual(f"没有用户名为“{name}”的用户。", f"There is no user called “{name}”.")
    if unit not in units:
        yield Bilingual(f"没有“{unit}”这个单位。", f"There is no unit “{unit}”.") if unit else Bilingual(
            "没有填写单位。", "No unit is given.")
    if _plain(row.get("present", "")) not in YES | NO:
        yield Bilingual(f"出勤“{row['present']}”应为“是”或“否”。", f"Present, “{row['present']}”, has to be yes or no.")
    hours, score = row.get("hours", ""), row.get("score", "")
    if hours and not _within(hours, LONGEST_HOURS):
        yield Bilingual(f"学时“{hours}”应为 0 至 {LONGEST_HOURS} 的数。",
                        f"Hours, “{hours}”, have to be a number from 0 to {LONGEST_HOURS}.")
    if score and not _within(score, Decimal(100)):
        yield Bilingual(f"成绩“{score}”应为 0 至 100 的数。",
                        f"The score, “{score}”, has to be a number from 0 to 100.")


def _within(text: str, most: Decimal) -> bool:
    number = decimal_of(text)
    return number is not None and 0 <= number <= most


def decimal_of(text: str) -> Decimal | None:
    """A plain number with at most two decimals; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _attended(row: Mapping[str, str], hours: Decimal, units: Mapping[str, str]) -> Attended:
    present = _plain(row.get("present", "")) in YES
    own, score = decimal_of(row.get("hours", "")), decimal_of(row.get("score", ""))
    return Attended(row["username"], units[row["unit"]], present, (hours if own is None else own) if present
                    else Decimal(0), None if score is None else int(score * 100))


# -- what it comes to ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An event's day and matter with one person's attendance, as coverage reads it."""

    on: date
    matter: str
    attended: Attended


def passed(one: Attended, least: int) -> bool:
    """Whether somebody was there, and passed where a test was sat; ``least`` in hundredths of a hundred."""
    return one.present and (one.score is None or one.score >= least)


def trained(entries: Iterable[Entry], *, on: date, months: int, least: int, matters: Collection[str] | None = None
            ) -> set[str]:
    """Who attended and passed within the last ``months`` months; ``matters``: at an event on one of these."""
    return {one.attended.username for one in entries if one.on <= on <= months_later(one.on, months)
            and passed(one.attended, least) and (matters is None or one.matter in matters)}
