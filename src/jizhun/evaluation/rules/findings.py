"""The way of a finding from its opening to its end, as a table. Only the data close it: no right does. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.workflow import Transition, Workflow

ANSWER, OVERSEE, DATA = "finding.answer", "finding.oversee", "data"
"""Who may: the place itself, a place above it, nobody but a re-measurement."""
OPENED, ANSWERED, RETURNED, REMEASURED, CLOSED = "opened", "answered", "returned", "remeasured", "closed"

STATES: Final[Mapping[str, Bilingual]] = {
    OPENED: Bilingual("待答复", "waiting for an answer"),
    ANSWERED: Bilingual("整改中", "measures under way"),
    RETURNED: Bilingual("答复被退回", "answer returned"),
    REMEASURED: Bilingual("复测仍未达标", "re-measured, still not met"),
    CLOSED: Bilingual("已销号", "closed by data"),
}
ACTS: Final[Mapping[str, Bilingual]] = {
    "open": Bilingual("发现", "opened"),
    "answer": Bilingual("答复", "answer"),
    "return": Bilingual("退回答复", "return the answer"),
    "extend": Bilingual("延期", "extend the date"),
    "wait": Bilingual("复测：办件太少", "re-measured: too few cases"),
    "remeasure": Bilingual("复测：仍未达标", "re-measured: still not met"),
    "close": Bilingual("复测达标，销号", "re-measured and met: closed"),
}
WORKFLOW: Final = Workflow(STATES, ACTS, (
    Transition(OPENED, "answer", ANSWERED, ANSWER),
    Transition(OPENED, "extend", OPENED, OVERSEE),
    Transition(RETURNED, "answer", ANSWERED, ANSWER),
    Transition(RETURNED, "extend", RETURNED, OVERSEE),
    Transition(ANSWERED, "return", RETURNED, OVERSEE),
    Transition(ANSWERED, "extend", ANSWERED, OVERSEE),
    Transition(ANSWERED, "wait", ANSWERED, DATA),
    Transition(ANSWERED, "remeasure", REMEASURED, DATA),
    Transition(ANSWERED, "close", CLOSED, DATA),
    Transition(REMEASURED, "answer", ANSWERED, ANSWER),
    Transition(REMEASURED, "return", RETURNED, OVERSEE),
    Transition(REMEASURED, "extend", REMEASURED, OVERSEE),
    Transition(REMEASURED, "wait", REMEASURED, DATA),
    Transition(REMEASURED, "remeasure", REMEASURED, DATA),
    Transition(REMEASURED, "close", CLOSED, DATA),
))
TO_ANSWER: Final = (OPENED, RETURNED)
"""States in which the day of the answer is due; in the others it is the end of rectification."""

Cause = Literal["staff", "rules", "system", "data", "surge", "other"]
CAUSES: Final[Mapping[Cause, Bilingual]] = {
    "staff": Bilingual("人手或能力不足", "too few staff, or not trained"),
    "rules": Bilingual("规定或流程不明确、难执行", "the rule or procedure is unclear or cannot be followed"),
    "system": Bilingual("业务系统故障或不支持", "the system failed or does not support it"),
    "data": Bilingual("数据报送有误", "the data handed in are wrong"),
    "surge": Bilingual("业务量突增", "far more cases than usual"),
    "other": Bilingual("其他", "other"),
}
LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Dates:
    """Until when it is to be answered, and until when the threshold is to be met."""

    answer_by: date
    rectify_by: date

    def due(self, state: str) -> date:
        """The day that counts in a state."""
        return self.answer_by if state in TO_ANSWER else self.rectify_by

    def extended(self, state: str, until: date) -> "Dates":
        """The same with the day that counts put off; raises Refused where that is no later day."""
        if until <= self.due(state):
            raise Refused(zh=f"新期限应晚于现期限 {self.due(state)}。",
                          en=f"The new day has to be later than {self.due(state)}.")
        if state in TO_ANSWER:
            return Dates(until, max(until, self.rectify_by))
        return Dates(self.answer_by, until)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the responsible place says: why, what is done, which post sees to it, until when."""

    cause: str
    why: str
    measures: str
    responsible: str
    done_by: date


def checked_answer(said: Answer, today: date, rectify_by: date) -> Answer:
    """The answer as it is kept; raises Refused naming what is missing or too late."""
    if said.cause not in CAUSES:
        raise Refused(zh="请选择原因类别。", en="Choose the kind of cause.")
    for text, name in ((said.why, Bilingual("原因", "cause")), (said.measures, Bilingual("措施", "measures")),
                       (said.responsible, Bilingual("责任岗位", "responsible post"))):
        checked_text(text, name)
    if said.done_by < today:
        raise Refused(zh=f"完成日期 {said.done_by} 已经过去。", en=f"{said.done_by} has passed already.")
    if said.done_by > rectify_by >= today:
        raise Refused(zh=f"完成日期晚于整改期限 {rectify_by}；确有需要，请上级先延期。",
                      en=f"{said.done_by} is after the day {rectify_by} by which it has to be met; "
                         "ask the place above for an extension first.")
    return Answer(said.cause, said.why.strip(), said.measures.strip(), said.responsible.strip(), said.done_by)


def checked_text(text: str, name: Bilingual) -> str:
    """A text that has to be there and is not too long; raises Refused."""
    if not text.strip():
        raise Refused(zh=f"请填写{name.zh}。", en=f"Fill in: {name.en}.")
    if len(text.strip()) > LONGEST_TEXT:
        raise Refused(zh=f"{name.zh}最多 {LONGEST_TEXT} 字。",
                      en=f"{name.en}: {LONGEST_TEXT} characters at most.")
    return text.strip()


def may_answer(held: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a grant at the very place (the last of ``path``) is among those held."""
    return path[-1] in held


def may_oversee(held: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a grant at a place above is among those held; the top place oversees itself."""
    return bool(set(held) & set(path[:-1] or path))
