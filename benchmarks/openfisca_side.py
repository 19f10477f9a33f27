"""The other side of benchmarks/entitlements.py: the same two rules written for OpenFisca-core, as it is shipped.

``python openfisca_side.py PERSONS.npz ROUNDS package|bare`` prints the best seconds and the two totals.
``package`` is written the way its documentation and country packages write: choices are Enums, values by region are
dated parameters looked up by Enum, and facts that may change are monthly variables. ``bare`` is the fastest that
OpenFisca-core can be made to be: everything a number, values by region a NumPy array, facts given once for ever and
whatever follows from them worked out once. It imports nothing of ours.
"""

import sys
import time
from datetime import date

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = build_entity(key="person", plural="persons", label="a person", is_person=True)
DATA = np.load(sys.argv[1])
LEVELS, LATER, BASICS = DATA["levels"] / 100, DATA["levels"] * 8 // 10 / 100, DATA["basics"] / 100
MONTHS = [f"2026-{n:02}" for n in range(1, 13)]
INPUTS = ("birth_date", "category", "unemployed_on", "contribution_months", "left_against_will", "registered",
          "unused_months", "years_paid", "other_pension", "balance", "region")
KINDS = {"birth_date": date, "unemployed_on": date, "left_against_will": bool, "registered": bool,
         "other_pension": bool,
         "balance": float}


BARE = {"level": LEVELS, "later_level": LATER, "basic": BASICS}
ENUMS = {"category": Enum("Category", {one: one for one in ("man", "woman_55", "woman_50")}),
         "region": Enum("Region", {f"r{n}": f"r{n}" for n in range(len(LEVELS))})}
EVER = ("birth_date",)
PACKAGE = sys.argv[3] == "package"
CHANGING = DateUnit.MONTH if PACKAGE else DateUnit.ETERNITY


def given(name: str) -> type[Variable]:
    """A variable of a person that is set, not worked out."""
    kind: dict = {"value_type": KINDS.get(name, int)}
    if PACKAGE and name in ENUMS:
        kind = {"value_type": Enum, "possible_values": ENUMS[name], "default_value": next(iter(ENUMS[name]))}
    return type(name, (Variable,), {**kind, "entity": Person,
                                    "definition_period": DateUnit.ETERNITY if name in EVER else CHANGING})


def choice(person, name, period, place):
    """Which persons have the choice at this place of its Enum."""
    value = person(name, period)
    return value == (list(ENUMS[name])[place] if PACKAGE else place)


def level_of(person, parameters, period, which):
    """The value of the month in force in each person's region."""
    region = person("region", period)
    if PACKAGE:
        return getattr(parameters(period), which)[region]
    return BARE[which][region, period.start.month - 1]


def months_of(days):
    """Months since year 0 of an array of days."""
    return days.astype("datetime64[M]").astype(int) + 1970 * 12 + 1


class months(Variable):
    value_type = int
    entity = Person
    definition_period = CHANGING

    def formula(person, period):
        paid = person("contribution_months", period)
        new = np.select([paid < 12, paid < 60, paid < 120], [0, 12, 18], 24)
        return np.minimum(24, new + person("unused_months", period))


class may_draw(Variable):
    value_type = bool
    entity = Person
    definition_period = CHANGING

    def formula(person, period):
        enough = (person("contribution_months", period) >= 12) + (person("unused_months", period) > 0)
        return enough * person("left_against_will", period) * person("registered", period)


class birth_month(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.ETERNITY

    def formula(person, period):
        return months_of(person("birth_date", period))


class statutory_age(Variable):
    value_type = int
    entity = Person
    definition_period = CHANGING

    def formula(person, period):
        born = person("birth_month", period)
        man, woman = choice(person, "category", period, 0), choice(person, "category", period, 1)
        start = np.select([man, woman], [1965 * 12 + 1, 1970 * 12 + 1], 1975 * 12 + 1)
        step, most = np.where(man + woman, 4, 2), np.where(man + woman, 36, 60)
        delay = np.where(born < start, 0, np.minimum(most, (born - start) // step + 1))
        return delay + np.select([man, woman], [720, 660], 600)


class account(Variable):
    value_type = float
    entity = Person
    definition_period = CHANGING

    def formula(person, period):
        return np.floor(person("balance", period) * 100 / 139 + 0.5) / 100


class age(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period):
        return period.start.year * 12 + period.start.month - person("birth_month", period)


class drawn(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period):
        return period.start.year * 12 + period.start.month - months_of(person("unemployed_on", period)) + 1


class extended(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period):
        age, statutory = person("age", period), person("statutory_age", period)
        over = person("drawn", period) > person("months", period)
        return over * (age < statutory) * (age >= statutory - 12)


class unemployment(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        drawn = person("drawn", period)
        young = person("age", period) < person("statutory_age", period)
        due = (drawn >= 1) * ((drawn <= person("months", period)) + person("extended", period))
        level = np.where(drawn <= 12, level_of(person, parameters, period, "level"),
                         level_of(person, parameters, period, "later_level"))
        return person("may_draw", period) * young * due * level


class pension(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        basic = level_of(person, parameters, period, "basic")
        entitled = (person("age", period) >= 720) * (person("years_paid", period) >= 15)
        return entitled * np.logical_not(person("other_pension", period)) * (basic + person("account", period))


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([Person])
    made.parameters = ParameterNode("", data={which: {f"r{n}": {"values": {
        f"2026-{month + 1:02}-01": {"value": float(row[month])} for month in range(12)}} for n, row in enumerate(table)}
        for which, table in BARE.items()})
    made.add_variables(*(given(name) for name in INPUTS), months, may_draw, birth_month, statutory_age, account, age,
                       drawn, extended, unemployment, pension)
    return made


def run(made: TaxBenefitSystem) -> tuple[float, float, float]:
    """One simulation from set inputs to 24 arrays of a value per person; seconds and totals."""
    simulation = SimulationBuilder().build_default_simulation(made, count=len(DATA["region"]))
    for name in INPUTS:
        value = DATA[name].astype("datetime64[D]") if KINDS.get(name) is date else DATA[name]
        for period in MONTHS if PACKAGE and name not in EVER else ["ETERNITY"]:
            simulation.set_input(name, period, value / 100 if name == "balance" else value)
    start = time.perf_counter()
    paid = {rule: [simulation.calculate(rule, month) for month in MONTHS] for rule in ("unemployment", "pension")}
    seconds = time.perf_counter() - start
    return seconds, *(float(sum(one.astype(float).sum() for one in rows)) for rows in paid.values())


if __name__ == "__main__":
    made = system()
    print(*min(run(made) for _ in range(int(sys.argv[2]))))
