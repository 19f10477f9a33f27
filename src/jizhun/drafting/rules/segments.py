"""Two wordings of one text side by side: which words stayed, went and came. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

Segment = tuple[str, str]
"""An operation (``same``, ``ins`` or ``del``) and the words it is about."""
SAME, INS, DEL = "same", "ins", "del"

TOKEN: Final = re.compile(r"\{#[\w-]+\}|\d+(?:[.,]\d+)*|[A-Za-z]+(?:['’-][A-Za-z]+)*|[ \t]+|.", re.S)
"""Links, numbers and Latin words are whole; Chinese goes by the character."""
SENTENCE: Final = re.compile(r".*?(?:[。；！？\n]+|[.;!?]\s+|$)", re.S)
MOST_PAIRS: Final = 400_000
"""Above so many pairs of tokens the texts are compared by sentences first: the work grows with the pairs."""


def segments(before: str, after: str) -> tuple[Segment, ...]:
    """How ``before`` became ``after``; same + del is the one, same + ins the other."""
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
        matcher = SequenceMatcher(None, middle, others, autojunk=False)
        for op, start, end, first, last in matcher.get_opcodes():
            yield SAME if op == "equal" else "", "".join(middle[start:end]), "".join(others[first:last])
    yield SAME, "".join(old[len(old) - tail:]), ""


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
    for place, (op, words) in enumerate(done):
        lone = op == SAME and 0 < place < len(done) - 1
        if lone and _weight(words) <= min(_changed(reversed(out)), _changed(done[place + 1:place + 3])):
            out += [(DEL, words), (INS, words)]
        else:
            out.append((op, words))
    return out


def _weight(words: str) -> int:
    """How much of a likeness it is: a Latin word or number counts for two characters, blanks and signs for none."""
    return sum(2 if len(one) > 1 and one.isascii() else 1 for one in TOKEN.findall(words) if one[0].isalnum())


def _changed(near: Iterable[Segment]) -> int:
    """The size of the change that begins ``near``: the larger of what went and what came, up to the next likeness."""
    sizes = {DEL: 0, INS: 0}
    for op, words in near:
        if op == SAME:
            break
        sizes[op] += _weight(words)
    return max(sizes.values())
