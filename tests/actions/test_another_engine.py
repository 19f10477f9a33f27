"""The product's own commands on another engine, chosen by the environment: DuckDB and Spark answer the same."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jizhun.analytics.engines import Spark
from jizhun.kernel.bilingual import Refused
from worlds import ROOT

PACKAGE = {
    "package.yaml": "code: T\nname_zh: 国\nname_en: Land\n",
    "regions.csv": "code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark\n"
                   "T,,国,Land,nation,0,T,,,own,R\nT1,T,省,Province,province,1,T,,,own,R\n"
                   "T11,T1,东市,East,prefecture,2,T,,,own,R\nT12,T1,西市,West,prefecture,2,T,,,own,R\n",
    "catalogue.yaml": "source: own\nmark: R\nroot: T\nitems: [{code: T-I, name_zh: 项目, name_en: Item}]\n"
                      "matters: [{code: T-M, item: T-I, name_zh: 事项, name_en: Matter, kind: grant}]\n",
    "measures.yaml": (ROOT / "data" / "measures.yaml").read_text("utf-8"),
    "provisions/all.yaml": """
documents: [{id: paper, title_zh: 承诺书, title_en: A commitment, kind: commitment, published_on: 2023-12-01,
             valid_from: 2024-01-01, source: own, mark: R}]
provisions:
  - {subject: T-M, measure: promised_limit, region: T, modality: floor, value: 5, unit: working_day, from: 2024-01-01,
     document: paper, mark: R, source: own}
  - {subject: T-M, measure: promised_limit, region: T12, modality: floor, value: 3, unit: working_day,
     from: 2024-03-01, document: paper, mark: R, source: own}
""",
    "cases.yaml": "name: Generated\nwithin: T\ncalendar: CN\nextract_date: 2024-06-30\nsimulated: true\nfields: "
                  "{case_key: key, matter: {constant: T-M}, region: place, accepted_at: from, closed_at: until}\n"
                  "suspended: [{start: stopped, end: resumed}]\n",
    "steps.yaml": "name: Generated steps\nsimulated: true\nextract_date: 2024-06-30\nfields: "
                  "{case_key: key, step: step, ended_at: at}\n"}
STEPS = ("apply", "accept", "examine", "review", "decide", "complete", "elsewhere")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of its own with two thousand generated cases and their steps."""
    folder = tmp_path_factory.mktemp("another")
    for name, text in PACKAGE.items():
        (folder / "package" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "package" / name).write_text(text, "utf-8")
    generated(folder)
    for words in (["init"], ["load", "package"],
                  ["ingest", "cases.csv", "--mapping", "package/cases.yaml", "--source", "made"],
                  ["steps", "steps.csv", "--mapping", "package/steps.yaml", "--source", "made"]):
        jizhun(folder, *words)
    return folder


def generated(folder: Path) -> None:
    draw, cases, steps = Random(7), [], []
    for n in range(2000):
        start = datetime(2024, 1, 2, 9) + timedelta(minutes=draw.randrange(150 * 1440))
        end = start + timedelta(hours=draw.choice((1, 30, 100, 200)))
        stop = start + timedelta(days=draw.randrange(1, 4))
        stopped = stop < end - timedelta(days=1) and draw.random() < 0.3
        cases.append((n, draw.choice(("T11", "T12")), start, "" if draw.random() < 0.05 else end,
                      stop.date() if stopped else "", end.date() if stopped else ""))
        for at, step in enumerate(STEPS):
            if (draw.random() < 0.9 and step != "elsewhere") or draw.random() < 0.05:
                steps.append((n, step, start + timedelta(minutes=7 * at)))
    for name, head, rows in (("cases.csv", "key place from until stopped resumed", cases),
                             ("steps.csv", "key step at", steps)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head.split(), *rows])


def jizhun(folder: Path, *words: str, **more: str) -> str:
    """What the command prints; it has to succeed."""
    done = run(folder, *words, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN", "DJANGO"))}
    environment: Mapping[str, str] = {**plain, "JIZHUN_HOME": str(folder / "home"), "JIZHUN_LANG": "en",
                                      "PYTHONPATH": str(ROOT / "src"), **more}
    return subprocess.run([sys.executable, "-W", "ignore", "-m", "jizhun", *words], cwd=folder, env=environment,
                          capture_output=True, text=True, check=False, timeout=600)


def told(text: str) -> dict[str, Any]:
    """An answer without the number of the run that made it."""
    found: dict[str, Any] = json.loads(text)
    assert found.pop("run") > 0
    return found


SPARK = {"JIZHUN_ENGINE": "spark", "JIZHUN_SPARK_MASTER": "local[2]", "SPARK_LOCAL_IP": "127.0.0.1"}
EVALUATE = ("evaluate", "--source", "made", "--by", "prefecture,month", "--as-of", "2024-05-20", "--format", "json")
RUN = {"evaluate": "conformance", "followed": "followed"}
"""What a run of each command is called."""
FOLLOWED = ("followed", "--matter", "T-M", "--source", "made", "--region", "T1", "--format", "json")


@pytest.mark.spark
@pytest.mark.timeout(900)
@pytest.mark.parametrize("words", [EVALUATE, FOLLOWED], ids=["evaluate", "followed"])
def test_the_environment_chooses_the_engine_and_the_answer_stays(home: Path, words: tuple[str, ...]) -> None:
    ours = told(jizhun(home, *words, JIZHUN_ENGINE="duckdb"))
    theirs = told(jizhun(home, *words, **SPARK))
    assert ours == theirs
    assert ours.get("total", ours)["cases"] > 1000
    with closing(sqlite3.connect(home / "home" / "jizhun.sqlite3")) as kept:
        engines = kept.execute('SELECT DISTINCT engine FROM jizhun_run WHERE "index" = ?', [RUN[words[0]]]).fetchall()
    assert sorted(engines) == [("duckdb",), ("spark",)]


def test_an_engine_that_nobody_knows_is_refused(home: Path) -> None:
    done = run(home, "evaluate", "--source", "made", JIZHUN_ENGINE="spork")
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "JIZHUN_ENGINE must be one of auto, duckdb, compiled, spark, not “spork”" in done.stderr


@pytest.mark.spark
def test_a_master_that_spark_does_not_know_is_refused_in_a_sentence(home: Path) -> None:
    done = run(home, *EVALUATE, "--region", "T11", **{**SPARK, "JIZHUN_SPARK_MASTER": "sparc://nowhere"})
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "Spark at sparc://nowhere does not start" in done.stderr


def test_what_spark_needs_is_said_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(Refused, match="make spark"):
        Spark("local[1]")
