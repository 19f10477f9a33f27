"""Why a stage may or may not be left: one check a rule, each with a sentence for both outcomes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from jizhun.drafting.rules.cover import LABELS
from jizhun.drafting.rules.stages import Way
from jizhun.kernel.bilingual import Bilingual, Refused


@dataclass(frozen=True, slots=True)
class Round:
    """A round of comments, from day to day; ``public``: whether everybody could speak."""

    opens_on: date
    closes_on: date
    closed_on: date | None
    public: bool = True

    def days(self) -> int:
        """Days it was open, the first and the last counted; an early closing shortens it."""
        last = min(self.closes_on, self.closed_on) if self.closed_on else self.closes_on
        return max(0, (last - self.opens_on).days + 1)


@dataclass(frozen=True)
class Facts:
    """What is true of a project now, as the checks ask for it."""

    missing: Sequence[Bilingual] = ()
    """What the proposal lacks."""
    alike: Sequence[str] = ()
    """Standards whose titles are near-duplicates."""
    alike_answered: bool = False
    revises: str = ""
    issued: Mapping[str, int] = field(default_factory=dict)
    """Label -> number of the latest draft issued under it since the text last came to this stage."""
    changed: frozenset[str] = frozenset()
    """Labels whose latest draft is no longer the working text."""
    errors: Sequence[Bilingual] = ()
    """What is wrong with the text."""
    rounds: Sequence[Round] = ()
    waiting: int = 0
    undisposed: int = 0
    verdicts: Sequence[str] = ()
    """What ballots and meetings came to on the draft that was examined: passed, failed or open."""
    objections: int = 0
    evidence: frozenset[str] = frozenset()
    number: str = ""
    effective_on: date | None = None
    valid_until: date | None = None
    impact_seen: bool = False
    in_force: bool = False
    """Whether the published document holds today."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: whether it is met, and the sentence that says so or says what is missing."""

    code: str
    met: bool
    sentence: Bilingual


def checked(way: Way, facts: Facts) -> list[Check]:
    """Every rule of a way, in the order of the table."""
    return [CHECKS[code](facts, **asked) for code, asked in way.needs.items()]


def require_met(way: Way, facts: Facts) -> None:
    """Refused, with the sentence of every rule that is not met."""
    open_ones = [check.sentence for check in checked(way, facts) if not check.met]
    if open_ones:
        raise Refused(zh="还不能进行这一步：" + "；".join(one.zh.rstrip("。") for one in open_ones) + "。",
                      en="This step is not possible yet: " + " ".join(one.en for one in open_ones))


def _check(code: str, met: bool, yes: tuple[str, str], no: tuple[str, str]) -> Check:
    return Check(code, met, Bilingual(*(yes if met else no)))


def proposal_complete(facts: Facts) -> Check:
    """The proposal lacks nothing."""
    zh = "、".join(one.zh for one in facts.missing)
    en = ", ".join(one.en for one in facts.missing)
    return _check("proposal_complete", not facts.missing, ("立项申请的内容齐全。", "The proposal is complete."),
                  (f"立项申请还缺：{zh}。", f"The proposal still lacks: {en}."))


def overlaps_answered(facts: Facts) -> Check:
    """It is said why it is needed beside standards of nearly the same title."""
    names = "、".join(facts.alike)
    if not facts.alike:
        return Check("overlaps_answered", True, Bilingual("没有名称相近的现行标准。",
                                                          "No current standard has nearly the same title."))
    return _check("overlaps_answered", facts.alike_answered,
                  (f"名称与 {names} 相近，已说明为何仍需制定。",
                   f"Its title is near {names}; why it is needed was said."),
                  (f"名称与 {names} 相近：请说明为何仍需制定。",
                   f"Its title is near {names}: say why it is still needed."))


def revises(facts: Facts) -> Check:
    """The standard that it revises is named."""
    return _check("revises", bool(facts.revises), (f"修订 {facts.revises}。", f"It revises {facts.revises}."),
                  ("请写明修订哪一项标准。", "Say which standard it revises."))


def draft_issued(facts: Facts, label: str) -> Check:
    """The draft of this label was issued in this stage, and the text has not moved since."""
    name = LABELS[label]
    issued = facts.issued.get(label)
    if issued and label in facts.changed:
        return Check("draft_issued", False, Bilingual(
            f"第 {issued} 号{name.zh}发出后文本又有改动，请重新发出。",
            f"The text has moved on since draft {issued} ({name.en}) was issued: issue it again."))
    return _check("draft_issued", issued is not None,
                  (f"{name.zh}已发出（第 {issued} 号）。", f"The {name.en.lower()} is issued (draft {issued})."),
                  (f"还没有发出{name.zh}。", f"No {name.en.lower()} is issued yet."))


MOST_TOLD = 3


def text_sound(facts: Facts) -> Check:
    """The text has no errors; of several the first few are told."""
    some = facts.errors[:MOST_TOLD]
    more = len(facts.errors) - len(some)
    zh = "；".join(one.zh.rstrip("。") for one in some) + (f"；另有 {more} 处" if more > 0 else "")
    en = " ".join(one.en for one in some) + (f" And {more} more." if more > 0 else "")
    return _check("text_sound", not facts.errors, ("文本结构没有错误。", "The structure of the text has no errors."),
                  (f"文本有错误：{zh}。", f"The text has errors: {en}"))


def consulted(facts: Facts, days: int) -> Check:
    """A closed round was open to all for so many days, and none is running."""
    done = [one for one in facts.rounds if one.closed_on and one.public]
    longest = max((one.days() for one in done), default=0)
    if any(one.closed_on is None for one in facts.rounds):
        return Check("consulted", False, Bilingual("正在征求意见，结束后才能送审。",
                                                   "A round of comments is open: it goes on when that is closed."))
    return _check("consulted", longest >= days,
                  (f"已公开征求意见 {longest} 天（不少于 {days} 天）。",
                   f"Comments were open to all for {longest} days (at least {days})."),
                  (f"公开征求意见应不少于 {days} 天，现为 {longest} 天。",
                   f"Comments must be open to all for {days} days at least; so far {longest}."))


def no_open_consultation(facts: Facts) -> Check:
    """No round of comments is running."""
    running = any(one.closed_on is None for one in facts.rounds)
    return _check("no_open_consultation", not running, ("没有正在进行的征求意见。", "No round of comments is open."),
                  ("请先结束正在进行的征求意见。", "Close the round of comments first."))


def nothing_waiting(facts: Facts) -> Check:
    """No comment is held back or lies on a desk below."""
    return _check("nothing_waiting", not facts.waiting,
                  ("没有待审核或待汇总的意见。", "No comment waits to be shown or passed on."),
                  (f"还有 {facts.waiting} 条意见待审核或待汇总。",
                   f"{facts.waiting} comments still wait to be shown or passed on."))


def all_disposed(facts: Facts) -> Check:
    """Every comment has its disposition."""
    return _check("all_disposed", not facts.undisposed,
                  ("每条意见都已处理并说明理由。", "Every comment has its disposition and reason."),
                  (f"还有 {facts.undisposed} 条意见没有处理。",
                   f"{facts.undisposed} comments have no disposition yet."))


def decided(facts: Facts) -> Check:
    """A verdict on a draft is final for it: what failed is changed and issued anew before it is decided again."""
    if "open" in facts.verdicts:
        return Check("decided", False, Bilingual("表决还没有结束。", "A ballot is still open."))
    if "failed" in facts.verdicts:
        return Check("decided", False, Bilingual("这份稿没有通过审查：请修改、重新发出送审稿，再表决或开会。",
                                                 "The review did not pass this draft: change it, issue it for review "
                                                 "anew, then vote or meet again."))
    return _check("decided", "passed" in facts.verdicts, ("审查已通过。", "The review passed it."),
                  ("还没有技术审查会（集体审议）结论或通过的表决。",
                   "There is neither a review meeting's (or collective decision's) verdict nor a passed ballot."))


def objections_answered(facts: Facts) -> Check:
    """Every disapproval in a ballot has its answer."""
    return _check("objections_answered", not facts.objections,
                  ("每条不赞成意见都已答复。", "Every disapproval has been answered."),
                  (f"还有 {facts.objections} 条不赞成意见没有答复。",
                   f"{facts.objections} disapprovals have no answer yet."))


def numbered(facts: Facts) -> Check:
    """Number and day of implementation are given."""
    missing = [words for there, words in ((facts.number, Bilingual("编号", "a number")),
                                          (facts.effective_on, Bilingual("实施日期", "a day of implementation")))
               if not there]
    zh, en = "、".join(one.zh for one in missing), " and ".join(one.en for one in missing)
    return _check("numbered", not missing, (f"编号 {facts.number}，{facts.effective_on} 实施。",
                                            f"Numbered {facts.number}, in force from {facts.effective_on}."),
                  (f"还没有{zh}。", f"It still lacks {en}."))


def term_given(facts: Facts) -> Check:
    """The last day of its validity is given."""
    return _check("term_given", facts.valid_until is not None,
                  (f"有效期至 {facts.valid_until}。", f"Valid until {facts.valid_until}."),
                  ("请写明有效期。", "Say until when it is valid."))


def impact_seen(facts: Facts) -> Check:
    """The impact list was seen as it is now."""
    return _check("impact_seen", facts.impact_seen,
                  ("影响清单已查看，此后没有变化。", "The impact list was seen and nothing has moved since."),
                  ("请查看影响清单；自上次查看后文本或各地规定已有变化。",
                   "Look at the impact list: it has not been seen, or the text or the provisions have moved since."))


def _evidenced(kind: str, yes: tuple[str, str], no: tuple[str, str]) -> Callable[..., Check]:
    return lambda facts: _check(kind, kind in facts.evidence, yes, no)


CHECKS: Mapping[str, Callable[..., Check]] = {
    "proposal_complete": proposal_complete, "overlaps_answered": overlaps_answered, "revises": revises,
    "draft_issued": draft_issued, "text_sound": text_sound, "consulted": consulted,
    "no_open_consultation": no_open_consultation, "nothing_waiting": nothing_waiting, "all_disposed": all_disposed,
    "decided": decided, "objections_answered": objections_answered, "numbered": numbered, "term_given": term_given,
    "impact_seen": impact_seen,
    "in_force": lambda facts: _check("in_force", facts.in_force, ("现行有效。", "It is in force."),
                                     ("尚未实施或已不再有效。", "It is not in force yet, or no longer.")),
    "filed": _evidenced("filed", ("已备案。", "It is filed for record."),
                        ("还没有备案。", "It is not filed for record yet.")),
    "legally_reviewed": _evidenced("legally_reviewed", ("合法性审核已通过。", "The legal review passed it."),
                                   ("还没有合法性审核意见。", "There is no opinion of the legal review yet.")),
}


def check_needs(ways: Sequence[Way]) -> None:
    """KeyError or TypeError at once for a table that names an unknown check, or asks it what it cannot tell."""
    for way in ways:
        checked(way, Facts())


