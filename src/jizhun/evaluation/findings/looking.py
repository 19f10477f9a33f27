"""The sweep: rules evaluated over the cases of a source, findings opened, answered ones measured again, and closed.

Figures are computed first; then everything is written at once under the lock of the room, so that two sweeps at the
same time neither open a finding twice nor take the same step twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.analytics.engines import Progress
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import data_date, evaluate
from jizhun.evaluation.findings.naming import about, subject_name, tell_each, who_answers, who_oversees
from jizhun.evaluation.findings.standing import Standing, path_of, standing
from jizhun.evaluation.inputs import NoCases, calendars_of
from jizhun.evaluation.models import Finding, FindingStep, Remeasurement, Run
from jizhun.evaluation.rules.findings import ANSWERED, CLOSED, OPENED, REMEASURED, WORKFLOW, Dates
from jizhun.evaluation.rules.patterns import Evidence, Pattern, Verdict, read_patterns
from jizhun.evaluation.rules.rectification import Limit, due_day
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.kernel.working_days import Calendar
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.long_work import Step, part, unwatched
from jizhun.people.rules import Actor, System
from jizhun.regions.actions import bump, tree, version
from jizhun.regions.models import Region

COMPUTE = "result.compute"
ROOM = "evaluation"
FILE = "patterns.yaml"
ACT_OF: Mapping[Verdict, str] = {"off": "remeasure", "met": "close", "few": "wait"}

Key = tuple[str, str]
"""(matter or item or "", place)"""


@dataclass(frozen=True)
class Counted:
    """One evaluation: numerator and denominator by key."""

    run: Run | None
    first: date
    last: date
    figures: Mapping[Key, tuple[int, int]]

    def of(self, key: Key) -> Evidence:
        """The figure of a key; none of none where there was no case."""
        return Evidence(self.first, self.last, *self.figures.get(key, (0, 0)))


@dataclass
class Looked:
    """What a sweep did: findings opened, how many were open already, outcomes of re-measurements.

    ``left_out``: places whose figures were beyond the threshold, but that no longer exist, or are real ones with
    simulated cases.
    """

    source: str
    as_of: date
    opened: list[Finding] = field(default_factory=list)
    known: int = 0
    left_out: int = 0
    remeasured: Counter[Verdict] = field(default_factory=Counter)
    closed: list[Finding] = field(default_factory=list)


def patterns() -> dict[str, Pattern]:
    """The rules in force: ``patterns.yaml`` of the instance's own folder, else the one that ships."""
    own = Path(settings.HOME) / FILE
    file = own if own.is_file() else settings.DATA_DIR / "evaluation" / FILE
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> dict[str, Pattern]:
    return read_patterns(yaml_of(file.read_bytes(), file.name), file.name)


def check_look(*, by: Actor, source: str, as_of: date | None = None, region: str | None = None,
               rules: Sequence[str] = ()) -> tuple[date, Source, list[Pattern]]:
    """The data date, the source and the rules of a sweep that can be made; raises what ``look`` would raise."""
    at, known = _data_day(source, as_of), Source.objects.get(code=source)
    require(by=by, right=COMPUTE, path=path_to(region or known.region))
    return at, known, _chosen(rules)


def look(*, by: Actor, source: str, as_of: date | None = None, region: str | None = None, rules: Sequence[str] = (),
         on: date | None = None, step: Step = unwatched) -> Looked:
    """Evaluate every rule over the cases of ``source`` (in ``region``) and open, re-measure and close findings.

    ``as_of``: the data date (default: the source's own); ``rules``: codes of those to be evaluated (default: all).
    There is at most one open finding a rule, subject, place and source: looking again changes nothing.
    Raises Refused for an unknown source or rule, and for a data date after the newest data. ``step`` is told how far
    the counting is; where it stops the sweep nothing was written.
    """
    at, known, chosen = check_look(by=by, source=source, as_of=as_of, region=region, rules=rules)
    day, looked = day_of(by, on), Looked(source, at)
    within = frozenset(tree().within(region, at)) if region else None
    remeasured = list(_remeasured(source, at, within))
    counted = []
    for number, one in enumerate(chosen):
        progress = part(step, number, len(chosen) + 1)
        progress(0, 1)
        counted.append((one, _counted(one, source, region, *one.window(at), at, progress)))
    again = {one.code: _counted_again(one, count, source, region, at) for one, count in counted}
    with transaction.atomic():
        bump(ROOM)
        _take_steps(by, remeasured, day, looked)
        for pattern, count in counted:
            _open_all(by, pattern, [count, *again[pattern.code].values()], known, day, looked)
        _tell(looked)
        write_line(by=by, act="evaluation.look", subject=f"source:{source}", after={
            "as_of": at, "rules": [one.code for one in chosen], "opened": [one.pk for one in looked.opened],
            "remeasured": dict(looked.remeasured), "left_out": looked.left_out})
    return looked


def day_of(by: Actor, on: date | None) -> date:
    """The day of an act: today; only the machine's owner may name another (examples, old ledgers)."""
    return on if on is not None and isinstance(by, System) else timezone.localdate()


def _data_day(source: str, as_of: date | None) -> date:
    newest = data_date(source)
    if as_of and as_of > newest:
        raise Refused(zh=f"数据只到 {newest}，不能按 {as_of} 检查。",
                      en=f"The data reach to {newest} only: {as_of} cannot be looked at.")
    return as_of or newest


def _chosen(codes: Sequence[str]) -> list[Pattern]:
    held = patterns()
    if unknown := [code for code in codes if code not in held]:
        raise Refused(zh=f"没有规则“{unknown[0]}”；有：{'、'.join(held)}。",
                      en=f"There is no rule “{unknown[0]}”; there are: {', '.join(held)}.")
    return [held[code] for code in codes or held]


def _counted(pattern: Pattern, source: str, region: str | None, first: date, last: date, as_of: date,
             progress: Progress | None = None) -> Counted:
    """A rule's figures over cases accepted from ``first`` to ``last``; none where nobody handed in any."""
    if last < first:
        return Counted(None, first, last, {})
    try:
        result = evaluate(index=pattern.index.code, source=source, by=",".join(pattern.by), region=region,
                          first=first, last=last, as_of=as_of, progress=progress)
    except NoCases:
        return Counted(None, first, last, {})
    names = result.by.dimensions
    place, subject = names.index("region"), names.index(pattern.subject) if pattern.subject else None
    return Counted(result.run, first, last, {
        ("" if subject is None else row.labels[subject][0], row.labels[place][0]):
        (row.figure.numerator, row.figure.denominator) for row in result.rows})


# -- opening ---------------------------------------------------------------------------------------


def _counted_again(pattern: Pattern, count: Counted, source: str, region: str | None,
                   as_of: date) -> dict[date, Counted]:
    """Figures since the answers of closed findings: old cases do not count against a place a second time."""
    suspects = {key for key, figure in count.figures.items() if pattern.stands_out(*figure)}
    days = {first for key, first in _since_closed(pattern.code, source).items()
            if key in suspects and first > count.first}
    return {first: _counted(pattern, source, region, first, count.last, as_of) for first in days}


def _since_closed(pattern: str, source: str) -> dict[Key, date]:
    """Key of the newest finding, where it is closed -> the first day of acceptance that closed it."""
    rows = Finding.objects.filter(pattern=pattern, source=source, successor=None)
    closed = Remeasurement.objects.filter(step__finding__in=rows, step__state=CLOSED)
    return {(subject, region): first for subject, region, first in closed.values_list(
        "step__finding__subject", "step__finding__region", "first")}


def _open_all(by: Actor, pattern: Pattern, counts: Sequence[Counted], source: Source, day: date,
              looked: Looked) -> None:
    newest = {(one.finding.subject, one.finding.region): one for one in standing(
        Finding.objects.filter(pattern=pattern.code, source=source.code, successor=None))}
    since, window = _since_closed(pattern.code, source.code), counts[0].first
    by_first = {count.first: count for count in counts}
    for key in (key for key, figure in counts[0].figures.items() if pattern.stands_out(*figure)):
        before = newest.get(key)
        if before is not None and not before.closed:
            looked.known += 1
            continue
        count = by_first.get(max(since.get(key, window), window))
        if count is None or count.run is None or not pattern.stands_out(*count.figures.get(key, (0, 0))):
            continue
        if not _may_be_named(key[1], source, day):
            looked.left_out += 1
            continue
        looked.opened.append(_opened(by, pattern, key, count, source, before, day, looked.as_of))


def _may_be_named(place: str, source: Source, day: date) -> bool:
    """Simulated figures never stand under a real place's name; a place that is gone can answer nothing."""
    known = tree().known(place)
    return known.exists(day) and source.simulated == known.simulated


def _opened(by: Actor, pattern: Pattern, key: Key, count: Counted, source: Source, before: Standing | None, day: date,
            as_of: date) -> Finding:
    (subject, region), figure, place = key, count.of(key), tree().known(key[1]).name
    sentence = pattern.told(place, subject_name(subject), figure)
    body = Bilingual(pattern.body.zh.format(place=place.zh), pattern.body.en.format(place=place.en or place.zh))
    assert count.run is not None
    made = Finding.objects.create(
        pattern=pattern.code, index=pattern.index.code, subject=subject, region=region, source=source.code,
        simulated=source.simulated, round=before.finding.round + 1 if before else 1,
        forerunner=before.finding if before else None, body_zh=body.zh, body_en=body.en, sentence_zh=sentence.zh,
        sentence_en=sentence.en, rule=dict(pattern.row), run=count.run, first=figure.first, last=figure.last,
        as_of=as_of, numerator=figure.numerator, denominator=figure.denominator, opened_on=day, by=by.username)
    calendar = calendar_at(source.code, region)
    dates = Dates(*(due_day(day, Limit(days, pattern.unit), (), calendar)
                    for days in (pattern.answer_days, pattern.rectify_days)))
    FindingStep.objects.create(finding=made, number=1, act="open", state=OPENED, answer_by=dates.answer_by,
                               rectify_by=dates.rectify_by, on=day, by=by.username)
    write_line(by=by, act="evaluation.open_finding", subject=about(made.pk), after={
        "rule": pattern.code, "region": region, "subject": subject, "run": count.run.pk,
        "numerator": figure.numerator, "denominator": figure.denominator, "rectify_by": dates.rectify_by})
    return made


def calendar_at(source: str, region: str) -> Calendar:
    """The working days of a place, as its cases were counted by."""
    return calendars_of(source, version("regions"))[Region.objects.get(code=region).pk]


# -- measuring again -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """One answered finding, counted again over the cases accepted since its answer."""

    before: Standing
    run: Run
    figure: Evidence
    verdict: Verdict


def _remeasured(source: str, as_of: date, within: frozenset[str] | None) -> Iterator[Measured]:
    """Findings that an answer is waiting on, each with its new figure; rules and first days are evaluated once."""
    waiting = standing(Finding.objects.filter(source=source), (ANSWERED, REMEASURED))
    answers = FindingStep.objects.filter(finding__source=source, act="answer").order_by("number")
    answered = dict(answers.values_list("finding", "on"))
    groups: dict[tuple[str, date], list[Standing]] = defaultdict(list)
    for one in waiting:
        if within is None or one.finding.region in within:
            first = answered[one.finding.pk] + timedelta(days=1)
            groups[repr(sorted(one.finding.rule.items())), first].append(one)
    for (_, first), found in groups.items():
        pattern = found[0].pattern
        count = _counted(pattern, source, None, first, as_of, as_of)
        if count.run is None:
            continue
        for one in found:
            figure = count.of((one.finding.subject, one.finding.region))
            yield Measured(one, count.run, figure, pattern.judge(figure.numerator, figure.denominator))


def _take_steps(by: Actor, measured: Sequence[Measured], day: date, looked: Looked) -> None:
    numbers = {one.finding.pk: one.number for one in standing(
        Finding.objects.filter(pk__in=[one.before.finding.pk for one in measured]))}
    for one in measured:
        finding = one.before.finding
        if numbers[finding.pk] == one.before.number and not _told_before(one):
            _take(by, one, day)
            looked.remeasured[one.verdict] += 1
            looked.closed += [finding] if one.verdict == "met" else []


def _told_before(one: Measured) -> bool:
    """Whether the newest re-measurement says the very same."""
    last = Remeasurement.objects.filter(step__finding=one.before.finding).order_by("-step__number").first()
    return last is not None and one.figure == Evidence(last.first, last.last, last.numerator, last.denominator)


def _take(by: Actor, one: Measured, day: date) -> None:
    way, before = WORKFLOW.take(one.before.state, ACT_OF[one.verdict]), one.before
    step = FindingStep.objects.create(
        finding=before.finding, number=before.number + 1, act=way.act, state=way.to, on=day, by=by.username,
        answer_by=before.dates.answer_by, rectify_by=before.dates.rectify_by)
    Remeasurement.objects.create(
        step=step, run=one.run, first=one.figure.first, last=one.figure.last, numerator=one.figure.numerator,
        denominator=one.figure.denominator, verdict=one.verdict)
    write_line(by=by, act=f"evaluation.{way.act}_finding", subject=about(before.finding.pk), after={
        "run": one.run.pk, "numerator": one.figure.numerator, "denominator": one.figure.denominator,
        "state": way.to})


def _tell(looked: Looked) -> None:
    """Who has to answer is told of what was opened; both sides of what was closed."""
    said: dict[str, list[tuple[int, Bilingual]]] = defaultdict(list)
    for one in looked.opened:
        for username in who_answers(path_of(one.region)):
            said[username].append((one.pk, Bilingual(f"请答复：{one.sentence.zh}",
                                                     f"Please answer: {one.sentence.en}")))
    for one in looked.closed:
        path = path_of(one.region)
        for username in {*who_answers(path), *who_oversees(path)}:
            said[username].append((one.pk, Bilingual(f"复测达标，已销号：{one.sentence.zh}",
                                                     f"Re-measured and met, closed: {one.sentence.en}")))
    tell_each(said)
