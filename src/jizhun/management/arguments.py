"""What the command line's arguments may be, told in one sentence when they are not."""

import re
from collections.abc import Callable

from jizhun.kernel.bilingual import Refused

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def whole_number(least: int, most: int = 10**12) -> Callable[[str], int]:
    """A type for argparse: a whole number from ``least`` to ``most``; raises Refused."""

    def read(text: str) -> int:
        if not WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise Refused(
                zh=f"“{text}”应是 {least} 到 {most} 之间的整数。",
                en=f"“{text}” must be a whole number from {least} to {most}.",
            )
        return int(text)

    return read
