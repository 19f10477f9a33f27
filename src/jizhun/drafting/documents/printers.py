"""The printers by the form of their file: what kind of file it is, and who prints it."""

from collections.abc import Callable, Mapping

from jizhun.drafting.documents import as_docx, as_pdf, as_sts
from jizhun.drafting.interchange.import_sheet import to_xlsx
from jizhun.drafting.rules.cover import Edition

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINTERS: Mapping[str, tuple[str, Callable[[Edition, str], bytes]]] = {
    "docx": (DOCX, as_docx), "pdf": ("application/pdf", as_pdf),
    "xml": ("application/xml", lambda made, _language: as_sts(made)),
    "xlsx": (XLSX, lambda made, _language: to_xlsx(made.clauses))}
