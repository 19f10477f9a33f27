"""Warm pages as a browser on the same machine waits for them, beside the emptiest answer of the same server.

``python -m benchmarks.pages [CASES]`` fills a home of its own (default 200,000 simulated cases), starts the server and
prints milliseconds and the ratio to ``/api/alive/``.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROUNDS = 30
PAGES = (
    ("alive", "/api/alive/"),
    ("home", "/zh/"),
    ("item", "/zh/items/NB029/?region=310000"),
    ("item, history", "/zh/items/NB050/?region=510000&tab=history"),
    ("region", "/zh/region/?region=310000"),
    ("across the country", "/zh/across/?region=CN"),
    ("results", "/zh/results/?region=990000"),
)


def main(cases: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        kept = {**os.environ, "JIZHUN_HOME": home}
        for words in (("init",), ("load", "national"), ("demo", "--cases", str(cases))):
            subprocess.run([sys.executable, "-m", "jizhun", *words], env=kept, check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "jizhun", "serve", "--port", str(port), "--no-worker"],
                                  env=kept)
        try:
            measure(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def measure(address: str) -> None:
    """Every page twice before it counts; then all of them in turn, so that nobody has the quiet moment."""
    _wait(address)
    for _ in range(2):
        for _, path in PAGES:
            _milliseconds(address + path)
    times = {name: [] for name, _ in PAGES}
    for _ in range(ROUNDS):
        for name, path in PAGES:
            times[name].append(_milliseconds(address + path))
    bare = statistics.median(times["alive"])
    for name, taken in times.items():
        middle, slow = statistics.median(taken), sorted(taken)[int(ROUNDS * 0.95)]
        print(f"{name:<20} median {middle:6.1f} ms   95 % within {slow:6.1f} ms   {middle / bare:5.1f} x alive")


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            _milliseconds(f"{address}/api/alive/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{address} does not answer")


def _milliseconds(address: str) -> float:
    start = time.perf_counter()
    with urllib.request.urlopen(address, timeout=60) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
