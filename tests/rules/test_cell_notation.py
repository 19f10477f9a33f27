"""The short notation for values in cells: everything reads back equal, everything else is one sentence."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.provisions.interchange.notation import read, write
from jizhun.provisions.rules import Band, Formula, Row, Span, Table, Tiered
from jizhun.provisions.rules.reading import plain_value, read_value
from jizhun.provisions.rules.values import Said

numbers = st.decimals(0, 10**11, places=3) | st.integers(0, 10**9).map(Decimal)
words = st.sampled_from(["online", "tier:minimum_wage", "men_55", "medical", "nothing", "by", "tier", "given", "5",
                         "a b",
                         "1..2", 'say "x"', "", "甲", "-", "round"]) | st.text(max_size=8)
operands = numbers | st.sampled_from(["minimum_wage", "subsistence", "by"])
formulas = st.builds(
    Formula, numbers, operands, st.decimals(-100, 10**6, places=2) | st.just(Decimal(0)), st.none() | operands,
    st.none() | operands, st.none() | st.sampled_from([Decimal(1), Decimal("0.01")]),
    st.sampled_from(["half_up", "up", "down"]),
    st.lists(st.tuples(words, words), max_size=2).map(tuple)).map(
        lambda one: one if one.round_to is not None else Formula(one.times, one.of, one.plus, one.at_least, one.at_most,
                                                                 None, "half_up", one.given))
conditions = st.none() | words | st.builds(Span, st.none() | st.integers(-9, 400), st.none() | st.integers(-9, 400))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    over = tuple(draw(st.lists(words, min_size=1, max_size=3, unique=True)))
    rows = draw(st.lists(st.tuples(st.tuples(*([conditions] * len(over))), numbers | formulas), max_size=4))
    return Table(over, tuple(Row(tuple((name, one) for name, one in zip(over, some, strict=True) if one is not None),
                                 value) for some, value in rows))


values = st.one_of(
    st.none(), numbers, formulas, tables(), st.sets(words).map(frozenset), st.builds(Bilingual, st.text(), st.text()),
    st.builds(Tiered, words, st.lists(st.tuples(words, numbers), max_size=4).map(tuple)),
    st.builds(Band, st.none() | numbers | formulas, st.none() | numbers | formulas))


@given(values)
@example(Band(None, None))
@example(Table(("a",), (Row((), Decimal(1)),)))
@example(Table(("a",), (Row((("a", "5"),), Decimal(1)), Row((("a", Span(5, 5)),), Decimal(2)))))
@example(Bilingual('a "b"', "；，"))
def test_every_value_reads_back_equal(value: Said):
    assert read(write(value)) == value


@given(values)
def test_not_a_digit_is_lost_on_the_way(value: Said):
    """What is kept on record is the same text, so that a row that comes back is known as the same."""
    assert plain_value(read(write(value))) == plain_value(value)


@given(st.text('0123456789.*;:,=(){}"+- abtierby<>/\n≥无', max_size=30))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(text: str):
    try:
        value = read(text)
    except Refused as refused:
        assert refused.sentence.zh and refused.sentence.en
    else:
        assert read(write(value)) == value


@pytest.mark.parametrize(("text", "value"), [
    ("2420", Decimal(2420)), ("无", None), ("nothing", None), ("{online，counter}", frozenset({"online", "counter"})),
    ('"电话" / "phone"', Bilingual("电话", "phone")),
    ("0.9×minimum_wage", Formula(Decimal("0.9"), "minimum_wage")),
    ("0.9 * minimum_wage + 10； ≥ subsistence； <= 3000; round 1 up",
     Formula(Decimal("0.9"), "minimum_wage", Decimal(10), "subsistence", Decimal(3000), Decimal(1), "up")),
    ("3..12", Band(Decimal(3), Decimal(12))), ("3 ..", Band(Decimal(3), None)), ("..12", Band(None, Decimal(12))),
    ("3.5..12", Band(Decimal("3.5"), Decimal(12))), ("3.5 .. 12.5", Band(Decimal("3.5"), Decimal("12.5"))),
    ("(1 * subsistence) .. (1 * minimum_wage)",
     Band(Formula(Decimal(1), "subsistence"), Formula(Decimal(1), "minimum_wage"))),
    ("tier minimum_wage：1＝2420；2＝2250", Tiered("minimum_wage", (("1", Decimal(2420)), ("2", Decimal(2250))))),
    ("by grade:\n1..4 = 27;\n5.. = 18", Table(("grade",), (
        Row((("grade", Span(1, 4)),), Decimal(27)), Row((("grade", Span(5, None)),), Decimal(18))))),
    ("by grade, level: 1, junior = 27; *, senior = (0.9 * minimum_wage)", Table(("grade", "level"), (
        Row((("grade", Span(1, 1)), ("level", "junior")), Decimal(27)),
        Row((("level", "senior"),), Formula(Decimal("0.9"), "minimum_wage"))))),
])
def test_what_the_instructions_show_is_what_is_read(text: str, value: Said):
    assert read(text) == value


@pytest.mark.parametrize(("text", "sentence"), [
    ("five", "cannot be read from character 1 on: “five”"), ("2420 yuan", "from character 6 on: “yuan”"),
    ("0.9 *", "“0.9 *” is not complete"), ("", "is not complete"), ("{a", "is not complete"),
    ("by grade: 1.5 = 3", "“1.5 = 3”"), ("by grade: 1 = x", "“x”"), ("1 * a; round 1 sideways", "“sideways”"),
    ('"a"', "is not complete"), ("(1 * a)", "is not complete"), ("3 .. x", "“x”"), ("12#", "“#”")])
def test_where_a_cell_stops_making_sense_is_said(text: str, sentence: str):
    with pytest.raises(Refused) as refusal:
        read(text)
    assert sentence in refusal.value.sentence.en


def test_the_notation_says_what_the_seeds_say():
    plain = {"table": {"over": ["contribution_months"], "rows": [
        {"contribution_months": [12, 59], "value": 12}, {"contribution_months": [120, None], "value": 24}]}}
    assert write(read_value(plain)) == "by contribution_months: 12..59 = 12; 120.. = 24"
