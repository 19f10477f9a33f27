"""Makes the pictures of README and docs from the running product: ``python tools/showcase.py [ADDRESS]``.

They show what is there: a page that got worse is seen in review. Pictures of results show the
fictional province and say so.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

import components

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
COLOURS = 96
"""Few colours make small files; text stays crisp."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page at one width, in one language and theme; ``height`` cuts it, 0 takes the whole page."""

    name: str
    path: str
    language: str
    width: int = 1280
    height: int = 800
    theme: str = "light"

    @property
    def file(self) -> Path:
        return PICTURES / f"{self.name}-{self.language}-{self.width}-{self.theme}.png"


SHOWN = (
    ("home", "", 720),
    ("guide", "guides/NB029-EX01/?region=370800&on=2026-11-26", 1100),
    ("item", "items/NB029/?region=310000&on=2026-11-23", 1000),
    ("results", "results/?region=990000", 1000),
    ("coverage", "coverage/?region=990000", 1100),
    ("followed", "results/followed/?region=990000&matter=NB029-EX01", 1000),
    ("across", "across/?on=2024-01-01", 1000),
    ("region", "region/?region=310000&on=2026-11-23", 1000),
    ("history", "items/NB050/?region=510000&on=2026-11-23&tab=history#NB050", 1000),
    ("editions", "editions/", 800),
    ("system", "systems/businesses/?on=2026-11-23", 1100),
    ("consultation", "consultations/2/?region=990000", 1100),
)


def pictures() -> Iterator[Picture]:
    """Every page in both languages at the desk in light; the first five on a phone, one of each in dark."""
    for name, path, height in SHOWN:
        for language in ("zh", "en"):
            yield Picture(name, path, language, height=height)
    for name, path, _ in SHOWN[:5]:
        yield Picture(name, path, "zh", width=390, height=844)
        yield Picture(name, path, "en", width=390, height=844, theme="dark")


def take(browser: Any, address: str, picture: Picture) -> None:
    """Open the page and keep its picture."""
    context = browser.new_context(viewport={"width": picture.width, "height": picture.height},
                                  color_scheme=picture.theme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/{picture.language}/{picture.path}", wait_until="networkidle")
    shot = Image.open(BytesIO(page.screenshot()))
    picture.file.parent.mkdir(parents=True, exist_ok=True)
    shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture.file, optimize=True)
    context.close()


def main(address: str = "http://127.0.0.1:8000") -> None:
    """Take all pictures from the server at ``address``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=components.chromium(),
                                             args=["--no-sandbox", "--disable-gpu"])
        for picture in pictures():
            take(browser, address.rstrip("/"), picture)
            print(f"{picture.file.name:<36}{picture.file.stat().st_size / 1024:6.0f} KB")


if __name__ == "__main__":
    main(*sys.argv[1:])
