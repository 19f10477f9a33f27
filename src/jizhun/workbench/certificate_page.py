"""One certificate at the workbench: what it is worth, what changed, the paper, the refresher, and how it is ended."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.frame.addresses import short
from jizhun.frame.certified import change_lines, sign_of, state_words
from jizhun.frame.fields import Field
from jizhun.frame.sites import site_of
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import (
    TEACH,
    NoSuchCertificate,
    Seen,
    certificate,
    choose_name,
    renew,
    revoke,
    seen,
)
from jizhun.training.actions.earning import exams_that_renew
from jizhun.training.actions.exams import exams_for
from jizhun.training.actions.naming import name_of
from jizhun.training.actions.papers import may_see, paper
from jizhun.training.models import Certificate
from jizhun.training.rules.certificates import DUE, LAPSED, MATERIAL, SHOWN, learned_by
from jizhun.training.rules.sources import KINDS
from jizhun.workbench.certificates import mark_in
from jizhun.workbench.upload import user_of


@login_required
def certificate_page(request: HttpRequest, number: str) -> HttpResponse:
    """For its holder and for who runs training there; acts are posted to it."""
    user, wrong = user_of(request), ""
    kept = _found(user, number)
    if request.method == "POST":
        try:
            _acted(request, user, kept)
            return HttpResponseRedirect(reverse("work-certificate", args=[kept.number]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    told = _told(user, seen(kept))
    return show(request, "workbench/certificate.html", {**told, "wrong": wrong, "typed": request.POST if wrong else {}},
                [told["covers"]], status=400 if wrong else 200)


def _found(user: User, number: str) -> Certificate:
    try:
        kept = certificate(number)
    except NoSuchCertificate as missing:
        raise NotFound(zh=missing.sentence.zh, en=missing.sentence.en) from None
    if not may_see(by=user, kept=kept):
        raise Forbidden(zh="只有持证人和当地培训管理人员可以查看。",
                        en="Only its holder and who runs training there see it.")
    return kept


def _told(user: User, found: Seen) -> dict[str, Any]:
    kept = found.certificate
    runs = kept.holder != user and allows(by=user, right=TEACH, path=path_to(kept.region))
    asks = found.standing.state in (DUE, LAPSED)
    chosen = kept.names.last()
    renewing = exams_that_renew(user=user, kept=kept, exams=exams_for(user), on=found.on) if (
        asks and kept.holder == user) else []
    return {"exams": renewing, "certificate": kept, "seen": found, "state": state_words(found), "sign": sign_of(found),
            "changes": change_lines(found), "asks": asks, "covers": _covers(found), "holds": kept.holder == user,
            "place": tree().known(kept.region), "renews": runs and asks and all(
                one.now for one in found.standing.changes), "revokes": runs and not kept.revocations.exists(),
            "name": Field("shown", _("My name on the public page"), chosen.shown if chosen else "part",
                          choices=[(code, words(name)) for code, name in SHOWN.items()]),
            "renewals": kept.renewals.all(), "revocation": kept.revocations.first()}


def _covers(found: Seen) -> Table:
    """What was learned, the parts of refreshers in place of what they renewed."""
    columns = [Column("source", _("Source"), "head"), Column("words", _("Words of that day")),
               Column("on", _("Learned on"), "date")]
    rows: list[list[Cell | str]] = []
    for one in learned_by(found.certificate.fact(), found.on):
        kind, key, on = one.source.kind, one.source.key, one.source.learned_on
        small = [words(KINDS[kind]), *(() if kind in MATERIAL else [_("other words here cost no certificate")])]
        rows.append([Cell(words(name_of(kind, key)), small=" · ".join(small)), words(one.words),
                     Cell(day(on), plain=on.isoformat())])
    return Table("learned", _("What was learned"), columns, rows, caption_hidden=True, stacked=True)


def _acted(request: HttpRequest, user: User, kept: Certificate) -> None:
    sent = request.POST
    act = sent.get("act", "")
    if act == "name":
        choose_name(by=user, number=kept.number, shown=sent.get("shown", ""))
    elif act == "renew":
        renew(by=user, number=kept.number, evidence=sent.get("evidence", ""), mark=mark_in(sent))
    elif act == "revoke":
        revoke(by=user, number=kept.number, reason=sent.get("reason", ""))
    else:
        raise Refused(zh="没有这个操作。", en="There is no such act.")


@login_required
def certificate_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate as PDF, in the language of the page."""
    user = user_of(request)
    kept = _found(user, number)
    made = paper(by=user, number=kept.number, language=short(get_language()), site=site_of(request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="jizhun-certificate-{kept.number}.pdf"'
    return response
