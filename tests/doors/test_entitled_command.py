"""``jizhun entitled``: what a person in a file may be entitled to, with the day of the values; what is refused."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from entitled_sample import load_sample
from jizhun.kernel.bilingual import Refused

pytestmark = pytest.mark.usefixtures("reading")


@pytest.fixture(autouse=True)
def english(tmp_path: Path, reading: object) -> Iterator[None]:
    load_sample(tmp_path)
    with translation.override("en"):
        yield


def run(folder: Path, person: str, *more: str) -> str:
    said, file = StringIO(), folder / "person.json"
    file.write_text(person, "utf-8", "surrogateescape")
    call_command("entitled", "--person", str(file), "--region", "310000", "--on", "2026-11-23", *more, stdout=said)
    return said.getvalue()


def test_the_answer_names_the_day_of_its_values_and_says_when_they_are_old(tmp_path: Path) -> None:
    said = run(tmp_path, '{"t_months": 24, "t_against": true, "t_drawn": 1}', "--entitlement", "t_benefit")
    assert "Test benefit: Likely yes" in said and "Amount a month: 2,340 yuan a month" in said
    assert "Benefit amount: the value since 2026-07-01; it should have been renewed since" in said
    floor = run(tmp_path, "{}", "--entitlement", "t_floor")
    assert "Minimum monthly wage: the value since 2025-07-01\n" in floor and "renewed" not in floor
    unlikely = run(tmp_path, '{"t_months": 1}', "--entitlement", "t_benefit")
    assert "Likely no" in unlikely and "the value since" not in unlikely


@pytest.mark.parametrize(("person", "sentence"), [
    ("{", "person.json is not JSON."), ("[]", "person.json should be an object, {…}."),
    ('{"t_months": 12, "t_months": 200}', "“t_months” is given twice."),
    ('{"t_months": NaN}', "person.json is not JSON."),
    ('{"t_months": 1e99999999999999999999}', "“1e99999999999999999999” is too large or too small to be used."),
    ('{"t_day": "0058-01-01"}', "Day of registration: 0058-01-01 is not between 1880 and 2199."),
    ('{"places": {"moon": "310000"}}', "There is no role of place “moon”; there are place_of_insurance, "),
    ('{"places": {"employer": "nowhere"}}', "There is no region with the code “nowhere”."),
    ('{"places": {"employer": 330100}}', "“places” should map roles to region codes.")])
def test_what_cannot_be_used_is_one_sentence_also_where_no_rule_reads_it(tmp_path: Path, person: str,
                                                                         sentence: str) -> None:
    with pytest.raises(Refused, match="^" + re.escape(sentence)):
        run(tmp_path, person, "--entitlement", "t_benefit")
