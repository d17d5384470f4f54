"""A tombstone has the length of what it replaces, whatever that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isal import isal_zlib

from zancrawler.capture.purge import _tombstone

AT = datetime(2026, 11, 24, tzinfo=UTC)


@given(st.integers(min_value=620, max_value=300_000))
@settings(max_examples=200, deadline=None)
def test_a_tombstone_has_any_length(length: int) -> None:
    member = _tombstone(length, AT)
    assert len(member) == length
    record = isal_zlib.decompress(member, 31)
    head, _, block = record.partition(b"\r\n\r\n")
    assert int(head.rpartition(b"Content-Length: ")[2]) == len(block) - 4


@pytest.mark.parametrize("length", [0, 18, 400])
def test_too_short_a_span_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        _tombstone(length, AT)
