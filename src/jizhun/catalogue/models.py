"""What is kept of the catalogue. Primary keys of matters and groups go into case records and are never reused."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR


class Named(models.Model):
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
        return Bilingual(self.name_zh, self.name_en)


class Edition(Named):
    """One edition of a national list."""

    number = models.CharField(max_length=120, blank=True)
    published_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(default=FAR)
    root = models.CharField(max_length=64, default="CN")
    notes = models.JSONField(default=dict)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)


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


class ItemInEdition(models.Model):
    """What one edition says of one item."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="entries")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="entries")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    recipients_zh = models.TextField(blank=True)
    recipients_en = models.TextField(blank=True)
    content_zh = models.TextField(blank=True)
    content_en = models.TextField(blank=True)
    standard_zh = models.TextField(blank=True)
    standard_en = models.TextField(blank=True)
    payer_zh = models.TextField(blank=True)
    payer_en = models.TextField(blank=True)
    lead_zh = models.TextField(blank=True)
    lead_en = models.TextField(blank=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("edition", "item"), name="item_once_per_edition"),)

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.number} {self.name_zh}"


class Matter(Named):
    """A concrete matter under an item."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="matters")
    kind = models.CharField(max_length=40, blank=True)
    example_split = models.BooleanField(default=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)


class Group(Named):
    """A recipient group, wider ones above it; ``all`` is everybody."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="narrower")
    precedence = models.PositiveSmallIntegerField(default=100)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
