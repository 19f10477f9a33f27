"""A result as tables and pictures; every amount in yuan, unrounded in the files."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.whatif.reporting import Report
from jizhun.entitlements.whatif.telling import NameOf, money, spread_rows
from jizhun.entitlements.whatif.workbook import payer_in_words, region_in_words
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, words
from jizhun.kernel.bilingual import Bilingual

BARS_SHOWN = 31
FEW = "–"


def yuan(cents: int | None, *, signed: bool = False) -> Cell:
    """An amount as one says it; the file holds it to the cent."""
    if cents is None:
        return Cell(FEW, plain="")
    sign = ("+" if cents > 0 else "−" if cents < 0 else "") if signed else ("−" if cents < 0 else "")
    return Cell(f"{sign}{words(money(cents))}", plain=cents / 100)


def number(value: int | None, *, signed: bool = False) -> Cell:
    if value is None:
        return Cell(FEW, plain="")
    text = count(abs(value))
    return Cell(f"{'−' if value < 0 else '+' if signed and value > 0 else ''}{text}", plain=value)


def _index(value: float | None) -> Cell:
    return Cell(FEW, plain="") if value is None else Cell(f"{value:.4f}", plain=value)


def _minus(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _mean(cents: int | None, persons: int | None, months: int) -> int | None:
    return None if cents is None or not persons else round(cents / persons / months)


BEFORE_AFTER = ("before", "after", "difference")


def before_after(first: Column) -> list[Column]:
    labels = {"before": _("Now"), "after": _("As supposed"), "difference": _("Difference")}
    return [first, *(Column(key, labels[key], "number") for key in BEFORE_AFTER)]


def totals(report: Report, months: int) -> Table:
    """Persons and money in all."""
    total = report.total
    means = [_mean(cents, persons, months) for cents, persons in (
        (total.before, total.entitled_before), (total.after, total.entitled_after))]
    rows: list[Sequence[Cell | str]] = [
        [_("Persons who get something"), number(total.entitled_before), number(total.entitled_after),
         number(_minus(total.entitled_after, total.entitled_before), signed=True)],
        [_("Cost over the whole period"), yuan(total.before), yuan(total.after), yuan(total.difference, signed=True)],
        [_("A month for each who gets something"), yuan(means[0]), yuan(means[1]),
         yuan(_minus(means[1], means[0]), signed=True)]]
    return Table("totals", _("In all"), before_after(Column("what", _("Figure"), "head")), rows, stacked=True,
                 note=_("Of %(persons)s persons in the population.") % {"persons": count(total.persons)})


def regions(report: Report, place: NameOf) -> Table:
    """Region by region; small ones together in one line."""
    columns = [Column("region", _("Region"), "head"), Column("persons", _("Persons"), "number"),
               Column("gain", _("Get more"), "number"), Column("lose", _("Get less"), "number"),
               Column("before", _("Cost now"), "number"), Column("after", _("As supposed"), "number"),
               Column("difference", _("Difference"), "number")]
    rows = [[Cell(words(region_in_words(one, place)), plain=" ".join(one.regions)), number(one.persons),
             number(one.gain),
             number(one.lose), yuan(one.before), yuan(one.after), yuan(one.difference, signed=True)]
            for one in report.regions]
    return Table("regions", _("By region"), columns, rows, caption_hidden=True, stacked=True)


def region_bars(report: Report, place: NameOf) -> Chart | None:
    """Where the difference arises, the largest first; None where there is nothing to draw."""
    lines = sorted((one for one in report.regions if one.difference), key=lambda one: -abs(one.difference or 0))
    if len(lines) < 2:
        return None
    label = _("Difference by region")
    return bars("by-region", label, money_bars([(words(region_in_words(one, place)), one.difference or 0)
                                                for one in lines[:BARS_SHOWN]]))


def bar_count(report: Report) -> tuple[int, int]:
    """How many regions the picture shows, and how many have a difference."""
    there = sum(bool(one.difference) for one in report.regions)
    return min(there, BARS_SHOWN), there


def money_bars(rows: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars of amounts in cents, all in the unit that fits the largest."""
    size = money_unit(rows)[0]
    return [Bar(name, abs(cents) / 100,
                f"{'−' if cents < 0 else '+'}{abs(cents) / 100 / size:,.{2 if size > 1 else 0}f}")
            for name, cents in rows]


UNITS = {"zh": ((10**8, Bilingual("亿元", "")), (10**4, Bilingual("万元", ""))),
         "en": ((10**9, Bilingual("", "billion yuan")), (10**6, Bilingual("", "million yuan")))}


def money_unit(rows: Sequence[tuple[str, int]]) -> tuple[int, Bilingual]:
    """The unit of the page's language that fits the largest amount: its size in yuan, and its words."""
    most = max((abs(cents) / 100 for _name, cents in rows), default=0)
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return next((one for one in UNITS[language] if most >= one[0]), (1, Bilingual("元", "yuan")))


def by_month(report: Report) -> Table:
    rows: list[list[Cell | str]] = [[day[:7], yuan(before), yuan(after), yuan(after - before, signed=True)] for day,
                                    before,
            after in report.months]
    return Table("months", _("By month"), before_after(Column("month", _("Month"), "head")), rows, caption_hidden=True,
                 stacked=True)


def by_payer(report: Report) -> Table:
    rows = [[Cell(words(payer_in_words(payer)), plain=payer), yuan(before), yuan(after),
             yuan(after - before, signed=True)]
            for payer, before, after in report.payers]
    return Table("payers", _("By payer"), before_after(Column("payer", _("Payer"), "head")), rows, caption_hidden=True,
                 stacked=True)


def spread(report: Report) -> Table:
    rows: list[list[Cell | str]] = [[words(what), _index(before), _index(after), _changed(before, after)]
            for what, before, after in spread_rows(report.spread_before, report.spread_after)]
    return Table("inequality", _("Inequality"), before_after(Column("measure", _("Measure"), "head")), rows,
                 caption_hidden=True, stacked=True)


def _changed(before: float | None, after: float | None) -> Cell:
    if before is None or after is None:
        return Cell(FEW, plain="")
    return Cell(f"{after - before:+.4f}".replace("-", "−"), plain=after - before)
