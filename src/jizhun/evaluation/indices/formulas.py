"""Every other figure of evaluation as data: what is divided by what, the formula, which way is better, whose it is.

The functions are in ``rules`` and ``analytics.inequality``; the method page and the documentation show these entries.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from jizhun.analytics.plan import BROKEN, KEPT, NOT_JUDGED, OPEN, OVERDUE
from jizhun.evaluation.indices import Index
from jizhun.evaluation.rules.composite import NORMALISATIONS
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

Better = Literal["higher", "lower", "neither"]
BETTER: Final[Mapping[Better, Bilingual]] = {
    "higher": Bilingual("越高越好", "higher"),
    "lower": Bilingual("越低越好", "lower"),
    "neither": Bilingual("无方向", "neither"),
}
LETTERS: Final[Mapping[int, str]] = {KEPT: "K", BROKEN: "B", OPEN: "O", OVERDUE: "V", NOT_JUDGED: "N"}
"""The numbers of cases by verdict: kept, broken, open, overdue, no promise."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One figure. ``numerator`` and ``denominator`` where it is a share of counts; ``source``: who defined it."""

    code: str
    name: Bilingual
    formula: str
    text: Bilingual
    better: Better
    source: Bilingual
    numerator: Bilingual = NO_WORDS
    denominator: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Topic:
    """Formulas that belong together; ``symbols`` says what the letters mean."""

    code: str
    name: Bilingual
    symbols: Bilingual
    formulas: tuple[Formula, ...]


def formula_of(index: Index) -> str:
    """The formula of an index of cases, from its own data: K / (K + B); d are days beyond a limit."""
    return f"{'Σd' if index.sums else _sum_of(index.numerator)} / {_sum_of(index.denominator)}"


def _sum_of(verdicts: Collection[int]) -> str:
    letters = [letter for verdict, letter in LETTERS.items() if verdict in verdicts]
    return letters[0] if len(letters) == 1 else f"({' + '.join(letters)})"


def _by(author: str) -> Bilingual:
    """Who defined it, in either language."""
    return Bilingual(author, author)


OURS: Final = Bilingual("本系统规定", "our own")

INEQUALITY: Final = Topic("inequality", Bilingual("不均等程度", "Inequality"), Bilingual(
    "x 为各单位的数值，w 为权重（不加权时为 1，或为人口），W = Σw，μ = Σwx / W，"
    "s = wx / Wμ 为占总量的份额；g 为组，n_g、s_g 为组占人口和总量的份额，μ_g 为组均值。",
    "x are the values of units and w their weights (1, or the population), W = Σw, μ = Σwx / W, s = wx / Wμ the share "
    "of the total; g are groups with shares n_g of the population and s_g of the total, and means μ_g."), (
    Formula("variation", Bilingual("变异系数（总体）", "Coefficient of variation (population)"),
            "√( Σ w (x − μ)² / W ) / μ",
            Bilingual("标准差除以均值，全部单位都在内。", "Standard deviation over mean; all units are there."),
            "lower", _by("Pearson 1896")),
    Formula("variation_sample", Bilingual("变异系数（样本）", "Coefficient of variation (sample)"),
            "√( Σ w (x − μ)² / (W − 1) ) / μ",
            Bilingual("单位只是样本时使用。", "Where the units are only a sample."),
            "lower", _by("Pearson 1896")),
    Formula("span", Bilingual("极值比", "Greatest over least"), "max x / min x",
            Bilingual("只看两端。", "Looks at both ends only."), "lower", OURS),
    Formula("gini", Bilingual("基尼系数", "Gini coefficient"), "Σᵢ Σⱼ wᵢ wⱼ |xᵢ − xⱼ| / (2 W² μ)",
            Bilingual("0：完全相同；1 − 1/n：全部归 n 个单位中的一个。",
                      "0: all the same; 1 − 1/n: one of n units has everything."),
            "lower", _by("Gini 1912")),
    Formula("lorenz", Bilingual("洛伦兹曲线", "Lorenz curve"), "( Σ w / W , Σ w x / W μ ),  x ↑",
            Bilingual("由低到高累计的人口份额和总量份额；基尼系数是曲线与对角线之间面积的两倍。",
                      "Shares of units and of the total, from the least upward; the Gini coefficient is twice the area "
                      "between the curve and the diagonal."), "neither", _by("Lorenz 1905")),
    Formula("theil", Bilingual("泰尔指数 T", "Theil T"), "Σ s · ln(x / μ)",
            Bilingual("按总量份额加权；对高端更敏感。", "Weighted by shares of the total; more sensitive to the top."),
            "lower", _by("Theil 1967")),
    Formula("theil_l", Bilingual("泰尔指数 L", "Theil L"), "Σ (w / W) · ln(μ / x)",
            Bilingual("按人口份额加权；对低端更敏感。",
                      "Weighted by shares of the population; more sensitive to the bottom."),
            "lower", _by("Theil 1967")),
    Formula("theil_layers", Bilingual("泰尔指数逐层分解", "Theil, layer by layer"),
            "T = Σ s_g ln(μ_g / μ) + Σ s_g T_g ;  L = Σ n_g ln(μ / μ_g) + Σ n_g L_g",
            Bilingual("组内部分再按下一层的组分解：四大区域之间 + 区域内省份之间 + 省内各市之间；各层之和等于总值，"
                      "贡献率为各层除以总值。",
                      "What lies within is taken apart again by the groups of the next layer: between the four parts "
                      "of the country + between provinces within parts + between prefectures within provinces. The "
                      "layers sum to the whole; a contribution is a layer over the whole."),
            "lower", _by("Shorrocks 1980")),
    Formula("dagum", Bilingual("达古姆分解", "Dagum's decomposition"),
            "G = Σ n_g s_g G_g + Σ_{g<h} n_g n_h |μ_g − μ_h| / μ + Σ_{g<h} n_g n_h (Δ_gh − |μ_g − μ_h|) / μ",
            Bilingual("基尼系数 = 组内 + 组间净值 + 超变密度（组间重叠）；Δ_gh 为两组单位之间差距绝对值的均值。",
                      "Gini = within + net between + overlap (transvariation); Δ_gh is the mean absolute difference "
                      "between units of two groups."), "lower", _by("Dagum 1997")),
    Formula("atkinson", Bilingual("阿特金森指数", "Atkinson's index"),
            "1 − ( Σ (w / W) (x / μ)^(1−ε) )^(1/(1−ε)) ;  ε = 1: 1 − exp( Σ (w / W) ln(x / μ) )",
            Bilingual("若完全均等，可少用的总量份额；ε 越大越看重最低者。",
                      "The share of the total that could be given up if the rest were spread evenly; the higher ε, the "
                      "more the least count."), "lower", _by("Atkinson 1970")),
    Formula("by_people", Bilingual("按人口加权", "Weighed by people"), "Σ w x / Σ w",
            Bilingual("x 为直接下级各地区的数值（达标率、覆盖率、好评率），w 为有记录的最近一次常住人口；本级没有记录的"
                      "取下级之和；人口未知的地区不计入，并写明个数。",
                      "x are the figures of the places directly below (conformance, coverage, positive ratings), w the "
                      "latest resident population on record; where a place has none, the sum of those below it. Places "
                      "of which none is known are left out, and it is said how many."), "neither", OURS),
    Formula("interval", Bilingual("自助法区间", "Bootstrap interval"),
            "[ q(α₁), q(α₂) ]",
            Bilingual("对单位有放回地重抽 2,000 次（种子固定），取所得数值的分位数；BCa 法按偏差和偏度修正 α。",
                      "Units are drawn again with replacement, 2,000 times with a fixed seed; quantiles of what comes "
                      "out. BCa corrects α for bias and skewness."), "neither", _by("Efron 1987")),
    Formula("sigma", Bilingual("σ 收敛", "Sigma-convergence"), "CV_t = a + b t",
            Bilingual("各年变异系数对年份作直线；b < 0：差距在缩小。附标准误和 R²。",
                      "A line through the variation of each year; b < 0: places draw nearer. With standard error and "
                      "R²."), "lower", _by("Barro, Sala-i-Martin 1992")),
    Formula("beta", Bilingual("β 收敛", "Beta-convergence"),
            "ln(x_T / x₀) / T = a + b ln x₀ ;  λ = −ln(1 + b T) / T ;  ln 2 / λ",
            Bilingual("b < 0：起点低的增长快。λ 为差距每年缩小的速率（一年后余下 e^(−λ)），"
                      "ln 2 / λ 为差距减半的年数。附标准误和 R²。",
                      "b < 0: those behind rise faster. λ is the rate at which the distance shrinks (e^(−λ) of it is "
                      "left after a year), ln 2 / λ the years until half of it is left. With standard error and R²."),
            "lower", _by("Barro, Sala-i-Martin 1992")),
    Formula("change", Bilingual("变动归因", "What moved it"),
            "φ_c = Σ_S |S|! (2 − |S|)! / 3! · ( I(S ∪ c) − I(S) )",
            Bilingual("两个时点之间指标的变动分为标准、执行、人口三部分（x = 标准 × 执行，w = 人口）；S 为先变的原因。"
                      "三部分之和等于变动。标准部分再同样分到各地区。",
                      "The change of an index between two dates by standards, performance and population "
                      "(x = standard × performance, w = population); S are the causes that changed before. The parts "
                      "sum to the change. That of standards is shared out among places in the same way."),
            "neither", _by("Shapley 1953")),
))

COMPOSITE: Final = Topic("composite", Bilingual("综合指数", "Composite index"), Bilingual(
    "x_ij 为地区 i 的指标 j，m 个地区；r 为归一化后的数值；w_j 为 n 个指标的权重，Σw = 1，v_kj 为专家 k 给出的权重。",
    "x_ij is indicator j of place i, of m places; r is what was made comparable; w_j are the weights of the n "
    "indicators, Σw = 1, and v_kj what expert k gives."), (
    Formula("normalisation", Bilingual("归一化", "Normalisation"),
            " ;  ".join(one.formula for one in NORMALISATIONS.values()),
            Bilingual("比重法、向量归一化、极差法、最大值法、标准化。后三种对越低越好的指标反向，见 | 之后；"
                      "所用方法随结果注明。",
                      "Share of the sum, vector length, range, greatest, standard score. The last three turn "
                      "indicators of which less is better, as behind |. Which one was used stands beside every "
                      "result."),
            "neither", OURS),
    Formula("entropy_weights", Bilingual("熵权", "Entropy weights"),
            "p_ij = x_ij / Σᵢ x_ij ;  e_j = −Σᵢ p_ij ln p_ij / ln m ;  w_j = (1 − e_j) / Σ (1 − e)",
            Bilingual("各地区差别越大的指标权重越大；p = 0 时该项为 0。",
                      "An indicator weighs more, the more it differs between places; where p = 0 the term is 0."),
            "neither", _by("Shannon 1948")),
    Formula("given_weights", Bilingual("等权、专家权重", "Equal and expert weights"),
            "w_j = 1 / n ;  w_j = mean_k( v_kj / Σ v_k )",
            Bilingual("专家权重先各自归一，再求平均。",
                      "Each expert's weights are made to sum to 1, then the mean is taken."),
            "neither", OURS),
    Formula("weighted_sum", Bilingual("加权和", "Weighted sum"), "Σ w_j r_ij",
            Bilingual("有越低越好的指标时，只能用会反向的归一化方法。",
                      "With an indicator of which less is better, only a normalisation that turns it."),
            "higher", OURS),
    Formula("topsis", Bilingual("TOPSIS 贴近度", "TOPSIS nearness"),
            "C = d⁻ / (d⁺ + d⁻) ;  d± = √( Σ w_j² (r_ij − r_j±)² )",
            Bilingual("与各指标最优值和最劣值的距离；默认向量归一化。",
                      "Distances to the best and to the worst of each indicator; by vector length unless said."),
            "higher", _by("Hwang, Yoon 1981")),
    Formula("room", Bilingual("权重可变范围", "Room of a weight"), "w_j → t ,  w_k → w_k (1 − t) / (1 − w_j)",
            Bilingual("某一权重变为 t、其余按原比例，第一名不变的 t 的范围；精确求解，并指出由谁取代。",
                      "How far one weight may move, to t, the others in proportion, before another place is first; "
                      "solved exactly, with the place that takes over."), "neither", OURS),
    Formula("rank_interval", Bilingual("位次区间", "Interval of ranks"), "w ~ Dirichlet(1, …, 1)  |  Dirichlet(f · w)",
            Bilingual("随机权重（种子固定）下位次所在的中间 90% 区间，以及居首的比例。"
                      "权重任意，或在给定权重附近：f 越大越近。",
                      "Between which ranks a place lies in the middle 90 % of random weights (fixed seed), and how "
                      "often it is first. Any weights, or weights around the given ones: the higher f, the nearer."),
            "neither", OURS),
))

RATES_51: Final = Bilingual("国办发〔2019〕51号、GB/T 39734-2020；公式待核对",
                            "Guobanfa (2019) No. 51 and GB/T 39734-2020; the formula is to be checked")
SATISFACTION: Final = Topic("satisfaction", Bilingual("好差评", "Service ratings"), Bilingual(
    "n₅ … n₁ 为有效评价中非常满意至非常不满意的件数，n = n₅ + … + n₁。现场一次一评，网上一事一评；"
    "同一次（事）多次评价的以最后一次为准。默认好评不计入。经认定的误评、恶意差评无效；申诉期间不计。",
    "n₅ … n₁ are the effective ratings from very satisfied to very dissatisfied, n their sum. One rating per visit "
    "at a counter, per matter online; of several the last stands. Default praise does not count. What was found "
    "mistaken or malicious is void; what is under appeal is not counted meanwhile."), (
    Formula("positive_rate", Bilingual("好评率", "Positive rate"), "(n₅ + n₄ + n₃) / n",
            Bilingual("前三个等级。", "The upper three grades."), "higher", RATES_51,
            Bilingual("非常满意、满意、基本满意", "very, plainly or fairly satisfied"),
            Bilingual("有效评价", "effective ratings")),
    Formula("negative_rate", Bilingual("差评率", "Negative rate"), "(n₂ + n₁) / n",
            Bilingual("后两个等级。", "The lower two grades."), "lower", RATES_51,
            Bilingual("不满意、非常不满意", "dissatisfied or very dissatisfied"),
            Bilingual("有效评价", "effective ratings")),
    Formula("active_rate", Bilingual("主动评价率", "Active rate"), "a / (a + d)",
            Bilingual("a 为本人作出的评价，d 为默认好评。", "a: given by a person; d: default praise."), "higher",
            RATES_51,
            Bilingual("本人作出的评价", "ratings that a person gave"),
            Bilingual("本人评价和默认好评", "those and default praise")),
    Formula("valid_rate", Bilingual("有效评价率", "Effective rate"), "n / a",
            Bilingual("除去无效和申诉中的。", "Without what is void or under appeal."), "higher", OURS,
            Bilingual("有效评价", "effective ratings"), Bilingual("本人作出的评价", "ratings that a person gave")),
    Formula("rated_rate", Bilingual("参评率", "Rated"), "a / N",
            Bilingual("N 为可评价的办件（次）。", "N: the visits or matters that could be rated."), "higher", OURS,
            Bilingual("本人作出的评价", "ratings that a person gave"),
            Bilingual("可评价的办件（次）", "visits or matters that could be rated")),
    Formula("csi", Bilingual("满意度指数", "Satisfaction index"), "Σ w_k · mean_k / Σ w_k",
            Bilingual("各方面得分均值的加权平均；分值为 5 至 1，或 100、80、60、30、0，须注明；无人评价的方面不计。",
                      "The weighted mean of the aspects' means, with 5 to 1 or 100, 80, 60, 30, 0 points as said "
                      "beside it; aspects that nobody rated are left out."),
            "higher", Bilingual("GB/T 19038、GB/T 19039；待核对", "GB/T 19038 and GB/T 19039; to be checked")),
    Formula("who_rates", Bilingual("评价人群偏差", "Who rates"), "½ Σ_g |n_g / n − N_g / N| ;  Σ_g N_g p_g / Σ_g N_g",
            Bilingual("各人群（渠道、年龄）占评价和占办件的份额之差；以及各人群按办件份额加权的好评率。",
                      "How far the shares of groups (channels, ages) in ratings and in cases differ; and the positive "
                      "rate with each group weighted by its cases."), "lower",
            _by("Duncan, Duncan 1955")),
    Formula("rectified_rate", Bilingual("整改率", "Rectified"), "R / D",
            Bilingual("D 为差评，不含申诉中和申诉成立的。",
                      "D: negative ratings, without those under appeal or whose appeal was upheld."),
            "higher", RATES_51, Bilingual("已整改的差评", "negative ratings rectified"),
            Bilingual("差评", "negative ratings")),
    Formula("rectified_in_time", Bilingual("按期整改率", "Rectified in time"), "R_t / (R + V)",
            Bilingual("V 为逾期未整改的。时限由各地规定，以工作日或自然日计；申诉期间不计时。",
                      "V: open past the limit. Each place sets its limit in working or calendar days; days under "
                      "appeal do not count."), "higher", RATES_51,
            Bilingual("按期整改的", "rectified in time"),
            Bilingual("已整改的和逾期未整改的", "rectified, and open past the limit")),
    Formula("called_back", Bilingual("回访率", "Called back"), "C / R",
            Bilingual("已整改的差评中，已回访的。", "Of what was rectified, what was called back."), "higher", OURS,
            Bilingual("已回访的", "called back"), Bilingual("已整改的差评", "negative ratings rectified")),
))

QUALITY: Final = Topic("quality", Bilingual("数据质量", "Data quality"), Bilingual(
    "等级为各项检查中最差的一项：A 可靠，B 基本可靠，C 谨慎使用，D 不宜用于比较。",
    "The grade is that of the worst check: A reliable, B fairly reliable, C use with care, "
    "D not fit for comparison."), (
    Formula("completeness", Bilingual("完整性", "Completeness"), "B ≥ 1 %, C ≥ 5 %, D ≥ 20 %",
            Bilingual("所需各列中缺失最多的一列。", "The needed column that lacks most."), "lower", OURS,
            Bilingual("缺失的记录", "records without it"), Bilingual("全部记录", "all records")),
    Formula("orders", Bilingual("不可能的先后", "Impossible orders"), "B ≥ 0.1 %, C ≥ 1 %, D ≥ 5 %",
            Bilingual("如办结早于受理。", "Closed before accepted, for example."), "lower", OURS,
            Bilingual("先后颠倒的记录", "records the wrong way round"), Bilingual("全部记录", "all records")),
    Formula("duplicates", Bilingual("重复", "Duplicates"), "B ≥ 0.1 %, C ≥ 1 %, D ≥ 5 %",
            Bilingual("除第一条以外。", "Without the first of each."), "lower", OURS,
            Bilingual("重复的记录", "records that repeat another"), Bilingual("全部记录", "all records")),
    Formula("outliers", Bilingual("异常值", "Outliers"), "|0.6745 (x − median) / MAD| > 3.5 ;  B ≥ 2 %, C ≥ 10 %",
            Bilingual("可能属实，故最低评为 C。", "They may be true: C at worst."), "lower",
            _by("Iglewicz, Hoaglin 1993"),
            Bilingual("异常的地区", "places that stand out"), Bilingual("全部地区", "all places")),
    Formula("steps", Bilingual("突变", "Sudden steps"), "|med₃ after − med₃ before| > max(6 σ̂, 30 %) ;  B ≥ 1, C ≥ 2",
            Bilingual("前后各三期中位数之差；30 % 按两者中较大的计，σ̂ 由逐期变化的中位数估计。可能属实，故最低评为 C。",
                      "Medians of three periods before and after; 30 % of the larger of the two, σ̂ from the median "
                      "change from one period to the next. They may be true: C at worst."), "lower", OURS),
    Formula("digits", Bilingual("数字偏好", "Digit preference"),
            "w = √(χ² / n) ;  p < 0.001 ;  B ≥ 0.1, C ≥ 0.3, D ≥ 0.5",
            Bilingual("末位数字应均匀；跨度百倍以上的数，首位数字应为 log₁₀(1 + 1/d)。",
                      "Last digits are equally likely; of numbers over a hundredfold range, first digits are "
                      "log₁₀(1 + 1/d)."), "lower", _by("Benford 1938")),
    Formula("silent", Bilingual("停报地区", "Regions that stopped reporting"),
            "exp(−m · k) < 0.001 ;  B > 0, C ≥ 5 %, D ≥ 20 %",
            Bilingual("以往每期平均 m 件、最近 k 期为零，且不可能是偶然的地区；按以往业务量计份额。",
                      "Regions with m cases a period before and none in the last k, which cannot be chance; by their "
                      "share of the usual volume."), "lower", OURS),
    Formula("suppression", Bilingual("小数目隐去", "Small cells"), "0 < n < 10 ;  max n′ − min n′ ≥ 10",
            Bilingual("小于 10 的单元格和合计隐去；再隐去若干单元格，使外人从公布的数字和合计推算每个被隐去的数时，"
                      "可能的最大值与最小值至少相差 10。零不隐去。",
                      "Cells and totals below 10 are hidden, and more cells beside them, until from all that is shown "
                      "the greatest and the least that each hidden number could be lie at least 10 apart. Zeros are "
                      "not hidden."), "neither", OURS),
))

INCLUSION: Final = Topic("inclusion", Bilingual("群体差距", "Gaps between groups"), Bilingual(
    "p = x / n 为该群体的占比，q = y / m 为其他人的占比；群体包含其下更窄的群体。l、u 为 Wilson 95% 区间的下、上限。",
    "p = x / n is the group's share, q = y / m that of everybody else; a group holds all narrower ones. l and u are "
    "the ends of Wilson's 95 % interval of a share."), (
    Formula("gap_difference", Bilingual("差值", "Difference"),
            "p − q ;  p − q − √( (p − l_p)² + (u_q − q)² )  …  p − q + √( (u_p − p)² + (q − l_q)² )",
            Bilingual("区间含 0 的，可能只是偶然。", "Where the interval holds 0, it may be chance."), "neither",
            _by("Newcombe 1998")),
    Formula("gap_ratio", Bilingual("比值", "Ratio"),
            "p / q ;  (p / q) · exp( ± 1.96 √( 1/x − 1/n + 1/y − 1/m ) )",
            Bilingual("任一占比为 0 时没有区间；q 为 0 时没有比值。",
                      "Without an interval where either share is 0; without a ratio where q is."), "neither",
            _by("Katz, Baptista, Azen, Pike 1978")),
    Formula("reach", Bilingual("到大厅的距离", "Distance to the hall"),
            "2 R · asin √( sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2) ) ;  R = 6371 km",
            Bilingual("直线距离；仅限同一地区的大厅和网点都有坐标的。中位数与最远值。",
                      "As the crow flies, only where hall and point of the same place have coordinates. Median and "
                      "farthest."), "lower", OURS),
))

OUTSIDE: Final = Topic("outside", Bilingual("达标与第三方评估", "Attainment and outside assessment"), Bilingual(
    "nₐᵦ 为系统判为 a、第三方判为 b 的办件数，N 为其总数；w 为每件所代表的同结论办件数。",
    "nₐᵦ: cases that the system calls a and the assessor b, N all of them; w: how many cases of its verdict one "
    "stands for."), (
    Formula("attained_share", Bilingual("得分率", "Share of the points"), "Σ pᵢ / Σ Pᵢ",
            Bilingual("各项得分之和除以适用分值之和；达到达标线且没有否决项不合格为达标。",
                      "Points earned over the points that apply; attained from the pass mark on, with no knock-out "
                      "item failed."), "higher", OURS),
    Formula("agreement", Bilingual("一致率", "Agreement"), "Σ nₐₐ / N ;  Σ w nₐₐ / Σ w",
            Bilingual("第三方与系统结论相同的办件的比例，按所抽办件，及加权到全部办件；无法判断的不计。",
                      "Cases on which the assessor and the system agree, as drawn and weighed to all cases; without "
                      "those of which the assessor could not tell."), "higher", OURS),
    Formula("kappa", Bilingual("Cohen κ 系数", "Cohen's kappa"),
            "κ = (p − e) / (1 − e) ;  e = Σ nₐ· n·ₐ / N² ;  SE = √(p (1 − p) / N) / (1 − e)",
            Bilingual("扣除偶然一致之后的一致程度。", "Agreement beyond what chance alone would give."), "higher",
            _by("Cohen 1960")),
    Formula("assessed_conformance", Bilingual("第三方估计的达标率", "Conformance by assessors"),
            "Σ w [kept] / Σ w [kept or broken]",
            Bilingual("按第三方的结论，全部办件的达标率是多少。",
                      "What the conformance of all cases would be by the assessors' word."), "higher", OURS),
    Formula("response_rate", Bilingual("回收率", "Response rate"), "R / I",
            Bilingual("没有回答的人想法可能不同。", "Those who did not answer may think otherwise."), "higher", OURS,
            Bilingual("收回的答卷", "returns"), Bilingual("发放数", "people invited")),
))

TOPICS: Final = (INEQUALITY, COMPOSITE, SATISFACTION, INCLUSION, OUTSIDE, QUALITY)
FORMULAS: Final[Mapping[str, Formula]] = {one.code: one for topic in TOPICS for one in topic.formulas}
