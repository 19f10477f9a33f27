"""Receiving steps and asking whether cases followed their procedure: acts and commands over a small land."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from django.core.management import call_command

from following import written
from jizhun import loading
from jizhun.analytics.engines import DuckDB
from jizhun.analytics.following.flow import Flow, Limit
from jizhun.delivery import actions
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.parsing import parse, parse_steps
from jizhun.evaluation.actions import data_date
from jizhun.evaluation.following import Result, followed
from jizhun.evaluation.inputs import step_inputs
from jizhun.evaluation.models import Run
from jizhun.evaluation.rules.following import Share
from jizhun.guides.actions.loading import load_fields
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.procedures import actions as procedures
from jizhun.procedures.rules import END
from worlds import ROOT

pytestmark = pytest.mark.django_db

FIELDS = ROOT / "data" / "guides" / "fields.yaml"
REGIONS = """code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark
T,,国,Land,nation,0,T,,,own,R
T1,T,省,Province,province,1,T,,,own,R
T11,T1,东市,East,prefecture,2,T,,,own,R
T12,T1,西市,West,prefecture,2,T,,,own,R
"""
CATALOGUE = """
source: own
mark: R
root: T
editions: [{code: T-1, name_zh: 单, name_en: List, valid_from: 2020-01-01}]
areas: [{code: T-A, name_zh: 领域, name_en: Area, categories: [{code: T-C, name_zh: 类, name_en: Category}]}]
items: [{code: T-I, category: T-C, name_zh: 项目, name_en: Item}]
matters: [{code: T-M, item: T-I, name_zh: 事项, name_en: Matter}, {code: T-N, item: T-I, name_zh: 另, name_en: Other}]
"""
CASES = """
name: Cases
within: T
calendar: CN
extract_date: 2025-06-30
fields: {case_key: id, matter: matter, region: place, accepted_at: accepted, closed_at: closed}
"""
LOG = "fields: {case_key: id, step: step, started_at: started, ended_at: ended, role: role}\nextract_date: 2025-07-15\n"
HEAD = ("id", "step", "started", "ended", "role")
FLOW = Flow(frozenset({"accept"}), frozenset({"decide"}), frozenset({("accept", "review"), ("review", "decide")}),
            {"review": Limit(1)})


@pytest.fixture(autouse=True)
def land(tmp_path: Path, settings: Any) -> Path:
    """Twelve cases of the east that follow, two of the west (one skips, one is open), and one of another matter."""
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    folder = tmp_path / "package"
    folder.mkdir()
    for name, text in {"package.yaml": "code: T\nname_zh: 国\nname_en: Land\n", "regions.csv": REGIONS,
                       "catalogue.yaml": CATALOGUE}.items():
        (folder / name).write_text(text, "utf-8")
    list(loading.package(by=SYSTEM, folder=folder))
    rows = [(f"e{n}", "T-M", "T11", "2025-05-06", "2025-05-09") for n in range(12)]
    rows += [("w1", "T-M", "T12", "2025-05-06", "2025-05-09"), ("w2", "T-M", "T12", "2025-06-06", ""),
             ("other", "T-N", "T12", "2025-06-06", ""), ("silent", "T-M", "T11", "2025-05-06", "2025-05-08")]
    receive_cases(written(tmp_path / "cases.csv", rows, ("id", "matter", "place", "accepted", "closed")))
    return tmp_path


def receive_cases(file: Path, mapping: str = CASES) -> actions.Receipt:
    return actions.receive(by=SYSTEM, file=file, mapping=parse(mapping), source="town")


def walked(key: str, *steps: str) -> list[tuple[str, ...]]:
    return [(key, step, f"2025-05-{6 + n:02} 09:00", f"2025-05-{6 + n:02} 10:00", "clerk")
            for n, step in enumerate(steps)]


def log(folder: Path) -> Path:
    rows = [row for n in range(12) for row in walked(f"e{n}", "accept", "review", "decide")]
    rows += [*walked("w1", "accept", "decide"), *walked("w2", "accept"), *walked("other", "accept")]
    return written(folder / "log.csv", rows, HEAD)


def receive_steps(folder: Path, by: Any = SYSTEM, **more: Any) -> actions.Receipt:
    return actions.receive_steps(by=by, file=log(folder), mapping=parse_steps(LOG), source="town", **more)


def steps(columns: str = "case_key, step") -> list[Any]:
    return duckdb.execute(f"SELECT {columns} FROM {actions.step_lake().relation()} ORDER BY case_key, nth").fetchall()


# -- receiving -------------------------------------------------------------------------------------


def test_a_log_is_a_batch_of_its_own_and_the_trail_tells(land: Path) -> None:
    version = actions.lake().version()
    batch = receive_steps(land).batch
    assert (batch.kind, batch.state, batch.rows_read, batch.rows_bad) == ("steps", "loaded", 40, 0)
    assert batch.lake_version == actions.step_lake().version() and actions.lake().version() == version
    assert batch.message_en == "40 steps of 15 cases."
    assert AuditLine.objects.filter(act="delivery.load", subject=f"batch:{batch.pk}").exists()
    assert data_date("town") == date(2025, 6, 30), "open cases are judged by the day of the cases, not of the log"


def test_the_same_log_twice_is_one_but_the_same_file_as_cases_is_another(land: Path) -> None:
    first = receive_steps(land)
    assert receive_steps(land).repeated and receive_steps(land).batch == first.batch
    (row,) = Batch.objects.filter(kind="cases")
    assert row.content_hash != first.batch.content_hash


def test_a_stranger_is_refused_and_a_rehearsal_leaves_no_trace(land: Path) -> None:
    with pytest.raises(Forbidden):
        receive_steps(land, by=User.objects.create_user("stranger"))
    assert receive_steps(land, dry_run=True).batch.rows_good == 40
    assert actions.step_lake().version() == -1 and Batch.objects.count() == 1


def test_a_batch_of_steps_that_was_cut_off_after_its_commit_is_found_again(land: Path) -> None:
    done = receive_steps(land).batch
    Batch.objects.filter(pk=done.pk).update(state="running", rows_good=0, lake_version=None)
    again = receive_steps(land)
    assert again.repeated and again.batch == done
    assert (again.batch.state, again.batch.rows_good, again.batch.lake_version) == ("loaded", 40, done.lake_version)


def test_who_removes_a_source_removes_its_steps(land: Path) -> None:
    receive_steps(land)
    assert actions.remove(by=SYSTEM, source="town") == 16
    assert steps() == []


def test_a_log_that_says_it_lies_elsewhere_is_refused(land: Path) -> None:
    with pytest.raises(Refused, match="belongs to T "):
        actions.receive_steps(by=SYSTEM, file=log(land), mapping=parse_steps(LOG + "within: T12\n"), source="town")


def test_only_xes_can_do_without_a_mapping(land: Path) -> None:
    with pytest.raises(Refused, match="needs a mapping"):
        actions.receive_steps(by=SYSTEM, file=log(land), source="town")
    (land / "log.xes").write_text(
        '<log><trace><string key="concept:name" value="w1"/><event><string key="concept:name" value="accept"/>'
        '<date key="time:timestamp" value="2025-05-06T10:00:00+08:00"/></event></trace></log>', "utf-8")
    actions.receive_steps(by=SYSTEM, file=land / "log.xes", source="town", as_of=date(2025, 6, 30))
    assert steps("case_key, step, done") == [("w1", "accept", 1)]


def test_steps_in_columns_of_case_records_are_received_with_them(land: Path) -> None:
    """Cases that are rejected have no steps either; a step that was not reached is none."""
    mapping = CASES + "steps:\n  - {name: accept, start: accepted, end: accepted}\n  - {name: review, start: seen}\n"
    rows = [("c1", "T-M", "T11", "2025-05-06", "2025-05-09", "2025-05-07 11:00"),
            ("c2", "T-M", "T11", "2025-05-06", "", ""), ("bad", "T-M", "T9", "2025-05-06", "", "2025-05-07")]
    head = ("id", "matter", "place", "accepted", "closed", "seen")
    receipt = receive_cases(written(land / "wide.csv", rows, head), mapping)
    assert (receipt.batch.kind, receipt.batch.rows_bad) == ("cases", 1)
    assert steps("case_key, step, done") == [("c1", "accept", 1), ("c1", "review", 1), ("c2", "accept", 0)]
    assert Batch.objects.filter(kind="steps", state="loaded", rows_bad=0).count() == 1


def test_the_command_takes_a_log_and_tells(land: Path) -> None:
    (land / "m.yaml").write_text(LOG, "utf-8")
    out = StringIO()
    call_command("steps", str(log(land)), "--mapping", str(land / "m.yaml"), "--source", "town", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["read"], told["good"], told["bad"]) == (40, 40, 0)


# -- asking ----------------------------------------------------------------------------------------


def asked(**more: Any) -> Result:
    return followed(**{"matter": "T-M", "flow": FLOW, **more})


def test_finished_cases_are_judged_open_ones_counted_and_those_without_steps_said(land: Path) -> None:
    receive_steps(land)
    found = asked()
    assert (found.figures.followed, found.figures.open_off) == (Share(12, 13), Share(0, 1))
    assert found.with_steps == Share(14, 15) and found.as_of == date(2025, 7, 15) and not found.simulated
    assert {found.places[row.place][0]: row.followed for row in found.figures.places} == {"T1": Share(12, 13)}
    below = asked(region="T1")
    assert {below.places[row.place][0]: (row.followed, row.open) for row in below.figures.places} == {
        "T11": (Share(12, 12), 0), "T12": (Share(0, 1), 1)}
    assert asked(region="T11").figures.followed == Share(12, 12)
    assert asked(first=date(2025, 6, 1)).figures.followed == Share(0, 0)


def test_small_cells_are_not_listed_for_real_cases(land: Path) -> None:
    receive_steps(land)
    found = asked().figures
    assert [way.steps for way in found.common] == [("accept", "review", "decide")]
    assert found.deviations[2].cases == Share(1, 13) and found.deviations[2].pairs == ()
    assert ("accept", "decide") not in {(one.previous, one.step) for one in found.moves}
    review = next(one for one in found.moves if one.step == "review")
    assert (review.times, review.limit, review.median, review.over) == (12, Limit(1), 1, Share(0, 12))


def test_the_same_question_is_answered_from_the_kept_run_until_steps_change(land: Path) -> None:
    receive_steps(land)
    run = asked().run
    assert asked().run == run and "CREATE TEMP TABLE ways" in run.sql and run.cases == 14
    other = Flow(FLOW.starts, FLOW.ends, FLOW.follows | {("accept", "decide")})
    assert asked(flow=other).figures.followed == Share(13, 13)
    more = written(land / "more.csv", walked("silent", "accept", "review", "decide"), HEAD)
    actions.receive_steps(by=SYSTEM, file=more, mapping=parse_steps(LOG), source="town")
    assert asked().figures.followed == Share(13, 14) and Run.objects.count() == 3


@pytest.mark.parametrize(("more", "says"), [
    ({"matter": "T-X"}, "no matter"), ({"matter": "T-N", "region": "T11"}, "are on record here"),
    ({"source": "nobody"}, "no steps of a source"), ({"region": "T9"}, "T9"),
    ({"first": date(2025, 6, 1), "last": date(2025, 5, 1)}, "is before the first"),
    ({"last": date(2024, 1, 1)}, "in this period")])
def test_what_cannot_be_answered_is_said_in_a_sentence(land: Path, more: dict[str, Any], says: str) -> None:
    receive_steps(land)
    with pytest.raises(Refused, match=says):
        asked(**more)


def test_without_any_steps_it_is_said_how_to_hand_them_in(land: Path) -> None:
    with pytest.raises(Refused, match="jizhun steps"):
        asked()


# -- which procedure, and stopped clocks -------------------------------------------------------------


def row(code: str, *to: str) -> dict[str, Any]:
    return {"id": code, "name": {"zh": code, "en": code}, "role": "examiner", "next": [{"to": one} for one in to]}


def says(day: date, *rows: dict[str, Any]) -> None:
    """What the land says of the steps of the matter from that day on."""
    procedures.record(by=SYSTEM, matter="T-M", region="T", fields={"steps": list(rows)}, on=day)


def test_each_case_is_held_against_the_procedure_of_the_day_it_was_accepted(land: Path) -> None:
    """From 2025-05-20 the land does without the review: who skipped it before that day did not follow."""
    load_fields(yaml.safe_load(FIELDS.read_text("utf-8")), "own")
    says(date(2025, 1, 1), row("accept", "review"), row("review", "decide"), row("decide", END))
    says(date(2025, 5, 20), row("accept", "decide"), row("decide", END))
    rows = [(f"n{n}", "T-M", "T12", day, "2025-06-09") for n, day in enumerate(("2025-05-19", "2025-05-20"))]
    receive_cases(written(land / "new.csv", rows, ("id", "matter", "place", "accepted", "closed")))
    shortened = [step for key in ("n0", "n1") for step in walked(key, "accept", "decide")]
    actions.receive_steps(by=SYSTEM, file=written(land / "short.csv", shortened, HEAD), mapping=parse_steps(LOG),
                          source="town")
    found = followed(matter="T-M")
    assert found.figures.followed == Share(1, 2) and found.figures.procedures == 2
    assert found.figures.flow.follows == {("accept", "decide")}, "what is told is the procedure of the last day"
    assert followed(matter="T-M", last=date(2025, 5, 19)).figures.followed == Share(0, 1)


def test_days_on_which_the_clock_of_the_case_stood_are_no_time_between_its_steps(land: Path) -> None:
    mapping = CASES + "suspended:\n  - {start: wait, end: back}\n"
    rows = [("s1", "T-M", "T12", "2025-05-06", "2025-05-20", "2025-05-07", "2025-05-14")]
    head = ("id", "matter", "place", "accepted", "closed", "wait", "back")
    receive_cases(written(land / "s.csv", rows, head), mapping)
    log_rows = [("s1", "accept", "2025-05-06 09:00", "2025-05-06 10:00", "clerk"),
                ("s1", "review", "2025-05-16 09:00", "2025-05-16 10:00", "clerk")]
    log = written(land / "s_log.csv", log_rows, HEAD)
    actions.receive_steps(by=SYSTEM, file=log, mapping=parse_steps(LOG), source="town")
    moved = DuckDB().rows("SELECT * FROM stopped", step_inputs(
        source="town", region=None, first=None, last=None, as_of=date(2025, 7, 15), level=None)).to_pylist()
    assert moved == [{"case_key": moved[0]["case_key"], "nth": 2, "days": 7, "wd": 5}]
    (move,) = (one for one in followed(matter="T-M", flow=FLOW).run.figures["moves"] if one["step"] == "review")
    assert (move["used_days"], move["used_wd"], move["used_hours"]) == (3, 3, 72)


def test_a_log_that_came_before_its_cases_is_read_again_when_they_are_there(land: Path) -> None:
    rows = [("late", "accept", "2025-05-06 09:00", "2025-05-06 10:00", "clerk")]
    file = written(land / "early.csv", rows, HEAD)

    def again() -> actions.Receipt:
        return actions.receive_steps(by=SYSTEM, file=file, mapping=parse_steps(LOG), source="town")

    assert (again().batch.rows_good, again().repeated) == (0, True)
    receive_cases(written(land / "more.csv", [("late", "T-M", "T11", "2025-05-06", "")],
                          ("id", "matter", "place", "accepted", "closed")))
    assert (again().batch.rows_good, again().repeated) == (1, True)
