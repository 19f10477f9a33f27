"""What a question, a unit or a certificate rests on: a clause, a promise, a step, a guide's field, a rule.

A dependant keeps the fingerprint of its source as it was learned. Whether it still holds is compared when it is read:
so a question is suspended on the day on which the change takes effect, and no job is needed for that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused

CLAUSE, PROMISE, STEPS, FIELD, RULE = "clause", "promise", "steps", "field", "rule"
KINDS: Final[Mapping[str, Bilingual]] = {
    CLAUSE: Bilingual("标准条款", "Clause of a standard"), PROMISE: Bilingual("规定", "Promise"),
    STEPS: Bilingual("操作规程", "Operating procedure"), FIELD: Bilingual("服务指南", "Service guide"),
    RULE: Bilingual("待遇规则", "Rule of a benefit")}
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    CLAUSE: ("standard", "clause"), PROMISE: ("matter", "region", "group", "measure"), STEPS: ("matter", "region"),
    FIELD: ("matter", "region", "field"), RULE: ("entitlement", "region")}
"""What names a source of each kind, in this order."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is rested on. ``key`` as in ``KEYS``; ``version`` names the papers or versions that spoke (ids),
    ``fingerprint`` is a hash of what they said, ``learned_on`` the day on which that was so."""

    kind: str
    key: tuple[str, ...]
    version: str
    fingerprint: str
    learned_on: date

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"kind": self.kind, "key": list(self.key), "version": self.version, "fingerprint": self.fingerprint,
                "learned_on": self.learned_on.isoformat()}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a source says on a day: version, fingerprint and words. None in its place: it says nothing then."""

    version: str
    fingerprint: str
    words: Bilingual


Ask = Callable[[str, tuple[str, ...], date], Spoken | None]
"""(kind, key, day) -> what it says then; rules get it as an argument."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A source that no longer says what was learned. ``now`` is None where it says nothing any more."""

    source: Source
    now: Spoken | None


def read_source(row: Any) -> Source:
    """A source as ``Source.plain`` writes it; raises Refused for anything else."""
    try:
        kind, key = str(row["kind"]), tuple(str(one) for one in row["key"])
        if len(key) != len(KEYS[kind]):
            raise ValueError
        return Source(kind, key, str(row["version"]), str(row["fingerprint"]), date.fromisoformat(row["learned_on"]))
    except (KeyError, TypeError, ValueError):
        raise Refused(zh="来源填写不完整：需要种类、对象、版本和指纹。",
                      en="A source needs its kind, what it names, its version and its fingerprint.") from None


def changed(sources: Iterable[Source], ask: Ask, on: date) -> list[Changed]:
    """The sources that say something else on ``on`` than what was learned."""
    found = []
    for source in sources:
        now = ask(source.kind, source.key, on)
        if now is None or now.fingerprint != source.fingerprint:
            found.append(Changed(source, now))
    return found


def holds(sources: Sequence[Source], ask: Ask, on: date) -> bool:
    """Whether what rests on ``sources`` may be used on that day."""
    return not changed(sources, ask, on)
