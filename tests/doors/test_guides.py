"""The public guide, coverage, and the workbench's guides: with the cast, and with what people get wrong."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jizhun.guides import actions
from jizhun.guides.models import LayerDraft, LayerVersion
from jizhun.people.models import Notice, User

MATTER, COUNTY, CITY, PROVINCE = "NB026-EX02", "990101", "990100", "990000"
JINING = "/en/guides/NB029-EX01/?region=370800"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def record(who: str, region: str, fields: dict[str, Any], **more: Any) -> LayerVersion:
    return actions.record(by=User.objects.get(username=who), sort="guide", matter=MATTER, region=region, fields=fields,
                          **more)


class TestTheGuide:
    def test_short_by_default_with_where_it_comes_from(self, reading: Client) -> None:
        page = text(reading.get(JINING))
        for words in ("On the same working day", "What to bring", "Claim form", "0537-2937916", "China → Jining",
                      "If it goes wrong", "Full version"):
            assert words in page
        assert "Operating procedure" not in page and "Quota" not in page

    def test_in_full_with_what_is_missing(self, reading: Client) -> None:
        page = text(reading.get(f"{JINING}&full=1"))
        assert "Statutory time limit" in page and "Not on record: Limits in number" in page
        assert "article 45" in page and "社会保险法.md" in page

    def test_sources_and_clauses_only_in_full(self, reading: Client) -> None:
        page = text(reading.get(JINING)).partition('id="who"')[2].partition("</article>")[0]
        assert "Claim form" in page and "社会保险法.md" not in page and "article 45" not in page

    def test_whom_to_call_the_nearest_first(self, reading: Client) -> None:
        page = text(reading.get("/en/guides/NB029-EX01/?region=370800"))
        assert 0 < page.index("tel:05372937916") < page.index("tel:12333")

    def test_another_place_has_its_own(self, reading: Client) -> None:
        assert "0537-2937916" not in text(reading.get("/en/guides/NB029-EX01/?region=330100"))

    def test_what_has_changed_since_it_was_printed(self, reading: Client) -> None:
        today = timezone.localdate()
        address = f"/en/guides/{MATTER}/?region={COUNTY}&printed={today - timedelta(1)}"
        seal = actions.guide(matter=MATTER, region=COUNTY, on=today - timedelta(1)).seal
        assert "Nothing has changed since this was printed" in text(reading.get(f"{address}&seen={seal}"))
        record("county-editor", COUNTY, {"delivery": {"zh": "邮寄", "en": "By post"}})
        page = text(reading.get(f"{address}&seen={seal}"))
        assert "Changed since this was printed" in page and "<ins>By post</ins>" in page

    def test_a_print_made_before_is_known_by_its_seal(self, reading: Client) -> None:
        address = f"/en/guides/{MATTER}/?region={COUNTY}&printed={timezone.localdate()}&seen=000000000000"
        assert "print it anew" in text(reading.get(address))

    def test_the_printed_address_carries_day_and_seal(self, reading: Client) -> None:
        found = actions.guide(matter="NB029-EX01", region="370800", on=timezone.localdate())
        assert f"printed={timezone.localdate()}&amp;seen={found.seal}" in reading.get(JINING).content.decode()

    @pytest.mark.parametrize(("address", "status", "sentence"), [
        ("/en/guides/NB999/", 404, "no matter with the code “NB999”"),
        (f"{JINING}&near=here", 400, "no longitude and latitude"), (f"{JINING}&near=200,10", 400, "no longitude"),
        (f"{JINING}&printed=yesterday", 400, "is not a date"), (f"{JINING}&printed=2099-01-01", 400, "after the day"),
        ("/en/guides/NB029-EX01/?region=1", 400, "no region with the code")])
    def test_what_people_get_wrong(self, reading: Client, address: str, status: int, sentence: str) -> None:
        response = reading.get(address)
        assert response.status_code == status and sentence in text(response)

    def test_history(self, reading: Client) -> None:
        record("county-editor", COUNTY, {"delivery": {"zh": "邮寄", "en": "By post"}})
        page = text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&tab=history"))
        assert "<ins>By post</ins>" in page

    def test_nearest_first(self, reading: Client) -> None:
        for n, lon in ((1, 120.9), (2, 120.1)):
            actions.record_point(by=User.objects.get(username="county-editor"), row={
                "code": f"p{n}", "region": COUNTY, "name_zh": f"网点{n}", "name_en": f"Point {n}", "lon": lon,
                "lat": 30,
                "source": "test", "mark": "SIM"})
        page = text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&near=120.0,30"))
        assert page.index("Point 2") < page.index("Point 1") and "9.6 km" in page
        assert "9.6 km" not in text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}"))

    def test_a_place_that_does_not_handle_it_says_so(self, reading: Client) -> None:
        from jizhun.guides.rules.claiming import Claim
        from jizhun.kernel.bilingual import Bilingual

        actions.claim_matters(by=User.objects.get(username="county-editor"), claims=[
            Claim(MATTER, COUNTY, "not_offered", timezone.localdate(), mark="R",
                  reason=Bilingual("由市级办理", "the city handles it"))])
        page = text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}"))
        assert "does not handle this" in page and "the city handles it" in page
        assert f"?region={CITY}" in page.partition('id="where"')[2] and "guide-spots" not in page

    def test_no_words_in_the_other_language_are_marked(self, reading: Client) -> None:
        record("county-editor", COUNTY, {"contacts": [{"id": "x", "zh": "只有中文"}]})
        page = reading.get(f"/en/guides/{MATTER}/?region={COUNTY}").content.decode()
        assert '<span lang="zh-Hans">只有中文</span>' in page


class TestCoverage:
    def test_every_definition_with_its_denominator(self, reading: Client) -> None:
        page = text(reading.get("/en/coverage/?region=990000"))
        for words in ("Due by the list", "Claimed", "Guide published", "Procedure published", "Both up to date",
                      "all matters x all places in scope", "9,919"):
            assert words in page

    def test_it_leads_on(self, reading: Client) -> None:
        page = reading.get("/en/coverage/?region=990000").content.decode()
        assert "region=990100" in page and "item=NB029" in page
        assert "Unemployment benefit claim" in text(reading.get("/en/coverage/?region=990000&item=NB029"))

    def test_recipients(self, reading: Client) -> None:
        page = text(reading.get("/en/coverage/?region=990000&group=injured"))
        assert "18 matters" in page

    def test_what_is_missing_as_csv(self, reading: Client) -> None:
        rows = reading.get("/en/coverage/?region=990101&csv=missing").content.decode("utf-8-sig").splitlines()
        assert rows[0] == "place,place_code,matter,code,lacks" and any("990101" in row for row in rows[1:])

    def test_a_day_before_the_list_says_so_and_counts_nothing(self, reading: Client) -> None:
        page = text(reading.get("/en/coverage/?region=990000&on=0012-01-01"))
        assert "No list held on 0012-01-01" in page and "2021-04-20" in page
        assert "Due by the list" not in page and "100.0 %" not in page

    def test_month_by_month_only_where_it_is_asked_for(self, reading: Client) -> None:
        asked = "/en/coverage/?region=990000&on=2021-06-15"
        assert "months=1#months" in text(reading.get(asked))
        page = text(reading.get(f"{asked}&months=1"))
        rows = list(csv.DictReader(io.StringIO(
            reading.get(f"{asked}&months=1&csv=monthly").content.decode("utf-8-sig"))))
        assert [row["day"] for row in rows[-3:]] == ["2021-04-30", "2021-05-31", "2021-06-15"] and len(rows) == 12
        assert [row["of"] for row in rows[:9]] == ["0"] * 9 and rows[9]["of"] != "0"
        assert "month by month" in page.lower()

    def test_places_weighed_by_their_people_stand_beside(self, reading: Client) -> None:
        page = text(reading.get("/en/coverage/?region=990000"))
        assert "weighed by their people" in page and "simulated" in page
        assert "The populations of" not in page
        rows = list(csv.DictReader(io.StringIO(
            reading.get("/en/coverage/?region=990000&csv=definitions").content.decode("utf-8-sig"))))
        assert all(0 <= float(row["people"]) <= 1 for row in rows) and float(rows[2]["people"]) > 0
        real = text(reading.get("/en/coverage/?region=330000"))
        assert "weighed by their people" not in real  # nobody knows how many live in its cities

    @pytest.mark.parametrize("query", ["count=x", "item=NB999", "group=nobody"])
    def test_what_people_get_wrong(self, reading: Client, query: str) -> None:
        assert reading.get(f"/en/coverage/?{query}").status_code == 400


WORK = f"/en/work/guides/{MATTER}/"


class TestTheWorkbench:
    @pytest.mark.parametrize(("who", "region", "status"), [
        ("county", COUNTY, 200), ("clerk", COUNTY, 200), ("elsewhere", COUNTY, 403), ("province", COUNTY, 200),
        ("reviewer", COUNTY, 200), ("nation", "330100", 200), ("county", CITY, 403), ("reader", CITY, 403)])
    def test_who_sees_what(self, signed_in: Callable[[str], Client], who: str, region: str, status: int) -> None:
        for address in (WORK, "/en/work/guides/", "/en/work/claims/", "/en/work/points/", "/en/work/ledger/"):
            assert signed_in(who).get(address, {"region": region}).status_code == status

    def test_a_stranger_signs_in_first(self, signed_in: Callable[[str], Client]) -> None:
        assert signed_in("stranger").get(WORK)["Location"].startswith("/en/work/sign-in/")

    @pytest.mark.parametrize("who", ["clerk", "reviewer"])
    def test_who_only_reads_cannot_write(self, signed_in: Callable[[str], Client], who: str) -> None:
        browser = signed_in(who)
        for address in (f"{WORK}field/delivery/", f"{WORK}publish/", f"{WORK}step/delivery/"):
            assert browser.get(address, {"region": COUNTY}).status_code == 403
            assert browser.post(address, {"region": COUNTY, "zh": "x"}).status_code == 403
        assert browser.post("/en/work/claims/", {"region": COUNTY, f"says-{MATTER}": "offered"}).status_code == 403

    def test_from_the_field_to_the_version(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        saved = browser.post(f"{WORK}field/delivery/",
                             {"region": COUNTY, "zh": "邮寄", "en": "By post", "revision": "0"})
        assert saved.status_code == 302 and LayerDraft.objects.get().fields == {"delivery": {"zh": "邮寄",
                                                                                             "en": "By post"}}
        assert "It does not count yet" in text(browser.get(WORK, {"region": COUNTY}))
        look = browser.get(f"{WORK}publish/", {"region": COUNTY})
        assert "By post" in text(look)
        done = browser.post(f"{WORK}publish/", {"region": COUNTY, "revision": "1", "note": "new", "source": "paper 1",
                                                "seen": look.context["seen"]})
        assert done.status_code == 302
        version = LayerVersion.objects.filter(matter=MATTER, region=COUNTY).latest("pk")
        assert version.fields["delivery"]["source"] == "paper 1" and version.note == "new"

    def test_items_get_keys_of_their_own_and_keep_their_order(self, signed_in: Callable[[str], Client]) -> None:
        signed_in("county").post(f"{WORK}field/contacts/", {
            "region": COUNTY, "item-0-zh": "乙", "item-0-order": "2", "item-1-zh": "甲", "item-1-phone": "12333",
            "item-1-order": "1", "item-2-id": "gone", "item-2-zh": "丙", "item-2-remove": "1", "item-3-order": "9"})
        assert LayerDraft.objects.get().fields["contacts"] == [{"id": "local-1", "zh": "甲", "phone": "12333"},
                                                               {"id": "local-2", "zh": "乙"}]

    def test_boxes_that_are_rarely_filled_stand_behind_a_fold(self, signed_in: Callable[[str], Client]) -> None:
        page = text(signed_in("county").get(f"{WORK}field/contacts/", {"region": COUNTY}))
        assert page.index(">Telephone<") < page.index("More about this item") < page.index(">Key<")
        assert "Material (code)" not in page

    def test_what_is_wrong_is_said_and_the_text_stays(self, signed_in: Callable[[str], Client]) -> None:
        response = signed_in("county").post(f"{WORK}field/contacts/", {
            "region": COUNTY, "item-0-id": "a", "item-0-zh": "甲", "item-1-id": "a", "item-1-zh": "乙"})
        assert response.status_code == 400 and "uses the id “a” twice" in text(response) and "乙" in text(response)

    def test_a_draft_that_moved_is_not_published_unseen(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        browser.post(f"{WORK}field/delivery/", {"region": COUNTY, "zh": "一", "revision": "0"})
        browser.post(f"{WORK}field/delivery/", {"region": COUNTY, "zh": "二", "revision": "1"})
        response = browser.post(f"{WORK}publish/", {"region": COUNTY, "revision": "1"})
        assert response.status_code == 400 and "look again" in text(response)

    def test_a_forced_change_too_soon_is_refused_with_the_day(self, signed_in: Callable[[str], Client]) -> None:
        record("county-editor", COUNTY, {"delivery": {"zh": "本地", "en": "Local"}})
        browser = signed_in("province")
        browser.post(f"{WORK}field/delivery/", {"region": PROVINCE, "zh": "统一", "en": "Uniform", "revision": "0"})
        look = browser.get(f"{WORK}publish/", {"region": PROVINCE})
        assert "1 place has words of its own" in text(look)
        soon = browser.post(f"{WORK}publish/", {"region": PROVINCE, "revision": "1", "forced": "delivery",
                                                "seen": look.context["seen"]})
        day = timezone.localdate() + timedelta(7)
        assert soon.status_code == 400 and f"it can count from {day}" in text(soon)
        done = browser.post(f"{WORK}publish/", {"region": PROVINCE, "revision": "1", "forced": "delivery",
                                                "seen": look.context["seen"], "from": str(day)})
        assert done.status_code == 302 and Notice.objects.filter(username="county-editor").exists()

    def test_the_three_sides_and_what_may_be_done(self, signed_in: Callable[[str], Client]) -> None:
        record("province-editor", PROVINCE, {"delivery": {"zh": "一", "en": "One"}})
        record("county-editor", COUNTY, {"delivery": {"zh": "本", "en": "Own"}})
        record("province-editor", PROVINCE, {"delivery": {"zh": "二", "en": "Two"}})
        browser, address = signed_in("county"), f"{WORK}step/delivery/"
        page = text(browser.get(address, {"region": COUNTY}))
        assert all(words in page for words in ("One", "Two", "Own", "changed on both sides"))
        assert "out of step" in text(browser.get("/en/work/"))
        refused = browser.post(address, {"region": COUNTY, "do": "keep", "reason": ""})
        assert refused.status_code == 400 and "Say why" in text(refused)
        assert browser.post(address, {"region": COUNTY, "do": "later", "until": "soon"}).status_code == 400
        assert browser.post(address, {"region": COUNTY, "do": "sing"}).status_code == 400
        assert browser.post(address, {"region": COUNTY, "do": "merge", "zh": "合", "en": "Both"}).status_code == 302
        again = browser.get(address, {"region": COUNTY})
        assert again.status_code == 400 and "in step" in text(again)

    def test_a_reviewer_confirms_or_sends_back(self, signed_in: Callable[[str], Client]) -> None:
        version = record("county-editor", COUNTY, {"delivery": {"zh": "本", "en": "Own"}})
        browser = signed_in("reviewer")
        assert "waits for a second look" in text(browser.get("/en/work/"))
        sent = {"region": COUNTY, "do": "review", "version": version.number, "verdict": "back", "text": ""}
        assert browser.post(WORK, sent).status_code == 400
        assert browser.post(WORK, {**sent, "text": "unclear"}).status_code == 302
        assert "sent back by reviewer: unclear" in text(browser.get(WORK, {"region": COUNTY, "tab": "history"}))
        assert signed_in("county").post(WORK, sent).status_code == 403

    def test_claims_are_recorded_at_once_and_half_ones_refused(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        done = browser.post("/en/work/claims/", {"region": COUNTY, f"says-{MATTER}": "offered"})
        assert done["Location"].endswith("saved=1")
        half = browser.post("/en/work/claims/", {"region": COUNTY, f"says-{MATTER}": "not_offered"})
        assert half.status_code == 400 and "why it is not offered" in text(half)

    def test_a_service_point_from_the_form(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        row = {"region": COUNTY, "code": "99-new", "kind": "hall", "name_zh": "新大厅", "name_en": "New hall",
               "hours-mon": "09:00-12:00; 13:30-17:00", "lon": "120", "lat": "30", "queue": "ticket"}
        wrong = browser.post("/en/work/points/new/", {**row, "hours-mon": "morning"})
        assert wrong.status_code == 400 and "新大厅" in text(wrong)
        assert "must be written like 09:00-12:00" in text(wrong)
        assert browser.post("/en/work/points/new/", row).status_code == 302
        assert "New hall" in text(browser.get("/en/work/points/", {"region": COUNTY}))

    def test_a_line_of_the_ledger_from_the_form(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("province")
        row = {"region": PROVINCE, "id": "99-9", "kind": "cancelled", "matter": MATTER, "from": "2026-01-01",
               "zh": "取消（测试）", "source": "test"}
        assert browser.post("/en/work/ledger/", {**row, "matter": "X"}).status_code == 400
        assert browser.post("/en/work/ledger/", row).status_code == 302
        assert "Cancelled" in text(browser.get("/en/work/ledger/", {"region": PROVINCE}))
        assert "not in the list" in text(browser.get(f"/en/guides/{MATTER}/?region={COUNTY}"))


def test_what_the_list_does_not_cover_is_never_missing(reading: Client) -> None:
    page = text(reading.get("/en/coverage/?region=710000"))
    assert "Nothing to be counted here" in page and "0 / 0" not in page and "Guide published" not in page
    counted = text(reading.get("/en/coverage/?region=990000"))
    assert re.search(r"\d,\d{3} pairs of matter and place are missing", counted)


def test_where_the_list_is_not_meant_for_a_place_its_limits_are_not_shown(reading: Client) -> None:
    page = text(reading.get(f"/en/guides/{MATTER}/?region=810000"))
    assert "is not meant for Hong Kong" in page and "not in the list" not in page
    assert 'class="promises' not in page and "How long it takes" not in page and "application/ld+json" not in page
    assert "How long it takes" in text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}"))


def test_where_nothing_is_on_record_there_is_nothing_to_take_along(reading: Client) -> None:
    page = text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&on=0012-01-01"))
    assert "No guide is on record" in page and "Take it along" not in page
    assert "Take it along" in text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}"))


class TestClaimsLookedThrough:
    ADDRESS = "/en/work/claims/"

    def rows(self, browser: Client, **asked: str) -> list[str]:
        page = text(browser.get(self.ADDRESS, {"region": COUNTY, **asked}))
        return re.findall(r'name="says-([\w-]+)"', page)

    def test_by_what_is_said_and_by_name(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        browser.post(self.ADDRESS, {"region": COUNTY, f"says-{MATTER}": "offered"})
        assert self.rows(browser, said="offered") == [MATTER] and len(self.rows(browser)) > 100
        assert self.rows(browser, q=MATTER.lower()) == [MATTER]
        assert "Nothing here" in text(browser.get(self.ADDRESS, {"region": COUNTY, "q": "xyzxyz"}))
        assert browser.get(self.ADDRESS, {"region": COUNTY, "said": "moon"}).status_code == 400

    def test_what_is_looked_for_stays_after_recording(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        done = browser.post(f"{self.ADDRESS}?q={MATTER}", {"region": COUNTY, f"says-{MATTER}": "offered"})
        assert done["Location"].endswith(f"saved=1&q={MATTER}") and self.rows(browser, said="offered") == [MATTER]


class TestToTakeAlong:
    @pytest.mark.parametrize(("form", "begins"), [
        ("pdf", b"%PDF"), ("large-pdf", b"%PDF"), ("docx", b"PK"), ("poster", b"%PDF"), ("hsds", b"{"),
        ("jsonld", b"{"), ("json", b"{"), ("cpsv", b"@prefix")])
    def test_every_form(self, reading: Client, form: str, begins: bytes) -> None:
        response = reading.get(f"/en/guides/NB029-EX01/file/{form}/?region=370800")
        assert response.status_code == 200 and response.content.startswith(begins)
        assert f"NB029-EX01-370800-{timezone.localdate()}-{form}." in response["Content-Disposition"]

    @pytest.mark.parametrize("form", ["gif", "large-json", "text"])
    def test_no_such_form(self, reading: Client, form: str) -> None:
        assert reading.get(f"/en/guides/NB029-EX01/file/{form}/?region=370800").status_code == 404

    def test_search_engines_read_the_page(self, reading: Client) -> None:
        record("county-editor", COUNTY, {"summary": {"zh": "a</script><b>", "en": "a</script><b>"}})
        page = reading.get(f"/en/guides/{MATTER}/?region={COUNTY}").content.decode()
        found = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        assert json.loads(found)["@type"] == "GovernmentService" and "</script><b>" in json.loads(found)["description"]


class TestChecks:
    def test_what_is_wrong_is_listed_and_leads_to_the_field(self, signed_in: Callable[[str], Client]) -> None:
        record("county-editor", COUNTY, {"contacts": [{"id": "x", "zh": "咨询台", "en": "Desk", "phone": "12 ab"}]})
        browser = signed_in("county")
        page = text(browser.get("/en/work/checks/", {"region": COUNTY, "what": "telephone"}))
        assert "12 ab" in page and f"{MATTER}/?region={COUNTY}#contacts" in page
        assert "12 ab" in text(browser.get(WORK, {"region": COUNTY}))
        assert signed_in("elsewhere").get("/en/work/checks/", {"region": COUNTY}).status_code == 403


class TestMoreOfIt:
    def test_two_days_compared(self, reading: Client) -> None:
        today = timezone.localdate()
        record("county-editor", COUNTY, {"delivery": {"zh": "邮寄", "en": "By post"}})
        address = f"/en/guides/{MATTER}/?region={COUNTY}&tab=history&first={today - timedelta(1)}"
        assert "By post" in text(reading.get(address)).partition("day by day")[0]
        same = text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&tab=history&first={today}&second={today}"))
        assert "Nothing is different" in same
        assert reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&tab=history&first=x").status_code == 400

    def test_a_list_shows_what_came_and_what_stayed(self, reading: Client) -> None:
        record("county-editor", COUNTY, {"contacts": [{"id": "desk", "zh": "咨询台", "en": "The desk",
                                                       "phone": "0600-5550101", "role": "enquiry"}]})
        page = text(reading.get(f"/en/guides/{MATTER}/?region={COUNTY}&tab=history")).partition("<main")[2]
        newest = page.partition("day by day")[2].partition("</section>")[0]
        assert "<ins>The desk 0600-5550101</ins>" in newest and "1 other line as it was" in newest
        assert "12333" not in newest and "<del>" not in newest

    def test_papers_of_the_counter_and_what_they_do_to_the_clock(self, reading: Client) -> None:
        page = text(reading.get("/en/guides/NB029-EX01/?region=990101&full=1"))
        assert "Papers you are given, and the clock" in page and "the time limit starts" in page
        assert "the time limit stands still" in page and "the time limit ends" in page

    def test_coverage_by_recipients(self, reading: Client) -> None:
        page = text(reading.get("/en/coverage/?region=990000&rows=recipients"))
        assert "Employees injured at work" in page and "group=injured" in page and "item=NB029" not in page

    def test_what_is_missing_in_the_whole_country_as_a_file(self, reading: Client) -> None:
        assert "Too many places for a list" in text(reading.get("/en/coverage/?region=CN&item=NB029"))
        found = reading.get("/en/coverage/?region=CN&item=NB029&csv=missing").content.decode("utf-8-sig")
        assert len(found.splitlines()) > 2800 * 5

    def test_a_place_says_what_its_own_list_calls_a_matter(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        browser.post("/en/work/claims/", {"region": COUNTY, f"says-{MATTER}": "offered", f"own-{MATTER}": "热线问询"})
        assert "“热线问询”" in text(browser.get("/en/work/claims/", {"region": COUNTY}))

    def test_a_point_serves_the_matters_that_it_names(self, signed_in: Callable[[str], Client]) -> None:
        browser = signed_in("county")
        row = {"region": COUNTY, "code": "99-some", "kind": "hall", "name_zh": "专厅", "name_en": "Special hall",
               "languages": ["zh", "en"]}
        assert browser.post("/en/work/points/new/", {**row, "matters": "NB999"}).status_code == 400
        assert browser.post("/en/work/points/new/", {**row, "matters": f"{MATTER}、NB029-EX01"}).status_code == 302
        for matter, there in ((MATTER, True), ("NB049-EX01", False)):
            found = actions.points_at(path=("CN", PROVINCE, CITY, COUNTY), on=timezone.localdate(), matter=matter)
            assert ("99-some" in [one.code for one in found]) is there

    def test_a_recipient_group_chosen_by_its_code(self, signed_in: Callable[[str], Client]) -> None:
        signed_in("nation").post(f"{WORK}field/groups/", {"region": "CN", "item-0-id": "injured"})
        (item,) = LayerDraft.objects.get().fields["groups"]
        assert item["en"] == "Employees injured at work"
