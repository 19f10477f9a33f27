"""Who works here: users, organisations, the roles granted to them, and the trail of everything done."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR, Period
from jizhun.people.rules import ROLES, Held, Line, Qualified, Requirement

APPEND_ONLY = ("jizhun_auditline", "jizhun_qualification", "jizhun_rightrequirement")
"""Tables whose rows the database itself refuses to change or delete."""


class Organisation(models.Model):
    """A body that employs users, at home in one region."""

    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    region = models.CharField(max_length=64, help_text="region code")
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "name_zh"), name="organisation_once_per_region"),)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Bilingual:
        """The name in both languages."""
        return Bilingual(self.name_zh, self.name_en)


class User(AbstractUser):
    """A login. Demonstration logins are named by role, not by person."""

    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(default=False)
    feed_key = models.CharField(max_length=32, blank=True, default="",
                                help_text="what the address of the own feed is made with; empty: there is none")


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by day."""

    def in_force(self, on: date) -> "GrantQuerySet":
        """Those that hold on that day."""
        return self.filter(valid_from__lte=on, valid_until__gte=on)


class Grant(models.Model):
    """A role given to a user over one region and everything below it, from day to day (both included)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40, choices=[(code, role.name.en) for code, role in ROLES.items()])
    region = models.CharField(max_length=64, help_text="region code")
    valid_from = models.DateField()
    valid_until = models.DateField(default=FAR)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "role", "region", "valid_from"), name="grant_once_per_day"),
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("valid_from")), name="grant_period"),
        )

    def __str__(self) -> str:
        return f"{self.user.username}: {self.role} @ {self.region}"

    def fact(self) -> Held:
        """The grant as the rules know it."""
        return Held(self.role, self.region, Period(self.valid_from, self.valid_until))


class Qualification(models.Model):
    """What a user is qualified for at a place and below, from day to day; the last row of user, code and region counts.

    Written by the room that examines people; one that ended has its last day before its first. ``reference`` names
    what it rests on.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="qualifications")
    code = models.CharField(max_length=64)
    region = models.CharField(max_length=64, help_text="region code")
    valid_from = models.DateField()
    valid_until = models.DateField()
    reference = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("user", "code"), name="qualification_of_user"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.code} @ {self.region}"

    def fact(self) -> Qualified:
        """The row as the rules know it."""
        return Qualified(self.code, self.region, self.valid_from, self.valid_until)


class RightRequirement(models.Model):
    """A region asks for a qualification of whoever uses a right under a grant for it or for a place below.

    Insert-only change points: the last row of region, right, role and qualification that has begun counts.
    ``asked`` False: no longer asked from then on. ``role`` empty: of every role. ``name`` and ``href`` tell what to
    learn and where, without a language in front.
    """

    region = models.CharField(max_length=64, help_text="region code")
    right = models.CharField(max_length=40)
    role = models.CharField(max_length=40, blank=True)
    qualification = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    href = models.CharField(max_length=400)
    valid_from = models.DateField()
    grace_days = models.PositiveIntegerField()
    asked = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("valid_from", "pk")

    def __str__(self) -> str:
        return f"{self.region} {self.right}: {self.qualification}"

    def fact(self) -> Requirement:
        """The row as the rules know it."""
        return Requirement(self.region, self.right, self.role, self.qualification,
                           Bilingual(self.name_zh, self.name_en), self.href, self.valid_from, self.grace_days,
                           self.asked)


class AuditLine(models.Model):
    """One act: who did what to what. Each line carries the hash of the line before it (see people.rules)."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, db_index=True)
    act = models.CharField(max_length=80)
    subject = models.CharField(max_length=200, db_index=True)
    before = models.TextField(help_text="canonical JSON")
    after = models.TextField(help_text="canonical JSON")
    reason = models.TextField(blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.actor} {self.act} {self.subject}"

    def fact(self) -> Line:
        """The line as it was hashed."""
        return Line(self.seq, self.at, self.actor, self.act, self.subject, self.before, self.after, self.reason,
                    self.previous, self.hash)


class Remark(models.Model):
    """What somebody says about a thing: ``about`` names it as the audit trail does (``provision:123``)."""

    about = models.CharField(max_length=200, db_index=True)
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.about} {self.by}"


class Notice(models.Model):
    """Something a person is told: a user by name, or whoever left an address; ``sent_at`` once it has gone out.

    ``about`` names the thing as the audit trail does; ``href`` is the page to look at, without its language.
    """

    username = models.CharField(max_length=150, blank=True, db_index=True)
    address = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=200, blank=True)
    text_zh = models.TextField()
    text_en = models.TextField()
    href = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.username or self.address} {self.about}"

    @property
    def text(self) -> Bilingual:
        """What is said, in both languages."""
        return Bilingual(self.text_zh, self.text_en)


class AuditHead(models.Model):
    """The newest line of the trail, one row: locked while a line is added, and a tail cut off does not match it."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class LongWork(models.Model):
    """Work that somebody asked for and a worker does: how far it is, whether it is to stop, what became of it.

    ``share`` is 0 to 1, ``seconds`` what it took; the sentence tells why it was refused.
    """

    WAITING, RUNNING, DONE = "waiting", "running", "done"
    REFUSED, FAILED, CANCELLED = "refused", "failed", "cancelled"

    token = models.CharField(max_length=64, unique=True)
    by = models.CharField(max_length=150, db_index=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=16)
    share = models.FloatField(default=0)
    to_stop = models.BooleanField(default=False)
    sentence_zh = models.TextField(default="")
    sentence_en = models.TextField(default="")
    seconds = models.FloatField(default=0)

    class Meta:
        abstract = True
        ordering = ("-asked_at", "-pk")

    @property
    def moving(self) -> bool:
        """Whether it will go on without anybody's doing."""
        return self.state in (self.WAITING, self.RUNNING)

    @property
    def told(self) -> Bilingual:
        """Why it was refused, or what is missing of it."""
        return Bilingual(self.sentence_zh, self.sentence_en)

    @property
    def percent(self) -> int:
        return int(self.share * 100)
