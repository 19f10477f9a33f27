"""A guide in every form: for readers as text, PDF, poster and DOCX, for machines as JSON-LD, CPSV-AP and HSDS.

The forms for readers are made from a ``Reading`` (``short`` or ``full``), those for machines from the guide itself.
"""

from jizhun.guides.documents.foot import page_address, since_printed
from jizhun.guides.documents.linked_data import as_jsonld
from jizhun.guides.documents.outline import MARKS, Chapter, Entry, Line, Note, Origin, Reading, Stage, Words
from jizhun.guides.documents.plain import as_data, as_text
from jizhun.guides.documents.public_service import as_cpsv
from jizhun.guides.documents.reading import full, short
from jizhun.guides.documents.service_records import as_hsds
from jizhun.guides.documents.typeset import as_pdf, as_poster
from jizhun.guides.documents.word import as_docx
from jizhun.guides.documents.wording import words_for

__all__ = ["MARKS", "Chapter", "Entry", "Line", "Note", "Origin", "Reading", "Stage", "Words", "as_cpsv", "as_data",
           "as_docx", "as_hsds", "as_jsonld", "as_pdf", "as_poster", "as_text", "full", "page_address", "short",
           "since_printed", "words_for"]
