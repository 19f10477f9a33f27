"""The days of a place's plans as a calendar: deadlines, milestones, the yearly check of the list."""

from collections.abc import Iterator
from datetime import date

from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.planning.actions.plans import plan_at, plans
from jizhun.planning.rules.calendar import Day
from jizhun.planning.rules.plan import Measure, Plan
from jizhun.regions.actions import tree

AHEAD = 30
DEADLINE, MILESTONE = Bilingual("期限", "Deadline"), Bilingual("节点", "Milestone")
END = Bilingual("规划期满", "The plan's period ends")


def days_of(*, region: str, on: date, language: str, site: str) -> list[Day]:
    """Every day of the plans that still run at the place; ``site``: the pages' address with its language."""
    level, found = tree().level(region), []
    for one in plans(region):
        if not one.ended(on):
            plan = plan_at(one.code, region)
            found += list(_of_plan(plan, region, level, language, site))
    return sorted(found, key=lambda day: (day.on, day.uid))


def _of_plan(plan: Plan, region: str, level: int, language: str, site: str) -> Iterator[Day]:
    def say(text: Bilingual) -> str:
        return text.in_language(language)

    place, name = tree().known(region).name, say(plan.name)
    yield Day(f"{plan.code}-{region}-end@jizhun", plan.until, f"{say(END)}{say(COLON)}{name}", say(place),
              f"{site}/planning/{plan.code}/?region={region}", say(END), AHEAD)
    for one in plan.at_level(level):
        address = f"{site}/planning/{plan.code}/{one.code}/?region={region}"
        text = _text(one, name, say(place), language)
        yield Day(f"{plan.code}-{region}-{one.code}-due@jizhun", one.due, f"{say(DEADLINE)}{say(COLON)}{say(one.name)}",
                  text, address, say(DEADLINE), AHEAD)
        for mark in one.milestones:
            yield Day(f"{plan.code}-{region}-{one.code}-{mark.on:%Y%m%d}@jizhun", mark.on,
                      f"{say(MILESTONE)}{say(COLON)}{say(one.name)} {mark.value:g}", text, address, say(MILESTONE),
                      AHEAD)


def _text(one: Measure, plan: str, place: str, language: str) -> str:
    return f"{plan}\n{place}\n{one.responsible.in_language(language)}"
