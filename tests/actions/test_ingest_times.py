"""Times, due days and stopped clocks, as a mapping says and as they are kept."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ingest_desk import DIRECTORY, GOOD, HEADER, MAPPING, SPANS, Desk, at, case, day, row, written
from jizhun.analytics.cases import FAR_SECOND
from jizhun.delivery.ingest import Delivery
from jizhun.delivery.ingest.sample import sample
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.working_days import Calendar


@pytest.mark.parametrize(
    ("form", "text", "want"),
    [
        ("iso", "2025-01-03T09:00:00", "2025-01-03 09:00"),
        ("iso", "2025-01-03", "2025-01-03 00:00"),
        ("iso", "2025/1/3 9:00", "2025-01-03 09:00"),
        ("iso", "2025-01-03T01:00:00Z", "2025-01-03 09:00"),
        ("iso", "2025-01-02T20:00-05:00", "2025-01-03 09:00"),
        ("iso", "2025-01-03T09:00:00.999+08:00", "2025-01-03 09:00"),
        ('"%Y年%m月%d日 %H时"', "2025年1月3日 9时", "2025-01-03 09:00"),
        ('"%d/%m/%Y %I:%M %p"', "03/01/2025 09:00 AM", "2025-01-03 09:00"),
        ('"%Y%m%d%H%M%S"', "20250103090000", "2025-01-03 09:00"),
        ('"%Y-%m-%dT%H:%M:%S%z"', "2025-01-03T01:00:00+0000", "2025-01-03 09:00"),
        ("epoch", "1735866000", "2025-01-03 09:00"),
        ("epoch_ms", "1735866000000", "2025-01-03 09:00"),
        ("excel", "45660.375", "2025-01-03 09:00"),
    ],
)
def test_times_are_read_as_the_mapping_says_and_kept_as_local_wall_clock(
    desk: Desk, form: str, text: str, want: str
) -> None:
    mapping = MAPPING.replace("accepted_at: accepted", f"accepted_at: {{column: accepted, format: {form}}}")
    received = desk.hand_in(desk.write("a.csv", [row("1", accepted=text)]), mapping)
    assert received.good == 1, desk.rejects(received)
    assert desk.case()["accepted_at"] == at(want)


def test_several_formats_are_tried_in_their_order(desk: Desk) -> None:
    mapping = MAPPING.replace("accepted_at: accepted", 'accepted_at: {column: accepted, formats: ["%d.%m.%Y", iso]}')
    desk.hand_in(desk.write("a.csv", [row("1", accepted="03.01.2025"), row("2")]), mapping)
    assert desk.cases("accepted_day") == [(day("2025-01-03"),)] * 2


def test_an_offset_that_exists_nowhere_is_no_time(desk: Desk) -> None:
    times = [row("1", accepted="2025-01-03T09:00:00+08:00"), row("2", accepted="2025-01-03T09:00:00+99:99"),
             row("3", accepted="2025-01-03T09:00:00-25:00"), row("4", accepted="2025-01-03T01:00:00Z")]
    received = desk.hand_in(desk.write("a.csv", times))
    assert desk.cases("case_key") == [("1",), ("4",)] and set(desk.rejects(received)) == {3, 4}
    assert len(set(desk.cases("accepted_at"))) == 1


def test_a_constant_day_out_of_range_is_told_for_every_row(desk: Desk) -> None:
    mapping = MAPPING.replace("accepted_at: accepted", "accepted_at: {constant: 2999-01-01}")
    received = desk.hand_in(desk.write("a.csv", [row("1"), row("2")]), mapping)
    told = desk.rejects(received)
    assert received.bad == 2 and "accepted_at (constant): is after the data date" in told[2]["reasons_en"]


@pytest.mark.parametrize(("form", "wrong"), [
    ("epoch", ("1e300", "nan", "inf", "-1e18", "1736500000000")), ("epoch_ms", ("1e300", "1e18")),
    ("excel", ("1e300", "nan", "1e12")), ("iso", ("12025-01-01", "290000-01-01", "0001-01-01 (BC)"))])
def test_a_number_that_is_no_time_costs_its_row(desk: Desk, form: str, wrong: tuple[str, ...]) -> None:
    """In the sample that is shown first, too."""
    good = {"epoch": "1735866000", "epoch_ms": "1735866000000", "excel": "45660.5", "iso": "2025-01-03"}[form]
    mapping = MAPPING.replace("accepted_at: accepted", f"accepted_at: {{column: accepted, format: {form}}}")
    path = desk.write("a.csv", [row("1", accepted=good), *(row(f"w{n}", accepted=one) for n, one in enumerate(wrong))])
    read = parse(mapping)
    with desk.lake.staging("s") as folder:
        seen = sample(Delivery(path, read, "town", 1, date(2025, 6, 30)), DIRECTORY, folder)
    assert [bool(one.reasons.en) for one in seen.rows] == [False, *(True for _ in wrong)]
    received = desk.hand_in(path, mapping)
    assert (received.good, received.bad) == (1, len(wrong))


@pytest.mark.parametrize(("whole", "want"), [("end", "2025-01-06 23:59:59"), ("start", "2025-01-06 00:00:00")])
def test_a_due_day_without_a_clock_lasts_until_its_end(desk: Desk, whole: str, want: str) -> None:
    mapping = MAPPING + f"  due_at: {{column: due, role: promise, whole_day: {whole}}}\n"
    rows = [(*GOOD, "2025-01-06"), (*row("2"), "2025-01-06 12:00:00"), (*row("3"), "")]
    desk.hand_in(desk.write("a.csv", rows, header=(*HEADER, "due")), mapping)
    assert desk.cases("due_at, due_binds") == [(at(want), 1), (at("2025-01-06 12:00"), 1), (FAR_SECOND, 0)]


@pytest.mark.parametrize(
    ("spans", "end_is", "days", "working"),
    [
        ("", "resumed", 0, 0),
        ("2025-01-06/2025-01-08", "resumed", 2, 2),
        ("2025-01-06/2025-01-08", "last_day", 3, 3),
        ("2025-01-06/2025-01-08;2025-01-07/2025-01-09", "resumed", 3, 3),
        ("2025-01-06/2025-01-10;2025-01-07/2025-01-08;2025-01-09/2025-01-13", "resumed", 7, 5),
        ("2024-12-01/2025-01-06", "resumed", 3, 1),
        ("2025-01-20/2025-03-01", "resumed", 1, 1),
        ("2025-01-25/2025-02-10", "resumed", 0, 0),
        ("2025-01-17/", "resumed", 4, 2),
    ],
)
def test_stopped_days_are_merged_and_counted_inside_the_case(
    desk: Desk, spans: str, end_is: str, days: int, working: int
) -> None:
    """Accepted Friday 3 January, closed Tuesday 21 January 2025; the days before the Spring Festival."""
    one = (*row("1", closed="2025-01-21"), spans)
    received = desk.hand_in(desk.write("a.csv", [one, (*row("2"), "")], header=(*HEADER, "spans")), SPANS % end_is)
    assert received.good == 2, desk.rejects(received)
    assert (desk.case()["stopped_days"], desk.case()["stopped_wd"]) == (days, working)
    assert desk.case("2")["stopped_days"] == 0


def test_an_open_span_of_an_open_case_runs_to_the_data_day(desk: Desk) -> None:
    one = (*row("1", accepted="2025-06-02", closed=""), "2025-06-20/")
    desk.hand_in(desk.write("a.csv", [one], header=(*HEADER, "spans")), SPANS % "resumed")
    assert (desk.case()["stopped_days"], desk.case()["stopped_wd"]) == (10, 6)


def test_spans_from_columns_and_what_is_wrong_with_them(desk: Desk) -> None:
    mapping = MAPPING + "suspended: {start: s, end: e}\nsteps: [{name: 受理, start: s, end: e}]\n"
    rows = [(*row("1"), "2025-01-06", "2025-01-07"), (*row("2"), "2025-01-07", "2025-01-06"), (*row("3"), "x", "")]
    received = desk.hand_in(desk.write("a.csv", rows, header=(*HEADER, "s", "e")), mapping)
    told = desk.rejects(received)
    assert desk.case()["stopped_days"] == 1
    assert json.loads(desk.case()["steps"]) == [["受理", day("2025-01-06"), day("2025-01-07")]]
    assert "“2025-01-07 / 2025-01-06” is not a period" in told[3]["reasons_en"]
    assert told[4]["fields"] == "suspended;steps"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case.filter(lambda one: one[0] in ("M1", "M2") and one[1] != "R9" and one[4] != "x" and (one[3] or 0) >= 0))
def test_stopped_days_are_the_days_that_lie_in_a_span(tmp_path_factory: pytest.TempPathFactory, one: Any) -> None:
    """Counted day by day: a day counts as stopped if it is after the case's first day and inside any (start, end]."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    if desk.hand_in(desk.write("a.csv", [written(1, one)], header=(*HEADER, "spans")), SPANS % "resumed").bad:
        return
    _, _, start, hours, _, spans = one
    first, end = start.date(), date(2025, 6, 30)
    last = min(end, (start + timedelta(hours=hours)).date() if hours is not None else end)
    inside = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    stopped = [d for d in inside if any(a < (d - first).days <= a + n for a, n in spans)]
    calendar = Calendar("CN", estimate=True)
    assert desk.case("k1")["stopped_days"] == len(stopped)
    assert desk.case("k1")["stopped_wd"] == sum(calendar.is_working(d) for d in stopped)


def test_a_case_closed_before_it_was_accepted_may_be_kept_and_is_counted(desk: Desk) -> None:
    file = desk.write("a.csv", [row("1", accepted="2025-01-03 09:00:30", closed="2025-01-03 09:00:00")])
    assert desk.hand_in(file, MAPPING + "closed_before_accepted: 29\n").good == 0
    received = desk.hand_in(file, MAPPING + "closed_before_accepted: 30\n")
    assert received.good == 1 and "1 rows were closed before" in received.notices[0].en


def test_working_days_that_nobody_published_are_called_estimates(desk: Desk) -> None:
    told = desk.hand_in(desk.write("a.csv", [row("1", accepted="2003-12-30", closed="2004-01-05")])).notices
    assert any("2003-12-30" in one.en and "estimated" in one.en for one in told)
    assert not desk.hand_in(desk.write("b.csv", [row("1")])).notices
