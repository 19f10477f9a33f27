"""What stands on a standard's cover and around its text, after GB/T 1.1. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

LABELS = {
    "working": Bilingual("工作稿", "Working draft"),
    "comment": Bilingual("征求意见稿", "Draft for comments"),
    "review": Bilingual("送审稿", "Draft for review"),
    "approval": Bilingual("报批稿", "Draft for approval"),
    "published": Bilingual("发布稿", "Published"),
}
"""What a draft is called at each step."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover. ``banner`` is 中华人民共和国国家标准, 示例省地方标准 ...; ``label`` says which draft it is.

    ``number`` may be unfinished (``DB99/T XXXX—XXXX``); days are None while not known. ``replaces``: numbers.
    ``simulated``: an example that must not be taken for a real standard; said on the cover and in the header.
    """

    banner: Bilingual
    number: str
    title: Bilingual
    label: str = "working"
    ics: str = ""
    ccs: str = ""
    replaces: Sequence[str] = ()
    published_on: date | None = None
    effective_on: date | None = None
    issuers: Sequence[Bilingual] = ()
    adoption: Bilingual = NO_WORDS
    simulated: bool = False

    @property
    def printed_number(self) -> str:
        """The number with the long dash that covers and headers print."""
        head, dash, year = self.number.rpartition("-")
        return f"{head}—{year}" if dash else self.number


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole standard or draft: what the printers (DOCX, PDF, HTML, STS) take."""

    cover: Cover
    clauses: Sequence[Clause]
