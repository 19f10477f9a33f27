"""``python -m jizhun`` is the ``jizhun`` command."""

import sys

from jizhun.cli import main

sys.exit(main())
