"""Plans: load the programme, ask for a plan as it holds at a place, make a place's own plan under the one above."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.texts import storable, yaml_of
from jizhun.people.actions import allows, path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.planning.indicators import DIRECTIONS
from jizhun.planning.models import OwnPlan, PlanVersion
from jizhun.planning.rules.plan import (
    Change,
    Measure,
    Own,
    Plan,
    check_own,
    own_as_data,
    read_own,
    read_plan,
    still_own,
)
from jizhun.planning.rules.plan import under as put_under
from jizhun.regions.actions import tree

EDIT, REPORT = "plan.edit", "plan.report"
NATION = ("CN",)
LONGEST_REASON: Final = 2000


# -- asking ----------------------------------------------------------------------------------------


def plans(region: str, on: date | None = None) -> list[Plan]:
    """The plans that hold at a place, each as it was made for its top; those of the nearest period first."""
    path = path_to(region, on)
    return sorted((one for one in on_record() if one.region in path), key=lambda one: (one.until, one.code),
                  reverse=True)


def on_record() -> list[Plan]:
    """Every plan, of whichever place, as it was said last."""
    newest = {row.code: row.content for row in PlanVersion.objects.all()}
    return [read_plan(content, DIRECTIONS) for content in newest.values()]


class NoPlan(Refused):
    """There is no such plan; doors answer 404."""


def plan_of(code: str) -> Plan:
    """The plan of that code as it was made for its top; NoPlan where there is none."""
    row = PlanVersion.objects.filter(code=code).last()
    if row is None:
        raise NoPlan(zh=f"没有代码为“{code}”的规划。", en=f"There is no plan “{code}”.")
    return read_plan(row.content, DIRECTIONS)


def plan_at(code: str, region: str) -> Plan:
    """The plan as it holds at a place: the national one and what each place on the way down says under it."""
    plan = plan_of(code)
    path = path_to(region)
    if plan.region not in path:
        raise Refused(zh=f"规划“{plan.name.zh}”不适用于这个地区。",
                      en=f"The plan “{plan.name.en}” does not hold at this place.")
    for place in path[path.index(plan.region) + 1:]:
        plan = _with_own(plan, place)
    return plan


def _with_own(above: Plan, place: str) -> Plan:
    own = own_plan(above, place)
    return above if own is None else put_under(above, [still_own(above, own, DIRECTIONS)])


def own_row(code: str, place: str) -> OwnPlan | None:
    """The newest words of a place under a plan."""
    return OwnPlan.objects.filter(plan=code, region=place).last()


def own_plan(above: Plan, place: str) -> Own | None:
    """What a place says under the plan above, as it was said; None where it says nothing of its own."""
    row = own_row(above.code, place)
    return None if row is None else read_own(place, row.content, above)


def above_of(code: str, region: str) -> Plan:
    """The plan as it holds just above a place; Refused at its top, which has the plan itself."""
    plan, path = plan_of(code), path_to(region)
    if plan.region not in path or path[-1] == plan.region:
        raise Refused(zh="本级就是规划的制定者，没有上级规划。",
                      en="This place made the plan itself: there is none above it.")
    return plan_at(code, path[-2])


def may_edit(*, by: Actor, region: str) -> bool:
    """Whether somebody makes the plan of that place."""
    return allows(by=by, right=EDIT, path=path_to(region))


def may_report(*, by: Actor, region: str) -> bool:
    """Whether somebody reports facts for that place."""
    return allows(by=by, right=REPORT, path=path_to(region))


# -- acts ------------------------------------------------------------------------------------------


def load(*, by: Actor, file: Path) -> int:
    """The programme from reviewed data: a version of each plan that is new or has changed; returns how many."""
    require(by=by, right=EDIT, path=NATION)
    rows = yaml_of(file.read_bytes(), file.name)["plans"]
    with transaction.atomic():
        made = [code for code in map(lambda row: _loaded(by, row), rows) if code]
        if made:
            write_line(by=by, act="planning.load", subject=file.name, after={"plans": made})
    return len(made)


def _loaded(by: Actor, row: dict[str, Any]) -> str:
    """The code, where the plan was not there as it is."""
    plan, content = read_plan(row, DIRECTIONS), _plain(row)
    tree().known(plan.region)
    held = PlanVersion.objects.filter(code=plan.code).last()
    if held is not None and held.content == content:
        return ""
    PlanVersion.objects.create(code=plan.code, region=plan.region, content=content, by=by.username)
    return plan.code


def _plain(value: Any) -> Any:
    """Data with days as texts, as JSON keeps them."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def say_own(*, by: Actor, code: str, region: str, reason: str, changes: Sequence[Change] = (),
            added: Sequence[Measure] = (), seen: int | None = None) -> OwnPlan:
    """What a place says of some measures of the plan above, and measures it adds; all else it said stays.

    ``seen``: the row that the writer looked at; Refused where somebody else has written since, where something would
    fall behind the plan above, or where the period is over.
    """
    require(by=by, right=EDIT, path=path_to(region))
    above = above_of(code, region)
    if above.ended(timezone.localdate()):
        raise Refused(zh=f"“{above.name.zh}”已于 {above.until} 期满，不能再改。",
                      en=f"“{above.name.en}” ended on {above.until}: it is not changed any more.")
    text = storable(reason.strip())
    if not text or len(text) > LONGEST_REASON:
        raise Refused(zh="请说明理由（最多 2000 字）。", en="Say why, in 2000 characters at most.")
    with transaction.atomic():
        row = OwnPlan.objects.select_for_update().filter(plan=code, region=region).last()
        if seen is not None and seen != (row.pk if row else 0):
            raise Refused(zh="在您填写期间，本地规划已被他人修改，请重新查看。",
                          en="Somebody else has changed this place's plan since you opened it. Look at it again.")
        own = _merged(own_plan(above, region) or Own(region), changes, added, region)
        check_own(above, own, DIRECTIONS)
        made = OwnPlan.objects.create(plan=code, region=region, content=own_as_data(own), reason=text, by=by.username,
                                      simulated=tree().known(region).simulated)
        write_line(by=by, act="planning.own", subject=f"plan:{code}:{region}", reason=text,
                   before=row.content if row else None, after=made.content)
    return made


def _merged(own: Own, changes: Sequence[Change], added: Sequence[Measure], region: str) -> Own:
    said = {one.code: one for one in own.changes} | {one.code: one for one in changes}
    more = {one.code: one for one in own.added} | {one.code: replace(one, said_by=region) for one in added}
    return Own(region, tuple(said.values()), tuple(more.values()))
