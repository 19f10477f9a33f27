"""What am I entitled to: choose, answer one question a page, see what is likely. Nothing that is said is kept.

Answers travel in the hidden fields of forms that are posted, never in an address; no session, no cookie.
"""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from jizhun.entitlements.actions import entitlements, rule
from jizhun.entitlements.rules import Entitlements, Head
from jizhun.frame.here import Here, public_page
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.portal.entitled_answers import Gathered, gathered, places_of
from jizhun.portal.entitled_form import Carried, carried, typed, wanted
from jizhun.portal.entitled_page import TURN, TYPED_FORM, lost, page, unkept
from jizhun.portal.entitled_places import Roles, moved, roles_shown, roles_typed
from jizhun.portal.entitled_question import asked
from jizhun.portal.entitled_result import result
from jizhun.portal.entitled_words import life_events

# -- the start -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """Something that can be chosen. ``silent``: no rule on it is on record here."""

    code: str
    name: str
    about: str
    ticked: bool
    silent: bool = False
    facts: frozenset[str] = frozenset()


@unkept
def entitled(request: HttpRequest) -> HttpResponse:
    """What it is about, the place and the day. Posted to, it shows what was chosen before."""
    return _again(request) if request.method == "POST" else _start(request)


@public_page
def _start(request: HttpRequest, here: Here) -> HttpResponse:
    book = entitlements()
    said = carried(request.GET, book)
    return _chooser(request, here, Carried(here.code, here.on.isoformat(), said.events, said.about), book)


def _again(request: HttpRequest) -> HttpResponse:
    book = entitlements()
    now = moved(carried(request.POST, book), request.POST)
    if now.lost:
        return lost(request, now, "entitled")
    if TURN not in request.POST:
        return _chooser(request, now.here, now.said, book)
    roles = roles_typed(request.POST, now.here.on).unjudged
    return _chooser(request, now.here, replace(now.said, roles=roles.codes), book, roles)


def _chooser(request: HttpRequest, here: Here, said: Carried, book: Entitlements, roles: Roles | None = None,
             status: int = 200) -> HttpResponse:
    roles, events = roles or roles_shown(said), life_events(book)
    groups = [(one.name, [_box(head, here, said) for head in one.heads]) for one in events]
    return page(request, "portal/entitled/start.html", here, said, {
        "events": [Box(one.code, one.name, "", one.code in said.events) for one in events if one.code],
        "groups": groups, "most": len({fact for _name, boxes in groups for box in boxes for fact in box.facts}),
        "roles": roles.fields, "wrong": roles.wrong, "roles_open": any(one.value for one in roles.fields),
        "kept": replace(said, events=(), about=(), roles={}, finish=False),
        "typed_form": TYPED_FORM if groups else ""}, status)


def _box(head: Head, here: Here, said: Carried) -> Box:
    try:
        found = rule(code=head.code, region=places_of(said).of(head.place_role), on=here.on)
        silent, facts = found is None, frozenset(found.facts if found else ())
    except Refused:
        silent, facts = False, frozenset()  # the result says what is wrong with it
    return Box(head.code, words(head.name), words(head.summary), head.code in said.about, silent, facts)


# -- questions and result --------------------------------------------------------------------------------


@unkept
def check(request: HttpRequest) -> HttpResponse:
    """The next question that matters, or one that the reader goes back to, or the result."""
    if request.method != "POST":
        return _to_the_start(request)
    book, post = entitlements(), request.POST
    now = moved(carried(post, book), post)
    if now.lost:
        return lost(request, now, "entitled-check")
    said = now.said
    if "begin" in post:
        roles = roles_typed(post, now.here.on)
        said = replace(said, roles=roles.codes)
        if roles.wrong or TURN in post:
            return _chooser(request, now.here, said, book, roles, 400 if roles.wrong else 200)
    if "go_on" in post:
        said = replace(said, finish=False)
    return _answered(request, now.here, said, book)


def _to_the_start(request: HttpRequest) -> HttpResponse:
    """An address alone holds no answers, and none are read from it."""
    kept = {name: request.GET[name] for name in ("region", "on") if request.GET.get(name)}
    return HttpResponseRedirect(reverse("entitled", query=kept))


def _answered(request: HttpRequest, here: Here, said: Carried, book: Entitlements) -> HttpResponse:
    """Take the answer to the question of the page before, if there was one, and show what comes next."""
    post, wrong = request.POST, ""
    fact = book.facts.get(post.get("question", ""))
    if fact is not None and TURN in post:
        return asked(request, here, gathered(said, here.on), fact)
    if fact is not None:
        text = "" if "skip" in post else typed(fact, post)
        wrong = wanted(fact, empty=True) if not text and "skip" not in post else ""
        said = said if wrong else said.answered(fact.code, text)
    found = gathered(said, here.on)
    if fact is not None and (wrong or fact.code in found.wrong):
        return asked(request, here, found, fact, wrong or found.wrong[fact.code])
    return _shown(request, here, found)


def _shown(request: HttpRequest, here: Here, found: Gathered) -> HttpResponse:
    """A question that was asked for, one whose answer does not fit, the next one, or the result."""
    book, wanted_one = found.book, request.POST.get("change") or request.POST.get("show") or ""
    if wanted_one in book.facts:
        return asked(request, here, found, book.facts[wanted_one])
    if found.wrong:
        code, sentence = next(iter(found.wrong.items()))
        return asked(request, here, found, book.facts[code], sentence)
    if found.next is not None and not found.said.finish:
        return asked(request, here, found, found.next)
    return result(request, here, found)
