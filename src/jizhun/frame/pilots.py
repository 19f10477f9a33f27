"""What pages on pilots show alike for the public and for officials: programmes, “did it work?”, practice cards."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.charts import Chart, month_line
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, day, place_name, share, words
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.pilots.actions import effects, experience
from jizhun.pilots.actions.effects import Worked, change_of, did_it_work
from jizhun.pilots.actions.programmes import pilots, stands
from jizhun.pilots.models import PilotApplication, PilotProgramme, Practice
from jizhun.pilots.rules.assessing import STAGES, VERDICTS
from jizhun.pilots.rules.effect import LEAST_PLACES, Estimate, Point, caveats
from jizhun.pilots.rules.programmes import KINDS, LEVELS, STEPS
from jizhun.pilots.rules.simulated import month_of
from jizhun.regions.actions import parts, tree

Found = TypeVar("Found")
Sees = Callable[[str], bool]
"""Whether the reader may see the figures of a place."""


def named(code: str) -> str:
    """A place's name in the language of the page."""
    return place_name(tree().known(code))


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    return "–" if value is None else f"{value * 100:+.1f}".replace("-", "−")


def month_text(month: int) -> str:
    """yyyymm as 2025-07."""
    return f"{month // 100}-{month % 100:02d}"


def kind_words(code: str) -> str:
    """What kind of pilot it is; a dash where that is not on record."""
    return words(KINDS[code]) if code else "–"


def found_or_404(ask: Callable[[str], Found], code: str) -> Found:
    """What has this code; NotFound where nothing has."""
    try:
        return ask(code)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


# -- programmes ------------------------------------------------------------------------------------


def programmes_table(found: Iterable[PilotProgramme], name: str) -> Table:
    """Programmes with their days and how many pilots they have; ``name``: the page of one."""
    columns = [Column("programme", _("Programme"), "head"), Column("organiser", _("Organised at")),
               Column("kinds", _("Kinds")), Column("levels", _("Levels")), Column("from", _("From"), "date"),
               Column("until", _("Until"), "date"), Column("pilots", _("Pilots"), "number")]
    rows: list[list[Cell | str]] = []
    for one in found:
        number = len(pilots(one))
        rows.append([Cell(words(one.name), href=reverse(name, args=[one.code]),
                          small=_("simulated") if one.simulated else ""), named(one.organiser),
                     words(COMMA).join(words(KINDS[kind]) for kind in one.kinds),
                     words(COMMA).join(words(LEVELS[level]) for level in one.levels),
                     day(one.starts_on), day(one.ends_on), Cell(count(number), plain=number)])
    return Table("programmes", _("Pilot programmes"), columns, rows, caption_hidden=True, stacked=True)


def programme_context(one: PilotProgramme) -> dict[str, Any]:
    """What the part on a programme shows."""
    return {"programme": one,
            "jobs": [(words(Bilingual(row["name_zh"], row["name_en"])),
                      words(Bilingual(row.get("said_zh", ""), row.get("said_en", "")))) for row in one.jobs],
            "principles": words(COMMA).join(words(Bilingual(row["name_zh"], row["name_en"]))
                                            for row in one.principles)}


def pilots_table(programme: PilotProgramme, found: Iterable[PilotApplication], href: str = "") -> Table:
    """The pilots of a programme with the part of the country and their verdicts; ``href``: the page of one."""
    held = list(found)
    above = {one.region: tree().path(one.region, programme.starts_on) for one in held}
    told = parts({path[1] for path in above.values() if len(path) > 1})
    columns = [Column("place", _("Pilot place"), "head"), Column("part", _("Part of the country")),
               Column("kind", _("Kind")), *(Column(stage, words(name)) for stage, name in STAGES.items())]
    rows: list[list[Cell | str]] = []
    for one in held:
        said = {each.stage: words(VERDICTS[each.stage][each.verdict]) for each in one.verdicts.all()}
        path = above[one.region]
        group = told[path[1]][1] if len(path) > 1 and path[1] in told else None
        rows.append([Cell(named(one.region), small=one.region, href=reverse(href, args=[one.pk]) if href else ""),
                     words(group) if group else named(path[-2]) if len(path) > 1 else "–",
                     Cell(kind_words(one.kind), small=one.theme), *(said.get(stage, "–") for stage in STAGES)])
    return Table("pilots", _("Pilot places"), columns, rows, caption_hidden=True, stacked=True)


def state_words(one: PilotApplication) -> str:
    """Where an application stands, in a word."""
    return words(STEPS[stands(one)])


# -- did it work -----------------------------------------------------------------------------------

WAYS = {effects.ALL: Bilingual("其他所有地区", "all other places"),
        effects.SIMILAR: Bilingual("办件构成和数量相近的地区", "places alike in what and how much they handle"),
        effects.PICKED: Bilingual("组织单位选定的地区", "places that the organiser chose")}


def effect_context(programme: PilotProgramme, asked: dict[str, str], sees: Sees
                   ) -> tuple[dict[str, Any], list[Table], list[Chart]]:
    """The page's context with its tables and pictures; where too little is known, the sentence that says so."""
    offered = effects.offered(programme)
    context: dict[str, Any] = {
        "programme": programme, "sources": [(one.code, words(one.name)) for one in offered],
        "indices": [(code, words(one.name)) for code, one in effects.indices().items()],
        "ways": [(code, words(name)) for code, name in WAYS.items()], "asked": asked}
    try:
        found = did_it_work(programme=programme, index=asked["index"] or effects.INDEX, source=asked["source"],
                            way=asked["way"])
    except Refused as refused:
        return {**context, "none": words(refused.sentence)}, [], []
    chart, months, places = _picture(found), _months(found), _places(found, sees)
    return {**context, **_told(found), "chart": chart, "months": months, "places": places,
            "asked": {"index": found.values.index.code, "source": found.values.source.code, "way": found.way}}, \
        [months, places], [chart]


def _told(found: Worked) -> dict[str, Any]:
    one = found.effect
    run = found.values.result.run
    return {
        "found": found, "effect": _estimate(one.effect), "trend": one.trend and _slope(one.trend),
        "earlier": one.earlier and _estimate(one.earlier), "tells": one.effect.tells,
        "better": one.effect.value > 0, "as_large": count(round(one.rank * one.ways)), "ways_tried": count(one.ways),
        "caveats": [words(each) for each in caveats(one)],
        "way": words(WAYS[found.way]), "known": points(found.known) if found.known is not None else "",
        "recovers": found.recovers, "run": run, "as_of": found.values.result.as_of,
        "start": month_text(month_of(found.start)), "end": month_text(month_of(found.end)),
        "touched": words(COMMA).join(named(code) for code in found.compared.touched),
        "left_out": words(COMMA).join(named(code) for code in one.left_out),
        "index": found.values.index.name, "definition": found.values.index.text,
        "figures": [(_("Pilot places"), one.pilots, share(one.before[0]), share(one.after[0])),
                    (_("Comparison places"), one.others, share(one.before[1]), share(one.after[1]))]}


def _estimate(one: Estimate) -> dict[str, object]:
    """A difference as the page shows it, in percentage points."""
    return {"value": points(one.value), "low": points(one.low), "high": points(one.high), "tells": one.tells}


def _slope(one: Estimate) -> dict[str, object]:
    """A difference of slopes: percentage points a month, which are small."""
    told = (f"{value * 100:+.2f}".replace("-", "−") for value in (one.value, one.low, one.high))
    return {**dict(zip(("value", "low", "high"), told, strict=True)), "tells": one.tells}


def enough(value: float | None, places: int, simulated: bool) -> float | None:
    """A month's mean of real places: nothing where so few stand behind it that single ones could be told."""
    return value if simulated or places >= LEAST_PLACES else None


def _means(found: Worked) -> list[tuple[Point, float | None, float | None]]:
    """Every month with the two means that are shown."""
    made_up = found.programme.simulated
    return [(one, enough(one.pilot, one.pilots, made_up), enough(one.other, one.others, made_up))
            for one in found.effect.points]


def _picture(found: Worked) -> Chart:
    told = [(month_text(month_of(one.month)), pilot, other) for one, pilot, other in _means(found)]
    at = next(n for n, one in enumerate(found.effect.points) if one.month >= found.start)
    return month_line("effect", _("Both groups by month"), told, share, (at, _("pilot begins")))


def _months(found: Worked) -> Table:
    columns = [Column("month", _("Month"), "head"), Column("pilot", _("Pilot places"), "number"),
               Column("pilots", _("of so many"), "number"), Column("other", _("Comparison places"), "number"),
               Column("others", _("of so many"), "number"), Column("apart", _("Apart (points)"), "number")]
    rows: list[list[Cell | str]] = []
    for one, pilot, other in _means(found):
        apart = pilot - other if pilot is not None and other is not None else None
        rows.append([Cell(month_text(month_of(one.month)), small=_("before") if one.month < found.start else ""),
                     Cell(share(pilot), plain=pilot), Cell(count(one.pilots), plain=one.pilots),
                     Cell(share(other), plain=other), Cell(count(one.others), plain=one.others),
                     Cell(points(apart), plain=apart)])
    return Table("months", _("Both groups by month"), columns, rows)


def _places(found: Worked, sees: Sees) -> Table:
    """The change of every place that the reader may see; others count in the means only."""
    columns = [Column("place", _("Place"), "head"), Column("group", _("Group")),
               Column("before", _("Before"), "number"), Column("after", _("After"), "number"),
               Column("change", _("Change (points)"), "number")]
    rows: list[list[Cell | str]] = []
    for group, codes in ((_("pilot"), found.compared.pilots), (_("comparison"), found.compared.others)):
        for code in codes:
            before, after = change_of(found.values.series[code], found.start, found.end)
            if before is not None and after is not None and sees(code):
                rows.append([Cell(named(code), small=code), group, Cell(share(before), plain=before),
                             Cell(share(after), plain=after), Cell(points(after - before), plain=after - before)])
    return Table("places", _("Every place"), columns, rows, stacked=True)


# -- practice cards --------------------------------------------------------------------------------


def practices_table(found: Iterable[Practice], name: str) -> Table:
    """Cards with where they come from and how many took them over."""
    columns = [Column("title", _("Practice"), "head"), Column("place", _("From")), Column("matters", _("Matters")),
               Column("standard", _("Standard produced")), Column("adopters", _("Adopted by"), "number")]
    rows: list[list[Cell | str]] = []
    for one in found:
        number = len(one.adoptions.all())
        rows.append([Cell(words(one.title), href=reverse(name, args=[one.code]),
                          small=_("simulated") if one.simulated else ""), named(one.region),
                     words(COMMA).join(words(catalogue().name_of(code)) for code in one.matters),
                     one.standard or "–", Cell(count(number), plain=number)])
    return Table("practices", _("Practices"), columns, rows, caption_hidden=True, stacked=True)


def practice_context(one: Practice, sees: Sees) -> tuple[dict[str, Any], list[Table]]:
    """A card with its adopters and what changed there."""
    told = experience.promotion(one)
    effect_of = {each.code: each for each in told.adopters} if told else {}
    columns = [Column("place", _("Adopted by"), "head"), Column("since", _("Since"), "date"),
               Column("change", _("Change there (points)"), "number"),
               Column("others", _("Change elsewhere (points)"), "number"),
               Column("effect", _("Beyond elsewhere (points)"), "number"), Column("note", _("Note"))]
    rows: list[list[Cell | str]] = []
    for each in one.adoptions.all():
        found = effect_of.get(each.region) if sees(each.region) else None
        figures = (found.change, found.others, found.effect) if found else (None, None, None)
        rows.append([Cell(named(each.region), small=each.region), day(each.since),
                     *(Cell(points(value), plain=value) for value in figures), each.note])
    table = Table("adopters", _("Who took it over, and what changed there"), columns, rows, stacked=True)
    card = [(words(name), words(one.part(part))) for part, name in experience.PARTS.items()]
    return {"practice": one, "parts": card, "adopters": table, "number": len(rows), "place": named(one.region),
            "matters": [(words(catalogue().name_of(code)), reverse("guide", args=[code])) for code in one.matters],
            "counted": told.counted if told else 0, "value": points(told.value) if told else "",
            "low": points(told.low) if told and told.low is not None else "",
            "high": points(told.high) if told and told.high is not None else ""}, [table]
