"""Comments on a draft as files, and back: ISO's commenting form and China's 意见汇总处理表, as XLSX and DOCX."""

from jizhun.drafting.interchange.layout import Head
from jizhun.drafting.interchange.reading import read_comments
from jizhun.drafting.interchange.word_tables import cn_docx, iso_docx
from jizhun.drafting.interchange.workbooks import cn_xlsx, iso_xlsx
from jizhun.drafting.rules.merging import Reading, Row

__all__ = ["Head", "Reading", "Row", "cn_docx", "cn_xlsx", "iso_docx", "iso_xlsx", "read_comments"]
