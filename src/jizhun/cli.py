"""The ``jizhun`` command: ``jizhun X …`` runs the management command X."""

import gettext
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.db.utils import DatabaseError, OperationalError, ProgrammingError
from django.utils import translation

from jizhun.kernel.bilingual import Refused

ALSO = ("changepassword", "check", "db_worker", "dbshell", "makemigrations", "makemessages", "migrate", "shell")
"""Commands of the libraries that an operator or a developer of this product needs."""

ERRORS_OF_TABLES = (OperationalError, ProgrammingError)
NO_TABLES = ("no such table", "does not exist", "no such column")


def language() -> str:
    """``zh-hans`` or ``en``: the reader's language by JIZHUN_LANG, else by the locale; English if neither says."""
    for name in ("JIZHUN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if text := os.environ.get(name):
            return "zh-hans" if text.lower().startswith("zh") else "en"
    return "en"


def commands() -> dict[str, str]:
    """Command name -> the app that has it: ours, and those of the libraries that are of use here."""
    return {name: app for name, app in sorted(get_commands().items()) if app == "jizhun" or name in ALSO}


def load(name: str, app: str) -> BaseCommand:
    """The command object; ours do without the options that are for Django's developers."""
    command = load_command_class(app, name)
    if app == "jizhun":
        command.suppressed_base_arguments = DJANGO_OPTIONS
        command.requires_system_checks = []
    return command


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue; Django's own needs settings, which are not there yet."""
    return text


DJANGO_OPTIONS = {"--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
                  "--force-color"}
SAID_BY_ARGPARSE = (
    gettext_noop("usage: "), gettext_noop("options"), gettext_noop("positional arguments"),
    gettext_noop("show this help message and exit"), gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"), gettext_noop("unrecognized arguments: %s"),
    gettext_noop("the following arguments are required: %s"), gettext_noop("expected one argument"),
    gettext_noop("expected at least one argument"), gettext_noop("ignored explicit argument %r"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
    gettext_noop("invalid %(type)s value: %(value)r"), gettext_noop("not allowed with argument %s"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"))
"""What the standard library says of a command line; it asks gettext, and finds our catalogue there."""


def speak(tongue: str) -> None:
    """Let everything that is said from now on be in this language, the standard library's words too."""
    translation.activate(tongue)
    gettext.bindtextdomain("django", str(Path(__file__).parent / "locale"))
    gettext.textdomain("django")
    os.environ["LANGUAGE"] = "zh_Hans" if tongue.startswith("zh") else "en"


def overview() -> str:
    """What ``jizhun --help`` prints: our commands, a line each."""
    ours = [(name, load(name, app)) for name, app in commands().items() if app == "jizhun"]
    lines = [f"  {name:<12} {str(command.help).splitlines()[0]}" for name, command in ours if command.help]
    return "\n".join(["jizhun COMMAND [--help]", "", *lines, "", "  " + " ".join(ALSO)])


def unknown(name: str) -> Refused:
    """The refusal of a command that does not exist."""
    return Refused(
        zh=f"没有“{name}”这个命令；用 jizhun --help 查看全部命令。",
        en=f"There is no command “{name}”; jizhun --help lists them all.",
    )


def without_tables() -> Refused:
    """The refusal when the database has not been made, or is older than the program."""
    from django.conf import settings

    return Refused(
        zh=f"{settings.HOME} 中的数据库尚未建立或版本较旧；请先运行 jizhun init。",
        en=f"The database of {settings.HOME} is not made yet or is older than this program; run jizhun init.",
    )


def unusable(error: Exception) -> Refused:
    """The refusal when the database is damaged, locked, full or not to be reached; in the database's own words."""
    from django.conf import settings

    reason = " ".join(str(error).split())[:300]
    return Refused(
        zh=f"{settings.HOME} 的数据库无法使用：{reason}。如已损坏，请用备份恢复。",
        en=f"The database of {settings.HOME} cannot be used: {reason}. If it is damaged, restore a backup.",
    )


def run(argv: Sequence[str]) -> None:
    """Run ``argv`` (command and its arguments); raises Refused, CommandError or SystemExit."""
    django.setup()
    speak(language())  # before a command is imported: its help speaks that language
    name, *rest = argv or ["--help"]
    if name in ("help", "-h", "--help"):
        print(overview())
    elif app := commands().get(name):
        load(name, app).run_from_argv(["jizhun", name, *rest])
    else:
        raise unknown(name)


def refuse(refused: Refused) -> int:
    """Print the sentence in the reader's language; gives exit code 2."""
    print(refused.sentence.in_language(language()), file=sys.stderr)
    return 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line (``sys.argv`` by default); gives the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")
    try:
        run(sys.argv[1:] if argv is None else argv)
    except Refused as refused:
        return refuse(refused)
    except DatabaseError as error:
        if isinstance(error, ERRORS_OF_TABLES) and any(words in str(error) for words in NO_TABLES):
            return refuse(without_tables())
        if type(error) not in (DatabaseError, OperationalError):  # the others are faults of the program
            raise
        return refuse(unusable(error))
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.returncode
    except BrokenPipeError:  # the reader has seen enough: `jizhun cases … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return 0
