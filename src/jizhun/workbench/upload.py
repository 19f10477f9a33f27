"""Hand in a file of case records: the form, the job's page with its progress, the rejected rows."""

import csv
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.analytics.lake import check_source
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.mapping import Mapping
from jizhun.delivery.rules.parsing import parse
from jizhun.frame.addresses import short
from jizhun.frame.tables import Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, path_to, regions_of, require
from jizhun.people.models import User
from jizhun.workbench.jobs import Job, open_job, read_job
from jizhun.workbench.tasks import process_batch

RIGHT = "batch.receive"
LARGEST_MAPPING = 1_000_000
REJECTS_SHOWN = 20


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
    """Ask for file, mapping and source; then make a job of it and show its page."""
    regions_of(by=user_of(request), right=RIGHT)
    if request.method != "POST":
        return _ask(request, {}, 200)
    wrong: dict[str, str] = {}
    file, mapping = _file(request, wrong), _mapping(request, wrong)
    source = _source(request, wrong)
    if wrong or file is None or mapping is None:
        return _ask(request, wrong, 400)
    require(by=user_of(request), right=RIGHT, path=path_to(mapping.within))
    job = open_job(username=user_of(request).username, file=file, mapping=mapping.text.encode(),
                   mapping_name=mapping.file, source=source, region=mapping.within)
    process_batch.enqueue(job.token)
    page = reverse("job", args=[job.token])
    return JsonResponse({"next": page}) if request.accepts("text/html") is False else HttpResponseRedirect(page)


def _ask(request: HttpRequest, wrong: dict[str, str], status: int) -> HttpResponse:
    context = {"wrong": wrong, "chosen": request.POST, "mappings": known_mappings(user_of(request))}
    return render(request, "workbench/upload.html", context, status=status)


# -- what was handed in --------------------------------------------------------------------------------


def _file(request: HttpRequest, wrong: dict[str, str]) -> UploadedFile[Any] | None:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        wrong["file"] = _("Choose a file that is not empty.")
        return None
    return file


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
    return parse(text, Path(own.name or "mapping.yaml").name)


def _used_before(request: HttpRequest) -> Mapping:
    key = request.POST.get("mapping", "")
    known = next((one for one in known_mappings(user_of(request)) if one.key == key), None)
    if known is None:
        raise Refused(zh="请选择映射，或上传自己的映射文件。", en="Choose a mapping, or a mapping file of your own.")
    return parse(known.text, known.file)


def _source(request: HttpRequest, wrong: dict[str, str]) -> str:
    try:
        return check_source(request.POST.get("source", "").strip())
    except Refused as refused:
        wrong["source"] = words(refused.sentence)
        return ""


def known_mappings(user: User) -> list[Known]:
    """Mappings of loaded batches whose source lies where this user may hand in; each text once, the newest first."""
    found: dict[str, Known] = {}
    for batch in Batch.objects.loaded().select_related("source"):
        if batch.mapping_text not in found and allows(by=user, right=RIGHT, path=path_to(batch.source.region)):
            name = f"{batch.mapping_name} ({batch.source.code})"
            found[batch.mapping_text] = Known(str(batch.pk), name, batch.mapping_text, batch.mapping_name)
    return list(found.values())


# -- the job's page ------------------------------------------------------------------------------------


@login_required
def job(request: HttpRequest, token: str) -> HttpResponse:
    """How far a job is; asked by htmx, only the part that changes."""
    found = _own_job(request, token)
    swapped = bool(getattr(request, "htmx", False))
    template = "workbench/job_state.html" if swapped else "workbench/job.html"
    shown = first_rejects(found)
    context = {"job": found, "first_rejects": shown, "swapped": swapped}
    return show(request, template, context, [shown] if shown else [])


def _own_job(request: HttpRequest, token: str) -> Job:
    """A job belongs to whoever handed it in: rejected rows may hold what nobody else should see."""
    found = read_job(token)
    if found is None or found.username != user_of(request).username:
        raise Http404
    return found


def reject_path(found: Job) -> Path | None:
    """The file of rejected rows, where there is one."""
    path = Path(settings.FILES) / found.rejects
    return path if found.rejects and path.is_file() else None


def first_rejects(found: Job) -> Table | None:
    """The first rejected rows with their reasons."""
    path = reject_path(found)
    if path is None:
        return None
    reason = f"reasons_{short(get_language())}"
    columns = [Column("row", _("Row"), "number"), Column("fields", _("Field")), Column("reasons", _("What is wrong"))]
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [[one["row"], one["fields"], one[reason]] for one in islice(csv.DictReader(lines), REJECTS_SHOWN)]
    return Table("rejects", _("The first rejected rows"), columns, rows)


@login_required
def rejects(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The rejected rows as a file."""
    path = reject_path(_own_job(request, token))
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejects-{token[:14]}.csv")

