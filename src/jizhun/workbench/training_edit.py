"""Writing a course: its head with the order of its units, and one unit; every save is a new version, a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import entitlements
from jizhun.frame.fields import Field
from jizhun.frame.surround import NotFound
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.training.actions import courses
from jizhun.training.models import CourseVersion
from jizhun.training.rules.courses import CASE, DECISION, GUIDE, KINDS, PICTURE, PROCEDURE, TEXT, rests_on
from jizhun.training.rules.sources import KEYS
from jizhun.workbench.evaluation_asked import known_place
from jizhun.workbench.training_answers import said
from jizhun.workbench.training_asked import WRITE, Learner, learner_of, matter_field, pair, role_choices

BETWEEN = "|"
"""Between the languages of a line, and between the parts of a source's key."""


@login_required
def course_new(request: HttpRequest) -> HttpResponse:
    """A new course: its head with a first text, which its trainer then goes on with."""
    who, wrong = learner_of(request), ""
    if not who.where(WRITE):
        raise forbidden(WRITE, who.regions[0])
    if request.method == "POST":
        try:
            return HttpResponseRedirect(reverse("work-course-edit", args=[_begun(request.POST, who).course.code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    sent = request.POST
    fields = [Field("code", _("Code"), sent.get("code", ""), required=True,
                    hint=_("Small letters, digits and hyphens; it stays")),
              Field("role", _("For the role"), sent.get("role", "clerk"), choices=role_choices()),
              Field("region", _("Place"), sent.get("region", who.where(WRITE)[0]),
                    choices=who.choices(who.where(WRITE)), hint=_("It is for the people of this place and below")),
              *_head_fields(sent)]
    return render(request, "workbench/course_edit.html", {"fields": fields, "wrong": wrong, "new": True},
                  status=400 if wrong else 200)


def _begun(sent: QueryDict, who: Learner) -> CourseVersion:
    first = {"id": "u1", "kind": TEXT, "title": {"zh": "开始", "en": "To begin with"}, "body": pair(sent, "summary")}
    return courses.save_course(by=who.user, code=sent.get("code", "").strip(), role=sent.get("role", ""),
                               region=known_place(sent.get("region", "")), seen=0,
                               content={**_head_of(sent), "units": [first]})


def _head_fields(sent: QueryDict, version: CourseVersion | None = None) -> list[Field]:
    content: Mapping[str, Any] = version.content if version else {"name": {}, "summary": {}, "requires": []}
    return [*_pair_fields(sent, "name", _("Name of the course"), content["name"]),
            *_pair_fields(sent, "summary", _("What one learns"), content["summary"], long=True),
            Field("requires", _("Courses that come first"), sent.get("requires", " ".join(content["requires"])),
                  hint=_("Their codes, with spaces between"))]


def _pair_fields(sent: QueryDict, name: str, label: str, kept: Mapping[str, str], *, long: bool = False) -> list[Field]:
    names = {"zh": _("in Chinese"), "en": _("in English")}
    return [Field(f"{name}_{code}", f"{label} ({names[code]})", sent.get(f"{name}_{code}", kept.get(code, "")),
                  kind="textarea" if long else "text", required=True) for code in ("zh", "en")]


def _head_of(sent: QueryDict) -> dict[str, Any]:
    return {"name": pair(sent, "name"), "summary": pair(sent, "summary"),
            "requires": list(dict.fromkeys(sent.get("requires", "").split()))}


# -- the head of a course --------------------------------------------------------------------------


@login_required
def course_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The head of the newest version and the order of its units; units are left out here too."""
    who, version, wrong = *_to_write(request, code), ""
    if request.method == "POST":
        try:
            kept = _saved(who, version, {**_head_of(request.POST), "units": _ordered(request.POST, version)},
                          request.POST)
            return HttpResponseRedirect(f"{reverse('work-course', args=[code])}?version={kept.number}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    units = [(unit["id"], said(unit["title"]), words(KINDS[unit["kind"]])) for unit in version.units]
    return render(request, "workbench/course_edit.html", {
        "fields": _head_fields(request.POST, version), "wrong": wrong, "version": version, "course": version.course,
        "units": units, "kinds": [(kind, words(name)) for kind, name in KINDS.items()]}, status=400 if wrong else 200)


def _to_write(request: HttpRequest, code: str) -> tuple[Learner, CourseVersion]:
    """Who writes, and the newest version; Forbidden where they may not."""
    who = learner_of(request)
    try:
        version = courses.course_of(code)[0]
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None
    if not who.may(WRITE, version.course.region):
        raise forbidden(WRITE, version.course.region)
    return who, version


def _saved(who: Learner, version: CourseVersion, content: Mapping[str, Any], sent: QueryDict) -> CourseVersion:
    seen = sent.get("seen", "")
    course = version.course
    return courses.save_course(by=who.user, code=course.code, role=course.role, region=course.region, content=content,
                               seen=int(seen) if seen.isdecimal() and len(seen) < 9 else version.number)


def _ordered(sent: QueryDict, version: CourseVersion) -> list[dict[str, Any]]:
    """The units in the order of the numbers typed, those ticked left out."""
    gone = set(sent.getlist("remove"))

    def at(pair: tuple[int, dict[str, Any]]) -> float:
        try:
            return float(sent.get(f"order-{pair[1]['id']}", "") or pair[0])
        except ValueError:
            return pair[0]

    return [unit for _, unit in sorted(enumerate(version.units, 1), key=at) if unit["id"] not in gone]


# -- a unit ----------------------------------------------------------------------------------------


@login_required
def unit_edit(request: HttpRequest, code: str, unit: str) -> HttpResponse:
    """The form of a unit; ``new`` with ``?kind=`` for another one."""
    who, version, wrong = *_to_write(request, code), ""
    old = version.unit(unit)
    kind = str(old["kind"]) if old else request.GET.get("kind", "")
    if (old is None and unit != "new") or kind not in KINDS:
        raise NotFound(zh="课程里没有这个单元。", en="The course has no such unit.")
    if request.method == "POST":
        try:
            kept = _with(version, old, _unit_of(request, who, version, kind, old))
            saved = _saved(who, version, {**_head(version), "units": kept}, request.POST)
            return HttpResponseRedirect(f"{reverse('work-course', args=[code])}?version={saved.number}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/course_unit_edit.html", {
        "version": version, "course": version.course, "fields": _unit_fields(request.POST, version, kind, old or {}),
        "kind": words(KINDS[kind]), "wrong": wrong, "picture": kind == PICTURE, "old": old,
        "marks": kind == TEXT, "case": kind == CASE}, status=400 if wrong else 200)


def _head(version: CourseVersion) -> dict[str, Any]:
    return {name: version.content[name] for name in ("name", "summary", "requires")}


def _with(version: CourseVersion, old: Mapping[str, Any] | None, new: dict[str, Any]) -> list[dict[str, Any]]:
    if old is None:
        return [*version.units, new]
    return [new if one["id"] == old["id"] else one for one in version.units]


def _free_id(version: CourseVersion) -> str:
    taken = {str(one["id"]) for one in version.units}
    return next(name for name in (f"u{n}" for n in range(1, 100)) if name not in taken)


def _unit_of(request: HttpRequest, who: Learner, version: CourseVersion, kind: str, old: Mapping[str, Any] | None
             ) -> dict[str, Any]:
    """What the form says, as a unit."""
    sent = request.POST
    unit: dict[str, Any] = {"id": str(old["id"]) if old else _free_id(version), "kind": kind,
                            "title": pair(sent, "title"), "sources": _sources_in(sent.get("sources", ""))}
    if kind == TEXT:
        unit["body"] = pair(sent, "body")
    elif kind == PICTURE:
        unit |= {"alt": pair(sent, "alt"), **_picture_in(request, who, version, old)}
    elif kind == DECISION:
        unit["entitlement"] = sent.get("entitlement", "")
    else:
        unit["matter"] = sent.get("matter", "")
    if kind == CASE:
        unit |= {"simulated": bool(sent.get("simulated")), "question": _question_in(sent, old)}
    return unit


def _picture_in(request: HttpRequest, who: Learner, version: CourseVersion, old: Mapping[str, Any] | None
                ) -> dict[str, str]:
    file = request.FILES.get("file")
    if file is None:
        return {"hash": str(old["hash"]), "name": str(old["name"])} if old else {"hash": "", "name": ""}
    content = file.read(courses.MOST_PICTURE_BYTES + 1)
    return {"name": str(file.name)[-100:], "hash": courses.keep_picture(
        by=who.user, region=version.course.region, name=str(file.name), content=content)}


def _sources_in(text: str) -> list[dict[str, Any]]:
    """Sources, one a line: ``promise | matter | place | group | measure``."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        kind, *key = (part.strip() for part in line.split(BETWEEN))
        if len(key) != len(KEYS.get(kind, ())) or not all(key):
            known = "; ".join(f"{name} | {' | '.join(parts)}" for name, parts in KEYS.items())
            raise Refused(zh=f"来源“{line.strip()[:80]}”写法不对，应为以下之一：{known}。",
                          en=f"The source “{line.strip()[:80]}” is not one of: {known}.")
        found.append({"kind": kind, "key": key})
    return found


def _lines(text: str) -> list[dict[str, Any]]:
    """Lines of words, ``中文 | English``, an asterisk before those that are right."""
    found = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        zh, between, en = line.strip().lstrip("*").partition(BETWEEN)
        if not (between and zh.strip() and en.strip()):
            raise Refused(zh=f"“{line.strip()[:80]}”：每行应写“中文 | English”。",
                          en=f"“{line.strip()[:80]}”: each line is “中文 | English”.")
        found.append({"id": f"i{number}", "text": {"zh": zh.strip(), "en": en.strip()},
                      "right": line.strip().startswith("*")})
    return found


def _question_in(sent: QueryDict, old: Mapping[str, Any] | None) -> dict[str, Any]:
    """The story, the steps to be ordered, the verdict to be given; other parts of a case stay as they are."""
    kept = [part for part in (old or {}).get("question", {}).get("parts", []) if part["id"] not in ("order", "verdict")]
    items = [{"id": one["id"], "text": one["text"]} for one in _lines(sent.get("steps", ""))]
    parts: list[dict[str, Any]] = [
        {"id": "order", "type": "ordering", "items": items,
         "stem": {"zh": "把步骤按先后排好。", "en": "Put the steps in order."}},
        {"id": "verdict", "type": "single", "options": _lines(sent.get("verdicts", "")), "stem": pair(sent, "ask")}]
    return {"stem": pair(sent, "stem"), "explanation": pair(sent, "why"), "parts": [*parts, *kept]}


def _unit_fields(sent: QueryDict, version: CourseVersion, kind: str, old: Mapping[str, Any]) -> list[Field]:
    fields = _pair_fields(sent, "title", _("Title of the unit"), old.get("title", {}))
    if kind == TEXT:
        fields += _pair_fields(sent, "body", _("Text"), old.get("body", {}), long=True)
    elif kind == PICTURE:
        fields += _pair_fields(sent, "alt", _("What the picture shows, for who cannot see it"), old.get("alt", {}))
    elif kind == DECISION:
        heads = [(code, words(head.name)) for code, head in entitlements().heads.items()]
        fields.append(Field("entitlement", _("Benefit"), sent.get("entitlement", old.get("entitlement", "")),
                            choices=heads))
    if kind in (GUIDE, PROCEDURE, CASE):
        field = matter_field(sent, empty=False)
        fields.append(field if field.value else Field("matter", field.label, str(old.get("matter", "")),
                                                      choices=field.choices))
    if kind == CASE:
        fields += _case_fields(sent, old)
    own = [row for row in old.get("sources", ()) if (row["kind"], tuple(row["key"])) not in rests_on(
        old, version.course.region)]
    kept = "\n".join(f" {BETWEEN} ".join([row["kind"], *row["key"]]) for row in own)
    return [*fields, Field("sources", _("Sources that it rests on, one a line"), sent.get("sources", kept),
                           kind="textarea", hint=f"promise {BETWEEN} NB029-EX01 {BETWEEN} CN {BETWEEN} all {BETWEEN} "
                                                 "statutory_limit")]


def _case_fields(sent: QueryDict, old: Mapping[str, Any]) -> list[Field]:
    question = old.get("question", {})
    parts = {part["id"]: part for part in question.get("parts", ())}
    verdict, order = parts.get("verdict", {}), parts.get("order", {})
    lines = _("One a line, Chinese | English")
    return [
        Field("simulated", _("The case is simulated"), sent.get("simulated", "1" if old.get("simulated") else ""),
              kind="check"),
        *_pair_fields(sent, "stem", _("The case in words"), question.get("stem", {}), long=True),
        Field("steps", _("Steps in the right order"), sent.get("steps", _as_lines(order.get("items", ()))),
              kind="textarea", hint=lines),
        *_pair_fields(sent, "ask", _("What is to be decided"), verdict.get("stem", {})),
        Field("verdicts", _("Verdicts to choose from"), sent.get("verdicts", _as_lines(verdict.get("options", ()))),
              kind="textarea", hint=lines + _("; an asterisk before the right one")),
        *_pair_fields(sent, "why", _("Why"), question.get("explanation", {}), long=True)]


def _as_lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{'* ' if row.get('right') else ''}{row['text']['zh']} {BETWEEN} {row['text']['en']}"
                     for row in rows)
