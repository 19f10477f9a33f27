"""A project's document as the library will have it: its row, what it cites, and whether it could be entered."""

from collections.abc import Sequence

from jizhun.drafting.models import Project
from jizhun.drafting.rules.text import Clause, documents_in
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.numbering import parse_standard
from jizhun.standards.models import plain_standard
from jizhun.standards.rules.library import KINDS, Cite, Standard
from jizhun.standards.rules.reading import read_standard


def issuer(project: Project) -> Bilingual:
    """Who publishes: the regulator, or the proposer where there is none."""
    return project.regulator if project.regulator.zh else project.proposer


def standard_of(project: Project) -> Standard:
    """The project's document as a row of the library."""
    return Standard(
        number=project.number, kind=project.kind, title=project.title, region=project.region,
        published_on=project.published_on, effective_on=project.effective_on, ics=project.ics, ccs=project.ccs,
        issuer=issuer(project), custodian=project.proposer, scope=Bilingual(project.scope_zh, project.scope_en),
        serves=tuple(project.serves), replaces=(project.revises,) if project.revises else (),
        cites=tuple(cites_of(project.text.facts())), source=f"made here: {project.code}",
        mark="SIM" if project.simulated else "V")


def cites_of(clauses: Sequence[Clause]) -> list[Cite]:
    """What a text cites, each once: its normative references, and its bibliography for information."""
    found: dict[str, Cite] = {}
    for clause in clauses:
        if clause.kind in ("references", "bibliography"):
            for number, _title in documents_in(clause.body.zh or clause.body.en):
                try:
                    found.setdefault(str(parse_standard(number)), Cite(str(parse_standard(number)),
                                                                       clause.kind == "references"))
                except Refused:
                    continue
    return list(found.values())


def entry_errors(project: Project) -> list[Bilingual]:
    """Why the library could not take the document as it is; nothing while it has no number."""
    if project.kind not in KINDS or not project.number:
        return []
    try:
        read_standard(plain_standard(standard_of(project)))
    except Refused as refused:
        return [refused.sentence]
    return []
