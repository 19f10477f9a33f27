"""A negative rating at work: which acts may follow on which, who does them, and what they come to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from jizhun.evaluation.rules.rectification import STAGES, Appeal, Limit, Negative, Stage
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.provisions.rules.telling import quantity

Kind = Literal["take_up", "answer", "call_back", "appeal", "decide", "close", "withdraw"]
Doer = Literal["handling", "above", "sweep"]


@dataclass(frozen=True, slots=True)
class ActKind:
    """What an act is called, who does it, and what its text tells. ``handling``: the office that was rated, or whoever
    works over it; ``above``: somebody whose role is over a higher place; ``sweep``: the system itself.
    """

    name: Bilingual
    by: Doer
    text: Bilingual = NO_WORDS


KINDS: Final[Mapping[Kind, ActKind]] = {
    "take_up": ActKind(Bilingual("受理核实", "Take up"), "handling", Bilingual("核实的情况", "What was found")),
    "answer": ActKind(Bilingual("整改答复", "Answer with measures"), "handling",
                      Bilingual("采取的措施和答复", "The measures taken, and the answer")),
    "call_back": ActKind(Bilingual("回访", "Call back"), "handling", Bilingual("本人的说法", "What the person said")),
    "appeal": ActKind(Bilingual("申诉", "Appeal"), "handling",
                      Bilingual("为什么认为是误评或恶意差评", "Why the rating is held mistaken or malicious")),
    "decide": ActKind(Bilingual("复核申诉", "Decide the appeal"), "above", Bilingual("理由", "Reasons")),
    "close": ActKind(Bilingual("办结", "Close"), "handling", Bilingual("办结说明", "Remark at closing")),
    "withdraw": ActKind(Bilingual("评价已变更", "Rating changed"), "sweep"),
}
LONGEST: Final = 2_000
"""Characters of one text."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``reached`` and ``satisfied`` belong to a call-back, ``upheld`` to the decision of an appeal."""

    kind: Kind
    on: date
    by: str = ""
    text: str = ""
    reached: bool | None = None
    satisfied: bool | None = None
    upheld: bool | None = None


def allowed(acts: Sequence[Act]) -> tuple[Kind, ...]:
    """The acts that may follow on these, in the order of the process.

    There is one appeal, and only before the answer. A person who was called back and is not satisfied is answered
    again; closing without a satisfied call-back needs words, and after a dissatisfied one somebody above.
    """
    done = [one.kind for one in acts]
    if {"close", "withdraw"} & {*done}:
        return ()
    if done.count("appeal") > done.count("decide"):
        return ("decide",)
    if upheld(acts):
        return ("close",)
    if "take_up" not in done:
        return ("take_up", "appeal") if "appeal" not in done else ("take_up",)
    if "answer" not in done:
        return ("answer", "appeal") if "appeal" not in done else ("answer",)
    last = call_back_since(acts)
    if last is None:
        return ("call_back",)
    if not last.reached:
        return ("call_back", "close")
    return ("close",) if last.satisfied else ("answer", "close")


def upheld(acts: Iterable[Act]) -> bool:
    """Whether the appeal was found right: then the rating does not count."""
    return any(one.upheld for one in acts)


def call_back_since(acts: Sequence[Act]) -> Act | None:
    """The last call-back after the last answer."""
    after: Act | None = None
    for one in acts:
        after = None if one.kind == "answer" else one if one.kind == "call_back" else after
    return after


def doer_of(kind: Kind, acts: Sequence[Act]) -> Doer:
    """Who may do the act now: closing against the person's word is for somebody above."""
    last = call_back_since(acts)
    against = kind == "close" and not upheld(acts) and last is not None and last.reached and not last.satisfied
    return "above" if against else KINDS[kind].by


def check(act: Act, acts: Sequence[Act], rated: date) -> None:
    """Raises Refused where the act cannot follow, lacks what it must say, or lies before the one before it."""
    name = KINDS[act.kind].name
    if act.kind not in (*allowed(acts), "withdraw"):
        next_zh, next_en = _listed(allowed(acts))
        raise Refused(zh=f"现在不能“{name.zh}”；{next_zh}", en=f"“{name.en}” cannot be done now. {next_en}")
    last = max([rated, *(one.on for one in acts)])
    if act.on < last:
        raise Refused(zh=f"日期 {act.on} 早于上一步（{last}）。", en=f"{act.on} lies before the step before ({last}).")
    _check_words(act, acts)
    if act.kind == "call_back":
        _check_call(act)
    if act.kind == "decide" and act.upheld is None:
        raise Refused(zh="请说明申诉是否成立。", en="Say whether the appeal is upheld.")
    if act.kind == "decide" and any(one.kind == "appeal" and one.by == act.by for one in acts):
        raise Refused(zh="申诉须由他人复核。", en="An appeal is decided by somebody else than who filed it.")


def _check_words(act: Act, acts: Sequence[Act]) -> None:
    last = call_back_since(acts)
    plain_close = act.kind == "close" and (upheld(acts) or (last is not None and bool(last.satisfied)))
    needs = act.kind in ("answer", "appeal", "decide") or (act.kind == "close" and not plain_close)
    if needs and not act.text.strip():
        what = KINDS[act.kind].text
        raise Refused(zh=f"请填写“{what.zh}”。", en=f"Write something under “{what.en}”.")
    if len(act.text) > LONGEST:
        raise Refused(zh=f"最多 {LONGEST} 字。", en=f"{LONGEST} characters at most.")


def _check_call(act: Act) -> None:
    if act.reached is None or (act.reached and act.satisfied is None) or (not act.reached and act.satisfied):
        raise Refused(zh="请说明是否联系上本人，联系上的是否满意。",
                      en="Say whether the person was reached, and if so whether they are satisfied.")


def _listed(kinds: Sequence[Kind]) -> tuple[str, str]:
    if not kinds:
        return "此差评已经办结。", "This rating is closed."
    return (f"可以：{'、'.join(KINDS[kind].name.zh for kind in kinds)}。",
            f"What can be done: {', '.join(KINDS[kind].name.en.lower() for kind in kinds)}.")


def negative_of(rated: date, acts: Sequence[Act]) -> Negative:
    """The acts as days on the clock: what was answered anew because the person was not satisfied counts from then."""
    days: dict[Stage, date] = {"rated": rated}
    for one in acts:
        if one.kind == "take_up":
            days.setdefault("verified", one.on)
        elif one.kind == "answer":
            days.pop("called_back", None)
            days["rectified"] = one.on
        elif one.kind == "call_back" and one.reached:
            days["called_back"] = one.on
        elif one.kind in ("close", "withdraw"):
            days["closed"] = one.on
    last = call_back_since(acts)
    return Negative(days, _appeals(acts), last.satisfied if last is not None and last.reached else None)


def _appeals(acts: Sequence[Act]) -> tuple[Appeal, ...]:
    filed = [one for one in acts if one.kind == "appeal"]
    decided = [one for one in acts if one.kind == "decide"]
    ends = [*decided, *[None] * (len(filed) - len(decided))]
    return tuple(Appeal(one.on, end.on if end else None, bool(end and end.upheld))
                 for one, end in zip(filed, ends, strict=True))


# -- the clock of a place ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """A place's rule for rectification, from a day on, with the paper that says so."""

    region: str
    valid_from: date
    limit: Limit
    source: str
    mark: str
    note: Bilingual = NO_WORDS

    @property
    def limit_words(self) -> Bilingual:
        """So many days, from which stage until which."""
        limit = self.limit
        days, since, until = quantity(Decimal(limit.amount), limit.unit), STAGES[limit.since], STAGES[limit.until]
        return Bilingual(f"{days.zh}，自“{since.zh}”至“{until.zh}”",
                         f"{days.en}, from “{since.en}” until “{until.en}”")


def read_clock(row: Mapping[str, Any]) -> Clock:
    """A clock from its row in data; raises Refused naming the place and what is wrong."""
    region = str(row.get("region") or "?")
    missing = [name for name in ("region", "amount", "source", "mark") if row.get(name) in (None, "")]
    if missing:
        raise Refused(zh=f"整改时限“{region}”：缺少 {missing[0]}。",
                      en=f"Clock for negative ratings of “{region}”: “{missing[0]}” is missing.")
    day, amount, unit = row.get("from") or BEGINNING, row["amount"], row.get("unit", "working_day")
    since, until = row.get("since", "rated"), row.get("until", "rectified")
    stages = ("rated", "verified", "rectified", "called_back", "closed")
    if (not isinstance(day, date) or isinstance(amount, bool) or not isinstance(amount, int)
            or unit not in ("working_day", "calendar_day") or since not in stages or until not in stages):
        raise Refused(zh=f"整改时限“{region}”：天数、单位、起止环节或生效日不对。",
                      en=f"Clock for negative ratings of “{region}”: amount, unit, stages or day are not right.")
    return Clock(region, day, Limit(amount, unit, since, until), str(row["source"]), str(row["mark"]),
                 Bilingual(str(row.get("note_zh") or ""), str(row.get("note_en") or "")))


def clock_for(clocks: Iterable[Clock], path: Sequence[str], on: date) -> Clock | None:
    """The clock of the nearest place on a path (the nation first) that has one on a day: its newest. None: nobody has.

    ``clocks`` in the order recorded: of two with the same day the later holds.
    """
    held = [one for one in clocks if one.valid_from <= on and one.region in path]
    ranked = sorted(enumerate(held), key=lambda one: (path.index(one[1].region), one[1].valid_from, one[0]))
    return ranked[-1][1] if ranked else None
