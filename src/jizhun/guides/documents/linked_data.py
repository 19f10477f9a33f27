"""A guide as JSON-LD in the words of schema.org: a GovernmentService that search engines and assistants understand."""

from collections.abc import Iterator
from typing import Any

from jizhun.guides.documents import facts
from jizhun.guides.documents.facts import without_empty
from jizhun.guides.documents.outline import Words
from jizhun.guides.documents.reading import told_points
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.points import WEEK, Point, Span
from jizhun.kernel.bilingual import Bilingual

CONTEXT = "https://schema.org"
WEEKDAYS = dict(zip(range(len(WEEK)), ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
                    strict=True))
TAGS = {"zh": "zh-CN", "en": "en"}


def as_jsonld(guide: Guide, words: Words, language: str, address: str = "") -> dict[str, Any]:
    """The guide in one language; ``address``: that of its page."""
    return _Maker(guide, words, "zh" if language.startswith("zh") else "en", address).made()


class _Maker:
    """Puts one guide into schema.org's words."""

    def __init__(self, guide: Guide, words: Words, language: str, address: str) -> None:
        self.guide, self.words, self.language, self.address = guide, words, language, address

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def made(self) -> dict[str, Any]:
        """The whole record."""
        guide, body = self.guide, self._body()
        return without_empty({
            "@context": CONTEXT, "@type": "GovernmentService", "@id": self.address, "url": self.address,
            "name": self.say(guide.name), "identifier": guide.matter, "category": self.say(self.words.item),
            "description": self.say(facts.text_of(guide, "summary")),
            "disambiguatingDescription": self.say(facts.notices_of(guide, self.words)), "serviceOperator": body,
            "provider": body,
            "areaServed": self._area(), "audience": self._audience(), "availableChannel": list(self._channels()),
            "offers": self._offer(), "serviceOutput": self._things("result"), "termsOfService": self.address,
            "subjectOf": [*self._laws(), *self._how_to()]})

    def _body(self) -> dict[str, Any]:
        name = self.say(facts.text_of(self.guide, "body"))
        return {"@type": "GovernmentOrganization", "name": name} if name else {}

    def _area(self) -> dict[str, Any]:
        """The place within the places around it."""
        area: dict[str, Any] = {}
        for code in self.guide.path:
            around = area
            area = without_empty({"@type": "Country" if not around else "AdministrativeArea", "identifier": code,
                                  "name": self.say(self.words.place(code)), "containedInPlace": around})
        return area

    def _audience(self) -> list[dict[str, Any]]:
        return [{"@type": "Audience", "audienceType": self.say(facts.item_words(one))}
                for one in facts.items_of(self.guide, "groups")]

    def _things(self, code: str) -> list[dict[str, Any]]:
        return [{"@type": "Thing", "name": self.say(facts.item_words(one))}
                for one in facts.items_of(self.guide, code)]

    def _offer(self) -> dict[str, Any]:
        fee = facts.fee_of(self.guide)
        return {"@type": "Offer", "price": format(fee[0].normalize(), "f"), "priceCurrency": fee[1]} if fee else {}

    def _laws(self) -> Iterator[dict[str, Any]]:
        for _, name, address in facts.laws_of(self.guide, self.words):
            yield without_empty({"@type": "Legislation", "name": self.say(name), "url": address})

    def _how_to(self) -> Iterator[dict[str, Any]]:
        """Steps and what to bring."""
        steps = [{"@type": "HowToStep", "position": at, "text": self.say(facts.item_words(one))}
                 for at, one in enumerate(facts.items_of(self.guide, "steps"), 1)]
        supplies = [without_empty({"@type": "HowToSupply", "name": self.say(name), "description": self.say(told),
                                   "url": blank}) for _, name, told, blank in facts.materials_of(self.guide)]
        if steps or supplies:
            yield without_empty({"@type": "HowTo", "name": self.say(self.guide.name), "inLanguage": TAGS[self.language],
                                 "step": steps, "supply": supplies})

    # -- ways to get it

    def _channels(self) -> Iterator[dict[str, Any]]:
        """Channels promised, pages online, service points, telephones; each with the time that it takes."""
        for code, name in facts.channels_of(self.guide):
            yield self._channel(identifier=code, name=self.say(name))
        for key, name, address in facts.online_of(self.guide):
            yield self._channel(identifier=key, name=self.say(name), serviceUrl=address)
        for point in told_points(self.guide):
            yield self._channel(identifier=point.code, name=self.say(point.name), serviceLocation=self._place(point),
                                availableLanguage=list(point.languages))
        for key, number, purpose, hours in facts.phones_of(self.guide):
            phone = without_empty({"@type": "ContactPoint", "telephone": number, "description": self.say(hours)})
            yield without_empty({"@type": "ServiceChannel", "identifier": key, "name": self.say(purpose),
                                 "servicePhone": phone})

    def _channel(self, **more: Any) -> dict[str, Any]:
        return without_empty({"@type": "ServiceChannel", **more, "processingTime": facts.processing_time(self.guide),
                              "description": self.say(facts.limit_words(self.guide, self.words))})

    def _place(self, point: Point) -> dict[str, Any]:
        geo = {"@type": "GeoCoordinates", "longitude": point.place[0],
               "latitude": point.place[1]} if point.place else {}
        address = self.say(point.address)
        return without_empty({
            "@type": "GovernmentOffice", "name": self.say(point.name), "telephone": point.telephone, "geo": geo,
            "address": {"@type": "PostalAddress", "streetAddress": address} if address else {},
            "openingHoursSpecification": [_open(day, span) for day, spans in enumerate(point.hours) for span in spans]})


def _open(day: int, span: Span) -> dict[str, Any]:
    opens, closes = clock(span.start), clock(span.until)
    return {"@type": "OpeningHoursSpecification", "dayOfWeek": f"{CONTEXT}/{WEEKDAYS[day]}", "opens": opens,
            "closes": closes}


def clock(minute: int) -> str:
    """A minute of the day as HH:MM; midnight at its end is 23:59, which every reader understands."""
    return "23:59" if minute >= 24 * 60 else f"{minute // 60:02}:{minute % 60:02}"
