"""Certificates from the qualification to the refresher, with the cast; and rights that follow them."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from certified import COUNTY, MATTER, PROVINCE, days_from_now, described, faster, issued, user
from jizhun.guides import actions as guides
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people import qualifying
from jizhun.people import rules as people_rules
from jizhun.people.actions import allows, create_user, grant, grants_of, regions_of
from jizhun.people.models import AuditLine, Notice, Qualification
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.training.actions import certificates
from jizhun.training.actions.worth import qualified
from jizhun.training.models import Certificate
from jizhun.training.rules.certificates import DUE, LAPSED, REVOKED, VALID

pytestmark = pytest.mark.usefixtures("world", "db")


def state(number, on=None):
    return certificates.seen(certificates.certificate(number), on).standing


class TestQualification:
    @pytest.mark.parametrize("who", ["county-editor", "county-clerk", "reviewer", "reader"])
    def test_only_a_trainer_describes_one(self, who):
        with pytest.raises(Forbidden):
            described(by=user(who))

    def test_a_newer_version_leaves_certificates_with_theirs(self):
        described()
        first = issued()
        assert described(grace_days=60).number == 2
        assert certificates.certificate(first.number).qualification.grace_days == 10
        assert [one.number for one in certificates.qualifications()] == [2]

    @pytest.mark.parametrize(("wrong", "sentence"), [
        ({"code": "no spaces"}, "A code has"), ({"name": Bilingual("名", "")}, "Chinese and English"),
        ({"role": "king"}, "no role"), ({"months": 0}, "1 to 120")])
    def test_what_does_not_fit_is_refused(self, wrong, sentence):
        with pytest.raises(Refused, match=sentence):
            described(**wrong)

    def test_a_code_stays_with_its_region(self):
        described()
        with pytest.raises(Refused, match="is used by 990000"):
            described(by=SYSTEM, region="CN")


class TestIssue:
    def test_it_keeps_what_was_learned_with_words_at_the_place(self):
        described()
        made = issued()
        promise = certificates.certificate(made.number).fact().learned[0]
        assert promise.source.key == (MATTER, COUNTY, "all", "promised_limit")
        assert promise.words.en == "3 working days"
        assert state(made.number).state == VALID
        assert made.expires_on == certificates.expiry(timezone.localdate(), 24)
        assert made.simulated
        line = AuditLine.objects.filter(act="training.issue").latest("seq")
        assert json.loads(line.after)["holder"] == "county-clerk"

    @pytest.mark.parametrize("who", ["county-editor", "county-clerk-elsewhere", "reviewer", "national-editor"])
    def test_only_a_trainer_issues(self, who):
        described()
        with pytest.raises(Forbidden):
            issued(by=user(who))

    @pytest.mark.parametrize(("wrong", "sentence"), [
        ({"mark": 5999}, "60 is needed"), ({"evidence": " "}, "earned by"), ({"holder_name": ""}, "Fill in the name"),
        ({"region": "330100"}, "issued within 990000 only"), ({"code": "nothing"}, "no qualification"),
        ({"on": days_from_now(1)}, "cannot lie ahead")])
    def test_what_does_not_fit_is_refused(self, wrong, sentence):
        described()
        with pytest.raises(Refused, match=sentence):
            issued(**wrong)
        assert not Certificate.objects.exists() and not Qualification.objects.exists()

    def test_nobody_issues_one_to_themselves(self):
        described()
        with pytest.raises(Forbidden, match="themselves"):
            issued("trainer")

    def test_numbers_are_drawn_and_bits_are_counted(self):
        described()
        first, second = issued(), issued("county-clerk-elsewhere", region="990201")
        assert first.number != second.number and second.status_index == first.status_index + 1

    @pytest.mark.parametrize("table", ["certificate", "qualificationversion", "qualification"])
    def test_what_was_issued_cannot_be_changed(self, table):
        described()
        issued()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM jizhun_{table}")


class TestChange:
    def test_on_the_day_of_the_change_a_refresher_is_due_and_then_it_lapses(self):
        described()
        made, day = issued(), days_from_now(5)
        faster(day)
        assert state(made.number).state == VALID
        assert state(made.number, day - timedelta(1)).state == VALID
        found = state(made.number, day)
        assert (found.state, found.since, found.until) == (DUE, day, day + timedelta(10))
        assert [certificates.said(one).en for one in found.changes] == [
            f"Unemployment benefit claim · Committed time limit · Pine Jia District: “3 working days” before, "
            f"“2 working days” since {day}"]
        assert state(made.number, day + timedelta(11)).state == LAPSED

    def test_the_refresher_covers_what_changed_only(self):
        described()
        made = issued(on=days_from_now(-1))
        faster(timezone.localdate())
        assert state(made.number).state == DUE
        kept = certificates.renew(by=user("trainer"), number=made.number, evidence="sitting 2", mark=8000)
        assert [row["kind"] for row in kept.sources] == ["promise"]
        assert state(made.number).state == VALID
        assert state(made.number).until == made.expires_on
        with pytest.raises(Refused, match="no refresher is due"):
            certificates.renew(by=user("trainer"), number=made.number, evidence="sitting 3", mark=8000)

    def test_a_refresher_below_the_mark_or_of_one_s_own_is_refused(self):
        described()
        made = issued(on=days_from_now(-1))
        faster(timezone.localdate())
        with pytest.raises(Refused, match="60 is needed"):
            certificates.renew(by=user("trainer"), number=made.number, evidence="sitting 2", mark=10)
        with pytest.raises(Forbidden):
            certificates.renew(by=user("county-clerk"), number=made.number, evidence="sitting 2", mark=9000)

    def test_other_words_in_the_guide_are_no_change_in_substance(self):
        described()
        made = issued()
        guides.record(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, fields={
            "contacts": [{"id": "desk", "zh": "新窗口", "en": "New desk", "phone": "010-5550199", "role": "enquiry"}]})
        assert state(made.number).state == VALID

    def test_holders_are_told_ahead_on_the_day_and_never_twice(self):
        described()
        made, day = issued(), days_from_now(5)
        faster(day)
        assert certificates.tell_holders() == 1
        assert "will need a refresher from" in Notice.objects.get(about__contains=made.number).text_en
        assert certificates.tell_holders() == 0
        assert certificates.tell_holders(on=day) == 1
        told = Notice.objects.filter(username="county-clerk").first()
        assert f"by {day + timedelta(10)}" in told.text_en and "“3 working days” before" in told.text_en
        assert told.href == f"work/training/certificates/{made.number}/"
        assert certificates.tell_holders(on=day + timedelta(1)) == 0
        assert certificates.tell_holders(on=day + timedelta(11)) == 1

    def test_people_know_until_when_from_a_change_that_lies_ahead(self):
        described()
        made = issued()
        assert Qualification.objects.last().valid_until == made.expires_on
        faster(days_from_now(5))
        certificates.tell_holders()
        assert Qualification.objects.last().valid_until == days_from_now(15)


class TestRevoke:
    def test_it_counts_no_longer_and_its_holder_hears_why(self):
        described()
        made = issued()
        certificates.revoke(by=user("trainer"), number=made.number, reason="answers were shared")
        assert state(made.number).state == REVOKED
        assert "answers were shared" in Notice.objects.get(username="county-clerk").text_en
        assert Qualification.objects.last().valid_until < timezone.localdate()
        for again in (lambda: certificates.revoke(by=user("trainer"), number=made.number, reason="again"),
                      lambda: certificates.renew(by=user("trainer"), number=made.number, evidence="x", mark=9000)):
            with pytest.raises(Refused, match="revoked"):
                again()

    def test_another_certificate_still_qualifies(self):
        described()
        first, _second = issued(), issued(evidence="sitting 9")
        certificates.revoke(by=user("trainer"), number=first.number, reason="a mistake")
        assert [fact.code for _user, fact in qualified([Qualification.objects.last()], timezone.localdate())] == [
            "unemployment-clerk"]

    @pytest.mark.parametrize("who", ["county-clerk", "county-editor"])
    def test_only_a_trainer_revokes(self, who):
        described()
        made = issued()
        with pytest.raises(Forbidden):
            certificates.revoke(by=user(who), number=made.number, reason="no")


def test_the_holder_alone_chooses_how_the_name_is_shown():
    described()
    made = issued()
    assert certificates.certificate(made.number).shown == "张＊＊"
    certificates.choose_name(by=user("county-clerk"), number=made.number, shown="none")
    assert certificates.certificate(made.number).shown == ""
    with pytest.raises(Forbidden):
        certificates.choose_name(by=user("trainer"), number=made.number, shown="full")


def test_a_number_is_found_however_it_is_typed_and_others_are_not():
    described()
    made = issued()
    assert certificates.certificate(f" {made.number.lower()} ") == made
    with pytest.raises(certificates.NoSuchCertificate):
        certificates.certificate("2026-0000-0000-0000")


def test_a_trainer_sees_those_of_the_own_places_only():
    described()
    made = issued()
    assert [one.certificate for one in certificates.within(by=user("trainer"), region=PROVINCE)] == [made]
    with pytest.raises(Forbidden):
        certificates.within(by=user("trainer"), region="CN")
    assert [one.certificate for one in certificates.own(user("county-clerk"))] == [made]


# -- rights follow learning ------------------------------------------------------------------------

PATH = ("CN", PROVINCE, "990100", COUNTY)


def asked(grace_days=0, region=PROVINCE, right="guide.edit", by="province-editor", **more):
    return qualifying.ask_for(by=user(by), region=region, right=right, qualification="unemployment-clerk",
                              name=Bilingual("失业保险窗口经办", "Window clerk"), href="work/training/certificates/",
                              grace_days=grace_days, **more)


def may(who, on=0, right="guide.edit", path=PATH):
    return people_rules.may(grants_of(user(who), days_from_now(on)), right, path)


class TestRights:
    def test_an_editor_without_it_is_refused_with_what_to_learn_and_where(self):
        assert may("county-editor")
        asked()
        assert not may("county-editor") and may("county-editor", right="provision.record")
        with pytest.raises(Forbidden) as refused:
            guides.record(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                          fields={"delivery": {"zh": "新", "en": "New"}})
        assert "needs a valid certificate “Window clerk”" in refused.value.sentence.en
        assert "work/training/certificates/" in refused.value.sentence.en
        with pytest.raises(Forbidden, match="needs a valid certificate"):
            regions_of(by=user("county-editor"), right="guide.edit")
        described()
        issued("county-editor")
        assert allows(by=user("county-editor"), right="guide.edit", path=PATH)

    def test_those_above_are_not_asked_by_those_below(self):
        asked(region=COUNTY, by="county-editor")
        assert may("province-editor", 9) and not may("county-editor", 9)

    def test_the_grace_runs_from_the_later_of_requirement_and_grant(self):
        asked(grace_days=5)
        assert may("county-editor", 4) and not may("county-editor", 5)
        new = create_user(by=SYSTEM, username="new-editor", password="a long enough word", region=COUNTY)
        grant(by=SYSTEM, user=new, role="county_editor", region=COUNTY, start=days_from_now(10))
        assert may("new-editor", 14) and not may("new-editor", 15)

    def test_it_comes_back_with_the_certificate_and_goes_with_it(self):
        asked()
        described()
        made = issued("county-editor")
        assert may("county-editor", 9)
        certificates.revoke(by=user("trainer"), number=made.number, reason="a mistake")
        assert not may("county-editor", 9)

    def test_a_change_in_force_today_counts_today_without_any_sweep(self):
        asked()
        described(grace_days=0)
        issued("county-editor", on=days_from_now(-3))
        assert may("county-editor")
        faster(days_from_now(-1))
        assert not may("county-editor")
        with pytest.raises(Forbidden, match="needs a valid certificate"):
            guides.record(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                          fields={"delivery": {"zh": "新", "en": "New"}})

    def test_a_change_taken_back_gives_the_right_back_at_once(self):
        asked()
        described(grace_days=0)
        issued("county-editor", on=days_from_now(-5))
        faster(days_from_now(-3))
        certificates.tell_holders()
        assert not may("county-editor")
        faster(days_from_now(-1), value=3)
        assert may("county-editor")

    def test_the_grace_counts_from_the_change_that_was_recorded_today(self):
        asked()
        described(grace_days=5)
        issued("county-editor", on=days_from_now(-3))
        faster(days_from_now(0))
        assert may("county-editor", 5) and not may("county-editor", 6)

    def test_a_certificate_for_elsewhere_does_not_do(self):
        asked()
        described()
        issued("county-editor", region="990201")
        assert not may("county-editor", 9)

    def test_a_right_may_be_asked_of_one_role_only(self):
        asked(role="provincial_editor")
        assert may("county-editor", 9)

    def test_the_last_one_is_not_locked_out(self):
        qualifying.ask_for(by=SYSTEM, region="CN", right="guide.review", qualification="unemployment-clerk",
                           name=Bilingual("证书", "The certificate"), href="x/", grace_days=0)
        assert may("reviewer", 9, "guide.review")
        assert [(region, one.right) for region, one in qualifying.last_ones(user("reviewer"), days_from_now(9))] == [
            (PROVINCE, "guide.review")]
        described()
        new = create_user(by=SYSTEM, username="another", password="a long enough word", region=PROVINCE)
        grant(by=SYSTEM, user=new, role="reviewer", region=PROVINCE)
        assert may("reviewer", 9, "guide.review") and may("another", 9, "guide.review")
        issued("another", region=PROVINCE)
        assert may("another", 9, "guide.review") and not may("reviewer", 9, "guide.review")
        new.is_active = False
        new.save()
        assert may("reviewer", 9, "guide.review")

    def test_no_longer_asked_from_a_day_on(self):
        asked()
        asked(asked=False, start=days_from_now(5))
        assert not may("county-editor", 4) and may("county-editor", 5)

    @pytest.mark.parametrize(("wrong", "sentence"), [
        ({"right": "people.manage"}, "cannot follow"), ({"start": days_from_now(-1)}, "is past"),
        ({"grace_days": 400}, "0 to 366"), ({"role": "reader"}, "does not hold")])
    def test_what_cannot_be_asked_is_refused(self, wrong, sentence):
        with pytest.raises(Refused, match=sentence):
            asked(**wrong)

    def test_only_who_manages_people_there_asks_and_the_trail_tells(self):
        with pytest.raises(Forbidden):
            asked(by="county-editor")
        with pytest.raises(Forbidden):
            asked(by="trainer")
        asked(reason="since the audit")
        line = AuditLine.objects.latest("seq")
        assert (line.act, line.subject, line.reason) == ("people.ask_for", f"region:{PROVINCE}", "since the audit")
        with pytest.raises(Refused, match="so already"):
            asked()

    def test_asking_for_rights_costs_one_query_where_nothing_is_asked(self, django_assert_num_queries):
        who = user("county-editor")
        with django_assert_num_queries(1):
            assert allows(by=who, right="guide.edit", path=PATH)

    def test_and_a_few_where_something_is(self, django_assert_max_num_queries):
        asked(grace_days=9)
        who = user("county-editor")
        with django_assert_max_num_queries(3):
            assert allows(by=who, right="guide.edit", path=PATH)

    def test_and_two_more_for_what_its_certificate_is_worth(self, django_assert_max_num_queries):
        asked()
        described()
        issued("county-editor")
        who = user("county-editor")
        assert allows(by=who, right="guide.edit", path=PATH)
        with django_assert_max_num_queries(5):
            assert allows(by=who, right="guide.edit", path=PATH)
