"""QTI 3.0 both ways: items and packages, what is lost, the round trip, and the form that its information model asks."""

import io
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanged import PARTS, items, normal
from jizhun.kernel.bilingual import Refused
from jizhun.training.interchange.items import Item, Taken
from jizhun.training.interchange.qti_reading import read_qti
from jizhun.training.interchange.qti_writing import ITEM, PACKAGE, write_item, write_qti

KINDS = [*PARTS, "case"]
HEAD = (f'<qti-assessment-item xmlns="{ITEM}" identifier="i1" title="Theirs" adaptive="false" time-dependent="false">'
        '<qti-response-declaration identifier="R" cardinality="{0}" base-type="{1}">{2}</qti-response-declaration>'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        "<qti-item-body>{3}</qti-item-body>{4}</qti-assessment-item>")


def correct(*values: str) -> str:
    return ("<qti-correct-response>" + "".join(f"<qti-value>{one}</qti-value>" for one in values)
            + "</qti-correct-response>")


def theirs(cardinality: str, base: str, declared: str, body: str, more: str = "") -> Taken:
    return read_qti(HEAD.format(cardinality, base, declared, body, more).encode())


CHOICE = ('<p>Which?</p><qti-choice-interaction response-identifier="R" max-choices="1">'
          "<qti-prompt>Choose.</qti-prompt>"
          '<qti-simple-choice identifier="X">ten</qti-simple-choice><qti-simple-choice identifier="Y">five'
          "</qti-simple-choice></qti-choice-interaction>")


def test_a_choice_of_another_program() -> None:
    (item,) = theirs("single", "identifier", correct("Y"), CHOICE).items
    assert item.kind == "single" and item.content["stem"]["en"] == "Which?\nChoose."
    assert [(one["id"], one["right"]) for one in item.content["options"]] == [("a", False), ("b", True)]


def test_languages_of_another_program() -> None:
    body = CHOICE.replace("ten", '<span xml:lang="zh-CN">十天</span><span xml:lang="en-GB">ten days</span>')
    (item,) = theirs("single", "identifier", correct("Y"), body).items
    assert item.content["options"][0]["text"] == {"zh": "十天", "en": "ten days"}


@pytest.mark.parametrize(("tolerance", "kept"), [('tolerance-mode="absolute" tolerance="0.5 0.5"', "0.5"),
                                                 ('tolerance-mode="exact"', "0"),
                                                 ('tolerance-mode="relative" tolerance="1 1"', "0")])
def test_a_number_with_tolerance(tolerance: str, kept: str) -> None:
    body = '<p>How much? <qti-text-entry-interaction response-identifier="R"/></p>'
    processing = (f'<qti-response-processing><qti-equal {tolerance}><qti-variable identifier="R"/><qti-correct '
                  'identifier="R"/></qti-equal></qti-response-processing>')
    found = theirs("single", "float", correct("12.5"), body, processing)
    assert (found.items[0].content["right"], found.items[0].content["tolerance"]) == ("12.5", kept)
    assert bool(found.losses) == ("relative" in tolerance)


def test_a_text_and_several_gaps() -> None:
    mapping = ('<qti-mapping default-value="0"><qti-map-entry map-key="York" mapped-value="1"/><qti-map-entry '
               'map-key="york" mapped-value="0.5"/></qti-mapping>')
    body = '<p>Now is <qti-text-entry-interaction response-identifier="R"/> the winter</p>'
    found = theirs("single", "string", correct("York") + mapping, body)
    assert found.items[0].content["accepted"] == [{"zh": "York", "en": "York"}]
    assert found.items[0].content["stem"]["en"] == "Now is the winter" and len(found.losses) == 1
    (several,) = theirs("single", "string", correct("York"), body + body).items
    assert several.kind == "case" and [part["id"] for part in several.content["parts"]] == ["p1", "p2"]


@pytest.mark.parametrize(("body", "said"), [
    ('<qti-extended-text-interaction response-identifier="R"/>', "“extended-text” have no like"),
    ('<qti-hotspot-interaction response-identifier="R"/>', "“hotspot” have no like"),
    ("<p>Read.</p>", "nothing is asked"),
    (CHOICE.replace('"R"', '"S"'), "which answer is right")])
def test_what_has_no_like_here_is_told(body: str, said: str) -> None:
    found = theirs("single", "identifier", correct("Y"), body)
    assert found.items == () and said in found.losses[0].why.en and found.losses[0].where == "Theirs"


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


MANIFEST = (f'<manifest xmlns="{PACKAGE}"><resources><resource identifier="r" type="imsqti_item_xmlv3p0" '
            'href="a.xml"/></resources></manifest>').encode()


@pytest.mark.parametrize(("content", "said"), [
    (b"PK\x03\x04damaged", "damaged"), (packed({"a.xml": b"<a/>"}), "imsmanifest"), (b"<assessmentItem/>", "2.x"),
    (b"<quiz/>", "no item"), (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "DOCTYPE"),
    (packed({"imsmanifest.xml": MANIFEST.replace(b"v3p0", b"v2p1")}), "2.x"),
    (packed({"imsmanifest.xml": b"<manifest/>"}), "no items"),
    (packed({"imsmanifest.xml": MANIFEST, "a.xml": b"<!DOCTYPE x><x/>"}), "DOCTYPE")])
def test_what_is_no_such_file_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_qti(content)


def test_a_file_that_the_package_names_and_does_not_hold_is_told() -> None:
    found = read_qti(packed({"imsmanifest.xml": MANIFEST}))
    assert found.items == () and [loss.where for loss in found.losses] == ["a.xml"]


def test_a_package_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jizhun.training.interchange.qti_reading.LARGEST", 1_000)
    with pytest.raises(Refused, match="larger"):
        read_qti(packed({"imsmanifest.xml": MANIFEST, "a.xml": b" " * 5_000}))


@settings(max_examples=40)
@given(st.sampled_from(KINDS).flatmap(items))
def test_what_is_written_is_read_as_the_same_question_ids_and_all(item: Item) -> None:
    (back,) = read_qti(write_item(item)).items
    assert back.code == item.code and normal(back.kind, back.content) == normal(item.kind, item.content)
    for name in ("options", "items", "pairs", "parts"):
        assert [one["id"] for one in back.content.get(name, [])] == [one["id"] for one in item.content.get(name, [])]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(KINDS).flatmap(items), min_size=1, max_size=4))
def test_a_package_gives_back_its_questions_in_order_and_the_same_bytes_twice(found: list[Item]) -> None:
    named = [Item(f"D-{at}", one.kind, one.content) for at, one in enumerate(found)]
    given_out = write_qti(named)
    assert [one.code for one in read_qti(given_out.content).items] == [one.code for one in named]
    assert write_qti(named).content == given_out.content
    assert {loss.where for loss in given_out.losses} == {
        one.code for one in named if {one.kind, *(part["type"] for part in one.content.get("parts", []))}
        & {"ordering", "short_text"}}


# -- the form --------------------------------------------------------------------------------------
# No package that can be installed carries the official schema, so what its information model asks is asked here:
# which elements may follow in which order, which attributes are needed, and that what is named is declared.

ORDER = ["qti-response-declaration", "qti-outcome-declaration", "qti-item-body", "qti-response-processing",
         "qti-modal-feedback"]
NEEDED = {"qti-assessment-item": {"identifier", "title", "time-dependent"},
          "qti-response-declaration": {"identifier", "cardinality", "base-type"},
          "qti-outcome-declaration": {"identifier", "cardinality", "base-type"},
          "qti-choice-interaction": {"response-identifier"}, "qti-order-interaction": {"response-identifier"},
          "qti-match-interaction": {"response-identifier"}, "qti-text-entry-interaction": {"response-identifier"},
          "qti-simple-choice": {"identifier"}, "qti-simple-associable-choice": {"identifier", "match-max"},
          "qti-map-entry": {"map-key", "mapped-value"}, "qti-mapping": {"default-value"},
          "qti-modal-feedback": {"outcome-identifier", "identifier", "show-hide"},
          "qti-equal": {"tolerance-mode"}, "qti-base-value": {"base-type"}, "qti-variable": {"identifier"},
          "qti-correct": {"identifier"}, "qti-map-response": {"identifier"}, "qti-set-outcome-value": {"identifier"}}
MAY_HOLD = {"qti-choice-interaction": {"qti-simple-choice"}, "qti-order-interaction": {"qti-simple-choice"},
            "qti-match-interaction": {"qti-simple-match-set"},
            "qti-simple-match-set": {"qti-simple-associable-choice"},
            "qti-item-body": {"div", "p", "qti-choice-interaction", "qti-order-interaction", "qti-match-interaction"},
            "qti-correct-response": {"qti-value"}, "qti-modal-feedback": {"qti-content-body"},
            "qti-response-processing": {"qti-response-condition", "qti-set-outcome-value"},
            "qti-response-condition": {"qti-response-if"}, "qti-divide": {"qti-sum", "qti-base-value"},
            "qti-response-if": {"qti-match", "qti-equal", "qti-set-outcome-value"}}


def name(element: Element) -> str:
    assert element.tag.startswith(f"{{{ITEM}}}"), element.tag
    return element.tag.removeprefix(f"{{{ITEM}}}")


@settings(max_examples=40)
@given(st.sampled_from(KINDS).flatmap(items))
def test_an_item_has_the_form_that_its_information_model_asks(item: Item) -> None:
    root = ElementTree.fromstring(write_item(item))
    assert name(root) == "qti-assessment-item"
    top = [name(one) for one in root]
    assert [ORDER.index(one) for one in top] == sorted(ORDER.index(one) for one in top)
    assert top.count("qti-item-body") == top.count("qti-response-processing") == 1
    for element in root.iter():
        assert NEEDED.get(name(element), set()) <= {*element.keys()}, name(element)
        if name(element) in MAY_HOLD:
            assert {name(one) for one in element} <= MAY_HOLD[name(element)], name(element)
    responses = {one.get("identifier"): one for one in root if name(one) == "qti-response-declaration"}
    outcomes = {one.get("identifier") for one in root if name(one) == "qti-outcome-declaration"}
    interactions = [one for one in root.iter() if name(one).endswith("-interaction")]
    assert {one.get("response-identifier") for one in interactions} == {*responses}
    assert {one.get("identifier") for one in root.iter() if name(one) == "qti-set-outcome-value"} <= outcomes
    for one in interactions:
        declared = responses[one.get("response-identifier")]
        offered = {choice.get("identifier") for choice in one.iter() if choice.get("identifier")}
        values = [value.text or "" for value in declared.iter() if name(value) == "qti-value"]
        assert len(values) >= 1 and (declared.get("cardinality") != "single" or len(values) == 1)
        if offered:
            assert {part for value in values for part in value.split()} <= offered
        assert all(identifier[0].isalpha() for identifier in offered)
