"""Did a pilot work: a known effect is found within its interval, and nothing is found where there is nothing."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Refused
from jizhun.pilots.rules.effect import Series, between, caveats, effect, t_quantile, t_share

START, FIRST, END = 24_300, 24_288, 24_311


def world(seed: int, known: float, *, pilots: int = 8, others: int = 12, drift: float = 0.0) -> list[dict[str, Series]]:
    """Places with levels and common ups and downs of their own, months that hang together, and a known effect."""
    draw = random.Random(seed)
    common = [draw.gauss(0, 0.02) for _ in range(END - FIRST + 1)]

    def place(touched: float, tilt: float) -> Series:
        level, moved, series = draw.uniform(0.6, 0.8), draw.gauss(0, 0.01), {}
        carried = 0.0
        for number, month in enumerate(range(FIRST, END + 1)):
            carried = 0.6 * carried + draw.gauss(0, 0.01)
            series[month] = (level + common[number] + carried + tilt * number
                             + (touched + moved if month >= START else 0.0))
        return series

    return [{f"p{number}": place(known, drift) for number in range(pilots)},
            {f"o{number}": place(0.0, 0.0) for number in range(others)}]


def found_in(seed: int, known: float, **more: float | int) -> bool:
    pilots, others = world(seed, known, **more)  # type: ignore[arg-type]
    found = effect(pilots=pilots, others=others, start=START, end=END).effect
    return found.low <= known <= found.high


def test_the_interval_holds_the_known_effect_in_92_to_98_of_a_hundred_over_200_seeds() -> None:
    held = sum(found_in(seed, 0.05) for seed in range(200))
    assert 184 <= held <= 196


def test_so_it_does_with_as_few_places_as_are_allowed_and_unequal_groups() -> None:
    held = sum(found_in(seed, -0.03, pilots=3, others=9) for seed in range(200))
    assert 182 <= held <= 199


def test_where_nothing_happened_it_tells_something_about_one_time_in_twenty() -> None:
    told = sum(effect(pilots=world(seed, 0.0)[0], others=world(seed, 0.0)[1], start=START, end=END).effect.tells
               for seed in range(200))
    assert told <= 18


def test_groups_that_already_moved_apart_are_said_to() -> None:
    pilots, others = world(3, 0.0, drift=0.01)
    found = effect(pilots=pilots, others=others, start=START, end=END)
    assert found.trend is not None and found.trend.tells
    assert any("moved apart" in one.en for one in caveats(found))
    even = effect(pilots=world(3, 0.05)[0], others=world(3, 0.05)[1], start=START, end=END)
    assert not any("moved apart" in one.en for one in caveats(even))


def test_by_hand() -> None:
    """Two months before, one after: changes 3, 4, 5 against 0, 1, 2; both variances 1, so 3 ± t(4) x sqrt(2/3)."""
    pilots = {f"p{n}": {1: 0.0, 2: 0.0, 3: 3.0 + n} for n in range(3)}
    others = {f"o{n}": {1: 1.0, 2: 3.0, 3: 2.0 + n} for n in range(3)}
    found = effect(pilots=pilots, others=others, start=3, end=3)
    assert found.effect.value == pytest.approx(3.0) and found.effect.degrees == pytest.approx(4.0)
    assert found.effect.low == pytest.approx(3 - 2.7764451 * (2 / 3) ** 0.5, abs=1e-6)
    assert found.before == (0.0, 2.0) and found.after == (4.0, 3.0)
    assert found.trend is None and found.earlier is None
    assert (found.ways, found.rank) == (20, pytest.approx(2 / 20))  # only 3,4,5 or 0,1,2 are as far apart


def test_a_place_without_data_on_one_side_is_left_out_and_named_and_too_few_are_refused() -> None:
    pilots, others = world(1, 0.05)
    pilots["late"] = {END: 0.9}
    assert effect(pilots=pilots, others=others, start=START, end=END).left_out == ("late",)
    with pytest.raises(Refused, match="2 pilot and 12 comparison places"):
        effect(pilots={code: pilots[code] for code in ("p0", "p1", "late")}, others=others, start=START, end=END)


def test_many_places_draw_their_placebos_by_the_seed() -> None:
    pilots, others = world(5, 0.05, pilots=15, others=15)
    first, again, other = (effect(pilots=pilots, others=others, start=START, end=END, seed=seed) for seed in (1, 1, 2))
    assert first == again and first.ways == 2_000
    assert first.rank < 0.01 and other.rank < 0.01


@given(st.permutations(range(20)), st.floats(-0.1, 0.1))
def test_names_do_not_matter_and_what_all_share_cancels(order: list[int], shared: float) -> None:
    pilots, others = world(9, 0.05)
    plain = effect(pilots=pilots, others=others, start=START, end=END).effect

    def moved(group: dict[str, Series], name: Callable[[str], str]) -> dict[str, Series]:
        return {name(code): {month: value + (shared if month >= START else 0) for month, value in series.items()}
                for code, series in group.items()}

    again = effect(pilots=moved(pilots, lambda code: f"p{order[int(code[1:])]}"),
                   others=moved(others, lambda code: f"o{order[int(code[1:])]}"), start=START, end=END).effect
    assert again.value == pytest.approx(plain.value, abs=1e-9) and again.low == pytest.approx(plain.low, abs=1e-9)


@given(st.floats(-30, 30), st.floats(1, 300))
def test_students_t_agrees_with_a_library(t: float, degrees: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    assert t_share(t, degrees) == pytest.approx(stats.t.cdf(t, degrees), abs=1e-10)


@pytest.mark.parametrize("degrees", [1.0, 2.5, 4.0, 30.0, 500.0])
def test_its_quantiles_do_too(degrees: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    for share in (0.025, 0.3, 0.9, 0.975):
        assert t_quantile(share, degrees) == pytest.approx(stats.t.ppf(share, degrees), abs=1e-8)


def test_welch_agrees_with_a_library() -> None:
    stats = pytest.importorskip("scipy.stats")
    one, two = [1.0, 2.5, 3.1, 4.7], [0.3, 0.9, 2.2]
    theirs, ours = stats.ttest_ind(one, two, equal_var=False), between(one, two)
    assert ours.p == pytest.approx(theirs.pvalue) and ours.degrees == pytest.approx(theirs.df)
