"""Where a question stands on a day: reviewed by a second person, suspended by its sources and by nobody else."""

from datetime import date
from typing import Any

import pytest

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.banking import (
    ACCEPT,
    ACCEPTED,
    DRAFT,
    IN_REVIEW,
    RETIRE,
    RETIRED,
    RETURN,
    RETURNED,
    STATES,
    SUBMIT,
    SUSPENDED,
    Version,
    check_step,
    counts,
    standing,
)
from jizhun.training.rules.sources import PROMISE, Source, Spoken

LIMIT = Source(PROMISE, ("m", "330100", "all", "promised_limit"), "17", "five", date(2026, 1, 1))
JULY, OCTOBER, NEXT = date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)
SAID = {date(2025, 1, 1): "five", JULY: "three", OCTOBER: "five", NEXT: "two"}
USED = Version(1, "a", ACCEPT, "a", (LIMIT,))


def ask(_kind: str, _key: tuple[str, ...], on: date) -> Spoken | None:
    day = max(one for one in SAID if one <= on)
    return Spoken("1", SAID[day], Bilingual(SAID[day], SAID[day]))


def days_of(_kind: str, _key: tuple[str, ...]) -> list[date]:
    return sorted(SAID)


def on(day: date, *versions: Version) -> Any:
    return standing(versions or (USED,), ask, days_of, day)


@pytest.mark.parametrize(("day", "state", "since", "ends"), [
    (date(2026, 6, 30), ACCEPTED, None, JULY), (JULY, SUSPENDED, JULY, None),
    (date(2026, 9, 30), SUSPENDED, JULY, None), (OCTOBER, ACCEPTED, None, NEXT), (NEXT, SUSPENDED, NEXT, None)])
def test_it_is_suspended_from_the_day_of_the_change_until_the_old_words_count_again(
        day: date, state: str, since: date | None, ends: date | None) -> None:
    found = on(day)
    assert (found.state, found.since, found.ends_on, found.usable) == (state, since, ends, state == ACCEPTED)
    assert [one.now.words.en for one in found.changes] == ([] if state == ACCEPTED else [SAID[since or day]])


def test_a_source_that_changed_on_no_known_day_suspends_from_the_day_it_is_seen() -> None:
    found = standing([USED], ask, lambda _kind, _key: [], JULY)
    assert (found.state, found.since) == (SUSPENDED, JULY)


@pytest.mark.parametrize(("step", "state"), [("", DRAFT), (SUBMIT, IN_REVIEW), (RETURN, RETURNED), (RETIRE, RETIRED)])
def test_a_version_that_was_never_accepted_stands_by_its_last_step(step: str, state: str) -> None:
    found = on(date(2026, 2, 1), Version(1, "a", step))
    assert (found.state, found.used, found.usable) == (state, None, False)


def test_the_version_in_use_stays_until_the_new_one_is_accepted() -> None:
    new = Version(2, "b", SUBMIT, "b", (LIMIT,))
    found = on(date(2026, 2, 1), USED, new)
    assert (found.state, found.used, found.waiting) == (ACCEPTED, USED, new)
    assert on(date(2026, 2, 1), USED, Version(2, "b", RETIRE)).state == RETIRED
    newer = Version(2, "b", ACCEPT)
    assert on(date(2026, 2, 1), USED, newer).used == newer


def test_a_draft_of_which_the_source_has_changed_says_so_before_it_is_accepted() -> None:
    found = on(JULY, Version(1, "a", SUBMIT, "a", (LIMIT,)))
    assert found.state == IN_REVIEW and len(found.changes) == 1


@pytest.mark.parametrize(("version", "step", "who", "may"), [
    (Version(1, "a", SUBMIT, "a"), ACCEPT, "b", True), (Version(1, "a", SUBMIT, "a"), ACCEPT, "a", False),
    (Version(1, "a", SUBMIT, "c"), ACCEPT, "c", False), (Version(1, "a"), ACCEPT, "b", False),
    (Version(1, "a", RETURN, "a"), SUBMIT, "a", True), (Version(1, "a", ACCEPT, "a"), SUBMIT, "a", False),
    (Version(1, "a", RETIRE), RETIRE, "a", False), (Version(1, "a", ACCEPT), RETIRE, "a", True),
    (Version(1, "a", SUBMIT), RETURN, "a", True)])
def test_who_may_do_what_when(version: Version, step: str, who: str, may: bool) -> None:
    if may:
        check_step(version, step, who)
    else:
        with pytest.raises(Refused):
            check_step(version, step, who)


def test_how_many_stand_how() -> None:
    found = counts([on(JULY), on(OCTOBER), on(NEXT)])
    assert (found[SUSPENDED], found[ACCEPTED]) == (2, 1) and list(found) == list(STATES)
