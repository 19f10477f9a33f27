"""JSON as other systems send it: bytes or text to values, or one sentence about what is wrong. No I/O."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from jizhun.kernel.bilingual import Bilingual, Refused

LONGEST_SHOWN = 60
"""Characters of a number that a sentence quotes."""


def json_of(content: bytes | str, name: Bilingual) -> Any:
    """What JSON holds, its numbers as Decimal with all their digits; ``name`` says in the sentence what it is.

    Refused where it is no JSON, says a name twice, or holds a number or a character that nobody can use.
    """
    try:
        found = json.loads(content, parse_float=_number, parse_int=_number, parse_constant=_no_number,
                           object_pairs_hook=_each_once)
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise Refused(zh=f"{name.zh}里有残缺的字符。", en=f"{name.en} holds half a character.") from None
    except (ValueError, RecursionError):
        raise Refused(zh=f"{name.zh}不是 JSON。", en=f"{name.en} is not JSON.") from None
    return found


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        short = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
        raise Refused(zh=f"“{short}”太大或太小，不能使用。",
                      en=f"“{short}” is too large or too small to be used.") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        said = twice.encode("utf-8", "replace").decode()
        raise Refused(zh=f"“{said}”写了两次。", en=f"“{said}” is given twice.")
    return found
