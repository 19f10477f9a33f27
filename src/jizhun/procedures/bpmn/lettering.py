"""How much room words take, and how they are broken into lines: Chinese after any character, else between words."""

import re
from collections.abc import Iterator

BREAKS = re.compile(r"[（《“‘]*[⺀-￿][，。、；：！？）》”’]*|[（《“‘]*\S[^\s⺀-￿]*\s*|\s+")
"""A Chinese character with what may not begin or end a line, or a word with the space behind it."""
MORE = "…"


def width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is as wide as it is high, a Latin letter a little over half."""
    return sum(size if ord(letter) > 0x2E80 or letter in "“”…" else size * (0.68 if letter.isupper() else 0.55)
               for letter in text)


def lines(text: str, size: float, room: float, most: int = 4) -> list[str]:
    """The text in lines no wider than ``room``; what does not fit into ``most`` lines is cut, and marked so."""
    found = _broken(text, size, room)
    even = width("".join(found), size) / len(found)
    longest = max((width(one.strip(), size) for one in BREAKS.findall(text)), default=0)
    rooms = (even * factor for factor in (1.1, 1.25, 1.4))
    narrower = (_broken(text, size, one) for one in rooms if longest <= one < room)
    found = next((one for one in narrower if len(one) == len(found)), found)
    return found if len(found) <= most else [*found[:most - 1], _cut(found[most - 1], size, room)]


def _broken(text: str, size: float, room: float) -> list[str]:
    found = [""]
    for piece in _pieces(" ".join(text.split()), size, room):
        if found[-1] and width(found[-1] + piece.rstrip(), size) > room:
            found.append("")
        found[-1] += piece if found[-1] else piece.lstrip()
    return [one.strip() for one in found]


def _pieces(text: str, size: float, room: float) -> Iterator[str]:
    """What may not be broken; a word wider than the room is broken all the same."""
    for piece in BREAKS.findall(text):
        while width(piece.rstrip(), size) > room and len(piece) > 1:
            most = max(1, next((at for at in range(len(piece), 0, -1) if width(piece[:at], size) <= room), 1))
            yield piece[:most]
            piece = piece[most:]
        yield piece


def _cut(line: str, size: float, room: float) -> str:
    while line and width(line + MORE, size) > room:
        line = line[:-1]
    return line.rstrip() + MORE
