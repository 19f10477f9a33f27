"""The ledger of conduct: what was seen beside the promise of the day, and points that are closed one by one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from jizhun.evaluation import conduct
from jizhun.evaluation.conduct import Observed
from jizhun.evaluation.models import ConductPoint, ConductRecord
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import promised

pytestmark = pytest.mark.usefixtures("world", "db")
COUNTY, MATTER, SEEN_ON = "990101", "NB029-EX01", date(2025, 6, 2)


def user(name: str) -> User:
    return User.objects.get(username=name)


def record(by: str = "province-editor", **more: Any) -> ConductRecord:
    said = {"kind": "visit", "region": COUNTY, "matter": MATTER, "on": SEEN_ON, "who": "Team", "text": "Looked",
            "points": [("No telephone number is shown", date(2025, 7, 1))]}
    return conduct.record_conduct(by=user(by), **{**said, **more})


def point(made: ConductRecord) -> ConductPoint:
    return made.points.get(number=1)


def act(who: str, what: ConductPoint, act: str, **more: Any) -> Any:
    return conduct.act_on(by=user(who), point=what, act=act, text="Done", on=date(2025, 6, 20), **more)


@pytest.mark.parametrize(("who", "kind", "may"), [
    ("county-editor", "walk", True), ("county-editor", "visit", False), ("county-editor", "notice", False),
    ("city-editor", "visit", True), ("province-editor", "notice", True), ("county-clerk", "walk", False),
    ("outside-assessor", "visit", False)])
def test_a_place_walks_through_its_own_processes_and_is_visited_from_above(who: str, kind: str, may: bool) -> None:
    if may:
        assert record(who, kind=kind).simulated
    else:
        with pytest.raises(Forbidden):
            record(who, kind=kind)


def test_what_was_seen_stands_beside_the_promise_of_that_day() -> None:
    (answer,) = promised(matter=MATTER, region=COUNTY, on=SEEN_ON, measure="promised_limit")
    limit = int(answer.value.amount)  # type: ignore[union-attr]
    made = record(seen=[Observed("promised_limit", str(limit)), Observed("promised_limit", str(limit + 1)),
                        Observed("benefit_months", "3")])
    told = conduct.seen_of(made)
    assert [one.fits for one in told][:2] == ["kept", "broken"] and str(limit) in told[0].promised.en
    assert conduct.tally([made])["kept"] >= 1 and conduct.tally([made])["broken"] >= 1


@pytest.mark.parametrize(("more", "said"), [
    ({"on": date(2100, 1, 1)}, "still to come"), ({"who": " "}, "Say who went"),
    ({"matter": "moon"}, "no matter “moon”"),
    ({"kind": "party"}, "no record of the kind"), ({"points": [("", None)]}, "each in words"),
    ({"points": [("x", date(2025, 6, 1))]}, "not due before it was seen"),
    ({"kind": "notice", "points": []}, "one point at least"),
    ({"matter": "", "seen": [Observed("fee", "1")]}, "Choose the matter"),
    ({"seen": [Observed("moon", "1")]}, "no measure “moon”"), ({"seen": [Observed("fee", "free")]}, "cannot be read")])
def test_records_that_cannot_be(more: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        record(**more)


def test_a_point_goes_from_answer_to_second_look_and_is_closed() -> None:
    made = record()
    assert Notice.objects.filter(username="county-editor", about=str(made)).exists()
    one = point(made)
    with pytest.raises(Forbidden):
        act("county-clerk", one, "answer")
    act("county-editor", one, "answer")
    assert Notice.objects.filter(username="province-editor", text_en__contains="answer").exists()
    with pytest.raises(Forbidden):
        act("county-editor", one, "confirm")
    act("city-editor", one, "send_back", due=date(2025, 6, 25))
    assert conduct.standing_of(one, date(2025, 6, 28)).overdue == 3
    act("county-editor", one, "answer")
    assert conduct.standing_of(one, date(2025, 6, 28)).overdue == 0
    act("city-editor", one, "confirm")
    assert conduct.standing_of(one, date(2026, 1, 1)).state == "closed"
    with pytest.raises(Refused, match="is not possible"):
        act("county-editor", one, "answer")
    assert AuditLine.objects.filter(subject=f"{made}.1").count() == 4


def test_nobody_looks_again_at_an_answer_of_their_own() -> None:
    one = point(record())
    act("city-editor", one, "answer")
    with pytest.raises(Refused, match="own"):
        act("city-editor", one, "confirm")
    with pytest.raises(Refused, match="A new day is set when"):
        act("province-editor", one, "confirm", due=date(2025, 8, 1))


def test_the_ledger_begins_with_what_is_longest_overdue() -> None:
    today = timezone.localdate()
    made = record(points=[("a", today - timedelta(2)), ("b", today - timedelta(9)), ("c", today + timedelta(2)),
                          ("d", None)], on=today - timedelta(20))
    told = conduct.ledger_of(regions=[COUNTY])
    assert [(one.point.text, one.overdue) for one in told] == [("b", 9), ("a", 2), ("c", 0), ("d", 0)]
    assert conduct.ledger_of(regions=["990201"]) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        made.points.update(text="never said")
