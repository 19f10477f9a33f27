"""Users, grants and the audit trail, in a database."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.people import actions, rules
from jizhun.people.models import AuditHead, AuditLine, Grant, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.models import Region, RegionParent

pytestmark = pytest.mark.django_db

PLACES = (("CN", 0, None), ("990000", 1, "CN"), ("990100", 2, "990000"), ("990101", 3, "990100"),
          ("990200", 2, "990000"), ("990201", 3, "990200"))
PASSWORD = "a long enough word"


@pytest.fixture(autouse=True)
def places(monkeypatch):
    made = {}
    for code, level, parent in PLACES:
        made[code] = Region.objects.create(code=code, name_zh=code, name_en=code, kind="place", level=level, root="CN",
                                           simulated=True, valid_from=BEGINNING)
        if parent:
            RegionParent.objects.create(region=made[code], parent=made[parent], valid_from=BEGINNING)
    monkeypatch.setattr("jizhun.regions.actions._kept", [])


@pytest.fixture
def cast():
    actions.make_demo_logins()
    return {user.username: user for user in User.objects.all()}


def newcomer(name: str = "newcomer", by=SYSTEM) -> User:
    return actions.create_user(by=by, username=name, password=PASSWORD, region="990101")


def test_a_new_user_has_no_rights_and_the_creation_is_on_the_trail():
    user = newcomer()
    assert not actions.allows(by=user, right="result.read", path=("CN",))
    line = AuditLine.objects.latest("seq")
    assert (line.actor, line.act, line.subject) == ("system", "people.create_user", "user:newcomer")
    assert PASSWORD not in line.after


def test_a_taken_name_and_a_weak_password_are_refused():
    newcomer()
    with pytest.raises(Refused, match="“newcomer” is taken"):
        newcomer()
    with pytest.raises(Refused, match="too weak"):
        actions.create_user(by=SYSTEM, username="weak", password="123", region="CN")
    assert not User.objects.filter(username="weak").exists()


def test_a_county_editor_manages_people_at_home_only(cast):
    user = newcomer(by=cast["county-editor"])
    actions.grant(by=cast["county-editor"], user=user, role="clerk", region="990101")
    assert actions.allows(by=user, right="batch.receive", path=("CN", "990000", "990100", "990101"))
    with pytest.raises(Forbidden):
        actions.grant(by=cast["county-editor"], user=user, role="clerk", region="990201")
    with pytest.raises(Forbidden):
        actions.grant(by=cast["county-editor"], user=user, role="reader", region="990000")


def test_a_clerk_manages_nobody_and_a_refused_act_leaves_no_line(cast):
    before = AuditLine.objects.count()
    with pytest.raises(Forbidden) as refused:
        newcomer(by=cast["county-clerk"])
    assert "Manage users and grants".lower() in refused.value.sentence.en
    assert AuditLine.objects.count() == before


def test_nobody_grants_a_role_to_themselves(cast):
    with pytest.raises(Forbidden, match="themselves"):
        actions.grant(by=cast["province-editor"], user=cast["province-editor"], role="reviewer", region="990000")


def test_an_unknown_place_is_refused_in_one_sentence():
    with pytest.raises(Refused, match="123456"):
        actions.grant(by=SYSTEM, user=newcomer(), role="reader", region="123456")


def test_a_grant_that_begins_tomorrow_does_not_hold_today(cast):
    user, path = newcomer(), ("CN", "990000")
    tomorrow = timezone.localdate() + timedelta(days=1)
    actions.grant(by=SYSTEM, user=user, role="reader", region="990000", start=tomorrow)
    assert not actions.allows(by=user, right="result.read", path=path)
    assert rules.may(actions.grants_of(user, tomorrow), "result.read", path)


def test_a_revoked_grant_no_longer_holds_and_what_it_was_stays_on_the_trail():
    user, path = newcomer(), ("CN", "990000")
    given = actions.grant(by=SYSTEM, user=user, role="reader", region="990000", start=date(2026, 1, 1))
    actions.revoke(by=SYSTEM, grant=given, reason="left the office")
    assert not actions.allows(by=user, right="result.read", path=path)
    assert rules.may(actions.grants_of(user, date(2026, 1, 1)), "result.read", path)
    line = AuditLine.objects.latest("seq")
    assert json.loads(line.before)["until"] == "9999-12-31"
    assert json.loads(line.after)["until"] == (timezone.localdate() - timedelta(days=1)).isoformat()
    assert line.reason == "left the office"


def test_a_grant_revoked_on_its_first_day_never_held():
    given = actions.grant(by=SYSTEM, user=newcomer(), role="reader", region="990000")
    actions.revoke(by=SYSTEM, grant=given, reason="by mistake")
    assert not Grant.objects.exists()


def test_a_user_who_may_not_sign_in_has_no_rights(cast):
    reader = cast["reader"]
    reader.is_active = False
    reader.save()
    assert not actions.allows(by=reader, right="result.read", path=("CN", "990000", "990100"))
    assert "reader" not in {login.username for login in actions.demo_logins()}


def test_demonstration_logins_are_made_once_and_can_sign_in(cast, client):
    lines = AuditLine.objects.count()
    actions.make_demo_logins()
    assert AuditLine.objects.count() == lines
    assert [login.username for login in actions.demo_logins()] == [one.username for one in rules.DEMONSTRATION_LOGINS]
    assert client.login(username="county-clerk", password=rules.DEMONSTRATION_PASSWORD)


def test_the_act_and_its_line_are_lost_together():
    with pytest.raises(RuntimeError, match="stop"), transaction.atomic():
        actions.write_line(by=SYSTEM, act="room.act", subject="thing:1")
        raise RuntimeError("stop")
    assert not AuditLine.objects.exists()
    assert actions.verify_trail() is None


def test_a_line_outside_a_transaction_is_a_mistake_in_the_program(monkeypatch):
    # Tests run inside a transaction of their own; a real one would leave rows that nothing may delete again.
    monkeypatch.setitem(connections["default"].__dict__, "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="inside the transaction"):
        actions.write_line(by=SYSTEM, act="room.act", subject="thing:1")


def write_three() -> None:
    with transaction.atomic():
        for number in (1, 2, 3):
            actions.write_line(by=SYSTEM, act="room.act", subject=f"thing:{number}", after={"钱": "1.20"})


def test_verify_proves_a_sound_trail_and_prints_the_newest_hash():
    write_three()
    said = io.StringIO()
    call_command("audit", "verify", stdout=said)
    assert said.getvalue().split() == ["3", AuditHead.objects.get().hash]


def forget_triggers() -> None:
    """What somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE jizhun_auditline DISABLE TRIGGER ALL")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'jizhun_auditline'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (lambda: AuditLine.objects.filter(seq=2).update(reason="changed"), 2),
        (lambda: AuditLine.objects.filter(seq=2).delete(), 2),
        (lambda: AuditLine.objects.filter(seq=3).delete(), 3),
        (lambda: AuditLine.objects.all().delete(), 1),
        (lambda: AuditLine.objects.filter(seq=1).update(at=timezone.now() + timedelta(microseconds=1)), 1),
    ],
)
def test_verify_names_the_first_line_that_was_tampered_with(tamper, line):
    write_three()
    forget_triggers()
    tamper()
    with pytest.raises(Refused, match=f"breaks at line {line}:"):
        call_command("audit", "verify")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite lets a column hold what is not of its type")
@pytest.mark.parametrize("damage", ["at = 'yesterday'", "at = x'ff00'", "act = x'ff'", "after = 7", "previous = x'ff'",
                                    "reason = 1e999", "actor = x'fffe'"])
def test_verify_names_a_line_that_cannot_be_read(damage):
    write_three()
    forget_triggers()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE jizhun_auditline SET {damage} WHERE seq = 2")
    with pytest.raises(Refused, match="breaks at line 2:"):
        call_command("audit", "verify")
