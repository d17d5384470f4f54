"""What people see, on terminals of any width."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from zancrawler.cli.printing import console, fitted

CELLS = (
    ("afghanistantimes", "Afghanistan Times", "http://www.afghanistantimes.af/", "wordpress"),
    ("afghanwomennews", "زنان می‌نویسند [/b] :cat:", "https://www.afghanwomennews.com/", "plain"),
)


@pytest.mark.parametrize(("width", "is_table"), [(30, False), (60, False), (110, True)])
def test_no_word_is_cut(width: int, is_table: bool) -> None:
    table = Table("name", "title", "home", "platform")
    for row in CELLS:
        table.add_row(*row)
    out = StringIO()
    screen = Console(file=out, width=width, markup=False, emoji=False)
    screen.print(fitted(screen, table))
    shown = out.getvalue()
    assert ("┃" in shown) == is_table
    assert "…" not in shown
    joined = "".join(shown.split())
    assert all("".join(cell.split()) in joined for row in CELLS for cell in row)
    assert max(map(len, shown.splitlines())) <= width + 1  # a joiner takes no room


def test_what_others_wrote_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("title")
    table.add_row(CELLS[1][1])
    screen = console()
    screen.print(CELLS[1][1], fitted(screen, table))
    assert capsys.readouterr().out.count(CELLS[1][1]) == 2
