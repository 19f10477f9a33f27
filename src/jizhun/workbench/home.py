"""What needs me: my roles, what is overdue where I am responsible, my files, the last batches."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.delivery.models import Batch
from jizhun.evaluation.actions import evaluate_for_page
from jizhun.evaluation.inputs import NoCases
from jizhun.frame.promises import BREACHES
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual
from jizhun.people.actions import grants_of
from jizhun.people.models import Notice, User
from jizhun.people.rules import ROLES
from jizhun.provisions.actions import measures
from jizhun.provisions.asking import Checked, in_words
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_needs import evaluating
from jizhun.workbench.findings import needing
from jizhun.workbench.guide_asked import RIGHTS as GUIDES
from jizhun.workbench.guide_needs import keeping_guides
from jizhun.workbench.jobs import jobs_of
from jizhun.workbench.learning_rights import learning
from jizhun.workbench.making import Need, making
from jizhun.workbench.pilot_needs import piloting
from jizhun.workbench.projects import RIGHTS as MAKING
from jizhun.workbench.projects import rights_of
from jizhun.workbench.publications import reviewing
from jizhun.workbench.ratings import RIGHTS as RATINGS
from jizhun.workbench.ratings import handling
from jizhun.workbench.rectification import mending
from jizhun.workbench.upload import RIGHT, user_of

BATCHES_SHOWN = 10
NOTICES_SHOWN = 8
FINDINGS_SHOWN = 10
BATCHES_LOOKED_AT = 500
STATES = {
    Batch.RUNNING: gettext_lazy("running"), Batch.LOADED: gettext_lazy("taken in"),
    Batch.REFUSED: gettext_lazy("refused"), Batch.REMOVED: gettext_lazy("removed"),
    Batch.INTERRUPTED: gettext_lazy("interrupted, nothing changed"),
    Batch.CANCELLED: gettext_lazy("cancelled"),
}


@dataclass(frozen=True, slots=True)
class Granted:
    """One role over one place."""

    role: Bilingual
    place: Bilingual
    region: str
    rights: frozenset[str]


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The workbench's start page."""
    user = user_of(request)
    granted = _granted(user)
    batches = _batches(granted)
    return show(request, "workbench/home.html", {
        "grants": granted, "may_hand_in": any(RIGHT in one.rights for one in granted),
        "may_record": any("provision.record" in one.rights for one in granted),
        "may_guide": any(right in one.rights for one in granted for right in GUIDES),
        "may_check": any("provision.review" in one.rights for one in granted),
        "may_ask": any(right.startswith("training.") for one in granted for right in one.rights),
        "may_rate": any(right in one.rights for one in granted for right in RATINGS),
        "needs": [*learning(user), *mending(user), *reviewing(user), *making(user), *handling(user),
                  *keeping_guides(user), *evaluating(user), *piloting(user),
                  *(need for one in granted for need in (*_needs(one), *_findings(one)))],
        "may_read": any("result.read" in one.rights for one in granted),
        "jobs": jobs_of(user.username), "may_draft": bool(rights_of(user) & set(MAKING)),
        "notices": list(Notice.objects.filter(username=user.username)[:NOTICES_SHOWN]), "batches": batches}, [batches])


def _granted(user: User) -> list[Granted]:
    held = tree()
    return [Granted(ROLES[one.role].name, held.known(one.region).name, one.region, one.rights)
            for one in grants_of(user)]


def _needs(granted: Granted) -> list[Need]:
    """Cases open past their promise where this role looks at results, one line a source.

    Simulated cases are told of under the fictional place in which they happen, never under a real one.
    """
    if "result.read" not in granted.rights:
        return []
    place = tree().known(granted.region)
    found = []
    for source in sources_about(place, timezone.localdate()):
        where = place if place.simulated or not source.simulated else tree().known(source.region)
        try:
            result = evaluate_for_page(index="conformance", source=source.code, region=where.code)
        except NoCases:  # the source covers the place, and nothing has come in from there
            continue
        if result.total.overdue:
            query = urlencode({"region": where.code, "source": source.code, "verdict": "overdue"})
            found.append(Need(
                _("%(n)s cases open and overdue: %(place)s") % {
                    "n": count(result.total.overdue), "place": place_name(where)},
                _("%(source)s, data date %(day)s") % {"source": words(source.name), "day": day(result.as_of)},
                f"{reverse('results')}?{query}#cases"))
    return found


def _findings(granted: Granted) -> list[Need]:
    """What places of this role must see to, now or within six months; breaches first, then by effect."""
    if "provision.record" not in granted.rights:
        return []
    today = timezone.localdate()
    found = needing(region=granted.region, on=today)
    found.sort(key=lambda one: one.finding.kind not in BREACHES)
    return [_need(one, today) for one in found[:FINDINGS_SHOWN]]


def _need(one: Checked, today: date) -> Need:
    place, subject = one.finding.place, words(catalogue().name_of(one.subject))
    what = f"{subject}{words(COMMA)}{words(measures()[one.measure].name)}"
    query = urlencode({"region": place, "measure": one.measure, "kind": one.finding.kind})
    return Need(f"{place_name(tree().known(place))}{words(COLON)}{what}", words(in_words(one, today)),
                f"{reverse('findings')}?{query}")


def _batches(granted: list[Granted]) -> Table:
    """The last files handed in for places within what is granted."""
    held, today = tree(), timezone.localdate()
    regions = {code for one in granted for code in held.within(one.region, today)}
    newest = Batch.objects.select_related("source")[:BATCHES_LOOKED_AT]
    rows = [_batch(one) for one in newest if one.source.region in regions]
    columns = [Column("started", _("Handed in"), "date"), Column("file", _("File"), "head"),
               Column("source", _("Source")), Column("good", _("taken in"), "number"),
               Column("bad", _("rejected"), "number"), Column("state", _("State"))]
    return Table("batches", _("Last batches of my region"), columns, rows[:BATCHES_SHOWN], caption_hidden=True,
                 stacked=True)


def _batch(one: Batch) -> list[Cell | str]:
    return [timezone.localtime(one.started_at).strftime("%Y-%m-%d %H:%M"), one.file_name, one.source.code,
            Cell(count(one.rows_good), plain=one.rows_good), Cell(count(one.rows_bad), plain=one.rows_bad),
            str(STATES[one.state])]
