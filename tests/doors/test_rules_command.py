"""``jizhun rules``: a rule out to a file, what was changed in it in again; what it would do, and what is refused."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from jizhun.entitlements.actions import rule
from jizhun.entitlements.interchange import Offered, from_xlsx, to_xlsx
from jizhun.entitlements.models import RuleVersion
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.models import AuditLine

pytestmark = pytest.mark.usefixtures("reading")
CODE, COUNTY = "unemployment_benefit", "990101"
OLD, WIDER, NARROWER = ("contribution_months &gt;= 12", "contribution_months &gt;= 6", "contribution_months &gt;= 24")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def run(*words: Any) -> str:
    said = StringIO()
    call_command("rules", *map(str, words), stdout=said)
    return said.getvalue()


def exported(folder: Path, form: str = "dmn", change: tuple[str, str] = ("", "")) -> Path:
    file = folder / f"rule.{form}"
    said = run("export", CODE, "--region", COUNTY, "--on", "2027-01-01", "--out", file)
    assert said.strip() == f"{file}: the rule of “{CODE}” at {COUNTY} on 2027-01-01"
    if change[0]:
        file.write_bytes(file.read_bytes().replace(change[0].encode(), change[1].encode()))
    return file


def record(file: Path, *more: str, region: str = COUNTY) -> str:
    return run("record", CODE, file, "--region", region, "--from", "2027-01-01", "--document", "social-insurance-law",
               *more)


def kept() -> int:
    return RuleVersion.objects.filter(region=COUNTY).count()


def test_a_changed_model_is_recorded_for_the_place(tmp_path):
    said = record(exported(tmp_path, change=(OLD, WIDER)), "--clause-en", "Article 9", "--mark", "V", "--until",
                  "2028-12-31")
    assert "Says otherwise: paid_a_year\n" in said and "It lapses after 2028-12-31" in said
    assert f"Recorded: {CODE}/{COUNTY} 2027-01-01" in said
    found = rule(code=CODE, region=COUNTY, on=parse_day("2027-01-01"))
    assert found and "6" in found.conditions[0].holds and found.conditions[0].cited.clause.en == "Article 9"
    line = AuditLine.objects.order_by("-seq").first()
    assert line and (line.actor, line.act) == ("system", "entitlement.record")


def test_a_dry_run_says_what_it_would_do_and_keeps_nothing(tmp_path):
    said = record(exported(tmp_path, change=(OLD, NARROWER)), "--dry-run")
    assert "is entitled under the rule above, and not here" in said and "Nothing was kept." in said
    assert kept() == 0


def test_who_loses_is_refused_unless_the_paper_says_so(tmp_path):
    file = exported(tmp_path, change=(OLD, NARROWER))
    with pytest.raises(Refused, match="is entitled under the rule above"):
        record(file)
    assert kept() == 0
    assert "Recorded:" in record(file, "--documents-paper") and kept() == 1


def test_a_workbook_goes_out_and_in(tmp_path):
    file = exported(tmp_path, "xlsx")
    brought = from_xlsx(file.read_bytes())
    parts = {kind: [dict(row) for row in rows] for kind, rows in brought.parts.items()}
    parts["conditions"][0]["holds"] = "contribution_months >= 6 or unused_months > 0"
    file.write_bytes(to_xlsx(parts, brought.version, Offered()))
    assert "Recorded:" in record(file)
    parts["conditions"][0]["holds"], parts["conditions"][1]["document"] = "contribution_months >", "nowhere"
    file.write_bytes(to_xlsx(parts, {**brought.version, "region": "330100"}, Offered()))
    with pytest.raises(Refused) as refusal:
        record(file)
    assert [line.partition(": ")[0] for line in str(refusal.value).splitlines()] == [
        "rule 规则 E3", "rule 规则 L4", "version 版本 B2"]


def test_a_condition_that_is_neither_true_nor_false_is_refused_and_said_in_one_language(tmp_path):
    with pytest.raises(Refused, match=r"^paid_a_year: expression, column 1 .*this is neither\.$"):
        record(exported(tmp_path, change=(OLD, "contribution_months")))
    with pytest.raises(Refused) as refused:
        record(exported(tmp_path, change=(OLD, "contribution_months 12")))
    said = refused.value.sentence
    assert said.en.isascii() or not set("，：列第") & set(said.en)
    assert "column 21" in said.en and "第 21 列" in said.zh


def test_a_version_for_new_cases_only(tmp_path):
    file = tmp_path / "skills.dmn"
    run("export", "skills_subsidy", "--region", COUNTY, "--on", "2027-01-01", "--out", file)
    file.write_bytes(file.read_bytes().replace(b"contribution_months &gt;= 36", b"contribution_months &gt;= 1"))
    said = run("record", "skills_subsidy", file, "--region", COUNTY, "--from", "2027-01-01", "--document",
               "social-insurance-law", "--new-from", "2027-03-01", "--existing-until", "2027-12-31")
    assert "the others keep the version before until 2027-12-31" in said
    kept_as = RuleVersion.objects.get(region=COUNTY).fields
    assert (kept_as["new_from"], kept_as["existing_until"]) == ("2027-03-01", "2027-12-31")


@pytest.mark.parametrize(("words", "sentence"), [
    (("export", "nowhere", "--region", "CN", "--out", "a.dmn"), "no entitlement “nowhere”"),
    (("export", CODE, "--region", "999999", "--out", "a.dmn"), "999999"),
    (("export", CODE, "--region", "CN", "--on", "2027-02-30", "--out", "a.dmn"), "2027-02-30"),
    (("export", CODE, "--region", "CN", "--on", "1980-01-01", "--out", "a.dmn"), "no rule here on that day"),
    (("export", CODE, "--region", "CN", "--out", "a.pdf"), "must end in .dmn or .xlsx"),
    (("export", CODE, "--region", "CN", "--out", "nowhere/a.dmn"), "cannot be written"),
    (("record", CODE, "nowhere.dmn", "--region", "CN", "--from", "2027-01-01", "--document", "a"), "cannot be read"),
])
def test_what_cannot_be_is_one_sentence(tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused) as refusal:
        run(*words)
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)


def test_an_unchanged_file_an_unknown_paper_and_no_model_are_refused(tmp_path):
    with pytest.raises(Refused, match="Nothing is changed yet"):
        record(exported(tmp_path))
    with pytest.raises(Refused, match="no paper “nope”"):
        run("record", CODE, exported(tmp_path, change=(OLD, WIDER)), "--region", COUNTY, "--from", "2027-01-01",
            "--document", "nope")
    (tmp_path / "rule.dmn").write_text("<a/>")
    with pytest.raises(Refused, match="not a DMN file"):
        record(tmp_path / "rule.dmn")
    assert kept() == 0
