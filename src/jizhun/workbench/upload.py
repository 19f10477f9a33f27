"""Hand in a file of case records or of ratings: the form, and a job of which the sender sees the first rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.analytics.lake import check_source
from jizhun.delivery.actions import at_home, parse_as, preview
from jizhun.delivery.ingest.sample import Sample
from jizhun.delivery.models import Batch, Source
from jizhun.delivery.rules.mapping import Mapping
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, path_to, regions_of, require
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.jobs import Job, discard, keep_sample, open_job, paths_of

RIGHT = "batch.receive"
LARGEST_MAPPING = 1_000_000
KINDS = {Batch.CASES: gettext_lazy("Case records"), Batch.REVIEWS: gettext_lazy("Ratings of services")}
"""What a file may hold; the log of steps is handed in by `jizhun steps`."""
MOST_FILES = 90
"""A few less than the server takes in one form, so that whoever sends too many reads a sentence."""


@dataclass(frozen=True, slots=True)
class Known:
    """A mapping that was used before."""

    key: str
    name: str
    text: str
    file: str


def user_of(request: HttpRequest) -> User:
    """Who is signed in, behind login_required."""
    assert isinstance(request.user, User)
    return request.user


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for file, mapping and source; then make a job of it and show its first rows as the mapping reads them."""
    regions_of(by=user_of(request), right=RIGHT)
    if request.method != "POST":
        return _ask(request, {}, 200)
    wrong: dict[str, str] = {}
    files, mapping, kind = _files(request, wrong), _mapping(request, wrong), kind_of(request)
    source = _source(request, wrong)
    if mapping is not None and kind == Batch.REVIEWS and not mapping.within:
        mapping = _beside_its_cases(mapping, source, wrong)
    if mapping is not None and mapping.within not in tree():
        wrong["own_mapping"] = words(Bilingual(f"没有代码为“{mapping.within}”的地区。",
                                               f"There is no region with the code “{mapping.within}”."))
    if wrong or mapping is None:
        return _ask(request, wrong, 400)
    require(by=user_of(request), right=RIGHT, path=path_to(mapping.within))
    job = open_job(username=user_of(request).username, files=files, mapping=mapping.text.encode(),
                   mapping_name=mapping.file, source=source, region=mapping.within, kind=kind)
    try:
        found = _first_that_reads(user_of(request), job, mapping, source)
    except Refused as refused:
        discard(job)
        if isinstance(refused, Forbidden):
            raise
        return _ask(request, {"file": words(refused.sentence)}, 400)
    except Exception:
        discard(job)  # a file with people in it does not stay behind after a fault of ours
        raise
    keep_sample(job, found)
    page = reverse("job", args=[job.token])
    return JsonResponse({"next": page}) if request.accepts("text/html") is False else HttpResponseRedirect(page)


def _ask(request: HttpRequest, wrong: dict[str, str], status: int) -> HttpResponse:
    kind = kind_of(request)
    context = {"wrong": wrong, "chosen": request.POST, "mappings": known_mappings(user_of(request), kind),
               "kind": kind, "kinds": [(code, str(name)) for code, name in KINDS.items()],
               "ratings": kind == Batch.REVIEWS}
    return render(request, "workbench/upload.html", context, status=status)


def kind_of(request: HttpRequest) -> str:
    """What the file is said to hold; case records unless said otherwise."""
    said = request.GET.get("kind", "")
    return said if said in KINDS else str(Batch.CASES)


# -- what was handed in --------------------------------------------------------------------------------


def _files(request: HttpRequest, wrong: dict[str, str]) -> list[UploadedFile[Any]]:
    files = [file for file in request.FILES.getlist("file") if isinstance(file, UploadedFile)]
    if not files or not all(file.size for file in files):
        wrong["file"] = _("Choose a file that is not empty.")
    elif len(files) > 1 and kind_of(request) == Batch.REVIEWS:
        wrong["file"] = words(Bilingual("评价一次报送一个文件。", "Ratings are handed in one file at a time."))
    elif len(files) > MOST_FILES:
        wrong["file"] = words(Bilingual(f"一次最多 {MOST_FILES} 个文件。", f"{MOST_FILES} files at a time at most."))
    return files


def _first_that_reads(user: User, job: Job, mapping: Mapping, source: str) -> Sample:
    """The first rows of a file; where the first of several cannot be read, of the next: a bad one stops no other."""
    refused: Refused | None = None
    for path in paths_of(job):
        try:
            return preview(by=user, file=path, mapping=mapping, source=source, kind=job.kind)
        except Forbidden:
            raise
        except Refused as error:
            refused = refused or error
    assert refused
    raise refused


def _mapping(request: HttpRequest, wrong: dict[str, str]) -> Mapping | None:
    """The mapping as written; every fault of it with its line."""
    try:
        return _own_mapping(request) or _used_before(request)
    except Refused as refused:
        wrong["own_mapping" if "own_mapping" in request.FILES else "mapping"] = words(refused.sentence)
        return None


def _own_mapping(request: HttpRequest) -> Mapping | None:
    own = request.FILES.get("own_mapping")
    if not isinstance(own, UploadedFile):
        return None
    if (own.size or 0) > LARGEST_MAPPING:
        raise Refused(zh="映射文件过大。", en="The mapping file is too large.")
    try:
        text = own.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(zh="映射文件不是 UTF-8 编码。", en="The mapping file is not UTF-8.") from None
    return parse_as(kind_of(request), text, Path(own.name or "mapping.yaml").name)


def _used_before(request: HttpRequest) -> Mapping:
    key = request.POST.get("mapping", "")
    kind = kind_of(request)
    known = next((one for one in known_mappings(user_of(request), kind) if one.key == key), None)
    if known is None:
        raise Refused(zh="请选择映射，或上传自己的映射文件。", en="Choose a mapping, or a mapping file of your own.")
    return parse_as(kind, known.text, known.file)


def _beside_its_cases(mapping: Mapping, source: str, wrong: dict[str, str]) -> Mapping:
    """Ratings whose mapping does not say where they lie: where the cases of their source lie."""
    if source and not Source.objects.filter(code=source).exists():
        wrong["source"] = _("No cases have come under this source: check its name, or say `within` in the mapping.")
    return at_home(mapping, source)


def _source(request: HttpRequest, wrong: dict[str, str]) -> str:
    try:
        return check_source(request.POST.get("source", "").strip())
    except Refused as refused:
        wrong["source"] = words(refused.sentence)
        return ""


def known_mappings(user: User, kind: str) -> list[Known]:
    """Mappings of loaded batches of a kind whose source lies where this user may hand in; each once, newest first."""
    found: dict[str, Known] = {}
    for batch in Batch.objects.loaded().filter(kind=kind).select_related("source"):
        if batch.mapping_text not in found and allows(by=user, right=RIGHT, path=path_to(batch.source.region)):
            name = f"{batch.mapping_name} ({batch.source.code})"
            found[batch.mapping_text] = Known(str(batch.pk), name, batch.mapping_text, batch.mapping_name)
    return list(found.values())
