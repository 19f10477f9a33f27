"""Life events (一件事) for the public: what is done at once, in which order, by whom, how long, and what to bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.charts import Chart
from jizhun.frame.here import Here, public_page
from jizhun.frame.procedure_words import drawn, steps_table
from jizhun.frame.promises import Reader
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.life_events import LifeEvent, bundles, life_event
from jizhun.procedures.rules.bundles import Leg, groups
from jizhun.provisions.actions import book, labels
from jizhun.regions.actions import tree

SEVERAL = Bilingual("、", ", ")


@dataclass(frozen=True, slots=True)
class LegShown:
    """One leg on the page. ``limit``: what is promised here and today, or else in law."""

    leg: Leg
    matter: Bilingual
    limit: str
    promised: bool
    after: str


@public_page
def bundle_list(request: HttpRequest, here: Here) -> HttpResponse:
    """Every life event there is."""
    return render(request, "portal/bundles.html", {"bundles": bundles()})


@public_page
def bundle(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """One life event, as it counts here and today."""
    if code not in {row.code for row in bundles()}:
        raise NotFound(zh=f"没有“{code}”这件事。", en=f"There is no life event “{code}”.")
    page = _Page(life_event(code=code, region=here.code, on=here.on), here)
    tables = [page.table(), page.materials()]
    context = {"event": page.event, "row": page.event.row, "stages": page.stages(), "departments": page.departments(),
               "picture": page.picture(), "steps": tables[0], "materials": tables[1],
               "silent": page.names(page.event.silent), "untimed": page.names(page.event.untimed),
               "took": words(page.event.time.words), "note": page.text("note"), "summary": page.text("summary")}
    return show(request, "portal/bundle.html", context, tables)


class _Page:
    """What the page shows of one life event."""

    def __init__(self, event: LifeEvent, here: Here) -> None:
        self.event, self.here = event, here
        self.reader = Reader(tree(), labels(), book().measures)
        self.by_matter = {one.matter: one for one in event.legs}

    def text(self, name: str) -> str:
        fields = self.event.row.fields
        return words(Bilingual(str(fields.get(f"{name}_zh") or ""), str(fields.get(f"{name}_en") or "")))

    def names(self, matters: Sequence[str]) -> str:
        return words(SEVERAL).join(words(self.by_matter[one].name) for one in matters)

    def stages(self) -> list[list[LegShown]]:
        """The legs that run side by side, stage after stage."""
        return [[self._leg(one) for one in stage] for stage in groups(self.event.legs)]

    def _leg(self, leg: Leg) -> LegShown:
        promised, lawful = (self._figure(leg.matter, code) for code in ("promised_limit", "statutory_limit"))
        after = self.names([one for one in leg.needs if one in self.by_matter])
        return LegShown(leg, catalogue().matters[leg.matter].name, promised or lawful, bool(promised), after)

    def _figure(self, matter: str, code: str) -> str:
        shown = self.event.guides[matter].of(code)
        figure = self.reader.figure(shown.answer) if shown and shown.answer else None
        return figure.whole if figure else ""

    def departments(self) -> list[tuple[str, str]]:
        """Who takes part, and with what; legs whose body nobody wrote down come under no name."""
        found: dict[str, list[str]] = {}
        for one in self.event.legs:
            found.setdefault(words(one.department), []).append(one.matter)
        return [(name or _("Not on record"), self.names(matters)) for name, matters in found.items()]

    def table(self) -> Table:
        """The twin of the picture; each leg leads to its guide here."""
        query = urlencode(self.here.pairs)
        return steps_table(self.event.steps, lambda matter: f"{reverse('guide', args=[matter])}?{query}", "event",
                           self.event.posts)

    def picture(self) -> Chart:
        """The legs as a procedure made of procedures, a lane for each department."""
        return drawn(self.event.steps, self.event.row.name, posts=self.event.posts)

    def materials(self) -> Table:
        """Each material once, and for what it is asked."""
        columns = [Column("material", _("What to bring"), "head"), Column("legs", _("For what"))]
        rows: list[Sequence[Cell | str]] = [[words(one.name), self.names(one.matters)] for one in self.event.asked]
        return Table("materials", _("What to bring, each thing once"), columns, rows, caption_hidden=True)

