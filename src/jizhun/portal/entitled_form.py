"""What a reader has said so far. It travels with each page in hidden fields and is kept nowhere."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.entitlements.rules import Entitlements, Fact, typed_facts
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused

ROLES = ("place_of_insurance", "household_registration", "usual_residence", "employer")
"""The roles of place that a person may set apart from the one place for everything."""
SAID, AT = "said-", "at-"
DAY_PARTS = ("year", "month", "day")
LONGEST_TYPED = 60
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Carried:
    """Place and day, what it is about, and the answers.

    ``asked`` holds the facts in the order in which they were asked; ``said`` what was typed for each. One that was
    asked and is not in ``said`` is not known. ``finish``: show the result now, whatever is still open.
    """

    region: str
    on: str
    events: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    finish: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The hidden fields, by name."""
        pairs = [("region", self.region), ("on", self.on), *(("event", one) for one in self.events),
                 *(("about", one) for one in self.about), *((AT + role, code) for role, code in self.roles.items()),
                 *(("asked", one) for one in self.asked), *((SAID + one, text) for one, text in self.said.items())]
        return [*pairs, ("finish", "1")] if self.finish else pairs

    @property
    def skipped(self) -> tuple[str, ...]:
        """What the reader does not know."""
        return tuple(one for one in self.asked if one not in self.said)

    def before(self, fact: str) -> str:
        """The question that came before this one; "" before the first."""
        at = self.asked.index(fact) if fact in self.asked else len(self.asked)
        return self.asked[at - 1] if at else ""

    def answered(self, fact: str, text: str) -> "Carried":
        """With one more answer; an empty one is not known."""
        said = {code: kept for code, kept in {**self.said, fact: text}.items() if kept}
        return replace(self, asked=tuple(dict.fromkeys((*self.asked, fact))), said=said)


def carried(post: QueryDict, book: Entitlements) -> Carried:
    """What a page sent. Codes that nobody knows any more are left out: rules may have been loaded in between."""
    asked = tuple(dict.fromkeys(one for one in post.getlist("asked") if one in book.facts))
    said = {one: text for one in asked if (text := post.get(SAID + one, "").strip()[:LONGEST_TYPED])}
    events = {head.life_event for head in book.heads.values()}
    return Carried(
        post.get("region", ""), post.get("on", ""),
        tuple(one for one in dict.fromkeys(post.getlist("event")) if one and one in events),
        tuple(one for one in dict.fromkeys(post.getlist("about")) if one in book.heads),
        {role: code for role in ROLES if (code := post.get(AT + role, ""))}, asked, said, bool(post.get("finish")))


def chosen(said: Carried, book: Entitlements) -> list[str]:
    """The entitlements that it is about, in the order of the list; all where nothing was chosen."""
    if not said.events and not said.about:
        return list(book.heads)
    return [code for code, head in book.heads.items() if code in said.about or head.life_event in said.events]


# -- one answer ------------------------------------------------------------------------------------------


def typed(fact: Fact, post: QueryDict) -> str:
    """What was typed for a fact; a day as its three parts with dashes between."""
    if fact.type == "date":
        parts = [post.get(f"answer-{part}", "").strip()[:LONGEST_TYPED] for part in DAY_PARTS]
        return "-".join(parts) if any(parts) else ""
    return post.get("answer", "").strip()[:LONGEST_TYPED]


def day_parts(text: str) -> Sequence[str]:
    """The year, month and day of a typed day, as they were typed."""
    return [*text.split("-", 2), "", "", ""][:3]


def tidy(fact: Fact, text: str) -> str:
    """A typed answer as rules read it: wide digits narrow, no commas between thousands, days with zeros."""
    text = unicodedata.normalize("NFKC", text).strip()
    if fact.type == "number" and THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    if fact.type == "date":
        year, month, day = (part.strip(" -") for part in day_parts(text))
        return f"{year:0>4}-{month:0>2}-{day:0>2}"
    return text


def facts_of(said: Carried, book: Entitlements) -> tuple[dict[str, Any], dict[str, str]]:
    """(typed facts, what is wrong by fact) of all that was said."""
    facts: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for code, text in said.said.items():
        try:
            facts.update(typed_facts(book.facts, {code: tidy(book.facts[code], text)}))
        except Refused:
            wrong[code] = wanted(book.facts[code])
    return facts, wrong


def wanted(fact: Fact, *, empty: bool = False) -> str:
    """The sentence for an answer that does not fit: which one, and what is wanted."""
    label, kind = words(fact.label), _number_wanted(fact) if fact.type == "number" else OTHERS_WANTED[fact.type]
    if empty:
        return _("%(label)s: %(wanted)s, or press “I do not know”.") % {"label": label, "wanted": kind}
    return _("%(label)s: %(wanted)s.") % {"label": label, "wanted": kind}


def _number_wanted(fact: Fact) -> str:
    return _number(fact) + _between(fact) + (
        _(", with at most %(n)s digits after the point") % {"n": fact.decimals} if fact.decimals else "")


def _number(fact: Fact) -> str:
    return _("enter a number") if fact.decimals else _("enter a whole number")


def _between(fact: Fact) -> str:
    if fact.low is not None and fact.high is not None:
        return _(" from %(low)s to %(high)s") % {"low": fact.low, "high": fact.high}
    if fact.low is not None:
        return _(" of at least %(low)s") % {"low": fact.low}
    return _(" of at most %(high)s") % {"high": fact.high} if fact.high is not None else ""


OTHERS_WANTED = {
    "boolean": gettext_lazy("choose yes or no"), "choice": gettext_lazy("choose one of the answers"),
    "date": gettext_lazy("enter a day that there is, the year with four digits, such as 2026 11 24")}
