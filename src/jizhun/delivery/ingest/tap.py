"""The bytes of a plain or packed file, and its text in UTF-8, block by block."""

import gzip
import zipfile
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from jizhun.kernel.bilingual import Refused

GUESSED: Final = 2**22
"""Bytes by which the encoding is guessed."""
QUOTE_TRIES: Final = 1000
"""Line ends that are tried for one outside quotation marks."""


class Tap:
    """The bytes of a plain, gzipped or zipped file, and how far one has come."""

    def __init__(self, path: Path, suffixes: Sequence[str]) -> None:
        self._size = max(1, path.stat().st_size)
        self._raw: IO[bytes] = path.open("rb")
        self.name = path.name
        self.bytes: IO[bytes] = self._raw
        if path.suffix.lower() == ".gz":
            self.bytes = cast(IO[bytes], gzip.GzipFile(fileobj=self._raw))
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
        self.bytes = archive.open(members[0])

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; Refused when the archive is damaged."""
        try:
            return self.bytes.read(size)
        except (OSError, EOFError, zipfile.BadZipFile) as error:
            raise Refused(
                zh=f"文件损坏，无法解压：{error}。",
                en=f"the file is damaged and cannot be unpacked: {error}.",
            ) from None

    def share(self) -> float:
        """The part of the file that has been read, from 0 to 1."""
        return min(1.0, self._raw.tell() / self._size)

    def close(self) -> None:
        """Let go of the file."""
        self.bytes.close()
        self._raw.close()


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole records of text, how far into the file they reach, and whether they are the last."""

    text: bytes
    share: float
    last: bool


def blocks_of(tap: Tap, encoding: str, size: int, *, quoted: bool) -> Iterator[Block]:
    """The blocks of the text; there is always at least one, that of an empty file is empty."""
    texts = ((text, tap.share()) for text in text_blocks(tap, encoding, size, quoted=quoted))
    now: tuple[bytes, float] | None = next(texts, (b"", 1.0))
    while now is not None:
        following = next(texts, None)
        yield Block(*now, last=following is None)
        now = following


def text_blocks(tap: Tap, encoding: str, size: int, *, quoted: bool) -> Iterator[bytes]:
    """The text in UTF-8 without its mark, in blocks that end where a record ends."""
    rest = b""
    for block in _decoded(tap, encoding, size):
        data = rest + block if rest else block
        cut = _end_of_records(data, quoted) if len(block) else len(data)
        rest = data[cut:]
        if cut:
            yield data[:cut]
    if rest:
        yield rest


def _decoded(tap: Tap, encoding: str, size: int) -> Iterator[bytes]:
    block = tap.read(size)
    encoding = encoding or _guess(block)
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"):
        yield block.removeprefix(BOM_UTF8)
        while block := tap.read(size):
            yield block
        return
    decoder = getincrementaldecoder(encoding)()
    done = 0
    while block:
        following = tap.read(size)
        try:
            yield decoder.decode(block, final=not following).lstrip("\ufeff" if not done else "").encode()
        except UnicodeDecodeError as error:
            row = done + block[: error.start].count(b"\n") + 1
            raise Refused(
                zh=f"第 {row} 行附近不是 {encoding} 编码，请在映射中写明 `encoding`。",
                en=f"near row {row} the text is not {encoding}; say `encoding` in the mapping.",
            ) from None
        done += block.count(b"\n")
        block = following


def _guess(block: bytes) -> str:
    """UTF-8 where the first lines read so, bar the odd damaged one; else what Chinese systems write."""
    if block.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    foreign = [line for line in block[:GUESSED].split(b"\n")[:-1] or [block] if not line.isascii()]
    damaged = sum(not _is_utf8(line) for line in foreign)
    return "gb18030" if damaged > len(foreign) / 2 and _reads_as(block[:GUESSED], "gb18030") else "utf-8"


def _is_utf8(line: bytes) -> bool:
    return _reads_as(line, "utf-8")


def _reads_as(text: bytes, encoding: str) -> bool:
    try:
        getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _end_of_records(data: bytes, quoted: bool) -> int:
    """Just behind the last line end that is not inside quotation marks (0: none in sight)."""
    cut = data.rfind(b"\n") + 1
    if not quoted or not cut:
        return cut
    last, odd = cut, data.count(b'"', 0, cut) % 2
    for _ in range(QUOTE_TRIES):
        if not odd:
            return cut
        before = data.rfind(b"\n", 0, cut - 1) + 1
        if not before:
            return 0
        odd = (odd + data.count(b'"', before, cut)) % 2
        cut = before
    return last
