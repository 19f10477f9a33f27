"""``jizhun guides``, ``jizhun links`` and ``jizhun token``: what they write, record and tell."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from jizhun import cli
from jizhun.guides import actions
from jizhun.guides.models import LayerVersion
from jizhun.kernel.workbooks import finished, new_book
from jizhun.people.rules import SYSTEM
from jizhun.people.tokens import user_of

MATTER, COUNTY, NEIGHBOUR = "NB026-EX02", "990101", "990102"
LOCAL = {"zh": "本地", "en": "Local words"}


@pytest.fixture(autouse=True)
def english(world: None, db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("JIZHUN_LANG", "en")
    with translation.override("en"):
        yield


def run(capsys: Any, *words: str) -> tuple[int, str]:
    try:
        code = cli.main([*words])
    except SystemExit as stopped:  # argparse has told what is wrong
        code = int(stopped.code or 0)
    said = capsys.readouterr()
    return code, said.out + said.err


def record(region: str = COUNTY, content: Any = LOCAL) -> None:
    actions.record(by=SYSTEM, sort="guide", matter=MATTER, region=region, fields={"quota": content})


def says(region: str) -> Any:
    return actions.guide(matter=MATTER, region=region, on=timezone.localdate()).content("quota")


def workbook(path: Path, *rows: tuple[str, ...]) -> str:
    book = new_book()
    sheet = book.add_worksheet("texts")
    for down, row in enumerate((("[matter]", "[place]", "[quota.zh]", "[quota.en]"), *rows)):
        for at, text in enumerate(row):
            sheet.write_string(down, at, text)
    path.write_bytes(finished(book))
    return str(path)


def test_out_and_in_again_changes_nothing(capsys: Any, tmp_path: Path) -> None:
    record()
    file = str(tmp_path / "g.xlsx")
    assert run(capsys, "guides", "export", "--region", COUNTY, "--matters", MATTER, "--out", file) == (
        0, f"1 places written to {file}\n")
    code, said = run(capsys, "guides", "import", file)
    assert code == 0 and "new 0, changed 0, same 1, taken back 0" in said and "0 versions recorded" in said


def test_a_dry_run_keeps_nothing_and_faults_are_told_and_marked(capsys: Any, tmp_path: Path) -> None:
    file = workbook(tmp_path / "g.xlsx", (MATTER, COUNTY, "好", ""), (MATTER, NEIGHBOUR, "好", ""))
    errors = tmp_path / "errors.xlsx"
    by = ("--by", "county-editor")
    code, said = run(capsys, "guides", "import", file, *by, "--dry-run", "--errors", str(errors))
    assert code == 0 and "texts!B3: You have no right at 990102" in said and errors.read_bytes()[:2] == b"PK"
    assert "1 guides would be recorded, 1 have faults; nothing was kept" in said and says(COUNTY) is None
    code, said = run(capsys, "guides", "import", file, *by)
    assert code == 2 and "1 fault(s); nothing was recorded" in said and says(COUNTY) is None
    assert run(capsys, "guides", "import", file, *by, "--only-good")[0] == 0
    assert says(COUNTY) == {"zh": "好", "en": ""} and says(NEIGHBOUR) is None
    row = LayerVersion.objects.get(matter=MATTER, region=COUNTY)
    assert row.by == "county-editor"


def test_copy_and_apply(capsys: Any, tmp_path: Path) -> None:
    record()
    words = ("guides", "copy", "--region", COUNTY, "--to", NEIGHBOUR, "--matters", MATTER, "--fields", "quota")
    assert "1 guides would be recorded" in run(capsys, *words, "--dry-run")[1] and says(NEIGHBOUR) is None
    assert "1 versions recorded" in run(capsys, *words)[1] and says(NEIGHBOUR) == LOCAL
    file = tmp_path / "t.yaml"
    file.write_text("quota: {zh: '{place_zh}', en: '{code}'}", "utf-8")
    words = ("guides", "apply", str(file), "--region", "990100", "--level=3", "--matters", MATTER, "--note", "all")
    assert run(capsys, *words)[0] == 0 and says(NEIGHBOUR)["en"] == NEIGHBOUR


def test_check_in_every_form(capsys: Any) -> None:
    record(content={"zh": "名额", "en": ""})
    words = ("guides", "check", "--region", COUNTY, "--matters", MATTER, "--kinds", "untranslated")
    code, said = run(capsys, *words)
    assert code == 0 and "Warning · “Limits in number”: the English is missing: add it." in said
    assert said.endswith("Error 0, Warning 1, Hint 0\n")
    (found,) = json.loads(run(capsys, *words, "--json")[1])["findings"]
    assert (found["matter"], found["region"], found["field"]) == (MATTER, COUNTY, "quota")
    head, line = run(capsys, *words, "--csv")[1].splitlines()
    assert head.startswith("matter,region") and line.startswith(f"{MATTER},{COUNTY},quota,,untranslated,warning,")


@pytest.mark.parametrize(("words", "sentence"), [
    (("guides", "check", "--region", "123456"), "123456"), (("guides", "import", "none.xlsx"), "cannot be read"),
    (("guides", "check", "--region", COUNTY, "--kinds", "ugly"), "no finding of the kind"),
    (("guides", "copy", "--region", COUNTY, "--to", NEIGHBOUR, "--by", "nobody"), "no login “nobody”"),
    (("guides", "export", "--region", "CN", "--out", "x.xlsx"), "20,000 guides at most"),
    (("guides", "nothing"), "invalid choice"), (("token", "nobody"), "no login “nobody”"),
    (("links", "--within", "123456"), "123456"), (("links", "--within", "CN", "--limit", "0"), "whole number from 1")])
def test_what_cannot_be(capsys: Any, words: tuple[str, ...], sentence: str) -> None:
    code, said = run(capsys, *words)
    assert code == 2 and sentence in said


def test_links_tell_how_many(capsys: Any) -> None:
    assert run(capsys, "links", "--within", NEIGHBOUR)[1].startswith("0 looked at, 0 did not answer")


def test_a_token_stands_for_its_login(capsys: Any) -> None:
    code, said = run(capsys, "token", "county-editor", "--days", "3")
    assert code == 0 and user_of(said.strip()).username == "county-editor"
