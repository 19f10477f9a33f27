"""The life of long work, once for every kind: told of, mailed, stopped, and failed where the worker is killed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from jizhun.evaluation.models import Report
from jizhun.evaluation.reports.keeping import KIND
from jizhun.kernel.bilingual import Refused
from jizhun.people import long_work
from jizhun.people.mail import send_waiting
from jizhun.people.models import AuditLine, Notice, User
from own_process import home_of, surroundings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES, settings.EMAIL_CONFIGURED = tmp_path / "files", True
    settings.PUBLIC_ADDRESS = "https://jizhun.example"
    yield


@pytest.fixture
def lin() -> User:
    return User.objects.create_user("lin", email="lin@example.org")


def asked(by: User) -> Report:
    row = long_work.new(KIND, by=by, source="s", region="990101", period="2025", language="en")
    return long_work.ask(KIND, row, by=by, prepare=lambda one: KIND.folder_of(one).mkdir(parents=True))


def run(row: Report, work: Any) -> Report:
    long_work.run(KIND, token=row.token, work=work)
    row.refresh_from_db()
    return row


def nothing(_row: Report, _step: long_work.Step) -> None:
    """Work that is done as soon as it begins."""


def refuses(_row: Report, _step: long_work.Step) -> None:
    raise Refused(zh="没有办件。", en="No cases.")


def breaks(_row: Report, _step: long_work.Step) -> None:
    raise ValueError("a fault of ours")


# -- how it ends


def test_what_is_done_keeps_its_files_and_says_how_long_it_took(lin: User) -> None:
    row = run(asked(lin), nothing)
    assert (row.state, row.share) == ("done", 1.0) and row.seconds > 0 and KIND.folder_of(row).is_dir()
    assert AuditLine.objects.filter(act="evaluation.ask_report", actor="lin").count() == 1


@pytest.mark.parametrize(("work", "state"), [(refuses, "refused"), (breaks, "failed")])
def test_what_is_not_done_keeps_no_files(lin: User, work: Any, state: str) -> None:
    row = asked(lin)
    if state == "failed":
        with pytest.raises(ValueError, match="a fault of ours"):
            long_work.run(KIND, token=row.token, work=work)
        row.refresh_from_db()
    else:
        run(row, work)
    assert row.state == state and not KIND.folder_of(row).exists()
    assert row.told.en == ("No cases." if state == "refused" else "")


def test_it_stops_where_it_tells_how_far_it_is(lin: User) -> None:
    reached = []

    def work(row: Report, step: long_work.Step) -> None:
        long_work.cancel(KIND, by=lin, token=row.token)
        reached.append("before")
        step(0.5)
        reached.append("after")
    row = run(asked(lin), work)
    assert row.state == "cancelled" and reached == ["before"] and not Notice.objects.exists()


def test_nothing_is_kept_where_its_files_cannot_be_laid_ready(lin: User) -> None:
    def prepare(row: Report) -> None:
        KIND.folder_of(row).mkdir(parents=True)
        raise Refused(zh="不行。", en="No.")
    row = long_work.new(KIND, by=lin, source="s", region="990101", period="2025", language="en")
    with pytest.raises(Refused):
        long_work.ask(KIND, row, by=lin, prepare=prepare)
    assert not Report.objects.exists() and not KIND.folder_of(row).exists() and not AuditLine.objects.exists()


def test_two_workers_do_it_once(lin: User) -> None:
    row, times = asked(lin), []
    with long_work.at_work(row.token):
        run(row, lambda *_: times.append(1))
        assert row.state == "waiting" and not times
    run(row, lambda *_: times.append(1))
    run(row, lambda *_: times.append(1))
    assert times == [1]


@pytest.mark.parametrize(("done", "share"), [((0, 10), 0.25), ((5, 10), 0.375), ((10, 10), 0.5), ((0, 0), 0.25)])
def test_a_part_tells_its_share_of_the_whole(done: tuple[int, int], share: float) -> None:
    told: list[float] = []
    long_work.part(told.append, 1, 4)(*done)
    assert told == [share]


# -- told of


@pytest.mark.parametrize(("work", "zh", "en"), [
    (nothing, "报告已生成：990101 2025", "The report is ready: 990101 2025"),
    (refuses, "报告未能生成：990101 2025（没有办件。）", "The report could not be made: 990101 2025 (No cases.)")])
def test_whoever_asked_is_told_on_the_page_and_by_mail(lin: User, work: Any, zh: str, en: str) -> None:
    row = run(asked(lin), work)
    notice = Notice.objects.get(username="lin")
    assert (notice.text_zh, notice.text_en, notice.href) == (zh, en, f"work/reports/{row.token}/")
    (sent,) = mail.outbox
    assert sent.to == ["lin@example.org"] and sent.subject == zh and zh in sent.body and en in sent.body
    assert f"https://jizhun.example/zh/work/reports/{row.token}/" in sent.body
    assert notice.sent_at is not None and send_waiting() == 0 and len(mail.outbox) == 1


def test_no_mail_goes_out_where_none_is_set_up_or_there_is_no_address(lin: User, settings: Any) -> None:
    run(asked(User.objects.create_user("none")), nothing)
    settings.EMAIL_CONFIGURED = False
    run(asked(lin), nothing)
    assert mail.outbox == [] and Notice.objects.filter(sent_at=None).count() == 2
    with pytest.raises(Refused, match="JIZHUN_EMAIL_URL"):
        send_waiting()


def test_a_mail_server_that_is_away_changes_nothing_and_the_notice_waits(lin: User, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = 9, 5  # nobody listens there
    row = run(asked(lin), nothing)
    assert row.state == "done" and Notice.objects.get().sent_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_waiting() == 1 and len(mail.outbox) == 1


# -- a worker that is killed

BEGIN = """
import django; django.setup()
from jizhun.evaluation.models import Report
from jizhun.evaluation.reports.keeping import KIND
from jizhun.people import long_work
from jizhun.people.models import User
lin = User.objects.create_user("lin")
row = long_work.ask(KIND, long_work.new(KIND, by=lin, source="s", region="1", period="2025", language="en"), by=lin)
def work(row, step):
    KIND.folder_of(row).mkdir(parents=True)
    (KIND.folder_of(row) / "report.docx").write_text("half")
    step(0.4)
    print(row.token, flush=True)
    import time; time.sleep(600)
long_work.run(KIND, token=row.token, work=work)
"""
LOOK = """
import sys, django; django.setup()
from jizhun.evaluation.reports.keeping import KIND
from jizhun.people import long_work
from jizhun.people.models import Notice, User
row = long_work.own(KIND, by=User.objects.get(username="lin"), token=sys.argv[1])
print(row.state, row.share, KIND.folder_of(row).exists(), [one.text_en for one in Notice.objects.all()])
"""


def test_a_worker_killed_in_the_middle_leaves_a_row_that_says_failed_and_nothing_half(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home")

    def look(token: str) -> str:
        return subprocess.run([sys.executable, "-c", LOOK, token], env=surroundings(home), check=True,
                              capture_output=True, text=True).stdout.strip()
    with subprocess.Popen([sys.executable, "-c", BEGIN], env=surroundings(home), stdout=subprocess.PIPE,
                          text=True) as worker:
        assert worker.stdout is not None
        token = worker.stdout.readline().strip()
        assert look(token) == "running 0.4 True []", "as long as somebody works on it nothing is cleared away"
        worker.kill()
    assert look(token) == "failed 0.4 False ['Something went wrong making the report: 1 2025']"
    assert look(token).endswith("['Something went wrong making the report: 1 2025']"), "told once"
