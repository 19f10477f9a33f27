"""Acts on provisions against a real database: load, record, refuse, and what other processes see."""

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError, connection, transaction

from jizhun import loading
from jizhun.entitlements.actions import Loaded as Rules
from jizhun.guides.actions import Loaded as Guides
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import SYSTEM
from jizhun.procedures.actions import Loaded as Procedures
from jizhun.provisions import actions
from jizhun.provisions.models import Document, Provision
from jizhun.provisions.rules import Quantity
from jizhun.provisions.rules.limits import NONE
from jizhun.standards.actions import Loaded as Brought

ON = date(2026, 9, 1)
ROW = {"subject": "NB029-EX01", "measure": "statutory_limit", "region": "330100", "value": 5, "unit": "working_day",
       "from": date(2026, 1, 1), "mark": "R", "source": "a test"}


@pytest.fixture
def nation(db: None) -> None:
    """The national list, as everybody has it."""
    list(loading.national(by=SYSTEM))


@pytest.mark.usefixtures("nation")
class TestNationalList:
    def test_loading_again_brings_nothing(self) -> None:
        before = Provision.objects.count()
        brought = {part.name.en: part.outcome for part in loading.national(by=SYSTEM)}
        assert brought["provisions"] == actions.Loaded() and brought["standards"] == Brought()
        assert brought["entitlements"] == Rules(0, 0, 0)
        assert brought["guides"] == Guides() and brought["procedures"] == Procedures(0)
        assert Provision.objects.count() == before > 250

    def test_the_unemployment_claim_is_due_in_ten_working_days_everywhere(self) -> None:
        for region in ("CN", "330106", "659001"):
            (answer,) = actions.promised(matter="NB029-EX01", region=region, on=ON, measure="statutory_limit")
            assert answer.value == Quantity(10, "working_day")
            assert [say.place for say in answer.winners] == ["CN"]

    def test_a_place_that_is_gone_is_refused_with_its_successor(self) -> None:
        with pytest.raises(Refused, match="370116"):
            actions.promised(matter="NB029-EX01", region="371202", on=ON)

    def test_recording_less_than_the_standard_above_is_refused_in_words(self) -> None:
        with pytest.raises(Refused, match="below the standard above"):
            actions.record(by=SYSTEM, row={**ROW, "value": 15})
        assert not Provision.objects.filter(region="330100", measure="statutory_limit").exists()

    def test_what_a_paper_really_says_is_kept_as_a_finding(self) -> None:
        actions.record(by=SYSTEM, row={**ROW, "value": 15}, documents_paper=True)
        (answer,) = actions.promised(matter="NB029-EX01", region="330100", on=ON, measure="statutory_limit")
        assert answer.value == Quantity(10, "working_day")
        assert [f.kind for f in answer.findings] == ["below_standard_above"]

    def test_a_recorded_improvement_shows_at_the_next_question(self) -> None:
        actions.record(by=SYSTEM, row=ROW)
        (answer,) = actions.promised(matter="NB029-EX01", region="330106", on=ON, measure="statutory_limit")
        assert answer.value == Quantity(5, "working_day")
        with pytest.raises(Refused, match="already on record"):
            actions.record(by=SYSTEM, row=ROW)

    def test_limits_hold_the_promise_and_its_winner(self) -> None:
        actions.record(by=SYSTEM, row=ROW)
        table = actions.limits(matters=["NB029-EX01"], regions=["330106", "340100"], first=date(2025, 7, 1), last=ON)
        rows = [row for row in table.to_pylist() if row["to_day"] >= (ON - date(1970, 1, 1)).days]
        assert sorted(row["statutory_limit"] for row in rows) == [5, 10]
        assert all(row["statutory_limit_by"] != NONE for row in rows)


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize("statement", ["UPDATE jizhun_provision SET unit = 'x'", "DELETE FROM jizhun_provision"])
def test_what_was_said_cannot_be_changed(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize(("content", "sentence"), [
    ({"provisions": [{**ROW, "region": "999999"}]}, "999999"),
    ({"provisions": [{**ROW, "measure": "patience"}]}, "patience"),
    ({"provisions": [{**ROW, "from": "2026-02-30"}]}, "2026-02-30"),
    ({"provisions": [{**ROW, "document": "nowhere"}]}, "nowhere"),
    ({"provisions": [{**ROW, "colour": "red"}]}, "colour"),
    ({"provisions": [{**ROW, "value": "ten"}]}, "ten"),
    ({"provisions": [{**ROW, "measure": ["a"]}]}, "“measure” cannot be"),
    ({"provisions": [{**ROW, "modality": ["a"]}]}, "“modality” cannot be"),
    ({"provisions": [{**ROW, "unit": ["a"]}]}, "“unit” cannot be"),
    ({"provisions": [{**ROW, "from": datetime(2026, 11, 1, 10)}]}, "2026-11-01 10:00:00"),
    ({"provisions": [{**ROW, "value": -5}]}, "“value” cannot be “-5”"),
    ({"provisions": [{**ROW, "value": 1e300}]}, "“value” cannot be “1e+300”"),
    ({"provisions": [{**ROW, "value": "0.0000000001"}]}, "“value” cannot be"),
    ({"provisions": [{**ROW, "value": {"band": [9, 3]}}]}, "“value” cannot be “[9, 3]”"),
    ({"provisions": [{**ROW, "enforce": "nosuch"}]}, "“enforce” cannot be “nosuch”"),
    ({"provisions": [{**ROW, "until": "2000-01-01"}]}, "“until” cannot be “2000-01-01”"),
    ({"provisions": [{**ROW, "value": {"formula": {"times": 2, "of": "nosuch"}}}]}, "reads “nosuch”"),
])
def test_a_faulty_file_is_refused_whole(tmp_path: Path, content: dict, sentence: str) -> None:
    documents = [{"id": "new-paper", "title_zh": "《新文件》", "mark": "R"}]
    (tmp_path / "faulty.yaml").write_text(yaml.safe_dump({"documents": documents, **content}, allow_unicode=True))
    with pytest.raises(Refused) as refusal:
        actions.load(by=SYSTEM, folder=tmp_path, owner="TEST")
    assert "faulty.yaml" in str(refusal.value)
    assert sentence in str(refusal.value)
    assert not Document.objects.filter(code="new-paper").exists()


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize("reads", [("statutory_limit",), ("promised_limit", "statutory_limit")])
def test_formulas_that_read_each_other_are_refused(tmp_path: Path, reads: tuple[str, ...]) -> None:
    """Whoever asked would get no answer any more: nothing of the file is loaded, nor recorded by hand."""
    rows = [{**ROW, "measure": code, "value": {"formula": {"of": read}}}
            for code, read in zip(("statutory_limit", *reads), reads, strict=False)]
    (tmp_path / "round.yaml").write_text(yaml.safe_dump({"provisions": rows}, allow_unicode=True))
    before = Provision.objects.count()
    with pytest.raises(Refused, match=r"in a circle: .*statutory_limit"):
        actions.load(by=SYSTEM, folder=tmp_path, owner="TEST")
    if len(rows) == 1:
        with pytest.raises(Refused, match="in a circle"):
            actions.record(by=SYSTEM, row=rows[0])
        with pytest.raises(Refused, match="in a circle"):
            actions.foreseen(row=rows[0])
    assert Provision.objects.count() == before


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize(("file", "text", "code"), [
    ("papers.yaml", "documents: [{id: social-insurance-law, title_zh: 《假法》, mark: R}]", "social-insurance-law"),
    ("labels.yaml", "claim_form: {zh: 甲, en: A}", "claim_form")])
def test_no_package_says_the_nation_s_papers_and_words_anew(tmp_path: Path, file: str, text: str, code: str) -> None:
    (tmp_path / file).write_text(text, "utf-8")
    before = list(Document.objects.order_by("code").values()), actions.labels()
    with pytest.raises(Refused, match=f"“{code}” came with “CN”"):
        actions.load(by=SYSTEM, folder=tmp_path, owner="TEST")
    assert (list(Document.objects.order_by("code").values()), actions.labels()) == before


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize(("content", "says"), [
    ({"provisions": [{**ROW, "region": "CN"}]}, "“CN” came with “CN”: “TEST” cannot say it anew"),
    ({"tiers": [{"scheme": "minimum_wage", "region": "440100", "tier": "4", "from": date(2026, 10, 1)}]},
     "“minimum_wage 440100” came with “CN”")])
def test_no_package_speaks_for_the_nation_or_moves_a_city(tmp_path: Path, content: dict, says: str) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
    with pytest.raises(Refused, match=says):
        actions.load(by=SYSTEM, folder=tmp_path, owner="TEST")


@pytest.mark.usefixtures("nation")
def test_no_package_says_the_nation_s_measures_anew(tmp_path: Path) -> None:
    file = tmp_path / "measures.yaml"
    file.write_text("- {code: statutory_limit, name_zh: 甲, name_en: A, unit: cny, kind: benefit, direction: higher}\n")
    before = actions.measures()
    with pytest.raises(Refused, match=r"measures\.yaml: “statutory_limit” came with “CN”"):
        actions.load_measures(by=SYSTEM, file=file, owner="TEST")
    assert actions.measures() == before
