"""From the reviewable text of ``data/provisions`` to facts, and back to text for storage.

The same reading serves seeds, packages, tests and the workbench. Every refusal says which row.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR, parse_day
from jizhun.provisions.rules.book import SLOTS, Assignment, Paper, Say
from jizhun.provisions.rules.values import (
    ROUNDINGS,
    Band,
    Direction,
    Formula,
    Measure,
    Row,
    Said,
    Span,
    Table,
    Tiered,
)

Plain = Mapping[str, Any]
MARKS = ("V", "V-repo", "D", "R", "SIM")
DIRECTIONS: tuple[Direction, ...] = ("higher", "lower", "superset", "subset", "none")
KINDS = ("process", "quality", "benefit", "parameter")
ENFORCED = ("limit", "flag")
LARGEST = Decimal(10) ** 12
FINEST = -8
"""Beyond a million millions, or finer than the eighth digit after the point, a number is a slip of the pen."""
MEASURE_FIELDS = frozenset({"code", "name_zh", "name_en", "unit", "kind", "direction", "anchor", "place_role",
                            "first_day_counts", "cut_off", "expected_every", "expected_by"})
SAY_FIELDS = frozenset({
    "subject", "measure", "region", "group", "modality", "value", "unit", "from", "until", "document", "clause_zh",
    "clause_en", "recorded", "enforce", "applies_to_new_from", "existing_until", "by", "assessment", "mark",
    "source", "note_zh", "note_en", "locks_below"})


def read_measure(row: Plain) -> Measure:
    """A measure from one row of measures.yaml; raises Refused naming what is wrong."""
    where = str(row.get("code") or "?")
    _only_known(row, where, MEASURE_FIELDS)
    for name in ("code", "unit", "name_zh", "name_en", "direction", "kind"):
        _required(row, name, where)
    code, unit, name_zh, name_en, direction, kind = (
        _word(row, name, where) for name in ("code", "unit", "name_zh", "name_en", "direction", "kind"))
    if direction not in DIRECTIONS:
        raise _wrong(where, "direction", direction)
    if kind not in KINDS:
        raise _wrong(where, "kind", kind)
    cut_off = row.get("cut_off")
    if cut_off is not None and cut_off not in range(24):
        raise _wrong(where, "cut_off", cut_off)
    every = row.get("expected_every")
    if every is not None and (type(every) is not int or not 1 <= every <= 1200):
        raise _wrong(where, "expected_every", every)
    if every is not None:
        _required(row, "expected_by", where)  # who claims it must say which paper does
    anchor, role = _word(row, "anchor", where, "accepted"), _word(row, "place_role", where, "accepting_office")
    return Measure(code, Bilingual(name_zh, name_en), unit, kind, direction, anchor, role,
                   bool(row.get("first_day_counts", False)), cut_off, every, _word(row, "expected_by", where))


def read_paper(row: Plain) -> Paper:
    """A document from one row of ``documents``."""
    code = str(row.get("id") or "?")
    return Paper(code, Bilingual(_required(row, "title_zh", code), row.get("title_en") or ""),
                 str(row.get("number") or ""), row.get("kind", "notice"),
                 Bilingual(row.get("issuer_zh") or "", row.get("issuer_en") or ""),
                 _day(row.get("published_on"), None, code), row.get("source") or "", _mark(row, code))


def read_say(row: Plain, papers: Mapping[str, Paper], *, recorded_on: date = BEGINNING, order: int = 0) -> Say:
    """A provision from one row of ``provisions``; raises Refused naming the row and the field."""
    where = f"{row.get('subject')}/{row.get('measure')}/{row.get('region')} {row.get('from')}"
    _only_known(row, where, SAY_FIELDS)
    modality = _word(row, "modality", where, "floor")
    if modality not in SLOTS:
        raise _wrong(where, "modality", modality)
    if _word(row, "enforce", where, "limit") not in ENFORCED:
        raise _wrong(where, "enforce", row["enforce"])
    paper = papers.get(str(row.get("document")))
    if row.get("document") and paper is None:
        raise _wrong(where, "document", row["document"])
    for name in ("measure", "region"):
        _required(row, name, where)
    first, last = _day(_required(row, "from", where), None, where), _day(row.get("until"), FAR, where)
    if first is None or last is None or last < first:
        raise _wrong(where, "until", row.get("until"))
    return Say(
        subject=_word(row, "subject", where, "*"), measure=_word(row, "measure", where),
        place=_word(row, "region", where), group=_word(row, "group", where, "all"), modality=modality,
        value=read_value(row.get("value"), where), unit=_word(row, "unit", where),
        valid_from=first, lapses_on=last, paper=paper,
        clause=Bilingual(row.get("clause_zh") or "", row.get("clause_en") or ""),
        recorded_on=_day(row.get("recorded"), recorded_on, where) or recorded_on, order=order,
        enforce=row.get("enforce", "limit"),
        applies_to_new_from=_day(row.get("applies_to_new_from"), None, where),
        existing_until=_day(row.get("existing_until"), FAR, where) or FAR,
        reach_by=_day(row.get("by"), None, where), assessment=row.get("assessment") or "",
        mark=_mark(row, where), source=row.get("source") or "",
        note=Bilingual(row.get("note_zh") or "", row.get("note_en") or ""))


def read_assignment(row: Plain, *, recorded_on: date = BEGINNING) -> Assignment:
    """One place's tier from one row of ``tiers``."""
    where = f"tiers {row.get('scheme')}/{row.get('region')}"
    return Assignment(_required(row, "scheme", where), str(_required(row, "region", where)),
                      _tiers(_required(row, "tier", where)), _day(row.get("from"), BEGINNING, where) or BEGINNING,
                      _day(row.get("until"), FAR, where) or FAR,
                      _day(row.get("recorded"), recorded_on, where) or recorded_on)


def _tiers(tier: Any) -> str:
    return "|".join(map(str, tier)) if isinstance(tier, list) else str(tier)


def read_value(value: Any, where: str = "") -> Said:
    """A value as said: number, ``nothing``, or one of set, text, formula, tiers, table, band; Refused otherwise."""
    try:
        return _value(value, where)
    except (AttributeError, KeyError, TypeError, ValueError):  # a part is missing or of another shape
        raise _wrong(where, "value", value) from None


def _value(value: Any, where: str) -> Said:
    if value is None or value == "nothing":
        return None
    if isinstance(value, bool):
        raise _wrong(where, "value", value)
    if isinstance(value, int | float | str | Decimal):
        return _amount(value, where)
    if "set" in value:
        return frozenset(str(x) for x in _listed(value["set"], where))
    if "text_zh" in value:
        return Bilingual(value["text_zh"], value.get("text_en") or "")
    return _composed(value, where)


def _composed(value: Plain, where: str) -> Said:
    if "formula" in value:
        return _formula(value["formula"], where)
    if "tiers" in value:
        tiers = value["tiers"]
        return Tiered(tiers["scheme"], tuple((str(t), _amount(v, where)) for t, v in tiers["values"].items()))
    if "band" in value:
        low, high = (read_value(end, where) for end in value["band"])
        band = Band(_end(low, where), _end(high, where))
        if isinstance(band.low, Decimal) and isinstance(band.high, Decimal) and band.high < band.low:
            raise _wrong(where, "value", value["band"])
        return band
    if "table" in value:
        return _table(value["table"], where)
    raise _wrong(where, "value", dict(value))


def _end(value: Said, where: str) -> Decimal | Formula | None:
    if value is None or isinstance(value, Decimal | Formula):
        return value
    raise _wrong(where, "value", value)


def _formula(row: Plain, where: str) -> Formula:
    rounding = row.get("round") or {}
    mode = rounding.get("mode", "half_up")
    if mode not in ROUNDINGS:
        raise _wrong(where, "round", mode)
    to = _number(rounding["to"], where) if rounding else None
    if to is not None and to <= 0:
        raise _wrong(where, "round", to)
    given = tuple((str(k), str(v)) for k, v in (row.get("given") or {}).items())
    return Formula(_number(row.get("times", 1), where), _operand(row["of"], where) or Decimal(0),
                   _number(row.get("plus", 0), where), _operand(row.get("at_least"), where),
                   _operand(row.get("at_most"), where), to, mode, given)


def _operand(value: Any, where: str) -> Decimal | str | None:
    if value is None:
        return None
    if isinstance(value, str) and value[:1].isalpha():
        return value
    return _number(value, where)


def _table(table: Plain, where: str) -> Table:
    over = tuple(map(str, _listed(table["over"], where)))
    return Table(over, tuple(_row(row, over, where) for row in table["rows"]))


def _row(row: Plain, over: tuple[str, ...], where: str) -> Row:
    conditions = tuple((name, _condition(row[name])) for name in over if name in row)
    value = read_value(row["value"], where)
    if not isinstance(value, Decimal | Formula):
        raise _wrong(where, "value", row["value"])
    return Row(conditions, value)


def _condition(value: Any) -> Span | str:
    if isinstance(value, list | tuple):
        low, high = value
        if not all(end is None or type(end) is int for end in (low, high)):
            raise ValueError("the ends of a span are whole numbers")
        return Span(low, high)
    return Span(value, value) if isinstance(value, int) else str(value)


def _listed(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise _wrong(where, "value", value)
    return value


def _number(value: Any, where: str) -> Decimal:
    try:
        number = Decimal(str(value))
        odd = not number.is_finite() or abs(number) >= LARGEST or int(number.normalize().as_tuple().exponent) < FINEST
    except (InvalidOperation, Overflow):  # 1e999999999 is read, and too large to be compared
        raise _wrong(where, "value", value) from None
    if odd:
        raise _wrong(where, "value", value)
    return number


def _amount(value: Any, where: str) -> Decimal:
    """A number that can be promised: nobody is promised less than nothing."""
    number = _number(value, where)
    if number < 0:
        raise _wrong(where, "value", value)
    return number


def _day(value: Any, otherwise: date | None, where: str) -> date | None:
    if value is None:
        return otherwise
    if type(value) is date:
        return value
    try:
        return parse_day(str(value))
    except Refused as refused:
        raise Refused(zh=f"{where}：{refused.sentence.zh}", en=f"{where}: {refused.sentence.en}") from None


def _mark(row: Plain, where: str) -> str:
    mark = row.get("mark", "R")
    if mark not in MARKS:
        raise _wrong(where, "mark", mark)
    return str(mark)


def _required(row: Plain, name: str, where: str) -> Any:
    if row.get(name) in (None, ""):
        raise Refused(zh=f"{where}：缺少“{name}”。", en=f"{where}: “{name}” is missing.")
    return row[name]


def _word(row: Plain, name: str, where: str, default: str = "") -> str:
    """A text; a number counts as one, a list or a day does not."""
    value = row.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _wrong(where, name, value)
    return str(value)


def _only_known(row: Plain, where: str, known: frozenset[str]) -> None:
    for name in sorted(map(str, set(row) - known)):
        raise Refused(zh=f"{where}：没有名为“{name}”的字段。", en=f"{where}: there is no field “{name}”.")


def _wrong(where: str, name: str, value: object) -> Refused:
    return Refused(zh=f"{where}：“{name}”不能是“{value}”。", en=f"{where}: “{name}” cannot be “{value}”.")


def plain_value(value: Said) -> Any:
    """A value as plain JSON data, such that ``read_value(plain_value(v)) == v``."""
    match value:
        case None:
            return None
        case Decimal():
            return str(value)
        case frozenset():
            return {"set": sorted(value)}
        case Bilingual():
            return {"text_zh": value.zh, "text_en": value.en}
        case Formula():
            return {"formula": _plain_formula(value)}
        case Tiered():
            return {"tiers": {"scheme": value.scheme, "values": {t: str(v) for t, v in value.values}}}
        case Band():
            return {"band": [plain_value(value.low), plain_value(value.high)]}
        case Table():
            rows = [{**{n: _plain_condition(c) for n, c in row.conditions}, "value": plain_value(row.value)}
                    for row in value.rows]
            return {"table": {"over": list(value.over), "rows": rows}}


def _plain_condition(condition: Span | str) -> list[int | None] | str:
    return condition if isinstance(condition, str) else list(condition)


def _plain_formula(formula: Formula) -> dict[str, Any]:
    plain: dict[str, Any] = {"times": str(formula.times), "of": _plain_operand(formula.of),
                             "plus": str(formula.plus), "at_least": _plain_operand(formula.at_least),
                             "at_most": _plain_operand(formula.at_most)}
    if formula.round_to is not None:
        plain["round"] = {"to": str(formula.round_to), "mode": formula.round_mode}
    if formula.given:
        plain["given"] = dict(formula.given)
    return plain


def _plain_operand(operand: Decimal | str | None) -> str | None:
    return str(operand) if isinstance(operand, Decimal) else operand
