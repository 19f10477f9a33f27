"""Personal data: what looks like it is refused, and what is let in leaves no trace in clear."""

import hashlib
import hmac

import pytest

from ingest_desk import HEADER, MAPPING, Desk, row
from jizhun.kernel.bilingual import Refused


@pytest.mark.parametrize(
    ("values", "looks"),
    [
        (["11010519491231002X"], "a resident identity number"),
        (["13800138000", "13912345678"], "a mobile number"),
        (["reach me at a.b@example.org"], "an e-mail address"),
        ([f"He said that the lamp in front of number {n} has been dark for a week now" for n in range(3)], "free text"),
    ],
)
def test_columns_that_look_personal_are_refused_unless_ignored(desk: Desk, values: list[str], looks: str) -> None:
    file = desk.write("a.csv", [(*row(str(n)), value) for n, value in enumerate(values)], header=(*HEADER, "note"))
    with pytest.raises(Refused, match=f"the column `note` looks like {looks}"):
        desk.hand_in(file)
    received = desk.hand_in(file, MAPPING + "ignore: [note]\n")
    assert received.good == len(values)


@pytest.mark.parametrize("value", ["11010519491231002X", "write to a.b@example.org"])
def test_one_identity_number_far_down_the_file_is_enough(desk: Desk, value: str) -> None:
    """Every row is looked at, in every piece, and nothing of the file has been stored by then."""
    rows = [(*row(str(n)), "") for n in range(25_000)] + [(*row("last"), value)]
    file = desk.write("a.csv", rows, header=(*HEADER, "note"))
    with pytest.raises(Refused, match="the column `note` looks like"):
        desk.hand_in(file, piece=400_000)
    assert desk.lake.files() == []


def test_ignored_values_are_not_even_in_the_reject_file(desk: Desk) -> None:
    file = desk.write("a.csv", [(*row("1", matter="?"), "13800138000")], header=(*HEADER, "phone"))
    told = desk.rejects(desk.hand_in(file, MAPPING + "ignore: [phone]\n"))[2]
    assert told["phone"] == "" and told["channel"] == "窗口"


def test_a_pseudonymised_key_is_an_hmac_and_never_leaves_in_clear(desk: Desk) -> None:
    mapping = MAPPING.replace("case_key: id", "case_key: {columns: [id, channel], pseudonymise: keyed_hash}")
    person = "11010519491231002X"
    received = desk.hand_in(desk.write("a.csv", [row(person), row("2", fee="x")]), mapping)
    want = [hmac.new(b"secret", f"{key}-窗口".encode(), hashlib.sha256).hexdigest()[:32] for key in (person, "2")]
    assert desk.cases("case_key") == [(want[0],)]
    assert desk.rejects(received)[3]["id"] == want[1]
    everything = b"".join(path.read_bytes() for path in desk.lake.folder.rglob("*") if path.is_file())
    assert person.encode() not in everything
