"""The service guide of a matter, as it counts here and today: short by default, in full one click away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.frame.addresses import short
from jizhun.frame.guide_words import Change, Line, change_of, hours_in_words, line_of, lines_of, said
from jizhun.frame.here import Here, public_page
from jizhun.frame.promises import Promise, Reader
from jizhun.frame.surround import NotFound, printed_address
from jizhun.frame.tables import show
from jizhun.frame.tabs import HISTORY, NOW, chosen, tabs
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import chapters, claim_of, days_of_change, guide, listed, what_changed
from jizhun.guides.documents import as_jsonld, page_address, words_for
from jizhun.guides.documents import short as brief
from jizhun.guides.rules.fields import Field
from jizhun.guides.rules.guide import Guide, Shown
from jizhun.guides.rules.points import ACCESS, KINDS, LANGUAGES, QUEUES, Point, nearest
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.dating import day_before, parse_day
from jizhun.portal.entitled_words import heads_of
from jizhun.portal.guide_files import FORMS
from jizhun.procedures.actions import documents, procedure
from jizhun.procedures.life_events import events_with
from jizhun.provisions.actions import book, labels
from jizhun.regions.actions import days_off, tree

TABS = (NOW, HISTORY)
HIGHLIGHTS = ("promised_limit", "visits", "fee")
PLAIN = {"promised_limit": gettext_lazy("How long it takes"), "visits": gettext_lazy("How often you go there"),
         "fee": gettext_lazy("What it costs"), "statutory_limit": gettext_lazy("The longest the law allows")}
"""What a promise is called where a citizen reads it first; its own name stands with its papers."""
CALLS = ("contacts", "complaints")
PRINTED, READ_BY_PROGRAMS = ("pdf", "large-pdf", "docx", "poster"), ("jsonld", "cpsv", "hsds", "json")
POINTS_SHOWN = 5
DAYS_COMPARED = 12
CLOCKS = {"starts": gettext_lazy("the time limit starts"), "stops": gettext_lazy("the time limit stands still"),
          "resumes": gettext_lazy("the time limit goes on"), "extends": gettext_lazy("the time limit is extended"),
          "decides": gettext_lazy("it is decided"), "ends": gettext_lazy("the time limit ends")}
"""What a counter document does to the clock, by its code."""


@dataclass(frozen=True, slots=True)
class Told:
    """One field on the page: its lines, and the places it comes from with how far it is verified."""

    code: str
    name: Bilingual
    lines: list[Line]
    where: str
    mark: str
    required: bool
    sources: tuple[tuple[str, str], ...] = ()
    """Where it is written: the clause, and the address of the paper."""

    @property
    def empty(self) -> bool:
        return not self.lines


Row = tuple[Field, Told | None, Promise | None]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the full version: what is said, and which fields are empty though due, or simply empty."""

    name: str
    rows: list[Row]
    lacking: list[Field]
    silent: list[Field]

    @property
    def any(self) -> bool:
        return bool(self.rows or self.lacking or self.silent)


@dataclass(frozen=True, slots=True)
class Brought:
    """One thing to bring: what it is, and what is to be known of it; ``may_wait`` and ``may_promise`` in words."""

    name: str
    line: Line | None
    may_wait: str = ""
    may_promise: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A service point with its distance and whether it is open at this moment."""

    point: Point
    kind: str
    hours: str
    km: str
    open: bool
    access: str
    languages: str
    queue: str


@public_page
def guide_page(request: HttpRequest, here: Here, matter: str) -> HttpResponse:
    """One matter's guide for the chosen place, day and group."""
    held = catalogue()
    if matter not in held.matters:
        raise NotFound(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter with the code “{matter}”.")
    group, tab = request.GET.get("group") or "all", chosen(request, TABS)
    found = guide(matter=matter, region=here.code, on=here.on, group=group)
    page = _Page(found, here)
    context = {
        "matter": held.matters[matter], "guide": found, "tab": tab, "tabs": tabs(request, TABS),
        "item": held.matters[matter].item, "item_name": held.items.get(held.matters[matter].item),
        "full": "full" in request.GET,
        "forms": [(one, FORMS[one]) for one in PRINTED],
        "for_programs": [(one, FORMS[one]) for one in READ_BY_PROGRAMS],
        "structured": _structured(request, here, found),
        **_claimed(found, here),
        "listed": matter in listed(region=here.code, on=here.on), "outside": not here.place.in_scope,
        "part_of": events_with(matter),
        "benefits": heads_of(entitlements(), held.matters[matter].item),
        "address": _address(request, here, found), "since": _since(request, here, found),
        **(page.now(request) if tab == NOW else {"changes": page.changes(), **page.compared(request)})}
    return show(request, "portal/guide.html", context)


def _claimed(found: Guide, here: Here) -> dict[str, Any]:
    """What the place says of the matter; where it does not handle it, the place above, to go on from there."""
    claim = claim_of(matter=found.matter, region=here.code, on=here.on)
    return {"claim": claim, "other": catalogue().matters.get(claim.other) if claim else None,
            "elsewhere": here.path[-2] if claim and claim.says == "not_offered" and len(here.path) > 1 else None}


def _structured(request: HttpRequest, here: Here, found: Guide) -> dict[str, Any]:
    """The guide as search engines read it."""
    site, language, told = request.build_absolute_uri("/").rstrip("/"), short(get_language()), words_for(found)
    return as_jsonld(found, told, language, page_address(site, language, brief(found, told)))


def _address(request: HttpRequest, here: Here, found: Guide) -> dict[str, str]:
    """What a print carries: the page of this place, which then says what has changed since."""
    query = urlencode({"region": here.code, "printed": here.on.isoformat(), "seen": found.seal})
    return printed_address(request, query=query)


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since a guide was printed."""

    day: date
    same: bool
    rows: list[Change]


def _since(request: HttpRequest, here: Here, found: Guide) -> Since | None:
    if not request.GET.get("printed"):
        return None
    printed = parse_day(request.GET["printed"])
    if printed > here.on:
        raise Refused(zh="打印日期在所查看的日期之后。", en="It was printed after the day that is looked at.")
    seal = request.GET.get("seen", "")
    rows = [change_of(one) for one in what_changed(sort=found.sort, matter=found.matter, region=here.code,
                                                   before=printed, after=here.on, group=found.group)]
    return Since(printed, not rows and seal in ("", found.seal), rows)


class _Page:
    """What the page shows of one guide."""

    def __init__(self, found: Guide, here: Here) -> None:
        self.guide, self.here, self.held = found, here, tree()
        self.reader = Reader(self.held, labels(), book().measures)

    def now(self, request: HttpRequest) -> dict[str, Any]:
        """The short version's parts, and all chapters for the full one."""
        told = {one.field.code: self._told(one) for one in self.guide.shown if one.field.typed}
        points = self.guide.of("points")
        return {"told": told, "highlights": self._promises(HIGHLIGHTS) or self._promises(("statutory_limit",)),
                "channels": self._in_a_line("channels"), "brought": self._brought(),
                "brought_known": not _is_empty(self.guide, "materials"),
                "spots": self._spots(request, points.points if points else ()), "near": request.GET.get("near", ""),
                "parts": [one for code, name in chapters().items() if (one := self._chapter(code, words(name))).any],
                "papers": self._papers() if "full" in request.GET else [],
                "missing": [one.name for one in self.guide.missing]}

    def _papers(self) -> list[tuple[Bilingual, Bilingual, str]]:
        """The counter documents of the place's procedure, each with its step and what it does to the time limit."""
        found = procedure(matter=self.guide.matter, region=self.here.code, on=self.here.on)
        known = documents()
        return [(known[one.document].name, one.name, str(CLOCKS.get(known[one.document].clock, "")))
                for one in (found.steps.rows if found.steps else ()) if one.document in known]

    def _told(self, shown: Shown) -> Told:
        where = " → ".join(place_name(self.held.known(part.place)) for part in shown.parts)
        lines = lines_of(shown.field, shown.content)
        return Told(shown.field.code, shown.field.name, _nearest_first(lines, shown) if shown.field.code in CALLS else
                    lines, where, shown.mark, shown.field.required,
                    tuple((words(part.said.clause), part.said.source) for part in shown.parts
                          if part.said.source and part.said.mark != "SIM"))

    def _chapter(self, code: str, name: str) -> Chapter:
        rows = [self._part(one) for one in self.guide.shown if one.field.part == code]
        return Chapter(name, [row for row in rows if _speaks(row)],
                       [row[0] for row in rows if not _speaks(row) and row[0].required],
                       [row[0] for row in rows if not _speaks(row) and not row[0].required])

    def _part(self, shown: Shown) -> Row:
        if shown.field.typed:
            return shown.field, self._told(shown), None
        promise = self.reader.promise(shown.answer) if shown.answer and shown.answer.path else None
        return shown.field, None, promise if promise and promise.brief else None

    def _promises(self, codes: tuple[str, ...]) -> list[tuple[str, Promise]]:
        """Those of the promises that are made, each under its plain name."""
        found = [(code, one.answer) for code in codes if (one := self.guide.of(code)) is not None]
        return [(str(PLAIN[code]), self.reader.promise(answer)) for code, answer in found
                if answer and answer.value is not None]

    def _in_a_line(self, code: str) -> str:
        content = self.guide.content(code)
        return _listed(said(one) for one in content) if isinstance(content, list) else ""

    def _brought(self) -> list[Brought]:
        """The materials that are asked for, each with its note; what may wait or be promised instead."""
        asked, notes = self.guide.content("materials"), _by_id(self.guide, "material_notes")
        wait, promise = _by_id(self.guide, "deferred"), _by_id(self.guide, "commitment")
        rows = asked if isinstance(asked, list) else list(notes.values())
        return [Brought(words(said(one)) or str(one["id"]), line_of(notes[one["id"]]) if one["id"] in notes else None,
                        _days(wait.get(one["id"])), words(said(promise[one["id"]])) if one["id"] in promise else "")
                for one in rows]

    def _spots(self, request: HttpRequest, points: tuple[Point, ...]) -> list[Spot]:
        here, now = near_of(request), timezone.localtime()
        off = days_off(self.here.code, self.here.on) if self.here.is_today else {}
        return [self._spot(point, km, now, off) for point, km in nearest(points, here)]

    def _spot(self, point: Point, km: float | None, now: datetime, off: dict[date, bool]) -> Spot:
        free = off.get(now.date(), False) is False and now.date() in off
        return Spot(point, words(KINDS[point.kind]), hours_in_words(point), "" if km is None else _kilometres(km),
                    self.here.is_today and point.open_at(now, free), _listed(ACCESS[one] for one in point.access),
                    _listed(LANGUAGES.get(one, Bilingual(one, one)) for one in point.languages),
                    words(QUEUES[point.queue]) if point.queue else "")

    def compared(self, request: HttpRequest) -> dict[str, Any]:
        """Two days that the reader chose, side by side; nothing where none were."""
        first, second = request.GET.get("first", ""), request.GET.get("second", "")
        if not first:
            return {"first": "", "second": second, "compared": None}
        days = parse_day(first), parse_day(second) if second else self.here.on
        rows = self._changes(min(days), max(days))
        return {"first": first, "second": second or self.here.on.isoformat(), "compared": rows, "days": sorted(days)}

    def _changes(self, before: date, after: date) -> list[Change]:
        return [change_of(one) for one in what_changed(sort=self.guide.sort, matter=self.guide.matter,
                                                       region=self.here.code, before=before, after=after,
                                                       group=self.guide.group)]

    def changes(self) -> list[tuple[date, list[Change]]]:
        """What changed here, day by day, the latest first."""
        found = []
        for one in days_of_change(sort=self.guide.sort, matter=self.guide.matter, region=self.here.code,
                                  on=self.here.on)[:DAYS_COMPARED]:
            if day_before(one) >= self.here.place.valid_from:
                rows = self._changes(day_before(one), one)
                found += [(one, rows)] if rows else []
        return found


def _speaks(row: Row) -> bool:
    """Whether there is anything to show; service points always have something to say."""
    field, told, promise = row
    return field.kind == "points" or promise is not None or (told is not None and not told.empty)


def _nearest_first(lines: list[Line], shown: Shown) -> list[Line]:
    """Whom to call: those of the place itself before those above it."""
    whose = {str(item["id"]): rank for rank, part in enumerate(shown.parts) for item in part.content or ()}
    return sorted(lines, key=lambda line: -whose.get(line.key, 0))


def _listed(texts: Iterable[Bilingual]) -> str:
    return words(COMMA).join(words(one) for one in texts)


def _is_empty(found: Guide, code: str) -> bool:
    return found.content(code) is None


def _by_id(found: Guide, code: str) -> dict[str, Any]:
    """The items of a list field by what they speak of: the material where one is named, else their own id."""
    content = found.content(code)
    return {str(one.get("material") or one["id"]): one for one in content} if isinstance(content, list) else {}


def _days(row: Any) -> str:
    if row is None:
        return ""
    days = row.get("days")
    return _("may follow within %(n)s days") % {"n": days} if days else words(said(row))


def _kilometres(km: float) -> str:
    return _("%(n)s m") % {"n": round(km * 1000, -1)} if km < 1 else _("%(n)s km") % {"n": f"{km:.1f}"}


def near_of(request: HttpRequest) -> tuple[float, float] | None:
    """Where the reader is, if the address says so: ``near=longitude,latitude``; it is kept nowhere."""
    text = request.GET.get("near", "")
    if not text:
        return None
    try:
        lon, lat = (float(one) for one in text.split(","))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(text)
    except ValueError:
        raise Refused(zh=f"“{text}”不是经纬度，应写作 120.15,30.27。",
                      en=f"“{text}” is no longitude and latitude; write it like 120.15,30.27.") from None
    return lon, lat

