"""What examinations tell of questions: the rows that ``rules.statistics`` reckons with, out of the newest markings."""

from collections.abc import Iterable, Sequence

from jizhun.training.models import Marking, Question
from jizhun.training.rules.questions import WHOLE
from jizhun.training.rules.sittings import EXAMINATION
from jizhun.training.rules.statistics import Item, Row, items


def rows_of(markings: Iterable[Marking]) -> list[Row]:
    """An answer of a sitting to a question (its version's number in the table), for each."""
    return [Row(str(one.sitting_id), str(row["version"]), row["points"] * WHOLE // (row["worth"] * 100), row["answer"])
            for one in markings for row in one.rows]


def newest(markings: Iterable[Marking]) -> list[Marking]:
    """The last marking of every sitting; ``markings`` come by number."""
    return list({one.sitting_id: one for one in markings}.values())


def items_of(question: Question) -> list[tuple[int, Item]]:
    """The figures of a question over all examinations, by the number of its version, the newest version first."""
    numbers = dict(question.versions.values_list("pk", "number"))
    asked = Marking.objects.filter(sitting__exam__kind=EXAMINATION).order_by("number")
    rows = rows_of(_with(newest(asked), {*numbers}))
    found = items(rows)
    return [(number, found[str(pk)]) for pk, number in sorted(numbers.items(), key=lambda pair: -pair[1])
            if str(pk) in found]


def _with(markings: Sequence[Marking], versions: set[int]) -> list[Marking]:
    """Those in which one of the versions was asked."""
    return [one for one in markings if any(row["version"] in versions for row in one.rows)]
