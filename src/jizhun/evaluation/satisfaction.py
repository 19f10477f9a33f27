"""What do people say of it? The ratings on record counted, and beside them who it is that rates."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.engines import Inputs, engine
from jizhun.analytics.following.sql import text
from jizhun.analytics.plan import TooWide
from jizhun.analytics.rating.reviews import APPEALED, REVIEWS, VOID
from jizhun.analytics.rating.sql import Asked, hearing, rating, wanted
from jizhun.analytics.sql import Step
from jizhun.catalogue.models import Matter
from jizhun.delivery.lakes import lake, review_lake
from jizhun.delivery.lookup import reason_catalogue
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.reviewing import Catalogue
from jizhun.evaluation.actions import (
    check_period,
    data_date,
    is_simulated,
    labels_of,
    level_below,
    plan_of,
)
from jizhun.evaluation.inputs import day_number, prepare, review_inputs
from jizhun.evaluation.models import RatingAct, Run
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.rated import Heard, Rated, heard_from, rated_from
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.regions.actions import tree

RATED, HEARD = "satisfaction", "who-rates"
"""What runs of these kinds are called."""
Labels = Mapping[str, Mapping[int, tuple[str, Bilingual]]]


@dataclass(frozen=True)
class Result:
    """What people say of the services of a place, and who says it.

    ``labels``: dimension -> number -> code and name. ``heard`` is None where no cases are on record: then it is not
    known how many could have rated. ``smallest``: numbers below it are not published (1: simulated, all is shown).
    """

    rated: Rated
    heard: Heard | None
    listed: Catalogue
    labels: Labels
    region: tuple[str, Bilingual] | None
    source: str
    as_of: date
    simulated: bool
    run: Run
    heard_run: Run | None

    @property
    def smallest(self) -> int:
        return 1 if self.simulated else SMALLEST_PUBLISHED


def satisfaction(*, source: str | None = None, region: str | None = None, matter: str | None = None,
                 first: date | None = None, last: date | None = None, engine_name: str | None = None,
                 who: bool = True) -> Result:
    """The ratings given from ``first`` to ``last``, one for each visit or matter, in ``region`` and all below it.

    Counted by the places one level below. ``source`` may be left out where only one handed ratings in. Beside them the
    cases accepted in the same days and finished, with their ratings: who rates (without ``who`` no case is read).
    Ratings under appeal count neither way, those that were found mistaken not at all. A question with the same inputs
    is answered from the kept run.
    Raises Refused for anything unknown.
    """
    check_period(first, last)
    source = source or only_source()
    as_of = reviews_up_to(source)
    numbers = _matters(matter)
    inputs = review_inputs(source=source, region=region, first=first, last=last, as_of=as_of, level=level_below(region))
    inputs = replace(inputs, tables={**inputs.tables, "standings": standings(source)})
    listed = reason_catalogue()
    asked = Asked(day_number(first) if first else -FAR_DAY, day_number(last) if last else FAR_DAY, numbers,
                  tuple(one.number for one in listed.categories))
    said = {"region": region, "matter": matter, "first": str(first), "last": str(last), "as_of": str(as_of)}
    run = _run(RATED, source, said, rating(asked), inputs, engine_name or settings.ENGINE)
    rated = rated_from(run.figures, listed)
    heard_run = _heard(source, region, first, last, inputs, said, engine_name or settings.ENGINE) \
        if matter is None and who else None
    heard = heard_from(heard_run.figures) if heard_run else None
    return Result(rated, heard, listed, _labels(rated, heard), _region(region), source, as_of,
                  is_simulated(source), run, heard_run)


def reviews_up_to(source: str) -> date:
    """The latest day that the source's ratings tell about; Refused where it handed none in."""
    loaded = Batch.objects.loaded().filter(source__code=source, kind=Batch.REVIEWS)
    day = loaded.aggregate(day=Max("data_day"))["day"]
    if day is None:
        known = ", ".join(sorted(review_lake().sources())) or "-"
        raise Refused(zh=f"来源“{source}”没有评价；已有来源：{known}。",
                      en=f"There are no ratings of a source “{source}”; there are: {known}.")
    return day  # type: ignore[no-any-return]


def only_source() -> str:
    """The one source that ratings are on record of."""
    known = sorted(review_lake().sources())
    if len(known) == 1:
        return known[0]
    if not known:
        raise Refused(zh="还没有任何评价：请先用 jizhun reviews 报送。",
                      en="No ratings are on record yet: hand them in with jizhun reviews.")
    raise Refused(zh=f"哪个来源的评价？现有：{'、'.join(known)}。",
                  en=f"Whose ratings? There are sources {', '.join(known)}.")


def standings(source: str) -> pa.Table:
    """The negative ratings that do not simply count: under appeal, or found mistaken or malicious."""
    rows = RatingAct.objects.filter(rating__source=source, kind__in=("appeal", "decide")).order_by("rating", "number")
    found: dict[str, int] = {}
    for key, kind, upheld in rows.values_list("rating__review_key", "kind", "upheld"):
        found[key] = APPEALED if kind == "appeal" else VOID if upheld else 0
    kept = {key: standing for key, standing in found.items() if standing}
    return pa.table({"review_key": pa.array(kept, pa.string()), "standing": pa.array(kept.values(), pa.int8())})


# -- inside ----------------------------------------------------------------------------------------


def _heard(source: str, region: str | None, first: date | None, last: date | None, reviews: Inputs,
           said: Mapping[str, Any], engine_name: str) -> Run | None:
    """Who rates, among the cases of the same source; None where it handed none in."""
    try:
        at = data_date(source)
        prepared = prepare(source=source, region=region, first=first, last=last, as_of=at, level=level_below(region))
        plan = plan_of(("whole",), ("region",), first, last, at, prepared)
    except (Refused, TooWide):
        return None
    plan = replace(plan, as_of_wd=None)
    ratings = review_lake().files(sources=[source])
    tables = {**prepared.inputs.tables, "standings": reviews.tables["standings"]}
    inputs = Inputs(prepared.inputs.files, tables, beside=((REVIEWS, ratings),))
    return _run(HEARD, source, {**said, "cases": str(at)}, hearing(plan), inputs, engine_name, prepared.revisions,
                prepared.limits_hash)


def _run(index: str, source: str, parameters: Mapping[str, Any], parts: Sequence[Step], inputs: Inputs, name: str,
         revisions: str = "", limits: str = "") -> Run:
    """The kept run with these inputs, or a new one."""
    versions = [review_lake().version(), lake().version() if index == HEARD else 0]
    tables = [_digest(inputs.tables[one]) for one in ("places", "standings")]
    whole = json.dumps([index, source, dict(parameters), versions, tables, limits, name, text(parts)], sort_keys=True)
    fingerprint = hashlib.sha256(whole.encode()).hexdigest()
    kept = Run.objects.filter(fingerprint=fingerprint).first()
    if kept is not None:
        return kept
    runner, start = engine(name, settings.SPARK_MASTER), time.perf_counter()
    rows = {one: table.to_pylist() for one, table in runner.run(parts, wanted(parts), inputs).items()}
    counted = rows["heard_by_place" if index == HEARD else "by_place"]
    with transaction.atomic():
        return Run.objects.create(
            index=index, source=source, parameters=dict(parameters), lake_version=versions[0], revisions=revisions,
            limits_hash=limits, fingerprint=fingerprint, sql=text(parts), engine=runner.name,
            engine_version=runner.version, seconds=time.perf_counter() - start,
            cases=sum(row["n"] for row in counted), figures=rows)


def _digest(table: pa.Table) -> str:
    """Changes when a row of the table does."""
    return hashlib.sha256(json.dumps(table.to_pydict()).encode()).hexdigest()


def _matters(code: str | None) -> tuple[int, ...]:
    if code is None:
        return ()
    found = Matter.objects.filter(code=code).values_list("pk", flat=True)
    if not found:
        raise Refused(zh=f"没有代码为“{code}”的事项。", en=f"There is no matter “{code}”.")
    return tuple(found)


def _region(code: str | None) -> tuple[str, Bilingual] | None:
    return None if code is None else (code, tree().known(code).name)


def _labels(rated: Rated, heard: Heard | None) -> Labels:
    codes: dict[str, set[int]] = {name: {*some} for name, some in rated.by.items()}
    for name, some in (heard.by if heard else {}).items():
        codes.setdefault(name, set()).update(some)
    named = {name: labels_of("region" if name == "place" else name, some) for name, some in codes.items()}
    named["matter"] = {0: ("", Bilingual("未注明事项", "No matter told")), **named["matter"]}
    return named


__all__ = ["Result", "only_source", "reviews_up_to", "satisfaction", "standings"]
