"""A few simulated findings on their way, and one simulated publication, through the acts that real ones take."""

from datetime import date, timedelta

from django.utils import timezone

from jizhun.evaluation.findings import answer, extend, look, send_back
from jizhun.evaluation.models import Finding, Publication
from jizhun.evaluation.publications import Plan, make, propose, publish
from jizhun.evaluation.rules.findings import Answer
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.people.rules import Actor

SOURCE, CITY, PROVINCE = "simulated", "990100", "990000"
AUTUMN, OPENED, ANSWERED, AGAIN = date(2025, 9, 30), date(2025, 10, 10), date(2025, 10, 17), date(2026, 1, 5)
MAKER, REVIEWER = "statistician", "reviewer"
CODE = "sample-2025"
TITLE = Bilingual("示例省2025年承诺兑现情况（模拟）", "Sample Province 2025: promises kept (simulated)")
SAID = Answer("staff", "（模拟）下半年经办人员轮岗，初审积压。 (Simulated) Staff rotated; first checks piled up.",
              "（模拟）增加一名初审，改为当日流转。 (Simulated) One more first checker; files move on the same day.",
              "（模拟）业务科负责人 (Simulated) Head of the division", date(2025, 12, 31))
WHY = Bilingual("（模拟）示范更正：数据日期由9月30日改为12月31日。",
                "(Simulated) To show a correction: the data date moves from 30 September to 31 December.")


def simulated_findings(*, by: Actor) -> int:
    """Findings of one fictional city: opened in autumn, answered, measured again at the end of the year; and one look
    of today. Where any exist nothing is done. Returns how many there are new."""
    if Finding.objects.filter(source=SOURCE).exists():
        return 0
    opened = look(by=by, source=SOURCE, as_of=AUTUMN, region=CITY, on=OPENED).opened
    for found in opened[:-1]:
        answer(by=by, finding=found.pk, said=SAID, on=ANSWERED)
    if len(opened) > 2:
        send_back(by=by, finding=opened[1].pk, on=ANSWERED + timedelta(days=3),
                  reason="（模拟）请说明具体措施。 (Simulated) Say what exactly is done.")
        extend(by=by, finding=opened[1].pk, until=timezone.localdate() + timedelta(days=12),
               on=ANSWERED + timedelta(days=5),
               reason="（模拟）系统升级。 (Simulated) The system is being renewed.")
    look(by=by, source=SOURCE, region=CITY, on=AGAIN)
    look(by=by, source=SOURCE, region="990900", rules=["charged"])
    return Finding.objects.filter(source=SOURCE).count()


def simulated_publication(*, source: str = SOURCE) -> int:
    """One publication in two editions, made by one demonstration login and published by another; nothing twice."""
    logins = {user.username: user for user in User.objects.filter(username__in=(MAKER, REVIEWER), is_active=True)}
    if len(logins) < 2 or Publication.objects.filter(code=CODE).exists():
        return 0
    plan = Plan(CODE, TITLE, PROVINCE, source, date(2025, 1, 1), date(2025, 12, 31), "item", "region",
                ["conformance", "on_time"])
    first = make(by=logins[MAKER], plan=plan, as_of=AUTUMN)
    publish(by=logins[REVIEWER], proposal=first.pk, seen=first.content_hash)
    corrected = propose(by=logins[MAKER], code=CODE, reason=WHY)
    publish(by=logins[REVIEWER], proposal=corrected.pk, seen=corrected.content_hash)
    return 2


