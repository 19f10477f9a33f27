"""Many provisions at once: what is new, all or none, the same file twice, whose right it is."""

from datetime import date

import pytest

from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import promised, record
from jizhun.provisions.bringing import Line, Outlook, effects, faults, look, take_in
from jizhun.provisions.models import Document, Provision
from jizhun.provisions.rules import Quantity
from jizhun.regions.actions import Moved

pytestmark = pytest.mark.usefixtures("world", "db")

PAPER = {"id": "a-paper", "title_zh": "《新文件》", "title_en": "A new paper", "region": "990101", "mark": "SIM"}
ROW = {"subject": "NB029-EX01", "measure": "promised_limit", "region": "990101", "value": "2", "unit": "working_day",
       "from": date(2027, 1, 1), "document": "a-paper", "mark": "SIM", "source": "a test"}


def lines(*rows: dict) -> list[Line]:
    return [Line(f"file {n}", row) for n, row in enumerate(rows, 1)]


def outlook(*rows: dict, papers: tuple[dict, ...] = (PAPER,)) -> Outlook:
    return look(lines=lines(*rows), papers=papers)


def test_looking_keeps_nothing_and_tells_what_is_new():
    before = Provision.objects.count(), Document.objects.count()
    unused = {**PAPER, "id": "unused"}
    seen = outlook(ROW, {**ROW, "from": date(2028, 1, 1), "value": "1"}, papers=(PAPER, unused))
    assert [one.is_new for one in seen.looked] == [True, True] and seen.needed_papers == [PAPER]
    assert effects(seen)[0].places == {"990101"}
    assert (Provision.objects.count(), Document.objects.count()) == before


def test_taking_in_twice_is_taking_in_once():
    rows = (ROW, {**ROW, "from": date(2028, 1, 1), "value": "1"})
    kept = take_in(by=SYSTEM, outlook=outlook(*rows))
    assert [one.document.code for one in kept if one.document] == ["a-paper", "a-paper"]
    (answer,) = promised(matter="NB029-EX01", region="990101", on=date(2028, 2, 1), measure="promised_limit")
    assert answer.value == Quantity(1, "working_day")
    again = outlook(*rows)
    assert [one.is_new for one in again.looked] == [False, False] and again.papers == ()
    assert take_in(by=SYSTEM, outlook=again) == []
    assert AuditLine.objects.filter(act="provision.record", actor="system").count() == 2
    more = outlook(*rows, {**ROW, "from": date(2029, 1, 1), "value": "0"})
    assert len(take_in(by=SYSTEM, outlook=more)) == 1


def test_one_that_the_standard_above_forbids_keeps_all_out_unless_the_papers_say_so():
    rows = (ROW, {**ROW, "subject": "NB049-EX01", "value": "90"})
    before = Provision.objects.count()
    seen = outlook(*rows)
    assert [told.finding.kind for told in faults(effects(seen))] == ["below_standard_above"]
    with pytest.raises(Refused, match="below the standard above"):
        take_in(by=SYSTEM, outlook=seen)
    assert Provision.objects.count() == before and not Document.objects.filter(code="a-paper").exists()
    assert len(take_in(by=SYSTEM, outlook=seen, documents_paper=True)) == 2


def test_lines_are_judged_together():
    """The city's rise and the district's that it overtakes come in one file: the district would fall short."""
    rows = ({**ROW, "region": "990100", "value": "1"}, {**ROW, "value": "2"})
    with pytest.raises(Refused, match="below the standard above"):
        take_in(by=SYSTEM, outlook=outlook(*rows))


@pytest.mark.parametrize(("row", "sentence"), [
    ({"value": "-1"}, "file 1: NB029-EX01/promised_limit/990101 2027-01-01: “value” cannot be “-1”"),
    ({"region": "nowhere"}, "file 1: There is no region"), ({"measure": "patience"}, "file 1: There is no measure"),
    ({"unit": "CNY"}, "file 1: “promised_limit” is counted in"), ({"from": "2027-02-30"}, "2027-02-30"),
    ({"document": "nowhere"}, "“document” cannot be “nowhere”"), ({"colour": "red"}, "no field “colour”")])
def test_a_fault_says_where_it_stands_and_nothing_is_kept(row: dict, sentence: str):
    with pytest.raises(Refused) as refusal:
        outlook({**ROW, **row}, ROW)
    assert sentence in str(refusal.value)


def test_the_same_line_twice_is_told_with_both_places():
    with pytest.raises(Refused, match="file 2: the same as file 1"):
        outlook(ROW, ROW)


def test_a_code_that_is_another_paper_on_record_is_refused():
    taken = Document.objects.get(code="sim-plum-2025")
    with pytest.raises(Refused, match=f"is another paper on record: {taken.title_zh}"):
        outlook(ROW, papers=({**PAPER, "id": "sim-plum-2025"},))


def test_every_place_must_be_one_s_own():
    county = User.objects.get(username="county-editor")
    with pytest.raises(Forbidden):
        take_in(by=county, outlook=outlook(ROW, {**ROW, "region": "990201"}))
    assert len(take_in(by=county, outlook=outlook(ROW))) == 1
    with pytest.raises(Forbidden):
        take_in(by=User.objects.get(username="reviewer"), outlook=outlook(ROW))


def test_what_was_recorded_since_it_was_seen_stops_it():
    seen = outlook(ROW)
    record(by=SYSTEM, row={**ROW, "document": None, "region": "990102"})
    with pytest.raises(Moved):
        take_in(by=SYSTEM, outlook=seen, seen=seen.seen)
