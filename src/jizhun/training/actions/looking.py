"""Who may look into the question bank, and what of it they asked for: for the workbench and for other systems."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from jizhun.people.actions import regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.bank import REVIEW, TEACH, WRITE, question_of
from jizhun.training.models import Question

RIGHTS = (WRITE, REVIEW, TEACH)
"""Whoever holds one of them sees questions with their right answers."""


@dataclass(frozen=True)
class Wanted:
    """Questions asked for; what is empty is left open. ``region`` includes the places below it."""

    region: str = ""
    topic: str = ""
    matter: str = ""
    text: str = ""


def places_of(*, by: User, on: date) -> list[str]:
    """Every place whose questions ``by`` sees; raises Forbidden where there is none."""
    held = tree()
    regions = regions_of_any(by=by, rights=RIGHTS)
    return list(dict.fromkeys(code for one in regions for code in held.within(one, on)))


def chosen(*, by: User, wanted: Wanted, on: date) -> QuerySet[Question]:
    """The questions that ``by`` sees and that were asked for; none for a place that is no place of theirs."""
    places = places_of(by=by, on=on)
    if wanted.region in tree():
        below = {*tree().within(wanted.region, on)}
        places = [one for one in places if one in below]
    found = Question.objects.filter(region__in=places)
    if wanted.topic:
        found = found.filter(topic=wanted.topic)
    if wanted.matter:
        found = found.filter(matter=wanted.matter)
    if wanted.text:
        found = found.filter(Q(code__icontains=wanted.text) | Q(matter__icontains=wanted.text)
                             | Q(versions__content__stem__zh__icontains=wanted.text)
                             | Q(versions__content__stem__en__icontains=wanted.text)).distinct()
    return found


def seen_question(*, by: User, code: str, on: date) -> Question:
    """A question that ``by`` may see; Refused where there is none, Forbidden where it is kept elsewhere."""
    question = question_of(code)
    if question.region not in places_of(by=by, on=on):
        raise forbidden(REVIEW, question.region)
    return question
