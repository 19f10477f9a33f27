"""``jizhun followed``: did cases go the way of their procedure, and where did the time go?"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.analytics.following.flow import KINDS
from jizhun.evaluation.following import Result, followed
from jizhun.evaluation.rules import telling
from jizhun.evaluation.rules.following import Move, PairOff, Share, Way
from jizhun.kernel.dating import parse_day

LISTED = 20


class Command(BaseCommand):
    help = _("Tell whether cases followed their procedure, what deviated, and where the time went between steps.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--matter", required=True, help=_("the matter's code"))
        parser.add_argument("--region", help=_("only this region and all below it"))
        parser.add_argument("--source", help=_("who handed the steps in (may be left out where only one did)"))
        parser.add_argument("--from", dest="first", help=_("accepted from this day"))
        parser.add_argument("--to", dest="last", help=_("accepted to this day"))
        parser.add_argument("--engine", choices=("duckdb", "spark"))
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument("--sql", action="store_true", help=_("also print the SQL that made it"))

    def handle(self, *_args: object, **options: Any) -> None:
        first, last = (parse_day(options[name]) if options[name] else None for name in ("first", "last"))
        result = followed(matter=options["matter"], region=options["region"], source=options["source"],
                          engine_name=options["engine"], first=first, last=last)
        if options["format"] == "json":
            json.dump(as_data(result), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            sys.stdout.write(as_text(result, get_language() or "en"))
        if options["sql"]:
            sys.stdout.write(f"\n{result.run.sql}\n")


def as_text(result: Result, language: str) -> str:
    """Sentences first, then the tables behind them."""
    found, flow = result.figures, result.figures.flow
    simulated = f" · {_('simulated')}" if result.simulated else ""
    place = f" · {result.region[0]} {result.region[1].in_language(language)}" if result.region else ""
    head = (f"{result.matter[0]} {result.matter[1].in_language(language)}{place} · {result.source} · "
            f"{result.as_of}{simulated}")
    told = [one.in_language(language) for one in telling.sentences(found, result.with_steps)]
    places = [(code, name.in_language(language), telling.percent(row.followed), f"{row.followed.of:,}", f"{row.open:,}")
              for row in found.places for code, name in [result.places[row.place]] if result.simulated or not row.small]
    parts = [head, *told, "", _table(_("Where it deviates"), _deviations(result, language)),
             _table(_("Ways most gone"), [(telling.percent(one.cases), f"{one.cases.part:,}",
                                           telling.kinds(one.kinds).in_language(language),
                                           telling.way(one, flow).in_language(language)) for one in found.common]),
             _table(_("Time from step to step: half within, nine tenths within, limit, over it"),
                    [_move(one, result, language) for one in found.moves[:LISTED]]),
             _table(_("By place: followed, finished, open"), places)]
    return "\n".join(parts) + "\n"


def _deviations(result: Result, language: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in result.figures.deviations:
        rows.append((telling.KIND_NAMES[one.kind].in_language(language), telling.percent(one.cases),
                     f"{one.cases.part:,}", ""))
        rows += [("", "", f"{pair.cases:,}", telling.pair(pair, result.figures.flow).in_language(language))
                 for pair in one.pairs]
    return rows


def _move(one: Move, result: Result, language: str) -> tuple[str, ...]:
    pair = telling.pair(PairOff(one.previous, one.step, one.times), result.figures.flow).in_language(language)
    times = (one.median, one.p90) if one.limit else (one.median_hours, one.p90_hours)
    words = [telling.amount(n, one.limit.unit) if one.limit else telling.elapsed(n) for n in times]
    told = [word.in_language(language) for word in words]
    over = telling.percent(one.over) if one.over else ""
    return (f"{one.times:,}", *told, telling.limit(one.limit).in_language(language), over, pair)


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell; a Chinese character takes two places."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)] if rows else []
    lines = [title, *("  " + "  ".join(cell + " " * (width - _width(cell)) for cell, width in
                                       zip(row, widths, strict=True)).rstrip() for row in rows)]
    return "\n".join([*lines, ""])


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def as_data(result: Result) -> dict[str, Any]:
    """Everything as plain data."""
    found = result.figures
    return {
        "matter": result.matter[0], "region": result.region[0] if result.region else None, "source": result.source,
        "simulated": result.simulated, "as_of": result.as_of.isoformat(), "run": result.run.pk,
        "cases": result.with_steps.of, "with_steps": result.with_steps.part,
        "followed": _share(found.followed), "open": _share(found.open_off), "fitness": round(found.fitness, 6),
        "deviations": [{"kind": KINDS[one.kind], **_share(one.cases), "pairs": [_pair(pair) for pair in one.pairs],
                        "more_pairs": one.more} for one in found.deviations],
        "ways": found.ways, "common": [_way(one) for one in found.common],
        "moves": [_time(one) for one in found.moves], "never": list(found.never), "not_listed": found.hidden,
        "places": [{"place": result.places[row.place][0], **_share(row.followed), "open": row.open}
                   for row in found.places if result.simulated or not row.small]}


def _share(share: Share) -> dict[str, Any]:
    return {"part": share.part, "of": share.of, "value": None if share.value is None else round(share.value, 6)}


def _pair(pair: PairOff) -> dict[str, Any]:
    return {"previous": pair.previous, "step": pair.step, "cases": pair.cases, "between": list(pair.between)}


def _way(one: Way) -> dict[str, Any]:
    return {"steps": list(one.steps), **_share(one.cases), "kinds": _kinds(one.kinds)}


def _kinds(kinds: Iterable[int]) -> list[str]:
    return [KINDS[kind] for kind in kinds]


def _time(one: Move) -> dict[str, Any]:
    told = {"previous": one.previous, "step": one.step, "times": one.times, "kind": KINDS[one.kind],
            "timed": one.timed, "median_hours": one.median_hours, "p90_hours": one.p90_hours}
    if one.limit is None or one.over is None:
        return told
    return {**told, "limit": one.limit.amount, "unit": one.limit.unit, "median": one.median, "p90": one.p90,
            "over": _share(one.over)}


