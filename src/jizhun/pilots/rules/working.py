"""The work of a pilot: a plan broken into tasks and milestones, a table every month, what is late. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.pilots.rules.programmes import Days

MOST_TASKS, LONGEST_NAME = 60, 200
NOT_BEGUN, GOING, DONE, LATE, DONE_LATE = "not_begun", "going", "done", "late", "done_late"
STATES: Final[Mapping[str, Bilingual]] = {
    NOT_BEGUN: Bilingual("未开始", "not begun"), GOING: Bilingual("进行中", "going on"),
    DONE: Bilingual("已完成", "done"), LATE: Bilingual("已到期未完成", "due and not done"),
    DONE_LATE: Bilingual("逾期完成", "done after its day")}


@dataclass(frozen=True, slots=True)
class Task:
    """One task: for which of the programme's jobs, by whom, until when. A milestone is a task that others wait for."""

    code: str
    name: str
    job: str
    unit: str
    due: date
    milestone: bool = False

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {"code": self.code, "name": self.name, "job": self.job, "unit": self.unit, "due": str(self.due),
                "milestone": self.milestone}


def task_of(row: Mapping[str, Any]) -> Task:
    """A task as kept."""
    return Task(row["code"], row["name"], row["job"], row["unit"], parse_day(str(row["due"])), bool(row["milestone"]))


def read_tasks(text: str, jobs: Sequence[str], days: Days) -> tuple[Task, ...]:
    """Tasks as typed, one a line: job | task | unit | day due, with * before the task for a milestone.

    Raises Refused naming the line.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = tuple(_task(number, line, jobs) for number, line in enumerate(lines, 1))
    check_tasks(found, jobs, days)
    return found


def _task(number: int, line: str, jobs: Sequence[str]) -> Task:
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    if len(parts) != 4 or not all(parts):
        raise Refused(zh=f"第 {number} 行：请写“工作 | 任务 | 单位 | 完成日期”。",
                      en=f"Line {number}: write “job | task | unit | day due”.")
    job, name, unit, due = parts
    return Task(f"t{number}", name.lstrip("*").strip(), _job(job, jobs), unit, parse_day(due), name.startswith("*"))


def _job(typed: str, jobs: Sequence[str]) -> str:
    """A job by its number in the programme, or by its code."""
    if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(jobs):
        return jobs[int(typed) - 1]
    return typed


def check_tasks(tasks: Sequence[Task], jobs: Sequence[str], days: Days) -> None:
    """Raises Refused: none or too many, an unknown job, one of the jobs without any task, a day outside the pilot."""
    if not tasks or len(tasks) > MOST_TASKS:
        raise Refused(zh=f"请列出 1 到 {MOST_TASKS} 项任务。", en=f"List from 1 to {MOST_TASKS} tasks.")
    for task in tasks:
        if task.job not in jobs:
            raise Refused(zh=f"“{task.name}”：没有“{task.job}”这项工作，共有 {len(jobs)} 项。",
                          en=f"“{task.name}”: there is no job “{task.job}”; there are {len(jobs)}.")
        if not task.name or len(task.name) > LONGEST_NAME or len(task.unit) > LONGEST_NAME:
            raise Refused(zh=f"任务和单位各 1 到 {LONGEST_NAME} 字。",
                          en=f"A task and a unit have 1 to {LONGEST_NAME} characters each.")
        if not days.starts <= task.due <= days.ends:
            raise Refused(zh=f"“{task.name}”：完成日期应在 {days.starts} 至 {days.ends} 之间。",
                          en=f"“{task.name}”: its day lies between {days.starts} and {days.ends}.")
    missing = next((number for number, job in enumerate(jobs, 1) if job not in {task.job for task in tasks}), None)
    if missing is not None:
        raise Refused(zh=f"第 {missing} 项工作没有任务。", en=f"Job {missing} has no task.")


# -- the monthly table -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """What was reported of a month: the share of every task that is done (0 to 100), on a day."""

    month: int
    shares: Mapping[str, int]
    on: date


def check_month(month: int, days: Days, on: date) -> None:
    """Raises Refused for a month outside the pilot, or one that has not begun."""
    if month not in days.months:
        raise Refused(zh=f"{month} 不在试点期内。", en=f"{month} is no month of the pilot.")
    if month > on.year * 100 + on.month:
        raise Refused(zh=f"{month} 还没有开始。", en=f"{month} has not begun.")


def read_share(task: Task, typed: str) -> int:
    """Per cent done, as typed; Refused for what is no share."""
    text = typed.strip().rstrip("%％").strip()
    if not text.isascii() or not text.isdecimal() or int(text) > 100:
        raise Refused(zh=f"“{task.name}”：完成比例请填 0 到 100 的整数。",
                      en=f"“{task.name}”: give its share done as a whole number from 0 to 100.")
    return int(text)


@dataclass(frozen=True, slots=True)
class Progress:
    """A task with how far it has come; ``done_in`` is the first month that reported it whole and in which it stayed."""

    task: Task
    share: int
    state: str
    done_in: int | None


def progress(tasks: Iterable[Task], months: Iterable[Month], on: date) -> list[Progress]:
    """How far every task is on a day, by the newest word on each month."""
    newest = {one.month: one for one in sorted(months, key=lambda one: one.on)}
    order = [newest[month] for month in sorted(newest)]
    return [_progress(task, order, on) for task in tasks]


def _progress(task: Task, order: Sequence[Month], on: date) -> Progress:
    told = [(one.month, one.shares[task.code]) for one in order if task.code in one.shares]
    share = told[-1][1] if told else 0
    whole: int | None = None
    for month, found in told:
        whole = (whole or month) if found == 100 else None
    return Progress(task, share, _state(task, share, whole, on), whole)


def _state(task: Task, share: int, whole: int | None, on: date) -> str:
    if whole is not None:
        return DONE if whole <= task.due.year * 100 + task.due.month else DONE_LATE
    if on > task.due:
        return LATE
    return GOING if share else NOT_BEGUN


def missing_months(days: Days, months: Iterable[int], on: date) -> list[int]:
    """Months of the pilot that have ended and were not reported."""
    told, now = set(months), on.year * 100 + on.month
    return [month for month in days.months if month < now and month not in told]


def whole_share(found: Sequence[Progress]) -> float | None:
    """The mean share of all tasks; None without any."""
    return sum(one.share for one in found) / len(found) / 100 if found else None
