"""The lake as it is kept: months put together, old versions swept, months that go after notice, what the trail says."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import call_command
from django.utils import timezone

from jizhun import loading
from jizhun.analytics.cases import CASES
from jizhun.delivery import actions
from jizhun.delivery.actions import keeping
from jizhun.delivery.models import Batch, Retirement, Source
from jizhun.delivery.rules.keeping import last_month_to_go
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import grant, verify_trail
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from town import MAPPING, file, write_package

pytestmark = pytest.mark.django_db

WHOLE = ", ".join(one.name for one in CASES.whole)

RATED = """
fields: {review_key: id, case_key: case, rated_at: at, grade: grade}
extract_date: 2025-06-30
"""
STEPS = MAPPING + "steps: [{name: look, start: accepted, end: closed}]\n"


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> Path:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    settings.KEEP_MONTHS, settings.KEEP_NOTICE = 12, 30
    list(loading.package(by=SYSTEM, folder=write_package(tmp_path / "town")))
    return tmp_path


def receive(folder: Path, *rows: str, name: str = "a.csv", mapping: str = MAPPING, source: str = "town") -> Batch:
    return actions.receive(by=SYSTEM, file=file(folder, *rows, name=name), mapping=parse(mapping), source=source).batch


def cases(columns: str = "case_key, closed_day", **more: Any) -> list[Any]:
    return duckdb.execute(f"SELECT {columns} FROM {actions.lake().relation(**more)} ORDER BY ALL").fetchall()


def acts() -> list[str]:
    return list(AuditLine.objects.order_by("seq").filter(act__startswith="delivery").values_list("act", flat=True))


def person(name: str, role: str = "", region: str = "T1") -> User:
    one = User.objects.create_user(name)
    if role:
        grant(by=SYSTEM, user=one, role=role, region=region)
    return one


def said(*words: str) -> str:
    out = StringIO()
    call_command("lake", *words, stdout=out)
    return out.getvalue()


def rate(folder: Path, *rows: str, name: str) -> Batch:
    """Ratings of the town's cases (id, case, when, grade)."""
    (folder / name).write_text("\n".join(["id,case,at,grade", *rows]) + "\n", "utf-8")
    return actions.receive_reviews(by=SYSTEM, file=folder / name, source="town",
                                   mapping=actions.parse_as(Batch.REVIEWS, RATED, name)).batch


def ratings(columns: str = "review_key, month, grade", **more: Any) -> list[Any]:
    kept = actions.review_lake()
    return duckdb.execute(f"SELECT {columns} FROM {kept.relation(**more)} ORDER BY ALL").fetchall()


# -- late and corrected records --------------------------------------------------------------------


def test_a_record_that_is_corrected_ninety_days_later_replaces_the_former_one_and_no_other(town: Path) -> None:
    first = receive(town, "1,T1,2025-01-03,", "2,T1,2025-01-03,2025-01-06", "3,T1,2025-03-03,2025-03-04")
    keeping.compact(by=SYSTEM)
    late = MAPPING.replace("2025-06-30", "2025-09-28")
    again = receive(town, "1,T1,2025-01-03,2025-04-03", "9,T1,2025-01-20,2025-01-21", name="late.csv", mapping=late)
    assert (again.rows_good, again.rows_replaced) == (2, 1)
    day = (date(2025, 4, 3) - date(1970, 1, 1)).days
    assert cases("case_key, batch, month") == [("1", again.pk, 202501), ("2", first.pk, 202501),
                                               ("3", first.pk, 202503), ("9", again.pk, 202501)]
    assert ("1", day) in cases()


# -- months put together ---------------------------------------------------------------------------


def test_months_are_put_together_by_whoever_may_hand_in_there(town: Path) -> None:
    for number in range(3):
        receive(town, f"{number},T1,2025-01-03,2025-01-06", f"m{number},T1,2025-02-03,", name=f"{number}.csv",
                mapping=STEPS)
    before, steps = cases(WHOLE), actions.step_lake().sources()
    with pytest.raises(Forbidden):
        keeping.compact(by=person("stranger"))
    with pytest.raises(Forbidden):
        keeping.compact(by=person("villager", "statistician", "T1"), source="town")
    found = keeping.compact(by=person("town-clerk", "statistician", "T"), source="town")
    assert [(one.month, one.files, one.rows) for one in found] == [(202501, 3, 3), (202502, 3, 3), (202501, 3, 3),
                                                                   (202502, 3, 3)]
    assert cases(WHOLE) == before and len(actions.lake().files()) == 2
    assert actions.step_lake().sources() == steps and len(actions.step_lake().files()) == 2
    line = AuditLine.objects.get(act="delivery.compact")
    assert (line.actor, line.subject) == ("town-clerk", "source:town") and '"files":12' in line.after.replace(" ", "")
    assert keeping.compact(by=SYSTEM) == [] and AuditLine.objects.filter(act="delivery.compact").count() == 1
    with pytest.raises(Refused, match="no source “never”"):
        keeping.compact(by=SYSTEM, source="never")


def test_the_commands_say_what_they_did(town: Path) -> None:
    receive(town, "1,T1,2025-01-03,")
    receive(town, "1,T1,2025-01-03,2025-01-06", "2,T1,2025-01-04,", name="b.csv")
    receive(town, "3,T1,2025-01-03,", name="c.csv")
    assert said("compact").split() == said_words("town 202501: 3 rows, 2 files became one.")
    assert said("compact").split() == said_words("Every month lies in one file already.")
    lines = [line.split("\t") for line in said("history").splitlines()]
    assert [(table, number, rows) for table, number, _at, rows, _done in lines] == [
        ("cases", "4", "3"), ("cases", "3", "3"), ("cases", "2", "2"), ("cases", "1", "1"), ("cases", "0", "0")]
    assert "compacted=town/202501" in lines[0][4] and "batch=" in lines[1][4]
    actions.lake().sweep(keep_days=0)
    assert [line.split("\t")[3] for line in said("history", "--last", "2").splitlines()] == ["3", "-"]


def said_words(english: str) -> list[str]:
    from django.utils.translation import gettext

    text = gettext("%(source)s %(month)s: %(rows)s rows, %(files)s files became one.") % {
        "source": "town", "month": 202501, "rows": "3", "files": 2}
    return (text if english.startswith("town") else gettext(english)).split()


def test_ratings_are_put_together_swept_and_told_of_like_cases(town: Path, settings: Any) -> None:
    receive(town, *(f"{number},T1,2025-01-03,2025-01-06" for number in range(3)))
    first = rate(town, "r0,0,2025-01-07 10:00:00,5", "m0,0,2025-02-07 10:00:00,1", name="r0.csv")
    for number in (1, 2):
        rate(town, f"r{number},{number},2025-01-08 10:00:00,4", name=f"r{number}.csv")
    before = ratings("*")
    assert len(actions.review_lake().files()) == 4
    found = keeping.compact(by=SYSTEM, source="town")
    assert [(one.month, one.files, one.rows) for one in found] == [(202501, 3, 3)], "cases lay in one file already"
    assert ratings("*") == before and len(actions.review_lake().files()) == 2
    told = [line.split("\t") for line in said("history").splitlines()]
    assert [(row[1], row[3]) for row in told if row[0] == "reviews"] == [
        ("4", "4"), ("3", "4"), ("2", "3"), ("1", "2"), ("0", "0")]
    assert ratings(version=first.lake_version) == [("m0", 202502, 1), ("r0", 202501, 5)]
    settings.KEEP_VERSIONS = 0
    assert keeping.sweep(by=SYSTEM).files == 3 and ratings("*") == before
    with pytest.raises(Refused, match="can no longer be read"):
        ratings(version=first.lake_version)


def test_a_rating_that_is_corrected_later_is_one_row_in_the_month_put_together(town: Path) -> None:
    receive(town, "0,T1,2025-01-03,2025-01-06")
    rate(town, "r0,0,2025-01-07 10:00:00,1", "r1,0,2025-01-09 10:00:00,2", name="a.csv")
    keeping.compact(by=SYSTEM)
    rate(town, "r0,0,2025-02-02 10:00:00,5", name="b.csv")
    assert ratings() == [("r0", 202502, 5), ("r1", 202501, 2)]


# -- old versions ----------------------------------------------------------------------------------


def test_old_versions_are_swept_after_their_days_and_the_trail_tells(town: Path, settings: Any) -> None:
    first = receive(town, "1,T1,2025-01-03,")
    receive(town, "1,T1,2025-01-03,2025-01-06", name="b.csv")
    assert keeping.sweep(by=SYSTEM).files == 0 and [key for key, _ in cases(version=first.lake_version)] == ["1"]
    settings.KEEP_VERSIONS = 0
    assert keeping.sweep(by=SYSTEM, dry_run=True).files == 1 and acts().count("delivery.sweep") == 0
    swept = keeping.sweep(by=SYSTEM)
    assert swept.files == 1 and swept.bytes > 1000 and acts()[-1] == "delivery.sweep"
    with pytest.raises(Refused, match="can no longer be read"):
        cases(version=first.lake_version)
    with pytest.raises(Forbidden):
        keeping.sweep(by=person("stranger"))


# -- months that go --------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "months", "last"), [
    (date(2025, 3, 15), 12, 202402), (date(2025, 1, 31), 1, 202411), (date(2025, 2, 1), 1, 202412),
    (date(2025, 12, 31), 24, 202311), (date(2025, 1, 1), 0, None)])
def test_the_months_that_are_kept_are_whole_ones(day: date, months: int, last: int | None) -> None:
    assert last_month_to_go(day, months) == last


def test_months_go_only_after_notice_and_take_their_steps_along(town: Path) -> None:
    rows = ["1,T1,2024-01-05,2024-01-08", "2,T1,2024-02-05,2024-02-06", "3,T1,2024-03-05,2024-03-06"]
    batch = receive(town, *rows, mapping=STEPS)
    person("here", "statistician", "T")
    person("elsewhere", "statistician", "T1")
    day = date(2025, 3, 15)
    assert keeping.announce(by=SYSTEM, on=day, dry_run=True) and not Retirement.objects.exists()
    (one,) = keeping.announce(by=SYSTEM, on=day)
    assert (one.last_month, one.cases, one.due_on) == (202402, 2, day + timedelta(days=30))
    notice = Notice.objects.get()
    assert notice.username == "here" and "2 cases of Town cases (town) up to 2024-02" in notice.text_en
    assert keeping.announce(by=SYSTEM, on=day) == [], "once"
    assert keeping.retire(by=SYSTEM, on=one.due_on - timedelta(days=1)) == [] and len(cases()) == 3
    with pytest.raises(Forbidden):
        keeping.retire(by=person("stranger"), on=one.due_on)
    assert keeping.retire(by=SYSTEM, on=one.due_on, dry_run=True) == [one] and len(cases()) == 3
    keeping.retire(by=SYSTEM, on=one.due_on)
    one.refresh_from_db()
    assert one.gone == 2 and not one.is_open
    assert cases("case_key") == [("3",)] and actions.step_lake().sources() == {"town": 1}
    assert acts()[-2:] == ["delivery.announce_end", "delivery.retire"] and verify_trail() is None
    with pytest.raises(Refused, match="erased with their data"):
        cases(version=batch.lake_version)
    assert keeping.retire(by=SYSTEM, on=one.due_on) == [] and keeping.announce(by=SYSTEM, on=day) == []


def test_months_that_go_take_the_ratings_given_in_them_along(town: Path) -> None:
    """A rating lies in the month in which it was given: one given later stays, though its case has gone."""
    receive(town, "1,T1,2024-01-05,2024-01-08", "3,T1,2024-03-05,2024-03-06")
    first = rate(town, "old,1,2024-02-05 10:00:00,1", "late,1,2024-03-05 10:00:00,2", "new,3,2024-04-05 10:00:00,5",
                 name="r.csv")
    (one,) = keeping.announce(by=SYSTEM, on=date(2025, 3, 15))
    assert (one.last_month, one.cases) == (202402, 1) and len(ratings()) == 3
    keeping.retire(by=SYSTEM, on=one.due_on)
    assert cases("case_key") == [("3",)] and ratings("review_key") == [("late",), ("new",)]
    with pytest.raises(Refused, match="erased with their data"):
        ratings(version=first.lake_version)


def test_months_with_nothing_but_ratings_are_announced_and_go_too(town: Path) -> None:
    receive(town, "1,T1,2025-01-05,2025-01-08")
    rate(town, "early,1,2024-01-05 10:00:00,4", "new,1,2025-02-05 10:00:00,5", name="r.csv")
    (one,) = keeping.announce(by=SYSTEM, on=date(2025, 3, 15))
    keeping.retire(by=SYSTEM, on=one.due_on)
    assert one.cases == 0 and ratings("review_key") == [("new",)] and len(cases()) == 1


def test_a_source_that_is_removed_takes_its_ratings_along(town: Path) -> None:
    receive(town, "1,T1,2025-01-05,2025-01-08")
    rate(town, "r,1,2025-01-09 10:00:00,4", name="r.csv")
    assert actions.remove(by=SYSTEM, source="town") == 1 and actions.review_lake().files() == []


def test_a_retirement_cut_off_after_its_commit_is_written_down_by_the_next(town: Path) -> None:
    receive(town, "1,T1,2024-01-05,", "3,T1,2025-03-05,")
    (one,) = keeping.announce(by=SYSTEM, on=date(2025, 3, 15))
    actions.lake().drop("town", one.last_month, {"retired": str(one.pk)})
    keeping.retire(by=SYSTEM, on=one.due_on)
    one.refresh_from_db()
    assert one.gone == 1 and cases("case_key") == [("3",)]


def test_months_that_are_called_off_stay(town: Path) -> None:
    receive(town, "1,T1,2024-01-05,")
    day = date(2025, 3, 15)
    (one,) = keeping.announce(by=SYSTEM, on=day)
    with pytest.raises(Refused, match="Give a reason"):
        keeping.call_off(by=SYSTEM, retirement=one, reason=" ")
    with pytest.raises(Forbidden):
        keeping.call_off(by=person("stranger"), retirement=one, reason="no")
    keeping.call_off(by=SYSTEM, retirement=one, reason="an appeal is pending")
    assert keeping.retire(by=SYSTEM, on=one.due_on) == [] and keeping.announce(by=SYSTEM, on=day) == []
    assert len(cases()) == 1 and AuditLine.objects.get(act="delivery.call_off_end").reason == "an appeal is pending"
    with pytest.raises(Refused, match="already"):
        keeping.call_off(by=SYSTEM, retirement=one, reason="again")
    (later,) = keeping.announce(by=SYSTEM, on=date(2025, 4, 1))
    assert later.last_month == 202403, "a month later they are announced anew"


def test_the_sweep_command_announces_and_later_lets_go(town: Path, settings: Any) -> None:
    receive(town, "1,T1,2024-01-05,")
    assert "1" in said("sweep", "--dry-run") and not Retirement.objects.exists()
    said("sweep")
    one = Retirement.objects.get()
    assert one.due_on == timezone.localdate() + timedelta(days=30) and len(cases()) == 1
    Retirement.objects.update(due_on=timezone.localdate())
    said("sweep")
    assert cases() == [] and Source.objects.get().batches.get().state == "loaded"
    with pytest.raises(Refused, match="no such announcement; open are: -"):
        said("keep", "99", "--reason", "x")


def test_everything_is_kept_where_nothing_is_set(town: Path, settings: Any) -> None:
    settings.KEEP_MONTHS = 0
    receive(town, "1,T1,2001-01-05,")
    assert keeping.announce(by=SYSTEM) == [] and len(cases()) == 1
