"""Reports at the workbench and on the command line: who may ask and read, what is refused, made, stopped, removed."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from docx import Document
from world import write_cases

from jizhun import cli
from jizhun.evaluation.models import Report
from jizhun.evaluation.reports import keeping
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM
from jizhun.workbench.tasks import make_report

LIST = "/en/work/reports/"
TYPED = {"source": "journey", "region": "990101", "other": "", "period": "2025-H1", "language": "en"}


@pytest.fixture(autouse=True)
def with_cases(world: None, db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """A few simulated cases, one of them late, in a lake of one's own; nothing runs in the background."""
    from jizhun.delivery.actions import receive
    from jizhun.delivery.rules.parsing import parse

    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    write_cases(tmp_path)
    receive(by=SYSTEM, file=tmp_path / "cases.csv", mapping=parse((tmp_path / "mapping.yaml").read_text("utf-8")),
            source="journey")
    yield


def ask(client: Client, **changes: str) -> str:
    """Ask through the form; gives the token."""
    response = client.post(f"{LIST}new/", {**TYPED, **changes})
    assert response.status_code == 302, response.context["wrong"]
    return str(response.url).split("/")[-2]


def made(client: Client, **changes: str) -> str:
    """Ask, and let the worker make it."""
    token = ask(client, **changes)
    make_report.func(token)
    return token


def downloaded(client: Client, token: str, form: str) -> tuple[int, bytes, str]:
    """Status, content and what the file is called."""
    response = client.get(f"{LIST}{token}/report.{form}")
    if response.status_code != 200:
        return response.status_code, b"", ""
    content = b"".join(response.streaming_content)
    response.close()
    return 200, content, response["Content-Disposition"]


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# -- who may what


@pytest.mark.parametrize("path", ["", "new/", "20260101000000-000000000000/", "20260101000000-000000000000/report.pdf"])
def test_strangers_are_asked_to_sign_in(signed_in: Callable[[str], Client], path: str) -> None:
    assert signed_in("stranger").get(f"{LIST}{path}").url == f"/en/work/sign-in/?next={LIST}{path}"


@pytest.mark.parametrize(("who", "region", "status"), [
    ("county", "990101", 302), ("province", "990101", 302), ("province", "990000", 302), ("nation", "990000", 302),
    ("county", "990100", 403), ("clerk", "990101", 403), ("reader", "990101", 403), ("elsewhere", "990101", 403),
    ("reviewer", "990101", 403)])
def test_who_may_compute_asks_within_the_own_place(signed_in: Callable[[str], Client], who: str, region: str,
                                                   status: int) -> None:
    assert signed_in(who).post(f"{LIST}new/", {**TYPED, "region": region}).status_code == status
    assert Report.objects.exists() == (status == 302)


def test_who_may_read_results_of_the_place_finds_it_when_it_is_done(signed_in: Callable[[str], Client]) -> None:
    token = ask(signed_in("province"), region="990101")
    assert signed_in("clerk").get(f"{LIST}{token}/").status_code == 404, "not done yet"
    make_report.func(token)
    for who, status in (("province", 200), ("clerk", 200), ("county", 200), ("nation", 200), ("elsewhere", 404)):
        assert signed_in(who).get(f"{LIST}{token}/").status_code == status, who
        assert downloaded(signed_in(who), token, "docx")[0] == status, who
        assert (token in text_of(signed_in(who).get(LIST))) == (status == 200), who
    for act in ("stop", "forget"):
        assert signed_in("clerk").post(f"{LIST}{token}/{act}/").status_code == 404
        assert signed_in("province").get(f"{LIST}{token}/{act}/").status_code == 405


@pytest.mark.parametrize("token", ["..", "x", "20260101000000-00000000000g"])
def test_a_token_that_is_none_finds_nothing(signed_in: Callable[[str], Client], token: str) -> None:
    assert signed_in("county").get(f"{LIST}{token}/").status_code == 404


# -- asking


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"period": "soon"}, "period", "“soon” is not a period"), ({"period": "2099"}, "period", "has not begun yet"),
    ({"period": "2026-01"}, "period", "The data end on 2025-12-31"), ({"other": "123456"}, "other", "123456"),
    ({"source": "nobody"}, "source", "nobody"), ({"language": "fr"}, "language", "not in “fr”")])
def test_what_is_wrong_is_said_beside_the_field(signed_in: Callable[[str], Client], changes: dict[str, str], field: str,
                                                sentence: str) -> None:
    response = signed_in("province").post(f"{LIST}new/", {**TYPED, **changes})
    assert response.status_code == 400 and list(response.context["wrong"]) == [field]
    assert sentence in response.context["wrong"][field] and not Report.objects.exists()
    assert f'href="#{field}"' in text_of(response) and f'id="{field}"' in text_of(response)


def test_simulated_cases_are_never_reported_on_under_a_real_place(signed_in: Callable[[str], Client]) -> None:
    response = signed_in("nation").post(f"{LIST}new/", {**TYPED, "region": "CN"})
    assert response.status_code == 400 and "under fictional places only" in response.context["wrong"]["source"]


def test_the_form_starts_with_what_can_be_reported_on(signed_in: Callable[[str], Client]) -> None:
    fields = {one.name: one for one in signed_in("nation").get(f"{LIST}new/").context["fields"]}
    assert (fields["source"].value, fields["region"].value) == ("journey", "990000")
    assert fields["period"].value == "2025-Q2", "the newest quarter of which there are cases"
    again = signed_in("county").get(f"{LIST}new/?source=journey&region=990101&period=2025&language=zh")
    assert [one.value for one in again.context["fields"]] == ["journey", "990101", "", "2025", "zh"]


# -- made


def test_a_report_is_made_told_of_and_downloaded_in_three_forms(signed_in: Callable[[str], Client]) -> None:
    county = signed_in("county")
    token = made(county)
    report = Report.objects.get(token=token)
    assert (report.state, report.share, report.forms, report.simulated) == ("done", 1.0, ["docx", "pdf", "xlsx"], True)
    notice = Notice.objects.get(username="county-editor", about=str(report))
    assert notice.href == f"work/reports/{token}/" and "simulated data" in notice.text_en
    assert {"evaluation.ask_report", "evaluation.make_report"} <= set(AuditLine.objects.values_list("act", flat=True))
    page = text_of(county.get(f"{LIST}{token}/"))
    assert "All cases in this report are simulated." in page
    starts = {"docx": b"PK", "pdf": b"%PDF-", "xlsx": b"PK"}
    for form, start in starts.items():
        _, content, name = downloaded(county, token, form)
        assert content.startswith(start) and f"report-990101-2025-H1-en.{form}" in name
    assert county.get(f"{LIST}{token}/report.exe").status_code == 404


def test_the_figures_in_it_are_those_of_the_cases(signed_in: Callable[[str], Client]) -> None:
    """The county has 40 cases on time and the late one; by hand."""
    token = made(signed_in("county"))
    file = keeping.file_of(Report.objects.get(token=token), "docx")
    assert file is not None
    words = "\n".join(one.text for one in Document(BytesIO(file.read_bytes())).paragraphs)
    assert re.search(r"\b41 cases were accepted", words)
    assert "1 closed with a promise not kept" in words


def test_it_can_be_stopped_before_and_while_it_runs(signed_in: Callable[[str], Client]) -> None:
    county = signed_in("county")
    token = ask(county)
    county.post(f"{LIST}{token}/stop/")
    assert Report.objects.get(token=token).state == "cancelled"
    make_report.func(token)
    assert Report.objects.get(token=token).state == "cancelled", "the worker comes too late"
    token = ask(county)
    Report.objects.filter(token=token).update(to_stop=True)
    make_report.func(token)
    report = Report.objects.get(token=token)
    assert report.state == "cancelled" and not keeping.folder_of(report).exists()
    assert not Notice.objects.filter(about=str(report)).exists()


def test_what_cannot_be_made_says_why_and_whoever_asked_is_told(signed_in: Callable[[str], Client]) -> None:
    token = made(signed_in("province"), region="990000", period="2025-12")
    report = Report.objects.get(token=token)
    assert report.state == "refused" and "has no cases of" in report.sentence_en
    assert Notice.objects.filter(about=str(report), text_en__contains="could not be made").exists()
    assert "has no cases of" in text_of(signed_in("province").get(f"{LIST}{token}/"))


def test_a_right_that_was_taken_away_meanwhile_counts(signed_in: Callable[[str], Client]) -> None:
    token = ask(signed_in("county"))
    User.objects.get(username="county-editor").grants.all().delete()
    make_report.func(token)
    assert Report.objects.get(token=token).state == "refused"


def test_it_is_removed_with_its_files(signed_in: Callable[[str], Client]) -> None:
    county = signed_in("county")
    token = made(county)
    folder = keeping.folder_of(Report.objects.get(token=token))
    assert (folder / "report.pdf").is_file()
    county.post(f"{LIST}{token}/forget/")
    assert not folder.exists() and not Report.objects.exists()


# -- the command


def test_the_command_writes_the_file(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "r.docx"
    with translation.override("en"):
        assert cli.main(["report", "--source", "journey", "--region", "990000", "--period", "2025-Q1", "--language",
                         "zh", "--out", str(file)]) == 0
    words = "\n".join(one.text for one in Document(BytesIO(file.read_bytes())).paragraphs)
    assert "2025年第一季度" in words and "模拟数据" in words


@pytest.mark.parametrize(("words", "sentence"), [
    (["--period", "2099-Q1"], "The period 2099-Q1 has not begun yet."),
    (["--period", "1999"], "“journey” has no cases of the period 1999"),
    (["--region", "nowhere"], "There is no region with the code “nowhere”."),
    (["--out", "/no/such/folder/r.docx"], "/no/such/folder/r.docx cannot be written")])
def test_the_command_refuses_in_one_sentence(tmp_path: Path, capsys: Any, words: list[str], sentence: str) -> None:
    whole = ["--source", "journey", "--region", "990000", "--period", "2025", "--out", str(tmp_path / "r.docx"), *words]
    with translation.override("en"):
        assert cli.main(["report", *whole]) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1
