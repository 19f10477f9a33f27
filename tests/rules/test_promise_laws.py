"""Laws of the as-of engine on worlds that Hypothesis makes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.provisions.rules import Book, Quantity, Question, Say, ask, favour, make_book, timeline
from jizhun.provisions.rules.limits import limit_rows, scaled
from jizhun.provisions.rules.reading import plain_value, read_value
from worlds import SmallPlaces, SmallSubjects, all_measures

PLACES = {"CN": {"level": 0}, "P": {"level": 1, "in": "CN"}, "C": {"level": 2, "in": "P"}, "D": {"level": 3, "in": "C"},
          "Q": {"level": 1, "in": "CN"}}
PATH = ("CN", "P", "C", "D")
START = date(2020, 1, 1)
MEASURES = {"promised_limit": "working_day", "basic_pension": "CNY/month"}
days = st.integers(0, 60).map(lambda n: START + timedelta(days=30 * n))
amounts = st.integers(0, 12).map(Decimal)


@st.composite
def floor_says(draw: st.DrawFn, measure: str) -> list[Say]:
    """Floors anywhere on the path, each (place, first day) at most once, recorded in drawn order."""
    keys = draw(st.lists(st.tuples(st.sampled_from(PATH), days), min_size=1, max_size=14, unique=True))
    return [Say("I", measure, place, "all", "floor", draw(amounts), MEASURES[measure], day,
                recorded_on=draw(days), order=order, assessment="on file", mark="V")
            for order, (place, day) in enumerate(keys)]


def book(says: list[Say], known_on: date | None = None) -> Book:
    return make_book(measures=all_measures(), places=SmallPlaces(PLACES), subjects=SmallSubjects(), says=says,
                     known_on=known_on)


def value(book_: Book, measure: str, place: str, on: date) -> Quantity | None:
    answer = ask(book_, Question(measure, "I", place, on))
    assert answer.value is None or isinstance(answer.value, Quantity)
    return answer.value


measure_and_says = st.sampled_from(sorted(MEASURES)).flatmap(lambda m: st.tuples(st.just(m), floor_says(m)))


@given(measure_and_says, days)
def test_going_down_never_grants_less(world: tuple[str, list[Say]], on: date) -> None:
    measure, says = world
    held, direction = book(says), all_measures()[measure].direction
    above = None
    for place in PATH:
        here = value(held, measure, place, on)
        if above is not None:
            assert here is not None
            assert favour(direction, here, above) in (0, 1)
        above = here


@given(measure_and_says, days, st.integers(0, 12))
def test_a_later_national_rise_carries_all_below(world: tuple[str, list[Say]], on: date, amount: int) -> None:
    measure, says = world
    rise = Say("I", measure, "CN", "all", "floor", Decimal(amount), MEASURES[measure], on, order=99, mark="V",
               recorded_on=START + timedelta(days=9999))
    held, direction = book([*says, rise]), all_measures()[measure].direction
    for place in PATH:
        here = value(held, measure, place, on)
        assert here is not None
        assert favour(direction, here, Quantity(Decimal(amount), MEASURES[measure])) in (0, 1)


@given(measure_and_says, days, st.randoms())
def test_order_of_recording_does_not_matter(world: tuple[str, list[Say]], on: date, random: object) -> None:
    measure, says = world
    shuffled = list(says)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    renumbered = [replace(say, order=n, recorded_on=START) for n, say in enumerate(shuffled)]
    straight = [replace(say, recorded_on=START) for say in says]
    for place in PATH:
        assert value(book(straight), measure, place, on) == value(book(renumbered), measure, place, on)


@given(measure_and_says, days, days, st.lists(st.tuples(st.sampled_from(PATH), days, amounts), max_size=5))
def test_what_was_known_never_changes(world: tuple[str, list[Say]], on: date, known_on: date,
                                      later: list[tuple[str, date, Decimal]]) -> None:
    measure, says = world
    recorded_later = [Say("I", measure, place, "all", "floor", amount, MEASURES[measure], day,
                          recorded_on=known_on + timedelta(days=1 + n), order=50 + n)
                      for n, (place, day, amount) in enumerate(later)]
    before, after = book(says, known_on), book([*says, *recorded_later], known_on)
    for place in PATH:
        assert value(before, measure, place, on) == value(after, measure, place, on)


@given(measure_and_says, days)
def test_other_branches_never_matter(world: tuple[str, list[Say]], on: date) -> None:
    measure, says = world
    national = [say for say in says if say.place == "CN"]
    assert value(book(says), measure, "Q", on) == value(book(national), measure, "Q", on)


@settings(max_examples=60)
@given(measure_and_says)
def test_the_timeline_says_what_asking_each_day_says(world: tuple[str, list[Say]]) -> None:
    measure, says = world
    held, last = book(says), START + timedelta(days=1900)
    stretches = timeline(held, Question(measure, "I", "D", START), START, last)
    for offset in range(0, 1900, 29):
        on = START + timedelta(days=offset)
        found = [s.answer.value for s in stretches if s.valid_from <= on <= s.valid_until]
        assert found == [value(held, measure, "D", on)]


@settings(max_examples=60)
@given(floor_says("promised_limit"), days)
def test_the_wide_table_says_what_asking_says(says: list[Say], on: date) -> None:
    held = book(says)
    rows = limit_rows(held, "I", list(PATH), "all", START, START + timedelta(days=4000))
    for place in PATH:
        answer = ask(held, Question("promised_limit", "I", place, on))
        found = [row.promises[1] for row in rows.get(place, ()) if row.first <= on <= row.last]
        expected = scaled("promised_limit", answer.value, answer.winners)
        assert [p[:2] for p in found] == ([] if answer.value is None else [expected[:2]])


plain_numbers = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**6).map(str)
operands = st.one_of(plain_numbers, st.sampled_from(["minimum_wage", "subsistence"]))
formulas = st.fixed_dictionaries(
    {"times": plain_numbers, "of": operands},
    optional={"plus": plain_numbers, "at_least": operands, "at_most": operands,
              "round": st.fixed_dictionaries({"to": st.sampled_from(["1", "10", "0.01"]),
                                              "mode": st.sampled_from(["half_up", "up", "down"])}),
              "given": st.just({"tier:minimum_wage": "1"})}).map(lambda f: {"formula": f})
rows = st.lists(st.fixed_dictionaries({"grade": st.tuples(st.integers(1, 5), st.integers(6, 10)).map(list),
                                       "value": st.one_of(plain_numbers, formulas)}), min_size=1, max_size=4)
said = st.one_of(
    st.just("nothing"), plain_numbers, formulas,
    st.lists(st.sampled_from(["online", "counter", "app"])).map(lambda s: {"set": s}),
    st.tuples(st.one_of(st.none(), formulas), plain_numbers).map(lambda b: {"band": list(b)}),
    st.lists(plain_numbers, min_size=2, max_size=2).map(lambda b: {"band": sorted(b, key=Decimal)}),
    st.dictionaries(st.sampled_from("123"), plain_numbers, min_size=1).map(
        lambda v: {"tiers": {"scheme": "minimum_wage", "values": v}}),
    rows.map(lambda r: {"table": {"over": ["grade"], "rows": r}}))


@given(said)
def test_a_value_survives_storage(value_: object) -> None:
    read = read_value(value_)
    assert read_value(plain_value(read)) == read
