"""Moodle XML both ways: every type of its own description, what is lost on the way, and the round trip."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanged import PARTS, items, normal
from jizhun.kernel.bilingual import Refused
from jizhun.training.interchange.items import Item, Taken
from jizhun.training.interchange.moodle_reading import read_moodle
from jizhun.training.interchange.moodle_writing import write_moodle
from jizhun.training.rules.questions import faults, mark

FILE = Path(__file__).parents[1] / "cases" / "exchange" / "moodle.xml"


@pytest.fixture(scope="module")
def taken() -> Taken:
    return read_moodle(FILE.read_bytes())


def lost(taken: Taken, where: str) -> list[str]:
    return [one.why.en for one in taken.losses if one.where == where]


def of(taken: Taken, stem: str) -> Item:
    return next(one for one in taken.items if stem in one.content["stem"]["en"])


def one(body: str, type_: str = "multichoice") -> Taken:
    return read_moodle(f"<quiz><question type='{type_}'><name><text>q</text></name>{body}</question></quiz>".encode())


def test_every_type_that_we_have_is_taken_and_sound(taken: Taken) -> None:
    assert [item.kind for item in taken.items] == ["single", "multiple", "true_false", "short_text", "numeric",
                                                   "matching", "ordering", "case"]
    assert all(faults(item.kind, item.content) == [] for item in taken.items)
    assert len({item.code for item in taken.items}) == 8


def test_choices_with_markup_and_entities(taken: Taken) -> None:
    item = of(taken, "working days")
    assert item.content["stem"]["en"] == "Within how many working days is a claim decided?"
    assert item.content["explanation"]["zh"] == "Article 24 & its notes."
    assert [option["right"] for option in item.content["options"]] == [False, True, False]
    assert lost(taken, "Time limit") == ["Feedback of single answers was not taken over.",
                                         "Choices worth a part of the mark count as wrong."]


def test_languages_in_spans_and_in_tags_become_chinese_and_english(taken: Taken) -> None:
    item = of(taken, "Which papers")
    assert item.content["stem"]["zh"] == "哪些材料？"
    assert [option["text"] for option in item.content["options"]] == [
        {"zh": "申领表", "en": "Claim form"}, {"zh": "身份证", "en": "Identity card"},
        {"zh": "毕业证", "en": "Diploma"}]
    assert [option["right"] for option in item.content["options"]] == [True, True, False]
    assert lost(taken, "Papers") == []


def test_numbers_texts_pairs_and_orders(taken: Taken) -> None:
    number = of(taken, "How much")
    assert mark("numeric", number.content, "1350.5") == 10_000 and mark("numeric", number.content, "1300") == 0
    assert number.content["unit"] == {"zh": "yuan", "en": "yuan"}
    assert lost(taken, "Benefit") == ["Only the first right number was taken over.",
                                      "Only the basic unit was taken over.",
                                      "The unit no longer counts for the mark."]
    assert of(taken, "Which regulation").content["accepted"] == [{"zh": "Regulation 765", "en": "Regulation 765"}]
    assert len(lost(taken, "Which paper")) == 3
    posts = of(taken, "Who does")
    assert [row["right"]["en"] for row in posts.content["extra"]] == ["Payer"] and len(posts.content["pairs"]) == 2
    assert [row["text"]["en"] for row in of(taken, "Put in").content["items"]] == ["Apply", "Accept", "Decide"]


def test_answers_in_braces_become_the_parts_of_a_case(taken: Taken) -> None:
    item = of(taken, "Li paid")
    parts = item.content["parts"]
    assert [part["type"] for part in parts] == ["single", "numeric", "short_text", "single"]
    assert parts[1]["unit"]["en"] == "months" and parts[1]["stem"]["en"] == "For how many months?"
    assert parts[2]["stem"]["en"] == "By ____ of the … of 2010." and parts[3]["options"][1]["text"]["en"] == "Law}s"
    assert mark("case", item.content, {"p1": "a", "p2": "12", "p3": "article 46", "p4": "b"}) == 10_000
    assert "Weights of parts were not taken over: all count alike." in lost(taken, "Case")


def test_what_has_no_like_here_is_told_by_name(taken: Taken) -> None:
    assert lost(taken, "Essay") == ["Not taken over: Essays have no like here."]
    assert lost(taken, "Reckon") == ["Not taken over: Calculated questions have no like here."]
    assert "at least one answer" in lost(taken, "No answer")[0].lower()
    assert all(one.why.zh and one.why.zh != one.why.en for one in taken.losses)


@pytest.mark.parametrize(("body", "said"), [
    ("<questiontext><text>&lt;img src='x'&gt;Look</text></questiontext><single>true</single>"
     "<answer fraction='100'><text>a</text></answer><answer fraction='0'><text>b</text></answer>", "A picture"),
    ("<questiontext><text>&lt;span lang='fr'&gt;Oui&lt;/span&gt;&lt;span lang='en'&gt;Yes&lt;/span&gt;</text>"
     "</questiontext><single>true</single><answer fraction='100'><text>a</text></answer>"
     "<answer fraction='0'><text>b</text></answer>", "Languages other than"),
    ("<questiontext><text>x</text></questiontext><defaultgrade>3</defaultgrade><answer fraction='100'><text>a</text>"
     "</answer><answer fraction='0'><text>b</text></answer>", "The weight"),
    ("<questiontext><text>x</text></questiontext><answer fraction='much'><text>a</text></answer>", "Not taken over")])
def test_other_losses(body: str, said: str) -> None:
    assert any(loss.why.en.startswith(said) for loss in one(body).losses)


@pytest.mark.parametrize(("content", "said"), [
    (b"<!DOCTYPE quiz [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><quiz>&a;</quiz>", "DOCTYPE"), (b"<quiz>", "not XML"),
    (b"<html/>", "not a Moodle XML"), (b"", "not XML"), ("<quiz/>".encode("utf-16")[:9], "not XML"),
    (b"<quiz>" + b"<a>" * 200 + b"</a>" * 200 + b"</quiz>", "nested")])
def test_what_is_no_such_file_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_moodle(content)


def test_what_moodle_cannot_hold_is_told_and_left_out() -> None:
    order = {"id": "p1", "type": "ordering", "stem": {"zh": "序", "en": "Order"}, "items": [
        {"id": "a", "text": {"zh": "一", "en": "one"}}, {"id": "b", "text": {"zh": "二", "en": "two"}}]}
    given_out = write_moodle([Item("D-9", "case", {"stem": {"zh": "案", "en": "Case"}, "parts": [order]})])
    assert [(loss.where, "left out" in loss.why.en) for loss in given_out.losses] == [("D-9", True)]
    assert read_moodle(given_out.content).items == ()


def test_what_is_written_is_as_moodle_describes_it() -> None:
    content = {"stem": {"zh": "问", "en": "Ask"}, "options": [
        {"id": "a", "text": {"zh": "甲", "en": "A"}, "right": True},
        {"id": "b", "text": {"zh": "乙", "en": "B"}, "right": True},
        {"id": "c", "text": {"zh": "丙", "en": "C"}, "right": False}]}
    root = ElementTree.fromstring(write_moodle([Item("D-1", "multiple", content)]).content)
    question = root.findall("question")[1]
    assert (question.get("type"), question.findtext("single"), question.findtext("idnumber")) == (
        "multichoice", "false", "D-1")
    assert [answer.get("fraction") for answer in question.findall("answer")] == ["50", "50", "-50"]
    assert question.findtext("questiontext/text") == (
        '<span lang="zh_cn" class="multilang">问</span><span lang="en" class="multilang">Ask</span>')


@settings(max_examples=40)
@given(st.sampled_from([*PARTS]).flatmap(items))
def test_what_is_written_is_read_as_the_same_question(item: Item) -> None:
    given_out = write_moodle([item])
    (back,) = read_moodle(given_out.content).items
    assert back.code == item.code and given_out.losses == ()
    assert normal(back.kind, back.content) == normal(item.kind, item.content)


def _choice_of_two(found: dict[str, Any]) -> dict[str, Any]:
    """A true-or-false part as Moodle holds it."""
    parts = [part if part["kind"] != "true_false" else {
        "kind": "single", "stem": part["stem"], "options": [
            {"text": {"zh": "对", "en": "True"}, "right": part["right"]},
            {"text": {"zh": "错", "en": "False"}, "right": not part["right"]}]} for part in found["parts"]]
    return {**found, "parts": parts}


@settings(max_examples=40)
@given(items("case", parts=("single", "multiple", "true_false", "numeric", "short_text")))
def test_cases_are_read_as_the_same_case(item: Item) -> None:
    (back,) = read_moodle(write_moodle([item]).content).items
    assert normal(back.kind, back.content) == _choice_of_two(normal(item.kind, item.content))
