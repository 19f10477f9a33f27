"""Roles, rights and the chain of the audit trail, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import Period
from jizhun.people.rules import (
    BEGINNING,
    DEMONSTRATION_LOGINS,
    RIGHTS,
    ROLES,
    Held,
    Line,
    canonical,
    check_level,
    first_break,
    hash_of,
    in_force,
    may,
)

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
COUNTY = ("CN", "990000", "990100", "990101")


def test_a_grant_reaches_its_region_and_everything_below_it_and_nothing_beside_or_above():
    held = [Held("county_editor", "990100", YEAR)]
    assert may(held, "batch.receive", COUNTY)
    assert may(held, "batch.receive", COUNTY[:3])
    assert not may(held, "batch.receive", COUNTY[:2])
    assert not may(held, "batch.receive", ("CN", "990000", "990200", "990201"))


def test_a_role_holds_only_its_own_rights():
    assert not may([Held("reader", "CN", YEAR)], "provision.record", COUNTY)
    assert not may([], "result.read", COUNTY)


def test_a_right_outside_the_closed_list_is_a_mistake_in_the_program():
    with pytest.raises(KeyError):
        may([Held("national_editor", "CN", YEAR)], "provison.record", COUNTY)


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_both_ends_of_a_grants_period_count(day, holds):
    assert bool(in_force([Held("reader", "CN", YEAR)], day)) is holds


def test_every_role_has_only_rights_of_the_list_and_every_right_somebody():
    assert set().union(*(role.rights for role in ROLES.values())) == set(RIGHTS)


def test_nobody_both_records_and_reviews():
    for role in ROLES.values():
        assert not {"provision.record", "provision.review"} <= role.rights
        assert not {"guide.edit", "guide.review"} <= role.rights


def test_who_judges_from_outside_does_nothing_inside():
    assert {code for code, role in ROLES.items() if "evaluation.judge" in role.rights} == {"assessor"}
    assert ROLES["assessor"].rights == {"result.read", "evaluation.judge", "pilot.assess"}


def test_whoever_assesses_pilots_neither_applies_nor_selects():
    assert {code for code, role in ROLES.items() if "pilot.assess" in role.rights} == {"assessor"}
    assert not any(role.rights >= {"pilot.assess", right} for role in ROLES.values()
                   for right in ("pilot.apply", "pilot.manage"))


def test_places_are_inspected_by_editors_and_never_by_clerks_or_statisticians():
    inspecting = {code for code, role in ROLES.items() if "evaluation.inspect" in role.rights}
    assert inspecting == {"national_editor", "provincial_editor", "county_editor"}


def test_a_role_is_granted_only_at_its_levels():
    check_level("provincial_editor", 1, "990000")
    with pytest.raises(Refused, match="not for 990101's level"):
        check_level("provincial_editor", 3, "990101")
    with pytest.raises(Refused, match="no role “emperor”"):
        check_level("emperor", 0, "CN")


def test_demonstration_logins_are_in_the_fictional_province_or_the_nation():
    assert all(login.region == "CN" or login.region.startswith("99") for login in DEMONSTRATION_LOGINS)
    assert {login.role for login in DEMONSTRATION_LOGINS} == set(ROLES)


def test_equal_values_have_equal_texts():
    assert canonical({"b": 1, "a": date(2026, 1, 2)}) == canonical({"a": "2026-01-02", "b": 1})
    assert canonical({"名": "值"}) == '{"名":"值"}'


def test_the_time_zone_in_which_a_time_is_told_does_not_matter():
    line = trail(1)[0]
    beijing = replace(line, at=line.at.astimezone(timezone(timedelta(hours=8))))
    assert hash_of(beijing) == hash_of(line)


def trail(count: int) -> list[Line]:
    """A sound trail."""
    lines: list[Line] = []
    for seq in range(1, count + 1):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seq)
        line = Line(seq, at, "clerk", "room.act", f"thing:{seq}", "null", '{"x":1}', "", lines[-1].hash if lines
                    else BEGINNING)
        lines.append(replace(line, hash=hash_of(line)))
    return lines


def head(lines: list[Line]) -> tuple[int, str]:
    return (lines[-1].seq, lines[-1].hash) if lines else (0, BEGINNING)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_sound_trail_holds(count):
    lines = trail(count)
    assert first_break(lines, head(lines)) is None


FIELDS = ("actor", "act", "subject", "before", "after", "reason")


@given(where=st.integers(0, 6), field=st.sampled_from(FIELDS), text=st.text(max_size=5))
def test_a_changed_field_breaks_the_chain_at_its_own_line(where, field, text):
    lines = trail(7)
    changed = [*lines]
    changed[where] = replace(lines[where], **{field: getattr(lines[where], field) + "!" + text})
    broken = first_break(changed, head(lines))
    assert broken and broken.seq == where + 1 and broken.why.en == "its content does not match its hash"


@given(where=st.integers(0, 5))
def test_a_changed_line_with_a_new_hash_breaks_the_chain_at_the_next(where):
    lines = trail(7)
    forged = replace(lines[where], reason="forged")
    lines[where] = replace(forged, hash=hash_of(forged))
    broken = first_break(lines, head(lines))
    assert broken and broken.seq == where + 2


@given(where=st.integers(0, 6))
def test_a_missing_line_is_named(where):
    lines = trail(7)
    broken = first_break(lines[:where] + lines[where + 1:], head(lines))
    assert broken and broken.seq == where + 1


def test_a_cut_off_tail_and_a_trail_replaced_whole_are_seen():
    lines = trail(7)
    assert (broken := first_break(lines[:5], head(lines))) and broken.seq == 6
    assert first_break([], head(lines))
    other = [replace(line, actor="other") for line in lines]
    assert first_break(other, head(lines))
