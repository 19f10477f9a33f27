"""Jobs that pages ask for, as people see them: progress, stop, result, one list; notices and the private feed."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from errand_done import done, token_of
from finding_cases import SOURCE, Heap, hand_in, settle, taken_in
from jizhun.evaluation import errands
from jizhun.evaluation.models import Errand, Run
from jizhun.evaluation.standing import bring
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import tell
from jizhun.people.long_work import at_work
from jizhun.people.models import AuditLine, User

SignedIn = Callable[[str], Client]
COUNTY = "990101"
HEAPS = [Heap(COUNTY, "2025-05", 56, 40), Heap("990102", "2025-05", 6, 1)]
FORM = {"index": "on_time", "source": SOURCE, "region": "990100", "by": ["county"], "first": "", "last": ""}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-07-31") as folder:
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    return settle(filled, tmp_path, settings)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page(one: Errand) -> str:
    return f"/en/work/errands/{one.token}/"


# -- who -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["compute/", "counts/", "errands/20260101000000-000000000000/", "notices/", "jobs/",
                                  "errands/20260101000000-000000000000/stop/", "notices/feed/"])
def test_strangers_are_asked_to_sign_in(signed_in: SignedIn, path: str) -> None:
    answered = signed_in("stranger").post(f"/en/work/{path}")
    assert answered.status_code == 302 and "/sign-in/" in answered["Location"]


@pytest.mark.parametrize(("who", "region", "status"), [
    ("province", "990100", 302), ("nation", "990100", 302), ("county", COUNTY, 302), ("county", "990100", 403),
    ("clerk", COUNTY, 403), ("reader", COUNTY, 403), ("elsewhere", COUNTY, 403)])
def test_whoever_may_compute_has_an_index_computed_within_the_own_place(signed_in: SignedIn, who: str, region: str,
                                                                        status: int) -> None:
    assert signed_in(who).post("/en/work/compute/", {**FORM, "region": region}).status_code == status
    assert Errand.objects.exists() is (status == 302)


def test_nobody_else_finds_stops_or_removes_it(signed_in: SignedIn) -> None:
    token = token_of(signed_in("province").post("/en/work/compute/", FORM))
    for who in ("nation", "county"):
        client = signed_in(who)
        assert client.get(f"/en/work/errands/{token}/").status_code == 404
        assert [client.post(f"/en/work/errands/{token}/{act}/").status_code for act in ("stop", "forget")] == [404, 404]
        assert client.get("/en/work/jobs/").context["listing"].found == 0
    assert Errand.objects.get().state == "waiting"


@pytest.mark.parametrize("act", ["stop", "forget"])
def test_a_link_neither_stops_nor_removes(signed_in: SignedIn, act: str) -> None:
    token = token_of(signed_in("province").post("/en/work/compute/", FORM))
    assert signed_in("province").get(f"/en/work/errands/{token}/{act}/").status_code == 405


# -- on its way ------------------------------------------------------------------------------------


def test_progress_is_asked_for_in_pieces_until_there_is_a_result(signed_in: SignedIn) -> None:
    client, htmx = signed_in("province"), {"hx-request": "true"}
    one = Errand.objects.get(token=token_of(client.post("/en/work/compute/", FORM)))
    piece = client.get(page(one), headers=htmx).content.decode()
    assert "<html" not in piece and 'hx-trigger="every 1s"' in piece and "Waiting for its turn" in piece
    assert '<noscript><meta http-equiv="refresh"' in client.get(page(one)).content.decode()
    Errand.objects.update(state="running", share=0.42)
    with at_work(one.token):
        assert 'value="42"' in client.get(page(one), headers=htmx).content.decode()
    assert client.get(page(one), headers=htmx)["HX-Refresh"] == "true", "the worker has died"
    assert "Something went wrong on our side" in text(client.get(page(one)))


def test_where_the_result_has_a_page_it_opens_when_it_is_ready(signed_in: SignedIn) -> None:
    client = signed_in("province")
    one = done(client.post("/en/work/rectification/", {"region": "990000", "source": SOURCE}))
    opened = client.get(page(one), headers={"hx-request": "true"})["HX-Redirect"]
    assert opened == "/en/work/rectification/?region=990000" and client.get(opened).status_code == 200
    assert f'href="{opened}"' in client.get(page(one)).content.decode()
    chinese = client.get(page(one).replace("/en/", "/zh/")).content.decode()
    assert 'href="/zh/work/rectification/?region=990000"' in chinese and "项，原已在办" in chinese


def test_the_rows_of_an_index_stand_on_its_page_and_can_be_taken_away(signed_in: SignedIn) -> None:
    client = signed_in("province")
    one = done(client.post("/en/work/compute/", FORM))
    shown = text(client.get(page(one)))
    assert "These cases are simulated." in shown and "2 rows, 62 cases." in shown and "28.5" in shown
    rows = client.get(f"{page(one)}?csv=index").content.decode("utf-8-sig").splitlines()
    assert rows[0] == "county_code,county,cases,numerator,denominator,share"
    assert rows[1].startswith("990101,") and rows[1].endswith(",56,16,56,0.285714")


def test_it_is_stopped_and_removed(signed_in: SignedIn) -> None:
    client = signed_in("province")
    one = Errand.objects.get(token=token_of(client.post("/en/work/compute/", FORM)))
    client.post(f"{page(one)}stop/")
    assert "Cancelled." in text(client.get(page(one)))
    assert client.post(f"{page(one)}forget/")["Location"] == "/en/work/jobs/" and not Errand.objects.exists()


@pytest.mark.parametrize(("change", "sentence"), [
    ({"source": "never"}, "Choose whose cases"), ({"region": "990999"}, "990999"),
    ({"by": ["county", "region"]}, "one level only"), ({"first": "2025-02-30"}, "is not a date")])
def test_what_is_wrong_is_said_on_the_form(signed_in: SignedIn, change: dict[str, Any], sentence: str) -> None:
    answered = signed_in("province").post("/en/work/compute/", {**FORM, **change})
    assert answered.status_code == 400 and sentence in text(answered) and not Errand.objects.exists()


def test_counts_are_asked_for_on_the_page_of_evaluation(signed_in: SignedIn) -> None:
    client = signed_in("province")
    before = text(client.get("/en/work/evaluation/?region=990000"))
    assert "pages count from the cases" in before and "pages count from the cases" not in text(
        signed_in("reader").get("/en/work/evaluation/"))
    assert done(client.post("/en/work/counts/", {"source": SOURCE})).found.en == "62 cases counted anew, 62 in all."
    assert "They stand for everything" in text(client.get("/en/work/evaluation/?region=990000"))


def test_one_list_has_all_that_one_asked_for(signed_in: SignedIn) -> None:
    client = signed_in("province")
    done(client.post("/en/work/compute/", FORM))
    client.post("/en/work/counts/", {"source": SOURCE})
    client.post("/en/work/reports/new/", {"source": SOURCE, "region": "990100", "other": "", "period": "2025-05",
                                          "language": "en"})
    listed = client.get("/en/work/jobs/")
    assert sorted((row[2], row[3].plain) for row in listed.context["listing"].whole.rows) == [
        ("Counts", "waiting"), ("Index", "done"), ("Report", "waiting")]
    assert "2 jobs are on their way." in text(listed) and "2 rows, 62 cases." in text(listed)


# -- notices and their feed ------------------------------------------------------------------------


def told(who: str, zh: str, en: str, href: str = "") -> None:
    tell(text=Bilingual(zh, en), about="x:1", href=href, username=who)


def feed_of(client: Client) -> str:
    """Make an address, and give its path."""
    client.post("/en/work/notices/feed/", {"do": "renew"})
    shown = client.get("/en/work/notices/").content.decode()
    found = re.search(r'value="http://[^/"]+(/en/work/notices/[^"]+\.atom)"', shown)
    assert found is not None
    return found[1]


def test_the_feed_tells_my_notices_and_nobody_else_s_in_both_languages(signed_in: SignedIn) -> None:
    told("province-editor", "已完成 <甲> & 乙", "Done: <A> & B", "work/errands/1/")
    told("province-editor", "提醒", "A reminder", "work/rectification/?region=990000")
    told("county-editor", "别人的", "Somebody else's")
    path = feed_of(signed_in("province"))
    answered = Client().get(path)
    assert answered["Content-Type"].startswith("application/atom+xml") and answered["X-Robots-Tag"] == "noindex"
    assert "private" in answered["Cache-Control"]
    feed = ElementTree.fromstring(answered.content)
    assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == ["A reminder", "Done: <A> & B"]
    assert [one.findtext(f"{ATOM}summary") for one in feed.iter(f"{ATOM}entry")][1] == "Done: &lt;A&gt; &amp; B"
    links = [one.find(f"{ATOM}link").get("href") for one in feed.iter(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert links == ["http://testserver/en/work/rectification/?region=990000", "http://testserver/en/work/errands/1/"]
    chinese = ElementTree.fromstring(Client().get(path.replace("/en/", "/zh/")).content)
    assert chinese.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-hans"
    assert chinese.find(f"{ATOM}entry").findtext(f"{ATOM}title") == "提醒"  # type: ignore[union-attr]


@pytest.mark.parametrize("notices", [0, 1, 60])
def test_the_feed_has_what_atom_asks_for(signed_in: SignedIn, notices: int) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: one id, title and updated each, an author, a self link, no id twice."""
    for number in range(notices):
        told("province-editor", f"第 {number} 条", f"Number {number}")
    path = feed_of(signed_in("province"))
    feed = ElementTree.fromstring(Client().get(path).content)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == min(notices, 50) and feed.tag == f"{ATOM}feed"
    for one in (feed, *entries):
        assert [len(one.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)",
                            str(one.findtext(f"{ATOM}updated")))
        assert str(one.findtext(f"{ATOM}id")).startswith("tag:testserver,2026:")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") and len({e.findtext(f"{ATOM}id") for e in entries}) == len(entries)
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"http://testserver{path}"  # type: ignore[union-attr]


def test_a_new_address_ends_the_one_before_and_it_can_be_taken_away(signed_in: SignedIn) -> None:
    client = signed_in("province")
    assert ".atom" not in client.get("/en/work/notices/").content.decode(), "nobody has a feed without asking"
    first = feed_of(client)
    second = feed_of(client)
    assert first != second and (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    client.post("/en/work/notices/feed/", {"do": "end"})
    assert Client().get(second).status_code == 404
    assert list(AuditLine.objects.filter(act__endswith="_feed").values_list("act", flat=True)) == [
        "people.renew_feed", "people.renew_feed", "people.end_feed"]


def test_a_made_up_or_closed_address_finds_nothing(signed_in: SignedIn) -> None:
    path = feed_of(signed_in("province"))
    token = path.split("/")[-1].removesuffix(".atom")
    number, signed = token.split("-")
    other = User.objects.get(username="county-editor")
    for made_up in (f"{other.pk}-{signed}", f"{number}-{signed[:-1]}x", f"{number}-", "x-y", "-", f"{'9' * 30}-a"):
        assert Client().get(f"/en/work/notices/{made_up}.atom").status_code == 404, made_up
    User.objects.filter(pk=int(number)).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_notices_are_listed_with_their_pages(signed_in: SignedIn) -> None:
    client = signed_in("province")
    one = done(client.post("/en/work/counts/", {"source": SOURCE}))
    shown = client.get("/en/work/notices/").content.decode()
    assert f'href="/en/work/errands/{one.token}/"' in shown and "62 cases counted anew" in shown
    assert errands.KIND.page.format(token=one.token) == f"work/errands/{one.token}/"


# -- a page never waits ----------------------------------------------------------------------------


def test_pages_show_what_was_counted_last_where_very_many_cases_would_have_to_be_counted(
        signed_in: SignedIn, cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of July; in August forty more cases come in. The page says so and counts nothing."""
    bring(source=SOURCE, as_of=date(2025, 7, 31))
    hand_in(cases, [Heap("990103", "2025-08", 40)], "2025-08-31")
    client, results, dashboard = signed_in("province"), "/en/results/?region=990100", "/en/dashboard/?region=990000"
    behind = "these are the figures as last counted"
    few = [text(client.get(page)) for page in (results, dashboard)]
    assert not any(behind in page for page in few) and "2025-08-31" in few[0], "few cases are counted at once"
    runs = Run.objects.count()
    monkeypatch.setattr("jizhun.evaluation.standing.WAITED_FOR", 0)
    for page in (results, dashboard):
        shown = client.get(page)
        assert shown.status_code == 200 and behind in text(shown)
        assert "2025-07-31" in text(shown) and "2025-08-31" not in text(shown)
    assert client.get(results).context["total"] == 62 and Run.objects.count() == runs, "nothing is counted or kept"
    assert done(client.post("/en/work/counts/", {"source": SOURCE})).state == "done"
    now = client.get(results)
    assert behind not in text(now) and now.context["total"] == 102


def test_where_nothing_was_ever_counted_the_page_counts(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jizhun.evaluation.standing.WAITED_FOR", 0)
    assert signed_in("province").get("/en/results/?region=990100").context["total"] == 62
