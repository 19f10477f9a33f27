"""Did it happen that way? The steps of received cases held against a procedure, with everything a reader may ask."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.engines import DuckDB, Inputs, engine
from jizhun.analytics.following.flow import Flow, tables
from jizhun.analytics.following.sql import WANTED, Asked, following, text
from jizhun.analytics.following.steps import STEPS
from jizhun.analytics.lake import LakeFile
from jizhun.catalogue.models import Matter
from jizhun.delivery.lakes import step_lake
from jizhun.delivery.models import Batch, Source
from jizhun.evaluation.actions import check_period, is_simulated, labels_of, level_below
from jizhun.evaluation.inputs import day_number, days_of_acceptance, last_path, number_of_cases, step_inputs
from jizhun.evaluation.models import Run
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.following import Followed, Share, followed_from
from jizhun.evaluation.rules.procedures import followed_flow
from jizhun.guides.actions import PROCEDURE, words_of
from jizhun.guides.models import LayerVersion
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.procedures.actions import recorded_steps
from jizhun.procedures.rules import read_steps
from jizhun.procedures.rules.base import base_steps
from jizhun.regions.actions import tree
from jizhun.regions.models import Region

INDEX = "followed"
"""What a run of this kind is called."""
STEPS_FIELD = "steps"
"""The field of a procedure that holds its table of steps."""


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
             first: date | None = None, last: date | None = None, level: int | None = None,
             engine_name: str | None = None) -> Result:
    """Hold the steps of the cases of ``matter`` accepted from ``first`` to ``last`` against the procedure.

    ``region``: only this place and all below it, counted by the places at ``level`` (default: one below).
    ``source``: who handed the cases in; may be left out where only one did. Each case is held against the procedure
    that counted at its own place on the day it was accepted, or all against ``flow``. A question with the same inputs
    is answered from the kept run. Raises Refused for anything unknown.
    """
    check_period(first, last)
    subject, source = _matter(matter), source or _only_source(matter)
    as_of = _data_date(source)
    inputs = step_inputs(source=source, region=region, first=first, last=last, as_of=as_of,
                         level=level or level_below(region))
    flows, inputs = _held_against(subject, region or _home(source), min(as_of, last or as_of), inputs, flow)
    asked = Asked((subject.pk,), day_number(first) if first else -FAR_DAY, day_number(last) if last else FAR_DAY,
                  inputs.tables["stopped"].num_rows > 0)
    run = _run(asked, flows, inputs, {"matter": matter, "region": region, "source": source, "as_of": str(as_of),
                                      "first": str(first), "last": str(last)}, engine_name or settings.ENGINE)
    simulated = is_simulated(source)
    named = [replace(flow, names={**recorded_steps(), **flow.names}) for flow in flows]
    figures = followed_from(run.figures, named, smallest=1 if simulated else SMALLEST_PUBLISHED)
    counted = figures.followed.of + figures.open_off.of
    if not counted:
        raise Refused(zh=f"这里没有“{subject.name_zh}”的环节记录。",
                      en=f"No steps of “{subject.name_en}” are on record here.")
    number = number_of_cases(inputs, source=source, matters=asked.matters, first=first, last=last)
    return Result(figures, (subject.code, Bilingual(subject.name_zh, subject.name_en)), _region(region), source,
                  Share(counted, max(counted, number)), as_of, simulated,
                  labels_of("region", {row.place for row in figures.places}), run)


# -- procedures ------------------------------------------------------------------------------------


def _held_against(matter: Matter, asked: str, on: date, inputs: Inputs, flow: Flow | None) -> tuple[list[Flow], Inputs]:
    """The different procedures, that of the asked place on the last day first, and the table ``held``: which of them
    counted for the cases accepted in each place, by stretches of days."""
    regions = inputs.tables["places"]["region"].to_pylist()
    if flow is not None:
        return [flow], _with_held(inputs, [(pk, -FAR_DAY, FAR_DAY, 0) for pk in regions], [flow])
    first, last = days_of_acceptance(inputs, matter.pk) or (on, on)
    said, codes = _Said(matter, first, last), dict(Region.objects.values_list("pk", "code"))
    flows, rows = [said.flow(asked, max(on, first))], []
    for pk in regions:
        for since, until in said.stretches(codes[pk]):
            found = said.flow(codes[pk], since)
            flows += [] if found in flows else [found]
            rows.append((pk, day_number(since), day_number(until), flows.index(found)))
    return flows, _with_held(inputs, rows, flows)


def _with_held(inputs: Inputs, rows: Sequence[tuple[int, int, int, int]], flows: Sequence[Flow]) -> Inputs:
    names = ("region", "from_day", "to_day", "flow")
    held = pa.table({name: pa.array([row[at] for row in rows], pa.int32()) for at, name in enumerate(names)})
    return replace(inputs, tables={**inputs.tables, "held": held, **tables(flows)})


class _Said:
    """What was said of a matter's steps, by place and day, over the days from ``first`` to ``last``."""

    def __init__(self, matter: Matter, first: date, last: date) -> None:
        self.matter, self.first, self.last = matter, first, last
        versions = LayerVersion.objects.filter(sort=PROCEDURE, matter=matter.code, valid_from__lte=last)
        self.places = frozenset(versions.filter(fields__has_key=STEPS_FIELD).values_list("region", flat=True))
        self.changes: dict[str, set[date]] = {}
        for place, day in versions.filter(region__in=self.places).values_list("region", "valid_from"):
            self.changes.setdefault(place, set()).add(day)
        self.flows: dict[tuple[tuple[str, ...], date | None], Flow] = {}

    def flow(self, place: str, on: date) -> Flow:
        """The procedure that counted in a place on a day; places on whose way the same was said share it."""
        path = last_path(tree(), place, on)
        saying = tuple(one for one in path if one in self.places)
        key = saying, max((day for one in saying for day in self.changes[one] if day <= on), default=None)
        if key not in self.flows:
            self.flows[key] = _flow_at(self.matter, path, on)
        return self.flows[key]

    def stretches(self, place: str) -> Iterator[tuple[date, date]]:
        """The days in portions within which nothing was said anew for a place."""
        path = last_path(tree(), place, self.last)
        changes = {day for one in path for day in self.changes.get(one, ()) if self.first < day <= self.last}
        starts = [self.first, *sorted(changes)]
        ends = [day - timedelta(days=1) for day in starts[1:]]
        yield from zip(starts, [*ends, self.last], strict=True)


def _flow_at(matter: Matter, path: Sequence[str], on: date) -> Flow:
    """The procedure that counts at the last place of a path; the national base one where none is on record."""
    words = words_of(sort=PROCEDURE, matter=matter.code, path=path, on=on, codes=(STEPS_FIELD,)).get(STEPS_FIELD)
    if words is not None and words.content:
        return followed_flow(read_steps(words.content))
    return base_flow(matter.code, matter.kind)


def base_flow(matter: str, kind: str) -> Flow:
    """The national base procedure of a matter as pairs of steps; Refused where there is none."""
    return followed_flow(read_steps(base_steps(_base(settings.DATA_DIR / "procedures" / "base.yaml"), matter, kind)))


@lru_cache(maxsize=1)
def _base(file: Path) -> Any:
    return yaml_of(file.read_bytes(), file.name)


def _matter(code: str) -> Matter:
    found = Matter.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有代码为“{code}”的事项。", en=f"There is no matter “{code}”.")
    return found


def matters_with_steps(source: str) -> list[str]:
    """The matters of which a source has steps on record, by code."""
    files = step_lake().files(sources=[source])
    codes = dict(Matter.objects.values_list("pk", "code"))
    return sorted(codes[pk] for pk in _matters_in(tuple(files)) if pk in codes)


@lru_cache(maxsize=16)
def _matters_in(files: tuple[LakeFile, ...]) -> frozenset[int]:
    """The matters' own numbers in these files, which never change."""
    rows = DuckDB().rows("SELECT DISTINCT matter FROM steps", Inputs(files, table=STEPS))
    return frozenset(rows["matter"].to_pylist())


def _home(source: str) -> str:
    """The place within which all cases of a source lie."""
    return Source.objects.get(code=source).region


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


def _run(asked: Asked, flows: Sequence[Flow], inputs: Inputs, parameters: Mapping[str, Any], name: str) -> Run:
    """The kept run with these inputs, or a new one."""
    version = step_lake().version()
    procedure = hashlib.sha256(json.dumps(list(map(_told, flows))).encode()).hexdigest()
    told = [_digest(inputs.tables[name]) for name in ("places", "held", "stopped")]
    whole = json.dumps([INDEX, dict(parameters), version, procedure, told, name], sort_keys=True)
    fingerprint = hashlib.sha256(whole.encode()).hexdigest()
    kept = Run.objects.filter(fingerprint=fingerprint).first()
    if kept is not None:
        return kept
    runner, start, parts = engine(name, settings.SPARK_MASTER), time.perf_counter(), following(asked)
    found = runner.run(parts, WANTED, inputs)
    rows = {name: table.to_pylist() for name, table in found.items()}
    with transaction.atomic():
        return Run.objects.create(
            index=INDEX, source=parameters["source"], parameters=dict(parameters), lake_version=version,
            revisions="", limits_hash=procedure, fingerprint=fingerprint, sql=text(parts), engine=runner.name,
            engine_version=runner.version, seconds=time.perf_counter() - start,
            cases=sum(row["n"] for row in rows["cases_by_verdict"]), figures=rows)


def _digest(table: pa.Table) -> str:
    """Changes when a row of the table does."""
    return hashlib.sha256(json.dumps(table.to_pydict()).encode()).hexdigest()


def _told(flow: Flow) -> list[Any]:
    """Everything of a procedure on which the counts depend."""
    return [sorted(flow.starts), sorted(flow.ends), sorted(flow.follows), sorted(flow.always)]


__all__ = ["Result", "base_flow", "followed", "matters_with_steps"]
