"""Many guides from a workbook at the workbench: out, filled in, looked at, recorded; and what people get wrong."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jizhun.guides.models import LayerVersion
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.kernel.workbooks import finished, new_book

PAGE, COUNTY, MATTER = "/en/work/bulk/", "990101", "NB026-EX02"
SignedIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES = tmp_path
    yield


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def filled(content: bytes, words: str, field: str = "delivery.en") -> bytes:
    """The workbook with words in one cell of the matter's row on the sheet of texts."""
    sheets = {sheet.name: [[cell_text(cell) for cell in row] for row in sheet.rows] for sheet in read_sheets(content)}
    rows = next(rows for name, rows in sheets.items() if name.startswith("texts"))
    column = next(n for n, head in enumerate(rows[0]) if head.endswith(f"[{field}]"))
    next(row for row in rows if MATTER in row)[column] = words
    book = new_book()
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for down, texts in enumerate(lines):
            for at, one in enumerate(texts):
                sheet.write_string(down, at, one)
    return finished(book)


def taken(browser: Client) -> bytes:
    response = browser.get(PAGE, {"region": COUNTY, "scope": "own"})
    assert response.status_code == 200 and response.content.startswith(b"PK")
    return bytes(response.content)


def sent(browser: Client, content: bytes, **more: str) -> Any:
    return browser.post(PAGE, {"region": COUNTY, "file": SimpleUploadedFile("g.xlsx", content), "step": "look", **more})


def held(response: Any) -> str:
    return str(response.content.decode().partition('name="held" value="')[2].partition('"')[0])


def test_out_filled_in_looked_at_and_recorded(signed_in: SignedIn) -> None:
    browser = signed_in("county")
    looked = sent(browser, filled(taken(browser), "By post, free of charge."))
    assert "1 guide would be recorded" in text(looked)
    assert MATTER in text(looked)
    assert "How it reaches you (new)" in text(looked)
    assert not LayerVersion.objects.filter(matter=MATTER, region=COUNTY, by="county-editor").exists()
    done = browser.post(PAGE, {"region": COUNTY, "held": held(looked), "step": "record"})
    assert done["Location"].endswith("made=1")
    version = LayerVersion.objects.filter(matter=MATTER, region=COUNTY).latest("pk")
    assert version.fields["delivery"]["content"]["en"] == "By post, free of charge."
    again = sent(browser, filled(taken(browser), "By post, free of charge."))
    assert "0 guides would be recorded: what the file says stands on record already." in text(again)


def test_a_wrong_cell_is_named_and_nothing_is_recorded(signed_in: SignedIn) -> None:
    browser = signed_in("county")
    looked = sent(browser, filled(taken(browser), "moon", "level"))
    assert "texts 文字和选项!" in text(looked) and "1 cell is wrong; nothing was recorded" in text(looked)
    assert "There is no “moon”; choose nation (Nation), province (Province)" in text(looked)
    assert "0 guides would be recorded: something is wrong in every one." in text(looked)
    forced = browser.post(PAGE, {"region": COUNTY, "held": held(looked), "step": "record"})
    assert forced.status_code == 400 and not LayerVersion.objects.filter(by="county-editor").exists()
    marked = browser.post(PAGE, {"region": COUNTY, "held": held(looked), "step": "marked"})
    assert marked.content.startswith(b"PK")


@pytest.mark.parametrize(("more", "sentence"), [
    ({"held": "../../etc/passwd"}, "Choose the file again"), ({"held": "abc"}, "Choose the file again"),
    ({}, "Choose the workbook")])
def test_what_people_get_wrong(signed_in: SignedIn, more: dict[str, str], sentence: str) -> None:
    response = signed_in("county").post(PAGE, {"region": COUNTY, "step": "look", **more})
    assert response.status_code == 400 and sentence in text(response)


def test_no_workbook_and_no_such_scope(signed_in: SignedIn) -> None:
    browser = signed_in("county")
    broken = sent(browser, b"PK no workbook")
    assert broken.status_code == 400 and "“g.xlsx”" in text(broken)
    assert browser.get(PAGE, {"region": COUNTY, "scope": "moon"}).status_code == 400
    assert browser.get(PAGE, {"region": COUNTY, "scope": "below"}).status_code == 400


@pytest.mark.parametrize(("who", "place", "offered"), [
    ("county", COUNTY, ["own"]), ("province", "990000", ["own", "below", "counties"])])
def test_only_scopes_with_places_are_offered(signed_in: SignedIn, who: str, place: str, offered: list[str]) -> None:
    page = signed_in(who).get(PAGE, {"region": place}).content.decode()
    assert re.findall(r"scope=(\w+)", page) == offered


@pytest.mark.parametrize("who", ["clerk", "reviewer", "elsewhere"])
def test_only_editors_of_the_place(signed_in: SignedIn, who: str) -> None:
    browser = signed_in(who)
    assert browser.get(PAGE, {"region": COUNTY}).status_code == 403
    assert sent(browser, b"PK").status_code == 403


def test_nobody_records_what_another_looked_at(signed_in: SignedIn) -> None:
    looked = sent(signed_in("county"), filled(taken(signed_in("county")), "Words"))
    stolen = signed_in("province").post(PAGE, {"region": COUNTY, "held": held(looked), "step": "record"})
    assert stolen.status_code == 400 and "Choose the file again" in text(stolen)
