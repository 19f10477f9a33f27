"""Moodle's questions with answers in braces (cloze) as cases: each answer becomes a part, its paragraph the stem."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jizhun.training.interchange.items import Losing, Untaken
from jizhun.training.interchange.marked_up import Words, words_of

EMBEDDED: Final = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^\\}])*)\}", re.S)
BREAKS: Final = re.compile(r"</p\s*>|<br\s*/?>|</li\s*>|</div\s*>|\n", re.I)
SHORT, EXACT = frozenset({"SHORTANSWER", "SA", "MW"}), frozenset({"SHORTANSWER_C", "SAC", "MWC"})
NUMBER: Final = frozenset({"NUMERICAL", "NM"})
CHOICE: Final = frozenset({"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS",
                           "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"})
SEVERAL: Final = frozenset({"MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS",
                            "MULTIRESPONSE_HS", "MRHS"})
GAP, OTHER_GAP, LETTERS = "____", "…", "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in braces: its share of the mark in percent, and its text, still in HTML."""

    share: float
    text: str


def read_cloze(text: str, losing: Losing) -> dict[str, Any]:
    """The content of a case; raises Untaken where no part can be taken over."""
    stems: list[str] = []
    parts: list[dict[str, Any]] = []
    for block in BREAKS.split(text):
        found = list(EMBEDDED.finditer(block))
        if not found:
            stems.append(block)
        for at, one in enumerate(found):
            part = _part(one.group(2), _answers(one.group(3), losing), losing)
            if part is not None:
                parts.append({"id": f"p{len(parts) + 1}", **part, **_around(block, at, part, losing)})
        if found and any(one.group(1) not in ("", "1") for one in found):
            losing.lose("小题的分值没有带入，各小题同分。", "Weights of parts were not taken over: all count alike.")
    if not parts:
        raise Untaken("题中没有能识别的填空。", "It holds no answers in braces that can be read.")
    stem = words_of("<br>".join(stems), losing)
    if not stem["zh"]:
        stem = words_of(EMBEDDED.sub(GAP, text), losing)
    return {"stem": stem, "parts": parts}


def _around(block: str, at: int, part: Mapping[str, Any], losing: Losing) -> dict[str, Any]:
    """The stem of a part: what stands before its gap; or the whole paragraph, where more stands in it."""
    pieces = EMBEDDED.split(block)[::4]
    before, after = words_of(pieces[at], losing), words_of(pieces[at + 1], losing)
    if len(pieces) == 2 and before["zh"]:
        if not after["zh"]:
            return {"stem": before}
        if part["type"] == "numeric" and len(after["zh"]) <= 30 and len(after["en"]) <= 60:
            return {"stem": before, "unit": after}
    shown = "".join(piece + (GAP if place == at else OTHER_GAP if place < len(pieces) - 1 else "")
                    for place, piece in enumerate(pieces))
    return {"stem": words_of(shown, losing)}


def _answers(text: str, losing: Losing) -> list[Answer]:
    found = []
    for piece in _split(text, "~"):
        said = re.match(r"(=|%(-?\d+(?:\.\d+)?)%)?(.*)", piece, re.S)
        assert said
        if not said.group(3).strip():  # a mark that nothing follows
            continue
        body, *feedback = _split(said.group(3), "#")
        if any(one.strip() for one in feedback):
            losing.lose("各选项的反馈没有带入。", "Feedback of single answers was not taken over.")
        share = 100.0 if said.group(1) == "=" else float(said.group(2) or 0)
        found.append(Answer(share, re.sub(r"\\(.)", r"\1", body)))
    return found


def _split(text: str, mark: str) -> list[str]:
    """Parts between the marks that are not escaped."""
    pieces = [""]
    for token in re.findall(r"\\.|.", text, re.S):
        if token == mark:
            pieces.append("")
        else:
            pieces[-1] += token
    return pieces


def _part(kind: str, answers: list[Answer], losing: Losing) -> dict[str, Any] | None:
    for names, read in _READERS.items():
        if kind in names:
            return read(answers, losing)
    losing.lose(f"没有带入“{kind}”类的填空。", f"Gaps of the type “{kind}” were not taken over.")
    return None


def _rows(answers: list[Answer], right: Callable[[Answer], bool], losing: Losing) -> list[dict[str, Any]]:
    return [{"id": LETTERS[at], "text": words_of(one.text, losing), "right": right(one)}
            for at, one in enumerate(answers[:len(LETTERS)])]


def _single(answers: list[Answer], losing: Losing) -> dict[str, Any]:
    if any(0 < one.share < 100 for one in answers):
        losing.lose("部分得分的选项按错误处理。", "Choices worth a part of the mark count as wrong.")
    return {"type": "single", "options": _rows(answers, lambda one: one.share == 100, losing)}


def _multiple(answers: list[Answer], losing: Losing) -> dict[str, Any]:
    return {"type": "multiple", "options": _rows(answers, lambda one: one.share > 0, losing)}


def _number(answers: list[Answer], losing: Losing) -> dict[str, Any] | None:
    right = [one for one in answers if one.share == 100]
    if not right:
        losing.lose("没有满分答案的数值填空没有带入。", "A number without a wholly right answer was not taken over.")
        return None
    if len(answers) > 1:
        losing.lose("只带入了第一个正确数值。", "Only the first right number was taken over.")
    value, _, tolerance = right[0].text.strip().partition(":")
    return {"type": "numeric", "right": value.strip(), "tolerance": tolerance.strip() or "0",
            "unit": {"zh": "", "en": ""}}


def _short(answers: list[Answer], losing: Losing) -> dict[str, Any] | None:
    texts = list(accepted(((one.text, one.share) for one in answers), losing))
    return {"type": "short_text", "accepted": texts} if texts else None


def _exact(answers: list[Answer], losing: Losing) -> dict[str, Any] | None:
    losing.lose("不再区分大小写。", "Capital and small letters are no longer told apart.")
    return _short(answers, losing)


_READERS: Final[Mapping[frozenset[str], Callable[[list[Answer], Losing], dict[str, Any] | None]]] = {
    SHORT: _short, EXACT: _exact, NUMBER: _number, CHOICE: _single, SEVERAL: _multiple}


def accepted(answers: Iterator[tuple[str, float]], losing: Losing, *, markup: bool = True) -> Iterator[Words]:
    """The wholly right ones of short answers, each standing for both languages; plain texts without ``markup``."""
    for text, share in answers:
        if share < 100:
            if share > 0:
                losing.lose("部分得分的答案没有带入。", "Answers worth a part of the mark were not taken over.")
            continue
        if re.search(r"(?<!\\)\*", text):
            losing.lose("含通配符 * 的答案没有带入。", "Answers with the wildcard * were not taken over.")
            continue
        yield words_of(text.replace("\\*", "*"), losing, markup=markup)
