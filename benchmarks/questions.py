"""Where 10,000 questions stand on a day: ``python -m benchmarks.questions [NUMBER]``; nothing is kept.

Needs a home with the national list and the fictional province (``jizhun init``, ``load national``, ``demo``). Questions
are drafted there by many seeds inside a transaction that is taken back.
"""

import os
import sys
import time

import django


def main(number: int) -> None:
    """Draft, accept, and ask three times: with nothing known, and twice as a running server does."""
    from django.db import transaction
    from django.utils import timezone

    from jizhun.training.actions import bank, sources_asked
    from jizhun.training.models import Question

    with transaction.atomic():
        _fill(number)
        questions = Question.objects.all()
        sources_asked._KEPT.clear()
        for what in ("first", "again", "again"):
            start = time.perf_counter()
            held = bank.held_questions(questions.all(), on=timezone.localdate(), content=False)
            spent = time.perf_counter() - start
            usable = sum(one.standing.usable for one in held)
            print(f"{what:<6} {len(held):,} questions, {usable:,} in use: {spent:.2f} s")
        transaction.set_rollback(True)


def _fill(number: int) -> None:
    from django.utils import timezone

    from jizhun.catalogue.actions import catalogue
    from jizhun.people.rules import SYSTEM
    from jizhun.regions.actions import tree
    from jizhun.training.actions import bank
    from jizhun.training.models import Question, QuestionStep, QuestionVersion

    today, matters, made = timezone.localdate(), [*catalogue().matters], 0
    counties = [one for one in tree().within("990000", today) if not tree().children(one, today)]
    for seed in range(100):
        for county in counties:
            drafts = bank.draft_questions(by=SYSTEM, region=county, matters=matters, seed=str(seed), most=500)
            drafts = drafts[:number - made]
            questions = Question.objects.bulk_create([Question(
                code=f"B-{made + at}", region=county, matter=one.matter, topic=one.topic, by="bench")
                for at, one in enumerate(drafts)])
            versions = QuestionVersion.objects.bulk_create([QuestionVersion(
                question=question, number=1, kind=one.kind, content=one.content, drafted_by=one.rule, seed=one.seed,
                sources=[source.plain() for source in one.sources], by="bench")
                for question, one in zip(questions, drafts, strict=True)])
            QuestionStep.objects.bulk_create([
                QuestionStep(version=one, act=QuestionStep.ACCEPTED, by="reviewer") for one in versions])
            made += len(drafts)
            if made >= number:
                return


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
