"""What the sources of certificates are called: the matter, what is said of it, and where."""

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.guides.actions import GUIDE, field_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.provisions.actions import measures
from jizhun.regions.actions import tree
from jizhun.training.rules.certificates import HERE
from jizhun.training.rules.sources import CLAUSE, FIELD, KINDS, PROMISE, RULE

THE_PLACE = Bilingual("发证地", "the place of the certificate")


def name_of(kind: str, key: tuple[str, ...]) -> Bilingual:
    """A source by its names; what is not known by its code."""
    parts = _clause(key) if kind == CLAUSE else [_subject(kind, key[0]), *_what(kind, key), _place(key[1])]
    return Bilingual(" · ".join(one.zh or one.en for one in parts), " · ".join(one.en or one.zh for one in parts))


def _clause(key: tuple[str, ...]) -> list[Bilingual]:
    return [Bilingual(key[0], key[0]), Bilingual(f"条款 {key[1]}", f"clause {key[1]}")]


def _subject(kind: str, code: str) -> Bilingual:
    if kind == RULE:
        head = entitlements().heads.get(code)
        return head.name if head else Bilingual(code, code)
    return catalogue().name_of(code)


def _what(kind: str, key: tuple[str, ...]) -> list[Bilingual]:
    if kind == PROMISE:
        measure = measures().get(key[3])
        return [measure.name if measure else Bilingual(key[3], key[3])]
    if kind == FIELD:
        try:
            return [field_of(GUIDE, key[2]).name]
        except Refused:
            return [Bilingual(key[2], key[2])]
    return [KINDS[kind]]


def _place(region: str) -> Bilingual:
    return THE_PLACE if region == HERE else tree().known(region).name if region in tree() else Bilingual(region, region)
