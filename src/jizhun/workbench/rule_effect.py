"""What a change of a rule would do, for a page: parts old and new side by side, who would lose, persons to check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from jizhun.entitlements.actions import Compared, entitlements
from jizhun.entitlements.interchange.columns import BOUND_WORDS
from jizhun.entitlements.rules import Answer
from jizhun.entitlements.rules.exchanging import CITING, Parts, by_name
from jizhun.entitlements.rules.telling import VERDICTS, fact_in_words, given_in_words, loss_in_words
from jizhun.entitlements.rules.watching import Foreseen
from jizhun.entitlements.rules.widening import Loss
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.workbench.rule_fields import label_of, says
from jizhun.workbench.rule_tables import Papers, losing_words, mark_cell, region_name

Line = tuple[str, bool]
"""A line of a part, and whether it is only on this side."""


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part before and after; empty sides are parts that are new or dropped."""

    name: str
    label: str
    what: str
    before: Sequence[Line]
    after: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Loser:
    """Somebody who would lose, in a sentence; ``day`` is told where it is not the first."""

    sentence: str
    day: str = ""


@dataclass(frozen=True)
class Effect:
    """All that is shown before anything is recorded."""

    foreseen: Foreseen
    changes: Sequence[PartChange]
    losers: Sequence[Loser]
    above_cap: Sequence[Loser]
    fewer: Sequence[str]
    below: Sequence[tuple[str, str, Sequence[str]]]
    warnings: Sequence[str]
    persons: Table | None

    @property
    def forbidden(self) -> bool:
        """Whether it is refused unless it documents a paper."""
        return bool(self.losers or self.above_cap)


def effect_of(foreseen: Foreseen, now: Parts, then: Parts, answers: Sequence[Compared],
              persons: Sequence[Mapping[str, str]]) -> Effect:
    """The effect in words."""
    facts, first = entitlements().facts, foreseen.version.valid_from

    def told(capped: bool) -> list[Loser]:
        found = [Loser(words(loss_in_words(loss, facts)), "" if one.day == first else day(one.day))
                 for one in foreseen.losing for loss in one.losses if (loss.kind == "more_than_allowed") == capped]
        broken = [Loser(words(one.broken), "" if one.day == first else day(one.day)) for one in foreseen.losing
                  if one.broken]
        return found if capped else [*found, *broken]

    return Effect(
        foreseen, part_changes(now, then), told(False), told(True), [_fewer(loss) for loss in foreseen.fewer],
        [(region_name(place), day(one.day), losing_words(one)) for place, one in foreseen.below],
        [words(one) for one in foreseen.warnings], _persons(answers, persons) if persons else None)


def _fewer(loss: Loss) -> str:
    """Somebody who has more there now."""
    facts = entitlements().facts
    who = words(COMMA).join(f"{words(facts[code].label)}{words(COLON)}{words(fact_in_words(facts[code], value))}"
                            for code, value in loss.person.items()) or _("anybody")
    return _("No longer entitled: %(who)s") % {"who": who} if loss.kind == "circle" else \
        _("Less than now (%(what)s): %(who)s") % {"what": words(loss.result.words) if loss.result else "", "who": who}


# -- parts side by side


def part_changes(now: Parts, then: Parts) -> list[PartChange]:
    """Every part that is new, dropped or says something else."""
    old, new, papers = by_name(now), by_name(then), Papers()
    found = []
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, ("", {}))[1], new.get(name, ("", {}))[1]
        if before != after:
            sides = _sides(_lines(before, papers), _lines(after, papers, before))
            found.append(PartChange(name, label_of(after or before), _what(before, after), *sides))
    return found


def _what(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _("new") if not before else _("dropped") if not after else _("changed")


def _lines(row: Mapping[str, Any], papers: Papers, before: Mapping[str, Any] | None = None) -> list[str]:
    """What a part says, with its words and what it cites, a line each; ``before``: the part whose place it takes."""
    if not row:
        return []
    told = [_either(row, "zh", "en"), *says(row)]
    if "unit" in row:
        bound = words(BOUND_WORDS[row["bound"]]) if row.get("bound") in BOUND_WORDS else ""
        told.insert(1, " · ".join(filter(None, (words(unit_in_words(str(row["unit"]))), bound))))
    return [line for line in (*told, _cites(row, papers, before)) if line]


def _either(row: Mapping[str, Any], zh: str, en: str) -> str:
    return words(Bilingual(str(row.get(zh) or ""), str(row.get(en) or "")))


def _cites(row: Mapping[str, Any], papers: Papers, before: Mapping[str, Any] | None) -> str:
    """What a part cites; what is said otherwise rests on the new paper unless it brings a citation of its own."""
    cited = [row.get(name) or "" for name in CITING]
    if before is not None and (not any(cited) or cited == [before.get(name) or "" for name in CITING]):
        return _("by the paper named below") if "measure" not in row else ""
    code, mark = str(row.get("document") or ""), str(row.get("mark") or "")
    title = words(papers.titles.get(code, Bilingual(code, code)))
    return " ".join(filter(None, (title, _either(row, "clause_zh", "clause_en"), mark and f"({mark_cell(mark).text})")))


def _sides(before: Sequence[str], after: Sequence[str]) -> tuple[list[Line], list[Line]]:
    """The lines of both sides, those that differ marked."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    same_before = {place for block in matcher.get_matching_blocks() for place in range(block.a, block.a + block.size)}
    same_after = {place for block in matcher.get_matching_blocks() for place in range(block.b, block.b + block.size)}
    return ([(line, place not in same_before) for place, line in enumerate(before)],
            [(line, place not in same_after) for place, line in enumerate(after)])


# -- persons


def _persons(answers: Sequence[Compared], persons: Sequence[Mapping[str, str]]) -> Table:
    """Each person under the rule above, as it is now, and then."""
    facts = entitlements().facts
    columns = [Column("person", _("Person"), "head"), Column("above", _("By the rule above")),
               Column("now", _("As it is now")),
               Column("then", _("As it would be"))]
    rows: list[list[Cell | str]] = []
    for one, typed in zip(answers, persons, strict=True):
        who = words(Bilingual("；", "; ")).join(
            f"{words(facts[code].label)}{words(COLON)}{value}" for code, value in typed.items() if code in facts)
        rows.append([who, _answer(one.above), _answer(one.before), _answer(one.then)])
    return Table("persons", _("Persons to check"), columns, rows, caption_hidden=True, stacked=True)


def _answer(one: Answer | None) -> Cell:
    if one is None:
        return Cell(_("no rule"))
    results = [f"{words(given.result.words)}{words(COLON)}{words(given_in_words(given))}" for given in one.results]
    unmet = [words(judged.condition.words) for judged in one.conditions if judged.met is False]
    faults = [words(judged.fault) for judged in one.conditions if judged.fault]
    return Cell(words(VERDICTS[one.verdict]), small=words(Bilingual("；", "; ")).join([*faults, *unmet, *results]))
