"""Whether cases followed their procedure, in words and as a picture's data: what a person reads, in both languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from jizhun.analytics.following.flow import (
    ALLOWED,
    NOWHERE,
    OUT_OF_ORDER,
    REPEATED,
    SKIPPED,
    UNFINISHED,
    UNKNOWN,
    Flow,
    Limit,
)
from jizhun.evaluation.rules.following import Deviation, Followed, Move, PairOff, Share, Way
from jizhun.kernel.bilingual import COMMA, Bilingual

KIND_NAMES: Final = {
    ALLOWED: Bilingual("规程内", "in the procedure"),
    UNKNOWN: Bilingual("规程外环节", "step outside the procedure"),
    REPEATED: Bilingual("重复办理", "repeated step"),
    SKIPPED: Bilingual("跳过环节", "skipped step"),
    OUT_OF_ORDER: Bilingual("次序颠倒", "out of order"),
    UNFINISHED: Bilingual("未走完", "not finished"),
}
"""What the kinds are called in tables."""
EXPLAINED: Final = {
    UNKNOWN: Bilingual("出现了规程中没有的环节", "a step that the procedure does not have"),
    REPEATED: Bilingual("同一环节再次办理，而规程没有退回这一步",
                        "a step done again where the procedure does not lead back to it"),
    SKIPPED: Bilingual("直接到了后面的环节，或缺了必经的环节",
                       "straight to a later step, or without one that no case goes without"),
    OUT_OF_ORDER: Bilingual("规程中后一环节并不在前一环节之后",
                            "a step after one that it does not come after in the procedure"),
    UNFINISHED: Bilingual("办件已办结，最后的环节却不是规程的终点",
                          "the case is closed, but its last step is no end of the procedure"),
}
START, FINISH = Bilingual("开始", "start"), Bilingual("结束", "end")
UNITS: Final = {"working_day": Bilingual("个工作日", "working days"), "calendar_day": Bilingual("日", "calendar days"),
                "hour": Bilingual("小时", "hours")}
ONE: Final = {"working_day": "working day", "calendar_day": "calendar day", "hour": "hour"}
ARROW: Final = " → "
LONG_HOURS: Final = 72


def sentences(found: Followed, with_steps: Share) -> tuple[Bilingual, ...]:
    """The whole of it, most important first: a sentence each."""
    told = [_head(found), _recorded(with_steps)]
    if found.procedures > 1:
        told.append(_several(found.procedures))
    if found.open_off.of:
        told.append(_open(found.open_off))
    told += [_deviation(one, found.flow) for one in _most(found.deviations)]
    if slow := slowest(found.moves):
        told.append(_slow(slow, found.flow))
    if found.never:
        told.append(_never(found.never, found.flow))
    return (*told, _ways(found))


def _head(found: Followed) -> Bilingual:
    share = found.followed
    if not share.of:
        return Bilingual("有环节记录的办件都未办结，尚不能判断是否按规程办理。",
                         "No case with steps on record is finished yet: nothing can be said of the procedure.")
    return Bilingual(f"{share.of:,} 件已办结办件中，{share.part:,} 件（{percent(share)}）按规程办理。",
                     f"{share.part:,} of {share.of:,} finished cases ({percent(share)}) followed the procedure.")


def _recorded(share: Share) -> Bilingual:
    if share.part == share.of:
        return Bilingual(f"全部 {share.of:,} 件办件都有环节记录。",
                         f"All {share.of:,} cases have their steps on record.")
    return Bilingual(f"{share.of:,} 件办件中 {share.part:,} 件（{percent(share)}）有环节记录；其余不在统计之内。",
                     f"{share.part:,} of {share.of:,} cases ({percent(share)}) have their steps on record; the others "
                     "are not counted here.")


def _several(number: int) -> Bilingual:
    return Bilingual(f"所辖各地适用 {number} 种不同的规程，每件办件按当地规程判断。",
                     f"{number} different procedures count in the places below; each case is held against its own.")


def _open(share: Share) -> Bilingual:
    return Bilingual(f"另有 {share.of:,} 件尚未办结，其中 {share.part:,} 件已偏离规程。",
                     f"{share.of:,} more are still open; {share.part:,} of them have already left the procedure.")


def _most(deviations: Iterable[Deviation]) -> list[Deviation]:
    return sorted((one for one in deviations if one.cases.part), key=lambda one: -one.cases.part)


def _deviation(one: Deviation, flow: Flow) -> Bilingual:
    zh = f"{KIND_NAMES[one.kind].zh}：{one.cases.part:,} 件（{percent(one.cases)}）"
    en = f"{_capital(KIND_NAMES[one.kind].en)}: {one.cases.part:,} cases ({percent(one.cases)})"
    if not one.pairs:
        return Bilingual(f"{zh}。", f"{en}.")
    most = pair(one.pairs[0], flow)
    return Bilingual(f"{zh}，最多的是 {most.zh}（{one.pairs[0].cases:,} 件）。",
                     f"{en}, most often {most.en} ({one.pairs[0].cases:,} cases).")


def pair(one: PairOff, flow: Flow) -> Bilingual:
    """Two steps in words, with what was passed over between them."""
    before = START if one.previous == NOWHERE else flow.name(one.previous)
    after = FINISH if one.step == NOWHERE else flow.name(one.step)
    zh, en = f"{before.zh}{ARROW}{after.zh}", f"{before.en}{ARROW}{after.en}"
    if not one.between:
        return Bilingual(zh, en)
    passed = joined([flow.name(code) for code in one.between])
    return Bilingual(f"{zh}（越过{passed.zh}）", f"{en} (past {passed.en})")


def way(one: Way, flow: Flow) -> Bilingual:
    """The steps of a way in words."""
    names = [flow.name(code) for code in one.steps]
    return Bilingual(ARROW.join(name.zh for name in names), ARROW.join(name.en for name in names))


def kinds(codes: Sequence[int]) -> Bilingual:
    """The kinds of deviation of a way in words."""
    return joined([KIND_NAMES[code] for code in codes or (ALLOWED,)])


def slowest(moves: Iterable[Move]) -> Move | None:
    """The move that is most often over its limit, by number of cases; None where none is."""
    late = [one for one in moves if one.over and one.over.part]
    return max(late, key=lambda one: one.over.part if one.over else 0, default=None)


def _slow(one: Move, flow: Flow) -> Bilingual:
    assert one.over is not None and one.limit is not None
    pair_ = pair(PairOff(one.previous, one.step, one.times), flow)
    allowed, median, most = (amount(n, one.limit.unit) for n in (one.limit.amount, one.median, one.p90))
    return Bilingual(
        f"超时最多的是 {pair_.zh}（时限：{allowed.zh}）：{one.over.of:,} 次中 {one.over.part:,} 次"
        f"（{percent(one.over)}）超时；中位数：{median.zh}，九成以内：{most.zh}。",
        f"Most often over its limit is {pair_.en} (limit: {allowed.en}): {one.over.part:,} of {one.over.of:,} "
        f"({percent(one.over)}); median: {median.en}, nine tenths within: {most.en}.")


def amount(number: int | None, unit: str) -> Bilingual:
    """A time in its unit; 0 days are the same day."""
    if number is None:
        return Bilingual("—", "–")
    if not number and unit != "hour":
        return Bilingual("当日", "the same day")
    return Bilingual(f"{number} {UNITS[unit].zh}", f"{number} {ONE[unit] if number == 1 else UNITS[unit].en}")


def elapsed(hours: int | None) -> Bilingual:
    """A time for which there is no limit: in hours, from three days on in days begun."""
    if hours is None or hours <= LONG_HOURS:
        return amount(hours, "hour")
    return amount(-(-hours // 24), "calendar_day")


def limit(one: Limit | None) -> Bilingual:
    """A limit in words; nothing where there is none."""
    return amount(one.amount, one.unit) if one else amount(None, "")


def _never(codes: Sequence[str], flow: Flow) -> Bilingual:
    names = joined([flow.name(code) for code in codes])
    return Bilingual(f"没有任何办件记录过：{names.zh}。", f"No case has on record: {names.en}.")


def _ways(found: Followed) -> Bilingual:
    return Bilingual(f"已办结办件共走了 {found.ways:,} 种不同的路线；"
                     f"全部记录与规程的吻合度（足迹）为 {found.fitness:.3f}。",
                     f"Finished cases went {found.ways:,} different ways; the footprint fitness of the whole log is "
                     f"{found.fitness:.3f}.")


def percent(share: Share) -> str:
    """A share as people read it, the same in both languages."""
    return "–" if share.value is None else f"{share.value:.1%}"


def joined(names: Sequence[Bilingual]) -> Bilingual:
    """A list of words."""
    return Bilingual(COMMA.zh.join(one.zh for one in names), COMMA.en.join(one.en for one in names))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# -- a picture ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """A step in the picture. ``rank``: its column, from 0; ``times`` it was done; ``known``: the procedure has it."""

    code: str
    name: Bilingual
    rank: int
    times: int
    known: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A move in the picture. ``width`` from 1 (rare) to 6 (most frequent, 0: allowed but never gone)."""

    previous: str
    step: str
    times: int
    width: int
    kind: int
    over: Share | None


@dataclass(frozen=True, slots=True)
class Picture:
    """What was gone and what might have been: nodes by columns, edges between them. ``NOWHERE`` is no node."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def picture(found: Followed) -> Picture:
    """The moves that are listed, beside those of the procedure that nobody made."""
    flow, gone = found.flow, {(one.previous, one.step): one for one in found.moves if one.previous != NOWHERE}
    times: dict[str, int] = {}
    for one in found.moves:
        times[one.step] = times.get(one.step, 0) + one.times
    ranks, most = _ranks(flow), max((one.times for one in gone.values()), default=1)
    strange = [code for code in times if code not in ranks]
    nodes = [Node(code, flow.name(code), ranks.get(code, max(ranks.values(), default=0) + 1), times.get(code, 0),
                  code in ranks) for code in (*flow.steps, *sorted(strange))]
    edges = [Edge(*pair_, one.times, max(1, round(6 * one.times / most)), one.kind, one.over)
             for pair_, one in gone.items()]
    edges += [Edge(a, b, 0, 0, ALLOWED, None) for a, b in sorted(flow.follows - gone.keys())]
    return Picture(tuple(nodes), tuple(edges))


def _ranks(flow: Flow) -> dict[str, int]:
    """The fewest moves from the start; a step that nothing leads to stands first."""
    return {code: len(flow.way(NOWHERE, code) or ()) for code in flow.steps}
