"""A row's source as a page shows it: addresses as links, the remark beside them in the reader's language."""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml
from django.conf import settings
from django.utils.encoding import iri_to_uri

from jizhun.kernel.bilingual import Bilingual

ADDRESS = re.compile(r"https?://(?:[^\s;；，()（）]|\([^\s()]*\))+")
"""An address may hold brackets that close again: files of laws are named with their day in brackets."""
MADE_HERE = re.compile(r"made here: (\S+)")
"""What was made in a project names no page but the project's code."""


@dataclass(frozen=True, slots=True)
class SourceShown:
    """The addresses that a source names, and what it says beside them."""

    addresses: tuple[str, ...]
    remark: Bilingual


def source_shown(source: str) -> SourceShown:
    """Take a source apart. A remark that nobody has put into Chinese stands as it was written."""
    remark = " ".join(ADDRESS.sub("", source).split()).strip(" ;；:：")
    addresses = tuple(iri_to_uri(one) or one for one in ADDRESS.findall(source))
    return SourceShown(addresses, Bilingual(_in_chinese(remark), remark))


def _in_chinese(remark: str) -> str:
    made = MADE_HERE.fullmatch(remark)
    return f"本平台制定：{made[1]}" if made else _chinese().get(remark, remark)


@lru_cache(maxsize=1)
def _chinese() -> dict[str, str]:
    file = settings.DATA_DIR / "source_words.yaml"
    return {str(en): str(zh) for en, zh in yaml.safe_load(file.read_text("utf-8")).items()}
