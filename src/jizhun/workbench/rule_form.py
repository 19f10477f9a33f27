"""The form in which a rule is changed. Parts that were opened are fields, the others stay as they are; every button
sends the whole form, so that it works without JavaScript and nothing typed is lost.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from jizhun.entitlements.rules.exchanging import CITING, KINDS, Parts, Row, by_name
from jizhun.entitlements.rules.proofreading import At

MOST_PARTS, MOST_ROWS, MOST_COLUMNS, MOST_PERSONS = 200, 500, 30, 20
NEW = "new-"


@dataclass(frozen=True, slots=True)
class Opened:
    """A part as it stands in the form. ``key`` names its fields; ``base`` is the row that it was opened from."""

    key: str
    kind: str
    row: Row
    base: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was opened and dropped, and the persons to be checked, each facts as typed."""

    opened: tuple[Opened, ...] = ()
    dropped: tuple[str, ...] = ()
    persons: tuple[Mapping[str, str], ...] = ()

    def parts(self, now: Parts) -> dict[str, list[Row]]:
        """The whole rule as the form says it: what is open, and the rest as it is now."""
        opened = {str(one.base.get("name")): one.row for one in self.opened if one.base}
        found = {kind: [opened.pop(str(row["name"]), dict(row)) for row in now.get(kind, ())] for kind in KINDS}
        for one in self.opened:
            if not one.base or str(one.base.get("name")) in opened:
                found[one.kind].append(one.row)
        return {kind: [row for row in rows if row["name"] not in self.dropped] for kind, rows in found.items()}

    def find(self, key: str) -> Opened | None:
        return next((one for one in self.opened if one.key == key), None)


def sheet_of(parts: Parts, now: Parts) -> Sheet:
    """The form for parts that came from elsewhere: what differs from the rule as it is now is open."""
    known, brought = by_name(now), by_name(parts)
    opened = []
    for number, (name, (kind, row)) in enumerate(brought.items(), 1):
        base = dict(known[name][1]) if name in known and known[name][0] == kind else {}
        if dict(row) != base:
            opened.append(Opened(name if base else f"{NEW}{number}", kind, dict(row), base))
    dropped = tuple(name for name in known if name not in brought)
    return Sheet(tuple(opened), dropped)


# -- what was typed


def typed_sheet(post: QueryDict) -> Sheet:
    """The form as it was sent."""
    keys = dict.fromkeys(key for key in post.getlist("part") if post.get(f"{key}.kind") in KINDS)
    opened = tuple(_opened(key, post) for key in [*keys][:MOST_PARTS])
    return Sheet(opened, tuple(post.getlist("dropped")), tuple(_persons(post)))


def _json(text: str) -> Row:
    """What the form carries of a row; nothing where somebody tampered with it."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


CARRIED = (*CITING, "none_zh", "none_en", "aggregation")


def _carried(text: str) -> Row:
    """What goes along with a part unseen: its citation, options, words for no value, how a table is put together."""
    found = _json(text)
    kept: Row = {name: found[name] for name in CARRIED if isinstance(found.get(name), str)}
    options = found.get("options")
    if isinstance(options, list) and all(isinstance(one, dict) for one in options):
        kept["options"] = [{name: str(one.get(name) or "") for name in ("code", "zh", "en")} for one in options]
    return kept


def _opened(key: str, post: QueryDict) -> Opened:
    kind = str(post[f"{key}.kind"])
    base, carried = _json(post.get(f"{key}.base", "")), _carried(post.get(f"{key}.row", ""))

    def said(name: str) -> str:
        return post.get(f"{key}.{name}", "").strip()

    row: Row = {**carried, "name": str(base.get("name") or said("name"))}
    if kind == "measures":
        return Opened(key, kind, _measure(row, said), base)
    row |= {"zh": said("zh"), "en": said("en")}
    if kind == "conditions":
        row["holds"] = said("text")
    else:
        row.pop("aggregation", None)
        row |= {"table": _table(key, post, carried)} if f"{key}.policy" in post else {"is": said("text")}
    if kind == "workings":
        row["type"] = said("type") or "number"
    if kind == "results":
        row |= {"unit": said("unit"), "bound": said("bound") or "raise", "main": bool(said("main"))}
    return Opened(key, kind, _cited(row, said("clause_zh"), said("clause_en"), carried), base)


def _cited(row: Row, clause_zh: str, clause_en: str, carried: Mapping[str, Any]) -> Row:
    """A clause that was typed is one of the version's paper; else a whole citation that the row brought goes on."""
    if not (clause_zh or clause_en) and "mark" in carried:
        return row
    bare = {name: value for name, value in row.items() if name not in CITING}
    return bare | ({"clause_zh": clause_zh, "clause_en": clause_en} if clause_zh or clause_en else {})


def _measure(row: Row, said: Any) -> Row:
    found: Row = {"name": row["name"], "measure": said("measure"), "subject": said("subject") or "*"}
    given = _given(said("given"))
    found |= {"given": given} if given else {}
    return found | ({"day": said("day")} if said("day") else {})


def _given(text: str) -> dict[str, str]:
    """Dimensions, one a line: dimension = fact or value."""
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _table(key: str, post: QueryDict, carried: Mapping[str, Any]) -> Row:
    inputs = [text.strip() for text in post.getlist(f"{key}.input")][:MOST_COLUMNS]
    rows = [_table_row(f"{key}.{number}", len(inputs), post) for number in post.getlist(f"{key}.line")[:MOST_ROWS]]
    table: Row = {"inputs": inputs, "rows": rows}
    policy, aggregation = post[f"{key}.policy"], carried.get("aggregation")
    table |= {"policy": policy} if policy not in ("", "UNIQUE") else {}
    return table | ({"aggregation": aggregation} if aggregation and policy == "COLLECT" else {})


def _table_row(name: str, columns: int, post: QueryDict) -> Row:
    carried = _carried(post.get(f"{name}.row", ""))
    row: Row = {"when": [post.get(f"{name}.{column}", "").strip() or "-" for column in range(columns)],
                "then": post.get(f"{name}.then", "").strip(),
                **{field: carried[field] for field in CITING if field in carried}}
    return _cited(row, post.get(f"{name}.clause_zh", "").strip(), post.get(f"{name}.clause_en", "").strip(), carried)


def _persons(post: QueryDict) -> Iterable[dict[str, str]]:
    """Those kept already, and the one whose facts are filled in."""
    for text in post.getlist("person")[:MOST_PERSONS]:
        one = {str(code): str(value) for code, value in _json(text).items()}
        if one:
            yield one


def typed_person(post: QueryDict) -> dict[str, str]:
    """The facts that are filled in."""
    return {name.removeprefix("fact."): str(value).strip() for name, value in post.items()
            if name.startswith("fact.") and str(value).strip()}


# -- buttons


def pressed(sheet: Sheet, button: str, now: Parts, above: Parts, person: Mapping[str, str]) -> Sheet:
    """The form after a button: ``open NAME``, ``row+ KEY``, ``row- KEY 3`` ...; one that is unknown does nothing."""
    act, _, rest = button.partition(" ")
    key, _, place = rest.partition(" ")
    number = int(place) if place.isdecimal() and len(place) < 5 else -1
    known = by_name(now)
    if act == "open" and key in known and sheet.find(key) is None:
        kind, row = known[key]
        return replace(sheet, opened=(*sheet.opened, Opened(key, kind, dict(row), dict(row))))
    if act == "above" and key in by_name(above) and key in known:
        kind, row = by_name(above)[key]
        return _with(sheet, Opened(key, kind, dict(row), dict(known[key][1])))
    if act == "undo":
        return replace(sheet, opened=tuple(one for one in sheet.opened if one.key != key))
    if act == "drop" and can_drop(key, now, above):
        return replace(pressed(sheet, f"undo {key}", now, above, person), dropped=(*sheet.dropped, key))
    if act == "keep":
        return replace(sheet, dropped=tuple(name for name in sheet.dropped if name != key))
    if act == "add" and key in KINDS:
        return replace(sheet, opened=(*sheet.opened, _blank(key, sheet.opened)))
    if act == "person+" and person:
        return replace(sheet, persons=(*sheet.persons, dict(person)))
    if act == "person-":
        return replace(sheet, persons=tuple(one for at, one in enumerate(sheet.persons) if str(at) != key))
    one = sheet.find(key)
    return _with(sheet, replace(one, row=_reshaped(one, act, number))) if one else sheet


def can_drop(name: str, now: Parts, above: Parts) -> bool:
    """Whether a place can do without a part: a condition, or what only the place itself says."""
    known = by_name(now)
    return name in known and (known[name][0] == "conditions" or name not in by_name(above))


def _with(sheet: Sheet, changed: Opened) -> Sheet:
    others = tuple(one for one in sheet.opened if one.key != changed.key)
    if len(others) == len(sheet.opened):
        return replace(sheet, opened=(*others, changed))
    return replace(sheet, opened=tuple(changed if one.key == changed.key else one for one in sheet.opened))


def _blank(kind: str, opened: Sequence[Opened]) -> Opened:
    """A new part; workings and results begin as an expression."""
    number = 1 + max((int(one.key[len(NEW):]) for one in opened if one.key.startswith(NEW)
                      and one.key[len(NEW):].isdecimal()), default=0)
    return Opened(f"{NEW}{number}", kind, dict(BLANK[kind]))


BLANK: Mapping[str, Row] = {
    "conditions": {"name": "", "zh": "", "en": "", "holds": ""},
    "workings": {"name": "", "zh": "", "en": "", "is": "", "type": "number"},
    "results": {"name": "", "zh": "", "en": "", "is": "", "unit": "CNY", "bound": "raise", "main": False},
    "measures": {"name": "", "measure": "", "subject": "*"}}


def _reshaped(one: Opened, act: str, number: int) -> Row:
    """The row with a table's row or column more or less, or with a table in the place of its expression."""
    row, table = dict(one.row), dict(one.row.get("table") or {})
    if act == "table" and "is" in row:
        text = row.pop("is")
        return row | {"table": {"inputs": [""], "rows": [{"when": ["-"], "then": text}]}}
    if act == "text" and "table" in row:
        rows = row.pop("table")["rows"]
        return row | {"is": str(rows[0]["then"]) if rows else ""}
    if not table:
        return row
    rows, inputs = list(table["rows"]), list(table["inputs"])
    if act == "row+":
        rows.append({"when": ["-"] * len(inputs), "then": ""})
    elif act == "row-":
        rows = [each for at, each in enumerate(rows) if at != number]
    elif act == "column+":
        inputs, rows = [*inputs, ""], [{**each, "when": [*each["when"], "-"]} for each in rows]
    elif act == "column-" and len(inputs) > 1:
        inputs = [each for at, each in enumerate(inputs) if at != number]
        rows = [{**each, "when": [cell for at, cell in enumerate(each["when"]) if at != number]} for each in rows]
    return row | {"table": {**table, "inputs": inputs, "rows": rows}}


# -- where a mistake stands in the form

TEXTS = {"holds": "text", "is": "text"}


def field_of(at: At, sheet: Sheet) -> str:
    """The id of the field in which a mistake stands; that of the part where it is not open."""
    one = next((each for each in sheet.opened if str(each.row.get("name")) == at.part), None)
    if one is None:
        return f"part-{at.part}"
    if at.field == "input":
        return f"{one.key}.input.{at.column}"
    if at.field in ("when", "then"):
        return f"{one.key}.{at.row}.{at.column if at.field == 'when' else 'then'}"
    return f"{one.key}.{TEXTS.get(at.field, at.field)}"
