"""The lakes of this instance, as its settings place them: the cases, and their steps beside them."""

from pathlib import Path

from django.conf import settings

from jizhun.analytics.cases import CASES, Table
from jizhun.analytics.following.steps import STEPS
from jizhun.analytics.lake import Lake
from jizhun.analytics.lake.store import Store, bucket, folder
from jizhun.analytics.rating.reviews import REVIEWS
from jizhun.delivery.models import Batch


def lake() -> Lake:
    """The lake of case records."""
    return _lake(CASES)


def step_lake() -> Lake:
    """The lake of the cases' steps."""
    return _lake(STEPS)


def review_lake() -> Lake:
    """The lake of ratings."""
    return _lake(REVIEWS)


def lake_of(kind: str) -> Lake:
    """Where the rows of a batch of this kind are."""
    return {Batch.STEPS: step_lake, Batch.REVIEWS: review_lake}.get(kind, lake)()


def _lake(table: Table) -> Lake:
    return Lake(Path(settings.LAKE), table, _store(settings.LAKE_ADDRESS, table), settings.KEEP_VERSIONS)


def _store(address: str, table: Table) -> Store | None:
    """Where the table lies; None: in the lake's own folder."""
    if not address:
        return None
    if "://" not in address:
        return folder(Path(address).expanduser().resolve() / table.name)
    return bucket(f"{address.rstrip('/')}/{table.name}", endpoint=settings.LAKE_ENDPOINT, region=settings.LAKE_REGION)
