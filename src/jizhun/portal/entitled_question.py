"""One question on a page: the question itself, a hint, why it is asked, and how far one is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.entitlements.rules import Fact
from jizhun.frame.here import Here
from jizhun.frame.tags import words
from jizhun.portal.entitled_answers import Gathered
from jizhun.portal.entitled_form import DAY_PARTS, day_parts, typed
from jizhun.portal.entitled_page import TURN, TYPED_FORM, page
from jizhun.provisions.rules.telling import unit_in_words

FIELD = "answer"


@dataclass(frozen=True, slots=True)
class DayPart:
    """The year, month or day of a day."""

    name: str
    label: str
    value: str
    size: int

    @property
    def id(self) -> str:
        return f"{FIELD}-{self.name}"


@dataclass(frozen=True, slots=True)
class Question:
    """A fact as it is asked. ``choices`` are radios, ``parts`` those of a day; else one field with its ``unit``.

    ``number`` is its place among the questions, ``still`` how many there may be after it; ``waiting`` names the
    entitlements that it matters for.
    """

    fact: Fact
    value: str
    wrong: str
    choices: Sequence[tuple[str, str]]
    parts: Sequence[DayPart]
    unit: str
    number: int
    still: int
    waiting: Sequence[str]

    @property
    def anchor(self) -> str:
        """What the summary of errors leads to."""
        return self.parts[0].id if self.parts else f"{FIELD}-{self.choices[0][0]}" if self.choices else FIELD


def asked(request: HttpRequest, here: Here, found: Gathered, fact: Fact, wrong: str = "") -> HttpResponse:
    """The page of one question; status 400 where its answer did not fit."""
    post, said = request.POST, found.said
    again = (wrong or TURN in post) and post.get("question") == fact.code
    changing = bool(post.get("change") or (post.get("changing") and (again or post.get("show"))))
    text = typed(fact, post) if again else said.said.get(fact.code, "")
    return page(request, "portal/entitled/question.html", here, said, {
        "question": _question(found, fact, text, wrong), "changing": changing, "before": said.before(fact.code),
        "unknown": fact.code in said.skipped, "typed_form": TYPED_FORM}, 400 if wrong else 200)


def _question(found: Gathered, fact: Fact, text: str, wrong: str) -> Question:
    order = found.said.asked
    number = order.index(fact.code) + 1 if fact.code in order else len(order) + 1
    unit = words(unit_in_words(fact.unit)) if fact.unit and fact.type == "number" else ""
    waiting = list(dict.fromkeys(words(head.name) for head in found.waiting(fact.code)))
    return Question(fact, text, wrong, _choices(fact), _parts(text) if fact.type == "date" else (), unit, number,
                    found.still(fact.code), waiting)


def _choices(fact: Fact) -> list[tuple[str, str]]:
    if fact.type == "boolean":
        return [("true", _("Yes")), ("false", _("No"))]
    return [(code, words(name)) for code, name in fact.options] if fact.type == "choice" else []


def _parts(text: str) -> list[DayPart]:
    labels = {"year": pgettext("of a day", "Year"), "month": pgettext("of a day", "Month"),
              "day": pgettext("of a day", "Day")}
    return [DayPart(name, labels[name], value, 4 if name == "year" else 2)
            for name, value in zip(DAY_PARTS, day_parts(text), strict=True)]
