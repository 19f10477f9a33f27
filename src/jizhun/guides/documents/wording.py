"""The words that a guide's products need beside the guide itself."""

from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions import chapters, claim_of
from jizhun.guides.documents.outline import Words
from jizhun.guides.rules.guide import Guide
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import labels
from jizhun.provisions.models import Document
from jizhun.regions.actions import tree, version


def words_for(guide: Guide) -> Words:
    """What the codes of this guide are called."""
    held, known = tree(), catalogue()
    shown = [point.region for one in guide.shown for point in one.points]
    places = {code: held.known(code).name for code in {*guide.path, *shown}}
    papers, sources = named_papers(version("provisions"))
    claim = claim_of(matter=guide.matter, region=guide.region, on=guide.on)
    return Words(chapters(), places, papers, sources,
                 {code: one.name for code, one in known.wider.items()}, labels(),
                 {claim.other: known.matter(claim.other).name} if claim.other else {},
                 known.items[guide.item], claim, known.matter(guide.matter).example)


@lru_cache(maxsize=2)
def named_papers(_version: str) -> tuple[dict[str, Bilingual], dict[str, Bilingual]]:
    """Titles by code and by address of the papers on record."""
    papers = [row.fact() for row in Document.objects.all()]
    by_address = {one.source: one.title for one in papers if "://" in one.source}
    return {one.code: one.title for one in papers}, by_address | named_sources()


@lru_cache(maxsize=1)
def named_sources() -> dict[str, Bilingual]:
    """Address -> title of what is read there, of the catalogue's list of sources."""
    rows: dict[str, Any] = yaml.safe_load((settings.DATA_DIR / "catalogue" / "sources.yaml").read_text("utf-8"))
    return {str(one["source"]): Bilingual(str(one.get("title_zh") or ""), str(one.get("title_en") or ""))
            for one in rows["sources"].values() if "://" in str(one["source"])}
