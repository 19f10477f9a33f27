"""The ``jizhun`` command: exit codes, and sentences in the reader's language."""

import os
import re
import socket
import subprocess
import sys

import pytest
from django.utils import translation

from jizhun import cli


@pytest.fixture(autouse=True)
def locale(monkeypatch):
    for name in ("JIZHUN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    with translation.override("en"):
        yield


def run_apart(tmp_path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process and a home of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JIZHUN_", "DJANGO_", "LC_"))}
    kept |= {"LANG": "C.UTF-8", "JIZHUN_HOME": str(tmp_path / "home"), **variables}
    return subprocess.run([sys.executable, "-m", "jizhun", *words], env=kept, cwd=tmp_path, capture_output=True,
                          text=True, check=False)


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C", "JIZHUN_LANG": "zh"}, "zh-hans"),
    ],
)
def test_the_language_is_the_readers(monkeypatch, variables, language):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli.language() == language


def test_an_unknown_command_is_one_sentence_and_exit_code_2(capsys):
    assert cli.main(["promise"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err == "There is no command “promise”; jizhun --help lists them all.\n"


def test_help_lists_our_commands(capsys):
    assert cli.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in ("audit", "doctor", "init", "serve"))


def test_without_a_database_the_sentence_says_what_to_run(tmp_path):
    done = run_apart(tmp_path, "audit", "verify")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "run jizhun init" in done.stderr


@pytest.mark.parametrize("content", [b"x" * 100_000, b"SQLite format 3\0" + b"\xff" * 100_000])
def test_a_damaged_database_is_one_sentence(tmp_path, content):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "jizhun.sqlite3").write_bytes(content)
    for words in (("audit", "verify"), ("load", "national"), ("truth",), ("init",)):
        done = run_apart(tmp_path, *words)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), words
        assert "cannot be used: " in done.stderr and "restore a backup" in done.stderr


def test_a_database_out_of_reach_is_one_sentence(tmp_path):
    done = run_apart(tmp_path, "truth", JIZHUN_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 2 and "cannot be used: " in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"JIZHUN_DEBUG": "maybe"}, "JIZHUN_DEBUG must be 0 or 1, not “maybe”."),
        ({"JIZHUN_DATABASE_URL": "mysql://here"}, "JIZHUN_DATABASE_URL must read postgresql://"),
        ({"JIZHUN_HOME": "/dev/null/home"}, "check JIZHUN_HOME"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_with_a_sentence(tmp_path, variables, sentence):
    done = run_apart(tmp_path, "check", **variables)
    assert done.returncode == 2 and sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_secret_key_is_kept_and_its_owners_only(tmp_path):
    run_apart(tmp_path, "--help")
    key = tmp_path / "home" / "keys" / "secret.key"
    first = key.read_text()
    assert len(first) > 50 and key.stat().st_mode & 0o777 == 0o600
    run_apart(tmp_path, "--help")
    assert key.read_text() == first


@pytest.mark.parametrize("words", [
    ("demo", "--seed", "-1"), ("demo", "--cases", "many"), ("audit", "show", "--last", "-5"),
    ("cases", "--source", "x", "--limit", "-5"), ("serve", "--port", "99999"), ("serve", "--threads", "0"),
])
def test_a_number_out_of_range_is_one_sentence(words, capsys):
    assert cli.main(words) == 2
    said = capsys.readouterr()
    assert "must be a whole number from" in said.err and words[-1] in said.err and not said.out


def test_every_command_tells_its_help(tmp_path):
    for name in ("ingest", "cases", "promised", "evaluate", "serve"):
        done = run_apart(tmp_path, name, "--help", JIZHUN_LANG="zh")
        assert (done.returncode, done.stderr) == (0, "") and f"jizhun {name}" in done.stdout


def test_a_port_that_another_program_has_is_told(capsys, db):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert cli.main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "choose another --port" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "sentence"), [
    (("promised", "--region", "330106"), "jizhun promised：缺少必需的参数：--matter"),
    (("evaluate", "--source", "x", "--format", "pdf"), "参数 --format：不能是 'pdf'"),
    (("load",), "缺少必需的参数：what"),
    (("truth", "--jsno"), "没有这样的参数：--jsno"),
])
def test_a_wrong_command_line_is_told_in_the_reader_s_language(tmp_path, words, sentence):
    done = run_apart(tmp_path, *words, JIZHUN_LANG="zh")
    assert done.returncode == 2 and sentence in done.stderr and done.stderr.startswith("用法：")


def test_the_help_of_a_command_is_in_the_reader_s_language_and_ours_alone(tmp_path):
    """No option that is for Django's developers, and no line that stayed English."""
    for name in sorted(name for name, app in cli.commands().items() if app == "jizhun"):
        said = run_apart(tmp_path, name, "--help", JIZHUN_LANG="zh").stdout
        assert "--settings" not in said and "--skip-checks" not in said, name
        assert not [line for line in said.splitlines() if re.match(r"  +(-\S.*)?  +[A-Z][a-z]+ [a-z]+ ", line)], name
