"""Acts on reports: ask for one, let it be made beside the pages, stop it, remove it; and which ones one may read."""

import logging
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
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
from jizhun.people.actions import allows, path_to, regions_of, require, tell, write_line
from jizhun.people.models import User
from jizhun.regions.actions import tree

log = logging.getLogger(__name__)
ASK, READ = "result.compute", "result.read"
TOKEN: Final = re.compile(r"[0-9]{14}-[0-9a-f]{12}")
STALE: Final = timedelta(days=1)
PAGE: Final = "work/reports/{token}/"


def made(*, source: str, region: str, period: str, language: str, form: str) -> bytes:
    """A report as a file, at once: for the command line. Raises Refused for what cannot be reported on."""
    return PRODUCTS[form].made(outline_of(gather(source=source, region=region, period=read_period(period))), language)


# -- the acts


def ask_for(*, by: User, source: str, region: str, period: str, language: str) -> Report:
    """Ask for a report; it then waits for its turn.

    Raises Forbidden outside ``by``'s places, Refused for a period ahead or without data; nothing is kept then.
    """
    _sweep()
    require(by=by, right=ASK, path=path_to(region))
    asked = read_period(period)
    if language not in LANGUAGES:
        raise Refused(zh=f"报告只有中文（zh）和英文（en），没有“{language}”。",
                      en=f"Reports are in Chinese (zh) or English (en), not in “{language}”.")
    about = source_of(source, region)
    check_begun(asked, timezone.localdate(), data_date(source))
    found = Report(token=f"{timezone.localtime():%Y%m%d%H%M%S}-{secrets.token_hex(6)}", by=by.username,
                   state=Report.WAITING, source=source, region=region, period=asked.code, language=language,
                   simulated=about.simulated)
    with transaction.atomic():
        found.save()
        write_line(by=by, act="evaluation.ask_report", subject=str(found),
                   after={"source": source, "region": region, "period": asked.code, "language": language})
    return found


def run(*, token: str) -> None:
    """Make one that waits; whatever happens ends up in its row, and whoever asked is told."""
    if not Report.objects.filter(token=token, state=Report.WAITING).update(state=Report.RUNNING):
        return
    found, begun = Report.objects.get(token=token), time.monotonic()
    try:
        _make(found)
        _settle(found, state=Report.DONE, share=1.0)
    except Stopped:
        _undo(found, state=Report.CANCELLED)
    except Refused as refused:
        _undo(found, state=Report.REFUSED, sentence_zh=refused.sentence.zh, sentence_en=refused.sentence.en)
    except Exception:
        _undo(found, state=Report.FAILED)
        log.exception("report %s failed", token)
        raise
    finally:
        _settle(found, seconds=time.monotonic() - begun)
        _tell(found)


def cancel(*, by: User, token: str) -> Report:
    """Stop what one asked for: at once where nothing runs yet, else as soon as the worker looks."""
    with transaction.atomic():
        found = _own(by, token)
        if not found.moving or found.to_stop:
            return found
        if found.state == Report.WAITING:
            found.state = Report.CANCELLED
        found.to_stop = True
        found.save(update_fields=["state", "to_stop"])
        write_line(by=by, act="evaluation.cancel_report", subject=str(found))
    return found


def forget(*, by: User, token: str) -> None:
    """Remove what one asked for with its files; raises Refused while it is still on its way."""
    with transaction.atomic():
        found = _own(by, token)
        if found.moving:
            raise Refused(zh="还在生成，请先取消。", en="It is still being made; cancel it first.")
        write_line(by=by, act="evaluation.forget_report", subject=str(found),
                   before={"source": found.source, "region": found.region, "period": found.period})
        found.delete()
    shutil.rmtree(folder_of(found), ignore_errors=True)


# -- reading them


def readable(*, by: User, limit: int = 200) -> list[Report]:
    """One's own reports in whatever state, and those of others that are done, of places whose results one may read."""
    granted = set(regions_of(by=by, right=READ))
    rows = [one for one in Report.objects.all() if one.by == by.username or
            (one.state == Report.DONE and granted & set(_path(one.region)))]
    return rows[:limit]


def one_of(*, by: User, token: str) -> Report | None:
    """The report with this token, if ``by`` may read it; None where there is none or it is none of theirs."""
    found = Report.objects.filter(token=token).first() if TOKEN.fullmatch(token) else None
    if found is None or not allows(by=by, right=READ, path=_path(found.region) or (found.region,)):
        return None
    return found if found.by == by.username or found.state == Report.DONE else None


def file_of(report: Report, form: str) -> Path | None:
    """A file of a report; None where it was not made."""
    path = folder_of(report) / f"report.{form}"
    return path if report.state == Report.DONE and form in report.forms and path.is_file() else None


def folder_of(report: Report) -> Path:
    return Path(settings.FILES) / "reports" / report.token


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


class Stopped(Refused):
    """Whoever asked has stopped it."""

    def __init__(self) -> None:
        super().__init__(zh="已取消。", en="Cancelled.")


def _path(region: str) -> tuple[str, ...]:
    """The path to a place today; nothing where there is no such place any more."""
    return tuple(tree().path(region, timezone.localdate())) if region in tree() else ()


def _own(by: User, token: str) -> Report:
    found = Report.objects.select_for_update().filter(token=token, by=by.username).first()
    if found is None:
        raise Refused(zh="没有这份报告。", en="There is no such report.")
    return found


def _make(report: Report) -> None:
    """Gather, lay out, write every form; a form that this machine cannot write is left out and said so."""
    by = User.objects.get(username=report.by)
    require(by=by, right=ASK, path=path_to(report.region))

    def step(share: float) -> None:
        if Report.objects.filter(pk=report.pk, to_stop=True).exists():
            raise Stopped
        Report.objects.filter(pk=report.pk).update(share=share)

    figures = gather(source=report.source, region=report.region, period=read_period(report.period), step=step)
    outline = outline_of(figures)
    folder = folder_of(report)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    forms, sentence = _write_all(outline, report.language, folder, step)
    with transaction.atomic():
        _settle(report, as_of=figures.as_of, title_zh=f"{outline.title.zh}{outline.below.zh}"[:300],
                title_en=f"{outline.title.en}. {outline.below.en}"[:300], forms=forms, sentence_zh=sentence.zh,
                sentence_en=sentence.en)
        write_line(by=by, act="evaluation.make_report", subject=str(report),
                   after={"forms": forms, "runs": [one.number for one in figures.runs]})


def _write_all(outline: Outline, language: str, folder: Path, step: Any) -> tuple[list[str], Bilingual]:
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


def _undo(report: Report, **changes: Any) -> None:
    shutil.rmtree(folder_of(report), ignore_errors=True)
    _settle(report, **changes)


def _settle(report: Report, **changes: Any) -> None:
    """Change the row in hand and at rest, and nothing that somebody else may have changed meanwhile."""
    for name, value in changes.items():
        setattr(report, name, value)
    report.save(update_fields=list(changes))


TOLD: Final = {
    Report.DONE: Bilingual("报告已生成：{what}", "The report is ready: {what}"),
    Report.REFUSED: Bilingual("报告未能生成：{what}", "The report could not be made: {what}"),
    Report.FAILED: Bilingual("报告生成出错：{what}", "Something went wrong making the report: {what}")}


def _tell(report: Report) -> None:
    """A notice to whoever asked; nothing to whoever cancelled."""
    if report.state not in TOLD:
        return
    what = report.title if report.state == Report.DONE else report.told
    zh, en = (what.zh or f"{report.region} {report.period}"), (what.en or f"{report.region} {report.period}")
    words = TOLD[report.state]
    tell(text=Bilingual(words.zh.format(what=zh), words.en.format(what=en)), about=str(report),
         href=PAGE.format(token=report.token), username=report.by)


def _sweep() -> None:
    """Say of what a worker that died left lying that it failed."""
    before = timezone.now() - STALE
    for one in Report.objects.filter(asked_at__lt=before, state__in=(Report.WAITING, Report.RUNNING)):
        _undo(one, state=Report.FAILED)
