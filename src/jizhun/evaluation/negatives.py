"""Negative ratings at work: opened from the lake at the place that handled, rectified, called back, closed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from jizhun.analytics.cases import CHANNELS, EPOCH
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.rating.reviews import REVIEWS, numbers_of
from jizhun.analytics.rating.sql import LAST_WORD
from jizhun.catalogue.models import Matter
from jizhun.delivery.actions import Receipt, receive_reviews
from jizhun.delivery.ingest import Progress
from jizhun.delivery.lakes import review_lake
from jizhun.delivery.lookup import reason_catalogue
from jizhun.delivery.models import Source
from jizhun.delivery.rules.mapping import Mapping as MappingFile
from jizhun.evaluation.inputs import calendars_of
from jizhun.evaluation.models import NegativeRating, RatingAct, RatingClock
from jizhun.evaluation.rules import negative as rules
from jizhun.evaluation.rules.negative import Act, Clock, Kind, clock_for, doer_of, negative_of, read_clock
from jizhun.evaluation.rules.rectification import Judged, Rectified, judge, rectified
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.kernel.texts import yaml_of
from jizhun.kernel.working_days import Calendar
from jizhun.people.actions import allows, path_to, require, tell, tell_all, write_line
from jizhun.people.models import Grant, Notice
from jizhun.people.rules import ROLES, Actor, System
from jizhun.regions.actions import tree, version
from jizhun.regions.models import Region

HANDLE, DECIDE, CLOCK = "rating.handle", "rating.decide", "provision.record"
PERSONAL: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
                             r"|(?<!\d)1[3-9]\d{9}(?!\d)|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}")
"""An identity number, a mobile number or an e-mail address, anywhere in a text."""
SOON: Final = 3
"""Working days before the last day from which on an open rating counts as due soon."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a look at the ratings brought: how many items are new, and how many are no longer negative."""

    opened: int
    withdrawn: int


@dataclass(frozen=True)
class Item:
    """A negative rating with everything done, and how it stands on its place's clock on a day.

    ``judged`` is None where no place on the way has a limit on record: then nothing is called late.
    """

    rating: NegativeRating
    acts: tuple[Act, ...]
    clock: Clock | None
    judged: Judged | None
    as_of: date
    left: int | None = None

    @property
    def may_follow(self) -> tuple[Kind, ...]:
        return rules.allowed(self.acts)

    @property
    def closed(self) -> bool:
        return any(one.kind in ("close", "withdraw") for one in self.acts)

    @property
    def overdue(self) -> bool:
        return self.judged is not None and self.judged.verdict == "overdue"

    @property
    def soon(self) -> bool:
        return self.left is not None and 0 <= self.left <= SOON and not self.closed


# -- opening ---------------------------------------------------------------------------------------


def take_in(*, by: Actor, file: Path, mapping: MappingFile, source: str, as_of: date | None = None,
            dry_run: bool = False, progress: Callable[[Progress], None] | None = None, file_name: str = ""
            ) -> tuple[Receipt, Swept | None]:
    """Receive a file of ratings, and open every negative one at its place; a dry run opens none (None).

    Raises Refused and Forbidden as ``delivery.actions.receive_reviews`` does.
    """
    receipt = receive_reviews(by=by, file=file, mapping=mapping, source=source, as_of=as_of, dry_run=dry_run,
                              progress=progress, file_name=file_name)
    return receipt, None if dry_run else open_negatives(by=by, source=source)


def open_negatives(*, by: Actor, source: str) -> Swept:
    """Open an item for every negative rating of ``source`` that has none; running it again opens nothing twice.

    Items that are open although their rating has become another one are ended. Whoever handles at the place, or else
    above it, finds one notice for each place. Raises Forbidden without the right to hand in at the source's place.
    """
    known = Source.objects.filter(code=source).first()
    if known is None:
        raise Refused(zh=f"没有来源“{source}”。", en=f"There is no source “{source}”.")
    require(by=by, right="batch.receive", path=path_to(known.region))
    rows = _negative_now(source)
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=known.pk)
        there = set(NegativeRating.objects.filter(source=source).values_list("review_key", flat=True))
        new = [row for row in rows if row["review_key"] not in there]
        opened = NegativeRating.objects.bulk_create(_items(source, new), batch_size=500)
        gone = _withdraw(by, source, {row["review_key"] for row in rows})
        if opened or gone:
            write_line(by=by, act="rating.open", subject=f"source:{source}",
                       after={"opened": len(opened), "withdrawn": gone})
        _tell_of_new(opened)
    return Swept(len(opened), gone)


def _negative_now(source: str) -> list[dict[str, Any]]:
    """The ratings of a source that are the last word on their visit or matter, and negative."""
    files = review_lake().files(sources=[source])
    if not files:
        return []
    sql = (f"SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY subject ORDER BY {LAST_WORD}) AS nth "
           "FROM reviews) ranked WHERE nth = 1 AND grade <= 2 ORDER BY rated_at, review_key")
    rows: list[dict[str, Any]] = DuckDB().rows(sql, Inputs(files, table=REVIEWS)).to_pylist()
    return rows


def _items(source: str, rows: Sequence[Mapping[str, Any]]) -> list[NegativeRating]:
    regions, matters = (dict(model.objects.values_list("pk", "code")) for model in (Region, Matter))
    channels = {number: name for name, number in CHANNELS.items()}
    reasons = {one.number: one.code for one in reason_catalogue().categories}
    return [NegativeRating(
        source=source, review_key=row["review_key"], case_key=row["case_key"], visit_key=row["visit_key"],
        matter=matters.get(row["matter"], ""), region=regions[row["region"]], channel=channels[row["channel"]],
        grade=row["grade"], rated_on=EPOCH + timedelta(days=row["rated_day"]),
        reasons=[reasons[number] for number in numbers_of(row["reasons"]) if number in reasons],
        has_text=bool(row["has_text"]), anonymous=bool(row["anonymous"]), simulated=bool(row["simulated"]))
        for row in rows]


def _withdraw(by: Actor, source: str, now: set[str]) -> int:
    """End the open items whose rating is no longer the last word, or no longer negative; returns how many."""
    left = NegativeRating.objects.filter(source=source).exclude(acts__kind__in=("close", "withdraw"))
    gone = [one for one in left.prefetch_related("acts") if one.review_key not in now]
    today = timezone.localdate()
    RatingAct.objects.bulk_create([
        RatingAct(rating=one, number=one.acts.count() + 1, kind="withdraw", on=today, by=by.username) for one in gone])
    return len(gone)


def _tell_of_new(opened: Iterable[NegativeRating]) -> None:
    """One notice for each place with new negative ratings, to whoever handles there."""
    places: dict[str, int] = {}
    for one in opened:
        places[one.region] = places.get(one.region, 0) + 1
    for region, n in places.items():
        name = tree().known(region).name
        text = Bilingual(f"{name.zh}：新收到 {n} 条差评，请核实整改。",
                         f"{name.en}: {n} new negative {'rating' if n == 1 else 'ratings'} to take up.")
        tell_all(notices=[(who, text) for who in holders(HANDLE, path_to(region))], about=f"ratings:{region}",
                 href=f"work/ratings/?region={region}")


def holders(right: str, path: Sequence[str]) -> list[str]:
    """Who holds a right today at the lowest place of a path (the nation first) at which anybody does."""
    today = timezone.localdate()
    roles = [code for code, role in ROLES.items() if right in role.rights]
    grants = Grant.objects.in_force(today).filter(region__in=path, role__in=roles, user__is_active=True)
    found: dict[str, set[str]] = {}
    for region, username in grants.values_list("region", "user__username"):
        found.setdefault(region, set()).add(username)
    return sorted(next((found[region] for region in reversed(path) if region in found), ()))


# -- acts ------------------------------------------------------------------------------------------


def act(*, by: Actor, rating: NegativeRating, kind: Kind, text: str = "", reached: bool | None = None,
        satisfied: bool | None = None, upheld: bool | None = None, on: date | None = None,
        seen: int | None = None) -> RatingAct:
    """Do one thing about a negative rating, today. ``on``: an earlier day, which only the system may say.

    ``seen``: how many acts there were when whoever acts looked. Refused where the act cannot follow, says too little or
    tells of a person; Forbidden without the right at the place, for appeals above it.
    """
    day = on or timezone.localdate()
    if kind not in rules.KINDS or kind == "withdraw":
        raise Refused(zh=f"没有“{kind}”这一步。", en=f"There is no act “{kind}”.")
    if day != timezone.localdate() and not isinstance(by, System):
        raise Refused(zh="办理日期只能是今天。", en="An act is done today, not on another day.")
    said = text.strip()
    _refuse_personal(said)
    with transaction.atomic():
        held = NegativeRating.objects.select_for_update().get(pk=rating.pk)
        acts = acts_of(held)
        if seen is not None and seen != len(acts):
            raise Refused(zh="期间有人办理过此差评，请先看最新情况。",
                          en="Somebody has acted on this rating meanwhile; look at it first.")
        _require(by, held, kind, acts)
        done = Act(kind, day, by.username, said, reached, satisfied, upheld)
        rules.check(done, acts, held.rated_on)
        kept = _kept(held, done, len(acts) + 1)
        write_line(by=by, act=f"rating.{kind}", subject=f"rating:{held.pk}", reason=said,
                   after={"number": kept.number, "on": day, "reached": reached, "satisfied": satisfied,
                          "upheld": upheld})
        _tell_of(held, done, acts)
    return kept


def _kept(rating: NegativeRating, done: Act, number: int) -> RatingAct:
    try:
        with transaction.atomic():
            return RatingAct.objects.create(rating=rating, number=number, kind=done.kind, on=done.on, by=done.by,
                                            text=done.text, reached=done.reached, satisfied=done.satisfied,
                                            upheld=done.upheld)
    except IntegrityError:
        raise Refused(zh="期间有人办理过此差评，请先看最新情况。",
                      en="Somebody has acted on this rating meanwhile; look at it first.") from None


def _require(by: Actor, rating: NegativeRating, kind: Kind, acts: Sequence[Act]) -> None:
    path = path_to(rating.region)
    if doer_of(kind, acts) == "above":
        require(by=by, right=DECIDE, path=path[:-1] or path)
    else:
        require(by=by, right=HANDLE, path=path)


def _refuse_personal(text: str) -> None:
    if found := PERSONAL.search(text):
        shown = f"{found.group()[:3]}…"
        raise Refused(zh=f"文字中有疑似身份号码、手机号码或邮箱（{shown}），请删去。",
                      en=f"The text holds what looks like an identity number, a telephone number or an address "
                         f"({shown}); leave it out.")


def _tell_of(rating: NegativeRating, done: Act, acts: Sequence[Act]) -> None:
    """An appeal is told above, its decision to whoever appealed."""
    name = tree().known(rating.region).name
    about, href = f"rating:{rating.pk}", f"work/ratings/{rating.pk}/"
    if done.kind == "appeal":
        path = path_to(rating.region)
        text = Bilingual(f"{name.zh}对一条差评提出申诉，请复核。", f"{name.en} appeals against a negative rating.")
        tell_all(notices=[(who, text) for who in holders(DECIDE, path[:-1] or path)], about=about, href=href)
    elif done.kind == "decide":
        filed = next(one.by for one in reversed(acts) if one.kind == "appeal")
        word = Bilingual("成立，不计入", "upheld, the rating does not count") if done.upheld else Bilingual(
            "不成立，请继续整改", "not upheld, please go on")
        tell(username=filed, about=about, href=href,
             text=Bilingual(f"{name.zh}的差评申诉{word.zh}。", f"Appeal of {name.en}: {word.en}."))


# -- reading ---------------------------------------------------------------------------------------


def acts_of(rating: NegativeRating) -> tuple[Act, ...]:
    """What was done, in order."""
    return tuple(Act(one.kind, one.on, one.by, one.text, one.reached, one.satisfied, one.upheld)  # type: ignore[arg-type]
                 for one in rating.acts.all())


def item(rating: NegativeRating, as_of: date | None = None) -> Item:
    """One negative rating as it stands on a day."""
    return standing([rating], as_of)[0]


def items(*, regions: Iterable[str], source: str | None = None, first: date | None = None, last: date | None = None,
          as_of: date | None = None, only_open: bool = False) -> list[Item]:
    """The negative ratings of these places, rated from ``first`` to ``last``, as they stand on a day; oldest first."""
    day = as_of or timezone.localdate()
    found = NegativeRating.objects.filter(region__in=list(regions), rated_on__lte=day).prefetch_related("acts")
    for name, value in (("source", source), ("rated_on__gte", first), ("rated_on__lte", last)):
        found = found.filter(**{name: value}) if value is not None else found
    if only_open:
        found = found.exclude(acts__kind__in=("close", "withdraw"))
    return standing(list(found.order_by("rated_on", "pk")), day)


def standing(ratings: Sequence[NegativeRating], as_of: date | None = None) -> list[Item]:
    """Negative ratings with their clocks: each place's own, in its own working days."""
    day = as_of or timezone.localdate()
    clocks, calendars = clocks_known(), _Calendars()
    return [_stands(one, clocks, calendars, day) for one in ratings]


def _stands(rating: NegativeRating, clocks: Sequence[Clock], calendars: "_Calendars", day: date) -> Item:
    acts = tuple(one for one in acts_of(rating) if one.on <= day)
    held = tree().known(rating.region)
    path = tree().path(rating.region, min(rating.rated_on, held.valid_until))
    clock = clock_for(clocks, path, rating.rated_on)
    if clock is None:
        return Item(rating, acts, None, None, day)
    calendar = calendars.of(rating.source, rating.region)
    judged = judge(negative_of(rating.rated_on, acts), clock.limit, day, calendar)
    waits = judged.verdict in ("open", "overdue") and judged.due is not None
    left = _left(calendar, day, judged.due) if waits and judged.due else None
    return Item(rating, acts, clock, judged, day, left)


def _left(calendar: Calendar, day: date, due: date) -> int:
    """Working days from a day until the last one; below zero once that has passed."""
    return calendar.between(day, due) if day <= due else -calendar.between(due, day)


class _Calendars:
    """Each place's working days, read once for each source."""

    def __init__(self) -> None:
        self.held: dict[str, dict[int, Calendar]] = {}
        self.numbers = dict(Region.objects.values_list("code", "pk"))

    def of(self, source: str, region: str) -> Calendar:
        if source not in self.held:
            self.held[source] = calendars_of(source, version("regions"))
        return self.held[source][self.numbers[region]]


def rectification(found: Iterable[Item]) -> tuple[Rectified, int]:
    """How negative ratings were dealt with, and how many have no clock: those are in no share.

    What was withdrawn by the person does not count.
    """
    every = [one for one in found if not any(done.kind == "withdraw" for done in one.acts)]
    return rectified(one.judged for one in every if one.judged), sum(one.judged is None for one in every)


def may(by: Actor, rating: NegativeRating, kind: Kind, acts: Sequence[Act]) -> bool:
    """Whether somebody may do this act on a negative rating now."""
    path = path_to(rating.region)
    above = doer_of(kind, acts) == "above"
    own = any(one.kind == "appeal" and one.by == by.username for one in acts)
    return allows(by=by, right=DECIDE if above else HANDLE, path=(path[:-1] or path) if above else path) and not (
        kind == "decide" and own)


# -- clocks ----------------------------------------------------------------------------------------


def clocks_known() -> list[Clock]:
    """The clocks on record, in the order recorded: of two of a place with the same day the later holds."""
    return [read_clock({**one.fields, "region": one.region, "from": one.valid_from})
            for one in RatingClock.objects.order_by("pk")]


def load_clocks(*, by: Actor, file: Path, owner: str) -> int:
    """Record the clocks of a file that are not on record yet; returns how many. Refused naming what is wrong."""
    content = yaml_of(file.read_bytes(), file.name)
    rows = content.get("clocks") if isinstance(content, Mapping) else None
    if not isinstance(rows, list):
        raise Refused(zh=f"{file.name}：须有 `clocks`。", en=f"{file.name}: there must be `clocks`.")
    found = [read_clock(row) for row in rows]
    there = clocks_known()
    with transaction.atomic():
        new = [_record(by, one, owner) for one in found if one not in there]
    return len(new)


LONGEST_LIMIT: Final = 366
"""Days: nobody gives itself longer for one rating."""


def set_clock(*, by: Actor, region: str, amount: int, unit: str, valid_from: date, source: str, since: str = "rated",
              until: str = "rectified", note: Bilingual = NO_WORDS) -> RatingClock:
    """Set a place's own limit from one stage to another (rating to rectification unless said otherwise), from a day on,
    with the paper that says so. Refused for a limit that is no limit, or that the place has already from that day."""
    if not source.strip():
        raise Refused(zh="请写明依据。", en="Name the paper that says so.")
    if not 1 <= amount <= LONGEST_LIMIT:
        raise Refused(zh=f"时限应为 1 至 {LONGEST_LIMIT} 日。", en=f"A limit is between 1 and {LONGEST_LIMIT} days.")
    if region not in tree():
        raise Refused(zh=f"没有代码为“{region}”的地区。", en=f"There is no region with the code “{region}”.")
    clock = read_clock({"region": region, "amount": amount, "unit": unit, "from": valid_from, "source": source.strip(),
                        "mark": "R", "since": since, "until": until, "note_zh": note.zh, "note_en": note.en})
    require(by=by, right=CLOCK, path=path_to(region))
    if clock in clocks_known():
        raise Refused(zh="该时限已在册。", en="That limit is on record already.")
    with transaction.atomic():
        return _record(by, clock, "")


def _record(by: Actor, clock: Clock, owner: str) -> RatingClock:
    require(by=by, right=CLOCK, path=path_to(clock.region))
    limit = clock.limit
    fields = {"amount": limit.amount, "unit": limit.unit, "since": limit.since, "until": limit.until,
              "source": clock.source, "mark": clock.mark, "note_zh": clock.note.zh, "note_en": clock.note.en}
    kept = RatingClock.objects.create(region=clock.region, valid_from=clock.valid_from, fields=fields, owner=owner,
                                      by=by.username)
    write_line(by=by, act="rating.clock", subject=f"region:{clock.region}",
               after={**fields, "from": "" if clock.valid_from == BEGINNING else clock.valid_from})
    return kept


# -- reminding -------------------------------------------------------------------------------------


def remind_of_ratings() -> int:
    """Leave one notice a day and place for what is overdue or nearly so, to whoever handles there; returns how many."""
    today, left = timezone.localdate(), 0
    waiting = NegativeRating.objects.exclude(acts__kind__in=("close", "withdraw")).filter(simulated=False)
    places: dict[str, list[Item]] = {}
    for one in standing(list(waiting.prefetch_related("acts"))):
        if one.overdue or one.soon:
            places.setdefault(one.rating.region, []).append(one)
    for region, found in places.items():
        name, late = tree().known(region).name, sum(one.overdue for one in found)
        text = Bilingual(f"{name.zh}：{late} 条差评已逾期未整改，{len(found) - late} 条即将到期（{today}）。",
                         f"{name.en}: {late} negative ratings overdue, {len(found) - late} due soon ({today}).")
        left += _remind(region, text, today)
    return left


def _remind(region: str, text: Bilingual, today: date) -> int:
    about = f"ratings-due:{region}:{today}"
    if Notice.objects.filter(about=about).exists():
        return 0
    return tell_all(notices=[(who, text) for who in holders(HANDLE, path_to(region))], about=about,
                    href=f"work/ratings/?region={region}&show=overdue")


__all__ = ["CLOCK", "DECIDE", "HANDLE", "Item", "Swept", "act", "clocks_known", "item", "items", "load_clocks", "may",
           "open_negatives", "rectification", "remind_of_ratings", "set_clock", "take_in"]
