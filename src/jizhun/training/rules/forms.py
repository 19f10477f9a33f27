"""Blueprints and forms: which questions a sitting is asked, chosen by seed so that it can be done again. Pure.

A blueprint is data:

* ``rows``: ``[{"section", "topic", "matter", "kind", "level", "count", "worth"}]``; what is empty asks for anything,
  ``worth`` is whole points for each question
* ``sections``: ``[{"code", "name": words, "pass_mark"}]``, may be empty; a ``pass_mark`` of 0 asks for none of its own
* ``minutes``, ``pass_mark`` (hundredths of a hundred), ``shuffle_questions``, ``shuffle_choices``

A form is a choice of questions. Several forms of one blueprint are equivalent: the same rows filled, and, as far as it
is known how difficult questions are, about the same difficulty.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.training.rules.drafting import TOPICS
from jizhun.training.rules.questions import ID, TYPES, WHOLE

Thing = TypeVar("Thing")
REFRESHER_MOST: Final = 10
"""Questions of a refresher at most."""
LEAST_MINUTES: Final = 5
LEVELS: Final[Mapping[str, Bilingual]] = {
    "easy": Bilingual("容易", "Easy"), "middle": Bilingual("中等", "Middling"), "hard": Bilingual("较难", "Hard")}
EASY, HARD = 8_000, 5_000
"""From how much of the marks earned on average a question is easy, and below which it is hard."""
MOST_QUESTIONS, MOST_MINUTES, MOST_WORTH = 200, 480, 100
SLACK = 1
"""How much more often shown a question may have been that is taken to make forms alike."""
MOST_SWAPS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """How many questions of which sort; empty texts ask for anything. ``worth``: whole points for each."""

    count: int
    worth: int = 1
    section: str = ""
    topic: str = ""
    matter: str = ""
    kind: str = ""
    level: str = ""

    @property
    def name(self) -> Bilingual:
        """What it asks for, in words."""
        level, kind = LEVELS.get(self.level, NO_WORDS), TYPES.get(self.kind, NO_WORDS)
        topic = TOPICS.get(self.topic, Bilingual(self.topic, self.topic))
        zh = [one for one in (topic.zh, self.matter, kind.zh, level.zh) if one]
        en = [one for one in (topic.en, self.matter, kind.en, level.en) if one]
        return Bilingual("、".join(zh) or "任意题目", ", ".join(en) or "any question")

    def wants(self, one: "Candidate") -> bool:
        """Whether a question is of this sort."""
        return (self.topic in ("", one.topic) and self.matter in ("", one.matter) and self.kind in ("", one.kind)
                and self.level in ("", level_of(one.difficulty)))


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a name and perhaps a pass mark of its own (hundredths of a hundred, 0 for none)."""

    code: str
    name: Bilingual
    pass_mark: int = 0


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a form has to hold, for how long it is sat and what passes (hundredths of a hundred)."""

    rows: tuple[Row, ...]
    minutes: int
    pass_mark: int
    sections: tuple[Section, ...] = ()
    shuffle_questions: bool = True
    shuffle_choices: bool = True

    @property
    def asked(self) -> int:
        """How many questions it asks."""
        return sum(row.count for row in self.rows)

    def minutes_for(self, asked: int) -> int:
        """The time for a form of so many questions: all of it for a whole one, a fair part for a refresher."""
        return self.minutes if asked >= self.asked else max(LEAST_MINUTES, -(-self.minutes * asked // self.asked))

    @property
    def worth(self) -> int:
        """Whole points of a wholly right sitting."""
        return sum(row.count * row.worth for row in self.rows)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; ``read_blueprint`` reads it back."""
        return {"rows": [{"section": row.section, "topic": row.topic, "matter": row.matter, "kind": row.kind,
                          "level": row.level, "count": row.count, "worth": row.worth} for row in self.rows],
                "sections": [{"code": one.code, "name": {"zh": one.name.zh, "en": one.name.en},
                              "pass_mark": one.pass_mark} for one in self.sections],
                "minutes": self.minutes, "pass_mark": self.pass_mark, "shuffle_questions": self.shuffle_questions,
                "shuffle_choices": self.shuffle_choices}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be asked: accepted and not suspended, which whoever makes the pool sees to.

    ``version`` is what is asked; ``question`` is the question over its versions, asked once in a form at most.
    ``difficulty``: what is earned on average (0 to ``WHOLE``), None while unknown. ``seen``: how often it was shown.
    """

    version: int
    question: str
    topic: str = ""
    matter: str = ""
    kind: str = ""
    difficulty: int | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a form: which version, of which section, for how many whole points."""

    version: int
    worth: int
    section: str = ""


def level_of(difficulty: int | None) -> str:
    """Easy, middle or hard; middle while nobody knows."""
    if difficulty is None:
        return "middle"
    return "easy" if difficulty >= EASY else "hard" if difficulty < HARD else "middle"


def luck(seed: str, *what: object) -> int:
    """A number that looks drawn, the same for the same seed on every machine and with every version of Python."""
    return int.from_bytes(hashlib.sha256("\x1f".join([seed, *map(str, what)]).encode()).digest()[:8])


def shuffled(things: Iterable[Thing], seed: str, *what: object) -> list[Thing]:
    """The things in an order that depends on their places, ``seed`` and ``what`` only."""
    return [one for _, one in sorted(enumerate(things), key=lambda pair: luck(seed, *what, pair[0]))]


# -- reading ---------------------------------------------------------------------------------------


def read_blueprint(content: Any) -> Blueprint:
    """A blueprint as ``Blueprint.plain`` writes it; raises Refused with what is wrong."""
    try:
        sections = tuple(Section(str(one["code"]), Bilingual(str(one["name"]["zh"]), str(one["name"]["en"])),
                                 _whole(one.get("pass_mark", 0))) for one in content.get("sections", []))
        rows = tuple(_row(one) for one in content["rows"])
        read = Blueprint(rows, _whole(content["minutes"]), _whole(content["pass_mark"]), sections,
                         bool(content.get("shuffle_questions", True)), bool(content.get("shuffle_choices", True)))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused(zh="组卷蓝图不完整：需要题目行、时长和及格线。",
                      en="A blueprint needs its rows, its minutes and its pass mark.") from None
    _check(read)
    return read


def _row(one: Mapping[str, Any]) -> Row:
    texts = {name: str(one.get(name, "")) for name in ("section", "topic", "matter", "kind", "level")}
    return Row(_whole(one["count"]), _whole(one.get("worth", 1)), **texts)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)
    return value


def _check(read: Blueprint) -> None:
    if not read.rows or not 1 <= read.asked <= MOST_QUESTIONS:
        raise Refused(zh=f"试卷应有 1 至 {MOST_QUESTIONS} 道题。",
                      en=f"A form holds 1 to {MOST_QUESTIONS} questions.")
    if not 1 <= read.minutes <= MOST_MINUTES:
        raise Refused(zh=f"时长应为 1 至 {MOST_MINUTES} 分钟。",
                      en=f"The time has to be 1 to {MOST_MINUTES} minutes.")
    if any(not 0 <= mark <= WHOLE for mark in (read.pass_mark, *(one.pass_mark for one in read.sections))):
        raise Refused(zh="及格线应在 0 至 100 之间。", en="A pass mark lies between 0 and 100.")
    _check_sections(read)
    for row in read.rows:
        _check_row(row, {one.code for one in read.sections})


def _check_sections(read: Blueprint) -> None:
    codes = [one.code for one in read.sections]
    if len({*codes}) != len(codes) or not all(ID.fullmatch(code) for code in codes):
        raise Refused(zh="每个部分需要各不相同的代号。", en="Each section needs a code of its own.")
    for one in read.sections:
        if not (one.name.zh.strip() and one.name.en.strip()):
            raise Refused(zh=f"部分“{one.code}”需要中文和英文名称。",
                          en=f"The section “{one.code}” needs its name in Chinese and English.")
        if not any(row.section == one.code for row in read.rows):
            raise Refused(zh=f"部分“{one.code}”没有题目。", en=f"The section “{one.code}” has no questions.")


def _check_row(row: Row, sections: set[str]) -> None:
    if row.count < 1 or not 1 <= row.worth <= MOST_WORTH:
        raise Refused(zh=f"“{row.name.zh}”：题数至少为 1，每题 1 至 {MOST_WORTH} 分。",
                      en=f"“{row.name.en}”: one question at least, each for 1 to {MOST_WORTH} points.")
    if (row.section and row.section not in sections) or (sections and not row.section):
        raise Refused(zh=f"“{row.name.zh}”没有归入任何部分。", en=f"“{row.name.en}” belongs to no section.")
    if (row.kind and row.kind not in TYPES) or (row.level and row.level not in LEVELS):
        raise Refused(zh=f"没有“{row.kind or row.level}”这种题型或难度。",
                      en=f"There is no type or level “{row.kind or row.level}”.")


# -- choosing --------------------------------------------------------------------------------------


def form(blueprint: Blueprint, pool: Sequence[Candidate], seed: str, ceiling: int | None = None) -> tuple[Asked, ...]:
    """The questions of one form, in the order in which they are asked; the same for the same arguments.

    The least shown come first, among equals the seed decides. ``ceiling``: what was shown so often is asked no more.
    Raises Refused naming the first row that cannot be filled.
    """
    open_to = {one.question: one for one in sorted(pool, key=lambda one: one.version)
               if ceiling is None or one.seen < ceiling}
    ranked = sorted(open_to.values(), key=lambda one: (one.seen, luck(seed, one.question)))
    slots = [(number, row) for number, row in enumerate(blueprint.rows) for _ in range(row.count)]
    held = _matched(slots, ranked, len(pool) - len(open_to))
    filled = _balanced(blueprint.rows, slots, held, ranked)
    asked = [Asked(one.version, row.worth, row.section) for (_, row), one in zip(slots, filled, strict=True)]
    return tuple(_ordered(blueprint, asked, seed))


def _matched(slots: Sequence[tuple[int, Row]], ranked: Sequence[Candidate], worn: int) -> list[Candidate]:
    """A question for every slot, each once: who came first makes room where it can (augmenting ways)."""
    taken: dict[str, int] = {}
    at: dict[int, Candidate] = {}

    def place(slot: int, tried: set[str]) -> bool:
        for one in ranked:
            if one.question in tried or not slots[slot][1].wants(one):
                continue
            tried.add(one.question)
            if one.question not in taken or place(taken[one.question], tried):
                taken[one.question], at[slot] = slot, one
                return True
        return False

    for slot, (_, row) in enumerate(slots):
        if not place(slot, set()):
            raise _too_small(row, sum(map(row.wants, ranked)), worn)
    return [at[slot] for slot in range(len(slots))]


def _too_small(row: Row, found: int, worn: int) -> Refused:
    zh = f"题库不足以组卷：“{row.name.zh}”需要 {row.count} 道，可用的有 {found} 道（同一题不重复使用）。"
    en = (f"The bank is too small: “{row.name.en}” asks for {row.count}, there are {found} to be used "
          "(no question is asked twice).")
    if worn:
        zh, en = zh + f"另有 {worn} 道已达到出现次数上限。", f"{en} Another {worn} were shown too often."
    return Refused(zh=zh, en=en)


def _balanced(rows: Sequence[Row], slots: Sequence[tuple[int, Row]], held: Sequence[Candidate],
              ranked: Sequence[Candidate]) -> list[Candidate]:
    """Exchanges questions for others shown hardly more often, until each row is about as hard as its sort is."""
    filled = list(held)
    for number, row in enumerate(rows):
        places = [at for at, (of, _) in enumerate(slots) if of == number]
        used = {one.question for one in filled}
        known = [one for one in ranked if row.wants(one) and one.difficulty is not None]
        most = max(filled[at].seen for at in places) + SLACK
        free = [one for one in known if one.question not in used and one.seen <= most]
        if known and free:
            aim = sum(one.difficulty or 0 for one in known) * len(places) / len(known)
            for at, one in zip(places, _nearer([filled[at] for at in places], free, aim), strict=True):
                filled[at] = one
    return filled


def _nearer(chosen: list[Candidate], free: list[Candidate], aim: float) -> list[Candidate]:
    """The chosen with single ones exchanged, the best exchange first, while that brings the sum nearer to ``aim``."""
    for _ in range(MOST_SWAPS):
        if any(one.difficulty is None for one in chosen):
            return chosen
        off = sum(one.difficulty or 0 for one in chosen) - aim
        best, out, into = min(((abs(off - (one.difficulty or 0) + (other.difficulty or 0)), at, to)
                               for at, one in enumerate(chosen) for to, other in enumerate(free)),
                              default=(abs(off), 0, 0))
        if best >= abs(off):
            return chosen
        chosen[out], free[into] = free[into], chosen[out]
    return chosen


def _ordered(blueprint: Blueprint, asked: Sequence[Asked], seed: str) -> list[Asked]:
    """Section by section as the blueprint names them, shuffled within each where it says so."""
    order = [one.code for one in blueprint.sections] or [""]
    found: list[Asked] = []
    for code in order:
        part = [one for one in asked if one.section == code]
        found += shuffled(part, seed, "questions", code) if blueprint.shuffle_questions else part
    return found


def refresher(pool: Sequence[Candidate], seed: str) -> tuple[Asked, ...]:
    """A form about what changed: every question of ``pool`` (those that rest on it), the least shown first, a point
    each. Raises Refused where there is none yet."""
    newest = {one.question: one for one in sorted(pool, key=lambda one: one.version)}
    ranked = sorted(newest.values(), key=lambda one: (one.seen, luck(seed, one.question)))[:REFRESHER_MOST]
    if not ranked:
        raise Refused(zh="题库里还没有关于变化部分的可用题目，请联系培训师。",
                      en="The bank holds no question about what changed yet; ask the trainers of your place.")
    return tuple(Asked(one.version, 1) for one in shuffled(ranked, seed, "refresher"))
