"""What is kept of the catalogue. Primary keys of matters and groups go into case records and are never reused."""

from typing import Any

from django.db import models

from jizhun.catalogue.rules import VERIFIED_MARKS
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR


class Sourced(models.Model):
    """Something taken from somewhere: an address or document, the paper and clause in words, how far verified."""

    source = models.TextField(blank=True)
    basis_zh = models.CharField(max_length=400, blank=True, default="")
    basis_en = models.CharField(max_length=400, blank=True, default="")
    mark = models.CharField(max_length=8)

    class Meta:
        abstract = True

    @property
    def verified(self) -> bool:
        """Whether it was read at its source, or follows from what was by arithmetic."""
        return self.mark in VERIFIED_MARKS

    @property
    def basis(self) -> Bilingual:
        """The paper and clause in both languages."""
        return Bilingual(self.basis_zh, self.basis_en)


class Named(Sourced):
    """Something with a code and a name in both languages."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Bilingual:
        """The name in both languages."""
        return Bilingual(self.name_zh, self.name_en)


class Edition(Named):
    """One edition of a list. ``announced``: what was published of its changes, as rows of the file."""

    number = models.CharField(max_length=120, blank=True)
    published_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(default=FAR)
    root = models.CharField(max_length=64, default="CN")
    based_on = models.CharField(max_length=64, blank=True, default="")
    number_mark = models.CharField(max_length=8, default="R")
    announced = models.JSONField(default=list)

    @property
    def notes(self) -> dict[str, Any]:
        """``counts``: kind of change -> how many items; ``changes``: those that are named, item and kind."""
        return {"counts": {one["kind"]: one["count"] for one in self.announced},
                "changes": [{"item": item, "kind": one["kind"]} for one in self.announced for item in one["items"]]}


class Area(Named):
    """A service area, in the order of the list."""

    order = models.PositiveSmallIntegerField()


class Category(Named):
    """A service category within an area."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="categories")
    order = models.PositiveSmallIntegerField()


class Item(Named):
    """A service item: the same code through all editions. ``in_field``: in the field this instance serves."""

    root = models.CharField(max_length=64, default="CN")
    in_field = models.BooleanField(default=False)


class ItemInEdition(Sourced):
    """What one edition says of one item. ``columns``: column -> zh, en, source, basis, mark, carried_from."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="entries")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="entries")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("edition", "item"), name="item_once_per_edition"),)

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.number} {self.name_zh}"


class Matter(Named):
    """A concrete matter under an item."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="matters")
    kind = models.CharField(max_length=40, blank=True)
    example_split = models.BooleanField(default=True)
    note_zh = models.TextField(blank=True, default="")
    note_en = models.TextField(blank=True, default="")


class Group(Named):
    """A recipient group; ``parent`` is the code of the wider one, "" above everybody."""

    parent = models.CharField(max_length=64, blank=True, default="")
    precedence = models.PositiveSmallIntegerField(default=100)
