"""Ballots: typed positions, and whether the rule is met with the votes there are. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jizhun.drafting.rules.stages import BallotRule
from jizhun.kernel.bilingual import Bilingual, Refused

APPROVE, WITH_COMMENT, DISAPPROVE, ABSTAIN = "approve", "approve_with_comment", "disapprove", "abstain"
POSITIONS: Mapping[str, Bilingual] = {
    APPROVE: Bilingual("赞成", "Approve"),
    WITH_COMMENT: Bilingual("赞成并附意见", "Approve with comment"),
    DISAPPROVE: Bilingual("不赞成", "Disapprove"),
    ABSTAIN: Bilingual("弃权", "Abstain"),
}
REASONED = (WITH_COMMENT, DISAPPROVE)
"""Positions that need words: what the comment is, why not."""


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote: who of the electorate, which position, why; ``answered`` whether an objection got an answer."""

    voter: int
    position: str
    reason: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the rule: what it asks, what there is, whether that is enough."""

    asked: Bilingual
    present: Bilingual
    met: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """The count. ``lines`` say the rule with the present count; ``objections``: disapprovals without an answer."""

    electorate: int
    counts: Mapping[str, int]
    lines: tuple[Line, ...]
    objections: int

    @property
    def cast(self) -> int:
        return sum(self.counts.values())

    @property
    def passed(self) -> bool:
        """Whether every part of the rule is met."""
        return all(line.met for line in self.lines)


def check_vote(position: str, reason: str) -> None:
    """Refused for an unknown position, or one that needs a reason and has none."""
    if position not in POSITIONS:
        raise Refused(zh=f"没有“{position}”这种表态。", en=f"There is no position “{position}”.")
    if position in REASONED and not reason.strip():
        name = POSITIONS[position]
        raise Refused(zh=f"“{name.zh}”须写明意见或理由。", en=f"“{name.en}” needs a reason in words.")


def last_votes(votes: Iterable[Cast]) -> list[Cast]:
    """One vote a voter: the last, since votes are only added."""
    return list({vote.voter: vote for vote in votes}.values())


def tally(rule: BallotRule, electorate: int, votes: Sequence[Cast]) -> Tally:
    """The count of the last vote of each voter against the rule."""
    last = last_votes(votes)
    counts = {position: sum(vote.position == position for vote in last) for position in POSITIONS}
    approving, against = counts[APPROVE] + counts[WITH_COMMENT], counts[DISAPPROVE]
    lines = [_at_least(rule.quorum, len(last), electorate, Bilingual("参加表决的", "Voting"),
                       Bilingual("全体有表决权者", "of the electorate")),
             _at_least(rule.approval, approving, len(last), Bilingual("赞成的", "Approving"),
                       Bilingual("参加表决者", "of those voting"), more_than=rule.approval == (1, 2))]
    if rule.against:
        lines.append(_at_most(rule.against, against, len(last)))
    objections = sum(vote.position == DISAPPROVE and not vote.answered for vote in last)
    return Tally(electorate, counts, tuple(lines), objections)


def _at_least(share: tuple[int, int], there: int, base: int, who: Bilingual, whole: Bilingual,
              more_than: bool = False) -> Line:
    """At least the share; a half counts only when passed (过半数)."""
    top, bottom = share
    met = base > 0 and (there * bottom > base * top if more_than else there * bottom >= base * top)
    asked = Bilingual(f"{who.zh}{'过' if more_than else '不少于'}{whole.zh}的 {top}/{bottom}",
                      f"{who.en}: {'more than' if more_than else 'at least'} {top}/{bottom} {whole.en}")
    return Line(asked, Bilingual(f"{there} / {base}", f"{there} of {base}"), met)


def _at_most(share: tuple[int, int], there: int, base: int) -> Line:
    top, bottom = share
    asked = Bilingual(f"不赞成的不超过参加表决者的 {top}/{bottom}",
                      f"Disapproving: at most {top}/{bottom} of those voting")
    return Line(asked, Bilingual(f"{there} / {base}", f"{there} of {base}"), base > 0 and there * bottom <= base * top)
