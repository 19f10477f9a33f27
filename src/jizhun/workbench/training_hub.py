"""Training on one page: what is mine to do first, then the parts of the room."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.frame.tags import words
from jizhun.kernel.bilingual import COLON
from jizhun.people.actions import path_to
from jizhun.training.actions import contests, courses
from jizhun.training.actions.sources_asked import asked
from jizhun.training.models import Contest, CourseVersion
from jizhun.training.rules.contests import round_on
from jizhun.training.rules.courses import CHANGED
from jizhun.workbench.making import Need
from jizhun.workbench.training_asked import REVIEW, WRITE, Learner, address_of, learner_of

OTHERS = (
    (("work-questions", "work-training-questions"), "questions"), (("work-exams", "work-training-exams"), "exams"),
    (("work-sittings", "work-training-sittings"), "sittings"),
    (("work-certificates", "work-training-certificates"), "certificates"))
"""Parts of the room that others keep, by the names that their pages may have."""


@login_required
def training(request: HttpRequest) -> HttpResponse:
    """What waits for me; then courses, questions, examinations, ledger, contests, coverage."""
    who = learner_of(request)
    return render(request, "workbench/training.html", {
        "needs": [*_reviews(who), *_learning(who), *_changed(who), *_rounds(who)], "teaches": who.teaches,
        "keeps": bool(who.where(WRITE) or who.where(REVIEW)),
        "others": {key: address_of(*names) for names, key in OTHERS}})


def _reviews(who: Learner) -> Iterator[Need]:
    regions = who.where(REVIEW)
    for one in courses.versions():
        if courses.waits_for(one, "accept", who.user, regions):
            yield Need(_("Course to be reviewed") + words(COLON) + words(one.name), one.by, _address(one))


def _learning(who: Learner) -> Iterator[Need]:
    some = [one for one in courses.in_use().values() if one.course.role in who.roles
            and courses.concerns(one, who.regions)]
    for one in courses.progress(username=who.user.username, some=some, on=who.today).values():
        if not one.complete:
            again = sum(state == CHANGED for state in one.states.values())
            why = ngettext("%(n)s unit has changed since you learned it.", "%(n)s units have changed since you learned "
                           "them.", again) % {"n": again} if again else _("%(done)s of %(all)s units learned.") % {
                "done": one.done, "all": len(one.states)}
            yield Need(words(one.version.name), why, _address(one.version))


def _changed(who: Learner) -> Iterator[Need]:
    """Courses that one keeps and that teach what no longer holds."""
    regions, ask = {*who.where(WRITE)}, asked().ask
    for one in courses.in_use().values():
        if regions & {*path_to(one.course.region)}:
            changed = courses.changed_units(one, who.today, ask)
            if changed:
                yield Need(_("Course to be brought up to date") + words(COLON) + words(one.name),
                           ngettext("The source of %(n)s unit has changed.", "The sources of %(n)s units have changed.",
                                    len(changed)) % {"n": len(changed)}, _address(one))


def _rounds(who: Learner) -> Iterator[Need]:
    for contest in Contest.objects.all():
        number = round_on(contests.periods(contest), who.today)
        if number and who.user.username in contests.entries_of(contest):
            held = contest.drawn.filter(number=number).first()
            if held is None or not held.answers.filter(username=who.user.username).exists():
                yield Need(_("Round %(n)s of a contest is open") % {"n": number} + words(COLON) + words(contest.name),
                           _("It is handed in once."), reverse("work-contest-round", args=[contest.pk]))


def _address(one: CourseVersion) -> str:
    return reverse("work-course", args=[one.course.code])
