"""Publish what was looked at: refused where it has moved on since, and those who are touched are told once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions import publishing as drafting
from jizhun.drafting.actions.projects import found as project_of
from jizhun.entitlements.actions import record_version
from jizhun.guides import actions as guides
from jizhun.guides.actions import PROCEDURE
from jizhun.guides.rules import checked
from jizhun.impact.actions.dependants import DEPENDANTS
from jizhun.impact.actions.looking import in_order, mark_of_change, see
from jizhun.impact.models import ImpactList
from jizhun.impact.rules import kinds
from jizhun.impact.rules.hits import Hit, read_hit
from jizhun.impact.rules.kinds import KINDS, Change
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.dating import day_in_words
from jizhun.people.actions import tell_all, write_line
from jizhun.people.models import Grant, Notice
from jizhun.people.rules import ROLES, Actor
from jizhun.procedures.actions import checked_procedure
from jizhun.provisions.actions import record_all
from jizhun.regions.actions import Moved, tree
from jizhun.regions.rules import Tree
from jizhun.standards.actions import record_review

More = Mapping[str, Any]


def publish(*, by: Actor, change: Change, seen: str, **more: Any) -> Any:
    """Do what the change says, by the act of the room that it belongs to; gives what that act gives.

    ``seen`` is the mark of the list that was looked at: raises Moved where the change is another one than was seen, or
    anything that decides what it does has moved on since. ``more`` is what the act asks for beside the change.
    Whoever has to act is told, once for each change. Raises Forbidden and Refused as the act does.
    """
    act = ACTS.get(change.kind)
    if act is None:
        raise Refused(zh=f"“{KINDS[change.kind].name.zh}”随文件载入，不在这里发布。",
                      en=f"“{KINDS[change.kind].name.en}” comes with a load; it is not published here.")
    with transaction.atomic():
        refuse_moved(change, seen)
        row = see(by=by, change=change)
        made = act(by, change.said, more)
        tell_touched(by=by, row=row)
    return made


def refuse_moved(change: Change, seen: str) -> None:
    """Raises Moved unless ``seen`` is the mark of this change as everything stands now."""
    if seen != mark_of_change(change):
        raise Moved(zh="在此期间变更内容或有关记录有变动，请重新查看影响清单。",
                    en="The change, or what decides its effect, has moved on since it was seen: look again.")


# -- the acts --------------------------------------------------------------------------------------


def _provision(by: Actor, said: More, more: More) -> Any:
    proposed, kept = more.get("proposed"), bool(more.get("documents_paper"))
    if proposed is not None:
        return [drafting.cite(by=by, proposed=proposed, row=said["rows"][0], paper=said.get("paper"),
                              documents_paper=kept)]
    return record_all(by=by, rows=said["rows"], paper=said.get("paper"), papers=said.get("papers") or (),
                      documents_paper=kept)


def _standard(by: Actor, said: More, more: More) -> Any:
    return drafting.publish(by=by, project=project_of(str(said["project"])), on=more.get("on"))


def _withdrawal(by: Actor, said: More, more: More) -> Any:
    return record_review(by=by, number=str(said["number"]), verdict="withdraw", reason=str(more.get("reason", "")),
                         on=more.get("on"))


def _guide(by: Actor, said: More, more: More) -> Any:
    check = checked_procedure if said["sort"] == PROCEDURE else checked
    forced = more.get("forced") or said.get("forced") or ()
    return guides.record(by=by, sort=said["sort"], matter=said["matter"], region=said["region"], fields=said["fields"],
                         on=more.get("on"), forced=forced, policies=more.get("policies"),
                         note=more.get("note", ""), seen=more.get("number"), mark=more.get("mark", "R"),
                         source=more.get("source", ""), check=check)


def _rule(by: Actor, said: More, more: More) -> Any:
    return record_version(by=by, code=said["code"], row=said["row"], paper=said.get("paper"),
                          documents_paper=bool(more.get("documents_paper")))


ACTS: Final[Mapping[str, Callable[[Actor, More, More], Any]]] = {
    kinds.PROVISION: _provision, kinds.STANDARD: _standard, kinds.WITHDRAWAL: _withdrawal, kinds.GUIDE: _guide,
    kinds.RULE: _rule}


# -- who is told -----------------------------------------------------------------------------------

TOLD_BELOW: Final = frozenset({"guide", "procedure"})
"""Whoever keeps a guide below is told by the act on the guide above itself."""


def announce(*, by: Actor, change: Change) -> int:
    """Tell whoever has to act on a change that came with a load, or comes by itself; nobody is told twice."""
    with transaction.atomic():
        row = see(by=by, change=change)
        told = tell_touched(by=by, row=row)
        write_line(by=by, act="impact.announce", subject=str(row), after={"counts": row.counts, "told": told})
    return told


def tell_touched(*, by: Actor, row: ImpactList) -> int:
    """One notice for everybody who has to act, however much that is; nobody is told twice of the same change."""
    quiet = TOLD_BELOW if row.kind == kinds.GUIDE else frozenset()
    acting = who_acts(hit for one in row.found["hits"] if (hit := read_hit(one)).dependant not in quiet)
    acting.pop(by.username, None)
    about = f"impact:{row.mark}"
    told = set(Notice.objects.filter(about=about, username__in=acting).values_list("username", flat=True))
    notices = [(user, sentence(row, hits)) for user, hits in sorted(acting.items()) if user not in told]
    return tell_all(notices=notices, about=about, href=f"work/impact/{row.token}/")


def who_acts(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    """User -> what they have to see to: at its own place, or, where nobody there may, at the nearest above."""
    by_right: dict[str, list[Hit]] = {}
    for one in hits:
        by_right.setdefault(DEPENDANTS[one.dependant].right, []).append(one)
    found: dict[str, list[Hit]] = {}
    held, today = tree(), timezone.localdate()
    for right, some in by_right.items():
        holders = _holders(right)
        for one in some:
            for user in _nearest(held, one.place, holders, today):
                found.setdefault(user, []).append(one)
    return found


def _holders(right: str) -> dict[str, list[str]]:
    """Place -> who holds the right by a grant at that very place today."""
    roles = [code for code, role in ROLES.items() if right in role.rights]
    found: dict[str, list[str]] = {}
    rows = Grant.objects.in_force(timezone.localdate()).filter(  # type: ignore[attr-defined]
        role__in=roles, user__is_active=True).values_list("region", "user__username")
    for region, user in rows:
        found.setdefault(region, []).append(user)
    return found


def _nearest(held: Tree, place: str, holders: Mapping[str, list[str]], today: date) -> list[str]:
    if place not in held:
        return holders.get("CN", [])
    day = min(max(today, held.known(place).valid_from), held.known(place).valid_until)
    return next((holders[code] for code in reversed(held.path(place, day)) if code in holders), [])


def sentence(row: ImpactList, hits: Sequence[Hit]) -> Bilingual:
    """What somebody has to see to after a change, in a sentence."""
    parts = [(DEPENDANTS[code].name, number) for code, number in in_order(hits).items()]
    zh = COMMA.zh.join(f"{name.zh} {number}" for name, number in parts)
    en = COMMA.en.join(f"{name.en.lower()} {number}" for name, number in parts)
    day, kind = day_in_words(row.on), KINDS[row.kind].name
    return Bilingual(f"{kind.zh}：{row.title_zh}（{day.zh}起）。需要您处理：{zh}。",
                     f"{kind.en}: {row.title_en} (from {day.en}). You have to see to: {en}.")
