"""Reports that people asked for, and how far each is."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual


class Report(models.Model):
    """A report that somebody asked for: on which cases, place and period, in which language, and how far it is.

    Its files lie in a folder named by the token; ``forms`` says which there are.
    """

    WAITING, RUNNING, DONE = "waiting", "running", "done"
    REFUSED, FAILED, CANCELLED = "refused", "failed", "cancelled"

    token = models.CharField(max_length=64, unique=True)
    by = models.CharField(max_length=150, db_index=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=16)
    share = models.FloatField(default=0)
    to_stop = models.BooleanField(default=False)
    source = models.CharField(max_length=64)
    region = models.CharField(max_length=64, db_index=True)
    period = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    as_of = models.DateField(null=True)
    simulated = models.BooleanField(default=False)
    forms = models.JSONField(default=list)
    title_zh = models.CharField(max_length=300, default="")
    title_en = models.CharField(max_length=300, default="")
    sentence_zh = models.TextField(default="")
    sentence_en = models.TextField(default="")
    seconds = models.FloatField(default=0)

    class Meta:
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"report:{self.token}"

    @property
    def moving(self) -> bool:
        """Whether it will go on without anybody's doing."""
        return self.state in (self.WAITING, self.RUNNING)

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)

    @property
    def told(self) -> Bilingual:
        """Why it was refused, or why a form of it is missing."""
        return Bilingual(self.sentence_zh, self.sentence_en)

    @property
    def percent(self) -> int:
        return int(self.share * 100)
