"""Acts on reports: ask for one, let it be made beside the pages, stop it, remove it; and which ones one may read."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from jizhun.evaluation.actions import data_date, sources
from jizhun.evaluation.models import Report
from jizhun.evaluation.reports.building import outline_of
from jizhun.evaluation.reports.gathering import gather, source_of
from jizhun.evaluation.reports.outline import Outline
from jizhun.evaluation.reports.periods import check_begun, read_period
from jizhun.evaluation.reports.products import LANGUAGES, PRODUCTS
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people import long_work
from jizhun.people.actions import allows, path_to, regions_of, require, write_line
from jizhun.people.models import User
from jizhun.regions.actions import tree

ASK, READ = "result.compute", "result.read"


def made(*, source: str, region: str, period: str, language: str, form: str) -> bytes:
    """A report as a file, at once: for the command line. Raises Refused for what cannot be reported on."""
    return PRODUCTS[form].made(outline_of(gather(source=source, region=region, period=read_period(period))), language)


# -- the acts


def ask_for(*, by: User, source: str, region: str, period: str, language: str) -> Report:
    """Ask for a report; it then waits for its turn.

    Raises Forbidden outside ``by``'s places, Refused for a period ahead or without data; nothing is kept then.
    """
    require(by=by, right=ASK, path=path_to(region))
    asked = read_period(period)
    if language not in LANGUAGES:
        raise Refused(zh=f"报告只有中文（zh）和英文（en），没有“{language}”。",
                      en=f"Reports are in Chinese (zh) or English (en), not in “{language}”.")
    about = source_of(source, region)
    check_begun(asked, timezone.localdate(), data_date(source))
    found = long_work.new(KIND, by=by, source=source, region=region, period=asked.code, language=language,
                          simulated=about.simulated)
    return long_work.ask(KIND, found, by=by)


# -- reading them


def readable(*, by: User, limit: int = 200) -> list[Report]:
    """One's own reports in whatever state, and those of others that are done, of places whose results one may read."""
    granted = set(regions_of(by=by, right=READ))
    rows = [one for one in Report.objects.all() if one.by == by.username or
            (one.state == Report.DONE and granted & set(_path(one.region)))]
    return rows[:limit]


def one_of(*, by: User, token: str) -> Report | None:
    """The report with this token, if ``by`` may read it; None where there is none or it is none of theirs."""
    found = long_work.looked_at(KIND, token)
    if found is None or not allows(by=by, right=READ, path=_path(found.region) or (found.region,)):
        return None
    return found if found.by == by.username or found.state == Report.DONE else None


def file_of(report: Report, form: str) -> Path | None:
    """A file of a report; None where it was not made."""
    path = folder_of(report) / f"report.{form}"
    return path if report.state == Report.DONE and form in report.forms and path.is_file() else None


def offered_sources(places: Iterable[str]) -> list[str]:
    """The sources with cases of which reports can be made for one of these places."""
    found = []
    for code in sources():
        for region in places:
            try:
                about = source_of(code, region)
            except Refused:
                continue
            if about.region in _path(region) or region in _path(about.region):
                found.append(code)
                break
    return found


# -- what they are made of


def _path(region: str) -> tuple[str, ...]:
    """The path to a place today; nothing where there is no such place any more."""
    return tuple(tree().path(region, timezone.localdate())) if region in tree() else ()


def _make(report: Report, step: long_work.Step) -> None:
    """Gather, lay out, write every form; a form that this machine cannot write is left out and said so."""
    by = User.objects.get(username=report.by)
    require(by=by, right=ASK, path=path_to(report.region))
    figures = gather(source=report.source, region=report.region, period=read_period(report.period), step=step)
    outline = outline_of(figures)
    folder = folder_of(report)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    forms, sentence = _write_all(outline, report.language, folder, step)
    with transaction.atomic():
        long_work.settle(
            report, as_of=figures.as_of, title_zh=f"{outline.title.zh}{outline.below.zh}"[:300],
            title_en=f"{outline.title.en}. {outline.below.en}"[:300], forms=forms, sentence_zh=sentence.zh,
            sentence_en=sentence.en)
        write_line(by=by, act="evaluation.make_report", subject=str(report),
                   after={"forms": forms, "runs": [one.number for one in figures.runs]})


def _write_all(outline: Outline, language: str, folder: Path,
               step: long_work.Step) -> tuple[list[str], Bilingual]:
    forms, sentence = [], Bilingual("", "")
    for number, (form, product) in enumerate(PRODUCTS.items()):
        step(0.86 + 0.04 * number)
        try:
            content = product.made(outline, language)
        except Refused as refused:
            sentence = refused.sentence
            continue
        (folder / f"report.{form}").write_bytes(content)
        forms.append(form)
    if not forms:
        raise Refused(zh=sentence.zh, en=sentence.en)
    return forms, sentence


def _called(report: Report) -> Bilingual:
    return report.title if report.title_zh else Bilingual(f"{report.region} {report.period}",
                                                          f"{report.region} {report.period}")


KIND: Final = long_work.Kind(
    Report, act="evaluation.{}_report", folder="reports", page="work/reports/{token}/",
    missing=Bilingual("没有这份报告。", "There is no such report."),
    moving=Bilingual("还在生成，请先取消。", "It is still being made; cancel it first."),
    told={Report.DONE: Bilingual("报告已生成：{what}", "The report is ready: {what}"),
          Report.REFUSED: Bilingual("报告未能生成：{what}", "The report could not be made: {what}"),
          Report.FAILED: Bilingual("报告生成出错：{what}", "Something went wrong making the report: {what}")},
    name=_called, keeps=True,
    asked=lambda one: {"source": one.source, "region": one.region, "period": one.period, "language": one.language})
folder_of = KIND.folder_of
run = partial(long_work.run, KIND, work=_make)
cancel, forget = partial(long_work.cancel, KIND), partial(long_work.forget, KIND)
own = partial(long_work.own, KIND)
