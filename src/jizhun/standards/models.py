"""What is kept of standards: the library, texts by clauses, systems, reviews, and what clerks report."""

from typing import Any, ClassVar

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.rules.clock import Reviewed
from jizhun.standards.rules.library import Standard, StandardClause
from jizhun.standards.rules.reading import read_standard

APPEND_ONLY = ("jizhun_planrow", "jizhun_reviewrow", "jizhun_feedback", "jizhun_feedbackanswer")
"""Tables in which triggers forbid UPDATE and DELETE: a verdict, a report and an answer stay as they were given."""


class StandardRow(models.Model):
    """A standard as a row of the library; ``fields`` is that row, ``region`` and ``kind`` are copies to filter by."""

    number = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, db_index=True)
    region = models.CharField(max_length=64, db_index=True)
    fields = models.JSONField()

    def __str__(self) -> str:
        return self.number

    def fact(self) -> Standard:
        """The row as the rules know it."""
        return read_standard(self.fields)


class ClauseRow(models.Model):
    """A clause of a text that we hold; ``key`` stays the same through all editions that were made here."""

    standard = models.ForeignKey(StandardRow, on_delete=models.CASCADE, related_name="clauses")
    place = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField(default=1)
    number = models.CharField(max_length=32, blank=True)
    heading_zh = models.CharField(max_length=300, blank=True)
    heading_en = models.CharField(max_length=300, blank=True)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    normative = models.BooleanField(default=True)

    class Meta:
        ordering = ("place",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("standard", "key"), name="clause_key_once")]

    def __str__(self) -> str:
        return f"{self.standard_id} {self.number}"

    def fact(self) -> StandardClause:
        """The clause as the rules know it."""
        return StandardClause(self.key, self.number, Bilingual(self.heading_zh, self.heading_en),
                              Bilingual(self.body_zh, self.body_en))


class FrameworkRow(models.Model):
    """A standards system as loaded; ``fields`` is its entry in frameworks.yaml."""

    code = models.CharField(max_length=64, unique=True)
    region = models.CharField(max_length=64, default="CN")
    place = models.PositiveSmallIntegerField(default=0)
    fields = models.JSONField()

    class Meta:
        ordering = ("place", "code")

    def __str__(self) -> str:
        return self.code


class PlanRow(models.Model):
    """The year in which a line of a system is to be made (0: taken off the plan); the latest row of a line counts."""

    framework = models.CharField(max_length=64)
    node = models.CharField(max_length=64)
    title_zh = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField()
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.framework} {self.title_zh} {self.year}"


class ReviewRow(models.Model):
    """The verdict of a periodic review: keep, revise or withdraw."""

    number = models.CharField(max_length=120, db_index=True)
    on = models.DateField()
    verdict = models.CharField(max_length=16)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.number} {self.on} {self.verdict}"

    def fact(self) -> Reviewed:
        """The review as the rules know it."""
        return Reviewed(self.number, self.on, self.verdict, self.reason)


class Feedback(models.Model):
    """Somebody who applies a standard reports that a clause cannot be carried out as written."""

    number = models.CharField(max_length=120, db_index=True)
    clause = models.CharField(max_length=64, blank=True)
    clause_number = models.CharField(max_length=32, blank=True)
    text = models.TextField()
    region = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.number} {self.clause_number}"


class FeedbackAnswer(models.Model):
    """The answer to one report, or to several alike: ``outcome`` is explained, look (at the clock's side) or revise."""

    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="answers")
    outcome = models.CharField(max_length=16)
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.outcome}"


def plain_standard(standard: Standard, **changes: Any) -> dict[str, Any]:
    """A standard as a row of the library."""
    row: dict[str, Any] = {
        "number": standard.number, "kind": standard.kind, "title_zh": standard.title.zh, "title_en": standard.title.en,
        "region": standard.region, "object_class": standard.object_class, "mark": standard.mark}
    optional: dict[str, Any] = {
        "published_on": standard.published_on and standard.published_on.isoformat(),
        "effective_on": standard.effective_on and standard.effective_on.isoformat(),
        "ended_on": standard.ended_on and standard.ended_on.isoformat(),
        "ics": standard.ics, "ccs": standard.ccs, "issuer_zh": standard.issuer.zh, "issuer_en": standard.issuer.en,
        "custodian_zh": standard.custodian.zh, "custodian_en": standard.custodian.en,
        "scope_zh": standard.scope.zh, "scope_en": standard.scope.en, "serves": list(standard.serves),
        "replaces": list(standard.replaces),
        "adopts": [{"number": one.number, "degree": one.degree} for one in standard.adopts],
        "cites": [{"number": one.number, "normative": one.normative, "clause": one.clause} for one in standard.cites],
        "source": standard.source, "note_zh": standard.note.zh, "note_en": standard.note.en}
    return row | {name: value for name, value in optional.items() if value} | changes
