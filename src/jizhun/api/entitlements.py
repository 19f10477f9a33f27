"""``/api/v1/entitlements``: what there is, what a person may be entitled to, and each rule as DMN.

Nothing that is sent is kept. Numbers are JSON numbers with all their digits.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from jizhun.entitlements.actions import (
    Failed,
    Person,
    entitled_apart,
    entitlements,
    owing,
    paper_title,
    rises,
    rule,
)
from jizhun.entitlements.dmn import write_model
from jizhun.entitlements.feel.notation import as_json
from jizhun.entitlements.rules import Answer, Entitlements, Fact, Head, changes, next_fact, typed_facts
from jizhun.entitlements.rules.arrears import read_paid
from jizhun.entitlements.rules.promising import Engine, Places
from jizhun.entitlements.rules.rising import plain_owing, plain_rise
from jizhun.entitlements.rules.telling import plain_answer
from jizhun.guides.actions.keeping import Locked
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.strict_json import json_of
from jizhun.people.rules import Forbidden
from jizhun.people.tokens import NotSignedIn
from jizhun.provisions import actions as provisions
from jizhun.regions.actions import Moved, tree

LONGEST_BODY = 64 * 1024
FIELDS = frozenset({"region", "on", "places", "facts", "entitlements", "known_on", "paid"})
PLACE_AND_DAY = frozenset({"region", "on"})
NATION = "CN"

View = Callable[..., HttpResponse]


class Unknown(Refused):
    """There is no such entitlement, or none in force: status 404."""


class TooLong(Refused):
    """More was sent than is read: status 413."""


class NotAllowed(Refused):
    """The method is not one of those that an address answers: status 405."""

    def __init__(self, methods: str) -> None:
        super().__init__(zh=f"此地址只接受 {methods}。", en=f"This address answers {methods} only.")
        self.methods = methods


STATUSES: Mapping[type[Refused], int] = {Unknown: 404, NotAllowed: 405, TooLong: 413, NotSignedIn: 401, Forbidden: 403,
                                         Locked: 409, Moved: 412}


def told(view: View) -> View:
    """An address of the API: a refusal is JSON with its sentence in both languages, and nobody keeps an answer."""

    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Refused as refused:
            sentence = {"zh": refused.sentence.zh, "en": refused.sentence.en}
            status = next((code for kind, code in STATUSES.items() if isinstance(refused, kind)), 400)
            response = _json({"error": sentence}, status)
            if isinstance(refused, NotAllowed):
                response["Allow"] = refused.methods
            if isinstance(refused, NotSignedIn):
                response["WWW-Authenticate"] = "Bearer"
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(opened)


def _json(content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(as_json(content) + "\n", content_type="application/json; charset=utf-8", status=status)


@told
def entitlements_api(request: HttpRequest) -> HttpResponse:
    """GET lists what there is; POST answers for one person."""
    if request.method in ("GET", "HEAD"):
        return _json(_list(request))
    if request.method == "POST":
        return _json(_answered(_asked(_body(request))))
    raise NotAllowed("GET, HEAD, POST")


@told
def entitlement_dmn(request: HttpRequest, code: str) -> HttpResponse:
    """The rule in force at ``region`` on ``on`` as DMN 1.3."""
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("GET, HEAD")
    if code not in entitlements().heads:
        raise Unknown(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
    region, on = _place_and_day(request)
    found = rule(code=code, region=region, on=on)
    if found is None:
        raise Unknown(zh=f"{on} 在 {region} 没有“{code}”的规则。",
                      en=f"No rule “{code}” is in force in {region} on {on}.")
    response = HttpResponse(write_model(found.model), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-{region}-{on}.dmn"'
    return response


def only_asked(request: HttpRequest, names: Collection[str]) -> None:
    """Refuse parameters that nobody reads, and those given twice: a slip would be answered for another place or day."""
    for name, values in sorted(request.GET.lists()):
        if name not in names:
            raise Refused(zh=f"没有“{name}”这个参数。", en=f"There is no parameter “{name}”.")
        if len(values) > 1:
            raise Refused(zh=f"“{name}”写了两次。", en=f"“{name}” is given twice.")


def _place_and_day(request: HttpRequest) -> tuple[str, date]:
    only_asked(request, PLACE_AND_DAY)
    on = request.GET.get("on", "")
    return request.GET.get("region") or NATION, parse_day(on) if on else timezone.localdate()


# -- what is asked ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One person's question; ``facts`` are typed."""

    book: Entitlements
    region: str
    on: date
    facts: Mapping[str, Any]
    places: Places
    codes: list[str] = field(default_factory=list)
    known_on: date | None = None
    paid: Mapping[str, Mapping[date, Decimal]] = field(default_factory=dict)


def _body(request: HttpRequest) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY or len(request.body) > LONGEST_BODY:
        raise TooLong(zh=f"内容超过 {LONGEST_BODY} 字节。", en=f"More than {LONGEST_BODY} bytes were sent.")
    content = json_of(request.body, Bilingual("内容", "What was sent"))
    if not isinstance(content, dict):
        raise Refused(zh="内容应是 {…} 的样子。", en="What is sent should be an object, {…}.")
    odd = sorted(name for name in content if name not in FIELDS)
    if odd:
        raise Refused(zh=f"没有“{odd[0]}”这一栏。", en=f"There is no field “{odd[0]}”.")
    return content


def _asked(content: Mapping[str, Any]) -> Asked:
    on, known_on = _text(content, "on"), _text(content, "known_on")
    day = parse_day(on) if on else timezone.localdate()
    known = parse_day(known_on) if known_on else None
    region = _text(content, "region")
    if not region:
        raise Refused(zh="缺少“region”。", en="“region” is missing.")
    tree().place(region, day)
    book = entitlements(known_on=known)
    facts = typed_facts(book.facts, _object(content, "facts"))
    return Asked(book, region, day, facts, Places(region, _places(content)), _codes(content), known,
                 _paid(content, known))


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise Refused(zh=f"“{name}”应是文字。", en=f"“{name}” should be a text.")


def _object(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if value is None or isinstance(value, dict):
        return value or {}
    raise Refused(zh=f"“{name}”应是 {{…}} 的样子。", en=f"“{name}” should be an object, {{…}}.")


def _codes(content: Mapping[str, Any]) -> list[str]:
    value = content.get("entitlements")
    if value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return list(dict.fromkeys(value or ()))
    raise Refused(zh="“entitlements”应是代码的一列。", en="“entitlements” should be a list of codes.")


def _paid(content: Mapping[str, Any], known_on: date | None) -> dict[str, dict[date, Decimal]]:
    """What was paid for each month, by entitlement."""
    said = _object(content, "paid")
    if said and known_on is not None:
        raise Refused(zh="“paid”与“known_on”不能同时用：应补多少按现在所知计算。",
                      en="“paid” and “known_on” do not go together: what is owed is worked out as known now.")
    return {code: read_paid(_object(said, code)) for code in said}


def _places(content: Mapping[str, Any]) -> dict[str, str]:
    """Region by role; what is null is not given."""
    places = _object(content, "places")
    return {role: _text(places, role) for role in places if places[role] is not None}


# -- what is answered ------------------------------------------------------------------------------------


def _answered(asked: Asked) -> dict[str, Any]:
    answers, failed = entitled_apart(facts=asked.facts, places=asked.places, on=asked.on, codes=asked.codes,
                                     known_on=asked.known_on)
    engine = Engine(provisions.book(known_on=asked.known_on), asked.places)
    title = _Titles()
    following = next_fact(answers, asked.book.facts)
    return {"region": asked.region, "on": asked.on.isoformat(),
            "answers": [plain_answer(one, title, changes(one, asked.facts, engine)) for one in answers],
            "next_question": _fact(asked.book.facts[following]) if following else None,
            "failed": [{"entitlement": one.code, "error": _both(one.sentence)} for one in failed],
            "no_rule_here": _without(answers, failed, asked), **_risen(answers, asked)}


def _risen(answers: list[Answer], asked: Asked) -> dict[str, Any]:
    """Levels that became known after their first day, and what is owed on top of what was paid."""
    person = Person(asked.facts, asked.places)
    found = [] if asked.known_on else rises(answers=answers, person=person)
    return {"rises": [{"entitlement": answer.rule.head.code, **plain_rise(one)} for answer, one in found],
            "owed": [plain_owing(owing(person=person, code=code, on=asked.on, paid=paid))
                     for code, paid in asked.paid.items()]}


def _without(answers: list[Answer], failed: list[Failed], asked: Asked) -> list[str]:
    """What was asked for and has no rule there."""
    spoken = {*(one.rule.head.code for one in answers), *(one.code for one in failed)}
    return [code for code in asked.codes or asked.book.heads if code not in spoken]


class _Titles:
    """Titles of papers, each read once."""

    def __init__(self) -> None:
        self.held: dict[str, Bilingual] = {}

    def __call__(self, code: str) -> Bilingual:
        if code not in self.held:
            self.held[code] = paper_title(code)
        return self.held[code]


def _list(request: HttpRequest) -> dict[str, Any]:
    """Every entitlement with the facts that its rule at the place and day reads, and every fact with its question."""
    region, on = _place_and_day(request)
    tree().place(region, on)
    book = entitlements()
    return {"region": region, "on": on.isoformat(),
            "entitlements": [_head(head, region, on) for head in book.heads.values()],
            "facts": [_fact(fact) for fact in book.facts.values()]}


def _head(head: Head, region: str, on: date) -> dict[str, Any]:
    try:
        found, error = rule(code=head.code, region=region, on=on), None
    except Refused as refused:
        found, error = None, _both(refused.sentence)
    return {"code": head.code, "name": _both(head.name), "summary": _both(head.summary), "matter": head.subject,
            "place_role": head.place_role, "kind": head.kind, "life_event": head.life_event, "anchor": head.anchor,
            "payers": {payer: Decimal(share) for payer, share in head.payers},
            "in_force": found is not None, "facts": list(found.facts) if found else [],
            "error": error}


def _fact(fact: Fact) -> dict[str, Any]:
    return {"code": fact.code, "type": fact.type, "label": _both(fact.label), "question": _both(fact.question),
            "help": _both(fact.help), "why": _both(fact.why), "unit": fact.unit, "low": _number(fact.low),
            "high": _number(fact.high), "decimals": Decimal(fact.decimals),
            "options": [{"code": code, **_both(name)} for code, name in fact.options]}


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
