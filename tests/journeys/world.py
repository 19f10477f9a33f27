"""The small prepared world of the journeys: a few simulated cases, one of them late."""

from pathlib import Path

MATTERS = ("NB029-EX01", "NB049-EX01")
COUNTIES = ("990101", "990102", "990201")
LATE = "LATE-1"
"""The planted case: a claim for unemployment benefit in the first county, fifteen working days late."""
MAPPING = """
name_zh: 模拟办件
name_en: Simulated cases
within: "{within}"
simulated: true
extract_date: 2025-12-31
fields:
  case_key: case
  matter: matter
  region: county
  accepted_at: accepted
  closed_at: closed
"""


def write_cases(folder: Path) -> None:
    """``cases.csv`` and ``mapping.yaml``: three counties, two matters, half a year, one case late."""
    pairs = every(MATTERS, COUNTIES) * 20
    lines = [f"C{n},{matter},{county},2025-{1 + n % 6:02d}-{3 + n % 20:02d} 09:00,"
             f"2025-{1 + n % 6:02d}-{4 + n % 20:02d} 11:00" for n, (matter, county) in enumerate(pairs)]
    lines.append(f"{LATE},NB029-EX01,990101,2025-03-03 09:00,2025-04-08 10:00")
    (folder / "cases.csv").write_text("\n".join(["case,matter,county,accepted,closed", *lines]), "utf-8")
    (folder / "mapping.yaml").write_text(MAPPING.replace("{within}", "990000"), "utf-8")


SLOW = "990629"
"""A county with an office of its own that hands its cases in itself, all of them late: it becomes a finding."""


def write_slow_office(folder: Path) -> None:
    """``slow.csv`` and ``slow.yaml``: forty cases of one county in the last quarter, all of them late."""
    lines = [f"S{n},NB029-EX01,{SLOW},2025-10-{8 + n % 20:02d} 09:00,2025-12-31 11:00"
             for n in range(40)]
    (folder / "slow.csv").write_text("\n".join(["case,matter,county,accepted,closed", *lines]), "utf-8")
    (folder / "slow.yaml").write_text(MAPPING.replace("{within}", SLOW), "utf-8")


PUBLISH = ("from jizhun.loading.mended import simulated_publication as publish\n"
           "publish(source='sample')")


def every(matters: tuple[str, ...], counties: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every matter with every county."""
    return [(matter, county) for matter in matters for county in counties]
