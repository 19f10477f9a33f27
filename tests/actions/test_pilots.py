"""Acts of pilots over the real list and the fictional province, with the cast."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from drafting_cast import person
from jizhun.evaluation.evidence import keep_file
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.loading.piloted import simulated_pilot_cases, simulated_pilots
from jizhun.people.actions import create_user, grant, verify_trail
from jizhun.people.models import Notice, User
from jizhun.people.rules import DEMONSTRATION_PASSWORD, SYSTEM, Forbidden
from jizhun.pilots.actions import assessing, effects, experience, programmes, selecting, working
from jizhun.pilots.models import APPEND_ONLY, PilotApplication, PilotProgramme, Practice
from jizhun.pilots.rules.programmes import DECLINED, SELECTED
from pilot_cast import APPLICATION, CARD, GOALS, SCORES, SHEET, opened, plan

pytestmark = pytest.mark.usefixtures("world", "db")
COUNTY, ELSEWHERE = "990101", "990201"


def applied(programme: PilotProgramme | None = None, **other: object) -> PilotApplication:
    said = {"by": person("county-editor"), "programme": programme or opened(), "region": COUNTY, **APPLICATION, **other}
    return programmes.apply(**said)  # type: ignore[arg-type]


def selected() -> PilotApplication:
    held = applied()
    selecting.score(by=person("outside-assessor"), application=held, typed=SCORES, opinion="可行")
    selecting.decide(by=person("province-editor"), application=held, chosen=True, reason="得分最高")
    return held


# -- history ---------------------------------------------------------------------------------------


def test_the_pilot_of_2021_is_history_with_its_seven_provinces():
    held = programmes.programme_of("hrss-2021")
    found = programmes.pilots(held)
    assert sorted(one.region[:2] for one in found) == ["22", "33", "42", "46", "50", "51", "53"]
    assert (held.starts_on, held.ends_on, len(held.jobs), held.mark) == (date(2021, 10, 1), date(2022, 9, 30), 4, "V")
    assert {one.kind for one in found} == {""}  # of which kind each was could not be read
    lying = {one.group: one.selected for one in selecting.board(held).balance if one.selected}
    assert lying == {"east": 2, "middle": 1, "west": 3, "north-east": 1}


# -- applying and selecting ------------------------------------------------------------------------


def test_a_programme_is_opened_and_its_places_are_told():
    programme = opened()
    assert Notice.objects.filter(about=f"programme:{programme.code}", username="county-editor").count() == 1
    with pytest.raises(Refused, match="taken"):
        opened()
    for who in ("county-editor", "reviewer", "outside-assessor"):
        with pytest.raises(Forbidden):
            opened(by=person(who), code="other")


def test_a_place_applies_once_and_for_itself_only():
    held = applied()
    assert Notice.objects.filter(about=str(held), username="province-editor").count() == 1
    with pytest.raises(Refused, match="applied already"):
        applied(held.programme)
    for who in ("county-clerk", "outside-assessor", "reader"):
        with pytest.raises(Forbidden):
            applied(held.programme, by=person(who), region=ELSEWHERE)
    with pytest.raises(Forbidden):
        applied(held.programme, region=ELSEWHERE)
    with pytest.raises(Refused, match="not for"):
        applied(held.programme, by=SYSTEM, region="110101")
    with pytest.raises(Refused, match="Why it applies"):
        applied(held.programme, by=SYSTEM, region=ELSEWHERE, statement={})


def test_what_is_withdrawn_may_be_applied_for_again():
    held = applied()
    programmes.withdraw(by=person("county-editor"), application=held, reason="填错")
    with pytest.raises(Refused):
        selecting.decide(by=SYSTEM, application=held, chosen=False, reason="x")
    assert applied(held.programme).pk != held.pk


def test_a_decision_needs_a_score_a_reason_and_somebody_else():
    held = applied(by=person("province-editor"))
    with pytest.raises(Refused, match="does not decide"):
        selecting.decide(by=person("province-editor"), application=held, chosen=True, reason="好")
    with pytest.raises(Refused, match="Nobody has assessed"):
        selecting.decide(by=SYSTEM, application=held, chosen=True, reason="好")
    with pytest.raises(Forbidden):
        selecting.decide(by=person("county-editor"), application=held, chosen=True, reason="好")
    selecting.decide(by=SYSTEM, application=held, chosen=False, reason="材料不全")
    assert programmes.stands(held) == DECLINED


def assessor_at(region: str) -> User:
    """An outside assessor of the province who also has a role at a place."""
    made = create_user(by=SYSTEM, username=f"assessor-{region}", password=DEMONSTRATION_PASSWORD, region="990000")
    grant(by=SYSTEM, user=made, role="assessor", region="990000")
    grant(by=SYSTEM, user=made, role="reader", region=region)
    return made


@pytest.mark.parametrize("region", [COUNTY, "990100"])
def test_an_assessor_of_the_own_place_or_of_the_one_above_it_is_refused(region):
    held = applied()
    with pytest.raises(Refused, match="nobody assesses their own"):
        selecting.score(by=assessor_at(region), application=held, typed=SCORES, opinion="好")
    assert not held.scores.exists()


def test_an_assessor_with_a_role_elsewhere_may_until_they_declare_an_interest():
    held, assessor = applied(), assessor_at(ELSEWHERE)
    selecting.score(by=assessor, application=held, typed=SCORES, opinion="好")
    selecting.declare_interest(by=assessor, application=held, reason="曾任顾问")
    with pytest.raises(Refused, match="declared an interest"):
        selecting.score(by=assessor, application=held, typed=SCORES, opinion="更好")
    with pytest.raises(Forbidden):
        selecting.score(by=person("reviewer"), application=held, typed=SCORES, opinion="好")


# -- work ------------------------------------------------------------------------------------------


def test_a_plan_then_months_with_evidence_and_a_correction():
    held, county = selected(), person("county-editor")
    today = timezone.localdate()
    month = today.year * 100 + today.month
    with pytest.raises(Refused, match="plan first"):
        working.report_month(by=county, application=held, month=month, shares={}, said=working.Words("做了"))
    working.adopt_plan(by=county, application=held, goals=GOALS, tasks=plan(held.programme))
    paper = keep_file("清单.csv", b"a,b\n")
    for share in ("40", "60"):
        working.report_month(by=county, application=held, month=month, shares={"t1": share, "t2": "0"},
                             said=working.Words("做了"), evidence=[paper])
    work = working.work_of(held)
    assert [one.share for one in work.tasks] == [60, 0] and work.share == pytest.approx(0.3)
    assert len(work.reports) == 1 and work.reports[0].evidence[0]["hash"] == paper["hash"]
    with pytest.raises(Refused, match="Say why"):
        working.adopt_plan(by=county, application=held, goals=GOALS, tasks=plan(held.programme))
    for who in ("county-clerk", "outside-assessor"):
        with pytest.raises(Forbidden):
            working.adopt_plan(by=person(who), application=held, goals=GOALS, tasks=plan(held.programme))


def test_whoever_was_not_selected_has_no_plan():
    with pytest.raises(Refused, match="no pilot"):
        working.adopt_plan(by=person("county-editor"), application=applied(), goals=GOALS, tasks="x")


@pytest.mark.parametrize(("says", "told"), [(1, "found something"), (3, "does not answer"), (None, "does not answer")])
def test_a_file_that_the_scanner_does_not_clear_is_not_kept(settings, tmp_path: Path, says, told):
    script = tmp_path / "scanner.py"
    script.write_text(f"import sys; assert open(sys.argv[1], 'rb').read() == b'x'; sys.exit({says})")
    settings.SCANNER = f"{sys.executable} {script}" if says else "/nowhere/scanner"
    settings.FILES = tmp_path
    with pytest.raises(Refused, match=told):
        keep_file("a.txt", b"x")
    assert not (tmp_path / "evidence").exists()
    script.write_text("")
    settings.SCANNER = f"{sys.executable} {script}"
    assert keep_file("a.txt", b"x")["bytes"] == 1


# -- assessing -------------------------------------------------------------------------------------


def test_assessed_by_sheets_and_decided_once():
    held, assessor = selected(), person("outside-assessor")
    said = {"application": held, "stage": "mid", "typed": SHEET, "opinion": "有成效", "advice": "go_on"}
    with pytest.raises(Refused, match="assessors have handed in"):
        assessing.give_verdict(by=person("province-editor"), application=held, stage="mid", verdict="go_on")
    with pytest.raises(Refused, match="left out"):
        assessing.assess(by=assessor, **{**said, "typed": {}})
    assessing.assess(by=assessor, **said)
    with pytest.raises(Refused, match="nobody assesses"):
        assessing.assess(by=assessor_at(COUNTY), **said)
    with pytest.raises(Refused, match="begins on"):
        assessing.assess(by=assessor, **{**said, "stage": "final"})
    with pytest.raises(Forbidden):
        assessing.give_verdict(by=person("county-editor"), application=held, stage="mid", verdict="go_on")
    assessing.give_verdict(by=person("province-editor"), application=held, stage="mid", verdict="go_on")
    assert held.verdicts.get().told == {"share": 1.0, "assessors": 1, "knocked": []}
    with pytest.raises(Refused, match="has its verdict"):
        assessing.assess(by=assessor, **said)
    assert verify_trail() is None


def test_what_was_said_is_never_changed():
    held = selected()
    with pytest.raises(DatabaseError), transaction.atomic():
        held.scores.update(opinion="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        PilotApplication.objects.filter(pk=held.pk).delete()
    assert len(APPEND_ONLY) == 12


# -- did it work, and who took it over -------------------------------------------------------------


@pytest.fixture
def simulated(settings, tmp_path: Path) -> PilotProgramme:
    """The simulated programme, with cases in which the effect is known."""
    settings.LAKE, settings.FILES = str(tmp_path / "lake"), tmp_path
    simulated_pilots(by=SYSTEM)
    assert simulated_pilot_cases(by=SYSTEM) == 64_800
    return programmes.programme_of("sample-2025")


def test_the_known_effect_is_recovered_from_cases_through_every_room(simulated):
    assert simulated_pilots(by=SYSTEM) == 0
    found = effects.did_it_work(programme=simulated)
    assert (found.known, found.recovers) == (0.06, True)
    assert found.effect.effect.tells and found.effect.trend is not None and not found.effect.trend.tells
    assert (found.effect.pilots, found.effect.others, len(found.effect.points)) == (8, 78, 18)
    assert found.compared.touched == ["990103", "990225", "990326", "990401"]  # they took a practice over meanwhile
    elsewhere = effects.did_it_work(programme=simulated, index="on_time.promised_limit")
    assert elsewhere.known is None
    similar = effects.did_it_work(programme=simulated, way="similar")
    assert set(similar.compared.others) < set(found.compared.others) and similar.compared.alike

    effects.choose_comparison(by=person("province-editor"), programme=simulated, way="picked",
                              places=["990601", "990602", "990603", "990103"], reason="规模相近")
    picked = effects.did_it_work(programme=simulated)
    assert picked.way == "picked" and list(picked.compared.others) == ["990601", "990602", "990603"]
    with pytest.raises(Refused, match="none of them is a pilot"):
        effects.choose_comparison(by=SYSTEM, programme=simulated, way="picked", places=["990101"], reason="x")
    with pytest.raises(Forbidden):
        effects.choose_comparison(by=person("county-editor"), programme=simulated, way="all", places=[], reason="x")
    card = experience.practice_of("sample-one-visit")
    told = experience.promotion(card)
    assert told is not None and told.counted == 4 and told.low is not None and told.high is not None
    assert told.low <= 0.06 <= told.high
    assert experience.practices("复核 松甲区") == [card] and experience.practices("nothing-of-it") == []


def test_without_cases_it_says_so():
    with pytest.raises(Refused, match="no source of cases"):
        effects.did_it_work(programme=programmes.programme_of("hrss-2021"))


def test_a_practice_is_taken_over_once_by_another_place():
    held, today = selected(), timezone.localdate()
    card = experience.tell_practice(by=person("county-editor"), region=COUNTY, said=experience.Card(**CARD),
                                    application=held)
    city = person("city-editor")
    experience.adopt(by=city, practice=card, region="990102", since=today)
    assert Notice.objects.filter(about=str(card), username="county-editor").count() == 1
    for region, since, told in (("990102", today, "already"), (COUNTY, today, "own practice"),
                                ("990103", today + timedelta(1), "today or earlier")):
        with pytest.raises(Refused, match=told):
            experience.adopt(by=city, practice=card, region=region, since=since)
    with pytest.raises(Forbidden):
        experience.adopt(by=city, practice=card, region=ELSEWHERE, since=today)
    assert experience.promotion(card) is None  # no cases to tell by
    assert Practice.objects.get(pk=card.pk).adoptions.count() == 1
    with pytest.raises(Refused, match="no pilot"):
        experience.tell_practice(by=city, region="990102", said=experience.Card(**{**CARD, "code": "other"}),
                                 application=held)
    with pytest.raises(Refused, match="What it costs"):
        parts = {**CARD["parts"], "cost": Bilingual("", "")}
        experience.tell_practice(by=city, region="990102",
                                 said=experience.Card(**{**CARD, "parts": parts, "code": "other"}))
    assert programmes.stands(held) == SELECTED
