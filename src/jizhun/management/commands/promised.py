"""``jizhun promised``: what is promised for a matter, in a place, on a day."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.management.arguments import WHOLE
from jizhun.provisions import actions
from jizhun.provisions.asking import plain_warnings, warnings
from jizhun.provisions.rules import Answer, Say
from jizhun.provisions.rules.telling import EFFECTS, plain_answer, promise_words, value_in_words


class Command(BaseCommand):
    help = _("What is promised for a matter, in a place, on a day")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--matter", required=True, help=_("matter or item code, * for general parameters"))
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
        parser.add_argument("--known-on", help=_("as known at the end of this day"))
        parser.add_argument("--since", help=_("the day on which the person's case or entitlement began"))
        parser.add_argument("--group", default="all", help=_("recipient group"))
        parser.add_argument("--measure", help=_("only this measure"))
        parser.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE",
                            help=_("a fact that a table asks for, e.g. contribution_months=30"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_: object, **options: Any) -> None:
        answers = actions.promised(
            matter=options["matter"], region=options["region"], on=_day(options["on"]) or timezone.localdate(),
            group=options["group"], measure=options["measure"], known_on=_day(options["known_on"]),
            since=_day(options["since"]), facts=dict(_fact(text) for text in options["fact"]))
        if options["json"]:
            plain = [plain_answer(a, actions.place_name, plain_warnings(a)) for a in answers]
            self.stdout.write(json.dumps(plain, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(_told(answers)))


def _day(text: str | None) -> Any:
    return parse_day(text) if text else None


def _fact(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Refused(zh=f"“{text}”应写成 名称=值。", en=f"“{text}” must be written NAME=VALUE.")
    return name, int(value) if WHOLE.fullmatch(value) else value


def _told(answers: list[Answer]) -> Iterable[str]:
    language = get_language() or "en"
    if not answers:
        nothing = Bilingual("没有任何文件对此作出承诺。", "No paper on record promises anything here.")
        yield nothing.in_language(language)
    labels = actions.labels()
    for answer in answers:
        promise = promise_words(answer.measure, answer.value, lambda code: labels.get(code, Bilingual(code, code)))
        yield f"{answer.measure.name.in_language(language)}{COLON.in_language(language)}{promise.in_language(language)}"
        for step in answer.path:
            name = actions.place_name(step.place).in_language(language)
            said = "" if step.value is None else value_in_words(step.value, _code).in_language(language)
            does = EFFECTS[step.effect].in_language(language)
            yield f"    {' '.join(filter(None, (name, does, said, _paper(step.say, language))))}"
        for told in actions.told(answer):
            yield f"  ! {told.sentence.in_language(language)}"
        for words in warnings(answer):
            yield f"  ! {words.in_language(language)}"


def _code(code: str) -> Bilingual:
    return Bilingual(code, code)


def _paper(say: Say | None, language: str) -> str:
    if say is None:
        return ""
    title = say.paper.title.in_language(language) if say.paper else say.source
    words = " ".join(filter(None, (title, say.clause.in_language(language))))
    return f"[{words} · {say.valid_from} · {say.mark}]"


