"""Courses and who learned what. Versions, what became of them and what was learned are insert-only."""

from typing import Any

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.training.rules.courses import state_of
from jizhun.training.rules.sources import Source, read_source

APPEND_ONLY = ("jizhun_course", "jizhun_courseversion", "jizhun_coursestep", "jizhun_unitlearned")
"""Tables whose rows the database itself refuses to change or delete."""


class Course(models.Model):
    """A course over all its versions, for one role; ``region`` is the place whose trainers keep it: it is for the
    people of that place and below."""

    code = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=40, db_index=True)
    region = models.CharField(max_length=64, db_index=True, help_text="region code")
    simulated = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class CourseVersion(models.Model):
    """What is taught (``rules.courses``), with the sources of each unit as they stood when it was written."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("course", "-number")
        constraints = (models.UniqueConstraint(fields=("course", "number"), name="course_version_once"),)

    def __str__(self) -> str:
        return f"course:{self.course.code}/{self.number}"

    @property
    def name(self) -> Bilingual:
        return _words(self.content["name"])

    @property
    def summary(self) -> Bilingual:
        return _words(self.content["summary"])

    @property
    def units(self) -> list[dict[str, Any]]:
        return list(self.content["units"])

    @property
    def requires(self) -> list[str]:
        """Codes of the courses to be learned before."""
        return list(self.content["requires"])

    @property
    def state(self) -> str:
        """Where it stands (``rules.courses.WORKFLOW``)."""
        return state_of(step.act for step in self.steps.all())

    def unit(self, code: str) -> dict[str, Any] | None:
        """A unit by its id."""
        return next((one for one in self.units if one["id"] == code), None)


def _words(row: dict[str, str]) -> Bilingual:
    return Bilingual(row["zh"], row["en"])


class CourseStep(models.Model):
    """What became of a version: handed in, accepted, returned, retired."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.version_id} {self.act}"


class UnitLearned(models.Model):
    """Somebody learned a unit as it stood: ``fingerprint`` of what it said, ``sources`` as they spoke where and when
    it was learned; ``mark`` (hundredths of a hundred) of a case that was handled."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="learned")
    unit = models.CharField(max_length=32)
    username = models.CharField(max_length=150, db_index=True)
    region = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=32)
    sources = models.JSONField(default=list)
    mark = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.username} {self.version_id} {self.unit}"

    @property
    def percent(self) -> str:
        """Its mark out of 100; empty where nothing was marked."""
        return "" if self.mark is None else f"{self.mark / 100:g}"

    @property
    def rests_on(self) -> list[Source]:
        """What it rested on, as the rules know it."""
        return [read_source(row) for row in self.sources]
