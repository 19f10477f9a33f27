"""What the form of a rule shows: each part as it is, or as fields with its mistakes beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.entitlements.interchange.columns import BOUND_WORDS, POLICY_WORDS, TYPE_WORDS
from jizhun.entitlements.rules import Fact
from jizhun.entitlements.rules.exchanging import CITING, Parts, Row, by_name
from jizhun.entitlements.rules.telling import UNITS
from jizhun.frame.fields import Field
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import measures
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.workbench.rule_form import CARRIED, NEW, Opened, Sheet, can_drop

KIND_WORDS = {"conditions": gettext_lazy("Conditions: all of them have to hold"),
              "results": gettext_lazy("What one gets"),
              "workings": gettext_lazy("Worked out on the way"),
              "measures": gettext_lazy("Values it takes from what is promised")}
ADD_WORDS = {"conditions": gettext_lazy("Add a condition"), "results": gettext_lazy("Add a result"),
             "workings": gettext_lazy("Add a step"), "measures": gettext_lazy("Add a value")}


@dataclass(frozen=True, slots=True)
class CellField:
    """One cell of a table in the form."""

    name: str
    value: str
    label: str
    wrong: str = ""
    carried: str = ""
    """What counts while the field is empty."""


@dataclass(frozen=True, slots=True)
class LineFields:
    """One row of a table in the form; ``carried`` is what goes along unseen."""

    number: int
    cells: Sequence[CellField]
    clauses: Sequence[CellField]
    carried: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A decision table in the form."""

    heads: Sequence[CellField]
    lines: Sequence[LineFields]
    policy: Field


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part in the form; with ``fields`` it is open."""

    key: str
    kind: str
    name: str
    label: str
    says: Sequence[str]
    place: str
    is_new: bool = False
    dropped: bool = False
    can_drop: bool = False
    has_above: bool = False
    can_table: bool = False
    fields: Sequence[Field] = ()
    grid: Grid | None = None
    base: str = ""
    carried: str = ""
    cites: str = ""


Wrongs = Mapping[str, str]
"""Id of a field -> what is wrong there."""


def says(row: Mapping[str, Any]) -> list[str]:
    """What a part says, a line for each row of a table."""
    if "table" in row:
        return [f"{', '.join(one['when'])} → {one['then']}" for one in row["table"]["rows"]]
    if "measure" in row:
        given = ", ".join(f"{name} = {value}" for name, value in (row.get("given") or {}).items())
        return [" ".join(filter(None, (row["measure"], row.get("subject", ""), given, row.get("day", ""))))]
    return [str(row.get("holds", row.get("is", "")))]


def label_of(row: Mapping[str, Any]) -> str:
    """The words of a part in the page's language, its name where it has none."""
    known = measures()
    if row.get("measure") in known:
        return words(known[row["measure"]].name)
    return words(Bilingual(str(row.get("zh") or ""), str(row.get("en") or ""))) or str(row.get("name") or "")


def groups(sheet: Sheet, now: Parts, above: Parts, said_by: Mapping[str, str],
           wrong: Wrongs) -> list[tuple[str, str, str, list[PartShown]]]:
    """Kind, heading, words of the button that adds one, and the parts: those there are and those added."""
    found = []
    for kind in KIND_WORDS:
        rows = [(str(row["name"]), dict(row)) for row in now.get(kind, ())]
        parts = [_shown(name, kind, row, sheet, now, above, said_by, wrong) for name, row in rows]
        added = [one for one in sheet.opened if one.kind == kind and one.key not in dict(rows)]
        parts += [_open(one, False, False, "", wrong) for one in added]
        found.append((kind, str(KIND_WORDS[kind]), str(ADD_WORDS[kind]), parts))
    return found


def _shown(name: str, kind: str, row: Row, sheet: Sheet, now: Parts, above: Parts, said_by: Mapping[str, str],
           wrong: Wrongs) -> PartShown:
    droppable, place = can_drop(name, now, above), said_by.get(name, "")
    inherited = by_name(above)
    has_above = name in inherited and dict(inherited[name][1]) != row
    one = sheet.find(name)
    if one is not None and name not in sheet.dropped:
        return _open(one, droppable, has_above, place, wrong)
    return PartShown(name, kind, name, label_of(row), says(row), place, dropped=name in sheet.dropped,
                     can_drop=droppable, has_above=has_above)


def _open(one: Opened, droppable: bool, has_above: bool, place: str, wrong: Wrongs) -> PartShown:
    row, name = one.row, str(one.row.get("name") or "")
    fields = _measure_fields(one, wrong) if one.kind == "measures" else _fields(one, wrong)
    carried = {key: value for key, value in row.items() if key in (*CARRIED, "options")}
    grid = _grid(one, wrong) if "table" in row else None
    if grid and row["table"].get("aggregation"):
        carried["aggregation"] = row["table"]["aggregation"]
    return PartShown(
        one.key, one.kind, name, label_of(row), says(row), place, is_new=one.key.startswith(NEW), can_drop=droppable,
        has_above=has_above, can_table=one.kind in ("workings", "results"), fields=fields, grid=grid,
        base=_json(one.base), carried=_json(carried), cites=_cites(row, one.base))


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) if row else ""


def _cites(row: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    """What a part cites where it brought a citation of its own."""
    cited = {name: row[name] for name in CITING if row.get(name)}
    if not cited or all(row.get(name, "") == base.get(name, "") for name in CITING):
        return ""
    clause = words(Bilingual(str(cited.get("clause_zh", "")), str(cited.get("clause_en", ""))))
    return " ".join(filter(None, (cited.get("document", ""), clause)))


def _field(one: Opened, name: str, label: str, value: object, wrong: Wrongs, **more: Any) -> Field:
    full = f"{one.key}.{name}"
    return Field(full, label, "" if value is None else str(value), wrong.get(full, ""), **more)


def _fields(one: Opened, wrong: Wrongs) -> list[Field]:
    row, fields = one.row, []
    if not one.base:
        fields.append(_field(one, "name", _("Name in expressions"), row.get("name"), wrong, hint=_(
            "Letters, digits and underscores")))
    fields += [_field(one, "zh", _("In Chinese"), row.get("zh"), wrong),
               _field(one, "en", _("In English"), row.get("en"), wrong)]
    if one.kind == "results":
        fields += [_field(one, "unit", _("Unit"), row.get("unit"), wrong, choices=_units(str(row.get("unit") or ""))),
                   _field(one, "bound", _("What places below may do"), row.get("bound"), wrong, choices=[
                       (code, words(label)) for code, label in BOUND_WORDS.items()]),
                   _field(one, "main", _("The main result"), "1" if row.get("main") else "", wrong, kind="check")]
    if one.kind == "workings":
        fields.append(_field(one, "type", _("It comes to"), row.get("type"), wrong, choices=[
            (code, words(label)) for code, label in TYPE_WORDS.items()]))
    if "table" not in row:
        fields.append(_field(one, "text", _("It holds where") if one.kind == "conditions" else _("It is worked out as"),
                             row.get("holds", row.get("is")), wrong, kind="textarea"))
    own = {name: "" if "mark" in row else row.get(name, "") for name in ("clause_zh", "clause_en")}
    return [*fields,
            _field(one, "clause_zh", _("Clause (Chinese), where it differs from the one above"), own["clause_zh"],
                   wrong),
            _field(one, "clause_en", _("Clause (English), where it differs from the one above"), own["clause_en"],
                   wrong)]


def _units(now: str) -> list[tuple[str, str]]:
    codes = dict.fromkeys([*UNITS, "date", "boolean", *filter(None, [now])])
    return [(code, words(unit_in_words(code)) or code) for code in codes]


def _measure_fields(one: Opened, wrong: Wrongs) -> list[Field]:
    row = one.row
    given = "\n".join(f"{name} = {value}" for name, value in (row.get("given") or {}).items())
    name = [] if one.base else [_field(one, "name", _("Name in expressions"), row.get("name"), wrong)]
    return [*name, _field(one, "measure", _("Measure"), row.get("measure"), wrong, choices=[
        ("", ""), *((code, words(each.name)) for code, each in measures().items())]),
        _field(one, "subject", _("Item or matter"), row.get("subject"), wrong, hint=_("* for none of them")),
        _field(one, "given", _("By: dimension = fact or value, one a line"), given, wrong, kind="textarea"),
        _field(one, "day", _("A fact that holds the day that counts"), row.get("day"), wrong)]


def _grid(one: Opened, wrong: Wrongs) -> Grid:
    table = one.row["table"]
    heads = [CellField(f"{one.key}.input", text, _("Column %(n)s asks") % {"n": place},
                       wrong.get(f"{one.key}.input.{place - 1}", "")) for place, text in enumerate(table["inputs"], 1)]
    lines = [_line(one.key, number, row, table["inputs"], wrong) for number, row in enumerate(table["rows"])]
    policy = _field(one, "policy", _("Which row counts"), table.get("policy") or "UNIQUE", wrong, choices=[
        (code, words(label)) for code, label in POLICY_WORDS.items()])
    return Grid(heads, lines, policy)


def _line(key: str, number: int, row: Mapping[str, Any], inputs: Sequence[str], wrong: Wrongs) -> LineFields:
    name, where = f"{key}.{number}", _("row %(n)s") % {"n": number + 1}
    cells = [CellField(f"{name}.{place}", text, f"{inputs[place]}, {where}", wrong.get(f"{name}.{place}", ""))
             for place, text in enumerate(row["when"])]
    cells.append(CellField(f"{name}.then", str(row["then"]), f"{_('Then')}, {where}", wrong.get(f"{name}.then", "")))
    clauses = [CellField(f"{name}.{field}", "" if "mark" in row else str(row.get(field) or ""), f"{label}, {where}",
                         carried=str(row.get(field) or "") if "mark" in row else "") for field, label in
               (("clause_zh", _("Clause (Chinese)")), ("clause_en", _("Clause (English)")))]
    return LineFields(number, cells, clauses, _json({field: row[field] for field in CITING if field in row}))


def person_fields(facts: Mapping[str, Fact], typed: Mapping[str, str]) -> list[Field]:
    """A field for each fact that the rule reads."""
    yes_no = [("", ""), ("true", _("yes")), ("false", _("no"))]
    fields = []
    for code, fact in facts.items():
        choices = yes_no if fact.type == "boolean" else [("", ""),
                                                         *((option, words(name)) for option, name in fact.options)] \
            if fact.options else ()
        fields.append(Field(f"fact.{code}", words(fact.label), typed.get(code, ""), choices=choices,
                            kind="date" if fact.type == "date" else "text",
                            hint=words(unit_in_words(fact.unit)) if fact.unit else ""))
    return fields
