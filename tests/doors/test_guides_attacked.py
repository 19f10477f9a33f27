"""Guides at the doors: tampered forms, two people at once, places and days that are wrong, and dead ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jizhun.guides import actions
from jizhun.guides.models import LayerDraft, LayerVersion, PointVersion
from jizhun.guides.rules.claiming import Claim
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import Grant, User

MATTER, COUNTY, ELSEWHERE, CITY, PROVINCE = "NB026-EX02", "990101", "990201", "990100", "990000"
WORK = f"/en/work/guides/{MATTER}/"
POINT = {"region": COUNTY, "code": "99-a", "kind": "hall", "name_zh": "甲厅", "name_en": "Hall A"}
SignedIn = Callable[[str], Client]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def record(who: str, region: str, fields: dict[str, Any], **more: Any) -> LayerVersion:
    return actions.record(by=User.objects.get(username=who), sort="guide", matter=MATTER, region=region, fields=fields,
                          **more)


def seen(browser: Client, region: str = COUNTY) -> str:
    """The mark of what the page of publication shows now."""
    return str(browser.get(f"{WORK}publish/", {"region": region}).context["seen"])



class TestTamperedForms:
    @pytest.mark.parametrize(("field", "sent", "sentence"), [
        ("steps", {"item-99999-x": "1"}, "has no column “x”"),
        ("online", {"item-0-zh": "甲", "item-0-url": "javascript:alert(1)"}, "must begin with http"),
        ("contacts", {"item-0-zh": "甲", "item-0-id": "x" * 5000}, "64 characters"),
        ("contacts", {"item-0-zh": "甲" * 20_001}, "20000 characters"),
        ("promised_limit", {"zh": "1"}, "is not typed"), ("groups", {"item-0-zh": "甲"}, "is locked by"),
        ("nosuch", {"zh": "1"}, "no field called “nosuch”")])
    def test_one_sentence_and_nothing_is_kept(self, signed_in: SignedIn, field: str, sent: dict[str, str],
                                              sentence: str) -> None:
        response = signed_in("county").post(f"{WORK}field/{field}/", {"region": COUNTY, **sent})
        assert response.status_code == 400 and sentence in text(response) and not LayerDraft.objects.exists()

    def test_what_was_kept_before_is_no_link(self, reading: Client) -> None:
        version = record("county-editor", COUNTY, {"online": [{"id": "a", "zh": "甲", "url": "https://a.gov.cn/"}]})
        bad = {**version.fields, "online": {**version.fields["online"], "content": [
            {"id": "a", "zh": "甲", "url": "javascript:alert(1)"}]}}
        LayerVersion.objects.bulk_create([LayerVersion(
            sort="guide", matter=MATTER, region=COUNTY, number=version.number + 1, valid_from=version.valid_from,
            fields=bad, outline=version.outline, recorded_on=version.recorded_on, by=version.by, seq=version.seq + 1)])
        page = reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&full=1").content.decode()
        assert "甲" in page and 'href="javascript' not in page

    def test_a_number_with_letters_is_shown_and_not_dialled(self, reading: Client) -> None:
        record("county-editor", COUNTY, {"contacts": [{"id": "a", "zh": "甲", "phone": "call me"},
                                                      {"id": "b", "zh": "乙", "phone": "0571-87654321、12333"}]})
        actions.record_point(by=User.objects.get(username="county-editor"), row={
            "code": "99-a", "region": COUNTY, "name_zh": "甲厅", "telephone": "ask us", "source": "test", "mark": "R"})
        page = reading.get(f"/en/guides/{MATTER}/?region={COUNTY}").content.decode()
        assert "call me" in page and "ask us" in page and 'href="tel:"' not in page and "tel:ask" not in page
        assert 'href="tel:057187654321"' in page

    def test_a_choice_is_not_bound_to_supplements(self, signed_in: SignedIn) -> None:
        browser = signed_in("province")
        browser.post(f"{WORK}field/appointment/", {"region": PROVINCE, "choice": "possible"})
        page = text(browser.get(f"{WORK}publish/", {"region": PROVINCE}))
        assert 'value="locked"' in page and 'value="supplement"' not in page
        sent = {"region": PROVINCE, "revision": "1", "policy-appointment": "supplement",
                "seen": seen(browser, PROVINCE)}
        response = browser.post(f"{WORK}publish/", sent)
        assert response.status_code == 400 and "cannot be added to" in text(response)

    @pytest.mark.parametrize("saved", ["9" * 5000, "x", "-1"])
    def test_odd_counts_are_passed_over(self, signed_in: SignedIn, saved: str) -> None:
        assert signed_in("county").get("/en/work/claims/", {"region": COUNTY, "saved": saved}).status_code == 200

    def test_a_note_is_no_book(self, signed_in: SignedIn) -> None:
        browser = signed_in("county")
        browser.post(f"{WORK}field/delivery/", {"region": COUNTY, "zh": "邮寄"})
        response = browser.post(f"{WORK}publish/", {
            "region": COUNTY, "revision": "1", "note": "x" * 2_001, "seen": seen(browser)})
        assert response.status_code == 400 and "2000 characters" in text(response)


class TestTwoAtOnce:
    def test_a_form_from_before_a_publication_is_told_so(self, signed_in: SignedIn) -> None:
        browser = signed_in("county")
        seen = LayerVersion.objects.filter(sort="guide", matter=MATTER, region=COUNTY).count()
        assert f'name="seen" value="{seen}"' in text(browser.get(f"{WORK}field/delivery/", {"region": COUNTY}))
        record("province-editor", COUNTY, {"delivery": {"zh": "到窗口取", "en": "At the counter"}})
        sent = {"region": COUNTY, "zh": "邮寄", "revision": "0", "seen": str(seen)}
        response = browser.post(f"{WORK}field/delivery/", sent)
        assert response.status_code == 400 and "published here in the meantime" in text(response)
        assert "邮寄" in text(response) and not LayerDraft.objects.exists()
        assert browser.post(f"{WORK}field/delivery/", {**sent, "seen": str(seen + 1)}).status_code == 302

    def test_an_old_form_of_claims_takes_nothing_back(self, signed_in: SignedIn) -> None:
        browser, other = signed_in("county"), "NB029-EX01"
        was = {f"was-{code}": "unknown|||" for code in (MATTER, other)}
        assert f'name="was-{MATTER}" value="unknown|||"' in text(browser.get("/en/work/claims/", {"region": COUNTY}))
        self.claim(other)
        sent = {"region": COUNTY, **was, f"says-{MATTER}": "offered", f"says-{other}": "unknown"}
        assert browser.post("/en/work/claims/", sent)["Location"].endswith("saved=1")
        assert actions.claim_of(matter=other, region=COUNTY, on=timezone.localdate()).says == "offered"

    def test_two_who_claim_the_same_are_told(self, signed_in: SignedIn) -> None:
        self.claim(MATTER)
        sent = {"region": COUNTY, f"was-{MATTER}": "unknown|||", f"says-{MATTER}": "not_offered",
                f"reason-{MATTER}": "no counter"}
        response = signed_in("county").post("/en/work/claims/", sent)
        assert response.status_code == 400 and "changed in the meantime" in text(response)
        assert "no counter" in text(response)

    @staticmethod
    def claim(matter: str) -> None:
        actions.claim_matters(by=User.objects.get(username="province-editor"), claims=[
            Claim(matter, COUNTY, "offered", timezone.localdate())])

    def test_a_point_that_was_changed_since_is_looked_at_first(self, signed_in: SignedIn) -> None:
        browser = signed_in("county")
        browser.post("/en/work/points/new/", POINT)
        seen = PointVersion.objects.get(code="99-a").seq
        address = "/en/work/points/99-a/"
        assert browser.post(address, {**POINT, "seen": seen, "name_en": "First"}).status_code == 302
        response = browser.post(address, {**POINT, "seen": seen, "name_en": "Second", "from": "2026-12-31",
                                          "closed": "1"})
        assert response.status_code == 400 and "changed this point in the meantime" in text(response)
        page = text(response)
        assert "Second" in page and 'value="2026-12-31"' in page and 'name="closed" value="1" checked' in page

    def test_a_version_is_reviewed_once(self, signed_in: SignedIn) -> None:
        version = record("county-editor", COUNTY, {"delivery": {"zh": "本", "en": "Own"}})
        sent = {"region": COUNTY, "do": "review", "version": version.number, "verdict": "ok"}
        browser = signed_in("reviewer")
        assert browser.post(WORK, sent).status_code == 302
        again = browser.post(WORK, {**sent, "verdict": "back", "text": "no"})
        assert again.status_code == 400 and "reviewed already" in text(again) and version.reviews.count() == 1


class TestLockingAndUnlocking:
    def test_a_draft_field_that_was_locked_meanwhile_is_taken_out_and_the_rest_published(
            self, signed_in: SignedIn) -> None:
        county = signed_in("county")
        for code in ("quota", "system"):
            county.post(f"{WORK}field/{code}/", {"region": COUNTY, "zh": f"本地{code}"})
        record("province-editor", PROVINCE, {"quota": {"zh": "省定"}}, policies={"quota": "locked"})
        stuck = county.post(f"{WORK}publish/", {"region": COUNTY, "revision": "2", "seen": seen(county)})
        assert stuck.status_code == 400 and "is locked by Sample Province" in text(stuck)
        assert "Take it out of the draft" in text(stuck)
        taken = county.post(f"{WORK}draft/", {"region": COUNTY, "field": "quota"})
        assert taken["Location"].startswith(f"{WORK}publish/")
        assert list(LayerDraft.objects.get().fields) == ["system"]
        again = county.post(f"{WORK}publish/", {"region": COUNTY, "revision": "3", "seen": seen(county)})
        assert again.status_code == 302

    @pytest.mark.parametrize("who", ["clerk", "reviewer", "elsewhere"])
    def test_only_editors_take_fields_out(self, signed_in: SignedIn, who: str) -> None:
        signed_in("county").post(f"{WORK}field/quota/", {"region": COUNTY, "zh": "本地"})
        assert signed_in(who).post(f"{WORK}draft/", {"region": COUNTY, "field": "quota"}).status_code == 403
        assert LayerDraft.objects.exists()

    def test_a_province_loosens_what_it_bound(self, signed_in: SignedIn) -> None:
        record("county-editor", COUNTY, {"delivery": {"zh": "本地", "en": "Own"}})
        record("province-editor", PROVINCE, {"delivery": {"zh": "省", "en": "Above"}}, policies={"delivery": "locked"})
        assert self.counts() == "Above"
        browser = signed_in("province")
        browser.post(f"{WORK}field/delivery/", {"region": PROVINCE, "zh": "省", "en": "Above"})
        assert "may change it" in text(browser.get(f"{WORK}publish/", {"region": PROVINCE}))
        browser.post(f"{WORK}publish/", {"region": PROVINCE, "revision": "1", "policy-delivery": "free",
                                         "seen": seen(browser, PROVINCE)})
        assert self.counts() == "Own"

    @staticmethod
    def counts() -> str:
        content = actions.guide(matter=MATTER, region=COUNTY, on=timezone.localdate()).content("delivery")
        return str(content["en"])


class TestDays:
    def published(self, browser: Client, day: date) -> str:
        browser.post(f"{WORK}field/delivery/", {"region": COUNTY, "zh": "邮寄", "en": "By post"})
        revision = LayerDraft.objects.get().revision
        done = browser.post(f"{WORK}publish/", {"region": COUNTY, "revision": revision, "from": day.isoformat(),
                                                "seen": seen(browser)})
        return text(browser.get(done["Location"]))

    def test_a_version_for_later_says_from_when_it_counts(self, signed_in: SignedIn) -> None:
        day = timezone.localdate() + timedelta(30)
        assert f"It counts from {day} on." in self.published(signed_in("county"), day)

    def test_a_version_from_before_an_earlier_one_says_what_counts_today(self, signed_in: SignedIn) -> None:
        record("county-editor", COUNTY, {"delivery": {"zh": "本", "en": "Own"}}, on=date(2026, 6, 1))
        assert "Words of a later day, published before, count today" in self.published(
            signed_in("county"), date(2026, 1, 1))

    def test_one_from_today_says_neither(self, signed_in: SignedIn) -> None:
        page = self.published(signed_in("county"), timezone.localdate())
        assert "Published." in page and "count today" not in page and "It counts from" not in page


class TestServicePoints:
    @pytest.mark.parametrize("code", ["a/b", "new", "..", "😀"])
    def test_a_code_that_would_break_the_list_is_refused(self, signed_in: SignedIn, code: str) -> None:
        browser = signed_in("county")
        response = browser.post("/en/work/points/new/", {**POINT, "code": code})
        assert response.status_code == 400 and "a code is made of letters" in text(response)
        assert browser.get("/en/work/points/", {"region": COUNTY}).status_code == 200

    def test_a_new_one_takes_no_code_that_is_taken(self, signed_in: SignedIn) -> None:
        signed_in("county").post("/en/work/points/new/", POINT)
        response = signed_in("province").post("/en/work/points/new/", {**POINT, "region": PROVINCE})
        assert response.status_code == 400 and "choose another code" in text(response)
        assert PointVersion.objects.get(code="99-a").region == COUNTY

    def test_one_that_does_not_exist_is_not_made_by_its_address(self, signed_in: SignedIn) -> None:
        browser = signed_in("county")
        assert browser.get("/en/work/points/nosuch/", {"region": COUNTY}).status_code == 404
        assert browser.post("/en/work/points/nosuch/", POINT).status_code == 404

    def test_a_closed_one_is_found_again_and_reopened(self, signed_in: SignedIn) -> None:
        browser, listed = signed_in("county"), "/en/work/points/"
        browser.post(f"{listed}new/", POINT)
        browser.post(f"{listed}99-a/", {**POINT, "closed": "1"})
        page = text(browser.get(listed, {"region": COUNTY}))
        assert "Closed, or not open yet" in page and f"{listed}99-a/?" in page
        assert not actions.points_at(path=("CN", PROVINCE, CITY, COUNTY), on=timezone.localdate())
        browser.post(f"{listed}99-a/", POINT)
        page = text(browser.get(listed, {"region": COUNTY}))
        assert "Hall A" in page and "Closed, or not open yet" not in page


class TestWrongPlaces:
    @pytest.mark.parametrize("path", [WORK, "/en/work/claims/", "/en/work/points/", f"{WORK}field/delivery/",
                                      f"{WORK}publish/", f"{WORK}step/delivery/"])
    def test_a_place_that_has_ended_is_named_with_what_followed(self, signed_in: SignedIn, path: str) -> None:
        browser = signed_in("nation")
        for response in (browser.get(path, {"region": "371200"}), browser.post(path, {"region": "371200"})):
            assert response.status_code == 400 and "Laiwu District" in text(response)

    def test_the_list_is_not_claimed_where_it_is_not_meant(self, reading: Client) -> None:
        with pytest.raises(Refused, match="not meant for Hong Kong"):
            actions.claim_matters(by=User.objects.get(username="national-editor"), claims=[
                Claim(MATTER, "810000", "offered", timezone.localdate())])
        assert actions.listed(region="810000", on=timezone.localdate()) == ()
        page = text(reading.get(f"/en/guides/{MATTER}/?region=810000"))
        assert "The national list is not meant for" in page and "nothing of it is shown" in page

    @pytest.mark.parametrize("region", [ELSEWHERE, CITY, PROVINCE, "CN", "330106"])
    def test_a_form_tampered_for_another_place_is_not_taken(self, signed_in: SignedIn, region: str) -> None:
        browser = signed_in("county")
        sent: dict[str, dict[str, str]] = {
            "/en/work/claims/": {f"says-{MATTER}": "offered"}, "/en/work/points/new/": {**POINT},
            "/en/work/ledger/": {"id": "1", "kind": "cancelled", "matter": MATTER, "from": "2026-01-01", "zh": "甲",
                                 "source": "test"},
            f"{WORK}field/delivery/": {"zh": "甲"}, f"{WORK}publish/": {}, f"{WORK}draft/": {},
            f"{WORK}step/delivery/": {"do": "accept"}, WORK: {"text": "hello"}}
        for address, form in sent.items():
            assert browser.post(f"{address}?region={COUNTY}", {**form, "region": region}).status_code == 403


class TestTheLedger:
    def test_cancelled_and_added_again_on_one_day(self, signed_in: SignedIn) -> None:
        browser = signed_in("province")
        row = {"region": PROVINCE, "matter": MATTER, "from": "2026-01-01", "zh": "甲", "source": "test"}
        browser.post("/en/work/ledger/", {**row, "id": "2026-9", "kind": "cancelled"})
        assert MATTER not in actions.listed(region=COUNTY, on=timezone.localdate())
        browser.post("/en/work/ledger/", {**row, "id": "2026-10", "kind": "added"})
        assert MATTER in actions.listed(region=COUNTY, on=timezone.localdate())


def test_a_reason_is_kept_in_the_language_in_which_it_was_typed(signed_in: SignedIn) -> None:
    signed_in("county").post("/en/work/claims/", {"region": COUNTY, f"says-{MATTER}": "not_offered",
                                                  f"reason-{MATTER}": "no counter"})
    reason = actions.claim_of(matter=MATTER, region=COUNTY, on=timezone.localdate()).reason
    assert (reason.zh, reason.en) == ("", "no counter")


def test_a_draft_of_one_who_lost_the_role_needs_them_no_more(signed_in: SignedIn) -> None:
    browser = signed_in("county")
    browser.post(f"{WORK}field/delivery/", {"region": COUNTY, "zh": "甲"})
    assert "begun and not published" in text(browser.get("/en/work/"))
    Grant.objects.filter(user__username="county-editor").update(role="clerk")
    assert "begun and not published" not in text(browser.get("/en/work/"))
    assert browser.post(f"{WORK}publish/", {"region": COUNTY, "revision": "1"}).status_code == 403
    other = signed_in("province")
    assert "Being written by county-editor" in text(other.get(WORK, {"region": COUNTY}))
    sent = {"region": COUNTY, "revision": "1", "seen": seen(other)}
    assert other.post(f"{WORK}publish/", sent).status_code == 302
