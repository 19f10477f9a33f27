"""The steps of a procedure at the workbench: picture and table, whether they hold, and what another does otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from jizhun.catalogue.rules import Matter
from jizhun.frame.addresses import short
from jizhun.frame.charts import Chart
from jizhun.frame.procedure_words import as_picture_file, drawn, steps_table, teller
from jizhun.frame.tables import Table
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import days_of_change, matter_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_before, day_in_words, parse_day
from jizhun.people.actions import allows
from jizhun.people.rules import Forbidden, forbidden
from jizhun.procedures.actions import Compared, Procedure, compared, procedure
from jizhun.procedures.documents import PRODUCTS, reading_of
from jizhun.procedures.rules import Checked, Steps
from jizhun.procedures.rules.checking import Finding
from jizhun.procedures.rules.differing import Differences
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import EDIT, RIGHTS, Spot, spot_of

STATES = {"within": gettext_lazy("holds"), "over": gettext_lazy("too long"),
          "depends": gettext_lazy("depends on the calendar"), "unknown": gettext_lazy("cannot be told")}
SIGNS = {"within": "kept", "over": "breach"}
SEVERITIES = {"error": gettext_lazy("To put right"), "warning": gettext_lazy("To look at"),
              "note": gettext_lazy("To know")}
LEFT_OUT = frozenset({"waits", "loop", "no-limit"})
"""What the longest way does not count."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whether a table of steps holds, in sentences. ``left_out``: what the longest way does not count."""

    verdicts: list[tuple[str, str, str]]
    groups: list[tuple[str, str, list[str]]]
    longest: str
    took: str
    counted_from: str
    left_out: list[str]


def title_of(known: Matter, place: str) -> Bilingual:
    """What stands above the picture."""
    name = tree().known(place).name
    return Bilingual(f"{known.name.in_language('zh')} · {name.in_language('zh')}",
                     f"{known.name.in_language('en')} · {name.in_language('en')}")


def told_of(checked: Checked, steps: Steps) -> Told:
    """Verdicts as (state, sign, sentence); findings by severity; the longest way with what it leaves out."""
    seen: list[Finding] = [one for one in checked.findings if one.kind not in LEFT_OUT and not _said_above(one)]
    groups = [(code, str(name), _sentences(one for one in seen if one.severity == code))
              for code, name in SEVERITIES.items()]
    time = checked.time
    begun = words(Bilingual("、", ", ")).join(words(steps.by_id[one].name) for one in time.counted_from)
    return Told([(str(STATES[one.state]), SIGNS.get(one.state, ""), words(one.sentence)) for one in checked.verdicts],
                [group for group in groups if group[2]], words(teller(steps).path(time.either.path)), words(time.words),
                begun, _sentences(one for one in checked.findings if one.kind in LEFT_OUT))


def _said_above(one: Finding) -> bool:
    """Whether a verdict says the same."""
    return one.kind.startswith(("over-", "depends-"))


def _sentences(some: Iterable[Finding]) -> list[str]:
    return [words(one.sentence) for one in some]


def twin(steps: Steps, name: str = "steps") -> Table:
    """The table of steps; a step that calls another matter leads to that one's procedure."""
    return steps_table(steps, lambda code: f"{reverse('work-guide', args=[code])}?kind=procedure", name)


def now_part(spot: Spot, known: Matter) -> dict[str, Any]:
    """What the tab Now shows above the chapters."""
    found = procedure(matter=known.code, region=spot.region, on=spot.today)
    if found.steps is None or found.checked is None:
        return {"steps": None}
    return {"steps": found.steps, "picture": drawn(found.steps, title_of(known, spot.region)),
            "twin": twin(found.steps), "told": told_of(found.checked, found.steps),
            "forms": [(form, form.upper()) for form in ("bpmn", "svg", "docx", "pdf")]}


# -- what is different -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """The other side: what it is called, and how the form asked for it."""

    label: str
    kind: str
    other: str
    day: str


def differing_part(request: HttpRequest, spot: Spot, known: Matter, *, by_day: bool) -> dict[str, Any]:
    """What this procedure does otherwise than the one that the address names; ``by_day``: than earlier, if none."""
    side, sides, wrong = Side("", request.GET.get("side") or ("day" if by_day else "above"),
                              request.GET.get("other", ""), request.GET.get("before", "")), None, ""
    try:
        side, sides = _other_side(spot, known, side)
    except Forbidden:
        raise
    except Refused as refused:
        wrong = words(refused.sentence)
    parts: dict[str, Any] = {"side": side, "side_wrong": wrong, "sides": sides,
                             "side_choices": SIDES.items() if len(spot.path) > 1 else list(SIDES.items())[1:]}
    if sides is not None and sides.told is not None:
        parts |= _differences(sides, sides.told, known, spot)
    return parts


SIDES = {"above": gettext_lazy("the place above"), "place": gettext_lazy("another place"),
         "day": gettext_lazy("an earlier day")}


def _other_side(spot: Spot, known: Matter, asked: Side) -> tuple[Side, Compared | None]:
    """The other side with its name; None where the form has to be filled first."""
    where: dict[str, Any] = {"matter": known.code, "region": spot.region, "on": spot.today}
    if asked.kind == "day":
        before = parse_day(asked.day) if asked.day else _day_before_the_last_change(spot, known)
        if before is None:
            return asked, None
        return Side(words(day_in_words(before)), "day", asked.other, before.isoformat()), compared(**where,
                                                                                                   before=before)
    other = asked.other.strip() if asked.kind == "place" else spot.path[-2] if len(spot.path) > 1 else ""
    if not other:
        return asked, None
    seen_by(spot, other)
    return Side(place_name(tree().known(other)), asked.kind, asked.other, asked.day), compared(**where, other=other)


def _day_before_the_last_change(spot: Spot, known: Matter) -> date | None:
    days = days_of_change(sort=spot.sort, matter=known.code, region=spot.region, on=spot.today)
    found = [day_before(one) for one in days if day_before(one) >= spot.place.valid_from]
    return found[0] if found else None


def seen_by(spot: Spot, other: str) -> None:
    """Refuse a place that is neither above this one nor within one's roles."""
    path = tree().path(other, spot.today)
    if other not in spot.path and not any(allows(by=spot.user, right=right, path=path) for right in RIGHTS):
        raise forbidden(EDIT, other)


def _differences(sides: Compared, told: Differences, known: Matter, spot: Spot) -> dict[str, Any]:
    assert sides.here.steps is not None and sides.there.steps is not None
    gone = {step: mark for step, mark in told.marks.items() if mark == "removed"}
    parts: dict[str, Any] = {"differences": [words(one.sentence) for one in told.changes]}
    if told.changes:
        parts["here_picture"] = drawn(sides.here.steps, title_of(known, spot.region), told.marks, "here")
    if gone:
        parts["there_picture"] = drawn(sides.there.steps, title_of(known, sides.there.whole.region), gone, "there")
    return parts


def picture_asked(request: HttpRequest, parts: dict[str, Any], known: Matter, spot: Spot) -> HttpResponse | None:
    """The picture that ``?svg=`` names as a file with colours of its own; None where it names none."""
    chosen = next((one for one in parts.values() if isinstance(one, Chart) and one.name == request.GET.get("svg")),
                  None)
    if chosen is None:
        return None
    return as_picture_file(chosen.svg, f"{known.code}-{spot.region}-{chosen.name}")


# -- files -----------------------------------------------------------------------------------------


@login_required
def procedure_file(request: HttpRequest, matter: str, form: str) -> HttpResponse:
    """The procedure of the place as BPMN, picture, DOCX or PDF."""
    spot, known = spot_of(request), matter_of(matter)
    if form not in PRODUCTS:
        raise Http404
    found = procedure_or_refused(spot, matter)
    product = PRODUCTS[form]
    response = HttpResponse(product.made(reading_of(found), short(get_language())), content_type=product.kind)
    response["Content-Disposition"] = f'attachment; filename="{known.code}-{spot.region}-{spot.today}.{product.ending}"'
    return response


def procedure_or_refused(spot: Spot, matter: str) -> Procedure:
    """The procedure with steps; raises Refused where there are none."""
    found = procedure(matter=matter, region=spot.region, on=spot.today)
    if found.steps is None:
        raise Refused(zh="这里还没有步骤。", en="No steps are on record here yet.")
    return found
