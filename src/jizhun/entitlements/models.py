"""What is kept of entitlements: the facts that are asked, each entitlement, and its versions, insert-only."""

from datetime import date
from typing import Any

from django.db import models

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR
from jizhun.people.models import LongWork


class FactRow(models.Model):
    """A fact as loaded; ``fields`` is its row of facts.yaml, ``place`` its place in the order of questions."""

    code = models.CharField(max_length=64, unique=True)
    place = models.IntegerField()
    fields = models.JSONField()

    def __str__(self) -> str:
        return self.code


class EntitlementRow(models.Model):
    """An entitlement as such; ``fields`` is its row without the versions."""

    code = models.CharField(max_length=64, unique=True)
    place = models.IntegerField()
    fields = models.JSONField()

    def __str__(self) -> str:
        return self.code


class RuleVersion(models.Model):
    """What one place says of one entitlement from a day on. Never changed: superseded by the next of its place.

    ``seq`` comes from the room's one locked revision row; ``fingerprint`` is the SHA-256 of everything said.
    """

    entitlement = models.CharField(max_length=64, db_index=True)
    region = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_until = models.DateField(default=FAR)
    fields = models.JSONField()
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    seq = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.entitlement}/{self.region} {self.valid_from}"

    def said(self) -> dict[str, Any]:
        """The row as the rules read it."""
        return dict(self.fields)


def known_by(day: date | None) -> "models.QuerySet[RuleVersion]":
    """The versions on record at the end of a day, in the order in which they were recorded."""
    rows = RuleVersion.objects.order_by("seq", "pk")
    return rows if day is None else rows.filter(recorded_on__lte=day)


class WhatIf(LongWork):
    """A scenario that somebody asked for, and what came of it: aggregates only, never the people of a file.

    ``scenario`` is what was supposed, ``asked_of`` where the people come from: a shipped population with its number of
    rows, or a file with its mapping. ``people`` and ``outcome`` are what ``whatif.reporting`` lets through.
    """

    MATCHING = "matching"

    scenario = models.JSONField()
    asked_of = models.JSONField()
    population_zh = models.CharField(max_length=255)
    population_en = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, default="")
    synthetic = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    people = models.JSONField(default=dict)
    outcome = models.JSONField(null=True)
    revisions = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"what-if:{self.token}"

    @property
    def population(self) -> Bilingual:
        return Bilingual(self.population_zh, self.population_en)
