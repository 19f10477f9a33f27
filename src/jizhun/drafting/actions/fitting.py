"""Whether what was typed fits the columns it is kept in, on every database alike."""

from datetime import date, timedelta

from django.db import models

from jizhun.kernel.bilingual import Refused


def check_lengths(model: type[models.Model], **values: str) -> None:
    """Refused where a text is longer than its column."""
    for name, value in values.items():
        most = getattr(model._meta.get_field(name), "max_length", None)
        if most is not None and len(value) > most:
            raise Refused(zh=f"太长了：最多 {most} 字，现为 {len(value)} 字。",
                          en=f"Too long: {most} characters at most, not {len(value)}.")


YEARS = 366


def check_near(day: date, today: date, years: int) -> None:
    """Refused where a day lies further away than so many years: a slip of the pen."""
    if abs((day - today).days) > years * YEARS:
        raise Refused(zh=f"日期 {day} 离今天太远。", en=f"The day {day} is too far from today.")


A_YEAR = timedelta(days=YEARS)
