"""The forms of a report by name: what kind of file each is, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jizhun.evaluation.reports.outline import Outline
from jizhun.evaluation.reports.typeset import as_pdf
from jizhun.evaluation.reports.word import as_docx
from jizhun.evaluation.reports.workbook import as_xlsx

LANGUAGES: Final = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Product:
    """One form: its kind of file and how it is made of an outline in a language."""

    kind: str
    made: Callable[[Outline, str], bytes]


PRODUCTS: Final[Mapping[str, Product]] = {
    "docx": Product("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_docx),
    "pdf": Product("application/pdf", as_pdf),
    "xlsx": Product("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx)}
