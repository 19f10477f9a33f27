"""A ballot: the question, the rule with the present count, the votes, the answers to objections."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from jizhun.drafting.actions.ballots import answer_objection, close_ballot, vote, voters_for
from jizhun.drafting.actions.projects import EDIT, procedures, tally_of
from jizhun.drafting.models import Ballot, Vote, Voter
from jizhun.drafting.rules.ballots import DISAPPROVE, POSITIONS
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.upload import user_of


@login_required
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one ballot; votes, answers and the closing are posted to it."""
    row = Ballot.objects.select_related("project", "draft").filter(pk=pk).first()
    if row is None or not _may_see(user_of(request), row):
        raise Http404
    if request.method != "POST":
        return _page(request, row)
    try:
        _done(request, row)
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, row, words(refused.sentence))
    return HttpResponseRedirect(reverse("ballot", args=[pk]))


def _done(request: HttpRequest, row: Ballot) -> None:
    sent, by = request.POST, user_of(request)
    if sent.get("do") == "vote":
        voter = next((one for one in row.voters.all() if str(one.pk) == sent.get("voter", "")), None)
        if voter is None:
            raise Refused(zh="请选择代表谁表决。", en="Choose for whom you vote.")
        vote(by=by, voter=voter, position=sent.get("position", ""), reason=sent.get("reason", ""))
    elif sent.get("do") == "answer":
        objection = next((one for one in Vote.objects.filter(voter__ballot=row) if str(one.pk) == sent.get("vote")),
                         None)
        if objection is None:
            raise Refused(zh="没有这条意见。", en="There is no such objection.")
        answer_objection(by=by, vote=objection, text=sent.get("text", ""))
    else:
        close_ballot(by=by, ballot=row, reason=sent.get("reason", ""), without_approval=sent.get("without") == "1")


SEEING = (EDIT, "standard.approve", "standard.review")


def _may_see(user: User, row: Ballot) -> bool:
    """Reasons are for those who vote, draft, approve or review."""
    path = path_to(row.project.region)
    return any(allows(by=user, right=right, path=path) for right in SEEING) or any(
        voter.username == user.username for voter in row.voters.all()) or bool(voters_for(by=user, ballot=row))


def _name(voter: Voter) -> str:
    """A body's name in the language of the page; a person's login."""
    return place_name(tree().known(voter.region)) if voter.region else voter.name


def _page(request: HttpRequest, row: Ballot, wrong: str = "") -> HttpResponse:
    user, today = user_of(request), timezone.localdate()
    voters = list(row.voters.prefetch_related("votes__replies"))
    is_open = row.closed_on is None and today <= row.closes_on
    return render(request, "workbench/ballot.html", {
        "ballot": row, "project": row.project, "tally": tally_of(row), "rule": procedures().ballots[row.rule],
        "voters": [(_name(voter), list(voter.votes.all())) for voter in voters], "positions": POSITIONS,
        "open": is_open,
        "mine": [(voter.pk, _name(voter)) for voter in voters_for(by=user, ballot=row)] if is_open else [],
        "disapprove": DISAPPROVE, "wrong": wrong,
        "may_edit": allows(by=user, right=EDIT, path=path_to(row.project.region)),
        "typed": request.POST if wrong else {}}, status=400 if wrong else 200)
