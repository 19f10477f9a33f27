"""The list of matters where a place keeps it: the ledger of changes, and what each place claims."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides.models import Adoption, LayerVersion, MatterChange
from jizhun.guides.rules.claiming import Claim, Differs, as_row, checked_claim, differing, standing_claims
from jizhun.guides.rules.ledger import Change, in_list, new_change, read_change
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, tree, version

LEDGER, CLAIMS = "guides.ledger", "guides.claims"

# -- the ledger ------------------------------------------------------------------------------------


def ledger() -> tuple[Change, ...]:
    """Every line in the order of the days."""
    return _ledger(version(LEDGER))


@lru_cache(maxsize=2)
def _ledger(_version: str) -> tuple[Change, ...]:
    known = catalogue().matters
    rows = MatterChange.objects.order_by("valid_from", "seq", "pk")
    return tuple(read_change(row.fields, known) for row in rows)


def listed(*, region: str, on: date) -> tuple[str, ...]:
    """The matters in the list that holds at a place on a day; none where the list is not meant for the place,
    or was not yet there.
    """
    if not tree().in_scope(region):
        return ()
    path = tree().path(region, on)
    touched = {one.matter for one in ledger()}
    known = catalogue()
    return tuple(code for code, matter in known.matters.items() if known.listed(matter.item, on)
                 and (code not in touched or in_list(code, path, on, ledger())))


def touched_guides(change: Change) -> list[tuple[str, str, str]]:
    """(sort, matter, place) of every guide and procedure that a line of the ledger touches."""
    within = set(tree().within(change.region, max(change.valid_from, timezone.localdate())))
    rows = LayerVersion.objects.filter(matter__in=(change.matter, *change.others))
    return sorted({(row[0], row[1], row[2]) for row in rows.values_list("sort", "matter", "region")
                   if row[2] in within or row[2] == change.region})


def record_change(*, by: Actor, row: Mapping[str, Any]) -> MatterChange:
    """A new line of the ledger. A line is never changed: a mistake is put right by another line."""
    change = new_change(row, catalogue().matters)
    require(by=by, right="guide.edit", path=path_to(change.region))
    if MatterChange.objects.filter(code=change.code).exists():
        raise Refused(zh=f"台账编号“{change.code}”已存在。",
                      en=f"There is a line “{change.code}” in the ledger already.")
    with transaction.atomic():
        kept = _change_row(by, row, change, bump(LEDGER))
        kept.save()
        write_line(by=by, act="guides.record_change", subject=f"matter:{change.matter}", after=kept.fields)
    return kept


def _change_row(by: Actor, row: Mapping[str, Any], change: Change, seq: int) -> MatterChange:
    fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    return MatterChange(code=change.code, matter=change.matter, region=change.region, valid_from=change.valid_from,
                        fields=fields, recorded_on=timezone.localdate(), by=by.username, seq=seq)


def load_ledger(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert the lines that are not on record; returns how many."""
    there = set(MatterChange.objects.values_list("code", flat=True))
    known = catalogue().matters
    new = [(row, change) for row in rows if (change := new_change(row, known)).code not in there]
    for _, change in new:
        tree().known(change.region)
    if new:
        seq = bump(LEDGER)
        MatterChange.objects.bulk_create(_change_row(by, row, change, seq) for row, change in new)
    return len(new)


# -- claims ----------------------------------------------------------------------------------------


def claims_on(on: date) -> Mapping[tuple[str, str], Claim]:
    """(matter, place) -> what the place says on a day; who says nothing is not in it."""
    return _standing(version(CLAIMS), on)


@lru_cache(maxsize=4)
def _standing(stamp: str, on: date) -> Mapping[tuple[str, str], Claim]:
    return standing_claims(_claims(stamp), on)


@lru_cache(maxsize=1)
def _claims(_version: str) -> tuple[Claim, ...]:
    return tuple(Claim(row.matter, row.region, row.says, row.valid_from, row.other, row.reason, row.own, row.source,
                       row.mark) for row in Adoption.objects.order_by("seq", "pk").iterator(chunk_size=5000))


def claim_of(*, matter: str, region: str, on: date) -> Claim:
    """What a place says of a matter; ``unknown`` where it has said nothing: that is never counted as yes."""
    return claims_on(on).get((matter, region)) or Claim(matter, region, "unknown", on)


def claim_matters(*, by: Actor, claims: Sequence[Claim]) -> int:
    """Record what places say of matters, all or none; what stands there just so already is passed over."""
    known = catalogue().matters
    for one in claims:
        require(by=by, right="guide.edit", path=path_to(one.region))
        if one.matter not in known:
            raise Refused(zh=f"没有编码为“{one.matter}”的事项。", en=f"There is no matter “{one.matter}”.")
        _refuse_outside(one.region)
        checked_claim(one, known)
    with transaction.atomic():
        new = _new_claims(by, claims)
        if new:
            write_line(by=by, act="guides.claim", subject=f"region:{claims[0].region}",
                       after=[as_row(one) for one in claims[:200]])
    return new


def _refuse_outside(region: str) -> None:
    place = tree().known(region)
    if not place.in_scope:
        raise Refused(zh=f"清单不适用于{place.name.zh}。", en=f"The list is not meant for {place.name.en}.")


def _new_claims(by: Actor, claims: Sequence[Claim]) -> int:
    there = {(one.matter, one.region, one.valid_from): one for one in _claims(version(CLAIMS))}
    new = [one for one in claims if there.get((one.matter, one.region, one.valid_from)) != one]
    if new:
        seq, today = bump(CLAIMS), timezone.localdate()
        Adoption.objects.bulk_create((Adoption(**as_row(one), recorded_on=today, by=by.username, seq=seq)
                                      for one in new), batch_size=500)
    return len(new)


def load_claims(*, by: Actor, claims: Sequence[Claim]) -> int:
    """Insert the claims of a list that is loaded; returns how many are new."""
    known = catalogue().matters
    return _new_claims(by, [checked_claim(one, known) for one in claims])


def not_the_same(*, within: Iterable[str], on: date) -> list[Differs]:
    """Where places call a matter otherwise than the national list (四级四同), in the order of matters and places."""
    places, held = set(within), catalogue()
    found: list[Differs] = []
    for (matter, region), claim in sorted(claims_on(on).items()):
        if region in places and claim.own:
            one = held.matters[matter]
            found += differing(claim, {"code": one.code, "name_zh": one.name.zh, "kind": one.kind,
                                       "basis": _basis(one.basis)})
    return found


def _basis(basis: Bilingual) -> str:
    return basis.zh
