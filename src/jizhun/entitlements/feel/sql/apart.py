"""May two rules of a decision table hold at once? Shown for conditions that are made of constants."""

from jizhun.entitlements.feel import tree

Piece = tuple[object, object, bool, bool] | frozenset[object]
"""What a part of a cell allows: an interval of constants, or a set of them."""


def overlapping(table: tree.Table) -> tuple[int, int] | None:
    """Two rules, by number, that may hold at once with different results, if any; shown for constants only."""
    cells = [[_pieces(tree.bare(test)) for test in rule.tests] for rule in table.rules]
    for first in range(len(cells)):
        for second in range(first + 1, len(cells)):
            apart = any(_apart(a, b) for a, b in zip(cells[first], cells[second], strict=True))
            alike = table.policy == "A" and table.rules[first].outputs == table.rules[second].outputs
            if not apart and not alike:
                return first + 1, second + 1
    return None


def _pieces(node: tree.Node) -> list[Piece] | None:
    """The pieces of a cell, or None where it is not made of constants."""
    if not isinstance(node, tree.Tests) or node.negated or not node.parts:
        return None
    found: list[Piece] = []
    for part in map(tree.bare, node.parts):
        if isinstance(part,
                      tree.Interval) and all(one is None or isinstance(one, tree.Literal)
                                             for one in (part.low, part.high)):
            low, high = (None if one is None else one.value for one in (part.low, part.high))  # type: ignore[attr-defined]
            found.append((low, high, part.low_included, part.high_included))
        elif isinstance(part, tree.Literal):
            found.append(frozenset({part.value}))
        else:
            return None
    return found


def _apart(one: list[Piece] | None, other: list[Piece] | None) -> bool:
    return one is not None and other is not None and all(_piece_apart(a, b) for a in one for b in other)


def _piece_apart(one: Piece, other: Piece) -> bool:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return not one & other
    if isinstance(one, frozenset):
        one, other = other, one
    if isinstance(other, frozenset):
        (value,) = other
        other = (value, value, True, True)
    assert not isinstance(one, frozenset)
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: tuple[object, object, bool, bool], other: tuple[object, object, bool, bool]) -> bool:
    high, low = one[1], other[0]
    if high is None or low is None or type(high) is not type(low):
        return False
    return bool(high < low) or (high == low and not (one[3] and other[2]))  # type: ignore[operator]
