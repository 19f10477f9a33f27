"""A few entitlements of the tests' own, so that the pages are tested on rules that no list changes."""

from pathlib import Path

from jizhun.entitlements.actions import load
from jizhun.people.rules import SYSTEM

FACTS = """
- {code: t_months, type: number, unit: month, low: 0, high: 720, label_zh: 缴费月数（测试）, label_en: Months paid,
   question_zh: 您缴了多少个月？, question_en: For how many months did you pay?, help_zh: 看权益记录。,
   help_en: Your record shows it., why_zh: 缴费满一年才能领。, why_en: A year is needed.}
- {code: t_against, type: boolean, label_zh: 非本人意愿（测试）, label_en: Against your will,
   question_zh: 您是不是非自愿失业？, question_en: Did you lose the job against your will?}
- {code: t_drawn, type: number, unit: month, low: 1, high: 60, label_zh: 第几个月（测试）, label_en: Month of drawing,
   question_zh: 第几个领取月？, question_en: Which month of drawing is it?}
- {code: t_day, type: date, label_zh: 登记日期（测试）, label_en: Day of registration, question_zh: 哪一天登记的？,
   question_en: On which day did you register?}
- code: t_kind
  type: choice
  label_zh: 工作类型（测试）
  label_en: Kind of work
  question_zh: 您做哪类工作？
  question_en: What kind of work do you do?
  options: [{code: light, zh: 轻体力, en: Light work}, {code: heavy, zh: 重体力, en: Heavy work}]
- {code: t_wage, type: number, unit: CNY/month, low: 0, decimals: 2, label_zh: 月工资（测试）, label_en: Monthly wage,
   question_zh: 您的月工资是多少？, question_en: How much do you earn a month?}
"""

RULES = """
- code: t_benefit
  name_zh: 测试待遇
  name_en: Test benefit
  subject: NB029-EX01
  place_role: place_of_insurance
  summary_zh: 测试用的按月待遇。
  summary_en: A monthly benefit for tests.
  life_event: t_event
  payers: {unemployment_fund: 60, county: 40}
  stale_after_months: 1
  versions:
    - region: CN
      from: 1999-01-22
      document: unemployment-regulation-1999
      mark: V
      note_zh: 各部分的说明（测试）。
      note_en: A remark on all parts.
      conditions:
        - {name: paid, holds: t_months >= 12, zh: 缴满一年, en: A full year was paid, clause_zh: 第十四条,
           clause_en: Article 14}
        - {name: unwilling, holds: t_against, zh: 非本人意愿, en: It was against the person's will, mark: R,
           clause_zh: 第十四条第二项, clause_en: Article 14 (2)}
      workings:
        - name: by_months
          zh: 按月数计算
          en: By the months
          table:
            inputs: [t_months]
            rows: [{when: "< 60", then: 12}, {when: "[60..120)", then: 18}, {when: ">= 120", then: 24}]
      results:
        - {name: months, unit: month, bound: at_most, zh: 最长期限, en: Longest duration, is: by_months,
           clause_zh: 第十七条, clause_en: Article 17}
        - {name: amount, unit: CNY/month, main: true, zh: 每月金额, en: Amount a month, is: level, clause_zh: 第十八条,
           clause_en: Article 18}
      measures:
        - {name: level, measure: benefit_amount, subject: NB029-EX01, given: {benefit_month: t_drawn}}
    - region: 310000
      from: 2020-01-01
      document: sh-unemployment-procedure-2026
      mark: V-repo
      workings:
        - {name: by_months, zh: 按月数计算（上海）, en: By the months (Shanghai),
           is: "min(24, 2 * floor(t_months / 12))"}
- code: t_grant
  name_zh: 测试补助
  name_en: Test grant
  subject: NB029-EX02
  place_role: place_of_insurance
  summary_zh: 测试用的补助。
  summary_en: A grant for tests.
  life_event: t_other
  versions:
    - region: CN
      from: 2001-01-01
      document: unemployment-regulation-1999
      conditions: [{name: early, holds: 't_day < date("2026-01-01")', zh: 2026 年前登记, en: Registered before 2026}]
      results:
        - name: grant
          unit: CNY
          main: true
          zh: 补助金额
          en: Grant
          table:
            inputs: [t_kind, t_wage]
            rows:
              - {when: ['"light"', "< 5000.50"], then: 1000}
              - {when: ['"heavy"', "-"], then: 2000, clause_zh: 附表, clause_en: Annex}
        - name: twice
          unit: times
          zh: 出错的结果
          en: A result with a fault
          table:
            inputs: [t_wage]
            rows: [{when: "< 10", then: 1}, {when: "< 20", then: 2}]
    - region: 320000
      from: 2001-01-01
      document: unemployment-regulation-1999
      conditions: [{name: early, holds: nowhere > 1, zh: 写错的条件, en: A wrong condition}]
- code: t_here_only
  name_zh: 只在上海的测试待遇
  name_en: Shanghai's own test benefit
  subject: NB029
  place_role: household_registration
  summary_zh: 只有上海有。
  summary_en: Only Shanghai has it.
  life_event: t_other
  versions:
    - region: 310000
      from: 2001-01-01
      document: unemployment-regulation-1999
      conditions: [{name: paid, holds: t_months > 0, zh: 缴过费, en: Something was paid}]
- code: t_floor
  name_zh: 测试底线
  name_en: Test floor
  subject: NB029
  place_role: employer
  payers: {central: 100}
  payers_in: {"310000": {city: 100}}
  layers: minimum_wage
  summary_zh: 什么也不问。
  summary_en: Nothing is asked.
  versions:
    - region: CN
      from: 2001-01-01
      document: unemployment-regulation-1999
      conditions: [{name: ever, holds: 'today > date("2001-01-01")', zh: 现在, en: Nowadays}]
      results: [{name: wage, unit: CNY/month, main: true, zh: 最低工资, en: Minimum wage, is: floor_wage}]
      measures: [{name: floor_wage, measure: minimum_wage, subject: "*"}]
"""


def load_sample(folder: Path) -> None:
    """Load the facts and rules beside the shipped ones."""
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    (folder / "sample.yaml").write_text(RULES, "utf-8")
    load(by=SYSTEM, folder=folder, owner="tests")
