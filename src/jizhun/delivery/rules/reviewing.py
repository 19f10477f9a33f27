"""The closed list of what people find fault with, read from data. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jizhun.analytics.rating.reviews import MOST_CATEGORIES
from jizhun.kernel.bilingual import Bilingual, Refused

ASKED: Final = ("online", "on_site")
SCALES: Final[Mapping[str, Mapping[int, float]]] = {
    "five": {5: 5, 4: 4, 3: 3, 2: 2, 1: 1},
    "hundred": {5: 100, 4: 80, 3: 60, 2: 30, 1: 0},
}
"""Points of the grades. Which scale was chosen stands beside every index."""


@dataclass(frozen=True, slots=True)
class Category:
    """What people find fault with: chosen by its code, or named in their text by one of ``words``.

    ``number`` is its bit at rest; ``weight`` that of the aspect in the satisfaction index; ``asked``: where the aspect
    is asked for.
    """

    code: str
    name: Bilingual
    words: tuple[str, ...]
    number: int = 0
    weight: float = 1.0
    asked: tuple[str, ...] = ASKED


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The categories in order, the scale of the index, and where the list comes from."""

    categories: tuple[Category, ...]
    scale: str
    source: str
    mark: str

    @property
    def weights(self) -> dict[str, float]:
        return {one.code: one.weight for one in self.categories}


def read_categories(content: Any, file: str) -> Catalogue:
    """The list in a YAML document; raises Refused for one that cannot be."""
    rows = content.get("categories") if isinstance(content, Mapping) else None
    if not isinstance(rows, Sequence) or not rows or content.get("scale") not in SCALES:
        raise Refused(zh=f"{file}：须有 `categories` 和 `scale`（{'、'.join(SCALES)}）。",
                      en=f"{file}: there must be `categories` and a `scale` ({', '.join(SCALES)}).")
    found = tuple(_category(row, file) for row in rows)
    if len({one.number for one in found}) < len(found) or len({one.code for one in found}) < len(found):
        raise Refused(zh=f"{file}：有两个类别的代码或编号相同。",
                      en=f"{file}: two categories have the same code or number.")
    return Catalogue(found, content["scale"], str(content.get("source", "")), str(content.get("mark", "R")))


def _category(row: Any, file: str) -> Category:
    try:
        number, weight = int(row["number"]), float(row.get("weight", 1))
        made = Category(str(row["code"]), Bilingual(str(row["name_zh"]), str(row["name_en"])),
                        tuple(str(word).casefold() for word in row.get("words", ())), number, weight,
                        tuple(row.get("asked", ASKED)))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused(zh=f"{file}：类别须有 code、number、name_zh、name_en。",
                      en=f"{file}: a category needs code, number, name_zh and name_en.") from None
    if not 0 <= number < MOST_CATEGORIES or weight < 0 or not {*made.asked} <= {*ASKED}:
        raise Refused(zh=f"{file}：“{made.code}”的编号应小于 {MOST_CATEGORIES}，权重不能为负。",
                      en=f"{file}: the number of “{made.code}” must be below {MOST_CATEGORIES}, its weight not "
                         "negative.")
    return made
