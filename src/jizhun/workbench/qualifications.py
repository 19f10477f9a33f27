"""Qualifications at the workbench: what there is, what each covers, and a new one or a newer version."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import grants_of
from jizhun.people.models import User
from jizhun.people.rules import ROLES, Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import WRITE, describe, qualifications
from jizhun.training.actions.naming import name_of
from jizhun.training.models import QualificationVersion
from jizhun.training.rules.certificates import read_covered
from jizhun.workbench.certificates import mark_in
from jizhun.workbench.evaluation_asked import number_in
from jizhun.workbench.upload import user_of

EXAMPLE = "promise NB029-EX01 @ all promised_limit\nsteps NB029-EX01 @"


@login_required
def qualifications_page(request: HttpRequest) -> HttpResponse:
    """Every qualification in its newest version; for who writes them the form, filled in where ``code`` names one."""
    user, wrong = user_of(request), ""
    places = list(dict.fromkeys(one.region for one in grants_of(user) if WRITE in one.rights))
    if request.method == "POST":
        try:
            made = _described(user, request.POST)
            return HttpResponseRedirect(f"{reverse('work-qualifications')}?made={made.code}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _table(bool(places))
    begun = request.POST if wrong else _kept(request.GET.get("code", ""))
    return show(request, "workbench/qualifications.html", {
        "table": table, "fields": _fields(begun, places) if places else [], "wrong": wrong,
        "made": request.GET.get("made", "")}, [table], status=400 if wrong else 200)


def _table(writes: bool) -> Table:
    columns = [Column("name", _("Qualification"), "head"), Column("version", _("Version"), "number"),
               Column("place", _("Issued within")), Column("role", _("Role")), Column("covers", _("Covers")),
               Column("months", _("Valid, months"), "number"), Column("grace", _("Grace, days"), "number"),
               Column("passing", _("Mark to pass"), "number")]
    held = tree()
    rows: list[list[Cell | str]] = []
    for one in qualifications():
        covers = [words(name_of(row["kind"], tuple(row["key"]))) for row in one.covers]
        href = f"{reverse('work-qualifications')}?code={one.code}" if writes else ""
        rows.append([Cell(words(one.name), small=one.code, href=href), Cell(str(one.number), plain=one.number),
                     place_name(held.known(one.region)), words(ROLES[one.role].name) if one.role in ROLES else "",
                     Cell("; ".join(covers[:4]) + ("; …" if len(covers) > 4 else ""), plain="; ".join(covers)),
                     Cell(str(one.months), plain=one.months), Cell(str(one.grace_days), plain=one.grace_days),
                     Cell(f"{one.passing / 100:g}", plain=one.passing / 100)])
    return Table("qualifications", _("Qualifications"), columns, rows, caption_hidden=True, stacked=True)


def _kept(code: str) -> dict[str, str]:
    """What a newer version begins with: the words of the one there is."""
    for one in qualifications():
        if one.code == code:
            return {"code": code, "region": one.region, "name_zh": one.name_zh, "name_en": one.name_en,
                    "about_zh": one.about_zh, "about_en": one.about_en, "role": one.role, "months": str(one.months),
                    "grace": str(one.grace_days), "mark": f"{one.passing / 100:g}",
                    "covers": "\n".join(" ".join([row["kind"], *row["key"]]) for row in one.covers)}
    return {}


def _fields(sent: QueryDict | dict[str, str], places: list[str]) -> list[Field]:
    roles = [("", _("everybody")), *((code, words(role.name)) for code, role in ROLES.items())]
    return [Field("code", _("Code"), sent.get("code") or "", required=True,
                  hint=_("A code that is there already makes a newer version of it")),
            Field("region", _("Issued within (code)"), sent.get("region") or places[0], required=True),
            Field("name_zh", _("Name in Chinese"), sent.get("name_zh") or "", required=True),
            Field("name_en", _("Name in English"), sent.get("name_en") or "", required=True),
            Field("about_zh", _("What its holder has learned, in Chinese"), sent.get("about_zh") or "",
                  kind="textarea", required=True),
            Field("about_en", _("What its holder has learned, in English"), sent.get("about_en") or "",
                  kind="textarea", required=True),
            Field("role", _("Role"), sent.get("role") or "", choices=roles),
            Field("covers", _("What it covers, a source a line"), sent.get("covers") or EXAMPLE, kind="textarea",
                  required=True, hint=_("promise MATTER PLACE GROUP MEASURE · steps MATTER PLACE · clause STANDARD "
                                        "CLAUSE · rule BENEFIT PLACE · field MATTER PLACE FIELD; @ is the place of the "
                                        "certificate")),
            Field("months", _("Valid, months"), sent.get("months") or "24", required=True),
            Field("grace", _("Days of grace for the refresher"), sent.get("grace") or "30", required=True),
            Field("mark", _("Mark to pass, out of 100"), sent.get("mark") or "60", required=True)]


def _described(user: User, sent: QueryDict) -> QualificationVersion:
    lines = [line.strip() for line in sent.get("covers", "").splitlines() if line.strip()]
    known = tree().known(sent.get("region", "").strip())
    return describe(
        by=user, code=sent.get("code", "").strip(), region=known.code, role=sent.get("role", ""),
        name=Bilingual(sent.get("name_zh", "").strip(), sent.get("name_en", "").strip()),
        about=Bilingual(sent.get("about_zh", "").strip(), sent.get("about_en", "").strip()),
        covers=[read_covered(line) for line in lines], months=number_in(sent, "months", _("Valid, months")),
        grace_days=number_in(sent, "grace", _("Days of grace for the refresher")), passing=mark_in(sent))
