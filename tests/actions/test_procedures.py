"""Procedures as acts: checked when written, compared, told as documents, and put together into life events."""

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation
from docx import Document
from pypdf import PdfReader

from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.procedures import actions
from jizhun.procedures.documents import PRODUCTS, reading_of
from jizhun.procedures.life_events import bundles, events_with, life_event
from jizhun.procedures.rules import END, plain

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, COUNTY, CITY = "NB029-EX01", "990101", "990100"
DAY = date(2026, 11, 27)


def found(region: str = COUNTY, on: date | None = None) -> actions.Procedure:
    return actions.procedure(matter=MATTER, region=region, on=on or timezone.localdate())


def rows(region: str = COUNTY) -> list[dict[str, Any]]:
    steps = found(region).steps
    assert steps is not None
    return plain(steps)


def record(fields: dict[str, Any], **more: Any) -> None:
    actions.record(by=User.objects.get(username="county-editor"), matter=MATTER, region=COUNTY, fields=fields, **more)


class TestWriting:
    def test_steps_are_read_whole(self) -> None:
        with pytest.raises(Refused, match="Step “a”: it has no name"):
            record({"steps": [{"id": "a"}]})

    def test_the_promise_of_the_place_is_what_steps_are_held_against(self) -> None:
        checked = found().checked
        assert checked is not None and [one.state for one in checked.verdicts] == ["over", "within", "within"]

    def test_an_earlier_day_is_the_other_side(self) -> None:
        today = timezone.localdate()
        record({"steps": [one for one in rows() if one["id"] != "rate"]})
        told = actions.difference(matter=MATTER, region=COUNTY, on=today, before=today - timedelta(1))
        assert told is not None and told.marks["rate"] == "removed"
        beside = actions.difference(matter=MATTER, region=COUNTY, on=today, other=CITY)
        assert beside is not None and beside.sentence == told.sentence
        assert actions.difference(matter=MATTER, region=CITY, on=today).changes == ()  # type: ignore[union-attr]


class TestDocuments:
    def test_every_chapter_in_order_and_the_empty_ones_say_so(self) -> None:
        told = PRODUCTS["text"].made(reading_of(found()), "en").decode()
        heads = re.findall(r"^\d+ (.+)$", told, re.M)
        assert heads == ["Scope", "Basis", "Posts and rights", "Conditions", "Materials", "Steps", "Internal control",
                         "Forms", "Archives", "Supervision"]
        assert told.count("Missing: nobody has written this chapter yet.") == 3
        assert "! The longest way, 10 working days, is longer than the promised limit, 3 working days." in told
        assert "- Identity card or social security card" in told and "simulated]" in told

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_word_has_the_table_with_its_head_and_the_picture_with_its_words(self, language: str) -> None:
        made = PRODUCTS["docx"].made(reading_of(found()), language)
        document: Any = Document(io.BytesIO(made))
        table = document.tables[0]
        assert len(table.rows) == 1 + len(rows()) and len(table.columns) == 7
        assert "w:tblHeader" in table.rows[0]._tr.xml
        picture = document.inline_shapes[0]._inline.docPr.get("descr")
        told = {"zh": "流程图，内容与步骤表相同", "en": "a diagram of the same steps as the table"}
        assert picture.endswith(told[language])
        heads = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
        assert len(heads) == 11 and heads[5].endswith({"zh": "办理步骤", "en": "Steps"}[language])
        assert made == PRODUCTS["docx"].made(reading_of(found()), language)

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_pdf_is_tagged_and_the_picture_has_words(self, language: str) -> None:
        reader = PdfReader(io.BytesIO(PRODUCTS["pdf"].made(reading_of(found()), language)))
        catalog: Any = reader.trailer["/Root"]
        assert catalog["/MarkInfo"]["/Marked"] and str(catalog["/Lang"]).startswith(language)
        assert _figures(catalog["/StructTreeRoot"]) == [reading_of(found()).alt.in_language(language)]
        words = "".join(page.extract_text() for page in reader.pages)
        assert {"zh": "核验参保", "en": "Internal control"}[language] in words

    def test_a_place_without_steps_says_so(self) -> None:
        record({"steps": [{"id": "a", "name": {"zh": "甲", "en": "A"}, "next": [{"to": END}]}]})
        told = PRODUCTS["text"].made(reading_of(found()), "en").decode()
        assert "! “A” has no role." in told and "1. A" in told

    @pytest.mark.libreoffice
    def test_libreoffice_opens_it(self, to_pdf: Any, tmp_path: Path) -> None:
        file = tmp_path / "procedure.docx"
        file.write_bytes(PRODUCTS["docx"].made(reading_of(found()), "zh"))
        pages = PdfReader(to_pdf(file)).pages
        assert len(pages) >= 3 and "岗位" in "".join(page.extract_text() for page in pages)


def _figures(element: Any) -> list[str]:
    """The alternative texts of the figures in the tree of tags."""
    element = element.get_object()
    if isinstance(element, list):
        return [text for one in element for text in _figures(one)]
    if not hasattr(element, "get"):
        return []
    own = [str(element["/Alt"])] if element.get("/S") == "/Figure" else []
    return own + (_figures(element["/K"]) if "/K" in element else [])


class TestTheCommand:
    @pytest.mark.parametrize(("form", "begins"), [
        ("text", b"Unemployment"), ("bpmn", b"<?xml"), ("svg", b"<svg"), ("docx", b"PK"), ("pdf", b"%PDF")])
    def test_a_file(self, form: str, begins: bytes, tmp_path: Path) -> None:
        with translation.override("en"):
            call_command("procedure", MATTER, region=COUNTY, on="2026-11-27", form=form, out=tmp_path / "made")
        assert (tmp_path / "made").read_bytes().startswith(begins)

    def test_what_people_get_wrong(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="Name the file to write with --out"):
            call_command("procedure", MATTER, region=COUNTY, form="pdf")
        with pytest.raises(Refused, match="cannot be written"):
            call_command("procedure", MATTER, region=COUNTY, out=tmp_path / "no" / "folder")
        with pytest.raises(Refused, match="2026-02-30"):
            call_command("procedure", MATTER, region=COUNTY, on="2026-02-30")


class TestLifeEvents:
    def test_the_longest_way_is_that_of_the_slowest_legs(self) -> None:
        event = life_event(code="retirement", region=COUNTY, on=DAY)
        assert event.time.working_days == 15 + 8 + 1 and event.untimed == ()
        assert {one.calls for one in event.steps.rows if one.calls} == {one.matter for one in event.legs}

    def test_what_nobody_promises_is_named(self) -> None:
        event = life_event(code="lost_job", region="CN", on=DAY)
        assert "NB029-EX09" in event.untimed and "NB029-EX09" in event.silent

    def test_every_material_stands_once_with_all_who_ask_for_it(self) -> None:
        event = life_event(code="lost_job", region=COUNTY, on=DAY)
        codes = [one.code for one in event.asked]
        assert len(set(codes)) == len(codes)
        assert set(event.silent) == {one.matter for one in event.legs} - {
            matter for one in event.asked for matter in one.matters}

    def test_every_shipped_event_holds_together(self) -> None:
        for row in bundles():
            event = life_event(code=row.code, region=COUNTY, on=DAY)
            checked = actions.check_steps(event.steps, event.guides[event.legs[0].matter])
            assert {one.kind for one in checked.findings} & {"lost", "unreached", "open", "endless"} == set()
            assert all(row in events_with(leg.matter) for leg in event.legs)

    def test_one_that_is_not_there(self) -> None:
        with pytest.raises(Refused, match="There is no life event “moonshot”"):
            life_event(code="moonshot", region=COUNTY, on=DAY)
