"""The procedure drawn: the BPMN editor in the page, loaded here and nowhere else, and files made elsewhere.

What is saved becomes the table of steps in the draft. The editor writes parts of style into the page itself, which
this page alone allows; scripts stay ours.
"""

from typing import cast

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from jizhun.catalogue.rules import Matter
from jizhun.frame.addresses import short
from jizhun.frame.tags import words
from jizhun.guides.models import LayerDraft
from jizhun.guides.rules.fields import Content
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden
from jizhun.procedures.actions import diagram, from_diagram
from jizhun.procedures.rules import plain, read_steps
from jizhun.workbench.guide_asked import Spot
from jizhun.workbench.procedure_edit import looked_at, save_steps, seen_in, standing_at, writable
from jizhun.workbench.procedure_editor_words import CHINESE
from jizhun.workbench.procedure_page import title_of

STYLE = {"style-src": [SELF, UNSAFE_INLINE]}
LARGEST = 5_000_000
FIRST_STEP = ({"id": "local-1", "name": {"zh": "第一步", "en": "First step"}, "next": [{"to": "end"}]},)
"""What an empty sheet begins with: an editor without anything to take hold of helps nobody."""


@login_required
def procedure_drawn(request: HttpRequest, matter: str) -> HttpResponse:
    """The editor with the steps; the XML that it saves, or a file, becomes the table in the draft."""
    spot, known, found, draft = writable(request, matter)
    xml = request.POST.get("xml") or _standing(spot, known, standing_at(found, draft))
    if request.method != "POST":
        return _page(request, spot, known, draft, xml)
    try:
        content = _file(request) if request.POST.get("do") == "file" else xml.encode()
        steps = from_diagram(content)
        if request.POST.get("do") == "look":
            return _page(request, spot, known, draft, xml, looked=looked_at(spot, known, steps))
        save_steps(spot, matter, plain(steps), request.POST)
        return HttpResponseRedirect(f"{reverse('work-guide-steps', args=[matter])}?{spot.query}")
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, spot, known, draft, xml, words(refused.sentence))


def _standing(spot: Spot, known: Matter, content: Content) -> str:
    """The diagram that the drawing begins with."""
    steps = read_steps(content or FIRST_STEP)
    return diagram(steps=steps, title=title_of(known, spot.region), language=short(get_language())).decode()


def _file(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(zh="请选择一个不是空的文件。", en="Choose a file that is not empty.")
    if file.size > LARGEST:
        raise Refused(zh="文件大于 5 MB。", en="The file is larger than 5 MB.")
    return bytes(file.read())


def _page(request: HttpRequest, spot: Spot, known: Matter, draft: LayerDraft | None, xml: str, wrong: str = "",
          looked: dict[str, object] | None = None) -> HttpResponse:
    """The editor; the only page that lets a script write styles into it."""
    context = {"spot": spot, "matter": known, "xml": xml, "wrong": wrong, "looked": looked,
               "seen": seen_in(request.POST, spot, known.code),
               "revision": request.POST.get("revision") or (str(draft.revision) if draft else "0"),
               "editor_words": CHINESE if short(get_language()) == "zh" else {}, **(looked or {})}

    def page(request: HttpRequest) -> HttpResponse:
        return render(request, "workbench/procedure_drawn.html", context, status=400 if wrong else 200)
    return cast(HttpResponse, csp_update(STYLE)(page)(request))
