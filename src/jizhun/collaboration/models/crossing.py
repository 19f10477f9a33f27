"""Handling across regions: who accepts, who decides, by when each."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual


class CrossRegion(models.Model):
    """An arrangement for one matter (``rules.crossing``). ``legs``: rows of leg, who, does, limit and unit, in order.

    A newer one for the same matter and places takes its place from its first day on.
    """

    code = models.CharField(max_length=64, unique=True)
    matter = models.CharField(max_length=64, db_index=True)
    mode = models.CharField(max_length=16)
    regions = models.JSONField(default=list)
    area = models.CharField(max_length=64, blank=True)
    legs = models.JSONField()
    valid_from = models.DateField()
    basis_zh = models.TextField()
    basis_en = models.TextField(blank=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.code

    @property
    def basis(self) -> Bilingual:
        return Bilingual(self.basis_zh, self.basis_en)
