"""A guide of a made-up county, put together by the rules alone: every kind of field, one of them missing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from jizhun.guides.documents import Words
from jizhun.guides.rules import Field, Layer, Said, read_field, resolve
from jizhun.guides.rules.claiming import Claim
from jizhun.guides.rules.fields import parts_of
from jizhun.guides.rules.guide import Guide, Shown, plain_promise
from jizhun.guides.rules.points import read_point
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.provisions.rules import Answer, Cell, Cells, Measure, Paper, Quantity, Question, Say, Step

DAY = date(2026, 11, 27)
ROWS = yaml.safe_load((Path(__file__).parents[1] / "data" / "guides" / "fields.yaml").read_text("utf-8"))
FIELDS = {one.code: one for one in map(read_field, ROWS["guide"])}
PATH = ("CN", "P", "K")
LAW = "https://laws.example/law.html"
ADDRESS = "https://site.example/zh/guides/M1/?region=K&on=2026-11-27"
PAPER = Paper("paper", Bilingual("《承诺表》", "Table of commitments"), source="https://p.example/paper")


def both(words: str, **more: Any) -> dict[str, Any]:
    return {"zh": f"中{words}", "en": f"en {words}", **more}


NATIONAL: Mapping[str, Any] = {
    "summary": both("summary"),
    "basis": [both("law", id="law", source=LAW, mark="V"), both("other", id="other", source="Recalled, not verified")],
    "body": both("body"), "groups": [both("group", id="all")], "conditions": [both("condition", id="c1")],
    "steps": [both("step one", id="s1", clause_zh="第三条", clause_en="article 3"), both("step two", id="s2")],
    "material_notes": [both("about the card", id="card", where_zh="自带", where_en="You hold it", form="original",
                            copies=2, blank_form="https://forms.example/card")],
    "contacts": [both("hotline", id="line", phone="12333", role="enquiry")],
    "clock": "received", "result": [both("paid", id="r1")]}
LOCAL: Mapping[str, Any] = {
    "contacts": [both("desk", id="desk", phone="010-5550101", role="enquiry", hours_zh="周一", hours_en="Monday")],
    "online": [both("portal", id="portal", url="https://apply.example/")]}
POINT = read_point({
    "code": "K-hall", "region": "K", "name_zh": "大厅", "name_en": "Hall", "address_zh": "一号", "address_en": "1 Road",
    "lon": 116.5, "lat": 35.4, "telephone": "010-5550102", "access": ["lift"], "languages": ["zh", "en"],
    "hours": {day: ["09:00-12:00", "13:30-17:00"] for day in ("mon", "tue", "wed")}, "source": LAW, "mark": "V"})
WORDS = Words(parts_of(ROWS["parts"]), {"CN": Bilingual("国", "Land"), "P": Bilingual("甲省", "Province A"),
                                        "K": Bilingual("乙县", "County B")},
              {"paper": PAPER.title}, {LAW: Bilingual("《某法》", "Some Law")}, {},
              {"card": Bilingual("卡", "Card"), "form": Bilingual("表", "Form"),
               "counter": Bilingual("窗口", "Counter"),
               "easy": Bilingual("简单的", "easy"), "hard": Bilingual("复杂的", "hard")},
              {}, Bilingual("某项目", "Some item"), Claim("M1", "K", "offered", DAY))


def a_say(place: str, measure: str, mark: str = "V") -> Say:
    return Say("M1", measure, place, "all", "floor", None, "", DAY, paper=PAPER, clause=Bilingual("第一行", "row 1"),
               mark=mark)


def promised(code: str, value: Any, steps: Mapping[str, Any], mark: str = "V") -> Shown:
    """A measure's field; ``steps``: place -> value there, the last of which wins."""
    measure = Measure(code, FIELDS[code].name, "", "process", "lower")
    says = {place: a_say(place, code, mark) for place in steps}
    path = tuple(Step(place, says.get(place), steps.get(place), "grants" if place in says else "silent")
                 for place in PATH)
    answer = Answer(Question(code, "M1", "K", DAY), measure, value, tuple(says.values())[-1:], path, ())
    return Shown(FIELDS[code], answer=answer, value=plain_promise(value, WORDS.label))


def days(number: int, unit: str = "working_day") -> Quantity:
    return Quantity(Decimal(number), unit)


def a_guide(**changed: Shown | None) -> Guide:
    """The guide; ``changed``: fields put in another way, None for nothing said."""
    law = {code: Said(content, DAY, mark="V", source=LAW, clause=Bilingual("第一条", "article 1"))
           for code, content in NATIONAL.items()}
    own = {code: Said(content, DAY, base=NATIONAL.get(code), mark="R", source="Notice board of the county")
           for code, content in LOCAL.items()}
    typed = [one for one in FIELDS.values() if one.typed]
    words = resolve(typed, [Layer("CN", 1, DAY, law), Layer("P", 0, DAY), Layer("K", 1, DAY, own)])
    shown = {one.field.code: Shown(one.field, words=one) for one in words} | {
        code: Shown(field) for code, field in FIELDS.items() if not field.typed}
    shown |= {
        "statutory_limit": promised("statutory_limit", days(10), {"CN": days(10)}),
        "promised_limit": promised("promised_limit", days(3), {"CN": days(10), "K": days(3)}),
        "fee": promised("fee", Quantity(Decimal(0), "CNY"), {"CN": Quantity(Decimal(0), "CNY")}),
        "materials": promised("materials", frozenset({"card", "form"}), {"CN": frozenset({"card", "form"})}),
        "channels": promised("channels", frozenset({"counter"}), {"CN": frozenset({"counter"})}),
        "points": Shown(FIELDS["points"], points=(POINT,))}
    shown |= {code: one or empty(FIELDS[code]) for code, one in changed.items()}
    return Guide("guide", "M1", Bilingual("办一件事", "Do a thing"), "grant", "I1", PATH, DAY, "all",
                 tuple(shown[code] for code in FIELDS))


def empty(field: Field) -> Shown:
    """A field in which nobody says anything."""
    return Shown(field, words=resolve([field], [Layer("CN", 1, DAY)])[0]) if field.typed else Shown(field)


def cells() -> Cells:
    """15 days where it is easy, 60 where it is hard."""
    easy, hard = days(15, "calendar_day"), days(60, "calendar_day")
    return Cells((Cell((("facts", "easy"),), easy), Cell((("facts", "hard"),), hard)), hard, easy)


def claiming(says: str) -> Words:
    return replace(WORDS, claim=Claim("M1", "K", says, DAY, reason=NO_WORDS if says != "not_offered" else
                                      Bilingual("县里没有。", "There is none.")))
