"""One finding: its evidence, its way so far, and what the signed-in person may do: answer, return, extend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.evaluation.findings import Standing, answer, extend, history, one, send_back
from jizhun.evaluation.findings.standing import open_acts, path_of
from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.models import Finding, FindingStep, Remeasurement
from jizhun.evaluation.rules.findings import ACTS, CAUSES, STATES, Answer
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, share, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import remark, require
from jizhun.people.models import Remark
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import number_in
from jizhun.workbench.rectification import READ
from jizhun.workbench.upload import user_of


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the page tells it: what, when, by whom, and its parts (label, text)."""

    number: int
    act: str
    when: str
    by: str
    parts: list[tuple[str, str]]
    sign: str


@login_required
def rectification(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; answers, returns, extensions and remarks are posted to it."""
    if not Finding.objects.filter(pk=pk).exists():
        raise NotFound(zh=f"没有编号为 {pk} 的问题。", en=f"There is no finding number {pk}.")
    user, found = user_of(request), one(pk)
    require(by=user, right=READ, path=path_of(found.finding.region))
    wrong = ""
    if request.method == "POST":
        try:
            _act(request, found)
            return HttpResponseRedirect(reverse("rectification", args=[pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong, found = words(refused.sentence), one(pk)
    return _shown(request, found, wrong)


def _act(request: HttpRequest, found: Standing) -> None:
    sent, user, pk = request.POST, user_of(request), found.finding.pk
    seen = number_in(sent, "seen")
    match sent.get("do"):
        case "answer":
            answer(by=user, finding=pk, said=_answer(sent), seen=seen)
        case "return":
            send_back(by=user, finding=pk, reason=sent.get("reason", ""), seen=seen)
        case "extend":
            extend(by=user, finding=pk, until=_day(sent, "until"), reason=sent.get("why_later", ""), seen=seen)
        case "remark":
            remark(by=user, about=f"finding:{pk}", text=sent.get("text", ""))
        case _:
            raise Refused(zh="请选择一种处理方式。", en="Choose one of the ways.")


def _answer(sent: QueryDict) -> Answer:
    return Answer(sent.get("cause", ""), sent.get("why", ""), sent.get("measures", ""), sent.get("responsible", ""),
                  _day(sent, "done_by"))


def _day(sent: QueryDict, name: str) -> date:
    text = sent.get(name, "").strip()
    if not text:
        raise Refused(zh="请填写日期。", en="Fill in the day.")
    return parse_day(text)


# -- what is shown ---------------------------------------------------------------------------------


def _shown(request: HttpRequest, found: Standing, wrong: str) -> HttpResponse:
    user, today, row = user_of(request), timezone.localdate(), found.finding
    steps = history(row)
    measured, acts = _measured(found, steps), open_acts(by=user, found=found)
    picture = _picture(found, steps)
    context = {
        "found": found, "row": row, "state": STATES[found.state], "late": found.overdue(today), "wrong": wrong,
        "steps": [_told(step, found) for step in steps], "acts": acts, "causes": CAUSES, "typed": request.POST,
        "place": tree().known(row.region), "index": INDICES[row.index], "facts": _facts(found), "table": measured,
        "picture": picture, "drill": _drill(found), "remarks": Remark.objects.filter(about=f"finding:{row.pk}"),
        "successor": Finding.objects.filter(forerunner=row).first(), "waits": _waits(found)}
    return show(request, "workbench/rectification.html", context, [measured], [picture], status=400 if wrong else 200)


def _waits(found: Standing) -> str:
    """What has to happen next."""
    if found.closed:
        return _("The cases accepted since the answer meet the threshold. Nothing more is to be done.")
    if found.state in ("opened", "returned"):
        return _("%(body)s answers by %(day)s: why, what is done, who sees to it and until when.") % {
            "body": words(found.finding.body), "day": day(found.dates.answer_by)}
    rule = found.pattern
    return _("Cases accepted after the answer are measured again with every delivery. It is closed when at least "
             "%(n)s of them are judged and %(share)s is met; due by %(day)s.") % {
        "n": rule.smallest, "share": share(float(rule.threshold)), "day": day(found.dates.rectify_by)}


def _facts(found: Standing) -> list[tuple[str, str]]:
    row, rule = found.finding, found.pattern
    bound = _("at least %(share)s") if rule.index.higher_is_better else _("at most %(share)s")
    return [
        (_("Responsible body"), words(row.body)), (pgettext("finding", "Rule"), f"{words(rule.name)} ({row.pattern})"),
        (_("Threshold"), bound % {"share": share(float(rule.threshold))}),
        (_("Smallest number of judged cases"), count(rule.smallest)),
        (_("Definition"), words(rule.index.text)),
        (_("Accepted from, to"), f"{day(row.first)} – {day(row.last)}"), (_("Data date"), day(row.as_of)),
        (_("Run"), f"{row.run_id} · {row.run.engine} {row.run.engine_version} · {row.run.fingerprint[:16]}"),
        (_("Opened"), f"{day(row.opened_on)} · {row.by}")]


def _drill(found: Standing) -> str:
    """The results page with the cases behind the figure."""
    row = found.finding
    said: dict[str, object] = {"region": row.region, "source": row.source}
    if row.subject:
        said[found.pattern.subject] = row.subject
    return f"{reverse('results')}?{urlencode(said)}"


def _measured(found: Standing, steps: list[FindingStep]) -> Table:
    """The figure as found and every re-measurement, one below the other."""
    row, index = found.finding, found.pattern.index
    columns = [Column("what", _("Measured"), "head"), Column("on", _("On"), "date"),
               Column("period", _("Accepted from, to")), Column("share", words(index.name), "number"),
               Column("numerator", _("Numerator"), "number"), Column("denominator", _("Denominator"), "number"),
               Column("verdict", _("Outcome")), Column("run", _("Run"), "number")]
    rows = [_line(_("as found"), row.opened_on, row, _("threshold not met"), "breach")]
    for step in steps:
        if hasattr(step, "remeasurement"):
            sign = {"met": "kept", "off": "breach", "few": ""}[step.remeasurement.verdict]
            rows.append(_line(_("since the answer"), step.on, step.remeasurement, words(OUTCOMES[
                step.remeasurement.verdict]), sign))
    return Table("measured", _("The figure, as found and re-measured"), columns, rows, stacked=True)


OUTCOMES: Mapping[str, Bilingual] = {
    "met": Bilingual("达标", "threshold met"), "off": Bilingual("未达标", "threshold not met"),
    "few": Bilingual("办件太少，不作判断", "too few cases to tell")}


def _line(what: str, on: date, one: Finding | Remeasurement, verdict: str, sign: str) -> list[Cell | str]:
    value = one.numerator / one.denominator if one.denominator else None
    return [what, Cell(day(on), plain=str(on)), f"{one.first} – {one.last}",
            Cell(share(value), plain="" if value is None else round(value, 6)),
            Cell(count(one.numerator), plain=one.numerator), Cell(count(one.denominator), plain=one.denominator),
            Cell(verdict, sign=sign), Cell(str(one.run_id), plain=one.run_id)]


def _picture(found: Standing, steps: list[FindingStep]) -> Chart:
    """The same as bars, the threshold among them."""
    row, bound = found.finding, float(found.pattern.threshold)
    rows = [Bar(_("threshold"), bound, share(bound)), _bar(_("as found"), row.numerator, row.denominator)]
    rows += [_bar(str(step.remeasurement.last), step.remeasurement.numerator, step.remeasurement.denominator)
             for step in steps if hasattr(step, "remeasurement") and step.remeasurement.denominator]
    title = _("Share as found and since the answer")
    return bars("shares", f"{title} ({_('simulated')})" if row.simulated else title, rows)


def _bar(name: str, numerator: int, denominator: int) -> Bar:
    value = numerator / denominator
    return Bar(name, value, f"{share(value)} · n = {count(denominator)}", strong=True)


def _told(step: FindingStep, found: Standing) -> Told:
    parts = [(_("Cause"), words(CAUSES[step.cause])), (_("Why"), step.why), (_("Measures"), step.measures),  # type: ignore[index]
             (_("Who sees to it"), step.responsible), (_("Done by"), day(step.done_by))] if step.cause else []
    if step.act == "open":
        parts.append((_("Found"), words(found.finding.sentence)))
    if step.reason:
        parts.append((_("Reason"), step.reason))
    if hasattr(step, "remeasurement"):
        last = step.remeasurement
        value = last.numerator / last.denominator if last.denominator else None
        parts.append((_("Figure"), f"{share(value)} ({count(last.numerator)} / {count(last.denominator)})"))
    if step.act in ("open", "return", "extend", "answer"):
        parts.append((_("Due"), day(step.answer_by if step.state in ("opened", "returned") else step.rectify_by)))
    sign = {"close": "kept", "remeasure": "breach", "open": "breach"}.get(step.act, "")
    return Told(step.number, words(ACTS[step.act]), day(step.on), step.by, parts, sign)
