"""The training ledger and skills contests: insert-only, the last row about a thing counts."""

from decimal import Decimal

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.training.models.bank import QuestionVersion
from jizhun.training.models.courses import Course
from jizhun.training.rules.contests import RHYTHMS, Scoring, read_scoring
from jizhun.training.rules.ledger import KINDS, Attended

APPEND_ONLY = ("jizhun_trainingevent", "jizhun_attendance", "jizhun_contest", "jizhun_contestentry",
               "jizhun_contestround", "jizhun_contestanswer")
"""Tables whose rows the database itself refuses to change or delete."""


class TrainingEvent(models.Model):
    """A class, drill or meeting in which people were trained; ``matter`` is empty where it was about no single one."""

    region = models.CharField(max_length=64, db_index=True, help_text="region code")
    kind = models.CharField(max_length=16, choices=[(code, name.en) for code, name in KINDS.items()])
    topic_zh = models.CharField(max_length=200)
    topic_en = models.CharField(max_length=200, blank=True)
    matter = models.CharField(max_length=64, blank=True)
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    organisation = models.CharField(max_length=200, help_text="who held it")
    trainer = models.CharField(max_length=200)
    on = models.DateField(db_index=True)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    simulated = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-on", "-pk")

    def __str__(self) -> str:
        return f"training_event:{self.pk}"

    @property
    def topic(self) -> Bilingual:
        return Bilingual(self.topic_zh, self.topic_en)


class Attendance(models.Model):
    """One person at one event. ``unit`` is a region code; ``score`` in hundredths of a hundred."""

    event = models.ForeignKey(TrainingEvent, on_delete=models.PROTECT, related_name="attendance")
    username = models.CharField(max_length=150, db_index=True)
    unit = models.CharField(max_length=64)
    present = models.BooleanField()
    hours = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    score = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.event_id} {self.username}"

    def fact(self) -> Attended:
        """The row as the rules know it."""
        return Attended(self.username, self.unit, self.present, self.hours, self.score)


class Contest(models.Model):
    """A skills contest: rounds in a rhythm, each asking ``questions`` out of the bank; ``scoring`` is data."""

    region = models.CharField(max_length=64, db_index=True, help_text="region code")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    rhythm = models.CharField(max_length=16, choices=[(code, name.en) for code, name in RHYTHMS.items()])
    first = models.DateField()
    rounds = models.PositiveIntegerField()
    questions = models.PositiveIntegerField()
    topic = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64)
    scoring = models.JSONField()
    simulated = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-first", "-pk")

    def __str__(self) -> str:
        return f"contest:{self.pk}"

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)

    @property
    def how(self) -> Scoring:
        return read_scoring(self.scoring)


class ContestEntry(models.Model):
    """Somebody takes part, or no longer does; the last row counts. ``named``: their name may stand on boards."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    username = models.CharField(max_length=150)
    unit = models.CharField(max_length=64, help_text="region code")
    team = models.CharField(max_length=60, blank=True)
    named = models.BooleanField(default=False)
    takes_part = models.BooleanField(default=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.contest_id} {self.username}"


class ContestRound(models.Model):
    """The questions of a round, drawn when it is first opened: versions by number, in order."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="drawn")
    number = models.PositiveIntegerField()
    versions = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("contest", "number")
        constraints = (models.UniqueConstraint(fields=("contest", "number"), name="contest_round_once"),)

    def __str__(self) -> str:
        return f"{self.contest_id}/{self.number}"


class ContestAnswer(models.Model):
    """One person's answer to one question of a round, given once; ``mark`` in hundredths of a hundred."""

    round = models.ForeignKey(ContestRound, on_delete=models.PROTECT, related_name="answers")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=150, db_index=True)
    answer = models.JSONField(null=True)
    mark = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("round", "version", "username"), name="contest_answer_once"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.username}"
