"""Many guides at once: what would be recorded and what would be refused, and recording all of it in one go.

The same rights, locks and checks as one by one; the database is asked a few times in all, whatever the number.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions.asking import ROOM, SORTS, field_of, fields_of, layer_of, matter_of, numbers_of
from jizhun.guides.actions.boards import out_of_step
from jizhun.guides.actions.keeping import Check, keepers, locked
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Layer, Said, checked, plain_said, resolve, standing
from jizhun.guides.rules.board import outline
from jizhun.guides.rules.edits import Edit, applied
from jizhun.guides.rules.fields import Content
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import grants_of, tell_all, write_line
from jizhun.people.rules import Actor, System, forbidden, may
from jizhun.regions.actions import Moved, bump, tree, version

NEW, CHANGED, SAME, TAKEN_BACK = "new", "changed", "same", "taken_back"
OUTCOMES: Mapping[str, Bilingual] = {
    NEW: Bilingual("新增", "new"), CHANGED: Bilingual("修改", "changed"), SAME: Bilingual("不变", "same"),
    TAKEN_BACK: Bilingual("撤回", "taken back")}
FEW_PLACES = 400
"""Up to so many places are named to the database; of more, all are read."""
Key = tuple[str, str]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked of one matter at one place: field -> content, ``Edit`` or ``Said`` (with its own source).

    ``seen``: the number of the place's newest version when the writer began; None: whatever it is.
    """

    matter: str
    region: str
    fields: Mapping[str, Content | Edit | Said]
    seen: int | None = None


@dataclass(slots=True)
class Looked:
    """A change as it was understood: ``outcomes`` (field -> new, changed, same, taken_back), ``said`` what would be
    recorded, ``refused`` why not (field -> sentence; "": the whole)."""

    change: Change
    outcomes: dict[str, str] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What many changes would do; nothing is kept."""

    looked: tuple[Looked, ...]

    @property
    def refused(self) -> list[Looked]:
        return [one for one in self.looked if one.refused]

    @property
    def good(self) -> list[Looked]:
        """Changes that would be recorded: nothing is wrong, and something is new."""
        return [one for one in self.looked if not one.refused and one.said]

    @property
    def counts(self) -> dict[str, int]:
        """How many fields are new, changed, same, taken back, and refused."""
        found = dict.fromkeys((*OUTCOMES, "refused"), 0)
        for one in self.looked:
            for outcome in one.outcomes.values():
                found[outcome] += 1
            found["refused"] += len(one.refused)
        return found


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: versions made, and the outlook on which they rest."""

    versions: int
    outlook: Outlook


def look_many(*, by: Actor, sort: str, changes: Sequence[Change], on: date | None = None, mark: str = "R",
              source: str = "", check: Check = checked, progress: Progress | None = None) -> Outlook:
    """What recording them from ``on`` (today) on would do; nothing is kept."""
    day = on or timezone.localdate()
    bench = Bench(by, sort, day, mark, source or by.username, check)
    bench.read({one.matter for one in changes}, {one.region for one in changes})
    held, found = tree(), dict[int, Looked]()
    order = sorted(range(len(changes)), key=lambda n: held.level(changes[n].region) if changes[n].region in held else 0)
    for done, n in enumerate(order, 1):  # places above first: what they say anew stands for those below
        found[n] = bench.look(changes[n])
        if progress and (done % 500 == 0 or done == len(order)):
            progress(done, len(order))
    return Outlook(tuple(found[n] for n in range(len(changes))))


def record_many(*, by: Actor, sort: str, changes: Sequence[Change], on: date | None = None, mark: str = "R",
                source: str = "", note: str = "", only_good: bool = False, check: Check = checked,
                progress: Progress | None = None) -> Recorded:
    """Record them as one act: all or none, or with ``only_good`` those of which nothing is refused.

    One line on the trail and one notice for everybody who has to act. Raises what the first refused change met.
    Drafts stay as they are: whoever is typing is told that a new version has come.
    """
    day, stamp = on or timezone.localdate(), version(ROOM)
    look = partial(look_many, by=by, sort=sort, changes=changes, on=day, mark=mark, source=source, check=check)
    outlook = look(progress=progress)
    with transaction.atomic():
        seq, moved = _lock(stamp)
        outlook = look() if moved else outlook
        if outlook.refused and not only_good:
            raise _first(outlook.refused)
        rows = list(_rows(by, sort, outlook.good, day, note, seq))
        if not rows:
            transaction.set_rollback(True)  # nothing is new: the room has not changed
            return Recorded(0, outlook)
        before = _due(sort, day, rows)
        LayerVersion.objects.bulk_create(rows, batch_size=200)
        bump(ROOM)  # boards are read anew
        _tell(sort, day, rows, before, note)
        write_line(by=by, act=f"guides.record_many_{sort}", subject=f"{sort}:{len(rows)}", reason=note,
                   after={"versions": len(rows), "from": day, "seq": seq, "fields": outlook.counts,
                          "matters": sorted({one.matter for one in rows}),
                          "regions": sorted({one.region for one in rows})})
    return Recorded(len(rows), outlook)


def _lock(stamp: str) -> tuple[int, bool]:
    """The number of the act, and whether anything was recorded since ``stamp``; the room stays locked until the end."""
    try:
        return bump(ROOM, seen=stamp), False
    except Moved:
        return bump(ROOM), True


def _first(refused: Sequence[Looked]) -> Refused:
    (why, *_), change = refused[0].refused.values(), refused[0].change
    what = f"{change.matter}/{change.region}"
    more = sum(len(one.refused) for one in refused) - 1
    zh, en = (f"另有 {more} 处。", f" And {more} more.") if more else ("", "")
    return type(why)(zh=f"{what}：{why.sentence.zh}{zh}", en=f"{what}: {why.sentence.en}{en}")


# -- looking ---------------------------------------------------------------------------------------


class Bench:
    """Everything that looking at many guides needs, read once."""

    def __init__(self, by: Actor, sort: str, day: date, mark: str = "R", source: str = "",
                 check: Check = checked) -> None:
        self.by, self.sort, self.day, self.mark, self.source, self.check = by, sort, day, mark, source, check
        self.typed = [one for one in fields_of(sort) if one.typed]
        self.fields = {one.code: one for one in fields_of(sort)}
        self.layers: dict[Key, list[Layer]] = {}
        self.above: dict[Key, dict[str, Resolved]] = {}
        self.forced: dict[Key, dict[str, date]] = {}
        self.rights: dict[str, Refused | None] = {}
        self.grants, self.places, self.matters = grants_of(by), tree(), catalogue().matters
        self.asked: set[Key] = set()

    def read(self, matters: Collection[str], regions: Collection[str]) -> None:
        """What these places and those above them have said of these matters."""
        known = [code for code in regions if code in self.places and self.places.known(code).exists(self.day)]
        needed = {step for code in known for step in self.places.path(code, self.day)}
        rows = LayerVersion.objects.filter(sort=self.sort, matter__in=list(matters)).order_by("seq", "pk")
        if len(needed) <= FEW_PLACES:
            rows = rows.filter(region__in=needed)
        for row in rows.iterator(chunk_size=5000):
            if row.region in needed:
                self.layers.setdefault((row.matter, row.region), []).append(layer_of(row))

    def own_of(self, matter: str, region: str) -> dict[str, Said]:
        """The place's own words that count: neither taken back nor overruled from above."""
        now = standing(self.layers.get((matter, region), ()), self.day)
        self.above_of(matter, region)
        forced = self.forced[self._upper(matter, region)]
        found = {code: self._own(now, code, forced) for code in (now.fields if now is not None else ())}
        return {code: said for code, said in found.items() if said is not None and said.content is not None}

    def newest_of(self, matter: str, region: str) -> int:
        """The number of the place's newest version; 0 where it has none."""
        return max((one.number for one in self.layers.get((matter, region), ())), default=0)

    def look(self, change: Change) -> Looked:
        found = Looked(change)
        try:
            self._may(change)
        except Refused as refused:
            found.refused[""] = refused
            return found
        mine = self.layers.get((change.matter, change.region), [])
        now, above = standing(mine, self.day), self.above_of(change.matter, change.region)
        forced = self.forced[self._upper(change.matter, change.region)]
        found.number = self.newest_of(change.matter, change.region) + 1
        for code, asked in change.fields.items():
            try:
                self._field(found, code, asked, self._own(now, code, forced), above)
            except Refused as refused:
                found.refused[code] = refused
        if found.said and not found.refused:
            self._stands(found)
        return found

    def _own(self, now: Layer | None, code: str, forced: Mapping[str, date]) -> Said | None:
        """What the place says and what still counts: words overruled from above are as if they were not there."""
        own = now.fields.get(code) if now is not None else None
        until = forced.get(code)
        return replace(own, content=None) if own is not None and until is not None and own.since < until else own

    def _upper(self, matter: str, region: str) -> Key:
        path = self.places.path(region, self.day)
        return matter, path[-2] if len(path) > 1 else ""

    def _may(self, change: Change) -> None:
        if change.matter not in self.matters:
            matter_of(change.matter)
        if change.region not in self.rights:
            self.rights[change.region] = self._right(change.region)
        if (why := self.rights[change.region]) is not None:
            raise why
        if (change.matter, change.region) in self.asked:
            raise Refused(zh="同一事项和地方写了两次。", en="The same matter and place are said twice.")
        self.asked.add((change.matter, change.region))
        newest = self.newest_of(change.matter, change.region)
        if change.seen is not None and change.seen != newest:
            raise Moved(zh=f"导出后本地已发布第 {newest} 版（文件依据第 {change.seen} 版），请重新导出后再改。",
                        en=f"Version {newest} has been published here since (the file rests on {change.seen}): export "
                           "it again and change that.")

    def _right(self, region: str) -> Refused | None:
        try:
            path = self.places.path(region, self.day)
        except Refused as refused:
            return refused
        allowed = isinstance(self.by, System) or may(self.grants, "guide.edit", path)
        return None if allowed else forbidden("guide.edit", region)

    def above_of(self, matter: str, region: str) -> dict[str, Resolved]:
        """What stands above a place, the same for all places right below one: as an empty place there has it."""
        key = self._upper(matter, region)
        if key not in self.above:
            ways = [standing(self.layers.get((matter, code), ()), self.day) or Layer(code, 0, self.day)
                    for code in self.places.path(region, self.day)[:-1]]
            self.forced[key] = {code: max(way.forced[code] for way in ways if code in way.forced)
                                for code in {code for way in ways for code in way.forced}}
            found = resolve(self.typed, [*ways, Layer("", 0, self.day)])
            self.above[key] = {one.field.code: one for one in found}
        return self.above[key]

    def _field(self, found: Looked, code: str, asked: Content | Edit | Said, own: Said | None,
               above: Mapping[str, Resolved]) -> None:
        one = self.fields.get(code) or field_of(self.sort, code)
        held = own.content if own is not None else None
        content = self.check(one, _wanted(asked, held))
        given = asked if isinstance(asked, Said) else None
        outcome = _outcome(held, content, own, given)
        if outcome not in (SAME, TAKEN_BACK) and above[code].policy == "locked":
            raise locked(one, above[code])
        found.outcomes[code] = outcome
        if outcome != SAME:
            found.said[code] = self._said(content, own, given, above[code])

    def _said(self, content: Content, own: Said | None, given: Said | None, above: Resolved) -> Said:
        said = given or Said(mark=self.mark, source=self.source)
        policy = own.policy if own is not None else None
        return replace(said, content=content, since=self.day, base=above.content, above=above.key, policy=policy,
                       reason="", deferred_until=None)

    def _stands(self, found: Looked) -> None:
        """Let what it says stand for the places below: they are looked at later."""
        key = (found.change.matter, found.change.region)
        self.layers.setdefault(key, []).append(Layer(key[1], found.number, self.day, found.said))


def _wanted(asked: Content | Edit | Said, held: Content) -> Content:
    if isinstance(asked, Said):
        return asked.content
    return applied(asked, held) if isinstance(asked, Edit) else asked


def _outcome(held: Content, content: Content, own: Said | None, given: Said | None) -> str:
    if content is None:
        return SAME if held is None else TAKEN_BACK
    if held is None:
        return NEW
    told = ("mark", "source", "clause")
    as_told = given is None or all(getattr(given, name) == getattr(own, name) for name in told)
    return SAME if held == content and as_told else CHANGED


# -- recording -------------------------------------------------------------------------------------


def _rows(by: Actor, sort: str, good: Iterable[Looked], day: date, note: str, seq: int) -> Iterator[LayerVersion]:
    numbers, today = numbers_of(sort), timezone.localdate()
    for one in good:
        yield LayerVersion(
            sort=sort, matter=one.change.matter, region=one.change.region, number=one.number, valid_from=day,
            fields={code: plain_said(said) for code, said in one.said.items()}, forced=[], note=note.strip(),
            outline=outline(one.said, (), numbers), recorded_on=today, by=by.username, seq=seq)


Due = dict[Key, tuple[str, ...]]


def _due(sort: str, day: date, rows: Sequence[LayerVersion]) -> Due:
    """Where somebody has to act that day on the matters that are touched, everywhere below the places that speak."""
    held = tree()
    within = {code for region in {one.region for one in rows} for code in held.within(region, day)[1:]}
    return out_of_step(sort=sort, on=day, within=within, matters=sorted({one.matter for one in rows})) if within else {}


def _tell(sort: str, day: date, rows: Sequence[LayerVersion], before: Due, note: str) -> None:
    """One notice for everybody who keeps places that have come out of step, however many those are."""
    fresh = {key for key, codes in _due(sort, day, rows).items() if set(codes) - set(before.get(key, ()))}
    if not fresh:
        return
    matters: dict[str, set[str]] = {}
    for matter, place in fresh:
        matters.setdefault(place, set()).add(matter)
    notices = []
    for user, places in keepers(sorted(matters), day).items():
        touched = {matter for place in places for matter in matters[place]}
        notices.append((user, Bilingual(
            f"上级{SORTS[sort].zh}批量改动：{len(touched)} 个事项、{len(places)} 个地方待同步。",
            f"Many {SORTS[sort].en.lower()}s above have changed: {len(touched)} matter(s) in {len(places)} place(s) "
            "are out of step.")))
    tell_all(notices=notices, about=f"{sort}:many", href=f"work/guides/?sort={sort}")
