"""CSV in pieces of any size comes out whole, and as text alone."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from zancrawler.browse.cells import Cells
from zancrawler.exports.lines import FORMULA

CELLS = st.text(st.sampled_from('=+-@\t"\n\r, aخ\u200c'), max_size=6)


def written(rows: list[list[str]]) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=6), st.integers(1, 9))
def test_each_cell_is_kept_and_none_is_a_formula(rows: list[list[str]], size: int) -> None:
    whole = written(rows)
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    cells = Cells()
    made = b"".join(cells.feed(piece, last=False) for piece in pieces) + cells.feed(b"", last=True)
    found = list(csv.reader(io.StringIO(made.decode(), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == rows
    assert not [cell for row in found for cell in row if cell.startswith(FORMULA)]
