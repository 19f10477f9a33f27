"""The register of mutual recognition."""

from datetime import date

from django.db import models

from jizhun.collaboration.rules.recognising import Recognised
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR, day_before


class Recognition(models.Model):
    """What places take over from one another (``rules.recognising``); it ends by a row of its own, never by a change.

    ``subject``: the code of the material, "" for other kinds; ``document``: the paper's code where it is on record.
    """

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    what_zh = models.CharField(max_length=300)
    what_en = models.CharField(max_length=300)
    subject = models.CharField(max_length=64, blank=True)
    matters = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    giver = models.CharField(max_length=64, blank=True)
    area = models.CharField(max_length=64, blank=True, db_index=True)
    valid_from = models.DateField()
    basis_zh = models.TextField()
    basis_en = models.TextField(blank=True)
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    document = models.CharField(max_length=128, blank=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.code

    def fact(self, ends_on: date | None = None) -> Recognised:
        """``ends_on``: the first day on which it no longer holds."""
        return Recognised(
            self.code, self.kind, Bilingual(self.what_zh, self.what_en), Bilingual(self.basis_zh, self.basis_en),
            tuple(self.regions), self.valid_from, FAR if ends_on is None else day_before(ends_on), self.giver,
            tuple(self.matters), self.subject, self.area, self.mark, self.source, self.simulated,
            Bilingual(self.note_zh, self.note_en))


class RecognitionEnd(models.Model):
    """From ``on`` it is no longer recognised."""

    recognition = models.OneToOneField(Recognition, on_delete=models.PROTECT, related_name="end")
    on = models.DateField()
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.recognition_id} ends {self.on}"
