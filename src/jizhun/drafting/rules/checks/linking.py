"""References within the draft: links that lead nowhere, annexes that nobody mentions. Pure."""

import re
from collections.abc import Iterator

from jizhun.drafting.rules.checks.flaws import ERROR, Draft, Flaw, flaw, where
from jizhun.drafting.rules.text import Numbered, links


def linking(draft: Draft) -> Iterator[Flaw]:
    """Flaws of ``{#key}`` and of annexes."""
    keys = {one.key for one in draft.clauses}
    for one in draft.numbered:
        for key in sorted(links(one.clause)):
            if key not in keys:
                yield flaw(ERROR, one, "link", zh=f"引用的条“{key}”不存在。",
                           en=f"it refers to a clause “{key}” that does not exist.")
            elif key == one.clause.key:
                yield flaw(ERROR, one, "self_link", zh="引用了它自己。", en="it refers to itself.")
    yield from _annexes(draft)


def _annexes(draft: Draft) -> Iterator[Flaw]:
    inside = ""
    named: set[str] = set()
    for one in draft.numbered:
        inside = one.clause.key if one.clause.kind == "annex" else inside if one.clause.kind == "annex_clause" else ""
        named |= {name for name in _annexes_named(one) if name != inside}
    for one in draft.numbered:
        if one.clause.kind == "annex" and not named & {one.clause.key, f"annex {one.number}"}:
            name = where(one)
            yield flaw(ERROR, one, "annex_unused", zh=f"正文没有提及{name.zh}。",
                       en=f"{name.en} is never referred to in the text.")


def _annexes_named(one: Numbered) -> set[str]:
    texts = " ".join((one.clause.body.zh, one.clause.body.en, one.clause.heading.zh, one.clause.heading.en))
    letters = re.findall(r"(?:附录\s*|\b[Aa]nnex(?:es)?\s+)([A-Z]{1,2})(?![A-Za-z])", texts)
    own = f"annex {one.number.split('.')[0]}"
    return links(one.clause) | ({f"annex {letter}" for letter in letters} - {own})
