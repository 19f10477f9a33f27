"""``jizhun procedure``: how a matter is handled step by step, in a place, on a day, in every form."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.procedures.actions import procedure
from jizhun.procedures.documents import PRODUCTS, reading_of


class Command(BaseCommand):
    help = _("The operating procedure of a matter, in a place, on a day: as text, document or diagram")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("matter", help=_("the code of the matter"))
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
        parser.add_argument("--form", choices=PRODUCTS, default="text", help=_("what to make of it"))
        parser.add_argument("--out", type=Path, help=_("the file to write"))

    def handle(self, *_: object, **options: Any) -> None:
        product, file = PRODUCTS[options["form"]], options["out"]
        if product.binary and file is None:
            raise Refused(zh="请用 --out 写明要写入的文件。", en="Name the file to write with --out.")
        day = parse_day(options["on"]) if options["on"] else timezone.localdate()
        found = procedure(matter=options["matter"], region=options["region"], on=day)
        language = "zh" if (get_language() or "en").startswith("zh") else "en"
        made = product.made(reading_of(found), language)
        if file is None:
            self.stdout.write(made.decode(), ending="")
        else:
            _write(file, made)


def _write(file: Path, made: bytes) -> None:
    try:
        file.write_bytes(made)
    except OSError as error:
        raise Refused(zh=f"写不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be written ({error.strerror}).") from None
