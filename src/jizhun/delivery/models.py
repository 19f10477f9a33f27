"""What is kept of deliveries: who hands case records in, and what became of each file. Cases are in the lake."""

from typing import ClassVar

from django.db import models

from jizhun.kernel.bilingual import Bilingual


class Source(models.Model):
    """A system that hands in case records. ``region``: the place within which all of its cases lie.

    ``calendar``: the country whose working days count, with a part of it where it has days off of its own
    ("CN", "US-MA").
    """

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    region = models.CharField(max_length=64, help_text="region code")
    calendar = models.CharField(max_length=10, default="CN")
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> Bilingual:
        """The name in both languages."""
        return Bilingual(self.name_zh, self.name_en)


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches by what became of them."""

    def loaded(self) -> "BatchQuerySet":
        """Those whose rows are in the lake."""
        return self.filter(state=Batch.LOADED)

    def of_cases(self) -> "BatchQuerySet":
        """Those that brought case records, not steps of cases."""
        return self.filter(kind=Batch.CASES)


class Batch(models.Model):
    """One file that was handed in. Its number stands in every case record that it brought.

    The same content with the same mapping for the same source is the same batch: ``content_hash`` and
    ``mapping_hash`` are SHA-256; ``directory_hash`` tells what its words were looked up in. ``share`` (0 to 1) tells
    how far a running one has come; it runs as long as somebody works in the lake's staging folder ``staging``.
    ``kind`` says what its rows are: case records, steps of cases (an event log), or ratings. ``path`` is where the file
    was, so that what was cut off can begin anew. ``stop_asked``: somebody does not want a running one any more.
    """

    CASES, STEPS, REVIEWS = "cases", "steps", "reviews"
    KINDS = ((CASES, "case records"), (STEPS, "steps of cases"), (REVIEWS, "ratings"))
    RUNNING, LOADED, REFUSED, INTERRUPTED, REMOVED = "running", "loaded", "refused", "interrupted", "removed"
    CANCELLED = "cancelled"
    CUT_OFF = (INTERRUPTED, CANCELLED)
    STATES = (
        (RUNNING, "running"),
        (LOADED, "loaded"),
        (REFUSED, "refused"),
        (INTERRUPTED, "interrupted"),
        (REMOVED, "removed"),
        (CANCELLED, "cancelled"),
    )

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=8, choices=KINDS, default=CASES)
    file_name = models.CharField(max_length=255)
    content_hash = models.CharField(max_length=64, db_index=True)
    mapping_name = models.CharField(max_length=255)
    mapping_hash = models.CharField(max_length=64)
    mapping_text = models.TextField()
    directory_hash = models.CharField(max_length=64, blank=True, default="")
    staging = models.CharField(max_length=64, blank=True, default="")
    data_day = models.DateField(help_text="the day up to which open cases and open suspensions are counted")
    calendar_version = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=12, choices=STATES, default=RUNNING)
    share = models.FloatField(default=0)
    rows_read = models.PositiveBigIntegerField(default=0)
    rows_good = models.PositiveBigIntegerField(default=0)
    rows_bad = models.PositiveBigIntegerField(default=0)
    rows_replaced = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lake_version = models.BigIntegerField(null=True, blank=True)
    reject_file = models.CharField(max_length=255, blank=True, default="", help_text="below the files folder")
    message_zh = models.TextField(blank=True, default="")
    message_en = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    path = models.TextField(blank=True, default="")
    stop_asked = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Batch"]] = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("source", "content_hash", "mapping_hash"), name="batch_same_file"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def message(self) -> Bilingual:
        """What its sender should know, in both languages, a line each."""
        return Bilingual(self.message_zh, self.message_en)


class Retirement(models.Model):
    """Months of a source that leave the lake: announced first, carried out on ``due_on`` at the earliest.

    All months up to ``last_month`` (yyyymm), with so many ``cases`` when it was announced, ``gone`` when it was done.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="retirements")
    last_month = models.PositiveIntegerField()
    cases = models.PositiveBigIntegerField()
    announced_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    gone = models.PositiveBigIntegerField(default=0)
    called_off_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.source_id} {self.last_month}"

    @property
    def is_open(self) -> bool:
        """Announced, and neither done nor called off."""
        return self.done_at is None and self.called_off_at is None
