"""A sample standards system for the tests: the sub-systems and 19 nodes of GB/T 24421 with employment standards."""

from datetime import date

from jizhun.kernel.bilingual import Bilingual as B
from jizhun.standards.rules.framework import Entry, Framework, Line, Node, detail_lines, make_framework
from jizhun.standards.rules.library import Adoption, Library, Standard, make_library

DAY = date(2026, 11, 23)

SUBSYSTEMS = (
    ("1", "服务通用基础标准体系", "General basic standards", (
        ("101", "标准化导则", "Standardization directives"), ("102", "术语与缩略语", "Terms and abbreviations"),
        ("103", "符号与标志", "Symbols and signs"), ("104", "数值与数据", "Values and data"),
        ("105", "量和单位", "Quantities and units"), ("106", "测量", "Measurement"))),
    ("2", "服务保障标准体系", "Service support standards", (
        ("201", "环境与能源", "Environment and energy"), ("202", "安全与应急", "Safety and emergency"),
        ("203", "职业健康", "Occupational health"), ("204", "信息", "Information"),
        ("205", "财务管理", "Financial management"),
        ("206", "设施设备及用品", "Facilities, equipment and supplies"), ("207", "人力资源", "Human resources"),
        ("208", "合同管理", "Contract management"))),
    ("3", "服务提供标准体系", "Service provision standards", (
        ("301", "服务规范", "Service specifications"), ("302", "服务提供规范", "Service provision specifications"),
        ("303", "服务质量控制规范", "Service quality control specifications"),
        ("304", "运行管理规范", "Operation and management specifications"),
        ("305", "服务评价与改进", "Service evaluation and improvement"))),
)
NODES = [node for code, zh, en, below in SUBSYSTEMS
         for node in (Node(code, "", B(zh, en)), *(Node(one, code, B(name, said)) for one, name, said in below))]


def standard(number: str, kind: str, zh: str, en: str, since: date | None = None, **more: object) -> Standard:
    """A standard, read at its source unless ``mark`` says otherwise."""
    return Standard(number, kind, B(zh, en), effective_on=since, **{"mark": "V", **more})  # type: ignore[arg-type]


STANDARDS = (
    standard("GB/T 13016-2018", "national", "标准体系构建原则和要求",
             "Principles and requirements for standards systems", date(2018, 9, 1), object_class="basic"),
    standard("GB/T 24421.1-2023", "national", "服务业组织标准化工作指南 第1部分：总则",
             "Guidelines for standardization of service organizations — Part 1: General", object_class="basic",
             replaces=("GB/T 24421.1-2009",), mark="R"),
    standard("GB/T 33528-2017", "national", "公共就业服务 术语", "Public employment service — Terminology",
             date(2017, 9, 1), object_class="basic"),
    standard("GB/T 31596.1-2015", "national", "社会保险术语 第1部分：通用",
             "Social insurance terminology — Part 1: General", date(2016, 1, 1), object_class="basic"),
    standard("GB/T 19039-2009", "national", "顾客满意测评通则",
             "General principles of customer satisfaction measurement", object_class="method", mark="R"),
    standard("GB/T 33553-2017", "national", "公共就业服务中心设施设备要求",
             "Facility and equipment requirements of public employment service centres", mark="R"),
    standard("LD/T 01-2020", "industry", "社会保险网上经办服务指南", "Guide to online handling of social insurance",
             date(2020, 2, 1)),
    standard("LD/T 05-2022", "industry", "社会保险经办内部控制规范", "Internal control of social insurance handling",
             date(2022, 8, 1)),
    standard("GB/T 33531-2017", "national", "就业援助服务规范", "Specification of employment assistance service",
             date(2017, 10, 1), serves=("NB024",)),
    standard("GB/T 30662-2014", "national", "现场招聘会服务规范", "Specification of job fairs on site",
             date(2015, 7, 1)),
    standard("GB/T 30662-2024", "national", "招聘会服务规范", "Specification of job fairs", date(2025, 4, 1),
             replaces=("GB/T 30662-2014",), serves=("NB019",), mark="R"),
    standard("DB51/T 3044-2023", "local", "四川省公共就业创业服务规范", "Public employment service in Sichuan",
             date(2023, 6, 1), serves=("NB019", "NB020"), region="510000"),
    standard("T/CQTSHRA 006-2024", "group", "公共职业介绍服务规范", "Specification of public job placement",
             date(2024, 3, 1), serves=("NB020",)),
    standard("GB/T 19001-2016", "national", "质量管理体系 要求", "Quality management systems — Requirements",
             date(2017, 7, 1), object_class="method", adopts=(Adoption("ISO 9001:2015", "IDT"),), mark="R"),
    standard("Q/JY 301-2026", "internal", "窗口服务一次性告知规程", "Telling everything at once at the counter",
             date(2027, 1, 1), published_on=date(2026, 11, 1), serves=("NB021",)),
    standard("LD/T 99-2019", "industry", "公共就业服务统计规程", "Statistics of public employment services",
             date(2019, 5, 1), ended_on=date(2025, 5, 1), mark="R"),
    standard("DB99/T 7-2027", "local", "失业登记经办规范", "Handling of unemployment registration", in_drafting=True,
             serves=("NB021",)),
)


def entry(node: str, number: str = "", zh: str = "", en: str = "", **more: object) -> Entry:
    """A line of the system: a standard that is there, or one to be made."""
    return Entry(node, number, B(zh, en), **more)  # type: ignore[arg-type]


ENTRIES = (
    entry("101", "GB/T 13016-2018"), entry("101", "GB/T 24421.1"), entry("102", "GB/T 33528"),
    entry("102", "GB/T 31596.1"),
    entry("103", "", "公共就业服务机构标志", "Signs of public employment services", object_class="basic"),
    entry("104", "", "公共就业服务数据元", "Data elements of public employment services", kind="industry",
          object_class="basic", plan_year=2027, basis=B("人社部发〔2025〕21号", "MOHRSS 2025 No. 21")),
    entry("202", "", "服务大厅突发事件应急处置规范", "Emergencies in service halls", kind="local",
          object_class="safety", plan_year=2028),
    entry("204", "LD/T 01-2020"), entry("206", "GB/T 33553-2017"),
    entry("207", "", "经办人员岗位能力要求", "Competence of handling staff", kind="internal", plan_year=2027),
    entry("301", "GB/T 33531", serves=("NB024",)), entry("301", "GB/T 30662", serves=("NB019",)),
    entry("301", "DB51/T 3044-2023", kind="local"), entry("301", "T/CQTSHRA 006-2024", kind="group"),
    entry("302", "GB/T 30662-2014"), entry("302", "Q/JY 301-2026", kind="internal"),
    entry("302", "DB99/T 7-2027", kind="local"),
    entry("302", "GB/T 33534-2017", "失业登记管理服务规范", "Unemployment registration management", serves=("NB021",)),
    entry("303", "GB/T 19001-2016"), entry("304", "LD/T 05-2022"), entry("304", "LD/T 99-2019", kind="industry"),
    entry("305", "GB/T 19039-2009"),
    entry("305", "", "公共就业服务满意度测评规范", "Measuring satisfaction with employment services", kind="local",
          object_class="method", plan_year=2027, serves=("NB019", "NB020")),
)
"""23 entries: 14 hold or are about to; 5 have no number yet; of the other 4 one each is superseded, withdrawn, in
drafting, and not in the library."""

ITEMS = {"NB019": B("就业信息服务", "Employment information"),
         "NB020": B("职业介绍、职业指导和创业开业指导", "Job placement"),
         "NB021": B("就业登记与失业登记", "Registration"), "NB024": B("就业援助", "Employment assistance")}

EXPLANATION = B("本体系按服务业组织标准化工作指南的三个子体系构建，覆盖公共就业服务全过程。\n"
                "节点编号沿用2009年版；2023年版文本尚未核对。",
                "The system follows the three sub-systems of the guidelines for service organizations and covers "
                "public employment services from end to end.\nNode numbers are those of the 2009 edition; the text of "
                "2023 has not been compared yet.")


def sample_library() -> Library:
    """The standards of the sample."""
    return make_library(STANDARDS)


def sample_framework() -> Framework:
    """The system of the sample."""
    return make_framework("employment", B("公共就业服务标准体系", "Standards system of public employment services"),
                          NODES, ENTRIES, EXPLANATION, source="GB/T 24421.2-2009", mark="R")


def sample_lines() -> list[Line]:
    """Its detail table on the day of the tests."""
    return detail_lines(sample_framework(), sample_library(), DAY)
