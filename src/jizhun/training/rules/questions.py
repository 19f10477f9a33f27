"""Questions: what each type holds, what is wrong with one, and how an answer is marked. Pure.

A question's content is JSON. Words are ``{"zh": …, "en": …}``. Every content has ``stem`` (words) and may have
``explanation`` (words); the types add:

* ``single``, ``multiple``: ``options`` ``[{"id", "text": words, "right": bool}]``
* ``true_false``: ``right`` (bool)
* ``numeric``: ``right`` and ``tolerance`` (decimal texts), ``unit`` (words, may be empty)
* ``ordering``: ``items`` ``[{"id", "text": words}]`` in the right order
* ``matching``: ``pairs`` ``[{"id", "left": words, "right": words}]``, ``extra`` ``[{"id", "right": words}]``
* ``short_text``: ``accepted`` ``[words]``
* ``case``: ``parts`` ``[{"id", "type", …}]``, each a question of another type

Answers are JSON too: an id · a list of ids · a bool · a decimal text · a list of ids in order · ``{id: id}`` ·
a text · ``{part id: answer}``. No answer is None. Marks are whole hundredths (0 to 10,000 of a question).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused

Plain = Mapping[str, Any]
WHOLE: Final = 10_000
"""The marks of a wholly right answer, in hundredths of a hundred."""
TYPES: Final[Mapping[str, Bilingual]] = {
    "single": Bilingual("单选题", "Single choice"), "multiple": Bilingual("多选题", "Multiple choice"),
    "true_false": Bilingual("判断题", "True or false"), "numeric": Bilingual("数值题", "Number"),
    "ordering": Bilingual("排序题", "Ordering"), "matching": Bilingual("匹配题", "Matching"),
    "short_text": Bilingual("简答题", "Short text"), "case": Bilingual("案例题", "Case")}
LONGEST_TEXT, MOST_CHOICES, MOST_PARTS = 4_000, 26, 20
ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a question: where (``options.b.text``) and why."""

    where: str
    why: Bilingual


# -- what is wrong ---------------------------------------------------------------------------------


def faults(kind: str, content: Any) -> list[Fault]:
    """Everything that keeps a question from being used; empty when it is sound."""
    if kind not in TYPES:
        return [Fault("", Bilingual(f"没有“{kind}”这种题型。", f"There is no type of question “{kind}”."))]
    if not isinstance(content, Mapping):
        return [Fault("", Bilingual("题目内容应为对象。", "The content of a question is an object."))]
    return [*_words(content, "stem"), *_own_faults(kind, content)]


def _own_faults(kind: str, content: Plain) -> Iterator[Fault]:
    try:
        yield from _FAULTS[kind](content)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        yield Fault("", Bilingual("题目内容的结构与题型不符。", "The content does not have the form of its type."))


def check(kind: str, content: Any) -> None:
    """Raises Refused with the first fault of a question."""
    for fault in faults(kind, content):
        where = f"{fault.where}: " if fault.where else ""
        raise Refused(zh=f"{where}{fault.why.zh}", en=f"{where}{fault.why.en}")


def _words(holder: Plain, name: str, where: str = "") -> Iterator[Fault]:
    words = holder.get(name)
    at = where or name
    if not isinstance(words, Mapping) or not all(isinstance(words.get(one), str) for one in ("zh", "en")):
        yield Fault(at, Bilingual("应有中文和英文。", "It needs words in Chinese and English."))
    elif not (words["zh"].strip() and words["en"].strip()):
        yield Fault(at, Bilingual("中文和英文都要填写。", "Both the Chinese and the English have to be filled in."))
    elif max(len(words["zh"]), len(words["en"])) > LONGEST_TEXT:
        yield Fault(at, Bilingual(f"最多 {LONGEST_TEXT} 字。", f"{LONGEST_TEXT} characters at most."))


def _ids(rows: Sequence[Plain], name: str, least: int, most: int = MOST_CHOICES) -> Iterator[Fault]:
    found = [str(row["id"]) for row in rows]
    if not least <= len(found) <= most:
        yield Fault(name, Bilingual(f"应有 {least} 至 {most} 项。", f"There have to be {least} to {most} of them."))
    if len({*found}) != len(found) or not all(ID.fullmatch(one) for one in found):
        yield Fault(name, Bilingual("每项的代号应不同，由字母、数字、下划线或连字符组成。",
                                    "Each needs an id of its own: letters, digits, underscores or hyphens."))


def _choice_faults(content: Plain) -> Iterator[Fault]:
    options = content["options"]
    yield from _ids(options, "options", 2)
    for option in options:
        yield from _words(option, "text", f"options.{option['id']}")
    yield from _alike([option["text"] for option in options], "options")


def _alike(words: Sequence[Any], name: str) -> Iterator[Fault]:
    """Two that read the same cannot be told apart by whoever answers."""
    for language in ("zh", "en"):
        texts = [one.get(language) for one in words if isinstance(one, Mapping)]
        if len({*texts}) != len(texts):
            yield Fault(name, Bilingual("有两项文字相同。", "Two of them read the same."))
            return


def _single_faults(content: Plain) -> Iterator[Fault]:
    yield from _choice_faults(content)
    if sum(option.get("right") is True for option in content["options"]) != 1:
        yield Fault("options", Bilingual("单选题应有且只有一个正确选项。", "Exactly one option has to be right."))


def _multiple_faults(content: Plain) -> Iterator[Fault]:
    yield from _choice_faults(content)
    if not any(option.get("right") is True for option in content["options"]):
        yield Fault("options", Bilingual("至少要有一个正确选项。", "At least one option has to be right."))


def _true_false_faults(content: Plain) -> Iterator[Fault]:
    if not isinstance(content.get("right"), bool):
        yield Fault("right", Bilingual("请标明对或错。", "Say whether it is true or false."))


def _numeric_faults(content: Plain) -> Iterator[Fault]:
    right, tolerance = number(content.get("right")), number(content.get("tolerance", "0"))
    if right is None:
        yield Fault("right", Bilingual("正确答案应为数字。", "The right answer has to be a number."))
    if tolerance is None or tolerance < 0:
        yield Fault("tolerance", Bilingual("允许误差应为零或正数。", "The tolerance has to be zero or more."))


def _ordering_faults(content: Plain) -> Iterator[Fault]:
    yield from _ids(content["items"], "items", 2)
    for item in content["items"]:
        yield from _words(item, "text", f"items.{item['id']}")
    yield from _alike([item["text"] for item in content["items"]], "items")


def _matching_faults(content: Plain) -> Iterator[Fault]:
    pairs, extra = content["pairs"], content.get("extra", [])
    yield from _ids([*pairs, *extra], "pairs", 2)
    for pair in pairs:
        yield from _words(pair, "left", f"pairs.{pair['id']}")
    for one in (*pairs, *extra):
        yield from _words(one, "right", f"pairs.{one['id']}")
    if len(pairs) < 2:
        yield Fault("pairs", Bilingual("至少要有两对。", "There have to be two pairs at least."))
    yield from _alike([pair["left"] for pair in pairs], "pairs")
    yield from _alike([one["right"] for one in (*pairs, *extra)], "pairs")


def _short_text_faults(content: Plain) -> Iterator[Fault]:
    accepted = content["accepted"]
    if not 1 <= len(accepted) <= MOST_CHOICES:
        yield Fault("accepted", Bilingual("至少写一个可接受的答案。", "Write at least one answer that is accepted."))
    for position, words in enumerate(accepted):
        yield from _words({"words": words}, "words", f"accepted.{position}")


def _case_faults(content: Plain) -> Iterator[Fault]:
    parts = content["parts"]
    yield from _ids(parts, "parts", 1, MOST_PARTS)
    for part in parts:
        if part.get("type") == "case":
            yield Fault(f"parts.{part['id']}", Bilingual("案例题里不能再有案例题。", "A case holds no other case."))
            continue
        for fault in faults(str(part.get("type")), part):
            yield Fault(f"parts.{part['id']}.{fault.where}".rstrip("."), fault.why)


_FAULTS: Final[Mapping[str, Callable[[Plain], Iterator[Fault]]]] = {
    "single": _single_faults, "multiple": _multiple_faults, "true_false": _true_false_faults,
    "numeric": _numeric_faults, "ordering": _ordering_faults, "matching": _matching_faults,
    "short_text": _short_text_faults, "case": _case_faults}


# -- marking ---------------------------------------------------------------------------------------


def mark(kind: str, content: Plain, answer: Any) -> int:
    """What an answer earns, in hundredths of a hundred (0 to ``WHOLE``). An answer of the wrong form earns nothing.

    Multiple choice: right ones less wrong ones over all right ones, never below nothing. Ordering: neighbours that
    follow one another as they should. Matching: pairs. A case: the mean of its parts, rounded down.
    """
    if answer is None:
        return 0
    try:
        return _MARKS[kind](content, answer)
    except (KeyError, TypeError, AttributeError, ValueError):
        return 0


def number(text: Any) -> Decimal | None:
    """A decimal out of what somebody typed: full-width digits, spaces and thousands commas are read; None if none."""
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        return None
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,10})?", plain):
        return None
    try:
        return Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None


def same_words(one: str, other: str) -> bool:
    """Whether two short texts are the same but for width, case, spaces and a closing mark."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold().rstrip(".。")


def _share(part: int, whole: int) -> int:
    return WHOLE * max(part, 0) // whole


def _mark_single(content: Plain, answer: Any) -> int:
    return WHOLE if answer in [option["id"] for option in content["options"] if option.get("right")] else 0


def _mark_multiple(content: Plain, answer: Any) -> int:
    if not isinstance(answer, list):
        return 0
    right = {option["id"] for option in content["options"] if option.get("right")}
    chosen = {*answer}
    return _share(len(chosen & right) - len(chosen - right), len(right))


def _mark_true_false(content: Plain, answer: Any) -> int:
    return WHOLE if isinstance(answer, bool) and answer is content["right"] else 0


def _mark_numeric(content: Plain, answer: Any) -> int:
    said, right, tolerance = (number(one) for one in (answer, content["right"], content.get("tolerance", "0")))
    if said is None or right is None or tolerance is None:
        return 0
    return WHOLE if abs(said - right) <= tolerance else 0


def _mark_ordering(content: Plain, answer: Any) -> int:
    wanted = [item["id"] for item in content["items"]]
    if not isinstance(answer, list) or sorted(answer) != sorted(wanted):
        return 0
    neighbours = {*pairwise(wanted)}
    return _share(sum(pair in neighbours for pair in pairwise(answer)), len(neighbours))


def _mark_matching(content: Plain, answer: Any) -> int:
    pairs = content["pairs"]
    return _share(sum(answer.get(pair["id"]) == pair["id"] for pair in pairs), len(pairs))


def _mark_short_text(content: Plain, answer: Any) -> int:
    if not isinstance(answer, str):
        return 0
    accepted = (words[language] for words in content["accepted"] for language in ("zh", "en"))
    return WHOLE if any(same_words(answer, one) for one in accepted) else 0


def _mark_case(content: Plain, answer: Any) -> int:
    parts = content["parts"]
    return sum(mark(part["type"], part, answer.get(part["id"])) for part in parts) // len(parts)


_MARKS: Final[Mapping[str, Callable[[Plain, Any], int]]] = {
    "single": _mark_single, "multiple": _mark_multiple, "true_false": _mark_true_false, "numeric": _mark_numeric,
    "ordering": _mark_ordering, "matching": _mark_matching, "short_text": _mark_short_text, "case": _mark_case}


# -- what is shown ---------------------------------------------------------------------------------

TOLD_AFTER: Final = ("right", "explanation", "accepted", "tolerance", "why")
"""What is not shown before an answer is in."""


def to_answer(kind: str, content: Plain) -> dict[str, Any]:
    """The content without what would give the answer away; the order of items and choices is the caller's to shuffle.

    Of a matching question: ``lefts`` and ``rights``, no longer pairs. Ids of the right sides are kept, so the door
    that shows them uses positions of its own.
    """
    shown = {name: value for name, value in content.items() if name not in TOLD_AFTER}
    if "options" in shown:
        shown["options"] = [{"id": one["id"], "text": one["text"]} for one in shown["options"]]
    if kind == "matching":
        pairs, extra = shown.pop("pairs"), shown.pop("extra", [])
        shown["lefts"] = [{"id": pair["id"], "text": pair["left"]} for pair in pairs]
        shown["rights"] = [{"id": one["id"], "text": one["right"]} for one in (*pairs, *extra)]
    if kind == "case":
        shown["parts"] = [{**to_answer(part["type"], part), "id": part["id"], "type": part["type"]}
                          for part in content["parts"]]
    return shown
