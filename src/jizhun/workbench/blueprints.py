"""Blueprints at the workbench: a table of rows to fill in, versions, and whether the bank of today fills them."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.exams import TEACH, blueprint_of, change_blueprint, write_blueprint
from jizhun.training.actions.pool import pool
from jizhun.training.models import Blueprint, BlueprintVersion, Question
from jizhun.training.rules.drafting import TOPICS
from jizhun.training.rules.forms import LEVELS, form
from jizhun.training.rules.questions import TYPES, number
from jizhun.workbench.evaluation_asked import READ, Looker, known_place, looker_of, number_in
from jizhun.workbench.sittings import mark_words

ROWS, SECTIONS = 10, 4
NAMES = ("section", "topic", "matter", "kind", "level", "count", "worth")


@login_required
def blueprint_new(request: HttpRequest) -> HttpResponse:
    """The empty form."""
    who, wrong = looker_of(request), ""
    if not who.where(TEACH):
        raise forbidden(TEACH, who.regions[0])
    if request.method == "POST":
        try:
            sent = request.POST
            made = write_blueprint(by=who.user, code=sent.get("code", "").strip(), name_zh=sent.get("name_zh", ""),
                                   region=known_place(sent.get("region", "")), name_en=sent.get("name_en", ""),
                                   content=_content(sent))
            return HttpResponseRedirect(reverse("work-blueprint", args=[made.blueprint.code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/blueprint_new.html", {
        "fields": _heading(request.POST, who), "wrong": wrong, **_form(request.POST)}, status=400 if wrong else 200)


@login_required
def blueprint(request: HttpRequest, code: str) -> HttpResponse:
    """What it asks for, its versions, whether today's bank fills it; a change is posted and makes a version."""
    who, held, wrong = looker_of(request), _known(code), ""
    if not (who.sees(held.region) or held.region in tree().path(who.regions[0], who.today)):
        raise forbidden(READ, held.region)
    if request.method == "POST":
        try:
            change_blueprint(by=who.user, blueprint=held, content=_content(request.POST))
            return HttpResponseRedirect(reverse("work-blueprint", args=[code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    versions = list(held.versions.all())
    return render(request, "workbench/blueprint.html", {
        "blueprint": held, "place": tree().known(held.region), "content": versions[0].read, "versions": versions,
        "table": _table(versions[0]), "pass_mark": mark_words(versions[0].read.pass_mark), "wrong": wrong,
        "may": who.may(TEACH, held.region), "lacks": _lacks(held, versions[0], who),
        "simulated": tree().known(held.region).simulated,
        **_form(request.POST if wrong else _filled(versions[0]))}, status=400 if wrong else 200)


def _known(code: str) -> Blueprint:
    try:
        return blueprint_of(code)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


def _lacks(held: Blueprint, version: BlueprintVersion, who: Looker) -> str:
    """Why no form can be made of today's bank; empty where one can."""
    try:
        form(version.read, pool(region=held.region, on=who.today), "trial")
    except Refused as refused:
        return words(refused.sentence)
    return ""


def _table(version: BlueprintVersion) -> Table:
    names = {one.code: words(one.name) for one in version.read.sections}
    columns = [Column("what", _("Questions of"), "head"), Column("section", _("Section")),
               Column("count", _("How many questions"), "number"), Column("worth", _("Points each"), "number")]
    rows: list[list[Cell | str]] = [[words(row.name), names.get(row.section, ""), str(row.count), str(row.worth)]
                                    for row in version.read.rows]
    return Table("rows", _("Rows of the blueprint"), columns, rows, caption_hidden=True, stacked=True)


# -- the form --------------------------------------------------------------------------------------


def _heading(sent: QueryDict, who: Looker) -> list[Field]:
    return [Field("code", _("Code"), sent.get("code", ""), required=True),
            Field("region", _("Place"), sent.get("region", who.where(TEACH)[0]), choices=who.choices()),
            Field("name_zh", _("Name in Chinese"), sent.get("name_zh", ""), required=True),
            Field("name_en", _("Name in English"), sent.get("name_en", ""), required=True)]


def _form(sent: Any) -> dict[str, Any]:
    """What both pages need to show the form with what was typed."""
    kept = Question.objects.order_by("topic").values_list("topic", flat=True).distinct()
    topics = {code: words(name) for code, name in TOPICS.items()} | {code: code for code in kept if code not in TOPICS}
    return {
        "settings": [Field("minutes", _("Minutes"), sent.get("minutes", "60"), required=True),
                     Field("pass_mark", _("Passes from (of 100)"), sent.get("pass_mark", "60"), required=True)],
        "checks": [(name, label, not sent or sent.get(name) == "1") for name, label in (
            ("shuffle_questions", _("Shuffle the questions")), ("shuffle_choices", _("Shuffle the choices")))],
        "rows": [[n, {name: sent.get(f"{name}-{n}", "") for name in NAMES}] for n in range(1, ROWS + 1)],
        "sections": [[n, sent.get(f"code-{n}", ""), sent.get(f"zh-{n}", ""), sent.get(f"en-{n}", ""),
                      sent.get(f"pass-{n}", "")] for n in range(1, SECTIONS + 1)],
        "topics": topics.items(), "kinds": [(code, words(name)) for code, name in TYPES.items()],
        "levels": [(code, words(name)) for code, name in LEVELS.items()]}


def _filled(version: BlueprintVersion) -> dict[str, str]:
    """The form as it would be typed for what is kept."""
    content = version.content
    said = {"minutes": str(content["minutes"]), "pass_mark": mark_words(content["pass_mark"]), **{
        name: "1" for name in ("shuffle_questions", "shuffle_choices") if content[name]}}
    for n, row in enumerate(content["rows"], 1):
        said |= {f"{name}-{n}": str(row[name]) for name in NAMES}
    for n, one in enumerate(content["sections"], 1):
        said |= {f"code-{n}": one["code"], f"zh-{n}": one["name"]["zh"], f"en-{n}": one["name"]["en"],
                 f"pass-{n}": mark_words(one["pass_mark"])}
    return said


def _content(sent: QueryDict) -> dict[str, Any]:
    rows = [{**{name: sent.get(f"{name}-{n}", "").strip() for name in NAMES},
             "count": number_in(sent, f"count-{n}", _("How many questions")),
             "worth": number_in(sent, f"worth-{n}", _("Points each")) if sent.get(f"worth-{n}", "").strip() else 1}
            for n in range(1, ROWS + 1) if sent.get(f"count-{n}", "").strip()]
    sections = [{"code": sent.get(f"code-{n}", "").strip(), "name": {"zh": sent.get(f"zh-{n}", ""),
                                                            "en": sent.get(f"en-{n}", "")},
                 "pass_mark": _hundredths(sent.get(f"pass-{n}", "") or "0")}
                for n in range(1, SECTIONS + 1) if sent.get(f"code-{n}", "").strip()]
    return {"rows": rows, "sections": sections, "minutes": number_in(sent, "minutes", _("Minutes")),
            "pass_mark": _hundredths(sent.get("pass_mark", "")),
            **{name: sent.get(name) == "1" for name in ("shuffle_questions", "shuffle_choices")}}


def _hundredths(typed: str) -> int:
    read = number(typed)
    if read is None or not 0 <= read <= 100 or read * 100 != (read * 100).to_integral_value():
        raise Refused(zh="及格线应为 0 至 100 的数，最多两位小数。",
                      en="A pass mark is a number from 0 to 100 with two decimals at most.")
    return int(read * Decimal(100))
