"""A certificate on paper: tagged PDF with a code that leads to its page."""

from jizhun.training.documents.typeset import Paper, as_pdf

__all__ = ["Paper", "as_pdf"]
