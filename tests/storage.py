"""A stand-in for object storage: a server of its own on this machine that speaks S3."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
BUCKET = "cases"


@contextmanager
def serving(log: Path) -> Iterator[str]:
    """The address of a server with an empty bucket."""
    from jizhun.analytics.lake.store import _s3

    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = int(asked.getsockname()[1])
    before = {name: os.environ.get(name) for name in KEYS}
    os.environ.update(KEYS)
    with log.open("wb") as told:
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                                  stdout=told, stderr=told)
    try:
        _wait(port)
        import boto3

        endpoint = f"http://127.0.0.1:{port}"
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield endpoint
    finally:
        server.kill()
        server.wait()
        _s3.cache_clear()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def surroundings() -> dict[str, str]:
    """For a process that reads the same storage and uses what stands in this folder."""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, **KEYS, "PYTHONPATH": paths}


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the stand-in for object storage did not start")
