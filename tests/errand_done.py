"""What a page asked for is done by hand, as the worker would."""

from typing import Any

from jizhun.evaluation.models import Errand
from jizhun.workbench.tasks import do_errand


def token_of(answered: Any) -> str:
    """The token in the address that an answer leads to."""
    assert answered.status_code == 302 and "/work/errands/" in answered["Location"], answered
    return str(answered["Location"].split("/")[-2])


def done(answered: Any) -> Errand:
    """The errand that an answer leads to, after the worker has done it."""
    do_errand.func(token_of(answered))
    return Errand.objects.get(token=token_of(answered))
