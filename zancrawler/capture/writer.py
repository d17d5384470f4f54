"""Writes exchanges to the WARCs of one outlet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from zancrawler.archive import Archive

from .cdxj import Capture, new_capture, resource_capture, write_index
from .exchange import CapturedExchange, WireExchange, WireState
from .originals import Originals, sighting
from .records import (
    Answer,
    NewRecord,
    Original,
    certificates,
    exchange_records,
    resource,
    warcinfo,
)
from .warcfile import Series, Span, WarcFile, warc_path

MIN_REPEATED = 512
"""Bytes of payload. A revisit's own fields take about as many, so below this nothing is saved."""
MAX_CAPTURES = 100_000
"""In one file. They are held in memory, about 500 bytes each, until it is closed and indexed."""


@dataclass(slots=True)
class _Growing:
    """The file that a series is writing to."""

    file: WarcFile
    warcinfo_id: str
    hosts: set[str] = field(default_factory=set)
    """Those whose certificates it holds."""
    captures: list[Capture] = field(default_factory=list)
    """For its index."""


class WarcWriter:
    """Appends exchanges, opens and closes files. Used by one thread at a time."""

    def __init__(
        self,
        archive: Archive,
        outlet: str,
        max_bytes: int,
        information: Iterable[tuple[str, str]],
    ) -> None:
        """`information` are the warcinfo fields. At `max_bytes`, or MAX_CAPTURES, a file is closed
        and the next one begun: no exchange is split."""
        self._archive = archive
        self._outlet = outlet
        self._originals = Originals.open(archive, outlet)
        self._max_bytes = max_bytes
        self._information = tuple(information)
        self._started = datetime.now(UTC)
        self._growing: dict[Series, _Growing] = {}

    def write(
        self, exchange: WireExchange, error: str | None, notes: dict[str, str]
    ) -> CapturedExchange:
        """Appends an exchange that has ended. Raises CaptureError when it cannot be written."""
        answer = Answer.read(exchange.received) if exchange.received.size else None
        original = self._original(exchange, answer)
        series = self._series(exchange, answer, original)
        growing = self._file(series)
        self._certificates(growing, exchange)
        if error is not None:
            notes = {**notes, "error": error}
        records = exchange_records(exchange, answer, original, growing.warcinfo_id, notes)
        spans = growing.file.append(records)
        captured = _captured(exchange, growing.file.name, records, spans, answer, error)
        if series is Series.PAGES and answer is not None:
            response = next(record for record in records if _is_response(record))
            growing.captures.append(_capture(captured, response, answer, growing.file.path.name))
            seen = sighting(response.fields, answer.head)
            if seen is not None and exchange.method == "GET":
                self._originals.note(seen)
        return captured

    def write_resources(
        self, page: CapturedExchange, parts: Iterable[tuple[str, str, bytes]]
    ) -> None:
        """Appends what was made of a captured page: all of it or nothing, one after another.

        `parts` are name, media type and bytes. Raises CaptureError when it cannot be written.
        """
        growing = self._file(Series.PAGES)
        # A record belongs to one of its own file only: each file is to be sound by itself.
        is_here = page.warc_filename == growing.file.name
        beside = page.response_record_id if is_here else None
        kept = tuple(parts)
        records = [
            resource(name, page, kind, data, growing.warcinfo_id, beside)
            for name, kind, data in kept
        ]
        spans = growing.file.append(records)
        for record, span, (_, kind, _) in zip(records, spans, kept, strict=True):
            fields = dict(record.fields)
            growing.captures.append(
                resource_capture(
                    fields["WARC-Target-URI"],
                    page.fetch_time,
                    kind,
                    fields["WARC-Payload-Digest"],
                    offset=span.offset,
                    length=span.length,
                    filename=growing.file.path.name,
                )
            )

    def _original(self, exchange: WireExchange, answer: Answer | None) -> Original | None:
        """The record that this answer repeats, so that a revisit does."""
        if exchange.state is not WireState.COMPLETE or answer is None or exchange.method != "GET":
            return None
        if answer.head.status == 304:
            return self._originals.latest(exchange.url)
        if answer.payload_length < MIN_REPEATED or answer.head.status in (None, 206):
            return None
        original = self._originals.repeated(answer.payload_digest, answer.head.chunked)
        if original is None or not _is_page(answer):
            return original
        latest = self._originals.latest(exchange.url)
        # A page is a revisit only of what its URL showed last. One that went back to an earlier
        # text, or shows what another URL shows, is news to whoever reads the records in order.
        return original if latest and latest.payload_digest == answer.payload_digest else None

    @staticmethod
    def _series(exchange: WireExchange, answer: Answer | None, original: Original | None) -> Series:
        if (
            exchange.state is not WireState.COMPLETE
            or answer is None
            or answer.head.status is None
            or exchange.method == "HEAD"
            or (answer.head.status == 304 and original is None)
        ):
            return Series.FAILED
        return Series.PAGES

    def _file(self, series: Series) -> _Growing:
        growing = self._growing.get(series)
        if growing is not None and (
            growing.file.size >= self._max_bytes or len(growing.captures) >= MAX_CAPTURES
        ):
            self._close(series)
            growing = None
        if growing is None:
            growing = self._growing[series] = self._begin(series)
        return growing

    def _begin(self, series: Series) -> _Growing:
        serial = 0
        while True:
            try:
                path = warc_path(self._archive, self._outlet, series, self._started, serial)
                file = WarcFile(self._archive, path)
                break
            except FileExistsError:
                serial += 1
        record = warcinfo(file.path.name, datetime.now(UTC), self._information)
        file.append((record,))
        return _Growing(file, record.record_id)

    @staticmethod
    def _certificates(growing: _Growing, exchange: WireExchange) -> None:
        if exchange.tls is None:
            return
        host = urlsplit(exchange.url).netloc
        if host not in growing.hosts:
            record = certificates(
                host, exchange.issued_at, exchange.tls, growing.warcinfo_id, exchange.ip_address
            )
            growing.file.append((record,))
            growing.hosts.add(host)

    def _close(self, series: Series) -> None:
        growing = self._growing.pop(series)
        growing.file.close()
        if series is Series.PAGES:
            self._originals.settle(growing.file.name)
            write_index(self._archive, growing.file.path, growing.captures)

    def close(self) -> None:
        """Closes the files and indexes the pages. Raises OSError."""
        for series in tuple(self._growing):
            self._close(series)
        self._originals.close()


def _is_page(answer: Answer) -> bool:
    return b"html" in (answer.head.get(b"content-type") or b"").lower()


def _captured(
    exchange: WireExchange,
    warc_filename: str,
    records: tuple[NewRecord, ...],
    spans: tuple[Span, ...],
    answer: Answer | None,
    error: str | None,
) -> CapturedExchange:
    index = next((i for i, record in enumerate(records) if _is_response(record)), None)
    return CapturedExchange(
        warc_filename=warc_filename,
        offset=spans[0].offset,
        length=sum(span.length for span in spans),
        response_offset=None if index is None else spans[index].offset,
        response_length=None if index is None else spans[index].length,
        response_record_id=None if index is None else records[index].record_id,
        url=exchange.url,
        status=None if answer is None else answer.head.status,
        fetch_time=exchange.issued_at,
        payload_digest=None
        if index is None
        else dict(records[index].fields)["WARC-Payload-Digest"],
        truncated=None if index is None else exchange.truncated,
        error=error,
    )


def _capture(
    captured: CapturedExchange, response: NewRecord, answer: Answer, filename: str
) -> Capture:
    assert captured.response_offset is not None
    assert captured.response_length is not None
    return new_capture(
        dict(response.fields)["WARC-Type"],
        captured.url,
        captured.fetch_time,
        answer.head if response.length else None,
        captured.payload_digest,
        offset=captured.response_offset,
        length=captured.response_length,
        filename=filename,
    )


def _is_response(record: NewRecord) -> bool:
    return record.fields[0] in (("WARC-Type", "response"), ("WARC-Type", "revisit"))
