"""Certificates at the workbench: one's own with what changed and what to do, those of one's places, and issuing one."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.certified import change_lines, sign_of, state_words
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import grants_of, regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import TEACH, WRITE, Seen, issue, own, qualifications, within
from jizhun.training.models import Certificate
from jizhun.training.rules.questions import WHOLE, number
from jizhun.workbench.upload import user_of

MANAGE = "people.manage"


@login_required
def certificates(request: HttpRequest) -> HttpResponse:
    """One's own certificates; and, for who runs training, those of the places below, what asks for something first."""
    user = user_of(request)
    mine = own(user)
    places = _places(user, TEACH)
    unit = listing(request, _unit([one for place in places for one in within(by=user, region=place)])) \
        if places else None
    return show(request, "workbench/certificates.html", {
        "mine": [(one, state_words(one), sign_of(one), change_lines(one)) for one in mine], "listing": unit,
        "teaches": bool(places), "writes": bool(_places(user, WRITE)), "manages": bool(_places(user, MANAGE))},
                [unit.whole] if unit else [])


def _places(user: User, right: str) -> list[str]:
    return list(dict.fromkeys(one.region for one in grants_of(user) if right in one.rights))


def _unit(rows: Sequence[Seen]) -> Table:
    held = tree()
    columns = [Column("number", _("Number of the certificate"), "head"), Column("name", _("Held by")),
               Column("what", _("Qualification")), Column("place", _("Place")), Column("state", _("State")),
               Column("until", _("Counts until"), "date")]
    shown: list[list[Cell | str]] = []
    for one in sorted(rows, key=lambda one: (one.standing.state == "valid", one.standing.until)):
        kept = one.certificate
        shown.append([Cell(kept.number, href=reverse("work-certificate", args=[kept.number])),
                      Cell(kept.holder_name, small=kept.holder.username), words(kept.qualification.name),
                      place_name(held.known(kept.region)), Cell(words(state_words(one)), sign=sign_of(one)),
                      Cell(day(one.standing.until), plain=one.standing.until.isoformat())])
    return Table("certificates", _("Certificates of my places"), columns, shown, caption_hidden=True, stacked=True)


# -- issue -----------------------------------------------------------------------------------------


@login_required
def certificate_issue(request: HttpRequest) -> HttpResponse:
    """Issue a certificate to whoever has passed."""
    user, wrong = user_of(request), ""
    places = regions_of(by=user, right=TEACH)
    if request.method == "POST":
        try:
            made = _issued(user, request.POST)
            return HttpResponseRedirect(reverse("work-certificate", args=[made.number]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/certificate_issue.html", {
        "fields": _fields(request.POST, places), "wrong": wrong, "any": bool(qualifications())},
                  status=400 if wrong else 200)


def _issued(user: User, sent: QueryDict) -> Certificate:
    holder = User.objects.filter(username=sent.get("holder", "").strip()).first()
    if holder is None:
        raise Refused(zh="没有这个登录名。", en="There is no such login.")
    on = sent.get("on", "").strip()
    place = tree().place(sent.get("region", "").strip(), timezone.localdate()).code
    return issue(by=user, code=sent.get("code", ""), holder=holder, holder_name=sent.get("name", ""), region=place,
                 evidence=sent.get("evidence", ""), mark=mark_in(sent), on=parse_day(on) if on else None)


def mark_in(sent: QueryDict) -> int:
    """A mark out of a hundred as hundredths; Refused for anything else."""
    typed = number(sent.get("mark", ""))
    if typed is None or not 0 <= typed <= 100 or typed * 100 != int(typed * 100):
        raise Refused(zh="成绩应为 0 至 100，最多两位小数。", en="A mark is 0 to 100, with two decimals at most.")
    return min(int(typed * 100), WHOLE)


def _fields(sent: QueryDict, places: Sequence[str]) -> list[Field]:
    today = timezone.localdate()
    return [Field("code", _("Qualification"), sent.get("code", ""),
                  choices=[(one.code, words(one.name)) for one in qualifications()]),
            Field("holder", _("Login of the holder"), sent.get("holder", ""), required=True),
            Field("name", _("Name as printed"), sent.get("name", ""), required=True),
            Field("region", _("Place (code)"), sent.get("region", places[0]), required=True,
                  hint=_("What is learned is what holds there.")),
            Field("evidence", _("Earned by"), sent.get("evidence", ""), required=True,
                  hint=_("Number of the examination or of the ledger entry")),
            Field("mark", _("Mark out of 100"), sent.get("mark", ""), required=True),
            Field("on", _("Day on which it was passed"), sent.get("on", today.isoformat()), kind="date",
                  required=True)]
