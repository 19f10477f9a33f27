"""Computations that people asked for on a page and the worker does."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import LongWork


class Errand(LongWork):
    """One act on many cases that a page asked for: which act, about what, and where its result is found.

    ``what`` names the act (see ``evaluation.errands``), ``asked_of`` what it is to be done with, as JSON. ``page`` is
    the page of the result, without its language; the found sentence says what came of it; ``run`` is the evaluation.
    """

    what = models.CharField(max_length=16)
    asked_of = models.JSONField(default=dict)
    source = models.CharField(max_length=64)
    region = models.CharField(max_length=64, db_index=True)
    name_zh = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400)
    page = models.CharField(max_length=400, default="")
    found_zh = models.TextField(default="")
    found_en = models.TextField(default="")
    run = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"errand:{self.token}"

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)

    @property
    def found(self) -> Bilingual:
        """What came of it, in both languages."""
        return Bilingual(self.found_zh, self.found_en)
