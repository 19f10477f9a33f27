"""The forms of a procedure by name: what kind of file each is, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jizhun.guides.documents.products import DOCX
from jizhun.kernel.bilingual import Refused
from jizhun.procedures.actions import diagram, roles
from jizhun.procedures.bpmn.drawing import picture
from jizhun.procedures.documents.outline import Reading
from jizhun.procedures.documents.plain import as_text
from jizhun.procedures.documents.typeset import as_pdf
from jizhun.procedures.documents.word import as_docx
from jizhun.procedures.rules import Steps


@dataclass(frozen=True, slots=True)
class Product:
    """``binary``: nothing for a terminal."""

    kind: str
    ending: str
    made: Callable[[Reading, str], bytes]
    binary: bool = False


def _steps(reading: Reading) -> Steps:
    if reading.steps is None:
        raise Refused(zh="这里还没有步骤。", en="No steps are on record here yet.")
    return reading.steps


def _bpmn(reading: Reading, language: str) -> bytes:
    return diagram(steps=_steps(reading), title=reading.picture_title, language=language)


def _svg(reading: Reading, language: str) -> bytes:
    return picture(_steps(reading), title=reading.picture_title, language=language, roles=roles(),
                   colours=True).encode()


PRODUCTS: Mapping[str, Product] = {
    "text": Product("text/plain; charset=utf-8", "txt", lambda reading, language: as_text(reading, language).encode()),
    "bpmn": Product("application/xml", "bpmn", _bpmn),
    "svg": Product("image/svg+xml; charset=utf-8", "svg", _svg),
    "docx": Product(DOCX, "docx", as_docx, binary=True),
    "pdf": Product("application/pdf", "pdf", as_pdf, binary=True)}
