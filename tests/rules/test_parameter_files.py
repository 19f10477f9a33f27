"""Parameter files in OpenFisca's manner: what is written reads back as the same provisions; what is foreign, as far as
it tells; what is wrong, as one sentence with file and key."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR
from jizhun.provisions.interchange.reading import Given, Read, read_parameters
from jizhun.provisions.interchange.shapes import shape_of
from jizhun.provisions.interchange.writing import Exported, export
from jizhun.provisions.rules import Band, Book, Paper, Question, Row, Say, Span, Table, Tiered, ask, make_book
from jizhun.provisions.rules.reading import read_paper, read_say
from jizhun.provisions.rules.values import Formula, Said
from worlds import SmallPlaces, SmallSubjects, all_measures

PLACES = {"CN": {"level": 0}, "P": {"level": 1, "in": "CN"}, "C": {"level": 2, "in": "P"},
          "Q": {"level": 1, "in": "CN"}}
GROUPS = {"young": ["young"]}
MEASURES = all_measures()
START = date(2020, 1, 1)
PAPERS = [Paper("p-1", Bilingual("《甲》", "One"), "甲〔2020〕1号", "notice", Bilingual("厅", "Office"),
                date(2019, 12, 1), "https://example.org/1; read there", "V"),
          Paper("p-2", Bilingual("乙", ""), mark="R", source="a remark")]


def written(book: Book, measure: str, region: str = "CN") -> Exported:
    return export(book, region, measure=measure, name_of=lambda code: Bilingual(code, code),
                  subject_name=lambda code: Bilingual(code, code))


def read(files: Iterable[tuple[str, str]], **given: str) -> Read:
    return read_parameters([(name, text.encode()) for name, text in files], Given(**given), MEASURES)


def said_again(found: Read) -> list[Say]:
    papers = {str(row["id"]): read_paper(row) for row in found.papers}
    return [read_say(row, papers) for _, row in found.rows]


def book_of(says: Iterable[Say]) -> Book:
    return make_book(measures=MEASURES, places=SmallPlaces(PLACES), subjects=SmallSubjects(GROUPS), says=says)


def there_and_back(book: Book, measure: str) -> list[Say]:
    return said_again(read((file.path, file.text) for file in written(book, measure).files))


# -- the law ---------------------------------------------------------------------------------------------

amounts = st.decimals(0, 10**11, places=2).map(lambda n: n.normalize() if n == n.to_integral() else n).map(
    lambda n: Decimal(f"{n:f}"))
days = st.integers(0, 40).map(lambda n: START + timedelta(days=45 * n))


@st.composite
def scales(draw: st.DrawFn) -> Table:
    cuts = sorted(draw(st.sets(st.integers(0, 400), min_size=2, max_size=8)))
    spans = [Span(low, high - 1) for low, high in pairwise(cuts)]
    spans = draw(st.lists(st.sampled_from(spans), min_size=1, unique=True).map(sorted))
    if draw(st.booleans()):
        spans[-1] = Span(spans[-1].low, None)
    if draw(st.booleans()):
        spans[0] = Span(None, spans[0].high)
    return Table(("months",), tuple(Row((("months", span),), draw(amounts)) for span in spans))


words = st.dictionaries(st.sampled_from(["junior", "senior", "yes", "1", "men_55"]), amounts, min_size=1).map(
    lambda rows: Table(("level",), tuple(Row((("level", word),), amount) for word, amount in rows.items())))
tiers = st.dictionaries(st.sampled_from(["1", "2", "3"]), amounts, min_size=1).map(
    lambda values: Tiered("minimum_wage", tuple(values.items())))
bands = st.tuples(st.none() | amounts, st.none() | amounts).filter(lambda ends: ends != (None, None)).filter(
    lambda ends: None in ends or ends[0] <= ends[1]).map(lambda ends: Band(*ends))
texts = st.text("甲乙 ab:#'\"\n-0,", min_size=1).map(lambda text: Bilingual(text, text))
FORMS: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "number": ("basic_pension", amounts), "scale": ("benefit_months", scales()), "words": ("skills_subsidy", words),
    "tiers": ("minimum_wage", tiers), "band": ("internship_months", bands),
    "set": ("channels", st.sets(st.sampled_from(["online", "counter", "app"])).map(frozenset)),
    "text": ("telephone", texts)}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, list[Say]]:
    """One measure whose lines are each of one form, with papers, ends, groups, cohorts and marks."""
    measure, values = FORMS[draw(st.sampled_from(sorted(FORMS)))]
    unit = "" if MEASURES[measure].unit in ("set", "text") else MEASURES[measure].unit
    keys = st.tuples(st.sampled_from(["I", "I-1", "*"]), st.sampled_from(sorted(PLACES)),
                     st.sampled_from(["all", "young"]), days)
    says = []
    for order, (subject, place, group, first) in enumerate(draw(st.lists(keys, min_size=1, max_size=9, unique=True))):
        value: Said = draw(st.none() | values)
        modality = "band" if isinstance(value, Band) else draw(st.sampled_from(["floor", "exact", "cap"]))
        new_from = draw(st.none() | st.just(first))
        says.append(Say(
            subject, measure, place, group, modality, value, unit, first,
            draw(st.just(FAR) | st.integers(0, 300).map(lambda n, first=first: first + timedelta(days=n))),  # type: ignore[misc]
            draw(st.sampled_from([None, *PAPERS])), Bilingual("第一条", draw(st.sampled_from(["", "Article 1"]))),
            BEGINNING, order, draw(st.sampled_from(["limit", "flag"])), new_from,
            FAR if new_from is None else first + timedelta(days=400), None, draw(st.sampled_from(["", "on file"])),
            draw(st.sampled_from(["V", "R", "SIM"])), draw(st.sampled_from(["", "https://example.org/2"])),
            Bilingual("注", "")))
    return measure, says


@settings(max_examples=100)
@given(worlds())
def test_what_is_written_reads_back_as_the_same_answers_and_the_same_provisions(world: tuple[str, list[Say]]):
    """Into an empty book: the same answer at every place, to every group, on every day of change and the day before."""
    measure, says = world
    before = book_of(says)
    back = there_and_back(before, measure)
    after = book_of(back)
    changes = {day for by_place in before.lines.values() for slots in by_place.values() for line in slots.values()
               for day in line.change_days()}
    for on in sorted({near for day in changes for near in (day, day - timedelta(1)) if day < FAR}):
        for subject, place, group in ((s, p, g) for s in ("I", "I-1", "*") for p in PLACES for g in ("all", "young")):
            asked = Question(measure, subject, place, on, group)
            assert ask(after, asked).value == ask(before, asked).value
    points = [say for by_place in before.lines.values() for slots in by_place.values() for line in slots.values()
              for say in line.points]
    plain = {_key(say): replace(say, order=0, paper=None) for say in points}
    assert {_key(say): replace(say, paper=None) for say in back} == plain
    assert {_key(say): say.paper for say in back} == {_key(say): say.paper for say in points}


def _key(say: Say) -> tuple[object, ...]:
    return say.subject, say.place, say.group, say.valid_from


@settings(max_examples=40)
@given(worlds())
def test_written_once_more_it_is_the_same_text(world: tuple[str, list[Say]]):
    measure, says = world
    once = written(book_of(says), measure)
    assert written(book_of(there_and_back(book_of(says), measure)), measure).files == once.files


# -- what does not fit -----------------------------------------------------------------------------------

FORMULA = Formula(Decimal("0.9"), "minimum_wage")
TWO = Table(("grade", "level"), (Row((("grade", Span(1, 2)), ("level", "a")), Decimal(1)),))
OVERLAPPING = Table(("grade",), (Row((("grade", Span(1, 5)),), Decimal(1)), Row((("grade", Span(3, 9)),), Decimal(2))))


@pytest.mark.parametrize(("values", "why"), [
    ((FORMULA,), "a formula"), ((TWO,), "several dimensions"), ((OVERLAPPING,), "overlap"),
    ((Table(("grade",), (Row((("grade", Span(1, 5)),), FORMULA),)),), "a formula"),
    ((Band(FORMULA, None),), "a formula"), ((Band(None, None),), "no end at all"),
    ((Decimal(1), Tiered("s", (("1", Decimal(2)),))), "not all of one form"),
    ((Table(("level",), (Row((("level", "values"),), Decimal(1)),)),), "a keyword"),
    ((Tiered("s", (("1", Decimal(2)),)), Tiered("t", (("1", Decimal(2)),))), "not all of one form")])
def test_what_does_not_fit_is_told_and_not_written_by_halves(values: tuple[Said, ...], why: str):
    says = [Say("I", "benefit_amount", "P", "all", "floor", value, "CNY/month", START + timedelta(days=n))
            for n, value in enumerate(values)]
    found = written(book_of(says), "benefit_amount")
    assert found.files == ()
    (loss,) = found.losses
    assert why in loss.why.en and loss.why.zh and not loss.written and loss.line == "I/benefit_amount/P"
    assert shape_of(says) is not None


def test_duties_and_targets_are_no_values_and_what_only_metadata_tell_is_said():
    says = [Say("I", "visits", "CN", "all", "delegated", None, "times", START),
            Say("I", "visits", "CN", "all", "target", Decimal(1), "times", START, reach_by=date(2025, 1, 1)),
            Say("I", "visits", "P", "young", "cap", Decimal(2), "times", START, enforce="flag")]
    found = written(book_of(says), "visits")
    assert [(file.path) for file in found.files] == ["visits/I/P.young.yaml"]
    assert [(loss.line, loss.written) for loss in found.losses] == [
        ("I/visits/CN", False), ("I/visits/CN", False), ("I/visits/P/young", True), ("I/visits/P/young", True),
        ("I/visits/P/young", True)]


def test_only_the_region_and_what_lies_in_it_is_written_and_an_unknown_measure_is_refused():
    says = [Say("I", "visits", place, "all", "floor", Decimal(1), "times", START) for place in PLACES]
    assert [file.path for file in written(book_of(says), "visits", "P").files] == ["visits/I/C.yaml", "visits/I/P.yaml"]
    with pytest.raises(Refused, match="no measure called “nosuch”"):
        written(book_of(says), "nosuch")


def test_a_paper_that_ends_is_nothing_from_the_day_after_for_those_who_know_no_validity():
    says = [Say("I", "visits", "P", "all", "floor", Decimal(1), "times", START, date(2020, 12, 31), PAPERS[0]),
            Say("I", "visits", "P", "all", "floor", Decimal(2), "times", date(2021, 6, 1))]
    content = yaml.safe_load(written(book_of(says), "visits").files[0].text)
    assert {day: entry["value"] for day, entry in content["values"].items()} == {
        START: 1, date(2021, 1, 1): None, date(2021, 6, 1): 2}
    assert content["values"][START]["metadata"]["reference"] == [
        {"title": "《甲》 甲〔2020〕1号", "href": "https://example.org/1"}]


# -- files of others -------------------------------------------------------------------------------------

FOREIGN = """
description: Monthly allowance
documentation: Anything at all.
metadata:
  unit: currency-CNY
  reference: {title: The act, href: https://example.org/act}
values:
  2015-01-01: {value: 100}
  2017-07-01:
    value: 120.50
    metadata:
      reference: [https://example.org/decree, {title: A circular}]
  2019-01-01: null
"""


def test_a_foreign_file_is_read_with_its_references_as_papers():
    found = read([("allowance.yaml", FOREIGN)], region="P", measure="basic_pension", subject="I")
    rows = [row for _, row in found.rows]
    assert [(row["from"], row["value"], row["modality"], row["mark"], row["unit"]) for row in rows] == [
        (date(2015, 1, 1), "100", "floor", "R", "CNY/month"), (date(2017, 7, 1), "120.50", "floor", "R", "CNY/month"),
        (date(2019, 1, 1), None, "floor", "R", "CNY/month")]
    titles = {row["id"]: (row["title_zh"], row["source"], row["region"]) for row in found.papers}
    assert titles[rows[0]["document"]] == ("The act", "https://example.org/act", "P")
    assert titles[rows[1]["document"]] == ("https://example.org/decree; A circular",
                                           "https://example.org/decree; A circular", "P")
    again = read([("other-name.yaml", FOREIGN)], region="P", measure="basic_pension", subject="I")
    assert [row["document"] for _, row in again.rows] == [row["document"] for row in rows]
    assert len(said_again(found)) == 3


SCALE = """
metadata: {type: single_amount, threshold_unit: contribution_months}
brackets:
- threshold: {2015-01-01: 12}
  amount: {2015-01-01: 12, 2020-01-01: 14}
- threshold: {2015-01-01: 60, 2020-01-01: {value: null}}
  amount: {2015-01-01: {value: 18}}
"""


def test_a_foreign_scale_is_a_table_from_each_threshold_on():
    found = said_again(read([("scale.yaml", SCALE)], region="P", measure="benefit_months", subject="I"))
    over = "contribution_months"
    assert [say.value for say in found] == [
        Table((over,), (Row(((over, Span(12, 59)),), Decimal(12)), Row(((over, Span(60, None)),), Decimal(18)))),
        Table((over,), (Row(((over, Span(12, None)),), Decimal(14)),))]


def test_a_share_is_read_as_per_cent_and_a_day_added_by_hand_takes_over_what_stood_before():
    share = "metadata: {unit: /1}\nvalues: {2020-01-01: 0.085}\n"
    (row,) = [row for _, row in read([("s.yaml", share)], region="P", measure="contribution_rate").rows]
    assert Decimal(row["value"]) == Decimal("8.5") and row["subject"] == "*"
    cap = Say("I", "visits", "P", "all", "cap", Decimal(2), "times", START, enforce="flag", mark="V")
    text = written(book_of([cap]), "visits").files[0].text + "  2027-01-01: 1\n"
    added = said_again(read([("visits.yaml", text)]))[1]
    assert (added.modality, added.enforce, added.mark, added.value, added.place) == (
        "cap", "flag", "R", Decimal(1), "P")


def test_what_is_given_overrules_the_file_and_an_index_is_passed_over():
    say = Say("I", "visits", "P", "all", "floor", Decimal(2), "times", START)
    text = written(book_of([say]), "visits").files[0].text
    found = read([("index.yaml", "description: a folder\n"), ("v.yaml", text)], region="Q", subject="I-1")
    assert [(row["region"], row["subject"], row["measure"]) for _, row in found.rows] == [("Q", "I-1", "visits")]


HEAD = "metadata: {unit: CNY/month}\n"
BRACKET = "metadata: {type: single_amount}\nbrackets:\n"


@pytest.mark.parametrize(("text", "sentence"), [
    ("values: {2020-02-30: 5}", "f.yaml, values.2020-02-30: is not a date"),
    ("values: {2020: 5}", "f.yaml, values.2020: is not a date"),
    ("values: {2020-01: 5}", "f.yaml, values.2020-01: is not a date"),
    ("values: {2020-01-01: five}", "f.yaml, values.2020-01-01: “five” is not a number"),
    ("values: {2020-01-01: true}", "“True” is not a number"),
    ("values: {2020-01-01: .nan}", "is not a number"),
    ("values: {2020-01-01: [a]}", "is not a number"),
    ("values: {2020-01-01: {valeu: 5}}", "f.yaml, values.2020-01-01.valeu: there is no such key"),
    ("values: {2020-01-01: {metadata: {}}}", "“value” is missing"),
    ("values: {}", "f.yaml, values: there are no values"),
    ("description: nothing", "f.yaml, values: there are no values"),
    ("values: {2020-01-01: 5}\ncolour: red", "f.yaml, colour: there is no such key"),
    ("values: {2020-01-01: 5, 2020-01-01: 6}", "stands there twice"),
    ("values: {2020-01-01: 5, '2020-01-01': 6}", "f.yaml, line 1: not valid YAML (the key “2020-01-01” stands there"),
    ("- a\n- b", "f.yaml: must hold the keys of a parameter"),
    ("values: [1, 2]", "f.yaml, values: must hold keys and values"),
    ("metadata: {unit: month}\nvalues: {2020-01-01: 5}", "f.yaml, metadata.unit: “month” is not the unit"),
    ("metadata: {jizhun: {form: odd}}\nvalues: {2020-01-01: 5}", "metadata.jizhun.form: cannot be “odd”"),
    ("metadata: {jizhun: {points: {2020-01-01: {colour: red}}}}\nvalues: {2020-01-01: 5}", "points.2020-01-01.colour"),
    (BRACKET + "- {threshold: {2020-01-01: 60}, amount: {2020-01-01: 1}}\n"
     "- {threshold: {2020-01-01: 12}, amount: {2020-01-01: 2}}", "f.yaml, brackets: on 2020-01-01 the brackets are"),
    (BRACKET + "- {threshold: {2020-01-01: 12}, rate: {2020-01-01: 0.1}}", "brackets.0.rate: a scale of rates"),
    (BRACKET + "- {threshold: {2020-01-01: 1.5}, amount: {2020-01-01: 1}}", "“1.5” is not a whole number"),
    (BRACKET + "- {amount: {2020-01-01: 1}}", "f.yaml, brackets.0: “threshold” is missing"),
    (BRACKET + "- {threshold: {2020-01-01: 1}, amount: {2020-01-01: 1}, tax: 1}", "brackets.0.tax: there is no such"),
    (BRACKET + "- 5", "f.yaml, brackets.0: must hold keys and values"),
    ("brackets:\n- {threshold: {2020-01-01: 1}, amount: {2020-01-01: 1}}", "metadata.type: only scales of the type"),
    ("metadata: {jizhun: {form: tiers, over: s}}\ntier_1: 5", "f.yaml, tier_1: must hold keys and values"),
    ("metadata: {jizhun: {form: tiers, over: s}}", "f.yaml: there are no values"),
    ("values: {2020-01-01: 5", "not valid YAML"),
    ("values: {2020-01-01: &a [*a]}", "f.yaml"),
])
def test_what_is_wrong_is_one_sentence_with_file_and_key(text: str, sentence: str):
    with pytest.raises(Refused) as refusal:
        read([("f.yaml", text)], region="P", measure="basic_pension", subject="I")
    said = refusal.value.sentence
    assert sentence in said.en and said.zh and said.en.count("\n") == 0


@pytest.mark.parametrize(("given_", "sentence"), [
    ({"measure": "visits"}, "which region"), ({"region": "P"}, "which measure"),
    ({"region": "P", "measure": "nosuch"}, "no measure called “nosuch”"),
    ({"region": "P", "measure": "visits", "mark": "X"}, "no mark “X”")])
def test_what_neither_file_nor_options_say_is_asked_for(given_: dict[str, str], sentence: str):
    with pytest.raises(Refused, match=sentence):
        read([("f.yaml", "values: {2020-01-01: 5}")], **given_)


def test_two_files_that_speak_of_one_thing_are_refused_and_so_is_nothing_at_all():
    files = [("a.yaml", "values: {2020-01-01: 5}"), ("b.yaml", "values: {2021-01-01: 5}")]
    with pytest.raises(Refused, match=r"a\.yaml and b\.yaml both speak of visits/\*/P/all"):
        read(files, region="P", measure="visits")
    with pytest.raises(Refused, match="no parameter file"):
        read([])


def test_every_digit_of_a_number_is_kept():
    text = "values: {2020-01-01: 123456789012.12345678}"
    (row,) = [row for _, row in read([("f.yaml", text)], region="P", measure="basic_pension").rows]
    assert row["value"] == "123456789012.12345678"
