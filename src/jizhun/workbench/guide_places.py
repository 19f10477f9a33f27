"""What a place keeps beside its guides: which matters it handles, its service points, the ledger of the list."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import Matter
from jizhun.frame.addresses import short
from jizhun.frame.fields import Field
from jizhun.frame.guide_words import hours_in_words
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.guides import actions
from jizhun.guides.actions import GUIDE, claim_of, ledger, listed, not_open, not_the_same, points_at, touched_guides
from jizhun.guides.models import PointVersion
from jizhun.guides.rules.claiming import SAYS, Claim
from jizhun.guides.rules.ledger import KINDS as CHANGES
from jizhun.guides.rules.points import ACCESS, DAYS, KINDS, LANGUAGES, QUEUES, RESERVED, WEEK, Point
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import require
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import Moved, tree
from jizhun.workbench.guide_asked import EDIT, Spot, number_in, spot_of

# -- claims ----------------------------------------------------------------------------------------


FILTERS = ("said", "q")
"""What the list of claims can be looked through by."""


def _holds(one: Matter, text: str) -> bool:
    """Whether a matter's code or names hold a text."""
    return text.strip().casefold() in f"{one.code} {one.name.zh} {one.name.en}".casefold()


@login_required
def claims(request: HttpRequest) -> HttpResponse:
    """Every matter of the list with what the place says of it; all that was changed is posted at once."""
    spot = spot_of(request, GUIDE)
    wrong = ""
    if request.method == "POST":
        try:
            changed = _claimed(request.POST, spot)
            if changed:
                actions.claim_matters(by=spot.user, claims=changed)
            asked = [(name, text) for name in FILTERS if (text := request.GET.get(name))]
            query = urlencode([*spot.pairs, ("saved", len(changed)), *asked])
            return HttpResponseRedirect(f"{reverse('work-claims')}?{query}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    held = catalogue()
    rows = [(held.matters[code],
             _as_typed(request.POST, code, claim_of(matter=code, region=spot.region, on=spot.today)))
            for code in listed(region=spot.region, on=spot.today)]
    counts = {code: sum(claim["says"] == code for _matter, claim in rows) for code in SAYS}
    saved, said, q = (request.GET.get(name, "") for name in ("saved", "said", "q"))
    if said and said not in SAYS:
        raise Refused(zh=f"认领状态没有“{said}”。", en=f"A claim cannot say “{said}”.")
    chosen = [(one, claim) for one, claim in rows if said in ("", claim["says"]) and _holds(one, q)]
    return render(request, "workbench/guide_claims.html", {
        "spot": spot, "rows": chosen, "all": rows, "says": SAYS, "said": said, "q": q,
        "counts": [(code, SAYS[code], n) for code, n in counts.items()],
        "wrong": wrong, "saved": saved if saved.isdecimal() and len(saved) < 6 else "",
        "differs": [(held.matters[one.matter], place_name(tree().known(one.region)), one.sentence)
                    for one in not_the_same(within=tree().within(spot.region, spot.today), on=spot.today)]},
                  status=400 if wrong else 200)


def _as_typed(sent: QueryDict, code: str, claim: Claim) -> dict[str, str]:
    """What stands in the boxes: what was typed, else what is on record."""
    kept = {"says": claim.says, "other": claim.other, "reason": words(claim.reason),
            "own": claim.own.get("name_zh", "")}
    typed = {name: str(sent.get(f"{name}-{code}", value)) for name, value in kept.items()}
    return {**typed, "was": _stands(claim)}


def _stands(claim: Claim) -> str:
    """The claim in a word, by which a form that comes back tells whether somebody has changed it since."""
    return "|".join((claim.says, claim.other, words(claim.reason), claim.own.get("name_zh", "")))


def _claimed(sent: QueryDict, spot: Spot) -> list[Claim]:
    found = []
    for code in listed(region=spot.region, on=spot.today):
        before = claim_of(matter=code, region=spot.region, on=spot.today)
        says, other, reason = (sent.get(f"{name}-{code}", "").strip() for name in ("says", "other", "reason"))
        own = sent.get(f"own-{code}", before.own.get("name_zh", "")).strip()
        seen, now = sent.get(f"was-{code}", _stands(before)), "|".join((says, other, reason, own))
        if says and now not in (seen, _stands(before)):
            if seen != _stands(before):
                raise _claimed_since(code)
            found.append(Claim(code, spot.region, says, spot.today, other if says == "under_another" else "",
                               _in_this_language(reason), _called(before, own), spot.user.username, "R"))
    return found


def _called(before: Claim, own: str) -> dict[str, str]:
    """What the place's own list says of the matter, with another name or without one."""
    kept = {name: value for name, value in before.own.items() if name != "name_zh"}
    return {**kept, "name_zh": own} if own else kept


def _claimed_since(matter: str) -> Moved:
    name = catalogue().name_of(matter)
    return Moved(zh=f"在此期间“{name.zh}”已另行认领，请先查看。",
                 en=f"What is said of “{name.en}” has been changed in the meantime: look at it first.")


def _in_this_language(text: str) -> Bilingual:
    """Words as typed on a page in one language; the other stays empty, so that it counts as untranslated."""
    return Bilingual(text, "") if short(get_language()) == "zh" else Bilingual("", text)


# -- service points --------------------------------------------------------------------------------


@login_required
def points(request: HttpRequest) -> HttpResponse:
    """The service points of a place and of those below."""
    spot = spot_of(request, GUIDE)
    table = _points_table(spot, points_at(path=spot.path, on=spot.today))
    away = not_open(within=tree().within(spot.region, spot.today), on=spot.today)
    return show(request, "workbench/guide_points.html", {
        "spot": spot, "table": table, "away": [(row.code, _point_name(row), row) for row in away]}, [table])


def _point_name(row: PointVersion) -> str:
    return words(Bilingual(str(row.fields.get("name_zh") or ""), str(row.fields.get("name_en") or "")))


def _points_table(spot: Spot, found: list[Point]) -> Table:
    columns = [Column("name", _("Service point"), "head"), Column("code", _("Code")), Column("kind", _("Kind")),
               Column("place", _("Place")), Column("hours", _("Hours")), Column("telephone", _("Telephone"))]
    held = tree()
    return Table("points", _("Service points"), columns, [
        [Cell(words(one.name), href=f"{reverse('work-point', args=[one.code])}?{spot.query}",
              small=words(one.address)), one.code, words(KINDS[one.kind]), place_name(held.known(one.region)),
         hours_in_words(one), one.telephone] for one in found], caption_hidden=True, stacked=True)


@login_required
def point(request: HttpRequest, code: str) -> HttpResponse:
    """One service point: change it from a day on, or close it; ``new`` makes one."""
    spot = spot_of(request, GUIDE)
    require(by=spot.user, right=EDIT, path=spot.path)
    rows = list(PointVersion.objects.filter(code=code).order_by("-seq", "-pk")) if code != RESERVED else []
    if code != RESERVED and not rows:
        raise NotFound(zh=f"没有代码为“{code}”的服务网点。", en=f"There is no service point “{code}”.")
    held: dict[str, Any] = dict(rows[0].fields) if rows else {}
    wrong = ""
    if request.method == "POST":
        sent = _point_row(request.POST, spot, held, code)
        try:
            day_ = parse_day(request.POST["from"]) if request.POST.get("from") else spot.today
            _refuse_lost(sent["matters"])
            actions.record_point(by=spot.user, row=sent, on=day_, new=code == RESERVED,
                                 seen=number_in(request.POST, "seen"))
            return HttpResponseRedirect(f"{reverse('work-points')}?{spot.query}")
        except Forbidden:
            raise
        except Refused as refused:
            held, wrong = {**held, **sent}, words(refused.sentence)
    return render(request, "workbench/guide_point.html", {
        "spot": spot, "code": code, "wrong": wrong, **_in_parts(_point_fields(held, code, request.POST)),
        "seen": rows[0].seq if rows else "", "closed": request.POST.get("closed"),
        "days": [(key, words(DAYS[n]), "; ".join((held.get("hours") or {}).get(key) or ()))
                 for n, key in enumerate(WEEK)], "history": rows},
                  status=400 if wrong else 200)


TEXTS = ("name_zh", "name_en", "address_zh", "address_en", "telephone", "hours_zh", "hours_en")


def _point_row(sent: QueryDict, spot: Spot, held: dict[str, Any], code: str) -> dict[str, Any]:
    row = {**held, "code": sent.get("code", "").strip() if code == RESERVED else code,
           "region": held.get("region", spot.region), "kind": sent.get("kind", "hall"),
           **{name: sent.get(name, "").strip() for name in TEXTS}, "access": sent.getlist("access"),
           "queue": {"kind": sent.get("queue", ""), "url": sent.get("queue_url", "").strip()},
           "hours": {key: [one.strip() for one in sent.get(f"hours-{key}", "").replace("；", ";").split(";")
                           if one.strip()] for key in WEEK},
           "lon": sent.get("lon", "").strip() or None, "lat": sent.get("lat", "").strip() or None,
           "matters": _matters(sent.get("matters", "")), "languages": sent.getlist("languages"),
           "source": held.get("source") or spot.user.username, "mark": held.get("mark", "R")}
    return {**row, "closed": True} if sent.get("closed") else {name: one for name,
                                                               one in row.items() if name != "closed"}


RARE = ("hours_zh", "hours_en", "lon", "lat", "queue", "queue_url", "access", "languages", "matters")
"""What a point may do without when it is first entered."""


def _in_parts(fields: list[Field]) -> dict[str, Any]:
    """The boxes that every point needs, and the rest, which is shown unfolded where something stands in it."""
    rest = [one for one in fields if one.name in RARE]
    return {"fields": [one for one in fields if one.name not in RARE], "rest": rest,
            "rest_filled": any(one.value or one.chosen for one in rest)}


def _point_fields(held: dict[str, Any], code: str, sent: QueryDict) -> list[Field]:
    def text(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, str(held.get(name) or ""), **more)

    new = [text("code", _("Code"), hint=_("Yours to choose; it stays the same for ever"),
                required=True)] if code == RESERVED else []
    queue = held.get("queue") or {}
    return [*new, Field("kind", _("Kind"), str(held.get("kind", "hall")),
                        choices=[(one, words(name)) for one, name in KINDS.items()]),
            text("name_zh", _("Name in Chinese"), required=True), text("name_en", _("Name in English")),
            text("address_zh", _("Address in Chinese")), text("address_en", _("Address in English")),
            text("telephone", _("Telephone")),
            Field("from", _("Holds from"), sent.get("from", ""), kind="date", hint=_("Empty: today")),
            text("hours_zh", _("Remark on the hours, in Chinese")),
            text("hours_en", _("Remark on the hours, in English")),
            text("lon", _("Longitude"), hint=_("In degrees, for “nearest first”")),
            text("lat", _("Latitude"), hint=_("In degrees, for “nearest first”")),
            Field("queue", _("Queue"), str(queue.get("kind", "")), choices=[("", "–"), *(
                (one, words(name)) for one, name in QUEUES.items())]),
            Field("queue_url", _("Where the queue can be seen or booked (link)"), str(queue.get("url", ""))),
            Field("matters", _("Matters served (codes)"), _codes(held.get("matters", "all")),
                  hint=_("Empty: all matters")),
            Field("languages", _("Languages spoken"), kind="checks", chosen=held.get("languages") or (),
                  choices=[(one, words(name)) for one, name in LANGUAGES.items()]),
            Field("access", _("Accessibility"), kind="checks", chosen=held.get("access") or (),
                  choices=[(one, words(name)) for one, name in ACCESS.items()])]


def _codes(matters: Any) -> str:
    return "" if matters in ("all", None) else ", ".join(matters)


def _matters(text: str) -> Any:
    """The codes of a box; "all" where it is empty."""
    return [one.strip() for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip()] or "all"


def _refuse_lost(matters: Any) -> None:
    """Raises Refused for a matter that does not exist."""
    lost = next((one for one in matters if one not in catalogue().matters), None) if matters != "all" else None
    if lost is not None:
        raise Refused(zh=f"没有编码为“{lost}”的事项。", en=f"There is no matter “{lost}”.")


# -- the ledger ------------------------------------------------------------------------------------


@login_required
def matters_ledger(request: HttpRequest) -> HttpResponse:
    """The ledger of changes that hold at the place, and the form for a new line."""
    spot = spot_of(request, GUIDE)
    wrong = ""
    if request.method == "POST":
        try:
            actions.record_change(by=spot.user, row=_change(request.POST, spot))
            return HttpResponseRedirect(f"{reverse('work-ledger')}?{spot.query}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    way = set(spot.path) | set(tree().within(spot.region, spot.today))
    table = _ledger_table(spot, way)
    return show(request, "workbench/guide_ledger.html", {
        "spot": spot, "table": table, "fields": _change_fields(request.POST), "wrong": wrong}, [table],
        status=400 if wrong else 200)


def _ledger_table(spot: Spot, way: set[str]) -> Table:
    held, names = tree(), catalogue()
    columns = [Column("from", _("In force from"), "date"), Column("matter", _("Matter"), "head"),
               Column("kind", _("Change")), Column("others", _("Other matters")), Column("place", _("Place")),
               Column("why", _("What and why")), Column("guides", _("Guides and procedures touched"), "number")]
    rows: list[list[Cell | str]] = []
    for one in sorted(ledger(), key=lambda line: line.valid_from, reverse=True):
        if one.region in way:
            touched = len(touched_guides(one))
            rows.append([day(one.valid_from), Cell(words(names.name_of(one.matter)), small=one.matter),
                         words(CHANGES[one.kind]), ", ".join(words(names.name_of(code)) for code in one.others),
                         place_name(held.known(one.region)), Cell(words(one.words), small=words(one.clause)),
                         Cell(str(touched), plain=touched)])
    return Table("ledger", _("Ledger of changes"), columns, rows, caption_hidden=True, stacked=True)


def _change(sent: QueryDict, spot: Spot) -> dict[str, Any]:
    row: dict[str, Any] = {name: sent.get(name, "").strip() for name in (
        "id", "kind", "matter", "zh", "en", "document", "clause_zh", "clause_en", "source")}
    row = {name: value for name, value in row.items() if value}
    others = [one for one in sent.get("others", "").replace("，", ",").replace("、", ",").split(",") if one.strip()]
    start: date | str = sent.get("from", "").strip()
    return {**row, "region": spot.region, "from": start or None, "others": [one.strip() for one in others], "mark": "R"}


def _change_fields(sent: QueryDict) -> list[Field]:
    def text(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, sent.get(name, ""), **more)

    return [text("matter", _("Matter"), choices=[("", "–"), *((code, f"{words(one.name)} {code}") for code, one in
                                                              catalogue().matters.items())], required=True),
            Field("kind", _("Change"), sent.get("kind", "changed"), choices=[(one, words(name)) for one, name in
                                                                             CHANGES.items()]),
            text("from", _("In force from"), kind="date", required=True),
            text("others", _("Other matters (codes)"), hint=_("Into which it went, or from which it came")),
            text("zh", _("What and why, in Chinese"), required=True), text("en", _("What and why, in English")),
            text("source", _("Source"), hint=_("Where it can be read"), required=True),
            text("document", _("Paper (code)")), text("clause_zh", _("Clause, in Chinese")),
            text("clause_en", _("Clause, in English")),
            text("id", _("Number of the line"), hint=_("Yours to choose, for example 2026-3"), required=True)]
