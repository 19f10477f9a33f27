"""The rule drawn: the decision editor in the page, loaded here and nowhere else. What is saved leads to the form.

Its parts of style are written into the page by the editor itself, which this page alone allows; scripts stay ours.
"""

from typing import cast

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from jizhun.entitlements.interchange.recorded import as_dmn, taken_from
from jizhun.frame.addresses import short
from jizhun.frame.tables import show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.workbench.rule_change import Opening, looked, opening_of, start
from jizhun.workbench.rule_tables import names_of

STYLE = {"style-src": [SELF, UNSAFE_INLINE]}
EDITOR_WORDS = {
    "View DRD": gettext_lazy("View the drawing"), "Hit policy": gettext_lazy("Hit policy"),
    "Hit policy:": gettext_lazy("Hit policy:"), "When": pgettext_lazy("decision table", "When"),
    "And": gettext_lazy("And"),
    "Then": gettext_lazy("Then"), "Annotations": gettext_lazy("Annotations"), "Annotation": gettext_lazy("Annotation"),
    "Unique": gettext_lazy("Unique: one row fits"), "First": gettext_lazy("First: the first that fits"),
    "Any": gettext_lazy("Any: those that fit agree"), "Priority": gettext_lazy("Priority: the best result"),
    "Rule order": gettext_lazy("Rule order: all, as the rows stand"),
    "Output order": gettext_lazy("Output order: all, the best first"), "Collect": gettext_lazy("Collect: all"),
    "Collect (Sum)": gettext_lazy("Collect: the sum"), "Collect (Min)": gettext_lazy("Collect: the least"),
    "Collect (Max)": gettext_lazy("Collect: the most"), "Collect (Count)": gettext_lazy("Collect: how many"),
    "Add rule": gettext_lazy("Add a row"), "Add rule above": gettext_lazy("Add a row above"),
    "Add rule below": gettext_lazy("Add a row below"), "Remove rule": gettext_lazy("Remove the row"),
    "Copy rule": gettext_lazy("Copy the row"), "Cut rule": gettext_lazy("Cut the row"),
    "Paste rule above": gettext_lazy("Paste the row above"), "Paste rule below": gettext_lazy("Paste the row below"),
    "Add input": gettext_lazy("Add a column of conditions"), "Add output": gettext_lazy("Add a column of results"),
    "Add input column left": gettext_lazy("Add a column of conditions at the left"),
    "Add input column right": gettext_lazy("Add a column of conditions at the right"),
    "Add output column left": gettext_lazy("Add a column of results at the left"),
    "Add output column right": gettext_lazy("Add a column of results at the right"),
    "Remove input column": gettext_lazy("Remove the column"), "Remove output column": gettext_lazy("Remove the column"),
    "Copy input column": gettext_lazy("Copy the column"), "Copy output column": gettext_lazy("Copy the column"),
    "Cut input column": gettext_lazy("Cut the column"), "Cut output column": gettext_lazy("Cut the column"),
    "Edit": gettext_lazy("Edit"), "Edit input": gettext_lazy("Edit the condition"),
    "Edit output": gettext_lazy("Edit the result"), "Enter expression": gettext_lazy("Enter an expression"),
    "Input": gettext_lazy("Condition"), "Output": gettext_lazy("Result"), "Expression": gettext_lazy("Expression"),
    "Expression language": gettext_lazy("Expression language"), "Type": pgettext_lazy("decision table", "Type"),
    "Value": gettext_lazy("Value"), "Values": gettext_lazy("Values"), "Yes": gettext_lazy("yes"),
    "No": gettext_lazy("no"), "Set value": gettext_lazy("Set the value"),
    "Add cell description": gettext_lazy("Add a note to the cell"),
    "Remove cell description": gettext_lazy("Remove the note of the cell"),
    "Literal expression": gettext_lazy("Expression"), "Decision table": gettext_lazy("Decision table")}
"""What the editor itself says, in the page's language; anything else it says stays as it is."""


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
    context = {"head": opening.head, "spot": opening.spot, "xml": xml, "wrong": wrong, "names": names,
               "editor_words": {said: str(translated) for said, translated in EDITOR_WORDS.items()}}

    def page(request: HttpRequest) -> HttpResponse:
        return show(request, "workbench/rule_model.html", context, status=400 if wrong else 200)
    return cast(HttpResponse, csp_update(STYLE)(page)(request))
