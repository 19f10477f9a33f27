"""A qualification of the fictional province, a clerk who holds it, and a promise that changes."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.provisions.actions import record
from jizhun.training.actions import certificates
from jizhun.training.models import Certificate, QualificationVersion

MATTER, COUNTY, PROVINCE = "NB029-EX01", "990101", "990000"
COVERS = (("promise", (MATTER, "@", "all", "promised_limit")), ("steps", (MATTER, "@")),
          ("field", (MATTER, "@", "contacts")))
SITE = "http://127.0.0.1:8000"


def user(name: str) -> User:
    return User.objects.get(username=name)


def described(code: str = "unemployment-clerk", **more: Any) -> QualificationVersion:
    """The qualification, as the province's trainer describes it."""
    asked: dict[str, Any] = {
        "by": user("trainer"), "code": code, "region": PROVINCE, "covers": COVERS, "months": 24, "grace_days": 10,
        "passing": 6000, "name": Bilingual("失业保险窗口经办", "Window clerk for unemployment insurance"),
        "about": Bilingual("学过失业保险金申领的时限和规程。", "Has learned the limits and steps of claims.")}
    return certificates.describe(**(asked | more))


def issued(holder: str = "county-clerk", on: date | None = None, **more: Any) -> Certificate:
    """A certificate of that qualification."""
    asked: dict[str, Any] = {"by": user("trainer"), "code": "unemployment-clerk", "holder": user(holder),
                             "holder_name": "张某某", "region": COUNTY, "evidence": "sitting 1", "mark": 9200, "on": on}
    return certificates.issue(**(asked | more))


def faster(on: date, value: int = 2, region: str = PROVINCE) -> None:
    """The province promises two working days instead of three from a day on."""
    record(by=user("province-editor"), row={
        "subject": MATTER, "measure": "promised_limit", "region": region, "modality": "floor", "value": value,
        "unit": "working_day", "from": on.isoformat(), "document": "sim-limits-2025", "mark": "SIM", "source": "test",
        "clause_zh": "一", "clause_en": "1"})


def days_from_now(number: int) -> date:
    return timezone.localdate() + timedelta(number)
