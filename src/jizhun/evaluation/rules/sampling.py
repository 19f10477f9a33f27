"""Random samples that anybody can draw again: stratified, from a seed that is kept with the draw. Pure.

Each thing is ranked by the SHA-256 of ``seed:key``; of every stratum the first ones are taken. No random generator of
any language or version is needed to check a draw, and the store of cases can do the same in SQL.
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from math import log
from typing import TypeVar

from jizhun.kernel.bilingual import Refused

S = TypeVar("S", bound=Hashable)


def rank(seed: str, key: str) -> str:
    """By what a thing is ranked within its stratum: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def allocate(sizes: Mapping[S, int], wanted: int, seed: str = "") -> dict[S, int]:
    """How many to take of each stratum, never more than there are: one of each, the rest in proportion to size by
    largest remainders. Where strata are more than wanted, some of them are drawn, the larger the likelier."""
    if wanted < 1:
        raise Refused(zh="样本量至少为 1。", en="A sample has at least one.")
    filled = [one for one in sizes if sizes[one] > 0]
    if wanted <= len(filled):
        return dict.fromkeys(sorted(filled, key=lambda one: -_chance(seed, repr(one), sizes[one]))[:wanted], 1)
    room = {one: sizes[one] - 1 for one in filled}
    rest, total = wanted - len(filled), sum(int(one) for one in room.values())
    if rest >= total:
        return {one: sizes[one] for one in filled}
    whole = {one: rest * room[one] // total for one in filled}
    by_rest = sorted(filled, key=lambda one: (-(rest * room[one] % total), repr(one)))
    lucky = set(by_rest[: rest - sum(whole.values())])
    return {one: 1 + whole[one] + (one in lucky) for one in filled}


def _chance(seed: str, key: str, size: int) -> float:
    """The rank of a stratum among others when each is drawn by its size: ln(u) / size, u in (0, 1] from its hash."""
    u = (int(rank(seed, key)[:13], 16) + 1) / 16 ** 13
    return log(u) / size


Key = tuple[str, ...]


def spread_over(sizes: Mapping[Key, int], wanted: int, seed: str) -> dict[Key, int]:
    """The same over keys of several parts: over the first part, within each over the next, and so on."""
    first: dict[str, dict[Key, int]] = {}
    for key, size in sizes.items():
        first.setdefault(key[0], {})[key[1:]] = size
    taken: dict[Key, int] = {}
    for part, number in allocate({one: sum(rest.values()) for one, rest in first.items()}, wanted, seed).items():
        below = {(): number} if () in first[part] else spread_over(first[part], number, seed)
        taken |= {(part, *rest): count for rest, count in below.items()}
    return taken


def half_even(sizes: Mapping[S, int], wanted: int) -> dict[S, int]:
    """Half of the sample in equal parts, half in proportion: a rare kind is looked at too."""
    filled = [one for one in sizes if sizes[one] > 0]
    even = {one: min(sizes[one], max(1, wanted // (2 * len(filled)))) for one in filled}
    rest = wanted - sum(even.values())
    room = {one: sizes[one] - even[one] for one in filled}
    left: int = sum(room.values())
    more = allocate(room, min(rest, left)) if rest > 0 and left > 0 else {}
    return {one: even[one] + more.get(one, 0) for one in filled}


def draw(strata: Mapping[S, Iterable[str]], wanted: int, seed: str) -> dict[S, list[str]]:
    """The keys drawn of each stratum, in the order of their ranks; the order in which keys are given is nothing."""
    held = {stratum: sorted(set(keys), key=lambda key: rank(seed, key)) for stratum, keys in strata.items()}
    taken = allocate({stratum: len(keys) for stratum, keys in held.items()}, wanted, seed)
    return {stratum: held[stratum][:number] for stratum, number in taken.items()}


def frame_digest(keys: Iterable[str]) -> str:
    """What a draw was made from, in one hash: the sorted keys, one a line."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
