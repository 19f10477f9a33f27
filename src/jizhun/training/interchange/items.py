"""What goes to and comes from other programs: questions, and what was lost on the way, each loss in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from jizhun.kernel.bilingual import Bilingual
from jizhun.training.rules.questions import faults


@dataclass(frozen=True, slots=True)
class Item:
    """A question by its code; ``kind`` and ``content`` as in ``rules.questions``."""

    code: str
    kind: str
    content: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Loss:
    """What could not be taken over: of which question (its code, name or number), and why."""

    where: str
    why: Bilingual


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file gave: sound questions, and the losses."""

    items: tuple[Item, ...]
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A file to hand out, and what it could not hold."""

    content: bytes
    losses: tuple[Loss, ...]


class Losing:
    """Collects losses while a file is read or written."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self.where = ""

    def lose(self, zh: str, en: str) -> None:
        """Note a loss of the question at hand, once."""
        loss = Loss(self.where, Bilingual(zh, en))
        if loss not in self.losses:
            self.losses.append(loss)


class Untaken(Exception):
    """A question as a whole cannot be taken over: the sentence that says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Bilingual(zh, en)


def sound(found: Sequence[tuple[str, Item]], losing: Losing) -> Iterator[Item]:
    """Of (name, question) the questions without faults; of the others the first fault is a loss."""
    for name, item in found:
        losing.where = name
        wrong = faults(item.kind, item.content)
        if wrong:
            at = f"{wrong[0].where}: " if wrong[0].where else ""
            losing.lose(f"没有带入：{at}{wrong[0].why.zh}", f"Not taken over: {at}{wrong[0].why.en}")
        else:
            yield item
