"""A plan's days as a calendar other programs read: iCalendar, RFC 5545. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WIDE = 75
"""Octets of a line; a longer one is folded."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar. ``uid`` never changes for the same thing; ``remind``: days before, 0 for never."""

    uid: str
    on: date
    title: str
    text: str
    url: str
    category: str = ""
    remind: int = 0


def as_ical(days: Iterable[Day], *, name: str, stamp: datetime, language: str) -> str:
    """The calendar with CRLF ends of lines, as the standard wants it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Jizhun//Planning//EN", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}",
             "REFRESH-INTERVAL;VALUE=DURATION:P1D"]
    for one in days:
        lines += _event(one, stamp, language)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(one: Day, stamp: datetime, language: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY;LANGUAGE={language}:{escaped(one.title)}"
    yield f"DESCRIPTION;LANGUAGE={language}:{escaped(one.text)}"
    yield f"URL:{one.url}"
    if one.category:
        yield f"CATEGORIES:{escaped(one.category)}"
    yield "TRANSP:TRANSPARENT"
    if one.remind:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(one.title)}",
                    f"TRIGGER:-P{one.remind}D", "END:VALARM")
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and ends of lines are written so that they are no syntax."""
    for sign, said in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\r", "\\n"), ("\n", "\\n")):
        text = text.replace(sign, said)
    return text


def folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, never through a character; the pieces after the first begin with a space.
    """
    piece, room = "", WIDE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield piece
            piece, room = " ", WIDE - 1
        piece += letter
        room -= size
    yield piece
