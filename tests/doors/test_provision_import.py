"""Provisions from a workbook, at the workbench and on the command line: looked at first, all recorded or none."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation
from python_calamine import CalamineWorkbook

from jizhun import cli
from jizhun.people.models import AuditLine
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
from jizhun.provisions.bringing import choices, filled
from jizhun.provisions.interchange.workbook import Filled, workbook
from jizhun.provisions.models import Document, Provision

PAGE = "/en/work/provisions/import/"
ROW = {"subject": "NB029-EX01", "measure": "promised_limit", "region": "990101", "value": "2", "from": "2027-01-01",
       "document": "a-paper", "mark": "SIM", "source": "a test"}
PAPER = {"id": "a-paper", "title_zh": "《新文件》", "mark": "SIM"}


def book(*rows: dict[str, str], papers: tuple[dict[str, str], ...] = (PAPER,)) -> bytes:
    return workbook(Filled(rows, papers), choices(region="990000"), "en")


def look(client, *rows: dict[str, str], **more):
    file = SimpleUploadedFile("a.xlsx", book(*rows, **more))
    return client.post(PAGE, {"file": file, "step": "look"})


def press(client, page, step: str, **more: str):
    sent = {key: page.context[key] for key in ("held", "seen") if key in page.context}
    return client.post(PAGE, {**sent, "step": step, **more})


@pytest.mark.parametrize(("who", "status"), [
    ("county", 200), ("province", 200), ("nation", 200), ("clerk", 403), ("elsewhere", 403), ("reviewer", 403),
    ("reader", 403), ("stranger", 302)])
def test_only_those_who_record_may_hand_in(signed_in, who, status):
    client = signed_in(who)
    assert client.get(PAGE).status_code == status
    assert look(client, ROW).status_code == status
    assert not Provision.objects.filter(source="a test").exists()


def test_what_it_would_change_is_seen_before_anything_is_recorded(signed_in):
    client, before = signed_in("county"), Provision.objects.count()
    page = look(client, ROW, {**ROW, "value": "1", "from": "2028-01-01"})
    assert [row[4] for row in page.context["new"].rows] == ["minimum standard: 2 working days",
                                                           "minimum standard: 1 working day"]
    assert page.context["places"] == 1 and [row[3] for row in page.context["change_table"].rows] == [
        "2 working days", "1 working day"]
    text = page.content.decode()
    assert "2 rows are new." in text and "《新文件》" in text and "Record it" in text
    assert Provision.objects.count() == before and not Document.objects.filter(code="a-paper").exists()
    kept = press(client, page, "record")
    assert kept.status_code == 302 and kept.url.endswith("?recorded=2")
    assert Provision.objects.filter(source="a test").count() == 2
    paper = Document.objects.get(code="a-paper")
    assert (paper.region, paper.title_zh) == ("990101", "《新文件》")
    assert AuditLine.objects.filter(act="provision.record", actor="county-editor").count() == 2


def test_the_same_file_again_brings_nothing(signed_in):
    client = signed_in("county")
    press(client, look(client, ROW), "record")
    page = look(client, ROW)
    assert page.context["there"] == 1 and "1 row is on record already" in page.content.decode()
    assert "Record it" not in page.content.decode()


def test_what_the_standard_above_forbids_is_told_and_kept_out_unless_the_papers_say_so(signed_in):
    client = signed_in("county")
    page = look(client, {**ROW, "value": "9"}, {**ROW, "from": "2029-01-01"})
    assert page.context["forbidden"]
    told = "Unemployment benefit claim, Committed time limit: </span>Pine Jia District is below the standard above"
    assert told in page.content.decode()
    refused = press(client, page, "record")
    assert refused.status_code == 400 and not Provision.objects.filter(source="a test").exists()
    assert press(client, page, "record", documents_paper="1").status_code == 302
    assert Provision.objects.filter(source="a test").count() == 2


def test_every_fault_is_told_with_its_cell_and_comes_back_marked(signed_in):
    client = signed_in("county")
    page = look(client, {**ROW, "value": "two"}, {**ROW, "region": "990201"}, {**ROW, "from": "soon"})
    assert page.status_code == 400
    told = {row[0]: row[1] for row in page.context["faults_table"].rows}
    assert set(told) == {"规定!F2", "规定!C3", "规定!H4"}
    assert "“two”" in told["规定!F2"] and "no right at 990201" in told["规定!C3"] and "not a date" in told["规定!H4"]
    assert "3 cells are wrong; nothing was recorded." in page.content.decode()
    marked = press(client, page, "marked")
    assert marked["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = CalamineWorkbook.from_filelike(BytesIO(marked.content)).get_sheet_by_name("规定").to_python()
    assert [row[5] for row in sheet[1:]] == ["two", "2", "2"]
    assert press(client, page, "record").status_code == 400 and not Provision.objects.filter(source="a test").exists()


def test_what_was_recorded_in_between_is_shown_again_first(signed_in):
    client = signed_in("county")
    page = look(client, ROW)
    with transaction.atomic():
        record(by=SYSTEM, row={**ROW, "region": "990102", "document": None, "unit": "working_day", "source": "other"})
    again = press(client, page, "record")
    assert again.context["moved"] and not Provision.objects.filter(source="a test").exists()
    assert press(client, again, "record").status_code == 302


def test_a_row_of_elsewhere_cannot_be_slipped_in(signed_in):
    """What comes back with the form is signed; and another's signed form does not give its right away."""
    page = look(signed_in("province"), {**ROW, "region": "990201"})
    assert press(signed_in("county"), page, "record").status_code == 400
    tampered = signed_in("county").post(PAGE, {"held": page.context["held"] + "x", "step": "record"})
    assert tampered.status_code == 400 and "no longer there" in tampered.content.decode()
    assert not Provision.objects.filter(source="a test").exists()


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_one_sentence(signed_in, content):
    page = signed_in("county").post(PAGE, {"file": SimpleUploadedFile("a.xlsx", content), "step": "look"})
    assert page.status_code == 400 and "There is a problem" in page.content.decode()
    assert signed_in("county").post(PAGE, {"step": "look"}).status_code == 400


def test_too_many_rows_are_refused(signed_in):
    rows = [{**ROW, "from": f"{2000 + n // 12}-{n % 12 + 1:02d}-01"} for n in range(301)]
    page = look(signed_in("county"), *rows)
    assert page.status_code == 400 and "300 rows at most" in page.content.decode()


@pytest.mark.parametrize(("who", "query", "status"), [
    ("county", "template=empty", 200), ("county", "template=filled&region=990101", 200),
    ("county", "template=filled&region=990201", 403), ("county", "template=filled&region=990000", 403),
    ("province", "template=filled&region=990300", 200), ("nation", "template=empty&region=nowhere", 403)])
def test_the_template_is_for_one_s_own_places(signed_in, who, query, status):
    answer = signed_in(who).get(f"{PAGE}?{query}")
    assert answer.status_code == status
    if status == 200:
        names = CalamineWorkbook.from_filelike(BytesIO(answer.content)).sheet_names
        assert names == ["规定", "文件", "填写说明", "代码"]


def test_everything_on_record_comes_back_as_on_record(signed_in):
    """Formulas, tables, tiers, ranges, sets and duties of the whole list too."""
    client = signed_in("province")
    content = client.get(f"{PAGE}?template=filled&region=990000").content
    page = client.post(PAGE, {"file": SimpleUploadedFile("a.xlsx", content), "step": "look"})
    assert page.context["there"] == len(filled(region="990000").rows) > 25 and page.context["new"].rows == []


# -- on the command line ---------------------------------------------------------------------------------


@pytest.fixture
def english(world, db, monkeypatch):
    monkeypatch.setenv("JIZHUN_LANG", "en")
    with translation.override("en"):
        yield


def run(capsys, *words: str) -> tuple[int, str]:
    code = cli.main(["parameters", *words])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.usefixtures("english")
def test_the_whole_list_goes_out_and_comes_in(capsys, tmp_path):
    file = tmp_path / "all.xlsx"
    number = len(filled(region="CN").rows)
    assert run(capsys, "export", "--xlsx", "--region", "CN", "--out", str(file)) == (
        0, f"{number} rows written to {file}\n")
    assert run(capsys, "import", str(file), "--dry-run")[1].endswith(
        f"0 would be recorded, {number} on record already; nothing was kept\n")


@pytest.mark.usefixtures("english")
def test_a_workbook_is_taken_in_or_its_faults_are_told_and_marked(capsys, tmp_path):
    file, marked = tmp_path / "a.xlsx", tmp_path / "marked.xlsx"
    file.write_bytes(book(ROW, {**ROW, "value": "two"}))
    code, said = run(capsys, "import", str(file), "--errors", str(marked))
    assert code == 2 and "规定!F3: cannot be read" in said and said.endswith("1 faults; nothing was recorded.\n")
    assert CalamineWorkbook.from_path(marked).get_sheet_by_name("规定").to_python()[2][5] == "two"
    file.write_bytes(book(ROW))
    code, said = run(capsys, "import", str(file), "--dry-run")
    assert code == 0 and "new: 2027-01-01 Pine Jia District" in said and "1 would be recorded" in said
    assert run(capsys, "import", str(file)) == (0, said.rpartition("1 would be")[0]
                                                + "1 recorded, 0 on record already\n")
    assert Provision.objects.filter(source="a test").count() == 1
