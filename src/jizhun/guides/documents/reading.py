"""From a guide to what is read: the short version with what a visit needs, and the full one with every field."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from jizhun.guides.documents.outline import Chapter, Entry, Form, Line, Note, Origin, Reading, Stage, Words, joined
from jizhun.guides.rules.guide import ORDER, Guide, Shown
from jizhun.guides.rules.layers import Part
from jizhun.guides.rules.points import ACCESS, DAYS, LANGUAGES, QUEUES, Point, nearest, week
from jizhun.kernel.bilingual import COMMA, NO_WORDS, Bilingual
from jizhun.provisions.rules import Band, Cells, Quantity, Say, Span, Step
from jizhun.provisions.rules.telling import EFFECTS, number, unit_in_words, value_in_words

Plain = Mapping[str, Any]
Here = tuple[float, float] | None
"""Longitude and latitude in degrees."""

NATION, WHOLE_COUNTRY = Bilingual("国家", "Nation"), Bilingual("全国", "China")
MISSING = Bilingual("本系统尚未收录，请向办理机构询问。", "Not on record here yet: ask the office that handles it.")
NO_LIST = Bilingual("完整清单本系统尚未收录；规定里提到的有：", "The full list is not on record here; the rules name:")
ASKED_BY = Bilingual("为什么要带：{papers}", "Why you need them: {papers}")
NOTHING = Bilingual("无", "None")
SIMULATED = Bilingual("含模拟数据：为演示而编，不能据此办事。",
                      "With simulated data, made up for demonstration: not to be relied on.")
OUT_OF_STEP = Bilingual("本地写成之后，上级内容已有变化，尚待核对：{fields}。",
                        "Changed above since it was written here, and not yet compared: {fields}.")
CLAIMED: Mapping[str, Bilingual] = {
    "unknown": Bilingual("{place}是否办理这个事项，本系统尚未收录，请先询问。",
                         "Whether {place} handles this is not on record here: ask before you go."),
    "not_offered": Bilingual("{place}不办理这个事项。{reason}", "{place} does not handle this. {reason}"),
    "under_another": Bilingual("{place}把这个事项并入“{other}”办理。", "{place} handles this under “{other}”.")}
ZERO: Mapping[str, Bilingual] = {
    "working_day": Bilingual("当个工作日", "On the same working day"),
    "calendar_day": Bilingual("当日", "On the same day"),
    "CNY": Bilingual("免费", "Free of charge"), "times": Bilingual("无须到现场", "No visit needed")}
FORMS: Mapping[str, Bilingual] = {
    "original": Bilingual("原件", "original"), "copy": Bilingual("复印件", "copy"),
    "original_and_copy": Bilingual("原件和复印件", "original and copy"),
    "electronic": Bilingual("电子件", "electronic file")}
ABOUT, WHERE, FORM = Bilingual("说明", "Note"), Bilingual("哪里拿", "Where to get it"), Bilingual("形式", "Form")
HELD, BLANK = Bilingual("已掌握的部门", "Held already by"), Bilingual("空白表格", "Blank form")
PHONE, HOURS, ADDRESS = Bilingual("电话", "Phone"), Bilingual("时间", "Hours"), Bilingual("地址", "Address")
QUEUE, ACCESSIBLE, SPOKEN = Bilingual("排队", "Queue"), Bilingual("无障碍", "Access"), Bilingual("语言", "Languages")
FAR_AWAY, CHANNEL = Bilingual("距离", "Distance"), Bilingual("渠道", "Channel")
FOLLOWS, UNTIL = Bilingual("后补期限", "May follow within"), Bilingual("截止", "Until")
OPTIONAL = Bilingual("不是必须", "not always needed")

MOST_POINTS, SHORT_LIST = 12, 3
"""Service points that the full version tells at most; those, and telephones of one kind, that the short one does."""
MANY_POINTS = Bilingual("共有 {count} 个服务网点，选定所在的区县，就能看到最近的。",
                        "There are {count} service points: choose your county to see those nearest to you.")
PROMISES = (("promised_limit", "statutory_limit"), ("visits",), ("fee",))
"""The figures read first; of each row the first that is promised."""
SHORT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("bring", ("materials", "material_notes", "commitment", "deferred")), ("how", ("steps", "online")),
    ("where", ("points",)), ("wrong", ("contacts", "complaints", "appeal")))
"""The chapters of the short version and their fields."""


def short(guide: Guide, words: Words, here: Here = None) -> Reading:
    """What a visit needs: the sentence, the promise, what to bring, steps, where, if it goes wrong."""
    reader = _Reader(guide, words, here, full=False)
    chapters = (Chapter(code, words.chapters.get(code, NO_WORDS), tuple(reader.entries(fields)))
                for code, fields in SHORT)
    return reader.reading(chapter for chapter in chapters if chapter.entries)


def full(guide: Guide, words: Words, here: Here = None) -> Reading:
    """Every field that says something, and every required one that does not."""
    reader = _Reader(guide, words, here, full=True)
    told = {"summary", *(entry.code for entry in reader.promises())}
    parts = dict.fromkeys(one.field.part for one in guide.shown)
    chapters = (Chapter(part, words.chapters.get(part, NO_WORDS), tuple(reader.entries(
        one.field.code for one in guide.shown if one.field.part == part and one.field.code not in told)))
        for part in sorted(parts, key=list(words.chapters).index))
    return reader.reading(chapter for chapter in chapters if chapter.entries)


class _Reader:
    """Lays out one guide."""

    def __init__(self, guide: Guide, words: Words, here: Here, *, full: bool) -> None:
        self.guide, self.words, self.here, self.full = guide, words, here, full
        self.listed = {str(one["id"]) for one in guide.content("materials") or ()}
        self.notes = {str(one["id"]): one for one in guide.content("material_notes") or ()}

    def reading(self, chapters: Iterable[Chapter]) -> Reading:
        summary = self.guide.of("summary")
        lead = self.entry(summary) if summary else None
        group = self.words.groups.get(self.guide.group, NO_WORDS) if self.guide.group != "all" else NO_WORDS
        return Reading(self.guide, self._where(), lead or Entry("summary", NO_WORDS, "missing"),
                       tuple(self.promises()), tuple(chapters), tuple(self.notices()), group, self.words.example)

    def _place(self, code: str) -> Bilingual:
        """A place that gives something; the nation by a short word."""
        return NATION if code == self.guide.path[0] else self.words.place(code)

    def _where(self) -> Bilingual:
        """The place with those around it: several counties share a name."""
        names = [self.words.place(code) for code in self.guide.path[1:]]
        return Bilingual("".join(one.in_language("zh") for one in names),
                         ", ".join(one.in_language("en") for one in reversed(names))) if names else WHOLE_COUNTRY

    def promises(self) -> Iterator[Entry]:
        for codes in PROMISES:
            found = [one for code in codes if (one := self.guide.of(code)) is not None]
            valued = next((one for one in found if not one.empty), None)
            entry = self.entry(valued) if valued else None
            if entry is not None:
                yield entry

    def notices(self) -> Iterator[Bilingual]:
        if simulated(self.guide):
            yield SIMULATED
        claim, place = self.words.claim, self.words.place(self.guide.region)
        silent = claim is not None and claim.says == "unknown" and self._speaks()
        if claim is not None and claim.says in CLAIMED and len(self.guide.path) > 1 and not silent:
            other = self.words.matters.get(claim.other, Bilingual(claim.other, claim.other))
            yield filled(CLAIMED[claim.says], place=place, reason=claim.reason, other=other)
        if self.guide.out_of_step:
            names = joined((one.field.name for one in self.guide.out_of_step), COMMA.zh, COMMA.en)
            yield filled(OUT_OF_STEP, fields=names)

    def _speaks(self) -> bool:
        """Whether the place itself says anything of the matter: then it knows of it."""
        parts = (part.place for one in self.guide.shown for part in one.parts)
        says = (say.place for one in self.guide.shown if one.answer for say in one.answer.winners)
        return self.guide.region in {*parts, *says}

    # -- fields

    def entries(self, codes: Iterable[str]) -> Iterator[Entry]:
        for code in codes:
            shown = self.guide.of(code)
            entry = self.entry(shown) if shown is not None else None
            if entry is not None:
                yield entry

    def entry(self, shown: Shown) -> Entry | None:
        """The field as it reads; None where it says nothing and nobody must fill it."""
        if shown.field.code == "material_notes":
            return self._loose_notes(shown)
        if shown.empty:
            return Entry(shown.field.code, shown.field.name, "missing", MISSING) if shown.field.required else None
        return READERS[shown.field.kind](self, shown)

    def _made(self, shown: Shown, form: Form, **more: Any) -> Entry:
        return Entry(shown.field.code, shown.field.name, form, origins=tuple(unlike(self._origins(shown))),
                     mark=shown.mark, **more)

    def text(self, shown: Shown) -> Entry:
        return self._made(shown, "text", text=said(shown.content))

    def choice(self, shown: Shown) -> Entry:
        return self._made(shown, "text", text=dict(shown.field.options).get(shown.content, NO_WORDS))

    def lines(self, shown: Shown) -> Entry:
        forms: dict[str, Form] = {"steps": "steps", "contacts": "contacts"}
        cited = shown.field.code != "basis"  # its lines are citations themselves
        held = shown.content
        if not self.full and shown.field.kind == "contacts" and len(held) > SHORT_LIST:
            held = [held[0], *held[1 - SHORT_LIST:]]  # the first holds everywhere, the last are the nearest
        return self._made(shown, forms.get(shown.field.kind, "lines"),
                          lines=tuple(self._line(one, cited) for one in held))

    def points(self, shown: Shown) -> Entry | None:
        """The nearest service points; of very many only those of the place itself, and how many there are below it.

        Nothing for the whole country where it has none of its own: what lies in which county says nothing there.
        """
        held = shown.points if self.here else told_points(self.guide)
        many = len(shown.points) > MOST_POINTS
        count = Bilingual(str(len(shown.points)), str(len(shown.points)))
        told = nearest(held, self.here)[:MOST_POINTS if self.full else SHORT_LIST]
        if not told and len(self.guide.path) == 1:
            return None
        return Entry(
            shown.field.code, shown.field.name, "points", lead=filled(MANY_POINTS, count=count) if many else NO_WORDS,
            lines=tuple(Line(one.code, one.name, tuple(_point_notes(one, away)), one.telephone) for one, away in told),
            origins=tuple(unlike(self._of_point(one) for one, _ in told)),
            mark=min((one.mark for one, _ in told), key=ORDER.index, default=""))

    def measure(self, shown: Shown) -> Entry:
        if isinstance(shown.content, list):
            return self._listed(shown)
        value = shown.answer.value if shown.answer else None
        text, unit = figure(value) if isinstance(value, Quantity) else \
            span(value) if isinstance(value, Cells) else (said(shown.content), NO_WORDS)
        lines = tuple(self._cells(value)) if isinstance(value, Cells) else ()
        return self._made(shown, "figure", text=text, unit=unit, lines=lines, way=tuple(self._way(shown)))

    def _cells(self, value: Cells) -> Iterator[Line]:
        """What a value depends on: one line a combination."""
        for at, cell in enumerate(value.cells):
            when = joined((self._when(name, one) for name, one in cell.conditions), "，", ", ")
            yield Line(str(at), joined((when, value_in_words(cell.value, self.words.label)), "：", ": "))

    def _when(self, name: str, condition: Span | str) -> Bilingual:
        if isinstance(condition, str):
            return self.words.label(condition)
        low, high = ("" if end is None else str(end) for end in condition)
        ends = low if low == high else f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
        return joined((self.words.label(name), Bilingual(ends, ends)), " ", " ")

    def _listed(self, shown: Shown) -> Entry:
        """A set of coded things: what to bring, or channels."""
        bring = shown.field.code == "materials"
        found = [self._material(one) if bring else Line(str(one["id"]), said(one)) for one in shown.content]
        if not found:
            return self._made(shown, "text", text=NOTHING, way=tuple(self._way(shown)))
        if not bring:
            return self._made(shown, "lines", lines=tuple(found))
        asked = joined((one.words for one in unlike(self._origins(shown))), "；", "; ")
        return replace(self._made(shown, "bring", lines=tuple(found), lead=filled(ASKED_BY, papers=asked)), origins=())

    def _loose_notes(self, shown: Shown) -> Entry | None:
        """Materials that rules name where no list of them is promised; with a list they stand beside its lines."""
        if shown.empty or self.listed:
            return None
        return self._made(shown, "bring", lines=tuple(self._material(one, loose=True) for one in shown.content),
                          lead=NO_LIST)

    def _material(self, one: Plain, loose: bool = False) -> Line:
        note = one if loose else self.notes.get(str(one["id"]), {})
        more = [] if loose or said(note) == NO_WORDS else [Note(ABOUT, said(note))]
        return Line(str(one["id"]), said(one), (*more, *_material_notes(note)), address=str(note.get("url") or ""),
                    origin=self._own(note))

    def _line(self, one: Plain, cited: bool) -> Line:
        return Line(str(one["id"]), said(one), tuple(self._remarks(one)), str(one.get("phone") or ""),
                    str(one.get("url") or ""), self._own(one) if cited else None)

    def _remarks(self, one: Plain) -> Iterator[Note]:
        hours = said(one, "hours_zh", "hours_en")
        if hours != NO_WORDS:
            yield Note(HOURS, hours)
        if one.get("channel"):
            yield Note(CHANNEL, self.words.label(str(one["channel"])))
        if one.get("days"):
            yield Note(FOLLOWS, Bilingual(f"{one['days']} 日", f"{one['days']} days"))
        if one.get("until"):
            yield Note(UNTIL, Bilingual(str(one["until"]), str(one["until"])))

    # -- where it comes from

    def _origins(self, shown: Shown) -> Iterator[Origin]:
        for part in shown.parts:
            yield self._of_part(part)
        for say in shown.answer.winners if shown.answer else ():
            yield self._of_say(say)

    def _of_point(self, point: Point) -> Origin:
        return Origin(self._place(point.region), self._paper("", point.source), NO_WORDS, point.source, point.mark)

    def _of_part(self, part: Part) -> Origin:
        return Origin(self._place(part.place), self._paper("", part.said.source), part.said.clause,
                      part.said.source, part.said.mark)

    def _of_say(self, say: Say) -> Origin:
        source = say.source or (say.paper.source if say.paper else "")
        title = say.paper.title if say.paper else self._paper("", source)
        return Origin(self._place(say.place), title, say.clause, source, say.mark)

    def _own(self, one: Plain) -> Origin | None:
        """What a line names as its own paper or clause."""
        clause, document = said(one, "clause_zh", "clause_en"), str(one.get("document") or "")
        if not self.full or not (document or clause != NO_WORDS):
            return None
        source = str(one.get("source") or "")
        return Origin(NO_WORDS, self._paper(document, source), clause, source, str(one.get("mark") or ""))

    def _paper(self, document: str, source: str) -> Bilingual:
        return self.words.papers.get(document) or self.words.sources.get(source) or unnamed(source)

    def _way(self, shown: Shown) -> Iterator[Stage]:
        answer = shown.answer
        for step in answer.path if answer else ():
            if step.say is not None and answer is not None:
                yield Stage(self._place(step.place), self._at(step), step.say in answer.winners,
                            self._of_say(step.say))

    def _at(self, step: Step) -> Bilingual:
        limits = step.effect == "limits" or (step.say is not None and isinstance(step.say.value, Band))
        if step.value is None or limits:
            return EFFECTS[step.effect]
        if isinstance(step.value, Quantity):
            return joined(figure(step.value), " ", " ")
        return value_in_words(step.value, self.words.label)


READERS: Mapping[str, Callable[[_Reader, Shown], Entry | None]] = {
    "text": _Reader.text, "choice": _Reader.choice, "lines": _Reader.lines, "steps": _Reader.lines,
    "contacts": _Reader.lines, "materials": _Reader.lines, "measure": _Reader.measure, "points": _Reader.points}


# -- small words -----------------------------------------------------------------------------------


def said(one: Plain | None, zh: str = "zh", en: str = "en") -> Bilingual:
    """Both languages of plain data."""
    return Bilingual(str((one or {}).get(zh) or ""), str((one or {}).get(en) or ""))


def told_points(guide: Guide) -> tuple[Point, ...]:
    """The service points that a guide without a reader's whereabouts tells: of very many those of the place itself."""
    held = tuple(point for shown in guide.shown for point in shown.points)
    return held if len(held) <= MOST_POINTS else tuple(one for one in held if one.region == guide.region)


def simulated(guide: Guide) -> bool:
    """Whether anything that is told is made up for demonstration."""
    marks = {one.mark for one in guide.shown if one.field.kind != "points"} | {one.mark for one in told_points(guide)}
    return "SIM" in marks


def filled(words: Bilingual, **values: Bilingual) -> Bilingual:
    """A sentence with its gaps filled in both languages."""
    zh, en = (words.in_language(language).format(**{name: one.in_language(language) for name, one in values.items()})
              for language in ("zh", "en"))
    return Bilingual(zh.strip(), en.strip())


def figure(value: Quantity) -> tuple[Bilingual, Bilingual]:
    """A number and its unit; words alone for nothing at all: free of charge."""
    if value.amount == 0 and value.unit in ZERO:
        return ZERO[value.unit], NO_WORDS
    text, unit = number(value.amount), unit_in_words(value.unit)
    if value.amount == 1 and value.unit in ONE:
        unit = Bilingual(unit.zh, ONE[value.unit])
    return Bilingual(text, text), unit


def span(value: Cells) -> tuple[Bilingual, Bilingual]:
    """The least and the most of a value that depends on something."""
    low, high = value.low, value.high
    if not isinstance(low, Quantity) or not isinstance(high, Quantity) or low.unit != high.unit:
        return value_in_words(value, lambda code: Bilingual(code, code)), NO_WORDS
    if low == high:
        return figure(low)
    ends = "–".join(number(one) for one in sorted((low.amount, high.amount)))
    return Bilingual(ends, ends), unit_in_words(low.unit)


ONE = {"working_day": "working day", "calendar_day": "calendar day", "month": "month", "times": "visit"}


def unlike(origins: Iterable[Origin]) -> Sequence[Origin]:
    """Each origin once, in order."""
    return list(dict.fromkeys(origins))


ADDRESSES = re.compile(r"https?://[^\s;；，]+")


def unnamed(source: str) -> Bilingual:
    """A source whose paper nobody has named: its remark, else the name of the site; nothing where it is made up."""
    if source.casefold() == "simulated":
        return NO_WORDS
    remark = " ".join(ADDRESSES.sub("", source).split()).strip(" ;；:：,")
    found = ADDRESSES.search(source)
    site = urlsplit(found[0]).hostname or "" if found else ""
    return Bilingual(remark or site, remark or site)


def _material_notes(note: Plain) -> Iterator[Note]:
    if (where := said(note, "where_zh", "where_en")) != NO_WORDS:
        yield Note(WHERE, where)
    form, copies = FORMS.get(str(note.get("form")), NO_WORDS), note.get("copies")
    count = Bilingual(f"{copies} 份", f"× {copies}") if copies else NO_WORDS
    need = OPTIONAL if note.get("necessary") is False else NO_WORDS
    if (told := joined((form, count, need), "，", ", ")) != NO_WORDS:
        yield Note(FORM, told)
    if (held := said(note, "held_by_zh", "held_by_en")) != NO_WORDS:
        yield Note(HELD, held)
    if note.get("blank_form"):
        yield Note(BLANK, Bilingual(str(note["blank_form"]), str(note["blank_form"])), str(note["blank_form"]))


def _point_notes(point: Point, away: float | None) -> Iterator[Note]:
    told: list[tuple[Bilingual, Bilingual]] = [
        (ADDRESS, point.address), (HOURS, joined((opening(point), point.remark), "；", "; ")),
        (FAR_AWAY, Bilingual(f"{away:.1f} 公里", f"{away:.1f} km") if away is not None else NO_WORDS),
        (QUEUE, QUEUES.get(point.queue, NO_WORDS)),
        (ACCESSIBLE, joined((ACCESS[one] for one in point.access), COMMA.zh, COMMA.en)),
        (SPOKEN, joined((LANGUAGES.get(one, Bilingual(one, one)) for one in point.languages), COMMA.zh, COMMA.en))]
    for label, text in told:
        if text != NO_WORDS:
            yield Note(label, text)


def opening(point: Point) -> Bilingual:
    """Opening hours: 周一至周五 08:30–12:00, 13:30–17:00."""
    return joined((Bilingual(f"{_days(first, last).zh} {spans}", f"{_days(first, last).en} {spans}")
                   for first, last, spans in week(point.hours)), "；", "; ")


def _days(first: int, last: int) -> Bilingual:
    if first == last:
        return DAYS[first]
    return Bilingual(f"{DAYS[first].zh}至{DAYS[last].zh}", f"{DAYS[first].en} to {DAYS[last].en}")
