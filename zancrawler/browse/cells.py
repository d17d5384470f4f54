"""Datasette's CSV on its way out, with no cell that a spreadsheet would run."""

from __future__ import annotations

import codecs
import csv
import io

from zancrawler.exports.lines import unrun


class Cells:
    """Takes CSV (RFC 4180, UTF-8) in pieces of any size; gives whole records."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._begun = ""

    def feed(self, piece: bytes, *, last: bool) -> bytes:
        self._begun += self._decoder.decode(piece, last)
        if not last and not self._begun.endswith("\n"):
            return b""
        if not last and self._begun.count('"') % 2:
            # The line break is inside a cell.
            return b""
        whole, self._begun = self._begun, ""
        made = io.StringIO(newline="")
        writer = csv.writer(made)
        for record in csv.reader(io.StringIO(whole, newline="")):
            writer.writerow([unrun(cell) for cell in record])
        return made.getvalue().encode()
