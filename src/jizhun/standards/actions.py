"""What is done with standards: load, enter, review, report from practice; and what is asked of the library."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.likeness import clusters, likeness
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import path_to, require, tell, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, claim, differing, keep, tree, version
from jizhun.standards.models import (
    ClauseRow,
    Feedback,
    FeedbackAnswer,
    FrameworkRow,
    PlanRow,
    ReviewRow,
    StandardRow,
    plain_standard,
)
from jizhun.standards.rules.clock import VERDICTS, Reviewed
from jizhun.standards.rules.framework import Entry, Framework, detail_lines, planned
from jizhun.standards.rules.library import CURRENT, DRAFT, UPCOMING, Library, Standard, make_library
from jizhun.standards.rules.reading import TextClause, read_framework, read_frameworks, read_standard, read_text

log = logging.getLogger(__name__)
ROOM = "standards"
NATION = ("CN",)
Plain = Mapping[str, Any]

# --- reading ------------------------------------------------------------------------------------------

_KEPT: dict[str, tuple[str, Any]] = {}


def _kept(name: str, read: Any) -> Any:
    """What ``read`` gives, held until the room changes; one small query tells."""
    now = version(ROOM)
    held = _KEPT.get(name)
    if held is None or held[0] != now:
        held = _KEPT[name] = (now, read())
    return held[1]


def library() -> Library:
    """Every standard there is, with what replaces and cites what."""
    found: Library = _kept("library", _read_library)
    return found


def _read_library() -> Library:
    """The rows, each ended by the review that withdrew it: a load must not bring it back."""
    ended: dict[str, date] = {}
    for one in ReviewRow.objects.filter(verdict="withdraw").order_by("on"):
        ended.setdefault(one.number, one.on)
    facts = [fact for row in StandardRow.objects.all() if (fact := _readable(row)) is not None]
    return make_library(replace(one, ended_on=ended[one.number]) if one.number in ended else one for one in facts)


def _readable(row: StandardRow) -> Standard | None:
    """The row as a fact; one damaged row must not take the whole library with it."""
    try:
        return row.fact()
    except Refused as refused:
        log.error("the library row %s cannot be read: %s", row.pk, refused)
        return None


def frameworks(on: date | None = None) -> list[Framework]:
    """The standards systems, in their order, each with its plan as it was decided by that day (None: until now)."""
    found, rows = _kept("frameworks", _read_frameworks)
    return [planned(one, {(row.node, row.title_zh): row.year for row in rows
                          if row.framework == one.code and (on is None or row.on <= on)}) for one in found]


def _read_frameworks() -> tuple[list[Framework], list[PlanRow]]:
    return [read_framework(row.fields) for row in FrameworkRow.objects.all()], list(PlanRow.objects.all())


def framework_of(code: str, on: date | None = None) -> Framework:
    """The system of this code with its plan of the day; Refused where there is none."""
    found = next((one for one in frameworks(on) if one.code == code), None)
    if found is None:
        raise Refused(zh=f"没有编码为“{code}”的标准体系。", en=f"There is no standards system “{code}”.")
    return found


def reviews() -> list[Reviewed]:
    """Every verdict on record, the earliest first."""
    found: list[Reviewed] = _kept("reviews", lambda: [row.fact() for row in ReviewRow.objects.order_by("on", "pk")])
    return found


def known(number: str) -> Standard:
    """The standard of this number; Refused where there is none."""
    found = library().find(number)
    if found is None:
        raise Refused(zh=f"标准库里没有“{number}”。", en=f"There is no “{number}” in the library.")
    return found


def clauses_of(number: str) -> list[ClauseRow]:
    """The clauses of a text that we hold, in their order; none where we do not hold it."""
    return list(ClauseRow.objects.filter(standard__number=number))


LEAST_ALIKE = 0.75
"""From here on two titles count as nearly the same."""


def alike(*, title: str, region: str, apart_from: Iterable[str] = ()) -> list[Standard]:
    """Standards in force, or about to be, at ``region`` or above it, whose Chinese titles are nearly this one."""
    held, today, apart = library(), timezone.localdate(), set(apart_from)
    above = set(path_to(region))
    return [one for one in held.by_number.values()
            if one.number not in apart and one.region in above and held.status(one, today) in (CURRENT, UPCOMING, DRAFT)
            and likeness(one.title.zh, title) >= LEAST_ALIKE]


# --- loading ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many standards, systems and texts a load brought or changed."""

    standards: int = 0
    frameworks: int = 0
    texts: int = 0


NUMBER, CODE = ("number",), ("code",)


def load(*, by: Actor, folder: Path, owner: str) -> Loaded:
    """Load library, systems and texts of the list ``owner``; Refused naming file and row, then nothing is loaded."""
    require(by=by, right="standard.edit", path=NATION)
    with transaction.atomic():
        loaded = Loaded(_load_library(folder / "library.yaml", owner),
                        _load_frameworks(folder / "frameworks.yaml", owner),
                        _load_texts(folder / "texts.yaml", owner))
        if loaded != Loaded():
            bump(ROOM)
            write_line(by=by, act="standards.load", subject=folder.name,
                       after={"standards": loaded.standards, "frameworks": loaded.frameworks, "texts": loaded.texts})
    return loaded


def _rows(file: Path, name: str) -> list[dict[str, Any]]:
    content = yaml_of(file.read_bytes(), file.name) if file.is_file() else {}
    rows = content.get(name, []) if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(zh=f"{file.name}：“{name}”应是一列字段与值。",
                      en=f"{file.name}: “{name}” must be a list of rows.")
    return rows


def _load_library(file: Path, owner: str) -> int:
    facts = [_read(file, row) for row in _rows(file, "standards")]
    _once(file, [one.number for one in facts])
    rows = [_row(one) for one in facts]
    changed = differing(StandardRow, rows, NUMBER)
    there = set(StandardRow.objects.values_list("number", flat=True))
    replaced = {number for one in facts for number in one.replaces if number in there}
    claim("standard", {row.number for row in changed} | replaced, owner)  # nobody supersedes another's standards
    return len(keep(StandardRow, changed, NUMBER))


def _read(file: Path, row: Plain) -> Standard:
    """A row as a standard that fits what is known of places and services."""
    try:
        standard = read_standard(row)
        tree().known(standard.region)
        for code in standard.serves:
            catalogue().chain(code)
        return standard
    except Refused as refused:
        words = refused.sentence
        raise Refused(zh=f"{file.name}：{words.zh}", en=f"{file.name}: {words.en}") from None


def _once(file: Path, numbers: Sequence[str]) -> None:
    if twice := {one for one in numbers if numbers.count(one) > 1}:
        raise Refused(zh=f"{file.name}：“{min(twice)}”出现两次。", en=f"{file.name}: “{min(twice)}” is there twice.")


def _row(standard: Standard) -> StandardRow:
    return StandardRow(number=standard.number, kind=standard.kind, region=standard.region,
                       fields=plain_standard(standard))


def _load_frameworks(file: Path, owner: str) -> int:
    rows = _rows(file, "frameworks")
    read = read_frameworks({"frameworks": rows}) if rows else []
    for one in read:
        tree().known(one.region)
    for entry in (entry for one in read for entry in one.entries):
        for code in entry.serves:
            catalogue().chain(code)
    kept = [FrameworkRow(code=one.code, region=one.region, place=at, fields=plain_days(row))
            for at, (one, row) in enumerate(zip(read, rows, strict=True))]
    changed = differing(FrameworkRow, kept, CODE)
    claim("framework", (row.code for row in changed), owner)
    return len(keep(FrameworkRow, changed, CODE))


def _load_texts(file: Path, owner: str) -> int:
    """The clauses of standards whose text may be held; a text that changed takes the place of the one before."""
    read = [_read_text(file, row) for row in _rows(file, "texts")]
    _once(file, [number for number, _clauses in read])
    claim("standard", [number for number, _clauses in read], owner)
    return sum(_keep_text(StandardRow.objects.get(number=number), clauses) for number, clauses in read)


def _read_text(file: Path, row: Plain) -> tuple[str, list[TextClause]]:
    try:
        number, clauses = read_text(row)
        if not StandardRow.objects.filter(number=number).exists():
            raise Refused(zh=f"标准库里没有“{number}”。", en=f"there is no “{number}” in the library.")
        return number, clauses
    except Refused as refused:
        words = refused.sentence
        raise Refused(zh=f"{file.name}：{words.zh}", en=f"{file.name}: {words.en}") from None


def _keep_text(standard: StandardRow, clauses: Sequence[TextClause]) -> bool:
    """Whether anything changed."""
    rows = [ClauseRow(standard=standard, place=at, key=one.key, kind=one.kind, level=one.level, number=one.number,
                      heading_zh=one.heading.zh, heading_en=one.heading.en, body_zh=one.body.zh, body_en=one.body.en)
            for at, one in enumerate(clauses)]
    if [_said(one) for one in standard.clauses.all()] == [_said(one) for one in rows]:
        return False
    standard.clauses.all().delete()
    ClauseRow.objects.bulk_create(rows)
    return True


def _said(row: ClauseRow) -> tuple[object, ...]:
    return (row.key, row.kind, row.level, row.number, row.heading_zh, row.heading_en, row.body_zh, row.body_en)


def plain_days(value: Any) -> Any:
    """The value with days as text, as JSON holds them."""
    if isinstance(value, dict):
        return {key: plain_days(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain_days(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


# --- acts ---------------------------------------------------------------------------------------------


def enter(*, by: Actor, standard: Standard, clauses: Sequence[ClauseRow] = ()) -> StandardRow:
    """Put a standard, with the text that we hold of it, into the library, inside the caller's act.

    The caller checks the right and writes the audit line. Refused where the number is taken.
    """
    if StandardRow.objects.filter(number=standard.number).exists():
        raise Refused(zh=f"编号“{standard.number}”已被使用。", en=f"The number “{standard.number}” is taken.")
    row = _row(standard)
    row.fact()  # what could not be read again must not be kept
    claim("standard", [standard.number], MADE_HERE)
    row.save(force_insert=True)
    for clause in clauses:
        clause.standard = row
    ClauseRow.objects.bulk_create(clauses)
    bump(ROOM)
    return row


FARTHEST = 10
"""Years ahead for which a standard may be planned."""


def plan_all(*, by: Actor, code: str, years: Mapping[str, str]) -> list[PlanRow]:
    """Put lines of a system on the plan: number in the system -> year as typed, "" takes a line off. All or none.

    What already stands so is left alone. Refused where a line is not there to be made any more, or what was typed is
    no year from this one to ten years ahead.
    """
    require(by=by, right="standard.edit", path=path_to(framework_of(code).region))
    today = timezone.localdate()
    wanted = {number: _year(text, today.year) for number, text in years.items()}
    with transaction.atomic():
        bump(ROOM)  # nobody plans the same system meanwhile
        framework = framework_of(code)
        open_lines = {line.system_number: line.entry for line in detail_lines(framework, library(), today)
                      if line.to_make}
        kept = [_plan(by, framework, _still_open(framework, open_lines, number), number, year)
                for number, year in wanted.items()
                if number not in open_lines or open_lines[number].plan_year != year]
        bump(ROOM)  # what was read above is out of date now
        return kept


def _plan(by: Actor, framework: Framework, entry: Entry, number: str, year: int) -> PlanRow:
    write_line(by=by, act="standards.plan", subject=f"framework:{framework.code}", before={"year": entry.plan_year},
               after={"line": number, "title": entry.title.zh, "year": year})
    return PlanRow.objects.create(framework=framework.code, node=entry.node, title_zh=entry.title.zh, year=year,
                                  on=timezone.localdate(), by=by.username)


def _year(text: str, first: int) -> int:
    """0 for nothing typed."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    if text and not first <= year <= first + FARTHEST:
        raise Refused(zh=f"计划年度“{text[:20]}”应在 {first} 至 {first + FARTHEST} 之间。",
                      en=f"“{text[:20]}” is no year from {first} to {first + FARTHEST}.")
    return year


def _still_open(framework: Framework, open_lines: Mapping[str, Entry], number: str) -> Entry:
    if number not in open_lines:
        raise Refused(zh=f"体系“{framework.name.zh}”中没有编号为“{number[:20]}”的待制定标准。",
                      en=f"“{framework.name.en}” has no line “{number[:20]}” that is still to be made.")
    return open_lines[number]


def record_review(*, by: Actor, number: str, verdict: str, reason: str, on: date | None = None) -> ReviewRow:
    """The verdict of a periodic review; ``withdraw`` ends the standard from that day."""
    standard = known(number)
    require(by=by, right="standard.review", path=path_to(standard.region))
    return reviewed(by=by, standard=standard, verdict=verdict, reason=reason, on=on)


def reviewed(*, by: Actor, standard: Standard, verdict: str, reason: str, on: date | None = None) -> ReviewRow:
    """The same for a caller that has checked its own right."""
    day = on or timezone.localdate()
    _check_review(standard, verdict, reason, day)
    with transaction.atomic():
        kept = ReviewRow.objects.create(number=standard.number, on=day, verdict=verdict, reason=reason.strip(),
                                        by=by.username)
        bump(ROOM)
        write_line(by=by, act="standard.review", subject=f"standard:{standard.number}", reason=reason,
                   after={"verdict": verdict, "on": day})
    return kept


def _check_review(standard: Standard, verdict: str, reason: str, day: date) -> None:
    if verdict not in VERDICTS:
        raise Refused(zh=f"没有“{verdict}”这种复审结论。", en=f"There is no verdict “{verdict}”.")
    if not reason.strip():
        raise Refused(zh="请写明复审结论的理由。", en="Say why the review comes to this.")
    if day > timezone.localdate():
        raise Refused(zh=f"复审日期 {day} 在今天以后。", en=f"The day of the review, {day}, lies ahead.")
    start = standard.effective_on or standard.published_on
    if start and day < start:
        raise Refused(zh=f"复审日期 {day} 早于标准的日期 {start}。",
                      en=f"The day of the review, {day}, is before the standard's own, {start}.")
    if library().status(standard, day) != CURRENT:
        raise Refused(zh=f"{standard.number} 在 {day} 不是现行标准。",
                      en=f"{standard.number} was not current on {day}.")


MADE_HERE = "made here"
"""The owner of standards that were published here; no list can have a code with a space."""
LONGEST_REPORT = 4000


def report(*, by: Actor, number: str, region: str, text: str, clause: str = "") -> Feedback:
    """A clerk reports from a clause that it cannot be carried out as written ("": from the standard as a whole).

    Forbidden without the right to comment there; Refused where the standard does not hold there, where there is no
    such clause, or where the text is empty or too long.
    """
    standard, said = known(number), text.strip()
    number = standard.number  # an undated number means the edition that was found
    require(by=by, right="standard.comment", path=path_to(region))
    if standard.region not in path_to(region):
        place = tree().known(region).name
        raise Refused(zh=f"{number} 不在{place.zh}适用。", en=f"{number} does not hold at {place}.")
    if not said or len(said) > LONGEST_REPORT:
        raise Refused(zh=f"请写明哪里做不到，最多 {LONGEST_REPORT} 字。",
                      en=f"Say what cannot be done, {LONGEST_REPORT} characters at most.")
    clause_number = _clause_number(number, clause) if clause else ""
    with transaction.atomic():
        kept = Feedback.objects.create(number=number, clause=clause, clause_number=clause_number, text=said,
                                       region=region, by=by.username)
        bump(ROOM)
        write_line(by=by, act="standard.report", subject=f"standard:{number}",
                   after={"feedback": kept.pk, "clause": clause, "text": said})
    return kept


WRITTEN = re.compile(r"[A-Z]?(?:\.?\d{1,3}){1,6}|[A-Z]")
"""How a clause is written where only its number is known: 5, 5.3.2, A, A.1."""


def _clause_number(number: str, clause: str) -> str:
    """The number of a clause by its key; where we hold no text of the standard, the clause is named by its number."""
    held = {row.key: row.number for row in clauses_of(number)}
    if clause in held:
        return held[clause]
    if held:
        raise Refused(zh=f"{number} 里没有这一条款。", en=f"There is no such clause in {number}.")
    if WRITTEN.fullmatch(clause) is None:
        raise Refused(zh=f"“{clause[:20]}”不是条款编号；请写成 5.3.2 或 A.1 的样子。",
                      en=f"“{clause[:20]}” is no number of a clause; write it like 5.3.2 or A.1.")
    return clause


OUTCOMES: Mapping[str, Bilingual] = {
    "explained": Bilingual("已解释，条款不变", "Explained, the clause stays"),
    "look": Bilingual("提前复审", "To be reviewed early"),
    "revise": Bilingual("修订", "To be revised"),
}
"""What a report leads to."""


def answer_reports(*, by: Actor, reports: Sequence[Feedback], outcome: str, text: str) -> list[FeedbackAnswer]:
    """One answer to one report or to several alike; whoever reported is told.

    Forbidden without the right to draft where the standard holds; Refused without reports, outcome or text.
    """
    if not reports:
        raise Refused(zh="请先选择反馈。", en="Choose the reports first.")
    if outcome not in OUTCOMES or not text.strip() or len(text) > LONGEST_REPORT:
        raise Refused(zh=f"请选择处理结果并写明答复，最多 {LONGEST_REPORT} 字。",
                      en=f"Choose what it leads to and write the answer, {LONGEST_REPORT} characters at most.")
    for one in reports:
        require(by=by, right="standard.edit", path=path_to(known(one.number).region))
    with transaction.atomic():
        kept = [FeedbackAnswer.objects.create(feedback=one, outcome=outcome, text=text.strip(), by=by.username)
                for one in reports]
        for one in reports:
            tell(username=one.by, about=f"standard:{one.number}", href=f"standards/{one.number}",
                 text=Bilingual(f"您反馈的 {one.number} {one.clause_number} 已答复：{text.strip()}",
                                f"Your report on {one.number} {one.clause_number} was answered: {text.strip()}"))
        bump(ROOM)
        write_line(by=by, act="standard.answer", subject=f"standard:{reports[0].number}",
                   after={"reports": [one.pk for one in reports], "outcome": outcome})
    return kept


@dataclass(frozen=True, slots=True)
class Cluster:
    """Reports on one clause that say nearly the same; ``answers`` to any of them."""

    number: str
    clause: str
    clause_number: str
    reports: tuple[Feedback, ...]
    answers: tuple[FeedbackAnswer, ...]

    @property
    def open(self) -> int:
        """How many of them have no answer."""
        answered = {one.feedback_id for one in self.answers}
        return sum(one.pk not in answered for one in self.reports)


LEAST_SAME_REPORT = 0.5


def report_clusters(*, number: str = "", regions: Iterable[str] | None = None) -> list[Cluster]:
    """Reports by clause and likeness, the most reported first; of one standard, or from some places only."""
    rows = Feedback.objects.prefetch_related("answers")
    some = rows.filter(number=number) if number else rows
    wanted = [one for one in some if regions is None or one.region in set(regions)]
    by_clause: dict[tuple[str, str], list[Feedback]] = {}
    for one in wanted:
        by_clause.setdefault((one.number, one.clause), []).append(one)
    found = [_cluster(group) for same in by_clause.values() for group in _alike_reports(same)]
    return sorted(found, key=lambda one: (-len(one.reports), one.number, one.clause_number))


def _alike_reports(same: Sequence[Feedback]) -> list[list[Feedback]]:
    groups = clusters([one.text for one in same], LEAST_SAME_REPORT)
    grouped = {place for group in groups for place in group}
    return [[same[place] for place in group] for group in groups] + [
        [one] for place, one in enumerate(same) if place not in grouped]


def _cluster(group: Sequence[Feedback]) -> Cluster:
    first = group[0]
    return Cluster(first.number, first.clause, first.clause_number, tuple(group),
                   tuple(answer for one in group for answer in one.answers.all()))


def called_early(on: date | None = None) -> dict[str, list[FeedbackAnswer]]:
    """Standards that answers to reports call for review or revision, with those since their last review, by a day."""
    last = {one.number: one.on for one in reviews() if on is None or one.on <= on}
    found: dict[str, list[FeedbackAnswer]] = {}
    for answer in FeedbackAnswer.objects.filter(outcome__in=("look", "revise")).select_related("feedback"):
        number = answer.feedback.number
        day = timezone.localtime(answer.at).date()
        if (on is None or day <= on) and (number not in last or day > last[number]):
            found.setdefault(number, []).append(answer)
    return found
