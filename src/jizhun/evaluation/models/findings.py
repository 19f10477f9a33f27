"""Findings with their way to the end. All that is said is insert-only; how one stands is told by its newest row."""

from django.db import models

from jizhun.evaluation.models.runs import Run
from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_finding", "jizhun_findingstep", "jizhun_remeasurement")
"""Tables whose rows the database itself refuses to change or delete."""


class Finding(models.Model):
    """A pattern in the case data of a place that is to be mended, with its evidence. Never changed itself.

    ``pattern``: code of the rule; ``subject``: matter or item, "" for all; ``round`` counts the findings of the same
    rule, subject, place and source, ``forerunner`` is the one before. The sentence is kept as it was said then.
    """

    pattern = models.CharField(max_length=64)
    index = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=64, help_text="region code: the responsible place")
    source = models.CharField(max_length=64)
    simulated = models.BooleanField()
    round = models.PositiveIntegerField()
    forerunner = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="successor")
    body_zh = models.CharField(max_length=200)
    body_en = models.CharField(max_length=200)
    sentence_zh = models.TextField()
    sentence_en = models.TextField()
    rule = models.JSONField(help_text="threshold, smallest, days: the rule as it was then")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    as_of = models.DateField()
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    opened_on = models.DateField()
    opened_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=("pattern", "subject", "region", "source", "round"),
                                               name="finding_once_a_round"),)

    def __str__(self) -> str:
        return f"{self.pattern} {self.subject} {self.region} {self.round}"

    @property
    def body(self) -> Bilingual:
        """Who has to act, in both languages."""
        return Bilingual(self.body_zh, self.body_en)

    @property
    def sentence(self) -> Bilingual:
        """What was found, in both languages."""
        return Bilingual(self.sentence_zh, self.sentence_en)


class FindingStep(models.Model):
    """One act on a finding and how it stands after it; ``number`` counts them, so that two never take the same.

    What an answer says is in ``cause`` to ``done_by``; ``reason`` goes with returns and extensions.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    answer_by = models.DateField()
    rectify_by = models.DateField()
    cause = models.CharField(max_length=16, blank=True)
    why = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    responsible = models.CharField(max_length=2000, blank=True)
    done_by = models.DateField(null=True)
    reason = models.TextField(blank=True)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("finding", "number")
        constraints = (models.UniqueConstraint(fields=("finding", "number"), name="step_once_per_number"),)

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.number} {self.act}"


class Remeasurement(models.Model):
    """The figure of a finding counted again, over the cases accepted since the answer: off, met or few."""

    step = models.OneToOneField(FindingStep, on_delete=models.PROTECT, related_name="remeasurement")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    verdict = models.CharField(max_length=8)

    def __str__(self) -> str:
        return f"{self.step_id} {self.numerator}/{self.denominator} {self.verdict}"
