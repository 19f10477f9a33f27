"""A procedure laid out as a document: eleven chapters in order, each in both languages; empty ones say so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jizhun.guides.documents.foot import EXAMPLE, HOLDS, SEAL
from jizhun.guides.documents.outline import MARKS, Origin, Words, joined
from jizhun.guides.documents.reading import NATION, NOTHING, SIMULATED, WHOLE_COUNTRY, filled, said, unlike, unnamed
from jizhun.guides.documents.wording import words_for
from jizhun.guides.rules.guide import Shown
from jizhun.guides.rules.layers import Part
from jizhun.kernel.bilingual import COLON, NO_WORDS, Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.procedures.actions import STEPS, Procedure, documents, roles
from jizhun.procedures.rules import Checked, Steps
from jizhun.procedures.rules.telling import COLUMNS, Cell, Teller

SORT = Bilingual("操作规程", "Operating procedure")
STEPS_NAME, PICTURE_NAME = Bilingual("办理步骤", "Steps"), Bilingual("流程图", "Diagram")
MATERIALS = Bilingual("办理材料", "Materials")
CHAPTERS: tuple[tuple[str, Bilingual], ...] = (
    ("scope", Bilingual("适用范围", "Scope")), ("basis", Bilingual("依据", "Basis")),
    ("posts", Bilingual("岗位职责与权限", "Posts and rights")), ("conditions", Bilingual("办理条件", "Conditions")),
    ("materials", MATERIALS), (STEPS, STEPS_NAME), ("picture", PICTURE_NAME),
    ("controls", Bilingual("内部控制", "Internal control")), ("forms", Bilingual("表单", "Forms")),
    ("archives", Bilingual("档案", "Archives")), ("supervision", Bilingual("监督", "Supervision")))
"""In the order of the document; what is no field of a procedure comes from its guide or is drawn."""
MISSING = Bilingual("缺：这一章尚未编写。", "Missing: nobody has written this chapter yet.")
NO_MATERIALS = Bilingual("缺：没有文件写明要哪些材料。",
                         "Missing: no paper on record says which materials are asked for.")
NO_STEPS = Bilingual("缺：还没有步骤。", "Missing: there are no steps yet.")
FROM_THE_RULES = Bilingual("材料以规定为准，不在规程里另行填写：",
                           "Materials come from the rules and are not typed here:")
LONGEST = Bilingual("最长一条路（{time}）：{path}", "The longest way ({time}): {path}")
BEGINS = Bilingual("自“{steps}”之后起算。", "Counted from after “{steps}”.")
ALT = Bilingual("{title}：流程图，内容与步骤表相同", "{title}: a diagram of the same steps as the table")
NUMBER = Bilingual("序号", "No.")
IN_AND_OUT = Bilingual("输入、输出与文书", "In, out and papers")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, and the paper and clause that it names itself."""

    text: Bilingual
    cited: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Row:
    """One step in the table of the document: each cell is its paragraphs, (words, whether they stand small)."""

    cells: tuple[tuple[tuple[Bilingual, bool], ...], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """``lines`` are a list unless ``plain``; ``missing`` says why there is nothing."""

    code: str
    name: Bilingual
    lead: Bilingual = NO_WORDS
    lines: tuple[Line, ...] = ()
    plain: bool = False
    rows: tuple[Row, ...] = ()
    origins: tuple[Origin, ...] = ()
    missing: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Reading:
    """A procedure laid out. ``heads`` are the columns of its table of steps."""

    procedure: Procedure
    place: Bilingual
    chapters: tuple[Chapter, ...]
    notices: tuple[Bilingual, ...]
    example: bool

    @property
    def title(self) -> Bilingual:
        return self.procedure.whole.name

    @property
    def steps(self) -> Steps | None:
        return self.procedure.steps

    @property
    def above(self) -> Bilingual:
        """Sort, place and day in one line."""
        return joined((SORT, self.place, day_in_words(self.procedure.whole.on)), " · ", " · ")

    @property
    def picture_title(self) -> Bilingual:
        return joined((self.title, self.place), " · ", " · ")

    @property
    def alt(self) -> Bilingual:
        """What is told of the picture to whoever cannot see it."""
        return filled(ALT, title=self.picture_title)

    @property
    def holds(self) -> Bilingual:
        """Place, day, code of the matter, and the number that stands for what it says."""
        whole = self.procedure.whole
        code = joined((Bilingual(whole.matter, whole.matter), *((EXAMPLE,) if self.example else ())), "，", ", ")
        parts = (filled(HOLDS, place=self.place, day=day_in_words(whole.on)), code,
                 filled(SEAL, seal=Bilingual(whole.seal, whole.seal)))
        return joined(parts, " · ", " · ")

    @property
    def heads(self) -> tuple[Bilingual, ...]:
        return (NUMBER, COLUMNS["step"], COLUMNS["post"], COLUMNS["limit"], IN_AND_OUT, COLUMNS["risk"],
                COLUMNS["then"])


def reading_of(found: Procedure) -> Reading:
    """The procedure laid out for a document."""
    return _Reader(found, words_for(found.whole)).reading()


class _Reader:
    """Lays out one procedure."""

    def __init__(self, found: Procedure, words: Words) -> None:
        self.found, self.whole, self.words = found, found.whole, words

    def reading(self) -> Reading:
        return Reading(self.found, self._where(), tuple(self._chapter(*one) for one in CHAPTERS),
                       tuple(self._notices()), self.words.example)

    def _where(self) -> Bilingual:
        """The place with those around it: several counties share a name."""
        names = [self.words.place(code) for code in self.whole.path[1:]]
        return Bilingual("".join(one.in_language("zh") for one in names),
                         ", ".join(one.in_language("en") for one in reversed(names))) if names else WHOLE_COUNTRY

    def _notices(self) -> Iterator[Bilingual]:
        if self.whole.simulated:
            yield SIMULATED
        if self.found.checked:
            yield from (one.sentence for one in self.found.checked.findings if one.severity == "error")

    def _chapter(self, code: str, name: Bilingual) -> Chapter:
        made = {"materials": self._materials, STEPS: self._steps, "picture": self._picture}
        return made[code](name) if code in made else self._words(code, name)

    def _words(self, code: str, name: Bilingual) -> Chapter:
        """A chapter that is a field of the procedure."""
        shown = self.whole.of(code)
        if shown is None or shown.empty:
            return Chapter(code, name, missing=MISSING)
        content, origins = shown.content, tuple(unlike(self._origins(shown)))
        if isinstance(content, Mapping):
            texts = zip(*(said(content).in_language(one).split("\n\n") for one in ("zh", "en")), strict=False)
            return Chapter(code, name, lines=tuple(Line(Bilingual(*one)) for one in texts), plain=True,
                           origins=origins)
        return Chapter(code, name, lines=tuple(self._line(one) for one in content), origins=origins)

    def _line(self, one: Mapping[str, Any]) -> Line:
        """A line of a list; the paper that it names is cited unless its words are just that."""
        paper = self.words.papers.get(str(one.get("document") or ""), NO_WORDS)
        clause = said(one, "clause_zh", "clause_en")
        return Line(said(one), joined((paper, clause), "", ", ") if clause != NO_WORDS else NO_WORDS)

    def _materials(self, name: Bilingual) -> Chapter:
        """What the guide asks for: it comes from the rules, so no procedure says it anew."""
        shown = self.found.guide.of("materials")
        if shown is None or not isinstance(shown.content, list):
            return Chapter("materials", name, missing=NO_MATERIALS)
        lines = tuple(Line(said(one)) for one in shown.content) or (Line(NOTHING),)
        return Chapter("materials", name, FROM_THE_RULES, lines, origins=tuple(unlike(self._said_by(shown))))

    def _picture(self, name: Bilingual) -> Chapter:
        return Chapter("picture", name, missing=NO_WORDS if self.found.steps else NO_STEPS)

    def _steps(self, name: Bilingual) -> Chapter:
        """The table, and below it how long it takes and whether that fits."""
        steps, checked, shown = self.found.steps, self.found.checked, self.whole.of(STEPS)
        if steps is None or checked is None or shown is None:
            return Chapter(STEPS, name, missing=NO_STEPS)
        told = Teller(steps, roles(), documents())
        rows = tuple(_row(at, told.cells(one), map(told.way, one.next)) for at, one in enumerate(steps.rows, 1))
        return Chapter(STEPS, name, lines=tuple(Line(one) for one in _times(told, checked)), rows=rows,
                       origins=tuple(unlike(self._origins(shown))))

    # -- where it comes from

    def _origins(self, shown: Shown) -> Iterator[Origin]:
        return map(self._of_part, shown.parts)

    def _of_part(self, part: Part) -> Origin:
        paper = self.words.sources.get(part.said.source) or unnamed(part.said.source)
        return Origin(self._place(part.place), paper, part.said.clause, part.said.source, part.said.mark)

    def _said_by(self, shown: Shown) -> Iterator[Origin]:
        for one in shown.answer.winners if shown.answer else ():
            title = one.paper.title if one.paper else unnamed(one.source)
            yield Origin(self._place(one.place), title, one.clause, one.source, one.mark)

    def _place(self, code: str) -> Bilingual:
        return NATION if code == self.whole.path[0] else self.words.place(code)


def _times(told: Teller, checked: Checked) -> Iterator[Bilingual]:
    """The longest way, the three verdicts, and what the longest way leaves out."""
    time = checked.time
    if time.either.path:
        yield filled(LONGEST, time=time.words, path=told.path(time.either.path))
    if time.counted_from:
        yield filled(BEGINS, steps=told.path(time.counted_from))
    yield from (one.sentence for one in checked.verdicts)
    yield from (one.sentence for one in checked.findings if one.kind in ("waits", "loop", "no-limit"))


def _row(number: int, cells: Mapping[str, Cell], ways: Iterable[Bilingual]) -> Row:
    step, post, risk = cells["step"], cells["post"], cells["risk"]
    mark = Bilingual(str(number), str(number))
    return Row((_cell((mark, False)), _cell((step.text, False), (step.small, True)),
                _cell((post.text, False), (post.small, True)), _cell((cells["limit"].text, False)),
                _cell(*((one, True) for one in _in_and_out(cells))),
                _cell((risk.text, False), (risk.small, True)), _cell(*((one, False) for one in ways))))


def _in_and_out(cells: Mapping[str, Cell]) -> Iterator[Bilingual]:
    for name in ("input", "output", "paper", "system"):
        if cells[name].text != NO_WORDS:
            yield joined((COLUMNS[name], cells[name].text), COLON.zh, COLON.en)


def _cell(*parts: tuple[Bilingual, bool]) -> tuple[tuple[Bilingual, bool], ...]:
    return tuple(one for one in parts if one[0] != NO_WORDS)


def sources_of(origins: Iterable[Origin]) -> Iterator[Bilingual]:
    """Place, paper and mark, in one line each."""
    for one in origins:
        yield joined((one.place, one.cited, MARKS.get(one.mark, NO_WORDS)), " · ", " · ")
