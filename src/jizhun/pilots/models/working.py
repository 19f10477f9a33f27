"""The plan of a pilot and its monthly tables; every version stays, the newest counts."""

from django.db import models

from jizhun.pilots.models.programmes import PilotApplication
from jizhun.pilots.rules.working import Month, Task, task_of


class PilotPlan(models.Model):
    """A version of the implementation plan: goals in words, tasks as rows (``rules.working.Task``)."""

    application = models.ForeignKey(PilotApplication, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    goals = models.TextField()
    tasks = models.JSONField()
    reason = models.TextField(blank=True)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("application", "number"), name="pilot_plan_once"),)

    def __str__(self) -> str:
        return f"{self.application_id} plan {self.number}"

    @property
    def told(self) -> tuple[Task, ...]:
        return tuple(task_of(row) for row in self.tasks)


class MonthlyReport(models.Model):
    """The table of a month (yyyymm): shares of tasks, words, evidence. A later one of the same month corrects it."""

    application = models.ForeignKey(PilotApplication, on_delete=models.PROTECT, related_name="reports")
    month = models.PositiveIntegerField()
    shares = models.JSONField()
    done = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    coming = models.TextField(blank=True)
    evidence = models.JSONField(default=list)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("month", "pk")

    def __str__(self) -> str:
        return f"{self.application_id} {self.month}"

    def fact(self) -> Month:
        return Month(self.month, self.shares, self.on)
