"""What is kept of guides and procedures: fields, versions by place, claims, service points; all said is insert-only."""

from datetime import date
from typing import Any

from django.db import models

from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_layerversion", "jizhun_layerreview", "jizhun_adoption", "jizhun_pointversion",
               "jizhun_linkcheck", "jizhun_matterchange")
"""Tables whose rows the database itself refuses to change or delete."""


class FieldRow(models.Model):
    """A field of a guide or procedure as loaded; its primary key stands for it in outlines and is never reused."""

    sort = models.CharField(max_length=16)
    code = models.CharField(max_length=64)
    place = models.IntegerField()
    fields = models.JSONField()

    class Meta:
        db_table = "jizhun_guidefield"
        constraints = (models.UniqueConstraint(fields=("sort", "code"), name="field_once_per_sort"),)

    def __str__(self) -> str:
        return f"{self.sort}.{self.code}"


class PartRow(models.Model):
    """A chapter of the page, in order."""

    code = models.CharField(max_length=64, unique=True)
    place = models.IntegerField()
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)

    class Meta:
        db_table = "jizhun_guidepart"

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)


class LayerVersion(models.Model):
    """What one place says anew of a matter from a day on: only the fields that it changes. Never changed itself.

    ``sort``: guide or procedure. ``fields``: code -> said (``rules.layers.plain_said``); ``forced``: codes that
    overrule what was written below before; ``outline``: the same as packed numbers (``rules.board``). ``number`` counts
    the versions of the place; ``seq`` comes from the room's one locked revision row.
    """

    sort = models.CharField(max_length=16)
    matter = models.CharField(max_length=64)
    region = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    valid_from = models.DateField()
    fields = models.JSONField()
    forced = models.JSONField(default=list)
    outline = models.BinaryField()
    note = models.TextField(blank=True)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    seq = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sort", "matter", "region", "number"),
                                               name="version_once_per_place"),)
        indexes = (models.Index(fields=("sort", "seq"), name="version_by_seq"),)

    def __str__(self) -> str:
        return f"{self.sort}:{self.matter}/{self.region}/{self.number}"


class LayerDraft(models.Model):
    """What somebody is writing: not in force, changed as it is typed. ``revision`` counts its saves.

    ``fields``: code -> content; ``seen``: number of the place's newest version when the writing began.
    """

    sort = models.CharField(max_length=16)
    matter = models.CharField(max_length=64)
    region = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)
    seen = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sort", "matter", "region"), name="one_draft_per_place"),)

    def __str__(self) -> str:
        return f"draft:{self.sort}:{self.matter}/{self.region}"


class LayerReview(models.Model):
    """A reviewer's word on a version: ``ok`` or ``back`` with the reason."""

    version = models.ForeignKey(LayerVersion, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=8)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.verdict}"


class Adoption(models.Model):
    """What a place says of handling a matter, from a day on: offered, not, under another, unknown (认领).

    ``own``: what its own list calls the matter, where it says so: name_zh, name_en, kind, code, basis.
    """

    matter = models.CharField(max_length=64)
    region = models.CharField(max_length=64)
    says = models.CharField(max_length=16)
    other = models.CharField(max_length=64, blank=True)
    reason_zh = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    own = models.JSONField(default=dict)
    valid_from = models.DateField()
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    recorded_on = models.DateField()
    by = models.CharField(max_length=150)
    seq = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("matter", "region"), name="adoption_by_place"),)

    def __str__(self) -> str:
        return f"{self.matter}/{self.region} {self.says}"

    @property
    def reason(self) -> Bilingual:
        return Bilingual(self.reason_zh, self.reason_en)


class MatterChange(models.Model):
    """A line of the ledger of the list of matters (动态调整): what changed where and from when, by which paper.

    ``fields`` is its row (``rules.ledger``).
    """

    code = models.CharField(max_length=100, unique=True)
    matter = models.CharField(max_length=64, db_index=True)
    region = models.CharField(max_length=64)
    valid_from = models.DateField()
    fields = models.JSONField()
    recorded_on = models.DateField()
    by = models.CharField(max_length=150)
    seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class PointVersion(models.Model):
    """A service point as it is from a day on; ``fields`` is its row (``rules.points``), with ``closed`` once it is."""

    code = models.CharField(max_length=64, db_index=True)
    region = models.CharField(max_length=64, db_index=True)
    valid_from = models.DateField()
    fields = models.JSONField()
    recorded_on = models.DateField()
    by = models.CharField(max_length=150)
    seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class BundleRow(models.Model):
    """A life event (一件事): several matters by one form and one clock; ``fields`` is its row of bundles.yaml."""

    code = models.CharField(max_length=64, unique=True)
    place = models.IntegerField()
    fields = models.JSONField()

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.fields["name_zh"], self.fields["name_en"])


class LinkCheck(models.Model):
    """One look at one address: whether it answered, and how."""

    url = models.CharField(max_length=600, db_index=True)
    on = models.DateField()
    ok = models.BooleanField()
    told = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.url} {self.on} {self.ok}"


def known_by(day: date | None, **wanted: Any) -> "models.QuerySet[LayerVersion]":
    """The versions on record at the end of a day (None: now), in the order in which they were recorded."""
    rows = LayerVersion.objects.filter(**wanted).order_by("seq", "pk")
    return rows if day is None else rows.filter(recorded_on__lte=day)
