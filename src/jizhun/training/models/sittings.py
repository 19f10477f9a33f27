"""Examinations: blueprints, their openings, sittings with what was answered, markings and appeals.

What was decided is insert-only. Two tables are not: where a sitting is, and what somebody has answered so far. Of an
answer only the newest is kept, by its order (``rules.sittings.order_of``); see the decision on answers that are saved
as they are given.
"""

from datetime import datetime
from typing import Any

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import Organisation
from jizhun.training.models.bank import QuestionVersion
from jizhun.training.rules.forms import Asked, read_blueprint
from jizhun.training.rules.forms import Blueprint as Content
from jizhun.training.rules.sittings import KINDS, Clock, Given, Window, state_of

APPEND_ONLY = ("jizhun_blueprint", "jizhun_blueprintversion", "jizhun_exam", "jizhun_accommodation",
               "jizhun_sittingnote", "jizhun_marking", "jizhun_appeal", "jizhun_appealdecision")
"""Tables whose rows the database itself refuses to change or delete."""


class Blueprint(models.Model):
    """A blueprint over all its versions; ``region`` is the place whose trainers keep it."""

    code = models.CharField(max_length=64, unique=True)
    region = models.CharField(max_length=64, db_index=True, help_text="region code")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"blueprint:{self.code}"

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)


class BlueprintVersion(models.Model):
    """What a form has to hold (``rules.forms``)."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("blueprint", "-number")
        constraints = (models.UniqueConstraint(fields=("blueprint", "number"), name="blueprint_version_once"),)

    def __str__(self) -> str:
        return f"{self.blueprint_id}/{self.number}"

    @property
    def read(self) -> Content:
        """The blueprint as the rules know it."""
        return read_blueprint(self.content)


class Exam(models.Model):
    """A blueprint opened for a place, perhaps for one role or one body, from when until when.

    ``qualification``: whoever passes earns its certificate, and whoever holds one that asks for a refresher is asked
    about what changed only. ``attempts`` 0: no limit. ``ceiling``: a question that was shown so often is asked no
    more; 0 for none.
    """

    version = models.ForeignKey(BlueprintVersion, on_delete=models.PROTECT, related_name="exams")
    kind = models.CharField(max_length=16, choices=[(code, name.en) for code, name in KINDS.items()])
    region = models.CharField(max_length=64, db_index=True, help_text="region code")
    role = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    qualification = models.ForeignKey("QualificationVersion", null=True, on_delete=models.PROTECT,
                                      related_name="exams")
    attempts = models.PositiveIntegerField(default=1)
    ceiling = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-opens", "-pk")

    def __str__(self) -> str:
        return f"exam:{self.pk}"

    @property
    def window(self) -> Window:
        return Window(self.opens, self.closes, self.attempts)

    @property
    def name(self) -> Bilingual:
        return self.version.blueprint.name


class Accommodation(models.Model):
    """What one person is given for one exam to sit it on equal terms; the last row counts."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="accommodations")
    username = models.CharField(max_length=150)
    extra = models.PositiveIntegerField(default=0, help_text="percent of the time of everybody")
    breaks = models.PositiveIntegerField(default=0, help_text="minutes")
    large = models.BooleanField(default=False)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.exam_id} {self.username}"

    @property
    def given(self) -> Given:
        return Given(self.extra, self.breaks, self.large)


class Sitting(models.Model):
    """One attempt of one person. ``form`` holds the questions in their order as ``{version, worth, section}``;
    ``seconds`` and ``breaks`` what the person has, extra time included.

    ``refreshes``: the certificate about whose changed parts it asks. ``place`` counts the browsers at which it was
    gone on with, ``browser`` marks the newest.
    """

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="sittings")
    username = models.CharField(max_length=150, db_index=True)
    region = models.CharField(max_length=64, help_text="the place of the role by which the person sits")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    refreshes = models.ForeignKey("Certificate", null=True, on_delete=models.PROTECT, related_name="sittings")
    attempt = models.PositiveIntegerField()
    seed = models.CharField(max_length=64)
    form = models.JSONField()
    shuffle = models.BooleanField()
    begun_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    breaks = models.PositiveIntegerField(default=0, help_text="seconds")
    large = models.BooleanField(default=False)
    rested = models.PositiveIntegerField(default=0, help_text="seconds of breaks that are over")
    paused_at = models.DateTimeField(null=True)
    place = models.PositiveIntegerField(default=1)
    browser = models.CharField(max_length=32, blank=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, db_index=True, help_text="when it was marked")

    class Meta:
        ordering = ("-begun_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("exam", "username", "attempt"), name="sitting_once"),)

    def __str__(self) -> str:
        return f"sitting:{self.pk}"

    @property
    def clock(self) -> Clock:
        return Clock(self.begun_at, self.seconds, self.breaks, self.rested, self.paused_at)

    @property
    def asked(self) -> list[Asked]:
        return [Asked(one["version"], one["worth"], one["section"]) for one in self.form]

    def state(self, now: datetime) -> str:
        """Where it is, whether or not anybody closed it."""
        return state_of(self.clock, self.submitted_at, self.closed_at is not None, now)

    def over(self, now: datetime) -> datetime:
        """When it was handed in, or when its time was up."""
        return self.submitted_at or self.clock.ends(now)


class SavedAnswer(models.Model):
    """The newest answer to one question (``number`` from 1 on) as it was typed (``rules.papers``)."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    order = models.BigIntegerField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sitting", "number"), name="saved_answer_once"),)

    def __str__(self) -> str:
        return f"{self.sitting_id}/{self.number}"


class Experience(models.Model):
    """What is known of a version from being asked: how often it was shown, how often marked in an examination, and
    what was earned then, each out of ``questions.WHOLE``. Counts only; they can be made again from the sittings."""

    version = models.OneToOneField(QuestionVersion, on_delete=models.PROTECT, related_name="experience")
    shown = models.PositiveIntegerField(default=0)
    marked = models.PositiveIntegerField(default=0)
    earned = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.version_id}: {self.shown}"


class SittingNote(models.Model):
    """What happened at a sitting; shown to the person, and never a mark by itself."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.kind}"


class Marking(models.Model):
    """What a sitting earned: the first marking, and one more each time an upheld appeal changed it.

    ``rows`` hold a question each: ``{version, worth, section, points, answer}``, points in hundredths of a point.
    ``points`` are hundredths of a point too; ``sections``: ``{code: {points, worth, passed}}``.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="markings")
    number = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    worth = models.PositiveIntegerField()
    passed = models.BooleanField()
    sections = models.JSONField(default=dict)
    rows = models.JSONField()
    appeal = models.ForeignKey("Appeal", null=True, on_delete=models.PROTECT, related_name="markings")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("sitting", "number")
        constraints = (models.UniqueConstraint(fields=("sitting", "number"), name="marking_once"),)

    def __str__(self) -> str:
        return f"{self.sitting_id}/{self.number}"

    @property
    def mark(self) -> int:
        """Hundredths of a hundred, rounded down."""
        return self.points * 100 // self.worth if self.worth else 0


class Appeal(models.Model):
    """Somebody holds that a question of theirs was wrong, or their answer right. ``number``: which, from 1 on."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="appeals")
    number = models.PositiveIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("sitting", "number"), name="appeal_once"),)

    def __str__(self) -> str:
        return f"appeal:{self.pk}"


class AppealDecision(models.Model):
    """What a reviewer decided. ``correction`` is empty where it was turned down (``rules.sittings.CORRECTIONS``);
    ``right`` is the answer that is right too."""

    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="decision")
    correction = models.CharField(max_length=16, blank=True)
    right: Any = models.JSONField(null=True)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.correction or 'rejected'}"
