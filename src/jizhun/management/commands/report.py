"""``jizhun report``: what was promised and kept in a place and a period, as DOCX, PDF or XLSX."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.reports.keeping import made
from jizhun.evaluation.reports.products import LANGUAGES, PRODUCTS
from jizhun.kernel.bilingual import Refused


class Command(BaseCommand):
    help = _("The report on what was promised and kept in a place and a period, as DOCX, PDF or XLSX")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", required=True, help=_("who handed the cases in"))
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--period", required=True, help=_("2025, 2025-H1, 2025-Q1 or 2025-03"))
        parser.add_argument("--language", choices=LANGUAGES, help=_("language of the report"))
        parser.add_argument("--form", choices=PRODUCTS, default="docx", help=_("what to make of it"))
        parser.add_argument("--out", type=Path, required=True, help=_("the file to write"))

    def handle(self, *_args: object, **options: Any) -> None:
        language = options["language"] or ("zh" if (get_language() or "en").startswith("zh") else "en")
        content = made(source=options["source"], region=options["region"], period=options["period"],
                       language=language, form=options["form"])
        try:
            options["out"].write_bytes(content)
        except OSError as error:
            raise Refused(zh=f"写不了文件 {options['out']}（{error.strerror}）。",
                          en=f"{options['out']} cannot be written ({error.strerror}).") from None
        self.stdout.write(f"{options['out']}: {len(content):,}")
