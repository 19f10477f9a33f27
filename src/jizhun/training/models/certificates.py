"""Qualifications and certificates. All insert-only: a certificate's standing is worked out when it is read."""

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.training.rules.certificates import Held, Learned, Renewal, read_learned, shown_name

APPEND_ONLY = ("jizhun_qualificationversion", "jizhun_certificate", "jizhun_certificaterenewal",
               "jizhun_certificaterevocation", "jizhun_certificatename")
"""Tables whose rows the database itself refuses to change or delete."""


class QualificationVersion(models.Model):
    """What a certificate says of its holder, in one of its versions.

    ``covers``: ``[{"kind", "key"}]``, with ``@`` in a key for the place of the certificate. ``passing``: hundredths of
    a hundred. ``region``: whose trainers keep it; it is issued there and below.
    """

    code = models.CharField(max_length=64, db_index=True)
    number = models.PositiveIntegerField()
    region = models.CharField(max_length=64, help_text="region code")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    about_zh = models.TextField(help_text="what its holder has learned, and how it is earned")
    about_en = models.TextField()
    role = models.CharField(max_length=40, blank=True, help_text="role code, empty for everybody")
    covers = models.JSONField()
    months = models.PositiveIntegerField()
    grace_days = models.PositiveIntegerField()
    passing = models.PositiveIntegerField()
    simulated = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("code", "-number")
        constraints = (models.UniqueConstraint(fields=("code", "number"), name="qualification_version_once"),)

    def __str__(self) -> str:
        return f"{self.code}/{self.number}"

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)

    @property
    def about(self) -> Bilingual:
        """What its holder has learned."""
        return Bilingual(self.about_zh, self.about_en)


class Certificate(models.Model):
    """One certificate as it was issued. ``sources``: what it covers, as learned (``rules.certificates.Learned``).

    ``evidence`` names what it was earned by; ``holder_name`` is printed on it; ``status_index`` is its bit in the
    lists of status. The number is drawn, so that nobody finds others by counting.
    """

    number = models.CharField(max_length=32, unique=True)
    qualification = models.ForeignKey(QualificationVersion, on_delete=models.PROTECT, related_name="certificates")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="certificates")
    holder_name = models.CharField(max_length=100)
    region = models.CharField(max_length=64, db_index=True, help_text="the place for which it was issued")
    issued_on = models.DateField()
    expires_on = models.DateField()
    sources = models.JSONField()
    evidence = models.CharField(max_length=300)
    mark = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField(unique=True)
    simulated = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-issued_on", "-pk")

    def __str__(self) -> str:
        return self.number

    def fact(self) -> Held:
        """The certificate as the rules know it."""
        revoked = min((one.on for one in self.revocations.all()), default=None)
        return Held(_learned(self.sources), self.issued_on, self.expires_on, self.qualification.grace_days,
                    tuple(Renewal(one.on, _learned(one.sources)) for one in self.renewals.all()), revoked)

    @property
    def shown(self) -> str:
        """The name as its holder chose to show it; the first character where nothing was chosen."""
        chosen = max(self.names.all(), key=lambda one: one.pk, default=None)
        return shown_name(self.holder_name, chosen.shown if chosen else "part")


def _learned(rows: list[dict[str, object]]) -> tuple[Learned, ...]:
    return tuple(read_learned(row) for row in rows)


class CertificateRenewal(models.Model):
    """A refresher that was passed: ``sources`` are the parts that had changed, as learned anew."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="renewals")
    on = models.DateField()
    sources = models.JSONField()
    evidence = models.CharField(max_length=300)
    mark = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.on}"


class CertificateRevocation(models.Model):
    """From this day a certificate no longer counts."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="revocations")
    on = models.DateField()
    reason = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("certificate",), name="certificate_revoked_once"),)

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.on}"


class CertificateName(models.Model):
    """How a holder chose to be named on the public page; the last one counts."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="names")
    shown = models.CharField(max_length=8)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.shown}"
