"""What is kept of provisions: insert-only change points with the papers behind them."""

from datetime import date
from typing import ClassVar

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR
from jizhun.provisions.rules import Paper
from jizhun.provisions.rules.book import VERIFIED_MARKS, Assignment, Say
from jizhun.provisions.rules.reading import read_value

APPEND_ONLY = ("jizhun_provision", "jizhun_tierassignment")
"""Tables in which triggers forbid UPDATE and DELETE: what was said stays said."""


class MeasureRow(models.Model):
    """A measure as loaded from measures.yaml; ``fields`` is that row."""

    code = models.CharField(max_length=64, unique=True)
    fields = models.JSONField()

    def __str__(self) -> str:
        return self.code


class Document(models.Model):
    """A paper that says something: law, normative document, notice, commitment, table."""

    code = models.CharField(max_length=128, unique=True)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    number = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=32)
    issuer_zh = models.CharField(max_length=200, blank=True)
    issuer_en = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=64, blank=True)
    published_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(default=FAR)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)

    def __str__(self) -> str:
        return self.title_zh

    @property
    def verified(self) -> bool:
        return self.mark in VERIFIED_MARKS

    def fact(self) -> Paper:
        return Paper(self.code, Bilingual(self.title_zh, self.title_en), self.number, self.kind,
                     Bilingual(self.issuer_zh, self.issuer_en), self.published_on, self.source, self.mark)


class Provision(models.Model):
    """One change point: from ``valid_from`` this place says ``value`` (null: nothing) until the next.

    ``seq`` comes from the room's one locked revision row, so that it follows the order of commits.
    ``fingerprint`` is the SHA-256 of everything said: the same row is never recorded twice.
    """

    subject = models.CharField(max_length=64)
    measure = models.CharField(max_length=64)
    region = models.CharField(max_length=64, db_index=True)
    group = models.CharField(max_length=64, default="all")
    slot = models.CharField(max_length=8)
    modality = models.CharField(max_length=16)
    value = models.JSONField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    valid_from = models.DateField()
    lapses_on = models.DateField(default=FAR)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True)
    clause_zh = models.CharField(max_length=200, blank=True)
    clause_en = models.CharField(max_length=200, blank=True)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    seq = models.BigIntegerField()
    enforce = models.CharField(max_length=8, default="limit")
    applies_to_new_from = models.DateField(null=True)
    existing_until = models.DateField(default=FAR)
    reach_by = models.DateField(null=True)
    assessment = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    source = models.TextField(blank=True)
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(
            fields=["subject", "measure", "region", "group", "slot", "valid_from", "seq"],
            name="provision_change_point")]

    def __str__(self) -> str:
        return f"{self.subject}/{self.measure}/{self.region} {self.valid_from}"

    def fact(self, papers: dict[int, Paper]) -> Say:
        """The row as the engine's fact; ``papers`` by document primary key."""
        return Say(
            self.subject, self.measure, self.region, self.group, self.modality, read_value(self.value), self.unit,
            self.valid_from, self.lapses_on, papers.get(self.document_id or 0),
            Bilingual(self.clause_zh, self.clause_en), self.recorded_on, self.seq, self.enforce,
            self.applies_to_new_from, self.existing_until, self.reach_by, self.assessment, self.mark, self.source,
            Bilingual(self.note_zh, self.note_en), self.pk)


class TierAssignment(models.Model):
    """From this day to that one a place is in this tier of a scheme."""

    scheme = models.CharField(max_length=64)
    region = models.CharField(max_length=64)
    tier = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_until = models.DateField(default=FAR)
    recorded_on = models.DateField()
    seq = models.BigIntegerField()
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.region}: {self.scheme} {self.tier}"

    def fact(self) -> Assignment:
        return Assignment(self.scheme, self.region, self.tier, self.valid_from, self.valid_until, self.recorded_on)


class Label(models.Model):
    """The words for a coded element of a set: a material, a channel."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.code


def earliest(rows: "models.QuerySet[Provision]") -> date | None:
    """The day of the first record, or None where nothing was recorded."""
    return rows.order_by("recorded_on").values_list("recorded_on", flat=True).first()
