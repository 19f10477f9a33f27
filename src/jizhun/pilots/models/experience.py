"""Practice cards, and who took them over."""

from django.db import models

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.pilots.models.programmes import PilotApplication


class Practice(models.Model):
    """What worked, told so that others can do it: ``parts`` is part (problem, done, conditions, cost) -> zh and en."""

    code = models.CharField(max_length=64, unique=True)
    region = models.CharField(max_length=64, db_index=True)
    application = models.ForeignKey(PilotApplication, null=True, on_delete=models.PROTECT, related_name="practices")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    parts = models.JSONField()
    standard = models.CharField(max_length=120, blank=True)
    matters = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    simulated = models.BooleanField(default=False)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"practice:{self.code}"

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)

    def part(self, name: str) -> Bilingual:
        """One part in words; nothing where it was left out."""
        said = self.parts.get(name)
        return Bilingual(said["zh"], said["en"]) if said else NO_WORDS


class PracticeAdoption(models.Model):
    """A place took a practice over from a day on."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="adoptions")
    region = models.CharField(max_length=64, db_index=True)
    since = models.DateField()
    note = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("since", "pk")
        constraints = (models.UniqueConstraint(fields=("practice", "region"), name="practice_adopted_once"),)

    def __str__(self) -> str:
        return f"{self.practice_id} {self.region}"
