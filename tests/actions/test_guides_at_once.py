"""Boards of guides while several ask at once, and after another process has recorded something."""

from pathlib import Path

from own_process import package_of, said_by

ASKING = """
import subprocess, sys, threading
import django
django.setup()
from datetime import date
from django.db import connection
from jizhun.guides.actions import board_of, boards
from jizhun.guides.models import LayerVersion

def taken_in():
    together.wait()
    counts.append(sum(map(len, boards.outlines("guide").values())))
    connection.close()

def own():
    whole = board_of(sort="guide", matter="NB029-EX01", on=date(2026, 9, 1))
    return int(whole.board.own[whole.codes.index("delivery"), whole.places.position["330100"]])

sys.setswitchinterval(1e-6)
counts, together = [], threading.Barrier(4)
for _ in range(20):
    boards._KEPT.clear()
    threads = [threading.Thread(target=taken_in) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
print(len(counts), {*counts} == {LayerVersion.objects.filter(sort="guide").count()})
before = own()
subprocess.run([sys.executable, "-m", "jizhun", "load", sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
print(before, own())
"""
LOCAL = """
guides:
  - {matters: NB029-EX01, region: "330100", from: 2026-01-01,
     fields: {delivery: {zh: 邮寄, en: By post, source: a test, mark: R}}}
"""


def test_threads_take_in_each_version_once_and_see_what_another_process_recorded(tmp_path: Path) -> None:
    package = package_of(tmp_path / "package", "guides", LOCAL)
    assert said_by(ASKING, tmp_path / "home", str(package)).splitlines() == ["80 True", "0 1"]
