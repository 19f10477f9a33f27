"""A procedure as a document: its chapters with the table of steps and the picture, as text, DOCX, PDF, BPMN and SVG."""

from jizhun.procedures.documents.outline import Chapter, Line, Reading, Row, reading_of
from jizhun.procedures.documents.products import PRODUCTS, Product

__all__ = ["PRODUCTS", "Chapter", "Line", "Product", "Reading", "Row", "reading_of"]
