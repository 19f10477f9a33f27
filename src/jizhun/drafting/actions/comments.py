"""Comments: rounds, what the public and bodies say, how it is passed on and consolidated, and what becomes of it."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from jizhun.drafting.actions.fitting import check_lengths, check_near
from jizhun.drafting.actions.holders import holders
from jizhun.drafting.actions.projects import EDIT, ROOM, about, check_running, locked
from jizhun.drafting.actions.texts import number_of
from jizhun.drafting.models import HELD, HIDDEN, SHOWN, CommentRow, Consultation, Draft, Project
from jizhun.drafting.rules.merging import Changes, Row, clause_number
from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES
from jizhun.drafting.rules.stages import Limit
from jizhun.drafting.rules.text import numbered
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.likeness import clusters
from jizhun.people.actions import path_to, require, tell, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor
from jizhun.provisions.actions import place_name
from jizhun.regions.actions import bump, tree

COMMENT = "standard.comment"
LONGEST = {"text": 6000, "proposed": 6000, "quote": 1000, "body": 200, "notify": 200}
EARLIEST = Limit(months=6)
"""A round that was announced elsewhere may have begun so long ago; longer ago its comments come in as a file."""


# --- rounds -------------------------------------------------------------------------------------------


def open_consultation(*, by: Actor, project: Project, draft: Draft, closes_on: date, opens_on: date | None = None,
                      public: bool = True, bodies: Sequence[str] = (), asks: Bilingual = NO_WORDS,
                      announced: str = "") -> Consultation:
    """Open a round of comments on a draft for comments, in the stage of comments.

    A round may have begun earlier only where it was announced elsewhere: then ``announced`` says where. Forbidden
    without the right to draft; Refused where its days or places cannot be, or where a round is open already.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    today = timezone.localdate()
    first = opens_on or today
    _check_round(project, draft, first, closes_on, today, announced)
    for code in bodies:
        if project.region not in path_to(code):
            raise _outside(code, project)
    check_lengths(Consultation, announced=announced)
    with transaction.atomic():
        project = locked(project)
        _in_comments(project)
        if project.consultations.filter(closed_on=None).exists():
            raise Refused(zh="已有一轮征求意见正在进行。", en="A round of comments is open already.")
        kept = Consultation.objects.create(
            project=project, draft=draft, opens_on=first, closes_on=closes_on, public=public, bodies=list(bodies),
            asks_zh=asks.zh, asks_en=asks.en, announced=announced.strip())
        _ask(kept)
        bump(ROOM)
        write_line(by=by, act="drafting.open_consultation", subject=about(project),
                   after={"draft": draft.seq, "from": first, "until": closes_on, "announced": announced})
    return kept


def _ask(row: Consultation) -> None:
    """Whoever speaks for a body that is asked is told so, once."""
    title, first, last = row.project.title, row.opens_on, row.closes_on
    for username in sorted({name for code in row.bodies for name in holders({COMMENT}, code)}):
        tell(username=username, about=about(row.project), href=f"consultations/{row.pk}/",
             text=Bilingual(f"《{title.zh}》征求意见：请于 {first} 至 {last} 反馈意见。",
                            f"{title.en or title.zh}: please comment, from {first} to {last}."))


def _outside(region: str, project: Project) -> Refused:
    place, own = place_name(region), place_name(project.region)
    return Refused(zh=f"{place.zh}不在{own.zh}之内。", en=f"{place} is not within {own}.")


def _check_round(project: Project, draft: Draft, first: date, last: date, today: date, announced: str) -> None:
    if draft.project_id != project.pk or draft.label != "comment":
        raise Refused(zh="请选择本项目的一份征求意见稿。", en="Choose a draft for comments of this project.")
    if last < first or last < today:
        raise Refused(zh=f"截止日期 {last} 应不早于开始日期和今天。",
                      en=f"The last day, {last}, must not be before the first day or today.")
    if (last - first).days > 366:
        raise Refused(zh="一轮征求意见最长一年。", en="A round lasts a year at most.")
    if first < today and not announced.strip():
        raise Refused(zh="早于今天开始的征求意见，请写明当时在哪里公布。",
                      en="A round that began before today was announced somewhere: say where.")
    check_near(first, today, 1)
    check_near(last, today, 1)
    if first < draft.on:
        raise Refused(zh=f"征求意见不能早于这份稿发出的日期 {draft.on}。",
                      en=f"A round cannot begin before its draft was issued, {draft.on}.")
    if EARLIEST.due(first) < today:
        raise Refused(zh="开始日期过早，请改用意见表导入。",
                      en="It began too long ago: take its comments in as a file.")


def _in_comments(project: Project) -> None:
    check_running(project)
    if project.stage != "30":
        raise Refused(zh="项目不在征求意见阶段。", en="The project is not in the stage of comments.")


def close_consultation(*, by: Actor, consultation: Consultation, reason: str = "") -> Consultation:
    """Close a round, before its last day only with a reason. What still lies on desks below is passed on as it is.

    Forbidden without the right to draft; Refused where it is closed already, or is closed early and nobody says why.
    """
    project = consultation.project
    require(by=by, right=EDIT, path=path_to(project.region))
    today = timezone.localdate()
    if today < consultation.closes_on and not reason.strip():
        raise Refused(zh=f"征求意见到 {consultation.closes_on} 截止；提前结束请写明理由。",
                      en=f"The round runs until {consultation.closes_on}: say why it is closed before.")
    with transaction.atomic():
        project = locked(project)
        consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if consultation.closed_on is not None:
            raise Refused(zh="这一轮征求意见已经结束。", en="This round is closed already.")
        left = consultation.comments.filter(merged_into=None).exclude(desk=project.region)
        brought = left.update(desk=project.region)
        consultation.closed_on = today
        consultation.save(update_fields=["closed_on"])
        bump(ROOM)
        write_line(by=by, act="drafting.close_consultation", subject=about(project), reason=reason,
                   after={"closed": today, "passed_on_as_they_stood": brought})
    return consultation


# --- saying something ---------------------------------------------------------------------------------

AN_HOUR, A_DAY = 6, 20
"""So many comments may come from one place of the network in an hour, in a day."""


class TooMany(Refused):
    """More comments than a person writes."""


def comment_as_public(*, consultation: Consultation, text: str, address: str, clause: str = "", quote: str = "",
                      kind: str = "ge", proposed: str = "", name: str = "", notify: str = "") -> CommentRow:
    """Somebody without an account comments; it is held until somebody has looked at it.

    ``address`` is where the request came from: kept as a keyed hash only, to limit the rate.
    """
    sender = sender_of(address)
    with transaction.atomic():
        project = locked(consultation.project)
        consultation = _taking(consultation, public=True)
        _within_rate(sender)
        kept = _kept(project, consultation, text=text, clause=clause, quote=quote, kind=kind, proposed=proposed,
                     body=name, notify=notify, desk=project.region, state=HELD, sender=sender)
        write_line(by=PUBLIC, act="drafting.comment", subject=about(project), after={"comment": kept.key})
    return kept


class _Public:
    username = "public"


PUBLIC: Actor = _Public()


def sender_of(address: str) -> str:
    """A keyed hash of a network address and the day: the same within a day, and nobody can read the address from it."""
    said = f"{timezone.localdate()}|{address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:32]


def _within_rate(sender: str) -> None:
    now = timezone.now()
    some = CommentRow.objects.filter(sender=sender)
    for most, since in ((AN_HOUR, now - timedelta(hours=1)), (A_DAY, now - timedelta(days=1))):
        if some.filter(made_at__gte=since).count() >= most:
            raise TooMany(zh="从您这里提交的意见过多，请稍后再试；较长的意见可以合为一条。",
                          en="Too many comments came from you: try again later, or put several into one.")


def comment_for_body(*, by: Actor, consultation: Consultation, region: str, text: str, clause: str = "",
                     quote: str = "", kind: str = "te", proposed: str = "") -> CommentRow:
    """A body at ``region`` comments; it goes to the desk of the place above it, or straight to the project's own.

    Forbidden without the right to comment there; Refused where the place is outside the project's, the round takes
    nothing now, or the comment cannot be kept.
    """
    require(by=by, right=COMMENT, path=path_to(region))
    project = consultation.project
    path = path_to(region)
    if project.region not in path:
        raise _outside(region, project)
    with transaction.atomic():
        project = locked(project)
        consultation = _taking(consultation, public=False)
        kept = _kept(project, consultation, text=text, clause=clause, quote=quote, kind=kind, proposed=proposed,
                     body=body_name(by, region), region=region, desk=_above(region, project.region), by=by.username)
        write_line(by=by, act="drafting.comment", subject=about(project),
                   after={"comment": kept.key, "region": region})
    return kept


def _taking(consultation: Consultation, *, public: bool) -> Consultation:
    """The round as it is now, the project locked; Refused where it takes nothing, or nothing from the public."""
    now = Consultation.objects.select_related("project", "draft").get(pk=consultation.pk)
    if not now.open_on(timezone.localdate()) or not now.project.running or (public and not now.public):
        who = Bilingual("公众", " from the public") if public else NO_WORDS
        raise Refused(zh=f"这一轮征求意见现在不接受{who.zh}意见。",
                      en=f"This round does not take comments{who.en} now.")
    return now


def body_name(by: Actor, region: str) -> str:
    """The organisation of whoever speaks, else the place."""
    organisation = by.organisation if isinstance(by, User) else None
    return organisation.name_zh if organisation else tree().known(region).name.zh


def _above(region: str, top: str) -> str:
    """The desk above ``region`` on the way to ``top``; ``top`` itself for what stands there."""
    path = path_to(region)
    return top if region == top else path[max(path.index(region) - 1, path.index(top))]


def _kept(project: Project, consultation: Consultation, *, text: str, clause: str, quote: str, kind: str,
          proposed: str, body: str, desk: str, region: str = "", by: str = "", state: str = SHOWN,
          sender: str = "", notify: str = "", made_at: datetime | None = None, number: str = "", line: str = "",
          paragraph: str = "") -> CommentRow:
    """Keep a comment under the next number; Refused where it says nothing, too much, or of no such clause."""
    said = {"text": text.strip(), "proposed": proposed.strip(), "quote": quote.strip(), "body": body.strip(),
            "notify": notify.strip()}
    if not said["text"]:
        raise Refused(zh="请写下意见。", en="Write your comment.")
    for name, most in LONGEST.items():
        if len(said[name]) > most:
            raise Refused(zh=f"太长了：最多 {most} 字。", en=f"Too long: {most} characters at most.")
    if kind not in TYPES:
        raise Refused(zh=f"没有“{kind}”这类意见。", en=f"There is no type of comment “{kind}”.")
    clauses = consultation.draft.facts()
    if clause and not any(one.key == clause for one in clauses):
        raise Refused(zh="征求意见稿里没有这一条。", en="There is no such clause in the draft.")
    last = project.comments.order_by("-seq").values_list("seq", flat=True).first() or 0
    bump(ROOM)
    return CommentRow.objects.create(
        project=project, consultation=consultation, seq=last + 1, clause=clause,
        clause_number=number_of(clauses, clause) or number[:32], line=line[:60], paragraph=paragraph[:120], type=kind,
        desk=desk, region=region, by=by, state=state,
        sender=sender, token=secrets.token_urlsafe(12), made_at=made_at or timezone.now(), **said)


# --- looking at, passing on, consolidating ------------------------------------------------------------


def moderate(*, by: Actor, comment: CommentRow, show: bool, reason: str = "") -> CommentRow:
    """Show a comment of the public, or hide it with a reason that its writer can read; it is never deleted.

    Forbidden without the right to draft; Refused for what a body says, and for hiding without a reason.
    """
    project = comment.project
    require(by=by, right=EDIT, path=path_to(project.region))
    if comment.by or comment.region:
        raise Refused(zh="单位提出的意见不需要审核。", en="What a body says is not moderated.")
    if not show and not reason.strip():
        raise Refused(zh="请写明不公开的理由。", en="Say why it is not shown.")
    check_lengths(CommentRow, state_reason=reason.strip())
    with transaction.atomic():
        comment = _locked_comment(comment)
        before = comment.state
        comment.state, comment.state_reason = (SHOWN, "") if show else (HIDDEN, reason.strip())
        comment.save(update_fields=["state", "state_reason"])
        bump(ROOM)
        write_line(by=by, act="drafting.moderate", subject=about(project), reason=reason,
                   before={"state": before}, after={"comment": comment.key, "state": comment.state})
    return comment


def moderate_all(*, by: Actor, comments: Sequence[CommentRow], show: bool, reason: str = "") -> list[CommentRow]:
    """Show or hide several: all of them or none; Refused where none is chosen."""
    _some(comments)
    with transaction.atomic():
        return [moderate(by=by, comment=one, show=show, reason=reason) for one in comments]


def _locked_comment(comment: CommentRow) -> CommentRow:
    locked(comment.project)
    return CommentRow.objects.select_related("project").get(pk=comment.pk)


def pass_on(*, by: Actor, comments: Sequence[CommentRow], desk: str) -> list[CommentRow]:
    """Pass comments on from a desk to the one above it, as they stand; Refused where none is chosen."""
    _some(comments)
    with transaction.atomic():
        some = [_on_desk(by, comment, desk) for comment in comments]
        for comment in some:
            comment.desk = _above(desk, comment.project.region)
            comment.save(update_fields=["desk"])
        _note_desk(by, some, "drafting.pass_on", desk)
    return some


def _some(comments: Sequence[CommentRow]) -> None:
    if not comments:
        raise Refused(zh="请先选择意见。", en="Choose the comments first.")


def _on_desk(by: Actor, comment: CommentRow, desk: str) -> CommentRow:
    require(by=by, right=COMMENT, path=path_to(desk))
    comment = _locked_comment(comment)
    if comment.desk != desk or comment.merged_into_id:
        place = place_name(desk)
        raise Refused(zh=f"{comment.key} 不在{place.zh}待汇总。", en=f"{comment.key} does not wait at {place}.")
    if desk == comment.project.region:
        raise Refused(zh=f"{comment.key} 已经到达。", en=f"{comment.key} has arrived already.")
    return comment


def _note_desk(by: Actor, some: Sequence[CommentRow], act: str, desk: str, **more: object) -> None:
    bump(ROOM)
    for project in {one.project for one in some}:
        write_line(by=by, act=act, subject=about(project), after={
            "comments": [one.key for one in some if one.project == project], "desk": desk, **more})


def consolidate(*, by: Actor, comments: Sequence[CommentRow], desk: str, text: str, kind: str = "te",
                proposed: str = "", clause: str | None = None) -> CommentRow:
    """Several comments on a desk become one of the place there, which goes on; the several stay, and lead to it.

    Forbidden without the right to comment at the desk; Refused where none is chosen, where one does not wait there,
    or where they are of two rounds.
    """
    if not comments:
        raise Refused(zh="请选择要汇总的意见。", en="Choose the comments to put together.")
    with transaction.atomic():
        some = [_on_desk(by, comment, desk) for comment in comments]
        first = some[0]
        if any(one.consultation_id != first.consultation_id for one in some):
            raise Refused(zh="只能汇总同一轮的意见。", en="Only comments of one round can be put together.")
        about_clause = first.clause if clause is None else clause
        kept = _kept(first.project, first.consultation, text=text, clause=about_clause,
                     quote=first.quote if len({one.quote for one in some}) == 1 else "", kind=kind,
                     proposed=proposed, body=body_name(by, desk), region=desk, by=by.username,
                     desk=_above(desk, first.project.region))
        for one in some:
            one.merged_into = kept
            one.save(update_fields=["merged_into"])
        _note_desk(by, some, "drafting.consolidate", desk, into=kept.key)
    return kept


# --- dispositions -------------------------------------------------------------------------------------


def dispose(*, by: Actor, comments: Sequence[CommentRow], disposition: str, answer: str) -> list[CommentRow]:
    """Say what becomes of comments, and why; whoever asked is told. What was merged into them is answered with them.

    Forbidden without the right to draft; Refused without a reason, for a comment that has not arrived or speaks
    through another, and once the project has ended.
    """
    if disposition not in DISPOSITIONS:
        raise Refused(zh=f"没有“{disposition}”这种处理。", en=f"There is no disposition “{disposition}”.")
    if not answer.strip() or len(answer) > LONGEST["text"]:
        raise Refused(zh="请写明处理理由。", en="Give the reason.")
    _some(comments)
    for project in {one.project for one in comments}:
        require(by=by, right=EDIT, path=path_to(project.region))
    with transaction.atomic():
        done = [_disposed(by, comment, disposition, answer.strip()) for comment in comments]
        bump(ROOM)
        for one in done:
            write_line(by=by, act="drafting.dispose", subject=about(one.project),
                       after={"comment": one.key, "disposition": disposition, "answer": one.answer})
    return done


def _disposed(by: Actor, comment: CommentRow, disposition: str, answer: str) -> CommentRow:
    comment = _locked_comment(comment)
    check_running(comment.project)
    if comment.merged_into_id or comment.state != SHOWN or comment.desk != comment.project.region:
        raise Refused(zh=f"{comment.key} 还没有到达，或已并入另一条意见。",
                      en=f"{comment.key} has not arrived yet, or speaks through another comment.")
    comment.disposition, comment.answer = disposition, answer
    comment.disposed_by, comment.disposed_at = by.username, timezone.now()
    comment.save(update_fields=["disposition", "answer", "disposed_by", "disposed_at"])
    for one in (comment, *all_merged(comment)):
        _tell_writer(one, comment)
    return comment


def all_merged(comment: CommentRow) -> list[CommentRow]:
    """Every comment that speaks through this one, step by step down to the first ones."""
    below = list(comment.merged.all())
    return [*below, *(deeper for one in below for deeper in all_merged(one))]


def _tell_writer(comment: CommentRow, answered: CommentRow) -> None:
    words = DISPOSITIONS[answered.disposition]
    title = comment.project.title
    tell(username=comment.by, address=comment.notify, about=about(comment.project), href=f"comments/{comment.token}/",
         text=Bilingual(f"您对《{title.zh}》的意见 {comment.key}：{words.zh}。{answered.answer}",
                        f"Your comment {comment.key} on {title.en or title.zh}: {words.en}. {answered.answer}"))


def take_in_table(*, by: Actor, project: Project, changes: Changes, consultation: Consultation | None = None,
                  on: date | None = None) -> int:
    """What a filled-in commenting table brings: new comments, dispositions, answers. Returns how many rows counted.

    Words on record are never overwritten: ``changes`` names such rows as conflicts, and they are passed over.
    Forbidden without the right to draft; Refused before the first round, once the project has ended, and for a row
    that cannot be kept: then nothing is taken in.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    row = consultation or project.consultations.first()
    if row is not None and row.project_id != project.pk:
        raise Refused(zh="这一轮征求意见不属于本项目。", en="This round of comments is not of this project.")
    if row is None:
        raise Refused(zh="还没有征求过意见。", en="There has been no round of comments yet.")
    with transaction.atomic():
        project = locked(project)
        check_running(project)
        for new in changes.new:
            kept = _brought(by, project, row, new, on)
            if new.disposition:
                _disposed(by, kept, new.disposition, new.answer)
        for one in changes.answers:
            there = project.comments.get(seq=int(one.before.key.removeprefix("C-")))
            _disposed(by, there, one.disposition, one.answer)
        bump(ROOM)
        count = len(changes.new) + len(changes.answers)
        write_line(by=by, act="drafting.take_in_table", subject=about(project), after={"rows": count})
    return count


def _brought(by: Actor, project: Project, asked: Consultation, new: Row, on: date | None) -> CommentRow:
    """A new comment of a file; its clause is found by the number that the file gives."""
    numbers = {one.number: one.clause.key for one in numbered(asked.draft.facts()) if one.number}
    keys = set(numbers.values())
    clause = new.clause if new.clause in keys else numbers.get(clause_number(new.number), "")
    made = min(new.made_on or on or timezone.localdate(), timezone.localdate())
    return _kept(project, asked, text=new.text, clause=clause, quote=new.quote, kind=new.type or "ge",
                 proposed=new.proposed, body=new.body, region=_known_place(new.region, project), desk=project.region,
                 by=by.username, made_at=timezone.make_aware(datetime.combine(made, time(12))), number=new.number,
                 line=new.line, paragraph=new.paragraph)


def _known_place(region: str, project: Project) -> str:
    """The place that a file names, where it lies within the project's own; nothing else is kept as a place."""
    return region if region in tree() and project.region in path_to(region) else ""


# --- nearly the same ----------------------------------------------------------------------------------

LEAST_SAME = 0.6
"""From here on two comments count as saying nearly the same."""
_ALIKE: dict[tuple[int, int, int], Mapping[int, tuple[int, ...]]] = {}


def alike(project: Project) -> Mapping[int, tuple[int, ...]]:
    """Number of a comment -> numbers of those of the project that say nearly the same.

    Words on record never change, so that what was found holds until another comment comes.
    """
    counted = project.comments.aggregate(count=Count("pk"), last=Max("pk"))
    key = (project.pk, counted["count"], counted["last"] or 0)
    if key not in _ALIKE:
        if len(_ALIKE) > 50:
            _ALIKE.clear()
        rows = list(project.comments.values_list("seq", "text"))
        groups = [[rows[at][0] for at in group] for group in clusters([text for _, text in rows], LEAST_SAME)]
        _ALIKE[key] = {seq: tuple(other for other in group if other != seq) for group in groups for seq in group}
    return _ALIKE[key]
