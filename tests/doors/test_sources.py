"""Sources as pages show them: addresses as links, remarks in the reader's language; whose cases speak for a place."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from jizhun.delivery.models import Source
from jizhun.frame.source_words import source_shown
from jizhun.frame.sources import concerning
from jizhun.kernel.bilingual import Bilingual
from jizhun.regions.actions import tree
from worlds import ROOT


def sources_in(value: object) -> list[str]:
    """Every ``source`` in a file of data, however deep."""
    if isinstance(value, dict):
        own = [value["source"]] if isinstance(value.get("source"), str) else []
        return own + [one for inner in value.values() for one in sources_in(inner)]
    return [one for inner in value for one in sources_in(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("file", sorted((ROOT / "data").rglob("*.yaml")), ids=lambda file: file.name)
def test_every_remark_of_the_shipped_data_can_be_read_in_chinese(file: Path) -> None:
    remarks = {source_shown(one).remark for one in sources_in(yaml.safe_load(file.read_text("utf-8")))}
    english = [one.en for one in remarks if one.zh == one.en and re.search("[A-Za-z]{4}", one.en)]
    assert english == []


def test_an_address_is_a_link_and_what_stands_beside_it_is_not_part_of_it() -> None:
    shown = source_shown("https://example.gov.cn/a_1.html (as recorded in a public repository)")
    assert shown.addresses == ("https://example.gov.cn/a_1.html",)
    assert "见公开代码库" in shown.remark.zh


def test_an_address_may_hold_brackets_that_close_again() -> None:
    address = "https://github.com/LawRefBook/Laws/blob/master/行政法规/社会保险经办条例(2023-08-16).md"
    shown = source_shown(f"{address} (as recorded in a public repository)")
    assert shown.addresses[0].endswith("(2023-08-16).md") and shown.addresses[0].isascii()
    assert "md" not in shown.remark.en and source_shown("(https://example.org/a)").addresses == ("https://example.org/a",)


def test_what_was_made_here_names_its_project_in_both_languages() -> None:
    shown = source_shown("made here: P2026-0001")
    assert shown.remark == Bilingual("本平台制定：P2026-0001", "made here: P2026-0001") and not shown.addresses


def test_what_covers_the_place_speaks_before_a_larger_file_of_a_part_of_it(world: None, db: None) -> None:
    known = [Source(code="county", region="990101", simulated=True),
             Source(code="walk", region="370800", simulated=True),
             Source(code="whole", region="990000", simulated=True)]
    counts, on = {"whole": 10, "county": 3_000_000, "walk": 4}, date(2025, 6, 1)
    assert [one.code for one in concerning(known, counts, tree().known("990000"), on)] == ["whole", "county"]
    assert concerning(known, counts, tree().known("370800"), on) == []  # invented cases of a real place: on no page
