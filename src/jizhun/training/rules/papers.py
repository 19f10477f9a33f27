"""Questions as one sitting shows them: in an order of its own, under names that give nothing away. Pure.

What somebody answers is kept as the fields of a form, ``{name: [values]}``, so that keeping it needs no question:

* ``single``, ``true_false``, ``numeric``, ``short_text``: ``{"": [value]}`` · ``multiple``: ``{"": [values]}``
* ``ordering``: ``{item: [place]}`` with places from 1 on · ``matching``: ``{left: [right]}``
* ``case``: the same with the part and a dot before each name

Items and choices are named by their places after shuffling (``1``, ``2``, …), never by their ids.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.forms import shuffled
from jizhun.training.rules.questions import to_answer

Plain = Mapping[str, Any]
Typed = Mapping[str, Sequence[str]]
LONGEST_ANSWER, MOST_FIELDS = 8_000, 600
"""Characters of one answer as JSON, and fields of one."""
LISTS: Final[Mapping[str, str]] = {"single": "options", "multiple": "options", "ordering": "items"}


def shown(kind: str, content: Plain, seed: str, *, shuffle: bool = True) -> dict[str, Any]:
    """The question without what would give the answer away. Items to be put in order and the right sides of pairs are
    always shuffled; choices and left sides with ``shuffle``."""
    told = to_answer(kind, content)
    for name, ids in _orders(kind, content, seed, shuffle).items():
        texts = {one["id"]: one["text"] for one in told[name]}
        told[name] = [{"id": str(place), "text": texts[key]} for place, key in enumerate(ids, 1)]
    if kind == "case":
        told["parts"] = [{**shown(part["type"], part, _part_seed(seed, place), shuffle=shuffle), "id": str(place),
                          "type": part["type"]} for place, part in enumerate(content["parts"], 1)]
    return told


def _part_seed(seed: str, place: int) -> str:
    return f"{seed}.{place}"


def _orders(kind: str, content: Plain, seed: str, shuffle: bool) -> dict[str, list[str]]:
    """The ids of every list of a question, in the order in which they are shown."""
    if kind == "matching":
        rights = [str(one["id"]) for one in (*content["pairs"], *content.get("extra", []))]
        lefts = [str(one["id"]) for one in content["pairs"]]
        return {"lefts": shuffled(lefts, seed, "lefts") if shuffle else lefts,
                "rights": shuffled(rights, seed, "rights")}
    if kind not in LISTS:
        return {}
    ids = [str(one["id"]) for one in content[LISTS[kind]]]
    return {LISTS[kind]: shuffled(ids, seed, "choices") if shuffle or kind == "ordering" else ids}


# -- reading what was typed ------------------------------------------------------------------------


def checked(answer: Any) -> dict[str, list[str]]:
    """An answer as it came from outside, if it has the form of one; raises Refused. Empty values are left out."""
    sound = isinstance(answer, Mapping) and len(answer) <= MOST_FIELDS and all(
        isinstance(name, str) and isinstance(values, list) and all(
            isinstance(one, str) and "\0" not in name + one for one in values)
        for name, values in answer.items())
    if not sound or len(json.dumps(answer, ensure_ascii=False)) > LONGEST_ANSWER:
        raise Refused(zh=f"答案无法读取，或超过 {LONGEST_ANSWER} 字。",
                      en=f"This answer cannot be read, or is longer than {LONGEST_ANSWER} characters.")
    kept = {name: [one.replace("\r\n", "\n") for one in values if one.strip()] for name, values in answer.items()}
    return {name: values for name, values in kept.items() if values}


def understood(kind: str, content: Plain, seed: str, typed: Typed, *, shuffle: bool = True) -> Any:
    """The answer as ``questions.mark`` reads it; None where nothing was answered."""
    if kind == "case":
        parts = {str(part["id"]): understood(part["type"], part, _part_seed(seed, place),
                                             _of_part(typed, place), shuffle=shuffle)
                 for place, part in enumerate(content["parts"], 1)}
        return parts if any(one is not None for one in parts.values()) else None
    return _READ[kind](typed, _orders(kind, content, seed, shuffle)) if typed else None


def _of_part(typed: Typed, place: int) -> dict[str, Sequence[str]]:
    """The fields of one part: its own have the bare number, those of its items a dot behind it."""
    start = f"{place}."
    found = {name.removeprefix(start): values for name, values in typed.items() if name.startswith(start)}
    return {**found, "": typed[str(place)]} if str(place) in typed else found


def _one(typed: Typed) -> str | None:
    values = typed.get("", ())
    return values[0] if values else None


def _at(ids: Sequence[str], place: str) -> str | None:
    number = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else 0
    return ids[number - 1] if 1 <= number <= len(ids) else None


def _read_single(typed: Typed, orders: Mapping[str, list[str]]) -> str | None:
    return _at(orders["options"], _one(typed) or "")


def _read_multiple(typed: Typed, orders: Mapping[str, list[str]]) -> list[str] | None:
    chosen = [_at(orders["options"], one) for one in typed.get("", ())]
    return [one for one in dict.fromkeys(chosen) if one is not None] or None


def _read_true_false(typed: Typed, _orders: Mapping[str, list[str]]) -> bool | None:
    return {"true": True, "false": False}.get(_one(typed) or "")


def _read_text(typed: Typed, _orders: Mapping[str, list[str]]) -> str | None:
    return _one(typed)


def _read_ordering(typed: Typed, orders: Mapping[str, list[str]]) -> list[str] | None:
    """The items by the place that each was given. Two of one place follow one another as they were shown."""
    ids = orders["items"]
    placed = [(int(typed[str(item)][0]), item) for item in range(1, len(ids) + 1)
              if _at(ids, next(iter(typed.get(str(item), ("",))), "")) is not None]
    return [ids[item - 1] for _, item in sorted(placed)] or None


def _read_matching(typed: Typed, orders: Mapping[str, list[str]]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for place, left in enumerate(orders["lefts"], 1):
        values = typed.get(str(place), ())
        right = _at(orders["rights"], values[0]) if values else None
        if right is not None:
            found[left] = right
    return found or None


_READ: Final[Mapping[str, Callable[[Typed, Mapping[str, list[str]]], Any]]] = {
    "single": _read_single, "multiple": _read_multiple, "true_false": _read_true_false, "numeric": _read_text,
    "short_text": _read_text, "ordering": _read_ordering, "matching": _read_matching}


# -- answers in words ------------------------------------------------------------------------------

YES, NO = Bilingual("对", "True"), Bilingual("错", "False")


def right_of(kind: str, content: Plain) -> Any:
    """The right answer as ``questions.mark`` reads it."""
    if kind == "single":
        return next(one["id"] for one in content["options"] if one.get("right"))
    if kind == "multiple":
        return [one["id"] for one in content["options"] if one.get("right")]
    if kind == "ordering":
        return [one["id"] for one in content["items"]]
    if kind == "matching":
        return {one["id"]: one["id"] for one in content["pairs"]}
    if kind == "case":
        return {part["id"]: right_of(part["type"], part) for part in content["parts"]}
    return content["right"] if kind != "short_text" else content["accepted"][0]["zh"]


def in_words(kind: str, content: Plain, answer: Any) -> list[Bilingual]:
    """An answer as a person reads it, line by line; nothing where nothing was answered."""
    if answer is None:
        return []
    return _WORDS[kind](content, answer)


def _text(words: Plain) -> Bilingual:
    return Bilingual(words["zh"], words["en"])


def _chosen(content: Plain, answer: Any) -> list[Bilingual]:
    wanted = answer if isinstance(answer, list) else [answer]
    texts = {one["id"]: one["text"] for one in (*content.get("options", ()), *content.get("items", ()))}
    return [_text(texts[one]) for one in wanted if one in texts]


def _numbered(content: Plain, answer: Any) -> list[Bilingual]:
    return [Bilingual(f"{place}. {one.zh}", f"{place}. {one.en}")
            for place, one in enumerate(_chosen(content, answer), 1)]


def _paired(content: Plain, answer: Any) -> list[Bilingual]:
    rights = {one["id"]: one["right"] for one in (*content["pairs"], *content.get("extra", ()))}
    pairs = [(one["left"], rights[answer[one["id"]]]) for one in content["pairs"] if answer.get(one["id"]) in rights]
    return [Bilingual(f"{left['zh']} — {right['zh']}", f"{left['en']} — {right['en']}") for left, right in pairs]


def _true_or_false(_content: Plain, answer: Any) -> list[Bilingual]:
    return [YES if answer else NO]


def _number(content: Plain, answer: Any) -> list[Bilingual]:
    unit = content.get("unit") or {}
    return [Bilingual(f"{answer} {unit.get('zh', '')}".strip(), f"{answer} {unit.get('en', '')}".strip())]


def _short(content: Plain, answer: Any) -> list[Bilingual]:
    """What was typed; the accepted text in both languages where it is that."""
    found = next((one for one in content["accepted"] if answer == one["zh"]), None)
    return [_text(found)] if found else [Bilingual(str(answer), str(answer))]


def _parts(content: Plain, answer: Any) -> list[Bilingual]:
    found = []
    for place, part in enumerate(content["parts"], 1):
        said = in_words(part["type"], part, answer.get(part["id"])) or [Bilingual("（未作答）", "(no answer)")]
        zh, en = "；".join(one.zh for one in said), "; ".join(one.en for one in said)
        found.append(Bilingual(f"（{place}）{zh}", f"({place}) {en}"))
    return found


_WORDS: Final[Mapping[str, Callable[[Plain, Any], list[Bilingual]]]] = {
    "single": _chosen, "multiple": _chosen, "ordering": _numbered, "matching": _paired,
    "true_false": _true_or_false, "numeric": _number, "short_text": _short, "case": _parts}
