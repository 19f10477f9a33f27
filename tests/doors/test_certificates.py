"""Pages and addresses of certificates: what everybody may see, what the holder and the trainer, and nobody else."""

import io
import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from certified import COUNTY, days_from_now, described, faster, issued, user
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import Notice
from jizhun.people.qualifying import ask_for
from jizhun.people.rules import SYSTEM
from jizhun.training.models import Certificate, QualificationVersion

pytestmark = pytest.mark.usefixtures("world", "db")


@pytest.fixture(autouse=True)
def own_keys(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "KEYS", tmp_path / "keys")


@pytest.fixture
def held():
    """A certificate of the county's clerk whose promise changes in five days."""
    described()
    made = issued()
    faster(days_from_now(5))
    return made


def as_user(name):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user(name))
    return client


class TestPublic:
    def test_the_number_leads_to_the_page(self, reading, held):
        found = reading.get("/en/certificates/", {"number": held.number.lower()})
        assert found.status_code == 302 and found["Location"] == f"/en/certificates/{held.number}/"
        wrong = reading.get("/en/certificates/", {"number": "2026-0000-0000-0000"})
        assert wrong.status_code == 404 and "No certificate has this number" in wrong.content.decode()

    def test_it_shows_state_and_no_more_of_the_holder_than_chosen(self, reading, held):
        page = reading.get(f"/en/certificates/{held.number}/").content.decode()
        assert f"valid until {held.expires_on}" in page and "张＊＊" in page and "simulated" in page
        assert "张某某" not in page and "county-clerk" not in page and "sitting 1" not in page

    def test_on_the_day_of_the_change_it_asks_for_the_refresher(self, reading, held):
        page = reading.get(f"/en/certificates/{held.number}/", {"on": days_from_now(5)}).content.decode()
        assert f"refresher due since {days_from_now(5)}, to be taken by {days_from_now(15)}" in page
        assert "“3 working days” before, “2 working days” since" in page
        assert "lapsed" in reading.get(f"/en/certificates/{held.number}/", {"on": days_from_now(16)}).content.decode()

    @pytest.mark.parametrize("address", ["/en/certificates/NOTHING/", "/api/v1/certificates/NOTHING",
                                         "/api/v1/certificates/NOTHING/badge", "/api/v1/badges/keys/99",
                                         "/api/v1/badges/status/nothing/1", "/api/v1/badges/achievements/nothing/1"])
    def test_what_is_not_there_is_said(self, reading, address):
        assert reading.get(address).status_code == 404

    def test_other_systems_read_the_same(self, reading, held):
        found = reading.get(f"/api/v1/certificates/{held.number}", {"on": days_from_now(5)}).json()
        assert (found["state"], found["counts"], found["holder"]) == ("due", True, "张＊＊")
        assert found["changes"][0]["en"].endswith(f"“2 working days” since {days_from_now(5)}")
        assert reading.post(f"/api/v1/certificates/{held.number}").status_code == 405

    def test_every_address_that_a_badge_names_answers_with_that_document(self, reading, held):
        answer = reading.get(f"/api/v1/certificates/{held.number}/badge")
        assert answer["Content-Type"] == "application/vc" and answer["Access-Control-Allow-Origin"] == "*"
        badge = json.loads(answer.content)
        named = [badge["issuer"]["id"], badge["proof"]["verificationMethod"],
                 badge["credentialSubject"]["achievement"]["id"],
                 *(one["statusListCredential"] for one in badge["credentialStatus"]), badge["id"]]
        for address in named:
            assert address.startswith("http://testserver/")
            assert json.loads(reading.get(address.removeprefix("http://testserver")).content)["id"] == address
        token = reading.get(f"/api/v1/certificates/{held.number}/badge.jwt").content.decode()
        assert token.count(".") == 2

    def test_the_public_address_is_used_where_it_is_set(self, reading, held, monkeypatch):
        monkeypatch.setattr(settings, "PUBLIC_ADDRESS", "https://standards.example")
        badge = json.loads(reading.get(f"/api/v1/certificates/{held.number}/badge").content)
        assert badge["issuer"]["id"] == "https://standards.example/api/v1/badges/issuer"


class TestWorkbench:
    @pytest.mark.parametrize("address", ["", "issue/", "{number}/", "{number}/certificate.pdf"])
    def test_strangers_sign_in_first(self, reading, held, address):
        found = reading.get(f"/en/work/training/certificates/{address.format(number=held.number)}")
        assert found.status_code == 302 and "sign-in" in found["Location"]

    @pytest.mark.parametrize(("who", "status"), [("county-clerk", 200), ("trainer", 200), ("county-editor", 403),
                                                 ("national-editor", 403)])
    def test_a_certificate_is_its_holder_s_and_the_trainer_s(self, held, who, status):
        for address in ("", "certificate.pdf"):
            found = as_user(who).get(f"/en/work/training/certificates/{held.number}/{address}")
            assert found.status_code == status

    def test_the_paper_is_a_tagged_pdf_with_the_whole_name(self, held):
        import pypdf

        answer = as_user("county-clerk").get(f"/zh/work/training/certificates/{held.number}/certificate.pdf")
        read = pypdf.PdfReader(io.BytesIO(answer.content))
        assert len(read.pages) == 1 and read.trailer["/Root"]["/MarkInfo"]["/Marked"]
        text = read.pages[0].extract_text()
        assert "张某某" in text and held.number in text and "模拟" in text

    def test_mine_and_those_of_my_places(self, held):
        assert held.number in as_user("county-clerk").get("/en/work/training/certificates/").content.decode()
        page = as_user("trainer").get("/en/work/training/certificates/").content.decode()
        assert "张某某" in page and "You hold no certificate yet" in page
        assert held.number not in as_user("county-editor").get("/en/work/training/certificates/").content.decode()

    def test_it_is_issued_over_the_form_and_faults_keep_what_was_typed(self):
        described()
        sent = {"code": "unemployment-clerk", "holder": "county-clerk", "name": "李某", "region": COUNTY,
                "evidence": "E-7", "mark": "59.5", "on": str(days_from_now(0))}
        wrong = as_user("trainer").post("/en/work/training/certificates/issue/", sent)
        assert wrong.status_code == 400 and "60 is needed" in wrong.content.decode() and "E-7" in wrong.content.decode()
        assert as_user("trainer").post("/en/work/training/certificates/issue/", {**sent, "mark": "８７.5"}
                                       ).status_code == 302
        assert Certificate.objects.get().mark == 8750
        assert as_user("county-editor").post("/en/work/training/certificates/issue/", sent).status_code == 403

    @pytest.mark.parametrize(("wrong", "sentence"), [
        ({"holder": "nobody"}, "There is no such login"), ({"mark": "many"}, "A mark is 0 to 100"),
        ({"region": "nowhere"}, "nowhere"), ({"on": "2026-02-30"}, "2026-02-30")])
    def test_what_cannot_be_read_is_said(self, wrong, sentence):
        described()
        sent = {"code": "unemployment-clerk", "holder": "county-clerk", "name": "李某", "region": COUNTY,
                "evidence": "E-7", "mark": "90", "on": ""}
        answer = as_user("trainer").post("/en/work/training/certificates/issue/", sent | wrong)
        assert answer.status_code == 400 and sentence in answer.content.decode()

    def test_name_refresher_and_revocation_are_posted_to_its_page(self):
        described()
        made = issued(on=days_from_now(-1))
        faster(days_from_now(0))
        address = f"/en/work/training/certificates/{made.number}/"
        assert "sit the refresher" in as_user("county-clerk").get(address).content.decode()
        assert as_user("county-clerk").post(address, {"act": "name", "shown": "none"}).status_code == 302
        assert as_user("county-clerk").post(address, {"act": "renew", "evidence": "x", "mark": "90"}).status_code == 403
        assert as_user("trainer").post(address, {"act": "renew", "evidence": "x", "mark": "90"}).status_code == 302
        assert "Refresher passed" in as_user("county-clerk").get(address).content.decode()
        assert as_user("trainer").post(address, {"act": "revoke", "reason": " "}).status_code == 400
        assert as_user("trainer").post(address, {"act": "revoke", "reason": "shared answers"}).status_code == 302
        assert "shared answers" in as_user("county-clerk").get(address).content.decode()
        assert as_user("trainer").post(address, {"act": "burn"}).status_code == 400

    def test_a_qualification_is_described_and_versioned_over_the_form(self):
        sent = {"code": "clerk", "region": "990000", "name_zh": "经办", "name_en": "Clerk", "about_zh": "学",
                "about_en": "x", "months": "12", "grace": "20",
                "covers": "promise NB029-EX01 @ all promised_limit\nsteps NB029-EX01 @",
                "mark": "80"}
        assert as_user("trainer").post("/en/work/training/qualifications/", sent).status_code == 302
        assert QualificationVersion.objects.get().passing == 8000
        page = as_user("trainer").get("/en/work/training/qualifications/?code=clerk").content.decode()
        assert "steps NB029-EX01 @" in page and "the place of the certificate" in page
        wrong = as_user("trainer").post("/en/work/training/qualifications/", {**sent, "covers": "promise it"})
        assert wrong.status_code == 400 and "names no source" in wrong.content.decode()
        assert as_user("county-editor").post("/en/work/training/qualifications/", sent).status_code == 403

    def test_a_right_is_made_to_ask_and_the_refusal_says_what_to_learn(self):
        described()
        sent = {"region": "990000", "right": "guide.edit", "role": "", "qualification": "unemployment-clerk",
                "from": str(days_from_now(0)), "grace": "0", "reason": "", "act": "ask"}
        assert as_user("county-editor").post("/en/work/training/rights/", sent).status_code == 403
        assert as_user("province-editor").post("/en/work/training/rights/", sent).status_code == 302
        guide = "/en/work/guides/NB029-EX01/field/delivery/?region=990101"
        refused = as_user("county-editor").get(guide)
        said = refused.content.decode()
        assert refused.status_code == 403
        assert "needs a valid certificate “Window clerk for unemployment insurance”" in said
        assert "work/training/certificates/" in said
        home = as_user("county-editor").get("/en/work/").content.decode()
        assert "Learn first: Write guides and procedures" in home
        issued("county-editor")
        assert as_user("county-editor").get(guide).status_code == 200
        assert as_user("province-editor").post("/en/work/training/rights/", {**sent, "act": "end"}).status_code == 302

    def test_the_page_says_that_the_last_one_keeps_it(self):
        ask_for(by=SYSTEM, region="CN", right="guide.review", qualification="unemployment-clerk", grace_days=0,
                name=Bilingual("证书", "Clerk"), href="work/training/certificates/")
        page = as_user("reviewer").get("/en/work/training/rights/").content.decode()
        assert "Kept without a certificate: Review guides and procedures" in page


def test_the_command_tells_what_it_is_worth_and_changes_the_key(held):
    out = io.StringIO()
    call_command("certificates", held.number, "--on", str(days_from_now(5)), stdout=out)
    assert held.number in out.getvalue() and str(days_from_now(15)) in out.getvalue()
    call_command("certificates", "--new-key", stdout=out)
    assert (settings.KEYS / "issuer-2.key").exists()
    with pytest.raises(Refused, match="Give the number"):
        call_command("certificates")


def test_the_sweep_is_part_of_the_reminders(held):
    for _ in range(2):
        call_command("remind", stdout=io.StringIO())
        assert Notice.objects.filter(about__startswith=f"certificate:{held.number}:ahead").count() == 1
