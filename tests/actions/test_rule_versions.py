"""Recording what a place says of an entitlement: by whom, what is refused, what is kept and told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from jizhun.entitlements import actions
from jizhun.entitlements.models import RuleVersion
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import revoke, verify_trail
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.models import Document
from jizhun.regions.actions import Moved

pytestmark = pytest.mark.usefixtures("world", "db")
CODE, COUNTY = "unemployment_benefit", "990101"
WIDER = [{"name": "paid_a_year", "holds": "contribution_months >= 6 or unused_months > 0", "zh": "缴费满六个月",
          "en": "Six months of contributions"}]
NARROWER = [{**WIDER[0], "holds": "contribution_months >= 24 or unused_months > 0"}]
SHORTER = [{"name": "months", "unit": "month", "bound": "at_most", "zh": "最长期限", "en": "Longest duration",
            "is": "min(30, new_months + unused_months)"}]
PAPER = {"id": "990101-2027", "title_zh": "松甲区失业保险办法（模拟）", "title_en": "", "kind": "notice",
         "region": COUNTY,
         "published_on": "2026-12-01", "mark": "SIM", "source": "made up for this test"}


def row(region: str = COUNTY, **more: Any) -> dict[str, Any]:
    return {"region": region, "from": "2027-01-01", "document": "social-insurance-law", "mark": "SIM",
            "clause_zh": "第一条", "clause_en": "Article 1", "conditions": WIDER, **more}


def user(name: str) -> User:
    return User.objects.get(username=name)


def holds(region: str = COUNTY, on: date = date(2027, 1, 1)) -> str:
    rule = actions.rule(code=CODE, region=region, on=on)
    assert rule
    return next(one.holds for one in rule.conditions if one.name == "paid_a_year")


def kept() -> int:
    return RuleVersion.objects.filter(region__startswith="99").count()


# -- rights

@pytest.mark.parametrize(("who", "region", "may"), [
    ("county-editor", "990101", True), ("county-editor", "990102", False), ("county-editor", "990100", False),
    ("county-editor", "990000", False), ("province-editor", "990101", True), ("province-editor", "990000", True),
    ("province-editor", "CN", False), ("province-editor", "330100", False), ("national-editor", "330100", True),
    ("county-clerk", "990101", False), ("county-clerk-elsewhere", "990201", False), ("reviewer", "990101", False),
    ("reader", "990101", False), ("statistician", "990101", False)])
def test_who_may_record_where(who, region, may):
    if may:
        assert actions.record_version(by=user(who), code=CODE, row=row(region)).region == region
    else:
        with pytest.raises(Forbidden):
            actions.record_version(by=user(who), code=CODE, row=row(region))
        assert not RuleVersion.objects.filter(region=region, valid_from=date(2027, 1, 1)).exists()


def test_whoever_lost_the_role_may_no_longer():
    revoke(by=SYSTEM, grant=user("county-editor").grants.get(), reason="a test")
    with pytest.raises(Forbidden):
        actions.record_version(by=user("county-editor"), code=CODE, row=row())


# -- what is kept

def test_it_counts_from_its_day_in_the_place_and_below_and_nowhere_else():
    actions.record_version(by=SYSTEM, code=CODE, row=row("990100"))
    assert "6" in holds("990101") and "12" not in holds("990101")
    assert ">= 12" in holds("990101", date(2026, 12, 31)) and ">= 12" in holds("990201") and ">= 12" in holds("CN")


def test_a_later_version_of_the_place_supersedes_it_from_its_day():
    actions.record_version(by=SYSTEM, code=CODE, row=row())
    actions.record_version(by=SYSTEM, code=CODE, row=row(**{"from": "2028-01-01"}, conditions=[
        {**WIDER[0], "holds": "contribution_months >= 3 or unused_months > 0"}]))
    assert ">= 6" in holds(on=date(2027, 12, 31)) and ">= 3" in holds(on=date(2028, 1, 1))
    assert ">= 12" in holds(on=date(2026, 12, 31))


def test_the_audit_line_says_everything_and_the_trail_holds():
    one = actions.record_version(by=user("county-editor"), code=CODE, row=row())
    line = AuditLine.objects.order_by("-seq").first()
    assert line and (line.actor, line.act, line.subject) == ("county-editor", "entitlement.record", str(one))
    assert '"losses":0' in line.after and "contribution_months >= 6" in line.after
    assert verify_trail() is None


def test_what_was_known_before_stays_known_as_it_was():
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.record_version(by=SYSTEM, code=CODE, row=row())
    rule = actions.rule(code=CODE, region=COUNTY, on=date(2027, 1, 1), known_on=yesterday)
    assert rule is None or ">= 12" in rule.conditions[0].holds


def test_the_same_is_not_recorded_twice_in_whatever_order_it_is_written():
    actions.record_version(by=SYSTEM, code=CODE, row=row())
    with pytest.raises(Refused, match="already on record"):
        actions.record_version(by=SYSTEM, code=CODE, row=dict(reversed(row().items())))
    assert kept() == 1


def test_the_fingerprint_tells_every_difference():
    one = actions.record_version(by=SYSTEM, code=CODE, row=row())
    other = actions.record_version(by=SYSTEM, code=CODE, row=row(clause_en="Article 2"))
    assert one.fingerprint != other.fingerprint and len(one.fingerprint) == 64 and one.seq < other.seq


@pytest.mark.parametrize("statement", ["UPDATE jizhun_ruleversion SET region = 'CN'", "DELETE FROM jizhun_ruleversion"])
def test_what_a_place_said_cannot_be_changed(statement):
    actions.record_version(by=SYSTEM, code=CODE, row=row())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert kept() == 1


# -- who would lose

@pytest.mark.parametrize(("more", "sentence"), [
    ({"conditions": NARROWER},
     "entitled under the rule above, and not here: Months of unemployment insurance contributions: "),
    ({"results": SHORTER}, "above what is allowed (Longest duration: "),
    ({"conditions": [{**WIDER[0], "holds": 'contribution_months >= "six"'}]}, "this one does not")])
def test_a_version_under_which_somebody_loses_is_refused_with_that_person(more, sentence):
    with pytest.raises(Refused) as refusal:
        actions.record_version(by=user("county-editor"), code=CODE, row=row(**more))
    assert sentence in str(refusal.value) and refusal.value.sentence.zh
    assert kept() == 0 and not AuditLine.objects.filter(act="entitlement.record").exists()


def test_a_loss_from_a_later_day_is_refused_with_that_day():
    actions.record_version(by=SYSTEM, code=CODE, row=row("990000", **{"from": "2029-01-01"}, conditions=[
        {**WIDER[0], "holds": "contribution_months >= 1 or unused_months > 0"}]))
    with pytest.raises(Refused, match=r"^From 2029-01-01 on: Somebody like this is entitled"):
        actions.record_version(by=SYSTEM, code=CODE, row=row())


def test_what_the_paper_really_says_is_recorded_and_the_line_counts_the_losses():
    actions.record_version(by=SYSTEM, code=CODE, row=row(conditions=NARROWER), documents_paper=True)
    line = AuditLine.objects.order_by("-seq").first()
    assert line and '"documents_paper":true' in line.after and '"losses":1' in line.after
    assert ">= 24" in holds()


def test_what_was_recorded_so_is_found_over_time_with_its_day():
    assert not [one for one in actions.found_over_time(code=CODE) if one.version.place == COUNTY]
    actions.record_version(by=SYSTEM, code=CODE, row=row(conditions=NARROWER), documents_paper=True)
    (one,) = [one for one in actions.found_over_time(code=CODE) if one.version.place == COUNTY]
    assert one.losing.day == date(2027, 1, 1) and [loss.kind for loss in one.losing.losses] == ["circle"]
    assert not one.verified


def test_examples_are_tried_and_a_wrong_one_is_told():
    one = actions.foreseen_version(code=CODE, row=row(conditions=NARROWER), examples=[{"contribution_months": "13"}])
    assert [loss.kind
            for loss in one.losses] == ["circle"] and one.losses[0].person["contribution_months"] < Decimal(24)
    with pytest.raises(Refused, match="is not between 0 and"):
        actions.foreseen_version(code=CODE, row=row(), examples=[{"contribution_months": "-1"}])
    assert kept() == 0


# -- what was seen

def test_what_was_seen_must_still_be_so():
    seen = actions.revision()
    actions.record_version(by=SYSTEM, code=CODE, row=row("990000"))
    with pytest.raises(Moved):
        actions.record_version(by=SYSTEM, code=CODE, row=row(), seen=seen)
    assert kept() == 1
    assert actions.record_version(by=SYSTEM, code=CODE, row=row(), seen=actions.revision())


# -- papers

def test_a_new_paper_is_recorded_with_it_or_not_at_all():
    actions.record_version(by=user("county-editor"), code=CODE, row=row(document=PAPER["id"]), paper=PAPER)
    assert Document.objects.get(code=PAPER["id"]).region == COUNTY
    assert [line.act for line in AuditLine.objects.order_by("-seq")[:2]] == ["entitlement.record", "provision.paper"]
    with pytest.raises(Refused, match="already on record"):
        actions.record_version(by=SYSTEM, code=CODE, row=row(clause_en="2", document=PAPER["id"]), paper=PAPER)
    assert kept() == 1


@pytest.mark.parametrize(("code", "more", "sentence"), [
    ("nowhere", {}, "no entitlement “nowhere”"),
    (CODE, {"document": "nowhere"}, "no paper “nowhere”"),
    (CODE, {"from": "2027-02-30"}, "2027-02-30"),
    (CODE, {"until": "2026-01-01"}, "before the first"),
    (CODE, {"mark": "sure"}, "no mark “sure”"),
    (CODE, {"colour": "red"}, "no field “colour”"),
    (CODE, {"conditions": [{**WIDER[0], "holds": "contribution_months >"}]}, "column 22"),
    (CODE, {"conditions": [{**WIDER[0], "holds": "shoe_size > 40"}]}, "“shoe_size”"),
    (CODE, {"results": [{**SHORTER[0], "is": "months"}]}, "in a circle"),
    (CODE, {"measures": [{"name": "more", "measure": "kindness"}]}, "no measure called “kindness”"),
    (CODE, {"measures": [{"name": "more", "measure": "benefit_amount", "subject": "NB999"}]},
     "no item or matter “NB999”"),
])
def test_each_fault_is_told_in_a_sentence_and_nothing_is_kept(code, more, sentence):
    with pytest.raises(Refused) as refusal:
        actions.record_version(by=SYSTEM, code=code, row=row(**more))
    assert sentence in str(refusal.value)
    assert kept() == 0


def test_a_place_that_is_none_is_refused():
    with pytest.raises(Refused, match="999999"):
        actions.record_version(by=SYSTEM, code=CODE, row=row("999999"))
