"""Programmes, who applied for them, what became of the application, and with whom pilots are compared."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.pilots.rules.programmes import Criterion, Days, criteria_of


class PilotProgramme(models.Model):
    """A pilot programme of ``organiser`` (a place's code). ``jobs``, ``principles`` and ``criteria`` are rows with code
    and bilingual words. ``sheet``: code of the score sheet. ``source_code``: whose cases tell of its effect; ``known``:
    the effect that was built into simulated cases ({"index", "value"}), empty for real ones."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    about_zh = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    organiser = models.CharField(max_length=64)
    kinds = models.JSONField()
    levels = models.JSONField()
    wanted = models.PositiveIntegerField(default=0)
    assessors = models.PositiveIntegerField(default=2)
    applies_from = models.DateField(null=True)
    applies_until = models.DateField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    mid_on = models.DateField(null=True)
    final_on = models.DateField(null=True)
    jobs = models.JSONField()
    principles = models.JSONField(default=list)
    criteria = models.JSONField(default=list)
    sheet = models.CharField(max_length=64, blank=True)
    source_code = models.CharField(max_length=64, blank=True)
    known = models.JSONField(default=dict)
    basis_zh = models.TextField(blank=True)
    basis_en = models.TextField(blank=True)
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)

    @property
    def about(self) -> Bilingual:
        return Bilingual(self.about_zh, self.about_en)

    @property
    def basis(self) -> Bilingual:
        return Bilingual(self.basis_zh, self.basis_en)

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on, self.applies_from, self.applies_until, self.mid_on, self.final_on)

    @property
    def told_criteria(self) -> tuple[Criterion, ...]:
        return criteria_of(self.criteria)

    @property
    def job_codes(self) -> tuple[str, ...]:
        return tuple(one["code"] for one in self.jobs)


class PilotApplication(models.Model):
    """A place applied, or was a pilot by what could be read (``mark``). ``kind`` "" where it is not on record.

    ``statement``: part (why, base, will) -> words; ``places``: who takes part in a pilot across regions.
    """

    programme = models.ForeignKey(PilotProgramme, on_delete=models.PROTECT, related_name="applications")
    region = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=16, blank=True)
    theme = models.CharField(max_length=200, blank=True)
    statement = models.JSONField(default=dict)
    places = models.JSONField(default=list)
    on = models.DateField()
    source = models.TextField(blank=True)
    mark = models.CharField(max_length=8)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"pilot:{self.pk}"


class PilotStep(models.Model):
    """What became of an application (``rules.programmes``)."""

    application = models.ForeignKey(PilotApplication, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.application_id} {self.act}"


class ComparisonChoice(models.Model):
    """With whom the pilots of a programme are compared: all others, similar places, or ``places`` named for a reason.
    The newest counts."""

    ALL, SIMILAR, PICKED = "all", "similar", "picked"

    programme = models.ForeignKey(PilotProgramme, on_delete=models.PROTECT, related_name="comparisons")
    way = models.CharField(max_length=16)
    places = models.JSONField(default=list)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.programme_id} {self.way}"
