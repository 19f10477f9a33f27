"""Negative ratings, what was done about them, and each place's clock. All that is said is insert-only."""

from django.db import models

APPEND_ONLY = ("jizhun_ratingclock", "jizhun_negativerating", "jizhun_ratingact")
"""Tables whose rows the database itself refuses to change or delete."""


class RatingClock(models.Model):
    """A place's own limit for the rectification of negative ratings, from a day on; ``fields`` is its row of data.

    Never changed: a later row of the same place holds from its day on.
    """

    region = models.CharField(max_length=64, db_index=True)
    valid_from = models.DateField()
    fields = models.JSONField()
    owner = models.CharField(max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.region} {self.valid_from}"


class NegativeRating(models.Model):
    """A negative rating as it stood when it was first seen: the item that the handling place works on.

    All keys are the pseudonymous ones of the lake; nobody's words are here. ``reasons``: codes of categories.
    """

    source = models.CharField(max_length=64)
    review_key = models.CharField(max_length=200)
    case_key = models.CharField(max_length=200, blank=True)
    visit_key = models.CharField(max_length=200, blank=True)
    matter = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=64, db_index=True)
    channel = models.CharField(max_length=16)
    grade = models.PositiveSmallIntegerField()
    rated_on = models.DateField(db_index=True)
    reasons = models.JSONField(default=list)
    has_text = models.BooleanField(default=False)
    anonymous = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "review_key"), name="negative_rating_once"),)

    def __str__(self) -> str:
        return f"{self.source}:{self.review_key}"


class RatingAct(models.Model):
    """One act on a negative rating; ``number`` counts those of one rating, so that two at once cannot both be kept."""

    rating = models.ForeignKey(NegativeRating, on_delete=models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    on = models.DateField()
    text = models.TextField(blank=True)
    reached = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    upheld = models.BooleanField(null=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("rating_id", "number")
        constraints = (models.UniqueConstraint(fields=("rating", "number"), name="rating_act_once"),)

    def __str__(self) -> str:
        return f"{self.rating_id}.{self.number} {self.kind}"
