"""``jizhun dmn``: cases in, results or sentences out, one JSON line each; a mistake is never null."""

import io
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from jizhun import cli
from worlds import CASES

MODEL = CASES / "dmn" / "unemployment.dmn"
PERSON = {"born": "1990-05-01", "paid months": 60, "reasons": ["非本人意愿"]}
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@pytest.fixture(autouse=True)
def locale(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("JIZHUN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    with translation.override("en"):
        yield


def run(capsys: Any, *words: object) -> tuple[int, list[Any], str]:
    """The exit code, each line of the answer as JSON, and what was said beside it."""
    code = cli.main(["dmn", *map(str, words)])
    said = capsys.readouterr()
    return code, [json.loads(line, parse_float=Decimal) for line in said.out.splitlines()], said.err


def cases(tmp_path: Path, *lines: object) -> Path:
    """A file of cases: texts as they are, anything else as JSON."""
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines), encoding="utf-8")
    return file


def model(tmp_path: Path, *boxes: str) -> Path:
    file = tmp_path / "model.dmn"
    file.write_text(f'<definitions xmlns="{DMN}" name="m" namespace="n">{"".join(boxes)}</definitions>',
                    encoding="utf-8")
    return file


def decision(name: str, text: str) -> str:
    return f'<decision name="{name}"><literalExpression><text>{text}</text></literalExpression></decision>'


def test_one_line_in_is_one_line_out(tmp_path: Path, capsys: Any) -> None:
    file = cases(tmp_path, {"Person": PERSON}, {"Person": {**PERSON, "paid months": 130}},
                 {"Person": {**PERSON, "reasons": ["本人意愿"]}})
    assert run(capsys, MODEL, "--decision", "Months", "--inputs", file) == (
        0, [{"result": 18}, {"result": 24}, {"result": 0}], "")


def test_the_decision_that_no_other_reads_is_the_default(tmp_path: Path, capsys: Any) -> None:
    file = cases(tmp_path, {"Person": PERSON, "最低工资": 1930.50, "Day": "2026-08-31"})
    code, (line,), _ = run(capsys, MODEL, "--inputs", file)
    assert code == 0 and line["result"]["last day"] == "2028-02-28"
    assert line["result"]["total"] == Decimal("31274.1")


def test_without_cases_one_case_without_facts_is_run(tmp_path: Path, capsys: Any) -> None:
    assert run(capsys, model(tmp_path, decision("d", '{a: 1 / 3, "年": @"2026-11-24"}'))) == (
        0, [{"result": {"a": Decimal("0." + "3" * 34), "年": "2026-11-24"}}], "")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    lines = "\ufeff" + json.dumps({"最低工资": 1930}) + "\n\n" + json.dumps({"最低工资": "2000"}) + "\r\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode("utf-8"))))
    assert run(capsys, MODEL, "--decision", "Monthly amount", "--inputs", "-") == (0,
                                                                                   [{"result": 1737}, {"result": 1800}],
                                                                                   "")


@pytest.mark.parametrize(("line", "sentence"), [
    ("{", "The line is not JSON ("), ("12", "The line should be an object, {…}."),
    ("[]", "The line should be an object"),
    ("null", "The line should be an object"), ('{"Person": NaN}', "“NaN” is not a number."),
    ('{"最低工资": Infinity}', "“Infinity” is not a number."),
    ('{"最低工资": 1e99999999999999999999}', "is not a number."),
    ('{"最低工资": 1, "最低工资": 2}', "“最低工资” is given twice."), ("[" * 100_000, "The line is not JSON ("),
    ('{"工资": 1}', "The model has no input “工资”."),
    ('{"最低工资": "many"}', "input “最低工资”: “many” is not a number."),
    ('{"最低工资": true}', "Number is wanted here, not true or false “true”."),
    ('{"\\ud800": 1}', "The model has no input"),
    ('{"Person": {"born": "1990-02-30"}}', "“1990-02-30” is not a date; write it like 2026-11-24."),
    ('{"Person": {"paid months": -1}}', "The value “-1” is not among those allowed ([0..600])."),
    ('{"Person": {"sex": "?"}}', "There is no part “sex”."),
    ('{"Person": {"reasons": ["\\ud800"]}}', "half a character"),
])
def test_a_wrong_line_is_told_in_its_place(tmp_path: Path, capsys: Any, line: str, sentence: str) -> None:
    file = cases(tmp_path, {"最低工资": 1000}, line, {"最低工资": 2000})
    code, told, said = run(capsys, MODEL, "--decision", "Monthly amount", "--inputs", file)
    assert (code, said) == (0, "") and told[0] == {"result": 900} and told[2] == {"result": 1800}
    assert list(told[1]) == ["error"] and sentence in told[1]["error"] and "Traceback" not in told[1]["error"]


def test_a_line_in_another_encoding_does_not_stop_the_others(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b'{}\n{"x": "\xd6\xd0"}\n{}\n')
    code, told, _ = run(capsys, model(tmp_path, decision("d", "1")), "--inputs", file)
    assert (code, told) == (0, [{"result": 1}, {"error": "The line is not UTF-8."}, {"result": 1}])


def test_an_answer_that_cannot_be_worked_out_is_told_and_not_null(tmp_path: Path, capsys: Any) -> None:
    inputs = '<inputData name="n"/>'
    file = cases(tmp_path, {"n": 0}, {"n": "a"}, {"n": 4}, {})
    _, told, _ = run(capsys, model(tmp_path, inputs, decision("d", "12 / n")), "--inputs", file)
    assert told == [{"error": "decision “d”, column 4 “12 / n”: Division by zero."},
                    {"error": "decision “d”, column 4 “12 / n”: “/” does not go between a number and text."},
                    {"result": 3}, {"result": None}]


def test_a_function_is_no_answer(tmp_path: Path, capsys: Any) -> None:
    knowledge = ('<businessKnowledgeModel name="f"><encapsulatedLogic><literalExpression><text>1</text>'
                 "</literalExpression></encapsulatedLogic></businessKnowledgeModel>")
    _, told, _ = run(capsys, model(tmp_path, knowledge, decision("d", "f")))
    assert told == [{"error": "A function cannot be written as a value."}]


def test_the_sentences_are_in_the_readers_language(tmp_path: Path, capsys: Any,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIZHUN_LANG", "zh")
    file = cases(tmp_path, {"最低工资": "很多"})
    code, told, _ = run(capsys, MODEL, "--decision", "Monthly amount", "--inputs", file)
    assert (code, told) == (0, [{"error": "输入“最低工资”：“很多”不是数。"}])
    assert run(capsys, MODEL, "--decision",
               "月数")[2].startswith("unemployment.dmn：模型没有决策“月数”，有的是：Eligible、")
    assert run(capsys, tmp_path / "none.dmn")[2].startswith("读不了文件 ")


@pytest.mark.parametrize(("boxes", "sentence"), [
    ([decision("d", "1 +")],
     "model.dmn: decision “d”, column 4 “1 +”: The expression ends where a value should follow."),
    ([decision("a", "1"), decision("b", "2")], "model.dmn: Say with --decision which decision is wanted: a, b."),
    ([decision("a", "b"), decision("b", "a")], "model.dmn: Decisions need each other in a circle: a → b → a."),
    ([], "model.dmn: The model has no decision to run."),
    (["<decision name='d'/>"], "model.dmn: The model has no decision to run."),
])
def test_a_model_that_cannot_run_is_one_sentence_and_exit_code_2(tmp_path: Path, capsys: Any, boxes: list[str],
                                                                 sentence: str) -> None:
    assert run(capsys, model(tmp_path, *boxes)) == (2, [], sentence + "\n")


def test_a_decision_that_is_not_there(capsys: Any) -> None:
    code, told, said = run(capsys, MODEL, "--decision", "Amount")
    assert (code, told) == (2, [])
    assert said == ("unemployment.dmn: The model has no decision “Amount”; it has: Eligible, Months, Monthly amount, "
                    "Plan.\n")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html/>", b"<!DOCTYPE d [<!ENTITY a 'b'>]><definitions/>",
                                     b"<definitions>" + b"<a>" * 10_000])
def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path, capsys: Any, content: bytes) -> None:
    file = tmp_path / "model.dmn"
    file.write_bytes(content)
    code, told, said = run(capsys, file)
    assert (code, told, said.count("\n")) == (2, [], 1)
    assert said.startswith(("model.dmn: The file ", "model.dmn: This is not a DMN file",
                            "model.dmn: Elements are nested"))


@pytest.mark.parametrize("words",
                         [("none.dmn",), (".",), (str(MODEL), "--inputs", "none.jsonl"), (str(MODEL), "--inputs", ".")])
def test_files_that_cannot_be_read_are_one_sentence(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch,
                                                    words: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, said = run(capsys, *words)
    assert code == 2 and said.count("\n") == 1 and "cannot be read (" in said
