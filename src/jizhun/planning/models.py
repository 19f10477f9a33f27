"""What is kept of plans; all that was said stays said."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_planversion", "jizhun_ownplan", "jizhun_outsidefact", "jizhun_adjustment",
               "jizhun_adjustmentstep")
"""Tables whose rows the database itself refuses to change or delete."""


class PlanVersion(models.Model):
    """A whole plan as its data tell it (``rules.plan.read_plan``); the newest of a code holds."""

    code = models.CharField(max_length=64, db_index=True)
    region = models.CharField(max_length=64)
    content = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.code} #{self.pk}"


class OwnPlan(models.Model):
    """What a place says under a plan from above (``rules.plan.own_as_data``), whole; the newest holds."""

    plan = models.CharField(max_length=64)
    region = models.CharField(max_length=64)
    content = models.JSONField()
    reason = models.TextField()
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("plan", "region"), name="own_plan_of_place"),)

    def __str__(self) -> str:
        return f"{self.plan} {self.region} #{self.pk}"


class OutsideFact(models.Model):
    """A figure that the product cannot compute, for a day, with its evidence; the newest row of a day holds."""

    plan = models.CharField(max_length=64)
    measure = models.CharField(max_length=64)
    region = models.CharField(max_length=64)
    on = models.DateField()
    value = models.FloatField()
    source_zh = models.TextField()
    source_en = models.TextField(blank=True)
    evidence = models.JSONField()
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on", "pk")
        indexes = (models.Index(fields=("plan", "measure", "region"), name="fact_of_measure"),)

    def __str__(self) -> str:
        return f"{self.plan}/{self.measure} {self.region} {self.on}"

    @property
    def source(self) -> Bilingual:
        return Bilingual(self.source_zh, self.source_en)


class Adjustment(models.Model):
    """A proposal to adjust the list at a place (``rules.adjusting``): of which item, what, and why."""

    region = models.CharField(max_length=64, db_index=True)
    item = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    beyond = models.BooleanField()
    text_zh = models.TextField()
    text_en = models.TextField(blank=True)
    edition = models.CharField(max_length=64, blank=True)
    simulated = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.region} {self.item} {self.kind}"

    @property
    def text(self) -> Bilingual:
        return Bilingual(self.text_zh, self.text_en)


class AdjustmentStep(models.Model):
    """What was done to a proposal: an assessment with its evidence, or the decision."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    text = models.TextField()
    evidence = models.JSONField()
    seen = models.CharField(max_length=64, blank=True)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.adjustment_id} {self.act}"
