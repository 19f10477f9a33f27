"""What is kept of an evaluation: the run with everything needed to make it again."""

from django.conf import settings
from django.db import models


class Run(models.Model):
    """One evaluation: inputs by hash, the SQL, engine and version, and the figures it gave."""

    index = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    parameters = models.JSONField()
    lake_version = models.BigIntegerField()
    revisions = models.CharField(max_length=200)
    limits_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, db_index=True)
    sql = models.TextField()
    engine = models.CharField(max_length=16)
    engine_version = models.CharField(max_length=32)
    seconds = models.FloatField()
    cases = models.BigIntegerField()
    figures = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.index} {self.source} {self.at:%Y-%m-%d}"
