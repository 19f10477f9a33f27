"""The printers: a standard or a draft as DOCX, PDF, HTML and NISO STS. Language: zh or en."""

from jizhun.drafting.documents.sts import as_sts
from jizhun.drafting.documents.sts_reading import read_sts
from jizhun.drafting.documents.typeset import as_pdf
from jizhun.drafting.documents.web import as_html
from jizhun.drafting.documents.word import as_docx

__all__ = ["as_docx", "as_html", "as_pdf", "as_sts", "read_sts"]
