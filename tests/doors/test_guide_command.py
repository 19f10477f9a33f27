"""``jizhun guide``: the guide in every form, in the reader's language; what cannot be made is one sentence."""

import json
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from docx import Document
from pypdf import PdfReader
from rdflib import Graph

from jizhun import cli, loading
from jizhun.catalogue.actions import catalogue
from jizhun.guides import actions
from jizhun.guides.documents import as_poster, as_text, page_address, short, words_for
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import SYSTEM

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, COUNTY, DAY = "NB029-EX01", "990101", "2026-11-27"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JIZHUN_LANG", "en")
    with translation.override("en"):
        yield


def run(*more: str, matter: str = MATTER, region: str = COUNTY) -> str:
    said = StringIO()
    call_command("guide", matter, "--region", region, "--on", DAY, *more, stdout=said)
    return said.getvalue()


def test_the_text_tells_the_guide_of_the_place_in_the_readers_language() -> None:
    said = run()
    assert said.startswith("Unemployment benefit claim · Pine Jia District, Pine Sample City, Sample Province\n")
    assert "! With simulated data" in said and "Committed time limit: 3 working days" in said
    assert "  1. Ask your former employer for the proof" in said and "12333" in said
    with translation.override("zh-hans"):
        assert "承诺办结时限：3 个工作日" in run()


def test_the_full_version_tells_more() -> None:
    assert "Handling body" in run("--full") and "Handling body" not in run()


def test_data_in_every_form() -> None:
    address = ("--address", "https://site.example/en/guides/x/")
    assert json.loads(run("--form", "json"))["fields"]["promised_limit"]["value"] == {"amount": "3",
                                                                                      "unit": "working_day"}
    assert json.loads(run("--form", "jsonld", *address))["@id"] == "https://site.example/en/guides/x/"
    assert json.loads(run("--form", "hsds"))["name"] == "Unemployment benefit claim"
    assert len(Graph().parse(data=run("--form", "cpsv", *address), format="turtle")) > 50
    assert json.loads(run("--form", "cpsv-jsonld", *address))["@graph"]


@pytest.mark.font
@pytest.mark.parametrize("form", ["pdf", "poster"])
def test_a_file_with_the_public_address(form: str, tmp_path: Path, settings: Any) -> None:
    settings.PUBLIC_ADDRESS = "https://site.example"
    assert run("--form", form, "--out", str(tmp_path / "made.pdf")) == ""
    text = re.sub(r"[\s\u200b]+", "", "".join(one.extract_text() for one in PdfReader(tmp_path / "made.pdf").pages))
    assert f"https://site.example/en/guides/{MATTER}/?region={COUNTY}&on={DAY}" in text


def test_a_word_file_without_an_address_has_no_code(tmp_path: Path, settings: Any) -> None:
    settings.PUBLIC_ADDRESS = ""
    run("--form", "docx", "--large", "--out", str(tmp_path / "made.docx"))
    made = Document(str(tmp_path / "made.docx"))
    assert made.core_properties.language == "en-GB" and not made.inline_shapes


@pytest.mark.parametrize(("more", "sentence"), [
    (("--on", "2026-02-30"), "“2026-02-30” is not a date; write it like 2026-11-24."),
    (("--group", "moon"), "There is no recipient group “moon”."),
    (("--region", "nowhere"), "There is no region with the code “nowhere”."),
    (("--form", "pdf"), "Name the file to write with --out."),
    (("--form", "poster", "--out", "x.pdf"), "A poster carries the address of the page: name it with --address, or "
                                            "set JIZHUN_ADDRESS."),
    (("--form", "docx", "--out", "/nowhere/x.docx"), "/nowhere/x.docx cannot be written (No such file or directory)."),
    (("--address", "site.example"), "“site.example” is no address: it must begin with http:// or https://.")])
def test_what_cannot_be_made_is_one_sentence(more: tuple[str, ...], sentence: str, settings: Any) -> None:
    settings.PUBLIC_ADDRESS = ""
    with pytest.raises(Refused, match="^" + re.escape(sentence) + "$"):
        run(*more)


def test_an_unknown_matter_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["guide", "NB999-EX99", "--region", "CN"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("There is no matter or item “NB999-EX99”")


@pytest.mark.font
def test_the_longest_shipped_guides_fit_on_a_poster() -> None:
    """With all that the fictional province adds; those whose words are most, in each language."""
    list(loading.simulated_guides(by=SYSTEM))
    matters = [one.code for item in catalogue().items for one in catalogue().matters_of(item)]
    guides = [actions.guide(matter=matter, region=COUNTY, on=parse_day(DAY)) for matter in matters]
    readings = [short(guide, words_for(guide)) for guide in guides]
    assert all(one.chapters for one in readings) and len(readings) > 100
    for language in ("zh", "en"):
        sizes = [len(as_text(one, language)) for one in readings]
        for reading in (readings[n] for n in sorted(range(len(sizes)), key=sizes.__getitem__)[-2:]):
            made = as_poster(reading, language, page_address("https://site.example", language, reading))
            pages = PdfReader(BytesIO(made)).pages
            assert len(pages) == 1 and reading.guide.seal in re.sub(r"\s+", "", pages[0].extract_text())
