"""Ballots: opened on a draft, votes only added, objections answered, closed with or without approval."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions.fitting import check_near
from jizhun.drafting.actions.holders import SPEAKS, voices
from jizhun.drafting.actions.projects import (
    EDIT,
    ROOM,
    about,
    check_deciding,
    check_running,
    locked,
    procedure_of,
    procedures,
    tally_of,
)
from jizhun.drafting.models import Ballot, Draft, Project, Vote, Voter, VoteReply
from jizhun.drafting.rules.ballots import DISAPPROVE, check_vote
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, grants_of, path_to, require, tell, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, tree

VOTE = "standard.vote"
LONGEST = 4000


def open_ballot(*, by: Actor, project: Project, draft: Draft, question: Bilingual, rule: str, closes_on: date,
                usernames: Sequence[str] = (), bodies: Sequence[str] = ()) -> Ballot:
    """Put a question to an electorate: users by name, bodies by region code. Rule and electorate stay as they are.

    Refused outside the stage in which the document is decided on, by a rule that its procedure does not know, with
    too few who may vote, or while another ballot is open.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    _check_question(question, closes_on)
    if draft.project_id != project.pk:
        raise Refused(zh="请选择本项目的稿。", en="Choose a draft of this project.")
    voters = [*_users(usernames, project), *_bodies(bodies, project)]
    _check_rule(project, rule, len(voters))
    with transaction.atomic():
        project = locked(project)
        check_running(project)
        check_deciding(project)
        if project.ballots.filter(closed_on=None).exists():
            raise Refused(zh="已有一次表决正在进行。", en="A ballot is open already.")
        kept = Ballot.objects.create(project=project, draft=draft, question_zh=question.zh.strip(),
                                     question_en=question.en.strip(), rule=rule, opens_on=timezone.localdate(),
                                     closes_on=closes_on)
        for voter in voters:
            voter.ballot = kept
        Voter.objects.bulk_create(voters)
        _call(kept, voters)
        bump(ROOM)
        write_line(by=by, act="drafting.open_ballot", subject=about(project),
                   after={"ballot": kept.pk, "draft": draft.seq, "rule": rule, "voters": [one.name for one in voters]})
    return kept


def _check_question(question: Bilingual, closes_on: date) -> None:
    if not question.zh.strip():
        raise Refused(zh="请写明表决的问题。", en="Write the question.")
    if max(len(question.zh), len(question.en)) > LONGEST:
        raise Refused(zh=f"问题最多 {LONGEST} 字。", en=f"The question has {LONGEST} characters at most.")
    if closes_on < timezone.localdate():
        raise Refused(zh=f"截止日期 {closes_on} 早于今天。", en=f"The last day, {closes_on}, is before today.")
    check_near(closes_on, timezone.localdate(), 1)


def _check_rule(project: Project, rule: str, voters: int) -> None:
    """The rule is one of the procedure's, and the electorate is large enough for it."""
    how, rules = procedure_of(project), procedures().ballots
    if rule not in how.ballots:
        name = rules[rule].name if rule in rules else Bilingual(rule[:40], rule[:40])
        raise Refused(zh=f"“{how.name.zh}”不按“{name.zh}”表决。",
                      en=f"“{how.name.en}” is not voted on by “{name.en}”.")
    if voters < rules[rule].least:
        raise Refused(zh=f"“{rules[rule].name.zh}”至少要有 {rules[rule].least} 个有表决权的人或单位。",
                      en=f"“{rules[rule].name.en}” needs at least {rules[rule].least} who may vote.")


def _users(usernames: Sequence[str], project: Project) -> list[Voter]:
    rows = User.objects.filter(username__in=usernames, is_active=True)
    users = {user.username: user for user in rows}
    for name in dict.fromkeys(usernames):
        if name not in users:
            raise Refused(zh=f"没有名为“{name}”的用户。", en=f"There is no user “{name}”.")
        require(by=users[name], right=VOTE, path=path_to(project.region))
    return [Voter(name=name, username=name) for name in dict.fromkeys(usernames)]


def _bodies(codes: Sequence[str], project: Project) -> list[Voter]:
    held = tree()
    for code in codes:
        if project.region not in path_to(code):
            raise Refused(zh=f"{code} 不在 {project.region} 之内。", en=f"{code} is not within {project.region}.")
    return [Voter(name=held.known(code).name.zh, region=code) for code in dict.fromkeys(codes)]


def _call(ballot: Ballot, voters: Sequence[Voter]) -> None:
    for username in sorted({name for voter in voters for name in voices(voter)}):
        tell(username=username, about=about(ballot.project), href=f"work/ballots/{ballot.pk}/",
             text=Bilingual(f"请在 {ballot.closes_on} 前表决：{ballot.question_zh}",
                            f"Please vote by {ballot.closes_on}: {ballot.question_en or ballot.question_zh}"))


def voters_for(*, by: Actor, ballot: Ballot) -> list[Voter]:
    """For whom of the electorate somebody may vote: themselves while they hold the right, and the very body in which
    they may speak; a right held above does not reach down."""
    voters = ballot.voters.all()
    if not isinstance(by, User):
        return list(voters)
    may = allows(by=by, right=VOTE, path=path_to(ballot.project.region))
    own = {grant.region for grant in grants_of(by) if grant.rights & SPEAKS}
    return [voter for voter in voters if (may and voter.username == by.username) or voter.region in own]


def vote(*, by: Actor, voter: Voter, position: str, reason: str = "") -> Vote:
    """Take a position; a later one of the same voter counts in its place, and the earlier stays on record."""
    ballot = voter.ballot
    if voter not in voters_for(by=by, ballot=ballot):
        require(by=by, right=VOTE, path=path_to(ballot.project.region))
        raise Refused(zh=f"您不能代 {voter.name} 表决。", en=f"You cannot vote for {voter.name}.")
    check_vote(position, reason)
    if len(reason) > LONGEST:
        raise Refused(zh=f"理由最多 {LONGEST} 字。", en=f"The reason has {LONGEST} characters at most.")
    with transaction.atomic():
        locked(ballot.project)
        ballot = Ballot.objects.get(pk=ballot.pk)
        _open(ballot)
        kept = Vote.objects.create(voter=voter, position=position, reason=reason.strip(), by=by.username)
        bump(ROOM)
        write_line(by=by, act="drafting.vote", subject=about(ballot.project),
                   after={"ballot": ballot.pk, "voter": voter.name, "position": position, "reason": reason})
    return kept


def _open(ballot: Ballot) -> None:
    if ballot.closed_on is not None or timezone.localdate() > ballot.closes_on or not ballot.project.running:
        raise Refused(zh="这次表决已经结束。", en="This ballot has ended.")


def answer_objection(*, by: Actor, vote: Vote, text: str) -> VoteReply:
    """Answer a disapproval; whoever disapproved is told and may vote again while the ballot is open."""
    ballot = vote.voter.ballot
    require(by=by, right=EDIT, path=path_to(ballot.project.region))
    if vote.position != DISAPPROVE or not text.strip() or len(text) > LONGEST:
        raise Refused(zh=f"请写下对不赞成意见的答复，最多 {LONGEST} 字。",
                      en=f"Write the answer to the disapproval, {LONGEST} characters at most.")
    with transaction.atomic():
        locked(ballot.project)
        if vote.replies.exists():
            raise Refused(zh="这条不赞成意见已有答复。", en="This disapproval has been answered already.")
        kept = VoteReply.objects.create(vote=vote, text=text.strip(), by=by.username)
        tell(username=vote.by, about=about(ballot.project), href=f"work/ballots/{ballot.pk}/",
             text=Bilingual(f"对您不赞成意见的答复：{kept.text}", f"Your disapproval was answered: {kept.text}"))
        bump(ROOM)
        write_line(by=by, act="drafting.answer_objection", subject=about(ballot.project),
                   after={"ballot": ballot.pk, "vote": vote.pk, "text": kept.text})
    return kept


def close_ballot(*, by: Actor, ballot: Ballot, reason: str = "", without_approval: bool = False) -> Ballot:
    """Close a ballot. Approved where its rule is met and every objection has an answer; else not approved.

    ``without_approval`` closes it whatever the count (the text is withdrawn); then, and before its last day unless
    everybody has voted, a reason is needed.
    """
    project = ballot.project
    require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        locked(project)
        ballot = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if ballot.closed_on is not None:
            raise Refused(zh="这次表决已经结束。", en="This ballot has ended.")
        count = tally_of(ballot)
        early = timezone.localdate() < ballot.closes_on and count.cast < count.electorate
        if (early or without_approval) and not reason.strip():
            raise Refused(zh="请写明为何现在结束。", en="Say why it is closed now.")
        if count.passed and count.objections and not without_approval:
            raise Refused(zh=f"还有 {count.objections} 条不赞成意见没有答复。",
                          en=f"{count.objections} disapprovals have no answer yet.")
        ballot.closed_on, ballot.outcome_reason = timezone.localdate(), reason.strip()
        ballot.outcome = "closed" if without_approval else "approved" if count.passed else "rejected"
        ballot.save(update_fields=["closed_on", "outcome", "outcome_reason"])
        bump(ROOM)
        write_line(by=by, act="drafting.close_ballot", subject=about(project), reason=reason,
                   after={"ballot": ballot.pk, "outcome": ballot.outcome, "counts": dict(count.counts)})
    return ballot
