"""``/api/v1/guides``, ``/api/v1/claims``, ``/api/v1/points``: guides out and in, claims, and where to go."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jizhun.api.asking import body_of, text_in, who
from jizhun.api.entitlements import NotAllowed, Unknown, only_asked, told
from jizhun.catalogue.actions import catalogue
from jizhun.guides import actions
from jizhun.guides.actions.bulk import Change, record_many
from jizhun.guides.actions.checking import findings_of
from jizhun.guides.documents import words_for
from jizhun.guides.documents.plain import as_data, both
from jizhun.guides.rules.checks import Finding
from jizhun.guides.rules.claiming import Claim
from jizhun.guides.rules.points import Point, distance
from jizhun.guides.rules.reading import MARKS
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.provisions import actions as provisions
from jizhun.provisions.rules import matrix
from jizhun.regions.actions import Moved, tree

NATION = "CN"
PUT_GUIDE = frozenset({"fields", "from", "note", "source", "mark"})
PUT_CLAIMS = frozenset({"region", "claims"})
CLAIM = frozenset({"matter", "says", "from", "other", "reason_zh", "reason_en", "own", "source", "mark"})
OWN = frozenset({"code", "name_zh", "name_en", "kind", "basis"})
MOST_POINTS = 200
MOST_CLAIMS = 1000


def _json(content: Mapping[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(dict(content), status=status, json_dumps_params={"ensure_ascii": False})


def _day(text: str) -> date:
    return parse_day(text) if text else timezone.localdate()


def _said(request: HttpRequest, names: Collection[str]) -> dict[str, str]:
    only_asked(request, names)
    return {name: request.GET.get(name, "").strip() for name in names}


# -- one guide -------------------------------------------------------------------------------------


@told
def guide_api(request: HttpRequest, matter: str) -> HttpResponse:
    """GET one guide with its findings; PUT writes fields of the place's own."""
    if matter not in catalogue().matters:
        raise Unknown(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter “{matter}”.")
    if request.method in ("GET", "HEAD"):
        return _guide(request, matter)
    if request.method == "PUT":
        return _put_guide(request, matter)
    raise NotAllowed("GET, HEAD, PUT")


def _guide(request: HttpRequest, matter: str) -> HttpResponse:
    said = _said(request, ("region", "on", "group"))
    return _with_seal(_shown(matter, said["region"] or NATION, _day(said["on"]), said["group"] or "all"))


def _shown(matter: str, region: str, on: date, group: str = "all") -> dict[str, Any]:
    """A guide with its chapters, the number of the place's newest version, and what is wrong with it."""
    found = actions.guide(matter=matter, region=region, on=on, group=group)
    return {**as_data(found, words_for(found)),
            "version": actions.newest(sort=actions.GUIDE, matter=matter, region=region),
            "parts": [{"code": code, "name": both(name), "fields": [one.field.code for one in found.shown
                                                                    if one.field.part == code and not one.empty]}
                      for code, name in actions.chapters().items()],
            "findings": [_finding(one) for one in findings_of(matter=matter, region=region, on=on, group=group)]}


def _finding(one: Finding) -> dict[str, Any]:
    return {"kind": one.kind, "severity": one.severity, "field": one.field, "item": one.item, "region": one.place,
            "sentence": both(one.sentence), "quote": one.quote}


def _with_seal(content: Mapping[str, Any]) -> HttpResponse:
    response = _json(content)
    response["ETag"] = f'"{content["seal"]}"'
    return response


def _put_guide(request: HttpRequest, matter: str) -> HttpResponse:
    """Fields that are named are written, all or none; null takes the place's own words back."""
    user, (region,) = who(request), _said(request, ("region",)).values()
    if not region:
        raise Refused(zh="缺少“region”。", en="“region” is missing.")
    content = body_of(request, PUT_GUIDE)
    fields, mark = content.get("fields"), text_in(content, "mark", "R")
    if not isinstance(fields, dict) or not fields:
        raise Refused(zh="缺少“fields”：字段与内容。", en="“fields” is missing: fields and their contents.")
    if mark not in MARKS:
        raise Refused(zh=f"核实标记没有“{mark}”。", en=f"There is no mark “{mark}”.")
    on, seen = _day(text_in(content, "from")), _seen(request, matter, region)
    done = record_many(by=user, sort=actions.GUIDE, changes=[Change(matter, region, fields, seen)], on=on, mark=mark,
                       source=text_in(content, "source"), note=text_in(content, "note"))
    (looked,) = done.outlook.looked
    return _with_seal({"recorded": done.versions, "outcomes": looked.outcomes, "from": on.isoformat(),
                       **_short(matter, region, on)})


def _short(matter: str, region: str, on: date) -> dict[str, Any]:
    found = actions.guide(matter=matter, region=region, on=on)
    return {"matter": matter, "region": region, "seal": found.seal, "missing": [one.code for one in found.missing],
            "version": actions.newest(sort=actions.GUIDE, matter=matter, region=region)}


def _seen(request: HttpRequest, matter: str, region: str) -> int | None:
    """What ``If-Match`` says that the writer saw: the number of the newest version, or the seal of today's guide."""
    said = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not said or said == "*":
        return None
    if said.isdecimal() and len(said) < 12:
        return int(said)
    newest = actions.newest(sort=actions.GUIDE, matter=matter, region=region)
    if actions.guide(matter=matter, region=region, on=timezone.localdate()).seal != said:
        raise Moved(zh="办事指南在此期间有变化，请重新读取。",
                    en="The guide has changed in the meantime: read it again.")
    return newest


# -- all guides of a place -------------------------------------------------------------------------


@told
def guides_api(request: HttpRequest) -> HttpResponse:
    """GET: the matters in the list of a place, and how complete each guide is."""
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("GET, HEAD")
    said = _said(request, ("region", "on"))
    region, on = said["region"] or NATION, _day(said["on"])
    tree().place(region, on)
    return _json({"region": region, "on": on.isoformat(), "guides": _complete(region, on)})


def _complete(region: str, on: date) -> list[dict[str, Any]]:
    codes = actions.listed(region=region, on=on)
    boards, claims = actions.boards_of(sort=actions.GUIDE, matters=codes, on=on), actions.claims_on(on)
    required = [one for one in actions.fields_of(actions.GUIDE) if one.required]
    promised = {one.code: _promised(one.measure, codes, region, on) for one in required if one.kind == "measure"}
    found = []
    for code in codes:
        whole, one = boards[code], catalogue().matter(code)
        at, rows = whole.places.position[region], {name: n for n, name in enumerate(whole.codes)}
        missing = [field.code for field in required if not (
            whole.board.has[rows[field.code], at] if field.typed else code in promised.get(field.code, {code}))]
        claim = claims.get((code, region))
        found.append({"matter": code, "name": both(one.name), "kind": one.kind, "item": one.item,
                      "claim": claim.says if claim else "unknown", "required": len(required),
                      "filled": len(required) - len(missing), "missing": missing,
                      "written_here": bool(whole.board.own[:, at].any()),
                      "out_of_step": [whole.codes[n] for n in whole.board.due(on)[:, at].nonzero()[0]]})
    return found


def _promised(measure: str, codes: Collection[str], region: str, on: date) -> set[str]:
    """The matters on which a promise is in force."""
    held = matrix(provisions.book(), measure, tuple(codes), (region,), on)
    return {code for code, (number,) in zip(codes, held.index, strict=True) if held.answers[number].value is not None}


# -- claims ----------------------------------------------------------------------------------------


@told
def claims_api(request: HttpRequest) -> HttpResponse:
    """GET: what a place says of each matter in its list; PUT records what it says."""
    if request.method in ("GET", "HEAD"):
        said = _said(request, ("region", "on"))
        region, on = said["region"] or NATION, _day(said["on"])
        tree().place(region, on)
        return _json({"region": region, "on": on.isoformat(), "claims": [
            _claim(actions.claim_of(matter=code, region=region, on=on)) for code in actions.listed(
                region=region, on=on)]})
    if request.method == "PUT":
        user, content = who(request), body_of(request, PUT_CLAIMS)
        return _json({"recorded": actions.claim_matters(by=user, claims=_claims(content))})
    raise NotAllowed("GET, HEAD, PUT")


def _claim(one: Claim) -> dict[str, Any]:
    known = one.says != "unknown"
    return {"matter": one.matter, "says": one.says, "from": one.valid_from.isoformat() if known else None,
            "other": one.other, "reason": both(one.reason), "own": dict(one.own), "source": one.source,
            "mark": one.mark if known else ""}


def _claims(content: dict[str, Any]) -> list[Claim]:
    region, rows = text_in(content, "region"), content.get("claims")
    if not region or not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Refused(zh="应有 region 和 claims（一列）。", en="region and claims (a list) are needed.")
    if len(rows) > MOST_CLAIMS:
        raise Refused(zh=f"一次最多 {MOST_CLAIMS} 条。", en=f"{MOST_CLAIMS} claims at most at a time.")
    return [_read_claim(region, n, row) for n, row in enumerate(rows, 1)]


def _read_claim(region: str, number: int, row: dict[str, Any]) -> Claim:
    own = row.get("own") or {}
    odd = sorted(name for name in row if name not in CLAIM)
    if odd or not isinstance(own, dict) or set(own) - OWN:
        wrong = odd[0] if odd else "own"
        raise Refused(zh=f"第 {number} 条：“{wrong}”不认识。", en=f"Claim {number}: “{wrong}” is not known.")
    return Claim(text_in(row, "matter"), region, text_in(row, "says"), _day(text_in(row, "from")),
                 text_in(row, "other"), Bilingual(text_in(row, "reason_zh"), text_in(row, "reason_en")),
                 {name: str(value) for name, value in own.items()}, text_in(row, "source"), text_in(row, "mark", "R"))


# -- service points --------------------------------------------------------------------------------


@told
def points_api(request: HttpRequest) -> HttpResponse:
    """GET: the service points of a place, or all; with ``near`` the nearest first and how far away each is."""
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("GET, HEAD")
    said = _said(request, ("near", "region", "matter", "on", "limit"))
    region, on = said["region"] or NATION, _day(said["on"])
    if said["matter"]:
        catalogue().matter(said["matter"])
    here = _position(said["near"]) if said["near"] else None
    found = actions.points_at(path=tree().path(region, on), on=on, matter=said["matter"])
    told_ = [(one, distance(here, one.place) if here and one.place else None) for one in found]
    if here is not None:
        told_.sort(key=lambda pair: (pair[1] is None, pair[1] or 0.0))
    shown = told_[:_limit(said["limit"])]
    return _json({"region": region, "on": on.isoformat(), "count": len(found),
                  "points": [_point(one, far) for one, far in shown]})


def _position(text: str) -> tuple[float, float]:
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        lon = lat = 1000.0
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused(zh=f"“{text}”应写成 经度,纬度，如 120.15,30.27。",
                      en=f"“{text}” must be longitude,latitude, like 120.15,30.27.")
    return lon, lat


def _limit(text: str) -> int:
    if not text:
        return 20
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_POINTS):
        raise Refused(zh=f"“limit”应是 1 到 {MOST_POINTS}。", en=f"“limit” must be 1 to {MOST_POINTS}.")
    return int(text)


def _point(one: Point, far: float | None) -> dict[str, Any]:
    lon, lat = one.place or (None, None)
    return {"code": one.code, "region": one.region, "kind": one.kind, "name": both(one.name),
            "address": both(one.address), "lon": lon, "lat": lat, "km": None if far is None else round(far, 3),
            "telephone": one.telephone, "hours": [[str(span) for span in day] for day in one.hours],
            "remark": both(one.remark), "access": list(one.access), "languages": list(one.languages),
            "queue": one.queue, "queue_url": one.queue_url, "matters": list(one.matters) or "all",
            "source": one.source, "mark": one.mark}
