"""What the pages of the question bank share: who looks, what a question and its sources are called, as they are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import GUIDE, field_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, path_to, regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import forbidden
from jizhun.provisions.actions import measures
from jizhun.regions.actions import tree
from jizhun.training.actions.bank import REVIEW, WRITE, question_of
from jizhun.training.actions.looking import RIGHTS
from jizhun.training.models import Question
from jizhun.training.rules.questions import TYPES
from jizhun.training.rules.sources import CLAUSE, FIELD, KINDS, PROMISE, RULE, Source
from jizhun.workbench.asked import PLACES_LISTED
from jizhun.workbench.upload import user_of


@dataclass(frozen=True)
class Looker:
    """Somebody who writes, reviews or teaches, and the places where they do."""

    user: User
    regions: tuple[str, ...]

    def sees(self, region: str) -> bool:
        path = tree().path(region, timezone.localdate())
        return any(one in path for one in self.regions)

    def may(self, right: str, region: str) -> bool:
        return allows(by=self.user, right=right, path=path_to(region))

    @property
    def writes(self) -> bool:
        return any(self.may(WRITE, one) for one in self.regions)

    @property
    def within(self) -> list[str]:
        """Every place that they see."""
        held, today = tree(), timezone.localdate()
        return list(dict.fromkeys(code for one in self.regions for code in held.within(one, today)))

    def choices(self) -> list[tuple[str, str]]:
        """The places to choose from; only those of the roles where all of them are too many."""
        codes = self.within
        held = tree()
        return [(code, f"{place_name(held.known(code))} {code}")
                for code in (codes if len(codes) <= PLACES_LISTED else self.regions)]


def looker_of(request: HttpRequest) -> Looker:
    """Who is signed in; Forbidden for somebody without any right in training."""
    user = user_of(request)
    return Looker(user, tuple(regions_of_any(by=user, rights=RIGHTS)))


def asked_question(code: str, who: Looker) -> Question:
    """A question that they may see; Refused where there is none, Forbidden elsewhere."""
    question = question_of(code)
    if not who.sees(question.region):
        raise forbidden(REVIEW, question.region)
    return question


# -- in words --------------------------------------------------------------------------------------


def said(text: Mapping[str, str] | None) -> str:
    """Words of a question in the reader's language."""
    return words(Bilingual(text["zh"], text["en"])) if text else ""


def matter_name(code: str) -> str:
    """A matter in words; its code where nobody knows it."""
    try:
        return words(catalogue().name_of(code)) if code else ""
    except (Refused, KeyError):
        return code


def source_name(source: Source) -> str:
    """What a source is, in words; its codes where something is gone."""
    try:
        return _named(source)
    except (Refused, KeyError):
        return f"{words(KINDS[source.kind])} {' / '.join(source.key)}"


def _named(source: Source) -> str:
    key, held = source.key, tree()
    if source.kind == PROMISE:
        return f"{words(measures()[key[3]].name)} · {matter_name(key[0])} · {place_name(held.known(key[1]))}"
    if source.kind == CLAUSE:
        return f"{key[0]} · {key[1]}"
    if source.kind == RULE:
        return f"{words(KINDS[RULE])} · {words(entitlements().heads[key[0]].name)} · {place_name(held.known(key[1]))}"
    what = words(field_of(GUIDE, key[2]).name) if source.kind == FIELD else words(KINDS[source.kind])
    return f"{what} · {matter_name(key[0])} · {place_name(held.known(key[1]))}"


# -- as a learner sees it, with the right answer ---------------------------------------------------


def shown(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A question for a page: ``rows`` are (text, right, second text), ``parts`` the same again."""
    return {"kind": kind, "kind_name": words(TYPES[kind]), "stem": said(content["stem"]),
            "explanation": said(content.get("explanation")), "rows": _rows(kind, content),
            "answer": _answer(kind, content), "ordered": kind == "ordering",
            "parts": [shown(part["type"], part) for part in content.get("parts", [])]}


def _rows(kind: str, content: Mapping[str, Any]) -> list[tuple[str, bool, str]]:
    if kind in ("single", "multiple"):
        return [(said(one["text"]), bool(one["right"]), "") for one in content["options"]]
    if kind == "ordering":
        return [(said(one["text"]), False, "") for one in content["items"]]
    if kind == "matching":
        pairs = [(said(one["left"]), False, said(one["right"])) for one in content["pairs"]]
        return [*pairs, *((_("(belongs to none)"), False, said(one["right"])) for one in content.get("extra", []))]
    return []


def _answer(kind: str, content: Mapping[str, Any]) -> str:
    if kind == "true_false":
        return _("true") if content["right"] else _("false")
    if kind == "numeric":
        near = content.get("tolerance", "0")
        within = "" if near in ("", "0") else f" ± {near}"
        return f"{content['right']}{within} {said(content.get('unit'))}".strip()
    if kind == "short_text":
        texts = dict.fromkeys(text for one in content["accepted"] for text in (one["zh"], one["en"]))
        return " / ".join(texts)
    return ""
