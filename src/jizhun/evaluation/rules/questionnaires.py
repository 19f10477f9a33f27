"""Questionnaires of outside assessors as data, their returns from a table with every fault by cell, and results. Pure.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jizhun.delivery.rules.reviewing import SCALES
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.satisfaction import GRADES, NEGATIVE, Rating, satisfaction
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import address

Kind = Literal["grade", "agree", "yes_no", "choice", "text"]
KINDS: Final[Mapping[Kind, Bilingual]] = {
    "grade": Bilingual("五级满意度", "satisfaction, five grades"),
    "agree": Bilingual("五级同意度", "agreement, five grades"), "yes_no": Bilingual("是否", "yes or no"),
    "choice": Bilingual("单选", "one of several"), "text": Bilingual("文字", "words")}
AGREE: Final[Mapping[int, Bilingual]] = {
    5: Bilingual("非常同意", "strongly agree"), 4: Bilingual("同意", "agree"), 3: Bilingual("一般", "neither"),
    2: Bilingual("不同意", "disagree"), 1: Bilingual("非常不同意", "strongly disagree")}
YES_NO: Final[Mapping[str, Bilingual]] = {"yes": Bilingual("是", "yes"), "no": Bilingual("否", "no")}
NUMBER, PLACE = "no", "place"
"""The columns beside those of the questions: the number of the return (optional), and the place."""
LONGEST_TEXT: Final = 2_000
MOST_FAULTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``weight``: its part in the satisfaction index (grades only); ``options``: code -> words."""

    code: str
    words: Bilingual
    kind: Kind
    weight: float = 0.0
    options: Mapping[str, Bilingual] | None = None

    @property
    def answers(self) -> Mapping[str, Bilingual]:
        """Kept answer -> words; nothing for free words."""
        if self.kind == "grade":
            return {str(grade): words for grade, words in GRADES.items()}
        if self.kind == "agree":
            return {str(grade): words for grade, words in AGREE.items()}
        return YES_NO if self.kind == "yes_no" else self.options or {}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """An edition of a questionnaire; ``scale``: the points of the grades in its index (``satisfaction.SCALES``)."""

    code: str
    edition: str
    name: Bilingual
    example: bool
    scale: str
    source: str
    mark: str
    questions: tuple[Question, ...]


def read_questionnaire(row: Mapping[str, Any], file: str) -> Questionnaire:
    """A questionnaire as its file says it; Refused naming the file for what cannot be."""
    try:
        made = Questionnaire(str(row["code"]), str(row["edition"]), Bilingual(row["name_zh"], row["name_en"]),
                             bool(row.get("example", False)), str(row.get("scale", "hundred")), str(row["source"]),
                             str(row["mark"]), tuple(_question(one) for one in row["questions"]))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Refused(zh=f"{file}：结构不对。", en=f"{file}: it is not made like a questionnaire.") from None
    codes = [one.code for one in made.questions]
    if len(set(codes)) != len(codes) or not codes or {NUMBER, PLACE} & set(codes) or made.scale not in SCALES:
        raise Refused(zh=f"{file}：题目编码重复、为空或与固定列同名，或分值不认识。",
                      en=f"{file}: codes of questions are missing, twice, or those of fixed columns; or nobody knows "
                         "the scale.")
    if any(one.kind not in KINDS or one.weight < 0 or (one.kind == "choice") != bool(one.options)
           or (one.weight and one.kind != "grade") for one in made.questions):
        raise Refused(zh=f"{file}：题型、权重或选项不对。", en=f"{file}: a kind, a weight or options cannot be.")
    return made


def _question(row: Mapping[str, Any]) -> Question:
    options = {str(one["code"]): Bilingual(one["zh"], one["en"]) for one in row.get("options", ())}
    return Question(str(row["code"]), Bilingual(row["zh"], row["en"]), row["kind"], float(row.get("weight", 0)),
                    options or None)


# -- returns ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Return:
    """One filled-in questionnaire: its number, its place, the answers that were given."""

    number: str
    place: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that is wrong."""

    cell: str
    sentence: Bilingual


@dataclass(frozen=True, slots=True)
class Read:
    """The returns of a table, and every fault; where there is a fault nothing is to be taken in."""

    returns: tuple[Return, ...]
    faults: tuple[Fault, ...]


def read_returns(rows: Sequence[Sequence[str]], asked: Questionnaire, places: Container[str],
                 taken: Container[str] = frozenset()) -> Read:
    """A table with a head (codes or words of the questions, ``place``, perhaps ``no``) as returns.

    ``places``: the codes that may be named; ``taken``: numbers of returns that were taken in before.
    """
    if not rows or not any(one.strip() for one in rows[0]):
        return Read((), (Fault("A1", Bilingual("没有表头。", "There is no head.")),))
    columns, faults = _columns(rows[0], asked)
    if faults:
        return Read((), tuple(faults))
    found: list[Return] = []
    seen: set[str] = set()
    for at, row in enumerate(rows[1:], 1):
        if any(one.strip() for one in row):
            cells = {key: (row[column].strip() if column < len(row) else "", address(at, column))
                     for key, column in columns.items()}
            made, wrong = _return(cells, at, asked, places)
            wrong += _twice(made.number, cells, seen, taken)
            seen.add(made.number)
            faults += wrong
            found.append(made)
    if not found:
        faults.append(Fault("A2", Bilingual("没有答卷。", "There are no returns.")))
    return Read(tuple(found), tuple(faults[:MOST_FAULTS]))


def _columns(head: Sequence[str], asked: Questionnaire) -> tuple[dict[str, int], list[Fault]]:
    """Key -> column, and what is wrong with the head."""
    names = {NUMBER: NUMBER, "序号": NUMBER, "number": NUMBER, PLACE: PLACE, "地区代码": PLACE, "region": PLACE}
    for one in asked.questions:
        names |= {one.code.casefold(): one.code, one.words.zh: one.code, one.words.en.casefold(): one.code}
    columns: dict[str, int] = {}
    faults = []
    for at, text in enumerate(head):
        key = names.get(text.strip().casefold())
        if text.strip() and (key is None or key in columns):
            zh, en = ("没有这一列", "there is no such column") if key is None else (
                "这一列出现了两次", "this column is there twice")
            name = text.strip()[:40]
            faults.append(Fault(address(0, at), Bilingual(f"“{name}”：{zh}。", f"“{name}”: {en}.")))
        elif key:
            columns[key] = at
    for key in (PLACE, *(one.code for one in asked.questions)):
        if key not in columns and not faults:
            faults.append(Fault(address(0, len(head)),
                                Bilingual(f"缺少“{key}”一列。", f"The column “{key}” is missing.")))
    return columns, faults


Cells = Mapping[str, tuple[str, str]]


def _return(cells: Cells, row: int, asked: Questionnaire, places: Container[str]) -> tuple[Return, list[Fault]]:
    faults: list[Fault] = []
    place, cell = cells[PLACE]
    if place not in places:
        faults.append(Fault(cell, Bilingual(f"“{place[:40]}”不在本次调查的范围内。",
                                            f"“{place[:40]}” is no place of this survey.")))
    answers: dict[str, str] = {}
    for one in asked.questions:
        text, cell = cells[one.code]
        answer = _answer(one, text)
        if answer is None:
            faults.append(Fault(cell, Bilingual(f"“{text[:40]}”不是可选的回答。",
                                                f"“{text[:40]}” is no answer to choose.")))
        elif answer:
            answers[one.code] = answer
    return Return(cells[NUMBER][0] if NUMBER in cells else str(row), place, answers), faults


def _answer(question: Question, text: str) -> str | None:
    """The answer as it is kept; "" where none was given, None where it is none of those that there are."""
    if question.kind == "text" or not text:
        return text[:LONGEST_TEXT]
    said = text.casefold()
    return next((code for code, words in question.answers.items()
                 if said in (code.casefold(), words.zh, words.en.casefold())), None)


def _twice(number: str, cells: Cells, seen: Container[str], taken: Container[str]) -> list[Fault]:
    if number and number not in seen and number not in taken:
        return []
    cell = cells[NUMBER][1] if NUMBER in cells else cells[PLACE][1]
    return [Fault(cell, Bilingual(f"答卷序号“{number[:40]}”为空或已经有了。",
                                  f"The number “{number[:40]}” is empty or was there before."))]


# -- results ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What the returns say. ``index``: the satisfaction index, None where nobody graded what has a weight;
    ``positive``: grades 3 to 5 of all grades given; ``counts``: question -> answer -> how often."""

    returned: Share
    index: float | None
    scale: str
    positive: Share
    counts: Mapping[str, Mapping[str, int]]
    words: Mapping[str, tuple[str, ...]]

    def mean(self, question: str) -> float | None:
        """The mean grade of a question; None where nobody answered."""
        told = self.counts[question]
        number = sum(told.values())
        return sum(int(grade) * n for grade, n in told.items()) / number if number else None


def result(asked: Questionnaire, returns: Iterable[Return], invited: int) -> Result:
    """Over the returns of a survey, of ``invited`` who were asked."""
    every = list(returns)
    graded = [one for one in asked.questions if one.kind == "grade"]
    counts = {one.code: Counter(back.answers[one.code] for back in every if one.code in back.answers)
              for one in asked.questions if one.kind != "text"}
    grades = [int(back.answers[one.code]) for back in every for one in graded if one.code in back.answers]
    return Result(
        Share(len(every), max(invited, len(every))), _index(asked, every), asked.scale,
        Share(sum(grade not in NEGATIVE for grade in grades), len(grades)), counts,
        {one.code: tuple(_said(every, one.code)) for one in asked.questions if one.kind == "text"})


def _said(returns: Iterable[Return], question: str) -> Iterator[str]:
    return (one.answers[question] for one in returns if one.answers.get(question))


def _index(asked: Questionnaire, returns: Sequence[Return]) -> float | None:
    weights = {one.code: one.weight for one in asked.questions if one.weight}
    ratings = [Rating(n, n, 5, aspects={code: int(one.answers[code]) for code in weights if code in one.answers})
               for n, one in enumerate(returns)]
    if not any(one.aspects for one in ratings):
        return None
    return satisfaction(ratings, weights, asked.scale).value
