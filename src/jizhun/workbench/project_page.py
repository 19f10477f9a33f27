"""One project: where it stands and what may be done, how it came so, what it would change, what is said about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions import publishing
from jizhun.drafting.actions.entry import entry_errors
from jizhun.drafting.actions.projects import (
    EDIT,
    EVIDENCE,
    Step,
    described,
    errors_of,
    examined,
    found,
    procedure_of,
    procedures,
    publisher_right,
    stays_of,
    steps,
    tally_of,
    visible,
)
from jizhun.drafting.models import HELD, SHOWN, Project
from jizhun.drafting.rules.cover import LABELS
from jizhun.drafting.rules.stages import STOPPED, days_by_stage
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.fields import Field
from jizhun.frame.said import proposal_in_words
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import DISCUSSION, HISTORY, IMPACT, NOW, chosen, tabs
from jizhun.frame.tags import count, day, place_name, words
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual, Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.models import AuditLine, Remark, User
from jizhun.provisions.actions import measures, tell
from jizhun.regions.actions import tree
from jizhun.workbench.drifting import drifting
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.projects import fields_of_proposal, holder_of, served
from jizhun.workbench.provision_page import some_places
from jizhun.workbench.upload import user_of

DRAFT_LABELS = ("comment", "review", "approval")


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage of the way: done, now or ahead; days spent in it and its limit."""

    code: str
    name: str
    state: str
    days: int | None
    iso: str


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with its fields."""

    step: Step
    fields: Sequence[Field]


def seen_project(request: HttpRequest, code: str) -> Project:
    """The project, if it lies on the line of places of whoever asks."""
    try:
        project = found(code)
    except Refused:
        raise Http404 from None
    if not visible(by=user_of(request), project=project):
        raise Http404
    return project


@login_required
def project(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one project, at the tab that the address asks for."""
    return shown(request, seen_project(request, code))


def shown(request: HttpRequest, one: Project, wrong: str = "", act: str = "", tab: str = "") -> HttpResponse:
    """The page; ``wrong`` says why ``act`` was refused, and its form keeps what was typed."""
    page = ProjectPage(one, user_of(request), timezone.localdate(), request.POST if wrong else {}, act)
    at = tab or chosen(request)
    parts = {NOW: page.now, HISTORY: page.history, IMPACT: page.impact, DISCUSSION: page.discussion}[at]()
    tables = [part for part in parts.values() if isinstance(part, Table)]
    charts = [part for part in parts.values() if isinstance(part, Chart)]
    response = show(request, "workbench/project.html", {
        "project": one, "tab": at, "tabs": tabs(request), "title": one.title, "procedure": page.how,
        "place": tree().known(one.region), "stage": page.how.stages[one.stage], "wrong": wrong, "act": act,
        "may_edit": page.may_edit, **parts}, tables, charts)
    response.status_code = 400 if wrong else response.status_code
    return response


class ProjectPage:
    """What the tabs of one project show, on one day, to one person."""

    def __init__(self, project: Project, user: User, today: date, typed: Mapping[str, Any], act: str) -> None:
        self.project, self.user, self.today, self.typed, self.act = project, user, today, typed, act
        self.how = procedure_of(project)
        path = path_to(project.region)
        self.may_edit = allows(by=user, right=EDIT, path=path)
        self.may_cite = allows(by=user, right="provision.record", path=path) and (
            bool(project.number) and publishing.still_proposes(project.number))
        self.may_publish = allows(by=user, right=publisher_right(project), path=path)

    def field(self, form: str, name: str, label: str, value: object = "", **more: Any) -> Field:
        """A field of one of the page's forms; what was typed into a refused one stays."""
        text = self.typed.get(name, "") if self.act == form else value
        return Field(name, label, str(text or ""), form=form, **more)

    # -- now -------------------------------------------------------------------------------------------

    def now(self) -> dict[str, Any]:
        """Where it stands, whose move it is, which steps are open and why others are not, and the forms."""
        one = self.project
        return {
            "way": self.way(), "holder": holder_of(one),
            "late": bool(one.running and one.due_on and one.due_on < self.today),
            "steps": self.steps(), "text": one.text,
            "errors": [*errors_of(one), *entry_errors(one)] if one.text.version else [],
            "drafts": list(one.drafts.order_by("-seq")), "labels": LABELS, "rounds": self.rounds(),
            "ballots": [(ballot, tally_of(ballot)) for ballot in one.ballots.all()],
            "evidence": [(EVIDENCE[row.kind], row) for row in one.evidence.all()], "comments": self.comments(),
            "cited": [(row, proposal_in_words(row.row, measures())) for row in one.proposed.all()],
            "forms": self.forms() if one.running or one.stage == "60" else {}, "facts": self.facts(),
            "said": described(one), "may_cite": self.may_cite}

    def way(self) -> list[StageShown]:
        """The stages in their order, with the days spent."""
        spent = days_by_stage(stays_of(self.project, self.today))
        codes = [code for code in self.how.stages if code not in (STOPPED, "90", "95")] + (
            [self.project.stage] if self.project.stage in (STOPPED, "90", "95") else [])
        return [StageShown(code, words(self.how.stages[code].name), self._state(code), spent.get(code),
                           self.how.stages[code].iso) for code in codes]

    def _state(self, code: str) -> str:
        if code == self.project.stage:
            return "now"
        return "done" if code < self.project.stage or (self.project.stage == STOPPED and code in days_by_stage(
            stays_of(self.project, self.today))) else "ahead"

    def steps(self) -> list[StepShown]:
        """The steps, those that this person may take first."""
        found_steps = sorted(steps(by=self.user, project=self.project), key=lambda step: not step.allowed)
        return [StepShown(step, [
            *([self.field(step.way.act, "reason", _("Why"), kind="textarea", required=True)] if step.reason else ()),
            self.field(step.way.act, "on", _("On"), self.today, kind="date")]) for step in found_steps]

    def rounds(self) -> list[tuple[Any, int, bool]]:
        """Rounds of comments with how many there are, and whether each is open today."""
        return [(row, row.comments.count(), row.open_on(self.today)) for row in self.project.consultations.all()]

    def comments(self) -> dict[str, int]:
        """How many comments wait, and for what."""
        rows = self.project.comments.filter(merged_into=None)
        arrived = rows.filter(state=SHOWN, desk=self.project.region)
        return {"all": self.project.comments.count(), "held": rows.filter(state=HELD).count(),
                "below": rows.filter(state=SHOWN).exclude(desk=self.project.region).count(),
                "open": arrived.filter(disposition="").count(), "done": arrived.exclude(disposition="").count()}

    def facts(self) -> list[tuple[str, str]]:
        """What the proposal says, in a list."""
        one, names = self.project, catalogue()
        told = [
            (_("Why it is needed"), words(Bilingual(one.need_zh, one.need_en))),
            (_("Scope"), words(Bilingual(one.scope_zh, one.scope_en))),
            (_("Serves"), words(COMMA).join(f"{code} {words(names.name_of(code))}" for code in one.serves)),
            (_("Revises"), one.revises), (_("Proposed by"), words(one.proposer)),
            (_("Approved by"), words(one.regulator)),
            ("ICS", one.ics), ("CCS", one.ccs), (pgettext("standard", "Number"), one.number),
            (_("Published on"), day(one.published_on)), (pgettext("standard", "In force from"), day(one.effective_on)),
            (_("Valid until"), day(one.valid_until)),
            (_("Opened"), f"{day(one.opened_on)} · {one.opened_by}")]
        return [(label, text) for label, text in told if text]

    def forms(self) -> dict[str, Sequence[Field]]:
        """The forms that this person may send, by their act."""
        made: dict[str, Sequence[Field]] = {}
        if self.may_edit:
            made |= self._edit_forms()
        if self.may_publish and self.project.stage == "60":
            made["evidence"] = self._evidence_form(("filed",))
        if self.may_publish and self.project.running:
            one = self.project
            made["number"] = [
                self.field("number", "number", pgettext("standard", "Number"),
                           one.number or publishing.next_number(one, self.today.year)),
                self.field("number", "effective_on", pgettext("standard", "In force from"), one.effective_on,
                           kind="date"),
                self.field("number", "valid_until", _("Valid until"), one.valid_until, kind="date",
                           hint=_("Normative documents only"))]
        return made

    def _edit_forms(self) -> dict[str, Sequence[Field]]:
        one, field = self.project, self.field
        labels = [(label, words(LABELS[label])) for label in DRAFT_LABELS]
        if not one.running:
            return {}
        evidence = self._evidence_form(("meeting", "legally_reviewed", "assessed"))
        if one.stage == "50":  # it lies with whoever approves
            return {"evidence": evidence}
        proposal = {name: getattr(one, name) for name in (
            "title_zh", "title_en", "need_zh", "scope_zh", "scope_en", "proposer_zh", "proposer_en", "regulator_zh",
            "regulator_en", "ics", "ccs", "revises")}
        if self.act == "describe":
            proposal = {name: self.typed.get(name, value) for name, value in proposal.items()}
        serves = served(self.typed["serves"]) if self.act == "describe" and "serves" in self.typed else one.serves
        made: dict[str, Sequence[Field]] = {
            "describe": [*fields_of_proposal(proposal, serves, {}, "describe"),
                         field("describe", "overlap_reason",
                               _("Why it is needed beside standards of nearly the same title"),
                               one.overlap_reason, kind="textarea")],
            "issue": [field("issue", "label", _("Issue it as"), choices=labels),
                      field("issue", "on", _("On"), self.today, kind="date",
                            hint=_("Earlier only where it was issued on paper before")),
                      field("issue", "note", _("What changed (optional)"), kind="textarea")],
            "hand": [field("hand", "username", _("A person (login)")), field("hand", "body", _("or a body (Chinese)")),
                     field("hand", "task", _("What is to be done")),
                     field("hand", "due", _("Until"), one.due_on, kind="date")],
            "evidence": evidence}
        return made | self._round_forms()

    def _evidence_form(self, kinds: Sequence[str]) -> list[Field]:
        field = self.field
        return [field("evidence", "kind", _("What happened"),
                      choices=[(kind, words(EVIDENCE[kind])) for kind in kinds]),
                field("evidence", "on", _("On"), self.today, kind="date"),
                field("evidence", "verdict", _("Verdict"),
                      choices=[("passed", _("passed")), ("failed", _("not passed"))]),
                field("evidence", "text", _("Record: when, who, what came of it"), kind="textarea", required=True)]

    def _round_forms(self) -> dict[str, Sequence[Field]]:
        """The forms for a round of comments and for a ballot, where a draft is there for them."""
        one, field, made = self.project, self.field, dict[str, Sequence[Field]]()
        drafts = [(str(draft.pk), f"{draft.seq} {words(LABELS[draft.label])}")
                  for draft in one.drafts.filter(label="comment").order_by("-seq")]
        if one.stage == "30" and drafts and not one.consultations.filter(closed_on=None).exists():
            made["round"] = [
                field("round", "draft", _("Draft"), choices=drafts),
                field("round", "opens_on", _("From"), self.today, kind="date"),
                field("round", "closes_on", _("Until"), kind="date"),
                field("round", "bodies", _("Bodies asked"), hint=_("Codes of places, commas between them")),
                field("round", "asks", _("What you want to know"), kind="textarea"),
                field("round", "announced", _("Where it was announced"), hint=_("Only if it began before today"))]
        draft = examined(one)
        if draft is not None and one.stage in self.how.deciding and not one.ballots.filter(closed_on=None).exists():
            rules = [(code, words(procedures().ballots[code].name)) for code in self.how.ballots]
            question = _("Shall the draft be sent to approval?")
            made["ballot"] = [
                field("ballot", "question", _("Question"), question, required=True),
                field("ballot", "rule", _("Rule"), choices=rules),
                field("ballot", "closes_on", _("Until"), kind="date"),
                field("ballot", "usernames", _("Persons who may vote"), hint=_("Logins, commas between them")),
                field("ballot", "bodies", _("Bodies that may vote"), hint=_("Codes of places, commas between them"))]
        return made

    # -- history ---------------------------------------------------------------------------------------

    def history(self) -> dict[str, Any]:
        """Every step and stay; the days against the limits as a picture; who did what."""
        some = stays_of(self.project, self.today)
        spent = days_by_stage(some)
        picture = bars("days", _("Days in each stage"), [
            Bar(f"{code} {words(self.how.stages[code].name)}", days, count(days), code == self.project.stage)
            for code, days in spent.items()]) if spent else None
        return {"stays": self._stays(some), "chart": picture, "moves": list(self.project.moves.all()),
                "acts": self.how.acts, "lines": list(AuditLine.objects.filter(
                    subject=f"project:{self.project.code}").order_by("-seq")[:200]), "trail": True}

    def _stays(self, some: Sequence[Any]) -> Table:
        columns = [Column("stage", _("Stage"), "head"), Column("from", _("From"), "date"),
                   Column("until", _("Until"), "date"),
                   Column("days", _("Days"), "number"), Column("due", _("Limit"), "date"),
                   Column("over", _("Days over"), "number")]
        rows: list[list[Cell | str]] = [
            [f"{stay.stage} {words(self.how.stages[stay.stage].name)}", day(stay.entered),
             day(stay.until) or _("still"),
             Cell(count(stay.days), plain=stay.days), day(stay.due),
             Cell(count(stay.over), sign="breach", plain=stay.over) if stay.over else ""] for stay in some]
        return Table("stays", _("Time in each stage"), columns, rows, stacked=True)

    # -- impact ----------------------------------------------------------------------------------------

    def impact(self) -> dict[str, Any]:
        """What it would change once its values are in force; has to be seen before it is published."""
        if not self.project.running:
            return {"closed": True}
        made = publishing.impact(self.project)
        told = impact_of(Change(kinds.STANDARD, {"project": self.project.code}))
        told.pop("seen")
        return {**told, "impact": made, "proposed": self._proposed(made), "below": self._below(made),
                "touched": self._touched(made), **drifting(made.effects),
                "places": len({place for effect in made.effects for place in effect.places}),
                "seen": self.project.impact_seen == made.fingerprint}

    def _proposed(self, made: publishing.Impact) -> Table:
        names, known = catalogue(), measures()
        columns = [Column("subject", _("Service"), "head"), Column("measure", _("Measure")),
                   Column("value", _("Proposes")),
                   Column("places", _("Changes for"), "number"), Column("which", _("Which"))]
        rows: list[list[Cell | str]] = [
            [words(names.name_of(str(row["subject"]))), words(known[str(row["measure"])].name),
             proposal_in_words(row, known).partition(words(COLON))[2],
             Cell(count(len(effect.places)), plain=len(effect.places)),
             some_places(sorted(effect.places))] for row, effect in zip(made.rows, made.effects, strict=True)]
        return Table("proposed", _("Proposed provisions, if a paper puts them in force"), columns, rows, stacked=True)

    def _below(self, made: publishing.Impact) -> Table:
        columns = [Column("place", _("Place"), "head"), Column("finding", _("What would not fit"))]
        held = tree()
        rows: list[list[Cell | str]] = [[place_name(held.known(one.place)), words(tell(one).sentence)]
                                        for one in made.below]
        return Table("below", _("Regional values that would fall below, and other findings"), columns, rows,
                     stacked=True)

    def _touched(self, made: publishing.Impact) -> Table:
        columns = [Column("number", _("Which standard"), "head"), Column("title", _("Title"))]
        return Table("touched", _("Standards that cite what it replaces"), columns, [
            [Cell(one.number, href=reverse("standard", args=[one.number])), words(one.title)] for one in made.touched])

    # -- discussion ------------------------------------------------------------------------------------

    def discussion(self) -> dict[str, Any]:
        """What was said about it, the oldest first."""
        return {"remarks": list(Remark.objects.filter(about=f"project:{self.project.code}")),
                "typed": self.typed.get("text", "")}
