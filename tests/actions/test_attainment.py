"""Rounds of attainment: who says what and when, that nothing said is lost, the draw, what is computed, publication."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from jizhun import loading
from jizhun.evaluation import attainment, computing
from jizhun.evaluation.actions import evaluate
from jizhun.evaluation.attainment import Word
from jizhun.evaluation.evidence import content_of, keep_file, link, path_of
from jizhun.evaluation.models import Assessed, Round, SheetEdition
from jizhun.evaluation.rules.attainment import Stages
from jizhun.evaluation.rules.sampling import rank
from jizhun.evaluation.sheets import SHEET, editions, load, sheet_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.actions import Moved, tree
from worlds import ROOT

pytestmark = pytest.mark.usefixtures("world", "db")
COUNTY, OTHER, CITY, PROVINCE = "990101", "990201", "990100", "990000"
OPENS = date(2026, 1, 1)
STAGES = Stages(OPENS, date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
SELF_DAY, CHECK_DAY, SAMPLE_DAY, AFTER = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 2)
PHOTO = {"name": "a.jpg", "hash": "0" * 64, "bytes": 1}


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES = settings.LAKE = tmp_path
    yield


def user(name: str) -> User:
    return User.objects.get(username=name)


def opened(source: str = "", region: str = PROVINCE, by: str = "province-editor") -> Round:
    return attainment.open_round(
        by=user(by), sheet=editions(SHEET)[0], region=region, name=Bilingual("一轮", "A round"),
        first=date(2025, 1, 1), last=date(2025, 12, 31), source=source, stages=STAGES)


def say(held: Round, who: str, place: str = COUNTY, voice: str = "self", on: date = SELF_DAY, seen: int | None = None,
        **words: Word) -> list[Assessed]:
    return attainment.say(by=user(who), round=held, place=place, voice=voice, words=words, seen=seen, on=on)


def assessed(held: Round, place: str = COUNTY, who: str = "county-editor") -> None:
    say(held, who, place, display=Word("yes", evidence=[PHOTO]), called_back=Word("yes"), conformance=Word("99"))


class TestSaying:
    @pytest.mark.parametrize(("who", "place", "may"), [
        ("county-editor", COUNTY, True), ("county-editor", OTHER, False), ("province-editor", COUNTY, True),
        ("county-clerk", COUNTY, False), ("reviewer", COUNTY, False), ("outside-assessor", COUNTY, False)])
    def test_a_place_assesses_itself(self, who: str, place: str, may: bool) -> None:
        held = opened()
        if may:
            assert len(say(held, who, place, assisted=Word("yes"))) == 1
        else:
            with pytest.raises(Forbidden):
                say(held, who, place, assisted=Word("yes"))

    @pytest.mark.parametrize(("who", "may"), [("city-editor", True), ("county-editor", False), ("reader", False)])
    def test_a_check_comes_from_above_the_place(self, who: str, may: bool) -> None:
        held = opened()
        assessed(held, who="province-editor")
        if may:
            (row,) = say(held, who, voice="check", on=CHECK_DAY, display=Word(agrees=True))
            assert (row.value, row.agrees) == ("yes", True)
        else:
            with pytest.raises(Forbidden):
                say(held, who, voice="check", on=CHECK_DAY, display=Word(agrees=True))

    def test_who_assessed_does_not_check(self) -> None:
        held = opened()
        assessed(held, who="city-editor")
        with pytest.raises(Refused, match="does not check it again"):
            say(held, "city-editor", voice="check", on=CHECK_DAY, display=Word(agrees=True))

    def test_words_that_cannot_be(self) -> None:
        held = opened()
        with pytest.raises(Refused, match="evidence is needed"):
            say(held, "county-editor", display=Word("yes"))
        assert say(held, "county-editor", display=Word("no")), "nothing has to be proved of a no"
        with pytest.raises(Refused, match="no item “moon”"):
            say(held, "county-editor", moon=Word("yes"))
        with pytest.raises(Refused, match="is not in this round"):
            say(held, "province-editor", CITY, assisted=Word("yes"))
        with pytest.raises(Refused, match="say why"):
            say(held, "city-editor", voice="check", on=CHECK_DAY, display=Word("yes", agrees=False))
        with pytest.raises(Refused, match="say what was found instead"):
            say(held, "city-editor", voice="check", on=CHECK_DAY, display=Word("no", False, "looked"))
        with pytest.raises(Refused, match="ended on 2026-02-01"):
            say(held, "county-editor", on=CHECK_DAY, assisted=Word("yes"))

    def test_what_is_the_same_is_not_said_again_and_evidence_stays(self) -> None:
        held = opened()
        assessed(held)
        assert say(held, "county-editor", display=Word("yes"), called_back=Word("yes")) == []
        (row,) = say(held, "county-editor", display=Word("yes", reason="newer"))
        assert row.evidence == [PHOTO]
        assert Assessed.objects.filter(round=held, item="display").count() == 2

    def test_two_people_at_once_are_told(self) -> None:
        held = opened()
        seen = attainment.newest_word(held, COUNTY)
        assessed(held)
        with pytest.raises(Moved, match="“county-editor” has spoken"):
            say(held, "province-editor", seen=seen, assisted=Word("yes"))
        assert say(held, "county-editor", seen=seen, assisted=Word("yes")), "one's own words are no surprise"

    def test_every_word_has_a_line_and_stays(self) -> None:
        held = opened()
        assessed(held)
        line = AuditLine.objects.filter(act="evaluation.self").latest("seq")
        assert line.actor == "county-editor" and "display" in line.after and PHOTO["hash"] in line.after
        row = Assessed.objects.filter(round=held).latest("pk")
        with pytest.raises(DatabaseError), transaction.atomic():
            Assessed.objects.filter(pk=row.pk).update(value="no")
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


class TestRounds:
    def test_who_opens_one_and_who_is_told(self) -> None:
        held = opened()
        assert held.simulated and Notice.objects.filter(username="county-editor", about=str(held)).count() == 1
        with pytest.raises(Forbidden):
            opened(by="county-editor")
        with pytest.raises(Forbidden):
            opened(by="reviewer")

    def test_simulated_cases_are_never_counted_for_real_places(self) -> None:
        loading.simulated_cases(by=SYSTEM, cases=500)
        with pytest.raises(Refused, match="fictional places only"):
            opened(source="simulated", region="330000", by="national-editor")
        with pytest.raises(Refused, match="no source of cases"):
            opened(source="moon")

    def test_the_draw_is_stratified_kept_and_made_once(self) -> None:
        held = opened()
        with pytest.raises(Refused, match="after the self-assessment has ended"):
            attainment.draw_sample(by=user("province-editor"), round=held, wanted=12, on=SELF_DAY)
        made = attainment.draw_sample(by=user("statistician"), round=held, wanted=12, seed="abc", on=CHECK_DAY)
        drawn = [place for places in made.chosen.values() for place in places]
        assert len(drawn) == 12 and set(made.chosen) == set(made.sizes), "every prefecture has one"
        for city, places in made.chosen.items():
            below = [code for code in attainment.places_of(PROVINCE, "county", OPENS)
                     if city in tree().path(code, OPENS)]
            assert places == sorted(below, key=lambda code: rank("abc", code))[:len(places)]
        with pytest.raises(Refused, match="drawn already"):
            attainment.draw_sample(by=user("province-editor"), round=held, wanted=12, on=CHECK_DAY)
        with pytest.raises(Refused, match="A seed is letters"):
            attainment.draw_sample(by=user("province-editor"), round=opened(), wanted=1, seed="a'b", on=CHECK_DAY)

    def test_a_sampled_place_is_heard_from_the_province_only(self) -> None:
        held = opened()
        for place in (COUNTY, OTHER):
            assessed(held, place, "national-editor" if place == OTHER else "county-editor")
        made = attainment.draw_sample(by=user("province-editor"), round=held, wanted=91, on=CHECK_DAY)
        assert sum(map(len, made.chosen.values())) == 91
        with pytest.raises(Forbidden):
            say(held, "city-editor", voice="sample", on=SAMPLE_DAY, display=Word(agrees=True))
        say(held, "province-editor", voice="sample", on=SAMPLE_DAY, display=Word("no", False, "not seen"))
        one = attainment.board(held).standing(COUNTY)
        assert "display" in one.knocked and not one.attained

    def test_publication_freezes(self) -> None:
        held = opened()
        with pytest.raises(Refused, match="after the sample has ended"):
            attainment.publish(by=user("reviewer"), round=held, on=SAMPLE_DAY)
        with pytest.raises(Refused, match="No place has assessed itself"):
            attainment.publish(by=user("reviewer"), round=held, on=AFTER)
        assessed(held)
        with pytest.raises(Forbidden):
            attainment.publish(by=user("province-editor"), round=held, on=AFTER)
        made = attainment.publish(by=user("reviewer"), round=held, on=AFTER)
        assert made.results[COUNTY]["items"]["display"] == ["self", "yes", "6"]
        assert made.results[OTHER]["attained"] is False and "display" in made.results[OTHER]["unsaid"]
        for act in (lambda: say(held, "county-editor", assisted=Word("yes")),
                    lambda: attainment.compute(by=user("province-editor"), round=held),
                    lambda: attainment.publish(by=user("reviewer"), round=held, on=AFTER)):
            with pytest.raises(Refused, match="published"):
                act()
        assert [one.pk for one in attainment.published(COUNTY)] == [made.pk]
        assert attainment.published("330000") == [] == attainment.published("CN")


class TestComputing:
    def test_what_is_computed_is_what_the_indices_say(self) -> None:
        loading.simulated_cases(by=SYSTEM, cases=4000)
        held = opened(source="simulated")
        assessed(held)
        made = attainment.compute(by=user("statistician"), round=held, on=SELF_DAY)
        own = evaluate(index="conformance", source="simulated", by="county", region=PROVINCE,
                       first=date(2025, 1, 1), last=date(2025, 12, 31))
        counts = {row.labels[0][0]: (row.figure.numerator, row.figure.denominator) for row in own.rows}
        found = {place: (one["conformance"]["fits"], one["conformance"]["of"]) for place, one in made.values.items()}
        assert found == {place: counts.get(place, (0, 0)) for place in found}
        assert sum(kept for kept, _ in found.values()) > 3000
        assert made.made_from["conformance"] == f"run:{own.run.pk}"
        assert {item for item, one in made.values[COUNTY].items() if one["value"]} >= {"guides", "followed", "on_time"}
        line = next(one for one in attainment.board(held).standing(COUNTY).lines if one.item.code == "conformance")
        assert line.voice == "computed" and line.said["self"] == "0.99"

    def test_ratings_are_counted_without_default_praise(self) -> None:
        loading.simulated_cases(by=SYSTEM, cases=4000)
        places = attainment.places_of(PROVINCE, "county", OPENS)
        asked = computing.Asked(PROVINCE, places, "simulated", date(2025, 1, 1), date(2025, 12, 31), OPENS, 3)
        found = computing.figures(asked, ["positive_rate"]).values["positive_rate"]
        rated = sum(one.of for one in found.values())
        assert 100 < rated < 1000 and all(one.fits <= one.of for one in found.values())
        before = computing.Asked(PROVINCE, places, "simulated", date(2020, 1, 1), date(2020, 12, 31), OPENS, 3)
        told = computing.figures(before, ["positive_rate", "conformance"])
        assert told.values == {"positive_rate": {}, "conformance": {}} and "no cases" in told.made_from["conformance"]

    def test_without_cases_only_coverage_has_values(self) -> None:
        held = opened()
        made = attainment.compute(by=user("province-editor"), round=held, on=SELF_DAY)
        told = {item for item, one in made.values[COUNTY].items() if one["value"]}
        assert told == {"guides", "procedures", "current"}
        assert "names no source" in made.made_from["conformance"]


class TestSheets:
    def test_an_edition_is_never_changed(self, tmp_path: Path) -> None:
        folder = tmp_path / "evaluation" / "sheets"
        folder.mkdir(parents=True)
        text = (ROOT / "data" / "evaluation" / "sheets" / "county-example.yaml").read_text("utf-8")
        file = folder / "county-example.yaml"

        def loaded(content: str) -> dict[str, int]:
            file.write_text(content, "utf-8")
            return load(by=SYSTEM, folder=folder.parent, owner="CN", figures=set(computing.FIGURES))
        assert loaded(text) == {"sheet": 0, "questionnaire": 0}
        with pytest.raises(Refused, match="a change is a new edition"):
            loaded(text.replace("pass_share: 0.8", "pass_share: 0.7"))
        assert loaded(text.replace('edition: "2025"', 'edition: "2026"'))["sheet"] == 1
        with pytest.raises(Refused, match="nobody computes “moon”"):
            loaded(text.replace("computes: on_time", "computes: moon").replace('"2025"', '"2027"'))
        assert {sheet_of(one).edition for one in SheetEdition.objects.filter(kind=SHEET)} == {"2025", "2026"}

    def test_only_who_keeps_the_catalogue_loads_sheets(self) -> None:
        with pytest.raises(Forbidden):
            load(by=user("province-editor"), folder=ROOT / "data" / "evaluation", owner="CN", figures=set())


class TestEvidence:
    def test_kept_by_its_hash_once_and_checked_when_it_is_read(self) -> None:
        kept = keep_file("../照片.JPG", b"picture")
        assert keep_file("other.jpg", b"picture")["hash"] == kept["hash"] and kept["name"] == "照片.JPG"
        assert content_of(kept["hash"]) == b"picture"
        path_of(kept["hash"]).write_bytes(b"painted over")
        with pytest.raises(Refused, match="tampered with"):
            content_of(kept["hash"])

    @pytest.mark.parametrize("wrong", [("a.exe", b"x"), ("a.html", b"x"), ("a.pdf", b""), ("noending", b"x")])
    def test_files_that_are_no_evidence(self, wrong: tuple[str, bytes]) -> None:
        with pytest.raises(Refused):
            keep_file(*wrong)

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://a.b/c", "https://", "moon"])
    def test_links_that_are_none(self, address: str) -> None:
        with pytest.raises(Refused, match="no web address"):
            link(address)

    def test_no_path_leads_out(self) -> None:
        with pytest.raises(Refused, match="no such evidence"):
            path_of("../../etc/passwd")


def test_days_of_a_round_are_kept_as_given() -> None:
    held = opened()
    assert attainment.stages_of(held) == STAGES and held.opens + timedelta(31) == held.self_until
    assert timezone.localdate() > AFTER, "a year that is over, so that the days can be chosen freely"
