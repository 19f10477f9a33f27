"""Reports that people asked for, and how far each is."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import LongWork


class Report(LongWork):
    """A report that somebody asked for: on which cases, place and period, in which language, and how far it is.

    Its files lie in a folder named by the token; ``forms`` says which there are.
    """

    source = models.CharField(max_length=64)
    region = models.CharField(max_length=64, db_index=True)
    period = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    as_of = models.DateField(null=True)
    simulated = models.BooleanField(default=False)
    forms = models.JSONField(default=list)
    title_zh = models.CharField(max_length=300, default="")
    title_en = models.CharField(max_length=300, default="")

    def __str__(self) -> str:
        return f"report:{self.token}"

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)
