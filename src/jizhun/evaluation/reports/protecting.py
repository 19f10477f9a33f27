"""Small numbers of real people are not shown, in any of a report's tables, nor what would let them be reckoned. Pure.

Tables share numbers: the sum of the table by item is that of the table by place. What is hidden in one is therefore
hidden in all, and each table is secured anew, until nothing changes any more.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jizhun.evaluation.reports.figures import Figures, Late, Line, Past
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.satisfaction import GRADES, Tally
from jizhun.evaluation.rules.suppression import Cell, Hidden, hide

CASES = "cases"


@dataclass
class _Part:
    """One table of counts; ``shared`` names the cells that stand in other tables too."""

    inner: list[list[int]]
    shared: Mapping[Cell, Hashable]
    also: set[Cell] = field(default_factory=set)
    found: Hidden | None = None

    def secure(self) -> None:
        self.found = hide(self.inner, smallest=SMALLEST_PUBLISHED, also=self.also)

    @property
    def hidden(self) -> frozenset[Cell]:
        return self.found.cells if self.found else frozenset()

    @property
    def names(self) -> set[Hashable]:
        """The shared numbers that are hidden here."""
        return {self.shared[cell] for cell in self.hidden if cell in self.shared}


def protected(figures: Figures) -> Figures:
    """The figures as they may be handed on: unchanged where all is simulated."""
    if figures.simulated or not figures.whole.cases:
        return figures
    parts = _parts(figures)
    _settle(list(parts.values()))
    return _shown(figures, parts).with_hidden(sum(len(one.hidden) for one in parts.values()))


def _settle(parts: Sequence[_Part]) -> None:
    """One table after the other, so that each makes use of what is hidden already, until none hides any more."""
    known: set[Hashable] = set()
    before = -1
    while len(known) != before:
        before = len(known)
        for one in parts:
            one.also = {cell for cell, name in one.shared.items() if name in known} | one.hidden
            one.secure()
            known |= one.names


def _parts(figures: Figures) -> dict[str, _Part]:
    now = figures.period.code
    parts = {"whole": _lines([figures.whole], now)}
    parts |= {name: _lines(lines, now) for name, lines in (
        ("places", figures.places), ("items", figures.items), ("channels", figures.channels)) if lines}
    parts |= {name: _lines(lines, whole) for name, (lines, whole) in _months(figures).items()}
    parts |= {f"measure {one.code}": _row(_numbers(one), now) for one in figures.measures}
    for name, past in (("before", figures.before), ("year_before", figures.year_before)):
        if past is not None:
            parts[name] = _lines([past.whole], past.period.code)
            if past.places:
                parts[f"{name} places"] = _lines(list(past.places.values()), past.period.code)
    if figures.ratings is not None:
        parts["ratings"] = _alone(figures.ratings) if figures.ratings_handed_in else _row(_rated(figures.ratings), now)
    return parts


def _months(figures: Figures) -> dict[str, tuple[list[Line], str]]:
    """Months that together are a period of the report share its sums; any other month stands alone."""
    told = [(figures.period, figures.whole), *((one.period, one.whole) for one in (figures.before, figures.year_before)
                                               if one is not None)]
    found: dict[str, tuple[list[Line], str]] = {}
    left = list(figures.months)
    for period, whole in told:
        inside = [one for one in left if f"{period.first:%Y-%m}" <= one.code <= f"{period.last:%Y-%m}"]
        if inside and sum(one.cases or 0 for one in inside) == whole.cases:
            found[f"months {period.code}"] = inside, period.code
            left = [one for one in left if one not in inside]
    return found | {f"month {one.code}": ([one], one.code) for one in left}


def _lines(lines: Sequence[Line], whole: Hashable) -> _Part:
    """Rows whose sums are the numbers of a whole: (whole, column)."""
    inner = [_numbers(one) for one in lines]
    rows, columns = len(inner), len(inner[0])
    shared = {(rows, at): (whole, at if at < columns else CASES) for at in range(columns + 1)}
    if rows == 1:  # the only row is the sum as well
        shared |= {(0, at): name for (_, at), name in shared.items()}
    return _Part(inner, shared)


def _row(numbers: list[int], whole: Hashable) -> _Part:
    """One row that shares nothing with other tables but the number of cases; its sums are the row itself."""
    columns = len(numbers)
    own = {(row, at): ("own", id(numbers), at) for row in (0, 1) for at in range(columns)}
    return _Part([numbers], {**own, (0, columns): (whole, CASES), (1, columns): (whole, CASES)})


def _alone(tally: Tally) -> _Part:
    """Ratings of their own share no number with the cases: they are given in the period, of cases of any."""
    numbers = [*(tally.grades.get(grade, 0) for grade in GRADES), tally.default, tally.void, tally.appealed]
    return _Part([numbers], {})


def _numbers(line: Line) -> list[int]:
    return [one or 0 for one in line.verdicts]


def _rated(tally: Tally) -> list[int]:
    given = [tally.grades.get(grade, 0) for grade in GRADES]
    return [*given, tally.default, max(tally.cases - sum(given) - tally.default, 0)]


# -- with what may be shown ------------------------------------------------------------------------


def _shown(figures: Figures, parts: Mapping[str, _Part]) -> Figures:
    def lines(name: str, rows: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(_line(one, parts[name], at) for at, one in enumerate(rows))

    months = {one.code: (parts[name], at) for name, (rows, _) in _months(figures).items()
              for at, one in enumerate(rows)}
    measures = tuple(_line(one, parts[f"measure {one.code}"], 0) for one in figures.measures)
    ratings = _ratings(figures.ratings, parts)
    return replace(
        figures, whole=_line(figures.whole, parts["whole"], 0), measures=measures, patterns=(),
        places=lines("places", figures.places), items=lines("items", figures.items),
        channels=lines("channels", figures.channels),
        months=tuple(_line(one, *months[one.code]) for one in figures.months),
        late=tuple(map(_late, figures.late)), before=_past(figures.before, "before", parts),
        year_before=_past(figures.year_before, "year_before", parts), ratings=ratings,
        who_rates=figures.who_rates if ratings else None)


def _line(line: Line, part: _Part, at: int) -> Line:
    assert part.found is not None
    row = part.found.shown[at]
    return replace(line, verdicts=row[:-1], cases=row[-1])


def _late(one: Late) -> Late:
    return one if not one.cases or one.cases >= SMALLEST_PUBLISHED else replace(one, cases=None, days=None)


def _past(past: Past | None, name: str, parts: Mapping[str, _Part]) -> Past | None:
    if past is None:
        return None
    places = {code: _line(one, parts[f"{name} places"], at) for at, (code, one) in enumerate(past.places.items())}
    return replace(past, whole=_line(past.whole, parts[name], 0), places=places)


def _ratings(tally: Tally | None, parts: Mapping[str, _Part]) -> Tally | None:
    """Ratings are told of as a whole or not at all: a rate needs every grade."""
    found = parts["ratings"].found if tally is not None else None
    return None if found is None or None in found.shown[0] else tally
