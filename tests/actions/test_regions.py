"""Loading places: from reviewed text, in bulk, and the same text twice changes nothing."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jizhun import loading
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions import actions
from jizhun.regions.models import Population, Region, RegionParent, Succession
from jizhun.regions.rules import Persons
from jizhun.regions.sets import place_sets
from worlds import ROOT

pytestmark = pytest.mark.django_db

CHINA, SIMULATED = ROOT / "data" / "regions", ROOT / "data" / "simulated"
HEAD = "code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark\n"
TOWN = "T,,镇,Town,nation,0,T,,,own,R\n"


def folder(path: Path, regions: str, **others: str) -> Path:
    path.mkdir(exist_ok=True)
    (path / "regions.csv").write_text(HEAD + regions, "utf-8")
    for name, text in others.items():
        (path / f"{name}.csv").write_text(text, "utf-8")
    return path


def test_china_loads_whole_and_the_second_time_changes_nothing() -> None:
    first = actions.load(by=None, folder=CHINA)
    before = actions.version("regions")
    second = actions.load(by=None, folder=CHINA)

    assert first.changed > first.regions > 3500
    assert (second.changed, second.removed) == (0, 0)
    assert actions.version("regions") == before
    assert actions.tree().path("320102", date(2024, 1, 1)) == ("CN", "320000", "320100", "320102")


def test_loading_places_takes_the_right_and_leaves_a_line(tmp_path: Path) -> None:
    """Through the door that packages take: a stranger may not, and the trail tells what came."""
    actions.load(by=None, folder=folder(tmp_path / "nation", TOWN.replace("T,,", "CN,,").replace(",T,", ",CN,")))
    package = folder(tmp_path / "town", TOWN)
    (package / "package.yaml").write_text("code: T\n", "utf-8")
    with pytest.raises(Forbidden):
        list(loading.package(by=User.objects.create(username="stranger"), folder=package))
    assert not Region.objects.filter(code="T").exists()
    list(loading.package(by=SYSTEM, folder=package))
    list(loading.package(by=SYSTEM, folder=package))
    (line,) = AuditLine.objects.filter(act="regions.load")
    assert (line.subject, json.loads(line.after)["regions"]) == ("town", 1)


@pytest.mark.parametrize("said", [
    "", "code: [1]\n", f"code: {'x' * 65}\n", "code: CN\n", "code: sim\n", "code: true\n", "code: ../x\n",
    "code: '  '\n", "code: ' CN'\n"])
def test_a_package_with_no_proper_description_is_refused(tmp_path: Path, said: str) -> None:
    (folder(tmp_path, TOWN) / "package.yaml").write_text(said, "utf-8")
    with pytest.raises(Refused, match=r"package\.yaml"):
        list(loading.package(by=SYSTEM, folder=tmp_path))
    assert not Region.objects.exists()


@pytest.mark.parametrize(("name", "text", "says"), [
    ("regions", TOWN + "370000,CN,盗,Stolen,province,1,CN,,,own,R\n", "“370000” came with “CN”"),
    ("parents", "region,parent,role,valid_from,valid_until,source,mark\n370000,T,fiscal,,,own,R\n", "370000 is not in"),
    ("days_off", "region,day,working,source,mark\n370000,2026-05-06,0,own,R\n", "370000 is not in this folder"),
    ("successions", "old,new,kind,on,source,mark\n370000,360000,merge,2026-01-01,own,R\n", "is not in this folder"),
    ("tiles", "code,row,column,short_zh,short_en\n370000,1,1,鲁,SD\n", "370000 is not in this folder"),
    ("parts", "scheme,region,part,name_zh,name_en,source,mark\nfour,370000,x,甲,A,own,R\n", "370000 is not in this"),
    ("population", "code,as_of,persons,source,mark\n370000,2020-11-01,5,own,R\n", "370000 is not in this")])
def test_a_package_speaks_of_its_own_places_only(tmp_path: Path, name: str, text: str, says: str) -> None:
    actions.load(by=None, folder=CHINA, owner="CN")
    before, days = list(Region.objects.filter(root="CN").values()), RegionParent.objects.count()
    package = folder(tmp_path / "town", TOWN)
    (package / f"{name}.csv").write_text((HEAD if name == "regions" else "") + text, "utf-8")
    (package / "package.yaml").write_text("code: T\n", "utf-8")
    with pytest.raises(Refused, match=says):
        list(loading.package(by=SYSTEM, folder=package))
    assert list(Region.objects.filter(root="CN").values()) == before and RegionParent.objects.count() == days


def test_every_row_has_a_source_and_a_mark() -> None:
    actions.load(by=None, folder=CHINA)
    actions.load(by=None, folder=SIMULATED)

    assert not Region.objects.filter(source="").exists()
    assert not Succession.objects.exclude(mark__in=["V-repo", "R"]).exists()
    assert set(Region.objects.filter(simulated=True).values_list("mark", flat=True)) == {"SIM"}
    assert not Region.objects.filter(simulated=False, code__startswith="99").exists()


def test_the_tree_is_kept_until_the_revision_moves_on(tmp_path: Path) -> None:
    actions.load(by=None, folder=folder(tmp_path, TOWN))
    kept = actions.tree()
    with CaptureQueriesContext(connection, ) as asked:
        assert actions.tree() is kept
    assert len(asked) == 1

    actions.load(by=None, folder=folder(tmp_path, TOWN.replace("Town", "Village")))

    assert actions.tree().known("T").name.en == "Village"
    assert actions.revision("regions") == 2


def test_a_parent_that_the_folder_no_longer_names_is_removed(tmp_path: Path) -> None:
    parents = "region,parent,role,valid_from,valid_until,source,mark\nA,T,fiscal,,,own,R\n"
    place = TOWN + "A,T,甲,Jia,county,3,T,,,own,R\n"
    actions.load(by=None, folder=folder(tmp_path, place, parents=parents))
    assert RegionParent.objects.count() == 2

    loaded = actions.load(by=None, folder=folder(tmp_path, place, parents=parents.splitlines()[0]))

    assert loaded.removed == 1
    assert RegionParent.objects.get().role == "administrative"


@pytest.mark.parametrize(("regions", "words"), [
    ("A,T,甲,Jia,county,3,T,,,own,R\n", "regions.csv:2: there is no region with the code “T”"),
    (TOWN.replace(",0,", ",7,"), "regions.csv:2: “level” must be one of 0, 1, 2, 3, 4, not “7”"),
    (TOWN + "T,,镇,Town,nation,0,T,,,own,R\n", "regions.csv:3: “T” stands there twice, first at regions.csv:2"),
    (TOWN.replace("T,,", "T T,,"), "“T T” cannot be a code"),
    (TOWN.replace("T,,", f"{'T' * 70},,"), "at most 64 characters"),
    (TOWN.replace("own,R", "own,X"), "“mark” must be one of"),
    (TOWN.replace("own,R", ",R"), "“source” is missing"),
    (TOWN.replace(",,,own", ",2024-02-30,,own"), "regions.csv:2: “2024-02-30” is not a date"),
    (TOWN.replace(",,,own", ",2024-02-02,2024-02-01,own"), "the last day is before the first"),
])
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_kept(
        tmp_path: Path, regions: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.load(by=None, folder=folder(tmp_path, regions))

    assert words in refused.value.sentence.en
    assert refused.value.sentence.zh.startswith("regions.csv:")
    assert not Region.objects.exists()
    assert actions.revision("regions") == 0


def test_parents_that_go_round_in_a_circle_are_refused_before_anything_is_kept(tmp_path: Path) -> None:
    circle = TOWN + "A,B,甲,Jia,county,3,T,,,own,R\nB,A,乙,Yi,county,3,T,,,own,R\n"
    with pytest.raises(Refused, match="go round in a circle"):
        actions.load(by=None, folder=folder(tmp_path, circle))
    assert not Region.objects.exists()


def test_a_place_of_another_list_cannot_be_redefined(tmp_path: Path) -> None:
    actions.load(by=None, folder=folder(tmp_path, TOWN))
    with pytest.raises(Refused, match="the code “T” belongs to “T” already"):
        actions.load(by=None, folder=folder(tmp_path, TOWN.replace("nation,0,T", "nation,0,X")))


@pytest.mark.parametrize(("content", "words"), [
    ("", "There is not one row in regions.csv"),
    ("code,name_zh,colour\nT,镇,red\n", "regions.csv:2: there is no column “colour”"),
])
def test_a_table_without_rows_or_with_a_column_that_nobody_knows_is_refused(
        tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "regions.csv").write_text(content, "utf-8")
    with pytest.raises(Refused) as refused:
        actions.load(by=None, folder=tmp_path)
    assert words in refused.value.sentence.en


def test_a_place_cannot_succeed_itself(tmp_path: Path) -> None:
    successions = "old,new,kind,on,source,mark\nT,T,rename,2020-01-01,own,R\n"
    with pytest.raises(Refused, match=r"successions\.csv:2: a place cannot succeed itself"):
        actions.load(by=None, folder=folder(tmp_path, TOWN, successions=successions))


def test_a_folder_without_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"There is no regions\.csv"):
        actions.load(by=None, folder=tmp_path)


def test_a_place_inherits_days_off_and_may_turn_one_back(tmp_path: Path) -> None:
    days = ("region,day,working,reason_zh,reason_en,source,mark\n"
            "T,2024-05-06,0,,,own,R\nT,2024-05-07,0,,,own,R\nA,2024-05-07,1,,,own,R\n")
    place = TOWN + "A,T,甲,Jia,county,3,T,,,own,R\n"
    actions.load(by=None, folder=folder(tmp_path, place, days_off=days))

    assert actions.days_off("A", date(2024, 1, 1)) == {date(2024, 5, 6): False, date(2024, 5, 7): True}


def test_the_files_name_no_place_twice() -> None:
    for data in (CHINA, SIMULATED):
        with (data / "regions.csv").open(encoding="utf-8", newline="") as text:
            codes = [line["code"] for line in csv.DictReader(text)]
        assert len(codes) == len(set(codes))


def test_two_parents_at_once_are_refused(tmp_path: Path) -> None:
    """One after the other is how places move; both on one day is a slip, and neither may quietly win."""
    places = TOWN + "A,,甲,A,county,1,T,,,own,R\nB,T,乙,B,county,1,T,,,own,R\nC,,丙,C,village,2,T,,,own,R\n"
    head = "region,parent,role,valid_from,valid_until,source,mark\nA,T,administrative,,,own,R\n"
    moved = head + "C,A,administrative,,2020-12-31,own,R\nC,B,administrative,2021-01-01,,own,R\n"
    actions.load(by=None, folder=folder(tmp_path, places, parents=moved))
    assert actions.tree().path("C", date(2022, 1, 1)) == ("T", "B", "C")
    both = moved.replace("2020-12-31", "2021-06-30")
    with pytest.raises(Refused, match="On 2021-01-01 C has two parents: A and B"):
        actions.load(by=None, folder=folder(tmp_path, places, parents=both))


# -- how many live there, and sets of places ------------------------------------------------------


def test_the_census_of_2020_is_whole_and_known_from_its_day_on() -> None:
    actions.load(by=None, folder=CHINA)
    actions.load(by=None, folder=SIMULATED)
    rows = Population.objects.filter(region__simulated=False)
    assert rows.count() == 31 and sum(rows.values_list("persons", flat=True)) == 1_409_778_724
    assert set(rows.values_list("mark", flat=True)) == {"R"}
    later = actions.persons(["CN", "440000", "440100"], date(2026, 1, 1))
    assert later["CN"] == Persons(1_409_778_724, date(2020, 11, 1), summed=True)
    assert later["440000"] == Persons(126_012_510, date(2020, 11, 1)) and "440100" not in later
    assert actions.persons(["CN", "440000"], date(2020, 10, 31)) == {}


def test_fictional_places_have_simulated_populations_that_sum_up() -> None:
    actions.load(by=None, folder=CHINA)
    actions.load(by=None, folder=SIMULATED)
    held = actions.tree()
    on = date(2026, 1, 1)
    found = actions.persons(held.within("990000", on), on)
    assert set(Population.objects.filter(region__simulated=True).values_list("mark", flat=True)) == {"SIM"}
    assert found["990100"].number == sum(found[code].number for code in held.children("990100", on))
    assert found["990000"].summed and found["990000"].number == sum(
        found[code].number for code in held.children("990000", on))


@pytest.mark.parametrize("persons", ["", "0", "-4", "1.5", "many", "9" * 12])
def test_a_population_that_is_no_number_of_persons_is_refused(tmp_path: Path, persons: str) -> None:
    text = f"code,as_of,persons,source,mark\nT,2020-11-01,{persons},own,R\n"
    with pytest.raises(Refused, match="persons"):
        actions.load(by=None, folder=folder(tmp_path, TOWN, population=text))


def test_the_pilot_provinces_are_a_set_and_loading_again_changes_nothing() -> None:
    actions.load(by=None, folder=CHINA)
    actions.load(by=None, folder=SIMULATED)
    before = actions.version("regions")
    assert actions.load(by=None, folder=CHINA).changed == actions.load(by=None, folder=SIMULATED).changed == 0
    assert actions.version("regions") == before
    made_up, real = place_sets("pilot")
    assert real.members == {"220000", "330000", "420000", "460000", "510000", "500000", "530000"}
    assert made_up.mark == "SIM" and all(actions.tree().known(code).simulated for code in made_up.members)
    assert real.holds(("CN", "330000", "330100")) and not real.holds(("CN", "320000"))


SET = """sets:
  - {code: s, kind: area, name: {zh: 组, en: Set}, from: 2020-01-01, source: own, mark: R, members: [T]}
"""


@pytest.mark.parametrize(("change", "says"), [
    (("members: [T]", "members: []"), "it has no members"), (("[T]", "[X]"), "X is not in this folder"),
    (("mark: R", "mark: Z"), "“mark” must be one of"), (("kind: area, ", ""), "“kind” is missing"),
    (("en: Set", "fr: Set"), "in Chinese and in English"), (("2020-01-01", "soon"), "must read like 2021-10-01"),
    (("source: own", "sauce: own"), "no field “sauce”"), (("code: s", "code: s s"), "cannot be a code"),
    (("sets:", "groups:"), "there must be “sets”"),
    (("2020-01-01", "2020-01-01, until: 2019-01-01"), "the first before the last")])
def test_a_set_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    place = folder(tmp_path, TOWN)
    (place / "sets.yaml").write_text(SET.replace(*change), "utf-8")
    with pytest.raises(Refused, match=says):
        actions.load(by=None, folder=place)


def test_a_set_goes_when_the_file_no_longer_names_it_and_its_members_follow_the_file(tmp_path: Path) -> None:
    place = folder(tmp_path, TOWN + "A,T,甲,Jia,county,3,T,,,own,R\n")
    (place / "sets.yaml").write_text(SET, "utf-8")
    actions.load(by=None, folder=place)
    (place / "sets.yaml").write_text(SET.replace("[T]", "[{code: A, from: 2021-01-01}]"), "utf-8")
    assert actions.load(by=None, folder=place).changed == 2
    assert place_sets()[0].members == {"A"}
    (place / "sets.yaml").unlink()
    assert actions.load(by=None, folder=place).removed == 1 and place_sets() == ()
