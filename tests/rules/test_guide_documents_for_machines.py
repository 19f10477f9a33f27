"""A guide in its forms for machines: valid by the published schemas, and nothing in it that nobody has said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyshacl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF, XSD
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import components
from guide_sample import ADDRESS, FIELDS, POINT, WORDS, a_guide, claiming, days, promised
from jizhun.guides.documents import as_cpsv, as_hsds, as_jsonld
from jizhun.guides.documents.facts import duration
from jizhun.guides.rules.guide import Guide, Shown
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules import Quantity

SHAPES, HSDS = components.SCHEMAS / "cpsv-ap" / "cpsv-ap-3.2.0-SHACL.ttl", components.SCHEMAS / "hsds"
CV, CPSV = Namespace("http://data.europa.eu/m8g/"), Namespace("http://purl.org/vocab/cpsv#")
SERVICE = URIRef(ADDRESS)
LANGUAGES = ("zh", "en")


def bare(*kept: str) -> Guide:
    """The guide with these fields only."""
    return a_guide(**{code: None for code in FIELDS if code not in kept})


# -- how long --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "unit", "written"), [
    (0, "working_day", "P0D"), (1, "working_day", "P3D"), (5, "working_day", "P7D"), (10, "working_day", "P14D"),
    (60, "calendar_day", "P60D"), (3, "month", "P3M"), (2, "times", "")])
def test_a_time_as_iso_8601(amount: int, unit: str, written: str) -> None:
    assert duration(days(amount, unit)) == written


@given(st.integers(0, 60), st.dates())
def test_working_days_are_never_told_as_less_than_they_can_take(number: int, start: Any) -> None:
    """Counted day by day over plain weeks, from whatever working day it begins on."""
    if start.weekday() >= 5 or start.year > 9990:
        return
    calendar, day, left = 0, start.weekday(), number
    while left:
        calendar, day = calendar + 1, (day + 1) % 7
        left -= day < 5
    told = int(duration(days(number))[1:-1])
    assert calendar <= told <= calendar + 2


# -- schema.org ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_schema_org_tells_who_where_how_long_and_what_it_costs(language: str) -> None:
    made = as_jsonld(a_guide(), WORDS, language, ADDRESS)
    say = {"zh": "中", "en": "en "}[language]
    assert (made["@context"], made["@type"], made["@id"]) == ("https://schema.org", "GovernmentService", ADDRESS)
    assert made["serviceOperator"] == {"@type": "GovernmentOrganization", "name": f"{say}body"}
    assert made["areaServed"]["identifier"] == "K" and made["areaServed"]["containedInPlace"]["identifier"] == "P"
    assert made["offers"] == {"@type": "Offer", "price": "0", "priceCurrency": "CNY"}
    assert [one["audienceType"] for one in made["audience"]] == [f"{say}group"]
    assert [one["name"] for one in made["subjectOf"] if one["@type"] == "Legislation"] == [f"{say}law", f"{say}other"]


def channels() -> dict[str, dict[str, Any]]:
    made = as_jsonld(a_guide(), WORDS, "en", ADDRESS)
    return {one["identifier"]: one for one in made["availableChannel"]}


def test_schema_org_channels_carry_the_time_the_place_and_the_number() -> None:
    found = channels()
    assert found["counter"]["processingTime"] == "P5D" and found["counter"]["description"] == "at most 3 working days"
    assert found["portal"]["serviceUrl"] == "https://apply.example/"
    assert found["line"]["servicePhone"] == {"@type": "ContactPoint", "telephone": "12333"}
    hall = found["K-hall"]["serviceLocation"]
    assert hall["geo"] == {"@type": "GeoCoordinates", "longitude": 116.5, "latitude": 35.4}
    assert hall["openingHoursSpecification"][1] == {
        "@type": "OpeningHoursSpecification", "dayOfWeek": "https://schema.org/Monday", "opens": "13:30",
        "closes": "17:00"}


def everything(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for one in value.values():
            yield from everything(one)
    elif isinstance(value, list):
        for one in value:
            yield from everything(one)
    else:
        yield value


def test_what_nobody_has_said_is_not_there() -> None:
    for made in (as_jsonld(bare("summary"), WORDS, "en"), as_hsds(bare("summary"), WORDS, "en")):
        assert not {"offers", "serviceOperator", "availableChannel", "phones", "cost_options", "required_documents",
                    "organization", "service_at_locations", "wait_time"} & set(made)
        assert all(one not in ("", None) for one in everything(made))


@pytest.mark.parametrize("made", [as_jsonld, as_hsds])
def test_made_up_data_and_a_place_that_does_not_handle_it_are_told_to_machines_too(made: Any) -> None:
    guide = a_guide(fee=promised("fee", days(0), {"K": days(0)}, "SIM"))
    told = json.dumps(made(guide, claiming("not_offered"), "en", ADDRESS))
    assert "simulated data" in told and "does not handle this" in told
    assert "simulated data" in as_cpsv(guide, WORDS, ADDRESS)


# -- HSDS ------------------------------------------------------------------------------------------


def hsds_validator() -> Draft202012Validator:
    files = [(one.name, DRAFT202012.create_resource(json.loads(one.read_text("utf-8")))) for one in HSDS.glob("*.json")]
    return Draft202012Validator({"$ref": "service.json"}, registry=Registry().with_resources(files),
                                format_checker=FormatChecker())


@pytest.mark.schemas
@pytest.mark.parametrize("language", LANGUAGES)
def test_hsds_is_valid_with_everything_and_with_any_field_missing(language: str) -> None:
    validator = hsds_validator()
    for guide in (a_guide(), bare(), *(a_guide(**{code: None}) for code in FIELDS)):
        made = json.loads(json.dumps(as_hsds(guide, WORDS, language, ADDRESS)))
        assert [one.message for one in validator.iter_errors(made)] == []


@pytest.mark.schemas
def test_the_schema_would_find_a_fault() -> None:
    made = as_hsds(a_guide(), WORDS, "en", ADDRESS)
    made["service_at_locations"][0]["location"]["location_type"] = "moon"
    assert [one.message for one in hsds_validator().iter_errors(made)]


def test_hsds_opening_hours_are_weekly_rules() -> None:
    (at,) = as_hsds(a_guide(), WORDS, "en", ADDRESS)["service_at_locations"]
    rules = [(one["freq"], one["byday"], one["opens_at"], one["closes_at"]) for one in at["schedules"]]
    assert rules == [("WEEKLY", "MO,TU,WE", "09:00", "12:00"), ("WEEKLY", "MO,TU,WE", "13:30", "17:00")]


def test_hsds_keeps_its_keys_from_day_to_day_and_apart_from_place_to_place() -> None:
    one, other = as_hsds(a_guide(), WORDS, "en"), as_hsds(replace(a_guide(), path=("CN", "P")), WORDS, "en")
    assert one["id"] == as_hsds(a_guide(fee=None), WORDS, "zh")["id"] != other["id"]
    places = [made["service_at_locations"][0]["location_id"] for made in (one, other)]
    assert places[0] == places[1]


def test_hsds_says_what_it_costs_what_to_bring_and_who_can_get_in() -> None:
    made = as_hsds(a_guide(fee=promised("fee", Quantity(Decimal("12.5"), "CNY"), {"K": days(1)})), WORDS, "en", ADDRESS)
    assert [(one["amount"], one["currency"]) for one in made["cost_options"]] == [(12.5, "CNY")]
    assert [(one["document"], one.get("uri")) for one in made["required_documents"]] == [
        ("Card", "https://forms.example/card"), ("Form", None)]
    where = made["service_at_locations"][0]["location"]
    assert [one["description"] for one in where["accessibility"]] == ["Lift"]
    assert "addresses" not in where and where["description"] == "1 Road"  # no postal code is on record
    assert as_hsds(a_guide(), claiming("not_offered"), "en")["status"] == "inactive"


# -- CPSV-AP ---------------------------------------------------------------------------------------


def graph(guide: Guide, form: str = "turtle") -> Graph:
    return Graph().parse(data=as_cpsv(guide, WORDS, ADDRESS, form), format=form)


@pytest.mark.schemas
def test_cpsv_is_valid_with_everything_and_with_the_least() -> None:
    shapes = Graph().parse(SHAPES)
    for guide in (a_guide(), bare("summary", "body"), a_guide(steps=None, points=None, materials=None)):
        valid, _, told = pyshacl.validate(graph(guide), shacl_graph=shapes)
        assert valid, told


@pytest.mark.schemas
def test_the_shapes_would_find_a_fault() -> None:
    made = graph(a_guide())
    made.remove((SERVICE, DCTERMS.title, None))
    made.add((SERVICE, CV.processingTime, Literal("soon")))
    valid, _, told = pyshacl.validate(made, shacl_graph=Graph().parse(SHAPES))
    assert not valid and "title" in told and "processingTime" in told


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # the library's own reader of JSON-LD
def test_cpsv_says_the_same_in_turtle_and_json_ld() -> None:
    assert isomorphic(graph(a_guide()), graph(a_guide(), "json-ld"))


def test_cpsv_has_both_languages_the_time_the_money_and_every_piece() -> None:
    made = graph(a_guide())
    assert set(made.objects(SERVICE, DCTERMS.title)) == {Literal("办一件事", lang="zh"),
                                                         Literal("Do a thing", lang="en")}
    assert made.value(SERVICE, CV.processingTime) == Literal("P5D", datatype=XSD.duration)
    assert {made.value(one, CV.processingTime) for one in made.objects(SERVICE, CV.hasChannel)} == {
        Literal("P5D", datatype=XSD.duration)}
    (cost,) = made.objects(SERVICE, CV.hasCost)
    assert made.value(cost, CV.hasValue) == Literal(0.0, datatype=XSD.double)
    counted = {kind: len(list(made.subjects(RDF.type, kind))) for kind in (
        CV.Evidence, CV.Requirement, CV.Output, CV.Channel, CV.ContactPoint, CPSV.Rule, CV.PublicOrganisation)}
    assert list(counted.values()) == [2, 1, 1, 3, 2, 1, 1]


@pytest.mark.parametrize(("code", "name"), [("summary", "In one sentence"), ("body", "Handling body")])
def test_cpsv_refuses_a_service_without_what_it_demands_instead_of_making_it_up(code: str, name: str) -> None:
    with pytest.raises(Refused, match=f"“{name}” is missing"):
        as_cpsv(a_guide(**{code: None}), WORDS, ADDRESS)


@pytest.mark.parametrize("address", ["https://x.example/a b", "javascript:alert(1)", "https://x.example/<script>"])
def test_what_is_no_address_is_not_written_as_one(address: str) -> None:
    shown = a_guide().of("online")
    assert shown is not None and shown.words is not None
    content = [{"id": "x", "zh": "网", "en": "net", "url": address}]
    guide = a_guide(online=replace(shown, words=replace(shown.words, content=content)))
    for told in (json.dumps(as_jsonld(guide, WORDS, "en", ADDRESS)), as_cpsv(guide, WORDS, ADDRESS)):
        assert address not in told


def test_a_point_without_place_and_hours_says_neither() -> None:
    plain = Shown(FIELDS["points"], points=(replace(POINT, place=None, hours=((),) * 7, telephone=""),))
    where = as_hsds(a_guide(points=plain), WORDS, "en")["service_at_locations"][0]["location"]
    assert not {"latitude", "longitude", "schedules", "phones"} & set(where)
