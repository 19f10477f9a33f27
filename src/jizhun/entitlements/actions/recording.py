"""Recording what a place says of an entitlement: what it would do is seen first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.entitlements.actions.asking import ROOM, entitlements, revision
from jizhun.entitlements.actions.loading import as_plain, check_known, version_row
from jizhun.entitlements.models import EntitlementRow, RuleVersion
from jizhun.entitlements.rules import Answer, Version, answer, typed_facts
from jizhun.entitlements.rules.book import MeasureInput
from jizhun.entitlements.rules.promising import Engine, Places
from jizhun.entitlements.rules.reading import read_entitlement
from jizhun.entitlements.rules.telling import loss_in_words
from jizhun.entitlements.rules.watching import Foreseen, Found, foresee
from jizhun.entitlements.rules.watching import found_over_time as over_time
from jizhun.entitlements.rules.widening import Values
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import day_in_words
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.provisions import actions as provisions
from jizhun.provisions.rules.reading import read_paper
from jizhun.regions.actions import bump, tree, versions


def foreseen_version(*, code: str, row: Mapping[str, Any], paper: Mapping[str, Any] | None = None,
                     examples: Iterable[Mapping[str, Any]] = (), whole: bool = True) -> Foreseen:
    """What a version, given as a row in the manner of the seeds, would do; nothing is kept.

    ``paper`` is one that is not on record yet. Not ``whole``: only who would lose against the rule above, which is what
    ``record_version`` looks at. Raises Refused for whatever that would refuse of the row as such.
    """
    book = entitlements()
    head = EntitlementRow.objects.filter(code=code).first()
    if head is None:
        raise Refused(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
    check_known([{"code": code, "versions": [row]}], {read_paper(paper).code} if paper else set())
    _, (version,) = read_entitlement({**head.fields, "versions": [row]}, book.facts)
    _check_subjects(version)
    return foresee(book, version, _path_on, timezone.localdate(), [typed_facts(book.facts, one) for one in examples],
                   _values_at, whole)


@dataclass(frozen=True, slots=True)
class Compared:
    """One person's answers: by the rule above, by the one that counts there now, and by the new one."""

    above: Answer | None
    before: Answer | None
    then: Answer


def compared(*, foreseen: Foreseen, examples: Iterable[Mapping[str, Any]]) -> list[Compared]:
    """What a version that was foreseen would come to for given persons. Raises Refused for facts that do not fit."""
    place, on = foreseen.version.place, foreseen.version.valid_from
    engine = Engine(provisions.book(), Places(place))
    found = []
    for one in examples:
        facts = typed_facts(entitlements().facts, one)
        above, before = (answer(rule, place, on, facts, engine) if rule else None
                         for rule in (foreseen.above, foreseen.before))
        found.append(Compared(above, before, answer(foreseen.rule, place, on, facts, engine)))
    return found


def _check_subjects(version: Version) -> None:
    known = {GENERAL, *catalogue().items, *catalogue().matters}
    odd = next((one for one in version.measures if one.subject not in known), None)
    if odd:
        raise Refused(zh=f"“{odd.name}”：没有代码为“{odd.subject}”的服务项目或事项。",
                      en=f"“{odd.name}”: there is no item or matter “{odd.subject}”.")


def _path_on(place: str, day: date) -> tuple[str, ...]:
    return tuple(tree().path(place, day))


def _values_at(place: str) -> Values:
    """What is promised at a place, for whoever holds rules against one another."""
    engine = Engine(provisions.book(), Places(place))

    def value(wanted: MeasureInput, on: date, given: Mapping[str, Any]) -> Decimal | None:
        try:
            found = engine(wanted, on, given).value
        except Refused:
            return None  # made-up days may lie before the place existed
        return found if isinstance(found, Decimal) else None
    return value


def record_version(*, by: Actor, code: str, row: Mapping[str, Any], paper: Mapping[str, Any] | None = None,
                   documents_paper: bool = False, seen: str | None = None) -> RuleVersion:
    """Record what a place says of an entitlement from a day on, and with it a ``paper`` that is not on record.

    A rule under which somebody would lose against the rule above is refused with that person, unless
    ``documents_paper`` says that it records what a local paper really says. ``seen`` is the revision at which the
    effect was looked at: raises Moved where anything was recorded since.
    """
    require(by=by, right="provision.record", path=path_to(str(row.get("region"))))
    looked_at = seen or revision()
    foreseen = foreseen_version(code=code, row=row, paper=paper, whole=False)
    if not documents_paper:
        _refuse_losses(foreseen)
    with transaction.atomic():
        seq = bump(ROOM, seen=looked_at)
        kept = version_row(code, as_plain(row), timezone.localdate())
        if RuleVersion.objects.filter(fingerprint=kept.fingerprint).exists():
            raise Refused(zh="这个版本已有记录。", en="This version is already on record.")
        if paper is not None:
            provisions.record_paper(by=by, row=paper)
        kept.seq = seq * 100_000
        kept.save(force_insert=True)
        write_line(by=by, act="entitlement.record", subject=str(kept),
                   after={"fields": kept.fields, "documents_paper": documents_paper, "losses": len(foreseen.losses)})
    return kept


def _refuse_losses(foreseen: Foreseen) -> None:
    for one in foreseen.losing:
        words = one.broken or loss_in_words(one.losses[0], entitlements().facts)
        day = day_in_words(one.day)
        later = one.day > foreseen.version.valid_from
        raise Refused(zh=f"{day.zh}起：{words.zh}" if later else words.zh,
                      en=f"From {day.en} on: {words.en}" if later else words.en)

_FOUND: dict[tuple[str, ...], tuple[Found, ...]] = {}


def found_over_time(*, code: str = "") -> tuple[Found, ...]:
    """Every regional version under which somebody loses, today or from a later day; kept until something is recorded.

    ``code`` asks for one entitlement. The search holds each version against the rule above: about half a second each.
    """
    today = timezone.localdate()
    stamp = *versions(ROOM, "provisions", "regions"), today.isoformat()
    book = entitlements()
    if any(key[:-1] != stamp for key in _FOUND):
        _FOUND.clear()
    for one in [code] if code else book.heads:
        if (*stamp, one) not in _FOUND:
            _FOUND[*stamp, one] = tuple(over_time(book, one, _path_on, today, _values_at))
    return tuple(found for one in ([code] if code else book.heads) for found in _FOUND[*stamp, one])
