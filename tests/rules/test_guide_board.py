"""All places at once come to the same as each place alone."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jizhun.guides.rules import Layer, Said, key_of, read_field, resolve, standing
from jizhun.guides.rules.board import board, filled, kept, outline, places_of

START = date(2026, 1, 1)
FIELDS = [read_field({"code": policy, "kind": "lines", "policy": policy, "zh": policy, "en": policy,
                      "required": policy == "free"}) for policy in ("free", "supplement", "locked")]
NUMBERS = {"free": 7, "supplement": 3, "locked": 11}
PARENTS = {"A": "CN", "B": "CN", "A1": "A", "A2": "A", "B1": "B"}
PLACES = places_of(("CN", "A", "A1", "A2", "B", "B1"), PARENTS)
DAYS = st.integers(0, 6).map(lambda n: START + timedelta(n))
LINES = st.sampled_from([[{"id": "1", "zh": "甲"}], [{"id": "2", "zh": "乙"}], [{"id": "1", "zh": "丙"}], None])
SAID = st.builds(Said, LINES, DAYS, LINES, st.sampled_from([None, "free", "supplement", "locked"]),
                 deferred_until=st.one_of(st.none(), DAYS))
VERSION = st.tuples(st.sampled_from(PLACES.codes), DAYS, st.dictionaries(st.sampled_from(list(NUMBERS)), SAID),
                    st.sets(st.sampled_from(list(NUMBERS))))


def way(code: str) -> list[str]:
    return [*(way(PARENTS[code]) if code in PARENTS else []), code]


@given(st.lists(VERSION, max_size=12), DAYS)
def test_the_board_and_the_way_down_agree(said: list[Any], on: date) -> None:
    versions = [Layer(place, n, day, fields, dict.fromkeys(forced, day))
                for n, (place, day, fields, forced) in enumerate(said)]
    begun = sorted((one for one in versions if one.valid_from <= on), key=lambda one: (one.valid_from, one.number))
    found = board(FIELDS, NUMBERS, PLACES, [
        (PLACES.position[one.place], one.valid_from, outline(one.fields, one.forced, NUMBERS)) for one in begun])
    whole = filled(kept(found).has, FIELDS, {})
    for n, code in enumerate(PLACES.codes):
        layers = [standing([one for one in versions if one.place == place], on) or Layer(place, 0, START)
                  for place in way(code)]
        for row, one in enumerate(resolve(FIELDS, layers)):
            assert found.key[row, n] == one.key
            assert found.own[row, n] == (code in one.places)
            assert found.drift[row, n] == (one.drift is not None)
            assert found.refused[row, n] == (code in [part.place for part in one.refused])
            assert found.overruled[row, n] == (code in [part.place for part in one.overruled])
            if one.field.code == "free":
                assert whole[n] == (one.content is not None)


def test_what_is_put_off_is_not_due_before_its_day() -> None:
    said = Said([{"id": "1"}], START, None, above=5, deferred_until=START + timedelta(3))
    found = board(FIELDS, NUMBERS, PLACES, [(1, START, outline({"free": said}, (), NUMBERS))])
    for one in (found, kept(found)):
        assert one.drift[0, 1] and not one.due(START)[0, 1] and one.due(START + timedelta(3))[0, 1]


def test_a_place_without_a_way_up_stands_alone() -> None:
    alone = places_of(("X", "Y"), {})
    found = board(FIELDS, NUMBERS, alone, [(0, START, outline({"free": Said([{"id": "1"}], START)}, (), NUMBERS))])
    assert found.key[0].tolist() == [key_of([{"id": "1"}]), 0]
