"""The programme's four targets as the dashboard shows them: figure, change, trend, and what stands behind each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jizhun.evaluation.indices import find
from jizhun.evaluation.indices.formulas import formula_of
from jizhun.evaluation.overview import TRUSTED, Covered, Overview, Point
from jizhun.evaluation.rules.coverage import DEFINITIONS, Share
from jizhun.evaluation.rules.quality import GRADES, Quality
from jizhun.evaluation.summing import INDEX
from jizhun.frame.charts import Chart, month_line
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, day, share, words
from jizhun.kernel.bilingual import COLON, Bilingual

STOP = Bilingual("。", ". ")

Written = Callable[[float | None], str]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a figure, line by line, and the SQL that counts it ("" where none does)."""

    lines: Sequence[tuple[str, str]]
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One target: its figure in words, what it is of, how it changed; ``pages``: (name, view) that tell more."""

    code: str
    name: str
    value: str
    of: str
    change: str
    trend: Chart | None
    table: Table | None
    behind: Behind
    page: tuple[str, str] = ("", "")
    more: Sequence[str] = ()


def targets(shown: Overview) -> list[Target]:
    """In the order of the programme's own words."""
    return [_coverage(shown), _conformance(shown), _equality(shown), _satisfaction(shown)]


# -- each of them ----------------------------------------------------------------------------------


def _coverage(shown: Overview) -> Target:
    found, before = shown.covered, shown.covered_before
    name = _("Coverage")
    if found is None:
        return Target("coverage", name, "–", _("The national list does not cover this place."), "", None, None,
                      Behind([]))
    told, one = found.shares[TRUSTED], next(each for each in DEFINITIONS if each.code == TRUSTED)
    earlier = before.shares[TRUSTED].value if before else None
    behind = Behind([
        (_("Definition"), words(one.text)),
        (_("Formula"), _("pairs of matter and place that fit / pairs that are due by the list")),
        (_("Counted"), _counted(told)), (_("Recipients"), _recipients(found)), *_definitions(found),
        (_("Day"), day(shown.on)), (_("Quality"), _("No case stands behind this figure: it is computed from what is "
                                                    "on record of list, guides and procedures, without SQL."))])
    of = _("of %(n)s matters due in their places: guide and procedure published and in step") % {"n": count(told.of)}
    return Target("coverage", name, share(told.value), of, _change(told.value, earlier), None,
                  None, behind, ("coverage", _("Business by place, and what is missing")), [_recipients(found)])


def _recipients(found: Covered) -> str:
    return _("Recipients: %(share)s of groups in their places have all that they are due (%(counted)s)") % {
        "share": share(found.recipients.value), "counted": _counted(found.recipients)}


def _definitions(found: Covered) -> list[tuple[str, str]]:
    return [(words(one.name), f"{share(found.shares[one.code].value)} · {_counted(found.shares[one.code])}")
            for one in DEFINITIONS if one.code != TRUSTED]


def _conformance(shown: Overview) -> Target:
    total, index = shown.total, find(INDEX)
    told = Share(total.numerator, total.denominator)
    behind = Behind([
        (_("Definition"), words(index.text)),
        (_("Formula"), _("%(formula)s; K: kept, B: broken") % {"formula": formula_of(index)}),
        (_("Counted"), _counted(told)),
        (_("Beside it"), _("%(open)s open in time, %(overdue)s open and overdue, %(none)s without a promise") % {
            "open": count(total.verdicts[3]), "overdue": count(total.overdue), "none": count(total.verdicts[0])}),
        *_common(shown, shown.quality)], shown.sql["conformance"])
    return Target("conformance", _("Implementation"), share(total.value),
                  _("kept every promise; of %(n)s judged cases") % {"n": count(total.denominator)},
                  _change(total.value, shown.total_before.value),
                  *_trend("conformance", _("Implementation by month"), shown.trend, share), behind,
                  ("results", _("Results by item and place")))


def _equality(shown: Overview) -> Target:
    found, before, name = shown.apart, shown.apart_before, _("Equality")
    if found is None:
        few = _("There are not two places below with judged cases to compare.")
        return Target("equality", name, "–", few, "", None, None, Behind([(_("Definition"), _equality_text())]))
    weighed = _("Each place counts once: no population of places is on record to weigh them by.")
    behind = Behind([
        (_("Definition"), _equality_text()),
        (_("Formula"), _("CV = σ / μ; Gini = ΣΣ|x − y| / (2 n² μ), x and y the figures of two places")),
        (_("Counted"), _("%(n)s places directly below; Gini %(gini)s") % {"n": found.n, "gini": f"{found.gini:.4f}"}),
        (_("Weights"), weighed), *_common(shown, shown.quality)], shown.sql["equality"])
    change = _change_of(found.variation, before.variation if before else None, _plain)
    return Target("equality", name, f"{found.variation:.4f}",
                  _("coefficient of variation among %(n)s places, each counted once; 0: all the same") % {"n": found.n},
                  change, *_trend("equality", _("Coefficient of variation by month"), shown.apart_trend, _plain),
                  behind)


def _equality_text() -> str:
    return _("How far the places directly below stand apart in the share of cases whose every promise was kept.")


def _satisfaction(shown: Overview) -> Target:
    found, name = shown.ratings, _("Satisfaction")
    told = found.positive_rate
    praise = _("default praise, never counted: %(n)s") % {"n": count(found.default)}
    behind = Behind([
        (_("Definition"), _("Of the ratings that persons gave, the share of “very satisfied”, “satisfied” and “fairly "
                            "satisfied”.")),
        (_("Formula"), _("(n5 + n4 + n3) / (n5 + n4 + n3 + n2 + n1), n the ratings of each grade")),
        (_("Counted"), f"{_counted(told)} · " + " · ".join(
            f"{grade}{words(COLON)}{count(n)}" for grade, n in sorted(found.grades.items(), reverse=True))),
        (_("Default praise"), _("Filled in by a system where nobody rated: %(n)s. It stands beside and is never "
                                "counted as a rating.") % {"n": count(found.default)}),
        (_("Rated"), _("%(share)s of %(n)s cases; who does not rate is not heard") % {
            "share": share(found.rated_rate.value), "n": count(found.cases)}),
        *_common(shown, shown.quality)], shown.sql["satisfaction"])
    return Target("satisfaction", name, share(told.value),
                  _("positive, of %(n)s ratings that persons gave") % {"n": count(told.of)},
                  _change(told.value, shown.ratings_before.positive_rate.value),
                  *_trend("satisfaction", _("Satisfaction by month"), shown.ratings_trend, share), behind,
                  more=[praise])


# -- what they share -------------------------------------------------------------------------------


def _counted(told: Share) -> str:
    return _("%(fits)s of %(of)s") % {"fits": count(told.fits), "of": count(told.of)}


def _common(shown: Overview, found: Quality | None) -> list[tuple[str, str]]:
    named = words(shown.source.name)
    if shown.source.code not in named:
        named = f"{named} ({shown.source.code})"
    ways = _("sums over kept counts, which equal a count over all cases") if shown.kept else _(
        "counted from the cases: the kept counts have to be brought up to date (jizhun cuts)")
    return [(_("Source"), named),
            (_("Data date"), day(shown.as_of)), (_("Quality"), graded(found)), (_("How it was computed"), ways)]


def graded(found: Quality | None) -> str:
    """The grade with every check's outcome."""
    if found is None:
        return _("not graded: too few months and places for any check")
    checks = " ".join(words(one.text) for one in found.remarks)
    return f"{found.grade}{words(COLON)}{words(GRADES[found.grade])}{words(STOP)}{checks}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _change(now: float | None, before: float | None) -> str:
    """By how many percentage points a share changed."""
    if now is None or before is None:
        return _("no data for the year before") if now is not None else ""
    moved = (now - before) * 100
    if round(moved, 1) == 0:
        return _("as in the year before")
    return (_("%(n)s points above the year before") if moved > 0 else _("%(n)s points below the year before")) % {
        "n": f"{abs(moved):.1f}"}


def _change_of(now: float, before: float | None, write: Written) -> str:
    return _("no data for the year before") if before is None else _("the year before: %(value)s") % {
        "value": write(before)}


def month_words(month: int) -> str:
    """202507 as 2025-07."""
    return f"{month // 100}-{month % 100:02d}"


def _trend(name: str, label: str, points: Sequence[Point], write: Written) -> tuple[Chart | None, Table]:
    told = [(month_words(one.month), one.value, one.before) for one in points]
    chart = month_line(name, label, told, write) if any(value is not None for _m, value, _b in told) else None
    columns = [Column("month", _("Month"), "head"), Column("value", _("Figure"), "number"),
               Column("of", _("Of"), "number"), Column("year_before", _("Year before"), "number")]
    rows: list[list[Cell | str]] = [
        [month, Cell(write(value), plain="" if value is None else round(value, 6)), Cell(count(one.of), plain=one.of),
         Cell(_("no data") if before is None else write(before), plain="" if before is None else round(before, 6))]
        for one, (month, value, before) in zip(points, told, strict=True)]
    return chart, Table(f"{name}_by_month", label, columns, rows, caption_hidden=True)
