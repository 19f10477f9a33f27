"""Bitstring Status List: one bit a certificate, in a list so long that asking for one tells nobody which."""

import base64
import gzip
from collections.abc import Iterable

LENGTH = 131_072
"""Bits in a list: what the standard asks for at least."""
PURPOSES = {"revocation": ("revoked",), "suspension": ("lapsed",)}
"""Purpose of a list -> the states of a certificate that set its bit. What lapsed can come back, what is revoked not."""


def place_of(index: int) -> tuple[int, int]:
    """The list (from 1) and the bit in it that stand for a certificate's index (from 0)."""
    number, bit = divmod(index, LENGTH)
    return number + 1, bit


def encoded(bits: Iterable[int]) -> str:
    """The list with these bits set, as multibase (u, base64url) of the gzipped string; bit 0 is the leftmost."""
    raw = bytearray(LENGTH // 8)
    for bit in bits:
        raw[bit // 8] |= 0x80 >> bit % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(raw), mtime=0)).decode().rstrip("=")
