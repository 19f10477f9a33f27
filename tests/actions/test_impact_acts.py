"""What was looked at is kept, what has moved on is not published, and whoever has to act is told once."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

import touched as made
from drafting_cast import person
from jizhun.impact.actions import announce, announce_coming, listed, look, publish, see, shown_to
from jizhun.impact.models import ImpactList
from jizhun.impact.rules.hits import read_hit
from jizhun.impact.rules.kinds import Change, read_change
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import grant
from jizhun.people.models import Notice
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.models import Provision
from jizhun.regions.actions import Moved, bump
from jizhun.regions.models import Region, Succession
from jizhun.standards.actions import known, library

pytestmark = pytest.mark.usefixtures("world", "db")


def notices(username: str) -> list[Notice]:
    return list(Notice.objects.filter(username=username, about__startswith="impact:"))


def test_what_was_seen_stays_said_as_it_was_seen():
    made.asked()
    row = see(by=person("province-editor"), change=made.provision())
    kept = [read_hit(one) for one in row.found["hits"]]
    assert kept == list(look(made.provision()).hits) and row.counts["question"] == 1
    assert see(by=person("province-editor"), change=made.provision()).pk == row.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        ImpactList.objects.filter(pk=row.pk).update(title_en="another")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_published_as_seen_and_those_who_have_to_act_are_told_once():
    made.guide()
    change, by = made.provision(), person("province-editor")
    seen = look(change).mark
    (kept,) = publish(by=by, change=change, seen=seen)
    assert Provision.objects.get(pk=kept.pk).value == "2"
    (told,) = notices("county-editor")
    assert "service guides 1" in told.text_en and "服务指南 1" in told.text_zh
    row = listed(told.href.split("/")[2])
    assert shown_to(by=person("county-editor"), row=row).counts == {"guide": 1}
    assert notices("province-editor") == []
    assert announce(by=by, change=change) == 0 and len(notices("county-editor")) == 1


@pytest.mark.parametrize("another", ["change", "records"])
def test_what_has_moved_on_since_it_was_seen_is_not_published(another):
    change = made.provision()
    seen, count = look(change).mark, Provision.objects.count()
    if another == "change":
        change = made.provision(value=1)
    else:
        made.value()
        count += 1
    with pytest.raises(Moved):
        publish(by=person("province-editor"), change=change, seen=seen)
    assert Provision.objects.count() == count and not Notice.objects.filter(about__startswith="impact:").exists()


def test_what_is_written_elsewhere_meanwhile_does_not_stop_a_publication():
    change = made.provision()
    seen = look(change).mark
    made.guide()
    made.asked()
    assert publish(by=person("province-editor"), change=change, seen=seen)


def test_a_withdrawal_through_its_list():
    made.gone_standard()
    cites = made.standard()
    change = made.withdrawal()
    listing = look(change)
    assert [one.key for one in listing.hits] == [cites]
    publish(by=person("reviewer"), change=change, seen=listing.mark, reason="nobody needs it")
    assert library().status(known(made.GONE), made.today()) == "withdrawn"


def test_a_guide_above_through_its_list_tells_those_below_by_its_own_act_only():
    made.guide()
    change = made.guide_above()
    publish(by=person("province-editor"), change=change, seen=look(change).mark)
    assert notices("county-editor") == []
    assert Notice.objects.filter(username="county-editor", about=f"guide:{made.MATTER}/{made.PROVINCE}").count() == 1


def test_whoever_may_not_publish_there_may_not_look_and_nothing_is_kept():
    for who in ("county-editor", "reader", "county-clerk"):
        with pytest.raises(Forbidden):
            see(by=person(who), change=made.provision())
    with pytest.raises(Forbidden):
        publish(by=person("county-editor"), change=made.provision(), seen=look(made.provision()).mark)
    assert not ImpactList.objects.exists() and not Notice.objects.filter(about__startswith="impact:").exists()


def test_a_list_is_shown_whole_above_in_part_below_and_not_at_all_elsewhere():
    made.guide()
    made.own_steps()
    row = see(by=person("province-editor"), change=made.provision())
    assert shown_to(by=person("province-editor"), row=row).whole
    below = shown_to(by=person("county-editor"), row=row)
    assert not below.whole and {one.place for one in below.hits} == {made.COUNTY}
    with pytest.raises(Forbidden):
        shown_to(by=person("county-clerk-elsewhere"), row=row)


def test_where_nobody_there_may_act_the_nearest_above_is_told():
    made.asked()
    grant(by=SYSTEM, user=person("reader"), role="trainer", region=made.CITY, start=made.today())
    change = made.provision()
    publish(by=person("province-editor"), change=change, seen=look(change).mark)
    assert len(notices("reader")) == 1 and notices("trainer") == []


@pytest.mark.parametrize("row", [{}, {"kind": "weather", "said": {"code": "1"}}, {"kind": "matter", "said": {}}, [],
                                 None, {"kind": "matter", "said": "NB029"}])
def test_what_is_no_change_is_refused(row):
    with pytest.raises(Refused):
        read_change(row)


@pytest.mark.parametrize("change", [
    Change("matter", {"code": "NB999"}), Change("measure", {"code": "luck"}), Change("withdrawal", {"number": "GB 1"}),
    Change("lapse", {"document": "nowhere"}), Change("lapse", {"document": "social-insurance-law"}),
    Change("edition", {"older": "2021", "newer": "1999"}), Change("region", {"code": "123"}),
    Change("region", {"code": "990101", "what": "burn"}), Change("day_off", {"region": "990000", "day": "soon"}),
    Change("guide", {"sort": "poem", "matter": "NB029-EX01", "region": "990000", "fields": {"a": 1}}),
    Change("standard", {"project": "none"}), Change("rule", {"code": "none", "row": {"region": "CN"}})])
def test_a_change_of_what_is_not_there_is_refused_with_a_sentence(change):
    with pytest.raises(Refused) as refused:
        look(change)
    assert refused.value.sentence.zh and refused.value.sentence.en


def test_a_list_as_plain_data():
    made.asked()
    plain = json.loads(json.dumps(look(made.provision()).plain()))
    assert plain["counts"]["question"] == 1 and plain["change"]["kind"] == "provision"
    assert [one["place"] for one in plain["actors"]] and plain["follow"] > 90


def test_what_it_costs_is_named_where_a_rule_reads_it():
    made.rule_that_reads()
    assert [one.code for one in look(made.provision()).costs] == [made.RULE]


# -- what comes by itself ------------------------------------------------------------------------------


def test_the_end_of_a_paper_is_told_of_before_its_day_and_once():
    made.lapse()
    made.finding()
    assert announce_coming(made.today() - timedelta(days=40)) == 0 and not notices("county-editor")
    assert announce_coming() > 0
    [told] = notices("county-editor")
    assert "validity" in told.text.en and listed(told.href.split("/")[2]).change.said == {"document": made.PAPER}
    bump("provisions")  # the records move on: that alone is no reason to tell of it again
    assert announce_coming() == 0 and len(notices("county-editor")) == 1


def test_an_edition_that_came_with_a_load_is_told_of_to_whoever_has_to_act():
    made.guide()
    assert announce_coming() == 0
    made.edition()
    assert announce_coming() > 0 == announce_coming()
    assert "edition" in notices("county-editor")[0].text.en.lower()


def test_a_place_that_passes_to_another_is_told_of():
    held = Region.objects.in_bulk(field_name="code", id_list=[made.COUNTY, "990102"])
    Succession.objects.create(old=held[made.COUNTY], new=held["990102"], kind="merge", on=made.tomorrow(),
                              source="test", mark="SIM")
    made.role()
    assert announce_coming() > 0 == announce_coming()
