"""The guide to take along: PDF, Word, poster, and records that other systems read."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy

from jizhun.frame.addresses import short
from jizhun.frame.here import Here, public_page
from jizhun.frame.surround import NotFound
from jizhun.guides.actions import guide
from jizhun.guides.documents import full, page_address, since_printed, words_for
from jizhun.guides.documents import short as brief
from jizhun.guides.documents.products import PRODUCTS, Order

FORMS = {"pdf": gettext_lazy("PDF"), "large-pdf": gettext_lazy("PDF in large type"), "docx": gettext_lazy("Word"),
         "poster": gettext_lazy("Poster, one page"), "jsonld": gettext_lazy("JSON-LD (schema.org)"),
         "cpsv": gettext_lazy("CPSV-AP"), "hsds": gettext_lazy("HSDS"), "json": gettext_lazy("JSON")}
"""What the page offers, with the link's words; the key is the file's place in the address."""
LARGE = "large-"


@public_page
def guide_file(request: HttpRequest, here: Here, matter: str, form: str) -> HttpResponse:
    """One product, for the place, day, group and language of the address; ``full`` for the full version."""
    product = PRODUCTS.get(form.removeprefix(LARGE))
    if product is None or form not in FORMS:
        raise NotFound(zh=f"没有“{form}”这种文件。", en=f"There is no file of the kind “{form}”.")
    found = guide(matter=matter, region=here.code, on=here.on, group=request.GET.get("group") or "all")
    words, language = words_for(found), short(get_language())
    reading = (full if "full" in request.GET or form == "json" else brief)(found, words)
    site = request.build_absolute_uri("/").rstrip("/")
    printed = form.removeprefix(LARGE) in ("pdf", "docx", "poster")
    address = since_printed(page_address(site, language, reading), found) if printed else page_address(
        site, language, reading)
    content = product.made(Order(found, words, reading, language, address, form.startswith(LARGE)))
    response = HttpResponse(content, content_type=product.kind)
    name = f"{matter}-{here.code}-{here.on}-{form}.{product.ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
