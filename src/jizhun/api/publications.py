"""``/api/v1/publications``: published editions, the same as the files of their pages."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jizhun.api.entitlements import NotAllowed, Unknown, only_asked, told
from jizhun.evaluation.publications import edition, editions, known, publications
from jizhun.evaluation.publications.reading import NoSuchEdition
from jizhun.frame.published import as_plain
from jizhun.kernel.bilingual import Refused
from jizhun.regions.actions import tree

READ = ("GET", "HEAD")


@told
def publications_api(request: HttpRequest) -> HttpResponse:
    """GET what is published, the newest first; ``region``: only that place and those below it."""
    _read_only(request, {"region"})
    region = request.GET.get("region", "").strip()
    within = frozenset(tree().within(region, timezone.localdate())) if region else None
    rows = [{"code": one.publication.code, "title": {"zh": one.publication.title_zh, "en": one.publication.title_en},
             "region": one.publication.region, "simulated": one.publication.simulated,
             "first": one.publication.first.isoformat(), "last": one.publication.last.isoformat(),
             "as_of": one.edition.proposal.as_of.isoformat(), "indices": one.publication.indices,
             "edition": one.edition.number, "published_on": one.edition.published_at.date().isoformat(),
             "content_sha256": one.edition.content_hash} for one in publications(within=within)]
    return _json({"publications": rows})


@told
def publication_api(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    """GET one edition with everything it says: the newest, or the one with this number; its hash is the ETag."""
    _read_only(request, set())
    try:
        every, found = editions(known(code)), edition(code, number)
    except NoSuchEdition as missing:
        raise Unknown(zh=missing.sentence.zh, en=missing.sentence.en) from None
    response = _json({**as_plain(found, every[0].number), "editions": [one.number for one in every]})
    response["ETag"] = f'"{found.content_hash}"'
    return response


def _read_only(request: HttpRequest, names: set[str]) -> None:
    if request.method not in READ:
        raise NotAllowed(", ".join(READ))
    only_asked(request, names)
    region = request.GET.get("region", "").strip()
    if region and region not in tree():
        raise Refused(zh=f"没有代码为“{region}”的地区。", en=f"There is no region “{region}”.")


def _json(content: dict[str, object]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})
