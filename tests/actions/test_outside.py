"""Outside assessment: cases drawn from the lake and judged blind, surveys taken in whole or not at all."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from jizhun import loading
from jizhun.evaluation import reviewing, surveys
from jizhun.evaluation.actions import cases
from jizhun.evaluation.attainment import published
from jizhun.evaluation.models import CaseReview, Round, Survey
from jizhun.evaluation.rules.agreement import SYSTEM_SAYS
from jizhun.evaluation.rules.sampling import rank
from jizhun.evaluation.sheets import QUESTIONNAIRE, editions, questionnaire_of
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.spreadsheets import read_sheets
from jizhun.loading.evaluated import simulated_evaluation
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden

pytestmark = pytest.mark.usefixtures("world", "db")
PROVINCE, YEAR = "990000", (date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES = settings.LAKE = tmp_path
    yield


@pytest.fixture(scope="module")
def year(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small simulated year, received once for all tests; the folder of its lake."""
    folder = tmp_path_factory.mktemp("lake")
    with override_settings(LAKE=folder, FILES=folder), django_db_blocker.unblock(), transaction.atomic():
        point = transaction.savepoint()
        loading.simulated_cases(by=SYSTEM, cases=3000)
        yield folder
        transaction.savepoint_rollback(point)


def user(name: str) -> User:
    return User.objects.get(username=name)


class TestCases:
    @pytest.fixture(autouse=True)
    def in_the_year(self, files: None, year: Path, settings: Any) -> None:
        settings.LAKE = year

    def drawn(self, wanted: int = 40, seed: str = "s1", by: str = "statistician", **more: Any) -> CaseReview:
        return reviewing.draw_cases(by=user(by), region=PROVINCE, source="simulated", first=YEAR[0], last=YEAR[1],
                                    wanted=wanted, seed=seed, **more)

    def test_the_same_seed_draws_the_same_cases_and_each_stratum_is_the_first_by_hash(self) -> None:
        one, other = self.drawn(), self.drawn()
        keys = [[row.case_key for row in made.drawn.all()] for made in (one, other)]
        assert keys[0] == keys[1] and len(set(keys[0])) == 40
        assert keys[0] == sorted(keys[0], key=lambda key: rank("s1", key)), "shown in an order that tells nothing"
        assert keys[0] != [row.case_key for row in self.drawn(seed="s2").drawn.all()]
        place, matter, verdict, _size, number = max(one.strata, key=lambda row: row[4])
        frame = [row.key for row in cases(source="simulated", region=place, matter=matter, verdict=verdict,
                                          first=YEAR[0], last=YEAR[1])]
        mine = [row.case_key for row in one.drawn.filter(place=place, matter=matter, verdict=verdict)]
        assert mine == sorted(frame, key=lambda key: rank("s1", key))[:number]

    def test_rare_verdicts_are_seen_and_weights_bring_the_frame_back(self) -> None:
        made = self.drawn()
        taken = Counter(row.verdict for row in made.drawn.all())
        assert set(taken) == {"kept", "broken", "no-promise"} | ({"overdue"} & set(taken)) and min(taken.values()) >= 1
        assert taken["broken"] >= 5, "few of the frame, many of the sample"
        frame = sum(row[3] for row in made.strata)
        assert sum(row.weight for row in made.drawn.all()) == pytest.approx(frame)
        assert all(row.verdict != "open" for row in made.drawn.all())

    def test_facts_hold_no_verdict_and_no_person(self) -> None:
        row = self.drawn().drawn.first()
        assert row is not None and set(row.facts) == {"accepted_on", "closed_on", "promises"}
        assert set(row.facts["promises"][0]) == {"measure", "promise", "actual", "unit", "paper_zh", "paper_en"}

    def test_one_matter_only_and_what_cannot_be_drawn(self) -> None:
        assert {row.matter for row in self.drawn(matter="NB029-EX01").drawn.all()} == {"NB029-EX01"}
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"wanted": 0}, "between 1"), ({"seed": "a'; --"}, "A seed is"), ({"matter": "moon"}, "no matter")]
        for more, said in wrong:
            with pytest.raises(Refused, match=said):
                self.drawn(**more)
        with pytest.raises(Refused, match="fictional places only"):
            reviewing.draw_cases(by=SYSTEM, region="330000", source="simulated", first=YEAR[0], last=YEAR[1], wanted=5)

    @pytest.mark.parametrize("who", ["outside-assessor", "county-editor", "reviewer", "reader"])
    def test_who_may_not_draw(self, who: str) -> None:
        with pytest.raises(Forbidden):
            self.drawn(by=who)

    def test_judged_by_assessors_only_and_again_with_a_reason(self) -> None:
        made = self.drawn()
        first = made.drawn.all()[0]
        for who in ("statistician", "province-editor", "national-editor"):
            with pytest.raises(Forbidden):
                reviewing.judge_case(by=user(who), case=first, verdict="kept")
        assessor = user("outside-assessor")
        with pytest.raises(Refused, match="Choose a judgement"):
            reviewing.judge_case(by=assessor, case=first, verdict="moon")
        reviewing.judge_case(by=assessor, case=first, verdict="cannot_tell")
        with pytest.raises(Refused, match="Say why"):
            reviewing.judge_case(by=assessor, case=first, verdict=SYSTEM_SAYS[first.verdict])
        reviewing.judge_case(by=assessor, case=first, verdict=SYSTEM_SAYS[first.verdict], reason="papers came")
        told = reviewing.reviewed(made)
        assert (told.agreement.n, told.agreement.share, told.left) == (1, 1.0, 39)
        assert AuditLine.objects.filter(act="evaluation.judge_case").count() == 2

    def test_conformance_by_assessors_who_agree_with_everything_is_the_systems(self) -> None:
        made = self.drawn(wanted=60)
        for row in made.drawn.all():
            reviewing.judge_case(by=SYSTEM, case=row, verdict=SYSTEM_SAYS[row.verdict])
        told = reviewing.reviewed(made)
        by_verdict = Counter[str]()
        for _place, _matter, verdict, size, _n in made.strata:
            by_verdict[verdict] += size
        kept, not_kept = by_verdict["kept"], by_verdict["broken"] + by_verdict["overdue"]
        assert reviewing.conformance_estimated(told) == pytest.approx(kept / (kept + not_kept))
        assert told.agreement.share == told.agreement.weighted == 1 and told.agreement.kappa == 1


HEAD = "no,place,overall,speed,skill,manner,guide_right,asked_more,channel,words"


class TestSurveys:
    def opened(self, by: str = "outside-assessor", region: str = PROVINCE, **more: Any) -> Survey:
        return surveys.open_survey(by=user(by), questionnaire=editions(QUESTIONNAIRE)[0], region=region,
                                   **{"who": "Institute", "first": YEAR[0], "last": YEAR[1], "invited": 10, **more})

    def taken(self, held: Survey, *rows: str, by: str = "outside-assessor") -> surveys.Taken:
        text = "\n".join([HEAD, *rows])
        return surveys.take_returns(by=user(by), survey=held, content=text.encode(), name="returns.csv")

    def test_all_or_nothing_and_the_same_file_once(self) -> None:
        held = self.opened()
        bad = self.taken(held, "1,990101,5,4,4,5,,no,online,", "2,990101,9,4,4,5,,no,online,")
        assert [one.cell for one in bad.faults] == ["C3"] and not held.returns.exists()
        assert self.taken(held, "1,990101,5,4,4,5,,no,online,").returns == 1
        assert self.taken(held, "1,990101,5,4,4,5,,no,online,").again
        assert [one.cell for one in self.taken(held, "1,990102,5,4,4,5,,no,online,").faults] == ["A2"]
        told = surveys.results(held)
        assert told.whole.returned.value == 0.1 and told.whole.index == pytest.approx(0.4 * 100 + 0.4 * 80 + 0.2 * 100)

    def test_an_empty_form_is_read_back(self) -> None:
        held = self.opened()
        form = surveys.blank_form(questionnaire_of(held.questionnaire), "zh")
        assert read_sheets(form)[0].rows[0] == HEAD.split(",")
        told = surveys.take_returns(by=SYSTEM, survey=held, content=form, name="form.xlsx")
        assert [one.sentence.en for one in told.faults] == ["There are no returns."]

    def test_more_returns_than_people(self) -> None:
        held = self.opened(invited=1)
        with pytest.raises(Refused, match="more than the 1 who were invited"):
            self.taken(held, *(f"{n},990101,5,4,4,5,,no,online," for n in range(2)))

    def test_small_places_of_a_real_survey_are_left_out(self) -> None:
        held = surveys.open_survey(by=SYSTEM, questionnaire=editions(QUESTIONNAIRE)[0], region="330000", who="I",
                                   first=YEAR[0], last=YEAR[1], invited=50)
        rows = [f"{n},{'330102' if n < 10 else '330105'},5,4,4,5,,no,online," for n in range(19)]
        assert surveys.take_returns(by=SYSTEM, survey=held, content="\n".join([HEAD, *rows]).encode(),
                                    name="r.csv").returns == 19
        told = surveys.results(held)
        assert [place for place, _ in told.places] == ["330102"] and told.hidden == 1

    @pytest.mark.parametrize("who", ["province-editor", "county-editor", "reader", "statistician"])
    def test_only_assessors_open_surveys(self, who: str) -> None:
        with pytest.raises(Forbidden):
            self.opened(by=who)

    @pytest.mark.parametrize(("content", "said"), [
        (b"\xff\xfe\x00", "not UTF-8"), (b"PK\x03\x04broken", "damaged|read")])
    def test_files_that_cannot_be_read(self, content: bytes, said: str) -> None:
        with pytest.raises(Refused, match=said):
            surveys.take_returns(by=SYSTEM, survey=self.opened(), content=content, name="r.csv")


def test_the_demonstration_makes_everything_once(year: Path, settings: Any) -> None:
    settings.LAKE = year
    assert simulated_evaluation(by=SYSTEM) == 8
    assert simulated_evaluation(by=SYSTEM) == 0
    one, other = Round.objects.order_by("pk")
    assert one.simulated and len(published("990101")) == 1, "one round is published, one is still open"
    whose = Counter(row["items"]["conformance"][0] for row in published("990101")[0].results.values())
    assert whose.total() == 91 and whose["computed"] > 85, "what is computed counts before what was said"
    assert CaseReview.objects.get().drawn.count() == 60 and other.self_until > timezone.localdate()
