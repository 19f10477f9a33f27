"""The issuer's keys (Ed25519): made at first use, readable by their owner only; an old one stays published.

In the folder: ``issuer-1.key`` (PKCS 8, PEM, 0600) and ``issuer-1.json`` (its public part and days). Of a key that was
rotated out only the public part is left, so that nothing more can be signed with it and what was signed still counts.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jizhun.kernel.bilingual import Refused

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_PUBLIC = b"\xed\x01"
"""What says, in front of a multibase key, which kind of key it is."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key as everybody may see it; ``retired`` is empty while it signs. Days are ISO texts."""

    number: int
    multibase: str
    created: str
    retired: str = ""


def base58(raw: bytes) -> str:
    """Bytes as base58 (Bitcoin's alphabet)."""
    value, text = int.from_bytes(raw), ""
    while value:
        value, left = divmod(value, 58)
        text = ALPHABET[left] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def multibase(raw: bytes) -> str:
    """Bytes as multibase: z and base58."""
    return "z" + base58(raw)


def public_keys(folder: Path) -> list[PublicKey]:
    """Every key that ever signed, the oldest first."""
    return [PublicKey(**json.loads(path.read_text("utf-8")))
            for path in sorted(folder.glob("issuer-*.json"), key=lambda path: int(path.stem.split("-")[1]))]


def signer(folder: Path, now: datetime) -> tuple[int, Ed25519PrivateKey]:
    """The number and the key that signs now; made where there is none."""
    current = [one for one in public_keys(folder) if not one.retired]
    if not current:
        return _made(folder, now, 1 + max((one.number for one in public_keys(folder)), default=0))
    number = current[-1].number
    return number, _read(folder / f"issuer-{number}.key")


def rotated(folder: Path, now: datetime) -> PublicKey:
    """A new key; the one before is retired, its private part is gone."""
    old, _ = signer(folder, now)
    number, _ = _made(folder, now, old + 1)
    before = next(one for one in public_keys(folder) if one.number == old)
    _publish(folder, PublicKey(old, before.multibase, before.created, now.date().isoformat()))
    (folder / f"issuer-{old}.key").unlink(missing_ok=True)
    return next(one for one in public_keys(folder) if one.number == number)


def _made(folder: Path, now: datetime, number: int) -> tuple[int, Ed25519PrivateKey]:
    """A key under this number; two that ask at once get the same."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, new = folder / f"issuer-{number}.key", Ed25519PrivateKey.generate()
    pem = new.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption())
    with contextlib.suppress(FileExistsError):
        _written_once(path, pem)
    kept = _read(path)
    raw = kept.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    _publish(folder, PublicKey(number, multibase(ED25519_PUBLIC + raw), now.date().isoformat()))
    return number, kept


def _written_once(path: Path, content: bytes) -> None:
    """The file appears whole or not at all, and never over another: whoever loses reads the winner's."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.{id(content)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    try:
        os.link(aside, path)
    finally:
        aside.unlink()


def _publish(folder: Path, key: PublicKey) -> None:
    path = folder / f"issuer-{key.number}.json"
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    aside.write_text(json.dumps({"number": key.number, "multibase": key.multibase, "created": key.created,
                                 "retired": key.retired}), "utf-8")
    aside.replace(path)


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError):
        found = None
    if isinstance(found, Ed25519PrivateKey):
        return found
    raise Refused(zh=f"签发证书的密钥文件 {path} 无法读取；请从备份恢复，或换新密钥（jizhun certificates --new-key）。",
                  en=f"The key file {path} that signs certificates cannot be read: bring it back from the backup, or "
                     "change the key (jizhun certificates --new-key).")
