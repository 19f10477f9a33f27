"""Score sheets with their rounds, conduct evidence, and what assessors from outside said. All said is insert-only."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_sheetedition", "jizhun_round", "jizhun_draw", "jizhun_assessed", "jizhun_computation",
               "jizhun_roundresults", "jizhun_conductrecord", "jizhun_conductpoint", "jizhun_conductact",
               "jizhun_casereview", "jizhun_reviewedcase", "jizhun_judgement", "jizhun_survey", "jizhun_surveyfile",
               "jizhun_surveyreturn")
"""Tables whose rows the database itself refuses to change or delete."""


class SheetEdition(models.Model):
    """An edition of a score sheet or a questionnaire as loaded, whole: ``content`` is its row, ``hash`` its digest."""

    SHEET, QUESTIONNAIRE = "sheet", "questionnaire"

    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=64)
    edition = models.CharField(max_length=32)
    content = models.JSONField()
    hash = models.CharField(max_length=64)
    owner = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "code", "edition"), name="sheet_edition_once"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}/{self.edition}"


class Round(models.Model):
    """A round of attainment within a place: by which sheet, over which period and whose cases, who speaks until when.
    """

    sheet = models.ForeignKey(SheetEdition, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=64, db_index=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    first = models.DateField()
    last = models.DateField()
    source = models.CharField(max_length=64, blank=True)
    opens = models.DateField()
    self_until = models.DateField()
    check_until = models.DateField()
    sample_until = models.DateField()
    simulated = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"round:{self.pk}"

    @property
    def name(self) -> Bilingual:
        """The name in both languages."""
        return Bilingual(self.name_zh, self.name_en)


class Draw(models.Model):
    """The random draw of a round: seed, what it was drawn from, how many of each stratum, and what was drawn."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="draws")
    seed = models.CharField(max_length=64)
    frame = models.CharField(max_length=64, help_text="digest of the sorted codes")
    sizes = models.JSONField()
    chosen = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("round",), name="one_draw_a_round"),)

    def __str__(self) -> str:
        return f"draw of {self.round_id}"


class Assessed(models.Model):
    """One word on one item of one place: by the place, by the check, or by the sample. The newest of a voice counts.

    ``evidence``: a list of {name, hash, bytes} for files kept by their hash, or {url}.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="said")
    place = models.CharField(max_length=64)
    item = models.CharField(max_length=64)
    voice = models.CharField(max_length=8)
    value = models.CharField(max_length=32)
    agrees = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    evidence = models.JSONField(default=list)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        indexes = (models.Index(fields=("round", "place", "item"), name="assessed_by_item"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.place} {self.item} {self.voice}"


class Computation(models.Model):
    """The product's own figures for a round: place -> item -> {value, fits, of, why}; ``made_from`` names the runs."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="computations")
    values = models.JSONField()
    made_from = models.JSONField()
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"computation of {self.round_id}"


class RoundResults(models.Model):
    """The results of a round as published: place -> how it stands, frozen."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="publications")
    results = models.JSONField()
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("round",), name="published_once"),)

    def __str__(self) -> str:
        return f"publication of {self.round_id}"


# -- conduct ---------------------------------------------------------------------------------------


class ConductRecord(models.Model):
    """A walk-through, an unannounced visit or a supervision notice: who, where, when, of which matter, what was seen.

    ``seen``: a list of {measure, observed, unit, promised_zh, promised_en, fits} beside the promise of that day.
    """

    kind = models.CharField(max_length=8)
    region = models.CharField(max_length=64, db_index=True)
    matter = models.CharField(max_length=64, blank=True)
    on = models.DateField()
    who = models.CharField(max_length=200)
    where = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    seen = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    simulated = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-on", "-pk")

    def __str__(self) -> str:
        return f"conduct:{self.pk}"


class ConductPoint(models.Model):
    """One point of a record that is to be put right by a day, and is closed by itself."""

    record = models.ForeignKey(ConductRecord, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveIntegerField()
    text = models.TextField()
    due = models.DateField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("record", "number"), name="point_once_a_record"),)

    def __str__(self) -> str:
        return f"{self.record_id}.{self.number}"


class ConductAct(models.Model):
    """An answer, a re-check or a reopening of one point, with its words and evidence."""

    point = models.ForeignKey(ConductPoint, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=16)
    text = models.TextField()
    evidence = models.JSONField(default=list)
    due = models.DateField(null=True)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.point_id} {self.act}"


# -- outside assessment ----------------------------------------------------------------------------


class CaseReview(models.Model):
    """A sample of cases for outside assessors, drawn from the lake: the frame's strata with sizes, and the seed."""

    region = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=64)
    matter = models.CharField(max_length=64, blank=True)
    first = models.DateField()
    last = models.DateField()
    as_of = models.DateField()
    wanted = models.PositiveIntegerField()
    seed = models.CharField(max_length=64)
    strata = models.JSONField(help_text="[place, matter, verdict, cases, drawn] of each stratum")
    lake_version = models.BigIntegerField()
    limits_hash = models.CharField(max_length=64)
    sql = models.TextField()
    simulated = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"review:{self.pk}"


class ReviewedCase(models.Model):
    """A case drawn, by its pseudonymous key: the facts shown to the assessor, and the system's verdict kept apart."""

    review = models.ForeignKey(CaseReview, on_delete=models.PROTECT, related_name="drawn")
    number = models.PositiveIntegerField()
    case_key = models.CharField(max_length=200)
    place = models.CharField(max_length=64)
    matter = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16)
    weight = models.FloatField(help_text="how many cases of its stratum it stands for")
    facts = models.JSONField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("review", "number"), name="case_once_a_review"),)

    def __str__(self) -> str:
        return f"{self.review_id}.{self.number}"


class Judgement(models.Model):
    """An assessor's judgement of one case; the newest counts."""

    case = models.ForeignKey(ReviewedCase, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict}"


class Survey(models.Model):
    """A survey within a place by an edition of a questionnaire: who asked, when, how many were invited."""

    questionnaire = models.ForeignKey(SheetEdition, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=64, db_index=True)
    who = models.CharField(max_length=200)
    first = models.DateField()
    last = models.DateField()
    invited = models.PositiveIntegerField()
    simulated = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"survey:{self.pk}"


class SurveyFile(models.Model):
    """A file of returns, by its hash: the same file twice is one."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    hash = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("survey", "hash"), name="survey_file_once"),)

    def __str__(self) -> str:
        return f"{self.survey_id} {self.name}"


class SurveyReturn(models.Model):
    """One filled-in questionnaire."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="returns")
    file = models.ForeignKey(SurveyFile, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    place = models.CharField(max_length=64)
    answers = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("survey", "number"), name="return_once_a_survey"),)

    def __str__(self) -> str:
        return f"{self.survey_id} {self.number}"
