"""A joint standard at each of its places: what was held when it was approved, what is held now, and what moved."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.numbering import StandardNumber, parse_standard
from jizhun.people.rules import canonical
from jizhun.provisions.rules.values import Cells, Direction, InForce, favour

Stand = Literal["nothing", "as_agreed", "better", "worse", "different"]
STANDS: Final[Mapping[Stand, Bilingual]] = {
    "nothing": Bilingual("尚未生效", "not in force yet"), "as_agreed": Bilingual("与共同标准一致", "as agreed"),
    "better": Bilingual("优于共同标准", "better than agreed"), "worse": Bilingual("低于共同标准", "less than agreed"),
    "different": Bilingual("与共同标准不同", "otherwise than agreed")}
HOLDS, ENDED, MISSING = "holds", "ended", "missing"
STATUS: Final[Mapping[str, Bilingual]] = {
    HOLDS: Bilingual("有效", "holds"), ENDED: Bilingual("不再有效", "no longer holds"),
    MISSING: Bilingual("不在标准库中", "not in the library")}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One value that the standard proposes for all its places."""

    subject: str
    measure: str
    group: str
    value: InForce
    words: Bilingual
    direction: Direction

    @property
    def key(self) -> str:
        return f"{self.subject}/{self.measure}/{self.group}"


@dataclass(frozen=True, slots=True)
class State:
    """What a place holds: ``text`` stands for the clauses of its standard, ``status`` whether it holds, ``values`` for
    each agreed value (by key) how it stands and the words of what is promised there."""

    text: str
    status: str
    values: Mapping[str, tuple[Stand, Bilingual]]

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"text": self.text, "status": self.status,
                "values": {key: [stand, words.zh, words.en] for key, (stand, words) in self.values.items()}}


def read_state(row: Mapping[str, Any]) -> State:
    """The inverse of ``plain``."""
    return State(row["text"], row["status"], {key: (stand, Bilingual(zh, en))
                                              for key, (stand, zh, en) in row["values"].items()})


def text_print(clauses: Iterable[tuple[str, ...]]) -> str:
    """Sixteen signs that stand for all clauses; the numbers of the standards themselves are no part of it."""
    return hashlib.sha256(canonical([list(one) for one in clauses]).encode()).hexdigest()[:16]


def stand_of(agreed: Agreed, value: InForce | Cells | None) -> Stand:
    """How what a place promises stands to what was agreed; of a range the least favourable end."""
    held = value.low if isinstance(value, Cells) else value
    if held is None:
        return "nothing"
    if held == agreed.value:
        return "as_agreed"
    try:
        found = favour(agreed.direction, held, agreed.value)
    except ValueError:  # units that cannot be compared
        found = None
    return "different" if found is None else "better" if found > 0 else "worse" if found < 0 else "as_agreed"


@dataclass(frozen=True, slots=True)
class Change:
    """Something moved at a place since it approved. ``key``: of the agreed value, "" for text and status."""

    kind: Literal["text", "status", "value"]
    key: str
    before: Bilingual
    after: Bilingual


def changes(approved: State, now: State) -> tuple[Change, ...]:
    """What moved away. A value that has come to be as agreed is no change to be told of."""
    found: list[Change] = []
    if approved.text != now.text and now.status != MISSING:
        found.append(Change("text", "", Bilingual(approved.text, approved.text), Bilingual(now.text, now.text)))
    if approved.status != now.status:
        found.append(Change("status", "", STATUS[approved.status], STATUS[now.status]))
    for key, (stand, words) in now.values.items():
        before = approved.values.get(key)
        if before is not None and before[1] != words and stand != "as_agreed":
            found.append(Change("value", key, before[1], words))
    return tuple(found)


def check_number(number: str, digits: str) -> StandardNumber:
    """The number of a local standard of the place whose numbers begin with DB and ``digits``; Refused otherwise."""
    parsed = parse_standard(number)
    if parsed.kind != "local" or parsed.region != digits or parsed.year is None:
        raise Refused(
            zh=f"“{parsed}”不是当地地方标准的编号，应以 DB{digits} 开头并写明年份。",
            en=f"“{parsed}” is no number of a local standard there: it begins with DB{digits} and has a year.")
    return parsed
