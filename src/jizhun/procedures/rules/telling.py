"""Steps in words, the same on pages, in files and in documents: what each column of the table says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jizhun.kernel.bilingual import COLON, COMMA, NO_WORDS, Bilingual
from jizhun.procedures.rules.checking import NO_DOCUMENTS, NO_ROLES
from jizhun.procedures.rules.steps import END, Step, Steps, Way
from jizhun.procedures.rules.timing import said
from jizhun.procedures.rules.words import Document, Role, role_name

WAITS: Mapping[str, Bilingual] = {
    "citizen": Bilingual("等待申请人", "waits for the citizen"),
    "public_notice": Bilingual("等待公示期满", "waits for the public notice"),
    "appraisal": Bilingual("等待鉴定", "waits for an appraisal"),
    "other_body": Bilingual("等待其他单位", "waits for another body")}
LEVELS: Mapping[str, Bilingual] = {
    "low": Bilingual("低", "low"), "medium": Bilingual("中", "medium"), "high": Bilingual("高", "high")}
UNIT_NAMES: Mapping[str, Bilingual] = {
    "working_day": Bilingual("工作日", "working days"), "calendar_day": Bilingual("日（日历日）", "calendar days"),
    "hour": Bilingual("小时", "hours")}
COLUMNS: Mapping[str, Bilingual] = {
    "step": Bilingual("步骤", "Step"), "post": Bilingual("岗位", "Post"), "limit": Bilingual("时限", "Time limit"),
    "input": Bilingual("输入", "Input"), "output": Bilingual("输出", "Output"),
    "system": Bilingual("系统", "System"), "paper": Bilingual("文书", "Paper"),
    "risk": Bilingual("风险与控制", "Risk and control"), "then": Bilingual("去向", "Then"),
    "source": Bilingual("来源", "Source")}
SEMICOLON = Bilingual("；", "; ")
ARROW = " → "


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column says of a step: its text, and what stands small below it. ``calls``: a matter whose procedure
    runs there."""

    text: Bilingual = NO_WORDS
    small: Bilingual = NO_WORDS
    calls: str = ""

    @property
    def empty(self) -> bool:
        return self.text == NO_WORDS and self.small == NO_WORDS


class Teller:
    """Tells the steps of a table."""

    def __init__(self, steps: Steps, roles: Mapping[str, Role] = NO_ROLES,
                 documents: Mapping[str, Document] = NO_DOCUMENTS) -> None:
        self.steps, self.roles, self.documents = steps, roles, documents

    def cells(self, step: Step) -> dict[str, Cell]:
        """Every column of one row."""
        codes = (Bilingual(one, one) for one in step.input)
        called = Bilingual(f"按 {step.calls} 的规程", f"the procedure of {step.calls}") if step.calls else NO_WORDS
        return {"step": Cell(step.name, step.action), "post": Cell(role_name(step.role, self.roles), step.department),
                "limit": Cell(time_of_step(step)), "input": Cell(joined(codes, COMMA)), "output": Cell(step.output),
                "system": Cell(called, step.system, step.calls) if step.calls else Cell(step.system),
                "paper": Cell(self.paper(step.document)), "risk": Cell(risk_of_step(step), step.control),
                "then": Cell(joined(map(self.way, step.next), SEMICOLON)), "source": Cell(step.source)}

    def columns(self) -> list[str]:
        """The columns that say something in some row; the step itself is always there."""
        rows = [self.cells(one) for one in self.steps.rows]
        return [name for name in COLUMNS if name == "step" or not all(row[name].empty for row in rows)]

    def paper(self, code: str) -> Bilingual:
        """What a counter document is called; a code that no list has stands for itself."""
        return self.documents[code].name if code in self.documents else Bilingual(code, code)

    def way(self, way: Way) -> Bilingual:
        """齐全 → 初审; “+” before those that are taken together."""
        parts = (Bilingual("+", "+") if way.together else NO_WORDS, way.when, Bilingual("→", "→"), self.target(way.to))
        return joined(parts, Bilingual(" ", " "))

    def target(self, to: str) -> Bilingual:
        """Where a way leads, by name."""
        if to == END:
            return Bilingual("结束", "the end")
        step = self.steps.by_id.get(to)
        return step.name if step else Bilingual(f"“{to}”（不存在）", f"“{to}”, which is not there")

    def path(self, path: Sequence[str]) -> Bilingual:
        """The names of steps joined by arrows."""
        names = [self.steps.by_id[one].name for one in path if one in self.steps.by_id]
        return joined(names, Bilingual(ARROW, ARROW))

    def whole(self, step: Step) -> Bilingual:
        """All of a step in one line, for several sides beside each other."""
        told = [joined((COLUMNS[name], joined((cell.text, cell.small), SEMICOLON)), COLON)
                for name, cell in self.cells(step).items() if name != "step" and not cell.empty]
        return joined((step.name, joined((step.action, *told), SEMICOLON)), COLON)


def time_of_step(step: Step) -> Bilingual:
    """The limit, and whom it waits for."""
    return joined((said(step.limit) if step.limit else NO_WORDS, WAITS.get(step.waits_for, NO_WORDS)), COMMA)


def risk_of_step(step: Step) -> Bilingual:
    """Whether money moves, how high the risk is and of what."""
    money = Bilingual("涉及资金", "moves money") if step.money else NO_WORDS
    if step.risk is None:
        return money
    level = Bilingual(f"{LEVELS[step.risk.level].zh}风险", f"{LEVELS[step.risk.level].en} risk")
    return joined((money, joined((level, step.risk.words), COLON)), SEMICOLON)


def joined(parts: Iterable[Bilingual], between: Bilingual) -> Bilingual:
    """Texts side by side in each language; one that lacks a language stands in the other."""
    held = [one for one in parts if one != NO_WORDS]
    return Bilingual(between.zh.join(one.in_language("zh") for one in held),
                     between.en.join(one.in_language("en") for one in held))
