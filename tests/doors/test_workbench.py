"""The workbench: signing in, handing in files within one's own region, finding them again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jizhun.people.rules import DEMONSTRATION_PASSWORD
from jizhun.workbench.jobs import read_job
from jizhun.workbench.tasks import process_batch

MAPPING = """
name_zh: 县窗口模拟办件
name_en: Simulated cases of a county desk
within: "{within}"
simulated: true
extract_date: 2025-12-31
fields:
  case_key: case
  matter: matter
  region: county
  accepted_at: accepted
  closed_at: closed
"""
ROWS = """case,matter,county,accepted,closed
A1,NB029-EX01,990101,2025-03-03 09:00,2025-03-04 10:00
A2,NB029-EX01,990101,2025-03-03 09:00,2025-03-28 10:00
"""
FAULTY = ROWS + "A3,NB029-EX01,990101,2025-03-03 09:00,2025-02-30 10:00\n"


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path: Path) -> Iterator[None]:
    settings.FILES, settings.LAKE = tmp_path / "files", tmp_path / "lake"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    yield


def papers(within: str = "990101", rows: str = ROWS, source: str = "desk", mapping: str = MAPPING) -> dict[str, object]:
    return {"file": SimpleUploadedFile("cases.csv", rows.encode()), "source": source,
            "own_mapping": SimpleUploadedFile("desk.yaml", mapping.replace("{within}", within).encode())}


def hand_in(client: Client, **changes: str) -> str:
    """Hand in a file and let the worker do it; gives the address of the job."""
    response = client.post("/en/work/upload/", papers(**changes))
    assert response.status_code == 302
    process_batch.func(response.url.split("/")[-2])
    return str(response.url)


# -- signing in ----------------------------------------------------------------------------------------


def test_signing_in_leads_to_where_one_wanted_to_go(reading):
    wanted = reading.get("/en/work/upload/").url
    assert wanted == "/en/work/sign-in/?next=/en/work/upload/"
    response = reading.post(wanted, {"username": "county-clerk", "password": DEMONSTRATION_PASSWORD,
                                     "next": "/en/work/upload/"})
    assert response.url == "/en/work/upload/"


def test_signing_in_never_leads_to_another_site(reading):
    response = reading.post("/en/work/sign-in/", {"username": "county-clerk", "password": DEMONSTRATION_PASSWORD,
                                                  "next": "https://example.org/"})
    assert response.url == "/en/work/"


def test_after_five_failures_even_the_right_password_has_to_wait(reading):
    for _ in range(5):
        response = reading.post("/en/work/sign-in/", {"username": "county-clerk", "password": "wrong"})
        assert "do not fit together" in response.content.decode()
    right = {"username": "county-clerk", "password": DEMONSTRATION_PASSWORD}
    assert reading.post("/en/work/sign-in/", right).status_code == 429
    assert reading.post("/en/work/sign-in/", right | {"username": "reviewer"}).status_code == 302


def test_signing_out_is_not_done_by_a_link(signed_in):
    client = signed_in("clerk")
    assert client.get("/en/work/sign-out/").status_code == 405
    assert client.post("/en/work/sign-out/").status_code == 302
    assert client.get("/en/work/").status_code == 302


def test_demonstration_logins_are_listed_for_trying(reading):
    page = reading.get("/zh/work/sign-in/").content.decode()
    assert "county-clerk-elsewhere" in page
    assert DEMONSTRATION_PASSWORD in page


# -- who may what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [
    ("clerk", 302), ("county", 302), ("province", 302), ("nation", 302),
    ("elsewhere", 403), ("reviewer", 403), ("reader", 403)])
def test_files_are_handed_in_within_ones_own_region(signed_in, who, status):
    response = signed_in(who).post("/en/work/upload/", papers())
    assert response.status_code == status
    if status == 403:
        assert "hand in case records" in response.content.decode()


def test_a_clerk_cannot_hand_in_for_the_whole_province(signed_in):
    assert signed_in("clerk").post("/en/work/upload/", papers(within="990000")).status_code == 403
    assert signed_in("province").post("/en/work/upload/", papers(within="990000")).status_code == 302


@pytest.mark.parametrize("path", ["", "upload/", "jobs/20260101000000-000000000000/"])
def test_strangers_are_asked_to_sign_in(signed_in, path):
    assert signed_in("stranger").get(f"/en/work/{path}").url == f"/en/work/sign-in/?next=/en/work/{path}"


def test_a_job_is_shown_to_whoever_handed_it_in(signed_in):
    address = hand_in(signed_in("clerk"))
    assert signed_in("clerk").get(address).status_code == 200
    assert signed_in("elsewhere").get(address).status_code == 404
    assert signed_in("nation").get(address).status_code == 404


@pytest.mark.parametrize("token", ["..", "20260101000000-00000000000g", "20260101000000-000000000000"])
def test_jobs_are_found_by_their_token_only(signed_in, token):
    assert signed_in("clerk").get(f"/en/work/jobs/{token}/").status_code == 404


# -- handing in ------------------------------------------------------------------------------------------


def test_a_good_file_is_taken_in_and_found_again(signed_in):
    clerk = signed_in("clerk")
    address = hand_in(clerk)
    job = clerk.get(address).context["job"]
    assert (job.state, job.read, job.good, job.bad) == ("done", 2, 2, 0)
    assert "cases.csv" in clerk.get("/en/work/").content.decode()
    assert not list(job.folder.glob("input*"))


def test_the_same_file_twice_changes_nothing(signed_in):
    clerk = signed_in("clerk")
    hand_in(clerk)
    again = clerk.get(hand_in(clerk))
    assert again.context["job"].repeated
    assert "This very file was handed in before." in again.content.decode()


def test_rejected_rows_are_shown_with_their_reasons_and_can_be_taken_away(signed_in):
    clerk = signed_in("clerk")
    address = hand_in(clerk, rows=FAULTY)
    page = clerk.get(address).content.decode()
    assert "2025-02-30" in page
    rejects = b"".join(clerk.get(f"{address}rejects.csv").streaming_content).decode("utf-8-sig")
    assert rejects.startswith('"row","fields"')
    assert "A3" in rejects
    assert signed_in("elsewhere").get(f"{address}rejects.csv").status_code == 404


def test_a_file_that_does_not_fit_the_mapping_is_refused_in_words(signed_in):
    clerk = signed_in("clerk")
    page = clerk.get(hand_in(clerk, rows="a,b\n1,2\n")).content.decode()
    assert "The file was not taken in" in page
    assert "Nothing was changed." in page


@pytest.mark.parametrize(("changes", "field"), [
    ({"source": "No Such Name!"}, "source"),
    ({"rows": ""}, "file"),
    ({"mapping": "name: ["}, "own_mapping"),
    ({"mapping": "within: '990101'\nfieldz: {}\n"}, "own_mapping"),
])
def test_what_is_wrong_is_said_beside_the_field(signed_in, changes, field):
    response = signed_in("clerk").post("/en/work/upload/", papers(**changes))
    assert response.status_code == 400
    assert list(response.context["wrong"]) == [field]


def test_a_mapping_used_before_is_offered_to_those_of_the_place(signed_in):
    hand_in(signed_in("clerk"))
    (known,) = signed_in("clerk").get("/en/work/upload/").context["mappings"]
    assert known.name == "desk.yaml (desk)"
    assert signed_in("elsewhere").get("/en/work/upload/").context["mappings"] == []
    again = papers(rows=ROWS.replace("A1", "B1"))
    del again["own_mapping"]
    assert signed_in("clerk").post("/en/work/upload/", again | {"mapping": known.key}).status_code == 302


def test_progress_is_asked_for_in_pieces(signed_in):
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", papers()).url
    piece = clerk.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in piece
    assert 'hx-trigger="every 1s"' in piece
    job = read_job(address.split("/")[-2])
    job.now(state="running", share=0.42, rows=4200, rows_per_second=1000.0, seconds_left=5.8)
    page = clerk.get(address).content.decode()
    assert 'value="42"' in page
    assert "4,200 rows, 1,000 rows a second" in page
    assert '<noscript><meta http-equiv="refresh"' in page


# -- results ---------------------------------------------------------------------------------------------


def test_results_lead_from_the_nation_to_a_late_case_and_its_clause(signed_in):
    hand_in(signed_in("clerk"))
    reader = signed_in("stranger")
    assert reader.get("/en/results/?region=CN").headers["Location"] == "?region=990000"  # never China's own figure
    nation = reader.get("/en/results/?region=990000")
    assert nation.context["figure"].cases == 2
    assert "simulated" in nation.content.decode()
    address = nation.context["heat"].lines[0].squares[0].href
    for _ in range(3):
        page = reader.get(f"/en/results/{address}")
        lines = page.context["heat"].lines
        address = lines[0].squares[0].href
        if page.context["cases"]:
            break
    assert page.context["choice"].matter == "NB029-EX01"
    assert "A2" in page.content.decode()
    assert "Regulation on the Handling of Social Insurance" in page.content.decode()
    csv = reader.get("/en/results/?region=990101&verdict=broken&csv=cases").content.decode("utf-8-sig")
    assert "A2" in csv
    assert "A1" not in csv


def test_the_figures_at_the_head_are_those_of_the_verdicts(signed_in):
    open_ones = "A8,NB029-EX01,990101,2025-12-30 09:00,\nA9,NB029-EX01,990101,2025-03-03 09:00,\n"
    hand_in(signed_in("clerk"), rows=f"{ROWS}{open_ones}A7,NB029-EX01,990101,2025-03-03 09:00,2025-03-04 09:00\n")
    page = signed_in("stranger").get("/en/results/?region=990101")
    assert page.context["figures"] == [
        ("cases", "5", ""), ("kept", "2", "kept"), ("broken", "1", "breach"), ("open and overdue", "1", "breach"),
        ("open, in time", "1", ""), ("nothing promised", "0", "")]
    assert [(code, n) for code, _, n, _ in page.context["verdicts"]] == [
        ("broken", 1), ("overdue", 1), ("kept", 2), ("open", 1), ("no-promise", 0)]
    for code, cases in (("broken", {"A2"}), ("overdue", {"A9"}), ("open", {"A8"}), ("kept", {"A1", "A7"})):
        csv = signed_in("stranger").get(f"/en/results/?region=990101&verdict={code}&csv=cases")
        rows = csv.content.decode("utf-8-sig").splitlines()[1:]
        assert {row.split(",")[0] for row in rows} == cases


def test_real_cases_are_for_officials_of_the_place_only(signed_in):
    real = MAPPING.replace("simulated: true\n", "")
    hand_in(signed_in("clerk"), mapping=real)
    address = "/en/results/?region=990101&verdict=broken"
    assert signed_in("stranger").get(address).context["cases"] is None
    assert signed_in("elsewhere").get(address).context["cases"] is None
    assert signed_in("clerk").get(address).context["cases"].rows
    hidden = signed_in("stranger").get("/en/results/?region=990101&csv=results").content.decode("utf-8-sig")
    assert "fewer than 10" in hidden


def test_overdue_cases_need_the_clerk(signed_in):
    hand_in(signed_in("clerk"), rows=ROWS + "A9,NB029-EX01,990101,2025-03-03 09:00,\n")
    assert [need.title for need in signed_in("clerk").get("/en/work/").context["needs"]] == [
        "1 cases open and overdue: Pine Jia District"]
    assert signed_in("elsewhere").get("/en/work/").context["needs"] == []
