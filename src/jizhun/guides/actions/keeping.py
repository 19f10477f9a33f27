"""Write what a place says: a draft while it is typed, a version once it is published, and who is told of it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from jizhun.guides.actions.asking import GUIDE, ROOM, SORTS, field_of, matter_of, numbers_of, words_of
from jizhun.guides.actions.boards import board_of, places_on
from jizhun.guides.models import LayerDraft, LayerReview, LayerVersion
from jizhun.guides.rules import Field, Policy, Said, checked, plain_said
from jizhun.guides.rules.board import outline
from jizhun.guides.rules.fields import Content, checked_policy
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, tell_all, write_line
from jizhun.people.models import Grant
from jizhun.people.rules import ROLES, Actor
from jizhun.regions.actions import Moved, bump, tree

NOTICE_DAYS = 7
"""A change that overrules what was written below is announced so many days before it counts."""

LONGEST_NOTE = 2_000
"""Characters of a note on a version, and of a reviewer's word."""

Check = Callable[[Field, Content], Content]


# -- before publication ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change would do: ``out_of_step`` places with words of their own on a changed field (field -> codes),
    ``overruled`` those whose words a forced change puts out of force, ``follow`` how many places just take it over."""

    changed: tuple[str, ...]
    out_of_step: Mapping[str, tuple[str, ...]]
    overruled: Mapping[str, tuple[str, ...]]
    follow: int
    seen: int

    @property
    def places(self) -> tuple[str, ...]:
        """Every place where somebody has to look, once."""
        codes = [code for told in (self.out_of_step, self.overruled) for found in told.values() for code in found]
        return tuple(dict.fromkeys(codes))


def foreseen(*, sort: str, matter: str, region: str, changed: Collection[str], forced: Collection[str] = (),
             on: date | None = None) -> Foreseen:
    """What changing these fields at a place would do below it; nothing is kept."""
    day = on or timezone.localdate()
    places, found = places_on(day), board_of(sort=sort, matter=matter, on=day)
    below = [code for code in tree().within(region, day)[1:]]
    positions = [places.position[code] for code in below]
    rows = {code: n for n, code in enumerate(found.codes)}
    own = {code: tuple(place for place, at in zip(below, positions, strict=True) if found.board.own[rows[code], at])
           for code in changed}
    speaking = {code for codes in own.values() for code in codes}
    return Foreseen(tuple(changed), {code: own[code] for code in changed if code not in forced and own[code]},
                    {code: own[code] for code in changed if code in forced and own[code]},
                    len(below) - len(speaking), newest(sort=sort, matter=matter, region=region))


def newest(*, sort: str, matter: str, region: str) -> int:
    """The number of the place's newest version; 0 where it has none."""
    rows = LayerVersion.objects.filter(sort=sort, matter=matter, region=region)
    return rows.order_by("-number").values_list("number", flat=True).first() or 0


# -- drafts ----------------------------------------------------------------------------------------


def draft_of(*, sort: str, matter: str, region: str) -> LayerDraft | None:
    """What is being written there, if anything."""
    return LayerDraft.objects.filter(sort=sort, matter=matter, region=region).first()


def save_draft(*, by: Actor, sort: str, matter: str, region: str, fields: Mapping[str, Content],
               revision: int | None = None, seen: int | None = None, check: Check = checked) -> LayerDraft:
    """Keep what is typed; nothing comes into force. ``revision``: that of the draft that the writer saw; ``seen``: the
    number of the place's newest version then.

    Raises Moved where somebody else has saved in the meantime, with their name: both texts are still there; or where
    a version has been published since, on which a draft begun now would rest unseen.
    """
    require(by=by, right="guide.edit", path=path_to(region))
    content = _may_write(sort, matter, region, fields, timezone.localdate(), check)
    with transaction.atomic():
        held = LayerDraft.objects.select_for_update().filter(sort=sort, matter=matter, region=region).first()
        if held is not None and revision is not None and held.revision != revision and held.by != by.username:
            raise Moved(zh=f"“{held.by}”在此期间保存过草稿，请先查看。",
                        en=f"“{held.by}” has saved the draft in the meantime: look at it first.")
        number = newest(sort=sort, matter=matter, region=region)
        if held is None and seen not in (None, number):
            raise _published_since()
        draft = held or LayerDraft(sort=sort, matter=matter, region=region, seen=number)
        draft.fields, draft.by, draft.revision = {**draft.fields, **content}, by.username, draft.revision + 1
        draft.save()
    return draft


def drop_draft(*, by: Actor, sort: str, matter: str, region: str, field: str = "") -> None:
    """Throw away what was being written, or one field of it."""
    require(by=by, right="guide.edit", path=path_to(region))
    with transaction.atomic():
        held = LayerDraft.objects.select_for_update().filter(sort=sort, matter=matter, region=region).first()
        if held is None or (field and field not in held.fields):
            return
        gone = {code: one for code, one in held.fields.items() if field in ("", code)}
        write_line(by=by, act="guides.drop_draft", subject=subject_of(sort, matter, region), before=gone)
        held.fields = {code: one for code, one in held.fields.items() if code not in gone}
        held.revision += 1
        if held.fields:
            held.save()
        else:
            held.delete()


def _may_write(sort: str, matter: str, region: str, fields: Mapping[str, Content], on: date,
               check: Check) -> dict[str, Content]:
    """Checked contents; raises Refused for a field that is locked above, naming who locked it."""
    matter_of(matter)
    words = words_of(sort=sort, matter=matter, path=path_to(region, on), on=on, codes=fields)
    content: dict[str, Content] = {}
    for code, one in fields.items():
        field = field_of(sort, code)
        content[code] = check(field, one)
        if content[code] is not None and words[code].policy == "locked":
            raise locked(field, words[code])
    return content


class Locked(Refused):
    """A place above has locked the field."""


def locked(field: Field, words: Resolved) -> Locked:
    """The refusal of words on a field that a place above has locked."""
    above = words.parts[-1].place if words.parts else ""
    name = tree().known(above).name if above else Bilingual("上级", "a place above")
    return Locked(zh=f"“{field.name.zh}”由{name.zh}锁定，本地不能改写。",
                  en=f"“{field.name.en}” is locked by {name.en} and cannot be changed here.")


# -- publishing ------------------------------------------------------------------------------------


def record(*, by: Actor, sort: str, matter: str, region: str, fields: Mapping[str, Content | Said],
           on: date | None = None, forced: Collection[str] = (), policies: Mapping[str, Policy] | None = None,
           note: str = "", seen: int | None = None, mark: str = "R", source: str = "",
           check: Check = checked) -> LayerVersion:
    """What a place says anew of a matter from ``on`` (today) on; ``None`` takes its own words on a field back.

    ``forced`` fields overrule what was written below; then ``on`` lies NOTICE_DAYS ahead. ``seen``: the number of the
    place's newest version when the writer began; Moved where another has come since. Whoever has to act is told.
    """
    require(by=by, right="guide.edit", path=path_to(region))
    today = timezone.localdate()
    day = on or today
    contents = {code: one.content if isinstance(one, Said) else one for code, one in fields.items()}
    checked_ = _may_write(sort, matter, region, contents, day, check)
    if not fields and not policies:
        raise Refused(zh="没有任何改动。", en="Nothing has been changed.")
    _refuse_long(note, source)
    _refuse_short_notice(sort, matter, region, forced, checked_, day, today)
    said = _said(sort, matter, region, fields, checked_, day, policies or {}, mark, source or by.username)
    what = foreseen(sort=sort, matter=matter, region=region, changed=[*said], forced=forced, on=day)
    with transaction.atomic():
        version = _insert(by, sort, matter, region, said, forced, day, note, seen)
        LayerDraft.objects.filter(sort=sort, matter=matter, region=region).delete()
        _tell_below(version, what)
        write_line(by=by, act=f"guides.record_{sort}", subject=subject_of(sort, matter, region), reason=note,
                   after={"version": version.number, "from": day, "fields": version.fields, "forced": [*forced]})
    return version


def _refuse_short_notice(sort: str, matter: str, region: str, forced: Collection[str],
                         contents: Mapping[str, Content], day: date, today: date) -> None:
    odd = next((code for code in forced if code not in contents), None)
    if odd is not None:
        raise Refused(zh=f"强制下推的“{odd}”没有内容。", en=f"“{odd}” is to be forced but is not changed.")
    first = today + timedelta(NOTICE_DAYS)
    if forced and day < first and foreseen(sort=sort, matter=matter, region=region, changed=forced,
                                           forced=forced, on=day).overruled:
        raise Refused(zh=f"强制下推须提前 {NOTICE_DAYS} 天通知，最早自 {first} 起生效。",
                      en=f"A forced change is announced {NOTICE_DAYS} days ahead: it can count from {first}.")


def _said(sort: str, matter: str, region: str, fields: Mapping[str, Content | Said], contents: Mapping[str, Content],
          day: date, policies: Mapping[str, Policy], mark: str, source: str) -> dict[str, Said]:
    """Each field with what stands above it that day."""
    codes = {*fields, *policies}
    words = words_of(sort=sort, matter=matter, path=path_to(region, day), on=day, codes=codes)
    found: dict[str, Said] = {}
    for code in codes:
        given, now = fields.get(code), words[code]
        own = next((part.said for part in now.parts if part.place == region), Said(mark=mark, source=source))
        said = given if isinstance(given, Said) else replace(own, mark=mark, source=source) if code in fields else own
        policy = policies.get(code, said.policy)
        if policy is not None:
            checked_policy(now.field, policy)
        content = contents[code] if code in fields else own.content
        stands = {} if isinstance(given, Said) and given.above is not None else {"base": now.base, "above": now.above}
        since = said.since if isinstance(given, Said) else day
        found[code] = replace(said, content=content, since=since, policy=policy, **stands)
        if not isinstance(given, Said):
            found[code] = replace(found[code], reason="", deferred_until=None)
    return found


def _insert(by: Actor, sort: str, matter: str, region: str, said: Mapping[str, Said], forced: Iterable[str], day: date,
            note: str, seen: int | None) -> LayerVersion:
    seq = bump(ROOM)  # the row stays locked until the end, so numbers cannot collide
    number = newest(sort=sort, matter=matter, region=region)
    if seen is not None and seen != number:
        raise _published_since()
    return LayerVersion.objects.create(
        sort=sort, matter=matter, region=region, number=number + 1, valid_from=day, forced=[*forced], note=note.strip(),
        fields={code: plain_said(one) for code, one in said.items()}, outline=outline(said, forced, numbers_of(sort)),
        recorded_on=timezone.localdate(), by=by.username, seq=seq)


def _published_since() -> Moved:
    return Moved(zh="在此期间本地已发布新版本，请重新查看。",
                 en="A new version has been published here in the meantime: look again.")


def _refuse_long(*texts: str) -> None:
    if any(len(one) > LONGEST_NOTE for one in texts):
        raise Refused(zh=f"说明和来源最多 {LONGEST_NOTE} 字。",
                      en=f"Notes and sources have {LONGEST_NOTE} characters at most.")


def subject_of(sort: str, matter: str, region: str) -> str:
    """How the audit trail and notices name it."""
    return f"{sort}:{matter}/{region}"


# -- who is told -----------------------------------------------------------------------------------


def _tell_below(version: LayerVersion, what: Foreseen) -> None:
    """One notice for everybody who keeps a place that has to act, however many places that are."""
    if not what.places:
        return
    name, sort = matter_of(version.matter).name, SORTS[version.sort]
    notices = []
    for user, codes in keepers(what.places, version.valid_from).items():
        overruled = any(code in found for found in what.overruled.values() for code in codes)
        notices.append((user, _sentence(name, sort, version, len(codes), overruled)))
    tell_all(notices=notices, about=subject_of(version.sort, version.matter, version.region),
             href=f"work/guides/{version.matter}/?kind={version.sort}")


def _sentence(name: Bilingual, sort: Bilingual, version: LayerVersion, places: int, overruled: bool) -> Bilingual:
    if overruled:
        return Bilingual(f"{name.zh}：上级{sort.zh}自 {version.valid_from} 起统一，"
                         f"{places} 个地方的本地内容将不再适用。",
                         f"{name.en}: the {sort.en.lower()} above becomes uniform on {version.valid_from}; local words "
                         f"of {places} place(s) will no longer apply.")
    return Bilingual(f"{name.zh}：上级{sort.zh}有改动，{places} 个地方待同步。",
                     f"{name.en}: the {sort.en.lower()} above has changed; {places} place(s) are out of step.")


def keepers(places: Sequence[str], on: date) -> dict[str, list[str]]:
    """User -> the places that they keep; a place's own keepers, else those of the nearest place above."""
    roles = [code for code, role in ROLES.items() if "guide.edit" in role.rights]
    held: dict[str, list[str]] = {}
    for region, user in Grant.objects.in_force(timezone.localdate()).filter(  # type: ignore[attr-defined]
            role__in=roles, user__is_active=True).values_list("region", "user__username"):
        held.setdefault(region, []).append(user)
    found: dict[str, list[str]] = {}
    for code in places:
        nearest = next((one for one in reversed(tree().path(code, on)) if one in held), None)
        for user in held.get(nearest or "", ()):
            found.setdefault(user, []).append(code)
    return found


# -- reviewing -------------------------------------------------------------------------------------


def review(*, by: Actor, version: LayerVersion, verdict: str, text: str = "") -> LayerReview:
    """A reviewer's word on a version: ``ok``, or ``back`` with the reason; nobody reviews what they wrote."""
    require(by=by, right="guide.review", path=path_to(version.region))
    if verdict not in ("ok", "back") or (verdict == "back" and not text.strip()):
        raise Refused(zh="请选择通过，或写明退回的原因。", en="Confirm it, or say why it goes back.")
    if version.by == by.username:
        raise Refused(zh="不能复核自己发布的内容。", en="Nobody reviews what they published themselves.")
    if version.reviews.exists():
        raise Refused(zh="这一版已复核过。", en="This version has been reviewed already.")
    _refuse_long(text)
    with transaction.atomic():
        kept = LayerReview.objects.create(version=version, verdict=verdict, text=text.strip(), by=by.username)
        if verdict == "back":
            sentence = Bilingual(f"{matter_of(version.matter).name.zh}：第 {version.number} 版被退回：{text.strip()}",
                                 f"{matter_of(version.matter).name.en}: version {version.number} was sent back: "
                                 f"{text.strip()}")
            tell_all(notices=[(version.by, sentence)], about=subject_of(version.sort, version.matter, version.region),
                     href=f"work/guides/{version.matter}/?region={version.region}&kind={version.sort}")
        write_line(by=by, act="guides.review", subject=subject_of(version.sort, version.matter, version.region),
                   after={"version": version.number, "verdict": verdict}, reason=text.strip())
    return kept


def unreviewed(*, regions: Collection[str], on: date, limit: int = 200) -> list[LayerVersion]:
    """Versions of these places and all below that no reviewer has looked at, the newest first."""
    within = {code for one in regions for code in tree().within(one, on)}
    rows = LayerVersion.objects.filter(reviews=None).exclude(by="system").order_by("-seq", "-pk")
    return [row for row in rows[:5000] if row.region in within][:limit]


__all__ = ["GUIDE", "NOTICE_DAYS", "Foreseen", "draft_of", "drop_draft", "foreseen", "locked", "newest", "record",
           "review", "save_draft", "subject_of", "unreviewed"]


