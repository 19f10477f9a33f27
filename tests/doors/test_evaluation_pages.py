"""Attainment, conduct and outside assessment as officials and the public meet them: works, wrong place, stranger."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from errand_done import done
from jizhun import loading
from jizhun.evaluation import attainment, reviewing, surveys
from jizhun.evaluation.attainment import Word
from jizhun.evaluation.models import Assessed, CaseReview, ConductRecord, Judgement, Round, SurveyReturn
from jizhun.evaluation.rules.attainment import Stages
from jizhun.evaluation.sheets import QUESTIONNAIRE, SHEET, editions
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM, System

SignedIn = Callable[[str], Client]
COUNTY, OTHER, PROVINCE = "990101", "990201", "990000"
CAST = {"city": "city-editor", "assessor": "outside-assessor", "statistician": "statistician"}


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES = settings.LAKE = tmp_path
    yield


@pytest.fixture
def as_(signed_in: SignedIn) -> SignedIn:
    def of(who: str) -> Client:
        if who not in CAST:
            return signed_in(who)
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(username=CAST[who]))
        return client

    return of


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def opened(ago: int = 5, region: str = PROVINCE) -> Round:
    """A round that opened some days ago; each stage takes thirty days."""
    start = timezone.localdate() - timedelta(days=ago)
    days = [start + timedelta(days=30 * n) for n in range(4)]
    return attainment.open_round(
        by=SYSTEM, sheet=editions(SHEET)[0], region=region, name=Bilingual("一轮", "Round one"),
        first=date(2025, 1, 1), last=date(2025, 12, 31), source="", stages=Stages(*days))


def assessed(held: Round, place: str = COUNTY) -> None:
    attainment.say(by=System("other"), round=held, place=place, voice="self", on=held.opens,
                   words={"called_back": Word("yes"), "assisted": Word("yes")})


class TestAttainment:
    def test_a_county_assesses_itself_with_evidence(self, as_: SignedIn) -> None:
        held, browser = opened(), as_("county")
        page = f"/en/work/attainment/{held.pk}/{COUNTY}/"
        assert "Assess yourself: Pine Jia District" in text(browser.get("/en/work/"))
        shown = text(browser.get(page))
        assert "Conformance of cases" in shown and "not assessed yet" in shown and "simulated" in shown
        sent = {"voice": "self", "seen": "0", "value-display": "yes", "value-conformance": "98.5", "value-guides": "",
                "reason-display": "At the door", "file-display": SimpleUploadedFile("照片.jpg", b"photo")}
        done = browser.post(page, sent)
        assert done["Location"].endswith("?saved=2&voice=self")
        row = Assessed.objects.get(round=held, item="display")
        assert row.value == "yes" and row.evidence[0]["name"] == "照片.jpg" and row.by == "county-editor"
        file = browser.get(f"{page}evidence/{row.evidence[0]['hash']}/")
        assert file.content == b"photo" and file["Content-Disposition"].startswith("attachment")
        assert file["X-Content-Type-Options"] == "nosniff"
        assert browser.get(f"{page}evidence/{'0' * 64}/").status_code == 404
        assert "98.5" in text(browser.get(page)) and "Assess yourself" not in text(browser.get("/en/work/"))

    def test_what_cannot_be_read_is_said_and_what_was_typed_stays(self, as_: SignedIn) -> None:
        held = opened()
        page = f"/en/work/attainment/{held.pk}/{COUNTY}/"
        wrong = as_("county").post(page, {"voice": "self", "seen": "0", "value-conformance": "very good",
                                          "value-assisted": "yes"})
        assert wrong.status_code == 400 and "“very good” is not a number" in text(wrong)
        assert 'value="very good"' in text(wrong) and not Assessed.objects.filter(round=held).exists()

    @pytest.mark.parametrize(("who", "status"), [
        ("county", 200), ("city", 200), ("province", 200), ("elsewhere", 403), ("clerk", 200), ("stranger", 302)])
    def test_who_sees_a_countys_sheet(self, as_: SignedIn, who: str, status: int) -> None:
        held = opened()
        assert as_(who).get(f"/en/work/attainment/{held.pk}/{COUNTY}/").status_code == status

    def test_a_clerk_sees_no_boxes_and_posts_nothing(self, as_: SignedIn) -> None:
        held = opened()
        page = f"/en/work/attainment/{held.pk}/{COUNTY}/"
        assert "<form method=\"post\" enctype" not in as_("clerk").get(page).content.decode()
        sent = {"voice": "self", "seen": "0", "value-assisted": "yes"}
        assert as_("clerk").post(page, sent).status_code == 403

    def test_the_city_checks_with_reasons(self, as_: SignedIn) -> None:
        held = opened(ago=35)
        assessed(held)
        browser, page = as_("city"), f"/en/work/attainment/{held.pk}/{COUNTY}/"
        seen = str(attainment.newest_word(held, COUNTY))
        sent = {"voice": "check", "seen": seen, "value-called_back": "", "agrees-called_back": "yes",
                "value-assisted": "no", "agrees-assisted": "no"}
        assert "say why you do not agree" in text(browser.post(page, sent))
        assert browser.post(page, {**sent, "reason-assisted": "nobody there"}).status_code == 302
        shown = text(browser.get(page))
        assert "nobody there" in shown and "agrees" in shown
        assert as_("county").post(page, sent).status_code == 403

    def test_a_form_that_is_out_of_date(self, as_: SignedIn) -> None:
        held = opened()
        assessed(held)
        late = as_("county").post(f"/en/work/attainment/{held.pk}/{COUNTY}/",
                                  {"voice": "self", "seen": "0", "value-assisted": "no"})
        assert late.status_code == 400 and "“other” has spoken in the meantime" in text(late)

    def test_the_round_draws_computes_and_publishes(self, as_: SignedIn) -> None:
        held = opened(ago=95)
        attainment.say(by=SYSTEM, round=held, place=COUNTY, voice="self", on=held.opens,
                       words={"assisted": Word("yes"), "guides": Word("100")})
        province, page = as_("province"), f"/en/work/attainment/{held.pk}/"
        assert province.post(page, {"do": "draw", "wanted": "12", "seed": "door"}).status_code == 302
        assert "Seed door" in text(province.get(f"{page}?tab=sample"))
        assert done(province.post(page, {"do": "compute"})).page == f"work/attainment/{held.pk}/"
        apart = province.get(f"{page}?tab=differences&csv=differences").content.decode("utf-8-sig").splitlines()
        assert apart[0] == "place,item,said,computed,fits,points"
        assert len(apart) == 2 and apart[1].startswith("Pine Jia District,Guides published,1,0.")
        assert province.post(page, {"do": "publish"}).status_code == 403
        assert province.post(page, {"do": "dance"}).status_code == 400
        assert as_("reviewer").post(page, {"do": "publish"}).status_code == 302
        assert "published" in text(province.get(page))

    def test_counties_see_themselves_only_in_a_round(self, as_: SignedIn) -> None:
        held = opened()
        assessed(held, OTHER)
        own = text(as_("county").get(f"/en/work/attainment/{held.pk}/"))
        assert "0 of 1 places have assessed themselves" in own and OTHER not in own
        assert "1 of 91 places" in text(as_("province").get(f"/en/work/attainment/{held.pk}/"))

    def test_a_round_is_opened_by_form(self, as_: SignedIn) -> None:
        browser = as_("province")
        listed = text(browser.get("/en/work/attainment/"))
        assert "example, not official" in listed and "Open a round" in listed
        sheet = editions(SHEET)[0]
        sent = {"name": "New round", "sheet": str(sheet.pk), "region": PROVINCE, "source": "", "first": "2025-01-01",
                "last": "2025-12-31", "opens": "2026-01-01", "self_until": "2026-02-01", "check_until": "2026-03-01",
                "sample_until": "2026-02-01"}
        wrong = browser.post("/en/work/attainment/", sent)
        assert wrong.status_code == 400 and "end one after the other" in text(wrong)
        assert 'value="New round"' in text(wrong)
        assert browser.post("/en/work/attainment/", {**sent, "sample_until": "2026-04-01"}).status_code == 302
        assert Round.objects.get().name_en == "New round"
        assert as_("county").post("/en/work/attainment/", sent).status_code in (400, 403)
        assert "knock-out" in text(browser.get(f"/en/work/attainment/sheets/{sheet.pk}/"))

    def test_the_public_reads_what_is_published_and_nothing_else(self, as_: SignedIn, reading: Client) -> None:
        held = opened(ago=95)
        assessed(held)
        assert "No results are published here" in text(reading.get(f"/en/attainment/?region={PROVINCE}"))
        attainment.publish(by=SYSTEM, round=held)
        shown = text(reading.get(f"/en/attainment/?region={PROVINCE}"))
        assert "0 of 91 places attained" in shown and "simulated" in shown and "example, not official" in shown
        assert shown.index("The distribution") < shown.index("Place by place") and "Rank" not in shown
        own = text(reading.get(f"/zh/attainment/?region={COUNTY}"))
        assert "有待改进" in own and "设有帮办代办服务" in own and "other" not in own
        real = text(reading.get("/en/attainment/?region=330000"))
        assert "No results are published here" in real and "Round one" not in real


class TestConduct:
    SENT = {"kind": "visit", "region": COUNTY, "matter": "NB029-EX01", "on": "2025-06-02", "who": "Team",
            "text": "Looked", "measure-1": "promised_limit", "observed-1": "30", "unit-1": "", "point-1": "Too slow",
            "due-1": "2025-07-01"}

    def test_recorded_beside_the_promise_answered_and_closed(self, as_: SignedIn) -> None:
        province, county = as_("province"), as_("county")
        made = province.post("/en/work/conduct/new/", {**self.SENT, "file": SimpleUploadedFile("a.pdf", b"pdf")})
        page = made["Location"]
        assert "not as promised" in text(province.get(page)) and "30 working days" in text(province.get(page))
        digest = ConductRecord.objects.get().evidence[0]["hash"]
        assert county.get(f"{page}evidence/{digest}/").content == b"pdf"
        assert as_("elsewhere").get(f"{page}evidence/{digest}/").status_code == 403
        assert "Too slow" in text(county.get("/en/work/")) and "overdue" in text(county.get("/en/work/"))
        assert county.post(page, {"point": "1", "act": "answer", "text": ""}).status_code == 400
        assert county.post(page, {"point": "1", "act": "answer", "text": "Mended"}).status_code == 302
        assert county.post(page, {"point": "1", "act": "confirm", "text": "Yes"}).status_code == 403
        assert province.post(page, {"point": "1", "act": "confirm", "text": "Seen again"}).status_code == 302
        assert "closed" in text(county.get(page))
        lost = province.post(page, {"point": "9", "act": "answer", "text": "x"})
        assert lost.status_code == 400 and "There is no such point" in text(lost)

    @pytest.mark.parametrize(("who", "status"), [
        ("county", 403), ("clerk", 403), ("assessor", 403), ("stranger", 302), ("city", 302), ("province", 302)])
    def test_who_may_record_a_visit(self, as_: SignedIn, who: str, status: int) -> None:
        assert as_(who).post("/en/work/conduct/new/", self.SENT).status_code == status
        assert ConductRecord.objects.exists() == (who in ("city", "province"))

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, as_: SignedIn) -> None:
        wrong = as_("province").post("/en/work/conduct/new/", {**self.SENT, "observed-1": "slow"})
        assert wrong.status_code == 400 and "cannot be read" in text(wrong) and 'value="Too slow"' in text(wrong)
        ended = as_("province").post("/en/work/conduct/new/", {**self.SENT, "on": "2025-02-30"})
        assert ended.status_code == 400

    def test_the_ledger_shows_ones_own_places(self, as_: SignedIn) -> None:
        as_("province").post("/en/work/conduct/new/", self.SENT)
        assert "Too slow" in text(as_("county").get("/en/work/conduct/?state=overdue"))
        assert "Too slow" not in text(as_("elsewhere").get("/en/work/conduct/"))
        assert as_("elsewhere").get(f"/en/work/conduct/{ConductRecord.objects.get().pk}/").status_code == 403


class TestOutside:
    @pytest.fixture
    def drawn(self, world: None, db: None, tmp_path: Path) -> Iterator[CaseReview]:
        with override_settings(LAKE=tmp_path, FILES=tmp_path):
            loading.simulated_cases(by=SYSTEM, cases=1500)
            yield reviewing.draw_cases(by=SYSTEM, region=PROVINCE, source="simulated", first=date(2025, 1, 1),
                                       last=date(2025, 12, 31), wanted=12, seed="door")

    def test_judged_blind_case_by_case(self, as_: SignedIn, drawn: CaseReview) -> None:
        browser, page = as_("assessor"), f"/en/work/reviews/{drawn.pk}/"
        assert "hidden until judged" in text(browser.get(page)) and "0 of 12 cases" in text(browser.get(page))
        shown = text(browser.get(f"{page}1/"))
        assert "The system says" not in shown and "What was promised" in shown
        assert browser.post(f"{page}1/", {}).status_code == 400
        following = browser.post(f"{page}1/", {"verdict": "kept"})["Location"]
        assert following == f"{page}2/" and "The system says" in text(browser.get(f"{page}1/"))
        assert "1 of 12 cases" in text(browser.get(page)) and "kappa" in text(browser.get(page))
        for who in ("province", "statistician", "reviewer"):
            assert as_(who).post(f"{page}2/", {"verdict": "kept"}).status_code == 403
        assert Judgement.objects.count() == 1 and browser.get(f"{page}99/").status_code == 404
        beside = text(as_("province").get(f"/en/work/evaluation/?region={PROVINCE}"))
        assert "Conformance of cases" in beside and "outside assessors, sampled cases" in beside
        assert as_("county").get(page).status_code == 403

    def test_the_statistician_draws_by_form(self, as_: SignedIn, drawn: CaseReview) -> None:
        sent = {"region": PROVINCE, "source": "simulated", "first": "2025-01-01", "last": "2025-12-31", "matter": "",
                "wanted": "8", "seed": "form"}
        assert as_("statistician").post("/en/work/reviews/", sent).status_code == 302
        assert as_("statistician").post("/en/work/reviews/", {**sent, "wanted": "x"}).status_code == 400
        assert as_("assessor").post("/en/work/reviews/", sent).status_code == 403
        assert "form" in text(as_("statistician").get("/en/work/reviews/"))

    def test_a_survey_from_form_to_results_with_faults_by_cell(self, as_: SignedIn) -> None:
        browser = as_("assessor")
        sent = {"questionnaire": str(editions(QUESTIONNAIRE)[0].pk), "region": PROVINCE, "who": "Institute",
                "invited": "10", "first": "2025-01-01", "last": "2025-02-01"}
        page = browser.post("/en/work/surveys/", sent)["Location"]
        head = "no,place,overall,speed,skill,manner,guide_right,asked_more,channel,words"
        bad = SimpleUploadedFile("r.csv", f"{head}\n1,990101,7,4,4,5,,no,online,\n".encode())
        wrong = browser.post(page, {"file": bad})
        assert wrong.status_code == 400 and "C2" in text(wrong) and "nothing was taken in" in text(wrong)
        assert not SurveyReturn.objects.exists()
        good = f"{head}\n1,990101,5,4,4,5,,no,online,quick\n".encode()
        assert browser.post(page, {"file": SimpleUploadedFile("r.csv", good)})["Location"].endswith("taken=1")
        assert "again=1" in browser.post(page, {"file": SimpleUploadedFile("r.csv", good)})["Location"]
        shown = text(browser.get(page))
        assert "92.0" in shown and "quick" in shown and "10.0" in shown
        assert browser.get(f"{page}form.xlsx").content.startswith(b"PK")
        assert as_("province").post(page, {"file": SimpleUploadedFile("r.csv", good)}).status_code == 403
        assert browser.post(page, {}).status_code == 400

    def test_the_page_of_a_place_puts_them_side_by_side(self, as_: SignedIn) -> None:
        empty = text(as_("province").get(f"/en/work/evaluation/?region={PROVINCE}"))
        assert "Nothing from outside yet" in empty
        held = surveys.open_survey(
            by=SYSTEM, questionnaire=editions(QUESTIONNAIRE)[0], region=PROVINCE, who="Institute", invited=10,
            first=date(2025, 1, 1), last=date(2025, 2, 1))
        head = "no,place,overall,speed,skill,manner,guide_right,asked_more,channel,words"
        surveys.take_returns(by=SYSTEM, survey=held, name="r.csv",
                             content=f"{head}\n1,{COUNTY},5,4,4,2,,no,online,".encode())
        shown = text(as_("province").get(f"/en/work/evaluation/?region={PROVINCE}"))
        assert "Positive ratings" in shown and "Institute" in shown and "75.0" in shown
        assert as_("county").get(f"/en/work/evaluation/?region={OTHER}").status_code == 403
