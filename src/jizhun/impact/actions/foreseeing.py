"""From a change that is meant to what it moves: one function for each kind; nothing is kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules.difference import Change as Difference
from jizhun.drafting.actions.projects import found as project_of
from jizhun.drafting.actions.publishing import proposals
from jizhun.drafting.models import Project
from jizhun.entitlements.actions import entitlements, foreseen_version
from jizhun.entitlements.rules.exchanging import plain_parts
from jizhun.entitlements.rules.watching import Foreseen as Widened
from jizhun.guides.actions import GUIDE, SORTS, field_of, words_of
from jizhun.guides.actions import foreseen as foreseen_guide
from jizhun.impact.actions.drifting import Reached, matters_of, reached
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change, read_change
from jizhun.impact.rules.moves import (
    CALENDAR,
    CLAUSE,
    FIELD,
    PAPER,
    PLACE,
    PROMISE,
    STEPS,
    SUBJECT,
    Move,
    Moves,
)
from jizhun.impact.rules.moves import MEASURE as MEANING
from jizhun.impact.rules.moves import RULE as OF_RULE
from jizhun.impact.rules.moves import STANDARD as NUMBER
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, day_after, parse_day
from jizhun.people.actions import path_to
from jizhun.provisions.actions import book, foreseen_all, labels, measures
from jizhun.provisions.models import Document, Provision, TierAssignment
from jizhun.provisions.rules import Answer, Finding, Say, make_book
from jizhun.provisions.rules.effect import Effect, effect
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree
from jizhun.standards.actions import clauses_of, known
from jizhun.standards.rules.library import Standard

NOTHING: Final = Bilingual("无", "nothing")


@dataclass(frozen=True)
class Foreseen:
    """A change with what it moves from ``on`` on. ``effects``: of promises; ``findings``: what would no longer fit;
    ``drift``: guides and procedures under changed promises; ``below``: places with words of their own under a changed
    guide, each with the fields; ``losing``: places that say something of their own under a changed rule.
    ``region``: where it is published; whoever may publish there may look."""

    change: Change
    on: date
    title: Bilingual
    region: str
    moves: Moves
    effects: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()
    drift: Reached = field(default_factory=lambda: Reached(0, ()))
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    losing: Mapping[str, Bilingual] = field(default_factory=dict)
    follow: int = 0


def foreseen(change: Change) -> Foreseen:
    """What a change would move; nothing is kept. Raises Refused for whatever the act itself would refuse of it."""
    return _KINDS[read_change(change.plain()).kind](change)


# -- promises --------------------------------------------------------------------------------------


def _provision(change: Change) -> Foreseen:
    said, rows = change.said, change.said["rows"]
    effects = foreseen_all(rows=rows, paper=said.get("paper"), papers=said.get("papers") or ())
    groups = [str(row.get("group") or "all") for row in rows]
    name = " · ".join(dict.fromkeys(catalogue().name_of(str(row["subject"])).zh for row in rows[:3]))
    en = " · ".join(dict.fromkeys(catalogue().name_of(str(row["subject"])).en for row in rows[:3]))
    return _promised(change, Bilingual(name, en), str(rows[0]["region"]), effects, groups)


def _promised(change: Change, title: Bilingual, region: str, effects: Sequence[Effect], groups: Sequence[str],
              more: Iterable[Move] = ()) -> Foreseen:
    drift = reached(effects=effects)
    on = min((one.on for one in effects), default=timezone.localdate())
    return Foreseen(change, on, title, region, Moves([*_promises(effects, groups), *more]), tuple(effects),
                    _unfit(effects), drift, follow=drift.follow)


def _unfit(effects: Iterable[Effect]) -> tuple[Finding, ...]:
    """What would no longer fit, at the place itself and below."""
    found: list[Finding] = []
    for one in (one for told in effects for one in (*told.new_findings, *told.below)):
        if one not in found:
            found.append(one)
    return tuple(found)


def _promises(effects: Sequence[Effect], groups: Sequence[str]) -> Iterator[Move]:
    """Each promise that changes; an item's changes those of its matters too, but of the ones that speak themselves."""
    names, own = labels(), book().lines
    for told, group in zip(effects, groups, strict=True):
        for one in told.changed:
            why, places = _words(one.before, one.after, names), frozenset(one.places)
            inherit = [code for code in matters_of(one.subject) if (code, one.measure) not in own]
            for subject in dict.fromkeys((one.subject, *inherit)):
                yield Move(PROMISE, (subject, one.measure), why, places, group)


def _words(before: Answer, after: Answer, names: Mapping[str, Bilingual]) -> Bilingual:
    old, new = (value_in_words(one.value, lambda code: names.get(code, Bilingual(code, code)))
                if one.value is not None else NOTHING for one in (before, after))
    name = after.measure.name
    return Bilingual(f"{name.zh}由“{old.zh}”变为“{new.zh}”", f"{name.en}: “{old.en}” becomes “{new.en}”")


def _lapse(change: Change) -> Foreseen:
    """The day after the paper's last: what it said says nothing any more, unless somebody else speaks."""
    paper = Document.objects.filter(code=change.said["document"]).first()
    if paper is None:
        raise Refused(zh=f"没有代码为“{change.said['document']}”的文件。",
                      en=f"There is no paper “{change.said['document']}”.")
    papers = {row.pk: row.fact() for row in Document.objects.all()}
    says = [row.fact(papers) for row in Provision.objects.order_by("seq", "pk")]
    ends = [one for one in says if one.paper is not None and one.paper.code == paper.code and one.lapses_on < FAR]
    last = max([one.lapses_on for one in ends], default=paper.valid_until)
    if last is None or last >= FAR:
        raise Refused(zh=f"《{paper.title_zh}》没有有效期。",
                      en=f"“{paper.title_en or paper.title_zh}” has no last day.")
    effects = _ended(says, ends)
    move = Move(PAPER, (paper.code,), Bilingual(f"《{paper.title_zh}》{last} 后失效",
                                                f"“{paper.title_en or paper.title_zh}” ends after {last}"))
    made = _promised(change, Bilingual(paper.title_zh, paper.title_en or paper.title_zh), paper.region, effects,
                     [one.group for one in ends], [move])
    return replace(made, on=day_after(last))


def _ended(says: Sequence[Say], ends: Sequence[Say]) -> list[Effect]:
    """The book in which these had no last day, beside the one on record, on the day after it."""
    ending = {one.key for one in ends}
    assignments = [row.fact() for row in TierAssignment.objects.order_by("seq", "pk")]
    lasting = make_book(measures=measures(), places=tree(), subjects=catalogue(), assignments=assignments,
                        says=[replace(one, lapses_on=FAR) if one.key in ending else one for one in says])
    return [effect(lasting, book(), replace(one, valid_from=day_after(one.lapses_on))) for one in ends]


def _measure(change: Change) -> Foreseen:
    code = str(change.said["code"])
    found = measures().get(code)
    if found is None:
        raise Refused(zh=f"没有“{code}”这项指标。", en=f"There is no measure “{code}”.")
    why = Bilingual(f"指标“{found.name.zh}”的含义变更", f"what “{found.name.en}” means changes")
    return Foreseen(change, _day(change, "on"), found.name, "CN", Moves([Move(MEANING, (code,), why)]))


# -- standards -------------------------------------------------------------------------------------


def _standard(change: Change) -> Foreseen:
    """A project's document: what it replaces, the clauses that say something else, and (of a normative document) the
    promises that come into force with it."""
    project = project_of(str(change.said["project"]))
    rows = [row for _clause, row in proposals(project)]
    effects = foreseen_all(rows=rows)
    on = project.effective_on or timezone.localdate()
    groups = [str(row.get("group") or "all") for row in rows]
    moves = [*_replaced(project)]
    if project.kind == NORMATIVE:
        return replace(_promised(change, project.title, project.region, effects, groups, moves), on=on)
    return Foreseen(change, on, project.title, project.region, Moves(moves), tuple(effects), _unfit(effects))


NORMATIVE: Final = "normative"


def _replaced(project: Project) -> Iterator[Move]:
    if not project.revises:
        return
    number = project.number or project.title_zh
    yield Move(NUMBER, (project.revises,), Bilingual(f"{project.revises} 由 {number} 代替",
                                                     f"{project.revises} is replaced by {number}"))
    old = {row.key: [row.heading_zh, row.heading_en, row.body_zh, row.body_en] for row in clauses_of(project.revises)}
    new = {one.key: [one.title.zh, one.title.en, one.body.zh, one.body.en] for one in project.text.facts()}
    for key in sorted(key for key, said in old.items() if new.get(key) != said):
        gone = key not in new
        yield Move(CLAUSE, (project.revises, key), Bilingual(
            f"{project.revises} 的条款{'删去' if gone else '改写'}",
            f"a clause of {project.revises} is {'dropped' if gone else 'reworded'}"))


def _withdrawal(change: Change) -> Foreseen:
    one = known(str(change.said["number"]))
    why = Bilingual(f"{one.number} 废止", f"{one.number} is withdrawn")
    return Foreseen(change, _day(change, "on"), _title(one), one.region, Moves([Move(NUMBER, (one.number,), why)]))


def _title(one: Standard) -> Bilingual:
    return Bilingual(f"{one.number} {one.title.zh}", f"{one.number} {one.title.en}")


def _clause(change: Change) -> Foreseen:
    one, keys = known(str(change.said["number"])), [str(key) for key in change.said["clauses"]]
    numbers = {row.key: row.number for row in clauses_of(one.number)}
    odd = next((key for key in keys if key not in numbers), None)
    if odd is not None:
        raise Refused(zh=f"{one.number} 没有条款“{odd}”。", en=f"{one.number} has no clause “{odd}”.")
    moves = [Move(CLAUSE, (one.number, key), Bilingual(f"{one.number} 第 {numbers[key]} 条改写",
                                                       f"clause {numbers[key]} of {one.number} is reworded"))
             for key in keys]
    return Foreseen(change, _day(change, "on"), _title(one), one.region, Moves(moves))


# -- the list --------------------------------------------------------------------------------------

CHANGED: Final[Mapping[str, Bilingual]] = {
    "added": Bilingual("新增", "added"), "removed": Bilingual("移出清单", "taken off the list"),
    "name": Bilingual("名称变更", "renamed"), "category": Bilingual("类别变更", "moved to another category"),
    "standard": Bilingual("服务标准变更", "another standard of service"),
    "level_raised": Bilingual("标准提高", "a higher level"),
    "recipients": Bilingual("服务对象变更", "other recipients"),
    "recipients_widened": Bilingual("服务对象扩大", "more recipients"),
    "content": Bilingual("服务内容变更", "another content"), "lead": Bilingual("牵头单位变更", "another lead unit"),
    "lead_changed": Bilingual("牵头单位变更", "another lead unit"),
    "funding": Bilingual("支出责任变更", "other payers"), "wording": Bilingual("文字调整", "reworded")}
QUIET: Final = frozenset({"number", "added"})
"""Changes of an edition by which nothing that rests on an item is touched: its number on the list, and what nobody can
rest on yet."""


def _edition(change: Change) -> Foreseen:
    held, older, newer = catalogue(), str(change.said["older"]), str(change.said["newer"])
    entry = held.edition(newer)
    moves = [move for one in held.difference(older, newer) if one.kind not in QUIET for move in _of_item(one)]
    return Foreseen(change, entry.valid_from or timezone.localdate(), entry.name, "CN", Moves(moves))


def _of_item(one: Difference) -> Iterator[Move]:
    said = CHANGED.get(one.kind, Bilingual(one.kind, one.kind))
    name = catalogue().name_of(one.item)
    why = Bilingual(f"“{name.zh}”{said.zh}", f"“{name.en}”: {said.en}")
    for code in (one.item, *(matter.code for matter in catalogue().matters_of(one.item))):
        yield Move(SUBJECT, (code,), why)


def _matter(change: Change) -> Foreseen:
    one = catalogue().matter(str(change.said["code"]))
    why = Bilingual(f"事项“{one.name.zh}”变更", f"the matter “{one.name.en}” changes")
    return Foreseen(change, _day(change, "on"), one.name, "CN", Moves([Move(SUBJECT, (one.code,), why)]))


# -- guides, procedures, rules ---------------------------------------------------------------------


def _guide(change: Change) -> Foreseen:
    said = change.said
    sort, matter, region, on = str(said["sort"]), str(said["matter"]), str(said["region"]), _day(change, "on")
    if sort not in SORTS:
        raise Refused(zh=f"没有“{sort}”。", en=f"There is no “{sort}”.")
    fields = _otherwise(sort, matter, region, said["fields"], on)
    forced = [code for code in said.get("forced") or () if code in fields]
    what = foreseen_guide(sort=sort, matter=matter, region=region, changed=[*fields], forced=forced, on=on)
    below: dict[str, list[str]] = {}
    for told in (what.out_of_step, what.overruled):
        for code, places in told.items():
            for place in places:
                below.setdefault(place, []).append(code)
    name = catalogue().name_of(matter)
    return Foreseen(change, on, Bilingual(f"{name.zh} · {SORTS[sort].zh}", f"{name.en} · {SORTS[sort].en}"), region,
                    Moves(_fields(sort, matter, region, fields, what.out_of_step, on)),
                    below={place: tuple(codes) for place, codes in below.items()}, follow=what.follow)


def _otherwise(sort: str, matter: str, region: str, fields: Mapping[str, Any], on: date) -> list[str]:
    """The fields that would say something else than counts there now."""
    now = words_of(sort=sort, matter=matter, path=path_to(region, on), on=on, codes=fields)
    return [code for code, content in fields.items() if code not in now or now[code].content != content]


def _fields(sort: str, matter: str, region: str, fields: Iterable[str], own: Mapping[str, Sequence[str]], on: date
            ) -> Iterator[Move]:
    """Each field moves at the place and wherever below nobody has words of their own."""
    within = frozenset(tree().within(region, on))
    for code in fields:
        name, places = field_of(sort, code).name, within - set(own.get(code, ()))
        why = Bilingual(f"“{name.zh}”改写", f"“{name.en}” is reworded")
        if sort == GUIDE:
            yield Move(FIELD, (matter, code), why, places)
        elif code == "steps":
            yield Move(STEPS, (matter,), why, places)


def _rule(change: Change) -> Foreseen:
    said, code = change.said, str(change.said["code"])
    what = foreseen_version(code=code, row=said["row"], paper=said.get("paper"), examples=said.get("examples") or ())
    name, version = entitlements().heads[code].name, what.version
    if what.before is not None and _same_rule(what):
        return Foreseen(change, version.valid_from, name, version.place, Moves(()))
    places = frozenset(tree().within(version.place, version.valid_from))
    why = Bilingual(f"“{name.zh}”的规则变更", f"the rule “{name.en}” changes")
    speaking = [one.place for one in entitlements().versions[code] if one.place in places - {version.place}]
    losing = {place: one.broken or Bilingual("本地规则下有人得到的少于新规则", "under its own rule somebody gets less "
                                             "than under the new one") for place, one in what.below}
    below = {place: Bilingual("在新规则之下另有规定，请核对", "says something of its own under the new rule: check it")
             for place in speaking} | losing
    return Foreseen(change, version.valid_from, name, version.place, Moves([Move(OF_RULE, (code,), why, places)]),
                    losing=below)


def _same_rule(what: Widened) -> bool:
    return what.before is not None and plain_parts(what.rule) == plain_parts(what.before)


# -- places and days -------------------------------------------------------------------------------


def _region(change: Change) -> Foreseen:
    code, into, what = (str(change.said.get(name) or "") for name in ("code", "into", "what"))
    held = tree()
    place = held.known(code)
    if into:
        held.known(into)
    name = place.name
    told = BECAME.get(what or "merge")
    if told is None:
        raise Refused(zh=f"没有“{what}”这种区划变更。", en=f"Places do not change by “{what}”.")
    target = held.known(into).name if into else Bilingual("", "")
    why = Bilingual(f"{name.zh}{told.zh}{target.zh}", f"{name.en} {told.en} {target.en}".strip())
    on = _day(change, "on")
    within = held.within(code, on) if what == "transfer" and place.exists(on) else (code,)
    return Foreseen(change, on, name, "CN", Moves([Move(PLACE, (one,), why) for one in within]))


BECAME: Final[Mapping[str, Bilingual]] = {
    "merge": Bilingual("并入", "is merged into"), "split": Bilingual("拆分至", "is split into"),
    "rename": Bilingual("更名为", "is renamed to"), "transfer": Bilingual("划归", "passes to")}


def _day_off(change: Change) -> Foreseen:
    region, day, working = str(change.said["region"]), _day(change, "day"), bool(change.said.get("working"))
    place = tree().known(region)
    what = Bilingual("上班", "is a working day") if working else Bilingual("放假", "is a day off")
    why = Bilingual(f"{place.name.zh} {day} {what.zh}", f"{day} {what.en} in {place.name.en}")
    move = Move(CALENDAR, (str(day),), why, frozenset(tree().within(region, day)))
    return Foreseen(change, day, Bilingual(f"{place.name.zh} {day}", f"{place.name.en} {day}"), region, Moves([move]))


def _day(change: Change, name: str) -> date:
    value = change.said.get(name)
    return value if isinstance(value, date) else parse_day(str(value)) if value else timezone.localdate()


_KINDS: Final[Mapping[str, Callable[[Change], Foreseen]]] = {
    kinds.PROVISION: _provision, kinds.LAPSE: _lapse, kinds.STANDARD: _standard, kinds.WITHDRAWAL: _withdrawal,
    kinds.CLAUSE: _clause, kinds.EDITION: _edition, kinds.MATTER: _matter, kinds.GUIDE: _guide, kinds.RULE: _rule,
    kinds.MEASURE: _measure, kinds.REGION: _region, kinds.DAY_OFF: _day_off}
