"""Collaboration areas: what they are, who joined and left, their joint bodies."""

from datetime import date

from django.db import models

from jizhun.collaboration.rules.areas import Step
from jizhun.kernel.bilingual import Bilingual


class CollaborationArea(models.Model):
    """An area of several places. ``lead`` is the place that proposed it; "" for one that came with a list."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    purpose_zh = models.TextField(blank=True)
    purpose_en = models.TextField(blank=True)
    lead = models.CharField(max_length=64, blank=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)

    @property
    def purpose(self) -> Bilingual:
        return Bilingual(self.purpose_zh, self.purpose_en)


class AreaStep(models.Model):
    """A place was invited, joined or left (``rules.areas``). ``on`` 0001-01-01: the day is not on record."""

    area = models.ForeignKey(CollaborationArea, on_delete=models.PROTECT, related_name="steps")
    region = models.CharField(max_length=64, db_index=True)
    act = models.CharField(max_length=16)
    on = models.DateField()
    basis_zh = models.TextField(blank=True)
    basis_en = models.TextField(blank=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.area_id} {self.region} {self.act} {self.on}"

    def fact(self) -> Step:
        return Step(self.region, self.act, self.on)

    @property
    def basis(self) -> Bilingual:
        return Bilingual(self.basis_zh, self.basis_en)


class JointBodyStep(models.Model):
    """A joint body was formed or dissolved."""

    area = models.ForeignKey(CollaborationArea, on_delete=models.PROTECT, related_name="body_steps")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    duties_zh = models.TextField(blank=True)
    duties_en = models.TextField(blank=True)
    act = models.CharField(max_length=16)
    on = models.DateField()
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.area_id} {self.name_zh} {self.act}"

    def fact(self) -> tuple[Bilingual, Bilingual, str, date]:
        return (Bilingual(self.name_zh, self.name_en), Bilingual(self.duties_zh, self.duties_en), self.act, self.on)
