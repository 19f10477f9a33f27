"""Sittings: how long somebody has, which answer counts, what was earned and what is told afterwards. Pure.

Times are seconds or aware datetimes given as arguments. Marks are whole hundredths: of a point where points are
meant, of a hundred where a share of all points is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.forms import Section
from jizhun.training.rules.questions import WHOLE

PRACTICE, EXAMINATION = "practice", "examination"
KINDS: Final[Mapping[str, Bilingual]] = {
    PRACTICE: Bilingual("练习", "Practice"), EXAMINATION: Bilingual("考试", "Examination")}
NOT_BEGUN, RUNNING, SUBMITTED, EXPIRED = "not_begun", "running", "submitted", "expired"
STATES: Final[Mapping[str, Bilingual]] = {
    NOT_BEGUN: Bilingual("未开始", "Not begun"), RUNNING: Bilingual("进行中", "Running"),
    SUBMITTED: Bilingual("已交卷", "Handed in"),
    EXPIRED: Bilingual("到时收卷", "Closed when the time was up")}
LATE_SECONDS: Final = 30
"""How long after the end an answer may arrive: a slow line is nobody's fault."""
MOST_EXTRA, MOST_BREAK = 300, 120
"""Percent of extra time, and minutes of breaks, that may be given."""
PER_PLACE: Final = 1_000_000_000
"""Numbers of answers at one place; those of a later place are all greater."""
LEFT, ELSEWHERE, RESUMED, PAUSED = "left", "elsewhere", "resumed", "paused"
NOTES: Final[Mapping[str, Bilingual]] = {
    LEFT: Bilingual("离开过页面", "left the page"), ELSEWHERE: Bilingual("在另一处继续", "went on elsewhere"),
    RESUMED: Bilingual("中断后继续", "went on after a break"), PAUSED: Bilingual("休息", "took a break")}
"""What is noted of a sitting. It is shown to whoever sits, and never changes a mark by itself."""


# -- time ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody is given to sit on equal terms: percent of extra time, minutes of breaks, large type."""

    extra: int = 0
    breaks: int = 0
    large: bool = False

    def check(self) -> None:
        """Raises Refused for what cannot be given."""
        if not 0 <= self.extra <= MOST_EXTRA or not 0 <= self.breaks <= MOST_BREAK:
            raise Refused(zh=f"可延长 0 至 {MOST_EXTRA}% 的时间，休息 0 至 {MOST_BREAK} 分钟。",
                          en=f"Extra time is 0 to {MOST_EXTRA} %, breaks 0 to {MOST_BREAK} minutes.")


@dataclass(frozen=True, slots=True)
class Clock:
    """When a sitting began, how many seconds it has, how many seconds of breaks, and which were taken."""

    begun: datetime
    seconds: int
    breaks: int = 0
    taken: int = 0
    paused: datetime | None = None

    def rested(self, now: datetime) -> int:
        """Seconds of breaks until now, the running one with it, never more than are given."""
        running = int((now - self.paused).total_seconds()) if self.paused and now > self.paused else 0
        return min(self.breaks, self.taken + running)

    def ends(self, now: datetime) -> datetime:
        """When the time is up, as it stands now: a break moves it."""
        return self.begun + timedelta(seconds=self.seconds + self.rested(now))

    def left(self, now: datetime) -> int:
        """Whole seconds left, never less than none."""
        return max(0, int((self.ends(now) - now).total_seconds()))

    def takes_answers(self, now: datetime) -> bool:
        """Whether an answer that arrives now counts."""
        return now <= self.ends(now) + timedelta(seconds=LATE_SECONDS)

    def resting(self, now: datetime) -> bool:
        """Whether a break is running that is not used up."""
        return self.paused is not None and self.rested(now) < self.breaks


def seconds_for(minutes: int, given: Given) -> int:
    """How long somebody has, rounded up to a second: extra time is a share of the time of everybody."""
    return -(-minutes * 60 * (100 + given.extra) // 100)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when an exam may be begun, and how often."""

    opens: datetime
    closes: datetime
    attempts: int

    def check(self) -> None:
        """Raises Refused where nobody could ever sit."""
        if self.closes <= self.opens:
            raise Refused(zh="结束时间应晚于开始时间。", en="It has to close after it opens.")
        if not 0 <= self.attempts <= 99:
            raise Refused(zh="可参加次数应为 0（不限）至 99。",
                          en="The number of attempts is 0 (no limit) to 99.")

    def check_begin(self, now: datetime, before: int, running: bool) -> None:
        """Raises Refused with why a sitting cannot begin now, after ``before`` sittings."""
        if now < self.opens:
            raise Refused(zh="考试还没有开放。", en="This is not open yet.")
        if now >= self.closes:
            raise Refused(zh="考试已经结束，不能再开始。", en="This has closed: no sitting can begin any more.")
        if running:
            raise Refused(zh="您有一场尚未交卷，请继续作答。",
                          en="You have a sitting that is not handed in: go on with it.")
        if self.attempts and before >= self.attempts:
            raise Refused(zh=f"可参加的 {self.attempts} 次已经用完。",
                          en=f"The {self.attempts} attempts there are have been used.")


def state_of(clock: Clock | None, submitted: datetime | None, closed: bool, now: datetime) -> str:
    """Where a sitting is: what was handed in stays so; time that is up closes it whether or not anybody looked."""
    if clock is None:
        return NOT_BEGUN
    if submitted is not None:
        return SUBMITTED
    return EXPIRED if closed or not clock.takes_answers(now) else RUNNING


# -- which answer counts ---------------------------------------------------------------------------


def order_of(place: int, number: int) -> int:
    """The order of an answer over all places of a sitting: whatever a later place says comes after.

    So a packet that was on its way for long never overwrites a newer answer, whichever machine sent it; what an
    earlier place said and nobody changed since still counts.
    """
    if not 0 <= number < PER_PLACE:
        raise Refused(zh="答案的顺序号无法读取。", en="The number of this answer cannot be read.")
    return place * PER_PLACE + number


def number_of(order: int) -> int:
    """The number of an answer at its own place."""
    return order % PER_PLACE


# -- marks -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Earned:
    """One question: hundredths of a point earned, whole points it is worth, and its section."""

    points: int
    worth: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A whole or a section: hundredths of a point of whole points, and whether it passes."""

    points: int
    worth: int
    passed: bool

    @property
    def mark(self) -> int:
        """Hundredths of a hundred, rounded down: nobody is told a mark that they did not reach."""
        return self.points * 100 // self.worth if self.worth else 0


@dataclass(frozen=True, slots=True)
class Result:
    """A whole with its sections; it passes where the whole and every section do."""

    whole: Part
    sections: Mapping[str, Part]

    @property
    def passed(self) -> bool:
        return self.whole.passed and all(one.passed for one in self.sections.values())


def points(mark: int, worth: int) -> int:
    """Hundredths of a point for a mark (0 to ``WHOLE``) of a question worth whole points; a half goes up."""
    return (2 * mark * worth + 100) // 200


def result(earned: Sequence[Earned], pass_mark: int, sections: Iterable[Section] = ()) -> Result:
    """The whole and its sections. Passing is compared without rounding."""
    parts = {one.code: _part([each for each in earned if each.section == one.code], one.pass_mark)
             for one in sections}
    return Result(_part(earned, pass_mark), parts)


def _part(earned: Sequence[Earned], pass_mark: int) -> Part:
    got, of = sum(one.points for one in earned), sum(one.worth for one in earned)
    return Part(got, of, got * WHOLE >= pass_mark * of * 100)


# -- corrections -----------------------------------------------------------------------------------

FREE, ACCEPT = "free", "accept"
CORRECTIONS: Final[Mapping[str, Bilingual]] = {
    FREE: Bilingual("题目有误：所有人得满分", "the question was wrong: everybody gets all its points"),
    ACCEPT: Bilingual("该答案同样正确：作此答案者得满分",
                      "this answer is right too: whoever gave it gets all its points")}
"""What an upheld appeal does to everybody who was asked the same. Neither ever takes points away."""


def corrected(mark: int, answer: object, corrections: Iterable[tuple[str, object]]) -> int:
    """The mark of an answer after what was decided about its question (kind, answer that is right too)."""
    for kind, right in corrections:
        if kind == FREE or (answer is not None and answer == right):
            return WHOLE
    return mark


# -- afterwards ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told of a sitting that is over."""

    mark: bool
    answers: bool


def told(kind: str, state: str, closes: datetime, now: datetime) -> Told:
    """The mark at once; the right answers at once after practice, and after an examination when nobody can still
    begin it: else who sat first could tell."""
    over = state in (SUBMITTED, EXPIRED)
    return Told(over, over and (kind == PRACTICE or now >= closes))


APPEAL_DAYS: Final = 30


def check_appeal(text: str, over: datetime, answers_told: bool, now: datetime) -> None:
    """Raises Refused where an appeal cannot be made."""
    if not answers_told:
        raise Refused(zh="答案公布后才能申诉。", en="An appeal can be made once the right answers are told.")
    if now > over + timedelta(days=APPEAL_DAYS):
        raise Refused(zh=f"申诉应在 {APPEAL_DAYS} 天内提出。",
                      en=f"An appeal has to be made within {APPEAL_DAYS} days.")
    if not text.strip() or len(text) > 4_000:
        raise Refused(zh="请写明申诉理由，最多 4000 字。", en="Say why, in 4,000 characters at most.")


BINS: Final = 10


def distribution(marks: Iterable[int]) -> list[int]:
    """How many marks (hundredths of a hundred) lie in each tenth; 100 lies in the last."""
    bins = [0] * BINS
    for mark in marks:
        bins[min(BINS - 1, mark * BINS // WHOLE)] += 1
    return bins
