"""A procedure as plain text for a terminal."""

from collections.abc import Iterator

from jizhun.kernel.bilingual import COLON, NO_WORDS, Bilingual
from jizhun.procedures.documents.outline import Chapter, Reading, sources_of


def as_text(reading: Reading, language: str) -> str:
    """The procedure in one language, to be read line by line."""
    return "\n".join(_told(reading, "zh" if language.startswith("zh") else "en")) + "\n"


def _told(reading: Reading, language: str) -> Iterator[str]:
    yield reading.title.in_language(language)
    yield reading.above.in_language(language)
    yield from (f"! {one.in_language(language)}" for one in reading.notices)
    chapters = (one for one in reading.chapters if one.code != "picture")
    for number, chapter in enumerate(chapters, 1):
        yield from ("", f"{number} {chapter.name.in_language(language)}")
        yield from _chapter(reading, chapter, language)
    yield from ("", reading.holds.in_language(language))


def _chapter(reading: Reading, chapter: Chapter, language: str) -> Iterator[str]:
    if chapter.missing != NO_WORDS:
        yield chapter.missing.in_language(language)
    if chapter.lead != NO_WORDS:
        yield chapter.lead.in_language(language)
    for row in chapter.rows:
        yield from _row(reading, [[one.in_language(language) for one, _ in cell] for cell in row.cells], language)
    for line in chapter.lines:
        cited = f" ({line.cited.in_language(language)})" if line.cited != NO_WORDS else ""
        yield f"{'' if chapter.plain else '- '}{line.text.in_language(language)}{cited}"
    yield from (f"    [{one.in_language(language)}]" for one in sources_of(chapter.origins))


def _row(reading: Reading, cells: list[list[str]], language: str) -> Iterator[str]:
    """One step: its name with its number, then every other column that says something."""
    between = Bilingual("；", "; ").in_language(language)
    yield f"{cells[0][0]}. {cells[1][0]}"
    yield from (f"   {one}" for one in cells[1][1:])
    for head, cell in zip(reading.heads[2:], cells[2:], strict=True):
        if cell:
            yield f"   {head.in_language(language)}{COLON.in_language(language)}{between.join(cell)}"
