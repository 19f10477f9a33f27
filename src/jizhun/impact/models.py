"""What is kept of impact: that somebody saw what a change would do. It stays said."""

from django.db import models

from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_impactlist",)
"""Tables whose rows the database itself refuses to change or delete."""


class ImpactList(models.Model):
    """A change that somebody means to publish, and what it would touch as it was seen.

    ``said`` holds the change (``rules.kinds.Change``); ``mark`` is the word for the change and the rooms' state then
    (``regions.actions.mark_of``); ``counts``: kind of dependant -> how many. ``found`` is the list itself as it was
    seen (``rules.hits.Hit``, costs, how many follow by themselves): once published it could not be computed again.
    """

    token = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16)
    said = models.JSONField()
    title_zh = models.CharField(max_length=400)
    title_en = models.CharField(max_length=400)
    region = models.CharField(max_length=64, db_index=True, help_text="region code: where it would be published")
    on = models.DateField()
    mark = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    found = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"impact:{self.token}"

    @property
    def change(self) -> Change:
        return Change(self.kind, self.said)

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)
