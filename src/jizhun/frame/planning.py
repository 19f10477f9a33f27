"""Plans as pages show them: figures with their units, states with their signs, the board, the timeline, the chain."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jizhun.catalogue.actions import catalogue
from jizhun.frame.charts import Chart, month_line
from jizhun.frame.here import Here
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, day, place_name, share, words
from jizhun.frame.timeline import Span, timeline
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual
from jizhun.people.rules import ROLES
from jizhun.planning.actions.progress import Board, Chain, lacking_words
from jizhun.planning.indicators import Indicator, indicator
from jizhun.planning.rules.blocking import Act, Block
from jizhun.planning.rules.plan import PROPOSAL, Measure, grouped
from jizhun.planning.rules.progress import BEHIND, STATES, Progress
from jizhun.regions.actions import tree

SIGNS = {"reached": "kept own", "behind": "breach own", "still": "breach own", "missed": "breach own"}
MOST_GAPS = 100
MOST_NAMED = 3


def figure(value: float | None, how: Indicator) -> str:
    """A value in the indicator's unit."""
    if value is None:
        return "–"
    if how.unit == "share":
        return share(Decimal(str(value)))  # a goal of 0.95 is 95 %, not the float just below
    if how.unit == "ratio":
        return f"{value:.3f}"
    return f"{value:,.1f}".removesuffix(".0")


def change(value: float, how: Indicator) -> str:
    """By how much a value moves, with its sign; of a share in percentage points."""
    if how.unit == "share":
        return _("%(points)s points") % {"points": f"{value * 100:+.2f}".replace("-", "\N{MINUS SIGN}")}
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}")


def state_text(code: str) -> str:
    """A state as a word with its sign."""
    return f"{STATES[code].sign} {words(STATES[code].name)}"


def state_cell(code: str) -> Cell:
    """The same in a table."""
    return Cell(state_text(code), sign=SIGNS.get(code, "own"), plain=code)


def tally_text(found: dict[str, int]) -> str:
    """How many measures are in each state, in a line."""
    return words(COMMA).join(f"{state_text(code)} {count(n)}" for code, n in found.items())


def place(code: str) -> str:
    """A place's name."""
    return place_name(tree().known(code))


def subject(code: str) -> str:
    """A matter, item or role by its name; a standard's number as it is."""
    held = catalogue()
    if code in held.matters:
        return words(held.matters[code].name)
    if code in held.content.items:
        return words(held.name_of(code))
    return words(ROLES[code].name) if code in ROLES else code


# -- the board -------------------------------------------------------------------------------------


def measure_href(board: Board, one: Measure, here: Here) -> str:
    """The page of a measure at this place."""
    address = reverse("planning-measure", args=[board.plan.code, one.code])
    return f"{address}?{here.query}" if here.query else address


def group_name(board: Board, by: str, key: str) -> str:
    """What a group of the board is called."""
    parts = {one.code: words(one.name) for one in (board.plan.targets if by == "target" else board.plan.tasks)}
    if by == "unit":
        unit = next(one.responsible for one in board.plan.measures if one.responsible.zh == key)
        return words(unit)
    if by == "due":
        return day(date.fromisoformat(key))
    return parts.get(key, _("no task named"))


def board_tables(board: Board, by: str, here: Here) -> list[tuple[str, str, Table]]:
    """Groups of measures, each with its state and its table."""
    held = {one.measure.code: one for one in board.progress}
    found = []
    for n, (key, measures) in enumerate(grouped([one.measure for one in board.progress], by).items()):
        name, some = group_name(board, by, key), [held[one.code] for one in measures]
        found.append((key, name, _board_table(f"board-{n}", name, board, some, here)))
    return found


def _board_table(name: str, caption: str, board: Board, some: Sequence[Progress], here: Here) -> Table:
    columns = [Column("measure", pgettext("plan", "Measure"), "head"), Column("state", _("State")),
               Column("now", _("Now"), "number"), Column("goal", _("Goal"), "number"),
               Column("forecast", _("Goal reached at this pace") if not board.closed else _("A year before"), "date"),
               Column("due", _("Deadline"), "date"), Column("unit", _("Responsible"))]
    rows = [_board_row(board, one, here) for one in some]
    return Table(name, caption, columns, rows, caption_hidden=True, stacked=True)


def _board_row(board: Board, one: Progress, here: Here) -> list[Cell | str]:
    how = indicator(one.measure.indicator)
    small = f"{count(one.now.fits)} / {count(one.now.of)}" if one.now.fits is not None and one.now.of else ""
    last = figure(one.then.value if one.then else None, how) if board.closed else ahead(one)
    late = ngettext("%(n)s milestone missed", "%(n)s milestones missed", len(one.late)) % {
        "n": len(one.late)} if one.late and not board.closed else ""
    return [Cell(words(one.measure.name), href=measure_href(board, one.measure, here), plain=one.measure.code),
            Cell(state_text(one.state), sign=SIGNS.get(one.state, "own"), small=late or words(one.now.why)[:90],
                 plain=one.state),
            Cell(figure(one.now.value, how), small=small, plain="" if one.now.value is None else one.now.value),
            Cell(figure(one.measure.goal, how), small=goal_note(one.measure, board), plain=one.measure.goal),
            Cell(last), Cell(day(one.measure.due), plain=one.measure.due.isoformat()), words(one.measure.responsible)]


def goal_note(one: Measure, board: Board) -> str:
    """Where the goal is a paper's or a place's own; of all others the page says that they are a working proposal."""
    if one.said_by and one.said_by != board.plan.region:
        return _("set by %(place)s") % {"place": place(one.said_by)}
    return "" if one.goal_mark == PROPOSAL else _("figure of the paper")


def ahead(one: Progress) -> str:
    """When the goal is reached at the present pace, in words."""
    if one.forecast is None:
        return "–"
    if one.forecast.reached_on is None:
        return _("in more than 100 years") if one.state == BEHIND else _("never at this pace")
    return day(one.forecast.reached_on)


def timeline_chart(board: Board) -> Chart:
    """The board over time."""
    rows = [Span(words(one.measure.name), one.measure.baseline, one.measure.due,
                 [mark.on for mark in one.measure.milestones], one.forecast.reached_on if one.forecast else None,
                 state_text(one.state)) for one in board.progress]
    label = words(board.plan.name) + words(COLON) + place(board.region)
    return timeline("timeline", label, rows, board.on, board.plan.until)


def timeline_table(board: Board) -> Table:
    """What the timeline shows, in days."""
    columns = [Column("measure", pgettext("plan", "Measure"), "head"), Column("from", _("Baseline"), "date"),
               Column("milestones", _("Milestones")), Column("due", _("Deadline"), "date"),
               Column("reached", _("Goal reached at this pace"), "date"), Column("state", _("State"))]
    rows: list[list[Cell | str]] = [
        [words(one.measure.name), day(one.measure.baseline),
         words(COMMA).join(f"{day(mark.on)} {figure(mark.value, indicator(one.measure.indicator))}"
                           for mark in one.measure.milestones),
         day(one.measure.due), ahead(one), state_cell(one.state)] for one in board.progress]
    return Table("days", _("The days of the plan"), columns, rows, caption_hidden=True, stacked=True)


# -- one measure -----------------------------------------------------------------------------------


def blocked_sentence(found: Chain) -> str:
    """What blocks, in one sentence: "Urban-rural pension: 12 places lack it"."""
    if not found.by_item:
        return ""
    if found.indicator.about in ("place", ""):
        return ngettext("%(n)s place lacks it.", "%(n)s places lack it.", len(found.by_place)) % {
            "n": count(len(found.by_place))}
    told = [_("%(what)s (%(places)s)") % {"what": subject(one.key), "places": _lack(one, found)}
            for one in found.by_item[:MOST_NAMED]]
    more = len(found.by_item) - len(told)
    left = ngettext(" and %(n)s more", " and %(n)s more", more) % {"n": count(more)} if more else ""
    return words(COMMA).join(told) + left


def _lack(one: Block, found: Chain) -> str:
    n = len(one.places)
    if found.indicator.about == "matter":
        what = ngettext("%(n)s place without", "%(n)s places without", n) % {"n": count(n)}
        return f"{what}{words(Bilingual('，', ', '))}" + ngettext(
            "%(n)s matter", "%(n)s matters", len(one.subjects)) % {"n": count(len(one.subjects))}
    return _("%(n)s lacking") % {"n": count(one.lacks)}


def act_words(one: Act) -> str:
    """The next best act in a sentence."""
    if one.sort == "above":
        return _("%(place)s writes “%(subject)s” once; %(n)s places below have it from there") % {
            "place": place(one.place), "subject": subject(one.subject), "n": count(one.lacks)}
    if one.sort == "place":
        return _("%(place)s makes up for all that it lacks (%(n)s)") % {
            "place": place(one.place), "n": count(one.lacks)}
    if not one.subject:
        return place(one.place)
    return _("%(place)s: %(subject)s") % {"place": place(one.place), "subject": subject(one.subject)}


def act_href(one: Act, found: Chain, signed: bool) -> str:
    """Where the act is done, for whoever has signed in; else where it can be seen."""
    matter = one.subject if one.subject in catalogue().matters else ""
    if not matter:
        return ""
    kind = "&kind=procedure" if found.indicator.code.endswith(".procedure") else ""
    name = "work-guide" if signed else "guide"
    return f"{reverse(name, args=[matter])}?region={one.place}{kind}"


def acts_table(found: Chain, signed: bool) -> Table:
    """What moves the indicator most, the largest effect first."""
    columns = [Column("act", _("Next act"), "head"), Column("makes_up", _("Makes up for"), "number"),
               Column("effect", _("Moves the figure by"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(act_words(one), href=act_href(one, found, signed)), Cell(count(one.lacks), plain=one.lacks),
         Cell(change(one.effect, found.indicator), plain=round(one.effect, 8))] for one in found.acts]
    return Table("acts", _("What moves it most"), columns, rows, caption_hidden=True, stacked=True)


def items_table(found: Chain, query: str) -> Table:
    """What is lacking by item, each leading to its places."""
    columns = [Column("what", _("What is lacking"), "head"), Column("lacks", _("How much"), "number"),
               Column("places", _("Places"), "number"), Column("matters", _("Matters"), "number"),
               Column("effect", _("Would move the figure by"), "number")]
    of = found.progress.now.of or 1
    rows: list[list[Cell | str]] = [
        [Cell(subject(one.key) or _("all"), href=f"?{query}&item={one.key}#places" if one.key else "", small=one.key),
         Cell(count(one.lacks), plain=one.lacks), Cell(count(len(one.places)), plain=len(one.places)),
         Cell(count(len(one.subjects)), plain=len(one.subjects)),
         Cell(change(one.lacks / of, found.indicator), plain=round(one.lacks / of, 8))] for one in found.by_item]
    return Table("lacking", _("What blocks, by item"), columns, rows, caption_hidden=True, stacked=True)


def places_table(found: Chain, query: str) -> Table:
    """What is lacking by place directly below, each leading to what it lacks."""
    columns = [Column("place", _("Place"), "head"), Column("lacks", _("How much"), "number"),
               Column("within", _("Places within"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(place(one.key), href=f"?{query}&place_below={one.key}#gaps", plain=one.key),
         Cell(count(one.lacks), plain=one.lacks), Cell(count(len(one.places)), plain=len(one.places))]
        for one in found.by_place]
    return Table("places", _("What blocks, by place"), columns, rows, caption_hidden=True)


def gaps_table(found: Chain, on: date, signed: bool) -> Table:
    """Every single thing that is lacking where the reader has drilled to, with the page where it is put right."""
    columns = [Column("place", _("Place, which must act"), "head"), Column("what", _("What")),
               Column("lacks", _("What is missing")), Column("effect", _("Moves the figure by"), "number")]
    rows: list[list[Cell | str]] = []
    for gap in found.gaps[:MOST_GAPS]:
        single = Act("pair", gap.place, gap.subject, gap.lacks, gap.lacks / (found.progress.now.of or 1))
        lacks = words(COMMA).join(map(words, lacking_words(found.indicator, gap, on))) or count(gap.lacks)
        rows.append([Cell(place(gap.place), small=gap.place),
                     Cell(subject(gap.subject), href=act_href(single, found, signed), small=gap.subject), lacks,
                     Cell(change(single.effect, found.indicator), plain=round(single.effect, 8))])
    return Table("gaps", _("What is missing"), columns, rows, caption_hidden=True, stacked=True)


def trend_chart(found: Chain) -> tuple[Chart, Table] | None:
    """The indicator month by month, as a line and as a table; None where fewer than two months are known."""
    known = [(on, value) for on, value in found.trend if value is not None]
    if len(known) < 2:
        return None
    how, caption = found.indicator, words(found.indicator.name)
    line = month_line("trend", caption, [(f"{on:%Y-%m}", value, None) for on, value in found.trend],
                      lambda value: figure(value, how))
    table = Table("trend", caption, [Column("day", _("Day"), "head"), Column("value", _("Value"), "number")],
                  [[on.isoformat(), Cell(figure(value, how), plain=value)] for on, value in known],
                  caption_hidden=True)
    return line, table


def facts_of(found: Chain) -> list[tuple[str, str]]:
    """What stands behind a measure, line by line."""
    one, how = found.progress.measure, found.indicator
    items = words(COMMA).join(subject(code) for code in one.items)
    lines = [(_("Indicator"), words(how.name) + (f" ({items})" if items else "")),
             (_("Counted of"), words(how.denominator)), (_("Source"), words(how.source)),
             (_("Better"), _("higher") if how.direction == "higher" else _("lower")),
             (_("Baseline"), day(one.baseline)), (_("Deadline"), day(one.due)),
             (_("Milestones"), words(COMMA).join(f"{day(mark.on)} {figure(mark.value, how)}"
                                                 for mark in one.milestones)),
             (_("Responsible"), words(one.responsible)), (_("Supporting"), words(one.supporting)),
             (_("Evidence"), words(one.evidence))]
    return [(name, text) for name, text in lines if text]

