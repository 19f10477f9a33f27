"""The kinds of changes: what each is called, and which rooms' revisions say whether it has moved on since."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused

PROVISION, LAPSE, STANDARD, WITHDRAWAL, CLAUSE, EDITION, MATTER, GUIDE, RULE, MEASURE, REGION, DAY_OFF = (
    "provision", "lapse", "standard", "withdrawal", "clause", "edition", "matter", "guide", "rule", "measure",
    "region", "day_off")


@dataclass(frozen=True, slots=True)
class Kind:
    """``needs``: what a change of it must say; ``rooms``: whose revisions have to stand still until it is published."""

    name: Bilingual
    needs: tuple[str, ...]
    rooms: tuple[str, ...]


EVERY: Final = ("regions", "catalogue")
KINDS: Final[Mapping[str, Kind]] = {
    PROVISION: Kind(Bilingual("规定的变更", "Change of provisions"), ("rows",), (*EVERY, "provisions")),
    LAPSE: Kind(Bilingual("文件有效期届满", "End of a paper's validity"), ("document",), (*EVERY, "provisions")),
    STANDARD: Kind(Bilingual("标准发布", "Publication of a standard"), ("project",),
                   (*EVERY, "provisions", "standards")),
    WITHDRAWAL: Kind(Bilingual("标准废止", "Withdrawal of a standard"), ("number",), (*EVERY, "standards")),
    CLAUSE: Kind(Bilingual("标准条款变更", "Change of clauses"), ("number", "clauses"), (*EVERY, "standards")),
    EDITION: Kind(Bilingual("清单版次更替", "New edition of the list"), ("older", "newer"), EVERY),
    MATTER: Kind(Bilingual("事项变更", "Change of a matter"), ("code",), EVERY),
    GUIDE: Kind(Bilingual("上级指南、规程变更", "Change of a guide or procedure above"),
                ("sort", "matter", "region", "fields"), EVERY),
    RULE: Kind(Bilingual("待遇规则变更", "Change of a rule"), ("code", "row"), (*EVERY, "provisions", "entitlements")),
    MEASURE: Kind(Bilingual("指标含义变更", "Change of what a measure means"), ("code",), (*EVERY, "provisions")),
    REGION: Kind(Bilingual("行政区划变更", "Change of a place"), ("code",), EVERY),
    DAY_OFF: Kind(Bilingual("地方放假或上班日", "A day off, or a working day, of a place"), ("region", "day"), EVERY)}


@dataclass(frozen=True)
class Change:
    """A change that is meant, not made: ``said`` holds it as plain data (JSON holds it), by its ``kind``."""

    kind: str
    said: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "said": dict(self.said)}


def read_change(row: Any) -> Change:
    """A change as ``plain`` writes it; raises Refused for a kind there is none of, or where something is missing."""
    kind, said = (str(row.get("kind")), row.get("said")) if isinstance(row, Mapping) else ("", None)
    if kind not in KINDS or not isinstance(said, Mapping):
        raise Refused(zh=f"没有“{kind}”这种变更；可用：{'、'.join(KINDS)}。",
                      en=f"There is no kind of change “{kind}”; there are {', '.join(KINDS)}.")
    missing = next((name for name in KINDS[kind].needs if not said.get(name)), None)
    if missing is not None:
        raise Refused(zh=f"变更缺少“{missing}”。", en=f"The change does not say “{missing}”.")
    return Change(kind, said)
