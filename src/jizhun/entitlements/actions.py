"""Acts on entitlements: load rules, and answer who is entitled to what at a place and day."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import NATION, catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.entitlements.models import EntitlementRow, FactRow, RuleVersion, known_by
from jizhun.entitlements.rules import (
    Answer,
    Entitlements,
    Rule,
    Version,
    answer,
    read_all,
    spelled_out,
    standing,
    together,
    typed_facts,
)
from jizhun.entitlements.rules.book import MeasureInput
from jizhun.entitlements.rules.promising import ROLES, Engine, Places
from jizhun.entitlements.rules.reading import read_entitlement
from jizhun.entitlements.rules.telling import loss_in_words
from jizhun.entitlements.rules.watching import Foreseen, Found, foresee
from jizhun.entitlements.rules.watching import found_over_time as over_time
from jizhun.entitlements.rules.widening import Values
from jizhun.entitlements.whatif.people import read_people
from jizhun.entitlements.whatif.running import Outcome, Payers, Progress, World, simulate
from jizhun.entitlements.whatif.scenario import PartChange, Scenario, changed
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_in_words
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.provisions import actions as provisions
from jizhun.provisions.models import Document
from jizhun.provisions.rules import Answer as Said
from jizhun.provisions.rules import Book, Question, ask
from jizhun.provisions.rules.reading import read_paper
from jizhun.regions.actions import bump, claim, differing, keep, tree, versions

ROOM = "entitlements"
FACTS_FILE, SHARED_FILE = "facts.yaml", "shared.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many facts, entitlements and versions came new."""

    facts: int
    entitlements: int
    versions: int


def load(*, by: Actor, folder: Path, owner: str, recorded_on: date | None = None) -> Loaded:
    """Load every file of ``folder`` for the list ``owner``; versions already on record are passed over.

    Raises Refused naming the file, entitlement and part; nothing is loaded then.
    """
    require(by=by, right="provision.record", path=NATION)
    facts, rows = _read_folder(folder)
    with transaction.atomic():
        read_all([*_kept_facts(facts), *facts], rows)
        _check(rows)
        loaded = Loaded(_load_facts(facts, owner), _load_heads(rows, owner),
                        _load_versions(rows, recorded_on or timezone.localdate()))
        if any((loaded.facts, loaded.entitlements, loaded.versions)):
            bump(ROOM)
            write_line(by=by, act="entitlements.load", subject=folder.name,
                       after={"facts": loaded.facts, "entitlements": loaded.entitlements, "versions": loaded.versions})
    return loaded


def _read_folder(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The facts and entitlements of a folder; workings that several entitlements share are written into each."""
    facts: list[dict[str, Any]] = []
    shared: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    kinds = {FACTS_FILE: facts, SHARED_FILE: shared}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml_of(path.read_bytes(), path.name)
        if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
            raise Refused(zh=f"{path.name} 应是一列。", en=f"{path.name} must be a list.")
        kinds.get(path.name, rows).extend(content)
    return facts, spelled_out(rows, shared)


def _kept_facts(new: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Facts that other lists brought: a package's rules may ask them too."""
    codes = {str(one.get("code")) for one in new}
    return [row.fields for row in FactRow.objects.order_by("place") if row.code not in codes]


def _check(rows: Iterable[Mapping[str, Any]], more_papers: Iterable[str] = ()) -> None:
    """Refuse places, papers and measures that are not on record."""
    papers = {*Document.objects.values_list("code", flat=True), *more_papers}
    measures = provisions.measures()
    for row in rows:
        for version in row.get("versions") or ():
            where = f"{row.get('code')} {version.get('region')}"
            tree().known(str(version.get("region")))
            for document in _papers_in(version):
                if document not in papers:
                    raise Refused(zh=f"{where}：没有代码为“{document}”的文件。",
                                  en=f"{where}: there is no paper “{document}”.")
            for measure in version.get("measures") or ():
                if measure.get("measure") not in measures:
                    raise Refused(zh=f"{where}：没有名为“{measure.get('measure')}”的指标。",
                                  en=f"{where}: there is no measure called “{measure.get('measure')}”.")


def _papers_in(part: Any) -> Iterable[str]:
    if isinstance(part, Mapping):
        if part.get("document"):
            yield str(part["document"])
        for value in part.values():
            yield from _papers_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _papers_in(value)


def _plain(value: Any) -> Any:
    """A row as JSON holds it: days as text."""
    return json.loads(json.dumps(value, default=str))


def _load_facts(facts: Sequence[Mapping[str, Any]], owner: str) -> int:
    rows = [FactRow(code=str(one["code"]), place=place, fields=_plain(one)) for place, one in enumerate(facts)]
    changed = differing(FactRow, rows, ("code",))
    claim("fact", (row.code for row in changed), owner)
    return len(keep(FactRow, changed, ("code",)))


def _load_heads(rows: Sequence[Mapping[str, Any]], owner: str) -> int:
    heads = [EntitlementRow(code=str(one["code"]), place=place,
                            fields=_plain({name: value for name, value in one.items() if name != "versions"}))
             for place, one in enumerate(rows)]
    changed = differing(EntitlementRow, heads, ("code",))
    claim("entitlement", (row.code for row in changed), owner)
    return len(keep(EntitlementRow, changed, ("code",)))


def _load_versions(rows: Iterable[Mapping[str, Any]], recorded_on: date) -> int:
    """Insert the versions that are not on record yet; what was said stays said."""
    there = set(RuleVersion.objects.values_list("fingerprint", flat=True))
    new: dict[str, RuleVersion] = {}
    for row in rows:
        for said in row.get("versions") or ():
            one = _version_row(str(row["code"]), _plain(said), recorded_on)
            if one.fingerprint not in there:
                new.setdefault(one.fingerprint, one)
    seq = bump(ROOM) if new else 0
    for place, one in enumerate(new.values()):
        one.seq = seq * 100_000 + place
    RuleVersion.objects.bulk_create(new.values(), batch_size=200)
    return len(new)


def _version_row(code: str, said: dict[str, Any], recorded_on: date) -> RuleVersion:
    text = json.dumps([code, said], sort_keys=True, ensure_ascii=False)
    return RuleVersion(entitlement=code, region=str(said["region"]), valid_from=date.fromisoformat(said["from"]),
                       valid_until=date.fromisoformat(said.get("until") or "9999-12-31"), fields=said,
                       recorded_on=recorded_on, fingerprint=hashlib.sha256(text.encode()).hexdigest())


# -- reading


_KEPT: dict[date | None, tuple[str, Entitlements]] = {}


def entitlements(*, known_on: date | None = None) -> Entitlements:
    """Every rule as known on ``known_on`` (None: now), kept in process until something is loaded."""
    stamp = versions(ROOM)[0]
    held = _KEPT.get(known_on)
    if held is None or held[0] != stamp:
        if len(_KEPT) > 8:
            _KEPT.clear()
        held = _KEPT[known_on] = (stamp, _read(known_on))
        _rule.cache_clear()
    return held[1]


def _read(known_on: date | None) -> Entitlements:
    heads = {row.code: {**row.fields, "versions": []} for row in EntitlementRow.objects.order_by("place", "pk")}
    for version in known_by(known_on):
        heads[version.entitlement]["versions"].append(version.said())
    return read_all((row.fields for row in FactRow.objects.order_by("place", "pk")), heads.values())


def rule(*, code: str, region: str, on: date, since: date | None = None, known_on: date | None = None) -> Rule | None:
    """The rule of an entitlement at a place and day; None where none is in force. Raises Refused for unknown codes."""
    book = entitlements(known_on=known_on)
    found = standing(book, code, tree().path(region, on), on, since)
    return _rule(book, code, found) if found else None


@lru_cache(maxsize=2_000)
def _rule(book: Entitlements, code: str, versions: tuple[Version, ...]) -> Rule:
    """Rules are the same wherever and whenever the same versions count, so they are put together once."""
    return together(book, code, versions)


def entitled(*, facts: Mapping[str, Any], places: Places, on: date, codes: Sequence[str] = (), group: str = "all",
             known_on: date | None = None) -> list[Answer]:
    """What a person may be entitled to: one answer per entitlement that has a rule at the place that counts for it.

    ``facts`` by code, as a form or JSON holds them. Raises Refused for facts, codes and places that do not exist.
    """
    found, failed = entitled_apart(facts=facts, places=places, on=on, codes=codes, group=group, known_on=known_on)
    if failed:
        raise Refused(zh=failed[0].sentence.zh, en=failed[0].sentence.en)
    return found


def _check_places(places: Places, on: date) -> None:
    """Refused for a role or a place that does not exist, also where no rule that is asked for reads it."""
    for role, code in places.by_role.items():
        if role not in ROLES:
            raise Refused(zh=f"没有“{role}”这种地点，有的是 {'、'.join(ROLES)}。",
                          en=f"There is no role of place “{role}”; there are {', '.join(ROLES)}.")
        tree().place(code, on)


def _paths(book: Entitlements, codes: Sequence[str], places: Places, on: date) -> dict[str, list[str]]:
    """The way from the nation to the person's place for each role of place that counts for an entitlement."""
    odd = next((code for code in codes if code not in book.heads), None)
    if odd is not None:
        raise Refused(zh=f"没有代码为“{odd}”的待遇。", en=f"There is no entitlement “{odd}”.")
    held = tree()
    return {role: list(held.path(places.of(role), on))
            for role in {book.heads[code].place_role for code in codes or book.heads}}


def _rule_at(book: Entitlements, code: str, path: Sequence[str], on: date, known: Mapping[str, Any]) -> Rule | None:
    anchor = book.heads[code].anchor
    found = standing(book, code, path, on, known.get(anchor) if anchor else None)
    return _rule(book, code, found) if found else None


@dataclass(frozen=True, slots=True)
class Failed:
    """An entitlement whose rule cannot be put together at the place and day, with the sentence that says why."""

    code: str
    sentence: Bilingual


def entitled_apart(*, facts: Mapping[str, Any], places: Places, on: date, codes: Sequence[str] = (),
                   group: str = "all", known_on: date | None = None) -> tuple[list[Answer], list[Failed]]:
    """As ``entitled``, but a rule that is broken takes only its own answer away, and says so.

    Raises Refused for facts, codes and places that do not exist.
    """
    book = entitlements(known_on=known_on)
    known = typed_facts(book.facts, facts)
    _check_places(places, on)
    engine = Engine(provisions.book(known_on=known_on), places, group)
    paths = _paths(book, codes, places, on)
    found: list[Answer] = []
    failed: list[Failed] = []
    for head in (book.heads[code] for code in codes or book.heads):
        try:
            one = _rule_at(book, head.code, paths[head.place_role], on, known)
            found += [answer(one, places.of(head.place_role), on, known, engine)] if one else []
        except Refused as refused:
            failed.append(Failed(head.code, refused.sentence))
    return found, failed


def paper_title(code: str) -> Bilingual:
    """The title of a paper, as it is cited; the code where it is not on record."""
    row = Document.objects.filter(code=code).first()
    return Bilingual(row.title_zh, row.title_en) if row else Bilingual(code, code)


# -- recording


def foreseen_version(*, code: str, row: Mapping[str, Any], paper: Mapping[str, Any] | None = None,
                     examples: Iterable[Mapping[str, Any]] = (), whole: bool = True) -> Foreseen:
    """What a version, given as a row in the manner of the seeds, would do; nothing is kept.

    ``paper`` is one that is not on record yet. Not ``whole``: only who would lose against the rule above, which is what
    ``record_version`` looks at. Raises Refused for whatever that would refuse of the row as such.
    """
    book = entitlements()
    head = EntitlementRow.objects.filter(code=code).first()
    if head is None:
        raise Refused(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
    _check([{"code": code, "versions": [row]}], {read_paper(paper).code} if paper else set())
    _, (version,) = read_entitlement({**head.fields, "versions": [row]}, book.facts)
    _check_subjects(version)
    return foresee(book, version, _path_on, timezone.localdate(), [typed_facts(book.facts, one) for one in examples],
                   _values_at, whole)


@dataclass(frozen=True, slots=True)
class Compared:
    """One person's answers: by the rule above, by the one that counts there now, and by the new one."""

    above: Answer | None
    before: Answer | None
    then: Answer


def compared(*, foreseen: Foreseen, examples: Iterable[Mapping[str, Any]]) -> list[Compared]:
    """What a version that was foreseen would come to for given persons. Raises Refused for facts that do not fit."""
    place, on = foreseen.version.place, foreseen.version.valid_from
    engine = Engine(provisions.book(), Places(place))
    found = []
    for one in examples:
        facts = typed_facts(entitlements().facts, one)
        above, before = (answer(rule, place, on, facts, engine) if rule else None
                         for rule in (foreseen.above, foreseen.before))
        found.append(Compared(above, before, answer(foreseen.rule, place, on, facts, engine)))
    return found


def _check_subjects(version: Version) -> None:
    known = {GENERAL, *catalogue().items, *catalogue().matters}
    odd = next((one for one in version.measures if one.subject not in known), None)
    if odd:
        raise Refused(zh=f"“{odd.name}”：没有代码为“{odd.subject}”的服务项目或事项。",
                      en=f"“{odd.name}”: there is no item or matter “{odd.subject}”.")


def _path_on(place: str, day: date) -> tuple[str, ...]:
    return tuple(tree().path(place, day))


def _values_at(place: str) -> Values:
    """What is promised at a place, for whoever holds rules against one another."""
    engine = Engine(provisions.book(), Places(place))

    def value(wanted: MeasureInput, on: date, given: Mapping[str, Any]) -> Decimal | None:
        try:
            found = engine(wanted, on, given).value
        except Refused:
            return None  # made-up days may lie before the place existed
        return found if isinstance(found, Decimal) else None
    return value


def record_version(*, by: Actor, code: str, row: Mapping[str, Any], paper: Mapping[str, Any] | None = None,
                   documents_paper: bool = False, seen: str | None = None) -> RuleVersion:
    """Record what a place says of an entitlement from a day on, and with it a ``paper`` that is not on record.

    A rule under which somebody would lose against the rule above is refused with that person, unless
    ``documents_paper`` says that it records what a local paper really says. ``seen`` is the revision at which the
    effect was looked at: raises Moved where anything was recorded since.
    """
    require(by=by, right="provision.record", path=path_to(str(row.get("region"))))
    looked_at = seen or revision()
    foreseen = foreseen_version(code=code, row=row, paper=paper, whole=False)
    if not documents_paper:
        _refuse_losses(foreseen)
    with transaction.atomic():
        seq = bump(ROOM, seen=looked_at)
        kept = _version_row(code, _plain(row), timezone.localdate())
        if RuleVersion.objects.filter(fingerprint=kept.fingerprint).exists():
            raise Refused(zh="这个版本已有记录。", en="This version is already on record.")
        if paper is not None:
            provisions.record_paper(by=by, row=paper)
        kept.seq = seq * 100_000
        kept.save(force_insert=True)
        write_line(by=by, act="entitlement.record", subject=str(kept),
                   after={"fields": kept.fields, "documents_paper": documents_paper, "losses": len(foreseen.losses)})
    return kept


def _refuse_losses(foreseen: Foreseen) -> None:
    for one in foreseen.losing:
        words = one.broken or loss_in_words(one.losses[0], entitlements().facts)
        day = day_in_words(one.day)
        later = one.day > foreseen.version.valid_from
        raise Refused(zh=f"{day.zh}起：{words.zh}" if later else words.zh,
                      en=f"From {day.en} on: {words.en}" if later else words.en)


_FOUND: dict[tuple[str, ...], tuple[Found, ...]] = {}


def found_over_time(*, code: str = "") -> tuple[Found, ...]:
    """Every regional version under which somebody loses, today or from a later day; kept until something is recorded.

    ``code`` asks for one entitlement. The search holds each version against the rule above: about half a second each.
    """
    today = timezone.localdate()
    stamp = *versions(ROOM, "provisions", "regions"), today.isoformat()
    book = entitlements()
    if any(key[:-1] != stamp for key in _FOUND):
        _FOUND.clear()
    for one in [code] if code else book.heads:
        if (*stamp, one) not in _FOUND:
            _FOUND[*stamp, one] = tuple(over_time(book, one, _path_on, today, _values_at))
    return tuple(found for one in ([code] if code else book.heads) for found in _FOUND[*stamp, one])


def revision() -> str:
    """What the room's rules stand at; to be handed back to ``record_version`` as ``seen``."""
    return versions(ROOM)[0]


# -- what if


def what_if(*, scenario: Scenario, file: Path, mapping: Mapping[str, Any], synthetic: bool = False,
            progress: Progress | None = None) -> Outcome:
    """What a scenario would do to the people of a file. Nothing is kept.

    Raises Refused for a file, mapping or scenario that cannot be used, or a rule that cannot be counted.
    """
    book = entitlements()
    if scenario.entitlement not in book.heads:
        raise Refused(zh=f"没有代码为“{scenario.entitlement}”的待遇。",
                      en=f"There is no entitlement “{scenario.entitlement}”.")
    refuse_cohorts(book, scenario.entitlement)
    for region in scenario.regions:
        tree().path(region, scenario.first)
    before = _world(scenario, provisions.book(), ())
    after = _world(scenario, provisions.supposed(rows=scenario.provisions), scenario.changes)
    with TemporaryDirectory(prefix="what-if-") as spare, duckdb.connect(config=_engine(spare)) as held:
        people = read_people(held, file, mapping, book.facts, is_place=_is_place_on(scenario.first),
                             synthetic=synthetic)
        return simulate(held, people, scenario, before, after, within=lambda region: _lies_within(region, scenario),
                        payers=_payers(book, scenario), progress=progress)


def _engine(spare: str) -> dict[str, Any]:
    """What does not fit into memory is put aside where nobody else reads, and is gone afterwards."""
    return {"temp_directory": spare, "autoinstall_known_extensions": False, "autoload_known_extensions": False}


def _is_place_on(day: date) -> Callable[[str], bool]:
    held = tree()

    def is_place(code: str) -> bool:
        try:
            held.path(code, day)
        except Refused:
            return False
        return True
    return is_place


def refuse_cohorts(book: Entitlements, code: str) -> None:
    """Refused where the version that counts hangs on a day of each person: a population has the asked day only."""
    head = book.heads[code]
    if head.anchor and any(one.new_from for one in book.versions[code]):
        label = book.facts[head.anchor].label
        raise Refused(zh=f"“{head.name.zh}”适用哪一版取决于各人的“{label.zh}”，不能按人群测算。",
                      en=f"Which version of “{head.name.en}” counts depends on each person's own day ({label.en}): "
                         "it cannot be counted for a population.")


def _world(scenario: Scenario, held: Book, changes: Sequence[PartChange]) -> World:
    """The rules and values in force with a book of provisions; parts of the rules said otherwise, if any."""
    made: dict[Rule, Rule] = {}

    def rule_at(region: str, day: date) -> Rule | None:
        found = rule(code=scenario.entitlement, region=region, on=day)
        if found is not None and changes:
            if found not in made:
                made[found] = changed(found, changes, entitlements().facts)
            return made[found]
        return found

    def asked(wanted: MeasureInput, region: str, day: date, facts: Mapping[str, object]) -> Said:
        return ask(held, Question(wanted.measure, wanted.subject, region, day, facts=facts))
    return World(rule_at, asked)


def _lies_within(region: str, scenario: Scenario) -> bool:
    path = tree().path(region, scenario.first)
    return any(one in path for one in scenario.regions)


def _payers(book: Entitlements, scenario: Scenario) -> Payers | None:
    head = book.heads[scenario.entitlement]
    if not head.payers:
        return None

    def shares_of(region: str) -> tuple[tuple[str, int], ...]:
        by_region = dict(head.payers_in)
        return next((by_region[one] for one in reversed(tree().path(region, scenario.first)) if one in by_region), ())
    return Payers(head.payers, shares_of, head.layers, tree().level)
