"""The table of steps as a form: from plain content to boxes and back; what is typed is kept, right or wrong."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.promises import mark_in_words
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import COMMA, NO_WORDS
from jizhun.procedures.actions import documents, roles
from jizhun.procedures.rules import END, timing
from jizhun.procedures.rules.steps import MARKS, MOST_STEPS, MOST_WAYS, NAMES, UNITS, Limit
from jizhun.procedures.rules.telling import COLUMNS, LEVELS, UNIT_NAMES, WAITS

NAME = re.compile(r"step-(\d{1,4})-([a-z_]{1,20})")
WAY = re.compile(r"step-(\d{1,4})-way-(\d{1,3})-(to|zh|en|together)")
PLAIN = ("role", "document", "waits_for", "calls", "mark")
PAIRS = ("name", "action", "department", "output", "system", "control", "source")
FIRST = ("name_zh", "name_en", "role", "document", "waits_for")
"""What is shown at once, beside limit and ways."""
REST = ("action_zh", "action_en", "department_zh", "department_en", "input", "output_zh", "output_en", "system_zh",
        "system_en", "risk_level", "risk_zh", "risk_en", "control_zh", "control_en", "calls", "source_zh",
        "source_en", "mark")
AS_IN_THE_TABLE = {"role": "post", "document": "paper"}
"""What is called on pages as the column of the table is."""
LONG = frozenset({"action_zh", "action_en", "input", "control_zh", "control_en"})
CHOSEN_FROM_A_LIST = 40
"""Up to so many steps a way is chosen from a list; beyond, its id is typed, or the page would be too heavy."""

Choices = list[tuple[str, str]]


@dataclass
class Typed:
    """One step as it is typed: texts by the name of their box, and its ways."""

    values: dict[str, str] = field(default_factory=dict)
    ways: list[dict[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.values.get("id", "")

    @property
    def empty(self) -> bool:
        """Whether nothing was typed beside what the form itself put in."""
        return not self.ways and not any(text for name, text in self.values.items() if name not in ("id", "limit_unit"))


# -- content and what was sent ---------------------------------------------------------------------


def typed_of(content: Sequence[Mapping[str, Any]]) -> list[Typed]:
    """The boxes for content as it is kept."""
    return [_typed(row) for row in content]


def _typed(row: Mapping[str, Any]) -> Typed:
    values = {name: str(row[name]) for name in ("id", *PLAIN) if row.get(name)}
    for name in PAIRS:
        values |= _both(name, row.get(name) or {})
    limit, risk = row.get("limit"), row.get("risk") or {}
    if limit:
        values |= {"limit_amount": str(limit["amount"]), "limit_unit": str(limit.get("unit", UNITS[0]))}
    if risk:
        values |= {"risk_level": str(risk.get("level") or ""), **_both("risk", risk)}
    values |= {"input": "\n".join(row.get("input") or ()), "money": "1" if row.get("money") else ""}
    return Typed({name: text for name, text in values.items() if text}, [_way(one) for one in row.get("next") or ()])


def _both(name: str, said: Mapping[str, Any]) -> dict[str, str]:
    return {f"{name}_{language}": str(said.get(language) or "") for language in ("zh", "en")}


def _way(way: Mapping[str, Any]) -> dict[str, str]:
    when = way.get("when") or {}
    return {"to": str(way["to"]), "zh": str(when.get("zh") or ""), "en": str(when.get("en") or ""),
            "together": "1" if way.get("together") else ""}


def typed_from(sent: QueryDict) -> list[Typed]:
    """The boxes as they were sent, in the order of their numbers."""
    rows: dict[int, Typed] = {}
    ways: dict[tuple[int, int], dict[str, str]] = {}
    for name, value in sent.items():
        text = str(value).replace("\r\n", "\n").strip()
        if (way := WAY.fullmatch(name)) is not None:
            ways.setdefault((int(way[1]), int(way[2])), {})[way[3]] = text
        elif (found := NAME.fullmatch(name)) is not None:
            rows.setdefault(int(found[1]), Typed()).values[found[2]] = text
    for (at, _number), said in sorted(ways.items()):
        if at in rows and any(said.values()):
            rows[at].ways.append(said)
    return [row for _at, row in sorted(rows.items())]


def content_of(rows: Sequence[Typed]) -> list[dict[str, Any]]:
    """Plain content as ``read_steps`` checks it; steps in which nothing was typed are left out."""
    return [_plain(row) for row in rows if not row.empty]


def _plain(row: Typed) -> dict[str, Any]:
    get = row.values.get
    made: dict[str, Any] = {name: get(name) for name in ("id", *PLAIN)}
    made |= {name: _pair(row, name) for name in PAIRS}
    made["limit"] = _limit(row)
    risk = _pair(row, "risk")
    made["risk"] = {"level": get("risk_level"), **risk} if risk or get("risk_level") else None
    made["input"] = [line.strip() for line in get("input", "").splitlines() if line.strip()]
    made["money"] = bool(get("money"))
    made["next"] = [_plain_way(way) for way in row.ways]
    return {name: value for name, value in made.items() if value not in (None, "", [], {}, False)}


def _pair(row: Typed, name: str) -> dict[str, str]:
    said = {language: row.values.get(f"{name}_{language}", "") for language in ("zh", "en")}
    return {language: text for language, text in said.items() if text}


def _limit(row: Typed) -> dict[str, Any] | None:
    """A number as a number; anything else goes along as typed and is refused with its step."""
    text = row.values.get("limit_amount", "")
    if not text:
        return None
    amount = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else text
    return {"amount": amount, "unit": row.values.get("limit_unit") or UNITS[0]}


def _plain_way(way: Mapping[str, str]) -> dict[str, Any]:
    when = {language: way[language] for language in ("zh", "en") if way.get(language)}
    return {"to": way.get("to", ""), **({"when": when} if when else {}),
            **({"together": True} if way.get("together") else {})}


# -- acts that change the form only ----------------------------------------------------------------


def acted(rows: list[Typed], do: str) -> list[Typed]:
    """The boxes after one of the buttons: ``add``, ``remove``, ``up``, ``down``, ``way`` with the number of a step."""
    act, _space, number = do.partition(" ")
    at = int(number) if number.isdecimal() and len(number) < 5 else -1
    if act == "add" and len(rows) < MOST_STEPS:
        place = at + 1 if 0 <= at < len(rows) else len(rows)
        return [*rows[:place], Typed({"id": _free(rows)}), *rows[place:]]
    if not 0 <= at < len(rows):
        return rows
    if act == "remove":
        return [row for place, row in enumerate(rows) if place != at]
    if act in ("up", "down"):
        return _moved(rows, at, at - 1 if act == "up" else at + 1)
    if act == "way" and len(rows[at].ways) < MOST_WAYS:
        rows[at].ways.append({"to": ""})
    return rows


def touched(rows: Sequence[Typed], do: str) -> frozenset[int]:
    """The places of the steps that stand unfolded after a button: the one it was about, or with ``unfold`` all."""
    act, _space, number = do.partition(" ")
    at = int(number) if number.isdecimal() and len(number) < 5 else len(rows) - 2
    shift = {"add": 1, "up": -1, "down": 1, "way": 0}
    return frozenset(range(len(rows))) if act == "unfold" else frozenset({at + shift[act]} if act in shift else ())


def _moved(rows: list[Typed], at: int, to: int) -> list[Typed]:
    if not 0 <= to < len(rows):
        return rows
    rows[at], rows[to] = rows[to], rows[at]
    return rows


def _free(rows: Sequence[Typed]) -> str:
    """An id that no step has: it stays with the step whatever it is called."""
    taken = {row.id for row in rows}
    return next(f"local-{n}" for n in itertools.count(1) if f"local-{n}" not in taken)


# -- boxes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WayBoxes:
    """One way on: where to, when, and whether it is taken together with others."""

    to: Field
    zh: Field
    en: Field
    together: Field


@dataclass(frozen=True, slots=True)
class StepBoxes:
    """One step with its boxes; ``filled``: whether something stands in the inner fold.

    ``told``: who does it, in which time, and where it leads, in a line; ``open``: whether its boxes are unfolded.
    """

    at: int
    id: str
    name: str
    told: str
    open: bool
    first: list[Field]
    amount: Field
    unit: Field
    rest: list[Field]
    money: Field
    ways: list[WayBoxes]

    @property
    def filled(self) -> bool:
        return any(one.value for one in self.rest) or bool(self.money.value)


def boxes_of(rows: Sequence[Typed], unfolded: frozenset[int] = frozenset()) -> list[StepBoxes]:
    """Every step with its boxes; one empty way stands ready where there is none. A step without a name is unfolded."""
    names = {**{one.id: one.name for one in _named(rows)}, END: _("the end")}
    return [_boxes(at, row, _targets(rows), names, at in unfolded) for at, row in enumerate(rows)]


def _boxes(at: int, row: Typed, targets: Choices, names: Mapping[str, str], unfolded: bool) -> StepBoxes:
    name = row.values.get("name_zh") if words(LEVELS["low"]) == LEVELS["low"].zh else row.values.get("name_en")
    shown = name or row.values.get("name_zh") or row.values.get("name_en") or ""
    return StepBoxes(
        at, row.id, shown, _told(row, names), unfolded or not shown, [_field(at, row, one) for one in FIRST],
        _field(at, row, "limit_amount"), _field(at, row, "limit_unit"), [_field(at, row, one) for one in REST],
        _field(at, row, "money"), [_way_boxes(at, n, way, targets) for n, way in enumerate(row.ways or [{}])])


def _told(row: Typed, names: Mapping[str, str]) -> str:
    """Who does a step, in which time, and where it leads."""
    role = row.values.get("role", "")
    ways = words(COMMA).join(names.get(way.get("to", ""), way.get("to", "")) for way in row.ways if way.get("to"))
    parts = (words(roles()[role].name) if role in roles() else role, _limit_told(row),
             words(WAITS.get(row.values.get("waits_for", ""), NO_WORDS)), f"→ {ways}" if ways else "")
    return " · ".join(part for part in parts if part)


def _limit_told(row: Typed) -> str:
    limit = _limit(row)
    if limit is None or not isinstance(limit["amount"], int) or limit["unit"] not in UNITS:
        return row.values.get("limit_amount", "")
    return words(timing.said(Limit(limit["amount"], limit["unit"])))


def _field(at: int, row: Typed, key: str) -> Field:
    kind = "check" if key == "money" else "textarea" if key in LONG else "text"
    value = row.values.get(key, "")
    return Field(f"step-{at}-{key}", _label(key), value, kind=kind, choices=_choices(key, value),
                 hint=_("One a line: codes of materials, or words") if key == "input" else
                 _("Code of the matter whose procedure runs here") if key == "calls" else "")


def _label(key: str) -> str:
    name, _line, end = key.rpartition("_")
    if key == "limit_amount":
        return _("Time limit")
    if key == "limit_unit":
        return _("Unit of the limit")
    if key == "risk_level":
        return _("How high the risk is")
    if end in ("zh", "en") and name in NAMES:
        return (_("%(field)s, in Chinese") if end == "zh" else _("%(field)s, in English")) % {
            "field": words(NAMES[name]).capitalize()}
    return words(COLUMNS[AS_IN_THE_TABLE[key]]) if key in AS_IN_THE_TABLE else words(NAMES[key]).capitalize()


def _choices(key: str, value: str) -> Choices:
    """What a list offers; a code that is on no list stays offered as it is."""
    lists: Mapping[str, Iterator[tuple[str, str]]] = {
        "role": ((code, words(one.name)) for code, one in roles().items()),
        "document": ((code, words(one.name)) for code, one in documents().items()),
        "waits_for": ((code, words(name)) for code, name in WAITS.items()),
        "risk_level": ((code, words(name)) for code, name in LEVELS.items()),
        "mark": ((code, f"{code} · {mark_in_words(code)}") for code in MARKS)}
    if key == "limit_unit":
        return [(code, words(UNIT_NAMES[code])) for code in UNITS]
    if key not in lists:
        return []
    found = [("", "–"), *lists[key]]
    return found if value in dict(found) else [*found, (value, value)]


def _targets(rows: Sequence[Typed]) -> Choices:
    if len(rows) > CHOSEN_FROM_A_LIST:
        return []
    return [("", "–"), *((one.id, one.name) for one in _named(rows)), (END, _("the end"))]


@dataclass(frozen=True, slots=True)
class _Named:
    id: str
    name: str


def _named(rows: Sequence[Typed]) -> Iterator[_Named]:
    chinese = words(LEVELS["low"]) == LEVELS["low"].zh
    for at, row in enumerate(rows, 1):
        own, other = ("name_zh", "name_en") if chinese else ("name_en", "name_zh")
        yield _Named(row.id, f"{at}. {row.values.get(own) or row.values.get(other) or row.id}")


def _way_boxes(at: int, number: int, way: Mapping[str, str], targets: Choices) -> WayBoxes:
    name, to = f"step-{at}-way-{number}", way.get("to", "")
    known = targets if not targets or to in dict(targets) else [*targets, (to, _("“%(id)s”, which is not there") % {
        "id": to})]
    return WayBoxes(Field(f"{name}-to", _("To"), to, choices=known),
                    Field(f"{name}-zh", _("When, in Chinese"), way.get("zh", "")),
                    Field(f"{name}-en", _("When, in English"), way.get("en", "")),
                    Field(f"{name}-together", _("together with others"), way.get("together", ""), kind="check"))
