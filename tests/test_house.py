"""The house rules: one direction of imports, short functions, plain names, docs in both languages, clean pins."""

import ast
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "jizhun"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
PURE = sorted(
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    for path in FILES
    if path.parts[len(SOURCE.parts)] in ("kernel", "analytics")
    or ("rules" in path.with_suffix("").parts and "management" not in path.parts)
)

LONGEST_FUNCTION = 45
LONGEST_FILE = 600


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Every function with its length in lines, the docstring not counted."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                yield path, node, (node.end_lineno or 0) - first.lineno + 2


def test_rooms_import_only_rooms_below_them():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_kernel_analytics_and_rules_load_without_django():
    code = (f"import importlib, sys\nfor name in {PURE!r}: importlib.import_module(name)\n"
            "print([name for name in sys.modules if name.split('.')[0] == 'django'])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "jizhun.people.rules" in PURE and "jizhun.kernel.workflow" in PURE
    assert done.stdout.strip() == "[]"


def test_functions_are_short():
    found = list(functions())
    long = [f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {length}"
            for path, node, length in found if length > LONGEST_FUNCTION]
    assert long == []
    lengths = [length for _, _, length in found]
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 22


def test_files_are_short():
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 350


def test_nothing_has_a_name_that_says_nothing():
    modules = {"utils", "helpers", "services", "signals", "handlers", "managers", "processors", "common", "misc"}
    names = {path: path.relative_to(SOURCE).with_suffix("").parts for path in FILES}
    assert [str(path) for path, parts in names.items() if modules & set(parts)] == []
    vague = re.compile(r"^class \w*(Manager|Processor|Handler|Helper|Service|Impl)\b(?!\()", re.M)
    assert {path.name: vague.findall(text) for path in FILES if vague.search(text := path.read_text("utf-8"))} == {}


def test_every_function_is_typed():
    def untyped(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        named = [one for one in arguments if one.arg not in ("self", "cls")]
        return node.returns is None or any(one.annotation is None for one in named)

    assert [f"{path.relative_to(ROOT)}:{node.lineno} {node.name}" for path, node, _ in functions()
            if untyped(node)] == []


def test_every_module_says_what_it_is_for():
    assert [str(path.relative_to(ROOT)) for path in FILES
            if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def pages(language: str) -> dict[str, int]:
    """Page of the docs -> how many headings it has."""
    folder = ROOT / "docs" / language
    return {str(page.relative_to(folder)): len(re.findall(r"^#+ ", page.read_text("utf-8"), re.M))
            for page in folder.rglob("*.md")}


def test_the_docs_exist_in_both_languages_page_for_page_and_heading_for_heading():
    assert pages("en") and pages("en") == pages("zh")


def tracked() -> list[Path]:
    """Every text file that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    if not files:
        pytest.skip("not a git checkout")
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:2000]]


def test_pins_carry_hashes_and_no_address():
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        assert not re.search(r"https?:|file:|--(extra-)?index|--find-links| @ |^/", text, re.M), path.name
        names = [line for line in text.splitlines() if re.match(r"\w", line)]
        assert names and text.count("--hash=sha256:") >= len(names), path.name
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, one in lock["packages"].items() if "resolved" in one] == []


ONLY_WHAT_IS_INSTALLED = """
import sys
class Hiding:
    def __init__(self, finder): self.finder = finder
    def __getattr__(self, name): return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {missing} else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
import importlib, pkgutil
import jizhun.wsgi
for module in pkgutil.walk_packages(jizhun.__path__, "jizhun."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_the_server_starts_with_nothing_but_what_the_product_installs():
    """Tests bring far more along: what only they have is hidden from a new process that loads all pages."""
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "base.txt").read_text(), re.M))
    own = {name.lower().replace("_", "-") for name in pinned} | {"jizhun"}
    missing = {module for module, brought_by in packages_distributions().items()
               if not {one.lower().replace("_", "-") for one in brought_by} & own}
    assert "pandas" in missing and "django" not in missing
    ran = subprocess.run([sys.executable, "-c", ONLY_WHAT_IS_INSTALLED.format(missing=missing)], check=False,
                         capture_output=True, text=True, cwd=ROOT,
                         env={**os.environ, "DJANGO_SETTINGS_MODULE": "jizhun.settings"})
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_no_file_names_this_machine():
    places = [re.escape(str(path)) + r"\b" for path in (ROOT, ROOT.parent / "shared")]
    here = re.compile("|".join([*places, r"/home/\w+/"]))
    assert [str(file.relative_to(ROOT)) for file in tracked() if here.search(file.read_text("utf-8", "ignore"))] == []


def test_no_file_carries_the_marks_of_a_merge():
    marks = re.compile(r"^(<{7} |>{7} |={7}$)", re.M)
    assert not [file.name for file in tracked() if marks.search(file.read_text(errors="ignore"))]


def test_translations_are_complete():
    import polib

    for source in SOURCE.glob("locale/*/LC_MESSAGES/*.po"):
        entries = polib.pofile(str(source))
        assert [entry.msgid for entry in entries.untranslated_entries() + entries.fuzzy_entries()] == []


@pytest.mark.django_db
def test_the_tables_are_those_of_the_models(capsys):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
