"""From the reviewable text of ``data/entitlements`` to rules. Every refusal says which file, entitlement and part."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from jizhun.entitlements.dmn.model import DecisionTable, InputClause, OutputClause, Row, Text
from jizhun.entitlements.feel.reading import read
from jizhun.entitlements.feel.tables import AGGREGATIONS, POLICIES
from jizhun.entitlements.feel.values import Fault, shortened
from jizhun.entitlements.rules.book import (
    Bound,
    Cited,
    Condition,
    Entitlements,
    Fact,
    FactType,
    Head,
    MeasureInput,
    Result,
    Version,
    Working,
)
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, parse_day

Plain = Mapping[str, Any]
MARKS = ("V", "V-repo", "D", "R", "SIM")
TYPES = ("number", "boolean", "choice", "date")
BOUNDS = ("raise", "at_most", "free")
PAYERS = ("unemployment_fund", "work_injury_fund", "pension_fund", "employment_subsidy_fund", "central", "local",
          "province", "city", "county", "employer", "none")

FACT_FIELDS = frozenset({"code", "type", "label_zh", "label_en", "question_zh", "question_en", "help_zh", "help_en",
                         "why_zh", "why_en", "unit", "low", "high", "decimals", "options"})
HEAD_FIELDS = frozenset({"code", "name_zh", "name_en", "subject", "place_role", "summary_zh", "summary_en", "kind",
                         "anchor", "payers", "payers_in", "layers", "life_event", "stale_after_months", "versions"})
VERSION_FIELDS = frozenset({"region", "from", "until", "conditions", "results", "workings", "measures", "repeals",
                            "new_from", "existing_until", "document", "mark", "source", "note_zh", "note_en",
                            "clause_zh", "clause_en"})
CITED_FIELDS = frozenset({"document", "clause_zh", "clause_en", "mark", "source", "note_zh", "note_en"})
CONDITION_FIELDS = CITED_FIELDS | {"name", "holds", "zh", "en"}
LOGIC_FIELDS = CITED_FIELDS | {"name", "zh", "en", "is", "table", "unit", "type", "bound", "main", "options", "none_zh",
                               "none_en"}
MEASURE_FIELDS = frozenset({"name", "measure", "subject", "given", "day"})
TABLE_FIELDS = frozenset({"policy", "aggregation", "inputs", "rows"})
ROW_FIELDS = CITED_FIELDS | {"when", "then"}


def wrong(where: str, zh: str, en: str) -> Refused:
    return Refused(zh=f"{where}：{zh}", en=f"{where}: {en}")


def read_fact(row: Plain) -> Fact:
    """A fact from one row of facts.yaml."""
    code = str(row.get("code") or "?")
    _only(row, FACT_FIELDS, code)
    kind = str(_needed(row, "type", code))
    if kind not in TYPES:
        raise wrong(code, f"没有类型“{kind}”。", f"there is no type “{kind}”.")
    if kind == "choice" and not row.get("options"):
        raise wrong(code, "选择题没有选项。", "a choice without options.")
    _name(code, code)
    return Fact(
        code, cast(FactType, kind), _words(row, "label", code), _words(row, "question", code),
        _words(row, "help", code, False), _words(row, "why", code, False), str(row.get("unit") or ""),
        _whole(row, "low", code), _whole(row, "high", code), _whole(row, "decimals", code) or 0,
        tuple((str(_needed(one, "code", code)), Bilingual(_needed(one, "zh", code), _needed(one, "en", code)))
              for one in row.get("options") or ()))


def read_entitlement(row: Plain, facts: Mapping[str, Fact]) -> tuple[Head, tuple[Version, ...]]:
    """An entitlement with its versions; expressions are read here, so that a wrong one is refused with its column."""
    code = str(row.get("code") or "?")
    _only(row, HEAD_FIELDS, code)
    _name(code, code)
    anchor = str(row.get("anchor") or "")
    if anchor and (anchor not in facts or facts[anchor].type != "date"):
        raise wrong(code, f"“{anchor}”不是日期类的事实。", f"“{anchor}” is no fact that is a date.")
    head = Head(
        code, _words(row, "name", code), str(_needed(row, "subject", code)), str(_needed(row, "place_role", code)),
        _words(row, "summary", code), str(row.get("kind") or "money"), anchor, _payers(row, code),
        tuple((str(region), _payers({"payers": shares}, code)) for region,
              shares in (row.get("payers_in") or {}).items()),
        str(row.get("layers") or ""),
        str(row.get("life_event") or ""), _whole(row, "stale_after_months", code) or 0)
    versions = tuple(_version(code, one, n, facts) for n, one in enumerate(_rows(row, "versions", code)))
    odd = next((one for one in versions if one.new_from is not None and not anchor), None)
    if odd is not None:
        raise wrong(f"{code} {odd.place} {odd.valid_from}", "这项待遇没有区分新办与原有的日期（anchor）。",
                    "this benefit has no day (anchor) that tells new cases from existing ones.")
    return head, versions


def _payers(row: Plain, where: str) -> tuple[tuple[str, int], ...]:
    payers = tuple((str(payer), int(share)) for payer, share in (row.get("payers") or {}).items())
    odd = [payer for payer, _ in payers if payer not in PAYERS]
    if odd or (payers and sum(share for _, share in payers) != 100):
        raise wrong(where, "付款方不认识，或份额加起来不是 100。",
                    "a payer is not known, or the shares do not add up to 100.")
    return payers


def _version(code: str, row: Plain, order: int, facts: Mapping[str, Fact]) -> Version:
    region, first = str(row.get("region") or "?"), row.get("from")
    where = f"{code} {region} {first}"
    _only(row, VERSION_FIELDS, where)
    above = {name: row[name] for name in CITED_FIELDS if name in row}
    version = Version(
        code, region, _day(_needed(row, "from", where)), _day(row.get("until") or FAR),
        conditions=tuple(_condition(one, above, where) for one in _rows(row, "conditions", where)),
        results=tuple(_result(one, above, where) for one in _rows(row, "results", where)),
        workings=tuple(_working(one, above, where) for one in _rows(row, "workings", where)),
        measures=tuple(_measure(one, where, facts) for one in _rows(row, "measures", where)),
        repeals=tuple(map(str, row.get("repeals") or ())),
        new_from=_day(row["new_from"]) if row.get("new_from") else None,
        existing_until=_day(row.get("existing_until") or FAR), order=order,
        note=_words(row, "note", where, False))
    if version.valid_until < version.valid_from:
        raise wrong(where, "最后一天早于第一天。", "the last day is before the first.")
    if version.new_from is None and version.existing_until != FAR:
        raise wrong(where, "写了原有至何日，就要写新办自何日。",
                    "until when existing cases keep the old version needs the day that new cases begin.")
    if version.new_from is not None and version.existing_until < version.valid_from:
        raise wrong(where, "原有情形的最后一天早于生效日。", "the last day of existing cases is before the first day.")
    parts: tuple[Condition | Result | Working | MeasureInput, ...] = (
        *version.conditions, *version.results, *version.workings, *version.measures)
    names = [one.name for one in parts]
    twice = next((name for name in names if names.count(name) > 1 or name in facts), "")
    if twice:
        raise wrong(where, f"名称“{twice}”用了两次。", f"the name “{twice}” is used twice.")
    return version


def _condition(row: Plain, above: Plain, where: str) -> Condition:
    name = _name(_needed(row, "name", where), where)
    where = f"{where} {name}"
    _only(row, CONDITION_FIELDS, where)
    return Condition(name, _expression(row, "holds", where), _said(row, where), _cited(row, above))


def _working(row: Plain, above: Plain, where: str) -> Working:
    name = _name(_needed(row, "name", where), where)
    where = f"{where} {name}"
    _only(row, LOGIC_FIELDS, where)
    return Working(name, _logic(row, where), str(row.get("type") or "number"), _said(row, where), _cited(row, above),
                   _per_row(row, above))


def _result(row: Plain, above: Plain, where: str) -> Result:
    name = _name(_needed(row, "name", where), where)
    where = f"{where} {name}"
    _only(row, LOGIC_FIELDS, where)
    bound = str(row.get("bound") or "raise")
    if bound not in BOUNDS:
        raise wrong(where, f"没有“{bound}”这种界限。", f"there is no bound “{bound}”.")
    return Result(name, _logic(row, where), str(_needed(row, "unit", where)), _said(row, where), _cited(row, above),
                  cast(Bound, bound), bool(row.get("main", False)), _per_row(row, above),
                  tuple((str(one["code"]), Bilingual(one["zh"], one["en"])) for one in row.get("options") or ()),
                  _words(row, "none", where, bool(row.get("none_zh") or row.get("none_en"))))


def _per_row(row: Plain, above: Plain) -> dict[int, Cited]:
    """The citations of those rows of a table that have their own."""
    rows = (row.get("table") or {}).get("rows") or ()
    return {n: _cited(one, {**above, **_citing(row)}) for n, one in enumerate(rows) if _citing(one)}


def _citing(row: Plain) -> dict[str, Any]:
    return {name: row[name] for name in CITED_FIELDS if name in row}


def _cited(row: Plain, above: Plain) -> Cited:
    said = {**above, **_citing(row)}
    mark = str(said.get("mark") or "R")
    if mark not in MARKS:
        raise wrong(str(said.get("document")), f"没有标记“{mark}”。", f"there is no mark “{mark}”.")
    return Cited(str(said.get("document") or ""), _pair(said, "clause"), mark, str(said.get("source") or ""),
                 _pair(said, "note"))


def _pair(row: Plain, name: str) -> Bilingual:
    return Bilingual(str(row.get(f"{name}_zh") or ""), str(row.get(f"{name}_en") or ""))


def _logic(row: Plain, where: str) -> Text | DecisionTable:
    if ("is" in row) == ("table" in row):
        raise wrong(where, "应有 is 或 table 其中之一。", "exactly one of “is” and “table” is wanted.")
    return Text(_expression(row, "is", where)) if "is" in row else _table(row["table"], where)


def _table(row: Any, where: str) -> DecisionTable:
    """``inputs`` are expressions; each row has ``when``, a cell per input, and ``then``."""
    if not isinstance(row, Mapping):
        raise wrong(where, "table 应有 inputs 和 rows。", "a table has “inputs” and “rows”.")
    _only(row, TABLE_FIELDS, where)
    policy, aggregation = str(row.get("policy") or "UNIQUE"), str(row.get("aggregation") or "")
    if policy not in POLICIES or (aggregation and aggregation not in {*AGGREGATIONS, "COUNT"}):
        raise wrong(where, f"没有命中策略“{policy} {aggregation}”。",
                    f"there is no hit policy “{policy} {aggregation}”.")
    inputs = [str(one) for one in row.get("inputs") or ()]
    rows = []
    for number, one in enumerate(_rows(row, "rows", where), 1):
        _only(one, ROW_FIELDS, f"{where} {number}")
        when = _needed(one, "when", f"{where} {number}")
        cells = [_cell(cell) for cell in (when if isinstance(when, list) else [when])]
        if len(cells) != len(inputs):
            raise wrong(f"{where} {number}", f"有 {len(cells)} 个条件，应有 {len(inputs)} 个。",
                        f"{len(cells)} conditions where there are {len(inputs)} inputs.")
        rows.append(Row(tuple(cells), (_cell(_needed(one, "then", f"{where} {number}")),),
                        clause=" ".join(filter(None,
                                               (str(one.get("document") or ""), str(one.get("clause_zh") or ""))))))
    return DecisionTable(tuple(map(InputClause, inputs)), (OutputClause(),), tuple(rows), policy, aggregation)


def _cell(value: Any) -> str:
    """A cell of YAML as FEEL: 12 and true as they are, text as written (``"a"`` in quotes is a constant)."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _measure(row: Plain, where: str, facts: Mapping[str, Fact]) -> MeasureInput:
    name = _name(_needed(row, "name", where), where)
    _only(row, MEASURE_FIELDS, f"{where} {name}")
    on = str(row.get("day") or "")  # not “on”, which YAML takes for true
    if on and (on not in facts or facts[on].type != "date"):
        raise wrong(f"{where} {name}", f"“{on}”不是日期类的事实。", f"“{on}” is no fact that is a date.")
    given = tuple((str(key), str(value)) for key, value in (row.get("given") or {}).items())
    return MeasureInput(name, str(_needed(row, "measure", where)), str(row.get("subject") or "*"), given, on)


def _expression(row: Plain, field: str, where: str) -> str:
    """The text of an expression, read once so that it is refused here if it cannot be."""
    text = _cell(_needed(row, field, where))
    try:
        read(text)
    except Fault as fault:
        said = shortened(text)
        raise Refused(zh=f"{where}，第 {fault.at} 列“{said}”：{fault.sentence.zh}",
                      en=f"{where}, column {fault.at} “{said}”: {fault.sentence.en}") from None
    return text


def read_all(facts: Iterable[Plain], entitlements: Iterable[Plain]) -> Entitlements:
    """Everything, from the rows of facts.yaml and of the entitlement files."""
    known = {fact.code: fact for fact in map(read_fact, facts)}
    heads: dict[str, Head] = {}
    versions: dict[str, tuple[Version, ...]] = {}
    for row in entitlements:
        head, said = read_entitlement(row, known)
        if head.code in heads:
            raise wrong(head.code, "同一代码写了两次。", "the code is used twice.")
        heads[head.code] = head
        versions[head.code] = tuple(sorted(said, key=lambda one: (one.valid_from, one.order)))
    return Entitlements(known, heads, versions)


def spelled_out(entitlements: Iterable[Plain], shared: Iterable[Plain]) -> list[dict[str, Any]]:
    """The rows with the workings that their versions share (``uses``) written into them.

    ``shared`` are the rows of shared.yaml, each a name (``use``) with its ``workings``. Raises Refused for a name that
    is not there.
    """
    known = {str(_needed(one, "use", "shared")): _rows(one, "workings", str(one.get("use"))) for one in shared}
    return [{**row, "versions": [_with_shared(str(row.get("code")), one, known) for one in _rows(row, "versions", "?")]}
            for row in entitlements]


def _with_shared(code: str, version: Plain, known: Mapping[str, list[Plain]]) -> Plain:
    uses = [str(one) for one in version.get("uses") or ()]
    odd = next((one for one in uses if one not in known), "")
    if odd:
        raise wrong(f"{code} {version.get('region')}", f"没有名为“{odd}”的共用步骤。",
                    f"there are no shared workings “{odd}”.")
    if not uses:
        return version
    workings = [working for one in uses for working in known[one]]
    return {**{name: value for name, value in version.items() if name != "uses"},
            "workings": [*workings, *_rows(version, "workings", code)]}


# -- small parts


def _only(row: Plain, known: frozenset[str], where: str) -> None:
    odd = sorted(str(name) for name in row if name not in known)
    if odd:
        raise wrong(where, f"没有“{odd[0]}”这一栏。", f"there is no field “{odd[0]}”.")


def _needed(row: Plain, name: str, where: str) -> Any:
    value = row.get(name)
    if value is None or value == "":
        raise wrong(where, f"缺少“{name}”。", f"“{name}” is missing.")
    return value


def _rows(row: Plain, name: str, where: str) -> list[Plain]:
    rows = row.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        raise wrong(where, f"“{name}”应是一列。", f"“{name}” must be a list.")
    return rows


def _words(row: Plain, name: str, where: str, needed: bool = True) -> Bilingual:
    words = _pair(row, name)
    if needed and not (words.zh and words.en):
        raise wrong(where, f"“{name}”要有中文和英文。", f"“{name}” is wanted in Chinese and English.")
    return words


def _said(row: Plain, where: str) -> Bilingual:
    return Bilingual(str(_needed(row, "zh", where)), str(_needed(row, "en", where)))


def _whole(row: Plain, name: str, where: str) -> int | None:
    value = row.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise wrong(where, f"“{name}”应是整数。", f"“{name}” must be a whole number.")


def _name(value: Any, where: str) -> str:
    name = str(value)
    if not name.isidentifier() or not name.isascii():
        raise wrong(where, f"名称“{name}”只能用字母、数字和下划线。",
                    f"the name “{name}” may hold letters, digits and underscores only.")
    return name


def _day(value: Any) -> date:
    return value if isinstance(value, date) else parse_day(str(value))


__all__ = ["read_all", "read_entitlement", "read_fact", "spelled_out"]
