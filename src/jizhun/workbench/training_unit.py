"""One unit as a learner sees it: text, picture, the guide or procedure here and today, a rule to try, a case."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import entitled, entitlements, rule
from jizhun.entitlements.rules import Rule
from jizhun.entitlements.rules.promising import Places
from jizhun.entitlements.rules.telling import ESTIMATE, MET, VERDICTS, given_in_words
from jizhun.frame.addresses import short
from jizhun.frame.fields import Field
from jizhun.frame.guide_words import shown_value
from jizhun.frame.procedure_words import drawn
from jizhun.frame.promises import Reader, mark_in_words
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.guides.actions import guide, matter_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden
from jizhun.procedures.actions import procedure
from jizhun.provisions.actions import book, labels
from jizhun.regions.actions import tree
from jizhun.training.actions import courses
from jizhun.training.models import CourseVersion, UnitLearned
from jizhun.training.rules.courses import CASE, DECISION, GUIDE, KINDS, LEARNER, PICTURE, PROCEDURE, TEXT
from jizhun.training.rules.marked import blocks
from jizhun.workbench.procedure_page import title_of, twin
from jizhun.workbench.rule_tables import Laid, Papers
from jizhun.workbench.training_answers import answer_in, asked, said, told
from jizhun.workbench.training_asked import Learner, learner_of, place_asked
from jizhun.workbench.training_courses import SIGNS, version_asked
from jizhun.workbench.training_courses import told as told_source

CASE_NAME = "case"
Unit = Mapping[str, Any]


@login_required
def course_unit(request: HttpRequest, code: str, unit: str) -> HttpResponse:
    """The page of a unit; that it was learned, or how a case was handled, is posted to it."""
    who = learner_of(request)
    version = version_asked(request, who, _known(code))
    one = version.unit(unit)
    if one is None:
        raise NotFound(zh="课程里没有这个单元。", en="The course has no such unit.")
    region, wrong = _place(request, who, version), ""
    if request.method == "POST":
        try:
            return _learned(request, who, version, one, region)
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return _page(request, who, version, one, region, wrong)


def _known(code: str) -> list[CourseVersion]:
    try:
        return courses.course_of(code)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


def _place(request: HttpRequest, who: Learner, version: CourseVersion) -> str:
    """The place for which the learner reads: their own within the course's, else the course's."""
    held = tree()
    own = next((one for one in who.regions if version.course.region in held.path(one, who.today)), who.regions[0])
    return place_asked(request, who, own)


def _learned(request: HttpRequest, who: Learner, version: CourseVersion, one: Unit, region: str) -> HttpResponse:
    answer = answer_in(request.POST, "case", one["question"], CASE_NAME) if one["kind"] == CASE else None
    courses.learn(by=who.user, version=version, unit=one["id"], region=region, answer=answer)
    if one["kind"] == CASE:
        return _page(request, who, version, one, region, answer=answer, handled=True)
    after = _neighbours(version, one)[1]
    if after:
        return HttpResponseRedirect(f"{reverse('work-course-unit', args=[version.course.code, after])}?region={region}")
    return HttpResponseRedirect(reverse("work-course", args=[version.course.code]))


def _neighbours(version: CourseVersion, one: Unit) -> tuple[str, str]:
    codes = ["", *(str(unit["id"]) for unit in version.units), ""]
    at = codes.index(str(one["id"]))
    return codes[at - 1], codes[at + 1]


def _page(request: HttpRequest, who: Learner, version: CourseVersion, one: Unit, region: str, wrong: str = "",
          answer: Any = None, handled: bool = False) -> HttpResponse:
    parts = _PARTS[one["kind"]](request, one, region, who)
    if handled:
        parts["told"] = told("case", one["question"], answer)
        parts["why"] = said(one["question"].get("explanation"))
    found = courses.progress(username=who.user.username, some=[version], on=who.today)[version.course.code]
    state = found.states[str(one["id"])]
    before, after = _neighbours(version, one)
    tables = [part for part in parts.values() if isinstance(part, Table)] + list(parts.get("tables", ()))
    changed = courses.changed_units(version, who.today).get(str(one["id"]), [])
    return show(request, "workbench/course_unit.html", {
        "version": version, "course": version.course, "unit": one, "title": said(one["title"]), "wrong": wrong,
        "kind": words(KINDS[one["kind"]]), "region": region, "place": tree().known(region), "state": state,
        "state_words": words(LEARNER[state]), "sign": SIGNS.get(state, ""), "learns": version.state == "accepted",
        "number": [unit["id"] for unit in version.units].index(one["id"]) + 1, "before": before, "after": after,
        "places": who.choices(who.regions), "live": one["kind"] in (GUIDE, PROCEDURE, DECISION),
        "changed": [told_source(row) for row in changed], "last": _last(who, version, one), "handled": handled,
        **parts}, tables, status=400 if wrong else 200)


def _last(who: Learner, version: CourseVersion, one: Unit) -> UnitLearned | None:
    return UnitLearned.objects.filter(version__course=version.course, unit=one["id"],
                                      username=who.user.username).order_by("-pk").first()


# -- what each kind shows --------------------------------------------------------------------------


def _text(_request: HttpRequest, one: Unit, _region: str, _who: Learner) -> dict[str, Any]:
    return {"blocks": blocks(one["body"][short(get_language())])}


def _picture(_request: HttpRequest, one: Unit, _region: str, _who: Learner) -> dict[str, Any]:
    return {"alt": said(one["alt"])}


def _guide(_request: HttpRequest, one: Unit, region: str, who: Learner) -> dict[str, Any]:
    """Every field of the guide that says something there today."""
    whole = guide(matter=one["matter"], region=region, on=who.today)
    reader = Reader(tree(), labels(), book().measures)
    rows: list[list[Cell | str]] = [
        [words(shown.field.name), value, mark_in_words(shown.mark) if shown.mark else ""]
        for shown in whole.shown if (value := shown_value(shown, reader))]
    return {"matter": matter_of(one["matter"]), "guide": Table("guide", words(whole.name), [
        Column("field", _("Field"), "head"), Column("says", _("What counts here today")),
        Column("mark", _("Verified"))], rows, caption_hidden=True, stacked=True)}


def _procedure(_request: HttpRequest, one: Unit, region: str, who: Learner) -> dict[str, Any]:
    """The diagram of the steps with its table."""
    known, found = matter_of(one["matter"]), procedure(matter=one["matter"], region=region, on=who.today)
    if found.steps is None:
        return {"matter": known, "no_steps": True}
    return {"matter": known, "picture": drawn(found.steps, title_of(known, region)), "twin": twin(found.steps)}


def _decision(request: HttpRequest, one: Unit, region: str, who: Learner) -> dict[str, Any]:
    """A rule's decision tables, a form for its facts, and what it answers to those given."""
    code = str(one["entitlement"])
    found = rule(code=code, region=region, on=who.today)
    parts: dict[str, Any] = {"head": entitlements().heads[code], "rule": found}
    if found is None:
        return parts
    given = {fact: text for fact in found.facts if (text := request.GET.get(f"f-{fact}", "").strip())}
    parts |= {"tables": [table for table in Laid(found, Papers(), region).tables()
                         if table.name.startswith("table-")], "fields": _facts(found, given)}
    if "try" in request.GET:
        parts |= _answered(code, given, region, who)
    return parts


def _facts(found: Rule, given: Mapping[str, str]) -> list[Field]:
    yes_no = [("", "–"), ("true", _("Yes")), ("false", _("No"))]
    fields = []
    for fact in found.facts.values():
        choices = yes_no if fact.type == "boolean" else [("", "–"), *((code, words(name)) for code, name in
                                                                      fact.options)] if fact.options else []
        fields.append(Field(f"f-{fact.code}", words(fact.label), given.get(fact.code, ""), choices=choices,
                            kind="date" if fact.type == "date" else "text"))
    return fields


def _answered(code: str, given: Mapping[str, str], region: str, who: Learner) -> dict[str, Any]:
    """The answer in words; a fact that does not fit is told in one sentence."""
    try:
        found = entitled(facts=given, places=Places(region), on=who.today, codes=[code])
    except Refused as refused:
        return {"try_wrong": words(refused.sentence)}
    if not found:
        return {"try_wrong": words(Bilingual("当地没有这项待遇的规则。", "There is no rule of this benefit there."))}
    one, facts = found[0], entitlements().facts
    return {"verdict": words(VERDICTS[one.verdict]), "estimate": words(ESTIMATE),
            "conditions": [(words(row.condition.words), words(MET[row.met]),
                            "" if row.met is None else "kept" if row.met else "breach") for row in one.conditions],
            "results": [(words(row.result.words), words(given_in_words(row))) for row in one.results],
            "still": [words(facts[fact].label) for fact in one.missing]}


def _case(_request: HttpRequest, one: Unit, _region: str, _who: Learner) -> dict[str, Any]:
    return {"stem": said(one["question"]["stem"]), "asked": asked("case", one["question"], CASE_NAME)}


_PARTS = {TEXT: _text, PICTURE: _picture, GUIDE: _guide, PROCEDURE: _procedure, DECISION: _decision, CASE: _case}


@login_required
def course_picture(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """A picture that a version of the course holds."""
    learner_of(request)
    held = {unit.get("hash") for version in _known(code) for unit in version.units if unit["kind"] == PICTURE}
    if digest not in held:
        raise NotFound(zh="没有这张图片。", en="There is no such picture.")
    content, kind = courses.picture(digest)
    return HttpResponse(content, content_type=kind, headers={"X-Content-Type-Options": "nosniff",
                                                             "Cache-Control": "private, max-age=86400"})
