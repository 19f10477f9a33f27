"""Where the counts of an evaluation come from: kept cuts, compiled loops or the SQL of an engine; all give the same."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from jizhun.analytics.compiled import Compiled, NotHere
from jizhun.analytics.cuts import Cuts, Standing
from jizhun.analytics.engines import Progress, engine
from jizhun.analytics.facts import Facts, fact_steps, from_table
from jizhun.analytics.plan import Plan
from jizhun.analytics.sql import steps, text
from jizhun.delivery.lakes import lake
from jizhun.evaluation import standing as cuts
from jizhun.evaluation.indices import Index
from jizhun.evaluation.inputs import Prepared, clocks
from jizhun.evaluation.models import Run
from jizhun.evaluation.rules import By, Figure, figures, figures_of

AUTO = "auto"
"""The engine that is chosen by what is asked: kept cuts where they tell it, compiled loops for many cases, else SQL."""
COMPILED_FROM = 1_000_000
"""From so many cases on compiled loops are worth their start."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked: the index by dimensions, over which cases, at which data date."""

    index: Index
    by: By
    words: str
    source: str
    region: str | None
    first: date | None
    last: date | None
    as_of: date

    @property
    def parameters(self) -> dict[str, Any]:
        """What is written into the record of the run."""
        return {"by": self.words, "region": self.region, "first": str(self.first), "last": str(self.last),
                "as_of": str(self.as_of)}


# -- from cuts -------------------------------------------------------------------------------------


def run_from_cuts(asked: Asked, behind: Standing | None = None) -> Run | None:
    """The run answered from kept cuts; None where they do not tell it, or do not hold any more.

    ``behind``: cuts of an earlier day that are to answer although they do not hold; ``asked`` names their data date.
    """
    span = cuts.Span.of(asked.first, asked.last, asked.as_of)
    if span is None or not Cuts.tells(asked.by.dimensions, [asked.index.verdict]):
        return None
    found = behind or cuts.standing(source=asked.source, as_of=asked.as_of)
    if found is None:
        return None
    level = 0 if asked.by.level is None else asked.by.level
    fingerprint = _digest([asked.index.code, asked.source, asked.parameters, level, "cuts", found.digest])
    return Run.objects.filter(fingerprint=fingerprint).first() or _run_of(asked, found, span, fingerprint,
                                                                          keep if behind is None else _unkept)


def _run_of(asked: Asked, found: Standing, span: "cuts.Span", fingerprint: str, made: Callable[..., Run]) -> Run:
    start = time.perf_counter()
    facts = cuts.facts(standing=found, by=asked.by.dimensions, verdicts=(asked.index.verdict,), region=asked.region,
                       level=asked.by.level, span=span)
    plan = Plan((asked.index.verdict,), asked.by.dimensions, 0, 0, found.as_of, clocks=clocks())
    return made(asked.index, asked.source, asked.parameters, figures_of(asked.index, facts), fingerprint=fingerprint,
                sql=text(fact_steps(plan)), engine="cuts", engine_version=Compiled.version,
                seconds=time.perf_counter() - start, lake_version=lake().version(), revisions=found.revisions,
                limits_hash=found.limits)


# -- from cases ------------------------------------------------------------------------------------


def run_from_cases(index: Index, source: str, parameters: Mapping[str, Any], plan: Plan, prepared: Prepared,
                   name: str, progress: Progress | None) -> Run:
    """The kept run with these inputs, or a new one that looks at every case."""
    inputs = [index.code, source, parameters, prepared.lake_version, prepared.limits_hash, name,
              [(measure, astuple(clock)) for measure, clock in plan.clocks], *([plan.largest] if plan.largest else [])]
    fingerprint = _digest(inputs)
    kept = Run.objects.filter(fingerprint=fingerprint).first()
    return kept or _new_run(index, source, parameters, plan, prepared, fingerprint, name, progress)


def _new_run(index: Index, source: str, parameters: Mapping[str, Any], plan: Plan, prepared: Prepared,
             fingerprint: str, name: str, progress: Progress | None) -> Run:
    start = time.perf_counter()
    rows, told = counted(index, plan, prepared, name, progress)
    return keep(index, source, parameters, rows, fingerprint=fingerprint, seconds=time.perf_counter() - start,
                lake_version=prepared.lake_version, revisions=prepared.revisions, limits_hash=prepared.limits_hash,
                **told)


def counted(index: Index, plan: Plan, prepared: Prepared, name: str,
            progress: Progress | None) -> tuple[list[Figure], dict[str, str]]:
    """The rows, and what is said of how they came about."""
    many = sum(file.rows for file in prepared.inputs.files) >= COMPILED_FROM
    if name == "compiled" or (name == AUTO and many):
        try:
            facts = Compiled().facts(plan, prepared.inputs, progress)
            return figures_of(index, facts.summed(plan.by)), {
                "sql": text(fact_steps(plan)), "engine": Compiled.name, "engine_version": Compiled.version}
        except NotHere:
            pass
    runner = engine("duckdb" if name in (AUTO, "compiled") else name, settings.SPARK_MASTER)
    told = {"engine": runner.name, "engine_version": runner.version}
    if not index.sums:
        return figures(index, plan, runner.count(plan, prepared.inputs, progress)), {"sql": text(steps(plan)), **told}
    parts = fact_steps(plan)
    views = [*(replace(part, view=True) for part in parts[:-1]), parts[-1]]
    table = runner.run(views, (parts[-1].name,), prepared.inputs)[parts[-1].name]
    facts = _with_cases(from_table(table, plan.by, plan.verdicts))
    return figures_of(index, facts.summed(plan.by)), {"sql": text(parts), **told}


def _with_cases(facts: Facts) -> Facts:
    """Without the row that a sum over nothing gives."""
    return facts.where(facts.n > 0)


def keep(index: Index, source: str, parameters: Mapping[str, Any], rows: list[Figure], **told: Any) -> Run:
    """A run with its figures, on record."""
    run = _unkept(index, source, parameters, rows, **told)
    with transaction.atomic():
        run.save()
    return run


def _unkept(index: Index, source: str, parameters: Mapping[str, Any], rows: list[Figure], **told: Any) -> Run:
    """The same, not on record: which version of the lake was counted then is not known any more."""
    return Run(index=index.code, source=source, parameters=dict(parameters), cases=sum(row.cases for row in rows),
               figures=[[list(row.codes), row.numerator, row.denominator, row.cases, list(row.verdicts)]
                        for row in rows], **told)


def _digest(inputs: Any) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
