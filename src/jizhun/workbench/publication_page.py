"""One publication at work: figures beside the last edition, publish or send back, correct."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.actions import data_date
from jizhun.evaluation.errands import PROPOSE
from jizhun.evaluation.models import Proposal, ProposalReturn, Publication
from jizhun.evaluation.publications import editions, known, publish, put_back, waiting
from jizhun.evaluation.publications.reading import NoSuchEdition
from jizhun.evaluation.rules.publishing import both, changes
from jizhun.frame.published import pictures_of, tables_of
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import allows, path_to, require
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.errands import asked_for
from jizhun.workbench.guide_asked import number_in
from jizhun.workbench.publications import COMPUTE, PUBLISH, READ
from jizhun.workbench.upload import user_of


@login_required
def work_publication(request: HttpRequest, code: str) -> HttpResponse:
    """The page; publishing, sending back and correcting are posted to it."""
    user, wrong = user_of(request), ""
    try:
        about = known(code)
    except NoSuchEdition as missing:
        raise NotFound(zh=missing.sentence.zh, en=missing.sentence.en) from None
    require(by=user, right=READ, path=path_to(about.region))
    if request.method == "POST":
        try:
            return _act(request, about)
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return _shown(request, about, user, wrong)


def _act(request: HttpRequest, about: Publication) -> HttpResponse:
    sent, user = request.POST, user_of(request)
    proposal = number_in(sent, "proposal") or 0
    match sent.get("do"):
        case "publish":
            publish(by=user, proposal=proposal, seen=sent.get("seen", ""))
        case "back":
            put_back(by=user, proposal=proposal, reason=sent.get("reason", ""))
        case "propose":
            day = sent.get("as_of", "").strip()
            return asked_for(request, PROPOSE, {
                "code": about.code, "as_of": parse_day(day).isoformat() if day else "",
                "reason_zh": sent.get("reason_zh", ""), "reason_en": sent.get("reason_en", "")})
        case _:
            raise Refused(zh="请选择一种处理方式。", en="Choose one of the ways.")
    return HttpResponseRedirect(reverse("work-publication", args=[about.code]))


def _shown(request: HttpRequest, about: Publication, user: User, wrong: str) -> HttpResponse:
    one, out = waiting(about), editions(about)
    content = one.content if one else out[0].proposal.content if out else None
    before = out[0].proposal.content if one and out else None
    tables, pictures = (tables_of(content, before), pictures_of(content)) if content else ([], [])
    path = path_to(about.region)
    own = one is not None and one.maker == user.username
    may_publish = allows(by=user, right=PUBLISH, path=path)
    context = {
        "about": about, "place": tree().known(about.region), "proposal": one, "out": out, "wrong": wrong,
        "content": content, "tables": tables,
        "grade": both(content["quality"]["name"]) if content else None,
        "remarks": [(said["grade"], both(said)) for said in content["quality"]["remarks"]] if content else [],
        "changes": changes(before, one.content) if one and before else [], "typed": request.POST,
        "may_publish": may_publish and not own, "own": may_publish and own, "may_back": may_publish or own,
        "may_propose": one is None and allows(by=user, right=COMPUTE, path=path),
        "newer": _newer(one), "returns": ProposalReturn.objects.filter(proposal__publication=about).order_by("-pk")}
    return show(request, "workbench/publication.html", context, tables, pictures,
                status=400 if wrong else 200)


def _newer(one: Proposal | None) -> str:
    """Whether newer cases have come in since the figures were made."""
    if one is None:
        return ""
    day = data_date(one.publication.source)
    return _("Newer cases have come in since: up to %(day)s.") % {"day": day} if day > one.as_of else ""
