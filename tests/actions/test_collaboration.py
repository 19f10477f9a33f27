"""Acts of collaboration over the real list and the fictional province, with the cast."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from drafting_cast import person
from jizhun import loading
from jizhun.collaboration.actions import areas
from jizhun.collaboration.actions.beside import side_by_side
from jizhun.collaboration.actions.levelling import NO_PEOPLE, NO_RULE, cost_of, try_cost
from jizhun.collaboration.actions.recognition import (
    differences,
    end_recognition,
    moving,
    on_register,
    recognise,
)
from jizhun.collaboration.models import AreaStep, CollaborationArea, Recognition
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.people.actions import grant, verify_trail
from jizhun.people.models import Notice
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import record

pytestmark = pytest.mark.usefixtures("world", "db")
PINE, CYPRESS, BAMBOO, COUNTY = "990100", "990200", "990300", "990101"
ON = date(2026, 11, 23)
BOTH = Bilingual("两市", "Two cities")


def cypress() -> object:
    """Somebody who keeps collaboration in Cypress."""
    user = person("reader")
    grant(by=SYSTEM, user=user, role="county_editor", region=CYPRESS)
    return user


def proposed(**more: object) -> CollaborationArea:
    said = {"by": person("city-editor"), "code": "two-cities", "name": BOTH, "regions": [PINE, CYPRESS], **more}
    return areas.propose_area(**said)  # type: ignore[arg-type]


# -- areas -----------------------------------------------------------------------------------------


def test_a_place_joins_by_its_own_act_only():
    other = cypress()
    area = proposed()
    assert areas.members(area) == [PINE] and areas.invited(area) == (CYPRESS,)
    assert Notice.objects.filter(username="reader", about="area:two-cities").count() == 1
    with pytest.raises(Forbidden):
        areas.join(by=person("city-editor"), area=area, region=CYPRESS)
    areas.join(by=other, area=area, region=CYPRESS)  # type: ignore[arg-type]
    assert areas.members(area) == [PINE, CYPRESS] and areas.invited(area) == ()
    assert verify_trail() is None


def test_membership_is_dated():
    area = proposed(by=person("province-editor"), on=date(2025, 1, 1))
    areas.leave(by=person("province-editor"), area=area, region=CYPRESS, on=date(2026, 1, 1), reason=BOTH)
    assert areas.members(area, date(2025, 12, 31)) == [PINE, CYPRESS]
    assert areas.members(area, date(2026, 1, 1)) == [PINE]
    assert areas.members(area, date(2024, 12, 31)) == []


@pytest.mark.parametrize("who", ["county-clerk", "reviewer", "statistician", "county-editor"])
def test_whoever_does_not_keep_collaboration_at_the_lead_cannot_propose(who):
    with pytest.raises(Forbidden):
        proposed(by=person(who))


@pytest.mark.parametrize(("regions", "told"), [
    ([PINE], "two places at least"), ([PINE, "110000"], "fictional"), ([PINE, COUNTY], "lies within"),
    ([PINE, "999999"], "no region")])
def test_places_that_cannot_form_an_area_are_refused(regions, told):
    with pytest.raises(Refused, match=told):
        proposed(regions=regions)
    with pytest.raises(Refused, match="not meant for"):
        proposed(by=SYSTEM, regions=["440100", "810000"])


def test_a_strange_code_or_one_that_is_taken_is_refused():
    proposed()
    with pytest.raises(Refused, match="taken"):
        proposed()
    with pytest.raises(Refused, match="small letters"):
        proposed(code="Two Cities")
    with pytest.raises(Refused, match="too far"):
        proposed(code="far", on=date(2199, 1, 1))


def test_a_member_invites_and_a_stranger_does_not():
    area = proposed()
    areas.invite(by=person("city-editor"), area=area, region=BAMBOO)
    assert set(areas.invited(area)) == {CYPRESS, BAMBOO}
    with pytest.raises(Forbidden):
        areas.invite(by=person("county-editor"), area=area, region="990400")


def test_joint_bodies_come_and_go():
    area = proposed(on=date(2025, 1, 1))
    name = Bilingual("联席会议", "Joint meeting")
    areas.form_body(by=person("city-editor"), area=area, name=name, on=date(2025, 1, 1))
    with pytest.raises(Refused, match="already"):
        areas.form_body(by=person("city-editor"), area=area, name=name, on=date(2025, 2, 1))
    areas.dissolve_body(by=person("city-editor"), area=area, name="联席会议", on=date(2026, 1, 1))
    assert [one.until for one in areas.bodies_of(area)] == [date(2025, 12, 31)]


def test_what_was_said_stays_said():
    area = proposed()
    for row in (area, AreaStep.objects.filter(area=area)[0], Recognition.objects.all()[0]):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(by="other")
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_the_areas_that_ship_say_that_they_are_unverified():
    held = {one.code: one for one in areas.areas()}
    assert {"jing-jin-ji", "yangtze-delta", "greater-bay", "chengdu-chongqing"} <= held.keys()
    assert {one.mark for one in held.values()} <= {"R", "SIM"}
    assert len(areas.members(held["greater-bay"])) == 9
    assert areas.members(held["sample-pine-cypress"], date(2025, 6, 1)) == [PINE, CYPRESS, BAMBOO]
    assert areas.members(held["sample-pine-cypress"], date(2026, 1, 1)) == [PINE, CYPRESS]


def test_loading_again_changes_nothing():
    before = (AreaStep.objects.count(), Recognition.objects.count())
    again = [part.outcome for part in loading.simulated_places(by=SYSTEM)][-1]
    assert (again.areas, again.recognitions) == (0, 0)
    assert (AreaStep.objects.count(), Recognition.objects.count()) == before


# -- side by side ----------------------------------------------------------------------------------


def test_promises_stand_side_by_side_as_the_engine_says():
    found = side_by_side(places=(PINE, CYPRESS), on=ON, subjects=("NB029-EX01",))
    row = next(row for row in found.subjects[0].rows if row.line.code == "promised_limit")
    assert [int(cell.said.value.amount) for cell in row.cells] == [3, 2]
    assert [cell.verdict for cell in row.cells] == ["yardstick", "better"] and row.differs


def test_what_an_item_promises_stands_once():
    found = side_by_side(places=(PINE, CYPRESS), on=ON)
    lines = [(one.subject, row.line.code) for one in found.subjects for row in one.rows]
    assert len(lines) == len(set(lines)) and found.subjects[0].apart >= found.subjects[-1].apart
    assert {"*", "NB029-EX01"} <= {one.subject for one in found.subjects}


def test_a_change_is_seen_at_once():
    before = side_by_side(places=(PINE, CYPRESS), on=ON, subjects=("NB021-EX02",))
    assert before.differing == 0
    record(by=SYSTEM, documents_paper=True, row={
        "subject": "NB021-EX02", "measure": "promised_limit", "region": CYPRESS, "modality": "floor", "value": 0,
        "unit": "working_day", "from": "2026-01-01", "mark": "SIM", "source": "test"})
    after = side_by_side(places=(PINE, CYPRESS), on=ON, subjects=("NB021-EX02",))
    assert after.differing == 1 and after.subjects[0].rows[0].cells[1].verdict == "better"


def test_the_guides_of_places_differ(guided_world):
    found = side_by_side(places=(PINE, CYPRESS), on=ON, subjects=("NB029-EX01",))
    row = next(row for row in found.subjects[0].rows if row.line.code == "appointment")
    assert [cell.said.value for cell in row.cells] == ["possible", "not_needed"]
    assert row.target == "not_needed" and not {"body", "contacts"} & {one.line.code for one in found.subjects[0].rows}


@pytest.mark.parametrize(("places", "subjects", "told"), [
    ((PINE,), (), "from 2 to 8"), ((PINE, "110000"), (), "fictional"), (("110000", "810000"), (), "not meant"),
    ((PINE, CYPRESS), ("NB999",), "NB999"), ((PINE, "999999"), (), "no region")])
def test_what_cannot_be_compared_is_refused(places, subjects, told):
    with pytest.raises(Refused, match=told):
        side_by_side(places=places, on=ON, subjects=subjects)


def test_the_cost_is_tried_where_a_rule_reads_the_value_and_else_it_is_said_why():
    lines = {row.line.code: row for row in side_by_side(places=(COUNTY, "990301"), on=ON, subjects=(
        "NB029-EX01",)).subjects[0].rows}
    assert lines["benefit_amount"].differs
    assert cost_of(lines["promised_limit"], COUNTY) == NO_RULE
    benefit = lines["benefit_amount"]
    poorer = next(place for place, cell in zip((COUNTY, "990301"), benefit.cells, strict=True) if cell.move)
    assert cost_of(benefit, poorer) in (None, NO_PEOPLE, NO_RULE)


def test_the_cost_of_a_pension_runs_through_the_what_if():
    for region, value in ((COUNTY, 200), ("990102", 260)):
        record(by=SYSTEM, documents_paper=True, row={
            "subject": "NB050", "measure": "basic_pension", "region": region, "modality": "floor", "value": value,
            "unit": "CNY/month", "from": "2026-01-01", "mark": "SIM", "source": "test"})
    made = try_cost(by=person("county-editor"), places=(COUNTY, "990102"), subject="NB050",
                    measure="basic_pension", place=COUNTY, on=timezone.localdate())
    assert made.scenario["provisions"][0]["value"] == "260" and made.simulated
    assert made.scenario["regions"] == [COUNTY]
    with pytest.raises(Forbidden):
        try_cost(by=person("county-clerk-elsewhere"), places=(COUNTY, "990102"), subject="NB050",
                 measure="basic_pension", place=COUNTY, on=timezone.localdate())
    with pytest.raises(Refused, match="no cost can be computed"):
        try_cost(by=person("county-editor"), places=(PINE, CYPRESS), subject="NB029-EX01", measure="promised_limit",
                 place=PINE, on=timezone.localdate())


# -- recognition -----------------------------------------------------------------------------------

PAPER = Bilingual("两市备忘录（模拟）", "Memorandum of the two cities (simulated)")


def on_the_register(**more: object) -> Recognition:
    said = {"by": person("city-editor"), "code": "card", "kind": "result", "regions": [PINE, CYPRESS],
            "what": Bilingual("失业登记", "Unemployment registration"), "basis": PAPER, "matters": ["NB021-EX02"],
            "since": date(2026, 1, 1), **more}
    return recognise(**said)  # type: ignore[arg-type]


def test_what_is_on_the_register_carries_over_below_its_places_from_its_day():
    other = cypress()
    on_the_register()
    assert Notice.objects.filter(username="reader", about="recognition:card").exists() and other
    codes = {one.code for one in moving(before=COUNTY, after="990201", on=ON).carried}
    assert {"card", "employees-pension-moves"} <= codes
    assert "card" not in {one.code for one in moving(before=COUNTY, after="990201", on=date(2025, 12, 31)).carried}
    assert "card" not in {one.code for one in moving(before=COUNTY, after="990301", on=ON).carried}


def test_an_area_s_recognition_follows_its_members():
    def carried(on: date) -> bool:
        return "sample-hardship" in {one.code for one in moving(before=COUNTY, after="990301", on=on).carried}

    assert carried(date(2025, 6, 1)) and not carried(date(2026, 6, 1))


def test_it_ends_by_a_day_and_is_never_rewritten():
    on_the_register()
    with pytest.raises(Forbidden):
        end_recognition(by=person("county-clerk"), code="card", reason="no more")
    end_recognition(by=person("city-editor"), code="card", reason="协议到期", on=date(2026, 6, 1))
    assert "card" in {one.code for one in on_register(on=date(2026, 5, 31))}
    assert "card" not in {one.code for one in on_register(on=date(2026, 6, 1))}
    with pytest.raises(Refused, match="ended already"):
        end_recognition(by=person("city-editor"), code="card", reason="again", on=date(2026, 7, 1))


@pytest.mark.parametrize(("more", "told"), [
    ({"basis": NO_WORDS}, "by which paper"), ({"regions": [PINE]}, None), ({"regions": ["990101"]}, "two places"),
    ({"kind": "magic"}, "choose a kind"), ({"matters": ["NB999-EX01"]}, "NB999"), ({"giver": "990300"}, "none of"),
    ({"subject": "no-such-material"}, "no material"), ({"regions": [PINE, "110000"]}, "fictional")])
def test_what_cannot_be_on_the_register_is_refused(more, told):
    if told is None:
        assert on_the_register(**more).regions == [PINE]  # within one place that has places below
        return
    with pytest.raises(Refused, match=told):
        on_the_register(**more)


def test_a_stranger_puts_nothing_on_the_register():
    for who in ("county-clerk", "reviewer"):
        with pytest.raises(Forbidden):
            on_the_register(by=person(who))


def test_differences_of_a_recognition_are_computed_from_what_is_promised():
    on_the_register(code="benefit", matters=["NB029-EX01"])
    found = differences(code="benefit", on=ON)
    assert found is not None and "promised_limit" in {row.line.code for row in found.subjects[0].differing}
    assert differences(code="employees-pension-moves", on=ON) is None


@pytest.mark.parametrize(("before", "after", "told"), [
    (PINE, PINE, "two different"), (PINE, COUNTY, "lies within"), (COUNTY, "990000", "lies within"),
    (COUNTY, "110000", "fictional")])
def test_a_move_needs_two_places(before, after, told):
    with pytest.raises(Refused, match=told):
        moving(before=before, after=after, on=ON)


def test_a_move_between_real_places_shows_nothing_simulated():
    found = moving(before="110000", after="310000", on=ON)
    assert found.carried and not any(one.simulated for one in found.carried) and found.verified
