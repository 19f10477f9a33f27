"""What assessors say of applications and pilots, interests they declare, and verdicts."""

from django.db import models

from jizhun.evaluation.models import SheetEdition
from jizhun.pilots.models.programmes import PilotApplication, PilotProgramme


class PilotInterest(models.Model):
    """An assessor's own declaration of an interest in a place: from then on they do not judge it."""

    programme = models.ForeignKey(PilotProgramme, on_delete=models.PROTECT, related_name="interests")
    username = models.CharField(max_length=150)
    region = models.CharField(max_length=64)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.username} {self.region}"


class SelectionScore(models.Model):
    """An assessor's points for an application: criterion -> points. The newest of an assessor counts."""

    application = models.ForeignKey(PilotApplication, on_delete=models.PROTECT, related_name="scores")
    points = models.JSONField()
    opinion = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.application_id} {self.by}"


class PilotAssessment(models.Model):
    """An assessor's sheet in a stage: item -> value, an opinion, and the verdict advised. The newest counts."""

    application = models.ForeignKey(PilotApplication, on_delete=models.PROTECT, related_name="assessments")
    stage = models.CharField(max_length=8)
    sheet = models.ForeignKey(SheetEdition, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField()
    opinion = models.TextField(blank=True)
    advice = models.CharField(max_length=16)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage} {self.by}"


class PilotVerdict(models.Model):
    """The organiser's verdict of a stage; ``told``: what the sheets said then (share, assessors, knocked)."""

    application = models.ForeignKey(PilotApplication, on_delete=models.PROTECT, related_name="verdicts")
    stage = models.CharField(max_length=8)
    verdict = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    told = models.JSONField()
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("application", "stage"), name="pilot_verdict_once"),)

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage} {self.verdict}"
