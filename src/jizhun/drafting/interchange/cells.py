"""What stands in one cell: several parts of a comment put together so that they come apart again exactly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES, Comment
from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.kernel.texts import storable

QUOTED: Final = Bilingual("原文：", "Quoted: ")
PROPOSED: Final = Bilingual("建议修改为：", "Proposed change: ")
NUMBER_LINE: Final = re.compile(r"\[(.*)\]")
NUMBER: Final = re.compile(r"[A-Z]+-\d+")

TYPE_WORDS: Final = {**{word.lower(): code for code, words in TYPES.items() for word in (words.zh, words.en, code)},
                     "一般": "ge", "通用": "ge", "g": "ge", "技术性": "te", "t": "te", "编辑性": "ed", "e": "ed"}
OUTCOME_WORDS: Final = {**{word.lower(): code for code, words in DISPOSITIONS.items() for word in (words.zh, words.en)},
                        "未采纳": "rejected", "不予采纳": "rejected", "rejected": "rejected", "部分接受": "partly",
                        "partially accepted": "partly", "partly accepted": "partly",
                        "accepted in principle": "partly", "agreed": "accepted"}
OUTCOME: Final = re.compile(
    "(" + "|".join(sorted(map(re.escape, OUTCOME_WORDS), key=len, reverse=True))
    + r")(?:(?P<colon>：|: ?)|\s*[，,；;。.、（(—–\n-]\s*|\s{2,}|\s*$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a comment's cell."""

    quote: str = ""
    text: str = ""
    proposed: str = ""

    def quote_lines(self, language: str) -> list[str]:
        """The quoted words, each line with its sign."""
        return [QUOTED.in_language(language) + line for line in self.quote.split("\n")] if self.quote else []

    def proposed_lines(self, language: str) -> list[str]:
        """The proposed change, its sign before the first line."""
        return (PROPOSED.in_language(language) + self.proposed).split("\n") if self.proposed else []

    def lines(self, language: str) -> list[str]:
        """All lines of the cell."""
        text = self.text.split("\n") if self.text else []
        return [*self.quote_lines(language), *text, *self.proposed_lines(language)]

    @property
    def counts(self) -> tuple[int, int]:
        """How many lines are quoted, and how many are the proposed change."""
        return len(self.quote_lines("zh")), len(self.proposed_lines("zh"))


def said_by_signs(cell: str, *, apart: bool) -> Said:
    """A cell taken apart by its signs alone; ``apart``: whether a proposed change stands in it too."""
    lines = cell.split("\n")
    quoted = list(takewhile(lambda line: _sign(line, QUOTED), lines))
    rest = lines[len(quoted):]
    at = next((place for place, line in enumerate(rest) if apart and _sign(line, PROPOSED)), len(rest))
    return _said(quoted, rest[:at], rest[at:])


def said_by_counts(cell: str, quoted: int, proposed: int, *, apart: bool) -> Said:
    """A cell taken apart by the numbers of lines noted beside it; by its signs where they do not fit any more."""
    lines = cell.split("\n")
    first, last = lines[:quoted], lines[len(lines) - proposed:]
    fits = len(lines) >= quoted + proposed and all(_sign(one, QUOTED) for one in first)
    if not fits or (last and not _sign(last[0], PROPOSED)):
        return said_by_signs(cell, apart=apart)
    return _said(first, lines[quoted:len(lines) - proposed], last)


def _said(quoted: list[str], text: list[str], proposed: list[str]) -> Said:
    bare = "\n".join(line[len(_sign(line, QUOTED)):] for line in quoted)
    change = "\n".join(proposed)
    return Said(bare, "\n".join(text), change[len(_sign(change, PROPOSED)):])


def _sign(line: str, sign: Bilingual) -> str:
    """The sign with which a line begins, "" for none. Word drops the blank at a line's end."""
    return next((one for one in (sign.zh, sign.en, sign.en.rstrip()) if line.startswith(one)), "")


def without_proposed(cell: str, proposed: str) -> str:
    """The comment in a cell that closes with the proposed change, which stands in a column of its own too."""
    for sign in (PROPOSED.zh, PROPOSED.en):
        if proposed and cell == sign + proposed:
            return ""
        if proposed and cell.endswith(f"\n{sign}{proposed}"):
            return cell[:-len(sign + proposed) - 1]
    return cell


def numbered_cell(words: str, key: str) -> str:
    """Words with our number in a last line of its own."""
    if not key and not NUMBER_LINE.fullmatch(words.split("\n")[-1]):
        return words
    return f"{words}\n[{key}]" if words else f"[{key}]"


def words_and_number(cell: str, *, ours: bool) -> tuple[str, str]:
    """The words and our number; where our columns are gone only what looks like a number of ours is one."""
    words, _, last = cell.rpartition("\n")
    found = NUMBER_LINE.fullmatch(last.strip())
    if found is None or not (ours or NUMBER.fullmatch(found[1])):
        return cell, ""
    return words, found[1]


def answer_cell(disposition: str, answer: str, language: str) -> tuple[str, str]:
    """The disposition in words, and what follows it in the cell."""
    if not disposition:
        return "", answer
    return DISPOSITIONS[disposition].in_language(language), COLON.in_language(language) + answer if answer else ""


def disposition_and_answer(cell: str) -> tuple[str, str]:
    """What an answer's cell says; the disposition is "" where it does not begin with one."""
    found = OUTCOME.match(cell) or OUTCOME.match(cell.lstrip())
    if found is None:
        return "", cell
    rest = found.string[found.end():]
    if not found["colon"]:
        rest = rest.strip()
        rest = rest.removesuffix("）").removesuffix(")") if found[0].strip()[-1] in "（(" else rest
    return OUTCOME_WORDS[found[1].lower()], rest


def system_cell(values: Mapping[str, str]) -> str:
    """What the visible columns do not carry, a line for each value."""
    return "\n".join(f"{name}={_one_line(value)}" for name, value in values.items() if value)


def system_values(cell: str) -> dict[str, str]:
    """The values of a system cell."""
    parts = (line.partition("=") for line in cell.split("\n"))
    return {name.strip(): value.replace("%0A", "\n").replace("%25", "%") for name, _, value in parts}


def _one_line(value: str) -> str:
    return value.replace("%", "%25").replace("\n", "%0A")


def cleaned(comment: Comment) -> dict[str, str]:
    """The comment's fields as texts that a file can hold."""
    day = comment.made_on.isoformat() if comment.made_on else ""
    names = ("key", "clause", "number", "quote", "type", "text", "proposed", "body", "region", "disposition", "answer",
             "line", "paragraph")
    return {**{name: storable(getattr(comment, name)) for name in names}, "made_on": day}
