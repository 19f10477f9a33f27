"""Publications at the workbench, on the portal, as files and over the API."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from errand_done import done
from finding_cases import MATTER, OTHER, SOURCE, Heap, hand_in, settle, taken_in
from jizhun.evaluation.leaving import remove_source
from jizhun.evaluation.models import Proposal, PublishedEdition
from jizhun.evaluation.publications import Plan, make, propose, publish
from jizhun.evaluation.rules.publishing import canonical
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM

WORK, PAGE = "/en/work/publications/", "/en/publications/"
FORM = {"code": "spring", "title_zh": "春季（模拟）", "title_en": "Spring (simulated)", "region": "990100",
        "source": SOURCE, "first": "2025-01-01", "last": "2025-06-30", "down": "matter", "across": "county",
        "indices": ["on_time"]}
HEAPS = [Heap("990101", "2025-02", 60, 20), Heap("990102", "2025-03", 6, 1), Heap("990103", "2025-03", 40, 1),
         Heap("990101", "2025-03", 50, 2, OTHER), Heap("990102", "2025-02", 30, 0, OTHER),
         Heap("990103", "2025-02", 24, 3, OTHER)]
WHY = Bilingual("补报办件。", "Missing cases were handed in.")


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-06-30") as folder:
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    """Three counties, one of them with six cases of a matter."""
    return settle(filled, tmp_path, settings)


def user(name: str) -> User:
    return User.objects.get(username=name)


def made() -> Proposal:
    return make(by=user("statistician"), plan=Plan(
        "spring", Bilingual("春季（模拟）", "Spring (simulated)"), "990100", SOURCE, date(2025, 1, 1),
        date(2025, 6, 30), "matter", "county", ["on_time"]))


def out() -> PublishedEdition:
    one = made()
    return publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)


def corrected(folder: Path) -> PublishedEdition:
    out()
    hand_in(folder, [Heap("990103", "2025-04", 40, 30)], "2025-07-31")
    one = propose(by=user("statistician"), code="spring", reason=WHY)
    return publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)


# -- workbench -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [
    ("province", 302), ("nation", 302), ("county", 403), ("clerk", 403), ("reviewer", 403), ("reader", 403),
    ("stranger", 302)])
def test_whoever_may_compute_makes_figures(signed_in, who, status):
    answered = signed_in(who).post("/en/work/new-publication/", FORM)
    assert answered.status_code == status and not Proposal.objects.exists(), "the page does not wait for the figures"
    if who in ("province", "nation"):
        one = done(answered)
        assert (one.state, one.page) == ("done", "work/publications/spring/")
        assert Proposal.objects.get().maker == one.by


@pytest.mark.parametrize(("change", "words"), [
    ({"first": ""}, "first and the last day"), ({"title_en": ""}, "title in Chinese and in English"),
    ({"region": "990999"}, "990999"), ({"region": "CN"}, "fictional places only"), ({"indices": []}, "1 to 6"),
    ({"first": "2025-02-30"}, "is not a date")])
def test_a_wrong_form_keeps_what_was_typed(signed_in, change, words):
    answered = signed_in("nation").post("/en/work/new-publication/", {**FORM, **change})
    assert answered.status_code == 400 and words in answered.content.decode()
    assert "春季（模拟）" in answered.content.decode()


@pytest.mark.parametrize(("who", "status"), [
    ("reviewer", 200), ("province", 200), ("nation", 200), ("clerk", 403), ("county", 403), ("elsewhere", 403),
    ("reader", 200), ("stranger", 302)])
def test_figures_that_wait_are_seen_where_results_are_read(signed_in, who, status):
    made()
    page = signed_in(who).get(f"{WORK}spring/")
    assert page.status_code == status
    if status == 200:
        offered = 'value="publish"' in page.content.decode()
        assert offered is (who in ("reviewer", "nation")) and "66.66" not in page.content.decode()


def test_another_person_publishes_and_the_maker_does_not(signed_in):
    done(signed_in("nation").post("/en/work/new-publication/", FORM))
    one = Proposal.objects.get()
    sent = {"do": "publish", "proposal": one.pk, "seen": one.content_hash}
    own = signed_in("nation").get(f"{WORK}spring/").content.decode()
    assert 'value="publish"' not in own and "somebody else has to" in own
    assert signed_in("nation").post(f"{WORK}spring/", sent).status_code == 403
    assert signed_in("province").post(f"{WORK}spring/", sent).status_code == 403
    assert signed_in("reviewer").post(f"{WORK}spring/", {**sent, "seen": "x"}).status_code == 400
    assert signed_in("stranger").get(PAGE + "spring/").status_code == 404
    assert "Figures wait for your review" in signed_in("reviewer").get("/en/work/").content.decode()
    assert signed_in("reviewer").post(f"{WORK}spring/", sent).status_code == 302
    assert signed_in("stranger").get(PAGE + "spring/").status_code == 200


def test_a_correction_is_seen_beside_what_is_out_and_needs_its_reason(signed_in, cases):
    out()
    hand_in(cases, [Heap("990103", "2025-04", 40, 30)], "2025-07-31")
    client = signed_in("province")
    assert client.post(f"{WORK}spring/", {"do": "propose", "reason_zh": "补报。"}).status_code == 400
    sent = {"do": "propose", "reason_zh": WHY.zh, "reason_en": WHY.en}
    assert done(client.post(f"{WORK}spring/", sent)).state == "done"
    page = signed_in("reviewer").get(f"{WORK}spring/").content.decode()
    assert WHY.en in page and "was 87.1" in page and "The data date is 2025-07-31; it was 2025-06-30." in page
    back = {"do": "back", "proposal": Proposal.objects.latest("pk").pk, "reason": "Look again."}
    assert client.get(f"{WORK}spring/").status_code == 200
    assert signed_in("reviewer").post(f"{WORK}spring/", back).status_code == 302
    assert "Look again." in client.get(f"{WORK}spring/").content.decode()
    assert signed_in("stranger").get(f"{PAGE}spring/2/").status_code == 404


def test_what_is_out_stays_when_its_cases_leave_and_says_so(signed_in):
    text = "kept here no longer"
    edition = out()
    page = signed_in("stranger").get(f"{PAGE}spring/").content.decode()
    assert text not in page
    remove_source(by=SYSTEM, source=SOURCE)
    after = signed_in("stranger").get(f"{PAGE}spring/").content.decode()
    assert text in after and edition.content_hash in after
    assert signed_in("province").get(f"{WORK}spring/").status_code == 200


def test_the_list_tells_the_state(signed_in):
    made()
    text = signed_in("reviewer").get(WORK).content.decode()
    assert "waits for review" in text and "simulated" in text
    assert "Spring" not in signed_in("elsewhere").get(WORK).content.decode()
    assert signed_in("reviewer").get(f"{WORK}nothing/").status_code == 404


# -- portal ----------------------------------------------------------------------------------------


def test_an_edition_says_what_it_rests_on_and_that_it_is_simulated(reading):
    out()
    text = reading.get(PAGE + "spring/").content.decode()
    for said in ("simulated", "Edition 1", "SELECT", "duckdb", "K / (K + B + V)", "kept back", "SHA-256"):
        assert said in text, said
    assert "statistician" not in text and "reviewer" not in text.replace("reviewed", "")
    chinese = reading.get("/zh/publications/spring/").content.decode()
    assert "未公布" in chinese and "数据质量等级" in chinese and "模拟" in chinese
    assert reading.get(PAGE + "spring/?svg=picture-on_time").content.startswith(b"<svg")
    assert b"hidden" not in reading.get(PAGE + "spring/?csv=on_time").content


def test_an_old_edition_stays_readable_and_says_that_it_was_replaced(reading, cases):
    corrected(cases)
    new, old = (reading.get(f"{PAGE}spring/{path}").content.decode() for path in ("", "1/"))
    assert "What changed since edition 1" in new and WHY.en in new and "It was replaced" not in new
    assert "It was replaced" in old and "edition 2 counts now" in old and "210" in old
    assert reading.get(f"{PAGE}spring/3/").status_code == 404 and reading.get(f"{PAGE}none/").status_code == 404


def test_the_list_is_of_the_place_and_what_lies_above_and_below(reading):
    out()
    for region, there in (("990000", True), ("990101", True), ("990200", False), ("330000", False)):
        text = reading.get(f"{PAGE}?region={region}").content.decode()
        assert ('data-label="Place"' in text) is there, region
    assert "There is something elsewhere" in reading.get(f"{PAGE}?region=330000").content.decode()


def test_the_files_carry_everything_that_a_figure_rests_on(reading, cases):
    second = corrected(cases)
    told = json.loads(reading.get(f"{PAGE}spring/2/data.json").content)
    assert (told["edition"], told["replaced"], told["reason"]["en"]) == (2, False, WHY.en)
    sealed = canonical([told["content"], told["reason"]["zh"], told["reason"]["en"]]).encode()
    assert hashlib.sha256(sealed).hexdigest() == told["content_sha256"] == second.content_hash
    text = reading.get(f"{PAGE}spring/1/data.csv").content.decode("utf-8-sig")
    rows = {(row["row_code"], row["column_code"]): row for row in csv.DictReader(io.StringIO(text))}
    total, small = rows["", ""], rows[MATTER, "990102"]
    assert (total["numerator"], total["denominator"], total["replaced"], total["data_date"]) == (
        "183", "210", "1", "2025-06-30")
    assert total["definition_zh"] and total["formula"] and total["quality"] in "ABCD" and total["engine_version"]
    sql = told["content"]["indices"][0]["run"]["sql"]
    assert len(total["sql_sha256"]) == 64 and "SELECT" in sql
    assert (small["numerator"], small["cases"], small["kept_back"]) == ("", "", "1")
    assert reading.get(f"{PAGE}spring/2/data.xml").status_code == 404


# -- API -------------------------------------------------------------------------------------------


def test_the_api_tells_the_same(reading, cases):
    second = corrected(cases)
    (row,) = reading.get("/api/v1/publications").json()["publications"]
    assert (row["code"], row["edition"], row["simulated"], row["content_sha256"]) == (
        "spring", 2, True, second.content_hash)
    newest = reading.get("/api/v1/publications/spring")
    assert newest["ETag"] == f'"{second.content_hash}"' and newest.json()["editions"] == [2, 1]
    old = reading.get("/api/v1/publications/spring/1").json()
    assert old["replaced"] is True and old["newest_edition"] == 2
    assert old["content"] == json.loads(reading.get(f"{PAGE}spring/1/data.json").content)["content"]


@pytest.mark.parametrize(("address", "status", "words"), [
    ("?region=990100", 200, ""), ("?region=nowhere", 400, "no region"), ("?place=1", 400, "no parameter"),
    ("/none", 404, "no publication"), ("/spring/9", 404, "no such edition"), ("/spring?x=1", 400, "no parameter")])
def test_the_api_answers_slips_by_one_sentence(reading, address, status, words):
    out()
    answered = reading.get(f"/api/v1/publications{address}")
    assert answered.status_code == status
    assert status == 200 or (words in answered.json()["error"]["en"] and answered.json()["error"]["zh"])


def test_the_api_is_read_only(reading):
    assert reading.post("/api/v1/publications").status_code == 405
