"""Whether a procedure can keep what is promised, asks for no more than it may, and is safe: findings as sentences."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from jizhun.kernel.bilingual import COMMA, Bilingual
from jizhun.procedures.rules.flow import Flow, flow_of
from jizhun.procedures.rules.steps import END, Limit, Step, Steps
from jizhun.procedures.rules.timing import State, Time, compared, fits, said, time_of
from jizhun.procedures.rules.words import Document, Role

Severity = Literal["error", "warning", "note"]
NO_ROLES: Mapping[str, Role] = {}
NO_DOCUMENTS: Mapping[str, Document] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to put right (error), to look at (warning) or to know (note), and the steps it is about."""

    kind: str
    severity: Severity
    steps: tuple[str, ...]
    sentence: Bilingual


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the three: steps within the promise, steps within the law, the promise within the law."""

    kind: Literal["steps-promised", "steps-statutory", "promised-statutory"]
    state: State
    sentence: Bilingual


@dataclass(frozen=True, slots=True)
class Checked:
    """``verdicts`` are always three, in that order."""

    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, Verdict, Verdict]
    time: Time

    @property
    def sound(self) -> bool:
        """Whether nothing has to be put right."""
        return all(one.severity != "error" for one in self.findings)


def check(steps: Steps, *, promised: Limit | None = None, statutory: Limit | None = None,
          materials: Collection[str] | None = None, roles: Mapping[str, Role] = NO_ROLES,
          documents: Mapping[str, Document] = NO_DOCUMENTS, starts: Collection[str] = (),
          ends: Collection[str] = ()) -> Checked:
    """Everything that is checked of a table. ``materials`` are those that may be asked for (None: not known);
    ``starts`` and ``ends`` the documents between which the limits count (none: from the first step, to the end)."""
    flow = flow_of(steps)
    time = time_of(flow, starts, ends)
    verdicts = _verdicts(time, promised, statutory)
    found = [*_whole(flow), *_each(flow, roles, documents), *_checked_twice(flow, roles),
             *_asked(flow, materials, documents),
             *_clock(flow, time, starts, documents), *_over(verdicts, time), *_not_counted(flow, time)]
    order = {"error": 0, "warning": 1, "note": 2}
    return Checked(tuple(sorted(found, key=lambda one: order[one.severity])), verdicts, time)


# -- whether it hangs together


def _whole(flow: Flow) -> Iterator[Finding]:
    rows = flow.steps.by_id
    if not rows:
        yield Finding("empty", "error", (), Bilingual("还没有步骤。", "There are no steps yet."))
        return
    for one in flow.steps.rows:
        for way in one.next:
            if way.to != END and way.to not in rows:
                yield _about("lost", "error", [one], f"通往不存在的步骤“{way.to}”",
                             f"leads to “{way.to}”, which is not there")
    unreached = [one for one in flow.steps.rows if one.id not in set(flow.order)]
    if unreached:
        yield _about("unreached", "error", unreached, "没有路可到", "cannot be reached", many="cannot be reached")
    open_ = [one for one in flow.steps.rows if not one.next]
    if open_:
        yield _about("open", "error", open_, "没有写明之后去哪里，也没有结束",
                     "says neither what follows nor that it ends",
                     many="say neither what follows nor that it ends")
    ending = flow.ending()
    endless = [one for one in flow.steps.rows if one.next and one.id not in ending
               and not any(way.to != END and way.to not in rows for way in one.next)]
    if endless:
        yield _about("endless", "error", endless, "走不到结束", "comes to no end", many="come to no end")


def _about(kind: str, severity: Severity, steps: Iterable[Step], zh: str, en: str, many: str = "") -> Finding:
    """A finding that says something of steps: `“A”、“B”` and what it is."""
    rows = list(steps)
    return Finding(kind, severity, tuple(one.id for one in rows),
                   Bilingual(f"{_names(rows).zh}{zh}。",
                             f"{_names(rows).en} {many if many and len(rows) > 1 else en}."))


def _names(steps: Iterable[Step]) -> Bilingual:
    rows = list(steps)
    return Bilingual(COMMA.zh.join(f"“{one.name.in_language('zh')}”" for one in rows),
                     COMMA.en.join(f"“{one.name.in_language('en')}”" for one in rows))


# -- each step


def _each(flow: Flow, roles: Mapping[str, Role], documents: Mapping[str, Document]) -> Iterator[Finding]:
    rows = flow.steps.rows
    without = [one for one in rows if not one.role]
    if without:
        yield _about("no-role", "error", without, "没有岗位", "has no role", many="have no role")
    for one in rows:
        if one.role and roles and one.role not in roles:
            yield _about("odd-role", "warning", [one], f"的岗位“{one.role}”不在岗位表中",
                         f"has the role “{one.role}”, which is not on the list")
        if one.document and documents and one.document not in documents:
            yield _about("odd-document", "warning", [one], f"的文书“{one.document}”不在文书表中",
                         f"hands out “{one.document}”, which is not on the list")
        if one.next and len(one.next) > 1 and not all(way.together or any((way.when.zh, way.when.en))
                                                      for way in one.next):
            yield _about("no-condition", "warning", [one], "有几条去向，却没有写明各在什么情况下走",
                         "has several ways on and does not say when each is taken")


# -- a second pair of eyes


def _checked_twice(flow: Flow, roles: Mapping[str, Role]) -> Iterator[Finding]:
    """Steps with money or high risk that some way passes without a check by another role; and handling that no other
    role does than the one that checks."""
    reached = [flow.steps.by_id[one] for one in flow.order]
    delicate = [one for one in reached if one.money or (one.risk is not None and one.risk.level == "high")]
    for role in dict.fromkeys(one.role for one in delicate):
        own = [one for one in delicate if one.role == role]
        # Who checks is the second pair of eyes on what another handled.
        pairs = ("checks", "handles") if _part(own[0], roles) == "checks" else ("checks",)
        others = {one.id for one in reached if one.role != role and _part(one, roles) in pairs}
        bare = _passed_without(flow, own, others)
        yield from _unchecked([one for one in bare if one.money], [one for one in bare if not one.money])
    handled = {one.id for one in reached if _part(one, roles) == "handles"}
    alone = [one for one in _passed_without(flow, [one for one in delicate if one.money], handled)
             if one.id not in handled]
    if alone:
        yield _about("not-separate", "error", alone, "之前的经办和复核是同一类岗位，或没有经办",
                     "is reached with nobody handling the case but those who check it")


def _unchecked(money: list[Step], risky: list[Step]) -> Iterator[Finding]:
    if money:
        yield _about("money-unchecked", "error", money, "涉及资金，却有一条路上没有另一岗位复核",
                     "moves money, and one way through it has no check by another role",
                     many="move money, and one way through each has no check by another role")
    if risky:
        yield _about("risk-unchecked", "error", risky, "风险高，却有一条路上没有另一岗位复核",
                     "is of high risk, and one way through it has no check by another role",
                     many="are of high risk, and one way through each has no check by another role")


def _part(step: Step, roles: Mapping[str, Role]) -> str:
    return roles[step.role].part if step.role in roles else "handles"


def _passed_without(flow: Flow, steps: list[Step], wanted: set[str]) -> list[Step]:
    """Those of the steps that lie on some way from the first step to the end that meets none of the wanted ones."""
    if not steps:
        return []
    through = flow.reached(wanted) & flow.ending(wanted)
    return [one for one in steps if one.id in through]


# -- materials, clock, limits


def _asked(flow: Flow, materials: Collection[str] | None, documents: Mapping[str, Document]) -> Iterator[Finding]:
    """Inputs are asked of the citizen unless they are counter documents or what another step puts out."""
    if materials is None:
        return
    made = {text for one in flow.steps.rows for text in (one.output.zh, one.output.en) if text} | set(documents)
    for one in flow.steps.rows:
        more = [each for each in one.input if each not in materials and each not in made]
        if more:
            yield _about("material", "error", [one], f"要求了规定以外的材料：{COMMA.zh.join(more)}",
                         f"asks for more than may be asked for: {COMMA.en.join(more)}")


def _clock(flow: Flow, time: Time, starts: Collection[str], documents: Mapping[str, Document]) -> Iterator[Finding]:
    rows = flow.steps.by_id
    if starts and not time.counted_from and rows:
        names = [documents[one].name if one in documents else Bilingual(one, one) for one in starts]
        yield Finding("no-start", "note", (), Bilingual(
            f"没有步骤出具计时开始的文书（{COMMA.zh.join(one.zh for one in names)}），从第一步算起。",
            "No step hands out the paper with which the clock starts "
            f"({COMMA.en.join(one.en for one in names)}); counted from the first step."))
    stops = {code for code, one in documents.items() if one.clock == "stops"}
    silent = [rows[one] for one in time.waits if starts and documents and rows[one].document not in stops
              and not any(rows[before].document in stops for before in flow.sources[one])]
    if silent:
        yield _about("no-stop", "warning", silent, "等待期间不计时，却没有出具中止计时的文书",
                     "waits without the clock, and no paper stops the clock",
                     many="wait without the clock, and no paper stops it")


def _verdicts(time: Time, promised: Limit | None, statutory: Limit | None) -> tuple[Verdict, Verdict, Verdict]:
    return (_of_steps("steps-promised", Bilingual("承诺时限", "promised limit"), time, promised),
            _of_steps("steps-statutory", Bilingual("法定时限", "statutory limit"), time, statutory),
            _of_promise(promised, statutory))


def _of_steps(kind: Literal["steps-promised", "steps-statutory"], name: Bilingual, time: Time,
              limit: Limit | None) -> Verdict:
    if limit is None:
        return Verdict(kind, "unknown", Bilingual(f"没有{name.zh}的记录。", f"No {name.en} is on record."))
    if not time.either.path or set(time.either.path) <= {*time.unlimited, *time.waits}:
        return Verdict(kind, "unknown", Bilingual(f"步骤没有写时限，无法与{name.zh}比较。",
                                                  f"The steps say no limits to hold against the {name.en}."))
    state = fits(time, limit)
    took, allowed = time.words, said(limit)
    zh, en = {"within": ("不超过", "stays within"), "over": ("超过", "is longer than"),
              "depends": ("单位不同，是否超过要看日历：",
                          "counts in other days; whether it fits depends on the calendar:")}[state]
    return Verdict(kind, state, Bilingual(f"最长一条路 {took.zh}，{zh}{name.zh}（{allowed.zh}）。",
                                          f"The longest way, {took.en}, {en} the {name.en}, {allowed.en}."))


def _of_promise(promised: Limit | None, statutory: Limit | None) -> Verdict:
    if promised is None or statutory is None:
        return Verdict("promised-statutory", "unknown", Bilingual(
            "承诺时限和法定时限没有都记录，无法比较。", "Promised and statutory limit are not both on record."))
    state = compared(promised, statutory)
    zh, en = {"within": ("不超过", "stays within"), "over": ("超过", "is longer than"),
              "depends": ("单位不同，不能直接与之比较：", "counts in other days than")}[state]
    return Verdict("promised-statutory", state, Bilingual(
        f"承诺时限 {said(promised).zh}，{zh}法定时限（{said(statutory).zh}）。",
        f"The promised limit, {said(promised).en}, {en} the statutory limit, {said(statutory).en}."))


def _over(verdicts: Iterable[Verdict], time: Time) -> Iterator[Finding]:
    for one in verdicts:
        path = () if one.kind == "promised-statutory" else time.either.path
        if one.state == "over":
            yield Finding(f"over-{one.kind}", "error", path, one.sentence)
        elif one.state == "depends":
            yield Finding(f"depends-{one.kind}", "note", path, one.sentence)


def _not_counted(flow: Flow, time: Time) -> Iterator[Finding]:
    """What the longest way leaves out, so that nobody takes it for the whole."""
    rows = flow.steps.by_id
    if time.waits:
        yield _about("waits", "note", [rows[one] for one in time.waits], "等待他人，不计入时限",
                     "waits for others and is not counted", many="wait for others and are not counted")
    for here, back in time.loops:
        yield Finding("loop", "note", (here, back), Bilingual(
            f"从{_names([rows[here]]).zh}可回到{_names([rows[back]]).zh}，重复的部分不计入。",
            f"From {_names([rows[here]]).en} it can go back to {_names([rows[back]]).en}; repetition is not counted."))
    unlimited = [rows[one] for one in time.unlimited]
    if unlimited and any(one.limit for one in rows.values()):
        yield _about("no-limit", "note", unlimited, "没有写时限，按即时计入",
                     "says no limit and counts as done at once",
                     many="say no limit and count as done at once")
