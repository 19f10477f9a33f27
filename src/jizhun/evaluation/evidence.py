"""Evidence: files kept by their hash, and links. What was handed in is never changed; the same file twice is one."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from jizhun.evaluation.scanning import scan
from jizhun.kernel.bilingual import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIECES = 20
LONGEST_NAME, LONGEST_LINK = 200, 600
KINDS = frozenset({"pdf", "jpg", "jpeg", "png", "webp", "docx", "xlsx", "csv", "txt", "ofd", "wps", "mp3", "mp4"})
DIGEST = re.compile(r"[0-9a-f]{64}")
Piece = Mapping[str, Any]
"""{name, hash, bytes} of a file, or {url}."""


def keep_file(name: str, content: bytes) -> Piece:
    """A file by its hash. Refused where it is empty, too large or of a kind that is no evidence."""
    short = Path(name.replace("\\", "/")).name[-LONGEST_NAME:]
    if short.rpartition(".")[2].casefold() not in KINDS:
        raise Refused(zh=f"“{short}”：可上传的文件类型为 {'、'.join(sorted(KINDS))}。",
                      en=f"“{short}”: evidence is a file of one of these kinds: {', '.join(sorted(KINDS))}.")
    if not content or len(content) > MOST_BYTES:
        raise Refused(zh=f"“{short}”为空或超过 {MOST_BYTES // 1024 // 1024} MB。",
                      en=f"“{short}” is empty or larger than {MOST_BYTES // 1024 // 1024} MB.")
    scan(short, content)
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".writing")
        beside.write_bytes(content)
        beside.replace(path)
    return {"name": short, "hash": digest, "bytes": len(content)}


def path_of(digest: str) -> Path:
    """Where the file with this hash lies; Refused for what is no hash."""
    if not DIGEST.fullmatch(digest):
        raise Refused(zh="没有这份证明材料。", en="There is no such evidence.")
    return Path(settings.FILES) / "evidence" / digest[:2] / digest


def content_of(digest: str) -> bytes:
    """The file with this hash. Refused where it is gone, or is no longer what was handed in."""
    path = path_of(digest)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(zh="该证明材料已丢失或被改动。", en="This evidence is lost or was tampered with.")
    return content


def link(address: str) -> Piece:
    """A link as evidence; Refused for what is no web address."""
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc or len(address) > LONGEST_LINK:
        raise Refused(zh=f"“{address[:80]}”不是网址。", en=f"“{address[:80]}” is no web address.")
    return {"url": address.strip()}


def pieces(files: Iterable[tuple[str, bytes]], links: str) -> list[Piece]:
    """Files and links (one a line) of one answer."""
    found = [keep_file(name, content) for name, content in files]
    found += [link(one) for one in links.split() if one]
    if len(found) > MOST_PIECES:
        raise Refused(zh=f"证明材料最多 {MOST_PIECES} 份。", en=f"At most {MOST_PIECES} pieces of evidence.")
    return found
