"""A guide as records of the Human Services Data Specification 3 (HSDS), in one language, nested as its API gives them.

An address there must have a postal code, which no service point has: addresses stand in the location's description.
"""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jizhun.guides.documents import facts
from jizhun.guides.documents.facts import without_empty
from jizhun.guides.documents.linked_data import clock
from jizhun.guides.documents.outline import Words
from jizhun.guides.documents.reading import filled, told_points
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.points import ACCESS, LANGUAGES, Point
from jizhun.kernel.bilingual import COMMA, NO_WORDS, Bilingual

BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HANDLES = Bilingual("在{place}办理“{matter}”的机构", "Handles “{matter}” in {place}")
STATUS = {"not_offered": "inactive", "under_another": "inactive"}


def as_hsds(guide: Guide, words: Words, language: str, address: str = "") -> dict[str, Any]:
    """The service with all that hangs on it; ``address``: that of its page."""
    return _Maker(guide, words, "zh" if language.startswith("zh") else "en", address).service()


def key(*parts: str) -> str:
    """The same UUID for the same thing always."""
    return str(uuid5(NAMESPACE_URL, "urn:jizhun:" + ":".join(parts)))


class _Maker:
    """Writes the records of one guide."""

    def __init__(self, guide: Guide, words: Words, language: str, address: str) -> None:
        self.guide, self.words, self.language, self.address = guide, words, language, address
        self.own = (guide.matter, guide.region, guide.group)

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def key(self, *parts: str) -> str:
        return key(*self.own, *parts)

    def service(self) -> dict[str, Any]:
        """The service itself."""
        guide, claim = self.guide, self.words.claim
        return without_empty({
            "id": self.key("service"), "organization_id": self._organization().get("id"),
            "name": self.say(guide.name), "description": self.say(facts.text_of(guide, "summary")),
            "url": self.address, "status": STATUS.get(claim.says if claim else "", "active"),
            "alert": self.say(facts.notices_of(guide, self.words)),
            "application_process": self._lines("steps"), "eligibility_description": self._lines("groups", "conditions"),
            "wait_time": self.say(facts.limit_words(guide, self.words)), "fees_description": self._fee_words(),
            "organization": self._organization(),
            "phones": list(self._phones()), "service_areas": [self._area()], "cost_options": list(self._costs()),
            "required_documents": list(self._documents()), "languages": list(self._languages()),
            "service_at_locations": [self._at(point) for point in told_points(guide)]})

    def _lines(self, *codes: str) -> str:
        return facts.list_in_words(map(facts.item_words, facts.items_of(self.guide, *codes)), self.language)

    def _organization(self) -> dict[str, Any]:
        body = facts.text_of(self.guide, "body")
        if body == NO_WORDS:
            return {}
        told = filled(HANDLES, place=self.words.place(self.guide.region), matter=self.guide.name)
        return {"id": self.key("organization"), "name": self.say(body), "description": self.say(told)}

    def _area(self) -> dict[str, Any]:
        region = self.guide.region
        return {"id": self.key("area"), "service_id": self.key("service"), "name": self.say(self.words.place(region)),
                "extent": region, "extent_type": "text"}

    def _phones(self) -> Iterator[dict[str, Any]]:
        for one, number, purpose, hours in facts.phones_of(self.guide):
            told = COMMA.in_language(self.language).join(filter(None, (self.say(purpose), self.say(hours))))
            yield without_empty({"id": self.key("phone", one), "service_id": self.key("service"), "number": number,
                                 "type": "voice", "description": told})

    def _fee_words(self) -> str:
        return self.say(facts.text_of(self.guide, "fee_basis"))

    def _costs(self) -> Iterator[dict[str, Any]]:
        fee = facts.fee_of(self.guide)
        if fee is not None:
            yield {"id": self.key("cost"), "service_id": self.key("service"), "amount": float(fee[0]),
                   "currency": fee[1]}

    def _documents(self) -> Iterator[dict[str, Any]]:
        for code, name, _, blank in facts.materials_of(self.guide):
            yield without_empty({"id": self.key("document", code), "service_id": self.key("service"),
                                 "document": self.say(name), "uri": blank})

    def _languages(self) -> Iterator[dict[str, Any]]:
        """Those of all service points."""
        for code in dict.fromkeys(one for point in told_points(self.guide) for one in point.languages):
            yield self._language(code, service_id=self.key("service"))

    def _language(self, code: str, **at: str) -> dict[str, Any]:
        return {"id": self.key("language", *at.values(), code), **at,
                "name": self.say(LANGUAGES.get(code, Bilingual(code, code))), "code": code}

    # -- service points

    def _at(self, point: Point) -> dict[str, Any]:
        at = self.key("at", point.code)
        return without_empty({"id": at, "service_id": self.key("service"), "location_id": key("point", point.code),
                              "location": self._location(point),
                              "schedules": list(self._schedules(point, service_at_location_id=at))})

    def _location(self, point: Point) -> dict[str, Any]:
        where, longitude = key("point", point.code), point.place[0] if point.place else None
        phone = {"id": key("point", point.code, "phone"), "location_id": where, "number": point.telephone,
                 "type": "voice"} if facts.is_telephone(point.telephone) else {}
        return without_empty({
            "id": where, "location_type": "physical", "name": self.say(point.name),
            "description": self.say(point.address), "longitude": longitude,
            "latitude": point.place[1] if point.place else None, "external_identifier": point.code,
            "phones": [phone] if phone else [], "schedules": list(self._schedules(point, location_id=where)),
            "languages": [self._language(code, location_id=where) for code in point.languages],
            "accessibility": [{"id": key("point", point.code, one), "location_id": where,
                               "description": self.say(ACCESS[one])} for one in point.access]})

    def _schedules(self, point: Point, **at: str) -> Iterator[dict[str, Any]]:
        """One rule a span, for all the weekdays that have it: every week on Monday to Friday from 9 to 12."""
        spans = {span: [BYDAY[day] for day, held in enumerate(point.hours) if span in held]
                 for spans in point.hours for span in spans}
        for span, days in spans.items():
            yield without_empty({
                "id": self.key("schedule", *at.values(), str(span)), **at, "freq": "WEEKLY", "interval": 1,
                "wkst": "MO", "byday": ",".join(days), "opens_at": clock(span.start), "closes_at": clock(span.until),
                "description": self.say(point.remark)})
