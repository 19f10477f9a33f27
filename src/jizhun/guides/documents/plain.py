"""A guide as plain text for a terminal, and as plain data for other systems."""

from collections.abc import Iterator
from typing import Any

from jizhun.guides.documents.foot import holds
from jizhun.guides.documents.outline import DOT, Entry, Line, Origin, Reading, Words, joined
from jizhun.guides.documents.reading import short, simulated
from jizhun.guides.rules.guide import Guide, Shown
from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.provisions.rules.telling import plain_answer


def as_text(reading: Reading, language: str, address: str = "") -> str:
    """The guide in one language, to be read line by line."""
    return "\n".join(_Teller(language).told(reading, address)) + "\n"


class _Teller:
    """Writes one guide in one language."""

    def __init__(self, language: str) -> None:
        self.language = "zh" if language.startswith("zh") else "en"

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def told(self, reading: Reading, address: str) -> Iterator[str]:
        yield self.say(joined((reading.title, reading.place, reading.group), DOT, DOT))
        yield self.say(reading.lead.text)
        yield from (f"    [{self.say(one.words)}]" for one in reading.lead.origins)
        yield from (f"! {self.say(one)}" for one in reading.notices)
        for entry in reading.promises:
            yield ""
            yield from self.entry(entry)
        for chapter in reading.chapters:
            yield from ("", f"== {self.say(chapter.name)} ==")
            for entry in chapter.entries:
                yield from self.entry(entry)
        yield from ("", self.say(holds(reading)))
        if address:
            yield address

    def entry(self, entry: Entry) -> Iterator[str]:
        name = f"{self.say(entry.name)}{self.say(COLON)}".rstrip()
        if entry.form in ("text", "figure", "missing"):
            body = self.say(entry.whole).split("\n\n")
            yield f"{name} {body[0]}" if self.language == "en" else f"{name}{body[0]}"
            yield from body[1:]
        else:
            yield name
            if self.say(entry.lead):
                yield f"  {self.say(entry.lead)}"
        for at, line in enumerate(entry.lines, 1):
            yield from self.line(line, f"{at}." if entry.form == "steps" else "-")
        if len(entry.way) > 1:
            yield f"    {self.say(entry.stages)}"
        yield from (f"    [{self.say(one.words)}]" for one in entry.origins)

    def line(self, line: Line, sign: str) -> Iterator[str]:
        said = " ".join(filter(None, (self.say(line.text), line.phone, line.address)))
        yield f"  {sign} {said}{self._cited(line.origin)}"
        yield from (f"      {self.say(one.label)}{self.say(COLON)}{self.say(one.text)}" for one in line.notes)

    def _cited(self, origin: Origin | None) -> str:
        if origin is None:
            return ""
        return f"（{self.say(origin.cited)}）" if self.language == "zh" else f" ({self.say(origin.cited)})"


# -- as data ---------------------------------------------------------------------------------------


def as_data(guide: Guide, words: Words) -> dict[str, Any]:
    """The guide as JSON data: every field with what it says, where that comes from and how far it is verified."""
    return {"sort": guide.sort, "matter": guide.matter, "name": both(guide.name), "item": guide.item,
            "region": guide.region, "path": list(guide.path), "on": guide.on.isoformat(), "group": guide.group,
            "seal": guide.seal, "simulated": simulated(guide), "missing": [one.code for one in guide.missing],
            "claim": words.claim.says if words.claim else None,
            "notices": [both(one) for one in short(guide, words).notices],
            "fields": {one.field.code: _field(one, words) for one in guide.shown if not one.empty}}


def _field(shown: Shown, words: Words) -> dict[str, Any]:
    told: dict[str, Any] = {"name": both(shown.field.name), "kind": shown.field.kind, "value": shown.content,
                            "mark": shown.mark}
    if shown.words is not None:
        told["policy"], told["state"] = shown.words.policy, shown.words.state
        told["from"] = [{"region": part.place, "since": part.said.since.isoformat(), "source": part.said.source,
                         "clause": both(part.said.clause), "mark": part.said.mark} for part in shown.parts]
    if shown.answer is not None:
        told["promise"] = plain_answer(shown.answer, words.place)
    return told


def both(words: Bilingual) -> dict[str, str]:
    """Both languages as plain data."""
    return {"zh": words.zh, "en": words.en}
