"""What a change of a source does to a certificate, without a database: laws over worlds that change back and forth."""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.certificates import (
    DUE,
    EXPIRED,
    LAPSED,
    NOT_YET,
    REVOKED,
    VALID,
    Held,
    Learned,
    Renewal,
    change_words,
    check_mark,
    check_qualification,
    expiry,
    learned_anew,
    placed,
    read_covered,
    read_learned,
    shown_name,
    standing,
)
from jizhun.training.rules.sources import FIELD, PROMISE, STEPS, Source, Spoken

ISSUED, DAYS = date(2026, 1, 1), 60
KEYS = {PROMISE: ("M", "R", "all", "limit"), STEPS: ("M", "R"), FIELD: ("M", "R", "contacts")}


def day(number):
    return ISSUED + timedelta(number)


def said(text):
    return None if text is None else Spoken(text, text, Bilingual(f"中{text}", text))


def asking(world):
    """``world``: kind -> {day number: text from then on}."""
    def ask(kind, _key, on):
        past = [number for number in world[kind] if day(number) <= on]
        return said(world[kind][max(past)]) if past else None
    return ask


def learned(kind, text="a", on=0):
    return Learned(Source(kind, KEYS[kind], text, text, day(on)), Bilingual(f"中{text}", text))


def held(*kinds, grace=10, **more):
    return Held(tuple(learned(kind) for kind in kinds), ISSUED, day(DAYS), grace, **more)


texts = st.dictionaries(st.integers(1, DAYS + 20), st.sampled_from(["a", "b", "c", None]), max_size=6)
worlds = st.fixed_dictionaries({kind: texts.map(lambda found: {0: "a", **found}) for kind in KEYS})


def slowly(world, grace, number):
    """The state on a day, counted day by day from the beginning: the meaning of the rule."""
    if number > DAYS:
        return EXPIRED, None
    since = None
    ask = asking(world)
    for kind in (PROMISE, STEPS):
        run = None
        for one in range(number + 1):
            now = ask(kind, (), day(one))
            same = now is not None and now.fingerprint == "a"
            run = None if same else one if run is None else run
        if run is not None:
            since = run if since is None else min(since, run)
    if since is None:
        return VALID, None
    return (DUE if number <= since + grace else LAPSED), since


@given(worlds, st.integers(0, 25), st.integers(0, DAYS + 20))
def test_a_certificate_is_what_counting_day_by_day_makes_it(world, grace, number):
    found = standing(held(PROMISE, STEPS, FIELD, grace=grace), asking(world), day(number))
    state, since = slowly(world, grace, number)
    assert found.state == state
    if state == DUE:
        assert found.since == day(since)
        assert found.until == min(day(since + grace), day(DAYS))


@given(texts, st.integers(0, DAYS))
def test_other_words_in_a_guide_never_cost_a_certificate(changes, number):
    world = {PROMISE: {0: "a"}, FIELD: {0: "a", **changes}}
    assert standing(held(PROMISE, FIELD), asking(world), day(number)).state == VALID


@given(worlds, st.integers(1, DAYS), st.integers(0, DAYS))
def test_a_refresher_makes_it_valid_on_its_day_and_changes_nothing_before(world, when, before):
    ask, kept = asking(world), held(PROMISE, STEPS)
    now = standing(kept, ask, day(when))
    if not now.changes or any(one.now is None for one in now.changes):
        return
    anew = tuple(learned_anew(one.learned, one.now, day(when)) for one in now.changes)
    after = replace(kept, renewals=(Renewal(day(when), anew),))
    assert standing(after, ask, day(when)).state == VALID
    assert standing(after, ask, day(when)).until == kept.expires_on
    if before < when:
        assert standing(after, ask, day(before)) == standing(kept, ask, day(before))


@given(worlds, st.integers(0, DAYS + 20), st.integers(0, DAYS + 20))
def test_what_is_revoked_never_counts_again(world, revoked, number):
    kept = held(PROMISE, STEPS, revoked_on=day(revoked))
    found = standing(kept, asking(world), day(number))
    assert (found.state == REVOKED) == (number >= revoked)
    if number >= revoked:
        assert not found.counts and found.until < day(revoked)


def test_only_what_changed_is_named_with_old_and_new_words():
    world = {PROMISE: {0: "a", 5: "b"}, STEPS: {0: "a"}}
    found = standing(held(PROMISE, STEPS), asking(world), day(7))
    assert [(one.learned.source.kind, one.learned.words.en, one.now.words.en, one.since) for one in found.changes] == [
        (PROMISE, "a", "b", day(5))]
    assert change_words(found.changes[0], Bilingual("期限", "Limit")).en == "Limit: “a” before, “b” since 2026-01-06"


def test_the_grace_runs_from_the_first_of_several_changes():
    world = {PROMISE: {0: "a", 5: "b"}, STEPS: {0: "a", 12: "c"}}
    kept = held(PROMISE, STEPS)
    assert standing(kept, asking(world), day(15)).state == DUE
    assert standing(kept, asking(world), day(16)).state == LAPSED
    assert standing(kept, asking(world), day(16)).since == day(16)


def test_a_change_long_ago_is_found_by_halves_and_with_few_questions():
    asked = []
    ask = lru_cache(maxsize=None)(lambda kind, key, on: asked.append(on) or said("a" if on < day(100) else "b"))
    kept = replace(held(PROMISE, grace=5), expires_on=day(3000))
    found = standing(kept, ask, day(2000))
    assert found.state == LAPSED and found.changes[0].since == day(100) and found.since == day(106)
    assert len(asked) < 25


def test_before_its_day_it_is_not_valid_yet_and_its_last_day_counts():
    world = {PROMISE: {0: "a"}}
    kept = held(PROMISE)
    assert standing(kept, asking(world), day(-1)).state == NOT_YET
    assert standing(kept, asking(world), day(DAYS)).state == VALID
    assert standing(kept, asking(world), day(DAYS + 1)).state == EXPIRED
    assert expiry(date(2026, 1, 31), 1) == date(2026, 2, 27)


@pytest.mark.parametrize(("name", "how", "shown"), [
    ("张某某", "part", "张＊＊"), ("Avery Doe", "part", "A***"), ("张某某", "full", "张某某"), ("张某某", "none", ""),
    ("", "part", ""), ("欧", "part", "欧")])
def test_a_name_is_shown_as_its_holder_chose(name, how, shown):
    assert shown_name(name, how) == shown


def test_a_covered_source_is_read_and_placed():
    kind, key = read_covered("promise NB029-EX01 @ all promised_limit")
    assert (kind, placed(key, "990101")) == ("promise", ("NB029-EX01", "990101", "all", "promised_limit"))
    assert read_covered("clause GB/T 32168-2015 5.2") == ("clause", ("GB/T 32168-2015", "5.2"))
    for line in ("", "clause 5.2", "promise NB029-EX01 @", "nothing a b", "steps a b c"):
        with pytest.raises(Refused, match="names no source"):
            read_covered(line)


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"months": 0}, "1 to 120 months"), ({"grace_days": 367}, "0 to 366 days"), ({"passing": 0}, "mark to pass"),
    ({"covers": []}, "1 to 200 sources"), ({"covers": ["x", "x"]}, "twice")])
def test_a_qualification_that_cannot_be_is_refused(wrong, sentence):
    sound = {"months": 24, "grace_days": 30, "passing": 6000, "covers": ["x"]}
    check_qualification(**sound)
    with pytest.raises(Refused, match=sentence):
        check_qualification(**(sound | wrong))


def test_a_mark_below_what_passes_is_refused():
    check_mark(6000, 6000)
    with pytest.raises(Refused, match=r"59\.99; 60 is needed"):
        check_mark(5999, 6000)
    with pytest.raises(Refused, match="0 to 100"):
        check_mark(10_001, 6000)


def test_what_was_learned_is_kept_with_its_words():
    one = learned(PROMISE)
    assert read_learned(one.plain()) == one
