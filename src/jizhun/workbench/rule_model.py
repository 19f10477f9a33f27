"""The rule drawn: the decision editor in the page, loaded here and nowhere else. What is saved leads to the form.

Its parts of style are written into the page by the editor itself, which this page alone allows; scripts stay ours.
"""

from typing import cast

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from jizhun.entitlements.interchange.recorded import as_dmn, taken_from
from jizhun.frame.addresses import short
from jizhun.frame.tables import show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.workbench.rule_change import Opening, looked, opening_of, start
from jizhun.workbench.rule_tables import names_of

STYLE = {"style-src": [SELF, UNSAFE_INLINE]}


@login_required
def draw_rule(request: HttpRequest, code: str) -> HttpResponse:
    """The rule as a decision model in the editor; the XML that it saves becomes changed parts."""
    opening = opening_of(request, code)
    if request.method != "POST":
        return _page(request, opening, as_dmn(opening.change.here, short(get_language())).decode())
    xml = request.POST.get("xml", "")
    try:
        taken = taken_from(opening.change, xml.encode(), "model.dmn")
    except Refused as refused:
        return _page(request, opening, xml, words(refused.sentence))
    return looked(request, start(opening, None, taken.parts))


def _page(request: HttpRequest, opening: Opening, xml: str, wrong: str = "") -> HttpResponse:
    """The editor with a model; the only page that lets a script write styles into it."""
    rule = opening.change.here
    read = {name for decision in rule.lowered.decisions for name in rule.lowered.reads(decision)}
    names = [(name, label) for name, label in sorted(names_of(rule).items()) if name in read or rule.part(name)]
    context = {"head": opening.head, "spot": opening.spot, "xml": xml, "wrong": wrong, "names": names}

    def page(request: HttpRequest) -> HttpResponse:
        return show(request, "workbench/rule_model.html", context, status=400 if wrong else 200)
    return cast(HttpResponse, csp_update(STYLE)(page)(request))
