"""A city's half year of real cases: every case that has a due time and a city verdict gets the city's own verdict."""

import csv
import gzip
from collections import Counter

import pytest

from components import CITY_LOG
from jizhun import loading
from jizhun.analytics.cases import FAR_DAY
from jizhun.delivery import actions as delivery
from jizhun.evaluation.actions import cases, evaluate
from jizhun.people.rules import SYSTEM
from worlds import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.city_log]


@pytest.fixture
def log(settings, tmp_path):
    """The log taken in through the ordinary door, over a lake of its own."""
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    list(loading.package(by=SYSTEM, folder=ROOT / "examples" / "boston"))
    mapping = delivery.read_mapping(ROOT / "examples" / "boston" / "mapping.yaml")
    return delivery.receive(by=SYSTEM, file=CITY_LOG, mapping=mapping, source="boston")


def test_every_verdict_is_the_city_s_own(log):
    assert (log.batch.rows_read, log.batch.rows_good) == (58_119, 58_119)
    ours = {case.key: case.verdict for case in cases(source="boston", limit=FAR_DAY)}
    with gzip.open(CITY_LOG, "rt", encoding="utf-8") as text:
        found = Counter((bool(row["TARGET_DT"]), row["CASE_STATUS"], row["OnTime_Status"], ours[row["CASE_ENQUIRY_ID"]])
                        for row in csv.DictReader(text))
    judged = {key[1:]: n for key, n in found.items() if key[0] and key[2]}
    assert judged == {("Closed", "ONTIME", "kept"): 27_295, ("Closed", "OVERDUE", "broken"): 9_962,
                      ("Open", "ONTIME", "open"): 571, ("Open", "OVERDUE", "overdue"): 5_662}
    assert {key[3] for key in found if not key[0]} == {"no-promise"}


def test_cases_without_a_due_time_are_shown_as_having_no_promise(log):
    result = evaluate(index="no_promise", source="boston")
    assert (result.total.numerator, result.total.denominator) == (14_527, 58_119)
    by_place = evaluate(index="conformance", source="boston", by="region,month")
    assert sum(row.figure.cases for row in by_place.rows) == 58_119
