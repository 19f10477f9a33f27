"""The product as a person meets it: an own home, its own server and worker, a real browser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from serving import jizhun, served
from world import PUBLISH, write_cases, write_slow_office

RATINGS = Path(__file__).resolve().parents[2] / "examples" / "ratings"
PREPARE = (("init",), ("load", "national"), ("demo", "--cases", "0"))


@dataclass(frozen=True)
class Product:
    """A running server: its address, and the folder it keeps everything in."""

    address: str
    home: Path


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A server over a small prepared world, started as a person would start it."""
    home = tmp_path_factory.mktemp("home")
    for words in PREPARE:
        jizhun(home, *words)
    papers = tmp_path_factory.mktemp("papers")
    write_cases(papers)
    jizhun(home, "ingest", str(papers / "cases.csv"), "--mapping", str(papers / "mapping.yaml"), "--source", "sample")
    jizhun(home, "reviews", str(RATINGS / "ratings.csv"), "--mapping", str(RATINGS / "mapping.yaml"),
           "--source", "window")
    write_slow_office(papers)
    jizhun(home, "ingest", str(papers / "slow.csv"), "--mapping", str(papers / "slow.yaml"), "--source", "slow-office")
    jizhun(home, "findings-look", "--source", "slow-office")
    jizhun(home, "shell", "-c", PUBLISH)
    with served(home) as address:
        yield Product(address, home)


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages: ``browser_page(width=390, scheme="dark", cookies={"text": "large"})``."""
    contexts = []

    def opened(*, width: int = 1280, scheme: str = "light", javascript: bool = True,
               cookies: dict[str, str] | None = None, address: str = "", **more: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme,
                                       java_script_enabled=javascript, reduced_motion="reduce", **more)
        context.add_cookies([{"name": name, "value": value, "url": address}
                             for name, value in (cookies or {}).items()])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
