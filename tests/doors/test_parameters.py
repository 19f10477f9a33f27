"""``jizhun parameters``: out to files and in again, a dry run, and what cannot be."""

from pathlib import Path

import pytest
import yaml
from django.utils import translation

from jizhun import cli
from jizhun.provisions.actions import promised
from jizhun.provisions.models import Provision


@pytest.fixture(autouse=True)
def english(world, db, monkeypatch):
    monkeypatch.setenv("JIZHUN_LANG", "en")
    with translation.override("en"):
        yield


def run(capsys, *words: str) -> tuple[int, str]:
    try:
        code = cli.main(["parameters", *words])
    except SystemExit as stopped:  # argparse has told what is wrong
        code = int(stopped.code or 0)
    said = capsys.readouterr()
    return code, said.out + said.err


def out(capsys, tmp_path: Path, *words: str) -> list[str]:
    assert run(capsys, "export", *words, "--out", str(tmp_path))[0] == 0
    return sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml"))


def test_what_is_exported_is_on_record_already_when_it_comes_back(capsys, tmp_path):
    files = out(capsys, tmp_path, "--measure", "minimum_wage", "--region", "CN")
    assert "minimum_wage/general/110000.yaml" in files and len(files) == 33
    code, said = run(capsys, "import", str(tmp_path), "--dry-run")
    assert code == 0 and "0 would be recorded, 93 on record already; nothing was kept" in said
    assert run(capsys, "import", str(tmp_path)) == (0, "0 recorded, 93 on record already\n")


def test_a_region_is_itself_and_what_lies_in_it_and_a_subject_narrows_it_down(capsys, tmp_path):
    assert out(capsys, tmp_path, "--measure", "promised_limit", "--region", "990300", "--subject", "NB029-EX01") == [
        "promised_limit/NB029-EX01/990301.yaml"]


def test_what_is_lost_is_told_and_kept_beside_the_files(capsys, tmp_path):
    code, said = run(capsys, "export", "--measure", "benefit_amount", "--region", "440000", "--out", str(tmp_path))
    lost = "not written: NB029-EX01/benefit_amount/440000 (its value is a formula on other measures)"
    assert code == 0 and "0 files written" in said and lost in said
    assert lost in (tmp_path / "losses.txt").read_text("utf-8")


def test_a_file_edited_by_hand_brings_the_new_day_alone(capsys, tmp_path):
    (name,) = out(capsys, tmp_path, "--measure", "promised_limit", "--region", "990301")
    file = tmp_path / name
    content = yaml.safe_load(file.read_text("utf-8"))
    content["values"]["2027-06-01"] = {"value": 0, "metadata": {"reference": "《新承诺》 https://example.org/new"}}
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    before = Provision.objects.count()
    code, said = run(capsys, "import", str(file), "--dry-run")
    assert code == 0 and Provision.objects.count() == before
    assert "new: 2027-06-01 Bamboo Jia District · Unemployment benefit claim: Committed time limit · 0 working" in said
    assert "new paper: 《新承诺》\n" in said and "1 would be recorded, 1 on record already" in said
    assert run(capsys, "import", str(file))[1].endswith("1 recorded, 1 on record already\n")
    new = Provision.objects.get(region="990301", valid_from="2027-06-01")
    assert new.document is not None and new.document.source == "https://example.org/new" and new.mark == "R"
    assert run(capsys, "import", str(file))[1].endswith("0 recorded, 2 on record already\n")


def test_a_foreign_file_needs_place_measure_and_subject_and_may_fall_short(capsys, tmp_path):
    file = tmp_path / "limit.yaml"
    file.write_text("values: {2027-01-01: 9}\n", "utf-8")
    assert run(capsys, "import", str(file)) == (2, "limit.yaml: it does not say which measure (--measure).\n")
    given = ("--region", "990101", "--measure", "promised_limit", "--subject", "NB029-EX01")
    code, said = run(capsys, "import", str(file), *given, "--dry-run")
    assert code == 0 and "  ! NB029-EX01/promised_limit: Pine Jia District is below the standard above" in said
    code, said = run(capsys, "import", str(file), *given)
    assert code == 2 and "below the standard above" in said
    assert not Provision.objects.filter(region="990101", source="limit.yaml").exists()
    assert run(capsys, "import", str(file), *given, "--documents-paper", "--mark", "SIM")[0] == 0
    assert Provision.objects.get(region="990101", source="limit.yaml").mark == "SIM"
    (answer,) = promised(matter="NB029-EX01", region="990101", on=Provision.objects.get(source="limit.yaml").valid_from,
                         measure="promised_limit")
    assert [one.kind for one in answer.findings] == ["below_standard_above"]


@pytest.mark.parametrize(("words", "sentence"), [
    (("export", "--measure", "nosuch", "--region", "CN", "--out", "x"), "There is no measure called “nosuch”."),
    (("export", "--measure", "fee", "--region", "nowhere", "--out", "x"), "no region with the code “nowhere”."),
    (("export", "--measure", "fee", "--region", "CN", "--subject", "nosuch", "--out", "x"), "nosuch"),
    (("export", "--measure", "fee", "--region", "CN", "--out", "/dev/null/x"), "cannot be written"),
    (("import", "/nowhere/at/all.yaml"), "cannot be read"),
    (("import", "--mark", "X", "x.yaml"), "invalid choice: 'X'"), ((), "required: export | import")])
def test_what_cannot_be_done_is_one_sentence(capsys, words, sentence):
    code, said = run(capsys, *words)
    assert code == 2 and sentence in said


def test_nothing_of_a_folder_is_taken_in_where_one_file_is_wrong(capsys, tmp_path):
    (tmp_path / "a.yaml").write_text("values: {2027-01-01: 1}\n", "utf-8")
    (tmp_path / "b.yaml").write_text("metadata: {jizhun: {group: hardship}}\nvalues: {2027-02-30: 1}\n", "utf-8")
    before = Provision.objects.count()
    code, said = run(capsys, "import", str(tmp_path), "--region", "990101", "--measure", "visits", "--subject", "NB050")
    assert (code, said) == (2, "b.yaml, values.2027-02-30: is not a date; write it like 2026-11-24.\n")
    assert Provision.objects.count() == before
