"""``jizhun ingest``: case records from a file into the lake, by a mapping file."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.delivery import actions
from jizhun.delivery.actions import Receipt
from jizhun.delivery.ingest import Progress
from jizhun.evaluation.standing import bring_along
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import SYSTEM

WIDTH = 30


class Command(BaseCommand):
    help = _("Take case records in from a file, by a mapping file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help=_("CSV, TSV, JSON lines, Parquet or XLSX; plain, .gz or .zip")
        )
        parser.add_argument(
            "--mapping", type=Path, required=True, metavar="M.yaml", help=_("how the file is to be read")
        )
        parser.add_argument(
            "--source", required=True, metavar="S", help=_("whose cases these are: a short code")
        )
        parser.add_argument(
            "--as-of", metavar="D", help=_("data day for open cases (default: the mapping's, else today)")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("check everything, keep nothing"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_args: object, **options: Any) -> None:
        receipt = actions.receive(
            by=SYSTEM,
            file=options["file"],
            mapping=actions.read_mapping(options["mapping"]),
            source=options["source"],
            as_of=parse_day(options["as_of"]) if options["as_of"] else None,
            dry_run=options["dry_run"],
            progress=bar if sys.stderr.isatty() else None,
        )
        if not options["dry_run"]:
            bring_along(receipt.batch.source.code)
        language = get_language() or "en"
        if options["json"]:
            self.stdout.write(json.dumps(plain(receipt, language), ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(line.in_language(language) for line in told(receipt)))


def bar(progress: Progress) -> None:
    """One line on the terminal, written over each time: share, rows, rows per second, time left."""
    done = round(progress.share * WIDTH)
    left = progress.seconds_left
    sys.stderr.write(
        f"\r[{'#' * done}{'.' * (WIDTH - done)}] {progress.share:4.0%} {progress.rows:,} rows "
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
