"""Whoever has not the right to an act of the standards is refused, and nothing has moved; whoever has it may."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from drafting_cast import (
    CITY,
    COUNTY,
    PROVINCE,
    ballot_on,
    cast,
    clause,
    days,
    in_comments,
    in_review,
    opened,
    person,
    published,
    round_of,
    take,
    today,
    written,
)
from jizhun.drafting.actions import ballots, comments, projects, publishing, texts
from jizhun.drafting.models import Ballot, CommentRow, Project, Proposed, Vote
from jizhun.drafting.rules.merging import Changes
from jizhun.drafting.rules.stages import Way
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import create_user, grant
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import DEMONSTRATION_PASSWORD, ROLES, SYSTEM, Forbidden
from jizhun.provisions.models import Provision
from jizhun.regions.actions import tree
from jizhun.standards.actions import (
    Loaded,
    answer_reports,
    clauses_of,
    enter,
    frameworks,
    library,
    load,
    plan_all,
    record_review,
    report,
)
from jizhun.standards.asking import clocks_on
from jizhun.standards.models import Feedback, FeedbackAnswer, ReviewRow, StandardRow
from jizhun.standards.rules.clock import FINE, OVERDUE, Clock
from jizhun.standards.rules.library import Standard

pytestmark = pytest.mark.usefixtures("world", "db")

NATION, OTHER_PROVINCE, OTHER_CITY, OTHER_COUNTY = "CN", "110000", "990200", "990102"
BESIDE = {NATION: PROVINCE, PROVINCE: OTHER_PROVINCE, CITY: OTHER_CITY}
"""A place whose roles hold nothing at the place named first."""
HOLDING = {"standard.edit": "standards_officer", "standard.approve": "market_regulator",
           "provision.record": "county_editor"}
PLACES = {"normative": CITY} | {code: NATION for code in projects.procedures().by_code
                               if code.startswith(("national", "industry"))}
DIFFERENT = {(*how.kinds, way.at, way.act, way.right): (how.code, way)
             for how in reversed(projects.procedures().by_code.values()) for way in how.ways}
WAYS = [pytest.param(code, way, id=f"{code}-{way.at}-{way.act}") for code, way in reversed(DIFFERENT.values())]
"""Every way of every procedure; those of one kind of document that ask for the same right once."""


# -- people and where things stand ---------------------------------------------------------------------


def somebody(name: str, *roles: tuple[str, str]) -> User:
    """A login with these roles, each at its place; a stranger without any."""
    user = create_user(by=SYSTEM, username=name, password=DEMONSTRATION_PASSWORD, region=NATION)
    for role, region in roles:
        grant(by=SYSTEM, user=user, role=role, region=region)
    return user


def everything_but(right: str, place: str) -> User:
    """Somebody with each role at the very place that has not the right, and with the right at another place."""
    level = tree().level(place)
    others = [(code, place) for code, role in ROLES.items() if level in role.levels and right not in role.rights]
    return somebody("everything-else", *others, (HOLDING[right], BESIDE[place]))


def trace(project: Project) -> tuple[Any, ...]:
    """What any act on the project would have moved: every one of them writes a line at the least."""
    now = Project.objects.get(pk=project.pk)
    return (now.stage, now.number, now.text.version, now.moves.count(), now.drafts.count(), AuditLine.objects.count(),
            ReviewRow.objects.count(), StandardRow.objects.count())


def lacks_the_right(act: Callable[[], object]) -> bool:
    """Whether the act is refused for want of a right, not for another reason."""
    try:
        act()
    except Refused as refused:
        return isinstance(refused, Forbidden)
    return False


def went(acts: Mapping[str, Callable[[], object]]) -> set[str]:
    """The acts that were not refused for want of a right."""
    return {name for name, act in acts.items() if not lacks_the_right(act)}


# -- from stage to stage -------------------------------------------------------------------------------


def standing(code: str, stage: str) -> Project:
    """A project of the procedure that stands in the stage."""
    project = projects.open_project(by=SYSTEM, procedure=code, region=PLACES.get(code, PROVINCE), title_zh="试验")
    return put(project, stage)


def put(project: Project, stage: str) -> Project:
    Project.objects.filter(pk=project.pk).update(stage=stage)
    return Project.objects.get(pk=project.pk)


def go(who: User, project: Project, act: str) -> Project:
    if act == "publish":
        return publishing.publish(by=who, project=project)
    return projects.take(by=who, project=project, act=act, reason="因为")


@pytest.mark.parametrize(("code", "way"), WAYS)
def test_a_step_is_for_whoever_holds_its_right_at_the_place_and_for_nobody_else(code: str, way: Way) -> None:
    project = standing(code, way.at)
    holder = somebody("holder", (HOLDING[way.right], project.region))
    others = [everything_but(way.right, project.region), somebody("stranger"), person("county-clerk-elsewhere")]
    before = trace(project)
    for who in others:
        with pytest.raises(Forbidden):
            go(who, project, way.act)
        with pytest.raises(Forbidden):
            projects.take(by=who, project=project, act=way.act, reason="因为")
    assert trace(project) == before
    assert not lacks_the_right(lambda: go(holder, project, way.act))
    if not way.needs:
        assert Project.objects.get(pk=project.pk).stage == way.to


@pytest.mark.parametrize("code", [code for code in projects.procedures().by_code
                                  if code.startswith(("national", "industry", "local"))])
def test_the_regulator_s_steps_are_the_regulator_s_in_every_formal_procedure(code: str) -> None:
    ways = projects.procedures().get(code).ways
    approved = {"accept", "refuse", "return", "publish", "keep", "revise", "withdraw"}
    assert {way.act for way in ways if way.right == "standard.approve"} == approved
    assert {way.right for way in ways if way.act not in approved} == {"standard.edit"}


def test_a_normative_document_is_put_in_force_by_whoever_records_provisions() -> None:
    rights = {way.act: way.right for way in projects.procedures().get("normative").ways}
    assert {act for act, right in rights.items() if right != "standard.edit"} == {"publish"}
    assert rights["publish"] == "provision.record"


def test_the_drafter_of_a_finished_standard_neither_numbers_publishes_nor_files_it() -> None:
    project, drafter, regulator = ready(), person("province-editor"), person("market-regulator")
    before = trace(project)
    assert went({
        "number": lambda: publishing.set_number(by=drafter, project=project, number="DB99/T 6-2026",
                                                effective_on=today()),
        "publish": lambda: publishing.publish(by=drafter, project=project),
        "filed": lambda: projects.record_evidence(by=drafter, project=project, kind="filed", text="备案"),
    }) == set()
    assert trace(project) == before and library().find("DB99/T 5-2026") is None
    project = publishing.publish(by=regulator, project=project)
    assert library().find("DB99/T 5-2026") is not None and len(clauses_of("DB99/T 5-2026")) == 6
    with pytest.raises(Forbidden):
        projects.record_evidence(by=drafter, project=project, kind="filed", text="备案")
    assert not project.evidence.exists()
    assert projects.record_evidence(by=regulator, project=project, kind="filed", text="备案").by == "market-regulator"


def ready() -> Project:
    """A standard of the province of which nothing is lacking but its publication."""
    project, editor = in_review(), person("province-editor")
    cast(ballot_on(project), "approve", "approve", "approve")
    ballots.close_ballot(by=editor, ballot=project.ballots.get())
    texts.issue(by=editor, project=project, label="approval")
    project = publishing.set_number(by=person("market-regulator"), project=take(project, "approve"),
                                    number="DB99/T 5-2026", effective_on=today())
    return publishing.see_impact(by=editor, project=project, seen=publishing.impact(project).fingerprint)


# -- drafting ------------------------------------------------------------------------------------------


def drafting(by: User, project: Project) -> dict[str, Callable[[], object]]:
    """Every act that is for who drafts only."""
    first, last = project.text.facts()[4:6]
    draft, row, ballot = project.drafts.get(), round_of(project), project.ballots.get()
    said = list(project.comments.filter(state="held"))
    seen = texts.fingerprint(last)
    return {
        "open": lambda: projects.open_project(by=by, procedure="local", region=PROVINCE, title_zh="另一项"),
        "describe": lambda: projects.describe(by=by, project=project, title_en="Other"),
        "hand to": lambda: projects.hand_to(by=by, project=project, username="reader"),
        **{kind: lambda kind=kind: projects.record_evidence(by=by, project=project, kind=kind, text="纪要")
           for kind in ("meeting", "legally_reviewed", "assessed")},
        "save": lambda: texts.save_clause(by=by, project=project, clause=clause("clause", "新", "New")),
        "shift up": lambda: texts.shift_clause(by=by, project=project, key=last.key, up=True),
        "shift down": lambda: texts.shift_clause(by=by, project=project, key=first.key, up=False),
        "move": lambda: texts.move_clause(by=by, project=project, key=last.key, before=first.key),
        "remove": lambda: texts.remove_clause(by=by, project=project, key=last.key, seen=seen),
        "take in": lambda: texts.take_in(by=by, project=project, clauses=[first], seen=project.text.version),
        "start": lambda: texts.start_text(by=by, project=opened(title_zh="空的")),
        "issue": lambda: texts.issue(by=by, project=project, label="review"),
        "moderate": lambda: comments.moderate(by=by, comment=said[0], show=True),
        "moderate all": lambda: comments.moderate_all(by=by, comments=said, show=True),
        "hide all": lambda: comments.moderate_all(by=by, comments=said, show=False, reason="无关"),
        "dispose": lambda: comments.dispose(by=by, comments=[project.comments.get(state="shown")],
                                            disposition="noted", answer="知悉"),
        "table": lambda: comments.take_in_table(by=by, project=project, changes=Changes()),
        "close round": lambda: comments.close_consultation(by=by, consultation=row),
        "open round": lambda: comments.open_consultation(by=by, project=project, draft=draft, closes_on=today()),
        "answer": lambda: ballots.answer_objection(by=by, vote=Vote.objects.get(voter__ballot=ballot), text="已改"),
        "close ballot": lambda: ballots.close_ballot(by=by, ballot=ballot, reason="到期"),
        "open ballot": lambda: asked(by, project, usernames=COMMITTEE),
        "see impact": lambda: publishing.see_impact(by=by, project=project,
                                                    seen=publishing.impact(project).fingerprint),
    }


COMMITTEE = ["committee-1", "committee-2", "committee-3"]


def asked(by: User, project: Project, **whom: list[str]) -> Ballot:
    draft = projects.examined(project)
    assert draft is not None
    return ballots.open_ballot(by=by, project=project, draft=draft, question=Bilingual("问", "Q"), rule="committee",
                               closes_on=today() + days(3), **whom)


def busy() -> Project:
    """A project under review with something of everything: comments shown and held, a round, a disapproval."""
    project = in_comments()
    comments.comment_for_body(by=person("province-editor"), consultation=round_of(project), region=PROVINCE, text="一")
    for text in ("二", "三"):
        comments.comment_as_public(consultation=round_of(project), text=text, address="192.0.2.7")
    project = put(project, "40")
    cast(asked(person("province-editor"), project, usernames=COMMITTEE), "disapprove")
    return project


@pytest.mark.parametrize("who", ["market-regulator", "reviewer", "committee-1", "statistician", "stranger"])
def test_who_has_another_role_at_the_very_place_drafts_nothing(who: str) -> None:
    project, by = busy(), somebody(who) if who == "stranger" else person(who)
    opened_before = Project.objects.count()
    acts = drafting(by, project)
    start, before = acts.pop("start"), trace(project)
    assert went(acts) == set()
    assert trace(project) == before and Project.objects.count() == opened_before
    assert lacks_the_right(start)
    assert set(project.comments.values_list("state", "disposition")) == {("shown", ""), ("held", "")}


def test_who_drafts_is_refused_none_of_these() -> None:
    project = busy()
    acts = drafting(person("province-editor"), project)
    assert went(acts) == set(acts)


def test_a_clause_changes_places_for_whoever_drafts_only() -> None:
    project = in_comments()
    keys = [one.key for one in project.text.facts()]
    for who in (person("county-clerk-elsewhere"), person("county-standards"), person("market-regulator"),
                somebody("stranger")):
        with pytest.raises(Forbidden):
            texts.shift_clause(by=who, project=project, key=keys[-1], up=True)
    project.text.refresh_from_db()
    assert [one.key for one in project.text.facts()] == keys
    after = texts.shift_clause(by=person("province-editor"), project=project, key=keys[-1], up=True)
    assert [one.key for one in after] == [*keys[:-2], keys[-1], keys[-2]]


def city_project_in_comments() -> Project:
    """An in-house standard of the city on which the public may comment."""
    officer = person("city-standards")
    project = projects.open_project(by=officer, procedure="internal", region=CITY, title_zh="市级规范")
    written(project)
    draft = texts.issue(by=officer, project=project, label="comment")
    project = take(project, "consult", "city-standards")
    comments.open_consultation(by=officer, project=project, draft=draft, closes_on=today() + days(9))
    return project


def test_several_comments_are_moderated_all_or_none_where_one_is_another_place_s() -> None:
    own, other = [comments.comment_as_public(consultation=round_of(one), text="公众意见", address="192.0.2.8")
                  for one in (city_project_in_comments(), in_comments())]
    with pytest.raises(Forbidden):
        comments.moderate_all(by=person("city-standards"), comments=[own, other], show=True)
    assert set(CommentRow.objects.values_list("state", flat=True)) == {"held"}
    comments.moderate_all(by=person("city-standards"), comments=[own], show=True)
    comments.moderate_all(by=person("province-editor"), comments=[own, other], show=True)
    assert set(CommentRow.objects.values_list("state", flat=True)) == {"shown"}


def test_comments_are_disposed_of_all_or_none_where_one_is_another_place_s() -> None:
    own, other = [comments.comment_for_body(by=person("province-editor"), consultation=round_of(one),
                                            region=one.region, text="意见")
                  for one in (city_project_in_comments(), in_comments())]
    with pytest.raises(Forbidden):
        comments.dispose(by=person("city-standards"), comments=[own, other], disposition="noted", answer="知悉")
    assert set(CommentRow.objects.values_list("disposition", flat=True)) == {""}


def test_a_desk_is_cleared_by_its_own_place_or_from_above_only() -> None:
    project = in_comments()
    said = comments.comment_for_body(by=person("county-editor"), consultation=round_of(project), region=COUNTY,
                                     text="三天太短")
    for who in (person("county-clerk"), person("county-clerk-elsewhere"), person("market-regulator"),
                somebody("next-door", ("standards_officer", OTHER_CITY))):
        with pytest.raises(Forbidden):
            comments.pass_on(by=who, comments=[said], desk=CITY)
        with pytest.raises(Forbidden):
            comments.consolidate(by=who, comments=[said], desk=CITY, text="合并")
    said.refresh_from_db()
    assert (said.desk, said.merged_into, CommentRow.objects.count()) == (CITY, None, 1)
    (passed,) = comments.pass_on(by=person("city-standards"), comments=[said], desk=CITY)
    assert passed.desk == PROVINCE


def test_nobody_speaks_for_the_county_next_door() -> None:
    row = round_of(in_comments())
    for who in ("county-editor", "county-clerk", "county-clerk-elsewhere", "market-regulator", "reviewer"):
        with pytest.raises(Forbidden):
            comments.comment_for_body(by=person(who), consultation=row, region=OTHER_COUNTY, text="x")
    assert not row.comments.exists()
    said = comments.comment_for_body(by=person("city-standards"), consultation=row, region=OTHER_COUNTY, text="代报")
    assert (said.region, said.by) == (OTHER_COUNTY, "city-standards")


# -- ballots -------------------------------------------------------------------------------------------


def test_only_who_has_a_vote_can_be_named_as_a_voter() -> None:
    project = in_review()
    for who in ("county-clerk", "province-editor", "market-regulator"):
        with pytest.raises(Forbidden):
            asked(person("province-editor"), project, usernames=[*COMMITTEE, who])
    assert not project.ballots.exists()
    assert asked(person("province-editor"), project, usernames=COMMITTEE).voters.count() == 3


def test_a_body_s_vote_is_cast_in_that_very_body_and_not_from_above() -> None:
    ballot = asked(person("province-editor"), in_review(), bodies=[COUNTY, OTHER_COUNTY, "990201"])
    voter = ballot.voters.get(region=COUNTY)
    for who in ("county-clerk-elsewhere", "city-standards", "province-editor", "market-regulator", "reviewer"):
        with pytest.raises(Forbidden):
            ballots.vote(by=person(who), voter=voter, position="approve")
    with pytest.raises(Refused, match="cannot vote for"):
        ballots.vote(by=person("committee-1"), voter=voter, position="approve")
    assert not Vote.objects.exists()
    assert ballots.vote(by=person("county-clerk"), voter=voter, position="approve").by == "county-clerk"


# -- publishing ----------------------------------------------------------------------------------------


def test_who_published_a_standard_does_not_put_its_values_in_force() -> None:
    proposed = Proposed.objects.get(project=published())
    row = {**proposed.row, "source": "a test", "mark": "SIM"}
    before = Provision.objects.count()
    for who in (person("market-regulator"), person("reviewer"), person("city-standards"), person("county-editor"),
                person("county-clerk-elsewhere"), somebody("stranger")):
        with pytest.raises(Forbidden):
            publishing.cite(by=who, proposed=proposed, row=row)
    proposed.refresh_from_db()
    assert (proposed.provision, Provision.objects.count()) == (None, before)


# -- rights reach down, and nowhere else ---------------------------------------------------------------


def county_acts(by: User, project: Project) -> dict[str, Callable[[], object]]:
    """The making of an in-house standard up to its comments."""
    return {
        "describe": lambda: projects.describe(by=by, project=project, need_zh="各窗口做法不一。"),
        "save": lambda: texts.save_clause(by=by, project=project, clause=clause("clause", "应公开。", "Publish.",
                                                                                heading=("公开", "Openness"))),
        "issue": lambda: texts.issue(by=by, project=project, label="comment"),
        "hand to": lambda: projects.hand_to(by=by, project=project, username="county-standards"),
        "consult": lambda: projects.take(by=by, project=project, act="consult"),
    }


def test_a_county_does_not_act_on_its_neighbour_s_project_and_the_province_does() -> None:
    project = projects.open_project(by=person("county-standards"), procedure="internal", region=COUNTY,
                                    title_zh="窗口服务规范")
    written(project)
    neighbour = somebody("neighbour", ("standards_officer", OTHER_COUNTY))
    before = trace(project)
    assert went(county_acts(neighbour, project)) == set()
    assert trace(project) == before
    for act in county_acts(person("province-editor"), project).values():
        act()
    project.refresh_from_db()
    assert (project.stage, project.need_zh, project.drafts.get().by) == ("30", "各窗口做法不一。", "province-editor")


def test_a_county_s_officer_opens_projects_at_home_only() -> None:
    neighbour = somebody("neighbour", ("standards_officer", OTHER_COUNTY))
    for region in (COUNTY, CITY, PROVINCE):
        with pytest.raises(Forbidden):
            projects.open_project(by=neighbour, procedure="internal", region=region, title_zh="规范")
    assert not Project.objects.exists()
    assert projects.open_project(by=neighbour, procedure="internal", region=OTHER_COUNTY, title_zh="规范").stage == "20"


# -- the library ---------------------------------------------------------------------------------------

OLD = "DB99/T 2-2018"


def old_standard(number: str = OLD, region: str = PROVINCE) -> Standard:
    """A standard that has been in force for six years."""
    begin = today() - days(6 * 365)
    standard = Standard(number, "local", Bilingual("窗口服务规范", "Service at the counter"), region,
                        published_on=begin, effective_on=begin, source="a test", mark="SIM")
    with transaction.atomic():
        enter(by=SYSTEM, standard=standard)
    return standard


def clock_of(number: str) -> Clock:
    return next(one for one in clocks_on(today()) if one.standard.number == number)


def test_a_reviewer_s_verdict_starts_the_clock_anew() -> None:
    old_standard()
    before = clock_of(OLD)
    kept = record_review(by=person("reviewer"), number=OLD, verdict="keep", reason="仍然适用。")
    after = clock_of(OLD)
    assert (before.state, before.last, after.state) == (OVERDUE, None, FINE)
    assert after.due is not None and after.due.year == today().year + 5
    assert after.last is not None and (after.last.on, after.last.reason) == (today(), "仍然适用。")
    assert (kept.by, AuditLine.objects.get(act="standard.review").actor) == ("reviewer", "reviewer")


def test_only_a_reviewer_of_the_place_or_above_records_a_review() -> None:
    old_standard()
    for who in (person("province-editor"), person("market-regulator"), person("committee-1"),
                person("county-clerk-elsewhere"), person("national-editor"), somebody("stranger"),
                somebody("elsewhere", ("reviewer", OTHER_PROVINCE)), somebody("below", ("reviewer", CITY))):
        with pytest.raises(Forbidden):
            record_review(by=who, number=OLD, verdict="withdraw", reason="过时。")
    with pytest.raises(Forbidden):
        record_review(by=person("reviewer"), number="GB/T 1.1-2020", verdict="withdraw", reason="过时。")
    assert not ReviewRow.objects.exists() and clock_of(OLD).state == OVERDUE
    above = somebody("above", ("reviewer", NATION))
    assert record_review(by=above, number=OLD, verdict="withdraw", reason="过时。").by == "above"
    assert library().status(library().by_number[OLD], today()) == "withdrawn"


def test_a_report_comes_from_a_place_in_which_one_speaks() -> None:
    old_standard()
    for who in (person("county-clerk-elsewhere"), person("reader"), person("reviewer"), person("market-regulator"),
                somebody("stranger")):
        with pytest.raises(Forbidden):
            report(by=who, number=OLD, region=COUNTY, text="做不到。")
    assert not Feedback.objects.exists()
    assert report(by=person("county-clerk"), number=OLD, region=COUNTY, text="做不到。").by == "county-clerk"


def test_a_report_is_answered_where_the_standard_belongs() -> None:
    old_standard()
    said = report(by=person("county-clerk"), number=OLD, region=COUNTY, text="做不到。")
    for who in (person("county-clerk"), person("county-clerk-elsewhere"), person("county-standards"),
                person("city-standards"), person("market-regulator"), person("reviewer"), somebody("stranger")):
        with pytest.raises(Forbidden):
            answer_reports(by=who, reports=[said], outcome="look", text="提前复审。")
    assert not FeedbackAnswer.objects.exists()
    (answer,) = answer_reports(by=person("province-editor"), reports=[said], outcome="look", text="提前复审。")
    assert answer.by == "province-editor"


def test_reports_are_answered_all_or_none_where_one_is_about_another_place_s_standard() -> None:
    old_standard(), old_standard("DB9901/T 2-2018", CITY)
    own, other = [report(by=person("county-clerk"), number=number, region=COUNTY, text="做不到。")
                  for number in ("DB9901/T 2-2018", OLD)]
    with pytest.raises(Forbidden):
        answer_reports(by=person("city-standards"), reports=[own, other], outcome="explained", text="可以做到。")
    assert not FeedbackAnswer.objects.exists()
    assert len(answer_reports(by=person("city-standards"), reports=[own], outcome="explained", text="可以做到。")) == 1


def test_only_who_keeps_the_nation_s_standards_loads_a_list(tmp_path: Path) -> None:
    number = "GB/T 99998-2020"
    (tmp_path / "library.yaml").write_text(
        f"standards: [{{number: {number}, kind: national, title_zh: 试, title_en: A try, source: a test, mark: R}}]",
        encoding="utf-8")
    for who in (person("province-editor"), person("market-regulator"), person("reviewer"),
                person("county-clerk-elsewhere"), somebody("regulator", ("market_regulator", NATION)),
                somebody("stranger")):
        with pytest.raises(Forbidden):
            load(by=who, folder=tmp_path, owner="a list")
    assert not StandardRow.objects.filter(number=number).exists()
    assert load(by=person("national-editor"), folder=tmp_path, owner="a list") == Loaded(standards=1)
    assert library().find(number) is not None


def test_only_who_drafts_at_a_system_s_place_plans_its_lines() -> None:
    system = next(one for one in frameworks() if one.region == NATION)
    for who in (person("province-editor"), person("reviewer"), person("county-clerk-elsewhere"),
                somebody("regulator", ("market_regulator", NATION)), somebody("stranger")):
        with pytest.raises(Forbidden):
            plan_all(by=who, code=system.code, years={})
    assert plan_all(by=person("national-editor"), code=system.code, years={}) == []
