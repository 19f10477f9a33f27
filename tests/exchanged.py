"""Questions of every type, made by chance, and the form in which two of them are the same question."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from jizhun.training.interchange.items import Item

# Chinese begins with a Chinese character, English with a Latin letter: no program tells languages without letters.
LETTERS = st.text(st.sampled_from("abc XYZ 中文 <>&\"'~#=%/\\:;.,!?-“”"), max_size=12)
IDS = "abcdefghijklmnopqrstuvwxyz"


def tidy(text: str) -> str:
    return " ".join(text.split())


def words(unique: int | None = None) -> st.SearchStrategy[dict[str, str]]:
    mark = "" if unique is None else str(unique)
    pair = st.builds(lambda zh, en: {"zh": tidy(f"中{mark}{zh}"), "en": tidy(f"E{mark}{en}")}, LETTERS, LETTERS)
    return pair | st.builds(lambda text: dict.fromkeys(("zh", "en"), tidy(f"同{mark}{text}")), LETTERS)


def rows(least: int, most: int, name: str = "text") -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.integers(least, most).flatmap(lambda size: st.tuples(*(
        st.builds(lambda text, at=at: {"id": IDS[at], name: text}, words(at)) for at in range(size))).map(list))


def _single(held: tuple[list[dict[str, Any]], int]) -> dict[str, Any]:
    return {"options": [{**one, "right": at == held[1] % len(held[0])} for at, one in enumerate(held[0])]}


def _multiple(held: tuple[list[dict[str, Any]], int]) -> dict[str, Any]:
    return {"options": [{**one, "right": bool((held[1] | 1) >> at & 1)} for at, one in enumerate(held[0])]}


def _matching(held: tuple[list[dict[str, Any]], list[dict[str, Any]], int]) -> dict[str, Any]:
    lefts, rights, _ = held
    size = max(2, min(len(lefts), len(rights)))
    return {"pairs": [{"id": IDS[at], "left": lefts[at]["left"], "right": rights[at]["right"]} for at in range(size)],
            "extra": [{"id": IDS[at], "right": rights[at]["right"]} for at in range(size, len(rights))]}


CHOICES = st.tuples(rows(2, 5), st.integers(0, 31))
NUMBERS = st.decimals(-10**6, 10**6, places=2).map(lambda one: f"{one:f}")
PARTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": CHOICES.map(_single), "multiple": CHOICES.map(_multiple),
    "true_false": st.booleans().map(lambda right: {"right": right}),
    "numeric": st.builds(lambda right, tolerance, unit: {"right": right, "tolerance": f"{abs(Decimal(tolerance)):f}",
                                                         "unit": unit}, NUMBERS, NUMBERS,
                         words() | st.just({"zh": "", "en": ""})),
    "ordering": rows(2, 6).map(lambda items: {"items": items}),
    "matching": st.tuples(rows(2, 4, "left"), rows(2, 6, "right"), st.integers()).map(_matching),
    "short_text": st.lists(words(), min_size=1, max_size=3).map(lambda accepted: {"accepted": accepted})}


def contents(kind: str, parts: tuple[str, ...] = tuple(PARTS)) -> st.SearchStrategy[dict[str, Any]]:
    """Contents of a type; of a case with parts of these types."""
    if kind != "case":
        return st.builds(lambda stem, why, own: {"stem": stem, **({"explanation": why} if why else {}), **own},
                         words(), st.none() | words(), PARTS[kind])
    part = st.sampled_from(parts).flatmap(lambda one: contents(one).map(lambda content: {
        **{name: value for name, value in content.items() if name != "explanation"}, "type": one}))
    return st.builds(lambda stem, found: {"stem": stem, "parts": [
        {**one, "id": f"p{at}"} for at, one in enumerate(found, 1)]}, words(), st.lists(part, min_size=1, max_size=3))


def items(kind: str, **more: Any) -> st.SearchStrategy[Item]:
    return contents(kind, **more).map(lambda content: Item("D-1", kind, content))


def normal(kind: str, content: Mapping[str, Any]) -> Any:
    """What makes a question: ids by their place, numbers by their value, accepted texts by what is accepted."""
    found: dict[str, Any] = {"kind": kind, "stem": content["stem"]}
    if content.get("explanation"):
        found["explanation"] = content["explanation"]
    for name in ("options", "items", "pairs", "extra"):
        if content.get(name):
            found[name] = [{key: value for key, value in row.items() if key != "id"} for row in content[name]]
    if kind == "numeric":
        found |= {"right": Decimal(content["right"]), "tolerance": Decimal(content["tolerance"]),
                  "unit": content.get("unit") or {"zh": "", "en": ""}}
    elif "right" in content:
        found["right"] = content["right"]
    if "accepted" in content:
        found["accepted"] = {one[language] for one in content["accepted"] for language in ("zh", "en")}
    if "parts" in content:
        found["parts"] = [normal(part["type"], part) for part in content["parts"]]
    return found
