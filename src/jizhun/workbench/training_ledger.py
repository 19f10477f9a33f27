"""The training ledger at the workbench: events with hours and attendance, a new one, one with its people."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions import courses, ledger
from jizhun.training.models import Attendance, TrainingEvent
from jizhun.training.rules.ledger import KINDS, Attended, decimal_of
from jizhun.workbench.evaluation_asked import day_in, known_place
from jizhun.workbench.training_asked import TEACH, Learner, learner_of, matter_field


@login_required
def training_ledger(request: HttpRequest) -> HttpResponse:
    """The events of one's places, and one's own attendance."""
    who = learner_of(request)
    events = ledger.events_within(who.within)
    shown, mine = listing(request, _events(events)), _mine(who)
    return show(request, "workbench/training_ledger.html", {
        "listing": shown, "mine": mine, "teaches": who.teaches, "events": len(events),
        "hours": f"{sum((one.hours for one in events), Decimal(0)):g}"}, [shown.whole, mine])


def _events(events: Sequence[TrainingEvent]) -> Table:
    held, names = tree(), catalogue()
    present = _present([one.pk for one in events])
    columns = [Column("on", _("Day"), "date"), Column("topic", _("Topic"), "head"), Column("kind", _("Kind")),
               Column("place", _("Place")), Column("matter", _("Matter")), Column("trainer", _("Trainer")),
               Column("hours", _("Hours of training"), "number"), Column("people", _("Present"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(day(one.on), plain=one.on.isoformat()),
         Cell(words(one.topic), href=reverse("work-training-event", args=[one.pk]),
              small=_("simulated") if one.simulated else ""), words(KINDS[one.kind]),
         place_name(held.known(one.region)),
         words(names.name_of(one.matter)) if one.matter in names.matters else "",
         Cell(one.trainer, small=one.organisation), Cell(f"{one.hours:g}", plain=float(one.hours)),
         Cell(count(present[one.pk]), plain=present[one.pk])] for one in events]
    return Table("events", _("Training ledger"), columns, rows, caption_hidden=True, stacked=True)


def _present(events: Sequence[int]) -> Counter[int]:
    """Event -> people present, as the last row about each says."""
    last = {(event, name): there for event, name, there in Attendance.objects.filter(
        event__in=events).order_by("pk").values_list("event", "username", "present")}
    return Counter(event for (event, _name), there in last.items() if there)


def _mine(who: Learner) -> Table:
    rows = Attendance.objects.filter(username=who.user.username).select_related("event").order_by("pk")
    last = {row.event_id: row for row in rows}
    shown: list[list[Cell | str]] = [
        [day(row.event.on), words(row.event.topic), _there(row.fact()), _hours(row.fact()), _score(row.fact())]
        for row in sorted(last.values(), key=lambda row: row.event.on, reverse=True)]
    return Table("mine", _("My own training"), [
        Column("on", _("Day"), "date"), Column("topic", _("Topic"), "head"), Column("present", _("Attendance")),
        Column("hours", _("Hours of training"), "number"),
        Column("score", _("Test"), "number")], shown, caption_hidden=True,
        stacked=True)


def _there(one: Attended) -> Cell:
    return Cell(_("present"), sign="kept") if one.present else Cell(_("absent"))


def _hours(one: Attended) -> Cell:
    return Cell(f"{one.hours.normalize():f}", plain=float(one.hours))


def _score(one: Attended) -> Cell:
    return Cell("–", plain="") if one.score is None else Cell(f"{one.score / 100:g}", plain=one.score / 100)


# -- a new event -----------------------------------------------------------------------------------


@login_required
def event_new(request: HttpRequest) -> HttpResponse:
    """The form of an event; entered, it leads to the event's page."""
    who, wrong = learner_of(request), ""
    if not who.teaches:
        raise forbidden(TEACH, who.regions[0])
    if request.method == "POST":
        try:
            return HttpResponseRedirect(reverse("work-training-event", args=[_entered(request.POST, who).pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/training_event_new.html", {"fields": _fields(request.POST, who), "wrong": wrong},
                  status=400 if wrong else 200)


def _entered(sent: QueryDict, who: Learner) -> TrainingEvent:
    hours = decimal_of(sent.get("hours", ""))
    if hours is None:
        raise Refused(zh="学时应为数字，如 3 或 1.5。", en="Hours are a number, such as 3 or 1.5.")
    return ledger.enter_event(
        by=who.user, kind=sent.get("kind", ""), region=known_place(sent.get("region", "")), hours=hours,
        topic_zh=sent.get("topic_zh", ""), topic_en=sent.get("topic_en", ""), on=day_in(sent, "on", _("Day")),
        organisation=sent.get("organisation", ""), trainer=sent.get("trainer", ""), matter=sent.get("matter", ""),
        course=sent.get("course", ""))


def _fields(sent: QueryDict, who: Learner) -> list[Field]:
    used = [("", "–"), *((code, words(one.name)) for code, one in courses.in_use().items())]
    kinds = [(code, words(name)) for code, name in KINDS.items()]
    return [Field("kind", _("Kind"), sent.get("kind", "class"), choices=kinds),
            Field("region", _("Place"), sent.get("region", who.where(TEACH)[0]), choices=who.choices(who.where(TEACH))),
            Field("topic_zh", _("Topic in Chinese"), sent.get("topic_zh", ""), required=True),
            Field("topic_en", _("Topic in English (optional)"), sent.get("topic_en", "")),
            Field("on", _("Day"), sent.get("on", who.today.isoformat()), kind="date", required=True),
            Field("hours", _("Hours of training"), sent.get("hours", ""), required=True),
            Field("organisation", _("Who held it"), sent.get("organisation", ""), required=True),
            Field("trainer", _("Trainer"), sent.get("trainer", ""), required=True),
            matter_field(sent, empty=True), Field("course", _("Course"), sent.get("course", ""), choices=used)]


# -- one event -------------------------------------------------------------------------------------


def event_seen(who: Learner, pk: int) -> TrainingEvent:
    """The event, where it lies within one's places."""
    try:
        event = ledger.event_of(pk)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None
    if not who.sees(event.region):
        raise forbidden("result.read", event.region)
    return event


@login_required
def training_event(request: HttpRequest, pk: int) -> HttpResponse:
    """An event with who was there; one person's names are shown to who teaches there, others see the units."""
    who = learner_of(request)
    event = event_seen(who, pk)
    teaches = who.may(TEACH, event.region)
    people = ledger.attended(event)
    units, names = _units(people), _people(people)
    return show(request, "workbench/training_event.html", {
        "event": event, "kind": KINDS[event.kind], "place": tree().known(event.region), "units": units,
        "people": names if teaches else None, "teaches": teaches, "present": sum(one.present for one in people),
        "listed": len(people), "matter": catalogue().matters.get(event.matter),
        "course": _course_name(event), "taken": request.GET.get("taken", "")}, [units, *([names] if teaches else [])])


def _course_name(event: TrainingEvent) -> Bilingual | None:
    """What the course that was taught is called, by its code where none of it is in use."""
    if event.course is None:
        return None
    used = courses.in_use().get(event.course.code)
    return used.name if used else Bilingual(event.course.code, event.course.code)


def _units(people: Sequence[Attended]) -> Table:
    held = tree()
    there = Counter(one.unit for one in people if one.present)
    listed = Counter(one.unit for one in people)
    rows: list[list[Cell | str]] = [
        [Cell(place_name(held.known(code)) if code in held else code, plain=code),
         Cell(count(there[code]), plain=there[code]), Cell(count(listed[code]), plain=listed[code])]
        for code in sorted(listed)]
    return Table("units", _("By unit"), [Column("unit", _("Unit"), "head"), Column("present", _("Present"), "number"),
                                         Column("listed", _("On the roster"), "number")], rows, caption_hidden=True)


def _people(people: Sequence[Attended]) -> Table:
    held = tree()
    rows: list[list[Cell | str]] = [
        [one.username, Cell(place_name(held.known(one.unit)) if one.unit in held else one.unit, plain=one.unit),
         _there(one), _hours(one), _score(one)] for one in people]
    return Table("attendance", _("Attendance"), [
        Column("username", _("User name"), "head"), Column("unit", _("Unit")), Column("present", _("Attendance")),
        Column("hours", _("Hours of training"), "number"),
        Column("score", _("Test"), "number")], rows, caption_hidden=True,
        stacked=True)
