"""Words for what rules are made of: clauses with their papers, life events, payers, values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.feel.values import Value
from jizhun.entitlements.rules import Entitlements, Head, Rule
from jizhun.entitlements.rules.answering import Worked
from jizhun.entitlements.rules.book import Cited, Result
from jizhun.entitlements.rules.telling import cited_in_words, value_in_words
from jizhun.entitlements.rules.wording import plain_in_words
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import labels
from jizhun.provisions.models import Document

PAYERS = {
    "unemployment_fund": gettext_lazy("unemployment insurance fund"),
    "work_injury_fund": gettext_lazy("work injury insurance fund"), "pension_fund": gettext_lazy("pension fund"),
    "employment_subsidy_fund": gettext_lazy("employment subsidy funds"), "central": gettext_lazy("central budget"),
    "local": gettext_lazy("local budgets"), "province": gettext_lazy("provincial budget"),
    "city": gettext_lazy("city budget"), "county": gettext_lazy("county budget"),
    "employer": gettext_lazy("the employer"), "none": gettext_lazy("nobody: it costs nothing")}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as pages cite it: the paper with the place in it, where it can be read, and whether that was done."""

    text: str
    source: str
    mark: str
    note: str


def notes_of(rule: Rule) -> list[Bilingual]:
    """What the versions of a rule remark on all of their parts."""
    return [note for note in dict.fromkeys(one.note for one in rule.versions) if words(note)]


class Papers:
    """The papers behind some rules, read with one query."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.held = {row.code: row for row in Document.objects.filter(code__in=set(codes))}

    def title(self, code: str) -> Bilingual:
        """As it is cited; the code where it is not on record."""
        row = self.held.get(code)
        return Bilingual(row.title_zh, row.title_en) if row else Bilingual(code, code)

    def clause(self, cited: Cited, said: Collection[Bilingual] = ()) -> Clause:
        """With the paper's own source where the rule names none; without a note that was ``said`` already."""
        row = self.held.get(cited.document)
        return Clause(words(cited_in_words(cited, self.title)), cited.source or (row.source if row else ""), cited.mark,
                      "" if cited.note in said else words(cited.note))


# -- life events -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in a life, with what one may be entitled to then."""

    code: str
    name: str
    heads: tuple[Head, ...]


def life_events(book: Entitlements) -> list[Event]:
    """In the order of their labels; what belongs to none comes last."""
    known = labels()
    order = {code: place for place, code in enumerate(known)}
    groups: dict[str, list[Head]] = {}
    for head in book.heads.values():
        groups.setdefault(head.life_event, []).append(head)
    return [Event(code, _event_name(code, known), tuple(heads))
            for code, heads in sorted(groups.items(), key=lambda one: (not one[0], order.get(one[0], len(order))))]


def _event_name(code: str, known: Mapping[str, Bilingual]) -> str:
    if not code:
        return _("Other")
    return words(known.get(code) or Bilingual(code.replace("_", " "), code.replace("_", " ").capitalize()))


# -- where to go, who pays, values -------------------------------------------------------------------------


def item_of(head: Head) -> tuple[str, str, Bilingual]:
    """(item, matter or "", name) that an entitlement belongs to in the catalogue."""
    held = catalogue()
    matter = held.matters.get(head.subject)
    return (matter.item, head.subject, matter.name) if matter else (head.subject, "", held.name_of(head.subject))


def heads_of(book: Entitlements, item: str) -> list[Head]:
    """The entitlements of an item and of its matters."""
    return [head for head in book.heads.values() if item_of(head)[0] == item]


def payers(head: Head, path: Sequence[str]) -> str:
    """Who bears the cost at the end of a path of places, each with the share where there are several."""
    by_region = dict(head.payers_in)
    there = next((by_region[code] for code in reversed(path) if code in by_region), head.payers)
    shares = [(str(PAYERS.get(payer, payer)), share) for payer, share in there]
    text = shares[0][0] if len(shares) == 1 else _(", ").join(
        _("%(payer)s %(share)s %%") % {"payer": payer, "share": share} for payer, share in shares)
    return _("%(payers)s; what a place adds, by that place") % {"payers": text} if head.layers else text


def plain_words(value: Value) -> str:
    """A value that has no unit."""
    return words(plain_in_words(value))


UNITS_BY_NAME = {"_month": "year_month", "_months": "month", "_age": "month"}
"""What a step of a rule counts, by how its name ends: a month (year x 12 + month - 1), or a number of months."""


def worked_words(one: Worked, results: Iterable[Result]) -> str:
    """What a step came to, in the unit of the result that hands it on as it is, else in that which its name tells."""
    if one.working.name.endswith("_year") and isinstance(one.value, Decimal):
        return str(int(one.value))
    handed = (result.unit for result in results if getattr(result.logic, "text", "") == one.working.name)
    unit = next(handed, next((UNITS_BY_NAME[end] for end in UNITS_BY_NAME if one.working.name.endswith(end)), ""))
    if not unit or one.value is None:
        return plain_words(one.value)
    step = one.working
    return words(value_in_words(Result(step.name, step.logic, unit, step.words, step.cited), one.value))
