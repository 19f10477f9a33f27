"""A server of the product over a folder of its own, started as a person would start it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def jizhun(home: Path, *words: str) -> None:
    """Run one command of the product on this home."""
    subprocess.run([sys.executable, "-m", "jizhun", *words], env=environment(home), check=True, timeout=600,
                   stdout=subprocess.DEVNULL)


def environment(home: Path) -> dict[str, str]:
    """The product's own settings, not those of the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    return {**kept, "JIZHUN_HOME": str(home)}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server over this home, as long as it is wanted."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "jizhun", "serve", "--port", str(port)],
                              env=environment(home), stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/alive/")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(address: str, seconds: float = 180) -> None:
    """Return when the address answers; TimeoutError otherwise."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):  # a busy machine answers late
            time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")
