"""Keeps the Chinese catalogue of messages in step with the source: ``python tools/messages.py`` adds and drops.

Reads templates and Python in pure Python, so that nobody needs GNU gettext.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "jizhun"
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy",
         "npgettext", "npgettext_lazy"}


class Message(NamedTuple):
    """What has to be translated; ``plural`` and ``context`` may be empty."""

    text: str
    plural: str = ""
    context: str = ""


def in_python(source: str) -> Iterator[Message]:
    """Messages in calls of the gettext family with literal arguments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name in PLAIN and texts:
                yield _message(name, texts)


def _message(name: str, texts: list[str]) -> Message:
    context = texts.pop(0) if "pgettext" in name else ""
    return Message(texts[0], texts[1] if name.lstrip("p").startswith("n") or name.startswith("np") else "", context)


def in_template(source: str, name: str) -> Iterator[Message]:
    """Messages in a template; Django turns it into something that reads like Python."""
    from django.utils.translation.template import templatize

    for line in templatize(source, origin=name).splitlines():
        for call in _calls(line):
            yield from in_python(call)


def _calls(line: str) -> Iterator[str]:
    """Every call written in a line of templatize's output, cut at its closing bracket."""
    for name in ("npgettext(", "ngettext(", "pgettext(", "gettext("):
        at = line.find(name)
        while at >= 0:
            if at == 0 or not line[at - 1].isalpha():
                yield _balanced(line[at:])
            at = line.find(name, at + 1)


def _balanced(text: str) -> str:
    for end in (at + 1 for at, character in enumerate(text) if character == ")"):
        try:
            ast.parse(text[:end])
        except SyntaxError:
            continue
        return text[:end]
    raise ValueError(f"cannot read {text}")


def all_messages() -> dict[Message, list[str]]:
    """Every message of the package with the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html")]):
        source, name = path.read_text("utf-8"), path.relative_to(ROOT).as_posix()
        messages = in_python(source) if path.suffix == ".py" else in_template(source, name)
        for message in messages:
            found.setdefault(message, []).append(name)
    return found


def catalogue() -> polib.POFile:
    """The kept translations, or a new catalogue."""
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=110)
    kept = polib.POFile(wrapwidth=110)
    kept.metadata = {"Language": "zh_Hans", "MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8",
                     "Content-Transfer-Encoding": "8bit", "Plural-Forms": "nplurals=1; plural=0;"}
    return kept


def key(entry: polib.POEntry) -> Message:
    """The message that an entry translates."""
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def translated(entry: polib.POEntry) -> bool:
    """Whether nothing is missing in the entry."""
    return bool(all(entry.msgstr_plural.values()) and entry.msgstr_plural if entry.msgid_plural else entry.msgstr)


def renewed() -> polib.POFile:
    """The catalogue with exactly the messages of the source; known translations are kept."""
    kept = catalogue()
    known = {key(entry): entry for entry in kept}
    del kept[:]
    for message, files in sorted(all_messages().items(), key=lambda pair: (pair[1][0], pair[0].text)):
        entry = known.get(message) or polib.POEntry(
            msgid=message.text, msgid_plural=message.plural, msgctxt=message.context or None, msgstr="",
            msgstr_plural={0: ""} if message.plural else {})
        entry.occurrences = [(name, "") for name in dict.fromkeys(files)]
        entry.flags = ["python-format"] if "%(" in message.text else []
        kept.append(entry)
    return kept


def main() -> int:
    """Write the catalogue; name what is not translated yet."""
    kept = renewed()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    kept.save(str(CATALOGUE))
    missing = [entry.msgid for entry in kept if not translated(entry)]
    print(f"{len(kept)} messages, {len(missing)} not translated")
    for text in missing:
        print(f"  {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    from django.conf import settings

    settings.configure()
    sys.exit(main())
