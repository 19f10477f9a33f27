"""Single cases behind a figure: what was promised, by which clause, what happened, and the verdict."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.evaluation.actions import CaseRow, Judged
from jizhun.evaluation.indices import MEASURE_NAMES
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules.telling import quantity

VERDICTS = {"broken": gettext_lazy("broken"), "overdue": gettext_lazy("overdue, still open"),
            "kept": gettext_lazy("kept"), "open": gettext_lazy("open, in time"),
            "no-promise": gettext_lazy("no promise")}
SIGNS = {"broken": "breach", "overdue": "breach", "kept": "kept"}


def cases_table(rows: Sequence[CaseRow], only: str | None, note: str = "") -> Table:
    """One row a case and measure; with ``only`` just the measures with that verdict."""
    columns = [Column("case", _("Case"), "head"), Column("matter", _("Matter")), Column("place", _("Place")),
               Column("accepted", _("Accepted"), "date"), Column("closed", _("Closed"), "date"),
               Column("measure", _("Measure")),
               Column("promised", _("Promised")), Column("actual", _("Actual")), Column("paper", _("By which clause")),
               Column("verdict", _("Verdict"))]
    told = [[*_about(case), *_measure(one)] for case in rows for one in _shown(case, only)]
    return Table("cases", _("Single cases"), columns, told, note, caption_hidden=True, stacked=True)


def _shown(case: CaseRow, only: str | None) -> Sequence[Judged | None]:
    fitting = [one for one in case.measures if only in (None, one.verdict)]
    return fitting or case.measures or [None]


def _about(case: CaseRow) -> list[Cell | str]:
    closed = Cell(day(case.closed_on), plain=str(case.closed_on)) if case.closed_on else Cell(_("open"), plain="")
    return [case.key, Cell(words(case.matter[1]), plain=case.matter[0]),
            Cell(words(case.region[1]), plain=case.region[0]),
            Cell(day(case.accepted_on), plain=str(case.accepted_on)), closed]


def _measure(one: Judged | None) -> list[Cell | str]:
    if one is None:
        return ["", "", "", "", _verdict("no-promise")]
    return [words(MEASURE_NAMES[one.measure]), amount(one.promise, one.unit), amount(one.actual, one.unit),
            _paper(one), _verdict(one.verdict)]


def _verdict(code: str) -> Cell:
    return Cell(str(VERDICTS.get(code, code)), sign=SIGNS.get(code, ""), plain=code)


def _paper(one: Judged) -> Cell:
    said = one.provision
    if said is None:
        return Cell(_("stated in the record") if one.unit == "second" else "")
    clause = words(Bilingual(said.clause_zh, said.clause_en))
    title = words(Bilingual(said.document.title_zh, said.document.title_en)) if said.document else ""
    return Cell(title or clause, small=clause if title else "", plain=f"{title} {clause}".strip())


def amount(value: int | None, unit: str) -> str:
    """A promise or what happened, in words; cents as yuan, seconds as day and time."""
    if value is None:
        return _("not yet")
    if unit == "cent":
        return words(quantity(Decimal(value) / 100, "CNY"))
    if unit == "second":
        moment = datetime.fromtimestamp(value, UTC)
        return f"{day(date(moment.year, moment.month, moment.day))} {moment:%H:%M}"
    return str(value) if unit == "count" else words(quantity(Decimal(value), unit))
