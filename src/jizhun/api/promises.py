"""``/api/v1/promised``: what is promised for a matter, in a place, on a day; the same as ``jizhun promised --json``."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jizhun.api.entitlements import NotAllowed, only_asked, told
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.provisions.actions import place_name, promised
from jizhun.provisions.asking import plain_warnings
from jizhun.provisions.rules.telling import plain_answer

ASKED = frozenset({"matter", "region", "on", "group", "measure", "known_on"})


@told
def promised_api(request: HttpRequest) -> HttpResponse:
    """GET with ``matter`` and ``region``; one answer a measure, each with its path, findings and warnings."""
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("GET, HEAD")
    only_asked(request, ASKED)
    said = {name: request.GET.get(name, "").strip() for name in request.GET}
    for name in ("matter", "region"):
        if not said.get(name):
            raise Refused(zh=f"缺少“{name}”。", en=f"“{name}” is missing.")
    known_on = parse_day(said["known_on"]) if said.get("known_on") else None
    answers = promised(matter=said["matter"], region=said["region"], group=said.get("group") or "all",
                       on=parse_day(said["on"]) if said.get("on") else timezone.localdate(),
                       measure=said.get("measure") or None, known_on=known_on)
    return JsonResponse({"answers": [plain_answer(one, place_name, plain_warnings(one)) for one in answers]},
                        json_dumps_params={"ensure_ascii": False})
