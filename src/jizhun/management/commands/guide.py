"""``jizhun guide``: what one has to know to get a service, in a place, on a day, in every form."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.guides import actions
from jizhun.guides.documents import full, page_address, short, words_for
from jizhun.guides.documents.products import PRODUCTS, Order
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day


class Command(BaseCommand):
    help = _("The guide to a service, in a place, on a day: as text, file or data")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("matter", help=_("the code of the matter"))
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
        parser.add_argument("--group", default="all", help=_("recipient group"))
        parser.add_argument("--form", choices=PRODUCTS, default="text", help=_("what to make of it"))
        parser.add_argument("--full", action="store_true", help=_("every field, not only what a visit needs"))
        parser.add_argument("--large", action="store_true", help=_("PDF and DOCX in large type"))
        parser.add_argument("--address", help=_("the address of its page, for the foot and the QR code"))
        parser.add_argument("--out", type=Path, help=_("the file to write"))

    def handle(self, *_: object, **options: Any) -> None:
        product, file = PRODUCTS[options["form"]], options["out"]
        if product.binary and file is None:
            raise Refused(zh="请用 --out 写明要写入的文件。", en="Name the file to write with --out.")
        made = product.made(_order(options))
        if file is None:
            self.stdout.write(made.decode(), ending="")
        else:
            _write(file, made)


def _order(options: dict[str, Any]) -> Order:
    day = parse_day(options["on"]) if options["on"] else timezone.localdate()
    guide = actions.guide(matter=options["matter"], region=options["region"], on=day, group=_group(options["group"]))
    words, language = words_for(guide), "zh" if (get_language() or "en").startswith("zh") else "en"
    reading = (full if options["full"] else short)(guide, words)
    address = options["address"] or (
        page_address(settings.PUBLIC_ADDRESS, language, reading) if settings.PUBLIC_ADDRESS else "")
    return Order(guide, words, reading, language, _address(address), options["large"])


def _address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise Refused(zh=f"“{text}”不是网址，应以 http:// 或 https:// 开头。",
                      en=f"“{text}” is no address: it must begin with http:// or https://.")
    return text


def _group(code: str) -> str:
    if code != "all" and code not in catalogue().wider:
        raise Refused(zh=f"没有代码为“{code}”的服务对象。", en=f"There is no recipient group “{code}”.")
    return code


def _write(file: Path, made: bytes) -> None:
    try:
        file.write_bytes(made)
    except OSError as error:
        raise Refused(zh=f"写不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be written ({error.strerror}).") from None
