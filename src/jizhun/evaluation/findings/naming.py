"""What findings are called: the matter or item, the page, and who is told."""

from collections.abc import Mapping, Sequence

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.holders import holders
from jizhun.evaluation.rules.findings import ANSWER, OVERSEE
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import tell_all

EVERYTHING = Bilingual("全部事项", "all matters")
LIST_PAGE = "work/rectification/"


def subject_name(code: str) -> Bilingual:
    """The matter or item by name; the code where the list no longer has it."""
    if not code:
        return EVERYTHING
    held = catalogue()
    return held.name_of(code) if code in held.matters or code in held.items else Bilingual(code, code)


def about(pk: int) -> str:
    """The finding as the audit trail names it."""
    return f"finding:{pk}"


def page(pk: int) -> str:
    return f"{LIST_PAGE}{pk}/"


def who_answers(path: Sequence[str]) -> list[str]:
    """Logins of those who answer for the last place of ``path``; where nobody does, of those above it."""
    return holders({ANSWER}, path[-1]) or who_oversees(path)


def who_oversees(path: Sequence[str]) -> list[str]:
    """Logins of those who oversee it in the nearest place above where there are any."""
    return next((found for place in reversed(path[:-1] or path) if (found := holders({OVERSEE}, place))), [])


def tell_each(said: Mapping[str, Sequence[tuple[int, Bilingual]]]) -> None:
    """One notice a person: the sentence where it is one finding, their number and the list where they are many."""
    for username, rows in said.items():
        if len(rows) == 1:
            (pk, text), = rows
            tell_all(notices=[(username, text)], about=about(pk), href=page(pk))
        else:
            tell_all(notices=[(username, _many(rows))], about="findings", href=LIST_PAGE)


def _many(rows: Sequence[tuple[int, Bilingual]]) -> Bilingual:
    return Bilingual(f"{len(rows)} 个问题有新情况。其一：{rows[0][1].zh}",
                     f"Something new about {len(rows)} findings. One of them: {rows[0][1].en}")
