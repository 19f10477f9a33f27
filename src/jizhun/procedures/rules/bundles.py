"""A life event as a procedure made of procedures: one application, legs in the order of what they need, one answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.procedures.rules.steps import END, Limit, Step, Steps, Way
from jizhun.procedures.rules.words import Role

APPLY, ACCEPT, RESULT = "apply", "accept", "result"


@dataclass(frozen=True, slots=True)
class Leg:
    """One matter of the event. ``needs``: the matters whose outcome it uses; ``when``: for whom it is, if not for
    everybody; ``department``: who handles it."""

    matter: str
    name: Bilingual
    order: int = 1
    needs: tuple[str, ...] = ()
    when: Bilingual = NO_WORDS
    department: Bilingual = NO_WORDS
    limit: Limit | None = None


def event_steps(legs: Sequence[Leg]) -> Steps:
    """The table: a leg follows those that it needs, the others begin at once; several go on together."""
    by_matter = {one.matter: one for one in legs}
    follows = {one.matter: [other for other in legs if one.matter in other.needs] for one in legs}
    begin = [one for one in legs if not any(need in by_matter for need in one.needs)]
    return Steps((
        Step(APPLY, Bilingual("一次申请、一张表", "One application, one form"), "applicant", document="receipt",
             next=(Way(ACCEPT),)),
        Step(ACCEPT, Bilingual("统一受理、分送", "Accept once and pass on"), "intake", document="acceptance",
             next=_ways(begin)),
        *(Step(one.matter, one.name, post_of(one, legs), calls=one.matter, limit=one.limit,
               next=_ways(follows[one.matter])) for one in _in_order(legs)),
        Step(RESULT, Bilingual("一次告知结果", "One answer"), "intake", document="completion", next=(Way(END),))))


UNNAMED = Role("body", Bilingual("经办机构（未收录）", "Handling body, not on record"))


def post_of(leg: Leg, legs: Sequence[Leg]) -> str:
    """The code of the lane in which a leg runs: one for each department."""
    if leg.department == NO_WORDS:
        return UNNAMED.code
    return f"{UNNAMED.code}-{list(dict.fromkeys(one.department for one in legs)).index(leg.department) + 1}"


def event_posts(legs: Sequence[Leg]) -> dict[str, Role]:
    """What these lanes are called."""
    codes = {post_of(one, legs): one.department for one in legs}
    return {code: Role(code, name) if name != NO_WORDS else UNNAMED for code, name in codes.items()}


def _ways(targets: Iterable[Leg]) -> tuple[Way, ...]:
    found = list(targets)
    if not found:
        return (Way(RESULT),)
    return tuple(Way(one.matter, one.when, len(found) > 1) for one in found)


def _in_order(legs: Sequence[Leg]) -> list[Leg]:
    return sorted(legs, key=lambda one: one.order)


def groups(legs: Sequence[Leg]) -> list[list[Leg]]:
    """The legs that run side by side, stage after stage."""
    found: Mapping[int, list[Leg]] = {order: [one for one in legs if one.order == order]
                                      for order in sorted({one.order for one in legs})}
    return list(found.values())
