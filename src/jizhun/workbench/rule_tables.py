"""A rule of a benefit as an official reads it: every part with what it says, who said it and where; its versions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.entitlements.dmn.model import DecisionTable, Text
from jizhun.entitlements.interchange.columns import BOUND_WORDS, POLICY_WORDS
from jizhun.entitlements.models import RuleVersion
from jizhun.entitlements.rules import Rule, Version
from jizhun.entitlements.rules.book import VERIFIED, Cited, Condition, Result, Working
from jizhun.entitlements.rules.telling import loss_in_words
from jizhun.entitlements.rules.watching import WARNED_DAYS, Found, Losing, cited_in
from jizhun.entitlements.rules.wording import Lexicon, lexicon
from jizhun.frame.source_words import source_shown
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COMMA, Bilingual
from jizhun.kernel.dating import FAR
from jizhun.provisions.actions import measures
from jizhun.provisions.models import Document
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.regions.actions import tree

MARKS = {"V": gettext_lazy("source read"), "D": gettext_lazy("source read"),
         "V-repo": gettext_lazy("second-hand, not verified"), "R": gettext_lazy("not verified"),
         "SIM": gettext_lazy("simulated")}
SIGNS = {"V": "verified", "D": "verified", "SIM": "simulated"}


def rule_address(code: str, region: str = "", on: date | None = None, **more: str) -> str:
    """The page of a rule at a place and day."""
    query = {key: value for key,
             value in {"region": region, "on": on.isoformat() if on else "", **more}.items() if value}
    return reverse("work-rule", args=[code]) + (f"?{urlencode(query)}" if query else "")


def region_name(code: str) -> str:
    return place_name(tree().known(code))


def until(last: date, today: date) -> Cell:
    """The last day, and a sign where it is near."""
    if last == FAR:
        return Cell("", plain="")
    near = last - today < timedelta(WARNED_DAYS)
    return Cell(day(last), small=_("lapses soon") if near else "", plain=last.isoformat())


def unverified(cited: Iterable[Cited]) -> int:
    return sum(not one.verified for one in cited)


def mark_cell(mark: str) -> Cell:
    return Cell(str(MARKS.get(mark, mark)), sign=SIGNS.get(mark, "unread"), plain=mark)


class Papers:
    """Titles of papers by their codes, asked once."""

    def __init__(self) -> None:
        self.titles = {code: Bilingual(zh, en) for code, zh, en in
                       Document.objects.values_list("code", "title_zh", "title_en")}

    def clause(self, cited: Cited) -> Cell:
        """Paper and clause, linked to where it can be read."""
        title = words(self.titles.get(cited.document, Bilingual(cited.document, cited.document)))
        text = f"{title} {words(cited.clause)}".strip()
        addresses = source_shown(cited.source).addresses
        return Cell(text, href=addresses[0] if addresses else "", small=words(cited.note), plain=text)


# -- one rule


@dataclass(frozen=True)
class Laid:
    """A rule laid out as tables; ``own``: the place whose own parts are told apart."""

    rule: Rule
    papers: Papers
    own: str = ""

    def tables(self) -> list[Table]:
        """All that have rows, in the order in which one reads."""
        worked: list[Working | Result] = [*self.rule.workings, *self.rule.results]
        made = [self._parts("conditions", _("Who: all of these hold"), self.rule.conditions),
                self._parts("results", _("What, how much, how long"), self.rule.results),
                self._parts("workings", _("Worked out on the way"), self.rule.workings),
                *(self._decision(one) for one in worked if isinstance(one.logic, DecisionTable)),
                self._measures(), self._facts()]
        return [one for one in made if one.rows]

    def _parts(self, name: str, caption: str, parts: Sequence[Condition | Working | Result]) -> Table:
        columns = [Column("part", _("Part"), "head"), Column("says", _("Says")), Column("place", _("Who says so")),
                   Column("clause", _("Clause")), Column("mark", _("Verified"))]
        rows: list[list[Cell | str]] = [
            [Cell(words(one.words), small=f"{one.name}{self._kind(one)}", plain=one.name), self._says(one),
             self._place(one.name), self.papers.clause(one.cited), mark_cell(one.cited.mark)] for one in parts]
        return Table(name, caption, columns, rows, caption_hidden=True, stacked=True)

    def _kind(self, one: Condition | Working | Result) -> str:
        if not isinstance(one, Result):
            return ""
        return f" · {words(unit_in_words(one.unit))} · {words(BOUND_WORDS[one.bound])}"

    def _says(self, one: Condition | Working | Result) -> Cell:
        if isinstance(one, Condition):
            return self._text(one.holds)
        if isinstance(one.logic, Text):
            return self._text(one.logic.text)
        return Cell(_("see the table below"), href=f"#table-{one.name}", plain="")

    def _text(self, text: str) -> Cell:
        """An expression as it is written, and in words."""
        return _spelled(text, lexicon_of(self.rule).expression(text))

    def _place(self, name: str) -> Cell:
        place = self.rule.said_by[name]
        own = place == self.own and len(self.rule.versions) > 1
        return Cell(region_name(place), small=_("the place's own") if own else "", plain=place)

    def _decision(self, one: Working | Result) -> Table:
        logic = one.logic
        assert isinstance(logic, DecisionTable)
        held = lexicon_of(self.rule)
        columns = [Column(f"if_{n}", words(held.expression(clause.expression)), "head" if n == 1 else "text")
                   for n, clause in enumerate(logic.inputs, 1)]
        columns += [Column("then", _("Then")), Column("clause", _("Clause")), Column("mark", _("Verified"))]
        rows: list[list[Cell | str]] = []
        for number, row in enumerate(logic.rows):
            cited = one.per_row.get(number, one.cited)
            tests = (_spelled(test or "-", held.cell(test, clause.expression))
                     for test, clause in zip(row.tests, logic.inputs, strict=True))
            rows.append([*tests, _spelled(row.outputs[0], held.outcome(row.outputs[0], one.name)),
                         self.papers.clause(cited), mark_cell(cited.mark)])
        policy = words(POLICY_WORDS.get(logic.policy, Bilingual(logic.policy, logic.policy)))
        return Table(f"table-{one.name}", words(one.words), columns, rows, note=f"{policy} {logic.aggregation}".strip(),
                     caption_hidden=True, stacked=True)

    def _measures(self) -> Table:
        known, names = measures(), names_of(self.rule)
        rows: list[list[Cell | str]] = [
            [Cell(words(known[one.measure].name), small=one.name, plain=one.name),
             Cell(words(catalogue().name_of(one.subject)), plain=one.subject),
             words(COMMA).join(f"{dimension} = {names.get(value, value)}" for dimension, value in one.given),
             names.get(one.on, one.on) if one.on else _("the asked day"), self._place(one.name)]
            for one in self.rule.measures]
        return Table("measures", _("Values it takes from what is promised"), [
            Column("measure", _("Measure"), "head"), Column("subject", _("Service")),
            Column("given", pgettext("rule", "By")),
            Column("on", _("On")), Column("place", _("Who says so"))], rows, caption_hidden=True, stacked=True)

    def _facts(self) -> Table:
        rows: list[list[Cell | str]] = [
            [Cell(words(fact.label), small=fact.code, plain=fact.code), words(fact.question),
             words(COMMA).join(f'"{code}" {words(label)}' for code, label in fact.options) if fact.options else
             words(unit_in_words(fact.unit)) if fact.unit else ""] for fact in self.rule.facts.values()]
        return Table("facts", _("What one is asked"), [
            Column("fact", _("Fact"), "head"), Column("question", pgettext("fact", "Question")),
            Column("values", _("Values"))], rows, caption_hidden=True, stacked=True)


def _spelled(text: str, meant: Bilingual) -> Cell:
    """What is written, with what it means below where that says more."""
    return Cell(text, small="" if words(meant) == text else words(meant), plain=text)


def lexicon_of(rule: Rule) -> Lexicon:
    """What the names in a rule mean."""
    return lexicon(rule, entitlements(), {code: one.name for code, one in measures().items()})


def names_of(rule: Rule) -> Mapping[str, str]:
    """What the names that a rule reads mean, in the page's language."""
    return {name: words(label) for name, label in lexicon_of(rule).names.items()}


# -- versions


def versions_table(code: str, places: Collection[str], counts: Sequence[Version], today: date) -> Table:
    """Every version on record of these places, the latest first; ``counts``: those of which the rule is made."""
    by_row = _recorded(code)
    known = [one for one in entitlements().versions[code] if one.place in places]
    rows: list[list[Cell | str]] = []
    latest_first = sorted(known, key=lambda one: (one.valid_from, one.order), reverse=True)
    for number, one in enumerate(latest_first, 1):
        before = next((other for other in latest_first[number:] if other.place == one.place), None)
        recorded = by_row.get((one.place, one.valid_from, one.order))
        rows.append([
            Cell(region_name(one.place), href=rule_address(code, one.place, max(one.valid_from, today)),
                 plain=one.place),
            Cell(day(one.valid_from), plain=one.valid_from.isoformat()), until(one.valid_until, today),
            Cell(_said_otherwise(one, before), plain=" ".join(names_in(one))), paper_of(one),
            marks_of(one), recorded or "", Cell(_("counts here") if one in counts else "", plain=int(one in counts))])
    return Table("versions", _("Versions over time"), [
        Column("place", _("Place"), "head"), Column("from", _("From"), "date"), Column("until", _("Until"), "date"),
        Column("says", _("What it changed")), Column("paper", _("Paper")), Column("mark", _("Verified")),
        Column("recorded", _("Recorded on"), "date"), Column("here", _("Here"))], rows, caption_hidden=True,
                 stacked=True)


def _said_otherwise(one: Version, before: Version | None) -> str:
    """The parts that are new, are worked out otherwise or are gone since the place's version before."""
    if before is None:
        return words(COMMA).join(part_words(one))
    now, then = _logic_of(one), _logic_of(before)
    told = [label for name, (label, logic) in now.items() if name not in then or then[name][1] != logic]
    told += [_("without “%(name)s”") % {"name": then[name][0]} for name in then if name not in now]
    return words(COMMA).join(told) or _("nothing but papers and clauses")


def _logic_of(one: Version) -> dict[str, tuple[str, object]]:
    """By name, the words of each part and what it says, its citation aside."""
    found: dict[str, tuple[str, object]] = {part.name: (words(part.words), part.holds) for part in one.conditions}
    worked: list[Working | Result] = [*one.workings, *one.results]
    found |= {part.name: (words(part.words), part.logic) for part in worked}
    known = measures()
    return found | {part.name: (words(known[part.measure].name) if part.measure in known else part.name, part)
                    for part in one.measures}


def _recorded(code: str) -> dict[tuple[str, date, int], Cell]:
    """When each version was recorded; its order is its place among those of the entitlement as they were recorded."""
    rows = RuleVersion.objects.filter(entitlement=code).order_by("seq", "pk")
    return {(one.region, one.valid_from, number): Cell(day(one.recorded_on), plain=one.recorded_on.isoformat())
            for number, one in enumerate(rows)}


def names_in(one: Version) -> list[str]:
    """The names of all that a version says; those that it drops with a minus."""
    parts: list[Condition | Working | Result] = [*one.conditions, *one.workings, *one.results]
    return [*(part.name for part in parts), *(part.name for part in one.measures),
            *(f"-{name}" for name in one.repeals)]


SHOWN = 6


def part_words(one: Version) -> list[str]:
    """What a version speaks of: a few parts by their words, how many more, and what it drops."""
    said = [*(part.words for part in one.conditions), *(part.words for part in one.results),
            *(part.words for part in one.workings)]
    told = [words(name) for name in said[:SHOWN]] + [one.name for one in one.measures[:SHOWN - len(said)]
                                                     if len(said) < SHOWN]
    rest = len(said) + len(one.measures) - len(told)
    told += [_("%(n)s more") % {"n": rest}] if rest > 0 else []
    return [*told, *(_("without “%(name)s”") % {"name": name} for name in one.repeals)]


def paper_of(one: Version) -> str:
    """The papers that a version rests on."""
    codes = dict.fromkeys(cited.document for cited in cited_in(one) if cited.document)
    titles = Papers().titles
    return words(COMMA).join(words(titles.get(code, Bilingual(code, code))) for code in codes)


def marks_of(one: Version) -> Cell:
    """How far the clauses of a version are verified."""
    cited = list(cited_in(one))
    odd = [each.mark for each in cited if each.mark not in VERIFIED]
    if not odd:
        return mark_cell("V") if cited else Cell("")
    return Cell(_("%(n)s of %(all)s not verified") % {"n": len(odd), "all": len(cited)}, sign="unread", plain=len(odd))


# -- who loses


def found_table(found: Iterable[Found]) -> Table:
    """Under which versions somebody loses, since when, and who has to act."""
    heads, rows = entitlements().heads, list[list[Cell | str]]()
    for one in found:
        for text in losing_words(one.losing):
            rows.append([
                Cell(words(heads[one.entitlement].name), plain=one.entitlement,
                     href=rule_address(one.entitlement, one.version.place, one.losing.day, tab="impact")),
                Cell(region_name(one.version.place), plain=one.version.place),
                Cell(day(one.losing.day), plain=one.losing.day.isoformat()), text,
                Cell(region_name(one.version.place), plain=one.version.place,
                     small="" if one.verified else _("to be checked first: its paper is not verified"))])
    return Table("found", _("Who loses, by what is on record"), [
        Column("benefit", _("Benefit"), "head"), Column("place", _("Place")), Column("since", _("From"), "date"),
        Column("who", _("Who, and what")), Column("acts", _("Who must act"))], rows, caption_hidden=True, stacked=True)


def losing_words(losing: Losing) -> list[str]:
    """Each loss of a day in a sentence."""
    if losing.broken:
        return [words(losing.broken)]
    facts = entitlements().facts
    return [words(loss_in_words(loss, facts)) for loss in losing.losses]
