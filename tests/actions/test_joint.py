"""Joint standards: approved and numbered by each place, and what one of them changes is flagged to all."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from drafting_cast import days, opened, person, today
from jizhun.collaboration.actions import areas, joint
from jizhun.collaboration.models import JointApproval, JointStandard
from jizhun.drafting.models import Proposed
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import verify_trail
from jizhun.people.models import Notice
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import record
from jizhun.standards.actions import clauses_of, library, record_review
from joint_cast import AREA, CYPRESS, PINE, cypress_people, joint_standard, published_in_pine

pytestmark = pytest.mark.usefixtures("world", "db")
NUMBER = f"DB9902/T 7-{today().year}"
KEY = "NB029-EX01/promised_limit/all"


def approved() -> JointStandard:
    """Published in Pine, approved in Cypress; both hold what was agreed."""
    cypress_people()
    made = joint_standard(published_in_pine())
    joint.approve_here(by=person("market-regulator"), joint=made, region=CYPRESS, number=NUMBER,
                       effective_on=today())
    return made


def promise(region: str, value: int, ago: int = 0) -> None:
    """A paper of the place says so many days."""
    record(by=SYSTEM, documents_paper=True, row={
        "subject": "NB029-EX01", "measure": "promised_limit", "region": region, "modality": "floor", "value": value,
        "unit": "working_day", "from": (today() - days(ago)).isoformat(), "mark": "SIM", "source": "test"})


def test_one_text_stands_in_the_library_under_the_number_of_each_place():
    made = approved()
    held = library()
    here, there = held.by_number[made.project.number], held.by_number[NUMBER]
    assert (there.region, there.effective_on, there.mark) == (CYPRESS, today(), "SIM")
    assert there.title == here.title and [row.body_zh for row in clauses_of(NUMBER)] == [
        row.body_zh for row in clauses_of(here.number)] != []
    assert Proposed.objects.get(number=NUMBER).row["region"] == CYPRESS
    assert [(one.region, one.number) for one in joint.board(made).seats] == [
        (PINE, made.project.number), (CYPRESS, NUMBER)]
    assert joint.board(made).flagged == () and verify_trail() is None


def test_the_others_are_told_when_a_place_approves():
    approved()
    assert Notice.objects.filter(username="city-editor", text_en__contains=NUMBER).count() == 1


def test_nobody_approves_before_it_is_published_or_twice_or_under_a_strange_number():
    early = joint_standard(opened(region=PINE))
    regulator = person("market-regulator")
    with pytest.raises(Refused, match="once it is published"):
        joint.approve_here(by=regulator, joint=early, region=CYPRESS, number=NUMBER, effective_on=today())
    with pytest.raises(Refused, match="approved it already"):
        joint.approve_here(by=regulator, joint=approved(), region=CYPRESS, number=NUMBER, effective_on=today())


@pytest.mark.parametrize(("number", "told"), [
    (f"DB9901/T 9-{today().year}", "begins with DB9902"), (f"GB/T 9-{today().year}", "begins with DB9902"),
    ("DB9902/T 9", "has a year"), (f"DB9901/T 5-{today().year}", "begins with DB9902")])
def test_the_number_is_that_of_the_place(number, told):
    made = joint_standard(published_in_pine())
    with pytest.raises(Refused, match=told):
        joint.approve_here(by=person("market-regulator"), joint=made, region=CYPRESS, number=number,
                           effective_on=today())
    assert not JointApproval.objects.filter(joint=made).exists()


@pytest.mark.parametrize("who", ["province-editor", "city-editor", "county-clerk", "reviewer"])
def test_only_whoever_approves_standards_there_approves_it(who):
    made = joint_standard(published_in_pine())
    with pytest.raises(Forbidden):
        joint.approve_here(by=person(who), joint=made, region=CYPRESS, number=NUMBER, effective_on=today())


def test_what_can_be_joint():
    area, editor = areas.area_of(AREA), person("province-editor")
    with pytest.raises(Refused, match="no member today"):
        joint.make_joint(by=editor, area=area, project=opened(region=PINE), regions=["990300"])
    with pytest.raises(Refused, match="drafting place is a member"):
        joint.make_joint(by=editor, area=area, project=opened(region="990300"), regions=[CYPRESS])
    with pytest.raises(Refused, match="another member"):
        joint.make_joint(by=editor, area=area, project=opened(region=PINE), regions=[PINE])
    with pytest.raises(Forbidden):
        joint.make_joint(by=person("county-editor"), area=area, project=opened(region=PINE), regions=[CYPRESS])
    made = joint_standard(opened(region=PINE))
    with pytest.raises(Refused, match="joint standard already"):
        joint_standard(made.project)


def test_a_value_that_comes_to_be_as_agreed_is_no_change_to_be_told_of():
    made = approved()
    before = joint.board(made).seats[0].state
    assert before is not None and before.values[KEY][0] == "worse"  # 3 working days, 2 are agreed
    promise(PINE, 2)
    now = joint.board(made).seats[0]
    assert now.state is not None and now.state.values[KEY][0] == "as_agreed" and now.moved == ()


def test_a_change_by_one_is_flagged_to_all_the_others_once():
    made = approved()
    assert joint.sweep() == 0
    promise(CYPRESS, 1)
    flagged = joint.board(made).flagged
    assert [one.region for one in flagged] == [CYPRESS]
    assert (flagged[0].moved[0].key, flagged[0].moved[0].after.en) == (KEY, "1 working day")
    assert joint.sweep() > 0 and joint.sweep() == 0
    told = Notice.objects.filter(about=f"joint:{made.project.code}", text_en__contains="has moved from")
    assert "city-editor" in {one.username for one in told} and "reader" not in {one.username for one in told}
    assert "2 working days → 1 working day" in told[0].text_en


def test_a_standard_that_is_withdrawn_in_one_place_is_flagged():
    made = approved()
    record_review(by=person("reviewer"), number=NUMBER, verdict="withdraw", reason="合并")
    seat = joint.board(made).flagged[0]
    assert (seat.region, seat.moved[0].kind, seat.moved[0].after.en) == (CYPRESS, "status", "no longer holds")


def test_a_text_that_was_changed_in_one_place_is_flagged():
    made = approved()
    row = clauses_of(NUMBER)[0]
    row.body_zh += "另行规定。"
    row.save()
    assert [one.kind for one in joint.board(made).flagged[0].moved] == ["text"]


def test_the_flag_is_answered_with_a_reason_that_all_the_others_read():
    made = approved()
    promise(CYPRESS, 1)
    with pytest.raises(Refused, match="Say why"):
        joint.stand_by(by=person("reader"), joint=made, region=CYPRESS, reason=" ")
    with pytest.raises(Forbidden):
        joint.stand_by(by=person("city-editor"), joint=made, region=CYPRESS, reason="x")
    joint.stand_by(by=person("reader"), joint=made, region=CYPRESS, reason="窗口人手增加，主动提速。")
    assert joint.board(made).flagged == ()
    assert Notice.objects.filter(username="city-editor", text_zh__contains="主动提速").exists()
    promise(CYPRESS, 4)
    assert joint.board(made).flagged != ()


def test_what_was_approved_stays_said():
    made = approved()
    with pytest.raises(DatabaseError), transaction.atomic():
        JointApproval.objects.filter(joint=made).update(number="DB9902/T 8-2026")
    assert replace(joint.agreed_in(made.project)[0], words=Bilingual("", "")).key == KEY
