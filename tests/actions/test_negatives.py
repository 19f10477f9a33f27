"""Negative ratings opened from the lake and worked on: rights, notices, the trail, what cannot be."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from jizhun.delivery import actions as delivery
from jizhun.delivery.models import Batch
from jizhun.evaluation import negatives
from jizhun.evaluation.models import NegativeRating, RatingAct, RatingClock
from jizhun.evaluation.negatives import act, item, items, open_negatives, rectification, remind_of_ratings
from jizhun.evaluation.satisfaction import satisfaction
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from worlds import ROOT

pytestmark = pytest.mark.django_db
MAPPING = """
name_zh: 评价
name_en: Ratings
simulated: true
within: "990000"
fields: {review_key: id, visit_key: visit, matter: {constant: NB049-EX07}, region: place, channel: {constant: counter},
         rated_at: at, grade: grade, reasons: why}
extract_date: 2026-01-31
"""
TODAY = timezone.localdate()
RATED = TODAY - timedelta(days=3)


@pytest.fixture(autouse=True)
def home(world: None, db: None, tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    yield tmp_path


def hand_in(folder: Path, *rows: str) -> negatives.Swept:
    """Ratings as lines ``id,visit,place,at,grade,why``, taken in and looked at."""
    file, mapping = folder / "r.csv", folder / "m.yaml"
    file.write_text("\n".join(["id,visit,place,at,grade,why", *rows]) + "\n", "utf-8")
    mapping.write_text(MAPPING, "utf-8")
    delivery.receive_reviews(by=SYSTEM, file=file, source="window", as_of=TODAY,
                             mapping=delivery.read_mapping(mapping, kind=Batch.REVIEWS))
    return open_negatives(by=SYSTEM, source="window")


def negative(folder: Path, place: str = "990101") -> NegativeRating:
    hand_in(folder, f"r1,v1,{place},{RATED},1,efficiency", f"r2,v2,{place},{RATED},5,")
    return NegativeRating.objects.get()


def who(name: str) -> User:
    return User.objects.get(username=name)


def do(rating: NegativeRating, *kinds: str, by: Any = None) -> None:
    for kind in kinds:
        more = {"reached": True, "satisfied": True} if kind == "call_back" else {}
        act(by=by or who("county-clerk"), rating=rating, kind=kind, text="words", **more)  # type: ignore[arg-type]


# -- opening ---------------------------------------------------------------------------------------


def test_each_negative_rating_opens_one_item_at_its_place_and_its_office_is_told(home: Path) -> None:
    assert hand_in(home, f"r1,v1,990101,{RATED},1,efficiency;guide", f"r2,v2,990201,{RATED},2,",
                   f"r3,v3,990101,{RATED},3,", f"r4,v4,990101,{RATED},default,") == negatives.Swept(2, 0)
    one = NegativeRating.objects.get(region="990101")
    assert (one.grade, one.reasons, one.rated_on, one.matter, one.channel, one.simulated) == (
        1, ["efficiency", "guide"], RATED, "NB049-EX07", "counter", True)
    told = dict(Notice.objects.values_list("username", "text_en"))
    assert "1 new negative rating " in told["county-clerk"] and "county-clerk-elsewhere" in told
    assert open_negatives(by=SYSTEM, source="window") == negatives.Swept(0, 0)
    assert AuditLine.objects.filter(act="rating.open").count() == 1, "a second look writes nothing"


def test_only_the_last_word_on_a_visit_is_an_item_and_what_changes_is_ended(home: Path) -> None:
    assert hand_in(home, f"r1,v1,990101,{RATED},1,", f"r2,v1,990101,{RATED} 12:00:00,4,").opened == 0
    assert hand_in(home, f"r1,v1,990101,{TODAY},1,").opened == 1, "the negative one is the later now"
    assert hand_in(home, f"r1,v1,990101,{TODAY},4,") == negatives.Swept(0, 1)
    one = NegativeRating.objects.get()
    assert item(one).closed and [done.kind for done in item(one).acts] == ["withdraw"]
    with pytest.raises(Refused, match="is closed"):
        do(one, "take_up")
    assert rectification([item(one)])[0].rectified.of == 0


def test_a_source_that_is_removed_ends_what_was_open(home: Path) -> None:
    one = negative(home)
    delivery.remove(by=SYSTEM, source="window")
    assert open_negatives(by=SYSTEM, source="window").withdrawn == 1 and item(one).closed


# -- acts ------------------------------------------------------------------------------------------


def test_from_rating_to_closing_with_every_act_on_the_trail(home: Path) -> None:
    one = negative(home)
    do(one, "take_up", "answer", "call_back", "close")
    found = item(one)
    assert found.closed and found.judged is not None and found.judged.verdict == "kept" and found.may_follow == ()
    lines = list(AuditLine.objects.filter(subject=f"rating:{one.pk}").order_by("seq").values_list("act", "actor"))
    assert lines == [(f"rating.{kind}", "county-clerk") for kind in ("take_up", "answer", "call_back", "close")]
    last = json.loads(AuditLine.objects.get(act="rating.call_back").after)
    assert last["satisfied"] is True and last["on"] == str(TODAY)


def test_who_may_not_is_refused_and_nothing_is_kept(home: Path) -> None:
    one = negative(home)
    for stranger in ("county-clerk-elsewhere", "reader", "reviewer", "city-standards"):
        with pytest.raises(Forbidden):
            do(one, "take_up", by=who(stranger))
    do(one, "appeal")
    for below in ("county-clerk", "county-editor", "reviewer"):
        with pytest.raises(Forbidden):
            act(by=who(below), rating=one, kind="decide", upheld=True, text="x")
    assert RatingAct.objects.count() == 1
    act(by=who("province-editor"), rating=one, kind="decide", upheld=True, text="ticket of another counter")
    assert item(one).judged is not None and item(one).may_follow == ("close",)


def test_an_appeal_is_told_above_and_its_decision_to_who_appealed(home: Path) -> None:
    one = negative(home)
    Notice.objects.all().delete()
    do(one, "appeal")
    assert set(Notice.objects.values_list("username", flat=True)) == {"city-editor"}
    act(by=who("province-editor"), rating=one, kind="decide", upheld=False, text="x")
    assert "not upheld" in Notice.objects.get(username="county-clerk").text_en


def test_who_appealed_does_not_decide_though_the_right_is_there(home: Path) -> None:
    one = negative(home)
    do(one, "appeal", by=who("province-editor"))
    with pytest.raises(Refused, match="somebody else"):
        act(by=who("province-editor"), rating=one, kind="decide", upheld=True, text="x")


def test_against_the_person_s_word_only_somebody_above_closes(home: Path) -> None:
    one = negative(home)
    do(one, "take_up", "answer")
    act(by=who("county-clerk"), rating=one, kind="call_back", reached=True, satisfied=False)
    with pytest.raises(Forbidden):
        do(one, "close")
    act(by=who("province-editor"), rating=one, kind="close", text="the law leaves no other way")
    assert item(one).closed


@pytest.mark.parametrize("text", ["张三，身份证 110101199003072316", "打 13912345678", "a.b@example.org"])
def test_a_text_that_names_a_person_is_refused(home: Path, text: str) -> None:
    one = negative(home)
    with pytest.raises(Refused, match="identity number"):
        act(by=who("county-clerk"), rating=one, kind="take_up", text=text)
    assert not RatingAct.objects.exists()


def test_a_day_other_than_today_and_a_page_that_is_out_of_date_are_refused(home: Path) -> None:
    one = negative(home)
    with pytest.raises(Refused, match="done today"):
        act(by=who("county-clerk"), rating=one, kind="take_up", on=RATED)
    act(by=SYSTEM, rating=one, kind="take_up", on=RATED)
    with pytest.raises(Refused, match="meanwhile"):
        act(by=who("county-clerk"), rating=one, kind="answer", text="x", seen=0)
    for wrong in ("withdraw", "forget"):
        with pytest.raises(Refused, match="no act"):
            act(by=SYSTEM, rating=one, kind=wrong)  # type: ignore[arg-type]


def test_what_was_said_stays_as_it_was_said(home: Path) -> None:
    one = negative(home)
    do(one, "take_up")
    for table in (NegativeRating, RatingAct, RatingClock):
        row = table.objects.first()
        assert row is not None
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            table.objects.filter(pk=row.pk).delete()


# -- clocks and figures ----------------------------------------------------------------------------


def test_each_place_has_its_own_clock_and_none_where_none_is_on_record(home: Path) -> None:
    """990100's own ten working days since July 2025; the province's fifteen elsewhere."""
    hand_in(home, f"r1,v1,990101,{RATED},1,", f"r2,v2,990201,{RATED},1,")
    days = {one.rating.region: one.clock.limit.amount for one in items(regions=["990101", "990201"]) if one.clock}
    assert days == {"990101": 10, "990201": 15}
    negatives.set_clock(by=who("county-editor"), region="990101", amount=1, unit="working_day", valid_from=RATED,
                        source="own rule")
    found = item(NegativeRating.objects.get(region="990101"))
    assert found.clock is not None and found.clock.limit.amount == 1
    with pytest.raises(Forbidden):
        negatives.set_clock(by=who("county-clerk"), region="990101", amount=1, unit="working_day", valid_from=RATED,
                            source="own rule")
    with pytest.raises(Refused, match="Name the paper"):
        negatives.set_clock(by=SYSTEM, region="990101", amount=1, unit="working_day", valid_from=RATED, source=" ")


def test_loading_clocks_again_records_nothing_twice() -> None:
    before = RatingClock.objects.count()
    for name, owner in (("satisfaction", "CN"), ("simulated", "SIM")):
        assert negatives.load_clocks(by=SYSTEM, file=ROOT / "data" / name / "clocks.yaml", owner=owner) == 0
    assert before == RatingClock.objects.count() == 3


def test_without_a_clock_nothing_is_late_and_nothing_is_in_a_share(home: Path) -> None:
    one = negative(home)
    found = item(one, TODAY + timedelta(days=100))
    assert found.overdue
    bare = negatives.Item(one, (), None, None, TODAY)
    assert not bare.overdue and rectification([bare, found])[1] == 1


def test_under_appeal_it_counts_neither_way_and_upheld_not_at_all(home: Path) -> None:
    one = negative(home)

    def tally() -> tuple[int, int, int]:
        whole = satisfaction(source="window", region="990000").rated.whole
        return whole.negative_rate.fits, whole.appealed, whole.void

    assert tally() == (1, 0, 0)
    do(one, "appeal")
    assert tally() == (0, 1, 0)
    act(by=who("province-editor"), rating=one, kind="decide", upheld=True, text="x")
    assert tally() == (0, 0, 1)


def test_who_handles_is_reminded_once_a_day_of_real_ratings_only(home: Path) -> None:
    one = negative(home)
    late = [NegativeRating(source="window", review_key="x", region="990101", channel="counter", grade=1,
                           rated_on=date(2025, 3, 3), matter="", simulated=False)]
    assert remind_of_ratings() == 0 and one.simulated
    NegativeRating.objects.bulk_create(late)
    assert remind_of_ratings() == 2 and remind_of_ratings() == 0
    assert "1 negative ratings overdue" in Notice.objects.get(username="county-clerk", about__startswith="ratings-due"
                                                              ).text_en
