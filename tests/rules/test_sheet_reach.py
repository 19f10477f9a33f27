"""How far a sheet reaches: the quick look never lets through what the exact one would refuse."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.spreadsheets import _extent, _surely_within, address

PART = "xl/worksheets/sheet1.xml"
ADDRESSES = st.builds(address, st.integers(0, 1_048_575) | st.integers(0, 30),
                      st.integers(0, 16_383) | st.integers(0, 8))
ODD = st.sampled_from(['<c s="1" r="XFD1048576">', "<c>", "<c/>", "<x:c r='B2'>", "<c\tr=\"ZZ99\">", '<c r="b2">',
                       '<c r="A01">', "<c r='C3'>", '<c r="A1" s="2">'])


def archive(cells: list[str]) -> zipfile.ZipFile:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(PART, f'<sheetData xmlns:x="x"><row r="1">{"</c>".join(cells)}</row></sheetData>')
    return zipfile.ZipFile(target)


@given(st.lists(ADDRESSES, min_size=1, max_size=12), st.integers(1, 2 * 10**10))
def test_what_the_quick_look_lets_through_is_within(cells: list[str], limit: int) -> None:
    book = archive([f'<c r="{one}" t="s"><v>1</v>' for one in cells])
    rows, columns, _ = _extent(book, PART)
    if _surely_within(book, PART, limit):
        assert rows * columns <= limit
    else:
        assert rows * columns * 2 * 26 * 10 > limit, "it is rough, but not that rough"


@given(st.lists(ADDRESSES, max_size=3), ODD)
def test_a_cell_in_an_unusual_manner_is_left_to_the_exact_look(cells: list[str], odd: str) -> None:
    found = _surely_within(archive([*(f'<c r="{one}">' for one in cells), odd]), PART, 10**12)
    assert found == (odd == '<c r="A1" s="2">')


def test_the_quick_look_is_enough_for_a_plain_sheet_cut_anywhere() -> None:
    """Blocks end in the middle of tags: what is held over counts too."""
    cells = [f'<c r="{address(row, column)}" t="s"><v>{row}</v>' for row in range(20_000) for column in range(7)]
    book = archive(cells)
    assert _surely_within(book, PART, 29_999 * 7) and not _surely_within(book, PART, 19_999 * 7)
    assert _extent(book, PART)[:2] == (20_000, 7)
