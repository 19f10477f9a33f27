"""What if: my runs, and the form that asks for one: for whom, where and when, what is supposed, for which people."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import keeping
from jizhun.entitlements.dmn.model import Text
from jizhun.entitlements.models import WhatIf
from jizhun.entitlements.rules import Rule
from jizhun.entitlements.whatif.reporting import read_report
from jizhun.entitlements.whatif.scenario import LONGEST, read_scenario
from jizhun.entitlements.whatif.synthetic import Margins
from jizhun.entitlements.whatif.telling import MODALITIES, finding_alone, title
from jizhun.frame.fields import Field
from jizhun.frame.lists import CHOICE
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.kernel.dating import months_later
from jizhun.people.actions import regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import measures
from jizhun.provisions.rules import Measure
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.regions.actions import tree
from jizhun.workbench.long_work import STATES, asked_at
from jizhun.workbench.tasks import run_what_if
from jizhun.workbench.upload import user_of

OWN_FILE = "file"
SUPPOSITIONS = 3
"""Values, and parts of the rule, that one form can change."""
CHOICES_LISTED = 60
RUNS_SHOWN = 200
SEPARATORS = re.compile(r"[\s,，、;；]+")


@login_required
def what_ifs(request: HttpRequest) -> HttpResponse:
    """My runs, the newest first, with boxes to lay some side by side."""
    user = user_of(request)
    regions_of(by=user, right=keeping.RIGHT)
    columns = [Column(CHOICE, _("Compare")), Column("what", _("What is supposed"), "head"),
               Column("found", _("What came out")), Column("population", _("Population")),
               Column("asked", _("Asked"), "date"), Column("state", _("State"))]
    rows = [_row(one) for one in WhatIf.objects.filter(by=user.username)[:RUNS_SHOWN]]
    table = Table("runs", _("My runs"), columns, rows, caption_hidden=True, stacked=True)
    return show(request, "workbench/what_ifs.html", {"table": table, "wrong": request.GET.get("wrong", "")}, [table])


def _row(one: WhatIf) -> list[Cell | str]:
    scenario = read_scenario(one.scenario)
    what, found = words(title(scenario, keeping.names_of(scenario))), ""
    if one.state == WhatIf.DONE and one.outcome:
        found = words(finding_alone(read_report(one.outcome), scenario.months))
    box: Cell | str = Cell(what, choose=one.token) if one.state == WhatIf.DONE else ""
    return [box, Cell(what, href=reverse("what-if", args=[one.token])), found,
            Cell(words(one.population), sign=sign_of(one)), asked_at(one),
            str(STATES[one.state])]


def sign_of(one: WhatIf) -> str:
    """The sign beside the population's name."""
    return "simulated" if one.synthetic or one.simulated else ""


# -- the form ------------------------------------------------------------------------------------------


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Which entitlement: those that come to an amount of money."""
    regions_of(by=user_of(request), right=keeping.RIGHT)
    return render(request, "workbench/what_if_choose.html", {"rules": keeping.simulable()})


@login_required
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The form for one entitlement; posted, it makes a run of it."""
    granted = regions_of(by=user_of(request), right=keeping.RIGHT)
    rule = keeping.simulable().get(code)
    if rule is None:
        raise Http404
    form = _Form(rule, user_of(request), granted)
    if request.method != "POST":
        form.start(keeping.own(by=form.user, token=request.GET.get("like", "")))
        return _shown(request, form)
    form.read(request)
    made = form.asked(request) if not form.wrong else None
    if made is None:
        return _shown(request, form, 400)
    if made.state == WhatIf.WAITING:
        run_what_if.enqueue(made.token)
    return HttpResponseRedirect(reverse("what-if", args=[made.token]))


def _shown(request: HttpRequest, form: "_Form", status: int = 200) -> HttpResponse:
    context = {"rule": form.rule, "head": form.rule.head, "wrong": form.wrong, "parts": part_table(form.rule),
               "facts": [(code, words(fact.label)) for code, fact in form.rule.facts.items()], **form.groups()}
    return render(request, "workbench/what_if_form.html", context, status=status)


def part_table(rule: Rule) -> Table:
    """The rule as it stands, part by part, as one would write it."""
    columns = [Column("name", _("Name"), "head"), Column("words", _("What it says")), Column("is", _("As it stands"))]
    rows: list[list[Cell | str]] = [[one.name, words(one.words), one.holds] for one in rule.conditions]
    rows += [[one.name, words(one.words), one.logic.text if isinstance(one.logic, Text) else _("a table")]
             for one in rule.workings]
    rows += [[one.name, words(one.words), one.logic.text if isinstance(one.logic, Text) else _("a table")]
             for one in rule.results]
    return Table("parts", _("The rule as it stands for the nation"), columns, rows, stacked=True)


NUMBERED = ("measure", "place", "modality", "value", "part", "expression", "drop")


@dataclass
class _Form:
    """What was typed, what is wrong with it, and the fields that show both."""

    rule: Rule
    user: User
    granted: Sequence[str]
    typed: dict[str, str] = field(default_factory=dict)
    regions: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)

    # -- filling it

    def start(self, like: WhatIf | None) -> None:
        """An empty form, or one filled in as an earlier run was asked."""
        self.regions = [self.granted[0]]
        self.typed = {"from": f"{months_later(timezone.localdate(), 1):%Y-%m}", "months": "12",
                      "rows": str(keeping.ROWS),
                      "population": next((code for code,
                                          one in self._populations().items() if self._has_my_people(one)),
                                         OWN_FILE)}
        if like is not None and like.scenario.get("entitlement") == self.rule.head.code:
            self._fill(like)

    def _fill(self, like: WhatIf) -> None:
        said = like.scenario
        self.regions = [str(one) for one in said.get("regions") or self.regions]
        self.typed |= {"name": said.get("name", ""), "from": str(said["from"])[:7], "months": str(said["months"]),
                       "population": like.asked_of.get("population", OWN_FILE)}
        self.typed["others"] = " ".join(one for one in self.regions if one not in dict(self._region_choices()))
        for number, row in enumerate(said.get("provisions", [])[:SUPPOSITIONS], 1):
            named = next((one.name for one in self.rule.measures if (one.measure, one.subject) == (
                row.get("measure"), row.get("subject"))), "")
            self.typed |= {f"measure_{number}": named, f"place_{number}": str(row.get("region", "")),
                           f"modality_{number}": str(row.get("modality", "floor")),
                           f"value_{number}": str(row.get("value", ""))}
        for number, row in enumerate(said.get("changes", [])[:SUPPOSITIONS], 1):
            self.typed |= {f"part_{number}": str(row.get("part", "")), f"expression_{number}": str(row.get("is", "")),
                           f"drop_{number}": "1" if row.get("drop") else ""}

    def read(self, request: HttpRequest) -> None:
        """Take what was typed, and note field by field what cannot be used."""
        numbered = [f"{name}_{number}" for number in range(1, SUPPOSITIONS + 1) for name in NUMBERED]
        self.typed = {name: request.POST.get(name, "").strip()
                      for name in ("name", "others", "from", "months", "population", "rows", *numbered)}
        others = SEPARATORS.split(self.typed["others"])
        self.regions = list(dict.fromkeys(filter(None, [*request.POST.getlist("regions"), *others])))
        self._check(request)

    def _check(self, request: HttpRequest) -> None:
        if not self.regions:
            self.wrong["regions"] = _("Choose at least one region.")
        stranger = next((one for one in self.regions if one not in tree()), "")
        if stranger:
            self.wrong["others"] = _no_region(stranger)
        numbers = (("months", _("Number of months"), LONGEST),
                   ("rows", _("Rows of a shipped population"), keeping.MOST_ROWS))
        for name, label, most in numbers:
            if name == "rows" and self.typed["population"] == OWN_FILE:
                continue
            if not self.typed[name].isdecimal() or not 1 <= int(self.typed[name][:9]) <= most:
                self.wrong[name] = _("%(field)s: enter a whole number from 1 to %(most)s.") % {
                    "field": label, "most": count(most)}
        alone = {"from": self.typed["from"], "months": 1}
        self._tried("from", {**alone, "changes": [{"part": "any", "drop": True}]})
        for number, row in self._values():
            if not _is_amount(self.typed[f"value_{number}"]):
                self.wrong[f"value_{number}"] = _("Amount: enter a number such as 2600 or 183.50.")
            elif row["region"] not in tree():
                self.wrong[f"place_{number}"] = _no_region(row["region"])
        for number, row in self._changes():
            if not row.get("drop") and not row["is"]:
                self.wrong[f"expression_{number}"] = _("Say how it should read, or drop the condition.")
            else:
                self._tried(f"expression_{number}", {"from": "2026-01", "months": 1, "changes": [row]})
        if not self.wrong and not self._values() and not self._changes():
            self.wrong["value_1"] = _("Say what is supposed: a value, or a change of the rule.")
        if self.typed["population"] == OWN_FILE and not request.FILES.get("file"):
            self.wrong["file"] = _("Choose a file that is not empty.")

    def _tried(self, name: str, row: Mapping[str, Any]) -> None:
        try:
            read_scenario(row)
        except Refused as refused:
            self.wrong.setdefault(name, words(refused.sentence))

    def asked(self, request: HttpRequest) -> WhatIf | None:
        """The run, or None with what is wrong noted."""
        file = request.FILES.get("file") if self.typed["population"] == OWN_FILE else None
        handed = keeping.Handed(file.name or "", file.chunks) if isinstance(file, UploadedFile) else None
        try:
            return keeping.ask_for(by=self.user, scenario=self._plain(), code=self.typed["population"],
                                   rows=int(self.typed["rows"] or keeping.ROWS), file=handed)
        except Forbidden:
            raise
        except Refused as refused:
            self.wrong[self._where(refused)] = words(refused.sentence)
            return None

    def _where(self, refused: Refused) -> str:
        """The field that a refusal is about, as far as can be told."""
        if self.typed["population"] == OWN_FILE and self._scenario_stands():
            return "file"
        if self._scenario_stands():
            return "population"
        return "expression_1" if self._changes() else "value_1"

    def _scenario_stands(self) -> bool:
        try:
            keeping.checked(row=self._plain())
        except Refused:
            return False
        return True

    # -- what was typed as a scenario

    def _plain(self) -> dict[str, Any]:
        months = self.typed["months"]
        return {"entitlement": self.rule.head.code, "name": self.typed["name"], "regions": self.regions,
                "from": self.typed["from"], "months": int(months[:9]) if months.isdecimal() else 0,
                "provisions": [row for _number, row in self._values()],
                "changes": [row for _number, row in self._changes()]}

    def _values(self) -> list[tuple[int, dict[str, Any]]]:
        by_name = {one.name: one for one in self.rule.measures}
        return [(number, {"subject": by_name[named].subject, "measure": by_name[named].measure,
                          "region": self.typed[f"place_{number}"] or (self.regions or ["CN"])[0],
                          "modality": self.typed[f"modality_{number}"] or "floor",
                          "value": self.typed[f"value_{number}"],
                          "unit": self._measure(named).unit})
                for number in range(1, SUPPOSITIONS + 1)
                if (named := self.typed[f"measure_{number}"]) in by_name and self.typed[f"value_{number}"]]

    def _changes(self) -> list[tuple[int, dict[str, Any]]]:
        return [(number, {"part": part, "drop": True} if self.typed[f"drop_{number}"] else
                 {"part": part, "is": self.typed[f"expression_{number}"]})
                for number in range(1, SUPPOSITIONS + 1) if (part := self.typed[f"part_{number}"])]

    # -- its fields

    def groups(self) -> dict[str, Any]:
        regions = Field("regions", _("Regions"), kind="checks", choices=self._region_choices(), chosen=self.regions,
                        wrong=self.wrong.get("regions", ""))
        where = [self._field("name", _("A name for it (optional)")),
                 self._field("others", _("Other regions, by code (optional)"), hint=_(
                     "Codes of regions within your place, separated by spaces")),
                 self._field("from", _("First month"), hint=_("For example 2026-12")),
                 self._field("months", _("Number of months"), hint=_("1 to 36; 12 for the cost of a year"))]
        people = [self._field("population", _("Population"), choices=[
            *((code, words(one.shown_name)) for code, one in self._populations().items()),
            (OWN_FILE, _("a file of mine, chosen below"))]),
            self._field("rows", _("Rows of a shipped population"),
                        hint=_("More rows: slower, and less left to chance"))]
        return {"regions": regions, "where": where, "people": people,
                "values": [self._value(n) for n in range(1, SUPPOSITIONS + 1)],
                "changes": [self._change(n) for n in range(1, SUPPOSITIONS + 1)],
                "more_values": self._more("measure"), "more_changes": self._more("part"),
                "file_wrong": self.wrong.get("file")}

    def _more(self, name: str) -> bool:
        """Whether anything stands in the fields beyond the first."""
        return any(self.typed.get(f"{name}_{number}") for number in range(2, SUPPOSITIONS + 1))

    def _field(self, name: str, label: str, **more: Any) -> Field:
        return Field(name, label, self.typed.get(name, ""), self.wrong.get(name, ""), **more)

    def _value(self, n: int) -> list[Field]:
        names = [("", ""), *((one.name, words(self._measure(one.name).name)) for one in self.rule.measures)]
        if not self.rule.measures:
            return []
        first = names[1][0] if n == 1 and not self.typed.get(f"measure_{n}") else ""
        self.typed.setdefault(f"measure_{n}", first)
        self.typed.setdefault(f"place_{n}", self.granted[0] if n == 1 else "")
        return [self._field(f"measure_{n}", _("Value"), choices=names),
                self._field(f"place_{n}", _("Place that sets it, by code"), hint=_("CN for the nation")),
                self._field(f"modality_{n}", _("How"), choices=[
                    (code, words(MODALITIES[code])) for code in ("floor", "exact", "cap")]),
                self._field(f"value_{n}", _("Amount"), hint=words(COMMA).join(
                    dict.fromkeys(unit_words(self._measure(one.name)) for one in self.rule.measures)))]

    def _measure(self, name: str) -> Measure:
        return measures()[next(one.measure for one in self.rule.measures if one.name == name)]

    def _change(self, n: int) -> list[Field]:
        rule = self.rule
        parts = [("", ""),
                 *((one.name, _("condition: %(words)s") % {"words": words(one.words)}) for one in rule.conditions),
                 *((one.name, _("result: %(words)s") % {"words": words(one.words)}) for one in rule.results),
                 *((one.name, _("working: %(words)s") % {"words": words(one.words)}) for one in rule.workings)]
        return [self._field(f"part_{n}", _("Part of the rule"), choices=parts),
                self._field(f"expression_{n}", _("Read as"), kind="textarea", hint=_(
                    "Written as the rule is, for example contribution_months >= 6")),
                self._field(f"drop_{n}", _("Drop this condition"), kind="check")]

    def _populations(self) -> dict[str, Margins]:
        """The populations made for this entitlement, those of real places first."""
        fitting = [(code, one) for code,
                   one in keeping.populations().items() if self.rule.head.code in one.entitlements]
        return dict(sorted(fitting, key=lambda pair: pair[1].simulated))

    def _has_my_people(self, one: Margins) -> bool:
        held, today = tree(), timezone.localdate()
        return any(own in held.path(region, today) for region in one.regions if region in held for own in self.granted)

    def _region_choices(self) -> list[tuple[str, str]]:
        """The places of one's roles and those directly below them."""
        held, today = tree(), timezone.localdate()
        places = [held.known(code) for own in self.granted for code in (own, *held.children(own, today))]
        return [(code, place_name(place)) for code, place in {one.code: one for one in places}.items()
                if place.in_scope][:CHOICES_LISTED]


def _no_region(code: str) -> str:
    return _("There is no region with the code “%(code)s”.") % {"code": code}


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and 0 <= Decimal(text) < 10**12
    except ArithmeticError:
        return False


def unit_words(measure: Measure) -> str:
    """The unit of a measure in words."""
    return words(unit_in_words(measure.unit))
