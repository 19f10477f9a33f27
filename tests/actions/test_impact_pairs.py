"""Each kind of change over each kind of dependant that it can touch, planted one by one."""

from collections.abc import Callable
from functools import partial

import pytest

import touched as made
from jizhun.impact.actions import DEPENDANTS, look
from jizhun.impact.rules.kinds import KINDS, Change

pytestmark = pytest.mark.usefixtures("world", "db")
LEARNED = {"question": made.asked, "unit": made.unit, "certificate": made.certificate}


def learned(of: made.Named, but: tuple[str, ...] = ()) -> dict[str, Callable[[], str]]:
    return {name: partial(plant, of) for name, plant in LEARNED.items() if name not in but}


SERVICE = {"value": made.value, "guide": made.guide, "procedure": made.own_steps, "guide_draft": made.being_written,
           "rule": made.rule_of_the_county, "standard": made.serving_standard, "system": made.serving_line,
           "draft": made.serving_draft, "finding": made.finding, "recognition": made.recognition,
           "arrangement": made.arrangement, "practice": made.practice, **LEARNED}
PAIRS: dict[Callable[[], Change], dict[str, Callable[[], str]]] = {
    made.provision: {
        "value": made.value, "guide": made.guide, "procedure": made.own_steps, "guide_draft": made.being_written,
        "rule": made.rule_that_reads, "standard": made.proposing_standard, "draft": made.proposing_draft,
        "finding": made.finding, "arrangement": made.arrangement, "joint": made.joint_standard, **LEARNED},
    made.fewer_materials: {"guide": made.noting_materials, "recognition": made.recognition},
    made.backdated: {"publication": made.publication, "sheet": made.assessment},
    made.lapse: {"rule": made.rule_by_the_paper, "recognition": made.recognition_by_the_paper, "finding": made.finding,
                 "arrangement": made.arrangement, "joint": made.joint_standard, "draft": made.proposing_draft,
                 "standard": made.proposing_standard, "guide_draft": made.being_written, **LEARNED},
    made.withdrawal: {"guide": made.quoting_the_standard, "standard": made.standard, "system": made.filled_line,
                      "draft": made.citing_draft, "joint": made.joint_of_the_one_that_goes,
                      "practice": made.practice_of_the_standard, **learned(made.OF_CLAUSE)},
    made.reworded: {"standard": made.standard, "draft": made.citing_draft, **learned(made.OF_CLAUSE)},
    made.revision: {"guide": made.quoting_the_standard, "standard": made.standard, "system": made.filled_line,
                    "draft": made.citing_draft, "joint": made.joint_of_the_one_that_goes,
                    "practice": made.practice_of_the_standard, **learned(made.OF_CLAUSE)},
    made.edition: SERVICE,
    made.matter: SERVICE,
    made.guide_above: {"guide": made.guide, "guide_draft": made.being_written,
                       **learned(made.OF_FIELD, but=("certificate",))},
    made.steps_above: {"procedure": made.own_steps, "guide_draft": made.steps_being_written, **learned(made.OF_STEPS)},
    made.rule: {"rule": made.rule_of_the_county, **learned(made.OF_RULE)},
    made.measure: {"value": made.value, "rule": made.rule_that_reads, "standard": made.proposing_standard,
                   "draft": made.proposing_draft, "publication": made.publication, "finding": made.finding,
                   "sheet": made.sheet, "arrangement": made.arrangement, "joint": made.joint_standard, **LEARNED},
    made.place: {"value": made.value, "guide": made.guide, "procedure": made.own_steps,
                 "guide_draft": made.being_written, "rule": made.rule_of_the_county,
                 "standard": made.standard_of_the_county, "system": made.line, "draft": made.draft_of_the_county,
                 "finding": made.finding, "recognition": made.recognition, "arrangement": made.arrangement,
                 "joint": made.joint_standard, "area": made.member, "role": made.role, "pilot": made.pilot,
                 **LEARNED},
    made.day_off: {"publication": made.publication, "finding": made.finding, "sheet": made.assessment}}
EVERY = [pytest.param(change, dependant, plant, id=f"{change.__name__}-{dependant}")
         for change, plants in PAIRS.items() for dependant, plant in plants.items()]
FIRST = (made.lapse, made.edition)
"""Changes that put something on record themselves, before whatever rests on it."""


def keys(change: Change, dependant: str) -> set[str]:
    """What is found of a kind; where the key names a matter or a rule, only the county's."""
    hits = [one for one in look(change).hits if one.dependant == dependant]
    if dependant in OF_A_PLACE:
        hits = [one for one in hits if one.place == made.COUNTY]
    return {one.place if dependant == "value" else one.key for one in hits}


OF_A_PLACE = ("value", "guide", "procedure", "rule")


@pytest.mark.parametrize(("change", "dependant", "plant"), EVERY)
def test_a_planted_dependant_is_found(change, dependant, plant):
    made.gone_standard()
    meant = change() if change in FIRST else None
    if dependant in OF_A_PLACE:
        assert keys(meant or change(), dependant) == set()
    key = plant()
    assert key in keys(meant or change(), dependant)


def test_every_kind_of_change_and_of_dependant_is_planted():
    assert {change.__name__ for change in PAIRS}
    assert {name for plants in PAIRS.values() for name in plants} == set(DEPENDANTS)
    made.gone_standard()
    assert {change().kind for change in PAIRS} == set(KINDS)


PLANTED = [made.value, made.guide, made.own_steps, made.being_written, made.rule_that_reads, made.serving_standard,
           made.serving_line, made.serving_draft, made.asked, made.unit, made.certificate, made.publication,
           made.finding, made.assessment, made.recognition, made.arrangement, made.joint_standard, made.member]


def test_a_change_that_changes_nothing_touches_nothing():
    made.gone_standard()
    for plant in PLANTED:
        plant()
    said_again = look(made.provision(value=3))
    assert (said_again.hits, said_again.what.follow, said_again.costs) == ((), 0, ())
    elsewhere = Change("provision", {"rows": [made.row(subject=made.OTHER_MATTER)]})
    assert {one.dependant for one in look(elsewhere).hits} <= {"value", "procedure"}


@pytest.mark.parametrize("plant", PLANTED)
def test_another_matter_touches_none_of_them(plant):
    made.gone_standard()
    key = plant()
    change = Change("matter", {"code": "NB019-EX01"})
    assert key not in {one.key for one in look(change).hits}
