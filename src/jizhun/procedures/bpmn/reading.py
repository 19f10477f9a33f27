"""BPMN 2.0 XML to the table of steps: our own diagrams without loss, also after editing, and those made elsewhere.

Tasks of every kind, called activities and intermediate events become steps; lanes become roles. Gateways become the
ways of the step before them; one that cannot (a choice right behind a parallel gateway) becomes a step of its own.
What had to be understood somehow is told in ``notes``; what cannot be understood is refused with the id of the element.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element as Xml

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.procedures.bpmn.parsing import (
    CHOICES,
    INSIDE,
    TASKS,
    Element,
    Flowing,
    Parsed,
    attribute,
    children,
    local,
    parse,
)
from jizhun.procedures.bpmn.writing import OURS
from jizhun.procedures.rules.checking import NO_ROLES
from jizhun.procedures.rules.steps import (
    END,
    ID,
    LEVELS,
    UNITS,
    WORDS,
    Limit,
    Risk,
    Step,
    Steps,
    Way,
    plain,
    read_steps,
)
from jizhun.procedures.rules.words import Role

DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?)?")
START = "start"

Alternative = list[tuple[str, Bilingual]]
"""Where one choice leads: to one step, or to several together; each with what was said on the way."""


@dataclass(frozen=True, slots=True)
class ReadDiagram:
    """``notes``: what had to be understood somehow, one sentence each; ``language``: of the names in the diagram."""

    steps: Steps
    title: Bilingual
    language: str
    notes: tuple[Bilingual, ...]


def read_bpmn(content: bytes, *, roles: Mapping[str, Role] = NO_ROLES, process: str = "") -> ReadDiagram:
    """The table in a BPMN file; raises Refused. ``process``: the id or pool name of the one meant, if there are
    several."""
    return _Reader(parse(content, process), roles).read()


class _Own(Exception):
    """A gateway has to be a step of its own."""

    def __init__(self, id: str) -> None:
        self.id = id


class _Reader:
    def __init__(self, parsed: Parsed, roles: Mapping[str, Role]) -> None:
        self.parsed, self.roles = parsed, roles
        self.notes: list[Bilingual] = []
        self.table = _extension(parsed.process, "table")
        self.language = self.table.get("language", "zh") if self.table is not None else _language(parsed.process)
        self.lanes = dict(self._lanes())
        self.own: set[str] = set()
        self.ids: dict[str, str] = {}

    def read(self) -> ReadDiagram:
        found = [one for one in self.parsed.elements.values() if one.kind in TASKS]
        if not found and self.table is None:
            raise Refused(zh="流程里没有任务。", en="The process holds no tasks.")
        self._remark()
        self._name_steps(found)
        while True:
            try:
                rows = self._rows(found)
                break
            except _Own as needed:
                if needed.id in self.ids:
                    raise _unclear(needed.id) from None
                self.own.add(needed.id)
                self._take(needed.id, None)
        return ReadDiagram(read_steps(plain(Steps(tuple(rows)))), self._title(), self.language, tuple(self.notes))

    def _remark(self) -> None:
        if self.parsed.remarks:
            count = self.parsed.remarks
            self.notes.append(Bilingual(f"{count} 处注释、数据对象没有带入。",
                                        f"{count} remarks and data objects were not taken over."))
        for one in self.parsed.elements.values():
            if one.kind == "inclusiveGateway" and len(one.outs) > 1:
                self.notes.append(Bilingual(f"包容网关“{_called(one)}”按选择处理。",
                                            f"The inclusive gateway “{_called(one)}” is read as a choice."))
            if any(True for _ in children(one.xml, "multiInstanceLoopCharacteristics", "standardLoopCharacteristics")):
                self.notes.append(Bilingual(f"“{_called(one)}”的重复标记没有带入。",
                                            f"The repetition of “{_called(one)}” was not taken over."))

    def _title(self) -> Bilingual:
        pool = next((one for each in children(self.parsed.root, "collaboration")
                     for one in children(each, "participant")
                     if one.get("processRef") == self.parsed.process.get("id")), self.parsed.process)
        name = pool.get("name", "")
        if self.table is None:
            return self._words(name)
        written = Bilingual(self.table.get("zh", ""), self.table.get("en", ""))
        return written if written == NO_WORDS else self._renamed(written, name)

    def _words(self, text: str) -> Bilingual:
        text = " ".join(text.split())
        return Bilingual(text, "") if self.language == "zh" else Bilingual("", text)

    def _renamed(self, written: Bilingual, now: str) -> Bilingual:
        """What was written in both languages, with what the diagram says now in its own."""
        if " ".join(now.split()) == " ".join(written.in_language(self.language).split()):
            return written
        return replace(written, **{self.language: " ".join(now.split())})

    # -- ids

    def _name_steps(self, found: list[Element]) -> None:
        """Ids of steps: those we wrote first, so that a copy of an element is the one that gets another."""
        for one in found:
            self._take(one.id, _extension(one.xml, "step"))

    def _take(self, element: str, ours: Xml | None) -> None:
        wanted = [ours.get("id", "") if ours is not None else "", element, f"step-{len(self.ids) + 1}"]
        taken = set(self.ids.values())
        fit = (one for one in wanted if ID.fullmatch(one) and one != END and one not in taken)
        numbered = (f"step-{number}" for number in range(1, len(taken) + 2))
        self.ids[element] = next(fit, None) or next(one for one in numbered if one not in taken)

    # -- lanes

    def _lanes(self) -> Iterator[tuple[str, tuple[str, Bilingual]]]:
        """Element -> role and department, by the innermost lane."""
        for one in self.parsed.process.iter():
            if local(one) == "lane":
                said = self._lane(one)
                for reference in children(one, "flowNodeRef"):
                    yield (reference.text or "").strip(), said

    def _lane(self, lane: Xml) -> tuple[str, Bilingual]:
        name, ours = " ".join(lane.get("name", "").split()), _extension(lane, "lane")
        if ours is not None and " ".join(ours.get("name", "").split()) == name:
            return ours.get("role", ""), Bilingual(ours.get("zh", ""), ours.get("en", ""))
        return self._role(name), NO_WORDS

    def _role(self, name: str) -> str:
        """The code of a role by its name in either language; an unknown one stays as it is called."""
        lower = name.lower()
        return next((one.code for one in self.roles.values()
                     if lower in (one.code.lower(), one.name.zh.lower(), one.name.en.lower())), name[:120])

    def _acting(self, element: Element) -> tuple[str, Bilingual]:
        here: Element | None = element
        while here is not None:
            if here.id in self.lanes:
                return self.lanes[here.id]
            here = self.parsed.elements.get(here.parent)
        said = attribute(element.xml, "candidateGroups") or attribute(element.xml, "assignee")
        return ("" if "{" in said else self._role(said.strip())), NO_WORDS

    # -- rows

    def _rows(self, found: list[Element]) -> list[Step]:
        elements = [*found, *(self.parsed.elements[one] for one in sorted(self.own, key=list(self.ids).index)
                              if one != START)]
        rows = [self._step(one) for one in elements]
        begin = self._begin()
        if len(begin) == 1 and len(begin[0]) == 1 and begin[0][0][1] == NO_WORDS and begin[0][0][0] != END:
            return _in_order(rows, self._marked(elements), begin[0][0][0])
        if not begin:
            return _in_order(rows, self._marked(elements), rows[0].id) if rows else []
        if START not in self.ids:
            self._take(START, None)
        first = Step(self.ids[START], Bilingual("开始", "Start"), next=_ways(begin, START))
        return _in_order([first, *rows], self._marked(elements), first.id)

    def _marked(self, elements: list[Element]) -> set[str]:
        return {self.ids[one.id] for one in elements if _extension(one.xml, "step") is not None}

    def _begin(self) -> list[Alternative]:
        into = {out.target for one in self.parsed.elements.values() for out in one.outs}
        top = [one for one in self.parsed.elements.values() if not one.parent]
        starts = [one for one in top if one.kind == "startEvent" and one.outs] or [] if self.table is not None else \
            [one for one in top if one.kind == "startEvent" and one.outs] or [
                one for one in top if one.id and one.id not in into and one.kind in TASKS | INSIDE]
        return [each for one in starts for each in (
            self._behind(one) if one.kind == "startEvent" else self._led(Flowing(None, one.id), frozenset()))]

    def _step(self, element: Element) -> Step:
        role, department = self._acting(element)
        ours = _extension(element.xml, "step")
        step = self._written(element, ours) if ours is not None else self._foreign(element)
        return replace(step, id=self.ids[element.id], role=role, department=department,
                       next=_ways(self._behind(element), element.id))

    def _written(self, element: Element, ours: Xml) -> Step:
        """A step as we wrote it, with what has been changed in the diagram since."""
        words = {field: Bilingual(one.get("zh", ""), one.get("en", "")) for field in WORDS
                 for one in children(ours, field)}
        words["name"] = self._renamed(words.get("name", NO_WORDS), element.xml.get("name", ""))
        action = words.get("action", NO_WORDS)
        said = _documented(element.xml)
        if said != action.in_language(self.language):
            words["action"] = replace(action, **{self.language: said}) if said else NO_WORDS
        risk = next(children(ours, "risk"), None)
        words = {"name": self._words(_called(element)), **words}
        return Step(element.id, limit=_limit(ours), document=ours.get("document", ""), mark=ours.get("mark", ""),
                    money=ours.get("money") == "true", calls=_calls(element, ours), waits_for=_waits(element, ours),
                    input=tuple(one.get("code", "") for one in children(ours, "input")),
                    risk=_risk(risk) if risk is not None else None, **words)  # type: ignore[arg-type]

    def _foreign(self, element: Element) -> Step:
        name = " ".join(_called(element).split())
        waits = "other_body" if element.kind in ("intermediateCatchEvent", "receiveTask") else ""
        if waits:
            self._once(Bilingual(f"“{name}”按等待其他部门处理，请核对等的是谁。",
                                 f"“{name}” is read as waiting for another body; see for whom it waits."))
        timer = [one for one in self.parsed.boundaries.get(element.id, ()) if not one.outs]
        limit = next(filter(None, map(_duration, [element.xml, *(one.xml for one in timer)])), None)
        return Step(element.id, self._words(name or element.id), action=self._text(_documented(element.xml)),
                    limit=limit,
                    waits_for=waits, calls=_plain_call(element) if element.kind == "callActivity" else "")

    def _text(self, text: str) -> Bilingual:
        return Bilingual(text, "") if self.language == "zh" else Bilingual("", text)

    def _once(self, note: Bilingual) -> None:
        if note not in self.notes:
            self.notes.append(note)

    # -- ways

    def _behind(self, element: Element, seen: frozenset[str] = frozenset()) -> list[Alternative]:
        """What follows an element: alternatives; and those of the events on its edge."""
        conditions = [one for one in element.outs if one.flow is not None
                      and (any(True for _ in children(one.flow, "conditionExpression")) or element.xml.get("default"))]
        split = element.kind in TASKS or element.kind in ("startEvent", "leaving") or element.id in self.own
        parallel = split and element.kind not in CHOICES and len(element.outs) > 1 and not conditions
        seen = seen | {_key(element)}
        found = self._together(element.outs, seen, element.id) if parallel else [
            each for one in element.outs for each in self._led(one, seen)]
        for event in self.parsed.boundaries.get(_key(element), ()):
            words = self._words(event.xml.get("name", "")) if event.xml.get("name") else Bilingual("超时或例外",
                                                                                                   "On the event")
            found += [[(to, _and(words, said)) for to, said in each] for out in event.outs
                      for each in self._led(out, seen)]
        return found

    def _together(self, outs: list[Flowing], seen: frozenset[str], gateway: str) -> list[Alternative]:
        group: Alternative = []
        for one in outs:
            led = self._led(one, seen)
            if len(led) > 1:
                raise _Own(self._first_choice(one.target, gateway))
            group += led[0] if led else []
        return [group] if group else []

    def _first_choice(self, element: str, gateway: str) -> str:
        """The gateway that parts the ways behind a parallel one."""
        here = self.parsed.elements[element]
        while here.kind not in CHOICES or len(here.outs) == 1:
            if len(here.outs) != 1:
                return gateway
            here = self.parsed.elements[here.outs[0].target]
        return here.id

    def _led(self, out: Flowing, seen: frozenset[str]) -> list[Alternative]:
        """Where one flow leads, gateways passed through."""
        words, target = self._on(out), self.parsed.elements[out.target]
        if target.kind in TASKS or target.id in self.own:
            return [[(self.ids[target.id], words)]]
        if target.kind == "endEvent":
            lost = _extension(target.xml, "lost")
            return [[(lost.get("to", END) if lost is not None else END, words)]]
        key = _key(target)
        if target.kind == "leaving" and key not in seen:
            return [[(to, _and(words, said)) for to, said in each] for each in self._behind(target, seen)]
        if key in seen:
            raise _unclear(target.id)
        seen = seen | {key}
        if target.kind in (*CHOICES, "startEvent") and len(target.outs) > 1 and target.xml.get("name"):
            words = _and(words, self._words(target.xml.get("name", "")))
        apart = all(self.parsed.elements[one.target].kind == "startEvent" for one in target.outs)
        parallel = target.kind in ("parallelGateway", *INSIDE) and len(target.outs) > 1 and not apart
        led = self._together(target.outs, seen, target.id) if parallel else [
            each for one in target.outs for each in self._led(one, seen)]
        return [[(to, _and(words, said)) for to, said in each] for each in led]

    def _on(self, out: Flowing) -> Bilingual:
        """What a flow says."""
        if out.flow is None:
            return NO_WORDS
        name, ours = out.flow.get("name", ""), _extension(out.flow, "way")
        if ours is not None:
            return self._renamed(Bilingual(ours.get("zh", ""), ours.get("en", "")), name)
        return self._words(name)


def _ways(alternatives: list[Alternative], element: str) -> tuple[Way, ...]:
    """The ways of a step; raises _Own or Refused where several groups go together."""
    if sum(len(one) > 1 for one in alternatives) > 1:
        raise Refused(zh=f"元素“{element}”之后有几组并行的分支，请在中间加一个任务。",
                      en=f"Several groups of parallel branches follow element “{element}”; put a task between.")
    return tuple(Way(to, words, len(one) > 1) for one in alternatives for to, words in one)


def _unclear(element: str) -> Refused:
    return Refused(zh=f"元素“{element}”之后的分支无法转为步骤表。",
                   en=f"The branches behind element “{element}” cannot be turned into a table of steps.")


def _and(one: Bilingual, other: Bilingual) -> Bilingual:
    """What is said on two flows, one after the other."""
    return Bilingual(" ".join(filter(None, (one.zh, other.zh))), " ".join(filter(None, (one.en, other.en))))


def _key(element: Element) -> str:
    return f"\nleaving {element.id}" if element.kind == "leaving" else element.id


def _in_order(rows: list[Step], marked: set[str], first: str) -> list[Step]:
    """Rows that were in the table keep their order; a new one comes behind a step that leads to it."""
    by_id = {one.id: one for one in rows}
    order = [one.id for one in rows if one.id in marked]
    if first not in order:
        order.insert(0, first)
    waiting = [one.id for one in rows if one.id not in order]
    while waiting:
        placed = {one: at for at, one in enumerate(order)}
        found = next(((one, placed[source.id]) for one in waiting for source in rows if source.id in placed
                      and any(way.to == one for way in source.next)), (waiting[0], len(order) - 1))
        waiting.remove(found[0])
        order.insert(found[1] + 1, found[0])
    return [by_id[first], *(by_id[one] for one in order if one != first)]


# -- what stands in an element


def _extension(element: Xml, tag: str) -> Xml | None:
    return next((one for each in children(element, "extensionElements") for one in each
                 if one.tag == f"{{{OURS}}}{tag}"), None)


def _called(element: Element) -> str:
    return element.xml.get("name") or element.id


def _documented(element: Xml) -> str:
    return "\n".join("".join(one.itertext()) for one in children(element, "documentation")).strip()


def _language(process: Xml) -> str:
    """Chinese where names are written in Chinese, else English."""
    names = "".join(one.get("name", "") for one in process.iter())
    return "zh" if re.search("[一-鿿]", names) else "en"


def _limit(ours: Xml) -> Limit | None:
    amount, unit = ours.get("limit", ""), ours.get("unit", "")
    return next((Limit(int(amount), one) for one in UNITS if one == unit and amount.isdecimal()), None)


def _risk(ours: Xml) -> Risk | None:
    words = Bilingual(ours.get("zh", ""), ours.get("en", ""))
    return next((Risk(one, words) for one in LEVELS if one == ours.get("level")), None)


def _calls(element: Element, ours: Xml) -> str:
    if element.kind != "callActivity":
        return ""
    said = _plain_call(element)
    return ours.get("calls", "") if ours.get("calls") and said in ("matter", ours.get("calls"), "") else said


def _plain_call(element: Element) -> str:
    return element.xml.get("calledElement", "").removeprefix("matter_")


def _waits(element: Element, ours: Xml) -> str:
    if element.kind != "intermediateCatchEvent":
        return ""
    return ours.get("waitsFor") or "other_body"


def _duration(element: Xml) -> Limit | None:
    """A limit that an element made elsewhere says: a due date or a timer of days or hours."""
    timers = (one for each in children(element, "timerEventDefinition") for one in children(each, "timeDuration"))
    said = attribute(element, "dueDate") or next(("".join(one.itertext()) for one in timers), "")
    found = DURATION.fullmatch(said.strip()) if said else None
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(one or 0) for one in found.groups())
    if hours or minutes:
        return Limit((weeks * 7 + days) * 24 + hours + -(-minutes // 60), "hour")
    return Limit(weeks * 7 + days, "calendar_day")
