"""Words in Chinese and English, side by side."""

from dataclasses import dataclass

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages; either may be empty while a translation is missing."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``language`` (any tag starting with ``zh`` is Chinese), else the other one."""
        wanted, other = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return wanted or other

    def __str__(self) -> str:
        return self.en or self.zh


NO_WORDS = Bilingual("", "")
COLON = Bilingual("：", ": ")
COMMA = Bilingual("、", ", ")
"""Between the words of a list."""


class Refused(Exception):
    """Input that cannot be used: one clear sentence in both languages.

    Doors show ``sentence`` to the person; the command line prints it and exits with code 2.
    """

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Bilingual(zh, en)
