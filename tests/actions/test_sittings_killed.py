"""kill -9 of the server in the middle of saving loses no answer that it acknowledged."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from conftest import free_port

PEOPLE, SECONDS = 6, 3.0
TOKEN = "a" * 32
SCRIPT = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from jizhun import loading
from jizhun.people.actions import make_demo_logins
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.training.actions import sittings
from training_bank import bank, opened

list(loading.simulated_places(by=SYSTEM))
make_demo_logins(by=SYSTEM)
bank()
exam, told = opened(), []
for user in User.objects.filter(grants__region__startswith="99").order_by("pk")[:PEOPLE]:
    sitting = sittings.begin(by=user, exam=exam, browser="b", honest=True)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    told.append([sitting.pk, session.session_key])
print(json.dumps(told))
"""
READ = """
import json
from jizhun.training.models import SavedAnswer
print(json.dumps([[one.sitting_id, one.number, one.order % 10**9, one.answer] for one in SavedAnswer.objects.all()]))
"""
Kept = dict[tuple[int, int], tuple[int, str]]


def jizhun(kept: dict[str, str], *words: str) -> str:
    return subprocess.run([sys.executable, "-m", "jizhun", *words], env=kept, check=True, text=True, timeout=300,
                          stdout=subprocess.PIPE).stdout


def save_for_ever(port: int, sitting: int, cookie: str, kept: Kept, stop: threading.Event) -> None:
    """Save one answer after the other; note what was acknowledged. Ends when the server does."""
    number = 0
    while not stop.is_set():
        number += 1
        question, value = 1 + number % 8, str(number)
        body = {"place": 1, "answers": [{"question": question, "number": number, "answer": {"": [value]}}]}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/en/work/training/sittings/{sitting}/save/", json.dumps(body).encode(),
            {"Cookie": f"sessionid={cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN,
             "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                if json.load(answer)["state"] == "running":
                    kept[sitting, question] = (number, value)
        except (OSError, ValueError, urllib.error.URLError):
            return


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/alive/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_killed_server_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    tests = Path(__file__).parents[1]
    paths = os.pathsep.join([str(tests), str(tests.parent / "src"), outer.get("PYTHONPATH", "")])
    home = {**outer, "JIZHUN_HOME": str(tmp_path / "home"), "PYTHONPATH": paths}
    jizhun(home, "init")
    jizhun(home, "load", "national")
    people = json.loads(jizhun(home, "shell", "-c", SCRIPT.replace("PEOPLE", str(PEOPLE))).splitlines()[-1])
    port, kept, stop = free_port(), Kept(), threading.Event()
    server = subprocess.Popen([sys.executable, "-m", "jizhun", "serve", "--port", str(port), "--no-worker"],
                              env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port)
        threads = [threading.Thread(target=save_for_ever, args=(port, *one, kept, stop)) for one in people]
        for one in threads:
            one.start()
        time.sleep(SECONDS)
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # the server and the processes that it started for itself
        stop.set()
        server.wait(timeout=30)
    for one in threads:
        one.join(timeout=60)
    found = {(sitting, question): (order, answer) for sitting, question, order, answer in
             json.loads(jizhun(home, "shell", "-c", READ).splitlines()[-1])}
    assert len(kept) == 8 * PEOPLE
    for what, (number, value) in kept.items():
        order, answer = found[what]
        assert order > number or (order, answer) == (number, {"": [value]})
