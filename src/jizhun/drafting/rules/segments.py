"""Two wordings of one text side by side: which words stayed, went and came. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

Segment = tuple[str, str]
"""An operation (``same``, ``ins`` or ``del``) and the words it is about."""
SAME, INS, DEL = "same", "ins", "del"

TOKEN: Final = re.compile(r"\{#[\w-]+\}|\d+(?:[.,]\d+)*|[A-Za-z]+(?:['’-][A-Za-z]+)*|[ \t]+|.", re.S)
"""Links, numbers and Latin words are whole; Chinese goes by the character."""
SENTENCE: Final = re.compile(r".*?(?:[。；！？\n]+|[.;!?]\s+|$)", re.S)
MOST_PAIRS: Final = 4_000_000
"""Above so many pairs of tokens the texts are compared by sentences first: the work grows with the pairs."""


def segments(before: str, after: str, finely: bool = True) -> tuple[Segment, ...]:
    """How ``before`` became ``after``; same + del is the one, same + ins the other. Else than finely: as a whole."""
    if not finely:
        return tuple(_settled([(SAME, before)] if before == after else [(DEL, before), (INS, after)]))
    return tuple(_settled(_tidied(_settled(_compared(before, after)))))


def text_before(done: Sequence[Segment]) -> str:
    """The older text of these segments."""
    return "".join(words for op, words in done if op != INS)


def text_after(done: Sequence[Segment]) -> str:
    """The newer text of these segments."""
    return "".join(words for op, words in done if op != DEL)


def _compared(before: str, after: str) -> Iterator[Segment]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) * len(new) <= MOST_PAIRS:
        yield from _by(old, new)
        return
    for op, words, others in _runs(SENTENCE.findall(before), SENTENCE.findall(after)):
        if op == SAME:
            yield SAME, words
            continue
        some, more = TOKEN.findall(words), TOKEN.findall(others)
        yield from _by(some, more) if len(some) * len(more) <= MOST_PAIRS else ((DEL, words), (INS, others))


def _by(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    for op, words, others in _runs(old, new):
        yield from ((SAME, words),) if op == SAME else ((DEL, words), (INS, others))


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(same or other, older words, newer words). The like beginnings and ends are set aside first: they are cheap."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    middle, others = old[head:len(old) - tail], new[head:len(new) - tail]
    yield SAME, "".join(old[:head]), ""
    if len(middle) * len(others) > MOST_PAIRS:
        yield "", "".join(middle), "".join(others)
    else:
        yield from _between(middle, others)
    yield SAME, "".join(old[len(old) - tail:]), ""


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """What is not in common, and what is, in turn."""
    here = there = 0
    for one, other, size in _blocks(in_common(old, new), len(old), len(new)):
        yield "", "".join(old[here:one]), "".join(new[there:other])
        yield SAME, "".join(old[one:one + size]), ""
        here, there = one + size, other + size


def _blocks(pairs: Sequence[tuple[int, int]], last: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Pairs that follow each other in both texts as one (older place, newer place, size); an empty one at the end."""
    one, other, size = 0, 0, 0
    for here, there in pairs:
        if size and (here, there) == (one + size, other + size):
            size += 1
            continue
        if size:
            yield one, other, size
        one, other, size = here, there, 1
    if size:
        yield one, other, size
    yield last, end, 0


def in_common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the most tokens that both have in one order.

    A row of bits for each older token, a bit for each newer one: the work is the pairs, but 64 of them at a time and
    however often a token comes. difflib starts anew for every likeness, which takes minutes for unlike Chinese texts.
    """
    rows = _rows(old, new)
    one, other, found = len(old), len(new), list[tuple[int, int]]()
    while one and other:
        if rows[one] >> (other - 1) & 1:
            other -= 1
        elif rows[one - 1] >> (other - 1) & 1:
            one, other = one - 1, other - 1
            found.append((one, other))
        else:
            one -= 1
    return found[::-1]


def _rows(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """After each older token: bit j is 0 where the (j + 1)th newer one makes the likeness longer (Hyyrö 2004)."""
    places: defaultdict[str, int] = defaultdict(int)
    for place, token in enumerate(new):
        places[token] |= 1 << place
    whole = (1 << len(new)) - 1
    rows = [whole]
    for token in old:
        like = rows[-1] & places.get(token, 0)
        rows.append(((rows[-1] + like) | (rows[-1] - like)) & whole)
    return rows


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))


def _settled(done: Iterator[Segment] | Sequence[Segment]) -> list[Segment]:
    """Neighbours of one kind joined, what went before what came, nothing empty."""
    out: list[Segment] = []
    gone = came = ""
    for op, words in [*done, (SAME, "")]:
        if op == DEL:
            gone += words
        elif op == INS:
            came += words
        elif words or op == SAME:
            if words and not gone and not came and out and out[-1][0] == SAME:
                out[-1] = (SAME, out[-1][1] + words)
                continue
            if words or (gone or came):
                out += [one for one in ((DEL, gone), (INS, came), (SAME, words)) if one[1]]
                gone = came = ""
    return out


def _tidied(done: list[Segment]) -> list[Segment]:
    """Likenesses shorter than the changes on both sides are chance: "应当" and "应于" share 应, and read badly so."""
    out: list[Segment] = []
    weights = [_weight(words) for _, words in done]
    changed = {DEL: 0, INS: 0}
    for place, (op, words) in enumerate(done):
        lone = op == SAME and 0 < place < len(done) - 1
        if op != SAME:
            out.append((op, words))
            changed[op] += weights[place]
        elif lone and weights[place] <= min(max(changed.values()), _next_change(done, weights, place + 1)):
            out += [(DEL, words), (INS, words)]
            changed = {kind: size + weights[place] for kind, size in changed.items()}
        else:
            out.append((op, words))
            changed = {DEL: 0, INS: 0}
    return out


def _next_change(done: Sequence[Segment], weights: Sequence[int], start: int) -> int:
    """The larger of what went and what came from here on: neighbours are of different kinds, so two at most."""
    return max((weights[place] for place in range(start, min(start + 2, len(done))) if done[place][0] != SAME),
               default=0)


def _weight(words: str) -> int:
    """How much of a likeness it is: a Latin word or number counts for two characters, blanks and signs for none."""
    if len(words) == 1:
        return int(words.isalnum())
    return sum(2 if len(one) > 1 and one.isascii() else 1 for one in TOKEN.findall(words) if one[0].isalnum())
