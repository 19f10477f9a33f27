"""What is found in guides on record: one guide and all at once say the same; links are looked at and judged later."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides import actions
from jizhun.guides.actions.checking import dead_links, findings_of, findings_within
from jizhun.guides.actions.links import check_links, links_within, look
from jizhun.guides.models import LinkCheck
from jizhun.guides.rules.claiming import Claim
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, COUNTY, PROVINCE = "NB029-EX01", "990101", "990000"


def user(name: str) -> User:
    return User.objects.get(username=name)


def record(who: str, region: str, fields: dict[str, Any], matter: str = MATTER) -> None:
    actions.record(by=user(who), sort="guide", matter=matter, region=region, fields=fields)


def today() -> date:
    return timezone.localdate()


class TestFindings:
    def test_what_is_inherited_is_told_once(self) -> None:
        record("province-editor", PROVINCE, {"quota": {"zh": "限额", "en": ""}}, "NB026-EX02")
        found = findings_within(regions=[PROVINCE, COUNTY], on=today(), matters=["NB026-EX02"], kinds=["untranslated"])
        assert [*found] == [("NB026-EX02", PROVINCE)]
        assert ("untranslated", PROVINCE) in {(one.kind, one.place) for one in findings_of(
            matter="NB026-EX02", region=COUNTY, on=today())}

    def test_nothing_is_missing_where_it_is_not_offered(self) -> None:
        def missing() -> bool:
            found = findings_within(regions=["330102"], on=today(), matters=[MATTER], kinds=["missing"])
            return bool(found) and any(one.kind == "missing" for one in findings_of(
                matter=MATTER, region="330102", on=today()))

        assert missing()
        actions.claim_matters(by=user("national-editor"), claims=[Claim(
            MATTER, "330102", "not_offered", today(), reason=Bilingual("不办", "Not here"))])
        assert not findings_within(regions=["330102"], on=today(), matters=[MATTER], kinds=["missing"])
        assert not any(one.kind == "missing" for one in findings_of(matter=MATTER, region="330102", on=today()))

    def test_only_places_at_the_bottom_miss_anything(self) -> None:
        found = findings_within(regions=["330000", "330100", "330102"], on=today(), kinds=["missing"])
        assert {place for _, place in found} == {"330102"} and len(found) <= len(catalogue().matters)

    def test_on_the_spot_with_days(self) -> None:
        matter = "NB029-EX01"
        record("province-editor", PROVINCE, {"case_kind": "instant"}, matter)
        found = findings_within(regions=tree().within(PROVINCE, today()), on=today(), matters=[matter],
                                kinds=["instant_with_days"])
        assert ("NB029-EX01", PROVINCE) in found
        assert "case_kind" in {one.field for one in findings_of(matter=matter, region=COUNTY, on=today())}

    def test_a_kind_that_does_not_exist(self) -> None:
        with pytest.raises(Refused, match="no finding of the kind"):
            findings_within(regions=[COUNTY], on=today(), kinds=["ugly"])
        assert findings_within(regions=["123456"], on=today()) == {}


# -- links -----------------------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    """A server of which every path answers in its own way."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path))
        if self.path == "/no-head" and self.command == "HEAD":
            self.send_error(501)
        elif self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to"))
            self.end_headers()
        elif self.path == "/round":
            self.send_response(301)
            self.send_header("Location", "/round")
            self.end_headers()
        else:
            status = {"/gone": 404, "/broken": 500, "/closed": 403}.get(self.path, 200)
            self.send_response(status)
            self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        """Nothing is said of it."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of this machine."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


class TestLooking:
    @pytest.mark.parametrize(("path", "ok", "told"), [
        ("/", True, "HTTP 200"), ("/gone", False, "HTTP 404"), ("/broken", False, "HTTP 500"),
        ("/closed", True, "HTTP 403"), ("/no-head", True, "HTTP 200"), ("/to/gone", False, "HTTP 404"),
        ("/to/fine", True, "HTTP 200"), ("/round", False, "too many redirects"), ("/办事?a=好", True, "HTTP 200")])
    def test_what_a_server_answers(self, server: str, path: str, ok: bool, told: str) -> None:
        seen = look(server + path, intranet=True)
        assert (seen.ok, seen.told) == (ok, told)

    def test_get_only_where_head_fails(self, server: str) -> None:
        Answers.asked.clear()
        look(f"{server}/", intranet=True)
        look(f"{server}/gone", intranet=True)
        assert Answers.asked == [("HEAD", "/"), ("HEAD", "/gone"), ("GET", "/gone")]

    def test_servers_inside_the_own_network_are_never_asked(self, server: str) -> None:
        Answers.asked.clear()
        assert not look(f"{server}/").ok and Answers.asked == []
        assert "inside a network" in look(f"{server}/").told

    def test_a_server_that_is_not_there(self) -> None:
        assert not look("http://127.0.0.1:9/", intranet=True, timeout=2).ok


def with_link(url: str) -> None:
    record("county-editor", COUNTY, {"online": [{"id": "page", "zh": "网页", "en": "Page", "url": url}]}, "NB026-EX02")


class TestChecking:
    def test_every_look_is_kept_and_only_one_a_day(self, server: str) -> None:
        with_link(f"{server}/gone")
        assert f"{server}/gone" in links_within(region=COUNTY, on=today())
        (seen,) = check_links(by=user("county-editor"), region=COUNTY, intranet=True, pause=0)
        assert (seen.url, seen.ok, seen.told) == (f"{server}/gone", False, "HTTP 404")
        line = AuditLine.objects.order_by("-seq").first()
        assert line is not None and line.act == "guides.check_links"
        assert check_links(by=user("county-editor"), region=COUNTY, intranet=True, pause=0) == []

    def test_without_leave_nothing_inside_is_asked(self, server: str) -> None:
        with_link(f"{server}/gone")
        Answers.asked.clear()
        assert check_links(by=user("county-editor"), region=COUNTY) == [] and Answers.asked == []

    def test_dead_after_three_days_and_then_a_finding(self) -> None:
        url = "https://www.example.org/form"
        with_link(url)
        for days in (3, 2, 1):
            LinkCheck.objects.create(url=url, on=today() - timedelta(days), ok=False, told="HTTP 404")
            found = findings_of(matter="NB026-EX02", region=COUNTY, on=today())
            assert any(one.kind == "link_dead" for one in found) is (days == 1)
        assert [*dead_links(on=today())] == [url] and dead_links(on=today() - timedelta(2)) == {}
        LinkCheck.objects.create(url=url, on=today(), ok=True)
        assert dead_links(on=today()) == {}

    @pytest.mark.parametrize("who", ["county-clerk", "county-clerk-elsewhere", "reviewer"])
    def test_only_who_writes_guides_there_may_look(self, who: str) -> None:
        with pytest.raises(Forbidden):
            check_links(by=user(who), region=COUNTY)

    def test_where_nobody_answers_it_is_this_machine(self) -> None:
        pages = [{"id": str(n), "zh": "页", "en": "Page", "url": f"http://127.0.0.{n}:9/"} for n in (2, 3, 4)]
        record("county-editor", COUNTY, {"online": pages}, "NB026-EX02")
        with pytest.raises(Refused, match="Not one address answered"):
            check_links(by=user("county-editor"), region=COUNTY, intranet=True, pause=0, timeout=2)
        assert not LinkCheck.objects.exists()
