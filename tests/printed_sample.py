"""A small made-up standard in both languages, for the tests of the printers."""

from datetime import date

from jizhun.drafting.rules.cover import Cover, Edition
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

COVER = Cover(
    banner=Bilingual("示例省地方标准", "Local standard of Example Province"),
    number="DB99/T 0421-2026",
    title=Bilingual("就业援助服务规范", "Specification for employment assistance services"),
    label="comment", ics="03.080.99", ccs="A 12", replaces=("DB99/T 0421-2019", "DB99/T 0388-2017"),
    published_on=date(2026, 3, 1), effective_on=None,
    issuers=(Bilingual("示例省市场监督管理局", "Market Supervision Administration of Example Province"),
             Bilingual("示例省人力资源和社会保障厅", "Human Resources Department of Example Province")),
    adoption=Bilingual("（与示例标准的一致性程度：非等效）", "(Not equivalent to the sample standard)"), simulated=True)

FOREWORD = Bilingual(
    "本文件按照GB/T 1.1—2020《标准化工作导则 第1部分：标准化文件的结构和起草规则》的规定起草。\n\n"
    "本文件代替DB99/T 0421—2019，与前一版相比，主要变化如下：\n\n"
    "a) 增加了主动服务的要求（见{#proactive}）；\n"
    "b) 修改了办理时限（见{#limits}）；\n"
    "c) 增加了附录（见{#flow}）。\n\n"
    "本文件由示例省人力资源和社会保障厅提出并归口。",
    "This document is drafted in accordance with GB/T 1.1—2020.\n\n"
    "It replaces DB99/T 0421—2019. The main changes are:\n\n"
    "a) requirements on proactive service are added (see {#proactive});\n"
    "b) the time limits are changed (see {#limits});\n"
    "c) an annex is added (see {#flow}).\n\n"
    "The Human Resources Department of Example Province proposed this document and is responsible for it.")

LIMITS = Bilingual(
    "各环节的办理时限应符合表1的规定。\n\n表1 办理时限\n\n"
    "|环节|经办机构|时限（工作日）|说明|\n|受理|街道服务站|1|当场告知是否受理|\n"
    "|审核|县级机构|5|需要实地核查的，可延长至 8 个工作日|\n|公示|县级机构|5|\n\n"
    "注：时限自收到齐全材料之日起算。\n\n注：公示时间不计入审核时限。\n\n示例：3月2日收到材料，3月3日前答复是否受理。",
    "Each step shall be done within the time given in Table 1.\n\nTable 1 Time limits\n\n"
    "|Step|Body|Limit (working days)|Remark|\n|Acceptance|Sub-district station|1|Answered on the spot|\n"
    "|Review|County body|5|Up to 8 working days where a visit is needed|\n|Notice|County body|5|\n\n"
    "NOTE: Time runs from the day when all papers are in.\n\nNOTE: Time on notice does not count as review.\n\n"
    "EXAMPLE: Papers received on 2 March are answered by 3 March.")

CLAUSES = (
    Clause("foreword", "foreword", body=FOREWORD),
    Clause("intro", "introduction", body=Bilingual(
        "就业援助面向就业困难人员，强调“出现一人、援助一人”。",
        "Employment assistance is for persons who find it hard to get work.")),
    Clause("scope", "scope", body=Bilingual(
        "本文件规定了就业援助服务的基本要求、服务内容和评价改进。\n\n本文件适用于公共就业服务机构。",
        "This document specifies basic requirements, contents and evaluation of employment assistance.\n\n"
        "It applies to public employment service bodies.")),
    Clause("refs", "references", body=Bilingual(
        "GB/T 33527—2017  公共就业服务 术语\nGB/T 33553  就业援助服务规范",
        "GB/T 33527—2017  Public employment service: Terms\nGB/T 33553  Employment assistance service")),
    Clause("terms", "terms", body=Bilingual(
        "GB/T 33527—2017 界定的以及下列术语和定义适用。", "The terms of GB/T 33527—2017 and the following apply.")),
    Clause("t-person", "term", 2, Bilingual("就业困难人员", "person with difficulty in finding work"), Bilingual(
        "因身体状况、技能水平、家庭因素等原因难以实现就业的人员。\n\n注：具体范围由省级人民政府规定。",
        "person for whom health, skills or family make it hard to get work\n\nNOTE: The province sets the range.")),
    Clause("t-aid", "term", 2, Bilingual("就业援助", "employment assistance"), Bilingual(
        "对{#t-person}提供的专门帮助。", "special help given to persons of {#t-person}")),
    Clause("basics", "clause", 1, Bilingual("基本要求", "Basic requirements")),
    Clause("place", "clause", 2, Bilingual("场所", "Premises"), Bilingual(
        "服务场所应设置在交通便利处，并具备下列条件：\n\n- 有明显的标识；\n"
        "- 有无障碍设施，符合国家有关规定，轮椅使用者可以独立到达每个窗口；\n"
        "- 有自助查询设备。",
        "Premises shall be easy to reach and have:\n\n- clear signs;\n- step-free access to every counter;\n"
        "- a self-service terminal.")),
    Clause("staff", "clause", 2, Bilingual("人员", "Staff")),
    Clause("staff-1", "clause", 3, NO_WORDS, Bilingual("工作人员应经过培训，熟悉《就业促进法》及相关政策。",
                                                      "Staff shall be trained and know the policies.")),
    Clause("staff-2", "clause", 3, NO_WORDS, Bilingual("每 500 名服务对象宜配备不少于 1 名工作人员。", "")),
    Clause("service", "clause", 1, Bilingual("服务要求", "Service requirements")),
    Clause("proactive", "clause", 2, Bilingual("主动服务", "Proactive service"), Bilingual(
        "应按{#limits}的时限主动联系服务对象，流程见{#flow}。",
        "Persons shall be contacted within {#limits}; see {#flow}.")),
    Clause("limits", "clause", 2, Bilingual("办理时限", "Time limits"), LIMITS),
    Clause("flow", "annex", 1, Bilingual("服务流程", "Flow of service"), Bilingual(
        "服务流程见表A.1。", "The flow is shown in Table A.1."), normative=False),
    Clause("flow-1", "annex_clause", 1, Bilingual("步骤", "Steps"), Bilingual(
        "|序号|步骤|\n|1|登记|\n|2|援助|", "|No.|Step|\n|1|Registration|\n|2|Assistance|")),
    Clause("bib", "bibliography", body=Bilingual(
        "GB/T 24421.1—2023  服务业组织标准化工作指南 第1部分：总则\n中华人民共和国就业促进法",
        "GB/T 24421.1—2023  Guide to standardization in service organizations: Part 1\nEmployment Promotion Law")))

SAMPLE = Edition(COVER, CLAUSES)

HOSTILE = ('#import "/etc/passwd": x $x^2$ @ref \\ <label> #read("/etc/hostname") *bold* _it_ `raw` // end /* c */ '
           "https://a.example [x](y) = h & &amp; <script>alert(1)</script> {{ x }} ]]> '\"")

ODD = Edition(
    Cover(banner=NO_WORDS, number="", title=Bilingual(HOSTILE, ""), label="unheard-of", replaces=("",),
          issuers=[Bilingual(f"机关{one}", "") for one in range(12)]),
    (Clause("", "clause"), Clause("", "clause", 4), Clause("a b<", "clause", 9, Bilingual("深", ""), NO_WORDS),
     Clause("same", "clause", 1, NO_WORDS, Bilingual("见{#same}、{#nowhere}\x00\x0b\ud800\ufffe", "")),
     Clause("same", "clause", 1, Bilingual("😀 👨\u200d👩\u200d👧 🇨🇳 العربية עברית \u202e ᚠ", "")),
     Clause("table", "clause", 1, NO_WORDS, Bilingual(
         "|\n\n|a|b|c\n|1|\n||||||\n\n|" + "长" * 900 + "|" + "x" * 900, "")),
     Clause("long", "clause", 2, Bilingual("L" * 400, "标" * 400), Bilingual("w" * 3000 + " " + "字" * 3000, HOSTILE)),
     Clause("refs", "references"), Clause("terms", "terms"), Clause("t", "term", 2),
     Clause("t2", "term", 2, Bilingual("", HOSTILE), Bilingual("- a\n- b\n\n|x|y|\n\n示例：z\n\n", "")),
     Clause("an", "annex"), Clause("ac", "annex_clause", 3, Bilingual("", "x")), Clause("an2", "annex"),
     Clause("late", "foreword", body=Bilingual(HOSTILE, "")),
     Clause("bib", "bibliography", body=Bilingual("\n\n", ""))))


def many(count: int) -> Edition:
    """The sample with so many clauses more."""
    text = Bilingual("服务机构应当按照规定的时限办结事项，并一次性告知所需材料。" * 4, "It shall be done in time. " * 8)
    made = [Clause(f"m{at}", "clause", 1 + (at % 5 > 0), Bilingual(f"要求{at}", f"Requirement {at}"),
                   LIMITS if at % 10 == 5 else text) for at in range(count)]
    return Edition(COVER, [*CLAUSES[:-3], *made, *CLAUSES[-3:]])
