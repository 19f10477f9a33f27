"""Coverage of matters x places: several definitions side by side, each with its own denominator."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jizhun.kernel.bilingual import Bilingual

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Definition:
    """One way to count. ``of`` names the definition whose pairs are the denominator; "" is all pairs."""

    code: str
    name: Bilingual
    text: Bilingual
    of: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition("law", Bilingual("依法应有", "Due by the list"), Bilingual(
        "当日清单在该地列有该事项。分母：全部事项×范围内的全部地区。",
        "The list that holds in the place on that day has the matter. Of: all matters x all places in the scope."), ""),
    Definition("adopted", Bilingual("已认领", "Claimed"), Bilingual(
        "该地已声明办理该事项；没有声明的不算。分母：依法应有。",
        "The place has said that it handles the matter; silence is not counted. Of: what is due by the list."), "law"),
    Definition("guide", Bilingual("指南已公布", "Guide published"), Bilingual(
        "该地办事指南的必填内容都有值（自己写的或由上级继承的）。分母：依法应有。",
        "Every required field of the guide has a value there, own or inherited. Of: what is due by the list."), "law"),
    Definition("procedure", Bilingual("规程已公布", "Procedure published"), Bilingual(
        "该地操作规程的必填内容都有值。分母：依法应有。",
        "Every required field of the procedure has a value there. Of: what is due by the list."), "law"),
    Definition("current", Bilingual("二者均为最新", "Both up to date"), Bilingual(
        "指南和规程都已公布，且该地和上级都没有待同步的内容。分母：依法应有。",
        "Guide and procedure are published, and neither the place nor one above it is out of step. "
        "Of: what is due by the list."), "law"))
CODES = tuple(one.code for one in DEFINITIONS)


@dataclass(frozen=True, slots=True)
class Share:
    """Pairs that fit, of pairs that could."""

    fits: int
    of: int

    @property
    def value(self) -> float | None:
        """None where there is nothing to count."""
        return self.fits / self.of if self.of else None


@dataclass(frozen=True)
class Matrix:
    """Every definition over matters x places (the lowest places that are counted), as flags."""

    matters: tuple[str, ...]
    places: tuple[str, ...]
    cells: Mapping[str, Flags]

    def share(self, definition: str, matters: Sequence[int] | None = None,
              places: Sequence[int] | None = None) -> Share:
        """One definition over some rows and columns (None: all)."""
        cut = _cut(len(self.matters), matters), _cut(len(self.places), places)
        base = self.base(definition)[np.ix_(*cut)]
        return Share(int((self.cells[definition][np.ix_(*cut)] & base).sum()), int(base.sum()))

    def base(self, definition: str) -> Flags:
        """The pairs that a definition is counted of."""
        of = next(one.of for one in DEFINITIONS if one.code == definition)
        return self.cells[of] if of else np.ones_like(self.cells["law"])

    def table(self, definition: str, rows: Iterable[Sequence[int]],
              columns: Iterable[Sequence[int]]) -> list[list[Share]]:
        """Shares for groups of matters x groups of places."""
        base = self.base(definition)
        fits = self.cells[definition] & base
        groups = [_cut(len(self.places), one) for one in columns]
        found = []
        for row in rows:
            at = _cut(len(self.matters), row)
            some, all_ = fits[at].sum(axis=0), base[at].sum(axis=0)
            found.append([Share(int(some[one].sum()), int(all_[one].sum())) for one in groups])
        return found

    def missing(self, definition: str) -> list[tuple[str, str]]:
        """(matter, place) of every pair that could fit and does not, place by place."""
        lacking = self.base(definition) & ~self.cells[definition]
        return [(self.matters[m], self.places[p]) for p, m in np.argwhere(lacking.T)]


def _cut(size: int, chosen: Sequence[int] | None) -> NDArray[np.int64]:
    return np.arange(size) if chosen is None else np.asarray(chosen, np.int64)
