"""What was decided when the area of one place passed to another."""

from django.db import models


class Carried(models.Model):
    """One thing that the old place said, and what became of it at the new one: carried over or left.

    ``sort``: promise or guide; ``key`` names the thing (``rules.carrying``); ``fingerprint``: of what was looked at.
    """

    CARRY, LEAVE = "carry", "leave"

    old = models.CharField(max_length=64)
    new = models.CharField(max_length=64, db_index=True)
    on = models.DateField()
    sort = models.CharField(max_length=16)
    key = models.CharField(max_length=300)
    verdict = models.CharField(max_length=8)
    reason = models.TextField()
    fingerprint = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.old} > {self.new} {self.key} {self.verdict}"
