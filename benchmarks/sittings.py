"""Two thousand people who sit an exam at once, each saving an answer every 30 seconds, against the real server.

``python -m benchmarks.sittings [--people 2000] [--seconds 120] [--database sqlite|postgresql|both] [--limit]`` prepares
a home of its own with one sitting a person, starts the server as ``jizhun serve`` does, and sends saves at their
appointed times, whether or not earlier ones have been answered. It prints the time from appointment to answer, errors,
and how many acknowledged answers are not in the database afterwards. ``--limit`` then raises the rate until 95 of 100
answers no longer come within 500 ms. PostgreSQL is a private one with its own settings, fsync included.
"""

import argparse
import asyncio
import glob
import json
import os
import pwd
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any

EVERY = 30.0
"""Seconds between two saves of one person."""
SLOW = 0.5
STEPS = (100, 150, 200, 250, 300, 400, 500, 600, 800, 1000)
STEP_SECONDS = 20
QUESTIONS = 40
BEGUN = 100
"""How many begin by the act itself; the others get copies."""


@dataclass
class Person:
    """One who sits: the sitting, the cookie, and per question the newest number that was acknowledged."""

    sitting: int
    cookie: str
    number: int = 1
    kept: dict[int, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Told:
    """What a phase showed: seconds of every save, and how many failed."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def line(self, name: str) -> str:
        if not self.seconds:
            return f"{name}: nothing was answered, {self.failed} failed"
        ranked = sorted(self.seconds)
        part = {share: 1000 * ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (.5, .95, .99)}
        return (f"{name}: {len(ranked)} saves, p50 {part[.5]:.0f} ms, p95 {part[.95]:.0f} ms, p99 {part[.99]:.0f} ms, "
                f"longest {1000 * ranked[-1]:.0f} ms, {self.failed} failed")

    def fine(self) -> bool:
        """Whether nothing failed and 95 of 100 came in time."""
        ranked = sorted(self.seconds)
        return not self.failed and bool(ranked) and ranked[int(len(ranked) * .95)] <= SLOW


def free_port() -> int:
    with socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL that lives as long as it is needed; RuntimeError where there is none here."""
    found = sorted([*glob.glob("/usr/lib/postgresql/*/bin/initdb"),
                    *glob.glob("/opt/homebrew/opt/postgresql*/bin/initdb")])
    if not found:
        raise RuntimeError("PostgreSQL is not installed")
    programs, port = Path(found[-1]).parent, free_port()
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:
        entry = next(one for one in pwd.getpwall() if one.pw_name in ("postgres", "nobody"))
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    folder.mkdir(mode=0o700)
    if as_user:
        os.chown(folder, as_user["user"], as_user["group"])

    def call(program: str, *words: str) -> None:
        subprocess.run([programs / program, "-D", folder / "data", *words], check=True, cwd=folder,
                       env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
                       stdout=subprocess.DEVNULL, **as_user)

    call("initdb", "-U", "jizhun", "--auth=trust", "-E", "UTF8", "--locale=C")
    call("pg_ctl", "-w", "-l", str(folder / "log"), "-o",
         f"-p {port} -k {folder} -c listen_addresses=127.0.0.1", "start")
    try:
        yield f"postgresql://jizhun@127.0.0.1:{port}/postgres"
    finally:
        call("pg_ctl", "-m", "immediate", "stop")


# -- what is measured ------------------------------------------------------------------------------

PREPARE = """
import json, sys, time
from datetime import date, timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from jizhun import loading
from jizhun.people.models import Grant, User
from jizhun.people.rules import SYSTEM
from jizhun.training.actions import exams, sittings
from jizhun.training.models import Question, QuestionStep, QuestionVersion, Sitting

list(loading.simulated_places(by=SYSTEM))
people, questions = PEOPLE, QUESTIONS
words = lambda text: {"zh": f"中{text}", "en": text}
for n in range(3 * questions):
    made = Question.objects.create(code=f"Q{n}", region="990000", topic="limits", by="benchmark", simulated=True)
    version = QuestionVersion.objects.create(question=made, number=1, kind="single", by="benchmark", content={
        "stem": words(f"Question {n}"), "options": [
            {"id": one, "text": words(one), "right": one == "a"} for one in "abcd"]})
    QuestionStep.objects.create(version=version, act="accepted", by="benchmark")
version = exams.write_blueprint(by=SYSTEM, code="B", region="990000", name_zh="压力", name_en="Load", content={
    "rows": [{"count": questions}], "minutes": 120, "pass_mark": 6000})
now = timezone.now()
exam = exams.open_exam(by=SYSTEM, version=version, kind="examination", region="990000", opens=now,
                       closes=now + timedelta(hours=3))
User.objects.bulk_create([User(username=f"clerk-{n}", password="!") for n in range(people)])
everybody = list(User.objects.filter(username__startswith="clerk-"))
Grant.objects.bulk_create([Grant(user=one, role="clerk", region="990101", valid_from=date(2020, 1, 1))
                           for one in everybody])
took, told = [], []
for one in everybody[:BEGUN]:
    start = time.perf_counter()
    sittings.begin(by=one, exam=exam, browser="b", honest=True)
    took.append(time.perf_counter() - start)
rows = list(Sitting.objects.order_by("pk"))
for n, one in enumerate(everybody[BEGUN:]):  # what is measured is saving: the others get forms like those
    copied = rows[n % len(rows)]
    copied.pk, copied._state.adding, copied.username = None, True, one.username
    copied.save()
for one in everybody:
    sitting = Sitting.objects.get(username=one.username)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(one.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = one.get_session_auth_hash()
    session.create()
    told.append([sitting.pk, session.session_key])
took.sort()
print(f"beginning, one after the other: p50 {1000 * took[len(took) // 2]:.0f} ms, "
      f"p95 {1000 * took[int(len(took) * .95)]:.0f} ms", file=sys.stderr)
print(json.dumps(told))
"""
READ = """
import json
from jizhun.training.models import SavedAnswer
print(json.dumps([[one.sitting_id, one.number, one.order % 10**9, one.answer]
                  for one in SavedAnswer.objects.all().iterator()]))
"""
TOKEN = "a" * 32


def jizhun(kept: dict[str, str], *words: str) -> str:
    """One command of the product on the home of the benchmark."""
    return subprocess.run([sys.executable, "-m", "jizhun", *words], env=kept, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def processor_seconds(pid: int) -> float:
    """What a process and its children have used so far; 0 where the system does not tell (only Linux does so here).

    On a machine that others use too this says more than the clock.
    """
    def used(one: Path) -> tuple[int, int, float]:
        part = one.read_text().rpartition(")")[2].split()
        return int(one.parent.name), int(part[1]), (int(part[11]) + int(part[12])) / os.sysconf("SC_CLK_TCK")

    rows = []
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            rows.append(used(one))
        except OSError:  # it has ended since
            continue
    family = {pid}
    for _ in range(3):
        family |= {child for child, parent, _ in rows if parent in family}
    return sum(seconds for child, _, seconds in rows if child in family)


def measure(name: str, kept: dict[str, str], options: argparse.Namespace) -> None:
    print(f"-- {name}", flush=True)
    jizhun(kept, "init")
    jizhun(kept, "load", "national")
    script = PREPARE.replace("PEOPLE", str(options.people)).replace("QUESTIONS", str(QUESTIONS)).replace(
        "BEGUN", str(BEGUN))
    people = [Person(*one) for one in json.loads(jizhun(kept, "shell", "-c", script).splitlines()[-1])]
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "jizhun", "serve", "--port", str(port), "--no-worker"], env=kept,
                              stdout=subprocess.DEVNULL)
    try:
        asyncio.run(phases(port, people, options, server.pid))
    finally:
        server.terminate()
        server.wait()
    found = {(sitting, number): (order, answer) for sitting, number, order, answer in
             json.loads(jizhun(kept, "shell", "-c", READ).splitlines()[-1])}
    acknowledged = [(person.sitting, question, *told) for person in people for question, told in person.kept.items()]
    lost = [one for one in acknowledged if not is_kept(found.get(one[:2]), one[2], one[3])]
    print(f"acknowledged answers: {len(acknowledged)}, lost: {len(lost)}", flush=True)


def is_kept(row: tuple[int, Any] | None, number: int, value: str) -> bool:
    """Whether the database has this answer, or a newer one."""
    return row is not None and (row[0] > number or (row[0] == number and row[1] == {"": [value]}))


async def phases(port: int, people: list[Person], options: argparse.Namespace, server: int) -> None:
    for _ in range(600):
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            break
        except OSError:
            await asyncio.sleep(0.1)
    await phase(port, people, 20, 3)  # the first questions of a process fill its caches
    rate = len(people) / EVERY
    before = processor_seconds(server)
    told = await phase(port, people, rate, options.seconds)
    print(told.line(f"{len(people)} people, each every {EVERY:.0f} s ({rate:.0f} a second)"), flush=True)
    spent = (processor_seconds(server) - before) / max(1, len(told.seconds))
    print(f"the server's processor time: {1000 * spent:.1f} ms a save", flush=True)
    fine = rate if told.fine() else 0.0
    for step in STEPS if options.limit and fine else ():
        if step <= rate:
            continue
        told = await phase(port, people, step, STEP_SECONDS)
        print(told.line(f"{step} a second"), flush=True)
        if not told.fine():
            break
        fine = step
    if options.limit:
        print(f"limit: {fine:.0f} saves a second = {fine * EVERY:.0f} people" if fine else
              f"limit: below {rate:.0f} saves a second", flush=True)


async def phase(port: int, people: list[Person], rate: float, seconds: float) -> Told:
    """Saves at their appointed times, the people in turn."""
    told, start, running = Told(), time.perf_counter(), []
    for n in range(int(rate * seconds)):
        at = start + n / rate
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        running.append(asyncio.create_task(save(port, people[n % len(people)], at, told)))
    await asyncio.gather(*running)
    return told


async def save(port: int, person: Person, at: float, told: Told) -> None:
    """One save over a connection of its own; what is acknowledged is noted."""
    number, question = person.number, random.randint(1, QUESTIONS)
    person.number += 1
    value = str(random.randint(1, 4))
    body = json.dumps({"place": 1, "left": 0, "answers": [
        {"question": question, "number": number, "answer": {"": [value]}}]})
    head = (f"POST /en/work/training/sittings/{person.sitting}/save/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: sessionid={person.cookie}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n")
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((head + body).encode())
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
    except (OSError, TimeoutError):
        told.failed += 1
        return
    if b" 200 " in answer[:20] and b'"running"' in answer:
        told.seconds.append(time.perf_counter() - at)
        if person.kept.get(question, (0, ""))[0] < number:
            person.kept[question] = (number, value)
    else:
        told.failed += 1


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=2_000)
    asked.add_argument("--seconds", type=float, default=120)
    asked.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    asked.add_argument("--limit", action="store_true")
    options = asked.parse_args()
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    if options.database != "postgresql":
        with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
            measure("SQLite", {**outer, "JIZHUN_HOME": home}, options)
    if options.database != "sqlite":
        folder = Path(tempfile.gettempdir()) / f"jizhun-benchmark-pg-{os.getpid()}"
        with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home, postgresql(folder) as address:
            measure("PostgreSQL", {**outer, "JIZHUN_HOME": home, "JIZHUN_DATABASE_URL": address}, options)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
