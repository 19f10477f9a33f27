"""From figures to a report laid out: which chapters there are, their charts and tables, the method. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jizhun.evaluation.indices import INDICES, Index
from jizhun.evaluation.indices.formulas import FORMULAS, formula_of
from jizhun.evaluation.reports import sentences as say
from jizhun.evaluation.reports.figures import STATES, Figures, Line, Number, Past
from jizhun.evaluation.reports.outline import (
    HIDDEN,
    MARK,
    NOTHING,
    Bar,
    Chapter,
    Chart,
    Column,
    Method,
    Outline,
    Section,
    Table,
    Value,
)
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.quality import THRESHOLDS
from jizhun.evaluation.rules.satisfaction import GRADES
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import day_in_words

BARS: Final = 25
"""So many bars fit into a chart; of more rows the lowest are drawn, and the table has all."""
SIMULATED: Final = Bilingual("模拟数据", "simulated data")
SIMULATED_NOTICE: Final = Bilingual("本报告所用办件均为模拟数据，为演示而编，不反映任何真实地区的情况。",
                                    "All cases in this report are simulated: made up to show the product, telling "
                                    "nothing of any real place.")
RUNNING: Final = Bilingual("模拟数据：不反映任何真实地区的情况", "Simulated data: telling nothing of any real place")
NAME: Final = Bilingual("名称", "Name")
PLACES, ITEMS = Bilingual("地区", "places"), Bilingual("项目", "items")
STATE_NAMES: Final = tuple(Bilingual(*one) for one in (
    ("兑现", "Kept"), ("未兑现", "Not kept"), ("在办未超期", "Open in time"), ("在办已超期", "Open overdue"),
    ("无有效承诺", "No promise")))
COUNTS: Final = (Column(Bilingual("办件", "Cases"), "count"), *(Column(one, "count") for one in STATE_NAMES),
                 Column(Bilingual("达标率", "Conform."), "share"), Column(Bilingual("按时率", "On time"), "share"))
ALL: Final = Bilingual("合计", "All")
HIDDEN_NOTE: Final = Bilingual("“*”为隐去的数：不足 10 件的，以及可据以推算它们的。",
                               "“*” is a number not shown: below 10, or one from which such a number could be "
                               "reckoned.")


def outline_of(figures: Figures) -> Outline:
    """The report on these figures."""
    return _Builder(figures).outline()


class _Builder:
    """Lays out one report."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def outline(self) -> Outline:
        found = self.figures
        chapters = [Chapter(code, name, tuple(one for one in sections if one.sentences or one.charts))
                    for code, name, sections in self._chapters()]
        return Outline(self._title(), self._below(), tuple(self._notices()), self._running(), tuple(self._facts()),
                       tuple(one for one in chapters if one.sections), tuple(map(self._marked, self._tables())),
                       tuple(self._methods()),
                       tuple((_run_name(one.number, one.name, one.by), one.sql) for one in found.runs),
                       self._source_note())

    # -- head

    def _title(self) -> Bilingual:
        zh = f"{self.figures.place.in_language('zh')}基本公共服务标准实施效果评估报告"
        en = f"Effect of the Standards of Basic Public Services: {self.figures.place.in_language('en')}"
        return Bilingual(f"{zh}{MARK.zh}", f"{en} {MARK.en}") if self.figures.simulated else Bilingual(zh, en)

    def _below(self) -> Bilingual:
        name, day = self.figures.period.name, day_in_words(self.figures.as_of)
        return Bilingual(f"（{name.zh}，数据截至{day.zh}）", f"{_capital(name.en)}, data to {day.en}")

    def _running(self) -> Bilingual:
        return RUNNING if self.figures.simulated else NO_WORDS

    def _notices(self) -> Iterator[Bilingual]:
        if self.figures.simulated:
            yield SIMULATED_NOTICE
        if self.figures.as_of < self.figures.period.last:
            day = day_in_words(self.figures.as_of)
            yield Bilingual(f"数据截至{day.zh}，报告期尚未结束，各项数字只涉及截至当日的办件。",
                            f"The data end on {day.en}, before the period does: figures tell of cases up to that day.")
        if self.figures.hidden:
            yield HIDDEN_NOTE

    def _facts(self) -> Iterator[tuple[Bilingual, Bilingual]]:
        found = self.figures
        yield Bilingual("地区", "Place"), Bilingual(f"{found.place.in_language('zh')}（{found.region}）",
                                                    f"{found.place.in_language('en')} ({found.region})")
        yield Bilingual("报告期", "Period"), Bilingual(
            f"{found.period.name.zh}（{found.period.code}），按受理日期", f"{found.period.code}, by day of acceptance")
        yield Bilingual("数据来源", "Source"), self._source()
        yield Bilingual("数据日期", "Data date"), _both(found.as_of.isoformat())
        yield Bilingual("生成日期", "Made on"), _both(found.made_on.isoformat())
        if found.runs:
            engines = list(dict.fromkeys(one.engine for one in found.runs))
            yield Bilingual("计算引擎", "Engine"), _both(", ".join(engines))
        if found.quality:
            yield Bilingual("数据质量", "Data quality"), _both(found.quality.grade)

    def _source(self) -> Bilingual:
        found = self.figures
        zh, en = found.source.in_language("zh"), found.source.in_language("en")
        code = found.source_code
        mark = (f"，{SIMULATED.zh}", f", {SIMULATED.en}") if found.simulated else ("", "")
        return Bilingual(f"{zh}（{code}{mark[0]}）", f"{en} ({code}{mark[1]})")

    def _source_note(self) -> Bilingual:
        source, day = self._source(), self.figures.as_of
        return Bilingual(f"来源：{source.zh}；数据日期：{day}。", f"Source: {source.en}; data date: {day}.")

    # -- chapters

    def _chapters(self) -> Iterator[tuple[str, Bilingual, list[Section]]]:
        found = self.figures
        yield "overall", Bilingual("总体情况", "Overall"), [
            Section(NO_WORDS, (*say.overall(found), *say.rates(found.whole)))]
        yield "kept", Bilingual("承诺兑现情况", "What was kept"), [
            Section(Bilingual("按承诺内容", "By what was promised"), tuple(say.by_measure(found.measures))),
            Section(Bilingual("超期天数", "Days late"), tuple(say.lateness(found.late))),
            Section(Bilingual("按项目", "By item"), tuple(say.ends(found.items, ITEMS)),
                    _chart("items", found.items, ITEMS)),
            Section(Bilingual("按办理渠道", "By channel"), tuple(_channels(found.channels)))]
        yield "places", Bilingual("地区情况与均等程度", "Places, and how equal they are"), [
            Section(Bilingual("各地区", "Places"), tuple(say.ends(found.places, PLACES)),
                    _chart("places", found.places, PLACES)),
            Section(Bilingual("均等程度", "Equality"), tuple(say.equality(found.equality, Bilingual(
                "下一级地区", "the places of the next level"))) if found.equality else ())]
        yield "coverage", Bilingual("覆盖情况", "Coverage"), [Section(NO_WORDS, tuple(self._covered()))]
        yield "ratings", Bilingual("群众评价情况", "Ratings"), [
            Section(NO_WORDS, tuple(self._said()), self._rating_chart())]
        yield "change", Bilingual("变化情况", "What changed"), [
            Section(Bilingual("与上期相比", "Against the period before"), self._compared(
                found.before, Bilingual("上期", "before"))),
            Section(Bilingual("与上年同期相比", "Against the year before"), self._compared(
                found.year_before, Bilingual("上年同期", "a year before"))),
            Section(Bilingual("逐月情况", "Month by month"), tuple(self._trend()), self._month_chart())]
        yield "findings", Bilingual("发现的问题", "Findings"), [
            Section(Bilingual("承诺兑现", "Promises not kept"), (
                *say.found_short(found.places, found.whole, PLACES),
                *say.found_short(found.items, found.whole, ITEMS))),
            Section(Bilingual("数据中发现的问题", "Found in the case data"), tuple(say.patterns(found))),
            Section(Bilingual("规定与上级标准", "Values against the standard above"), tuple(say.faults(found)))]
        yield "quality", Bilingual("数据质量", "Data quality"), [
            Section(NO_WORDS, tuple(say.quality(found.quality)) if found.quality else ())]

    def _said(self) -> Iterator[Bilingual]:
        found = self.figures
        if found.ratings is None:
            return
        yield from say.ratings(found.ratings)
        if found.ratings_handed_in:
            yield from say.ratings_given(found.ratings)
        if found.who_rates is not None:
            yield from say.who_rates(found.who_rates)

    def _covered(self) -> Iterator[Bilingual]:
        told = list(say.coverage(self.figures))
        if told and self.figures.covered_on:
            day = day_in_words(self.figures.covered_on)
            yield Bilingual(f"以下为{day.zh}的情况，以事项与地区的组合为单位，不同口径分别列出，不可相加。",
                            f"As of {day.en}, counted in pairs of a matter and a place; each definition stands for "
                            "itself.")
            yield from told

    def _compared(self, past: Past | None, which: Bilingual) -> tuple[Bilingual, ...]:
        """An earlier whole year is the same as the year before."""
        if past is None or (self.figures.period.months == 12 and which.en == "before"):
            return ()
        return tuple(say.compared(self.figures, past, which))

    def _trend(self) -> Iterator[Bilingual]:
        told = say.ranked(self.figures.months)
        if len(told) > 1:
            low, high = say.named(told[:1]), say.named(told[-1:])
            number = len(self.figures.months)
            yield Bilingual(f"截至报告期末的 {number} 个月中，达标率最低的是{low.zh}，最高的是{high.zh}。",
                            f"Over the {number} months to the end of the period, conformance was "
                            f"lowest in {low.en} and highest in {high.en}.")

    def _month_chart(self) -> tuple[Chart, ...]:
        if len(self.figures.months) < 2:
            return ()
        return (Chart("months", Bilingual("各月达标率", "Conformance by month"),
                      tuple(map(_bar, self.figures.months)), "months"),)

    def _rating_chart(self) -> tuple[Chart, ...]:
        tally = self.figures.ratings
        if tally is None or not tally.valid:
            return ()
        bars = [Bar(name, tally.grades.get(grade, 0) / tally.valid, _both(
            f"{tally.grades.get(grade, 0):,} ({say.percent(Share(tally.grades.get(grade, 0), tally.valid))})"))
            for grade, name in GRADES.items()]
        title = Bilingual("有效评价的等级分布", "Effective ratings by grade")
        return (Chart("ratings", title, tuple(bars), "ratings"),)

    # -- tables

    def _tables(self) -> Iterator[Table]:
        found = self.figures
        for code, title, lines in (
                ("places", ("各地区办件与承诺兑现", "Cases and promises by place"), found.places),
                ("items", ("各项目办件与承诺兑现", "Cases and promises by item"), found.items),
                ("channels", ("各渠道办件与承诺兑现", "Cases and promises by channel"), found.channels)):
            if lines:
                yield _counted(code, Bilingual(*title), lines, found.whole)
        if found.months:
            yield _counted("months", Bilingual("逐月办件与承诺兑现", "Cases and promises by month"), found.months)
        if found.measures:
            yield _counted("measures", Bilingual("按承诺内容的兑现", "What was promised and kept"), found.measures)
        yield from self._past_table()
        yield from self._equality_table()
        yield from self._coverage_table()
        yield from self._rating_table()

    def _past_table(self) -> Iterator[Table]:
        pasts = [(one, name) for one, name in (
            (self.figures.before if self.figures.period.months < 12 else None, Bilingual("上期", "Before")),
            (self.figures.year_before, Bilingual("上年同期", "A year before"))) if one is not None]
        if not pasts:
            return
        columns = [Column(NAME, wide=2.4), Column(Bilingual("本期办件", "Cases now"), "count"),
                   Column(Bilingual("本期达标率", "Kept now"), "share")]
        for _, name in pasts:
            columns += [Column(Bilingual(f"{name.zh}办件", f"Cases: {name.en.lower()}"), "count"),
                        Column(Bilingual(f"{name.zh}达标率", f"Kept: {name.en.lower()}"), "share")]
        rows = []
        for line in (*self.figures.places, self.figures.whole):
            row: list[Value] = [line.name if line.code else ALL, _count(line.cases), _share(line, line.kept)]
            for past, _ in pasts:
                then = past.places.get(line.code) if line.code else past.whole
                row += [_count(then.cases), _share(then, then.kept)] if then else [NOTHING, NOTHING]
            rows.append(tuple(row))
        yield Table("change", Bilingual("与以前各期的比较", "Against earlier periods"), tuple(columns), tuple(rows),
                    sums=True)

    def _equality_table(self) -> Iterator[Table]:
        found = self.figures.equality
        if found is None:
            return
        values = (("variation", found.variation), ("span", found.span), ("gini", found.gini), ("theil", found.theil),
                  ("theil_l", found.theil_l))
        rows = tuple((FORMULAS[code].name, _both(FORMULAS[code].formula), float(value))
                     for code, value in values if value is not None)
        if rows:
            yield Table("equality", Bilingual("地区之间达标率的均等程度", "How equal places are in conformance"),
                        (Column(Bilingual("指数", "Index"), wide=2), Column(Bilingual("公式", "Formula"), wide=3),
                         Column(Bilingual("数值", "Value"), "number")), rows)

    def _coverage_table(self) -> Iterator[Table]:
        rows = tuple((one.name, one.text, share.fits, share.of, _value(share))
                     for one, share in self.figures.coverage)
        if rows:
            yield Table("coverage", Bilingual("覆盖率", "Coverage"), (
                Column(Bilingual("口径", "Definition"), wide=1.6), Column(Bilingual("说明", "Meaning"), wide=4),
                Column(Bilingual("符合", "Fit"), "count"), Column(Bilingual("分母", "Of"), "count"),
                Column(Bilingual("覆盖率", "Coverage"), "share")), rows)

    def _rating_table(self) -> Iterator[Table]:
        tally = self.figures.ratings
        if tally is None:
            return
        rows: list[tuple[Value, ...]] = [
            (name, tally.grades.get(grade, 0), _value(Share(tally.grades.get(grade, 0), tally.valid)))
            for grade, name in GRADES.items()]
        rows += [(Bilingual("有效评价合计", "Effective ratings"), tally.valid, _value(Share(tally.valid, tally.valid))),
                 (Bilingual("默认好评（不计入）", "Default praise (not counted)"), tally.default, NOTHING)]
        yield Table("ratings", Bilingual("评价等级", "Ratings by grade"), (
            Column(Bilingual("等级", "Grade"), wide=2), Column(Bilingual("件数", "Number"), "count"),
            Column(Bilingual("占有效评价", "Of effective ones"), "share")), tuple(rows))

    def _marked(self, table: Table) -> Table:
        """Simulated figures are called so in the title of every table; a note says what is not shown."""
        title, note = table.title, table.note
        if self.figures.simulated:
            title = Bilingual(f"{title.zh}{MARK.zh}", f"{title.en} {MARK.en}")
        if any(value is HIDDEN for row in table.rows for value in row):
            note = HIDDEN_NOTE
        return Table(table.code, title, table.columns, table.rows, note, table.sums)

    # -- method

    def _methods(self) -> Iterator[Method]:
        yield Method(Bilingual("办件的结论", "How cases stand"), "K, B, O, V, N", Bilingual(
            "K 承诺全部兑现，B 有承诺未兑现，O 在办未超期，V 在办已超期，N 受理时当地没有有效承诺。"
            "承诺以受理时当地有效的为准；报告期按受理日期划分，办结与否以数据日期为准。",
            "K every promise kept, B a promise not kept, O open in time, V open past a limit, N nothing promised then "
            "and there. What counts is the promise in force in the place on its day; periods are by day of acceptance, "
            "and whether a case is closed is seen from the data date."))
        yield from map(_method, (INDICES[code] for code in ("conformance", "on_time", "overdue_open", "no_promise",
                                                           "lateness.promised_limit")))
        wanted: list[str] = []
        if self.figures.equality:
            wanted += ["variation", "span", "gini", "theil", "theil_l", "theil_layers", "interval"]
        if self.figures.ratings:
            yield self._effective()
            wanted += ["positive_rate", "negative_rate", "rated_rate",
                       *(["active_rate", "who_rates"] if self.figures.ratings_handed_in else [])]
        if self.figures.hidden:
            wanted.append("suppression")
        yield from (Method(FORMULAS[code].name, FORMULAS[code].formula, FORMULAS[code].text) for code in wanted)
        for one in self.figures.quality.remarks if self.figures.quality else ():
            rule = THRESHOLDS[one.check]
            yield Method(rule.name, FORMULAS[one.check].formula, rule.text)

    def _effective(self) -> Method:
        """What is counted as a rating."""
        name = Bilingual("有效评价", "Effective ratings")
        if self.figures.ratings_handed_in:
            return Method(name, "n = a − v − p", Bilingual(
                "a 为本人作出的评价，每次到访或每件事项只计一次，以最后一次为准；v 为认定误评或恶意，p 为申诉中，"
                "均不计；默认好评另列。按评价日期归入报告期，参评率的分母为报告期受理且已不在办的办件。",
                "a ratings that persons gave, one for each visit or matter, the last word; v found mistaken or "
                "malicious and p under appeal do not count; default praise stands apart. They are those given in the "
                "period; what could have been rated are the cases accepted in it that are no longer open."))
        return Method(name, "n = a", Bilingual(
            "办件记录中没有误评、恶意差评和申诉的认定，故本人作出的评价都算有效评价；默认好评另列。",
            "Case records do not tell which ratings were found mistaken, malicious or are under appeal, so every "
            "rating that a person gave counts; default praise stands apart."))


def _method(index: Index) -> Method:
    return Method(index.name, formula_of(index), index.text)


def _channels(lines: Sequence[Line]) -> Iterator[Bilingual]:
    """The share of each channel, the most used first."""
    told = sorted((one for one in lines if one.cases), key=lambda one: -(one.cases or 0))
    every = [one.cases for one in lines]
    if not told or None in every:
        return
    whole = sum(one or 0 for one in every)
    shares = [(one.name, say.percent(Share(one.cases or 0, whole))) for one in told]
    zh, en = (between.join(f"{name.in_language(language)} {share}" for name, share in shares)
              for language, between in (("zh", "，"), ("en", ", ")))
    yield Bilingual(f"办件按渠道：{zh}。", f"Cases by channel: {en}.")


def _chart(code: str, lines: Sequence[Line], what: Bilingual) -> tuple[Chart, ...]:
    """The shares kept, from the least; a row with nothing to divide by has no bar."""
    told = sorted((one for one in lines if one.kept is not None),
                  key=lambda one: ((one.kept.value or 0) if one.kept else 0, one.code))
    if len(told) < 2:
        return ()
    title = Bilingual(f"各{what.zh}达标率", f"Conformance by {what.en[:-1]}")
    if len(told) > BARS:
        title = Bilingual(f"达标率较低的 {BARS} 个{what.zh}（共 {len(told)} 个）",
                          f"The {BARS} {what.en} with the lowest conformance, of {len(told)}")
    return (Chart(code, title, tuple(map(_bar, told[:BARS])), code),)


def _bar(line: Line) -> Bar:
    share = line.kept
    if share is None:
        hidden = None in line.verdicts
        return Bar(line.name, None, HIDDEN if hidden else Bilingual("无可判断办件", "no judged cases"))
    return Bar(line.name, share.value, Bilingual(f"{say.percent(share)}（{share.of:,} 件）",
                                                 f"{say.percent(share)} of {share.of:,}"))


def _counted(code: str, title: Bilingual, lines: Iterable[Line], whole: Line | None = None) -> Table:
    """Rows with how their cases stand; ``whole`` as the last one."""
    rows = [_row(one, one.name) for one in lines]
    if whole is not None:
        rows.append(_row(whole, ALL))
    return Table(code, title, (Column(NAME, wide=2.6), *COUNTS), tuple(rows), sums=whole is not None)


def _row(line: Line, name: Bilingual) -> tuple[Value, ...]:
    return (name, _count(line.cases), *(_count(line.verdicts[code]) for code in STATES),
            _share(line, line.kept), _share(line, line.on_time))


def _count(number: Number) -> Value:
    return HIDDEN if number is None else number


def _share(line: Line, share: Share | None) -> Value:
    if share is None:
        return HIDDEN if None in line.verdicts else NOTHING
    return _value(share)


def _value(share: Share) -> Value:
    return NOTHING if share.value is None else share.value


def _run_name(number: int, name: Bilingual, by: str) -> Bilingual:
    along = (f"，按 {by}", f", by {by}") if by else ("", "")
    return Bilingual(f"第 {number} 次计算：{name.zh}{along[0]}", f"Run {number}: {name.en}{along[1]}")


def _both(text: str) -> Bilingual:
    return Bilingual(text, text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
