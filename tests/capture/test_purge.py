"""A tombstone has the length of what it replaces, whatever that is, and names it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from fastwarc.warc import ArchiveIterator as FastWarcIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from isal import isal_zlib
from made import write
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from zancrawler.archive import Archive
from zancrawler.capture.conformance import FaultCode, check_warc, check_warcs
from zancrawler.capture.exchange import CapturedExchange
from zancrawler.capture.purge import _tombstone, purge, tombstones
from zancrawler.capture.reader import Record, read_exchanges, read_records
from zancrawler.capture.warcfile import Span, page_warcs

AT = datetime(2026, 11, 24, tzinfo=UTC)
ANSWER = f"<urn:uuid:{UUID(int=7)}>"


@given(st.integers(min_value=330, max_value=300_000))
@settings(max_examples=200, deadline=None)
def test_a_tombstone_has_any_length(length: int) -> None:
    member = _tombstone(length, AT, ANSWER)
    assert len(member) == length
    record = isal_zlib.decompress(member, 31)
    assert b"WARC-Refers-To: " + ANSWER.encode() in record
    head, _, block = record.partition(b"\r\n\r\n")
    assert int(head.rpartition(b"Content-Length: ")[2]) == len(block) - 4


@pytest.mark.parametrize("length", [300, 400, 840, 1000, 70_000, 3_000_000])
def test_other_peoples_readers_read_on_behind_a_tombstone(length: int, tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    [page] = write(archive, 1)
    warc = archive.root / page.warc_filename
    warc.write_bytes(_tombstone(length, AT, ANSWER) + warc.read_bytes())
    ids = [record.record_id for record in read_records(warc)]
    assert len(ids) > 4
    with warc.open("rb") as file:
        found = [record.rec_headers["WARC-Record-ID"] for record in WarcioIterator(file)]
        assert found == ids
    with warc.open("rb") as file:
        found = FastWarcIterator(file, parse_http=False)
        assert [record.record_id for record in found] == ids
    for fault in check_warc(warc):
        assert (fault.offset, fault.code) == (0, FaultCode.WARCINFO)


@pytest.mark.parametrize("length", [0, 18, 250])
def test_too_short_a_span_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        _tombstone(length, AT, ANSWER)


def test_nothing_refers_to_what_was_taken_out(tmp_path: Path) -> None:
    """What repeats it was a revisit before, and is an answer of its own from then on."""
    archive = Archive.open(tmp_path)
    [first] = write(archive, 1)
    [again] = write(archive, 1)
    assert [response(archive, one).type for one in (first, again)] == ["response", "revisit"]
    warc = archive.root / first.warc_filename
    purge(archive, warc, "tester", [Span(first.offset, first.length)], AT)
    assert list(check_warcs(page_warcs(archive, "tester"))) == []
    assert list(tombstones(warc)) == [first.offset]
    [late] = write(archive, 1)
    assert response(archive, late).type == "response"
    assert list(check_warcs(page_warcs(archive, "tester"))) == []
    # A record that no tombstone speaks of is missed as before.
    warc.unlink()
    codes = [fault.code for fault in check_warcs(page_warcs(archive, "tester"))]
    assert codes == [FaultCode.REFERS_TO]


def response(archive: Archive, captured: CapturedExchange) -> Record:
    [exchange] = read_exchanges(
        archive.root / captured.warc_filename, captured.offset, captured.offset + captured.length
    )
    assert exchange.response is not None
    return exchange.response
