"""The products by name: what kind of file each is, and how it is made."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jizhun.guides.documents import (
    Reading,
    Words,
    as_cpsv,
    as_data,
    as_docx,
    as_hsds,
    as_jsonld,
    as_pdf,
    as_poster,
    as_text,
)
from jizhun.guides.rules.guide import Guide
from jizhun.kernel.bilingual import Refused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Order:
    """What a product is made from; ``address``: that of the guide's page, empty where nobody knows it."""

    guide: Guide
    words: Words
    reading: Reading
    language: str
    address: str = ""
    large: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """``binary``: nothing for a terminal."""

    kind: str
    ending: str
    made: Callable[[Order], bytes]
    binary: bool = False


def _text(order: Order) -> bytes:
    return as_text(order.reading, order.language, order.address).encode()


def _pdf(order: Order) -> bytes:
    return as_pdf(order.reading, order.language, order.address, large=order.large)


def _docx(order: Order) -> bytes:
    return as_docx(order.reading, order.language, order.address, large=order.large)


def _poster(order: Order) -> bytes:
    if not order.address:
        raise Refused(zh="海报上要印网页地址，请写明 --address，或设置 JIZHUN_ADDRESS。",
                      en="A poster carries the address of the page: name it with --address, or set JIZHUN_ADDRESS.")
    return as_poster(order.reading, order.language, order.address)


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


PRODUCTS: Mapping[str, Product] = {
    "text": Product("text/plain; charset=utf-8", "txt", _text),
    "json": Product("application/json", "json", lambda order: _json(as_data(order.guide, order.words))),
    "pdf": Product("application/pdf", "pdf", _pdf, binary=True),
    "docx": Product(DOCX, "docx", _docx, binary=True),
    "poster": Product("application/pdf", "pdf", _poster, binary=True),
    "jsonld": Product("application/ld+json", "jsonld", lambda order: _json(
        as_jsonld(order.guide, order.words, order.language, order.address))),
    "cpsv": Product("text/turtle; charset=utf-8", "ttl", lambda order: as_cpsv(
        order.guide, order.words, order.address).encode()),
    "cpsv-jsonld": Product("application/ld+json", "jsonld", lambda order: as_cpsv(
        order.guide, order.words, order.address, "json-ld").encode()),
    "hsds": Product("application/json", "json", lambda order: _json(
        as_hsds(order.guide, order.words, order.language, order.address)))}
