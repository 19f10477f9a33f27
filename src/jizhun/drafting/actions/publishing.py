"""The last steps: number and days, the impact list that has to be seen, and the publication itself."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions.entry import issuer, standard_of
from jizhun.drafting.actions.fingerprints import impact_fingerprint
from jizhun.drafting.actions.fitting import check_near
from jizhun.drafting.actions.projects import (
    EDIT,
    ROOM,
    about,
    check_running,
    day_after_entry,
    facts_of,
    locked,
    move,
    procedure_of,
    publisher_right,
)
from jizhun.drafting.actions.texts import fixed, proposed_row
from jizhun.drafting.models import Project, Proposed
from jizhun.drafting.rules.conditions import require_met
from jizhun.drafting.rules.cover import Cover, Edition
from jizhun.drafting.rules.stages import STOPPED
from jizhun.drafting.rules.text import Clause, filled, labels_of, numbered
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, months_later
from jizhun.kernel.numbering import StandardNumber, parse_standard
from jizhun.people.actions import path_to, require, tell, write_line
from jizhun.people.rules import Actor
from jizhun.provisions.actions import foreseen_all, measures, record, record_all, record_paper
from jizhun.provisions.models import Document, Provision
from jizhun.provisions.rules import Finding
from jizhun.provisions.rules.effect import Effect
from jizhun.regions.actions import bump, tree
from jizhun.standards.actions import enter, library
from jizhun.standards.models import ClauseRow
from jizhun.standards.rules.faults import Limits
from jizhun.standards.rules.library import CURRENT, KINDS, LOCAL, UPCOMING, Standard

# --- number and days ----------------------------------------------------------------------------------


def set_number(*, by: Actor, project: Project, number: str, effective_on: date, valid_until: date | None = None
               ) -> Project:
    """Give the document its number and its day of implementation (a normative document: also how long it is valid)."""
    require(by=by, right=publisher_right(project), path=path_to(project.region))
    check_near(effective_on, timezone.localdate(), 10)
    if valid_until:
        check_near(valid_until, timezone.localdate(), 100)
    if valid_until and valid_until <= effective_on:
        raise Refused(zh="有效期应晚于实施日期。", en="It must stay valid beyond the day it begins.")
    with transaction.atomic():
        bump(ROOM)  # nobody else is given a number meanwhile
        project = locked(project)
        check_running(project)
        written = _checked_number(project, number.strip())
        before = {"number": project.number, "effective_on": project.effective_on}
        project.number, project.effective_on, project.valid_until = written, effective_on, valid_until
        project.save(update_fields=["number", "effective_on", "valid_until"])
        write_line(by=by, act="drafting.number", subject=about(project), before=before,
                   after={"number": written, "effective_on": effective_on, "valid_until": valid_until})
    return project


LONGEST_NUMBER = 60
PLAIN = re.compile(r"[\w 〔〕（）()\[\]【】《》/.·—-]+")
"""What a normative document's number is written with."""


def _checked_number(project: Project, number: str) -> str:
    """The number as it is written; Refused where it does not fit the kind or the place, or is taken."""
    if not number or len(number) > LONGEST_NUMBER:
        raise Refused(zh=f"请填写编号，最多 {LONGEST_NUMBER} 字。",
                      en=f"Give the number, {LONGEST_NUMBER} characters at most.")
    if project.kind == NORMATIVE:
        number = " ".join(number.split())
        if PLAIN.fullmatch(number) is None:
            raise Refused(zh=f"“{number}”不是文号，请写成“示人社规〔2026〕1号”的样子。",
                          en=f"“{number}” is no document number; write it like “示人社规〔2026〕1号”.")
    else:
        number = str(_fitting(project, parse_standard(number)))
    _refuse_taken(project, number)
    return number


def _refuse_taken(project: Project, number: str) -> None:
    """A number is given once; a project that was stopped gives its own back."""
    taken = Project.objects.filter(number=number).exclude(pk=project.pk).exclude(stage=STOPPED).exists()
    if taken or library().by_number.get(number) is not None:
        raise Refused(zh=f"编号“{number}”已被使用。", en=f"The number “{number}” is taken.")


NORMATIVE = "normative"
KIND_OF_NUMBER = {"national": "national", "industry": "industry", "local": "local", "group": "group",
                  "internal": "enterprise"}
"""An in-house standard is numbered as enterprises number theirs: Q/…"""


def _fitting(project: Project, parsed: StandardNumber) -> StandardNumber:
    if parsed.kind != KIND_OF_NUMBER[project.kind]:
        name = KINDS[project.kind]
        raise Refused(zh=f"“{parsed}”不是{name.zh}的编号。", en=f"“{parsed}” is not the number of a {name.en.lower()}.")
    if parsed.year is None:
        raise Refused(zh=f"“{parsed}”缺少年份。", en=f"“{parsed}” lacks the year.")
    if project.kind == LOCAL and parsed.region != region_digits(project.region):
        raise Refused(zh=f"{project.region} 的地方标准编号以 DB{region_digits(project.region)} 开头。",
                      en=f"Local standards of {project.region} begin with DB{region_digits(project.region)}.")
    return parsed


def region_digits(region: str) -> str:
    """What stands behind DB: two digits of a province, four of a city, six of a county."""
    return region.removesuffix("00").removesuffix("00")


def next_number(project: Project, year: int) -> str:
    """The next free number of local standards at the place; "" for kinds that others number."""
    if project.kind != LOCAL:
        return ""
    digits = region_digits(project.region)
    used = [int(parsed.number) for one in library().by_number.values()
            if (parsed := one.parsed) and parsed.issuer == "DB" and parsed.region == digits]
    given = [int(parse_standard(one).number) for one in Project.objects.filter(
        kind=LOCAL, region=project.region).exclude(number="").values_list("number", flat=True)]
    return f"DB{digits}/T {max([0, *used, *given]) + 1}-{year}"


# --- impact -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Impact:
    """What the document would change once a paper puts its values in force on ``on``, as the rules stand now.

    ``rows``: its proposed provisions; ``effects`` beside them; ``below``: findings at places below, e.g. whose own
    value is lower; ``cited_by``: standards that cite what it replaces; ``fingerprint``: what was looked at.
    """

    on: date
    rows: Sequence[Mapping[str, Any]]
    effects: Sequence[Effect]
    below: Sequence[Finding]
    touched: Sequence[Standard]
    fingerprint: str


def proposals(project: Project) -> list[tuple[Clause, dict[str, Any]]]:
    """Every proposed provision of the working text, as a row of the seeds, with its clause."""
    return [(clause, proposed_row(row, project)) for clause in project.text.facts() for row in clause.proposes]


def impact(project: Project) -> Impact:
    """The impact list: computed, never kept."""
    rows = [row for _, row in proposals(project)]
    effects = foreseen_all(rows=rows)
    below = [one for effect in effects for one in (*effect.new_findings, *effect.below)]
    touched = library().cited_by.get(project.revises, ()) if project.revises else ()
    return Impact(project.effective_on or timezone.localdate(), rows, effects, below, touched,
                  impact_fingerprint(project))


def see_impact(*, by: Actor, project: Project, seen: str) -> Project:
    """Note that the impact list was looked at; Refused where anything has moved since it was shown."""
    require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        project = locked(project)
        now = impact_fingerprint(project)
        if seen != now:
            raise Refused(zh="在此期间文本或规定有变化，请重新查看影响清单。",
                          en="The text or the provisions have moved in the meantime: look at the impact list again.")
        project.impact_seen = now
        project.save(update_fields=["impact_seen"])
        write_line(by=by, act="drafting.see_impact", subject=about(project), after={"fingerprint": now})
    return project


# --- the printed edition ------------------------------------------------------------------------------


def edition(project: Project, clauses: Sequence[Clause], label: str) -> Edition:
    """A text with its cover, for the printers."""
    place = tree().known(project.region).name
    banners = {"national": Bilingual("中华人民共和国国家标准", "National Standard of the People's Republic of China"),
               "industry": Bilingual("中华人民共和国行业标准", "Industry Standard of the People's Republic of China"),
               "local": Bilingual(f"{place.zh}地方标准", f"Local Standard of {place.en}"),
               "group": Bilingual("团体标准", "Social Organization Standard"),
               "internal": Bilingual("内部标准", "In-house Standard"),
               "normative": Bilingual("行政规范性文件", "Administrative Normative Document")}
    cover = Cover(
        banner=banners[project.kind], number=project.number or unfinished_number(project), title=project.title,
        label=label, ics=project.ics, ccs=project.ccs, replaces=[project.revises] if project.revises else [],
        published_on=project.published_on, effective_on=project.effective_on, issuers=[issuer(project)],
        simulated=project.simulated)
    return Edition(cover, clauses)


def unfinished_number(project: Project) -> str:
    """The number while it is not given."""
    heads = {"national": "GB/T", "industry": "LD/T", "local": f"DB{region_digits(project.region)}/T", "group": "T/XXXX",
             "internal": "Q/XXXX", "normative": ""}
    head = heads[project.kind]
    return f"{head} XXXX-XXXX" if head else "XXXX"


# --- publication --------------------------------------------------------------------------------------


def publish(*, by: Actor, project: Project, on: date | None = None) -> Project:
    """Approve and publish: the text is fixed, the standard stands in the library, its provisions are ready to be cited.

    An administrative normative document puts its values in force instead: its paper and provisions are recorded.
    """
    how = procedure_of(project)
    way = how.way(project.stage, "publish")
    require(by=by, right=way.right, path=path_to(project.region))
    with transaction.atomic():
        project = locked(project)
        way = how.way(project.stage, "publish")
        require_met(way, facts_of(project))
        day = day_after_entry(project, on)
        if project.effective_on and project.effective_on < day:
            raise Refused(zh=f"实施日期 {project.effective_on} 早于发布日期 {day}。",
                          en=f"The day of implementation, {project.effective_on}, is before the publication, {day}.")
        bump(ROOM)
        _refuse_taken(project, project.number)
        project.published_on = day
        project.save(update_fields=["published_on"])
        fixed(by=by, text=project.text, label="published", note="", on=day)
        if project.kind in KINDS:
            _into_library(by, project)
        else:
            _into_force(by, project)
        move(by=by, project=project, way=way, reason="", on=day)
        _tell_all(project)
    return project


def _into_library(by: Actor, project: Project) -> None:
    done = numbered(project.text.facts())
    enter(by=by, standard=standard_of(project), clauses=[
        _clause_row(place, one.clause, one.number, labels_of(done, "zh"), labels_of(done, "en"))
        for place, one in enumerate(done)])
    numbers = {one.clause.key: one.number for one in done}
    Proposed.objects.bulk_create([
        Proposed(number=project.number, project=project, clause=one.key, clause_number=numbers[one.key],
                 row=json.loads(json.dumps(proposed_row(row, project) | {"sentence": row.get("sentence", "")},
                                           default=str)))
        for one in project.text.facts() for row in one.proposes])


def _clause_row(place: int, clause: Clause, number: str, zh: Mapping[str, str], en: Mapping[str, str]) -> ClauseRow:
    return ClauseRow(place=place, key=clause.key, kind=clause.kind, level=clause.level, number=number,
                     heading_zh=clause.title.zh, heading_en=clause.title.en, body_zh=filled(clause.body.zh, zh),
                     body_en=filled(clause.body.en, en), normative=clause.normative)


def _into_force(by: Actor, project: Project) -> None:
    """A normative document: its paper goes on record, and its values begin on its day."""
    code = f"{project.code}-paper"
    paper = {"id": code, "title_zh": project.title_zh, "title_en": project.title_en or project.title_zh,
             "number": project.number, "kind": NORMATIVE, "issuer_zh": issuer(project).zh,
             "issuer_en": issuer(project).en, "region": project.region, "published_on": project.published_on,
             "valid_from": project.effective_on, "valid_until": project.valid_until,
             "source": f"made here: {project.code}", "mark": "SIM" if project.simulated else "V"}
    rows = [{**row, "document": code, "source": paper["source"], "mark": paper["mark"], "until": project.valid_until,
             "clause_zh": clause.title.zh, "clause_en": clause.title.en} for clause, row in proposals(project)]
    if not rows:
        record_paper(by=by, row=paper)
        return
    waiting = [one for one in Proposed.objects.filter(provision=None) if still_proposes(one.number)]
    for one in record_all(by=by, rows=rows, paper=paper):
        for proposed in waiting:
            if _same(proposed.row, {name: getattr(one, name) for name in ("value", *SAID)}):
                proposed.provision = one.pk
                proposed.save(update_fields=["provision"])


SAID = {"subject": "", "measure": "", "region": "", "unit": "", "modality": "floor", "group": "all"}
"""What makes two provisions say the same, beside the value; what a row says where it leaves the field out."""


def _same(proposed: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row says the very thing that is proposed: of what, where, how much, how binding and for whom."""
    return _value_of(proposed) == _value_of(row) and all(
        (proposed.get(name) or usual) == (row.get(name) or usual) for name, usual in SAID.items())


def _value_of(row: Mapping[str, Any]) -> Decimal | str:
    """A number whatever way it is written; else the words."""
    try:
        return Decimal(str(row.get("value")))
    except ArithmeticError:
        return str(row.get("value"))


def _tell_all(project: Project) -> None:
    """Everybody who commented is told that it is published, once."""
    told = set()
    for comment in project.comments.all():
        to = (comment.by, comment.notify)
        if any(to) and to not in told:
            told.add(to)
            tell(username=comment.by, address=comment.notify, about=about(project),
                 href=f"standards/{project.number}" if project.kind in KINDS else f"comments/{comment.token}/",
                 text=Bilingual(f"《{project.title_zh}》（{project.number}）已发布，{project.effective_on} 起实施。",
                                f"{project.title_en or project.title_zh} ({project.number}) is published, "
                                f"in force from {project.effective_on}."))


def cite(*, by: Actor, proposed: Proposed, row: Mapping[str, Any], paper: Mapping[str, Any] | None = None,
         documents_paper: bool = False, seen: str | None = None) -> Provision:
    """Record the provision that puts a proposed one in force, with its paper, and note which it is: both or neither.

    Refused where the row says another thing than the standard proposes, the proposal is in force already, or the
    standard does not hold any more.
    """
    require(by=by, right="provision.record", path=path_to(str(proposed.row["region"])))
    if not still_proposes(proposed.number):
        raise Refused(zh=f"{proposed.number} 已不再有效，它的拟定规定不能再引用。",
                      en=f"{proposed.number} does not hold any more: what it proposes can no longer be cited.")
    if not _same(proposed.row, row):
        raise Refused(zh="这与标准的拟定规定不一致：请按拟定规定填写，或不从标准引用而直接记录。",
                      en="That is not what the standard proposes: record it as proposed, or on its own and not from "
                         "the standard.")
    with transaction.atomic():
        proposed = Proposed.objects.select_for_update().get(pk=proposed.pk)
        if proposed.provision is not None:
            raise Refused(zh="这条拟定规定已有文件使其生效。", en="A paper has put this proposal in force already.")
        kept = record(by=by, row=row, paper=paper, documents_paper=documents_paper, seen=seen)
        proposed.provision = kept.pk
        proposed.save(update_fields=["provision"])
        write_line(by=by, act="drafting.cite", subject=f"standard:{proposed.number}",
                   after={"clause": proposed.clause_number, "provision": kept.pk})
    return kept


def still_proposes(number: str) -> bool:
    """Whether a standard's proposals can still be put in force: it holds, or is about to."""
    held = library()
    found = held.by_number.get(number)
    return found is not None and held.status(found, timezone.localdate()) in (CURRENT, UPCOMING)


PROMISES = ("floor", "exact")
"""Modalities under which a value is what the citizen is promised at least."""


def promised_by_standards() -> Limits:
    """What the clauses of standards propose, in what can be compared: promises (not caps) of more or of less."""
    known_ones = measures()
    found: dict[str, dict[tuple[str, ...], tuple[Decimal, str]]] = {}
    for one in Proposed.objects.all():
        row, measure = one.row, known_ones.get(one.row["measure"])
        if measure is None or measure.direction not in ("higher", "lower") or not isinstance(row["value"], int | str):
            continue
        if row.get("modality", "floor") not in PROMISES:
            continue
        key = (row["subject"], row["measure"], row.get("group", "all"), row.get("unit", ""))
        found.setdefault(one.number, {})[key] = Decimal(row["value"]), measure.direction
    return found


LAPSING_MONTHS = 6


def lapsing(*, regions: Sequence[str], on: date) -> list[Document]:
    """Papers of these places whose validity ends within six months: let them lapse, or continue them in time."""
    return list(Document.objects.filter(region__in=regions, valid_until__gte=on, valid_until__lt=FAR,
                                        valid_until__lte=months_later(on, LAPSING_MONTHS)).order_by("valid_until"))

