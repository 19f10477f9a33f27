"""References to other standards: listed and cited, dated alike, in force on the day. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.drafting.rules.checks.flaws import ERROR, NOT_TEXT, WARNING, Draft, Flaw, flaw, words_of
from jizhun.drafting.rules.text import Numbered, blocks, documents_in
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.numbering import INDUSTRIES, StandardNumber, parse_standard
from jizhun.standards.rules.library import CURRENT, DRAFT, STATUSES, SUPERSEDED, UPCOMING, WITHDRAWN, Library, Standard

CITED: Final = re.compile(
    rf"(?<![A-Za-z])(?:(?:GB|{'|'.join(INDUSTRIES)})(?:\s?[/／]\s?[TZ])?|DB\s?\d{{2,6}}\s?[/／]\s?[TZ]|[TQ]/[A-Z0-9]+)"
    r"\s?\d+(?:\.\d+)*(?:\s?[-—–－]{1,2}\s?\d{4}(?!\d))?")
"""A standard's number inside a sentence."""
ALL_PARTS: Final = re.compile(r"[（(]\s*(?:所有部分|all parts)\s*[）)]", re.I)
NONE_CITED: Final = re.compile(r"没有规范性引用文件|no normative references", re.I)
BOILERPLATE: Final = re.compile(r"^(?:下列文件|其中，注日期|The following documents|For dated references)", re.I)


Key = tuple[str, str]
Cited = tuple[Numbered, StandardNumber]


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in the list of references. ``whole``: all parts of it."""

    text: str
    number: StandardNumber
    whole: bool = False

    @property
    def key(self) -> Key:
        """That of the citations that mean this document, whatever their year."""
        return _keys(self.number)[self.whole]


def citing(draft: Draft, library: Library, on: date) -> Iterator[Flaw]:
    """Flaws of the references and of what cites them."""
    lists = next((one for one in draft.numbered if one.clause.kind == "references"), None)
    listed = list(_listed(lists)) if lists else []
    cited = _cited(draft)
    uses: defaultdict[Key, list[Cited]] = defaultdict(list)
    for one in cited:
        for key in _keys(one[1]):
            uses[key].append(one)
    passing = {key for number in _in_passing(draft) for key in _keys(number)}
    if lists:
        yield from _no_numbers(lists)
        for document in listed:
            yield from _use(lists, document, uses.get(document.key, ()), passing)
            yield from _state(lists, document, library, on)
    yield from _unlisted(listed, cited)


def _keys(number: StandardNumber) -> tuple[Key, Key]:
    """What finds the very part of a standard, and what finds all parts of it: lists and citations may be long."""
    series = f"{number.prefix} {number.number}"
    return (series, f".{number.part}"), (series, "all")


def _lines(lists: Numbered) -> list[str]:
    """The documents' numbers as written; a document listed in both languages once."""
    body = lists.clause.body
    numbers = [number for text in (body.zh, body.en) for number, title in documents_in(text)
               if not NONE_CITED.search(f"{number} {title}") and not BOILERPLATE.search(number)]
    return list(dict.fromkeys(numbers))


def _listed(lists: Numbered) -> Iterator[Listed]:
    seen: set[StandardNumber] = set()
    for text in _lines(lists):
        number = _number(ALL_PARTS.sub("", text))
        if number and number not in seen:
            seen.add(number)
            yield Listed(str(number), number, bool(ALL_PARTS.search(text)))


def _number(text: str) -> StandardNumber | None:
    try:
        return parse_standard(text.strip())
    except Refused:
        return None


def _no_numbers(lists: Numbered) -> Iterator[Flaw]:
    for text in _lines(lists):
        if _number(ALL_PARTS.sub("", text)) is None:
            yield flaw(WARNING, lists, "no_number", zh=f"“{text}”不是标准编号，请核对；编号与名称之间空两格。",
                       en=f"“{text}” is not a standard's number; put two spaces between number and title.")


def _cited(draft: Draft) -> list[Cited]:
    """Every standard that normative text names, once a clause and number."""
    found = ((one, number) for one, _, pieces in draft.requirements for piece in pieces
             for number in _numbers_in(words_of(piece)))
    return list({(one.clause.key, number): (one, number) for one, number in found}.values())


def _numbers_in(text: str) -> list[StandardNumber]:
    return [number for found in CITED.findall(text) if (number := _number(found))]


def _use(lists: Numbered, document: Listed, uses: Collection[Cited], passing: set[Key]) -> Iterator[Flaw]:
    if not uses and document.key in passing:
        yield flaw(ERROR, lists, "cited_in_passing",
                   zh=f"{document.text} 只在注、示例或资料性内容中提到，应移入参考文献。",
                   en=f"{document.text} is named in notes, examples or informative text only: "
                      "move it to the bibliography.")
    elif not uses:
        yield flaw(ERROR, lists, "not_cited", zh=f"列出了 {document.text}，正文没有引用。",
                   en=f"{document.text} is listed but not cited in the text.")
    for one, number in uses:
        if number.year != document.number.year:
            yield flaw(ERROR if number.year and document.number.year else WARNING, one, "dated",
                       zh=f"引用为 {number}，清单列为 {document.text}：注日期与否应一致。",
                       en=f"it cites {number}, but the list has {document.text}: both must be dated alike.")


def _in_passing(draft: Draft) -> set[StandardNumber]:
    """Every standard that is named anywhere in the text, in a note or an informative annex too."""
    texts = (words_of(piece) for one in draft.clauses if one.kind not in NOT_TEXT
             for body in (one.body.zh, one.body.en) for piece in blocks(body))
    return {number for text in texts for number in _numbers_in(text)}


def _unlisted(listed: Iterable[Listed], cited: Iterable[Cited]) -> Iterator[Flaw]:
    known = {document.key for document in listed}
    for one, number in cited:
        if known.isdisjoint(_keys(number)):
            yield flaw(ERROR, one, "not_listed", zh=f"引用了 {number}，规范性引用文件中没有列出。",
                       en=f"it cites {number}, which the normative references do not list.")


def _state(lists: Numbered, document: Listed, library: Library, on: date) -> Iterator[Flaw]:
    if document.whole:
        return
    standard = library.resolve(document.text, on)
    if standard is None:
        yield flaw(WARNING, lists, "unknown_standard", zh=f"标准库中没有 {document.text}，请核对编号。",
                   en=f"{document.text} is not in the library of standards; check the number.")
        return
    status = library.status(standard, on)
    if status != CURRENT:
        next_ones = "、".join(one.number for one in library.successors(standard, on))
        yield flaw(ERROR if status == WITHDRAWN else WARNING, lists, status, **_told(standard, status, on, next_ones))


def _told(standard: Standard, status: str, on: date, next_ones: str) -> dict[str, str]:
    name, day = standard.number, Bilingual(f"{on.year}年{on.month}月{on.day}日", on.isoformat())
    if status == SUPERSEDED:
        return {"zh": f"{name} 在{day.zh}已被 {next_ones} 代替。",
                "en": f"{name} has been superseded by {next_ones.replace('、', ', ')} on {day.en}."}
    if status == WITHDRAWN:
        return {"zh": f"{name} 在{day.zh}已废止，没有代替标准。",
                "en": f"{name} was withdrawn by {day.en}, without a successor."}
    word = STATUSES[status] if status in (DRAFT, UPCOMING) else STATUSES[CURRENT]
    return {"zh": f"{name} 在{day.zh}尚未实施（{word.zh}）。",
            "en": f"{name} is not in force on {day.en} ({word.en.lower()})."}
