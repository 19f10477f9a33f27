"""``jizhun population``: make the persons of a population that ships, as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import keeping
from jizhun.kernel.bilingual import Refused
from jizhun.management.arguments import whole_number


class Command(BaseCommand):
    help = _("Make a synthetic population from published margins, as Parquet with its mapping beside it")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help=_("which population (without a name: lists them)"))
        parser.add_argument("--rows", type=whole_number(1, keeping.MOST), default=keeping.ROWS)
        parser.add_argument("--out", type=Path, help=_("the file to write, ending in .parquet"))

    def handle(self, *_: object, **options: Any) -> None:
        if not options["name"]:
            return self.list()
        file = options["out"]
        if file is None or file.suffix.lower() != ".parquet":
            raise Refused(zh="请用 --out 写明要写的 .parquet 文件。", en="Say with --out which .parquet file to write.")
        try:
            mapping = keeping.write_people(code=options["name"], rows=options["rows"], file=file)
            file.with_suffix(".yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), "utf-8")
        except OSError as error:
            raise Refused(zh=f"写不了文件 {file}（{error.strerror}）。",
                          en=f"{file} cannot be written ({error.strerror}).") from None
        self.stdout.write(f"{file}\n{file.with_suffix('.yaml')}")

    def list(self) -> None:
        """Name each population with its persons."""
        for code, one in keeping.populations().items():
            self.stdout.write(f"{code:<18} {one.persons:>13,}  {one.shown_name.in_language(get_language() or 'en')}")
