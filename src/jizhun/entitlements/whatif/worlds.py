"""The rules and values in force on one side of a scenario, and what of a rule can be counted for a population."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from jizhun.entitlements.rules.assembling import Rule
from jizhun.entitlements.rules.book import MeasureInput, Result
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules import Answer

Asked = Callable[[MeasureInput, str, date, Mapping[str, object]], Answer]
"""(measure, region, day, facts) -> the answer of the as-of engine."""
RuleAt = Callable[[str, date, date | None], Rule | None]
"""(region, day, a day of the cohort that it is asked for; None where there are none) -> the rule."""
MONEY = ("CNY/month", "CNY", "CNY/year")


@dataclass(frozen=True, slots=True)
class World:
    """The rules and values in force, as they are or as they are supposed to be."""

    rule_at: RuleAt
    asked: Asked


def main_result(rule: Rule) -> Result:
    """The amount of money that a rule comes to; raises Refused where it is no money."""
    money = [one for one in rule.results if one.unit in MONEY]
    chosen = next((one for one in money if one.main), money[0] if money else None)
    if chosen is None:
        raise Refused(zh=f"“{rule.head.name.zh}”不是金额，不能测算费用。",
                      en=f"“{rule.head.name.en}” is no amount of money: it has no cost.")
    return chosen


def refuse_own_days(rule: Rule) -> None:
    """Refused where a value counts of a day of each person's own: a population has the asked day only."""
    for one in rule.measures:
        if one.on:
            label = rule.facts[one.on].label
            raise Refused(zh=f"“{rule.head.name.zh}”按各人的“{label.zh}”取标准，不能按人群测算。",
                          en=f"“{rule.head.name.en}” takes a value of each person's own day ({label.en}): "
                             "it cannot be counted for a population.")
