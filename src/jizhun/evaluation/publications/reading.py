"""Publications as they stand: editions that are out, and what waits for review."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from jizhun.evaluation.models import Proposal, Publication, PublishedEdition
from jizhun.evaluation.rules.publishing import Content
from jizhun.kernel.bilingual import Refused


class NoSuchEdition(Refused):
    """There is no such publication or edition; doors answer 404."""


@dataclass(frozen=True, slots=True)
class Out:
    """A publication that is out, and its newest edition."""

    publication: Publication
    edition: PublishedEdition


def publications(*, within: Collection[str] | None = None) -> list[Out]:
    """Publications with an edition, those published last first; of places in ``within`` where that is given."""
    newest_of = PublishedEdition.objects.filter(publication=OuterRef("publication")).order_by("-number")
    rows = PublishedEdition.objects.filter(pk=Subquery(newest_of.values("pk")[:1])).select_related(
        "publication", "proposal").order_by("-published_at", "-pk")
    return [Out(one.publication, one) for one in rows if within is None or one.publication.region in within]


def known(code: str) -> Publication:
    """The publication with this code; raises NoSuchEdition."""
    found = Publication.objects.filter(code=code).first()
    if found is None:
        raise NoSuchEdition(zh=f"没有代码为“{code}”的发布。", en=f"There is no publication “{code}”.")
    return found


def editions(publication: Publication) -> list[PublishedEdition]:
    """Its editions, the newest first."""
    return list(publication.editions.select_related("proposal", "publication").order_by("-number"))


def newest(publication: Publication) -> PublishedEdition | None:
    """The edition that counts now, if one is out."""
    return next(iter(editions(publication)), None)


def edition(code: str, number: int | None = None) -> PublishedEdition:
    """One edition, the newest where no number is named; raises NoSuchEdition."""
    found = [one for one in editions(known(code)) if number in (None, one.number)]
    if not found:
        raise NoSuchEdition(zh=f"“{code}”没有这一版。", en=f"There is no such edition of “{code}”.")
    return found[0]


def last_content(publication: Publication) -> Content | None:
    """What the edition that is out says."""
    out = newest(publication)
    return out.proposal.content if out else None


def waiting(publication: Publication) -> Proposal | None:
    """What was made and neither published nor put back."""
    return publication.proposals.filter(edition=None, returned=None).first()
