"""What is supposed: values not in force, and parts of a rule said otherwise, for some regions and months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from jizhun.entitlements.dmn.model import Text
from jizhun.entitlements.feel.reading import read
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules.assembling import Rule, with_facts_read
from jizhun.entitlements.rules.book import Fact
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import months_later

Plain = Mapping[str, Any]
LONGEST = 36
"""Months that may be supposed at once."""
FIELDS = frozenset({"entitlement", "regions", "from", "months", "provisions", "changes", "name"})
CHANGE_FIELDS = frozenset({"part", "is", "drop"})


@dataclass(frozen=True, slots=True)
class PartChange:
    """A condition, working or result by name with another expression; None drops a condition."""

    part: str
    expression: str | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """``provisions`` are rows in the manner of the seeds; ``first`` is the first day of the first month."""

    entitlement: str
    regions: tuple[str, ...]
    first: date
    months: int
    provisions: tuple[Plain, ...] = ()
    changes: tuple[PartChange, ...] = ()
    name: str = ""

    @property
    def days(self) -> tuple[date, ...]:
        """The first day of each month."""
        return tuple(months_later(self.first, n) for n in range(self.months))


def read_scenario(row: Plain) -> Scenario:
    """A scenario from JSON or a form; raises Refused naming what is wrong."""
    if not isinstance(row, Mapping):
        raise Refused(zh="情景应是一组字段与值。", en="A scenario is a set of fields with values.")
    odd = sorted(str(name) for name in row if name not in FIELDS)
    if odd:
        raise Refused(zh=f"情景里没有“{odd[0]}”这一栏。", en=f"A scenario has no field “{odd[0]}”.")
    regions, months = _regions(row.get("regions")), row.get("months", 12)
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= LONGEST:
        raise Refused(zh=f"月数应在 1 到 {LONGEST} 之间。", en=f"The months must be from 1 to {LONGEST}.")
    scenario = Scenario(
        str(row.get("entitlement") or ""), regions, _month(row.get("from")), months,
        tuple({"from": _month(row.get("from")), **one} for one in _rows(row, "provisions")),
        tuple(map(_change, _rows(row, "changes"))), str(row.get("name") or ""))
    if scenario.days[-1].day != 1:
        raise Refused(zh="这些月份超出了历法的范围。", en="These months lie beyond the calendar.")
    if not scenario.provisions and not scenario.changes:
        raise Refused(zh="请说明假设什么：一条标准，或规则的一处改动。",
                      en="Say what is supposed: a value, or a change of the rule.")
    return scenario


def _regions(said: Any) -> tuple[str, ...]:
    """One code or a list of them; the nation where nothing is said."""
    if said is None or said == "":
        return ("CN",)
    codes = [said] if isinstance(said, (str, int)) else said
    if not isinstance(codes, (list, tuple)) or not codes or isinstance(said, bool) or \
            not all(isinstance(one, (str, int)) and one for one in codes):
        raise Refused(zh="“regions” 应是一列区划代码。", en="“regions” must be a list of region codes.")
    return tuple(dict.fromkeys(str(one) for one in codes))


def _month(value: Any) -> date:
    if value is None or value == "":
        raise Refused(zh="请写明第一个月，例如 2026-01。", en="Say the first month, like 2026-01.")
    try:
        text = f"{value}-01" if len(str(value)) == 7 else str(value)
        day = value if isinstance(value, date) else date.fromisoformat(text)
    except ValueError:
        raise Refused(zh=f"“{value}”不是月份，请写成 2026-01 的样子。",
                      en=f"“{value}” is not a month; write it like 2026-01.") from None
    return day.replace(day=1)


def _rows(row: Plain, name: str) -> Sequence[Plain]:
    rows = row.get(name) or ()
    if not isinstance(rows, (list, tuple)) or not all(isinstance(one, Mapping) for one in rows):
        raise Refused(zh=f"“{name}”应是一列。", en=f"“{name}” must be a list.")
    return rows


def _change(row: Plain) -> PartChange:
    part = str(row.get("part") or "")
    odd = sorted(str(name) for name in row if name not in CHANGE_FIELDS)
    if odd or not part or ("is" in row) == bool(row.get("drop")):
        raise Refused(zh="每处改动要写明 part，以及 is 或 drop 其中之一。",
                      en="Each change names its part, and either “is” or “drop”.")
    if row.get("drop"):
        return PartChange(part, None)
    said = row["is"]
    return PartChange(part, _expression(part, str(said).lower() if isinstance(said, bool) else str(said)))


def _expression(part: str, text: str) -> str:
    try:
        read(text)
    except Fault as fault:
        raise Refused(zh=f"{part} 第 {fault.at} 列：{fault.sentence.zh}",
                      en=f"{part}, column {fault.at}: {fault.sentence.en}") from None
    return text


def changed(rule: Rule, changes: Sequence[PartChange], facts: Mapping[str, Fact]) -> Rule:
    """The rule with parts said otherwise, where it has them; raises Refused for what cannot be said so of a part."""
    for change in changes:
        if rule.part(change.part) is not None:
            rule = _with(replace(rule, facts=facts), change)
    return with_facts_read(rule, facts)


def _with(rule: Rule, change: PartChange) -> Rule:
    text = change.expression
    if change.part in (one.name for one in rule.conditions):
        parts = (one if one.name != change.part else None if text is None else replace(one, holds=text)
                 for one in rule.conditions)
        return replace(rule, conditions=tuple(one for one in parts if one is not None))
    if text is not None and change.part in (one.name for one in rule.results):
        return replace(rule, results=tuple(one if one.name != change.part else replace(one, logic=Text(text))
                                           for one in rule.results))
    if text is not None and change.part in (one.name for one in rule.workings):
        return replace(rule, workings=tuple(one if one.name != change.part else replace(one, logic=Text(text))
                                            for one in rule.workings))
    raise Refused(zh=f"规则没有可以这样改的部分“{change.part}”。",
                  en=f"The rule has no part “{change.part}” that could be changed so.")
