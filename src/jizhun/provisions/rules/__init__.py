"""The as-of engine: what is promised for this matter, here, to this group, on this day, as then known."""

from jizhun.provisions.rules.book import Assignment, Book, Line, Paper, Say, make_book
from jizhun.provisions.rules.concern import Concern, concern
from jizhun.provisions.rules.resolve import Answer, Finding, Question, Step, ask
from jizhun.provisions.rules.timeline import Matrix, Stretch, dated, matrix, timeline
from jizhun.provisions.rules.values import (
    Band,
    Cell,
    Cells,
    Formula,
    InForce,
    Measure,
    Quantity,
    Row,
    Span,
    Table,
    Tiered,
    favour,
)

__all__ = [
    "Answer",
    "Assignment",
    "Band",
    "Book",
    "Cell",
    "Cells",
    "Concern",
    "Finding",
    "Formula",
    "InForce",
    "Line",
    "Matrix",
    "Measure",
    "Paper",
    "Quantity",
    "Question",
    "Row",
    "Say",
    "Span",
    "Step",
    "Stretch",
    "Table",
    "Tiered",
    "ask",
    "concern",
    "dated",
    "favour",
    "make_book",
    "matrix",
    "timeline",
]
