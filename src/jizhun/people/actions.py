"""What is done with users and grants; and the audit line that every act of every room writes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, Period, day_before
from jizhun.people import rules
from jizhun.people.learned import ASKS, held_back
from jizhun.people.models import AuditHead, AuditLine, Grant, Notice, Organisation, Remark, User
from jizhun.people.rules import SYSTEM, Actor, Break, Held, System
from jizhun.regions.actions import tree


def grants_of(user: Actor, on: date | None = None) -> tuple[Held, ...]:
    """The user's grants in force on that day (today if none is given); only users hold any."""
    if not isinstance(user, User) or not user.is_active:
        return ()
    day = on or timezone.localdate()
    rows = list(user.grants.filter(valid_from__lte=day, valid_until__gte=day).annotate(asks=ASKS))
    grants = tuple(one.fact() for one in rows)
    return held_back(user, grants, day) if any(getattr(one, "asks", False) for one in rows) else grants


def allows(*, by: Actor, right: str, path: Sequence[str]) -> bool:
    """Whether ``by`` holds ``right`` today at the last place of ``path`` (region codes, nation first)."""
    return isinstance(by, System) or rules.may(grants_of(by), right, path)


def require(*, by: Actor, right: str, path: Sequence[str]) -> None:
    """Raises Forbidden unless ``by`` holds ``right`` today at the last place of ``path``."""
    if isinstance(by, System):
        return
    grants = grants_of(by)
    if not rules.may(grants, right, path):
        raise _refusal([one for one in grants if one.region in path], right, path[-1])


def _refusal(grants: Iterable[Held], right: str, region: str) -> rules.Forbidden:
    """What has to be learned first, where that alone keeps the right back; else that there is none."""
    back = [asked for one in grants for asked in one.withheld if asked.right == right]
    return rules.unlearned(right, region, back[0]) if back else rules.forbidden(right, region)


def regions_of(*, by: User, right: str) -> list[str]:
    """Where ``by`` holds ``right`` today; raises Forbidden where that is nowhere."""
    grants = grants_of(by)
    regions = [one.region for one in grants if right in one.rights]
    if not regions:
        raise _refusal(grants, right, grants[0].region if grants else "-")
    return regions


def regions_of_any(*, by: User, rights: Iterable[str]) -> list[str]:
    """Where ``by`` holds one of ``rights`` today; raises Forbidden where that is nowhere."""
    wanted = list(rights)
    held = {one.region for one in grants_of(by) if one.rights & {*wanted}}
    return sorted(held) or regions_of(by=by, right=wanted[0])


LONGEST_REMARK = 4000


def remark(*, by: User, about: str, text: str) -> Remark:
    """Say something about a thing; who may see the thing is the caller's to know. Refused when empty or too long."""
    said = text.strip()
    if not said or len(said) > LONGEST_REMARK:
        raise Refused(zh=f"请填写意见，最多 {LONGEST_REMARK} 字。",
                      en=f"Write something, {LONGEST_REMARK} characters at most.")
    with transaction.atomic():
        kept = Remark.objects.create(about=about, text=said, by=by.username)
        write_line(by=by, act="people.remark", subject=about, after={"remark": kept.pk, "text": said})
    return kept


def tell(*, text: Bilingual, about: str, href: str = "", username: str = "", address: str = "") -> Notice | None:
    """Leave a notice for a user or an address, inside the caller's act; nothing where there is neither."""
    if not (username or address):
        return None
    return Notice.objects.create(username=username, address=address, about=about, text_zh=text.zh, text_en=text.en,
                                 href=href)


def tell_all(*, notices: Iterable[tuple[str, Bilingual]], about: str, href: str = "") -> int:
    """Leave a notice for many users at once, inside the caller's act; returns how many."""
    rows = [Notice(username=username, about=about, text_zh=text.zh, text_en=text.en, href=href)
            for username, text in notices if username]
    return len(Notice.objects.bulk_create(rows, batch_size=500))


def unsent() -> list[tuple[Notice, str]]:
    """Notices that have not gone out, each with the e-mail address it goes to: the one left, or the user's own."""
    mails = dict(User.objects.exclude(email="").values_list("username", "email"))
    waiting = Notice.objects.filter(sent_at=None).order_by("pk")
    return [(one, one.address or mails[one.username]) for one in waiting if one.address or one.username in mails]


def address_of(notice: Notice) -> str:
    """The e-mail address that a notice goes to: the one left, or the user's own; "" where there is none."""
    return notice.address or User.objects.filter(username=notice.username, is_active=True).exclude(
        email="").values_list("email", flat=True).first() or ""


def path_to(region: str, on: date | None = None) -> tuple[str, ...]:
    """Region codes from the nation down to ``region``; raises Refused when there is no such place that day."""
    return tuple(tree().path(region, on or timezone.localdate()))


def write_line(
    *, by: Actor, act: str, subject: str, before: Any = None, after: Any = None, reason: str = ""
) -> AuditLine:
    """Add a line to the audit trail, inside the caller's transaction: the act and its line are kept or lost together.

    ``act`` is ``room.verb``, ``subject`` names one thing (``provision:123``); ``before`` and ``after`` are anything
    JSON can hold (dates and decimals become text). RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit line belongs inside the transaction of the act it tells of")
    head, _ = AuditHead.objects.select_for_update().get_or_create(
        pk=1, defaults={"seq": 0, "hash": rules.BEGINNING}
    )
    line = rules.Line(
        head.seq + 1, timezone.now(), by.username, act, subject,
        rules.canonical(before), rules.canonical(after), reason, head.hash,
    )
    head.seq, head.hash = line.seq, rules.hash_of(line)
    head.save()
    return AuditLine.objects.create(
        seq=line.seq, at=line.at, actor=line.actor, act=line.act, subject=line.subject, before=line.before,
        after=line.after, reason=line.reason, previous=line.previous, hash=head.hash,
    )


def verify_trail() -> Break | None:
    """The first line of the audit trail that does not fit the one before it; None when the whole chain holds."""
    head = AuditHead.objects.filter(pk=1).values_list("seq", "hash").first() or (0, rules.BEGINNING)
    sound = 0

    def lines() -> Iterator[rules.Line]:
        nonlocal sound
        for line in AuditLine.objects.order_by("seq").iterator(chunk_size=5000):
            yield line.fact()
            sound = line.seq

    try:
        return rules.first_break(lines(), head)
    except UNREADABLE:
        why = Bilingual("内容已损坏，无法读取", "it is damaged and cannot be read")
        return Break(_first_unreadable(sound + 1), why)


UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, DatabaseError)
"""What comes of a row that holds what its columns cannot."""


def _first_unreadable(seq: int) -> int:
    """The number of the first line from ``seq`` on that cannot be read; lines are fetched many at a time before."""
    try:
        while (line := AuditLine.objects.filter(seq=seq).first()) and rules.hash_of(line.fact()):
            seq += 1
    except UNREADABLE:
        pass
    return seq


def create_organisation(*, by: Actor, name_zh: str, name_en: str, region: str, simulated: bool = False) -> Organisation:
    """A new organisation at home in ``region``."""
    require(by=by, right="people.manage", path=path_to(region))
    with transaction.atomic():
        made = Organisation.objects.create(name_zh=name_zh, name_en=name_en, region=region, simulated=simulated)
        write_line(by=by, act="people.create_organisation", subject=f"organisation:{made.pk}",
                   after={"name_zh": name_zh, "name_en": name_en, "region": region})
    return made


def checked_password(password: str, user: User) -> str:
    """``password`` if it is strong enough; else Refused with the reasons."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(zh="口令不够安全：" + "；".join(error.messages), en="The password is too weak: "
                      + " ".join(error.messages)) from None
    return password


def create_user(*, by: Actor, username: str, password: str, region: str, organisation: Organisation | None = None,
                demonstration: bool = False) -> User:
    """A new login, without any right yet. ``region`` is where its creator must be allowed to manage people."""
    require(by=by, right="people.manage", path=path_to(region))
    if User.objects.filter(username=username).exists():
        raise Refused(zh=f"用户名“{username}”已被使用。", en=f"The user name “{username}” is taken.")
    user = User(username=username, organisation=organisation, demonstration=demonstration)
    user.set_password(checked_password(password, user))
    with transaction.atomic():
        user.save()
        write_line(by=by, act="people.create_user", subject=f"user:{username}",
                   after={"organisation": organisation and organisation.pk, "demonstration": demonstration})
    return user


def grant(*, by: Actor, user: User, role: str, region: str, start: date | None = None, until: date = FAR,
          reason: str = "") -> Grant:
    """Give ``user`` a role over ``region`` and all below it; nobody gives one to themselves."""
    period = Period(start or timezone.localdate(), until)
    require(by=by, right="people.manage", path=path_to(region))
    rules.check_level(role, tree().level(region), region)
    if by == user:
        raise rules.Forbidden(zh="不能给自己授权。", en="Nobody grants a role to themselves.")
    with transaction.atomic():
        given, new = Grant.objects.get_or_create(
            user=user, role=role, region=region, valid_from=period.start, defaults={"valid_until": period.until}
        )
        if not new:
            raise Refused(zh="该授权已存在。", en="That grant exists already.")
        write_line(by=by, act="people.grant", subject=f"user:{user.username}", reason=reason,
                   after={"role": role, "region": region, "from": period.start, "until": period.until})
    return given


def revoke(*, by: Actor, grant: Grant, reason: str) -> Grant:
    """End a grant yesterday, so that it no longer holds today; one that never held is removed."""
    require(by=by, right="people.manage", path=path_to(grant.region))
    last = day_before(timezone.localdate())
    if grant.valid_until <= last:
        raise Refused(zh="该授权已经失效。", en="That grant has ended already.")
    before = {"role": grant.role, "region": grant.region, "from": grant.valid_from, "until": grant.valid_until}
    with transaction.atomic():
        write_line(by=by, act="people.revoke", subject=f"user:{grant.user.username}", before=before, reason=reason,
                   after={**before, "until": last})
        end(grant, last)
    return grant


def end(grant: Grant, last: date) -> None:
    """Keep the grant until ``last``, or drop it if it would never have held."""
    if last < grant.valid_from:
        grant.delete()
    else:
        grant.valid_until = last
        grant.save(update_fields=["valid_until"])


def make_demo_logins(*, by: Actor = SYSTEM) -> None:
    """Make the demonstration logins whose regions are loaded; those that exist stay as they are."""
    held = tree()
    for login in rules.DEMONSTRATION_LOGINS:
        if login.region in held and not User.objects.filter(username=login.username).exists():
            with transaction.atomic():
                user = create_user(by=by, username=login.username, password=rules.DEMONSTRATION_PASSWORD,
                                   region=login.region, demonstration=True)
                grant(by=by, user=user, role=login.role, region=login.region, reason="demonstration")


def demo_logins() -> Iterable[rules.DemonstrationLogin]:
    """The demonstration logins that exist here and may sign in."""
    active = set(User.objects.filter(demonstration=True, is_active=True).values_list("username", flat=True))
    return [login for login in rules.DEMONSTRATION_LOGINS if login.username in active]
