"""``jizhun ingest``: case records from a file into the lake, by a mapping file."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.delivery import actions
from jizhun.delivery.actions import Receipt, many
from jizhun.delivery.ingest import Progress
from jizhun.evaluation.standing import bring_along
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.management.arguments import whole_number
from jizhun.people.rules import SYSTEM

WIDTH = 30


class Command(BaseCommand):
    help = _("Take case records in from a file, by a mapping file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="*", help=_("CSV, TSV, JSON lines, Parquet or XLSX; plain, .gz or .zip")
        )
        parser.add_argument("--mapping", type=Path, metavar="M.yaml", help=_("how the file is to be read"))
        parser.add_argument("--source", metavar="S", help=_("whose cases these are: a short code"))
        parser.add_argument("--list", type=Path, metavar="L.csv",
                            help=_("a list of files, each with its mapping and source, instead"))
        parser.add_argument(
            "--as-of", metavar="D", help=_("data day for open cases (default: the mapping's, else today)")
        )
        parser.add_argument("--at-once", type=whole_number(1), metavar="N",
                            help=_("files that are read side by side (default: one per core, four at most)"))
        parser.add_argument("--dry-run", action="store_true", help=_("check everything, keep nothing"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_args: object, **options: Any) -> None:
        files = handed(options)
        found = many.receive_all(by=SYSTEM, files=files, dry_run=options["dry_run"], side=options["at_once"],
                                 progress=bar_of_all if sys.stderr.isatty() else None)
        for source in dict.fromkeys(one.receipt.batch.source.code for one in found if one.receipt):
            if not options["dry_run"]:
                bring_along(source)
        language = get_language() or "en"
        refused = [one for one in found if one.refused]
        if len(found) == 1 and (sentence := found[0].refused):
            raise Refused(zh=sentence.zh, en=sentence.en)
        if options["json"]:
            plain_ones = [plain_outcome(one, language) for one in found]
            self.stdout.write(json.dumps(plain_ones if len(found) > 1 else plain_ones[0], ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(line.in_language(language) for line in told_of_all(found)))
        if refused:
            raise Refused(zh=f"{len(found)} 个文件中有 {len(refused)} 个被退回。",
                          en=f"{len(refused)} of {len(found)} files were refused.")


def handed(options: Mapping[str, Any]) -> list[many.Handed]:
    """The files that a command line names, one by one or by a list; Refused where it does not say enough."""
    if options["list"]:
        return many.read_list(options["list"])
    if not (options["file"] and options["mapping"] and options["source"]):
        raise Refused(zh="请给出文件、--mapping 和 --source，或用 --list 给出清单。",
                      en="Name the file, --mapping and --source, or give a --list.")
    mapping = actions.read_mapping(options["mapping"])
    as_of = parse_day(options["as_of"]) if options["as_of"] else None
    return [many.Handed(file, mapping, options["source"], as_of) for file in many.named(options["file"])]


def told_of_all(found: Sequence[many.Outcome]) -> list[Bilingual]:
    """What became of each file; named where there are several."""
    said = []
    for one in found:
        head = [Bilingual(f"{one.file.name}：", f"{one.file.name}:")] if len(found) > 1 else []
        said += head + (told(one.receipt) if one.receipt else [one.refused or Bilingual("", "")])
    return said


def plain_outcome(one: many.Outcome, language: str) -> dict[str, object]:
    """The same as plain data."""
    if one.receipt:
        return plain(one.receipt, language)
    return {"file": one.file.name, "refused": (one.refused or Bilingual("", "")).in_language(language)}


def bar_of_all(overall: many.Overall) -> None:
    """The bar over all files, with the one in work before it where there are several."""
    if overall.files > 1:
        refused = sum(one.refused is not None for one in overall.ended.values())
        sys.stderr.write(f"\r{overall.number}/{overall.files} {f'(!{refused}) ' if refused else ''}"
                         f"{overall.file[:24]:<24} ")
    bar(overall.whole, "" if overall.files > 1 else "\r")


def bar(progress: Progress, start: str = "\r") -> None:
    """One line on the terminal, written over each time: share, rows, rows per second, time left."""
    done = round(progress.share * WIDTH)
    left = progress.seconds_left
    sys.stderr.write(
        f"{start}[{'#' * done}{'.' * (WIDTH - done)}] {progress.share:4.0%} {progress.rows:,} rows "
        f"{progress.rows_per_second:,.0f}/s {'' if left is None else f'{left:.0f} s left'}   "
    )
    sys.stderr.write("\n" if progress.share >= 1 else "")
    sys.stderr.flush()


def told(receipt: Receipt) -> list[Bilingual]:
    """What became of a file, a sentence a line."""
    batch = receipt.batch
    if receipt.repeated:
        return [
            Bilingual(
                f"此文件已作为第 {batch.pk} 批接收（{batch.started_at:%Y-%m-%d}），没有任何变化。",
                f"This file was received before as batch {batch.pk} ({batch.started_at:%Y-%m-%d}); "
                "nothing has changed.",
            )
        ]
    pace = batch.rows_read / receipt.seconds if receipt.seconds else 0
    head_zh = "试运行，未保存" if receipt.dry_run else f"第 {batch.pk} 批"
    head_en = "Dry run, nothing kept" if receipt.dry_run else f"Batch {batch.pk}"
    said = [
        Bilingual(
            f"{head_zh}：读取 {batch.rows_read:,} 行，入库 {batch.rows_good:,}，退回 {batch.rows_bad:,}，"
            f"替换 {batch.rows_replaced:,}；{receipt.seconds:.1f} 秒，每秒 {pace:,.0f} 行。",
            f"{head_en}: {batch.rows_read:,} rows read, {batch.rows_good:,} good, {batch.rows_bad:,} rejected, "
            f"{batch.rows_replaced:,} replaced; {receipt.seconds:.1f} s, {pace:,.0f} rows/s.",
        )
    ]
    if batch.reject_file:
        path = settings.FILES / batch.reject_file
        said.append(Bilingual(f"退回清单：{path}", f"Rejected rows: {path}"))
    return [*said, *receipt.notices]


def plain(receipt: Receipt, language: str) -> dict[str, object]:
    """The same as plain data."""
    batch = receipt.batch
    return {
        "batch": batch.pk,
        "source": batch.source.code,
        "file": batch.file_name,
        "content_hash": batch.content_hash,
        "mapping_hash": batch.mapping_hash,
        "data_day": batch.data_day.isoformat(),
        "repeated": receipt.repeated,
        "dry_run": receipt.dry_run,
        "read": batch.rows_read,
        "good": batch.rows_good,
        "bad": batch.rows_bad,
        "replaced": batch.rows_replaced,
        "lake_version": batch.lake_version,
        "reject_file": str(settings.FILES / batch.reject_file) if batch.reject_file else None,
        "seconds": round(receipt.seconds, 3),
        "notices": [one.in_language(language) for one in receipt.notices],
    }
