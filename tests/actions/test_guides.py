"""Guides from the nation to the county: who may write what, what follows from a change, and that nothing is lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from jizhun.guides import actions
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules.claiming import Claim
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import Moved

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, COUNTY, CITY, PROVINCE, NATION = "NB026-EX02", "990101", "990100", "990000", "CN"
"""A matter of the hotline: what other lists say of it does not matter here."""
WORDS = {"zh": "原文", "en": "First words"}
NEWER = {"zh": "新文", "en": "Newer words"}
LOCAL = {"zh": "本地", "en": "Local words"}


def user(name: str) -> User:
    return User.objects.get(username=name)


def record(who: str, region: str, fields: dict[str, Any], **more: Any) -> LayerVersion:
    return actions.record(by=user(who), sort="guide", matter=MATTER, region=region, fields=fields, **more)


def says(region: str, field: str = "delivery", on: date | None = None) -> Any:
    return actions.guide(matter=MATTER, region=region, on=on or timezone.localdate()).content(field)


def words(region: str, field: str = "delivery") -> Any:
    found = actions.guide(matter=MATTER, region=region, on=timezone.localdate()).of(field)
    assert found is not None
    return found.words


class TestWhoMayWrite:
    @pytest.mark.parametrize(("who", "region", "may"), [
        ("county-editor", COUNTY, True), ("county-editor", "990102", False), ("county-editor", CITY, False),
        ("province-editor", COUNTY, True), ("province-editor", NATION, False), ("national-editor", "330100", True),
        ("county-clerk", COUNTY, False), ("reviewer", COUNTY, False), ("reader", CITY, False)])
    def test_only_editors_of_the_place_or_above(self, who: str, region: str, may: bool) -> None:
        if may:
            assert record(who, region, {"delivery": LOCAL}).number == 1
        else:
            with pytest.raises(Forbidden):
                record(who, region, {"delivery": LOCAL})

    def test_a_locked_field_is_refused_with_who_locked_it(self) -> None:
        record("national-editor", NATION, {"conditions": [{"id": "a", "zh": "甲", "en": "A"}]})
        with pytest.raises(Refused, match="“Conditions” is locked by"):
            record("county-editor", COUNTY, {"conditions": [{"id": "b", "zh": "乙", "en": "B"}]})
        with pytest.raises(Refused, match="is locked by"):
            actions.save_draft(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                               fields={"conditions": [{"id": "b", "zh": "乙"}]})

    def test_a_province_binds_tighter(self) -> None:
        record("province-editor", PROVINCE, {"delivery": WORDS}, policies={"delivery": "locked"})
        with pytest.raises(Refused, match="locked by Sample Province"):
            record("county-editor", COUNTY, {"delivery": LOCAL})

    @pytest.mark.parametrize(("field", "content", "sentence"), [
        ("promised_limit", {"zh": "3日"}, "comes from the provisions"), ("nothing", WORDS, "no field called"),
        ("level", "moon", "has no choice"), ("basis", [{"zh": "x"}], "an id each"),
        ("contacts", [{"id": "a", "fax": "1"}], "no column “fax”")])
    def test_what_does_not_fit_is_refused(self, field: str, content: Any, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            record("county-editor", COUNTY, {field: content})
        assert not LayerVersion.objects.filter(matter=MATTER, region=COUNTY, by="county-editor").exists()


class TestVersions:
    def test_nothing_is_overwritten(self) -> None:
        first = record("county-editor", COUNTY, {"delivery": WORDS})
        second = record("county-editor", COUNTY, {"delivery": NEWER})
        assert (second.number, first.number) == (2, 1) and says(COUNTY) == NEWER
        with transaction.atomic(), pytest.raises(DatabaseError):
            LayerVersion.objects.filter(pk=first.pk).update(note="x")
        with transaction.atomic(), pytest.raises(DatabaseError):
            LayerVersion.objects.filter(pk=first.pk).delete()

    def test_a_version_made_ahead_takes_nothing_back(self) -> None:
        ahead = timezone.localdate() + timedelta(30)
        record("county-editor", COUNTY, {"delivery": NEWER}, on=ahead)
        record("county-editor", COUNTY, {"system": LOCAL})
        assert says(COUNTY) is None and says(COUNTY, on=ahead) == NEWER
        assert says(COUNTY, "system", on=ahead) == LOCAL

    def test_two_who_write_at_once_are_told(self) -> None:
        record("county-editor", COUNTY, {"delivery": WORDS}, seen=0)
        with pytest.raises(Moved, match="published here in the meantime"):
            record("province-editor", COUNTY, {"delivery": NEWER}, seen=0)

    def test_own_words_are_taken_back(self) -> None:
        record("province-editor", PROVINCE, {"delivery": WORDS})
        record("county-editor", COUNTY, {"delivery": LOCAL})
        record("county-editor", COUNTY, {"delivery": None})
        assert says(COUNTY) == WORDS

    def test_the_trail_has_the_act(self) -> None:
        record("county-editor", COUNTY, {"delivery": LOCAL}, note="because")
        line = AuditLine.objects.order_by("-seq").first()
        assert line is not None and line.act == "guides.record_guide" and line.reason == "because"

    def test_what_changed_between_two_days(self) -> None:
        today = timezone.localdate()
        record("county-editor", COUNTY, {"delivery": WORDS})
        (found,) = actions.what_changed(sort="guide", matter=MATTER, region=COUNTY, before=today - timedelta(1),
                                        after=today)
        assert (found.field.code, found.kind, found.after) == ("delivery", "added", WORDS)
        assert today in actions.days_of_change(sort="guide", matter=MATTER, region=COUNTY, on=today)


class TestWhenWhatStandsAboveChanges:
    def prepared(self) -> None:
        record("province-editor", PROVINCE, {"delivery": WORDS})
        record("county-editor", COUNTY, {"delivery": LOCAL})
        record("province-editor", PROVINCE, {"delivery": NEWER})

    def test_the_place_keeps_its_words_and_is_told(self) -> None:
        self.prepared()
        found = words(COUNTY)
        assert found.content == LOCAL and (found.drift.base, found.drift.now) == (WORDS, NEWER)
        notice = Notice.objects.filter(username="county-editor").first()
        assert notice is not None and "1 place(s) are out of step" in notice.text_en
        assert actions.out_of_step(sort="guide", on=timezone.localdate(), within={COUNTY}, matters=[MATTER]) == {
            (MATTER, COUNTY): ("delivery",)}

    def test_places_that_say_nothing_follow_at_once(self) -> None:
        self.prepared()
        assert says("990102") == NEWER

    def test_accept(self) -> None:
        self.prepared()
        actions.accept(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, field="delivery")
        assert says(COUNTY) == NEWER and words(COUNTY).drift is None

    def test_keep_with_a_reason(self) -> None:
        self.prepared()
        with pytest.raises(Refused, match="Say why"):
            actions.keep(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, field="delivery",
                         reason="")
        actions.keep(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, field="delivery",
                     reason="a mountain road")
        found = words(COUNTY)
        assert found.content == LOCAL and found.drift is None and found.parts[-1].said.reason == "a mountain road"

    def test_merge_by_hand(self) -> None:
        self.prepared()
        actions.merge(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, field="delivery",
                      content={"zh": "合", "en": "both"})
        assert says(COUNTY) == {"zh": "合", "en": "both"} and words(COUNTY).drift is None

    def test_put_off(self) -> None:
        self.prepared()
        today = timezone.localdate()
        actions.put_off(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, field="delivery",
                        until=today + timedelta(10))
        for day, due in ((today, False), (today + timedelta(10), True)):
            found = actions.out_of_step(sort="guide", on=day, within={COUNTY}, matters=[MATTER])
            assert bool(found) is due

    def test_who_is_in_step_has_nothing_to_do(self) -> None:
        record("county-editor", COUNTY, {"delivery": LOCAL})
        with pytest.raises(Refused, match="in step"):
            actions.accept(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, field="delivery")

    def test_a_clerk_elsewhere_may_not_act(self) -> None:
        self.prepared()
        with pytest.raises(Forbidden):
            actions.accept(by=user("county-clerk-elsewhere"), sort="guide", matter=MATTER, region=COUNTY,
                           field="delivery")


class TestForcedChange:
    def test_it_announces_itself_and_makes_a_new_version(self) -> None:
        record("county-editor", COUNTY, {"delivery": LOCAL})
        with pytest.raises(Refused, match="announced 7 days ahead"):
            record("province-editor", PROVINCE, {"delivery": NEWER}, forced=["delivery"])
        day = timezone.localdate() + timedelta(7)
        record("province-editor", PROVINCE, {"delivery": NEWER}, forced=["delivery"], on=day)
        notice = Notice.objects.filter(username="county-editor").first()
        assert notice is not None and "becomes uniform" in notice.text_en
        assert (says(COUNTY), says(COUNTY, on=day)) == (LOCAL, NEWER)
        found = actions.guide(matter=MATTER, region=COUNTY, on=day).of("delivery")
        assert found and found.words and [part.content for part in found.words.overruled] == [LOCAL]

    def test_what_is_foreseen(self) -> None:
        record("county-editor", COUNTY, {"delivery": LOCAL})
        found = actions.foreseen(sort="guide", matter=MATTER, region=PROVINCE, changed=["delivery"])
        assert found.out_of_step == {"delivery": (COUNTY,)} and found.places == (COUNTY,) and found.follow > 90
        forced = actions.foreseen(sort="guide", matter=MATTER, region=PROVINCE, changed=["delivery"],
                                  forced=["delivery"])
        assert forced.overruled == {"delivery": (COUNTY,)} and not forced.out_of_step


class TestDrafts:
    def test_a_draft_is_kept_and_does_not_count(self) -> None:
        draft = actions.save_draft(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                                   fields={"delivery": LOCAL})
        assert says(COUNTY) is None and draft.revision == 1
        record("county-editor", COUNTY, draft.fields, seen=draft.seen)
        assert says(COUNTY) == LOCAL and actions.draft_of(sort="guide", matter=MATTER, region=COUNTY) is None

    def test_two_people_are_told_of_each_other(self) -> None:
        one = actions.save_draft(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                                 fields={"delivery": LOCAL}, revision=0)
        actions.save_draft(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                           fields={"delivery": NEWER}, revision=one.revision)
        with pytest.raises(Moved, match="county-editor"):
            actions.save_draft(by=user("province-editor"), sort="guide", matter=MATTER, region=COUNTY,
                               fields={"delivery": WORDS}, revision=one.revision)


class TestReview:
    def test_nobody_reviews_their_own_and_sending_back_needs_a_reason(self) -> None:
        version = record("county-editor", COUNTY, {"delivery": LOCAL})
        assert version in actions.unreviewed(regions=[PROVINCE], on=timezone.localdate())
        with pytest.raises(Forbidden):
            actions.review(by=user("county-editor"), version=version, verdict="ok")
        with pytest.raises(Refused, match="say why"):
            actions.review(by=user("reviewer"), version=version, verdict="back")
        actions.review(by=user("reviewer"), version=version, verdict="back", text="two spellings")
        assert "two spellings" in Notice.objects.filter(username="county-editor").first().text_en  # type: ignore[union-attr]
        assert version not in actions.unreviewed(regions=[PROVINCE], on=timezone.localdate())


class TestClaims:
    def test_unknown_is_never_yes(self) -> None:
        today = timezone.localdate()
        assert actions.claim_of(matter=MATTER, region="330101", on=today).says == "unknown"

    def test_claiming_and_changing_it(self) -> None:
        today = timezone.localdate()
        yes = Claim(MATTER, COUNTY, "offered", today, mark="R", source="county-editor")
        assert actions.claim_matters(by=user("county-editor"), claims=[yes]) == 1
        assert actions.claim_matters(by=user("county-editor"), claims=[yes]) == 0
        assert actions.claim_of(matter=MATTER, region=COUNTY, on=today).says == "offered"
        no = Claim(MATTER, COUNTY, "not_offered", today, reason=Bilingual("由市级办理", ""), mark="R")
        actions.claim_matters(by=user("county-editor"), claims=[no])
        assert actions.claim_of(matter=MATTER, region=COUNTY, on=today).says == "not_offered"

    @pytest.mark.parametrize(("claim", "sentence"), [
        ({"says": "not_offered"}, "why it is not offered"), ({"says": "maybe"}, "cannot say"),
        ({"says": "under_another", "other": MATTER}, "Name the matter")])
    def test_half_a_claim_is_refused(self, claim: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            actions.claim_matters(by=user("county-editor"), claims=[
                Claim(MATTER, COUNTY, valid_from=timezone.localdate(), mark="R", **claim)])

    def test_the_same_at_every_level(self) -> None:
        today = timezone.localdate()
        actions.claim_matters(by=user("county-editor"), claims=[
            Claim(MATTER, COUNTY, "offered", today, own={"name_zh": "热线查询", "kind": "public_service"}, mark="R")])
        (found,) = [one for one in actions.not_the_same(within=[COUNTY], on=today) if one.matter == MATTER]
        assert found.what == "name_zh" and "“热线查询”" in found.sentence.zh


class TestTheLedger:
    LINE: dict[str, Any] = {"id": "99-1", "kind": "cancelled", "matter": MATTER, "region": PROVINCE,
                            "from": "2026-01-01", "zh": "取消（测试）", "en": "Cancelled (test)", "source": "test",
                            "mark": "SIM"}

    def test_a_cancelled_matter_leaves_the_list_there_only(self) -> None:
        actions.record_change(by=user("province-editor"), row=self.LINE)
        assert MATTER not in actions.listed(region=COUNTY, on=date(2026, 1, 1))
        assert MATTER in actions.listed(region=COUNTY, on=date(2025, 12, 31))
        assert MATTER in actions.listed(region="330000", on=date(2026, 1, 1))

    def test_the_guides_it_touches(self) -> None:
        record("county-editor", COUNTY, {"delivery": LOCAL})
        actions.record_change(by=user("province-editor"), row=self.LINE)
        (line,) = [one for one in actions.ledger() if one.code == "99-1"]
        assert ("guide", MATTER, COUNTY) in actions.touched_guides(line)

    @pytest.mark.parametrize(("change", "sentence"), [
        ({"kind": "sung"}, "no change of the kind"), ({"matter": "X"}, "no matter “X”"),
        ({"zh": ""}, "“zh” is missing"),
        ({"kind": "merged"}, "name the other matters"), ({"colour": 1}, "no field “colour”")])
    def test_a_line_that_is_wrong_is_refused(self, change: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            actions.record_change(by=user("province-editor"), row={**self.LINE, **change})

    def test_no_line_is_written_twice(self) -> None:
        actions.record_change(by=user("province-editor"), row=self.LINE)
        with pytest.raises(Refused, match="already"):
            actions.record_change(by=user("province-editor"), row=self.LINE)


class TestPoints:
    ROW: dict[str, Any] = {"code": "99-hall", "region": COUNTY, "kind": "hall", "name_zh": "测试大厅",
                           "name_en": "Test hall",
                           "lon": 150.0, "lat": 10.0, "hours": {"mon": ["09:00-12:00"]}, "matters": "all",
                           "source": "test", "mark": "SIM"}

    def test_a_point_serves_and_closes(self) -> None:
        today = timezone.localdate()
        actions.record_point(by=user("county-editor"), row=self.ROW, on=today)
        found = actions.guide(matter=MATTER, region=COUNTY, on=today).of("points")
        assert found and "99-hall" in [one.code for one in found.points]
        actions.record_point(by=user("county-editor"), row={**self.ROW, "closed": True}, on=today + timedelta(1))
        later = actions.guide(matter=MATTER, region=COUNTY, on=today + timedelta(1)).of("points")
        assert later and "99-hall" not in [one.code for one in later.points]

    def test_another_county_may_not(self) -> None:
        with pytest.raises(Forbidden):
            actions.record_point(by=user("county-editor"), row={**self.ROW, "region": "990201"})
