"""Publications with their editions and what waits for review. All that is said is insert-only."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual

APPEND_ONLY = ("jizhun_publication", "jizhun_proposal", "jizhun_proposalreturn", "jizhun_publishededition")
"""Tables whose rows the database itself refuses to change or delete."""


class Publication(models.Model):
    """What is published again and again, or once: indices of one source, place and period. Never changed itself."""

    code = models.CharField(max_length=64, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    region = models.CharField(max_length=64, help_text="region code")
    source = models.CharField(max_length=64)
    simulated = models.BooleanField()
    first = models.DateField()
    last = models.DateField()
    down = models.CharField(max_length=16)
    across = models.CharField(max_length=16, blank=True)
    indices = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> Bilingual:
        """The title in both languages."""
        return Bilingual(self.title_zh, self.title_en)


class Proposal(models.Model):
    """Figures as computed, for somebody else to look at: everything an edition would say, and its hash.

    ``reason``: why an edition that is out is corrected; empty for the first.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="proposals")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    reason_zh = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    as_of = models.DateField()
    maker = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.publication_id}:{self.pk}"

    @property
    def reason(self) -> Bilingual:
        """Why it corrects what is out, in both languages."""
        return Bilingual(self.reason_zh, self.reason_en)


class ProposalReturn(models.Model):
    """A proposal that will not be published: sent back by a reviewer, or taken back by its maker."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="returned")
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.proposal_id} returned"


class PublishedEdition(models.Model):
    """A proposal that was reviewed and published. It is never withdrawn; a later edition replaces it."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="editions")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="edition")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    reviewer = models.CharField(max_length=150)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("publication", "-number")
        constraints = (models.UniqueConstraint(fields=("publication", "number"), name="edition_once_per_number"),)

    def __str__(self) -> str:
        return f"{self.publication_id}/{self.number}"
