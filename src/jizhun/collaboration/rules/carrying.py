"""When the area of one place passes to another: what carries over by rule, and what somebody has to decide.

Nobody gets less by a redrawn border unless somebody decides so. Where all of the new place comes from places that said
the same, that carries over by rule; what both say needs nothing; where the new place does better, the old one gives
way; everything else waits for a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from jizhun.collaboration.rules.joint import Agreed, stand_of
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.provisions.rules.values import Cells, Direction, InForce

Outcome = Literal["carry", "same", "gives_way", "decide", "carried", "left"]
OUTCOMES: Final[Mapping[Outcome, Bilingual]] = {
    "carry": Bilingual("按规则延续", "carries over by rule"),
    "same": Bilingual("相同，无需处理", "the same: nothing to do"),
    "gives_way": Bilingual("新地区更优，不再适用", "the new place does better: gives way"),
    "decide": Bilingual("需要决定", "needs a decision"), "carried": Bilingual("已延续", "carried over"),
    "left": Bilingual("已决定不延续", "decided: left behind")}
PROMISE, GUIDE, HISTORY = "promise", "guide", "history"
KINDS: Final[Mapping[str, Bilingual]] = {
    "merge": Bilingual("并入", "merged into"), "split": Bilingual("析出", "split off to"),
    "rename": Bilingual("改设", "became"), "transfer": Bilingual("划归", "passed to")}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that the old place said, and what is to become of it at the new one. ``key`` names it; ``fingerprint``
    stands for what both say, so that a decision counts only for what was looked at."""

    sort: str
    key: str
    name: Bilingual
    old: Bilingual
    new: Bilingual
    outcome: Outcome
    why: Bilingual
    fingerprint: str = ""

    @property
    def open(self) -> bool:
        return self.outcome in ("carry", "decide")


WHOLE = Bilingual("新地区的全部区域原来都按此执行", "all of the new place was bound by it before")
BETTER = Bilingual("原地区对群众更优：延续，还是按新地区执行？", "the old place did better: carry it over, or not?")
PART = Bilingual("新地区没有规定，原规定只对其中一部分区域有效",
                 "the new place says nothing, and only a part of it was bound by this")
DIFFERENT = Bilingual("两地不同，无法判断哪个更优", "the two differ, and nobody can tell which is better")
SAME = Bilingual("两地相同", "both say the same")
WORSE = Bilingual("新地区更优", "the new place does better")


def outcome_of(direction: Direction, old: InForce | Cells, new: InForce | Cells | None, *,
               whole: bool) -> tuple[Outcome, Bilingual]:
    """What becomes of a promise that the old place made itself. ``new``: what is promised at the new place without it.

    ``whole``: all of the new place comes that day from places that promised just this.
    """
    if old == new:
        return "same", SAME
    stand = None if isinstance(old, Cells) else stand_of(Agreed("", "", "", old, NO_WORDS, direction), new)
    if stand == "as_agreed":
        return "same", SAME
    if stand == "better":
        return "gives_way", WORSE
    if whole:
        return "carry", WHOLE
    return "decide", PART if new is None else BETTER if stand == "worse" else DIFFERENT


def outcome_of_words(old: str, new: str, *, whole: bool) -> tuple[Outcome, Bilingual]:
    """The same for what a place says in a guide, by what stands for each; ``new`` "": nothing of its own."""
    if old == new:
        return "same", SAME
    if whole and not new:
        return "carry", WHOLE
    return "decide", DIFFERENT if new else PART
