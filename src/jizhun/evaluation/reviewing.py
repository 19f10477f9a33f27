"""Cases reviewed from outside: a random sample from the lake by pseudonymous keys, judged blind, then compared."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import transaction

from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.plan import OPEN, VERDICT_NAMES
from jizhun.analytics.sql import Step, at_data_date, judged, promised, text, whole
from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.models import Matter
from jizhun.evaluation.actions import CaseRow, check_period, data_date, is_simulated, plan_of, told_cases
from jizhun.evaluation.attainment import COMPUTE, SEED
from jizhun.evaluation.inputs import Prepared, prepare
from jizhun.evaluation.models import CaseReview, Judgement, ReviewedCase
from jizhun.evaluation.rules.agreement import JUDGEMENTS, SYSTEM_SAYS, Agreement, Pair, agreement
from jizhun.evaluation.rules.sampling import half_even, spread_over
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree
from jizhun.regions.models import Region

JUDGE = "evaluation.judge"
MOST_CASES = 2_000
LONGEST_REASON = 2_000
Key = tuple[int, int, int]
"""Verdict, place and matter, as the engine numbers them."""


def draw_cases(*, by: Actor, region: str, source: str, first: date, last: date, wanted: int, matter: str = "",
               seed: str = "") -> CaseReview:
    """Draw closed and overdue cases at random, stratified by verdict x place x matter; half of the sample in equal
    parts over the verdicts, so that rare ones are looked at. Of each stratum the cases are taken whose SHA-256 of
    ``seed:key`` comes first. Raises Refused where there is nothing to draw from."""
    require(by=by, right=COMPUTE, path=path_to(region))
    chosen_seed = _checked(region, source, first, last, wanted, matter, seed)
    as_of = data_date(source)
    prepared = prepare(source=source, region=region, first=first, last=last, as_of=as_of, level=3)
    steps = _judged_steps(prepared, first, last, as_of, matter)
    sizes = _sizes(steps, prepared)
    taken = _shares(sizes, wanted, chosen_seed)
    sql = text((*steps, _chosen(chosen_seed)))
    rows = DuckDB().rows(sql, _with_wanted(prepared.inputs, taken)).to_pylist()
    with transaction.atomic():
        made = CaseReview.objects.create(
            region=region, source=source, matter=matter, first=first, last=last, as_of=as_of, wanted=wanted,
            seed=chosen_seed, strata=_named(sizes, taken), lake_version=prepared.lake_version,
            limits_hash=prepared.limits_hash, sql=sql, simulated=is_simulated(source), by=by.username)
        ReviewedCase.objects.bulk_create(_cases(made, rows, told_cases(rows, as_of), sizes, taken))
        write_line(by=by, act="evaluation.draw_cases", subject=str(made),
                   after={"region": region, "source": source, "seed": chosen_seed, "cases": len(rows),
                          "of": sum(sizes.values())})
    return made


def _checked(region: str, source: str, first: date, last: date, wanted: int, matter: str, seed: str) -> str:
    check_period(first, last)
    if not 1 <= wanted <= MOST_CASES:
        raise Refused(zh=f"样本量应为 1 至 {MOST_CASES}。", en=f"Draw between 1 and {MOST_CASES} cases.")
    if matter and matter not in catalogue().matters:
        raise Refused(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter “{matter}”.")
    if is_simulated(source) != tree().known(region).simulated:
        raise Refused(zh="模拟办件只能用于虚构地区。", en="Simulated cases are counted in fictional places only.")
    chosen = seed.strip() or secrets.token_hex(8)
    if not SEED.fullmatch(chosen):
        raise Refused(zh="种子只能是字母、数字、点和横线，最多 64 位。",
                      en="A seed is letters, digits, dots and dashes, 64 at most.")
    return chosen


# -- drawing ---------------------------------------------------------------------------------------


def _judged_steps(prepared: Prepared, first: date, last: date, as_of: date, matter: str) -> tuple[Step, ...]:
    plan = plan_of(("whole",), (), first, last, as_of, prepared)
    only = f" AND matter = {Matter.objects.get(code=matter).pk}" if matter else ""
    return (at_data_date(plan), promised(plan), judged(plan),
            Step("with_whole", "and on the whole case", f"\nSELECT *, {whole(plan)} AS whole FROM judged"),
            Step("frame", "what can be judged: closed, or past its limit",
                 f"\nSELECT * FROM with_whole WHERE whole <> {OPEN}{only}"))


def _sizes(steps: Sequence[Step], prepared: Prepared) -> dict[Key, int]:
    counted = Step("strata", "cases of each stratum",
                   "\nSELECT whole, place, matter, count(*) AS n FROM frame GROUP BY whole, place, matter")
    rows = DuckDB().rows(text((*steps, counted)), prepared.inputs).to_pylist()
    if not rows:
        raise Refused(zh="没有可以抽取的办件。", en="There are no cases to draw from.")
    return {(row["whole"], row["place"], row["matter"]): row["n"] for row in rows}


def _shares(sizes: Mapping[Key, int], wanted: int, seed: str) -> dict[Key, int]:
    """How many of each stratum."""
    by_verdict: dict[int, dict[tuple[str, ...], int]] = {}
    for (verdict, place, matter), size in sizes.items():
        by_verdict.setdefault(verdict, {})[str(place), str(matter)] = size
    numbers = half_even({verdict: sum(rest.values()) for verdict, rest in by_verdict.items()}, wanted)
    return {(verdict, int(place), int(matter)): number for verdict, count in numbers.items()
            for (place, matter), number in spread_over(by_verdict[verdict], count, seed).items()}


def _chosen(seed: str) -> Step:
    return Step("chosen", "of each stratum the first by the hash of seed and key", f"""
SELECT r.* EXCLUDE (nth) FROM (
  SELECT *, row_number() OVER (PARTITION BY whole, place, matter
                               ORDER BY sha256('{seed}:' || case_key), case_key) AS nth FROM frame) r
JOIN wanted w ON r.whole = w.whole AND r.place = w.place AND r.matter = w.matter
WHERE r.nth <= w.n ORDER BY sha256('{seed}:' || r.case_key), r.case_key""")


def _with_wanted(inputs: Inputs, taken: Mapping[Key, int]) -> Inputs:
    columns = list(zip(*((*key, number) for key, number in taken.items()), strict=True))
    wanted = pa.table({name: pa.array(column, pa.int32())
                       for name, column in zip(("whole", "place", "matter", "n"), columns, strict=True)})
    return Inputs(inputs.files, {**inputs.tables, "wanted": wanted}, inputs.table)


def _named(sizes: Mapping[Key, int], taken: Mapping[Key, int]) -> list[list[Any]]:
    """The strata by codes: place, matter, verdict, cases, drawn."""
    places = dict(Region.objects.filter(pk__in={key[1] for key in sizes}).values_list("pk", "code"))
    matters = dict(Matter.objects.filter(pk__in={key[2] for key in sizes}).values_list("pk", "code"))
    return sorted([places[place], matters[matter], VERDICT_NAMES[verdict], size, taken.get((verdict, place, matter), 0)]
                  for (verdict, place, matter), size in sizes.items())


def _cases(review: CaseReview, rows: Sequence[Mapping[str, Any]], told: Sequence[CaseRow], sizes: Mapping[Key, int],
           taken: Mapping[Key, int]) -> list[ReviewedCase]:
    """Every case stands for as many of its verdict as were not drawn."""
    of, drawn = dict[int, int](), dict[int, int]()
    for (verdict, _, _), size in sizes.items():
        of[verdict] = of.get(verdict, 0) + size
    for (verdict, _, _), number in taken.items():
        drawn[verdict] = drawn.get(verdict, 0) + number
    places = dict(Region.objects.filter(pk__in={row["place"] for row in rows}).values_list("pk", "code"))
    return [ReviewedCase(review=review, number=n, case_key=one.key, place=places[row["place"]], matter=one.matter[0],
                         verdict=one.verdict, weight=of[row["whole"]] / drawn[row["whole"]], facts=_facts(one))
            for n, (row, one) in enumerate(zip(rows, told, strict=True), 1)]


def _facts(one: CaseRow) -> dict[str, Any]:
    """What the assessor is shown: days, and what was promised with its paper; no verdict."""
    promises = [{"measure": row.measure, "promise": row.promise, "actual": row.actual, "unit": row.unit,
                 "paper_zh": str(row.provision.document.title_zh) if row.provision and row.provision.document else "",
                 "paper_en": str(row.provision.document.title_en) if row.provision and row.provision.document else ""}
                for row in one.measures]
    return {"accepted_on": one.accepted_on.isoformat(), "promises": promises,
            "closed_on": one.closed_on.isoformat() if one.closed_on else ""}


# -- judging ---------------------------------------------------------------------------------------


def review_of(pk: int) -> CaseReview:
    """The review with this number; Refused where there is none."""
    found = CaseReview.objects.filter(pk=pk).first()
    if found is None:
        raise Refused(zh=f"没有编号为 {pk} 的评审。", en=f"There is no review {pk}.")
    return found


def judge_case(*, by: Actor, case: ReviewedCase, verdict: str, reason: str = "") -> Judgement:
    """An assessor's word on one case; a judgement made again needs a reason, and the newest counts."""
    require(by=by, right=JUDGE, path=path_to(case.review.region))
    if verdict not in JUDGEMENTS:
        raise Refused(zh="请选择评判结论。", en="Choose a judgement.")
    if len(reason) > LONGEST_REASON:
        raise Refused(zh=f"说明最多 {LONGEST_REASON} 字。", en=f"{LONGEST_REASON} characters of words at most.")
    with transaction.atomic():
        before = case.judgements.order_by("-pk").first()
        if before is not None and not reason.strip():
            raise Refused(zh="改判请说明理由。", en="Say why the case is judged anew.")
        made = Judgement.objects.create(case=case, verdict=verdict, reason=reason.strip(), by=by.username)
        write_line(by=by, act="evaluation.judge_case", subject=f"{case.review}.{case.number}", reason=reason.strip(),
                   before=before and before.verdict, after=verdict)
    return made


@dataclass(frozen=True)
class Reviewed:
    """A review as it stands: every case with its newest judgement (None: still to be judged), and the agreement."""

    review: CaseReview
    cases: tuple[tuple[ReviewedCase, Judgement | None], ...]
    agreement: Agreement

    @property
    def left(self) -> int:
        """How many are still to be judged."""
        return sum(judgement is None for _, judgement in self.cases)

    @property
    def frame(self) -> int:
        """How many cases were drawn from."""
        return sum(row[3] for row in self.review.strata)


def reviewed(review: CaseReview) -> Reviewed:
    """The cases in the order in which they were drawn, and how far judgements agree with the system."""
    rows = list(review.drawn.prefetch_related("judgements"))
    told = tuple((row, next(iter(reversed(row.judgements.all())), None)) for row in rows)
    pairs = [Pair(SYSTEM_SAYS[row.verdict], judgement.verdict, row.weight) for row, judgement in told
             if judgement is not None]
    return Reviewed(review, told, agreement(pairs))


def conformance_estimated(found: Reviewed) -> float | None:
    """What the conformance of the whole frame would be by the assessors' word: each case weighed by what it stands
    for; None before anything was judged kept or broken."""
    judged = [(judgement.verdict, row.weight) for row, judgement in found.cases
              if judgement and judgement.verdict in ("kept", "broken")]
    total = sum(weight for _, weight in judged)
    return sum(weight for verdict, weight in judged if verdict == "kept") / total if total else None
