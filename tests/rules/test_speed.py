"""How fast documents are made: medians and quartiles that say of how many, and never of what is not finished."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jizhun.drafting.rules.speed import Course, by_stage, grouped, slowest, spread, total, year_of
from jizhun.drafting.rules.stages import Limit, Stay

START = date(2026, 1, 1)


def course(*days: int, code: str = "P", kind: str = "local", published: bool = True, limit: Limit | None = None,
           stages: str = "00 10 20 30 40 50", due: int | None = None) -> Course:
    """A project that stood so many days in each stage, then was published or stands in the last of them."""
    stays, day = [], START
    names = stages.split()[:len(days)]
    for place, (stage, number) in enumerate(zip(names, days, strict=True)):
        last = place == len(days) - 1 and not published
        stays.append(Stay(stage, day, None if last else day + timedelta(number), number,
                          day + timedelta(due) if due is not None else None))
        day += timedelta(number)
    if published:
        stays.append(Stay("60", day, None, 1000, None))
    return Course(code, kind, "990000", stays, limit)


def test_quartiles_of_a_few_numbers_an_official_can_check_by_hand():
    found = spread([10, 20, 30, 40, 50])
    assert found is not None
    assert (found.n, found.least, found.low, found.median, found.high, found.most) == (5, 10, 20, 30, 40, 50)
    assert spread([]) is None
    alone = spread([7])
    assert alone is not None and (alone.n, alone.low, alone.median, alone.high) == (1, 7, 7, 7)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_quartiles_lie_in_their_order(days: list[int]):
    found = spread(days)
    assert found is not None
    assert found.least <= found.low <= found.median <= found.high <= found.most


def test_several_stays_in_a_stage_are_added_up_and_count_once():
    (first, second) = by_stage([course(10, 30, 5, stages="20 30 20")])
    assert first.days is not None and (first.stage, first.days.n, first.days.median) == ("20", 1, 15)
    assert second.days is not None and second.days.median == 30


def test_who_still_stands_in_a_stage_is_not_among_those_who_left_it():
    found = {one.stage: one for one in by_stage([course(1, 2, 3), course(9, 90, published=False)])}
    assert found["10"].days is not None and found["10"].days.n == 1
    assert found["10"].running is not None and (found["10"].running.n, found["10"].running.median) == (1, 90)


def test_what_comes_after_the_publication_is_no_part_of_the_making():
    reviewed = Course("P", "local", "990000", [*course(1, 2).stays, Stay("90", START, START, 400, None)])
    assert [one.stage for one in by_stage([reviewed])] == ["00", "10"]
    assert total([reviewed]).days == spread([3])


def test_a_stay_counts_against_its_limit_when_it_has_ended_or_is_over_it():
    kept, late, young = course(10, due=20), course(30, due=20), course(5, published=False, due=20)
    old = course(50, published=False, due=20)
    (stage,) = by_stage([kept, late, young, old])
    assert (stage.judged, stage.over) == (3, 2)


def test_in_all_counts_what_was_published_and_says_what_was_not():
    stopped = Course("P", "local", "990000", [Stay("00", START, START, 5, None), Stay("99", START, None, 5, None)])
    found = total([course(100, 20, limit=Limit(months=2)), course(10, limit=Limit(months=2)),
                   course(400, published=False), stopped])
    assert found.days == spread([120, 10])
    assert (found.unfinished, found.stopped, found.judged, found.over) == (1, 1, 2, 1)


def test_groups_leave_out_what_has_no_key():
    found = grouped([course(10), course(20, published=False), course(500)], year_of)
    assert [(one.name, one.projects) for one in found] == [("2026", 1), ("2027", 1)]
    kinds = grouped([course(10, kind="national"), course(20)], lambda one: one.kind)
    assert [one.name for one in kinds] == ["local", "national"]


def test_the_slowest_stage_is_that_of_the_largest_median():
    found = slowest(by_stage([course(5, 40, 20), course(6, 1, 30), course(7, 50, 10)]))
    assert found is not None and found.stage == "10"
    assert slowest([]) is None
