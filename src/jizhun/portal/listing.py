"""The list in force on a day as the pages show it: areas, their categories, their items, counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.models import Category, Edition
from jizhun.catalogue.rules import Entry
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of the list, with how many matters are on record for it."""

    entry: Entry
    matters: int


@dataclass(slots=True)
class CategoryLines:
    """A category and its items."""

    name: Bilingual
    lines: list[ItemLine] = field(default_factory=list)


@dataclass(slots=True)
class AreaLines:
    """An area and its categories; ``count`` items in all."""

    code: str
    name: Bilingual
    categories: dict[str, CategoryLines] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(category.lines) for category in self.categories.values())


def editions(root: str) -> list[Edition]:
    """Every edition of that country's list, the earliest first."""
    return list(Edition.objects.filter(root=root, valid_from__isnull=False).order_by("valid_from", "code"))


def edition_on(root: str, on: date) -> Edition | None:
    """The edition in force on that day."""
    return next((one for one in reversed(editions(root)) if one.valid_from and one.valid_from <= on), None)


def first_day(root: str) -> date | None:
    """From when on any list of that country is on record."""
    return next((one.valid_from for one in editions(root)), None)


def listed(edition: Edition) -> list[AreaLines]:
    """Areas in the order of the list, with their categories and items."""
    held = catalogue()
    matters = Counter(matter.item for matter in held.matters.values())
    categories = {row.code: row for row in Category.objects.select_related("area").order_by("area__order", "order")}
    entries = held.editions.get(edition.code, {})
    areas: dict[str, AreaLines] = {}
    for entry in sorted(entries.values(), key=lambda one: one.number):
        category = categories[entry.category]
        area = areas.setdefault(category.area.code, AreaLines(category.area.code, category.area.name))
        lines = area.categories.setdefault(category.code, CategoryLines(category.name))
        lines.lines.append(ItemLine(entry, matters[entry.item]))
    return sorted(areas.values(), key=lambda area: next(
        row.area.order for row in categories.values() if row.area.code == area.code))


def services_table(areas: Iterable[AreaLines]) -> Table:
    """The whole list as rows, for the CSV."""
    columns = [Column(key, key) for key in ("number", "code", "name", "area", "category", "matters", "mark")]
    rows: list[list[Cell | str]] = [
        [str(line.entry.number), line.entry.item, words(line.entry.name), words(area.name), words(category.name),
         str(line.matters), line.entry.mark]
        for area in areas for category in area.categories.values() for line in category.lines]
    return Table("services", _("Services"), columns, rows)
