"""A hook for a virus scanner: a program named by a setting looks at every file before it is kept as evidence.

``JIZHUN_SCANNER`` is a command; the file's path is added to it. It says 0 for a clean file and 1 for one that is not,
as clamdscan does; anything else, or no answer in time, means that the file is not taken.
"""

import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from django.conf import settings

from jizhun.kernel.bilingual import Refused

CLEAN, FOUND = 0, 1
SECONDS: Final = 60


def scan(name: str, content: bytes) -> None:
    """Raises Refused where the scanner finds something or does not answer; without a scanner nothing is looked at."""
    command = shlex.split(settings.SCANNER)
    if not command:
        return
    said = _asked(command, content)
    if said == FOUND:
        raise Refused(zh=f"“{name}”：病毒扫描发现问题，未接收。",
                      en=f"“{name}”: the virus scanner found something in it.")
    if said != CLEAN:
        raise Refused(zh=f"“{name}”：病毒扫描暂不可用，请稍后再传。",
                      en=f"“{name}”: the virus scanner does not answer; try again later.")


def _asked(command: list[str], content: bytes) -> int:
    """What the program says of the file; -1 where it cannot be asked."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(content)
        try:
            return subprocess.run([*command, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  timeout=SECONDS, check=False).returncode
        except (OSError, subprocess.TimeoutExpired):
            return -1
