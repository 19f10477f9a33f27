"""``jizhun dmn``: run a decision of a DMN file on cases, one JSON document a line in and out."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.dmn import Lowered, Runner, lowered, read_model, typed
from jizhun.entitlements.dmn.reading import LARGEST
from jizhun.entitlements.dmn.running import known
from jizhun.entitlements.feel.notation import as_json
from jizhun.entitlements.feel.values import Fault, number
from jizhun.kernel.bilingual import Refused


class Command(BaseCommand):
    help = _("Run a decision of a DMN file on cases: JSON lines in, JSON lines out")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("a DMN 1.1 to 1.5 file"))
        parser.add_argument("--decision",
                            help=_("the name of the decision (default: the only one that no other reads)"))
        parser.add_argument("--inputs", help=_("a file with one JSON object a line, - for standard input"))

    def handle(self, *_: object, **options: Any) -> None:
        try:
            model = lowered(read_model(_content(options["file"])))
            decision = known(model, options["decision"] or _top(model))
        except Fault as fault:
            name = options["file"].name
            raise Refused(zh=f"{name}：{fault.whole.zh}", en=f"{name}: {fault.whole.en}") from None
        runner = Runner(model)
        for line in _lines(options["inputs"]):
            self.stdout.write(_answer(runner, decision, line))


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            return content.read(LARGEST + 1)
    except OSError as error:
        raise Refused(zh=f"读不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be read ({error.strerror}).") from None


def _top(model: Lowered) -> str:
    """The one decision that no other reads."""
    if not model.decisions:
        raise Fault(zh="模型没有可以计算的决策。", en="The model has no decision to run.")
    read = {name for decision in model.decisions for name in model.reads(decision)}
    tops = [name for name in model.decisions if name not in read]
    if len(tops) != 1:
        raise Fault(zh=f"请用 --decision 说明要哪个决策：{'、'.join(tops[:20])}。",
                    en=f"Say with --decision which decision is wanted: {', '.join(tops[:20])}.")
    return tops[0]


def _lines(inputs: str | None) -> Iterator[str]:
    """The cases; without ``--inputs`` one case without facts."""
    if inputs is None:
        yield "{}"
        return
    try:
        with nullcontext(sys.stdin.buffer) if inputs == "-" else open(inputs, "rb") as source:
            for line in source:
                if text := line.decode("utf-8-sig", "surrogateescape").strip():
                    yield text
    except OSError as error:
        raise Refused(zh=f"读不了 {inputs}（{error.strerror}）。",
                      en=f"{inputs} cannot be read ({error.strerror}).") from None


def _answer(runner: Runner, decision: str, line: str) -> str:
    """One case: ``{"result": …}``, or ``{"error": …}`` where there is no answer; never null for a mistake."""
    try:
        return f'{{"result": {as_json(runner.decide(decision, typed(runner.lowered, _facts(line))))}}}'
    except Fault as fault:
        said = json.dumps({"error": fault.whole.in_language(get_language() or "en")}, ensure_ascii=False)
        return said.encode("utf-8", "backslashreplace").decode()  # half a character, as JSON writes it


def _facts(line: str) -> dict[str, Any]:
    try:
        line.encode()
        facts = json.loads(line, parse_float=number, parse_int=number, parse_constant=number, object_pairs_hook=_once)
    except UnicodeEncodeError:
        raise Fault(zh="这一行不是 UTF-8 编码。", en="The line is not UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise Fault(zh=f"这一行不是 JSON（{error}）。", en=f"The line is not JSON ({error}).") from None
    if not isinstance(facts, dict):
        raise Fault(zh="这一行应是 {…} 的样子。", en="The line should be an object, {…}.")
    return facts


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Fault(zh=f"“{name}”写了两次。", en=f"“{name}” is given twice.")
        found[name] = value
    return found
