"""What if, asked and run: who may ask for where, what is kept and what is not, stopped, forgotten, small figures."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.utils import timezone

from jizhun.entitlements.actions import entitled, entitlements, keeping, what_if
from jizhun.entitlements.models import WhatIf
from jizhun.entitlements.rules.promising import Places
from jizhun.entitlements.whatif.outcome import Totals
from jizhun.entitlements.whatif.reporting import LEAST, lines_by_region, read_report
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import verify_trail
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import bump, tree

pytestmark = pytest.mark.usefixtures("world", "db")
COUNTY, OTHER, THIRD = "990101", "990201", "990301"
DAY = date(2026, 12, 1)
HIGHER = {"entitlement": "residents_pension", "regions": [COUNTY], "from": "2026-12", "months": 12,
          "provisions": [{"subject": "NB050", "measure": "basic_pension", "region": "CN", "modality": "floor",
                          "value": 183, "unit": "CNY/month"}]}
COLUMNS = {"birth_date": "born", "draws_pension": "draws", "resident_years": "years", "resident_account": "account"}


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES = tmp_path / "files"
    yield


def user(name: str) -> User:
    return User.objects.get(username=name)


CLERK, ELSEWHERE, PROVINCE, NATION = "county-clerk", "county-clerk-elsewhere", "province-editor", "national-editor"


def rows_of(counts: dict[str, int], born: str = "1950-01-01") -> str:
    """So many persons in each region, all of them entitled."""
    lines = [f"{region},1,{born},no,15,1390" for region, count in counts.items() for _ in range(count)]
    return "\n".join(["where,n,born,draws,years,account", *lines])


def handed(text: str | bytes, name: str = "people.csv") -> keeping.Handed:
    content = text.encode() if isinstance(text, str) else text
    return keeping.Handed(name, lambda: [content])


def run_file(text: str, who: str = PROVINCE, **changes: Any) -> WhatIf:
    """Hand a file over, match its columns, and let the worker run it."""
    made = keeping.ask_for(by=user(who), scenario={**HIGHER, **changes}, file=handed(text))
    keeping.match(by=user(who), token=made.token, region="where", weight="n", facts=COLUMNS)
    keeping.run(token=made.token)
    return WhatIf.objects.get(pk=made.pk)


# -- who may ask


@pytest.mark.parametrize(("who", "regions", "may"), [
    (CLERK, [COUNTY], True), (ELSEWHERE, [OTHER], True), (PROVINCE, ["990000"], True),
    (PROVINCE, [COUNTY, OTHER], True),
    (NATION, ["CN"], True), ("reader", [COUNTY], True), (CLERK, [OTHER], False), (CLERK, [COUNTY, OTHER], False),
    (CLERK, ["990100"], False), (CLERK, ["CN"], False), (ELSEWHERE, [COUNTY], False), (PROVINCE, ["330000"], False),
    (PROVINCE, ["CN"], False)])
def test_one_asks_for_the_places_of_ones_roles(who: str, regions: list[str], may: bool) -> None:
    def asking() -> WhatIf:
        return keeping.ask_for(by=user(who), scenario={**HIGHER, "regions": regions}, code="sample_province", rows=500)
    if may:
        assert asking().state == WhatIf.WAITING
        return
    with pytest.raises(Forbidden):
        asking()
    assert not WhatIf.objects.exists() and not AuditLine.objects.filter(act="entitlements.ask_what_if").exists()


def test_who_holds_no_role_asks_for_nothing() -> None:
    nobody = User.objects.create(username="nobody")
    with pytest.raises(Forbidden):
        keeping.ask_for(by=nobody, scenario=HIGHER, code="sample_province")


def test_the_right_is_asked_again_when_it_runs() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, code="sample_province", rows=500)
    user(CLERK).grants.all().delete()
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert made.state == WhatIf.REFUSED and made.outcome is None and "no right" in made.sentence_en


@pytest.mark.parametrize("act", ["match", "cancel", "forget"])
def test_what_somebody_else_asked_for_is_not_there(act: str) -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20})))
    more = {"region": "where", "weight": "", "facts": {}} if act == "match" else {}
    with pytest.raises(Refused, match="no such run"):
        getattr(keeping, act)(by=user(NATION), token=made.token, **more)
    assert keeping.own(by=user(NATION), token=made.token) is None
    made.refresh_from_db()
    assert made.state == WhatIf.MATCHING


# -- what comes of it


def test_a_rise_costs_what_each_gets_more() -> None:
    """Twenty yuan a month for forty persons of this county; those elsewhere are not asked about."""
    one = run_file(rows_of({COUNTY: 40, OTHER: 30}))
    assert (one.state, one.sentence_en, one.share) == (WhatIf.DONE, "", 1.0)
    report = read_report(one.outcome or {})
    assert report.total.persons == 40 and report.total.gain == 40 and report.total.lose == 0
    assert report.total.difference == 40 * 12 * 20_00
    assert [(line.regions, line.difference) for line in report.regions] == [((COUNTY,), 40 * 12 * 20_00)]
    assert sum(after - before for _, before, after in report.payers) == report.total.difference
    assert {after - before for _, before, after in report.months} == {40 * 20_00}
    assert (one.people["rows"], one.people["bad"], one.digest[:4]) == (70, 0, one.people["digest"][:4])


def test_a_shipped_population_is_named_and_called_what_it_is() -> None:
    made = keeping.ask_for(by=user(PROVINCE), scenario={**HIGHER, "regions": ["990000"]}, code="sample_province",
                           rows=3000)
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert (made.state, made.simulated, made.synthetic) == (WhatIf.DONE, True, True)
    assert "simulated" in made.population_en and "模拟" in made.population_zh
    report = read_report(made.outcome or {})
    assert report.total.persons == keeping.population("sample_province").persons
    whole_year = (report.total.gain or 0) * 12 * 20_00
    assert 0.95 * whole_year < (report.total.difference or 0) <= whole_year, "some turn sixty in the course of the year"


def test_what_is_kept_reads_back_as_it_was() -> None:
    report = read_report(run_file(rows_of({COUNTY: 40, OTHER: 30}), regions=["990000"]).outcome or {})
    assert read_report(report.plain()) == report


def test_a_result_grows_old_when_rules_or_values_are_recorded() -> None:
    one = run_file(rows_of({COUNTY: 20}))
    assert not keeping.is_old(one)
    bump("provisions")
    assert keeping.is_old(one)


def test_every_act_leaves_a_line_and_the_trail_holds() -> None:
    one = run_file(rows_of({COUNTY: 20}))
    keeping.forget(by=user(PROVINCE), token=one.token)
    acts = list(AuditLine.objects.filter(subject=str(one)).order_by("seq").values_list("act", "actor"))
    assert acts == [(f"entitlements.{act}_what_if", PROVINCE) for act in ("ask", "match", "run", "forget")]
    assert verify_trail() is None and not WhatIf.objects.exists()


# -- people are not kept


def test_the_file_is_kept_where_nobody_reads_it_and_only_until_it_ran() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20}), "../../名单 1.csv"))
    folder = keeping.folder_of(made)
    assert [path.name for path in folder.iterdir()] == ["people.csv"] and folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert made.population_en == "名单 1.csv"
    keeping.match(by=user(CLERK), token=made.token, region="where", weight="n", facts=COLUMNS)
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert made.state == WhatIf.DONE and not folder.exists()
    assert "1950-01-01" not in f"{made.outcome}{made.people}{made.asked_of}"


def test_a_refused_run_keeps_no_people_either() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({OTHER: 20})))
    keeping.match(by=user(CLERK), token=made.token, region="where", weight="", facts=COLUMNS)
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert (made.state, made.sentence_en) == (WhatIf.REFUSED, "The population has nobody in these regions.")
    assert not keeping.folder_of(made).exists()


def test_a_fault_of_ours_keeps_no_people_either() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20})))
    keeping.match(by=user(CLERK), token=made.token, region="where", weight="", facts=COLUMNS)
    WhatIf.objects.filter(pk=made.pk).update(scenario={**HIGHER, "months": "a year"},
                                             asked_of={"file": "x", "suffix": ".csv"})
    with pytest.raises(KeyError):
        WhatIf.objects.filter(pk=made.pk).update(scenario=HIGHER)
        keeping.run(token=made.token)
    made.refresh_from_db()
    assert made.state == WhatIf.FAILED and not keeping.folder_of(made).exists()


def test_files_of_a_dead_worker_are_removed_at_once_and_those_left_lying_after_a_day() -> None:
    left = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20})))
    dead = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20})))
    WhatIf.objects.filter(pk=dead.pk).update(state=WhatIf.RUNNING)
    assert keeping.folder_of(dead).exists()
    keeping.ask_for(by=user(NATION), scenario=HIGHER, code="sample_province")
    assert keeping.folder_of(left).exists() and not keeping.folder_of(dead).exists()
    WhatIf.objects.filter(pk=left.pk).update(asked_at=timezone.now() - timedelta(hours=25))
    keeping.ask_for(by=user(NATION), scenario=HIGHER, code="sample_province")
    assert not keeping.folder_of(left).exists()
    assert [WhatIf.objects.get(pk=one.pk).state for one in (left, dead)] == [WhatIf.CANCELLED, WhatIf.FAILED]


@pytest.mark.parametrize(("file", "sentence"), [
    (handed("a,b\n", "people.xlsx"), "should be CSV or Parquet"), (handed("a,b\n", ""), "should be CSV or Parquet"),
    (handed(b"no parquet", "名单.parquet"), "名单.parquet cannot be read")])
def test_a_file_of_another_kind_is_refused_and_not_kept(file: keeping.Handed, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=file)
    assert sentence in refused.value.sentence.en
    kept = keeping.folder_of(WhatIf(token="x")).parent
    assert not WhatIf.objects.exists() and (not kept.exists() or not list(kept.iterdir()))


@pytest.mark.parametrize(("columns", "sentence"), [
    ({"region": "nowhere", "weight": "", "facts": {}}, "The file has no column “nowhere”."),
    ({"region": "where", "weight": "n", "facts": {"birth_date": "day"}}, "The file has no column “day”."),
    ({"region": "", "weight": "", "facts": {}}, "The mapping names “region”"),
    ({"region": "where", "weight": "", "facts": {"nobody": "n"}}, "There is no fact “nobody”.")])
def test_columns_that_are_not_there_are_refused(columns: dict[str, Any], sentence: str) -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20})))
    with pytest.raises(Refused) as refused:
        keeping.match(by=user(CLERK), token=made.token, **columns)
    assert sentence in refused.value.sentence.en
    made.refresh_from_db()
    assert made.state == WhatIf.MATCHING


# -- what cannot be asked


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"entitlement": "nothing"}, "There is no entitlement “nothing”."), ({"regions": ["123456"]}, "123456"),
    ({"entitlement": "retirement_age"}, "is no amount of money"), ({"months": 40}, "from 1 to 36"),
    ({"provisions": [{"measure": "nothing", "subject": "NB050", "region": "CN", "value": 1, "unit": "CNY/month"}]},
     "nothing"),
    ({"provisions": [], "changes": [{"part": "nobody", "is": "true"}]}, "The rule has no part “nobody”."),
    ({"provisions": [], "changes": [{"part": "of_age", "is": '"x"'}]}, "of_age: expression, column 1 “\"x\"”: Here "),
    ({"provisions": [], "changes": [{"part": "of_age", "is": "unheard_of > 1"}]}, "unheard_of")])
def test_what_cannot_be_asked_is_refused_before_any_work(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        keeping.ask_for(by=user(NATION), scenario={**HIGHER, **changes}, code="sample_province")
    assert sentence in refused.value.sentence.en and not WhatIf.objects.exists()


def test_a_value_that_hangs_on_a_day_of_each_person_is_refused() -> None:
    with pytest.raises(Refused, match="each person's own day"):
        keeping.ask_for(by=user(NATION), scenario={**HIGHER, "entitlement": "death_funeral_grant"},
                        code="sample_province")
    assert "death_funeral_grant" not in keeping.simulable()


def test_each_person_is_counted_by_the_version_of_the_own_day(tmp_path: Path) -> None:
    """Certificates of 2025 keep the relaxed rule of 2025, those of 2026 the rule that is back then."""
    file, certificates = tmp_path / "people.csv", ("2025-11-30", "2025-12-31", "2026-01-01", "2026-06-01", "")
    facts = {"contribution_months": "months", "enterprise_employee": "employee", "certificate_day": "day",
             "same_certificate_subsidy": "before", "skills_claims": "claims", "urgent_trade": "urgent",
             "skill_level": "level", "drawing_benefit": "drawing"}
    persons = [{"contribution_months": 20, "enterprise_employee": True, "certificate_day": day,
                "same_certificate_subsidy": False, "skills_claims": 0, "urgent_trade": False, "skill_level": "senior",
                "drawing_benefit": False} for day in certificates]
    lines = [",".join([COUNTY, *(str(one[code]) for code in facts)]) for one in persons]
    file.write_text("\n".join([",".join(["where", *facts.values()]), *lines]), "utf-8")
    scenario = keeping.checked(row={**HIGHER, "entitlement": "skills_subsidy", "provisions": [], "months": 1,
                                    "changes": [{"part": "paid", "is": "contribution_months >= 24"}]})
    outcome = what_if(scenario=scenario, file=file, mapping={"region": "where", "facts": facts})
    asked = [entitled(facts=one, places=Places(COUNTY), on=scenario.first, codes=["skills_subsidy"])[0]
             for one in persons]
    assert [one.verdict for one in asked] == ["unlikely", "likely", "unlikely", "unlikely", "open"]
    assert asked[-1].missing == ("certificate_day",)
    assert (outcome.total.entitled_before, outcome.total.entitled_after, outcome.total.unknown) == (1, 0, 1)
    assert (outcome.total.before, outcome.total.after) == (2000_00, 0)
    assert "skills_subsidy" in keeping.simulable()


@pytest.mark.parametrize(("code", "rows", "sentence"), [
    ("nobody", 10, "There is no population “nobody”"), ("sample_province", 0, "from 1 to 1,000,000"),
    ("sample_province", 1_000_001, "from 1 to 1,000,000"), ("residents_60", 10, "has nobody in these regions")])
def test_a_population_that_is_not_there_is_refused(code: str, rows: int, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        keeping.ask_for(by=user(NATION), scenario=HIGHER, code=code, rows=rows)
    assert sentence in refused.value.sentence.en and not WhatIf.objects.exists()


# -- stopped and forgotten


def test_what_waits_is_stopped_at_once() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, code="sample_province", rows=500)
    keeping.cancel(by=user(CLERK), token=made.token)
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert made.state == WhatIf.CANCELLED and made.outcome is None


def test_a_file_whose_columns_wait_is_removed_when_it_is_left() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, file=handed(rows_of({COUNTY: 20})))
    keeping.cancel(by=user(CLERK), token=made.token)
    assert not keeping.folder_of(made).exists()
    assert keeping.match(by=user(CLERK), token=made.token, region="where", weight="",
                         facts={}).state == WhatIf.CANCELLED


def test_what_runs_is_stopped_when_the_worker_looks() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, code="sample_province", rows=500)
    WhatIf.objects.filter(pk=made.pk).update(to_stop=True)  # asked in the moment in which the worker took it
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert made.state == WhatIf.CANCELLED and made.outcome is None and not keeping.folder_of(made).exists()


def test_stopping_twice_is_stopping_once() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, code="sample_province", rows=500)
    WhatIf.objects.filter(pk=made.pk).update(state=WhatIf.RUNNING)
    for _ in range(2):
        assert keeping.cancel(by=user(CLERK), token=made.token).to_stop
    assert AuditLine.objects.filter(act="entitlements.cancel_what_if").count() == 1


def test_what_is_done_stays_done_when_somebody_stops_it() -> None:
    one = run_file(rows_of({COUNTY: 20}))
    assert keeping.cancel(by=user(PROVINCE), token=one.token).state == WhatIf.DONE


def test_what_is_on_its_way_is_not_forgotten() -> None:
    made = keeping.ask_for(by=user(CLERK), scenario=HIGHER, code="sample_province", rows=500)
    with pytest.raises(Refused, match="cancel it first"):
        keeping.forget(by=user(CLERK), token=made.token)


def test_one_run_is_run_once() -> None:
    one = run_file(rows_of({COUNTY: 20}))
    before = AuditLine.objects.count()
    keeping.run(token=one.token)
    assert AuditLine.objects.count() == before


# -- small figures


def test_a_region_with_few_persons_joins_the_next_smallest() -> None:
    report = read_report(run_file(rows_of({COUNTY: 40, OTHER: 4, THIRD: 60}), regions=["990000"]).outcome or {})
    assert [line.regions for line in report.regions] == [(THIRD,), (COUNTY, OTHER)]
    assert report.regions[1].persons == 44 and "regions" in report.hidden
    assert sum(line.difference or 0 for line in report.regions) == report.total.difference


def test_of_fewer_than_ten_persons_nothing_is_told() -> None:
    one = run_file(rows_of({COUNTY: 9}))
    report = read_report(one.outcome or {})
    assert one.state == WhatIf.DONE and report.hidden == ("total",)
    assert report.total.persons is report.total.gain is report.total.difference is None
    assert not report.regions and not report.months and not report.payers and report.spread_after.gini is None
    assert one.people["rows"] is None


def test_where_nine_of_many_get_more_nothing_is_told_of_them() -> None:
    text = rows_of({COUNTY: 9}) + "\n" + rows_of({COUNTY: 50}, born="2000-01-01").partition("\n")[2]
    report = read_report(run_file(text).outcome or {})
    assert report.total.persons == 59 and report.total.gain is None and report.total.before is None


def test_few_rows_with_faults_are_not_counted_out() -> None:
    one = run_file(rows_of({COUNTY: 20}) + "\n" + "\n".join(["nowhere,1,1950-01-01,no,15,0"] * 3
                                                         + [f"{COUNTY},1,1950-01-01,no,99,0"] * 12))
    assert one.people["reasons"] == [["resident_years", 12], ["region", None]] and one.people["bad"] == 15


def totals(persons: int, before: int, after: int, gain: int, lose: int, unknown: int) -> Totals:
    """A region of which each row stands for a hundred persons."""
    rows = persons, before, after, gain, lose, unknown
    return Totals(100 * persons, 100 * before, 100 * after, 100 * gain, 100 * lose, 100 * unknown, 0, 0, rows)


@pytest.mark.parametrize("seed", range(20))
def test_no_line_and_no_rest_ever_shows_fewer_than_ten(seed: int) -> None:
    draw = random.Random(seed)
    by_region = {str(n): totals(draw.randint(10, 90), *(draw.choice([0, 1, 5, 9, 10, 40]) for _ in range(5)))
                 for n in range(draw.randint(1, 9))}
    lines, _together = lines_by_region(by_region)
    shown = {code for line in lines for code in line.regions}
    assert not lines or shown == set(by_region)
    for line in lines:
        counts = [sum(column) for column in zip(*(by_region[code].rows for code in line.regions), strict=True)]
        assert not any(0 < count < LEAST for count in counts[:5]), line.regions
    small = {code for code, one in by_region.items() if any(0 < count < LEAST for count in one.rows[:5])}
    assert not small & {code for line in lines if len(line.regions) == 1 for code in line.regions}


# -- the populations that ship


def test_every_population_is_of_known_places_and_says_where_its_numbers_come_from() -> None:
    held, found = tree(), keeping.populations()
    assert {"residents_60", "unemployed", "sample_province"} <= {*found}
    for code, one in found.items():
        places = [held.place(region, DAY) for region in one.regions]
        assert {place.simulated for place in places} == {one.simulated}, code
        assert one.simulated or {held.level(place.code) for place in places} == {1}, "real people only by province"
        assert one.note.zh and one.note.en and one.source.zh and one.source.en
        assert (one.mark == "SIM") == one.simulated
        assert {*one.entitlements} <= {*keeping.simulable()}, code
        for fact, said in one.facts.items():
            assert said.get("source_zh") or (said["assumed_zh"] and said["assumed_en"]), (code, fact)


@pytest.mark.parametrize("code", ["residents_60", "unemployed", "sample_province"])
def test_a_population_is_made_whole_and_the_same_again(tmp_path: Path, code: str) -> None:
    margins, first, again = keeping.population(code), tmp_path / "a.parquet", tmp_path / "b.parquet"
    mapping = keeping.write_people(code=code, rows=4000, file=first)
    keeping.write_people(code=code, rows=4000, file=again)
    assert first.read_bytes() == again.read_bytes()
    with duckdb.connect() as held:
        sums = dict(held.execute(f"SELECT region, sum(weight) FROM '{first}' GROUP BY 1").fetchall())
        names = {one[0] for one in held.execute(f"DESCRIBE SELECT * FROM '{first}'").fetchall()}
        assert sums == margins.regions
        assert {*mapping["facts"].values(), "region", "weight"} == names
        if "birth_date" in margins.facts:
            oldest, youngest = held.execute(f"SELECT min(birth_date), max(birth_date) FROM '{first}'").fetchall()[0]
            bands = margins.facts["birth_date"]["ages"]
            assert youngest <= date(2026 - bands[0][0], 1, 1) and oldest > date(2026 - bands[-1][1] - 1, 1, 1)


@pytest.mark.parametrize("code", ["residents_60", "unemployed", "sample_province"])
def test_every_row_of_a_population_can_be_used(code: str) -> None:
    one = keeping.population(code)
    region = next(iter(one.regions))
    made = keeping.ask_for(by=user(NATION), scenario={
        **HIGHER, "entitlement": one.entitlements[0], "regions": [region], "provisions": [], "months": 1,
        "changes": [{"part": keeping.simulable()[one.entitlements[0]].conditions[0].name, "is": "true"}]},
        code=code, rows=2000)
    keeping.run(token=made.token)
    made.refresh_from_db()
    assert (made.state, made.people["bad"]) == (WhatIf.DONE, 0)


def test_the_census_shares_meet_the_nation_s_number() -> None:
    """264,018,766 persons aged 60 and over were published for the nation: the provinces' shares come within 0.01 %."""
    assert keeping.population("residents_60").persons == pytest.approx(264_018_766, rel=1e-4)
    assert keeping.population("unemployed").persons == 2_612_000  # 261.2 ten thousands in the yearbook


def test_populations_are_no_entitlements() -> None:
    assert not {*keeping.populations()} & {*entitlements().heads}


