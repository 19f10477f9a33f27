"""Standards that may say the same twice: titles and clauses alike, where both hold in one place. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.likeness import near_pairs
from jizhun.standards.rules.faults.fault import FAULT, LOOK, Fault, mender, number_key
from jizhun.standards.rules.graph import LIVE, PathOf, code_path, rank
from jizhun.standards.rules.library import GROUP, INTERNAL, Library, Standard, StandardClause, undated

TITLES_ALIKE = 0.6
CLAUSES_ALIKE = 0.8
SHORTEST_BODY = 15
"""Characters. Shorter bodies ("见附录 A") are alike without saying the same."""

TAIL = re.compile(r"(?:(?:基本|工作|服务|管理|技术|操作)*"
                  r"(?:规范|指南|规程|要求|通则|总则|导则|准则|标准|规则|办法))+$")
"""How titles end. Left in, it makes 职业介绍服务规范 and 职业指导服务规范 alike."""

APART = ("养老", "医疗", "失业", "工伤", "生育", "就业")
"""Two titles that name different ones of these are about different things, however alike the rest is."""

FORMULA = re.compile(
    r"下列(?:文件|术语)|界定的.{0,12}术语|本(?:文件|标准)(?:按照|没有|规定了|适用于|由)|请注意本(?:文件|标准)"
    r"|thefollowingdocuments|forthepurposesofthisdocument|^thisdocument", re.IGNORECASE)
"""Sentences that GB/T 1.1 puts into every standard."""


def overlaps(library: Library, on: date, least: float = TITLES_ALIKE, path_of: PathOf = code_path) -> list[Fault]:
    """Standards in force or coming whose titles are alike, where one holds in the other's place.

    Compared without the usual endings. The same title at the same statutory level is a fault, all else for a
    look (associations and offices may well each have a document of one title).
    """
    live = [one for one in library.by_number.values() if _title(one) and library.status(one, on) in LIVE]
    titles = [_title(one) for one in live]
    return [_overlap(*_ordered(live[i], live[j], on, path_of), score)
            for i, j, score in near_pairs([core(title) for title in titles], least)
            if _same_thing(titles[i], titles[j]) and compared(live[i], live[j], path_of)]


def core(title: str) -> str:
    """A title without its usual ending; the whole one where nothing else is left."""
    bare = "".join(title.split())
    return TAIL.sub("", bare) or bare


def _title(standard: Standard) -> str:
    return standard.title.in_language("zh")


def _same_thing(one: str, other: str) -> bool:
    named = [{word for word in APART if word in title} for title in (one, other)]
    return not all(named) or bool(named[0] & named[1])


def compared(one: Standard, other: Standard, path_of: PathOf = code_path) -> bool:
    """Whether two standards may overlap: both hold in one place, and they are not editions, parts or heirs."""
    if one.region not in path_of(other.region) and other.region not in path_of(one.region):
        return False
    if undated(one.number) == undated(other.number) or _parts_of_one(one, other):
        return False
    return not (_replaces(one, other) or _replaces(other, one))


def _parts_of_one(one: Standard, other: Standard) -> bool:
    first, second = one.parsed, other.parsed
    return bool(first and second and first.part and second.part
                and (first.prefix, first.number) == (second.prefix, second.number))


def _replaces(one: Standard, other: Standard) -> bool:
    return other.number in one.replaces or undated(other.number) in one.replaces


def _ordered(one: Standard, other: Standard, on: date, path_of: PathOf) -> tuple[Standard, Standard]:
    """The lower one first: it is the one to be mended; of two at one level the later."""
    first, second = sorted((one, other), reverse=True, key=lambda each: (
        rank(each, on, path_of), len(path_of(each.region)), each.year or 0, number_key(each.number)))
    return first, second


def _overlap(one: Standard, other: Standard, score: float) -> Fault:
    level = (one.kind, one.region)
    same = _bare(one) == _bare(other) and level == (other.kind, other.region) and one.kind not in (GROUP, INTERNAL)
    words = ("相同", "the same title") if same else ("相近", "titles alike")
    return Fault("overlap", FAULT if same else LOOK, (one.number, other.number), mender(one), Bilingual(
        f"{one.number}《{_title(one)}》与 {other.number}《{_title(other)}》名称{words[0]}，"
        "请核对内容是否重复。",
        f"{one.number} “{one.title.in_language('en')}” and {other.number} “{other.title.in_language('en')}” have "
        f"{words[1]}; see whether they say the same."), score)


def _bare(standard: Standard) -> str:
    return "".join(_title(standard).split())


def clause_overlaps(clauses: Mapping[str, Sequence[StandardClause]], library: Library, on: date,
                    least: float = CLAUSES_ALIKE, path_of: PathOf = code_path) -> list[Fault]:
    """The same for clauses of the texts that we hold (by number of the standard): one finding for two standards."""
    told = [(library.by_number[number], clause) for number, some in clauses.items()
            if number in library.by_number and library.status(library.by_number[number], on) in LIVE
            for clause in some if _says_something(clause)]
    pairs: dict[tuple[str, str], list[tuple[StandardClause, StandardClause, float]]] = {}
    verdicts: dict[tuple[str, str], bool] = {}
    for i, j, score in near_pairs([_body(clause) for _, clause in told], least):
        (one, its), (other, others) = told[i], told[j]
        key = (one.number, other.number)
        if key not in verdicts:
            verdicts[key] = one is not other and compared(one, other, path_of)
        if verdicts[key]:
            pairs.setdefault(key, []).append((its, others, score))
    return [_clause_overlap(library.by_number[one], library.by_number[other], some, on, path_of)
            for (one, other), some in pairs.items()]


def _body(clause: StandardClause) -> str:
    return clause.body.in_language("zh")


def _says_something(clause: StandardClause) -> bool:
    body = "".join(_body(clause).split())
    return len(body) >= SHORTEST_BODY and not FORMULA.search(body)


def _clause_overlap(one: Standard, other: Standard, found: Sequence[tuple[StandardClause, StandardClause, float]],
                    on: date, path_of: PathOf) -> Fault:
    lower, upper = _ordered(one, other, on, path_of)
    some = list(found) if lower is one else [(theirs, its, score) for its, theirs, score in found]
    shown = [f"{its.number}/{theirs.number}" for its, theirs, _ in some[:3]]
    more_zh, more_en = (f"等 {len(some)} 对", f" and {len(some) - 3} more") if len(some) > 3 else ("", "")
    return Fault("clause_overlap", LOOK, (lower.number, upper.number), mender(lower), Bilingual(
        f"{lower.number} 与 {upper.number} 的条款相近：{'、'.join(shown)}{more_zh}；请核对是否重复。",
        f"Clauses of {lower.number} and {upper.number} are alike: {', '.join(shown)}{more_en}; see whether they say "
        "the same."), max(score for _, _, score in some), clauses=tuple(
            (its.key, theirs.key, score) for its, theirs, score in some))
