"""What an edition would say, computed: the figures of every index with where they come from, small cells hidden."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from typing import Any

from jizhun.delivery.models import Source
from jizhun.evaluation.actions import Result, evaluate, kept_rows
from jizhun.evaluation.indices.formulas import BETTER, formula_of
from jizhun.evaluation.models import Publication, Run
from jizhun.evaluation.publications.grading import Scope, graded
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.publishing import (
    TOTAL,
    Content,
    Grid,
    Label,
    Triple,
    checked_axes,
    masked,
    shown,
)
from jizhun.evaluation.rules.quality import GRADES, Quality
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.long_work import Step, part, unwatched
from jizhun.regions.actions import tree

Pair = tuple[str, str]


def computed(about: Publication, as_of: date, before: Content | None, step: Step = unwatched) -> dict[str, Any]:
    """The content of an edition on a data date. ``before``: what is out; what it hid stays hidden where it is the same.
    ``step`` is told how far it is.

    Raises Refused where there is no case, or the table is too large.
    """
    axes = checked_axes(about.down, about.across)
    results = []
    for number, code in enumerate(about.indices):
        progress = part(step, number, len(about.indices) + 1)
        progress(0, 1)
        results.append(evaluate(index=code, source=about.source, by=",".join(axes), region=about.region,
                                first=about.first, last=about.last, as_of=as_of, progress=progress))
    step(len(results) / (len(results) + 1))
    grids = [Grid({_key(row.labels): (row.figure.numerator, row.figure.denominator, row.figure.cases)
                   for row in one.rows}) for one in results]
    rows, columns = _labels(results[0], 0), _labels(results[0], 1) if about.across else [TOTAL]
    cells, why = masked(grids, rows, columns, kept=_still_hidden(before, grids))
    scope = Scope(about.source, about.region, about.first, min(about.last, as_of), as_of)
    return {
        "publication": about.code, "title": _both(about.title), "place": _named(about.region),
        "source": _source(about.source), "simulated": about.simulated, "first": about.first.isoformat(),
        "last": about.last.isoformat(), "as_of": as_of.isoformat(), "down": about.down, "across": about.across,
        "rows": rows, "columns": columns if about.across else [], "smallest": SMALLEST_PUBLISHED,
        # Only how many: which of them are the small ones would help to reckon them.
        "hidden": len(why),
        "indices": [_index(one, part) for one, part in zip(results, cells, strict=True)],
        "quality": _quality(graded(scope, about.indices[0])), "product": version("jizhun")}


def _key(names: Sequence[tuple[str, Bilingual]]) -> Pair:
    return names[0][0], names[1][0] if len(names) > 1 else ""


def _labels(result: Result, axis: int) -> list[Label]:
    """The labels of one dimension in the order of their codes."""
    found = {row.labels[axis][0]: row.labels[axis][1] for row in result.rows}
    return [(code, found[code].zh, found[code].en or found[code].zh) for code in sorted(found)]


def _index(result: Result, cells: list[list[Any]]) -> dict[str, Any]:
    index, run = result.index, result.run
    return {
        "code": index.code, "name": _both(index.name), "text": _both(index.text), "formula": formula_of(index),
        "better": _both(BETTER["higher" if index.higher_is_better else "lower"]), "cells": cells,
        "run": {"id": run.pk, "fingerprint": run.fingerprint, "sql": run.sql, "engine": run.engine,
                "engine_version": run.engine_version, "lake_version": run.lake_version, "revisions": run.revisions,
                "limits_hash": run.limits_hash, "computed_at": run.at.isoformat(timespec="seconds")}}


def _quality(found: Quality) -> dict[str, Any]:
    return {"grade": found.grade, "name": _both(GRADES[found.grade]), "remarks": [
        {"check": one.check, "value": round(one.value, 6), "grade": one.grade, **_both(one.text)}
        for one in found.remarks]}


def _still_hidden(before: Content | None, grids: Sequence[Grid]) -> list[Pair]:
    """Cells that the last edition hid and whose numbers are the same: to show one now would tell what it hid.

    The numbers behind an edition are in its runs; a total counts as the same where all of its cells are.
    """
    if before is None:
        return []
    old = [_grid(Run.objects.get(pk=one["run"]["id"])) for one in before["indices"]]
    return [pair for pair in _hidden_in(before)
            if all(_part(one, pair) == _part(other, pair) for one, other in zip(old, grids, strict=True))]


def _hidden_in(content: Content) -> list[Pair]:
    code = content["indices"][0]["code"]
    return [(one.row[0], one.column[0]) for one in shown(content, code) if one.hidden]


def _grid(run: Run) -> Grid:
    return Grid({_key(row.labels): (row.figure.numerator, row.figure.denominator, row.figure.cases)
                 for row in kept_rows(run)})


def _part(grid: Grid, pair: Pair) -> Mapping[Pair, Triple]:
    """The cell, or all cells of a total."""
    return {key: figure for key, figure in grid.figures.items()
            if pair[0] in (key[0], "") and pair[1] in (key[1], "")}


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en or text.zh}


def _named(region: str) -> dict[str, str]:
    return {"code": region, **_both(tree().known(region).name)}


def _source(code: str) -> dict[str, Any]:
    found = Source.objects.get(code=code)
    return {"code": code, **_both(found.name), "simulated": found.simulated}


def check_place(region: str, source: Source, as_of: date) -> None:
    """Refused unless the source tells about the whole place; simulated figures are for fictional places only."""
    held = tree()
    place = held.known(region)
    if place.simulated != source.simulated:
        raise Refused(zh="模拟数据只能以虚构地区的名义发布，真实数据只能以真实地区的名义发布。",
                      en="Simulated figures are published for fictional places only, real ones for real places.")
    if source.region not in held.path(region, as_of):
        raise Refused(zh=f"来源“{source.code}”只覆盖 {source.region}，不能以 {region} 的名义发布。",
                      en=f"The source “{source.code}” covers {source.region} only, not {region}.")
