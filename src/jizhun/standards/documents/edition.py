"""What a paper is made for: a system on a day, at a revision, in a language; and the rows that other rooms give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.standards.rules.framework import Framework, Line, Statistics, detail_lines, statistics
from jizhun.standards.rules.library import Library

MADE_FOR = Bilingual("截至{day} · 修订号{revision}", "As of {day} · revision {revision}")


SHARED = "标准体系"


@dataclass(frozen=True)
class Edition:
    """A system as it stands on a day. All papers of one edition agree, and are the same however often they are made."""

    framework: Framework
    library: Library
    lines: Sequence[Line]
    on: date
    revision: str
    language: str = "zh"

    @cached_property
    def statistics(self) -> Statistics:
        """Its statistics table."""
        return statistics(self.lines)

    @property
    def made_for(self) -> str:
        """The day and the revision, as they stand under every title."""
        day = f"{self.on.year}年{self.on.month}月{self.on.day}日" if self.chinese else self.on.isoformat()
        return self.say(MADE_FOR).format(day=day, revision=self.revision)

    @property
    def moment(self) -> datetime:
        """What files say of when they were made: the day of the edition, not of the making."""
        return datetime(self.on.year, self.on.month, self.on.day)

    @property
    def chinese(self) -> bool:
        return self.language.startswith("zh")

    def title(self, part: Bilingual) -> str:
        """The system's name with the part's behind it: 公共就业服务标准体系 and 标准体系明细表 share their middle."""
        name, what = self.say(self.framework.name), self.say(part)
        if not self.chinese:
            return f"{name} — {what}"
        return name + (what.removeprefix(SHARED) if name.endswith(SHARED) else what)

    def say(self, words: Bilingual) -> str:
        """The words in the language of the edition."""
        return words.in_language(self.language)


def edition_of(framework: Framework, library: Library, on: date, revision: str, language: str = "zh") -> Edition:
    """The edition of a system on a day."""
    return Edition(framework, library, detail_lines(framework, library, on), on, revision, language)


@dataclass(frozen=True, slots=True)
class Project:
    """A standard that is being drafted: one row of the yearly plan."""

    title: Bilingual
    kind: str
    stage: Bilingual
    lead: Bilingual = NO_WORDS
    due: date | None = None
    system_number: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the review of one standard came to."""

    number: str
    title: Bilingual
    due: date | None
    verdict: Bilingual
    reason: Bilingual = NO_WORDS
