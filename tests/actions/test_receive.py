"""Receiving a file: the right, the audit line, the same file twice, a writer that dies, a source removed."""

import csv
import gzip
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import call_command
from django.db import transaction

from components import CITY_LOG
from jizhun import loading
from jizhun.catalogue.models import Matter
from jizhun.delivery import actions
from jizhun.delivery.models import Batch, Source
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.models import Region, RegionDayOff
from town import MAPPING, REGIONS, file, write_package
from worlds import ROOT

pytestmark = pytest.mark.django_db

BOSTON = ROOT / "examples" / "boston"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    return tmp_path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    list(loading.package(by=SYSTEM, folder=write_package(tmp_path / "town")))
    return tmp_path


ONE, TWO = "1,T1,2025-01-03,2025-01-08", "2,T1,2025-01-03,"


def receive(path: Path, mapping: str = MAPPING, by: Any = SYSTEM, **more: Any) -> actions.Receipt:
    return actions.receive(by=by, file=path, mapping=parse(mapping), source="town", **more)


def cases(columns: str = "case_key") -> list[Any]:
    return duckdb.execute(f"SELECT {columns} FROM {actions.lake().relation()} ORDER BY case_key").fetchall()


def test_a_file_is_received_and_the_trail_tells(town: Path) -> None:
    receipt = receive(file(town, ONE, TWO, "3,T2,2025-01-03,"))
    batch = Batch.objects.get()
    assert receipt.batch == batch and not receipt.repeated
    assert (batch.state, batch.rows_read, batch.rows_good, batch.rows_bad) == ("loaded", 3, 2, 1)
    assert batch.lake_version == actions.lake().version() and batch.finished_at is not None
    assert Source.objects.get().region == "T"
    assert (town / "files" / batch.reject_file).read_text("utf-8-sig").count("T2") >= 1
    assert list(AuditLine.objects.order_by("seq").filter(act__startswith="delivery").values_list("act", flat=True)) == [
        "delivery.introduce", "delivery.receive", "delivery.load"]
    found = cases("case_key, batch, matter, region")
    pks = (batch.pk, Matter.objects.get(code="T-M").pk, Region.objects.get(code="T1").pk)
    assert found == [("1", *pks), ("2", *pks)]


def test_the_same_file_twice_changes_nothing_and_says_so(town: Path) -> None:
    path = file(town, ONE)
    first = receive(path)
    version, lines = actions.lake().version(), AuditLine.objects.count()
    again = receive(file(town, ONE, name="renamed.csv"))
    assert again.repeated and again.batch == first.batch
    assert (actions.lake().version(), AuditLine.objects.count(), Batch.objects.count()) == (version, lines, 1)
    assert not receive(path, MAPPING + "closed_before_accepted: 1\n").repeated, "another mapping is another reading"
    assert not receive(path, as_of=date(2025, 7, 1)).repeated, "and so is another data day"


def test_a_file_is_read_again_where_the_directory_has_learned_since(town: Path) -> None:
    """A village that the first reading did not know is known now: its row is no longer rejected."""
    path = file(town, ONE, "2,T3,2025-01-03,")
    first = receive(path)
    assert first.batch.rows_bad == 1 and receive(path).repeated
    (town / "town" / "regions.csv").write_text(REGIONS + "T3,T,新村,New,village,1,T,,,own,R\n", "utf-8")
    list(loading.package(by=SYSTEM, folder=town / "town"))
    again = receive(path)
    assert not again.repeated and (again.batch.rows_good, again.batch.rows_bad) == (2, 0)


def test_a_file_counts_again_after_another_replaced_its_cases(town: Path) -> None:
    """A, then B with the same key, then A once more: A is what was said last, and it is what holds."""
    first = file(town, ONE)
    other = file(town, ONE.replace("2025-01-08", "2025-01-20"), name="b.csv")
    receive(first)
    before = cases("closed_wd")
    receive(other)
    assert cases("closed_wd") != before
    again = receive(first)
    assert not again.repeated and again.batch.rows_replaced == 1 and cases("closed_wd") == before
    assert receive(first).repeated


def test_a_file_beside_another_that_replaced_nothing_is_still_the_same(town: Path) -> None:
    receive(file(town, ONE))
    receive(file(town, TWO, name="b.csv"))
    assert receive(file(town, ONE)).repeated


def test_a_source_whose_first_file_was_refused_may_be_introduced_anew(town: Path) -> None:
    wrong = MAPPING.replace("within: T\n", "within: T1\n").replace("accepted_at: accepted", "accepted_at: beginning")
    with pytest.raises(Refused, match="beginning"):
        receive(file(town, ONE), wrong)
    assert Source.objects.get().region == "T1"
    assert receive(file(town, ONE)).batch.state == "loaded" and Source.objects.get().region == "T"
    told = AuditLine.objects.filter(act="delivery.introduce").order_by("seq").last()
    assert told is not None and (json.loads(told.before)["region"], json.loads(told.after)["region"]) == ("T1", "T")


def test_another_calendar_than_the_source_s_is_refused(town: Path) -> None:
    receive(file(town, ONE))
    with pytest.raises(Refused, match="calendar: CN"):
        receive(file(town, TWO), MAPPING.replace("calendar: CN", "calendar: US"))


def test_two_rehearsals_at_once_do_not_meet(town: Path) -> None:
    """The second starts while the first is in the middle of its file."""
    inner: list[actions.Receipt] = []

    def again(_: Any) -> None:
        if not inner:
            inner.append(receive(file(town, TWO, name="b.csv"), dry_run=True))

    outer = receive(file(town, ONE, "3,?,2025-01-03,"), dry_run=True, progress=again)
    assert (inner[0].batch.rows_good, outer.batch.rows_good, outer.batch.rows_bad) == (1, 1, 1)


def test_a_batch_is_never_seen_without_its_writer(town: Path) -> None:
    """Whoever looks while a batch runs, from its first moment on, does not take it for abandoned."""
    seen = []

    def look(_: Any) -> None:
        seen.append([batch.state for batch in actions.recover(by=SYSTEM)] or list(
            Batch.objects.values_list("state", flat=True)))

    receive(file(town, ONE), progress=look)
    assert seen == [["running"]]
    batch = Batch.objects.get()
    Batch.objects.filter(pk=batch.pk).update(state="running")
    with actions.lake().staging(batch.staging):
        assert actions.recover(by=SYSTEM) == []
    assert [one.state for one in actions.recover(by=SYSTEM)] == ["loaded"]


def test_a_stranger_is_refused_and_leaves_no_trace(town: Path) -> None:
    stranger = User.objects.create_user("stranger")
    with pytest.raises(Forbidden):
        receive(file(town, ONE), by=stranger)
    assert not Batch.objects.exists() and not Source.objects.exists() and actions.lake().version() == -1


def test_a_dry_run_leaves_no_trace(town: Path) -> None:
    receipt = receive(file(town, ONE, "2,?,2025-01-03,"), dry_run=True)
    assert receipt.dry_run and (receipt.batch.rows_good, receipt.batch.rows_bad) == (1, 1)
    assert (town / "files" / receipt.batch.reject_file).exists()
    assert not Batch.objects.exists() and not Source.objects.exists() and actions.lake().version() == -1


def test_a_file_that_does_not_fit_is_a_refused_batch_with_its_reason(town: Path) -> None:
    path = file(town, ONE)
    with pytest.raises(Refused, match="no column `beginning`"):
        receive(path, MAPPING.replace("accepted_at: accepted", "accepted_at: beginning"))
    batch = Batch.objects.get()
    assert batch.state == "refused" and "beginning" in batch.message.in_language("zh")
    assert receive(path).batch.state == "loaded"


@pytest.mark.parametrize(("within", "says"), [("NOWHERE", "no region with the code"), ("T1", "belongs to T ")])
def test_a_source_stays_where_it_belongs(town: Path, within: str, says: str) -> None:
    receive(file(town, ONE))
    source = "town" if within == "T1" else "elsewhere"
    with pytest.raises(Refused, match=says):
        other = parse(MAPPING.replace("within: T\n", f"within: {within}\n"))
        actions.receive(by=SYSTEM, file=file(town, TWO), mapping=other, source=source)


def test_rows_of_other_places_are_not_taken(town: Path) -> None:
    """Who may hand in for the eastern village cannot slip in cases of the whole town."""
    east = parse(MAPPING.replace("within: T\n", "within: T1\n"))
    receipt = actions.receive(by=SYSTEM, file=file(town, ONE, "2,T,2025-01-03,"), mapping=east, source="east")
    assert (receipt.batch.rows_good, receipt.batch.rows_bad) == (1, 1)


def test_a_place_s_own_days_off_count_there(town: Path) -> None:
    free = Region.objects.get(code="T1")
    RegionDayOff.objects.create(region=free, day=date(2025, 1, 6), working=False, source="own", mark="R")
    receive(file(town, ONE, "2,T,2025-01-03,2025-01-08"))
    assert cases("case_key, closed_wd - accepted_wd") == [("1", 2), ("2", 3)]


def test_a_batch_cut_off_after_the_commit_is_found_again(town: Path) -> None:
    path = file(town, ONE, "2,?,2025-01-03,")
    done = receive(path).batch
    blank = {"rows_good": 0, "rows_read": 0, "rows_bad": 0, "lake_version": None, "reject_file": "", "message_en": ""}
    Batch.objects.filter(pk=done.pk).update(state="running", **blank)
    again = receive(path)
    assert again.repeated and again.batch == done
    found = again.batch
    assert (found.state, found.rows_read, found.rows_good, found.rows_bad) == ("loaded", 2, 1, 1)
    assert again.batch.lake_version == done.lake_version
    assert (found.reject_file, found.message_en) == (done.reject_file, done.message_en)
    assert "?" in (town / "files" / found.reject_file).read_text("utf-8-sig")


def test_a_batch_cut_off_before_the_commit_is_received_anew(town: Path) -> None:
    path = file(town, ONE)
    dead = receive(file(town, TWO, name="b.csv")).batch
    Batch.objects.filter(pk=dead.pk).update(state="running", content_hash=actions.content_hash(path))
    assert receive(path).batch.state == "loaded"
    dead.refresh_from_db()
    assert dead.state == "interrupted" and cases() == [("1",), ("2",)]


def test_a_file_that_is_being_received_is_not_received_twice(town: Path) -> None:
    path = file(town, ONE)
    running = receive(path).batch
    Batch.objects.filter(pk=running.pk).update(state="running")
    with actions.lake().staging(running.staging), pytest.raises(Refused, match="being received right now"):
        receive(path)


def test_a_source_is_removed_with_its_cases_and_can_come_back(town: Path) -> None:
    path = file(town, ONE, TWO)
    receive(path)
    assert actions.remove(by=SYSTEM, source="town", reason="test") == 2
    assert cases() == [] and Batch.objects.get().state == "removed"
    assert receive(path).batch.rows_good == 2 and cases() == [("1",), ("2",)]
    with pytest.raises(Refused):
        actions.remove(by=SYSTEM, source="never")


def test_the_command_speaks_and_answers_in_json(town: Path) -> None:
    (town / "m.yaml").write_text(MAPPING, "utf-8")
    words = [str(file(town, ONE, "2,?,2025-01-03,")), "--mapping", str(town / "m.yaml"), "--source", "town"]
    out = StringIO()
    call_command("ingest", *words, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["read"], told["good"], told["bad"], told["repeated"]) == (2, 1, 1, False)
    assert Path(told["reject_file"]).exists()
    out = StringIO()
    call_command("ingest", *words, stdout=out)
    assert "nothing has changed" in out.getvalue() or "没有任何变化" in out.getvalue()
    with pytest.raises(Refused, match="There is no mapping file"):
        call_command("ingest", words[0], "--mapping", "nowhere.yaml", "--source", "town")


# -- real cases ------------------------------------------------------------------------------------


def verdict(closed_at: int, due_at: int, as_of: date) -> str:
    """What the city would say: closed by its due time, or not due yet at the end of the data day."""
    end = ((as_of - date(1970, 1, 1)).days + 1) * 86_400 - 1
    return "ONTIME" if min(closed_at, end) <= due_at else "OVERDUE"


@pytest.mark.city_log
def test_every_real_case_of_boston_is_taken_and_has_the_city_s_own_verdict(tmp_path: Path) -> None:
    list(loading.package(by=SYSTEM, folder=BOSTON))
    mapping = actions.read_mapping(BOSTON / "mapping.yaml")
    batch = actions.receive(by=SYSTEM, file=CITY_LOG, mapping=mapping, source="boston").batch
    assert (batch.rows_read, batch.rows_good, batch.rows_bad) == (58_119, 58_119, 0)

    with gzip.open(CITY_LOG, "rt", encoding="utf-8", newline="") as text:
        city = {line["CASE_ENQUIRY_ID"]: line for line in csv.DictReader(text)}
    matters = dict(Matter.objects.values_list("pk", "name_en"))
    regions = dict(Region.objects.values_list("pk", "name_en"))
    compared = {"Closed": 0, "Open": 0}
    columns = "case_key, matter, region, closed_at, due_at, due_binds"
    for key, matter, region, closed_at, due_at, binds in cases(columns):
        line = city[key]
        assert matters[matter] == line["TYPE"]
        assert regions[region] == (line["neighborhood"] or "Place not recorded")
        assert binds == bool(line["TARGET_DT"])
        if line["TARGET_DT"] and line["OnTime_Status"]:
            assert verdict(closed_at, due_at, date(2016, 1, 13)) == line["OnTime_Status"], key
            compared[line["CASE_STATUS"]] += 1
    assert compared == {"Closed": 37_257, "Open": 6_233}


def test_another_half_year_with_new_types_and_places_loads_too(tmp_path: Path) -> None:
    list(loading.package(by=SYSTEM, folder=BOSTON))
    path = tmp_path / "h2.csv"
    path.write_text(
        "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,OnTime_Status,CASE_STATUS,SUBJECT,REASON,TYPE,Department,"
        "neighborhood,ward,Source\n"
        "1,07/01/2015 12:20:09 AM,,,ONTIME,Open,S,R,A Brand New Type,D,Seaport,Ward 5,Carrier Pigeon\n", "utf-8")
    mapping = actions.read_mapping(BOSTON / "mapping.yaml")
    receipt = actions.receive(by=SYSTEM, file=path, mapping=mapping, source="boston")
    assert receipt.batch.rows_good == 1
    assert any("A Brand New Type" in one.en and "other" in one.en for one in receipt.notices)
    with transaction.atomic():
        other = Matter.objects.get(code="US-BOS-OTHER")
    assert cases("matter") == [(other.pk,)]
