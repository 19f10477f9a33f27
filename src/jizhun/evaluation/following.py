"""Did it happen that way? The steps of received cases held against a procedure, with everything a reader may ask."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.engines import Inputs, engine
from jizhun.analytics.following.flow import Flow, tables
from jizhun.analytics.following.sql import WANTED, Asked, following, text
from jizhun.catalogue.models import Matter
from jizhun.delivery.models import Batch
from jizhun.evaluation.actions import check_period, is_simulated, labels_of, level_below
from jizhun.evaluation.inputs import day_number, number_of_cases, step_inputs, step_lake
from jizhun.evaluation.models import Run
from jizhun.evaluation.rules.following import Followed, Share, followed_from
from jizhun.evaluation.rules.procedures import followed_flow
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.procedures.rules.base import base_steps
from jizhun.procedures.rules.steps import read_steps
from jizhun.regions.actions import tree

INDEX = "followed"
"""What a run of this kind is called."""
SMALLEST_SIMULATED = 1
"""Simulated cases are nobody's, so nothing has to be hidden."""


@dataclass(frozen=True)
class Result:
    """Whether the cases of a matter in a place followed their procedure.

    ``with_steps``: cases with steps on record, of all case records of the matter there. ``as_of`` is the data date of
    the steps; ``places`` names the units of ``figures.places``. ``run`` keeps the SQL and what it was computed from.
    """

    figures: Followed
    matter: tuple[str, Bilingual]
    region: tuple[str, Bilingual] | None
    source: str
    with_steps: Share
    as_of: date
    simulated: bool
    places: Mapping[int, tuple[str, Bilingual]]
    run: Run


def followed(*, matter: str, region: str | None = None, source: str | None = None, flow: Flow | None = None,
             first: date | None = None, last: date | None = None, engine_name: str | None = None) -> Result:
    """Hold the steps of the cases of ``matter`` accepted from ``first`` to ``last`` against a procedure.

    ``region``: only this place and all below it, counted by the places one level below. ``source``: who handed the
    cases in; may be left out where only one did. ``flow``: the procedure; the national base one where it is left out.
    A question with the same inputs is answered from the kept run. Raises Refused for anything unknown.
    """
    check_period(first, last)
    subject = _matter(matter)
    source = source or _only_source(matter)
    as_of = _data_date(source)
    procedure = flow or base_flow(subject.code, subject.kind)
    inputs = step_inputs(source=source, region=region, first=first, last=last, as_of=as_of, level=level_below(region))
    asked = Asked((subject.pk,), day_number(first) if first else -FAR_DAY, day_number(last) if last else FAR_DAY)
    run = _run(asked, procedure, inputs, {"matter": matter, "region": region, "source": source, "as_of": str(as_of),
                                          "first": str(first), "last": str(last)}, engine_name or settings.ENGINE)
    simulated = is_simulated(source)
    figures = followed_from(run.figures, procedure, **({"smallest": SMALLEST_SIMULATED} if simulated else {}))
    counted = figures.followed.of + figures.open_off.of
    if not counted:
        raise Refused(zh=f"来源“{source}”没有“{matter}”的环节记录。",
                      en=f"“{source}” has no steps on record for “{matter}”.")
    number = number_of_cases(inputs, source=source, matters=asked.matters, first=first, last=last)
    return Result(figures, (subject.code, Bilingual(subject.name_zh, subject.name_en)), _region(region), source,
                  Share(counted, max(counted, number)), as_of, simulated,
                  labels_of("region", {row.place for row in figures.places}), run)


def base_flow(matter: str, kind: str) -> Flow:
    """The national base procedure of a matter as pairs of steps; Refused where there is none."""
    file = Path(settings.DATA_DIR) / "procedures" / "base.yaml"
    return _base_flow(file, file.stat().st_mtime_ns, matter, kind)


@lru_cache(maxsize=256)
def _base_flow(file: Path, _written: int, matter: str, kind: str) -> Flow:
    return followed_flow(read_steps(base_steps(_base(file, _written), matter, kind)))


@lru_cache(maxsize=1)
def _base(file: Path, _written: int) -> Any:
    return yaml_of(file.read_bytes(), file.name)


def _matter(code: str) -> Matter:
    found = Matter.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有代码为“{code}”的事项。", en=f"There is no matter “{code}”.")
    return found


def _region(code: str | None) -> tuple[str, Bilingual] | None:
    return None if code is None else (code, tree().known(code).name)


def _only_source(matter: str) -> str:
    """The one source that steps are on record of."""
    known = sorted(step_lake().sources())
    if len(known) == 1:
        return known[0]
    if not known:
        raise Refused(zh="还没有任何环节记录：请先用 jizhun steps 报送。",
                      en="No steps are on record yet: hand them in with jizhun steps.")
    raise Refused(zh=f"“{matter}”的环节记录来自哪个来源？现有：{'、'.join(known)}。",
                  en=f"Whose steps of “{matter}”? There are sources {', '.join(known)}.")


def _data_date(source: str) -> date:
    """The latest day that the source's steps tell about."""
    loaded = Batch.objects.loaded().filter(source__code=source, kind=Batch.STEPS)
    day = loaded.aggregate(day=Max("data_day"))["day"]
    if day is None:
        known = ", ".join(sorted(step_lake().sources())) or "-"
        raise Refused(zh=f"来源“{source}”没有环节记录；已有来源：{known}。",
                      en=f"There are no steps of a source “{source}”; there are: {known}.")
    return day  # type: ignore[no-any-return]


# -- runs ------------------------------------------------------------------------------------------


def _run(asked: Asked, flow: Flow, inputs: Inputs, parameters: Mapping[str, Any], name: str) -> Run:
    """The kept run with these inputs, or a new one."""
    version, told = step_lake().version(), _told(flow)
    procedure = hashlib.sha256(told.encode()).hexdigest()
    places = inputs.tables["places"].to_pydict()
    whole = json.dumps([INDEX, dict(parameters), version, procedure, places, name], sort_keys=True)
    fingerprint = hashlib.sha256(whole.encode()).hexdigest()
    kept = Run.objects.filter(fingerprint=fingerprint).first()
    if kept is not None:
        return kept
    runner, start, parts = engine(name, settings.SPARK_MASTER), time.perf_counter(), following(asked, flow)
    found = runner.run(parts, WANTED, Inputs(inputs.files, {**inputs.tables, **tables(flow)}, inputs.table))
    rows = {name: table.to_pylist() for name, table in found.items()}
    with transaction.atomic():
        return Run.objects.create(
            index=INDEX, source=parameters["source"], parameters=dict(parameters), lake_version=version,
            revisions="", limits_hash=procedure, fingerprint=fingerprint, sql=text(parts), engine=runner.name,
            engine_version=runner.version, seconds=time.perf_counter() - start,
            cases=sum(row["n"] for row in rows["cases_by_verdict"]), figures=rows)


def _told(flow: Flow) -> str:
    """Everything of a procedure on which the counts depend."""
    parts: Sequence[Any] = (sorted(flow.starts), sorted(flow.ends), sorted(flow.follows), sorted(flow.always))
    return json.dumps(parts)


__all__ = ["Result", "base_flow", "followed"]
