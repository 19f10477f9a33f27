"""The bytes of a plain or packed file, and its text in UTF-8, block by block."""

import gzip
import zipfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from jizhun.kernel.bilingual import Refused

PART: Final = 2**22
"""Bytes read at a time; by the first of them the encoding is guessed."""
ZEROS: Final = 0.3
"""Where so many of every second byte are 0, the text is UTF-16: digits and commas are everywhere."""
LINE_END: Final = ord("\n")
QUOTE_TRIES: Final = 1000
"""Line ends that are tried for one outside quotation marks."""


class _Peekable(Protocol):
    """What plain, gzipped and zipped files have in common."""

    def read(self, size: int, /) -> bytes: ...
    def peek(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class Tap:
    """The bytes of a plain, gzipped or zipped file, and how far one has come."""

    def __init__(self, path: Path, suffixes: Sequence[str]) -> None:
        self._size = max(1, path.stat().st_size)
        self._raw = path.open("rb")
        self.name = path.name
        self.bytes: _Peekable = self._raw
        if path.suffix.lower() == ".gz":
            self.bytes = gzip.GzipFile(fileobj=self._raw)
            self.name = path.stem
        elif path.suffix.lower() == ".zip":
            try:
                self._open_member(zipfile.ZipFile(self._raw), suffixes)
            except zipfile.BadZipFile:
                self._raw.close()
                raise Refused(zh="压缩包已损坏。", en="the archive is damaged.") from None

    def _open_member(self, archive: zipfile.ZipFile, suffixes: Sequence[str]) -> None:
        members = [
            name
            for name in archive.namelist()
            if not name.startswith("__MACOSX/") and Path(name).suffix.lower().lstrip(".") in suffixes
        ]
        if len(members) != 1:
            self._raw.close()
            raise Refused(
                zh=f"压缩包中应恰有一个数据文件，现有 {len(members)} 个。",
                en=f"the archive must hold exactly one data file; it holds {len(members)}.",
            )
        self.name = members[0]
        try:
            self.bytes = cast(zipfile.ZipExtFile, archive.open(members[0]))
        except (RuntimeError, NotImplementedError):
            self._raw.close()
            raise Refused(
                zh="压缩包设有密码，或压缩方式不常见：请用普通方式重新压缩。",
                en="the archive has a password or is packed in an unusual way: pack it anew in the plain way.",
            ) from None

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; Refused when the archive is damaged."""
        with _sound():
            return self.bytes.read(size)

    def ended(self) -> bool:
        """Whether everything has been read."""
        with _sound():
            return not self.bytes.peek(1)

    def share(self) -> float:
        """The part of the file that has been read, from 0 to 1."""
        return min(1.0, self._raw.tell() / self._size)

    def close(self) -> None:
        """Let go of the file."""
        self.bytes.close()
        self._raw.close()


@contextmanager
def _sound() -> Iterator[None]:
    """Refused where an archive turns out to be damaged while it is read."""
    try:
        yield
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Refused(
            zh=f"文件损坏，无法解压：{error}。", en=f"the file is damaged and cannot be unpacked: {error}."
        ) from None


@dataclass(frozen=True, slots=True)
class Taken:
    """Whole records as ``text``: their lines, how far into the file they reach, and whether they are the last."""

    text: NDArray[np.uint8]
    lines: int
    share: float
    last: bool

    def write(self, path: Path) -> None:
        """Write them over ``path``."""
        with path.open("r+b" if path.exists() else "wb") as file:  # the pages of an old file are there already
            file.write(self.text.data)
            file.truncate()


class _Gathered:
    """Parts put one behind the other as they come, so that none of them has to be kept beside the whole."""

    def __init__(self, room: int) -> None:
        self._held = np.empty(room, np.uint8)
        self.size = 0

    def add(self, part: bytes) -> None:
        """Put one more behind the others."""
        end = self.size + len(part)
        if end > len(self._held):
            self._held = np.concatenate([self._held[: self.size], np.empty(end, np.uint8)])
        self._held[self.size : end] = np.frombuffer(part, np.uint8)
        self.size = end

    def whole(self) -> NDArray[np.uint8]:
        """All that was put here."""
        return self._held[: self.size]


class Text:
    """The text of a file in UTF-8 without its mark, written out in pieces that end where a record ends.

    Only ``part`` bytes of it are in memory. ``quoted``: a line end inside quotation marks ends no record.
    """

    def __init__(self, tap: Tap, encoding: str, *, quoted: bool, part: int = PART) -> None:
        self._tap = tap
        self._parts = _with_one_line_end(_decoded(tap, encoding, part))
        self._quoted = quoted
        self._part = part
        self._rest = b""

    def head(self) -> bytes:
        """The first part of what has not been taken yet, at least a whole line."""
        while b"\n" not in self._rest and (part := next(self._parts, b"")):
            self._rest += part
        return self._rest

    def skip(self, size: int) -> None:
        """Take that many bytes off the head."""
        self._rest = self._rest[size:]

    def take(self, size: int) -> Taken | None:
        """Whole records of about ``size`` bytes; None when nothing is left."""
        taken, lines, odd, cut = _Gathered(size + self._part), 0, 0, 0
        while not cut and (part := self.head()):
            quotes, ended = part.count(b'"') if self._quoted else 0, self._tap.ended()
            if (odd + quotes) % 2 if ended else taken.size + len(part) >= size:
                cut = _end_of_records(part, odd if self._quoted else None)
            self._rest = part[cut:] if cut else b""
            part = part[:cut] if cut else part
            taken.add(part)
            lines, odd = lines + _line_ends(part), (odd + quotes) % 2
        if not taken.size:
            return None
        text = taken.whole()
        lines += int(text[-1] != LINE_END)
        return Taken(text, lines, self._tap.share(), self._tap.ended() and not self._rest)


def _line_ends(text: bytes) -> int:
    """As ``text.count`` would, but twice as fast and without holding up the other threads."""
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == LINE_END))


def _with_one_line_end(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same text with every line ended by a line feed, whichever way the file ends its lines, even mixed."""
    held = b""
    for part in parts:
        text = held + part if held else part
        held = b"\r" if text.endswith(b"\r") else b""  # what follows may be its line feed
        text = text[: len(text) - len(held)]
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if text:
            yield text
    if held:
        yield b"\n"


def _decoded(tap: Tap, encoding: str, part: int) -> Iterator[bytes]:
    block = tap.read(part)
    encoding = encoding or _guess(block)
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"):
        yield block.removeprefix(BOM_UTF8)
        while block := tap.read(part):
            yield block
        return
    decoder = getincrementaldecoder(encoding)()
    done = 0
    while block:
        try:
            text = decoder.decode(block, final=tap.ended()).lstrip("\ufeff" if not done else "")
        except UnicodeDecodeError as error:
            row = done + block[: error.start].count(b"\n") + 1
            raise Refused(
                zh=f"第 {row} 行附近不是 {encoding} 编码，请在映射中写明 `encoding`。",
                en=f"near row {row} the text is not {encoding}; say `encoding` in the mapping.",
            ) from None
        if text:
            yield text.encode(errors="replace")
        done += block.count(b"\n")
        block = tap.read(part)


def _guess(block: bytes) -> str:
    """UTF-8 where the first lines read so, bar the odd damaged one; else what Chinese systems write."""
    if block.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    zeros = np.frombuffer(block[: len(block) // 2 * 2], np.uint8).reshape(-1, 2) == 0
    for column, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(zeros) and zeros[:, column].mean() > ZEROS:
            return encoding
    if _reads_as(block, "utf-8"):
        return "utf-8"
    foreign = [line for line in block.split(b"\n")[:-1] or [block] if not line.isascii()]
    damaged = sum(not _is_utf8(line) for line in foreign)
    return "gb18030" if damaged > len(foreign) / 2 and _reads_as(block, "gb18030") else "utf-8"


def _is_utf8(line: bytes) -> bool:
    return _reads_as(line, "utf-8")


def _reads_as(text: bytes, encoding: str) -> bool:
    try:
        getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _end_of_records(part: bytes, odd: int | None) -> int:
    """Just behind the last line end that is not inside quotation marks (0: none in sight).

    ``odd`` is 1 when an odd number of marks stands before ``part``; None when marks mean nothing.
    """
    cut = part.rfind(b"\n") + 1
    if odd is None or not cut:
        return cut
    last, odd = cut, (odd + part.count(b'"', 0, cut)) % 2
    for _ in range(QUOTE_TRIES):
        if not odd:
            return cut
        before = part.rfind(b"\n", 0, cut - 1) + 1
        if not before:
            return 0
        odd = (odd + part.count(b'"', before, cut)) % 2
        cut = before
    return last
