"""Fields of forms as pages show them: label above, hint under it, what is wrong beside it, the typed text kept."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field; with ``choices`` (code, label) it is a list to choose from. ``form`` sets apart forms on one page.

    ``kind``: an input's type, or ``textarea``, ``check`` (one box) or ``checks`` (a box a choice, several chosen).
    """

    name: str
    label: str
    value: str = ""
    wrong: str = ""
    hint: str = ""
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    form: str = ""
    chosen: Sequence[str] = ()
    required: bool = False

    @property
    def id(self) -> str:
        """The field's own name on the page."""
        return f"{self.form}-{self.name}" if self.form else self.name
