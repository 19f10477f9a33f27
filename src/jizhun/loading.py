"""Filling an instance: the national list, a package folder, the demonstration. Each room loads its own part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from jizhun.catalogue import actions as catalogue
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Actor
from jizhun.provisions import actions as provisions
from jizhun.regions import actions as regions


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a load: what it is called, and what it brought."""

    name: Bilingual
    outcome: Any


def national(*, by: Actor) -> Iterator[Part]:
    """The national list with its places, measures and provisions, from the data that ships."""
    data = settings.DATA_DIR
    yield Part(Bilingual("行政区划", "places"), regions.load(by=by, folder=data / "regions"))
    yield Part(Bilingual("服务目录", "catalogue"), catalogue.load(by=by, folder=data / "catalogue"))
    yield Part(Bilingual("指标", "measures"), provisions.load_measures(by=by, file=data / "measures.yaml"))
    yield Part(Bilingual("规定", "provisions"), provisions.load(by=by, folder=data / "provisions"))


PARTS: tuple[tuple[str, Bilingual, Callable[..., Any]], ...] = (
    ("regions.csv", Bilingual("区划", "places"), lambda by, folder: regions.load(by=by, folder=folder)),
    ("catalogue.yaml", Bilingual("目录", "catalogue"), lambda by, folder: catalogue.load(by=by, folder=folder)),
    ("measures.yaml", Bilingual("指标", "measures"),
     lambda by, folder: provisions.load_measures(by=by, file=folder / "measures.yaml")),
    ("provisions", Bilingual("规定", "provisions"),
     lambda by, folder: provisions.load(by=by, folder=folder / "provisions")),
)


def package(*, by: Actor, folder: Path) -> Iterator[Part]:
    """Another list: a folder with ``package.yaml`` and any of regions.csv, catalogue.yaml, provisions/."""
    described(folder)
    for name, words, load in PARTS:
        if (folder / name).exists():
            yield Part(words, load(by, folder))


def described(folder: Path) -> dict[str, Any]:
    """What ``package.yaml`` says; raises Refused when the folder is no package."""
    file = folder / "package.yaml"
    if not file.is_file():
        raise Refused(zh=f"“{folder}”不是数据包：里面没有 package.yaml。",
                      en=f"“{folder}” is not a package: there is no package.yaml in it.")
    content = yaml.safe_load(file.read_text("utf-8"))
    if not isinstance(content, dict):
        raise Refused(zh="package.yaml 应为字段与值。", en="package.yaml must hold fields and values.")
    return content


def simulated_places(*, by: Actor) -> Iterator[Part]:
    """The fictional province with its simulated provisions; no cases yet."""
    data = settings.DATA_DIR / "simulated"
    yield Part(Bilingual("示例省区划", "places of the fictional province"), regions.load(by=by, folder=data))
    yield Part(Bilingual("示例省规定", "simulated provisions"),
               provisions.load(by=by, folder=data / "provisions", recorded_on=date(2024, 12, 1)))
