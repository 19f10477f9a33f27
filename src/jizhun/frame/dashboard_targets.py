"""The programme's four targets as the dashboard shows them: figure, change, trend, and what stands behind each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.evaluation.indices import find
from jizhun.evaluation.indices.formulas import formula_of
from jizhun.evaluation.overview import TRUSTED, Covered, Overview, Point
from jizhun.evaluation.rules.coverage import DEFINITIONS, Share
from jizhun.evaluation.rules.overview import ByPeople
from jizhun.evaluation.rules.quality import GRADES, Quality
from jizhun.evaluation.said import Said
from jizhun.evaluation.summing import INDEX
from jizhun.frame.charts import Chart, month_line
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, day, share, words
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual

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


def targets(shown: Overview, people: bool = False) -> list[Target]:
    """In the order of the programme's own words; ``people``: with places weighed by their people where they are known.
    """
    return [_coverage(shown, people), _conformance(shown, people), _equality(shown, people),
            _satisfaction(shown, people)]


# -- each of them ----------------------------------------------------------------------------------


def _coverage(shown: Overview, people: bool) -> Target:
    found, before = shown.covered, shown.covered_before
    name = _("Coverage")
    if found is None:
        none = _("No list held here on this day.") if shown.place.in_scope else _(
            "The national list does not cover this place.")
        return Target("coverage", name, "–", none, "", None, None, Behind([]))
    told, one = found.shares[TRUSTED], next(each for each in DEFINITIONS if each.code == TRUSTED)
    earlier = before.shares[TRUSTED].value if before else None
    behind = Behind([
        (_("Definition"), words(one.text)),
        (_("Formula"), _("pairs of matter and place that fit / pairs that are due by the list")),
        (_("Counted"), _counted(told)), (_("Recipients"), _recipients(found)), *_definitions(found),
        (_("Day"), day(shown.on)), (_("Quality"), _("No case stands behind this figure: it is computed from what is "
                                                    "on record of list, guides and procedures, without SQL."))])
    of = _("of %(n)s matters due in their places: guide and procedure published and in step") % {"n": count(told.of)}
    value, beside = _both(shown, people, told.value, shown.weighed.coverage, _("each pair counted once"))
    picture, table = _trend("coverage", _("Coverage by month"), shown.covered_trend, share)
    return Target("coverage", name, value, of, _change(told.value, earlier), picture,
                  table if shown.covered_trend else None, behind,
                  ("coverage", _("Business by place, and what is missing")), [*beside, _recipients(found)])


def _both(shown: Overview, people: bool, once: float | None, weighed: ByPeople | None,
          how: str) -> tuple[str, list[str]]:
    """The figure that leads, and the other way of counting beside it; how many places could not be weighed."""
    if weighed is None:
        return share(once), [_not_known(shown)] if people else []
    by = _("weighed by people, %(n)s places") % {"n": weighed.places}
    lead, other = ((weighed.value, by), (once, how)) if people else ((once, how), (weighed.value, by))
    unknown = [_unknown(weighed.unknown)] if weighed.unknown else []
    return share(lead[0]), [_("%(how)s: %(value)s") % {"how": other[1], "value": share(other[0])}, *unknown]


def _unknown(number: int) -> str:
    return ngettext("population not known for %(n)s place, which is left out",
                    "population not known for %(n)s places, which are left out", number) % {"n": number}


def _not_known(shown: Overview) -> str:
    if not shown.places:
        return _("there is no place below to weigh")
    return _("not weighed: the populations of the places below are not known")


def _recipients(found: Covered) -> str:
    return _("Recipients: %(share)s of groups in their places have all that they are due (%(counted)s)") % {
        "share": share(found.recipients.value), "counted": _counted(found.recipients)}


def _definitions(found: Covered) -> list[tuple[str, str]]:
    return [(words(one.name), f"{share(found.shares[one.code].value)} · {_counted(found.shares[one.code])}")
            for one in DEFINITIONS if one.code != TRUSTED]


def _conformance(shown: Overview, people: bool) -> Target:
    total, index = shown.total, find(INDEX)
    told = Share(total.numerator, total.denominator)
    behind = Behind([
        (_("Definition"), words(index.text)),
        (_("Formula"), _("%(formula)s; K: kept, B: broken") % {"formula": formula_of(index)}),
        (_("Counted"), _counted(told)),
        (_("Beside it"), _("%(open)s open in time, %(overdue)s open and overdue, %(none)s without a promise") % {
            "open": count(total.verdicts[3]), "overdue": count(total.overdue), "none": count(total.verdicts[0])}),
        *_common(shown, shown.quality)], shown.sql["conformance"])
    value, beside = _both(shown, people, total.value, shown.weighed.conformance, _("each case counted once"))
    return Target("conformance", _("Implementation"), value,
                  _("kept every promise; of %(n)s judged cases") % {"n": count(total.denominator)},
                  _change(total.value, shown.total_before.value),
                  *_trend("conformance", _("Implementation by month"), shown.trend, share), behind,
                  ("results", _("Results by item and place")), beside)


def _equality(shown: Overview, people: bool) -> Target:
    found, before, name = shown.apart, shown.apart_before, _("Equality")
    weighed = shown.weighed
    if found is None:
        few = _("There are not two places below with judged cases to compare.")
        return Target("equality", name, "–", few, "", None, None, Behind([(_("Definition"), _equality_text())]))
    behind = Behind([
        (_("Definition"), _equality_text()),
        (_("Formula"), _("CV = σ / μ; Gini = ΣΣ w w |x − y| / (2 W² μ), x and y the figures of two places")),
        (_("Counted"), _("%(n)s places directly below, each once: CV %(cv)s, Gini %(gini)s") % {
            "n": found.n, "cv": _plain(found.variation), "gini": _plain(found.gini)}),
        (_("By people"), _weighed_text(shown)), *_common(shown, shown.quality)], shown.sql["equality"])
    if people and weighed.apart is not None:
        return Target("equality", name, _plain(weighed.apart.variation),
                      _("coefficient of variation among %(n)s places weighed by their people; 0: all the same") % {
                          "n": weighed.apart.n},
                      _change_of(weighed.apart.variation, weighed.apart_before.variation if weighed.apart_before
                                 else None, _plain),
                      *_trend("equality", _("Coefficient of variation by month"), weighed.apart_trend, _plain), behind,
                      more=[_("%(how)s: %(value)s") % {"how": _("each place counted once"),
                                                       "value": _plain(found.variation)},
                            *([_unknown(weighed.unknown)] if weighed.unknown else [])])
    beside = [] if weighed.apart is None else [_("%(how)s: %(value)s") % {
        "how": _("weighed by people, %(n)s places") % {"n": weighed.apart.n},
        "value": _plain(weighed.apart.variation)}]
    lacking = [_not_known(shown)] if people and weighed.apart is None else []
    return Target("equality", name, _plain(found.variation),
                  _("coefficient of variation among %(n)s places, each counted once; 0: all the same") % {"n": found.n},
                  _change_of(found.variation, before.variation if before else None, _plain),
                  *_trend("equality", _("Coefficient of variation by month"), shown.apart_trend, _plain), behind,
                  more=[*beside, *lacking])


def _weighed_text(shown: Overview) -> str:
    """How the places weigh, and of how many that is not known."""
    found = shown.weighed
    if found.apart is None or found.known_as_of is None:
        return _not_known(shown)
    told = _("%(n)s places weighed by the population of %(day)s: CV %(cv)s, Gini %(gini)s") % {
        "n": found.apart.n, "day": words(COMMA).join(map(day, sorted({*found.known_as_of}))),
        "cv": _plain(found.apart.variation), "gini": _plain(found.apart.gini)}
    return f"{told}{words(STOP)}{_unknown(found.unknown)}" if found.unknown else told


def _equality_text() -> str:
    return _("How far the places directly below stand apart in the share of cases whose every promise was kept.")


def _satisfaction(shown: Overview, people: bool) -> Target:
    heard, name = shown.said, _("Satisfaction")
    found, told = heard.whole, heard.whole.positive_rate
    if heard.hidden:
        return Target("satisfaction", name, _("not shown"),
                      _("So few people were satisfied, or dissatisfied, that the figure would tell who."), "", None,
                      None, Behind(_common(shown, shown.quality)))
    value, beside = _both(shown, people, told.value, shown.weighed.satisfaction, _("each rating counted once"))
    praise = _("default praise, never counted: %(n)s") % {"n": count(found.default)}
    given = [_("given by a person: %(share)s of %(n)s") % {
        "share": share(found.active_rate.value), "n": count(found.active_rate.of)}] if found.active_rate.of else []
    earlier = None if shown.said_before.hidden else shown.ratings_before.positive_rate.value
    return Target("satisfaction", name, value,
                  _("positive, of %(n)s ratings that persons gave") % {"n": count(told.of)},
                  _change(told.value, earlier),
                  *_trend("satisfaction", _("Satisfaction by month"), shown.ratings_trend, share),
                  Behind(_behind_ratings(shown), heard.sql), more=[*beside, *given, praise, *_who_rates(heard)])


def _behind_ratings(shown: Overview) -> list[tuple[str, str]]:
    heard = shown.said
    found = heard.whole
    once = _("Ratings handed in, one for each visit or matter: a person's last word. What is under appeal counts "
             "neither way, what was found mistaken or malicious not at all.") if heard.handed_in else _(
        "The source handed in no ratings of their own: this is the column of its cases, in which nothing tells what is "
        "under appeal or was found mistaken.")
    apart = [(_("Not counted"), _("%(void)s found mistaken or malicious, %(appealed)s under appeal") % {
        "void": count(found.void), "appealed": count(found.appealed)})] if heard.handed_in else []
    return [
        (_("Definition"), _("Of the ratings that persons gave, the share of “very satisfied”, “satisfied” and “fairly "
                            "satisfied”.")),
        (_("What is counted"), once),
        (_("Formula"), _("(n5 + n4 + n3) / (n5 + n4 + n3 + n2 + n1), n the ratings of each grade")),
        (_("Counted"), f"{_counted(found.positive_rate)} · " + " · ".join(
            f"{grade}{words(COLON)}{count(n)}" for grade, n in sorted(found.grades.items(), reverse=True))),
        (_("Default praise"), _("Filled in by a system where nobody rated: %(n)s. It stands beside and is never "
                                "counted as a rating.") % {"n": count(found.default)}), *apart,
        (_("Rated"), _("%(share)s of %(n)s cases; who does not rate is not heard") % {
            "share": share(found.rated_rate.value), "n": count(found.cases)}),
        *[(_("Who rates"), one) for one in [*_who_rates(heard), *_by_channel(heard)]],
        *_common(shown, shown.quality)]


def _who_rates(heard: Said) -> list[str]:
    """How far those who rate are like those who were served, and what that may change."""
    who = heard.who
    if who is None:
        return []
    told = _("who rates: channels of ratings and cases differ by %(apart)s") % {"apart": share(who.apart)}
    if who.reweighted is None:
        return [told]
    return [told, _("had every channel been heard by its size: %(value)s") % {"value": share(who.reweighted)}]


def _by_channel(heard: Said) -> list[str]:
    """Each channel's part of the cases beside its part of the ratings."""
    return [_("%(channel)s: %(cases)s of the cases, %(ratings)s of the ratings") % {
        "channel": words(heard.channels[code]), "cases": share(one.of_cases.value),
        "ratings": share(one.of_ratings.value)}
        for one in (heard.who.groups if heard.who else ()) if isinstance(code := one.group, int)]


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
