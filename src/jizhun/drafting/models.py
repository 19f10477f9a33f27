"""What is kept of the making of standards: projects, texts, comments, ballots. What was said stays said."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils import timezone

from jizhun.drafting.rules.ballots import Cast
from jizhun.drafting.rules.conditions import Round
from jizhun.drafting.rules.remarks import Comment
from jizhun.drafting.rules.stages import ENDED, Move
from jizhun.drafting.rules.text import Clause, read_clause
from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_stagemove", "jizhun_draft", "jizhun_vote", "jizhun_votereply", "jizhun_evidence")
"""Tables in which triggers forbid UPDATE and DELETE."""


class Project(models.Model):
    """The making of one document, from the proposal to its publication and review.

    ``region`` is where it will hold; ``proposer`` drafts, ``regulator`` approves. ``holder``: whose move it is now, a
    user's name or a body's. ``impact_seen`` is the fingerprint of the impact list that was looked at.
    """

    code = models.CharField(max_length=32, unique=True)
    procedure = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    region = models.CharField(max_length=64, db_index=True)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    need_zh = models.TextField(blank=True)
    need_en = models.TextField(blank=True)
    scope_zh = models.TextField(blank=True)
    scope_en = models.TextField(blank=True)
    overlap_reason = models.TextField(blank=True)
    serves = models.JSONField(default=list)
    ics = models.CharField(max_length=60, blank=True)
    ccs = models.CharField(max_length=60, blank=True)
    revises = models.CharField(max_length=120, blank=True)
    proposer_zh = models.CharField(max_length=200, blank=True)
    proposer_en = models.CharField(max_length=200, blank=True)
    regulator_zh = models.CharField(max_length=200, blank=True)
    regulator_en = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=120, blank=True)
    published_on = models.DateField(null=True)
    effective_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    stage = models.CharField(max_length=4, db_index=True)
    entered_on = models.DateField()
    holder_zh = models.CharField(max_length=200, blank=True)
    holder_en = models.CharField(max_length=200, blank=True)
    holder_user = models.CharField(max_length=150, blank=True)
    task_zh = models.CharField(max_length=300, blank=True)
    task_en = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True)
    impact_seen = models.CharField(max_length=64, blank=True)
    simulated = models.BooleanField(default=False)
    opened_by = models.CharField(max_length=150)
    opened_on = models.DateField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh}"

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)

    @property
    def proposer(self) -> Bilingual:
        return Bilingual(self.proposer_zh, self.proposer_en)

    @property
    def regulator(self) -> Bilingual:
        return Bilingual(self.regulator_zh, self.regulator_en)

    @property
    def task(self) -> Bilingual:
        return Bilingual(self.task_zh, self.task_en)

    @property
    def running(self) -> bool:
        """Whether it is still being made."""
        return self.stage not in ENDED


class StageMove(models.Model):
    """One step of a project; the first has no ``at`` and opens it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="moves")
    act = models.CharField(max_length=32)
    at_stage = models.CharField(max_length=4, blank=True)
    to_stage = models.CharField(max_length=4)
    on = models.DateField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.project_id} {self.act} {self.on}"

    def fact(self) -> Move:
        return Move(self.at_stage, self.to_stage, self.on)


class WorkingText(models.Model):
    """The text being written: one a project; ``version`` counts what was saved, so that two writers see each other."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="text")
    clauses = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.CharField(max_length=150, blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.project_id} v{self.version}"

    def facts(self) -> list[Clause]:
        return [read_clause(one) for one in self.clauses]


class Draft(models.Model):
    """A text that was issued, as it stood; ``label``: comment, review, approval or published."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="drafts")
    seq = models.PositiveIntegerField()
    label = models.CharField(max_length=16)
    clauses = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("seq",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("project", "seq"), name="draft_number_once")]

    def __str__(self) -> str:
        return f"{self.project_id} draft {self.seq}"

    def facts(self) -> list[Clause]:
        return [read_clause(one) for one in self.clauses]


class Consultation(models.Model):
    """A round of comments on one draft. ``bodies``: region codes asked; ``public``: whether anybody may speak."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="consultations")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="consultations")
    opens_on = models.DateField()
    closes_on = models.DateField()
    closed_on = models.DateField(null=True)
    public = models.BooleanField(default=True)
    bodies = models.JSONField(default=list)
    asks_zh = models.TextField(blank=True)
    asks_en = models.TextField(blank=True)
    announced = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-opens_on", "-pk")

    def __str__(self) -> str:
        return f"{self.project_id} {self.opens_on}"

    def fact(self) -> Round:
        return Round(self.opens_on, self.closes_on, self.closed_on, self.public)

    def open_on(self, day: date) -> bool:
        """Whether somebody may comment that day."""
        return self.closed_on is None and self.opens_on <= day <= self.closes_on


HELD, SHOWN, HIDDEN = "held", "shown", "hidden"


class CommentRow(models.Model):
    """A comment. ``desk``: the place where it waits to be passed on, the project's own place once it has arrived.

    Its words never change. ``state``: held until somebody has looked at it, shown, or hidden with a reason.
    ``merged_into``: the consolidated comment that speaks for it, from which it takes its disposition.
    ``sender`` is a keyed hash of where a public comment came from: enough to limit the rate, not to know who.
    ``token`` opens its own page to whoever made it; ``notify`` is an address only if one was left.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="comments")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="comments")
    seq = models.PositiveIntegerField()
    clause = models.CharField(max_length=64, blank=True)
    clause_number = models.CharField(max_length=32, blank=True)
    line = models.CharField(max_length=60, blank=True)
    paragraph = models.CharField(max_length=120, blank=True)
    quote = models.TextField(blank=True)
    type = models.CharField(max_length=4, default="ge")
    text = models.TextField()
    proposed = models.TextField(blank=True)
    body = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=64, blank=True)
    desk = models.CharField(max_length=64, db_index=True)
    by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=SHOWN)
    state_reason = models.CharField(max_length=400, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    sender = models.CharField(max_length=64, blank=True, db_index=True)
    token = models.CharField(max_length=32, unique=True)
    notify = models.CharField(max_length=200, blank=True)
    disposition = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)
    disposed_by = models.CharField(max_length=150, blank=True)
    disposed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("seq",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("project", "seq"), name="comment_number_once")]

    def __str__(self) -> str:
        return f"C-{self.seq}"

    @property
    def key(self) -> str:
        return f"C-{self.seq}"

    def fact(self) -> Comment:
        return Comment(self.key, self.clause, self.clause_number, self.quote, self.type, self.text, self.proposed,
                       self.body, self.region, timezone.localtime(self.made_at).date(), self.disposition, self.answer,
                       self.line, self.paragraph)


class Ballot(models.Model):
    """A vote on a draft. ``outcome``: "" while open, then approved, rejected or closed (without approval)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ballots")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="ballots")
    question_zh = models.TextField()
    question_en = models.TextField(blank=True)
    rule = models.CharField(max_length=32)
    opens_on = models.DateField()
    closes_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    outcome_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.project_id} ballot {self.pk}"

    @property
    def question(self) -> Bilingual:
        return Bilingual(self.question_zh, self.question_en)


class Voter(models.Model):
    """One of the electorate: a user by name, or a body of which somebody with the right to vote speaks."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="voters")
    name = models.CharField(max_length=200)
    username = models.CharField(max_length=150, blank=True)
    region = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("ballot", "username", "region"), name="voter_once")]

    def __str__(self) -> str:
        return self.name


class Vote(models.Model):
    """A vote; the last of a voter counts."""

    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes")
    position = models.CharField(max_length=24)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.voter_id} {self.position}"

    def fact(self) -> Cast:
        return Cast(self.voter_id, self.position, self.reason, bool(self.replies.all()))


class VoteReply(models.Model):
    """The answer to an objection."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.vote_id} answered"


class Evidence(models.Model):
    """What happened outside: a review meeting, a legal review, a collective decision, a filing; with its verdict."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="evidence")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=24)
    on = models.DateField()
    verdict = models.CharField(max_length=8, default="passed")
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind} {self.verdict}"


class Proposed(models.Model):
    """A provision that a published standard proposes; ``provision`` once a paper has put it in force."""

    number = models.CharField(max_length=120, db_index=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="proposed")
    clause = models.CharField(max_length=64)
    clause_number = models.CharField(max_length=32, blank=True)
    row = models.JSONField()
    provision = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.number} {self.clause_number}"
