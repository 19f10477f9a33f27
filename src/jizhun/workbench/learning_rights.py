"""Which rights ask for a certificate, at the workbench: what is asked of me, what my places ask for."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COLON, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import grants_of
from jizhun.people.models import User
from jizhun.people.qualifying import ask_for, last_ones, requirements
from jizhun.people.rules import LEARNABLE, RIGHTS, ROLES, Forbidden, Requirement
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import qualification, qualifications
from jizhun.workbench.certificates import MANAGE
from jizhun.workbench.evaluation_asked import number_in
from jizhun.workbench.making import Need
from jizhun.workbench.upload import user_of

WHERE = "work/training/certificates/"


def learning(user: User) -> list[Need]:
    """Rights that wait for a certificate, and those kept without one because nobody else could use them."""
    grants, href = grants_of(user), reverse("work-learning-rights")
    found = [Need(_("Learn first: %(right)s") % {"right": words(RIGHTS[one.right])}, _why(one), href)
             for grant in grants for one in grant.withheld]
    return found + [Need(_("Kept without a certificate: %(right)s") % {"right": words(RIGHTS[one.right])},
                         _last(region, one), href) for region, one in last_ones(user, timezone.localdate())]


def _why(one: Requirement) -> str:
    return _("%(place)s asks for the certificate “%(name)s”") % {
        "place": place_name(tree().known(one.region)), "name": words(one.name)}


def _last(region: str, one: Requirement) -> str:
    return _("“%(name)s” is asked for, but at %(place)s or above nobody else could do it: the right stays until "
             "somebody has learned it") % {"name": words(one.name), "place": place_name(tree().known(region))}


@login_required
def learning_rights(request: HttpRequest) -> HttpResponse:
    """What is asked, and the form for who manages people."""
    user, wrong = user_of(request), ""
    places = list(dict.fromkeys(one.region for one in grants_of(user) if MANAGE in one.rights))
    if request.method == "POST":
        try:
            _asked(user, request.POST)
            return HttpResponseRedirect(reverse("work-learning-rights"))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _table(user)
    sent = request.POST
    return show(request, "workbench/learning_rights.html", {
        "needs": learning(user), "table": table, "wrong": wrong,
        "fields": _fields(sent, places) if places and qualifications() else []}, [table], status=400 if wrong else 200)


def _table(user: User) -> Table:
    """What is asked around the user's places, today and from a day to come."""
    held, today = tree(), timezone.localdate()
    paths = {code for one in grants_of(user) for code in (*held.path(one.region, today),
                                                          *held.within(one.region, today))}
    rows: list[list[Cell | str]] = [[
        place_name(held.known(one.region)), Cell(words(RIGHTS[one.right]), small=one.right),
        words(ROLES[one.role].name) if one.role else _("every role"), Cell(words(one.name), small=one.qualification),
        Cell(day(one.valid_from), plain=one.valid_from.isoformat()), Cell(str(one.grace_days), plain=one.grace_days)]
        for one in requirements(date.max) if one.region in paths]
    columns = [Column("place", _("Asked by"), "head"), Column("right", pgettext("people", "Right")),
               Column("role", _("Role")),
               Column("what", _("Qualification")), Column("from", pgettext("people", "From"), "date"),
               Column("grace", _("Grace, days"), "number")]
    return Table("rights", _("Rights that ask for a certificate"), columns, rows, caption_hidden=True, stacked=True)


def _fields(sent: QueryDict, places: list[str]) -> list[Field]:
    roles = [("", _("every role")), *((code, words(role.name)) for code, role in ROLES.items())]
    return [Field("region", _("Place (code)"), sent.get("region", places[0]), required=True,
                  hint=_("It is asked of grants for this place and for those below, never of those above.")),
            Field("right", pgettext("people", "Right"), sent.get("right", LEARNABLE[0]),
                  choices=[(code, f"{words(RIGHTS[code])}{words(COLON)}{code}") for code in LEARNABLE]),
            Field("role", _("Role"), sent.get("role", ""), choices=roles),
            Field("qualification", _("Qualification"), sent.get("qualification", ""),
                  choices=[(one.code, words(one.name)) for one in qualifications()]),
            Field("from", pgettext("people", "From"), sent.get("from", timezone.localdate().isoformat()), kind="date",
                  required=True),
            Field("grace", _("Days of grace"), sent.get("grace", "30"), required=True,
                  hint=_("From that day, or from a grant's first day where that is later")),
            Field("reason", _("Reason"), sent.get("reason", ""))]


def _asked(user: User, sent: QueryDict) -> None:
    about = qualification(sent.get("qualification", ""))
    ask_for(by=user, region=tree().known(sent.get("region", "").strip()).code, right=sent.get("right", ""),
            role=sent.get("role", ""), qualification=about.code, name=about.name, href=WHERE,
            start=parse_day(sent.get("from", "")), grace_days=number_in(sent, "grace", _("Days of grace")),
            asked=sent.get("act") != "end", reason=sent.get("reason", "").strip()[:2000])
