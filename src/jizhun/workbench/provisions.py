"""Provisions at the workbench: what is on record in my region, and the form that adds or supersedes one.

Nothing is edited: a new row speaks from its day on. What it would change is shown first and has to be seen; if
anything was recorded in between, it is shown again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.drafting.models import Proposed
from jizhun.frame.fields import Field
from jizhun.frame.lists import CHOICE, listing, without_choice
from jizhun.frame.promises import Reader
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.impact.actions import publish
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import grants_of, path_to, regions_of, require
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import FORBIDDEN, foreseen, labels, measures, tell
from jizhun.provisions.models import Document, Provision
from jizhun.provisions.rules.effect import Effect
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.provisions.rules.values import DAY_UNITS
from jizhun.regions.actions import Moved, tree
from jizhun.workbench.drifting import drifting
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.provision_page import figure_text, scope_of, some_places
from jizhun.workbench.upload import user_of

RIGHT = "provision.record"
FIELDS = ("subject", "measure", "region", "modality", "value", "unit", "from", "until", "document", "clause_zh",
          "clause_en", "mark", "source", "assessment", "note_zh")
PAPER_FIELDS = ("title_zh", "title_en", "number", "kind", "issuer_zh", "published_on", "paper_source")
NEW_PAPER = "new"


@login_required
def provisions(request: HttpRequest) -> HttpResponse:
    """What is on record in the places of my roles and above them, the latest first; ``q`` narrows it down."""
    user, query = user_of(request), request.GET.get("q", "").strip()
    scope = scope_of(user)
    rows = [one for one in Provision.objects.select_related("document").order_by("-valid_from", "-pk")
            if one.region in scope.seen]
    fitting = [one for one in rows if _fits(one, query)]
    mine = [one.region for one in grants_of(user) if RIGHT in one.rights]
    table = _table(fitting, scope.own, mine[0] if mine else "")
    found = listing(request, table if mine else without_choice(table))
    return show(request, "workbench/provisions.html", {
        "listing": found, "query": query, "all": len(rows), "may_record": bool(mine),
        "recorded": request.GET.get("recorded", "")}, [found.whole])


def _fits(one: Provision, query: str) -> bool:
    paper = one.document
    title = f"{paper.title_zh} {paper.title_en}" if paper else ""
    text = f"{one.subject} {one.measure} {one.region} {title}"
    name = catalogue().name_of(one.subject)
    return query.casefold() in f"{text} {name.zh} {name.en}".casefold()


def _table(rows: Sequence[Provision], own: Collection[str], mine: str) -> Table:
    """``own``: the places whose provisions may be superseded; those above can be bettered at ``mine`` ("": nowhere)."""
    known, held, names = measures(), tree(), catalogue()
    reader = Reader(held, labels(), known)
    papers = {row.pk: row.fact() for row in Document.objects.all()}
    columns = [Column(CHOICE, _("Choose")), Column("subject", _("Service"), "head"), Column("measure", _("Measure")),
               Column("place", _("Place")), Column("says", _("Says")), Column("from", _("From"), "date"),
               Column("paper", _("Paper")), Column("act", _("Act"))]

    def cells(one: Provision) -> list[Cell | str]:
        name, measure = words(names.name_of(one.subject)), words(known[one.measure].name)
        box = Cell(f"{name}, {measure}", choose=str(one.pk)) if mine and one.region in own else ""
        return [box, Cell(name, href=reverse("one-provision", args=[one.pk]), plain=one.subject,
                          small="" if one.subject == GENERAL else one.subject),
                measure, Cell(place_name(held.known(one.region)), plain=one.region),
                reader.speech.says(one.fact(papers)), Cell(day(one.valid_from), plain=str(one.valid_from)),
                words(papers[one.document_id].title) if one.document_id else "", _act(one, own, mine)]

    return Table("provisions", _("Provisions on record"), columns, [cells(one) for one in rows], caption_hidden=True,
                 stacked=True)


def _act(one: Provision, own: Collection[str], mine: str) -> Cell | str:
    if not mine:
        return ""
    label, more = (_("Supersede"), {}) if one.region in own else (_("Set it here"), {"region": mine})
    return Cell(label, href=f"{reverse('provision')}?{urlencode({'supersede': str(one.pk), **more})}", plain="")


# -- the form ------------------------------------------------------------------------------------------


@login_required
def provision(request: HttpRequest) -> HttpResponse:
    """Fill in, look at what it would change, record."""
    regions = regions_of(by=user_of(request), right=RIGHT)
    if request.method != "POST":
        return _form(request, _start(request, regions), {})
    typed = {name: request.POST.get(name, "").strip() for name in (*FIELDS, *PAPER_FIELDS)}
    wrong = missing(typed)
    if wrong:
        return _form(request, typed, wrong)
    try:
        return _checked(request, typed)
    except Forbidden:
        raise
    except Refused as refused:
        return _form(request, typed, {"value": words(refused.sentence)})


def _checked(request: HttpRequest, typed: Mapping[str, str]) -> HttpResponse:
    user, row, paper = user_of(request), _row(typed), paper_row(typed)
    require(by=user, right=RIGHT, path=path_to(typed["region"]))
    moved, change = False, Change(kinds.PROVISION, {"rows": [row], "paper": paper})
    if request.POST.get("step") == "record":
        try:
            kept = publish(by=user, change=change, seen=request.POST.get("seen", ""),
                           documents_paper=bool(request.POST.get("documents_paper")),
                           proposed=_proposed(request.POST.get("proposed", "")))
            return _kept(kept[0])
        except Moved:
            moved = True
    return _form(request, typed, {}, effect=foreseen(row=row, paper=paper), moved=moved, **impact_of(change))


def _proposed(key: str) -> Proposed | None:
    """The provision that a standard proposes, if the form was opened from one."""
    return Proposed.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None


def _asked(request: HttpRequest) -> str:
    """Which proposed provision the form was opened from, "" for none."""
    return request.GET.get("proposed", "") or request.POST.get("proposed", "")


def _kept(kept: Provision) -> HttpResponse:
    query = urlencode({"recorded": str(kept.pk), "q": kept.subject if kept.subject != GENERAL else kept.measure})
    return HttpResponseRedirect(f"{reverse('provisions')}?{query}")


def _start(request: HttpRequest, regions: Sequence[str]) -> dict[str, str]:
    """An empty form, or that of a provision to be superseded: its day, value and paper are to be filled in anew."""
    blank = dict.fromkeys((*FIELDS, *PAPER_FIELDS), "")
    asked = request.GET.get("supersede", "")
    old = Provision.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    if (proposed := _proposed(request.GET.get("proposed", ""))) is not None:
        said = {name: str(proposed.row[name]) for name in ("subject", "measure", "region", "modality", "value", "unit")
                if proposed.row.get(name) is not None}
        return {**blank, "modality": "floor", "mark": "V", "document": NEW_PAPER, **said}
    if old is None:
        return {**blank, "region": regions[0], "modality": "floor", "mark": "V", "document": NEW_PAPER}
    plain = old.value if isinstance(old.value, str) else ""
    return {**blank, "subject": old.subject, "measure": old.measure,
            "region": request.GET.get("region") or old.region, "modality": old.modality,
            "unit": old.unit, "value": plain, "mark": "V", "document": NEW_PAPER}


def missing(typed: Mapping[str, str]) -> dict[str, str]:
    """What has to be filled in and is not, by field."""
    asked = {"subject": _("Choose a service."), "measure": _("Choose a measure."), "region": _("Choose a place."),
             "value": _("Say the value, or “nothing”."), "from": _("Say from which day it holds."),
             "source": _("Say where the paper can be read.")}
    if typed["document"] == NEW_PAPER:
        asked["title_zh"] = _("Say the paper's title.")
    wrong = {name: sentence for name, sentence in asked.items() if not typed[name]}
    for name in ("from", "until", "published_on"):
        try:
            if typed[name]:
                parse_day(typed[name])
        except Refused as refused:
            wrong[name] = words(refused.sentence)
    return wrong


def _row(typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as a row in the manner of the seeds."""
    known = measures().get(typed["measure"])
    value: object = None if typed["value"].casefold() in ("nothing", "无") else typed["value"]
    if known is not None and known.unit == "set" and value is not None:
        value = {"set": [part for part in typed["value"].replace("，", ",").replace(",", " ").split() if part]}
    row: dict[str, Any] = {name: typed[name] for name in FIELDS if typed[name]}
    row |= {"value": value, "unit": typed["unit"] or (known.unit if known else ""), "document": paper_code(typed)}
    return row


def paper_code(typed: Mapping[str, str]) -> str:
    """The code of the paper: the one chosen, or one made of place, day and number for a new one."""
    if typed["document"] != NEW_PAPER:
        return typed["document"]
    number = "".join(letter for letter in typed["number"] if letter.isalnum())
    return f"{typed['region']}-{typed['published_on'] or typed['from']}-{number or typed['measure']}"[:128]


def paper_row(typed: Mapping[str, str]) -> dict[str, Any] | None:
    """The new paper as a row; None where one on record was chosen."""
    if typed["document"] != NEW_PAPER:
        return None
    return {"id": paper_code(typed), "title_zh": typed["title_zh"], "title_en": typed["title_en"],
            "number": typed["number"], "kind": typed["kind"] or "notice", "issuer_zh": typed["issuer_zh"],
            "region": typed["region"], "published_on": typed["published_on"] or None, "mark": typed["mark"],
            "source": typed["paper_source"] or typed["source"]}


def _form(request: HttpRequest, typed: Mapping[str, str], wrong: Mapping[str, str], *, effect: Effect | None = None,
          moved: bool = False, **more: object) -> HttpResponse:
    findings = effect.new_findings if effect else ()
    groups = _groups(typed, wrong, regions_of(by=user_of(request), right=RIGHT))
    context = {
        "wrong": wrong, "moved": moved, "seen": "", "proposed": _asked(request),
        "groups": groups, "effect": effect,
        **(drifting([effect]) if effect else {}),
        "lines": bool(effect and effect.changed), "change_table": changes([effect]) if effect else None,
        "findings": [tell(one) for one in findings],
        "gone": [tell(one) for one in effect.gone_findings] if effect else [],
        "forbidden": any(one.kind in FORBIDDEN for one in findings), **more}
    return render(request, "workbench/provision.html", context, status=400 if wrong else 200)


def _groups(typed: Mapping[str, str], wrong: Mapping[str, str],
            regions: Sequence[str]) -> list[tuple[str, list[Field]]]:
    """The form: what is promised, and the paper that says so."""
    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, typed[name], wrong.get(name, ""), **more)

    return [
        (_("What is promised"), [
            field("subject", _("Service"), choices=_subjects(), hint=_(
                "Item or matter; general parameters such as the minimum wage belong to no service")),
            field("measure", _("Measure"), choices=_measures()),
            field("region", _("Place"), choices=_places(regions, typed["region"])),
            field("modality", _("What kind of say"), choices=_modalities()),
            field("value", _("Value"), hint=_(
                "A number in the measure's unit; for materials and channels their codes; “nothing” where a paper "
                "abolishes")),
            field("unit", _("Unit"), choices=_units(typed["unit"])),
            field("from", _("Holds from"), kind="date"),
            field("until", _("Paper valid until (empty: open)"), kind="date"),
            field("assessment", _("Fiscal and risk assessment on file"), hint=_(
                "Where it goes beyond the standard above"))]),
        (_("The paper"), paper_fields(field, typed["region"]))]


Maker = Callable[..., Field]


def paper_fields(field: Maker, region: str) -> list[Field]:
    """The fields that describe a paper, or choose one that is on record."""
    return [field("document", _("Paper"), choices=documents_of(region)),
            field("title_zh", _("Title (Chinese)")), field("title_en", _("Title (English)")),
            field("number", _("Number")), field("issuer_zh", _("Issued by")),
            field("published_on", _("Published on"), kind="date"),
            field("clause_zh", _("Clause (Chinese)")), field("clause_en", _("Clause (English)")),
            field("source", _("Where it can be read")),
            field("mark", _("How far it is verified"), choices=_marks()), field("note_zh", _("Note"))]


def _subjects() -> list[tuple[str, str]]:
    held = catalogue()
    coded = [*held.items.items(), *((one.code, one.name) for one in held.matters.values())]
    return [("", ""), (GENERAL, words(held.name_of(GENERAL))),
            *((code, f"{words(name)} {code}") for code, name in coded)]


PLACES_LISTED = 400
"""Beyond that a list is no help, and the code is typed."""


def _places(regions: Sequence[str], now: str) -> list[tuple[str, str]]:
    """The places within one's roles, and the one that was typed; none where they are too many to choose from."""
    held, today = tree(), timezone.localdate()
    codes = list(dict.fromkeys(code for region in regions for code in held.within(region, today)))
    if len(codes) > PLACES_LISTED:
        return []
    codes += [now] if now and now in held and now not in codes else []
    return [(code, f"{place_name(held.known(code))} {code}") for code in codes]


def _units(now: str) -> list[tuple[str, str]]:
    """The measure's own unit, or the other way of counting days."""
    units = [("", _("the measure's own")), *((unit, words(unit_in_words(unit))) for unit in DAY_UNITS)]
    return units if now in ("", *DAY_UNITS) else [*units, (now, words(unit_in_words(now)))]


def _measures() -> list[tuple[str, str]]:
    return [("", ""), *((one.code, words(one.name)) for one in measures().values())]


def _modalities() -> list[tuple[str, str]]:
    return [("floor", _("at least this favourable")), ("cap", _("at most this favourable")),
            ("exact", _("uniform: nobody below may differ")), ("target", _("a target, not a promise"))]


def _marks() -> list[tuple[str, str]]:
    return [("V", _("read at the source")), ("V-repo", _("second-hand")), ("D", _("derived from read sources")),
            ("R", _("not verified"))]


def documents_of(region: str) -> list[tuple[str, str]]:
    """A new paper, or one of this place or above it."""
    held = tree()
    above = held.path(region, timezone.localdate()) if region in held else ()
    papers = [(one.code, one.fact()) for one in Document.objects.filter(region__in=above).order_by("code")]
    return [(NEW_PAPER, _("a new one, described below")),
            *((code, f"{words(paper.title)} {paper.number}".strip()) for code, paper in papers)]


def changes(effects: Iterable[Effect]) -> Table:
    """What would change, one line for places that change alike."""
    reader = Reader(tree(), labels(), measures())
    columns = [Column("subject", _("Service"), "head"), Column("measure", _("Measure")), Column("before", _("Before")),
               Column("after", _("After")), Column("places", _("Places"))]
    return Table("changes", _("What it would change"), columns, [
        [words(catalogue().name_of(one.subject)), words(one.after.measure.name), figure_text(reader, one.before),
         figure_text(reader, one.after), Cell(some_places(one.places), plain=" ".join(one.places))]
        for effect in effects for one in effect.changed],
        caption_hidden=True, stacked=True)
