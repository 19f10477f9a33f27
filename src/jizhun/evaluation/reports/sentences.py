"""Single sentences from figures: nothing is said where there is nothing to divide by, and never why. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jizhun.analytics.plan import BROKEN, KEPT, NOT_JUDGED, OPEN, OVERDUE
from jizhun.evaluation.reports.figures import Equality, Figures, Late, Line, Past
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.quality import GRADES as QUALITY_GRADES
from jizhun.evaluation.rules.quality import Quality
from jizhun.evaluation.rules.satisfaction import Tally, WhoRates
from jizhun.kernel.bilingual import COMMA, Bilingual

Said = Iterator[Bilingual]
FEW: Final = 3
"""So many places or items are named in a sentence."""
LEAST: Final = 30
"""With fewer cases a place or an item is not named as the highest or lowest: chance would choose it."""


def percent(share: Share) -> str:
    """A share as people read it; what is not all of it is never written as 100 %, nor what is something as 0 %."""
    value = share.value or 0.0
    text = f"{value:.1%}"
    if (text == "100.0%" and share.fits < share.of) or (text == "0.0%" and share.fits):
        text = f"{value:.2%}"
    return f"{value:.4%}" if text in ("100.00%", "0.00%") and 0 < share.fits < share.of else text


def named(lines: Sequence[Line], share: str = "kept") -> Bilingual:
    """Names with their shares."""
    told = [(one.name, getattr(one, share)) for one in lines]
    return Bilingual("、".join(f"{name.in_language('zh')}（{percent(one)}）" for name, one in told),
                     ", ".join(f"{name.in_language('en')} ({percent(one)})" for name, one in told))


def overall(figures: Figures) -> Said:
    """How many cases, how many with a promise, how many kept."""
    whole = figures.whole
    if whole.cases is None:
        return
    zh = f"{figures.period.name.zh}，{figures.place.in_language('zh')}共受理办件 {whole.cases:,} 件"
    en = f"In the {figures.period.name.en}, " if figures.period.months in (3, 6) else f"In {figures.period.name.en}, "
    en = en.replace("In the quarter", "In quarter") + f"{whole.cases:,} cases were accepted in " \
        f"{figures.place.in_language('en')}"
    states = [(whole.verdicts[code], *words) for code, words in (
        (KEPT, ("已办结且承诺全部兑现 {} 件", "{} closed with every promise kept")),
        (BROKEN, ("已办结但有承诺未兑现 {} 件", "{} closed with a promise not kept")),
        (OPEN, ("在办且未超期 {} 件", "{} open within their limit")),
        (OVERDUE, ("在办且已超期 {} 件", "{} open past their limit")),
        (NOT_JUDGED, ("受理时当地没有有效承诺、不作判断 {} 件",
                      "{} not judged, nothing being promised then and there")))]
    shown = [(f"{number:,}", one, other) for number, one, other in states if number]
    yield Bilingual(f"{zh}。其中，{'，'.join(one.format(n) for n, one, _ in shown)}。" if shown else f"{zh}。",
                    f"{en}: {', '.join(other.format(n) for n, _, other in shown)}." if shown else f"{en}.")


def rates(whole: Line) -> Said:
    """The shares of the whole."""
    if (kept := whole.kept) is not None:
        yield Bilingual(f"达标率为 {percent(kept)}"
                        f"（已办结且有有效承诺的 {kept.of:,} 件中，承诺全部兑现的 {kept.fits:,} 件）。",
                        f"Conformance was {percent(kept)}: {kept.fits:,} of the {kept.of:,} cases closed under a "
                        "promise had every promise kept.")
    if (timely := whole.on_time) is not None and timely != kept:
        yield Bilingual(f"计入逾期未办结的，按时率为 {percent(timely)}（{timely.fits:,}／{timely.of:,}）。",
                        f"Counting those open past their limit, the on-time share was {percent(timely)} "
                        f"({timely.fits:,} of {timely.of:,}).")
    if (late := whole.overdue) is not None:
        yield Bilingual(f"数据日期时，有承诺的在办件 {late.of:,} 件，其中已超期 {late.fits:,} 件（{percent(late)}）。",
                        f"At the data date {late.of:,} cases with a promise were open, {late.fits:,} of them past its "
                        f"limit ({percent(late)}).")


def by_measure(measures: Iterable[Line]) -> Said:
    """Each thing that was promised, the least kept first."""
    told = sorted(((one.kept, one) for one in measures if one.kept is not None), key=lambda pair: pair[0].value or 0)
    for share, one in told:
        yield Bilingual(f"{one.name.zh}：{share.of:,} 件中兑现 {share.fits:,} 件，达标率 {percent(share)}。",
                        f"{_capital(one.name.en)}: kept in {share.fits:,} of {share.of:,} cases ({percent(share)}).")


def lateness(late: Iterable[Late]) -> Said:
    """By how much cases were late."""
    for one in late:
        if one.cases and one.days is not None:
            mean = one.days / one.cases
            yield Bilingual(f"超过{one.name.zh}的 {one.cases:,} 件，平均超出 {mean:.1f} 天（按时限自身的单位计）。",
                            f"The {one.cases:,} cases beyond the {one.name.en} were late by {mean:.1f} days on average "
                            "(in the unit of the limit).")


def ranked(lines: Iterable[Line]) -> list[Line]:
    """Those with enough cases, from the least kept."""
    enough = [one for one in lines if one.kept is not None and one.kept.of >= LEAST]
    return sorted(enough, key=lambda one: ((one.kept.value or 0) if one.kept else 0, one.code))


def ends(lines: Sequence[Line], what: Bilingual) -> Said:
    """The lowest and the highest; ``what``: places, items."""
    told = ranked(lines)
    if len(told) < 2:
        return
    few = min(FEW, len(told) // 2)
    low, high = named(told[:few]), named(told[::-1][:few])
    yield Bilingual(f"已办结且有承诺的办件在 {LEAST} 件以上的{what.zh}有 {len(told)} 个，达标率较低的是{low.zh}；"
                    f"较高的是{high.zh}。",
                    f"Of the {len(told)} {what.en} with {LEAST} or more cases closed under a promise, conformance was "
                    f"lowest in {low.en}, and highest in {high.en}.")


def equality(found: Equality, level: Bilingual) -> Said:
    """The named indices, one sentence each."""
    out = Bilingual(f"另有 {found.left_out} 个因办件不足 10 件未计", f"{found.left_out} more had too few cases") \
        if found.left_out else None
    yield Bilingual(f"以最低一级统计地区为单位，比较 {found.units} 个地区的达标率，"
                    f"每个地区计一次{f'（{out.zh}）' if out else ''}。",
                    f"Conformance is compared among {found.units} places of the lowest level that is counted, each "
                    f"once{f' ({out.en})' if out else ''}.")
    if found.gini is not None and found.variation is not None:
        sure = found.interval
        zh = f"（自助法 95% 区间 {sure.low:.4f}—{sure.high:.4f}）" if sure else ""
        en = f" (95% bootstrap interval {sure.low:.4f} to {sure.high:.4f})" if sure else ""
        yield Bilingual(f"变异系数为 {found.variation:.4f}，基尼系数为 {found.gini:.4f}{zh}；"
                        "数值越低，地区之间越接近。",
                        f"The coefficient of variation is {found.variation:.4f}, the Gini coefficient "
                        f"{found.gini:.4f}{en}; the lower, the nearer places are to each other.")
    if found.theil is not None and found.theil_l is not None and found.span is not None:
        yield Bilingual(f"极值比（最高与最低之比）为 {found.span:.3f}，泰尔指数 T 为 {found.theil:.6f}，"
                        f"L 为 {found.theil_l:.6f}。",
                        f"The greatest over the least is {found.span:.3f}, Theil's T {found.theil:.6f} and L "
                        f"{found.theil_l:.6f}.")
    if found.layers is not None and (parts := found.layers.contributions) is not None:
        yield Bilingual(f"按泰尔指数 T 分解，{level.zh}之间的差距占 {parts[0]:.1%}，"
                        f"各地区内部的差距占 {parts[-1]:.1%}。",
                        f"By Theil's T, {parts[0]:.1%} of the difference lies between {level.en}, {parts[-1]:.1%} "
                        "within them.")


def coverage(figures: Figures) -> Said:
    """Each definition with its own denominator."""
    for one, share in figures.coverage:
        if share.value is not None:
            yield Bilingual(f"{one.name.zh}：{share.fits:,}／{share.of:,}，占 {percent(share)}。{one.text.zh}",
                            f"{one.name.en}: {share.fits:,} of {share.of:,} ({percent(share)}). {one.text.en}")


def who_rates(found: WhoRates) -> Said:
    """How far those who rate are like those who were served, by channel."""
    yield Bilingual(f"评价与办件的渠道构成相差 {found.apart * 100:.1f}%。",
                    f"By channel, ratings and cases differ by {found.apart * 100:.1f}%.")
    if found.reweighted is not None:
        yield Bilingual(f"若各渠道按办件量反映，好评率为 {found.reweighted * 100:.1f}%。",
                        f"Had every channel been heard by its size, {found.reweighted * 100:.1f}% would have been "
                        "positive.")


def ratings_given(tally: Tally) -> Said:
    """How many were given by a person, and what does not count."""
    if tally.active_rate.of:
        yield Bilingual(f"主动评价率为 {percent(tally.active_rate)}（{tally.active:,}／{tally.active_rate.of:,}）。",
                        f"{percent(tally.active_rate)} were given by a person ({tally.active:,} of "
                        f"{tally.active_rate.of:,}).")
    if tally.void or tally.appealed:
        yield Bilingual(f"认定误评或恶意 {tally.void:,} 件、申诉中 {tally.appealed:,} 件，不计入有效评价。",
                        f"{tally.void:,} were found mistaken or malicious and {tally.appealed:,} are under appeal: "
                        "they are not effective.")


def ratings(tally: Tally) -> Said:
    """What people said, and default praise apart from it."""
    if tally.valid:
        good, bad = tally.positive_rate, tally.negative_rate
        yield Bilingual(f"有效评价 {tally.valid:,} 件，好评率为 {percent(good)}，"
                        f"差评 {bad.fits:,} 件（{percent(bad)}）。",
                        f"There were {tally.valid:,} effective ratings, {percent(good)} of them positive and "
                        f"{bad.fits:,} negative ({percent(bad)}).")
    if tally.cases and tally.valid:
        yield Bilingual(f"参评率为 {percent(tally.rated_rate)}（{tally.active:,}／{tally.cases:,}）。",
                        f"{percent(tally.rated_rate)} of the cases were rated by a person ({tally.active:,} of "
                        f"{tally.cases:,}).")
    if tally.default:
        yield Bilingual(f"另有系统默认好评 {tally.default:,} 件，不计入好评率。",
                        f"Default praise, which a system fills in when nobody rates, stands apart: {tally.default:,} "
                        "cases, not counted as positive.")


# -- what changed ----------------------------------------------------------------------------------


def moved(now: Share, then: Share) -> Bilingual:
    """Up or down by so many percentage points, as shown."""
    points = round(100 * ((now.value or 0) - (then.value or 0)), 1)
    if not points:
        return Bilingual("基本持平", "about the same")
    return Bilingual(f"{'上升' if points > 0 else '下降'} {abs(points):.1f} 个百分点",
                     f"{'up' if points > 0 else 'down'} by {abs(points):.1f} percentage points")


def compared(figures: Figures, past: Past, which: Bilingual) -> Said:
    """The whole, then and now; then the places that moved most."""
    now, then, name = figures.whole, past.whole, past.period.name
    if now.cases is not None and then.cases:
        less = now.cases - then.cases
        by = Share(abs(less), then.cases)
        zh = f"{'增加' if less > 0 else '减少'} {abs(less):,} 件（{percent(by)}）" if less else "持平"
        en = f"{abs(less):,} {'more' if less > 0 else 'fewer'} ({percent(by)})" if less else "as many"
        yield Bilingual(f"办件量：本期 {now.cases:,} 件，{which.zh}（{name.zh}）{then.cases:,} 件，{zh}。",
                        f"Cases: {now.cases:,} now, {then.cases:,} {which.en} ({name.en}): {en}.")
    for zh, en, one, other in (("达标率", "Conformance", now.kept, then.kept),
                               ("按时率", "On-time share", now.on_time, then.on_time)):
        if one is not None and other is not None and (en == "Conformance" or one != now.kept):
            to = moved(one, other)
            yield Bilingual(f"{zh}：本期 {percent(one)}，{which.zh} {percent(other)}，{to.zh}。",
                            f"{en}: {percent(one)} now, {percent(other)} {which.en}: {to.en}.")
    yield from _movers(figures.places, past)


def _movers(places: Iterable[Line], past: Past) -> Said:
    pairs = [(one, one.kept, past.places[one.code].kept) for one in places if one.code in past.places]
    told = [(one, now, then, (now.value or 0) - (then.value or 0)) for one, now, then in pairs
            if now is not None and then is not None and min(now.of, then.of) >= LEAST]
    if len(told) < 2:
        return
    up, down = (sum(sign * round(by, 3) > 0 for *_, by in told) for sign in (1, -1))
    yield Bilingual(f"可比的 {len(told)} 个地区中，达标率上升的 {up} 个，下降的 {down} 个，其余基本持平。",
                    f"Of {len(told)} places that can be compared, conformance rose in {up} and fell in {down}.")
    for chosen in (max(told, key=lambda one: one[3]), min(told, key=lambda one: one[3])):
        one, now, then, by = chosen
        if round(by, 3) and (by > 0) == (chosen is max(told, key=lambda one: one[3])):
            to = moved(now, then)
            yield Bilingual(f"{'上升' if by > 0 else '下降'}最多的是{one.name.in_language('zh')}：由 {percent(then)} "
                            f"到 {percent(now)}，{to.zh}。",
                            f"It {'rose' if by > 0 else 'fell'} most in {one.name.in_language('en')}: from "
                            f"{percent(then)} to {percent(now)}, {to.en}.")


# -- findings --------------------------------------------------------------------------------------


def shortfalls(lines: Iterable[Line], whole: Line) -> list[Line]:
    """Rows whose share lies below that of the whole, those with most promises not kept first."""
    mean = whole.kept.value if whole.kept else None
    if mean is None:
        return []
    below = [one for one in lines if one.kept is not None and one.kept.of >= LEAST and (one.kept.value or 0) < mean]
    return sorted(below, key=lambda one: (-(one.kept.of - one.kept.fits) if one.kept else 0, one.code))


def found_short(lines: Sequence[Line], whole: Line, what: Bilingual) -> Said:
    """Where most promises were not kept, among those below the whole."""
    told = shortfalls(lines, whole)
    if not told or whole.kept is None:
        return
    zh, en = [], []
    for one in told[:FEW]:
        if one.kept is not None:
            missed = one.kept.of - one.kept.fits
            zh.append(f"{one.name.in_language('zh')}（未兑现 {missed:,} 件，达标率 {percent(one.kept)}）")
            en.append(f"{one.name.in_language('en')} ({missed:,} not kept, {percent(one.kept)} kept)")
    mean = percent(whole.kept)
    yield Bilingual(f"达标率低于总体（{mean}）的{what.zh}有 {len(told)} 个，其中未兑现件数较多的是{'、'.join(zh)}。",
                    f"{len(told)} {what.en} lie below the whole ({mean}); most promises were not kept in "
                    f"{', '.join(en)}.")


def faults(figures: Figures) -> Said:
    """What places have on record that falls short of a standard above."""
    if not figures.faults:
        return
    shown, whole = len(figures.faults), figures.faults_in_all
    some = f"，按影响范围列出前 {shown} 处：" if shown < whole else "："
    yield Bilingual(f"现行规定与上级标准不符的有 {whole} 处{some}",
                    f"{whole} values on record do not fit a standard above" +
                    (f"; the {shown} with the widest effect:" if shown < whole else ":"))
    yield from figures.faults


def patterns(figures: Figures) -> Said:
    """Findings in the case data: how many, how many are closed, and those told of, as they were said."""
    if not figures.patterns_in_all:
        return
    yield Bilingual(f"按规则从报告期办件数据中发现的问题有 {figures.patterns_in_all} 个，"
                    f"其中已由复测数据销号的 {figures.patterns_closed} 个。",
                    f"The rules found {figures.patterns_in_all} patterns to be mended in the cases of the period; "
                    f"{figures.patterns_closed} of them were closed by later data.")
    for said, state in figures.patterns:
        yield Bilingual(f"{said.zh}现状：{state.zh}。", f"{said.en} Now: {state.en}.")


def quality(found: Quality) -> Said:
    """The grade, and what lowers it."""
    name = QUALITY_GRADES[found.grade]
    yield Bilingual(f"数据质量等级为 {found.grade}（{name.zh}），按各项检查中最差的一项评定。",
                    f"The data are graded {found.grade} ({name.en}), by the worst of the checks.")
    yield from (one.text for one in found.remarks)


def joined(names: Iterable[Bilingual]) -> Bilingual:
    """A list of words."""
    told = list(names)
    return Bilingual(COMMA.zh.join(one.in_language("zh") for one in told),
                     COMMA.en.join(one.in_language("en") for one in told))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
