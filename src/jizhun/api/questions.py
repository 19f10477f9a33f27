"""``/api/v1/questions``: the question bank, for systems whose login may write, review or teach; files looked at and
brought in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jizhun.api.asking import who
from jizhun.api.entitlements import NotAllowed, TooLong, Unknown, only_asked, told
from jizhun.frame.lists import PAGE_ROWS, pages_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.regions.actions import tree
from jizhun.training.actions import Held, held_question, held_questions
from jizhun.training.actions.bank import with_content
from jizhun.training.actions.exchange import Outlook, look_at, read_questions, take_in
from jizhun.training.actions.looking import Wanted, chosen, seen_question
from jizhun.training.interchange.items import Item
from jizhun.training.models import Question
from jizhun.training.rules.banking import STATES
from jizhun.training.rules.drafting import TOPICS
from jizhun.training.rules.questions import TYPES

READ = ("GET", "HEAD")
FILTERS = frozenset({"region", "state", "kind", "topic", "matter", "q", "page"})
IMPORT = frozenset({"region", "topic", "keep"})
MOST_BYTES = 5 * 1024 * 1024


@told
def questions_api(request: HttpRequest) -> HttpResponse:
    """GET the questions that one sees, ``PAGE_ROWS`` a page; what is right stands with each question only."""
    _methods(request, READ)
    by, said = who(request), _said(request)
    wanted = Wanted(said["region"], said["topic"], said["matter"], said["q"])
    every = held_questions(chosen(by=by, wanted=wanted, on=timezone.localdate()), content=False)
    found = [one for one in every if said["state"] in ("", one.standing.state)
             and said["kind"] in ("", one.version.kind)]
    page, last = _page(said["page"]), pages_of(len(found), PAGE_ROWS)
    rows = with_content(found[(page - 1) * PAGE_ROWS:page * PAGE_ROWS])
    return _json({"found": len(found), "page": page, "pages": last, "questions": [_short(one) for one in rows]})


def _said(request: HttpRequest) -> dict[str, str]:
    only_asked(request, FILTERS)
    said = {name: request.GET.get(name, "").strip() for name in FILTERS}
    _known(said["state"], STATES, Bilingual("状态", "state"))
    _known(said["kind"], TYPES, Bilingual("题型", "type"))
    _known(said["topic"], TOPICS, Bilingual("主题", "topic"))
    _known(said["region"], tree(), Bilingual("地区", "region"))
    return said


def _known(value: str, among: Any, name: Bilingual) -> None:
    if value and value not in among:
        raise Refused(zh=f"没有“{value}”这个{name.zh}。", en=f"There is no {name.en} “{value}”.")


def _page(text: str) -> int:
    if not text:
        return 1
    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        raise Refused(zh="页码应为大于 0 的整数。", en="A page is a whole number from 1 on.")
    return int(text)


def _short(one: Held) -> dict[str, Any]:
    stands = one.standing
    return {"code": one.question.code, "kind": one.version.kind, "topic": one.question.topic,
            "matter": one.question.matter, "region": one.question.region, "version": one.version.number,
            "state": stands.state, "since": _day(stands.since), "ends_on": _day(stands.ends_on),
            "stem": one.version.content["stem"]}


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


@told
def question_api(request: HttpRequest, code: str) -> HttpResponse:
    """GET one question: what is asked, what is right, what it rests on and what of that has changed."""
    _methods(request, READ)
    only_asked(request, ())
    by = who(request)
    if not Question.objects.filter(code=code).exists():
        raise Unknown(zh=f"题库里没有编号为“{code}”的题。", en=f"The bank has no question “{code}”.")
    held = held_question(seen_question(by=by, code=code, on=timezone.localdate()))
    return _json({**_short(held), "content": held.version.content,
                  "sources": [one.plain() for one in held.version.rests_on],
                  "changed": [{"source": one.source.plain(),
                               "now": {"zh": one.now.words.zh, "en": one.now.words.en} if one.now else None}
                              for one in held.standing.changes]})


@told
def questions_import_api(request: HttpRequest) -> HttpResponse:
    """POST a Moodle XML or QTI 3.0 file: what it would bring and what is lost; ``keep=1`` keeps it as drafts."""
    _methods(request, ("POST",))
    by = who(request)
    only_asked(request, IMPORT)
    region, topic = request.GET.get("region", ""), request.GET.get("topic", "other")
    if not region:
        raise Refused(zh="缺少“region”。", en="“region” is missing.")
    _known(topic, TOPICS, Bilingual("主题", "topic"))
    keep = request.GET.get("keep", "0")
    if keep not in ("0", "1"):
        raise Refused(zh="“keep”应为 0 或 1。", en="“keep” is 0 or 1.")
    outlook = look_at(by=by, region=region, taken=read_questions(_file(request)))
    kept = take_in(by=by, outlook=outlook, topic=topic) if keep == "1" else 0
    return _json({**_outlook(outlook), "kept": kept})


def _file(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise TooLong(zh="文件超过 5 MB。", en="The file is larger than 5 MB.")
    if not request.body:
        raise Refused(zh="没有收到文件。", en="No file was sent.")
    return request.body


def _outlook(outlook: Outlook) -> dict[str, Any]:
    return {"region": outlook.region, "new": [_item(one) for one in outlook.new],
            "changed": [_item(one) for one in outlook.changed], "there": [_item(one) for one in outlook.there],
            "lost": [{"where": one.where, "why": {"zh": one.why.zh, "en": one.why.en}} for one in outlook.losses]}


def _item(one: Item) -> dict[str, Any]:
    return {"code": one.code, "kind": one.kind, "stem": one.content["stem"]}


def _methods(request: HttpRequest, allowed: tuple[str, ...]) -> None:
    if request.method not in allowed:
        raise NotAllowed(", ".join(allowed))


def _json(content: dict[str, Any]) -> HttpResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})
