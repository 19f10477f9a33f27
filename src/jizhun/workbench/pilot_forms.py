"""The forms of a pilot's page, each for who may fill it in now."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jizhun.evaluation.rules.sheets import ANSWERS, NO, YES, plain
from jizhun.frame.fields import Field
from jizhun.frame.pilots import month_text
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.pilots.actions import assessing, selecting
from jizhun.pilots.actions.experience import PARTS as CARD_PARTS
from jizhun.pilots.actions.programmes import APPLY, ASSESS, MANAGE, stands
from jizhun.pilots.actions.working import Work
from jizhun.pilots.models import PilotApplication
from jizhun.pilots.rules.assessing import FINAL, MID, STAGES, STOP, VERDICTS
from jizhun.pilots.rules.programmes import APPLIED, DECLINED, SELECTED
from jizhun.workbench.evaluation_asked import Looker


def forms(who: Looker, one: PilotApplication, work: Work, sent: QueryDict) -> dict[str, Any]:
    """Fields by form; none where it is not this person's to fill in, or not yet."""
    now = stands(one)
    applies, manages = who.may(APPLY, one.region), who.may(MANAGE, one.programme.organiser)
    assesses = who.may(ASSESS, one.region)
    conflict = selecting.conflict_of(who.user, one) if assesses else None
    judges = assesses and conflict is None
    open_ = now == SELECTED and not ended(one)
    stage = stage_of(one, who) if open_ else ""
    decides = manages and now in (APPLIED, DECLINED) and one.by != who.user.username
    return {
        "conflict": words(conflict) if conflict else "", "stage": stage,
        "stage_name": words(STAGES[stage]) if stage else "", "withdrawing": applies and now == APPLIED,
        "score_fields": _score(one, sent) if judges and now == APPLIED else [], "interest": judges,
        "decide_fields": _decide(sent) if decides else [],
        "plan_fields": _plan(one, work, sent) if applies and open_ else [],
        "month_fields": _month(one, work, who, sent) if applies and open_ and work.plan else [],
        "assess_fields": _assess(one, stage, sent) if judges and stage else [],
        "verdict_fields": _verdict(stage, sent) if manages and stage and one.by != who.user.username else [],
        "practice_fields": _practice(sent) if applies and now == SELECTED else []}


def ended(one: PilotApplication) -> bool:
    """Whether it has its final verdict, or was stopped."""
    return one.verdicts.filter(stage=FINAL).exists() or one.verdicts.filter(verdict=STOP).exists()


def stage_of(one: PilotApplication, who: Looker) -> str:
    """The assessment whose day has come and which has no verdict yet; "" for none."""
    days = one.programme.days
    if days.final is not None and who.today >= days.final:
        return FINAL
    done = one.verdicts.filter(stage=MID).exists()
    return MID if days.mid is not None and who.today >= days.mid and not done else ""


def _score(one: PilotApplication, sent: QueryDict) -> list[Field]:
    rows = [Field(f"c-{each.code}", f"{words(each.name)} (0–{each.points})", sent.get(f"c-{each.code}", ""),
                  required=True, form="score") for each in one.programme.told_criteria]
    return [*rows, Field("opinion", _("Opinion"), sent.get("opinion", ""), kind="textarea", form="score",
                         required=True)]


def _decide(sent: QueryDict) -> list[Field]:
    return [Field("chosen", _("Decision"), sent.get("chosen", "yes"), form="decide",
                  choices=[("yes", _("is a pilot")), ("no", _("is not selected"))]),
            Field("reason", _("Reason"), sent.get("reason", ""), form="decide", required=True)]


def _plan(one: PilotApplication, work: Work, sent: QueryDict) -> list[Field]:
    number = {code: n for n, code in enumerate(one.programme.job_codes, 1)}
    kept = "\n".join(f"{number.get(each.job, each.job)} | {'*' if each.milestone else ''}{each.name} | {each.unit} | "
                     f"{each.due}" for each in work.plan.told) if work.plan else ""
    fields = [Field("goals", _("Goals"), sent.get("goals", work.plan.goals if work.plan else ""), kind="textarea",
                    form="plan", required=True),
              Field("tasks", _("Tasks"), sent.get("tasks", kept), kind="textarea", form="plan", required=True,
                    hint=_("One a line: number of the job | task | responsible | day due. A star before the task makes "
                           "it a milestone."))]
    if work.plan:
        fields.append(Field("reason", _("Why it changes"), sent.get("reason", ""), form="plan", required=True))
    return fields


def _month(one: PilotApplication, work: Work, who: Looker, sent: QueryDict) -> list[Field]:
    now = who.today.year * 100 + who.today.month
    months = [month for month in one.programme.days.months if month <= now]
    next_ = work.missing[0] if work.missing else months[-1] if months else 0
    return [Field("month", _("Month"), sent.get("month", str(next_)), form="month",
                  choices=[(str(month), month_text(month)) for month in months]),
            *(Field(f"t-{each.task.code}", f"{each.task.name} (%)", sent.get(f"t-{each.task.code}", str(each.share)),
                    form="month", required=True) for each in work.tasks),
            Field("done", _("What was done"), sent.get("done", ""), kind="textarea", form="month", required=True),
            Field("problems", _("Problems"), sent.get("problems", ""), kind="textarea", form="month"),
            Field("coming", _("Next"), sent.get("coming", ""), kind="textarea", form="month"),
            Field("file", _("Evidence: files, 10 MB each"), kind="file", form="month"),
            Field("links", _("Evidence: links, one a line"), sent.get("links", ""), kind="textarea", form="month")]


def _assess(one: PilotApplication, stage: str, sent: QueryDict) -> list[Field]:
    yes_no = [("", "–"), *((code, words(ANSWERS[code])) for code in (YES, NO))]
    fields = [Field(f"i-{item.code}", f"{words(item.name)} ({plain(item.points)})" + (
        " %" if item.unit == "share" else ""), sent.get(f"i-{item.code}", ""), form="assess",
        hint=words(item.evidence), choices=yes_no if item.rule == "yes_no" else ())
        for item in assessing.sheet_for(one).items]
    return [*fields, Field("opinion", _("Opinion"), sent.get("opinion", ""), kind="textarea", form="assess",
                           required=True),
            Field("advice", _("Verdict you advise"), sent.get("advice", ""), form="assess", choices=_choices(stage))]


def _verdict(stage: str, sent: QueryDict) -> list[Field]:
    return [Field("verdict", _("Verdict"), sent.get("verdict", ""), form="verdict", choices=_choices(stage)),
            Field("reason", _("Reason"), sent.get("reason", ""), form="verdict",
                  hint=_("Needed where it differs from what the sheets say."))]


def _choices(stage: str) -> list[tuple[str, str]]:
    return [(code, words(name)) for code, name in VERDICTS[stage].items()]


def _practice(sent: QueryDict) -> list[Field]:
    fields = [Field("title_zh", _("Title (Chinese)"), sent.get("title_zh", ""), form="practice", required=True),
              Field("title_en", _("Title (English)"), sent.get("title_en", ""), form="practice"),
              Field("code", _("Code"), sent.get("code", ""), form="practice", required=True,
                    hint=_("Small letters, digits and hyphens; it never changes.")),
              Field("standard", _("Standard produced"), sent.get("standard", ""), form="practice"),
              Field("matters", _("Codes of the matters"), sent.get("matters", ""), form="practice")]
    for name, label in CARD_PARTS.items():
        fields += [Field(f"{name}_{language}", _in(label, language), sent.get(f"{name}_{language}", ""),
                         kind="textarea", form="practice") for language in ("zh", "en")]
    return fields


def _in(label: Bilingual, language: str) -> str:
    """A label with the language that is asked for."""
    return f"{words(label)} ({_('Chinese') if language == 'zh' else _('English')})"
