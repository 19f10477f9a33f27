"""A row's source as a page shows it: addresses as links, the remark beside them in the reader's language."""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml
from django.conf import settings

from jizhun.kernel.bilingual import Bilingual

ADDRESS = re.compile(r"https?://[^\s;；，()（）]+")


@dataclass(frozen=True, slots=True)
class SourceShown:
    """The addresses that a source names, and what it says beside them."""

    addresses: tuple[str, ...]
    remark: Bilingual


def source_shown(source: str) -> SourceShown:
    """Take a source apart. A remark that nobody has put into Chinese stands as it was written."""
    remark = " ".join(ADDRESS.sub("", source).split()).strip(" ;；")
    return SourceShown(tuple(ADDRESS.findall(source)), Bilingual(_chinese().get(remark, remark), remark))


@lru_cache(maxsize=1)
def _chinese() -> dict[str, str]:
    file = settings.DATA_DIR / "source_words.yaml"
    return {str(en): str(zh) for en, zh in yaml.safe_load(file.read_text("utf-8")).items()}
