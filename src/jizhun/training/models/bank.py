"""The question bank. Versions and what became of them are insert-only: an answer is marked by what was asked."""

from typing import ClassVar

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.training.rules.questions import TYPES
from jizhun.training.rules.sources import Source, read_source

APPEND_ONLY = ("jizhun_question", "jizhun_questionversion", "jizhun_questionstep")
"""Tables whose rows the database itself refuses to change or delete."""


class Question(models.Model):
    """A question over all its versions; ``region`` is the place whose trainers keep it, what it asks is for it and
    below. ``matter`` is empty for one that is about no single matter."""

    code = models.CharField(max_length=64, unique=True)
    region = models.CharField(max_length=64, db_index=True, help_text="region code")
    matter = models.CharField(max_length=64, blank=True, db_index=True)
    topic = models.CharField(max_length=64, db_index=True, help_text="what a blueprint asks for: limits, steps, …")
    simulated = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class QuestionVersion(models.Model):
    """What is asked and what is right, with the sources it rests on (``rules.sources``). ``drafted_by`` names the rule
    that wrote it out of the data; empty where a person did. ``seed`` makes a draft reproducible."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=[(code, name.en) for code, name in TYPES.items()])
    content = models.JSONField()
    sources = models.JSONField(default=list)
    drafted_by = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("question", "-number")
        constraints = (models.UniqueConstraint(fields=("question", "number"), name="question_version_once"),)

    def __str__(self) -> str:
        return f"{self.question_id}/{self.number}"

    @property
    def rests_on(self) -> list[Source]:
        """Its sources as the rules know them."""
        return [read_source(row) for row in self.sources]

    @property
    def stem(self) -> Bilingual:
        """What is asked, in both languages."""
        return Bilingual(self.content["stem"]["zh"], self.content["stem"]["en"])


class QuestionStep(models.Model):
    """What became of a version: handed in, accepted, returned, retired. The last one counts."""

    SUBMITTED, ACCEPTED, RETURNED, RETIRED = "submitted", "accepted", "returned", "retired"
    ACTS: ClassVar[tuple[str, ...]] = (SUBMITTED, ACCEPTED, RETURNED, RETIRED)

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.version_id} {self.act}"
