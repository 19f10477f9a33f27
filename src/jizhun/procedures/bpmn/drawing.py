"""The picture of a procedure as SVG, drawn from the layout: for pages without JavaScript, for print, DOCX and PDF.

Colours come by class, from ``procedure.css`` on a page and from ``OWN_COLOURS`` in a file. The table of steps stands
beside it, so nobody depends on seeing it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape

from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.bpmn.diagram import Link, Node
from jizhun.procedures.bpmn.layout import EDGE, HEADER, LINE, NAME, SMALL, TITLE, Box, Placed, Text, is_risky, placed
from jizhun.procedures.bpmn.lettering import lines, width
from jizhun.procedures.rules.checking import NO_ROLES
from jizhun.procedures.rules.differing import Mark
from jizhun.procedures.rules.steps import Step, Steps
from jizhun.procedures.rules.words import Role

OWN_COLOURS = """
text{font-family:"PingFang SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;fill:#1a1f27}
.frame,.lane{fill:none;stroke:#b4bcc8}.head{fill:#e9f0f9;stroke:#b4bcc8}.soft{fill:#4a5462}
.task,.event,.gate{fill:#fff;stroke:#1b4b91;stroke-width:1.4}.call{stroke-width:3}.wait{stroke-dasharray:4 2.5}
.last{stroke-width:3}.lost{stroke:#b93115}.sign{fill:none;stroke:#1b4b91;stroke-width:1.6}
.link{fill:none;stroke:#4a5462;stroke-width:1.3}.back{stroke-dasharray:5 3}.tip{fill:#4a5462}.behind{fill:#fff}
.badge{fill:#e9f0f9}.risk{fill:#b93115}.warn{fill:#b93115}
.added{stroke:#1c6b41;fill:#ebf5ef;stroke-width:2.4}.removed{stroke:#b93115;fill:#fdf0ec;stroke-dasharray:5 3}
.moved{stroke:#8a5a00;fill:#fff6e3;stroke-width:2.4}.changed{stroke:#5b3a9d;fill:#f3effb;stroke-width:2.4}
.tag{font-weight:650}
"""
MARK_WORDS: Mapping[Mark, Bilingual] = {
    "added": Bilingual("新增", "added"), "removed": Bilingual("去掉", "removed"), "moved": Bilingual("移动", "moved"),
    "changed": Bilingual("改动", "changed")}
NO_MARKS: Mapping[str, Mark] = {}


def picture(steps: Steps, *, title: Bilingual, language: str = "zh", roles: Mapping[str, Role] = NO_ROLES,
            marks: Mapping[str, Mark] = NO_MARKS, colours: bool = False) -> str:
    """The SVG of a table of steps. ``marks`` are shown on its steps; with ``colours`` it can stand alone."""
    return _Picture(placed(steps, language, roles), title.in_language(language), marks, colours).drawn()


class _Picture:
    """Draws one layout."""

    def __init__(self, sheet: Placed, title: str, marks: Mapping[str, Mark], colours: bool) -> None:
        self.sheet, self.title, self.marks, self.colours = sheet, title, marks, colours
        self.steps = sheet.diagram.steps.by_id

    def drawn(self) -> str:
        legend = self._legend()
        high = self.sheet.height + (14 + LINE * len(legend) if legend else 0)
        parts = [*self._lanes(), *map(self._link, self.sheet.diagram.links), *map(self._node, self.sheet.diagram.nodes),
                 *(self._label(one) for one in self.sheet.labels.values()),
                 *(_text(EDGE, self.sheet.height + 10 + LINE * at, one, SMALL, "soft", "start")
                   for at, one in enumerate(legend))]
        style = f"<style>{OWN_COLOURS}</style>" if self.colours else ""
        tip = '<marker id="tip" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="7" markerHeight="7" orient="auto">' \
              '<path class="tip" d="M0 0 L8 4 L0 8 Z"/></marker>'
        size = f' width="{_n(self.sheet.width)}" height="{_n(high)}"' if self.colours else ""
        return (f'<svg xmlns="http://www.w3.org/2000/svg" class="chart procedure"{size} role="img" '
                f'viewBox="0 0 {_n(self.sheet.width)} {_n(high)}" aria-label="{escape(self.title)}">'
                f"{style}<defs>{tip}</defs>{''.join(parts)}</svg>")

    def _legend(self) -> list[str]:
        """What the signs that were used mean, in lines."""
        nodes, steps = self.sheet.diagram.nodes, self.steps.values()
        used = (
            (any(one.money for one in steps), Bilingual("¥ 涉及资金", "¥ moves money")),
            (any(map(is_risky, steps)), Bilingual("▲ 高风险", "▲ high risk")),
            (any(one.kind == "wait" for one in nodes), Bilingual("虚线圈：等待他人，不计时",
                                                               "dashed circle: waits for others, not counted")),
            (any(one.kind == "call" for one in nodes),
             Bilingual("粗框：另一事项的规程", "thick frame: another matter's own procedure")),
            (any(one.back for one in self.sheet.diagram.links), Bilingual("虚线：返回", "dashed line: goes back")),
            (any(one.kind == "together" for one in nodes), Bilingual("＋ 同时进行", "+ together")))
        words = " · ".join(one.in_language(self.sheet.language) for shown, one in used if shown)
        return lines(words, SMALL, self.sheet.width - 2 * EDGE, 6) if words else []

    def _lanes(self) -> Iterator[str]:
        frame = self.sheet.width - 2 * EDGE
        yield f'<rect class="head" x="{EDGE}" y="{EDGE}" width="{_n(frame)}" height="{TITLE}"/>'
        title = lines(self.title, 14, frame - 12, 1)
        yield _text(EDGE + frame / 2, EDGE + TITLE / 2 + 5, title[0], 14, "", weight=650)
        for name, box in self.sheet.lanes:
            yield _rect(box, "lane")
            yield f'<rect class="head" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{HEADER}"/>'
            yield from _centred(lines(name, SMALL + 1, box.width - 6, 2), box.x + box.width / 2, box.y + HEADER / 2,
                                SMALL + 1, LINE - 1, weight=600)

    def _link(self, link: Link) -> str:
        points = " L".join(f"{_n(x)} {_n(y)}" for x, y in self.sheet.ways[link.id])
        return f'<path class="link{" back" if link.back else ""}" marker-end="url(#tip)" d="M{points}"/>'

    def _label(self, text: Text) -> str:
        box = text.box
        words = "".join(_text(text.x, box.y + (LINE - 2) * (at + 1) - 3, one, SMALL, "soft")
                        for at, one in enumerate(text.lines))
        return f"{_rect(box, 'behind')}{words}"

    # -- nodes

    def _node(self, node: Node) -> str:
        draw: Mapping[str, Callable[[Node, Box], Iterable[str]]] = {
            "task": self._task, "call": self._task, "wait": self._wait, "start": self._event, "end": self._event,
            "lost": self._lost}
        return "".join(draw.get(node.kind, self._gate)(node, self.sheet.shapes[node.id]))

    def _task(self, node: Node, box: Box) -> Iterator[str]:
        step, names, badge = self.steps[node.step], self.sheet.names[node.id], self.sheet.badges[node.id]
        mark = self.marks.get(step.id, "")
        yield f"<g><title>{escape(self._told(step))}</title>"
        yield _rect(box, " ".join(filter(None, ("task", "call" if node.kind == "call" else "", mark))), 5)
        middle = box.y + (box.height - (16 if badge or step.money or is_risky(step) else 0)) / 2
        yield from _centred(names, box.middle[0], middle, NAME, LINE, weight=600)
        if badge:
            wide = width(badge, SMALL) + 12
            yield _rect(Box(box.middle[0] - wide / 2, box.bottom - 19, wide, 15), "badge", 7)
            yield _text(box.middle[0], box.bottom - 8, badge, SMALL)
        yield from self._signs(step, box)
        yield f"{self._tag(step, box.x, box.y)}</g>"

    def _signs(self, step: Step, box: Box) -> Iterator[str]:
        if step.money:
            yield _text(box.x + box.width - 8, box.bottom - 6, "¥", NAME, "", weight=650)
        if is_risky(step):
            x, y = box.x + 9, box.bottom - 9
            yield f'<path class="risk" d="M{_n(x - 5)} {_n(y + 4)} h10 l-5 -9 Z"/>'

    def _tag(self, step: Step, x: float, y: float) -> str:
        mark = self.marks.get(step.id)
        if mark is None:
            return ""
        words = MARK_WORDS[mark].in_language(self.sheet.language)
        wide = width(words, SMALL) + 8
        return f"{_rect(Box(x + 4, y - 11, wide, 15), mark, 3)}{_text(x + 4 + wide / 2, y + 0.5, words, SMALL, 'tag')}"

    def _told(self, step: Step) -> str:
        """What is shown when the pointer rests on a step."""
        parts = step.name, step.action, step.control
        return "\n".join(filter(None, (one.in_language(self.sheet.language) for one in parts)))

    def _wait(self, node: Node, box: Box) -> Iterator[str]:
        (x, y), step = box.middle, self.steps[node.step]
        mark = self.marks.get(step.id, "")
        yield f"<g><title>{escape(self._told(step))}</title>"
        yield f'<circle class="{f"event wait {mark}".strip()}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(box.width / 2)}"/>'
        yield f'<circle class="sign" cx="{_n(x)}" cy="{_n(y)}" r="{_n(box.width / 2 - 3.5)}"/>'
        yield f'<path class="sign" d="M{_n(x)} {_n(y - 5.5)} V{_n(y)} L{_n(x + 4)} {_n(y + 3)}"/>'
        badge = self.sheet.badges[node.id]
        words = [*self.sheet.names[node.id], *([badge] if badge else [])]
        wide = max((width(one, SMALL) for one in words), default=0) + 6
        yield _rect(Box(x - wide / 2, box.bottom + 2, wide, len(words) * (LINE - 2) + 2), "behind")
        for at, one in enumerate(words):
            yield _text(x, box.bottom + 12 + at * (LINE - 2), one, SMALL, "soft" if one == badge else "")
        yield f"{self._tag(step, box.x + box.width, box.y + 6)}</g>"

    def _event(self, node: Node, box: Box) -> Iterator[str]:
        (x, y), kind = box.middle, "event last" if node.kind == "end" else "event"
        yield f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(box.width / 2 - 1)}"/>'

    def _lost(self, node: Node, box: Box) -> Iterator[str]:
        (x, y), name = box.middle, self.sheet.names[node.id][0]
        yield f'<circle class="event last lost" cx="{_n(x)}" cy="{_n(y)}" r="{_n(box.width / 2 - 1)}"/>'
        yield _text(x, y + 5, "?", NAME, "warn", weight=650)
        yield _text(x, box.bottom + 12, name, SMALL, "warn")

    def _gate(self, node: Node, box: Box) -> Iterator[str]:
        (x, y), half = box.middle, box.width / 2
        yield f'<path class="gate" d="M{_n(x)} {_n(y - half)} l{half} {half} l-{half} {half} l-{half} -{half} Z"/>'
        arm = 5.5 if node.kind in ("choice", "merge") else 7.5
        yield (f'<path class="sign" d="M{_n(x - arm)} {_n(y - arm)} L{_n(x + arm)} {_n(y + arm)} '
               f'M{_n(x - arm)} {_n(y + arm)} L{_n(x + arm)} {_n(y - arm)}"/>' if node.kind in ("choice", "merge") else
               f'<path class="sign" d="M{_n(x - arm)} {_n(y)} H{_n(x + arm)} M{_n(x)} {_n(y - arm)} V{_n(y + arm)}"/>')


def _centred(words: Iterable[str], x: float, y: float, size: float, line: float, weight: int = 400) -> Iterator[str]:
    rows = list(words)
    top = y - len(rows) * line / 2
    for at, one in enumerate(rows):
        yield _text(x, top + line * (at + 0.77), one, size, "", weight=weight)


def _text(x: float, y: float, words: str, size: float, style: str = "", anchor: str = "middle",
          weight: int = 400) -> str:
    named = f' class="{style}"' if style else ""
    strong = f' font-weight="{weight}"' if weight != 400 else ""
    return (f'<text{named} x="{_n(x)}" y="{_n(y)}" font-size="{size:g}"{strong} text-anchor="{anchor}">'
            f"{escape(words)}</text>")


def _rect(box: Box, style: str, round_: float = 0) -> str:
    corner = f' rx="{round_:g}"' if round_ else ""
    return (f'<rect class="{style}" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
            f'height="{_n(box.height)}"{corner}/>')


def _n(length: float) -> str:
    """A length with one decimal."""
    return f"{length:.1f}"
