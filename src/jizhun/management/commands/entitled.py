"""``jizhun entitled``: what a person may be entitled to, at a place and day."""

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements import actions
from jizhun.entitlements.feel.notation import as_json
from jizhun.entitlements.rules import Answer
from jizhun.entitlements.rules.arrears import read_paid
from jizhun.entitlements.rules.promising import Places
from jizhun.entitlements.rules.rising import Owing, owing_in_words, plain_owing, rise_in_words
from jizhun.entitlements.rules.telling import ESTIMATE, MET, VERDICTS, cited_in_words, given_in_words, plain_answer
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_in_words, parse_day
from jizhun.kernel.strict_json import json_of
from jizhun.kernel.texts import text_of


class Command(BaseCommand):
    help = _("What a person may be entitled to, at a place and day")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", type=Path, required=True,
                            help=_("a JSON file with facts by name; “places” names places by role"))
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
        parser.add_argument("--known-on", help=_("as known at the end of this day"))
        parser.add_argument("--entitlement", action="append", default=[], help=_("only this entitlement"))
        parser.add_argument("--paid", action="append", default=[], metavar="MONTHS=YUAN",
                            help=_("what was paid a month for the one --entitlement, as 2025-07=190 or "
                                   "2025-07..2025-09=190; says what is owed on top"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_: object, **options: Any) -> None:
        facts, by_role = _person(options["person"])
        day = parse_day(options["on"]) if options["on"] else timezone.localdate()
        known_on = parse_day(options["known_on"]) if options["known_on"] else None
        answers = actions.entitled(facts=facts, places=Places(options["region"], by_role), on=day,
                                   codes=options["entitlement"], known_on=known_on)
        person = actions.Person(facts, Places(options["region"], by_role))
        owed = _owed(person, day, options)
        risen = [] if known_on else actions.rises(answers=answers, person=person)
        if options["json"]:
            answered = [plain_answer(one, actions.paper_title) for one in answers]
            self.stdout.write(as_json({"answers": answered, "owed": plain_owing(owed)} if owed else answered))
        else:
            told = {answer.rule.head.code: rise_in_words(one) for answer, one in risen}
            self.stdout.write("\n".join(_told(answers, told, owed)))


def _owed(person: actions.Person, day: date, options: dict[str, Any]) -> Owing | None:
    """What is owed on top of what ``--paid`` says; None where it says nothing."""
    if not options["paid"]:
        return None
    if len(options["entitlement"]) != 1 or options["known_on"]:
        raise Refused(zh="--paid 须与一个 --entitlement 同用，且不能与 --known-on 同用。",
                      en="--paid goes with exactly one --entitlement, and not with --known-on.")
    said: dict[str, object] = {}
    for one in options["paid"]:
        months, _sign, amount = one.partition("=")
        if months in said:
            raise Refused(zh=f"{months} 写了两次。", en=f"{months} is given twice.")
        said[months] = amount
    return actions.owing(person=person, code=options["entitlement"][0], on=day, paid=read_paid(said))


def _person(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        person = json_of(text_of(path.read_bytes(), path.name), Bilingual(f"{path.name} ", path.name))
    except OSError as error:
        raise Refused(zh=f"读不了文件 {path}（{error.strerror}）。",
                      en=f"{path} cannot be read ({error.strerror}).") from None
    if not isinstance(person, dict):
        raise Refused(zh=f"{path.name} 应是 {{…}} 的样子。", en=f"{path.name} should be an object, {{…}}.")
    places = person.pop("places", None) or {}
    if not isinstance(places, dict) or not all(isinstance(code, str) for code in places.values()):
        raise Refused(zh="places 应是角色到区划代码。", en="“places” should map roles to region codes.")
    return person, places


def _told(answers: list[Answer], risen: Mapping[str, Bilingual], owed: Owing | None) -> Iterable[str]:
    language = get_language() or "en"
    for one in answers:
        yield f"{one.rule.head.name.in_language(language)}: {VERDICTS[one.verdict].in_language(language)}"
        for judged in one.conditions:
            clause = cited_in_words(judged.condition.cited, actions.paper_title).in_language(language)
            met, words = MET[judged.met].in_language(language), judged.condition.words.in_language(language)
            yield f"  [{met}] {words} ({clause})"
        for given in one.results:
            if not given.waits:
                yield f"  {given.result.words.in_language(language)}: {given_in_words(given).in_language(language)}"
        if one.missing:
            labels = ", ".join(one.rule.facts[code].label.in_language(language) for code in one.missing)
            yield "  " + _("still to be known: %(facts)s") % {"facts": labels}
        if one.verdict != "unlikely":
            yield from _values(one, language)
        if one.rule.head.code in risen:
            yield "  " + risen[one.rule.head.code].in_language(language)
    yield from (line.in_language(language) for line in owing_in_words(owed)) if owed else ()
    yield ESTIMATE.in_language(language)


def _values(one: Answer, language: str) -> Iterable[str]:
    """The day that each value it rests on is of, and whether it should have been renewed since."""
    for name, promised in one.measures.items():
        if promised.said_on is not None and promised.source is not None:
            said = {"name": promised.source.measure.name.in_language(language),
                    "day": day_in_words(promised.said_on).in_language(language)}
            yield "  " + _("%(name)s: the value since %(day)s") % said + (
                _("; it should have been renewed since: ask for the present one") if name in one.stale else "")
