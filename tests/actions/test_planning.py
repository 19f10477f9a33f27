"""Plans at places: nothing of the nation's can be dropped, figures come from the data, facts need files."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from drafting_cast import person
from jizhun.evaluation.evidence import keep_file
from jizhun.guides.actions import record
from jizhun.impact.actions import see
from jizhun.impact.rules.kinds import Change as ImpactChange
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import verify_trail
from jizhun.people.models import Notice
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.planning.actions import adjusting, reminding
from jizhun.planning.actions.calendar import days_of
from jizhun.planning.actions.facts import report_fact
from jizhun.planning.actions.plans import load, plan_at, plans, say_own
from jizhun.planning.actions.progress import board, carried, chain, lacking_words, successor_of
from jizhun.planning.indicators import REGISTRY, Asked
from jizhun.planning.models import APPEND_ONLY, OutsideFact, OwnPlan, PlanVersion
from jizhun.planning.rules.plan import Change, Measure
from jizhun.planning.rules.progress import BEHIND, MISSED, ON_COURSE, REACHED, STATES, STILL, UNKNOWN

pytestmark = pytest.mark.usefixtures("guided_world", "db")
PLAN, OLD, PROVINCE, CITY, COUNTY = "successor-2030", "hrss-2025", "990000", "990100", "990101"
MATTER = "NB050-EX06"
CONDITIONS = {"conditions": [{"id": "c1", "zh": "参加城乡居民养老保险", "en": "Insured as an urban or rural resident"}]}


def today() -> date:
    return timezone.localdate()


def raised(**more: object) -> OwnPlan:
    said = {"by": person("province-editor"), "code": PLAN, "region": PROVINCE, "reason": "provincial plan",
            "changes": [Change("current", goal=0.99, responsible=Bilingual("省厅", "Provincial department"))]} | more
    return say_own(**said)  # type: ignore[arg-type]


# -- plans -----------------------------------------------------------------------------------------


def test_loading_again_changes_nothing_and_the_programme_is_as_its_sources_say():
    from django.conf import settings

    assert load(by=SYSTEM, file=settings.DATA_DIR / "planning" / "programme.yaml") == 0
    assert [one.code for one in plans(PROVINCE)] == [PLAN, "system-2027", OLD]
    old, new = plan_at(OLD, "CN"), plan_at(PLAN, "CN")
    assert (len(old.targets), len(old.tasks)) == (4, 9) and {one.mark for one in (*old.targets, *old.tasks)} == {"V"}
    assert {one.goal_mark for one in (*old.measures, *new.measures)} == {"OWN"} and new.proposal
    assert [(one.goal, one.goal_mark, one.indicator) for one in plan_at("system-2027", "CN").measures] == [
        (200, "V", "outside"), (80, "V", "outside")]
    assert {one.task for one in old.measures} == {one.code for one in old.tasks}


def test_a_province_raises_and_its_counties_hold_it():
    raised()
    held = plan_at(PLAN, COUNTY).measure("current")
    assert (held.goal, held.said_by, held.responsible.en) == (0.99, PROVINCE, "Provincial department")
    assert plan_at(PLAN, "330000").measure("current").goal == 0.98
    assert {one.code for one in plan_at(PLAN, "CN").measures} <= {one.code for one in plan_at(PLAN, COUNTY).measures}
    assert verify_trail() is None


def test_a_city_cannot_fall_behind_its_province():
    raised()
    with pytest.raises(Refused, match="never for less"):
        say_own(by=person("city-editor"), code=PLAN, region=CITY, reason="less",
                changes=[Change("current", goal=0.985)])
    say_own(by=person("city-editor"), code=PLAN, region=CITY, reason="more", changes=[Change("current", goal=1)])
    assert plan_at(PLAN, COUNTY).measure("current").goal == 1


def test_what_was_said_of_other_measures_stays():
    raised()
    raised(changes=[Change("kept", goal=0.98)])
    assert [plan_at(PLAN, CITY).measure(code).goal for code in ("current", "kept")] == [0.99, 0.98]


@pytest.mark.parametrize(("who", "region"), [
    ("county-editor", PROVINCE), ("county-clerk", COUNTY), ("reader", CITY), ("city-standards", CITY)])
def test_whoever_does_not_make_the_plan_is_refused(who, region):
    with pytest.raises(Forbidden):
        say_own(by=person(who), code=PLAN, region=region, reason="x", changes=[Change("current", goal=1)])


def test_two_who_write_at_once_are_told_and_a_period_that_ended_is_not_changed():
    first = raised()
    with pytest.raises(Refused, match="Somebody else"):
        raised(seen=0)
    raised(seen=first.pk)
    with pytest.raises(Refused, match="ended on 2025-12-31"):
        raised(code=OLD)
    with pytest.raises(Refused, match="none above"):
        raised(by=SYSTEM, region="CN")


def test_what_was_said_stays_said():
    raised()
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            if table in ("jizhun_planversion", "jizhun_ownplan"):
                for act in (f"DELETE FROM {table}", f"UPDATE {table} SET region='x'"):
                    with pytest.raises(DatabaseError), transaction.atomic():
                        cursor.execute(act)
    assert PlanVersion.objects.exists() and OwnPlan.objects.count() == 1


# -- progress --------------------------------------------------------------------------------------


def test_publishing_one_missing_guide_moves_the_national_target_s_figure():
    before = chain(code=PLAN, measure="rural-pension", region=PROVINCE, on=today(), item="NB050", place=COUNTY)
    gap = next(one for one in before.gaps if one.subject == MATTER)
    assert before.progress.state == STILL and gap.place == COUNTY
    assert [one.en for one in lacking_words(before.indicator, gap, today())] == ["Conditions"]
    record(by=person("county-editor"), sort="guide", matter=MATTER, region=COUNTY, fields=CONDITIONS)
    after = chain(code=PLAN, measure="rural-pension", region=PROVINCE, on=today(), item="NB050", place=COUNTY)
    assert after.progress.now.fits == before.progress.now.fits + 1 and gap not in after.gaps
    assert after.progress.state == BEHIND


def test_the_best_act_moves_the_figure_by_what_it_promised():
    before = chain(code=PLAN, measure="rural-pension", region=PROVINCE, on=today())
    best = before.acts[0]
    assert (best.sort, best.place) == ("above", PROVINCE)
    record(by=person("province-editor"), sort="guide", matter=best.subject, region=PROVINCE, fields=CONDITIONS)
    after = board(code=PLAN, region=PROVINCE, on=today(), only="rural-pension").progress[0]
    assert after.now.value == pytest.approx(before.progress.now.value + best.effect)


def test_real_places_are_judged_only_by_what_is_on_record():
    found = {one.measure.code: one for one in board(code=OLD, region="330000", on=today()).progress}
    assert found["guides"].state == UNKNOWN and "nothing is judged" in found["guides"].now.why.en
    assert found["kept"].state == found["trained"].state == found["own-plans"].state == UNKNOWN
    nation = {one.measure.code: one for one in board(code=OLD, region="CN", on=today()).progress}
    assert nation["guides"].now.of is not None and nation["guides"].now.of < 10_000 and nation["guides"].now.why.en
    assert nation["trained"].now.value is None


def test_a_period_that_ended_is_closed_on_its_last_day_and_goes_on():
    found, after = board(code=OLD, region=PROVINCE, on=today()), successor_of(OLD)
    assert found.closed and found.on == date(2025, 12, 31) and after is not None and after.code == PLAN
    assert {one.state for one in found.progress} <= {REACHED, MISSED, UNKNOWN}
    assert all(one is not None for told, one in carried(found, plan_at(PLAN, PROVINCE)) if told.state != REACHED)


def test_every_indicator_can_be_asked_of_every_kind_of_place():
    for one in REGISTRY.values():
        for region in ("CN", PROVINCE, COUNTY, "330000", "810000"):
            told = one.compute(Asked(region, today()))
            assert (told.value is None) == bool(told.value is None and told.why.en), (one.code, region)
            assert told.of is None or told.fits is None or 0 <= told.fits <= told.of
            assert told.fits is None or told.of is None or not told.gaps or \
                sum(gap.lacks for gap in told.gaps) == told.of - told.fits, (one.code, region)


def test_own_plans_are_counted():
    before = board(code=PLAN, region=PROVINCE, on=today(), only="own-plans").progress[0]
    say_own(by=person("city-editor"), code=PLAN, region=CITY, reason="own", changes=[Change("kept", goal=0.99)])
    after = board(code=PLAN, region=PROVINCE, on=today(), only="own-plans").progress[0]
    assert (before.now.fits, after.now.fits) == (0, 1) and after.state in (BEHIND, ON_COURSE)


def test_a_place_adds_a_measure_that_is_computed_too():
    added = Measure("hotline", "coverage", "", Bilingual("热线指南", "Guides of the hotline"), "coverage.guide", 1,
                    date(2027, 6, 30), today(), Bilingual("市局", "City bureau"), items=("NB026",), levels=(2,))
    say_own(by=person("city-editor"), code=PLAN, region=CITY, reason="own", added=[added])
    told = board(code=PLAN, region=CITY, on=today(), only="hotline").progress[0]
    assert told.now.of and told.now.of < board(code=PLAN, region=CITY, on=today(), only="guides").progress[0].now.of
    assert told.measure.said_by == CITY


# -- facts from outside ----------------------------------------------------------------------------


def report(**more: object) -> OutsideFact:
    said = {"by": person("county-editor"), "plan": PLAN, "measure": "known", "region": COUNTY, "on": today(),
            "value": 2, "source": Bilingual("活动通知", "announcement"),
            "evidence": [keep_file("event.pdf", b"%PDF-1.4 an event")]} | more
    return report_fact(**said)  # type: ignore[arg-type]


def test_a_fact_from_outside_counts_from_its_day_with_its_file():
    row = report()
    told = board(code=PLAN, region=COUNTY, on=today(), only="known").progress[0]
    assert told.now.value == 2 and len(row.evidence[0]["hash"]) == 64
    assert board(code=PLAN, region=COUNTY, on=today() - timedelta(days=1), only="known").progress[0].state == UNKNOWN
    report(value=3)
    assert board(code=PLAN, region=COUNTY, on=today(), only="known").progress[0].now.value == 3
    assert OutsideFact.objects.count() == 2


@pytest.mark.parametrize(("more", "told"), [
    ({"evidence": []}, "needs a file"), ({"evidence": [{"url": "https://x.example/"}]}, "needs a file"),
    ({"measure": "guides"}, "is computed"), ({"value": float("nan")}, "from 0 on"), ({"value": -1}, "from 0 on"),
    ({"source": Bilingual("", "")}, "Name the source"), ({"measure": "nosuch"}, "no measure")])
def test_what_is_no_fact_is_refused(more, told):
    with pytest.raises(Refused, match=told):
        report(**more)
    with pytest.raises(Refused, match="not come yet"):
        report(on=today() + timedelta(days=1))


def test_only_who_reports_for_the_place_reports():
    for who, region in (("county-clerk", COUNTY), ("county-editor", "990201"), ("reader", CITY)):
        with pytest.raises(Forbidden):
            report(by=person(who), region=region)


# -- reminders, calendar ---------------------------------------------------------------------------


def test_reminders_are_left_once_and_only_where_a_plan_is_kept():
    say_own(by=person("county-editor"), code=PLAN, region=COUNTY, reason="own", changes=[Change("kept", goal=0.99)])
    on = date(2026, 12, 10)
    assert reminding.sweep(on=on) > 0 and reminding.sweep(on=on) == 0
    told = Notice.objects.filter(username="county-editor", about__startswith=f"plan:{PLAN}:{COUNTY}:")
    assert "due on 2026-12-31 and has no data or evidence" in told.get(about__endswith=":known").text_en
    assert "the milestone of 2026-06-30" in told.get(about__endswith=":guides").text_en
    assert not Notice.objects.filter(about__contains=OLD).exists()
    assert not Notice.objects.filter(username="city-editor", about__startswith="plan:").exists()


def test_the_calendar_has_every_day_of_the_plans_that_run():
    days = days_of(region=COUNTY, on=today(), language="en", site="https://x.example/en")
    uids = [one.uid for one in days]
    assert len(uids) == len(set(uids)) and f"{PLAN}-{COUNTY}-guides-due@jizhun" in uids
    assert not any(uid.startswith(OLD) for uid in uids) and days == sorted(days, key=lambda one: (one.on, one.uid))


# -- adjusting the list ----------------------------------------------------------------------------


def proposed(**more: object) -> adjusting.Adjustment:
    said = {"by": person("city-standards"), "region": CITY, "item": "NB050", "kind": "raise", "beyond": True,
            "text": Bilingual("提高基础养老金", "Raise the basic pension")} | more
    return adjusting.propose(**said)  # type: ignore[arg-type]


def test_nothing_beyond_the_national_scope_is_accepted_without_both_assessments():
    one, paper = proposed(), [keep_file("fiscal.pdf", b"%PDF-1.4 capacity")]
    seen = adjusting.hangs_on("NB050", CITY).digest
    for act in ("fiscal", "risk"):
        with pytest.raises(Refused, match="Still lacking"):
            adjusting.decide(by=person("city-editor"), adjustment=one, accept=True, reason="yes", seen=seen)
        adjusting.assess(by=person("city-standards"), adjustment=one, act=act, passed=True, text="bearable",
                         evidence=paper)
    with pytest.raises(Refused, match="look at it again"):
        adjusting.decide(by=person("city-editor"), adjustment=one, accept=True, reason="yes", seen="")
    made = adjusting.decide(by=person("city-editor"), adjustment=one, accept=True, reason="yes", seen=seen)
    assert made.verdict == "accepted" and verify_trail() is None
    with pytest.raises(Refused, match="decided already"):
        adjusting.assess(by=person("city-standards"), adjustment=one, act="risk", passed=True, text="x",
                         evidence=paper)


def test_whoever_proposed_does_not_decide_and_an_assessment_has_its_paper():
    one = proposed(by=person("city-editor"))
    seen = adjusting.hangs_on("NB050", CITY).digest
    with pytest.raises(Forbidden, match="does not decide"):
        adjusting.decide(by=person("city-editor"), adjustment=one, accept=False, reason="no", seen=seen)
    with pytest.raises(Forbidden):
        adjusting.decide(by=person("city-standards"), adjustment=one, accept=False, reason="no", seen=seen)
    with pytest.raises(Refused, match="paper as a file"):
        adjusting.assess(by=person("city-standards"), adjustment=one, act="risk", passed=True, text="x", evidence=[])
    with pytest.raises(Forbidden):
        proposed(by=person("county-clerk"))


def test_what_follows_an_edition_is_accepted_only_after_its_impact_was_seen():
    edition, changes = adjusting.edition_changes(today())
    one, paper = proposed(edition=edition, beyond=False), [keep_file("fiscal.pdf", b"%PDF-1.4 capacity")]
    adjusting.assess(by=person("city-standards"), adjustment=one, act="fiscal", passed=True, text="x", evidence=paper)
    said = {"by": person("city-editor"), "adjustment": one, "accept": True, "reason": "yes",
            "seen": adjusting.hangs_on("NB050", CITY).digest}
    assert changes and adjusting.impact_of(edition) is None
    with pytest.raises(Refused, match="looked at the impact of the edition"):
        adjusting.decide(**said)
    see(by=person("national-editor"), change=ImpactChange("edition", {
        "older": adjusting.edition_before(edition), "newer": edition}))
    assert adjusting.decide(**said).verdict == "accepted"


def test_pilots_are_counted_from_their_register():
    told = REGISTRY["pilots.places"].compute(Asked("CN", today()))
    assert told.value == 7 and REGISTRY["pilots.places"].compute(Asked("110000", today())).value is None


def test_the_yearly_check_names_what_an_edition_changed_until_it_is_taken_up():
    found = adjusting.check_of("CN")
    assert found.due is not None
    if found.open:
        item, kind = found.open[0]
        proposed(by=SYSTEM, region="CN", item=item, kind=kind)
        assert (item, kind) not in adjusting.check_of("CN").open
    assert STATES[STILL].sign != STATES[REACHED].sign
