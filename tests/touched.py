"""Dependants of every kind, planted one at a time in the fictional province, and changes of every kind over them."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

import pilot_cast
from certified import described, issued
from drafting_cast import TEXT, clause, opened, person, written
from jizhun.collaboration.actions import areas, joint
from jizhun.collaboration.actions.crossing import arrange
from jizhun.collaboration.actions.recognition import recognise
from jizhun.collaboration.models import JointStandard
from jizhun.drafting.models import Project, Proposed
from jizhun.evaluation.models import (
    Finding,
    FindingStep,
    Proposal,
    Publication,
    PublishedEdition,
    Round,
    Run,
    SheetEdition,
)
from jizhun.guides import actions as guides
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.rules import SYSTEM
from jizhun.pilots.models import PilotApplication, PilotStep, Practice
from jizhun.procedures import actions as procedures
from jizhun.provisions.actions import record_all
from jizhun.provisions.models import Document
from jizhun.standards.actions import enter
from jizhun.standards.models import ClauseRow, FrameworkRow
from jizhun.standards.rules.library import Cite, Standard
from jizhun.training.actions.sources import source
from jizhun.training.models import Course, CourseStep, CourseVersion
from training_bank import question

MATTER, ITEM, COUNTY, CITY, PROVINCE = "NB029-EX01", "NB029", "990101", "990100", "990000"
GONE, PAPER, OTHER_MATTER = "DB99/T 901-2020", "ending-paper", "NB049-EX01"
RULE = "unemployment_benefit"
PROMISE = ("promise", (MATTER, COUNTY, "all", "promised_limit"))
OF_CLAUSE = ("clause", (GONE, "limit"))
OF_FIELD = ("field", (MATTER, COUNTY, "contacts"))
OF_STEPS = ("steps", (MATTER, COUNTY))
OF_RULE = ("rule", (RULE, COUNTY))


def today() -> date:
    return timezone.localdate()


def tomorrow() -> date:
    return today() + timedelta(1)


def row(measure: str = "promised_limit", value: Any = 2, unit: str | None = "working_day", region: str = PROVINCE,
        **more: Any) -> dict[str, Any]:
    said = {"subject": MATTER, "measure": measure, "region": region, "modality": "floor", "value": value,
            "from": tomorrow().isoformat(), "document": "sim-limits-2025", "mark": "SIM", "source": "test",
            "clause_zh": "一", "clause_en": "1", **more}
    return said | ({"unit": unit} if unit else {})


# -- changes ---------------------------------------------------------------------------------------


def provision(**more: Any) -> Change:
    return Change("provision", {"rows": [row(**more)]})


def fewer_materials() -> Change:
    return provision(measure="materials", value={"set": ["identity_or_social_security_card"]}, unit=None)


def backdated() -> Change:
    return provision(**{"from": (today() - timedelta(60)).isoformat()})


def lapse() -> Change:
    """A paper of the province with a value of its own that ends in ten days."""
    last = today() + timedelta(10)
    paper = {"id": PAPER, "title_zh": "到期文件（模拟）", "title_en": "A paper that ends (simulated)", "kind": "notice",
             "region": PROVINCE, "published_on": "2024-01-01", "valid_until": last, "mark": "SIM", "source": "test"}
    record_all(by=SYSTEM, rows=[row(value=1, document=PAPER, until=last, **{"from": "2025-06-01"})], paper=paper)
    return Change("lapse", {"document": PAPER})


def withdrawal() -> Change:
    return Change("withdrawal", {"number": GONE})


def reworded() -> Change:
    return Change("clause", {"number": GONE, "clauses": ["limit"]})


def revision() -> Change:
    """A project that revises the standard, with another text."""
    project = opened(revises=GONE)
    written(project)
    return Change("standard", {"project": project.code})


def edition() -> Change:
    """From an edition that has the item to one that has it no more."""
    from jizhun.catalogue.models import Edition, ItemInEdition
    from jizhun.regions.actions import bump

    older = Edition.objects.get(code="2023")
    newer = Edition.objects.create(code="next", name_zh="下一版（模拟）", name_en="The next one (simulated)", number="",
                                   valid_from=tomorrow(), root="CN", based_on=older.code, source="test", mark="SIM")
    for one in ItemInEdition.objects.filter(edition=older).exclude(item__code=ITEM):
        one.pk, one.edition = None, newer
        one.save()
    bump("catalogue")
    return Change("edition", {"older": older.code, "newer": newer.code})


def matter() -> Change:
    return Change("matter", {"code": MATTER})


def guide_above() -> Change:
    contacts = [{"id": "hall", "zh": "新办公地点", "en": "A new office"}]
    return Change("guide", {"sort": "guide", "matter": MATTER, "region": PROVINCE,
                            "fields": {"contacts": contacts, "delivery": {"zh": "邮寄", "en": "By post"}}})


def steps_above() -> Change:
    return Change("guide", {"sort": "procedure", "matter": MATTER, "region": PROVINCE, "fields": {"steps": _steps(1)}})


def _steps(days: int) -> list[dict[str, Any]]:
    whole = procedures.procedure(matter=MATTER, region=COUNTY, on=today()).whole
    steps = [dict(one) for one in whole.content("steps")]
    next(one for one in steps if one["id"] == "examine")["limit"] = {"amount": days, "unit": "working_day"}
    return steps


def rule() -> Change:
    holds = [{"name": "paid_a_year", "holds": "contribution_months >= 6 or unused_months > 0", "zh": "缴费满六个月",
              "en": "Six months of contributions"}]
    return Change("rule", {"code": RULE, "row": _version(PROVINCE, holds)})


def _version(region: str, holds: list[dict[str, Any]]) -> dict[str, Any]:
    return {"region": region, "from": tomorrow().isoformat(), "document": "social-insurance-law", "mark": "SIM",
            "clause_zh": "第一条", "clause_en": "Article 1", "conditions": holds}


def measure(code: str = "promised_limit") -> Change:
    return Change("measure", {"code": code})


def place() -> Change:
    return Change("region", {"code": COUNTY, "into": "990102", "what": "merge"})


def day_off() -> Change:
    return Change("day_off", {"region": PROVINCE, "day": (today() - timedelta(30)).isoformat()})


# -- dependants ------------------------------------------------------------------------------------


def value() -> str:
    """The county's own limit, better than the province's now."""
    record_all(by=SYSTEM, rows=[row(value=3, region=COUNTY, **{"from": "2025-06-01"})])
    return COUNTY


def guide(**fields: Any) -> str:
    said = fields or {"delivery": {"zh": "3 个工作日内寄出", "en": "Posted within 3 working days"}}
    guides.record(by=person("county-editor"), sort="guide", matter=MATTER, region=COUNTY, fields=said)
    return MATTER


def noting_materials() -> str:
    return guide(material_notes=[{"id": "claim_form", "zh": "窗口填写", "en": "Filled in at the counter"}])


def quoting_the_standard() -> str:
    return guide(delivery={"zh": f"按 {GONE} 办理", "en": f"Handled by {GONE}"})


def own_steps() -> str:
    procedures.record(by=person("county-editor"), matter=MATTER, region=COUNTY, fields={"steps": _steps(9)})
    return MATTER


def being_written() -> str:
    guides.save_draft(by=person("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                      fields={"contacts": [{"id": "desk", "zh": "一楼", "en": "Ground floor"}]})
    return f"guide:{MATTER}"


def steps_being_written() -> str:
    from jizhun.procedures.actions import checked_procedure

    guides.save_draft(by=person("county-editor"), sort="procedure", matter=MATTER, region=COUNTY,
                      fields={"steps": _steps(2)}, check=checked_procedure)
    return f"procedure:{MATTER}"


def rule_of_the_county(document: str = "social-insurance-law", **reads: Any) -> str:
    from jizhun.entitlements.actions import record_version

    holds = [{"name": "paid_a_year", "holds": "contribution_months >= 4 or unused_months > 0", "zh": "缴费满四个月",
              "en": "Four months of contributions"}]
    said = _version(COUNTY, holds) | {"document": document, "from": "2026-01-01"} | reads
    record_version(by=SYSTEM, code=RULE, row=said, documents_paper=True)
    return RULE


def rule_that_reads() -> str:
    """A rule of the county that reads the promised limit."""
    return rule_of_the_county(measures=[{"name": "days", "measure": "promised_limit", "subject": MATTER}])


def rule_by_the_paper() -> str:
    return rule_of_the_county(document=PAPER)


def gone_standard() -> None:
    """A standard of the province with the clause that others rest on; it is there before whatever is planted."""
    enter(by=SYSTEM, standard=Standard(GONE, "local", Bilingual("窗口规范（模拟）", "Counter rules (simulated)"),
                                       region=PROVINCE, published_on=date(2020, 1, 1), effective_on=date(2020, 2, 1),
                                       source="test", mark="SIM"),
          clauses=[ClauseRow(place=0, key="limit", kind="clause", level=1, number="4", heading_zh="时限",
                             heading_en="Limit", body_zh="3个工作日。", body_en="3 working days.")])


def standard(**more: Any) -> str:
    """A standard of a city that cites it (or whatever is asked for)."""
    said: dict[str, Any] = {"cites": (Cite(GONE),), "region": CITY, **more}
    digits = said["region"].removesuffix("00").removesuffix("00")
    number = f"DB{digits}/T 902-2021"
    enter(by=SYSTEM, standard=Standard(
        number, "local", Bilingual("引用它的标准", "One that cites it"), source="test", mark="SIM",
        published_on=date(2021, 1, 1), effective_on=date(2021, 2, 1), **said))
    return number


def serving_standard() -> str:
    return standard(cites=(), serves=(MATTER,))


def standard_of_the_county() -> str:
    """Numbers of counties are in-house standards' own."""
    number = "Q/SJ 902-2021"
    enter(by=SYSTEM, standard=Standard(number, "internal", Bilingual("本区规范", "The district's own"), region=COUNTY,
                                       source="test", published_on=date(2021, 1, 1), effective_on=date(2021, 2, 1),
                                       mark="SIM"))
    return number


def proposing_standard() -> str:
    """A standard of the province whose text proposes a limit."""
    number = standard(cites=(), region=PROVINCE)
    project = opened()
    Project.objects.filter(pk=project.pk).update(number=number, stage="60")
    Proposed.objects.create(number=number, project=project, clause="limit", clause_number="4",
                            row={**row(value=2), "value": "2"})
    return number


def line(**more: Any) -> str:
    """A standards system of the county with a line."""
    entry = {"title_zh": "窗口规范", "title_en": "Counter rules", "kind": "local", **more}
    fields = {"code": "sample", "name_zh": "示例体系", "name_en": "Sample system", "region": COUNTY, "source": "test",
              "mark": "SIM", "nodes": [{"code": "1", "name_zh": "一", "name_en": "One", "entries": [entry]}]}
    FrameworkRow.objects.create(code="sample", region=COUNTY, place=9, fields=fields)
    from jizhun.regions.actions import bump

    bump("standards")
    return f"sample/1/{more.get('number') or '窗口规范'}"


def filled_line() -> str:
    return line(number=GONE)


def serving_line() -> str:
    return line(serves=[MATTER])


def draft(**more: Any) -> str:
    project = opened(serves=more.pop("serves", []), **more)
    return project.code


def citing_draft() -> str:
    from jizhun.drafting.actions import texts

    project = opened(serves=[])
    texts.save_clause(by=person("province-editor"), project=project,
                      clause=clause("references", f"{GONE}  窗口规范", f"{GONE}  Counter rules"))
    return project.code


def proposing_draft() -> str:
    from jizhun.drafting.actions import texts

    project = opened(serves=[])
    texts.save_clause(by=person("province-editor"), project=project, clause=TEXT[-1])
    return project.code


def serving_draft() -> str:
    return draft(serves=[MATTER])


def draft_of_the_county() -> str:
    return draft(region=COUNTY, procedure="internal")


Named = tuple[str, tuple[str, ...]]


def asked(of: Named = PROMISE) -> str:
    """A question in use over a source."""
    code = "Q-touched"
    question("single", code, region=COUNTY, sources=[source(kind=of[0], key=of[1], on=today()).plain()])
    return code


def unit(of: Named = PROMISE) -> str:
    words = {"zh": "字", "en": "words"}
    made = Course.objects.create(code="touched", role="clerk", region=COUNTY, by="author")
    version = CourseVersion.objects.create(course=made, number=1, by="author", content={
        "name": words, "summary": words, "requires": [], "units": [
            {"id": "one", "kind": "text", "title": words, "body": words,
             "sources": [source(kind=of[0], key=of[1], on=today()).plain()]}]})
    for act in ("submit", "accept"):
        CourseStep.objects.create(version=version, act=act, by="reviewer")
    return "touched/one"


def certificate(of: Named = PROMISE) -> str:
    described(covers=(of,))
    issued()
    return "unemployment-clerk"


def _run() -> Run:
    return Run.objects.create(index="conformance", source="sample", parameters={}, lake_version=0, revisions="",
                              limits_hash="", fingerprint="x", sql="", engine="reference", engine_version="",
                              seconds=0, cases=0, figures={})


def publication(indices: tuple[str, ...] = ("conformance.promised_limit",)) -> str:
    about = Publication.objects.create(code="touched", title_zh="通报（模拟）", title_en="A report (simulated)",
                                       region=PROVINCE, source="sample", simulated=True, indices=list(indices),
                                       first=today() - timedelta(90), last=today() - timedelta(1), down="county",
                                       by="author")
    proposal = Proposal.objects.create(publication=about, content={}, content_hash="x", as_of=today(), maker="author")
    PublishedEdition.objects.create(publication=about, proposal=proposal, number=1, content_hash="x",
                                    reviewer="reviewer")
    return about.code


def finding() -> str:
    row = Finding.objects.create(
        pattern="late", index="conformance.promised_limit", subject=MATTER, region=COUNTY, source="sample",
        simulated=True, round=1, body_zh="区", body_en="District", sentence_zh="超时", sentence_en="Late", rule={},
        run=_run(), first=today() - timedelta(90), last=today() - timedelta(1), as_of=today(), numerator=1,
        denominator=2, opened_on=today(), by="author")
    FindingStep.objects.create(finding=row, number=1, act="open", state="opened", answer_by=tomorrow(),
                               rectify_by=tomorrow(), on=today(), by="author")
    return str(row.pk)


def assessment() -> str:
    sheet = SheetEdition.objects.filter(kind="sheet").first()
    one = Round.objects.create(
        sheet=sheet, region=PROVINCE, name_zh="一轮", name_en="A round", first=today() - timedelta(90),
        last=today() - timedelta(1), opens=today(), self_until=tomorrow(), check_until=tomorrow() + timedelta(1),
        sample_until=tomorrow() + timedelta(2), by="author")
    return f"round:{one.pk}"


def sheet() -> str:
    one = SheetEdition.objects.filter(kind="sheet").first()
    assert one is not None
    return f"{one.code}/{one.edition}"


def recognition(document: str = "") -> str:
    recognise(by=person("province-editor"), code="touched", kind="material", subject="claim_form", matters=[MATTER],
              what=Bilingual("申领表", "Claim form"), basis=Bilingual("协议（模拟）", "An agreement (simulated)"),
              regions=[COUNTY, "990201"], document=document)
    return "touched"


def recognition_by_the_paper() -> str:
    return recognition(PAPER)


def arrangement() -> str:
    legs = [{"leg": code, "does_zh": "办", "does_en": "Does", "limit": 3} for code in ("accept", "handle")]
    arrange(by=person("province-editor"), code="touched", matter=MATTER, mode="elsewhere", regions=[COUNTY, "990201"],
            legs=legs, basis=Bilingual("协议（模拟）", "An agreement (simulated)"))
    return "touched"


def joint_standard(number: str = "DB99/T 903-2022", project: Project | None = None) -> str:
    made = project or opened(serves=[])
    if project is None:
        Project.objects.filter(pk=made.pk).update(number=number, stage="60")
        Proposed.objects.create(number=number, project=made, clause="limit", clause_number="4",
                                row={**row(value=2), "value": "2"})
    area = areas.area_of("sample-pine-cypress")
    JointStandard.objects.create(area=area, project=made, regions=[CITY, COUNTY], by="author")
    assert joint.places_of(made.joint)
    return made.code


def joint_of_the_one_that_goes() -> str:
    return joint_standard(GONE)


def member() -> str:
    """The county joins an area."""
    from jizhun.collaboration.models import AreaStep

    area = areas.area_of("sample-pine-cypress")
    AreaStep.objects.create(area=area, region=COUNTY, act="joined", on=date(2024, 1, 1), mark="SIM", by="author")
    return area.code


def pilot() -> str:
    """The county is a pilot of a programme that is open today."""
    programme = pilot_cast.opened(levels=(3,))
    one = PilotApplication.objects.create(programme=programme, region=COUNTY, kind="comprehensive", on=today(),
                                          mark="SIM", by="author")
    PilotStep.objects.create(application=one, act="selected", on=today(), by="author")
    return str(one.pk)


def practice(standard: str = "", matters: tuple[str, ...] = (MATTER,)) -> str:
    Practice.objects.create(code="touched", region=COUNTY, title_zh="经验（模拟）", title_en="A practice (simulated)",
                            parts={}, standard=standard, matters=list(matters), mark="SIM", simulated=True,
                            on=today(), by="author")
    return "touched"


def practice_of_the_standard() -> str:
    return practice(GONE, ())


def role() -> str:
    return "county-editor:county_editor"


def paper_on_record() -> bool:
    return Document.objects.filter(code=PAPER).exists()
