"""Courses: what a unit of each kind holds, what is wrong with one, what it rests on, how far a learner is. Pure.

A version's content is JSON: ``name``, ``summary`` (words), ``requires`` (codes of courses), ``units``. Every unit has
``id``, ``kind``, ``title`` (words) and may have ``sources`` (``rules.sources``); the kinds add:

* ``text``: ``body`` (words in the plain marks of ``rules.marked``)
* ``picture``: ``hash``, ``name``, ``alt`` (words)
* ``guide``, ``procedure``: ``matter``, shown as it counts where and when the learner reads
* ``rule``: ``entitlement``, tried with facts of the learner's choice
* ``case``: ``matter``, ``simulated`` (always true), ``question`` (the content of a question of type ``case``)
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.workflow import Transition, Workflow
from jizhun.people.rules import ROLES, canonical
from jizhun.training.rules import questions
from jizhun.training.rules.questions import ID, Fault, Plain
from jizhun.training.rules.sources import FIELD, PROMISE, RULE, STEPS

TEXT, PICTURE, GUIDE, PROCEDURE, DECISION, CASE = "text", "picture", "guide", "procedure", "rule", "case"
KINDS: Final[Mapping[str, Bilingual]] = {
    TEXT: Bilingual("文字", "Text"), PICTURE: Bilingual("图片", "Picture"),
    GUIDE: Bilingual("办事指南", "Service guide"),
    PROCEDURE: Bilingual("操作规程", "Operating procedure"), DECISION: Bilingual("待遇规则试算", "A rule to try"),
    CASE: Bilingual("模拟办件", "Simulated case")}
CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
MOST_UNITS, LONGEST_NAME, LONGEST_BODY, MOST_SOURCES = 20, 200, 20_000, 20
GUIDE_MEASURES: Final = ("promised_limit", "statutory_limit", "materials", "channels", "visits", "fee")
GUIDE_FIELDS: Final = ("conditions", "steps", "result")
"""What a unit on a guide teaches: when one of these changes, it has changed."""

WORKFLOW: Final = Workflow(
    {"draft": Bilingual("草稿", "draft"), "submitted": Bilingual("待复核", "waiting for review"),
     "accepted": Bilingual("已采用", "in use"), "returned": Bilingual("已退回", "returned"),
     "retired": Bilingual("已停用", "retired")},
    {"submit": Bilingual("提交复核", "hand in for review"), "accept": Bilingual("采用", "accept"),
     "return": Bilingual("退回", "return"), "retire": Bilingual("停用", "retire")},
    (Transition("draft", "submit", "submitted", "training.write"),
     Transition("submitted", "accept", "accepted", "training.review"),
     Transition("submitted", "return", "returned", "training.review"),
     Transition("accepted", "retire", "retired", "training.review")))
BY_OTHERS: Final = frozenset({"accept", "return"})
"""Acts that whoever wrote the version does not do."""


def state_of(acts: Iterable[str]) -> str:
    """Where a version stands after these acts, in their order. Refused for an act that its state does not know."""
    state = WORKFLOW.first
    for act in acts:
        state = way(state, act).to
    return state


def way(state: str, act: str) -> Transition:
    """The transition that ``act`` is in ``state``; Refused where there is none."""
    found = next((one for one in WORKFLOW.transitions if (one.state, one.act) == (state, act)), None)
    if found is None:
        now = WORKFLOW.states[state]
        raise Refused(zh=f"课程现为“{now.zh}”，不能做这一步。", en=f"The course is {now.en}: this is not possible now.")
    return found


# -- what is wrong ---------------------------------------------------------------------------------


def check(code: str, role: str, content: Any) -> None:
    """Raises Refused with the first fault of a course."""
    for fault in faults(code, role, content):
        where = f"{fault.where}: " if fault.where else ""
        raise Refused(zh=f"{where}{fault.why.zh}", en=f"{where}{fault.why.en}")


def faults(code: str, role: str, content: Any) -> list[Fault]:
    """Everything that keeps a course from being kept; empty when it is sound."""
    found = []
    if not CODE.fullmatch(code):
        found.append(Fault("code", Bilingual("代码由 2 至 63 个小写字母、数字和连字符组成。",
                                             "A code is 2 to 63 small letters, digits and hyphens.")))
    if role not in ROLES:
        found.append(Fault("role", Bilingual(f"没有“{role}”这个角色。", f"There is no role “{role}”.")))
    try:
        return [*found, *_content_faults(code, content)]
    except (KeyError, TypeError, AttributeError, ValueError):
        return [*found, Fault("", Bilingual("课程内容的结构不对。", "The content does not have the form of a course."))]


def _content_faults(code: str, content: Plain) -> Iterator[Fault]:
    yield from words_faults(content, "name", LONGEST_NAME)
    yield from words_faults(content, "summary", LONGEST_BODY)
    if code in content["requires"]:
        yield Fault("requires", Bilingual("课程不能以自己为先修课程。", "A course is no condition of itself."))
    units = content["units"]
    ids = [str(one["id"]) for one in units]
    if not 1 <= len(units) <= MOST_UNITS:
        yield Fault("units", Bilingual(f"应有 1 至 {MOST_UNITS} 个单元。",
                                       f"There have to be 1 to {MOST_UNITS} units."))
    if len({*ids}) != len(ids) or not all(ID.fullmatch(one) for one in ids):
        yield Fault("units", Bilingual("每个单元的代号应不同，由字母、数字、下划线或连字符组成。",
                                       "Each unit needs an id of its own: letters, digits, underscores or hyphens."))
    for unit in units:
        for fault in unit_faults(unit):
            yield Fault(f"{unit['id']}.{fault.where}".rstrip("."), fault.why)


def unit_faults(unit: Plain) -> Iterator[Fault]:
    """What is wrong with one unit."""
    kind = unit["kind"]
    yield from words_faults(unit, "title", LONGEST_NAME)
    if kind not in KINDS:
        yield Fault("kind", Bilingual(f"没有“{kind}”这种单元。", f"There is no unit of the kind “{kind}”."))
        return
    if len(unit.get("sources", ())) > MOST_SOURCES:
        yield Fault("sources", Bilingual(f"来源最多 {MOST_SOURCES} 个。", f"{MOST_SOURCES} sources at most."))
    yield from _UNIT_FAULTS[kind](unit)


def words_faults(holder: Plain, name: str, longest: int) -> Iterator[Fault]:
    """Words that are missing in a language, or too long."""
    said = holder.get(name)
    texts = [str(said.get(one) or "").strip() for one in ("zh", "en")] if isinstance(said, Mapping) else [""]
    if not all(texts):
        yield Fault(name, Bilingual("中文和英文都要填写。", "Both the Chinese and the English have to be filled in."))
    elif max(map(len, texts)) > longest:
        yield Fault(name, Bilingual(f"最多 {longest} 字。", f"{longest} characters at most."))


def _text_faults(unit: Plain) -> Iterator[Fault]:
    yield from words_faults(unit, "body", LONGEST_BODY)


def _picture_faults(unit: Plain) -> Iterator[Fault]:
    yield from words_faults(unit, "alt", LONGEST_NAME * 2)
    if not DIGEST.fullmatch(str(unit.get("hash"))):
        yield Fault("hash", Bilingual("请选择一张图片。", "Choose a picture."))


def _named(name: str, zh: str, en: str) -> Callable[[Plain], Iterator[Fault]]:
    def found(unit: Plain) -> Iterator[Fault]:
        if not str(unit.get(name) or "").strip():
            yield Fault(name, Bilingual(zh, en))
    return found


_matter_faults = _named("matter", "请选择事项。", "Choose the matter.")


def _case_unit_faults(unit: Plain) -> Iterator[Fault]:
    yield from _matter_faults(unit)
    if unit.get("simulated") is not True:
        yield Fault("simulated", Bilingual("办件练习只能用模拟办件。",
                                           "Only simulated cases are handled for practice."))
    yield from questions.faults("case", unit["question"])


_UNIT_FAULTS: Final[Mapping[str, Callable[[Plain], Iterator[Fault]]]] = {
    TEXT: _text_faults, PICTURE: _picture_faults, GUIDE: _matter_faults, PROCEDURE: _matter_faults,
    DECISION: _named("entitlement", "请选择待遇。", "Choose the benefit."), CASE: _case_unit_faults}


# -- what a unit rests on --------------------------------------------------------------------------


def rests_on(unit: Plain, region: str) -> list[tuple[str, tuple[str, ...]]]:
    """(kind, key) of what a unit teaches by its kind, at the place whose course it is; a source that says nothing
    there is left out by who asks."""
    matter = str(unit.get("matter", ""))
    if unit["kind"] == GUIDE:
        return [*((PROMISE, (matter, region, "all", one)) for one in GUIDE_MEASURES),
                *((FIELD, (matter, region, one)) for one in GUIDE_FIELDS)]
    if unit["kind"] in (PROCEDURE, CASE):
        return [(STEPS, (matter, region))]
    if unit["kind"] == DECISION:
        return [(RULE, (str(unit["entitlement"]), region))]
    return []


def matters_of(content: Plain) -> set[str]:
    """The matters that a course teaches."""
    return {str(unit["matter"]) for unit in content["units"] if unit.get("matter")}


def taught(unit: Plain) -> str:
    """A fingerprint of what a unit says, its sources left out: a unit that stands unchanged in a new version need not
    be learned again."""
    said = {name: value for name, value in unit.items() if name != "sources"}
    return hashlib.sha256(canonical(said).encode()).hexdigest()[:32]


# -- learners --------------------------------------------------------------------------------------

OPEN, DONE, CHANGED = "open", "done", "changed"
LEARNER: Final[Mapping[str, Bilingual]] = {
    OPEN: Bilingual("未学", "to be learned"), DONE: Bilingual("已学", "learned"),
    CHANGED: Bilingual("学后有变化", "changed since")}


@dataclass(frozen=True, slots=True)
class Learned:
    """What somebody learned of a unit: which, as it was taught (``taught``), and whether its sources still hold."""

    unit: str
    fingerprint: str
    holds: bool = True


def states(units: Sequence[Plain], learned: Iterable[Learned]) -> dict[str, str]:
    """Unit -> OPEN, DONE or CHANGED; the last that was learned of a unit counts."""
    last = {one.unit: one for one in learned}
    return {str(unit["id"]): _unit_state(unit, last.get(str(unit["id"]))) for unit in units}


def _unit_state(unit: Plain, one: Learned | None) -> str:
    if one is None:
        return OPEN
    return DONE if one.holds and one.fingerprint == taught(unit) else CHANGED


def complete(units: Sequence[Plain], learned: Iterable[Learned]) -> bool:
    """Whether every unit is learned as it stands."""
    return all(state == DONE for state in states(units, learned).values())


def first_open(units: Sequence[Plain], found: Mapping[str, str]) -> str:
    """The unit to go on with; "" where all are learned."""
    return next((str(unit["id"]) for unit in units if found[str(unit["id"])] != DONE), "")
