"""Dependants that say something themselves: regional values, guides, procedures, what is being written, rules."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.db.models import Count, Q

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.entitlements.rules import Version
from jizhun.entitlements.rules.book import Head
from jizhun.entitlements.rules.watching import cited_in
from jizhun.guides.actions import GUIDE, PROCEDURE, field_of
from jizhun.guides.models import LayerDraft, LayerVersion
from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules import kinds
from jizhun.impact.rules.hits import Hit
from jizhun.impact.rules.moves import FIELD, MEASURE, PAPER, PLACE, PROMISE, STANDARD, STEPS, SUBJECT, Move
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import measures, tell
from jizhun.provisions.models import Provision
from jizhun.regions.actions import tree

VALUE, RULE_OF = "value", "rule"


# -- regional values -------------------------------------------------------------------------------


def values(what: Foreseen) -> Iterator[Hit]:
    """Regional values that no longer fit (one each), and those that speak with a measure, of a service or at a place
    that changes (one for each place)."""
    names, known = catalogue(), measures()
    for one in what.findings:
        said = one.say or one.against
        subject, measure = (said.subject, said.measure) if said else ("*", "")
        name, of = names.name_of(subject), known[measure].name if measure in known else what.title
        yield Hit(VALUE, f"{one.kind}:{subject}/{measure}", Bilingual(f"{name.zh} · {of.zh}", f"{name.en} · {of.en}"),
                  one.place, tell(one).sentence, "work/findings/")
    for move, rows in _moved_provisions(what):
        for region, number in rows:
            yield Hit(VALUE, f"{move.kind}:{move.key[0]}", _name_of(move), region, move.why, "work/provisions/", number)


def _name_of(move: Move) -> Bilingual:
    if move.kind == MEASURE:
        return measures()[move.key[0]].name
    return catalogue().name_of(move.key[0]) if move.kind == SUBJECT else tree().known(move.key[0]).name


def _moved_provisions(what: Foreseen) -> Iterator[tuple[Move, Iterable[tuple[str, int]]]]:
    columns = {MEASURE: "measure", SUBJECT: "subject", PLACE: "region"}
    for kind, column in columns.items():
        for key, move in what.moves.keys(kind).items():
            rows = Provision.objects.filter(**{column: key[0]}).order_by().values("region").annotate(n=Count("pk"))
            yield move, [(row["region"], row["n"]) for row in rows]


# -- guides and procedures -------------------------------------------------------------------------

COLUMN: Final[Mapping[str, str]] = {SUBJECT: "matter", PLACE: "region"}


def guides(what: Foreseen) -> Iterator[Hit]:
    """Guides that somebody has to look at."""
    return _written(what, GUIDE)


def procedures(what: Foreseen) -> Iterator[Hit]:
    """Operating procedures that somebody has to look at."""
    return _written(what, PROCEDURE)


def _written(what: Foreseen, sort: str) -> Iterator[Hit]:
    names = catalogue().name_of  # asked for once: asking costs a query
    for one in what.drift.touched:
        if one.sort == sort:
            yield _guide_hit(sort, one.matter, names(one.matter), one.place, one.why)
    if what.change.kind == kinds.GUIDE and what.change.said["sort"] == sort:
        yield from _out_of_step(what, sort)
    for move, rows in _layers_under(what, sort):
        for matter, region in rows:
            yield _guide_hit(sort, matter, names(matter), region, move.why)


def _out_of_step(what: Foreseen, sort: str) -> Iterator[Hit]:
    matter = str(what.change.said["matter"])
    name = catalogue().name_of(matter)
    for place, codes in what.below.items():
        names = [field_of(sort, code).name for code in codes]
        yield _guide_hit(sort, matter, name, place, Bilingual(
            f"上级改写了：{'、'.join(name.zh for name in names)}",
            f"reworded above: {', '.join(name.en for name in names)}"))


def _layers_under(what: Foreseen, sort: str) -> Iterator[tuple[Move, Iterable[tuple[str, str]]]]:
    rows = LayerVersion.objects.filter(sort=sort).order_by().values_list("matter", "region").distinct()
    for kind, column in COLUMN.items():
        for key, move in what.moves.keys(kind).items():
            yield move, rows.filter(**{column: key[0]})
    for key, move in what.moves.keys(STANDARD).items():
        yield move, rows.filter(fields__icontains=key[0])


def _guide_hit(sort: str, matter: str, name: Bilingual, place: str, why: Bilingual) -> Hit:
    query = "" if sort == GUIDE else f"&kind={sort}"
    return Hit(sort, matter, name, place, why, f"work/guides/{matter}/?region={place}{query}")


def guide_drafts(what: Foreseen) -> Iterator[Hit]:
    """What is being written of a guide or procedure, begun before the change."""
    moved = what.moves
    wanted = Q(matter__in=moved.subjects) | Q(region__in=[key[0] for key in moved.keys(PLACE)])
    for row in LayerDraft.objects.filter(wanted):
        why = _of_draft(what, row)
        if why is not None:
            yield Hit("guide_draft", f"{row.sort}:{row.matter}", catalogue().name_of(row.matter), row.region, why.why,
                      f"work/guides/{row.matter}/draft/?region={row.region}&kind={row.sort}")


def _of_draft(what: Foreseen, row: LayerDraft) -> Move | None:
    moved = what.moves
    if what.change.kind == kinds.GUIDE and what.change.said["region"] == row.region:
        return None  # the draft that is being published
    by_field = (moved.find(FIELD, row.matter, code, place=row.region) if row.sort == GUIDE
                else moved.find(STEPS, row.matter, place=row.region) for code in row.fields)
    promises = (one for one in moved.of(PROMISE) if one.key[0] == row.matter and one.at(row.region))
    return (next((one for one in by_field if one), None) or next(promises, None)
            or moved.find(SUBJECT, row.matter) or moved.find(PLACE, row.region))


# -- rules of benefits -----------------------------------------------------------------------------


def rules(what: Foreseen) -> Iterator[Hit]:
    """Rules that read what moves, cite the paper that ends, stand under the changed rule, or hold at the place."""
    book = entitlements()
    if what.change.kind == kinds.RULE:
        name = book.heads[str(what.change.said["code"])].name
        yield from (Hit(RULE_OF, str(what.change.said["code"]), name, place, why,
                        f"work/rules/{what.change.said['code']}/?region={place}")
                    for place, why in what.losing.items())
        return
    within = _reach_of(what)
    for code, versions in book.versions.items():
        for version in versions:
            move = _of_rule(what, book.heads[code], version, within)
            if move is not None:
                yield Hit(RULE_OF, code, book.heads[code].name, version.place, move.why,
                          f"work/rules/{code}/?region={version.place}")


def _reach_of(what: Foreseen) -> frozenset[str]:
    """Every place at or above which somebody speaks for those whose promises change."""
    moved = {place for one in what.moves.of(PROMISE) for place in one.places or ()}
    held = tree()
    tops = {place for place in moved if held.parent(place, what.on) not in moved}
    return frozenset(moved | {code for top in tops for code in held.path(top, what.on)})


def _of_rule(what: Foreseen, head: Head, version: Version, within: frozenset[str]) -> Move | None:
    moved = what.moves
    for one in version.measures:
        found = moved.find(PROMISE, one.subject, one.measure) if version.place in within else None
        if found := found or moved.find(MEASURE, one.measure):
            return found
    papers = (moved.find(PAPER, cited.document) for cited in cited_in(version))
    return (moved.find(SUBJECT, head.subject) or moved.find(PLACE, version.place)
            or next((one for one in papers if one), None))
