"""Quality checks over guides: what is wrong, how grave it is, whose it is, and what to do about it.

What is written is checked once, where it is written: a county that inherits a text is not told of it again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from jizhun.guides.rules.drift import due
from jizhun.guides.rules.fields import Content, Field
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.layers import Part, Resolved
from jizhun.guides.rules.plainness import CHINESE, WORD, Words, hard_chinese, hard_english
from jizhun.guides.rules.points import Point
from jizhun.guides.rules.reaching import CHINA, Dead, links_in, wrong_link, wrong_number
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules.resolve import Finding as Unfit
from jizhun.provisions.rules.telling import sentence
from jizhun.provisions.rules.values import DAY_UNITS, Quantity

Severity = Literal["error", "warning", "hint"]
SEVERITIES: Mapping[str, Bilingual] = {"error": Bilingual("错误", "Error"), "warning": Bilingual("提醒", "Warning"),
                                       "hint": Bilingual("建议", "Hint")}
"""From the gravest to the lightest."""
KINDS: Mapping[str, Bilingual] = {
    "missing": Bilingual("缺少必填内容", "Required field is empty"),
    "worse_than_above": Bilingual("承诺低于上级", "Promise worse than above"),
    "promise": Bilingual("承诺待核对", "Promise to be looked at"),
    "material_not_allowed": Bilingual("多要材料", "Material that is not allowed"),
    "telephone": Bilingual("电话格式不对", "Wrong telephone number"),
    "link_malformed": Bilingual("网址写法不对", "Malformed link"),
    "link_dead": Bilingual("网址打不开", "Dead link"),
    "hard_to_read": Bilingual("不好懂", "Hard to read"),
    "untranslated": Bilingual("未翻译", "Not translated"),
    "expired_basis": Bilingual("依据已失效", "Expired basis"),
    "instant_with_days": Bilingual("即办件却有时限", "On the spot, yet with days"),
    "refused": Bilingual("本地内容被锁定", "Local words are locked out"),
    "overruled": Bilingual("本地内容被统一", "Local words are overruled"),
    "out_of_step": Bilingual("与上级不同步", "Out of step with above")}


@dataclass(frozen=True, slots=True)
class Finding:
    """``place`` has to act; ``item`` is the id of an item of a list, "" for the whole field; ``quote`` what is meant.
    """

    kind: str
    severity: Severity
    field: str
    sentence: Bilingual
    place: str
    item: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A cited paper or standard that no longer holds, since when (None: not known), and what replaced it."""

    title: Bilingual
    since: date | None = None
    instead: str = ""


NO_NAME: Callable[[str], Bilingual] = lambda code: Bilingual(code, code)  # noqa: E731


@dataclass(frozen=True, slots=True)
class Around:
    """What guides are held against: dead links, papers that have ended, words of offices, names of places.

    ``country`` is the nation whose telephone numbers are meant; ``changed``: field -> the day since which the places
    above say something else than when the place wrote its own.
    """

    today: date
    dead: Mapping[str, Dead] = field(default_factory=dict)
    ended: Mapping[str, Ended] = field(default_factory=dict)
    words: Words = field(default_factory=dict)
    name_of: Callable[[str], Bilingual] = NO_NAME
    country: str = CHINA
    changed: Mapping[str, date] = field(default_factory=dict)


def graver_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by severity, the gravest first; those of one severity in their own order."""
    rank = list(SEVERITIES)
    return tuple(sorted(found, key=lambda one: rank.index(one.severity)))


def findings(guide: Guide, around: Around, offered: bool = True) -> tuple[Finding, ...]:
    """Everything that is wrong with a guide, its inherited words too, the gravest first.

    ``offered`` False: the place does not offer the matter, so that nothing is missing there.
    """
    return graver_first(_each(guide, around, offered))


def _each(guide: Guide, around: Around, offered: bool) -> Iterator[Finding]:
    place = guide.region
    for shown in guide.shown:
        if offered and shown.field.required and shown.empty:
            yield missing(shown.field, place)
        if shown.words is not None:
            yield from _of_words(shown.words, place, around)
        if shown.answer is not None:
            for one in shown.answer.findings:
                yield from of_promise(shown.field.code, one, around)
        for point in shown.points:
            yield from of_point(shown.field.code, point, around)
    yield from _materials(guide)
    yield from _instant(guide)


def _of_words(words: Resolved, place: str, around: Around) -> Iterator[Finding]:
    for part, content in own_parts(words):
        yield from of_content(words.field, content, part.place, around)
    yield from _standing(words, place, around)


def own_parts(words: Resolved) -> Iterator[tuple[Part, Content]]:
    """Each part with what still counts of it: an item that a place below says again is that place's."""
    said_below: set[str] = set()
    found: list[tuple[Part, Content]] = []
    for part in reversed(words.parts):
        content = part.content
        if words.field.is_list:
            content = [item for item in content if item["id"] not in said_below]
            said_below |= {item["id"] for item in content}
        found.append((part, content))
    yield from reversed(found)


# -- what is not there, or does not stand ----------------------------------------------------------


def missing(one: Field, place: str) -> Finding:
    """A required field that nobody has filled."""
    if not one.typed:
        return Finding("missing", "error", one.code, Bilingual(
            f"缺少“{one.name.zh}”：请录入相应的规定或网点。",
            f"“{one.name.en}” is missing: record the provision or the service point."), place)
    return Finding("missing", "error", one.code, Bilingual(
        f"缺少“{one.name.zh}”：请填写。", f"“{one.name.en}” is missing: fill it in."), place)


def _standing(words: Resolved, place: str, around: Around) -> Iterator[Finding]:
    if any(part.place == place for part in words.refused):
        yield refused(words.field, place)
    if any(part.place == place for part in words.overruled):
        yield overruled(words.field, place)
    if due(words.drift, around.today):
        yield out_of_step(words.field, place, around.changed.get(words.field.code))


def refused(one: Field, place: str) -> Finding:
    """Words of a place that the place above does not let it write."""
    return Finding("refused", "warning", one.code, Bilingual(
        f"“{one.name.zh}”已由上级锁定，本地内容不生效：请撤回本地内容，或请上级放开。",
        f"“{one.name.en}” is locked above, so the local words do not count: take them back, or ask the place above to "
        "open the field."), place)


def overruled(one: Field, place: str) -> Finding:
    """Words that a forced change above has put out of force."""
    return Finding("overruled", "hint", one.code, Bilingual(
        f"“{one.name.zh}”已由上级统一，原来的本地内容不再生效：仍需要时请重新填写。",
        f"“{one.name.en}” was made uniform above, so the earlier local words no longer count: write them again if they "
        "are still needed."), place)


def out_of_step(one: Field, place: str, since: date | None) -> Finding:
    """Words that stand on something that has changed; ``since``: the day from which it says something else."""
    zh, en = (f"自 {since} 起", f" since {since}") if since else ("", "")
    return Finding("out_of_step", "warning", one.code, Bilingual(
        f"“{one.name.zh}”{zh}与上级不同步：请接受、保留、合并或推迟。",
        f"“{one.name.en}” is out of step with above{en}: accept, keep, merge or put it off."), place)


# -- promises --------------------------------------------------------------------------------------

WORSE = ("below_standard_above", "off_uniform", "above_cap", "cap_below_standard")


def of_promise(code: str, unfit: Unfit, around: Around) -> Iterator[Finding]:
    """What the as-of engine finds about a promise; what rests on unverified papers is a warning only."""
    told = sentence(unfit, around.name_of, around.today)
    if unfit.kind in WORSE:
        yield Finding("worse_than_above", "warning" if unfit.to_be_checked else "error", code, told, unfit.place)
    elif unfit.kind == "lapsed":
        yield Finding("expired_basis", "warning" if unfit.to_be_checked else "error", code, told, unfit.place)
    else:
        yield Finding("promise", "hint" if unfit.to_be_checked else "warning", code, told, unfit.place)


def _instant(guide: Guide) -> Iterator[Finding]:
    kind, limit = guide.of("case_kind"), guide.of("promised_limit")
    if kind is None or limit is None or limit.answer is None:
        return
    speaking = {*(part.place for part in kind.parts), *(say.place for say in limit.answer.winners)}
    lowest = next((code for code in reversed(guide.path) if code in speaking), guide.region)
    yield from instant(lowest, kind.content, limit.answer.value)


ONE = 1
"""A day in the registers of systems that know no hours: done on the spot all the same, and a hint only."""


def instant(place: str, case_kind: Content, limit: object) -> Iterator[Finding]:
    """A case done on the spot with days promised for it; ``place`` is the lowest that speaks of either."""
    if case_kind != "instant" or not isinstance(limit, Quantity) or limit.unit not in DAY_UNITS or limit.amount <= 0:
        return
    days = format(limit.amount.normalize(), "f")
    several = limit.amount > ONE
    told = f"{days} days are" if several else f"{days} day is"
    yield Finding("instant_with_days", "error" if several else "hint", "case_kind", Bilingual(
        f"办件类型为即办件，承诺办结时限却是 {days} 天：请改办件类型或时限。",
        f"It is called done on the spot, yet {told} promised: change one of them."), place)


def _materials(guide: Guide) -> Iterator[Finding]:
    notes, promised = guide.of("material_notes"), guide.content("materials")
    if notes is None or notes.words is None or promised is None:
        return
    for part, items in own_parts(notes.words):
        yield from not_allowed(part.place, items, {one["id"] for one in promised} if isinstance(promised, list) else ())


def not_allowed(place: str, notes: Content, allowed: Collection[str]) -> Iterator[Finding]:
    """Notes on materials that nobody may ask for; without any list (``allowed`` empty) nothing is known."""
    for one in notes or () if allowed else ():
        if one["id"] not in allowed:
            name = Bilingual(one.get("zh") or one["id"], one.get("en") or one["id"])
            yield Finding("material_not_allowed", "error", "material_notes", Bilingual(
                f"“{name.zh}”不在规定的材料清单中，不能要求提供：请删去，或先在规定中列明。",
                f"“{name.en}” is not among the materials that may be asked for: delete it, or have it listed in the "
                "provisions first."), place, str(one["id"]))


# -- what is written -------------------------------------------------------------------------------

NOT_FOR_READING = frozenset({"basis", "fee_basis", "system", "intermediary", "delegated", "joint", "body", "groups",
                             "scope", "posts", "controls", "forms", "archives", "supervision"})
"""Fields that hold names and citations, or are written for clerks: how easily they read is nobody's trouble."""
PAIRS = (("zh", "en"), ("where_zh", "where_en"), ("held_by_zh", "held_by_en"), ("hours_zh", "hours_en"))


def of_content(one: Field, content: Content, place: str, around: Around) -> Iterator[Finding]:
    """What is wrong with the words that one place wrote on one field."""
    if not isinstance(content, Mapping | list) or one.kind == "procedure":
        return
    for item in content if isinstance(content, list) else [content]:
        about = _About(one, place, str(item.get("id", "")), around)
        yield from about.languages(item)
        yield from about.reading(item)
        yield from about.reaching(item)
        yield from about.basis(item)


@dataclass(frozen=True, slots=True)
class _About:
    """One item of a list, or one text."""

    field: Field
    place: str
    item: str
    around: Around

    def found(self, kind: str, severity: Severity, zh: str, en: str, quote: str = "") -> Finding:
        name, where = self.field.name, (f"（{self.item}）", f" ({self.item})") if self.item else ("", "")
        return Finding(kind, severity, self.field.code, Bilingual(
            f"“{name.zh}”{where[0]}{zh}。", f"“{name.en}”{where[1]}: {en}."), self.place, self.item, quote)

    def languages(self, item: Mapping[str, Any]) -> Iterator[Finding]:
        for first, second in PAIRS:
            zh, en = str(item.get(first) or ""), str(item.get(second) or "")
            if en and not zh:
                yield self.found("untranslated", "error", "没有中文：请补上", "the Chinese is missing: add it", en)
            elif zh and not en:
                yield self.found("untranslated", "warning", "没有英文：请补上", "the English is missing: add it", zh)
            elif en and mostly_chinese(en):
                yield self.found("untranslated", "warning", "英文栏里是中文：请翻译",
                                 "the English is written in Chinese: translate it", en)

    def reading(self, item: Mapping[str, Any]) -> Iterator[Finding]:
        if self.field.code in NOT_FOR_READING:
            return
        zh, en = str(item.get("zh") or ""), str(item.get("en") or "")
        for hard in (hard_chinese(zh, self.around.words), None if mostly_chinese(en) else hard_english(en)):
            if hard is not None:
                severity: Severity = "warning" if hard.severity == "warning" else "hint"
                yield self.found("hard_to_read", severity, hard.why.zh, hard.why.en, hard.quote)

    def reaching(self, item: Mapping[str, Any]) -> Iterator[Finding]:
        wrong = wrong_number(str(item.get("phone") or ""), self.around.country)
        if wrong is not None:
            yield self.found("telephone", "error", f"的电话“{wrong[0]}”{wrong[1].zh}：请改正",
                             f"the telephone number “{wrong[0]}” {wrong[1].en}: put it right", wrong[0])
        for url in dict.fromkeys(addresses(item)):
            yield from self._link(url)

    def _link(self, url: str) -> Iterator[Finding]:
        why, gone = wrong_link(url), self.around.dead.get(url)
        if why is not None:
            yield self.found("link_malformed", "error", f"的网址“{url}”{why.zh}：请改正",
                             f"the link “{url}” {why.en}: put it right", url)
        elif gone is not None:
            yield self.found("link_dead", "error", f"的网址自 {gone.since} 起多次打不开：请更换或删去",
                             f"the link has failed again and again since {gone.since}: replace or delete it", url)

    def basis(self, item: Mapping[str, Any]) -> Iterator[Finding]:
        ended = self.around.ended.get(str(item.get("document") or ""))
        if ended is None:
            return
        zh, en = (f"自 {ended.since} 起", f" since {ended.since}") if ended.since else ("", "")
        instead = (f"，由 {ended.instead} 代替", f"; {ended.instead} replaces it") if ended.instead else ("", "")
        title = ended.title
        yield self.found("expired_basis", "error", f"所引“{title.zh}”{zh}已失效{instead[0]}：请更换依据",
                         f"the cited “{title.en or title.zh}” has not held{en}{instead[1]}: cite what holds",
                         str(item["document"]))


def mostly_chinese(text: str) -> bool:
    """Whether a text has more Chinese characters than words of letters."""
    return len(CHINESE.findall(text)) > len(WORD.findall(text))


def addresses(item: Mapping[str, Any]) -> Iterator[str]:
    """The links that a reader can follow: of the item itself, of its blank form, and those within its texts."""
    for key in ("url", "blank_form"):
        value = str(item.get(key) or "")
        if (key == "url" and value) or "://" in value:
            yield value
    for key in ("zh", "en"):
        yield from links_in(str(item.get(key) or ""))


def of_point(code: str, point: Point, around: Around) -> Iterator[Finding]:
    """The telephone number and the links of a service point."""
    field_ = Field(code, "", "points", "locked", Bilingual("办理地点", "Places"))
    about = _About(field_, point.region, point.code, around)
    yield from about.reaching({"phone": point.telephone, "url": point.queue_url})
