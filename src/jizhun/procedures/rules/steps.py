"""The table of steps that a procedure is: plain data in, plain data out, one sentence for what is wrong.

The first step of the table is where it begins. A step says where it leads by its ways; a way leads to another step or
to ``end``. Several ways are a choice; those marked ``together`` are all gone at once, as one of the choices.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

Unit = Literal["working_day", "calendar_day", "hour"]
Level = Literal["low", "medium", "high"]

END = "end"
UNITS: tuple[Unit, ...] = ("working_day", "calendar_day", "hour")
LEVELS: tuple[Level, ...] = ("low", "medium", "high")
WAITS = ("citizen", "public_notice", "appraisal", "other_body")
"""Whom or what a step waits for; that time does not count."""
MARKS = ("V", "V-repo", "D", "R", "SIM")
"""How far what a step says is verified, as in all data."""
ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MOST_STEPS, LONGEST_TEXT, LONGEST_CODE, LARGEST_LIMIT = 500, 2_000, 120, 3_650
MOST_WAYS = 30


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take; 0 is at once, on the same day."""

    amount: int
    unit: Unit = "working_day"


@dataclass(frozen=True, slots=True)
class Risk:
    """What can go wrong in a step, and how much it matters."""

    level: Level
    words: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Way:
    """One way on, taken ``when`` something holds. Those ``together`` are all taken at once."""

    to: str
    when: Bilingual = NO_WORDS
    together: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One row. ``input`` are codes of materials or words; ``calls`` is the code of a matter whose procedure runs."""

    id: str
    name: Bilingual
    role: str = ""
    action: Bilingual = NO_WORDS
    input: tuple[str, ...] = ()
    output: Bilingual = NO_WORDS
    system: Bilingual = NO_WORDS
    limit: Limit | None = None
    document: str = ""
    risk: Risk | None = None
    control: Bilingual = NO_WORDS
    money: bool = False
    waits_for: str = ""
    next: tuple[Way, ...] = ()
    calls: str = ""
    department: Bilingual = NO_WORDS
    source: Bilingual = NO_WORDS
    mark: str = ""


@dataclass(frozen=True)
class Steps:
    """All of them, in the order of the table."""

    rows: tuple[Step, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        return {one.id: one for one in self.rows}

    @property
    def first(self) -> Step | None:
        return self.rows[0] if self.rows else None


WORDS = ("name", "action", "output", "system", "control", "department", "source")
CODES = ("role", "document", "calls")
FIELDS = frozenset({*Step.__slots__})
NAMES: Mapping[str, Bilingual] = {
    "id": Bilingual("编号", "id"), "name": Bilingual("名称", "name"), "role": Bilingual("岗位", "role"),
    "action": Bilingual("动作", "action"), "input": Bilingual("输入", "input"), "output": Bilingual("输出", "output"),
    "system": Bilingual("系统", "system"), "limit": Bilingual("时限", "limit"),
    "document": Bilingual("文书", "document"), "risk": Bilingual("风险", "risk"),
    "control": Bilingual("控制措施", "control"), "money": Bilingual("涉及资金", "money"),
    "waits_for": Bilingual("等待", "waiting"), "next": Bilingual("去向", "ways on"),
    "calls": Bilingual("调用事项", "matter called"), "department": Bilingual("部门", "department"),
    "source": Bilingual("来源", "source"), "mark": Bilingual("核实标记", "mark")}
"""What the fields are called on pages, and in sentences about them."""


def read_steps(content: Any) -> Steps:
    """The table in plain data; raises Refused with the step and what is wrong with it.

    A way may name a step that is not there: what stands above may have lost it. Checking says so.
    """
    if not isinstance(content, Sequence) or isinstance(content, str | bytes):
        raise Refused(zh="步骤应是一列。", en="The steps must be a list.")
    if len(content) > MOST_STEPS:
        raise Refused(zh=f"步骤超过 {MOST_STEPS} 个。", en=f"There are more than {MOST_STEPS} steps.")
    rows = tuple(_step(one, number) for number, one in enumerate(content, 1))
    seen: set[str] = set()
    for one in rows:
        if one.id in seen:
            raise Refused(zh=f"编号“{one.id}”用了两次。", en=f"The id “{one.id}” is used twice.")
        seen.add(one.id)
    return Steps(rows)


def _step(content: Any, number: int) -> Step:
    if not isinstance(content, Mapping):
        raise Refused(zh=f"第 {number} 步应是一组栏目。", en=f"Step {number} must be a set of fields.")
    said = str(content.get("id") or "")
    if not ID.fullmatch(said) or said == END:
        raise Refused(zh=f"第 {number} 步的编号“{said[:40]}”不可用：应是字母、数字、_ . -，且不是 end。",
                      en=f"Step {number}: “{said[:40]}” is no id; use letters, digits, _ . - and not “end”.")
    reader = _Reader(said)
    odd = sorted(str(name) for name in content if name not in FIELDS)
    if odd:
        raise reader.wrong(f"没有“{odd[0]}”这一栏", f"there is no field “{odd[0]}”")
    return _fitting(reader, reader.step(content))


def _fitting(reader: "_Reader", step: Step) -> Step:
    """The step, or Refused where two of its fields do not go together."""
    if step.name == NO_WORDS:
        raise reader.wrong("没有名称", "it has no name")
    if step.calls and step.waits_for:
        raise reader.wrong("调用其他事项和等待不能同时填", "it cannot both call a matter and wait")
    together = [one.together for one in step.next]
    if sum(together) == 1:
        raise reader.wrong("只有一条去向标为同时进行", "only one way is marked as taken together")
    if any(together) and not all(together[together.index(True):][:sum(together)]):
        raise reader.wrong("同时进行的去向应排在一起", "ways taken together must stand next to each other")
    return step


class _Reader:
    """Reads the fields of one step; what is wrong is told with its id."""

    def __init__(self, step: str) -> None:
        self.id = step

    def wrong(self, zh: str, en: str) -> Refused:
        return Refused(zh=f"步骤“{self.id}”：{zh}。", en=f"Step “{self.id}”: {en}.")

    def step(self, content: Mapping[str, Any]) -> Step:
        words = {name: self.words(content.get(name), name) for name in WORDS}
        codes = {name: self.code(content.get(name), name) for name in CODES}
        return Step(self.id, limit=self.limit(content.get("limit")), risk=self.risk(content.get("risk")),
                    input=self.input(content.get("input")), money=self.yes(content.get("money"), "money"),
                    waits_for=self.choice(content.get("waits_for"), WAITS, "waits_for"),
                    mark=self.choice(content.get("mark"), MARKS, "mark"),
                    next=self.ways(content.get("next")), **words, **codes)  # type: ignore[arg-type]

    def words(self, said: Any, name: str) -> Bilingual:
        if said is None:
            return NO_WORDS
        zh, en = NAMES[name].zh, NAMES[name].en
        if not isinstance(said, Mapping) or not set(said) <= {"zh", "en"}:
            raise self.wrong(f"“{zh}”应写成 zh 和 en 两种文字", f"“{en}” must be words in zh and en")
        return Bilingual(self.text(said.get("zh"), name), self.text(said.get("en"), name))

    def text(self, said: Any, name: str, longest: int = LONGEST_TEXT) -> str:
        zh, en = NAMES[name].zh, NAMES[name].en
        if said is None:
            return ""
        if not isinstance(said, str):
            raise self.wrong(f"“{zh}”应是文字", f"“{en}” must be text")
        text = said.replace("\r\n", "\n").replace("\r", "\n").strip()
        if CONTROL.search(text):
            raise self.wrong(f"“{zh}”含有不可用的字符", f"“{en}” holds a character that cannot be used")
        if len(text) > longest:
            raise self.wrong(f"“{zh}”超过 {longest} 个字符", f"“{en}” has more than {longest} characters")
        return text

    def code(self, said: Any, name: str) -> str:
        text = self.text(said, name, LONGEST_CODE)
        if "\n" in text or "\t" in text:
            raise self.wrong(f"“{NAMES[name].zh}”应在一行内", f"“{NAMES[name].en}” must stand on one line")
        return text

    def choice(self, said: Any, choices: Collection[str], name: str) -> str:
        if said in (None, ""):
            return ""
        if not isinstance(said, str) or said not in choices:
            raise self.wrong(f"“{NAMES[name].zh}”不能是“{said}”（可用：{'、'.join(choices)}）",
                             f"“{NAMES[name].en}” cannot be “{said}” (known: {', '.join(choices)})")
        return said

    def yes(self, said: Any, name: str) -> bool:
        if said not in (None, True, False) or not isinstance(said, bool | None):
            raise self.wrong(f"“{NAMES[name].zh}”应是 true 或 false", f"“{NAMES[name].en}” must be true or false")
        return bool(said)

    def input(self, said: Any) -> tuple[str, ...]:
        if said is None:
            return ()
        if not isinstance(said, list | tuple):
            raise self.wrong("“输入”应是一列", "“input” must be a list")
        found = tuple(self.code(one, "input") for one in said)
        if not all(found) or len(set(found)) < len(found):
            raise self.wrong("“输入”有空项或重复", "“input” holds an empty item or one twice")
        return found

    def limit(self, said: Any) -> Limit | None:
        if said is None:
            return None
        if not isinstance(said, Mapping) or not set(said) <= {"amount", "unit"}:
            raise self.wrong("“时限”应写明 amount 和 unit", "“limit” must say amount and unit")
        amount, unit = said.get("amount"), said.get("unit", "working_day")
        if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= LARGEST_LIMIT:
            raise self.wrong(f"“时限”应是 0 至 {LARGEST_LIMIT} 的整数",
                             f"“limit” must be a whole number from 0 to {LARGEST_LIMIT}")
        if unit not in UNITS:
            raise self.wrong(f"时限单位不能是“{unit}”（可用：{'、'.join(UNITS)}）",
                             f"the unit of a limit cannot be “{unit}” (known: {', '.join(UNITS)})")
        return Limit(amount, unit)

    def risk(self, said: Any) -> Risk | None:
        if said is None:
            return None
        if not isinstance(said, Mapping) or not set(said) <= {"level", "zh", "en"} or said.get("level") not in LEVELS:
            raise self.wrong(f"“风险”应写明 level（{'、'.join(LEVELS)}）",
                             f"“risk” must say its level ({', '.join(LEVELS)})")
        return Risk(said["level"], Bilingual(self.text(said.get("zh"), "risk"), self.text(said.get("en"), "risk")))

    def ways(self, said: Any) -> tuple[Way, ...]:
        if said is None:
            return ()
        if not isinstance(said, list | tuple) or len(said) > MOST_WAYS:
            raise self.wrong(f"“去向”应是一列，不超过 {MOST_WAYS} 条",
                             f"“ways on” must be a list of at most {MOST_WAYS}")
        return tuple(map(self.way, said))

    def way(self, said: Any) -> Way:
        if not isinstance(said, Mapping) or not set(said) <= {"to", "when", "together"}:
            raise self.wrong("每条去向应写明 to（可加 when、together）",
                             "each way on must say “to” (and may say “when” and “together”)")
        to = said.get("to")
        if not isinstance(to, str) or not ID.fullmatch(to):
            raise self.wrong(f"去向“{to}”不是步骤编号", f"“{to}” is not the id of a step")
        return Way(to, self.words(said.get("when"), "next"), self.yes(said.get("together"), "next"))


def plain(steps: Steps) -> list[dict[str, Any]]:
    """The table as plain data, without what is empty: ``read_steps`` makes the same table of it."""
    return [_plain(one) for one in steps.rows]


def _plain(step: Step) -> dict[str, Any]:
    said: dict[str, Any] = {name: _said(getattr(step, name)) for name in Step.__slots__}
    return {name: value for name, value in said.items() if value not in ("", None, False, [], {})}


def _said(value: Any) -> Any:
    if isinstance(value, Bilingual):
        return {language: text for language, text in (("zh", value.zh), ("en", value.en)) if text}
    if isinstance(value, Limit):
        return {"amount": value.amount, "unit": value.unit}
    if isinstance(value, Risk):
        return {"level": value.level, **_said(value.words)}
    if isinstance(value, Way):
        said = {"to": value.to, "when": _said(value.when), "together": value.together}
        return {name: one for name, one in said.items() if one}
    return [_said(one) for one in value] if isinstance(value, tuple) else value
