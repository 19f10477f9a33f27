"""The rules behind the answers, for whoever wants to follow or check them: each as tables, part by part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements, rule
from jizhun.entitlements.dmn.model import DecisionTable, Text
from jizhun.entitlements.rules import Fact, Head, Rule, Version
from jizhun.entitlements.rules.book import Cited, Condition, Result, Working
from jizhun.entitlements.rules.wording import Lexicon, lexicon
from jizhun.frame.here import Here, public_page
from jizhun.frame.source_words import source_shown
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.portal.entitled_places import ROLE_WORDS
from jizhun.portal.entitled_words import Papers, item_of, life_events, notes_of, payers
from jizhun.provisions.actions import measures
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.regions.actions import tree

MARKS = {"V": gettext_lazy("source read"), "D": gettext_lazy("source read"),
         "V-repo": gettext_lazy("second-hand, not verified"), "R": gettext_lazy("not verified"),
         "SIM": gettext_lazy("simulated")}
SIGNS = {"V": "verified", "D": "verified", "SIM": "simulated"}
BOUNDS = {"raise": gettext_lazy("places may only raise it"), "at_most": gettext_lazy("places may not go beyond it"),
          "free": gettext_lazy("places set it freely")}
UNITS = {"date": gettext_lazy("day"), "text": gettext_lazy("words"), "boolean": gettext_lazy("yes or no"),
         "age_months": gettext_lazy("age"), "year_month": gettext_lazy("year and month"), "year": gettext_lazy("years")}
KINDS = {"number": pgettext_lazy("fact", "number"), "boolean": gettext_lazy("yes or no"),
         "choice": gettext_lazy("choice"),
         "date": gettext_lazy("day")}


@dataclass(frozen=True, slots=True)
class Listed:
    """An entitlement in the list: which place speaks nearest, or why nothing can be shown."""

    head: Head
    nearest: str
    wrong: Bilingual | None = None


@public_page
def rules(request: HttpRequest, here: Here) -> HttpResponse:
    """Every entitlement on record, by life event."""
    groups = [(event.name, [_listed(head, here) for head in event.heads]) for event in life_events(entitlements())]
    return show(request, "portal/entitled/rules.html", {"groups": groups})


def _listed(head: Head, here: Here) -> Listed:
    try:
        found = rule(code=head.code, region=here.code, on=here.on)
    except Refused as refused:
        return Listed(head, "", refused.sentence)
    return Listed(head, place_name(tree().known(found.nearest)) if found else "")


@public_page
def one_rule(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """One rule as it counts at the place and on the day."""
    book = entitlements()
    head = book.heads.get(code)
    if head is None:
        raise NotFound(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
    found, wrong = None, None
    try:
        found = rule(code=code, region=here.code, on=here.on)
    except Refused as refused:
        wrong = refused.sentence
    said = book.versions[code]
    papers = Papers(cited.document for version in (found.versions if found else ()) for cited in _cited(version))
    names = {code: one.name for code, one in measures().items()}
    laid = _Laid(found, lexicon(found, book, names), papers) if found else None
    spoken = found.versions if found else ()
    versions = _versions(said, spoken, book.facts[head.anchor] if head.anchor else None)
    item, matter, where = item_of(head)
    tables = [*(laid.tables() if laid else []), versions]
    return show(request, "portal/entitled/rule.html", {
        "head": head, "rule": found, "wrong": wrong, "tables": tables[:-1], "versions": versions, "item": item,
        "matter": matter, "where": where, "payers": payers(head, [place.code for place in here.path]),
        "role": ROLE_WORDS.get(head.place_role, ""),
        "papers": [row.fact() for row in papers.held.values()] if found else [],
        "together": [(place_name(tree().known(one.place)), one.valid_from) for one in spoken],
        "notes": notes_of(found) if found else []}, tables)


def _cited(version: Version) -> Iterator[Cited]:
    yield from (one.cited for one in version.conditions)
    yield from (one.cited for one in version.workings)
    yield from (one.cited for one in version.results)
    tables: list[Working | Result] = [*version.workings, *version.results]
    yield from (cited for one in tables for cited in one.per_row.values())


class _Laid:
    """A rule laid out as tables."""

    def __init__(self, rule: Rule, held: Lexicon, papers: Papers) -> None:
        self.rule, self.held, self.papers, self.notes = rule, held, papers, notes_of(rule)

    def tables(self) -> list[Table]:
        """All that have rows, in the order in which one reads."""
        rule = self.rule
        worked: list[Working | Result] = [*rule.workings, *rule.results]
        decided = [one for one in worked if isinstance(one.logic, DecisionTable)]
        made = [self._conditions(), self._results(), self._workings(), *(self._decision(one) for one in decided),
                self._measures(), self._facts()]
        return [one for one in made if one.rows]

    def _conditions(self) -> Table:
        return Table("conditions", _("Who: all of these hold"), self._columns(_("Condition"), _("Holds where")), [
            self._row(one, Cell(words(self.held.expression(one.holds)), small=one.holds))
            for one in self.rule.conditions], caption_hidden=True, stacked=True)

    def _results(self) -> Table:
        columns = self._columns(_("What one gets"), _("Worked out as"))
        columns.insert(1, Column("unit", _("Unit")))
        columns.insert(3, Column("bound", _("What places may do")))
        rows = []
        for one in self.rule.results:
            row = self._row(one, self._logic(one))
            row[1:1] = [str(UNITS.get(one.unit) or words(unit_in_words(one.unit)))]
            row.insert(3, Cell(str(BOUNDS[one.bound]), plain=one.bound))
            rows.append(row)
        return Table("results", _("What, how much, how long"), columns, rows, caption_hidden=True, stacked=True)

    def _workings(self) -> Table:
        return Table("workings", _("Worked out on the way"), self._columns(_("What"), _("Worked out as")), [
            self._row(one, self._logic(one)) for one in self.rule.workings], caption_hidden=True, stacked=True)

    def _columns(self, first: str, second: str) -> list[Column]:
        return [Column("part", first, "head"), Column("expression", second), Column("said_by", _("Says so")),
                Column("clause", _("Clause")), Column("mark", _("Verified"))]

    def _row(self, one: Condition | Working | Result, second: Cell) -> list[Cell | str]:
        return [Cell(words(one.words), small=one.name, plain=one.name), second, self._place(one.name),
                *self._clause(one.cited)]

    def _place(self, name: str) -> Cell:
        code = self.rule.said_by[name]
        return Cell(place_name(tree().known(code)), plain=code)

    def _clause(self, cited: Cited) -> list[Cell | str]:
        clause = self.papers.clause(cited, self.notes)
        addresses = source_shown(clause.source).addresses
        return [Cell(clause.text, href=addresses[0] if addresses else "", small=clause.note, plain=clause.text),
                Cell(str(MARKS[clause.mark]), sign=SIGNS.get(clause.mark, "unread"), plain=clause.mark)]

    def _logic(self, one: Working | Result) -> Cell:
        if isinstance(one.logic, Text):
            return Cell(words(self.held.expression(one.logic.text)), small=one.logic.text, plain=one.logic.text)
        return Cell(_("see the table “%(name)s”") % {"name": words(one.words)}, plain="")

    def _decision(self, one: Working | Result) -> Table:
        logic = one.logic
        assert isinstance(logic, DecisionTable)
        columns = [Column(f"if_{n}", words(self.held.expression(clause.expression)), "head" if n == 1 else "text")
                   for n, clause in enumerate(logic.inputs, 1)]
        rows: list[list[Cell | str]] = []
        for number, row in enumerate(logic.rows):
            cells: list[Cell | str] = [
                Cell(words(self.held.cell(text, clause.expression)), plain=text)
                for text, clause in zip(row.tests, logic.inputs, strict=True)]
            clause = self.papers.clause(one.per_row.get(number, one.cited))
            outcome = Cell(words(self.held.outcome(row.outputs[0], one.name)), plain=row.outputs[0])
            rows.append([*cells, outcome, clause.text])
        columns += [Column("then", _("Then")), Column("clause", _("Clause"))]
        return Table(f"table-{one.name}", words(one.words), columns, rows, note=_policy(logic), caption_hidden=True,
                     stacked=True)

    def _measures(self) -> Table:
        known = measures()
        rows: list[list[Cell | str]] = []
        for one in self.rule.measures:
            measure = known[one.measure]
            given = _(", ").join(self._name(value) for _dimension, value in one.given)
            rows.append([Cell(words(measure.name), small=one.name, plain=one.measure),
                         Cell(words(catalogue().name_of(one.subject)), plain=one.subject),
                         str(ROLE_WORDS.get(measure.place_role, "")), given,
                         self._name(one.on) if one.on else _("the asked day")])
        columns = [Column("measure", _("Measure"), "head"), Column("subject", _("Service")),
                   Column("place", _("Place that counts")), Column("given", pgettext("rule", "By")),
                   Column("on", _("On"))]
        return Table("measures", _("Values it takes from what is promised"), columns, rows, caption_hidden=True,
                     stacked=True)

    def _name(self, name: str) -> str:
        return words(self.held.names.get(name) or Bilingual(name, name))

    def _facts(self) -> Table:
        return Table("facts", _("What one is asked"), [
            Column("fact", _("Fact"), "head"), Column("question", pgettext("fact", "Question")),
            Column("type", _("Kind")),
            Column("allowed", _("Allowed"))], [
            [Cell(words(one.label), small=one.code, plain=one.code), words(one.question), str(KINDS[one.type]),
             _allowed(one)] for one in self.rule.facts.values()], caption_hidden=True, stacked=True)


def _allowed(fact: Fact) -> str:
    if fact.type == "choice":
        return _(", ").join(words(name) for _code, name in fact.options)
    unit = words(unit_in_words(fact.unit)) if fact.unit else ""
    if fact.low is None and fact.high is None:
        return unit
    low, high = ("…" if end is None else str(end) for end in (fact.low, fact.high))
    return f"{low}–{high} {unit}".strip()


def _policy(table: DecisionTable) -> str:
    words_of = {"U": _("exactly one row holds"), "F": _("the first row that holds counts"),
                "A": _("all rows that hold say the same"), "P": _("the most important row counts"),
                "C": _("all rows that hold are put together")}
    text = words_of.get(table.letter, table.policy)
    return f"{text} ({table.letter}{' ' + table.aggregation if table.aggregation else ''})"


def _versions(said: Sequence[Version], counts: Sequence[Version], anchor: Fact | None) -> Table:
    """Every version on record, of all places, the latest first; those that count here are marked.

    ``anchor``: the fact whose day says whether one is a new case.
    """
    rows: list[list[Cell | str]] = [
        [Cell(place_name(tree().known(one.place)), plain=one.place),
         Cell(day(one.valid_from), small=_for_whom(one, anchor), plain=one.valid_from.isoformat()),
         Cell("" if one.valid_until == FAR else day(one.valid_until), plain=one.valid_until.isoformat()),
         str(len(one.conditions)), str(len(one.results)), ", ".join(one.repeals),
         Cell(_("counts here") if one in counts else "", plain=int(one in counts))]
        for one in sorted(said, key=lambda one: (one.valid_from, one.order), reverse=True)]
    return Table("versions", _("Versions over time"), [
        Column("place", _("Place"), "head"), Column("from", _("From"), "date"), Column("until", _("Until"), "date"),
        Column("conditions", _("Conditions"), "number"), Column("results", pgettext("rule", "Results"), "number"),
        Column("repeals", _("Drops")), Column("here", _("Here"))], rows, caption_hidden=True, stacked=True)


def _for_whom(one: Version, anchor: Fact | None) -> str:
    """Whom a version leaves with the one before."""
    if one.new_from is None or anchor is None:
        return ""
    said = {"label": words(anchor.label), "day": day(one.new_from), "last": day(one.existing_until)}
    if one.existing_until == FAR:
        return _("for whoever has “%(label)s” on or after %(day)s; the others keep the version before") % said
    return _(
        "for whoever has “%(label)s” on or after %(day)s; the others keep the version before until %(last)s") % said
