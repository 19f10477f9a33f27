"""A table of steps as the pairs of steps that may follow one another: what a record is held against."""

from collections.abc import Iterable, Mapping
from typing import Final

from jizhun.analytics.following.flow import NOWHERE, Flow, Limit
from jizhun.procedures.rules.flow import Flow as Order
from jizhun.procedures.rules.flow import flow_of, spread
from jizhun.procedures.rules.steps import END, Step, Steps

OUTSIDE: Final = frozenset({"applicant", "employer", "respondent", "other_body", "bank"})
"""Roles whose steps an office's record need not hold."""

Pairs = set[tuple[str, str]]


def followed_flow(steps: Steps) -> Flow:
    """The procedure as pairs. What others do, or are waited for, may be on record or not.

    Of steps taken together each may come after each of the others, and none may be left out. A limit that is shared
    by steps, or that runs while others are waited for, is not known here: only a step's own limit is kept.
    """
    order = flow_of(steps)
    targets = {**order.targets, END: ()}
    pairs: Pairs = {(one, to) for one in order.order for to in order.targets[one]}
    always: set[str] = set()
    for split in steps.rows:
        heads = [way.to for way in split.next if way.together and way.to in steps.by_id]
        pairs |= _beside(order, heads)
        if heads and END not in spread(order.order[:1], targets.__getitem__, {split.id}):
            always |= _needed(order, heads)
    starts = {steps.first.id} if steps.first else set()
    bridged = _bridged(pairs | {(NOWHERE, one) for one in starts}, {one.id for one in steps.rows if _outside(one)})
    return Flow(
        starts=frozenset(b for a, b in bridged if a == NOWHERE and b != END),
        ends=frozenset(a for a, b in bridged if b == END and a != NOWHERE),
        follows=frozenset((a, b) for a, b in bridged if a != NOWHERE and b != END),
        limits={one.id: Limit(one.limit.amount, one.limit.unit) for one in steps.rows
                if one.limit is not None and not one.waits_for},
        names={one.id: one.name for one in steps.rows if one.id in order.order},
        always=frozenset(always - {one.id for one in steps.rows if _outside(one)}))


def _outside(step: Step) -> bool:
    return bool(step.waits_for) or step.role in OUTSIDE


def _branches(order: Order, heads: Iterable[str]) -> list[set[str]]:
    """What each of the ways taken together holds that no other of them leads to."""
    reached = [spread([head], order.ahead, ()) for head in heads]
    return [own.difference(*(other for other in reached if other is not own)) for own in reached]


def _beside(order: Order, heads: Iterable[str]) -> Pairs:
    branches = _branches(order, heads)
    return {(a, b) for one in branches for other in branches if other is not one for a in one for b in other}


def _needed(order: Order, heads: Iterable[str]) -> set[str]:
    """Steps of each branch past which there is no other way to the end."""
    targets: Mapping[str, tuple[str, ...]] = {**order.targets, END: ()}
    return {step for head, branch in zip(heads, _branches(order, heads), strict=True) for step in branch
            if END not in spread([head], targets.__getitem__, {step})}


def _bridged(pairs: Pairs, optional: Iterable[str]) -> Pairs:
    """The pairs, and those that come of leaving optional steps out."""
    for step in optional:
        before = {a for a, b in pairs if b == step and a != step}
        after = {b for a, b in pairs if a == step and b != step}
        pairs = pairs | {(a, b) for a in before for b in after}
    return pairs
