"""The workbench: signing in, handing in files within one's own region, finding them again."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from jizhun.delivery.actions import lake
from jizhun.delivery.models import Batch
from jizhun.evaluation.models import NegativeRating
from jizhun.people.rules import DEMONSTRATION_PASSWORD, SYSTEM
from jizhun.portal import results
from jizhun.provisions.actions import record
from jizhun.workbench.jobs import input_path, jobs_folder, read_job, worked_on
from jizhun.workbench.tasks import ManyTeller, Teller, process_batch

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
    assert client.post(f"{response.url}start/").url == response.url
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


@pytest.mark.parametrize("path", ["", "upload/", "jobs/", "jobs/20260101000000-000000000000/"])
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
    assert not list(job.folder.glob("input/*"))


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
    """Before anything is kept, at the form, with the columns that the file has."""
    clerk = signed_in("clerk")
    response = clerk.post("/en/work/upload/", papers(rows="a,b\n1,2\n"))
    assert response.status_code == 400 and "has no column `case`" in response.context["wrong"]["file"]
    assert list(jobs_folder().iterdir()) == [] and clerk.get("/en/work/jobs/").context["listing"].whole.rows == []


def test_the_first_rows_are_shown_as_the_mapping_reads_them(signed_in):
    """Meanings with the file's own words under them, and what would be rejected; nothing is taken in yet."""
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", papers(rows=FAULTY + "torn\n")).url
    page = clerk.get(address)
    table = page.context["first_rows"]
    assert [column.key for column in table.columns] == [
        "row", "case_key", "matter", "region", "accepted_at", "closed_at", "reasons"]
    first, _, third, torn = table.rows
    assert [cell.text for cell in first[2:5]] == [
        "Unemployment benefit claim", "Pine Jia District", "2025-03-03 09:00:00"]
    assert first[2].small == "NB029-EX01" and first[4].small == "", "the same time is not told twice"
    assert "2025-02-30" in third[-1].text and third[-1].sign == "breach"
    assert torn[0] == "5" and "columns expected" in torn[-1].text
    assert "Of the first 4 rows 2 would be rejected." in page.content.decode()
    assert not Batch.objects.exists() and clerk.get("/en/work/").status_code == 200
    assert signed_in("elsewhere").get(address).status_code == 404
    assert "first_rows" in clerk.get(f"{address}?csv=first_rows")["Content-Disposition"]


def test_a_file_that_was_looked_at_can_be_left(signed_in):
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", papers()).url
    assert clerk.get(f"{address}stop/").status_code == 405
    assert signed_in("elsewhere").post(f"{address}stop/").status_code == 404
    clerk.post(f"{address}stop/")
    job = clerk.get(address).context["job"]
    assert job.state == "cancelled" and not list(job.folder.glob("input/*"))
    clerk.post(f"{address}start/")
    process_batch.func(job.token)
    assert clerk.get(address).context["job"].state == "cancelled" and not Batch.objects.exists()


@pytest.mark.parametrize("running", [False, True])
def test_a_job_on_its_way_is_stopped_and_nothing_changes(signed_in, running, monkeypatch):
    """Before its turn, or in the middle: the batch is kept as cancelled, and no case is there."""
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", papers()).url
    clerk.post(f"{address}start/")
    if running:  # the sender's wish arrives with the first progress
        monkeypatch.setattr(Teller, "__call__", stopping(clerk, address, Teller.__call__))
    else:
        clerk.post(f"{address}stop/")
        assert "Stopping" in clerk.get(address).content.decode()
    process_batch.func(address.split("/")[-2])
    page = clerk.get(address)
    assert page.context["job"].state == "cancelled" and "Nothing was changed." in page.content.decode()
    assert [batch.state for batch in Batch.objects.all()] == (["cancelled"] if running else [])
    assert not lake().files()


# -- several files -------------------------------------------------------------------------------------


def several(*texts: str) -> dict[str, object]:
    return {**papers(), "file": [SimpleUploadedFile(f"{n}.csv", text.encode()) for n, text in enumerate(texts)]}


def county_files(number: int) -> list[str]:
    head = ROWS.splitlines()[0]
    return [f"{head}\nM{n},NB029-EX01,990101,2025-03-03 09:00,2025-03-04 10:00\n" for n in range(number)]


def test_several_files_are_one_job_and_a_bad_one_stops_no_other(signed_in):
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", several("a,b\n1,2\n", *county_files(3), FAULTY)).url
    page = clerk.get(address).content.decode()
    assert "Take 5 files in" in page and "M0" not in page.split("<h1>")[0]
    clerk.post(f"{address}start/")
    process_batch.func(address.split("/")[-2])
    page = clerk.get(address)
    job, text = page.context["job"], page.content.decode()
    assert [one.state for one in job.files] == ["refused", "done", "done", "done", "done"]
    assert (job.state, job.file, job.good, job.bad) == ("done", "0.csv + 4", 5, 1) and lake().sources() == {"desk": 5}
    assert "the file has no column" in text and f"{address}rejects.csv?file=4" in text
    assert b"A3" in b"".join(clerk.get(f"{address}rejects.csv?file=4").streaming_content)
    for nothing in ("?file=1", "?file=99", "?file=x", ""):
        assert clerk.get(f"{address}rejects.csv{nothing}").status_code == 404
    assert signed_in("elsewhere").get(f"{address}rejects.csv?file=4").status_code == 404
    assert not [path for path in job.folder.glob("input/*/*")], "what was handed in does not stay"
    assert "has no column" in clerk.get(f"{address}?csv=files").content.decode()


def test_several_files_cancelled_half_way_go_on_with_the_others(signed_in, monkeypatch):
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", several(*county_files(8))).url
    token = address.split("/")[-2]
    clerk.post(f"{address}start/")
    whole = ManyTeller.__call__

    def stopping_half_way(self, overall):
        if overall.number >= 4:
            clerk.post(f"{address}stop/")
        whole(self, overall)

    monkeypatch.setattr(ManyTeller, "__call__", stopping_half_way)
    process_batch.func(token)
    monkeypatch.undo()
    page = clerk.get(address)
    job = page.context["job"]
    came = sum(lake().sources().values())
    assert job.state == "cancelled" and 4 <= came < 8 and "Go on with the others" in page.content.decode()
    assert {one.state for one in job.files} == {"done", "cancelled"}
    assert len(list(job.folder.glob("input/*/*"))) == 8 - sum(one.ended for one in job.files)
    clerk.post(f"{address}start/")
    process_batch.func(token)
    job = clerk.get(address).context["job"]
    assert job.state == "done" and [one.state for one in job.files] == ["done"] * 8 and job.good == 8
    assert sum(lake().sources().values()) == 8 and not list(job.folder.glob("input/*/*"))


def test_several_files_cancelled_half_way_can_be_left(signed_in):
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", several(*county_files(2))).url
    clerk.post(f"{address}start/")
    clerk.post(f"{address}stop/")
    process_batch.func(address.split("/")[-2])
    assert clerk.get(address).context["job"].may_go_on and not Batch.objects.exists()
    clerk.post(f"{address}stop/")
    job = clerk.get(address).context["job"]
    assert job.state == "cancelled" and not job.may_go_on and not list(job.folder.glob("input/*/*"))


def test_too_many_files_or_none_that_reads_is_one_sentence(signed_in):
    clerk = signed_in("clerk")
    answer = clerk.post("/en/work/upload/", several(*county_files(91)))
    assert answer.status_code == 400 and "90 files at a time at most" in answer.content.decode()
    answer = clerk.post("/en/work/upload/?kind=reviews", several(*county_files(2)))
    assert answer.status_code == 400 and "one file at a time" in answer.content.decode()
    answer = clerk.post("/en/work/upload/", several("a,b\n1,2\n", "c,d\n1,2\n"))
    assert answer.status_code == 400 and "has no column" in answer.content.decode()


def test_a_job_whose_worker_died_begins_anew_and_doubles_nothing(signed_in):
    """Before the commit, and after it."""
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", papers()).url
    for cut_off_after in (False, True):
        job = read_job(address.split("/")[-2])
        kept = input_path(job).read_bytes()
        job.now(state="running")
        with worked_on(job):
            assert not job.left and "The work was cut off" not in clerk.get(address).content.decode()
        page = clerk.get(address).content.decode()
        assert "The work was cut off" in page and "hx-get" not in page
        clerk.post(f"{address}start/")
        process_batch.func(job.token)
        done = clerk.get(address).context["job"]
        assert (done.state, done.good, done.repeated) == ("done", 2, cut_off_after)
        input_path(job).write_bytes(kept)
    job.now(state="running")
    clerk.post(f"{address}stop/")
    assert clerk.get(address).context["job"].state == "cancelled" and not input_path(job).exists()
    assert lake().sources() == {"desk": 2}


def stopping(clerk, address, tell):
    def told(self, progress):
        clerk.post(f"{address}stop/")
        tell(self, progress)
    return told


def test_two_clicks_at_once_are_one(signed_in):
    """And a damaged job harms nobody: it is not found, and the others are."""
    clerk = signed_in("clerk")
    first, second = (clerk.post("/en/work/upload/", papers(rows=ROWS.replace("A1", key))).url for key in ("B1", "C1"))
    for _ in range(3):
        clerk.post(f"{first}start/")
        clerk.post(f"{first}stop/")
    job = read_job(first.split("/")[-2])
    assert [said.en for _, said in job.log] == ["received the file cases.csv", "waiting", "its sender asks to cancel"]
    (jobs_folder() / second.split("/")[-2] / "job.json").write_text('{"a": 1}{"b": 2}')
    assert clerk.get(second).status_code == 404
    assert [row[1].href for row in clerk.get("/en/work/jobs/").context["listing"].whole.rows] == [first]


def test_rows_in_clear_stay_only_while_somebody_decides(signed_in):
    clerk = signed_in("clerk")
    address = clerk.post("/en/work/upload/", papers()).url
    folder = read_job(address.split("/")[-2]).folder
    assert (folder / "sample.json").exists()
    clerk.post(f"{address}start/")
    assert not (folder / "sample.json").exists()


def test_rejects_are_mended_and_handed_in_as_they_are(signed_in):
    """The page says so: the columns that tell what was wrong are set aside."""
    clerk = signed_in("clerk")
    rejects = b"".join(clerk.get(f"{hand_in(clerk, rows=FAULTY)}rejects.csv").streaming_content).decode("utf-8-sig")
    address = hand_in(clerk, rows=rejects.replace("2025-02-30", "2025-03-05"))
    job = clerk.get(address).context["job"]
    assert (job.state, job.read, job.good, job.notices) == ("done", 1, 1, ())


def test_a_very_long_field_does_not_break_its_job_s_page(signed_in):
    clerk = signed_in("clerk")
    address = hand_in(clerk, rows=f"{ROWS}A3,NB029-EX01,990101,{'x' * 200_000},2025-03-05 10:00\n")
    assert clerk.get(address).status_code == 200


def test_an_unknown_place_in_a_mapping_is_told_at_the_form(signed_in):
    page = signed_in("clerk").post("/en/work/upload/", papers(within="123456"))
    assert page.status_code == 400 and "123456" in page.context["wrong"]["own_mapping"]


def test_a_job_keeps_a_log_and_the_list_finds_it(signed_in):
    clerk = signed_in("clerk")
    address = hand_in(clerk)
    log = [said.en for _, said in clerk.get(address).context["job"].log]
    assert log == ["received the file cases.csv", "waiting", "running", "done"]
    rows = clerk.get("/en/work/jobs/").context["listing"].whole.rows
    assert {(row[1].href, row[2], row[3].plain) for row in rows if row[1].href == address} == {
        (address, "File of cases", "done")}
    (counts,) = [row for row in rows if row[1].href != address]
    assert (counts[2], counts[3].plain) == ("Counts", "waiting"), "what pages read is brought up to date by its own job"
    assert signed_in("elsewhere").get("/en/work/jobs/").context["listing"].whole.rows == []


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
    assert "hx-trigger" not in clerk.get(address).content.decode(), "nothing moves before the sender says so"
    clerk.post(f"{address}start/")
    piece = clerk.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in piece
    assert 'hx-trigger="every 1s"' in piece
    job = read_job(address.split("/")[-2])
    job.now(state="running", share=0.42, rows=4200, rows_per_second=1000.0, seconds_left=5.8)
    with worked_on(job):
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
        ("cases", "5", ""), ("kept", "2", "kept"), ("broken", "1", "breach"), ("overdue, still open", "1", "breach"),
        ("open, in time", "1", ""), ("no promise", "0", "")]
    assert [(code, n) for code, _, n, _ in page.context["verdicts"]] == [
        ("broken", 1), ("overdue", 1), ("kept", 2), ("open", 1), ("no-promise", 0)]
    for code, cases in (("broken", {"A2"}), ("overdue", {"A9"}), ("open", {"A8"}), ("kept", {"A1", "A7"})):
        csv = signed_in("stranger").get(f"/en/results/?region=990101&verdict={code}&csv=cases")
        rows = csv.content.decode("utf-8-sig").splitlines()[1:]
        assert {row.split(",")[0] for row in rows} == cases


def test_the_heat_table_is_a_picture_too(signed_in):
    """The same figures and the same names, in a file that carries its own colours."""
    hand_in(signed_in("clerk"))
    page = signed_in("stranger").get("/en/results/?region=990000")
    drawn = signed_in("stranger").get("/en/results/?region=990000&svg=heat")
    assert drawn["Content-Type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(drawn.content)
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text") if one.text]
    heat = page.context["heat"]
    names = {one.name.en for one in heat.columns} | {line.head.name.en for line in heat.lines}
    assert names <= set(texts) and any("(simulated)" in one for one in texts)
    assert "50.0\N{NO-BREAK SPACE}%" in texts and "?region=990000&amp;svg=heat" in page.content.decode()


def test_single_cases_are_paged_and_none_is_told_twice(signed_in, monkeypatch):
    monkeypatch.setattr(results, "CASES_SHOWN", 2)
    late = "".join(f"L{n},NB029-EX01,990101,2025-03-0{n} 09:00,2025-04-28 10:00\n" for n in range(3, 8))
    hand_in(signed_in("clerk"), rows=ROWS.splitlines()[0] + "\n" + late)
    address, seen = "?region=990101&verdict=broken", []
    while address:
        page = signed_in("stranger").get(f"/en/results/{address}")
        shown = page.context["cases"]
        seen += [row[0] if isinstance(row[0], str) else row[0].text for row in shown.table.rows]
        address = shown.after
        assert f"{shown.first} to {shown.last} of 5" in page.content.decode()
    assert list(dict.fromkeys(seen)) == ["L3", "L4", "L5", "L6", "L7"] and shown.before
    assert signed_in("stranger").get("/en/results/?region=990101&verdict=broken&page=99").context["cases"].last == 5


def test_real_cases_are_for_officials_of_the_place_only(signed_in):
    real = MAPPING.replace("simulated: true\n", "")
    hand_in(signed_in("clerk"), mapping=real)
    address = "/en/results/?region=990101&verdict=broken"
    assert signed_in("stranger").get(address).context["cases"] is None
    assert signed_in("elsewhere").get(address).context["cases"] is None
    assert signed_in("clerk").get(address).context["cases"].table.rows
    hidden = signed_in("stranger").get("/en/results/?region=990101&csv=results").content.decode("utf-8-sig")
    assert "fewer than 10" in hidden


def test_overdue_cases_need_the_clerk(signed_in):
    hand_in(signed_in("clerk"), rows=ROWS + "A9,NB029-EX01,990101,2025-03-03 09:00,\n")
    assert [need.title for need in signed_in("clerk").get("/en/work/").context["needs"]] == [
        "1 cases open and overdue: Pine Jia District"]
    assert signed_in("elsewhere").get("/en/work/").context["needs"] == []


# -- what needs me ---------------------------------------------------------------------------------------


def needs(client) -> list[str]:
    return [f"{one.title} | {one.why}" for one in client.get("/en/work/").context["needs"]]


def test_what_does_not_fit_in_my_region_waits_for_its_editor(signed_in):
    """The district that gives less than the province, and the one off the uniform value; breaches come first."""
    found = needs(signed_in("province"))
    assert any("Plum Yi District" in one and "is below the standard above" in one for one in found[:3])
    assert any("Orchid Jia District" in one and "uniform standard" in one for one in found[:3])
    assert not any("Plum Yi" in one for one in needs(signed_in("county")))
    assert needs(signed_in("reader")) == []


def test_a_duty_that_nobody_has_fulfilled_waits_for_whom_it_was_laid_on(signed_in):
    """The nation delegates; where the province has said nothing on record, that is to be checked there."""
    with transaction.atomic():
        record(by=SYSTEM, row={"subject": "NB029-EX02", "measure": "materials", "region": "CN", "modality": "delegated",
                               "value": None, "from": "2020-01-01", "source": "a test", "mark": "R"})
    assert any("Sample Province" in one and "materials" in one.casefold() for one in needs(signed_in("province")))


# -- ratings, from the same form -----------------------------------------------------------------------------

RATINGS = "/en/work/upload/?kind=reviews"
RATED = """simulated: true
calendar: CN
fields:
  review_key: id
  case_key: case
  rated_at: at
  grade: grade
  text: words
"""
SAID = """id,case,at,grade,words
R1,A1,2025-03-05,1,waited too long at counter seven
R2,A2,2025-04-01,5,
R3,A2,2025-04-01,9,
"""


def rating_papers(rows: str = SAID, source: str = "desk", mapping: str = RATED) -> dict[str, object]:
    return {"file": SimpleUploadedFile("ratings.csv", rows.encode()), "source": source,
            "own_mapping": SimpleUploadedFile("ratings.yaml", mapping.encode())}


def test_ratings_are_seen_taken_in_and_what_is_negative_waits_at_its_place(signed_in):
    client = signed_in("clerk")
    hand_in(client)
    address = client.post(RATINGS, rating_papers()).url
    looked_at = client.get(address).content.decode()
    assert "Of the first 3 rows 1 would be rejected" in looked_at and "no grade “9”" in looked_at
    assert "counter seven" not in looked_at, "nobody keeps what people write"
    client.post(f"{address}start/")
    process_batch.func(address.split("/")[-2])
    done = client.get(address).content.decode()
    assert "2 ratings" in done and "Negative ratings" in done
    assert list(NegativeRating.objects.values_list("review_key", "region")) == [("R1", "990101")]
    assert "ratings.yaml (desk)" in client.get(RATINGS).content.decode(), "known for the next time"
    assert "ratings.yaml (desk)" not in client.get("/en/work/upload/").content.decode()


@pytest.mark.parametrize(("papers", "said"), [
    ({"source": "nosuch"}, "No cases have come under this source"),
    ({"mapping": MAPPING.replace("{within}", "990101")}, "ratings.yaml"),
    ({"rows": "id,at\nR1,2025-03-05\n"}, "case"),
    ({"rows": ""}, "Choose a file that is not empty")])
def test_ratings_that_cannot_be_read_are_refused_with_what_is_wrong(signed_in, papers, said):
    client = signed_in("clerk")
    hand_in(client)
    answer = client.post(RATINGS, rating_papers(**papers))
    assert answer.status_code == 400 and said in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("clerk", 302), ("province", 302), ("elsewhere", 403), ("reader", 403)])
def test_ratings_are_handed_in_within_ones_own_region(signed_in, who, status):
    hand_in(signed_in("clerk"))
    assert signed_in(who).post(RATINGS, rating_papers()).status_code == status
