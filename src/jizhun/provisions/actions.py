"""What is done with provisions: load, record, and ask."""

import atexit
import gc
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.models import Group, Matter
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, parse_day
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.provisions.models import Document, Label, MeasureRow, Provision, TierAssignment
from jizhun.provisions.rules import (
    Answer,
    Book,
    Finding,
    Measure,
    Paper,
    Question,
    Say,
    ask,
    dated,
    make_book,
)
from jizhun.provisions.rules.book import circle
from jizhun.provisions.rules.effect import Effect, effect
from jizhun.provisions.rules.limits import EVALUATED, NONE, WITH_UNIT, LimitRow, as_published, limit_rows
from jizhun.provisions.rules.reading import (
    plain_value,
    read_assignment,
    read_measure,
    read_paper,
    read_say,
    read_value,
)
from jizhun.provisions.rules.resolve import no_circle
from jizhun.provisions.rules.telling import sentence
from jizhun.provisions.rules.values import DAY_UNITS
from jizhun.regions.actions import bump, claim, differing, keep, tree, versions
from jizhun.regions.models import Region

Plain = Mapping[str, Any]

# --- reading -----------------------------------------------------------------------------------

ROOMS = ("regions", "catalogue", "provisions")
NATION = ("CN",)
"""Where somebody who loads whole sets of provisions must hold the right."""

atexit.register(gc.unfreeze)
_BOOKS: dict[date | None, tuple[tuple[str, ...], Book]] = {}


def book(*, known_on: date | None = None) -> Book:
    """All provisions as known on ``known_on`` (None: now), kept in process until a revision moves.

    One small query tells whether another process has published; then the next call sees it.
    """
    stamp = versions(*ROOMS)
    held = _BOOKS.get(known_on)
    if held is None or held[0] != stamp:
        if len(_BOOKS) > 8:
            _BOOKS.clear()
        held = _BOOKS[known_on] = (stamp, _read_book(known_on, stamp[-1]))
        gc.freeze()  # the book stays: the collector need not walk through it again after every few answers
    return held[1]


def _read_book(known_on: date | None, revision: str) -> Book:
    papers = {row.pk: row.fact() for row in Document.objects.all()}
    return make_book(
        measures=measures(), places=tree(), subjects=catalogue(),
        says=(row.fact(papers) for row in Provision.objects.order_by("seq", "pk")),
        assignments=(row.fact() for row in TierAssignment.objects.order_by("seq", "pk")),
        known_on=known_on, revision=revision)


def measures() -> dict[str, Measure]:
    """Every measure by its code."""
    return {row.code: read_measure(row.fields) for row in MeasureRow.objects.all()}


def labels() -> dict[str, Bilingual]:
    """Words for the coded elements of sets, by code."""
    return {row.code: Bilingual(row.name_zh, row.name_en) for row in Label.objects.all()}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with its sentence."""

    finding: Finding
    sentence: Bilingual


def promised(*, matter: str, region: str, on: date, group: str = "all", measure: str | None = None,
             known_on: date | None = None, since: date | None = None,
             facts: Mapping[str, object] | None = None) -> list[Answer]:
    """What is promised for ``matter`` in ``region`` on ``on``: one answer a measure somebody speaks on.

    Raises Refused for a code that does not exist, a place that does not exist on that day, or a
    measure nobody knows.
    """
    held = book(known_on=known_on)
    held.subjects.chain(matter)
    held.places.path(region, on)
    codes = [measure] if measure else _spoken_of(held, matter, region, on)
    return [dated(held, ask(held, Question(code, matter, region, on, group, since, facts or {})))
            for code in codes]


def _spoken_of(held: Book, matter: str, region: str, on: date) -> list[str]:
    """Measures on which some place on the path has ever spoken for the matter or its item."""
    subjects = [subject for subject in held.subjects.chain(matter) if subject != "*" or matter == "*"]
    path = set(held.places.path(region, on))
    return [code for code in held.measures
            if any(path & held.lines.get((subject, code), {}).keys() for subject in subjects)]


def told(answer: Answer) -> list[Told]:
    """The findings of an answer in words."""
    return [tell(finding) for finding in answer.findings]


def tell(finding: Finding) -> Told:
    """One finding in words."""
    return Told(finding, sentence(finding, short_name))


NATION_IN_A_SENTENCE = Bilingual("国家", "the nation")


def short_name(code: str) -> Bilingual:
    """A place's name as a sentence says it: the nation's own name would be a mouthful."""
    return NATION_IN_A_SENTENCE if code in NATION else tree().known(code).name


def place_name(code: str) -> Bilingual:
    """A place's name in both languages."""
    return tree().known(code).name


# --- the wide limits table ------------------------------------------------------------------------


def limits(*, matters: Sequence[str], regions: Sequence[str], groups: Sequence[str] = ("all",), first: date,
           last: date, known_on: date | None = None) -> pa.Table:
    """The promises of every matter x region x group from ``first`` to ``last``, one row a stretch.

    Columns: matter int16, region int32, grp int16 (primary keys), from_day, to_day int32 (days since
    1970-01-01, last day included), and for each evaluated measure its scaled value and ``*_by``, the
    provision that won; NONE where nothing is promised.
    """
    held = _published_book(known_on)
    keys = _primary_keys(matters, regions, groups)
    columns: dict[str, list[int]] = {name: [] for name in LIMIT_COLUMNS}
    epochs = tree().change_days
    for matter in matters:
        for group in groups:
            rows = limit_rows(held, matter, regions, group, first, last, epochs)
            for region, stretches in rows.items():
                for row in stretches:
                    _append(columns, keys, (matter, region, group), row)
    return pa.table({name: pa.array(values, _type_of(name)) for name, values in columns.items()})


def _limit_columns() -> list[str]:
    names = ["matter", "region", "grp", "from_day", "to_day"]
    for measure in EVALUATED:
        names += [measure, f"{measure}_by"] + ([f"{measure}_unit"] if measure in WITH_UNIT else [])
    return names


LIMIT_COLUMNS = tuple(_limit_columns())
_EPOCH = date(1970, 1, 1)


def _type_of(name: str) -> pa.DataType:
    if name in ("matter", "grp"):
        return pa.int16()
    return pa.int8() if name.endswith("_unit") else pa.int32()


def _append(columns: dict[str, list[int]], keys: "_Keys", where: tuple[str, str, str], row: LimitRow) -> None:
    matter, region, group = where
    columns["matter"].append(keys.matters[matter])
    columns["region"].append(keys.regions[region])
    columns["grp"].append(keys.groups[group])
    columns["from_day"].append((row.first - _EPOCH).days)
    columns["to_day"].append((row.last - _EPOCH).days)
    for measure, (value, unit, by) in zip(EVALUATED, row.promises, strict=True):
        columns[measure].append(value)
        columns[f"{measure}_by"].append(by)
        if measure in WITH_UNIT:
            columns[f"{measure}_unit"].append(unit)


@dataclass(frozen=True, slots=True)
class _Keys:
    matters: Mapping[str, int]
    regions: Mapping[str, int]
    groups: Mapping[str, int]


def _primary_keys(matters: Sequence[str], regions: Sequence[str], groups: Sequence[str]) -> _Keys:
    return _Keys(dict(Matter.objects.values_list("code", "pk")), dict(Region.objects.values_list("code", "pk")),
                 dict(Group.objects.values_list("code", "pk")))


def _published_book(known_on: date | None) -> Book:
    held = book(known_on=known_on)
    if "as_published" not in held.memory:
        held.memory["as_published"] = as_published(held)
    return held.memory["as_published"]  # type: ignore[return-value]


# --- acts -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows a load brought; what was there already is not counted."""

    measures: int = 0
    documents: int = 0
    provisions: int = 0
    tiers: int = 0
    labels: int = 0


def load(*, by: Actor, folder: Path, owner: str, recorded_on: date | None = None) -> Loaded:
    """Load every provisions file of ``folder`` for the list ``owner``; rows already recorded are passed over.

    Raises Refused naming file and row; nothing is loaded then.
    """
    require(by=by, right="provision.record", path=NATION)
    content = {path: _read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    with transaction.atomic():
        loaded = _load_all(content, owner, recorded_on or timezone.localdate())
        if any(vars_of(loaded)):
            bump("provisions")
            write_line(by=by, act="provisions.load", subject=folder.name, after=as_counts(loaded))
    return loaded


def vars_of(loaded: Loaded) -> tuple[int, ...]:
    return tuple(as_counts(loaded).values())


def as_counts(loaded: Loaded) -> dict[str, int]:
    """The counts by name."""
    return {name: getattr(loaded, name) for name in Loaded.__slots__}


def _read_yaml(path: Path) -> Plain:
    content = yaml_of(path.read_bytes(), path.name)
    if not isinstance(content, dict):
        raise Refused(zh=f"{path.name} 里没有规定。", en=f"There are no provisions in {path.name}.")
    if path.name == LABELS:
        _check_labels(path, content)
    else:
        for part in PARTS & content.keys():
            rows = content[part] or ()
            if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
                raise Refused(zh=f"{path.name}：“{part}”应是一列字段与值。",
                              en=f"{path.name}: “{part}” must be a list of fields and values.")
    return content


PARTS = frozenset({"documents", "provisions", "tiers"})


def _check_labels(path: Path, content: Plain) -> None:
    for code, words in content.items():
        if not isinstance(words, dict) or not all(isinstance(words.get(one), str) for one in ("zh", "en")):
            raise Refused(zh=f"{path.name}：“{code}”应有 zh 和 en。", en=f"{path.name}: “{code}” needs zh and en.")


def _load_all(content: Mapping[Path, Plain], owner: str, recorded_on: date) -> Loaded:
    seq = bump("provisions")
    rows = list(content.items())
    known = measures()
    documents = sum(_load_documents(path, part, owner) for path, part in rows)
    papers = {row.code: (row, row.fact()) for row in Document.objects.all()}
    said = [(path, row) for path, part in rows for row in part.get("provisions") or ()]
    provisions = [_provision(path, row, papers, known, recorded_on, seq * 100_000 + n, owner)
                  for n, (path, row) in enumerate(said)]
    tiers = [_tier(path, row, recorded_on, seq) for path, part in rows for row in part.get("tiers") or ()]
    claim("tiers", {f"{one.scheme} {one.region}" for one in tiers}, owner)
    loaded = Loaded(0, documents, _insert_new(Provision, provisions), _insert_new(TierAssignment, tiers),
                    sum(_load_labels(part, owner) for path, part in rows if path.name == LABELS))
    _refuse_circles()
    return loaded


def _refuse_circles(*more: Say) -> None:
    """Refuse formulas, on record and ``more``, that read each other in a circle: whoever asked would get no answer."""
    reads: dict[str, set[str]] = {}
    for say in (*(row.fact({}) for row in Provision.objects.all()), *more):
        reads.setdefault(say.measure, set()).update(say.inputs())
    if way := circle(reads):
        raise no_circle(way)


def load_measures(*, by: Actor, file: Path, owner: str) -> int:
    """Load or renew the measures of the list ``owner``; returns how many there are in the file."""
    require(by=by, right="provision.record", path=NATION)
    rows = yaml_of(file.read_bytes(), file.name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(zh=f"{file.name} 应是一列指标。", en=f"{file.name} must be a list of measures.")
    for row in rows:
        _in_file(file, lambda row=row: read_measure(row))
    with transaction.atomic():
        changed = differing(MeasureRow, [MeasureRow(code=row["code"], fields=row) for row in rows], CODE)
        _in_file(file, lambda: claim("measure", (row.code for row in changed), owner))
        if keep(MeasureRow, changed, CODE):
            bump("provisions")
            write_line(by=by, act="measures.load", subject=file.name, after={"measures": len(changed)})
    return len(rows)


CODE = ("code",)


def _load_documents(path: Path, part: Plain, owner: str) -> int:
    """Load or renew the papers; returns how many are new."""
    rows = [_in_file(path, lambda row=row: _document(row)) for row in part.get("documents") or ()]
    there = set(Document.objects.values_list("code", flat=True))
    changed = differing(Document, {row.code: row for row in rows}.values(), CODE)
    _in_file(path, lambda: claim("document", (row.code for row in changed), owner))
    return sum(row.code not in there for row in keep(Document, changed, CODE))


def _document(row: Plain) -> Document:
    paper = read_paper(row)
    return Document(code=paper.code, **_document_fields(paper, row))


def _day_of(row: Plain, name: str) -> date | None:
    value = row.get(name)
    return value if value is None or isinstance(value, date) else parse_day(str(value))


def _document_fields(paper: Paper, row: Plain) -> dict[str, Any]:
    return {
        "title_zh": paper.title.zh, "title_en": paper.title.en, "number": paper.number, "kind": paper.kind,
        "issuer_zh": paper.issuer.zh, "issuer_en": paper.issuer.en, "region": str(row.get("region") or ""),
        "published_on": paper.published_on, "valid_from": _day_of(row, "valid_from"),
        "valid_until": _day_of(row, "valid_until") or FAR, "source": paper.source, "mark": paper.mark}


LABELS = "labels.yaml"
"""The one file of a provisions folder that holds words for codes: code -> {zh, en}."""


def _load_labels(part: Plain, owner: str) -> int:
    """Load or renew the words; returns how many codes are new."""
    there = set(Label.objects.values_list("code", flat=True))
    rows = [Label(code=code, name_zh=words["zh"], name_en=words["en"]) for code, words in part.items()]
    changed = differing(Label, rows, CODE)
    claim("label", (row.code for row in changed), owner)
    return sum(row.code not in there for row in keep(Label, changed, CODE))


def _in_file(path: Path, read: Any) -> Any:
    try:
        return read()
    except Refused as refused:
        raise Refused(zh=f"{path.name}：{refused.sentence.zh}", en=f"{path.name}: {refused.sentence.en}") from None


Papers = Mapping[str, tuple[Document, Paper]]


def _provision(path: Path, row: Plain, papers: Papers, known: Mapping[str, Measure], recorded_on: date,
               seq: int, owner: str) -> Provision:
    """What a list says of the whole country only the country's own list says; below it anybody adds what places say."""
    facts = {code: fact for code, (_, fact) in papers.items()}
    say = _in_file(path, lambda: read_say(row, facts, recorded_on=recorded_on))
    _in_file(path, lambda: check_codes(say, known))
    if say.place == tree().known(say.place).root:
        _in_file(path, lambda: claim("provisions of", [say.place], owner))
    document, _ = papers.get(str(row.get("document")), (None, None))
    return provision_row(say, document, seq)


def check_codes(say: Say, known: Mapping[str, Measure]) -> None:
    """Refuse a say about a measure, place, subject or group that does not exist."""
    if say.measure not in known:
        raise Refused(zh=f"没有名为“{say.measure}”的指标。", en=f"There is no measure called “{say.measure}”.")
    for code in sorted(say.inputs() - known.keys()):
        raise Refused(zh=f"公式引用了没有的指标“{code}”。", en=f"The formula reads “{code}”, which is no measure.")
    unit = known[say.measure].unit
    counted = say.value is not None and not isinstance(say.value, frozenset | Bilingual)
    if counted and say.unit != unit and not {say.unit, unit} <= set(DAY_UNITS):
        raise Refused(zh=f"“{say.measure}”的单位应是“{unit}”，不能是“{say.unit}”。",
                      en=f"“{say.measure}” is counted in “{unit}”, not in “{say.unit}”.")
    tree().known(say.place)
    catalogue().chain(say.subject)
    catalogue().groups(say.group)


def provision_row(say: Say, document: Document | None, seq: int) -> Provision:
    """A say as an unsaved row."""
    row = Provision(
        subject=say.subject, measure=say.measure, region=say.place, group=say.group, slot=say.slot,
        modality=say.modality, value=plain_value(say.value), unit=say.unit, valid_from=say.valid_from,
        lapses_on=say.lapses_on, document=document, clause_zh=say.clause.zh, clause_en=say.clause.en,
        recorded_on=say.recorded_on, seq=seq, enforce=say.enforce, applies_to_new_from=say.applies_to_new_from,
        existing_until=say.existing_until, reach_by=say.reach_by, assessment=say.assessment, mark=say.mark,
        source=say.source, note_zh=say.note.zh, note_en=say.note.en)
    row.fingerprint = _fingerprint(row)
    return row


_SAID = ("subject", "measure", "region", "group", "modality", "value", "unit", "valid_from", "lapses_on",
         "clause_zh", "clause_en", "enforce", "applies_to_new_from", "existing_until", "reach_by", "assessment",
         "mark", "source", "note_zh", "note_en")


def _fingerprint(row: Provision) -> str:
    """SHA-256 over all that is said, and by which paper; not over when it was recorded."""
    said = {name: getattr(row, name) for name in _SAID} | {"document": row.document.code if row.document else ""}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _tier(path: Path, row: Plain, recorded_on: date, seq: int) -> TierAssignment:
    one = _in_file(path, lambda: read_assignment(row, recorded_on=recorded_on))
    _in_file(path, lambda: tree().known(one.place))
    said = [one.scheme, one.place, one.tier, str(one.valid_from), str(one.valid_until)]
    return TierAssignment(
        scheme=one.scheme, region=one.place, tier=one.tier, valid_from=one.valid_from, valid_until=one.valid_until,
        recorded_on=one.recorded_on, seq=seq, source=row.get("source") or "", mark=row.get("mark", "R"),
        fingerprint=hashlib.sha256(json.dumps(said).encode()).hexdigest())


def _insert_new(model: Any, rows: Iterable[Any]) -> int:
    """Insert the rows whose fingerprint is not there yet; returns how many."""
    unique = {row.fingerprint: row for row in rows}
    there = set(model.objects.values_list("fingerprint", flat=True))
    new = [row for fingerprint, row in unique.items() if fingerprint not in there]
    model.objects.bulk_create(new, batch_size=400)
    return len(new)


def record(*, by: Actor, row: Plain, paper: Plain | None = None, documents_paper: bool = False,
           seen: str | None = None) -> Provision:
    """Record one provision, given as a row in the manner of the seeds, and with it a ``paper`` that is not on record.

    A value that the standard above forbids is refused with the finding's sentence, unless
    ``documents_paper`` says that it records what a local paper really says: then it is kept and
    the finding stands. ``seen`` is the revision at which the effect was looked at: raises Moved where
    anything was recorded since.
    """
    return record_all(by=by, rows=[row], paper=paper, documents_paper=documents_paper, seen=seen)[0]


def record_all(*, by: Actor, rows: Sequence[Plain], paper: Plain | None = None, papers: Sequence[Plain] = (),
               documents_paper: bool = False, seen: str | None = None) -> list[Provision]:
    """Record several provisions, as ``record`` does one, and the papers that they name: all of them or none."""
    for region in dict.fromkeys(str(row.get("region")) for row in rows):
        require(by=by, right="provision.record", path=path_to(region))
    with transaction.atomic():
        seq = bump("provisions", seen=seen)
        for one in filter(None, (paper, *papers)):
            record_paper(by=by, row=one)
        documents = {document.code: document for document in Document.objects.all()}
        facts = {code: document.fact() for code, document in documents.items()}
        says = [read_say(row, facts, recorded_on=timezone.localdate(), order=seq * 100_000 + n)
                for n, row in enumerate(rows)]
        _check(says, forbidden_too=not documents_paper)
        kept = [provision_row(say, documents.get(say.paper.code) if say.paper else None, say.order) for say in says]
        _refuse_what_is_there(kept)
        for new in kept:
            new.save(force_insert=True)
            write_line(by=by, act="provision.record", subject=str(new), after={
                "value": new.value, "document": new.document and new.document.code,
                "documents_paper": documents_paper})
    return kept


def _check(says: Sequence[Say], *, forbidden_too: bool) -> None:
    known = measures()
    for say in says:
        check_codes(say, known)
    _refuse_circles(*says)
    if forbidden_too:
        _refuse_what_is_forbidden(says)


def _refuse_what_is_there(rows: Sequence[Provision]) -> None:
    prints = [row.fingerprint for row in rows]
    if len(set(prints)) < len(prints) or Provision.objects.filter(fingerprint__in=prints).exists():
        raise Refused(zh="这条规定已有记录。", en="This provision is already on record.")


def foreseen(*, row: Plain, paper: Plain | None = None) -> Effect:
    """What recording this row would change; nothing is kept. ``paper`` is one that is not on record yet.

    Raises Refused for whatever ``record`` would refuse of the row as such.
    """
    return foreseen_all(rows=[row], paper=paper)[0]


def foreseen_all(*, rows: Sequence[Plain], paper: Plain | None = None, papers: Sequence[Plain] = ()) -> list[Effect]:
    """What recording all these rows together would change, row by row; nothing is kept."""
    facts = {document.code: document.fact() for document in Document.objects.all()}
    facts |= {str(one["id"]): read_paper(one) for one in (paper, *papers) if one is not None}
    says = [read_say(row, facts, recorded_on=timezone.localdate()) for row in rows]
    for say in says:
        check_codes(say, measures())
        tree().path(say.place, say.valid_from)
    _refuse_circles(*says)
    after = _with(*(replace(say, order=LATEST + number) for number, say in enumerate(says)))
    return [effect(book(), after, say) for say in says]


def supposed(*, rows: Sequence[Plain]) -> Book:
    """The book as it would be with these rows on record too; nothing is kept. Raises Refused for rows that do not fit.

    For whoever asks what a value would do before anybody has written the paper.
    """
    papers = {document.code: document.fact() for document in Document.objects.all()}
    says = [read_say({"modality": "floor", "mark": "SIM", **row}, papers, recorded_on=timezone.localdate())
            for row in rows]
    for say in says:
        check_codes(say, measures())
        tree().path(say.place, say.valid_from)
    _refuse_circles(*says)
    return _with(*(replace(say, order=LATEST + number) for number, say in enumerate(says)))


LATEST = 2**62
"""Stands behind every order on record: what is only being tried speaks last on its day."""


def record_paper(*, by: Actor, row: Plain) -> Document:
    """Put a paper on record, given as a row in the manner of the seeds; raises Refused where its code is taken."""
    require(by=by, right="provision.record", path=path_to(str(row.get("region"))))
    with transaction.atomic():
        paper = read_paper(row)
        if Document.objects.filter(code=paper.code).exists():
            raise Refused(zh=f"代码为“{paper.code}”的文件已有记录。",
                          en=f"A paper “{paper.code}” is already on record.")
        kept = Document.objects.create(code=paper.code, **_document_fields(paper, row))
        bump("provisions")
        write_line(by=by, act="provision.paper", subject=kept.code, after={"title": kept.title_zh})
    return kept


FORBIDDEN = ("below_standard_above", "off_uniform", "above_cap", "cap_below_standard")


def _refuse_what_is_forbidden(says: Sequence[Say]) -> None:
    """Ask a book that already holds them all; not the kept one, which must not see what may yet fail."""
    held = _with(*says)
    for say in says:
        for finding in ask(held, Question(say.measure, say.subject, say.place, say.valid_from, say.group)).findings:
            if finding.kind in FORBIDDEN and finding.place == say.place:
                raise Refused(**_as_words(sentence(finding, short_name)))


def _with(*says: Say) -> Book:
    """All that is on record and ``says``."""
    papers = {row.pk: row.fact() for row in Document.objects.all()}
    return make_book(measures=measures(), places=tree(), subjects=catalogue(),
                     says=[*(row.fact(papers) for row in Provision.objects.order_by("seq", "pk")), *says],
                     assignments=[row.fact() for row in TierAssignment.objects.order_by("seq", "pk")])


def _as_words(words: Bilingual) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


__all__ = [
    "LIMIT_COLUMNS", "NONE", "Loaded", "Told", "book", "foreseen", "foreseen_all", "labels", "limits", "load",
    "load_measures", "measures", "place_name", "promised", "read_value", "record", "record_all", "record_paper",
    "short_name", "supposed", "tell", "told"]
