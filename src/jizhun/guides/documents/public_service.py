"""A guide as RDF by CPSV-AP 3.2, the application profile for descriptions of public services."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urldefrag

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from jizhun.guides.documents import facts
from jizhun.guides.documents.outline import Words
from jizhun.guides.documents.reading import opening, told_points
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.points import Point
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

CV, CPSV = Namespace("http://data.europa.eu/m8g/"), Namespace("http://purl.org/vocab/cpsv#")
ELI, LOCN = Namespace("http://data.europa.eu/eli/ontology#"), Namespace("http://www.w3.org/ns/locn#")
TIME = Namespace("http://www.w3.org/2006/time#")
CURRENCIES = Namespace("http://publications.europa.eu/resource/authority/currency/")
PREFIXES = {"cv": CV, "cpsv": CPSV, "eli": ELI, "locn": LOCN, "time": TIME, "dct": DCTERMS, "foaf": FOAF, "skos": SKOS}
FORMATS = {"turtle": "text/turtle", "json-ld": "application/ld+json"}
REQUIRED = ("summary", "body")
"""Fields without which the profile takes no service."""


def as_cpsv(guide: Guide, words: Words, address: str = "", form: str = "turtle") -> str:
    """The guide in both languages, as one of FORMATS; ``address``: that of its page. Raises Refused naming what the
    profile demands and nobody has written."""
    more: dict[str,
               Any] = {"context": {name: str(space) for name, space in PREFIXES.items()}} if form == "json-ld" else {}
    written: str = graph_of(guide, words, address).serialize(format=form, encoding=None, **more)
    return written


def graph_of(guide: Guide, words: Words, address: str = "") -> Graph:
    """The same as a graph."""
    lacking = next((shown.field.name for code in REQUIRED if (shown := guide.of(code)) and shown.empty), None)
    if lacking is not None:
        raise Refused(zh=f"缺少“{lacking.zh}”，CPSV-AP 不接受没有它的服务。",
                      en=f"“{lacking.en}” is missing, and CPSV-AP takes no service without it.")
    return _Maker(guide, words, address).made()


class _Maker:
    """Writes one guide as triples. Things below the service get the service's address with a fragment."""

    def __init__(self, guide: Guide, words: Words, address: str) -> None:
        self.guide, self.words, self.graph = guide, words, Graph(bind_namespaces="none")
        self.base = urldefrag(address)[0] or f"urn:jizhun:guide:{guide.matter}:{guide.region}:{guide.group}"
        self.service = URIRef(self.base)
        for prefix, space in PREFIXES.items():
            self.graph.bind(prefix, space)

    def made(self) -> Graph:
        guide = self.guide
        self._thing(self.service, CPSV.PublicService, guide.matter, guide.name, facts.text_of(guide, "summary"))
        self._words(self.service, RDFS.comment, facts.notices_of(guide, self.words))
        self._add(self.service, CV.hasCompetentAuthority, self._authority())
        self._add(self.service, DCTERMS.spatial, self._area(guide.region))
        self._add(self.service, CV.isClassifiedBy, self._concept("item", guide.item, self.words.item))
        self._all(CPSV.hasInput, (self._evidence(*one) for one in facts.materials_of(guide)))
        self._items("groups", DCTERMS.audience, None)
        self._items("conditions", CV.holdsRequirement, CV.Requirement)
        self._items("result", CPSV.produces, CV.Output)
        self._all(CV.hasLegalResource, (self._law(*one) for one in facts.laws_of(guide, self.words)))
        self._all(CV.contactPoint, (self._contact(*one) for one in facts.phones_of(guide)))
        self._channels()
        self._cost()
        self._time(self.service)
        self._steps()
        return self.graph

    # -- pieces

    def _node(self, *parts: str) -> URIRef:
        mark = ":" if self.base.startswith("urn:") else "#"
        return URIRef(self.base + mark + quote("-".join(parts), safe="-"))

    def _add(self, one: Node, what: URIRef, other: Node) -> None:
        self.graph.add((one, what, other))

    def _all(self, what: URIRef, others: Iterable[Node]) -> None:
        for other in others:
            self._add(self.service, what, other)

    def _words(self, one: Node, what: URIRef, words: Bilingual) -> None:
        """A text in each language that it has."""
        for language, text in (("zh", words.zh), ("en", words.en)):
            if text:
                self._add(one, what, Literal(text, lang=language))

    def _thing(self, one: Node, kind: URIRef, key: str, title: Bilingual, told: Bilingual = NO_WORDS) -> Node:
        self._add(one, RDF.type, kind)
        self._add(one, DCTERMS.identifier, Literal(key))
        self._words(one, DCTERMS.title, title)
        self._words(one, DCTERMS.description, told)
        return one

    def _concept(self, kind: str, code: str, name: Bilingual) -> Node:
        node = self._node(kind, code)
        self._add(node, RDF.type, SKOS.Concept)
        self._add(node, SKOS.notation, Literal(code))
        self._words(node, SKOS.prefLabel, name)
        return node

    def _items(self, code: str, what: URIRef, kind: URIRef | None) -> None:
        """A list field, its items as things of this kind, or as concepts."""
        for one in facts.items_of(self.guide, code):
            key, name = str(one["id"]), facts.item_words(one)
            self._add(self.service, what, self._concept(code, key, name) if kind is None else
                      self._thing(self._node(code, key), kind, key, name))

    # -- who and where

    def _authority(self) -> Node:
        body = self._node("body")
        self._add(body, RDF.type, CV.PublicOrganisation)
        self._words(body, SKOS.prefLabel, facts.text_of(self.guide, "body"))
        self._add(body, DCTERMS.spatial, self._area(self.guide.region))
        return body

    def _area(self, code: str) -> Node:
        area = self._node("area", code)
        self._add(area, RDF.type, DCTERMS.Location)
        self._add(area, DCTERMS.identifier, Literal(code))
        self._words(area, LOCN.geographicName, self.words.place(code))
        return area

    # -- what to bring, by which law, whom to ask

    def _evidence(self, code: str, name: Bilingual, told: Bilingual, blank: str) -> Node:
        node = self._thing(self._node("material", code), CV.Evidence, code, name, told)
        if blank:
            self._add(node, FOAF.page, self._page(blank))
        return node

    def _page(self, address: str) -> Node:
        page = URIRef(facts.iri(address))
        self._add(page, RDF.type, FOAF.Document)
        return page

    def _law(self, key: str, name: Bilingual, address: str) -> Node:
        node = self._thing(self._node("basis", key), ELI.LegalResource, key, name)
        if address:
            self._add(node, FOAF.page, self._page(address))
        return node

    def _contact(self, key: str, number: str, purpose: Bilingual, hours: Bilingual) -> Node:
        node = self._node("contact", key)
        self._add(node, RDF.type, CV.ContactPoint)
        self._add(node, CV.telephone, Literal(number))
        self._words(node, DCTERMS.description, purpose)
        if hours != NO_WORDS:
            self._add(node, CV.openingHours, self._hours(hours))
        return node

    def _hours(self, words: Bilingual) -> Node:
        node = BNode()
        self._add(node, RDF.type, TIME.TemporalEntity)
        self._words(node, DCTERMS.description, words)
        return node

    # -- ways to get it, time and money

    def _channels(self) -> None:
        for code, name in facts.channels_of(self.guide):
            self._channel("channel", code, name)
        for key, name, address in facts.online_of(self.guide):
            self._add(self._channel("online", key, name), FOAF.page, self._page(address))
        for point in told_points(self.guide):
            self._point(point)

    def _channel(self, kind: str, code: str, name: Bilingual) -> Node:
        node = self._node(kind, code)
        self._add(node, RDF.type, CV.Channel)
        self._add(node, DCTERMS.identifier, Literal(code))
        self._words(node, DCTERMS.description, name)
        self._time(node)
        self._add(self.service, CV.hasChannel, node)
        return node

    def _point(self, point: Point) -> None:
        node = self._channel("point", point.code, point.name)
        hours = opening(point)
        if hours != NO_WORDS:
            self._add(node, CV.openingHours, self._hours(hours))
        if point.address != NO_WORDS:
            where = self._node("address", point.code)
            self._add(where, RDF.type, LOCN.Address)
            self._words(where, LOCN.fullAddress, point.address)
            self._add(node, LOCN.address, where)
        if facts.is_telephone(point.telephone):
            self._add(node, CV.telephone, Literal(point.telephone))

    def _time(self, node: Node) -> None:
        if lasts := facts.processing_time(self.guide):
            self._add(node, CV.processingTime, Literal(lasts, datatype=XSD.duration))

    def _cost(self) -> None:
        if (fee := facts.fee_of(self.guide)) is None:
            return
        node, currency = self._node("cost"), CURRENCIES[fee[1]]
        self._add(node, RDF.type, CV.Cost)
        self._add(node, DCTERMS.identifier, Literal("fee"))
        self._add(node, CV.hasValue, Literal(float(fee[0]), datatype=XSD.double))
        self._add(node, CV.currency, currency)
        self._add(currency, RDF.type, SKOS.Concept)
        self._words(node, DCTERMS.description, facts.text_of(self.guide, "fee_basis"))
        self._add(self.service, CV.hasCost, node)

    def _steps(self) -> None:
        """All steps as one rule that the service follows."""
        shown, steps = self.guide.of("steps"), facts.items_of(self.guide, "steps")
        if shown is not None and steps:
            told = [facts.list_in_words(map(facts.item_words, steps), language) for language in ("zh", "en")]
            self._add(self.service, CPSV.follows, self._thing(
                self._node("steps"), CPSV.Rule, "steps", shown.field.name, Bilingual(*told)))

