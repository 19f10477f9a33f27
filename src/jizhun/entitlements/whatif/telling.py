"""Outcomes in words: what was supposed, what was found, and what has to be said with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jizhun.entitlements.rules.assembling import Rule
from jizhun.entitlements.rules.book import Fact
from jizhun.entitlements.whatif.outcome import Spread
from jizhun.entitlements.whatif.reporting import LEAST, Report
from jizhun.entitlements.whatif.scenario import PartChange, Plain, Scenario
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules.telling import quantity

NameOf = Callable[[str], Bilingual]

PAYERS: Mapping[str, Bilingual] = {
    "central": Bilingual("中央财政", "central budget"), "province": Bilingual("省级财政", "province's budget"),
    "city": Bilingual("市级财政", "city's budget"), "county": Bilingual("县级财政", "county's budget"),
    "local": Bilingual("地方财政", "local budgets"),
    "unemployment_fund": Bilingual("失业保险基金", "unemployment fund"),
    "work_injury_fund": Bilingual("工伤保险基金", "work-injury fund"),
    "pension_fund": Bilingual("养老保险基金", "pension fund"),
    "employment_subsidy_fund": Bilingual("就业补助资金", "employment subsidy funds"),
    "employer": Bilingual("用人单位", "employer"),
    "individual_account": Bilingual("个人账户", "own account"), "none": Bilingual("无人支付", "nobody")}

MODALITIES: Mapping[str, Bilingual] = {
    "floor": Bilingual("不低于", "at least"), "cap": Bilingual("不高于", "at most"),
    "exact": Bilingual("统一为", "uniformly")}

UNCERTAINTY = Bilingual(
    "“±”为1.96倍标准误，由人口文件的十个随机部分算出；它只反映文件是抽样的，不反映边际分布、假定和规则本身的误差。",
    "“±” is 1.96 standard errors, from ten random parts of the population. It tells only of the file being a sample, "
    "not of margins, assumptions or the rule being wrong.")
INEQUALITY = Bilingual(
    "人与人之间：全期有所得的人所得金额的基尼系数和泰尔指数，按权数计；地区之间：各地区有所得的人的平均数，按其人数计。0表示人人相同。",
    "Among persons: Gini coefficient and Theil's T of what those get who get anything in the whole period, by weight. "
    "Among regions: of the mean that they get in each, by their number. 0: all get the same.")
STANDING_STILL = Bilingual(
    "人口在整个期间不变：没有人进来、离开或改变行为，只有日期往前走；一次性的算在第一个月，按年的算在每十二个月的第一个月。",
    "The population stands still throughout: nobody comes, goes or behaves differently, only the day moves on. What is "
    "paid once counts in the first month, what is paid once a year in the first of each twelve.")
SYNTHETIC = Bilingual("合成人口：由公布的边际分布抽取，各项事实相互独立，不是真实的人。",
                      "Synthetic population: drawn from published margins, each fact independently of the others; "
                      "these are no real persons.")
SIMULATED = Bilingual("模拟人口：虚构地区的编造数字。", "Simulated population: made-up numbers of a fictional place.")
TOO_FEW = Bilingual(f"涉及的人少于{LEAST}人，不显示金额。",
                    f"Fewer than {LEAST} persons are concerned: no figures are shown.")


# -- sizes


def _short(value: Decimal, steps: Sequence[tuple[Decimal, str]], plain: str) -> str:
    """Three figures with the largest unit that fits; whole numbers below it."""
    for size, unit in steps:
        if value >= size:
            figure = value / size
            digits = 2 if figure < 10 else 1 if figure < 100 else 0
            text = f"{figure:,.{digits}f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}"
    return plain.format(f"{value:,.0f}")


def money(cents: int) -> Bilingual:
    """An amount as one says it: 3.36 亿元, 336 million yuan."""
    yuan = Decimal(abs(cents)) / 100
    return Bilingual(_short(yuan, ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元")), "{} 元"),
                     _short(yuan, ((Decimal(10**9), "billion yuan"), (Decimal(10**6), "million yuan")), "{} yuan"))


def persons(count: int) -> Bilingual:
    """A number of persons as one says it."""
    number = Decimal(count)
    return Bilingual(_short(number, ((Decimal(10**8), "亿人"), (Decimal(10**4), "万人")), "{} 人"),
                     _short(number, ((Decimal(10**6), "million persons"),),
                            "{} person" if count == 1 else "{} persons"))


# -- what was supposed


@dataclass(frozen=True, slots=True)
class Names:
    """The words for measures, places, papers and the parts of the rule."""

    measure: NameOf
    place: NameOf
    part: NameOf
    paper: NameOf


def supposed_in_words(scenario: Scenario, names: Names) -> list[Bilingual]:
    """What was supposed, a sentence without a stop each."""
    return [*(_value(row, names) for row in scenario.provisions), *(_change(one, names) for one in scenario.changes)]


def _value(row: Plain, names: Names) -> Bilingual:
    measure, place = names.measure(str(row.get("measure"))), names.place(str(row.get("region")))
    how = MODALITIES.get(str(row.get("modality", "floor")), Bilingual("为", ""))
    value = row.get("value")
    told = Bilingual("另定", "as a table")
    if _is_number(value):
        told = quantity(Decimal(str(value)), str(row.get("unit") or ""))
    return Bilingual(f"{place.zh}{measure.zh}{how.zh} {told.zh}", f"{measure.en} in {place.en} {how.en} {told.en}")


def _is_number(value: object) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


def _change(one: PartChange, names: Names) -> Bilingual:
    part = names.part(one.part)
    if one.expression is None:
        return Bilingual(f"取消条件“{part.zh}”", f"without the condition “{part.en}”")
    return Bilingual(f"“{part.zh}”改为 {one.expression}", f"“{part.en}” read as {one.expression}")


def part_names(rule: Rule) -> dict[str, Bilingual]:
    """The words for the parts of a rule."""
    return {**{one.name: one.words for one in rule.conditions}, **{one.name: one.words for one in rule.workings},
            **{one.name: one.words for one in rule.results}}


def title(scenario: Scenario, names: Names) -> Bilingual:
    """What is supposed in a line: the name given to it, or the first supposition."""
    if scenario.name:
        return Bilingual(scenario.name, scenario.name)
    first, *others = supposed_in_words(scenario, names)
    if not others:
        return first
    return Bilingual(f"{first.zh}等 {len(others) + 1} 项", f"{first.en} and {len(others)} more")


# -- what was found


def finding(report: Report, scenario: Scenario, what: Bilingual) -> Bilingual:
    """The title of a result: what it costs, and how many get more or less."""
    found = finding_alone(report, scenario.months)
    return Bilingual(f"{what.zh}：{found.zh}", f"{what.en}: {found.en}")


def finding_alone(report: Report, months: int) -> Bilingual:
    total = report.total
    if total.gain is None or total.lose is None or total.difference is None:
        return Bilingual(TOO_FEW.zh.rstrip("。"), TOO_FEW.en.rstrip("."))
    if not total.gain and not total.lose:
        return Bilingual("没有人多得或少得", "nobody gets more or less")
    size, span = money(total.difference), _span(months)
    way = ("多支出", "more") if total.difference >= 0 else ("少支出", "less")
    people = [(persons(total.gain), "多得", "get more", "gets more")] if total.gain else []
    people += [(persons(total.lose), "少得", "get less", "gets less")] if total.lose else []
    counts = [total.gain] * bool(total.gain) + [total.lose] * bool(total.lose)
    told = [(f"{who.zh}{zh}", f"{who.en} {one if count == 1 else en}")
            for (who, zh, en, one), count in zip(people, counts, strict=True)]
    return Bilingual(f"{span.zh}{way[0]} {size.zh}，{'，'.join(zh for zh, _ in told)}",
                     f"{size.en} {way[1]} {span.en}; {', '.join(en for _, en in told)}")


def _span(months: int) -> Bilingual:
    if months == 12:
        return Bilingual("一年", "a year")
    return Bilingual(f"{months} 个月", f"in {months} months" if months > 1 else "in a month")


def spread_rows(before: Spread, after: Spread) -> list[tuple[Bilingual, float | None, float | None]]:
    """(what is measured, before, after)"""
    return [(Bilingual("基尼系数（人与人之间）", "Gini coefficient among persons"), before.gini, after.gini),
            (Bilingual("泰尔指数（人与人之间）", "Theil's T among persons"), before.theil, after.theil),
            (Bilingual("基尼系数（地区之间）", "Gini coefficient among regions"), before.regions_gini,
             after.regions_gini),
            (Bilingual("泰尔指数（地区之间）", "Theil's T among regions"), before.regions_theil, after.regions_theil)]


# -- what has to be said with it


PLACES_NAMED = 8


def _some(words: Sequence[Bilingual]) -> Bilingual:
    """The first few, and how many more there are."""
    rest = len(words) - PLACES_NAMED
    zh, en = "、".join(one.zh for one in words[:PLACES_NAMED]), ", ".join(one.en for one in words[:PLACES_NAMED])
    return Bilingual(zh, en) if rest <= 0 else Bilingual(f"{zh}等 {len(words)} 个", f"{en} and {rest} more")


def notes(report: Report, facts: Mapping[str, Fact], names: Names) -> list[Bilingual]:
    """What a reader has to know of the figures, most important first."""
    found = list(_hidden(report))
    if report.unknown:
        who = persons(report.unknown)
        found.append(Bilingual(f"{who.zh}因缺少事实或标准无法判断，按未得计。",
                               f"For {who.en} it cannot be told, for want of facts or of a value; they count as "
                               "getting nothing."))
    if report.no_value:
        some = _some([names.place(code) for code in report.no_value])
        found.append(Bilingual(f"以下地区没有登记标准：{some.zh}。", f"No value is on record in: {some.en}."))
    if report.missing:
        some = _some([facts[code].label for code in report.missing if code in facts])
        found.append(Bilingual(f"人口中没有这些事实，一律按不明处理：{some.zh}。",
                               f"The population does not hold these facts, which count as unknown: {some.en}."))
    if report.open_tiers:
        some = _some([names.place(code) for code in report.open_tiers])
        found.append(Bilingual(f"以下地区属于哪一档不明，按最不利的一档取值：{some.zh}。",
                               f"The tier of these regions is not known; the least favourable was taken: {some.en}."))
    if report.unverified_values:
        some = _some([names.place(code) for code in report.unverified_values])
        found.append(Bilingual(f"以下地区的现行标准依据的文件未核实：{some.zh}。",
                               f"Values in force of these regions rest on papers that were not verified: {some.en}."))
    if report.unverified:
        some = _some([_clause(one, names) for one in report.unverified])
        found.append(Bilingual(f"规则中未核实的条款：{some.zh}。",
                               f"Clauses of the rule that were not verified: {some.en}."))
    return [*found, STANDING_STILL]


def _clause(one: tuple[str, str, str, str], names: Names) -> Bilingual:
    paper = names.paper(one[0])
    return Bilingual(f"{paper.zh}{one[1]}", ", ".join(filter(None, (paper.en, one[2]))))


def _hidden(report: Report) -> Iterable[Bilingual]:
    told = {"total": TOO_FEW,
            "regions": Bilingual(f"有些地区的数字少于{LEAST}人，与其他小数合在一行。",
                                 f"Regions with figures of fewer than {LEAST} persons are put together in one line."),
            "months": Bilingual(f"有的月份领取的人少于{LEAST}人，不按月显示。",
                                f"In some month fewer than {LEAST} persons get anything: months are not shown."),
            "payers": Bilingual(f"有的付款方只涉及少于{LEAST}人，不按付款方显示。",
                                f"Behind what some payer pays stand fewer than {LEAST} persons: payers are not shown."),
            "unknown": Bilingual(f"无法判断的少于{LEAST}人。", f"Fewer than {LEAST} persons could not be told.")}
    return (told[one] for one in report.hidden)
