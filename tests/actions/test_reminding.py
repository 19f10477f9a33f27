"""Who is told of what is due in the making of standards: bodies too, once, and only who may act on it today."""

from datetime import timedelta

import pytest
from django.urls import reverse

from drafting_cast import (
    CITY,
    COUNTY,
    PROVINCE,
    ballot_on,
    days,
    in_comments,
    in_review,
    person,
    published,
    round_of,
    today,
)
from jizhun.drafting.actions import ballots, comments, projects
from jizhun.drafting.actions.holders import holders
from jizhun.drafting.actions.reminding import remind
from jizhun.drafting.models import Ballot, Project
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import Grant, Notice, User
from jizhun.workbench.making import making

pytestmark = pytest.mark.usefixtures("world", "db")

OF_COUNTY = {"county-clerk", "county-editor", "county-standards"}
OF_CITY = {"city-editor", "city-standards"}
WEEK = timedelta(days=7)


def told(project: Project, words: str) -> list[str]:
    """Logins of the notices about a project whose English words hold these, one for each notice."""
    found = Notice.objects.filter(about=projects.about(project), text_en__contains=words)
    return sorted(found.values_list("username", flat=True))


def over(name: str) -> None:
    """The grants of this login have ended."""
    Grant.objects.filter(user__username=name).update(valid_from=today() - days(9), valid_until=today() - days(1))


def ahead(name: str) -> None:
    """The grants of this login have not begun."""
    Grant.objects.filter(user__username=name).update(valid_from=today() + days(1))


def by_bodies(project: Project, *bodies: str, usernames: tuple[str, ...] = ()) -> Ballot:
    """A ballot of bodies, open for three weeks."""
    draft = projects.examined(project)
    assert draft is not None
    return ballots.open_ballot(by=person("province-editor"), project=project, draft=draft, rule="committee",
                               question=Bilingual("是否同意？", "Agreed?"), closes_on=today() + days(21), bodies=bodies,
                               usernames=usernames)


class TestWhoHolds:
    def test_a_right_is_held_at_the_very_place_today(self) -> None:
        assert holders({"standard.comment"}, COUNTY) == sorted(OF_COUNTY)
        assert holders({"standard.edit"}, PROVINCE) == ["province-editor"]
        over("county-clerk")
        ahead("county-editor")
        assert holders({"standard.comment"}, COUNTY) == ["county-standards"]

    def test_a_user_who_may_not_sign_in_holds_nothing(self) -> None:
        User.objects.filter(username="county-clerk").update(is_active=False)
        assert "county-clerk" not in holders({"standard.comment"}, COUNTY)


class TestBallots:
    def test_who_speaks_for_a_body_is_called_when_a_ballot_opens(self) -> None:
        project = in_review()
        by_bodies(project, CITY, COUNTY, PROVINCE, usernames=("committee-1",))
        everybody = OF_COUNTY | OF_CITY | {"province-editor", "committee-1", "committee-2", "committee-3"}
        assert told(project, "Please vote by") == sorted(everybody)
        assert {*Notice.objects.filter(text_en__startswith="Please vote by").values_list("username", flat=True)} == {
            name for name in everybody if any(
                ballots.voters_for(by=person(name), ballot=one) for one in project.ballots.all())}

    def test_nobody_whose_grant_has_ended_or_not_begun_is_called(self) -> None:
        project = in_review()
        over("county-clerk")
        ahead("county-editor")
        by_bodies(project, COUNTY, usernames=("committee-1", "committee-2"))
        assert told(project, "Please vote by") == ["committee-1", "committee-2", "county-standards"]

    def test_bodies_are_reminded_once_until_they_have_voted(self) -> None:
        project = in_review()
        ballot = by_bodies(project, CITY, COUNTY, usernames=("committee-1",))
        remind(on=ballot.closes_on - WEEK - days(1))
        assert told(project, "please vote, due") == []
        county = ballot.voters.get(region=COUNTY)
        ballots.vote(by=person("county-clerk"), voter=county, position="approve")
        for before in (7, 3, 0):
            remind(on=ballot.closes_on - days(before))
        assert told(project, "please vote, due") == ["city-editor", "city-standards", "committee-1"]

    def test_a_ballot_that_nobody_closes_is_told_once_to_whose_move_it_is(self) -> None:
        project = in_review()
        ballot = ballot_on(project)
        remind(on=ballot.closes_on)
        assert told(project, "please close the ballot") == []
        for after in (1, 2):
            remind(on=ballot.closes_on + days(after))
        assert told(project, "please close the ballot, overdue since") == ["province-editor"]

    def test_a_ballot_of_a_project_that_was_stopped_is_nobodys_business(self) -> None:
        project = in_review()
        ballot = ballot_on(project)
        projects.take(by=person("province-editor"), project=project, act="stop", reason="不再需要。")
        assert remind(on=ballot.closes_on) == remind(on=ballot.closes_on + days(1)) == 0


class TestRounds:
    def test_bodies_are_told_when_a_round_opens(self) -> None:
        project = in_comments()
        row = round_of(project)
        assert told(project, f"please comment, from {row.opens_on} to {row.closes_on}") == sorted(OF_CITY | OF_COUNTY)
        assert {*Notice.objects.values_list("href", flat=True)} >= {f"consultations/{row.pk}/"}

    def test_bodies_that_said_nothing_are_reminded_by_who_speaks_for_them_today(self) -> None:
        project = in_comments()
        comments.comment_for_body(by=person("city-standards"), consultation=round_of(project), region=CITY,
                                  text="同意。")
        over("county-clerk")
        ahead("county-editor")
        remind()
        remind()
        assert told(project, "please comment, due") == ["county-standards"]

    def test_a_round_that_nobody_closes_is_told_once_to_whose_move_it_is(self) -> None:
        project = in_comments()
        remind(on=today())
        assert told(project, "please close the round") == []
        for after in (1, 2):
            remind(on=today() + days(after))
        assert told(project, "please close the round of comments, overdue since") == ["province-editor"]

    def test_whom_it_was_handed_to_closes_it_and_a_closed_round_is_not_told(self) -> None:
        project = in_comments()
        projects.hand_to(by=person("province-editor"), project=project, username="reader")
        remind(on=today() + days(1))
        assert told(project, "please close the round") == ["reader"]
        Notice.objects.all().delete()
        comments.close_consultation(by=person("province-editor"), consultation=round_of(project))
        remind(on=today() + days(1))
        assert told(project, "please close the round") == []


class TestFiling:
    def test_a_local_standard_is_to_be_filed_within_sixty_days_by_its_publisher(self) -> None:
        project = published()
        remind(on=today() + days(52))
        assert told(project, "please file it") == []
        for after in (53, 60, 61, 62):
            remind(on=today() + days(after))
        assert told(project, "please file it for record, due") == ["market-regulator"]
        assert told(project, "please file it for record, overdue since") == ["market-regulator"]

    @pytest.mark.parametrize(("verdict", "asked"), [("passed", []), ("failed", ["market-regulator"])])
    def test_it_is_not_asked_for_once_it_is_filed(self, verdict: str, asked: list[str]) -> None:
        project = published()
        projects.record_evidence(by=person("market-regulator"), project=project, kind="filed", text="备案。",
                                 verdict=verdict)
        remind(on=today() + days(60))
        assert told(project, "please file it") == asked

    def test_a_normative_document_is_filed_by_whoever_publishes_it(self) -> None:
        project = published()
        Project.objects.filter(pk=project.pk).update(procedure="normative", due_on=today() + days(15))
        remind(on=today() + days(15))
        assert told(project, "please file it") == ["province-editor"]

    def test_a_kind_that_is_not_filed_is_never_asked_for_it(self) -> None:
        project = published()
        Project.objects.filter(pk=project.pk).update(procedure="group", due_on=today())
        assert remind() == 0


class TestWhichStepsCount:
    def test_no_way_out_that_is_not_waited_for_asks_for_another_right(self) -> None:
        """Neither a refusal nor a return makes it anybody's move whose move it is not anyway."""
        for how in projects.procedures().by_code.values():
            for stage in how.stages:
                out = [way for way in how.open_to(stage) if way.act != "stop"]
                onward = [way for way in out if way.act not in ("redraft", "refuse")]
                assert {way.right for way in out} == {way.right for way in onward}, (how.code, stage)

    def test_the_desk_and_the_reminder_name_the_same_person(self) -> None:
        project = in_comments()
        Project.objects.filter(pk=project.pk).update(due_on=today())
        remind()
        page, names = reverse("project", args=[project.code]), ("province-editor", "market-regulator", "city-standards")
        at_the_desk = [name for name in names if any(page in need.href for need in making(person(name)))]
        assert at_the_desk == told(project, "Comments, due") == ["province-editor"]
