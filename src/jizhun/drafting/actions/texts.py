"""The text of a project: saved clause by clause, never over somebody else's words; issued as it stands."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions.fingerprints import fingerprint
from jizhun.drafting.actions.projects import EDIT, ROOM, about, locked, past_day, still_open
from jizhun.drafting.models import Draft, Project, WorkingText
from jizhun.drafting.rules.cover import LABELS
from jizhun.drafting.rules.redline import keep_keys, keep_rest
from jizhun.drafting.rules.text import FIXED, KINDS, Clause, moved, numbered, plain, section, shifted
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.provisions.actions import check_codes, measures
from jizhun.provisions.rules.reading import read_say
from jizhun.regions.actions import bump
from jizhun.standards.actions import clauses_of

LONGEST_BODY, LONGEST_HEADING, MOST_CLAUSES, LONGEST_TEXT = 60_000, 300, 1500, 3_000_000


class Conflict(Refused):
    """Somebody else has changed the same clause: ``theirs`` is what stands there now (None: it was removed)."""

    def __init__(self, theirs: Clause | None, by: str) -> None:
        super().__init__(zh=f"{by} 在您打开之后改动了这一条。您的文字还在，请对照后再保存。",
                         en=f"{by} has changed this clause since you opened it. Your words are kept: compare and save.")
        self.theirs = theirs


def new_key() -> str:
    """A stable name for a new clause."""
    return secrets.token_hex(4)


def save_clause(*, by: Actor, project: Project, clause: Clause, seen: str = "", before: str | None = None) -> Clause:
    """Write one clause; a new one (key "") goes in front of the clause ``before`` (None or "": to the end of its part).

    ``seen`` is the fingerprint of what the writer had before them. Raises Conflict where that is no longer there.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    _check_clause(clause, project)
    with transaction.atomic():
        text = _locked_text(project)
        clauses = text.facts()
        there = next((one for one in clauses if one.key == clause.key), None) if clause.key else None
        if clause.key and (there is None or fingerprint(there) != seen):
            raise Conflict(there, text.saved_by or "?")
        if there is not None:
            clauses = [clause if one.key == clause.key else one for one in clauses]
        else:
            clause = replace(clause, key=new_key())
            clauses = _inserted(clauses, clause, before)
        _keep(by, text, clauses, "drafting.save_clause", {"clause": clause.key})
    return clause


def _check_clause(clause: Clause, project: Project) -> None:
    if clause.kind not in KINDS:
        raise Refused(zh=f"没有“{clause.kind}”这种要素。", en=f"There is no element “{clause.kind}”.")
    if not 1 <= clause.level <= 5:
        raise Refused(zh="层次应为 1 至 5。", en="Levels run from 1 to 5.")
    if max(len(clause.heading.zh), len(clause.heading.en)) > LONGEST_HEADING:
        raise Refused(zh=f"标题最多 {LONGEST_HEADING} 字。", en=f"A heading has {LONGEST_HEADING} characters at most.")
    if max(len(clause.body.zh), len(clause.body.en)) > LONGEST_BODY:
        raise Refused(zh=f"一条最多 {LONGEST_BODY} 字，请分成几条。",
                      en=f"A clause has {LONGEST_BODY} characters at most: divide it.")
    if clause.key and (KEY.fullmatch(clause.key) is None or clause.key in RESERVED):
        raise Refused(zh=f"“{clause.key}”不能用作条款的内部名称。", en=f"“{clause.key}” cannot be the key of a clause.")
    if clause.kind in FIXED and clause.level != 1:
        raise Refused(zh=f"“{KINDS[clause.kind].zh}”只能是第一层。",
                      en=f"“{KINDS[clause.kind].en}” stands on level 1 only.")
    for row in clause.proposes:
        _check_proposed(row, project)


KEY, RESERVED = re.compile(r"[A-Za-z0-9_-]{1,64}"), ("new", "import")
"""What a clause may be called inside; some words are addresses of pages."""
PROPOSED = ("subject", "measure", "modality", "value", "unit", "group", "sentence", "language")
"""What a clause may propose; place, day, paper and source come with the paper that puts it in force."""


def _check_proposed(row: Mapping[str, Any], project: Project) -> None:
    """A proposed provision must be one that a paper could put in force as it stands."""
    if unknown := sorted(row.keys() - set(PROPOSED)):
        raise Refused(zh=f"拟定规定不能写“{unknown[0]}”。", en=f"A proposed provision cannot say “{unknown[0]}”.")
    if not {"subject", "measure", "value"} <= row.keys() or not isinstance(row.get("sentence", ""), str):
        raise Refused(zh="拟定规定应写明事项、指标、数值和原句。",
                      en="A proposed provision names service, measure, value and its sentence.")
    check_codes(read_say(proposed_row(row, project), {}, recorded_on=timezone.localdate()), measures())


def proposed_row(row: Mapping[str, Any], project: Project, start: date | None = None) -> dict[str, Any]:
    """A proposed provision as a row of the seeds: at the project's place, from its day of implementation."""
    kept = {name: row[name] for name in PROPOSED[:-2] if name in row}
    first = start or project.effective_on or timezone.localdate()
    return {"region": project.region, "group": "all", "from": first, "mark": "SIM" if project.simulated else "R",
            "source": "proposed", **kept}


def _locked_text(project: Project) -> WorkingText:
    project = locked(project)
    still_open(project)
    return WorkingText.objects.select_for_update().get(project=project)


def _inserted(clauses: Sequence[Clause], clause: Clause, before: str | None) -> list[Clause]:
    if clause.kind in FIXED and any(one.kind == clause.kind for one in clauses):
        name = KINDS[clause.kind]
        raise Refused(zh=f"已经有“{name.zh}”。", en=f"There is a “{name.en}” already.")
    at = next((place for place, one in enumerate(clauses) if before and one.key == before), None)
    place = _end_of_part(clauses, clause) if at is None else at
    return [*clauses[:place], clause, *clauses[place:]]


def _end_of_part(clauses: Sequence[Clause], clause: Clause) -> int:
    """Behind the last clause whose kind comes no later in the order of GB/T 1.1; annexes and their clauses together."""
    order = list(KINDS)
    rank = order.index("annex" if clause.kind == "annex_clause" else clause.kind)
    places = [place for place, one in enumerate(clauses)
              if order.index("annex" if one.kind == "annex_clause" else one.kind) <= rank]
    return places[-1] + 1 if places else 0


def _keep(by: Actor, text: WorkingText, clauses: Sequence[Clause], act: str, after: Mapping[str, Any]) -> None:
    if len(clauses) > MOST_CLAUSES:
        raise Refused(zh=f"一份文本最多 {MOST_CLAUSES} 条。", en=f"A text has {MOST_CLAUSES} clauses at most.")
    if sum(len(one.body.zh) + len(one.body.en) for one in clauses) > LONGEST_TEXT:
        raise Refused(zh=f"一份文本最多 {LONGEST_TEXT} 字。", en=f"A text has {LONGEST_TEXT} characters at most.")
    text.clauses = [plain(one) for one in clauses]
    text.version, text.saved_by = text.version + 1, by.username
    text.save()
    write_line(by=by, act=act, subject=about(text.project), after={**after, "version": text.version})


def remove_clause(*, by: Actor, project: Project, key: str, seen: str) -> list[Clause]:
    """Take out a clause with all that stands under it; Conflict where it is no longer what was seen."""
    require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        text = _locked_text(project)
        clauses = text.facts()
        there = next((one for one in clauses if one.key == key), None)
        if there is None or fingerprint(there) != seen:
            raise Conflict(there, text.saved_by or "?")
        gone = section(clauses, key)
        rest = [one for place, one in enumerate(clauses) if place not in gone]
        _keep(by, text, rest, "drafting.remove_clause", {"removed": [plain(clauses[place]) for place in gone]})
    return rest


def move_clause(*, by: Actor, project: Project, key: str, before: str = "", level: int | None = None) -> list[Clause]:
    """Put a clause, with all under it, in front of another ("" to the end), or on another level; numbers follow.

    Forbidden without the right to draft; Refused where one of the clauses is gone, where it would go into itself, and
    for a level that it cannot have.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        text = _locked_text(project)
        clauses = text.facts()
        inside = section(clauses, key)
        if not inside or (before and not any(one.key == before for one in clauses)):
            raise Refused(zh="这一条已不在文本中。", en="That clause is no longer in the text.")
        if before in {clauses[place].key for place in inside}:
            raise Refused(zh="不能移到自己里面。", en="A clause cannot be moved into itself.")
        if level is not None:
            clauses = _levelled(clauses, inside, level)
        after = moved(clauses, key, before) if before or level is None else clauses
        _keep(by, text, after, "drafting.move_clause", {"clause": key, "before": before})
    return after


def shift_clause(*, by: Actor, project: Project, key: str, up: bool) -> list[Clause]:
    """Change places with the clause of the same level before or after; numbers follow."""
    require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        text = _locked_text(project)
        before = text.facts()
        after = shifted(before, key, up)
        if after != before:
            _keep(by, text, after, "drafting.move_clause", {"clause": key, "up": up})
    return after


def _levelled(clauses: Sequence[Clause], inside: range, level: int) -> list[Clause]:
    shift = level - clauses[inside[0]].level
    if clauses[inside[0]].kind in FIXED or any(not 1 <= clauses[place].level + shift <= 5 for place in inside):
        raise Refused(zh="层次应为 1 至 5。", en="Levels run from 1 to 5.")
    return [replace(one, level=one.level + shift) if place in inside else one for place, one in enumerate(clauses)]


def take_in(*, by: Actor, project: Project, clauses: Sequence[Clause], seen: int) -> list[Clause]:
    """A whole text from a file in the place of what there is; clauses that can be recognised keep their keys.

    Refused where the text was saved since its version ``seen``.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    for clause in clauses:
        _check_clause(clause, project)
    _once_each(clauses)
    with transaction.atomic():
        text = _locked_text(project)
        if text.version != seen:
            raise Refused(zh=f"{text.saved_by} 在此期间保存过文本，请重新查看差异。",
                          en=f"{text.saved_by} has saved the text in the meantime: look at the differences again.")
        kept = keep_rest(text.facts(), keep_keys(text.facts(), clauses))
        _keep(by, text, kept, "drafting.take_in", {"clauses": len(kept)})
    return kept


def _once_each(clauses: Sequence[Clause]) -> None:
    kinds = [one.kind for one in clauses if one.kind in FIXED]
    if twice := next((kind for kind in kinds if kinds.count(kind) > 1), None):
        raise Refused(zh=f"“{KINDS[twice].zh}”出现两次。", en=f"“{KINDS[twice].en}” is there twice.")


def issue(*, by: Actor, project: Project, label: str, note: str = "", on: date | None = None) -> Draft:
    """Fix the text as it stands as the next draft, under its label; it never changes again.

    Forbidden without the right to draft; Refused for an unknown label, an empty text, or a day before the stage began.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    if label not in LABELS or label in ("working", "published"):
        raise Refused(zh=f"没有“{label}”这种稿。", en=f"There is no such draft: “{label}”.")
    with transaction.atomic():
        text = _locked_text(project)
        if not text.clauses:
            raise Refused(zh="文本还是空的。", en="The text is still empty.")
        day, entered = past_day(on), text.project.entered_on
        if day < entered:
            raise Refused(zh=f"日期 {day} 早于进入本阶段的日期 {entered}。",
                          en=f"The day {day} is before this stage began, {entered}.")
        draft = fixed(by=by, text=text, label=label, note=note, on=day)
    return draft


def fixed(*, by: Actor, text: WorkingText, label: str, note: str, on: date) -> Draft:
    """The text as a draft that never changes; inside the caller's transaction."""
    project = text.project
    last = project.drafts.order_by("-seq").first()
    draft = Draft.objects.create(project=project, seq=(last.seq if last else 0) + 1, label=label, on=on,
                                 clauses=text.clauses, version=text.version, note=note.strip(), by=by.username)
    bump(ROOM)
    write_line(by=by, act="drafting.issue", subject=about(project), after={"draft": draft.seq, "label": label})
    return draft


SKELETON: Sequence[tuple[str, Bilingual]] = (
    ("foreword", NO_WORDS), ("scope", NO_WORDS), ("references", NO_WORDS), ("terms", NO_WORDS),
    ("clause", Bilingual("基本要求", "General requirements")),
    ("clause", Bilingual("服务内容和要求", "Services and requirements")),
    ("clause", Bilingual("服务流程", "Steps of the service")),
    ("clause", Bilingual("服务监督、评价与改进", "Supervision, evaluation and improvement")),
)
"""The usual skeleton of a service standard (see the standards in the library)."""

FOREWORD = Bilingual(
    "本文件按照GB/T 1.1—2020《标准化工作导则 第1部分：标准化文件的结构和起草规则》的规定起草。",
    "This document is drafted in accordance with GB/T 1.1—2020.")


def start_text(*, by: Actor, project: Project) -> list[Clause]:
    """Into an empty text: for a revision the text revised, where we hold it; else the usual skeleton.

    Forbidden without the right to draft; Refused where the text is not empty, or can no longer be changed.
    """
    clauses = revised_text(project) or _skeleton(project)
    require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        text = _locked_text(project)
        if text.clauses:
            raise Refused(zh="文本不是空的。", en="The text is not empty.")
        _keep(by, text, clauses, "drafting.start_text", {"clauses": len(clauses)})
    return clauses


def _skeleton(project: Project) -> list[Clause]:
    """The skeleton with what the proposal says already."""
    bodies = {"foreword": FOREWORD, "scope": Bilingual(project.scope_zh, project.scope_en)}
    return [Clause(new_key(), kind, 1, heading, bodies.get(kind, NO_WORDS)) for kind, heading in SKELETON]


def revised_text(project: Project) -> list[Clause]:
    """The text of the standard that a project revises, its clauses under the keys they have; none where unknown."""
    if not project.revises:
        return []
    made = Draft.objects.filter(project__number=project.revises, label="published").last()
    if made is not None:
        return made.facts()
    return [Clause(row.key, row.kind, row.level, NO_WORDS if row.kind in FIXED else row.fact().heading, row.fact().body,
                   row.normative) for row in clauses_of(project.revises)]


def number_of(clauses: Sequence[Clause], key: str) -> str:
    """The printed number of a clause; "" where there is none."""
    return next((one.number for one in numbered(clauses) if one.clause.key == key), "")
