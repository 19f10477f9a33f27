"""The comment resolution table with 2,000 comments, beside the same page with 50 and the emptiest answer.

``python -m benchmarks.comments [COMMENTS]`` fills a home of its own, starts the server, signs in and prints
milliseconds and ratios.
"""

import http.cookiejar
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROUNDS = 20
WORDS = (
    "建议", "时限", "改为", "五个", "工作日", "县级", "人手", "不足", "材料", "电子", "证照", "共享", "窗口",
         "网上", "办理", "老年人",
         "代办", "乡镇", "网点", "距离", "公示", "一次性", "告知", "条款", "表述", "不清", "请", "补充", "说明", "周末",
         "预约")
FILL = """
import django; django.setup()
from django.utils import timezone
from jizhun.drafting.models import CommentRow, Consultation
import json, sys
asked = Consultation.objects.get(closed_on=None)
project, number = asked.project, int(sys.argv[1])
keys = [one["key"] for one in project.text.clauses]
CommentRow.objects.filter(project=project).delete()
texts = json.load(sys.stdin)
CommentRow.objects.bulk_create([CommentRow(
    project=project, consultation=asked, seq=n + 1, clause=keys[n % len(keys)], clause_number="4", type="te",
    text=text, region="990101", body="County", desk=project.region, by="x", made_at=timezone.now(), token=f"t{n}")
    for n, text in enumerate(texts[:number])])
print(project.code, asked.pk)
"""


def main(comments: int) -> None:
    made = random.Random(1)
    texts = ["，".join("".join(made.choices(WORDS, k=made.randint(3, 6))) for _ in range(made.randint(2, 8)))
             for _ in range(comments)]
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        kept = {**os.environ, "JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        for words in (("init",), ("load", "national"), ("demo", "--cases", "0")):
            subprocess.run([sys.executable, "-m", "jizhun", *words], env=kept, check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "jizhun", "serve", "--port", str(port), "--no-worker"],
                                  env=kept)
        try:
            for number in (50, comments):
                measure(f"http://127.0.0.1:{port}", number, fill(kept, number, texts))
        finally:
            server.terminate()
            server.wait()


def fill(env: dict[str, str], number: int, texts: list[str]) -> tuple[str, str]:
    """Put so many comments into the open round of the demonstration; project and round."""
    done = subprocess.run([sys.executable, "-c", FILL, str(number)], env=env, check=True, capture_output=True,
                          text=True,
                          input=json.dumps(texts))
    code, round_ = done.stdout.split()
    return code, round_


def measure(address: str, number: int, where: tuple[str, str]) -> None:
    """Every page in turn, so that nobody has the quiet moment."""
    code, round_ = where
    pages = {"alive": "/api/alive/", "resolution table": f"/en/work/projects/{code}/comments/",
             "its last page": f"/en/work/projects/{code}/comments/?page=9999",
             "published table": f"/en/consultations/{round_}/comments/", "the draft": f"/en/consultations/{round_}/",
             "project": f"/en/work/projects/{code}/"}
    opener = signed_in(address)
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(ROUNDS + 2):
        for name, path in pages.items():
            start = time.perf_counter()
            opener.open(address + path, timeout=60).read()
            if turn >= 2:
                times[name].append((time.perf_counter() - start) * 1000)
    bare = statistics.median(times["alive"])
    print(f"{number} comments")
    for name, taken in times.items():
        middle, slow = statistics.median(taken), sorted(taken)[int(ROUNDS * 0.95) - 1]
        print(f"  {name:<20} median {middle:6.1f} ms   95 % within {slow:6.1f} ms   {middle / bare:5.1f} x alive")


def signed_in(address: str) -> urllib.request.OpenerDirector:
    """A browser that has signed in as the provincial editor."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    for _ in range(600):
        try:
            page = opener.open(f"{address}/en/work/sign-in/", timeout=10).read().decode()
        except OSError:
            time.sleep(0.2)
        else:
            break
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    sent = {"username": "province-editor", "password": "try-jizhun-2026", "csrfmiddlewaretoken": token[1]}
    opener.open(f"{address}/en/work/sign-in/", urllib.parse.urlencode(sent).encode(), timeout=10).read()
    return opener


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
