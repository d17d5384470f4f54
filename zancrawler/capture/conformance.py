"""Does a WARC keep to its standard (WARC 1.1, ISO 28500:2017), and its index to the WARC?

For anyone's files. Each fault is named with its file and offset; nothing is repaired.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from .cdxj import Capture, capture_of
from .errors import DamagedWarcError
from .exchange import Truncated
from .http import MAX_HEAD, Dechunker, head_length, parse_head
from .members import OpenRecord, WarcReader
from .reader import read_records, without_brackets
from .records import PURGED, without_user
from .warcfile import OPEN_SUFFIX


class FaultCode(StrEnum):
    """What kind of fault it is; those that their name does not explain say more."""

    DAMAGED = "damaged"
    """Not readable from here on."""
    VERSION = "version"
    MISSING_FIELD = "missing-field"
    REPEATED_FIELD = "repeated-field"
    RECORD_ID = "record-id"
    DUPLICATE_ID = "duplicate-id"
    DATE = "date"
    TARGET_URI = "target-uri"
    CONTENT_TYPE = "content-type"
    MEMBER = "member"
    """A gzip member, or Zstandard frame, that does not hold exactly one record."""
    RECORD_END = "record-end"
    WARCINFO = "warcinfo"
    BLOCK_DIGEST = "block-digest"
    PAYLOAD_DIGEST = "payload-digest"
    DIGEST_OVER_FRAMING = "digest-over-framing"
    """The payload digest was taken over the chunked form (iipc/warc-specifications#22)."""
    UNKNOWN_DIGEST = "unknown-digest"
    TRUNCATED = "truncated"
    IP_ADDRESS = "ip-address"
    PROFILE = "profile"
    REFERS_TO = "refers-to"
    CONCURRENT_TO = "concurrent-to"
    HTTP = "http"
    REQUEST_TARGET = "request-target"
    """The request line asks for something else than the target URI."""
    INDEX_LINE = "index-line"
    INDEX_ORDER = "index-order"
    INDEX_EXTRA = "index-extra"
    INDEX_MISSING = "index-missing"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    file: str
    offset: int
    """In bytes; of the record, or of the line of an index."""
    code: FaultCode
    message: str


VERSIONS = ("WARC/1.0", "WARC/1.1")
REPEATABLE = ("warc-concurrent-to", "warc-protocol")
WITH_TARGET = ("response", "resource", "request", "revisit", "conversion", "continuation")
HTTP_TYPES = ("response", "request", "revisit")
ALGORITHMS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?")
_RECORD_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+>")
# RFC 3986, and the few characters more that browsers leave as they are.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!$-;=?-~]*(#[!$-;=?-~]*)?")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PROFILES = ("identical-payload-digest", "server-not-modified")


def check_warc(path: Path) -> Iterator[Fault]:
    """The faults of one WARC, in the order of the file. Raises OSError when it cannot be opened."""
    yield from _Check(path.name).records(path)


def check_warcs(paths: Iterable[Path]) -> Iterator[Fault]:
    """The faults of WARCs that belong together: also revisits that refer to a record which none of
    them has, or had before it was purged."""
    identities: set[str] = set()
    references: list[tuple[str, int, str]] = []
    for path in paths:
        check = _Check(path.name)
        yield from check.records(path)
        identities |= check.identities | check.purged
        references += ((path.name, offset, target) for offset, target in check.references)
    for name, offset, target in references:
        if target not in identities:
            message = f"it refers to {target}, which is in none of these files"
            yield Fault(name, offset, FaultCode.REFERS_TO, message)


@dataclass(slots=True)
class _Check:
    file: str
    identities: set[str] = field(default_factory=set)
    references: list[tuple[int, str]] = field(default_factory=list)
    """Offsets of revisits, and what they refer to."""
    purged: set[str] = field(default_factory=set)
    """What was taken out of it."""
    _concurrent: list[tuple[int, str]] = field(default_factory=list)

    def records(self, path: Path) -> Iterator[Fault]:
        first = True
        with WarcReader(path) as reader:
            try:
                for record in reader:
                    yield from self._record(record, first)
                    first = False
                if first:
                    yield Fault(self.file, 0, FaultCode.DAMAGED, "this is no WARC: it is empty")
            except DamagedWarcError as error:
                yield Fault(self.file, error.offset, FaultCode.DAMAGED, error.reason)
        for offset, target in self._concurrent:
            if target not in self.identities:
                message = f"it belongs to {target}, which the file does not have"
                yield Fault(self.file, offset, FaultCode.CONCURRENT_TO, message)

    def _record(self, record: OpenRecord, first: bool) -> Iterator[Fault]:
        def fault(code: FaultCode, message: str) -> Fault:
            return Fault(self.file, record.offset, code, message)

        kind = record.get("WARC-Type")
        if record.version not in VERSIONS:
            yield fault(FaultCode.VERSION, f"its version is {record.version}")
        if first and kind != "warcinfo":
            yield fault(FaultCode.WARCINFO, "the file does not begin with a warcinfo record")
        yield from (fault(code, message) for code, message in _field_faults(record, kind))
        identity = record.get("WARC-Record-ID")
        if identity is not None:
            if identity in self.identities:
                yield fault(FaultCode.DUPLICATE_ID, f"{identity} is the id of two records")
            self.identities.add(identity)
        self._concurrent += (
            (record.offset, value)
            for name, value in record.fields
            if name.lower() == "warc-concurrent-to"
        )
        if target := record.get("WARC-Refers-To"):
            if kind == "revisit":
                self.references.append((record.offset, target))
            elif kind == "metadata" and (record.get("WARC-Target-URI") or "").startswith(PURGED):
                self.purged.add(target)
        yield from (fault(code, message) for code, message in _block_faults(record, kind))
        record.finish()
        if not record.first_in_member:
            yield fault(FaultCode.MEMBER, "it shares a member with the record before it")
        if record.ending != b"\r\n\r\n":
            yield fault(FaultCode.RECORD_END, f"{record.ending!r} follows it, not two line ends")


def _field_faults(record: OpenRecord, kind: str | None) -> Iterator[tuple[FaultCode, str]]:
    names = [name.lower() for name, _ in record.fields]
    for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length"):
        if name.lower() not in names:
            yield FaultCode.MISSING_FIELD, f"it has no {name}"
    for name, count in sorted(Counter(names).items()):
        if count > 1 and name not in REPEATABLE and name.startswith(("warc-", "content-")):
            yield FaultCode.REPEATED_FIELD, f"it has {name} more than once"
    if (identity := record.get("WARC-Record-ID")) and not _RECORD_ID.fullmatch(identity):
        yield FaultCode.RECORD_ID, f"{identity!r} is no URI in angle brackets"
    for name in ("WARC-Date", "WARC-Refers-To-Date"):
        if (date := record.get(name)) and not _DATE.fullmatch(date):
            yield FaultCode.DATE, f"{name} is {date!r}, not of the form 2026-01-31T12:00:00Z"
    uri = _target_uri(record)
    if uri is None:
        if kind in WITH_TARGET:
            yield FaultCode.MISSING_FIELD, "it has no WARC-Target-URI"
    elif not _URI.fullmatch(uri) or _PERCENT.search(uri):
        yield FaultCode.TARGET_URI, f"{uri[:200]!r} is no percent-encoded URI"
    if (reason := record.get("WARC-Truncated")) is not None and reason not in {*Truncated}:
        yield FaultCode.TRUNCATED, f"WARC-Truncated is {reason!r}"
    if (address := record.get("WARC-IP-Address")) is not None:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            yield FaultCode.IP_ADDRESS, f"{address!r} is no IP address"
    if record.content_length and record.get("Content-Type") is None:
        yield FaultCode.CONTENT_TYPE, "it has a block and no Content-Type"
    if kind == "revisit":
        profile = record.get("WARC-Profile") or ""
        if not profile.endswith(_PROFILES):
            yield FaultCode.PROFILE, f"its profile is {profile!r}"
        for name in ("WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"):
            if record.get(name) is None:
                yield FaultCode.REFERS_TO, f"it has no {name}, so that players find no original"


def _target_uri(record: OpenRecord) -> str | None:
    """WARC 1.0 had it in angle brackets by its grammar, and in none of its examples."""
    uri = record.get("WARC-Target-URI")
    return without_brackets(uri) if uri and record.version == "WARC/1.0" else uri


def _block_faults(record: OpenRecord, kind: str | None) -> Iterator[tuple[FaultCode, str]]:
    """Reads the block once: its digests, and what its HTTP head says."""
    declared = {
        name: _Digest.of(record.get(name)) for name in ("WARC-Block-Digest", "WARC-Payload-Digest")
    }
    for name, digest in declared.items():
        if digest is None and record.get(name) is not None:
            yield FaultCode.UNKNOWN_DIGEST, f"{name} is {record.get(name)!r}"
    block, payload = declared.values()
    http = kind in HTTP_TYPES and (record.get("Content-Type") or "").startswith("application/http")
    head = b""
    inside_head = http
    dechunker: Dechunker | None = None
    framed = payload.twin() if payload is not None else None
    for piece in record.pieces():
        if block is not None:
            block.update(piece)
        if inside_head:
            head += piece
            length = head_length(head)
            if not length and len(head) < MAX_HEAD:
                continue
            inside_head = False
            piece = head[length:] if length else b""
            head = head[: length or len(head)]
            dechunker = Dechunker() if parse_head(head).chunked else None
        if payload is not None and framed is not None:
            framed.update(piece)
            for part in dechunker.feed(piece) if dechunker else (piece,):
                payload.update(part)
    if block is not None and not block.matches():
        yield FaultCode.BLOCK_DIGEST, "the block is not the one that its digest was taken of"
    # A revisit's payload is the original's, and is not here.
    if payload is not None and framed is not None and kind != "revisit" and not payload.matches():
        if dechunker is not None and framed.matches():
            message = "the payload digest was taken of the chunks with their sizes"
            yield FaultCode.DIGEST_OVER_FRAMING, message
        else:
            yield FaultCode.PAYLOAD_DIGEST, "the payload is not the one of its digest"
    if http and head and record.get("WARC-Truncated") is None:
        yield from _http_faults(head, kind, _target_uri(record) or "")


def _http_faults(head: bytes, kind: str | None, uri: str) -> Iterator[tuple[FaultCode, str]]:
    parsed = parse_head(head)
    if kind != "request":
        if parsed.status is None:
            yield FaultCode.HTTP, f"it begins with {parsed.start_line[:60]!r}, no status line"
        elif parsed.status < 200:
            yield FaultCode.HTTP, f"it begins with the interim response {parsed.status}"
        return
    parts = parsed.start_line.split(b" ")
    if len(parts) != 3:
        yield FaultCode.HTTP, f"it begins with {parsed.start_line[:60]!r}, no request line"
        return
    asked = without_user(parts[1].decode("latin-1"))
    target = urlsplit(uri)
    due = (target.path or "/") + (f"?{target.query}" if target.query else "")
    if asked not in (due, uri.partition("#")[0], uri.partition("#")[0] + "/"):
        yield FaultCode.REQUEST_TARGET, f"it asks for {asked[:200]!r}, its target is {due[:200]!r}"


@dataclass(slots=True)
class _Digest:
    """A digest as declared, and the one that is being computed."""

    algorithm: str
    value: str
    update: Callable[[bytes], None] = field(init=False)
    _digest: Callable[[], bytes] = field(init=False)

    def __post_init__(self) -> None:
        computed = hashlib.new(self.algorithm, usedforsecurity=False)
        self.update, self._digest = computed.update, computed.digest

    @classmethod
    def of(cls, declared: str | None) -> _Digest | None:
        algorithm, _, value = (declared or "").partition(":")
        algorithm = algorithm.lower().replace("-", "")
        return cls(algorithm, value) if algorithm in ALGORITHMS and value else None

    def twin(self) -> _Digest:
        return _Digest(self.algorithm, self.value)

    def matches(self) -> bool:
        digest = self._digest()
        base32 = b32encode(digest).decode("ascii")
        known = (digest.hex(), base32, base32.rstrip("="), base32.lower().rstrip("="))
        return self.value in known or self.value.lower() == known[0]


def check_cdxj(path: Path, warcs: Iterable[Path]) -> Iterator[Fault]:
    """The faults of an index of these WARCs: its order, and its lines against the records.

    Raises OSError; a WARC that cannot be read is reported by `check_warc`.
    """
    with path.open("rb") as file:
        yield from check_index(path.name, file, warcs)


def check_index(name: str, lines: Iterable[bytes], warcs: Iterable[Path]) -> Iterator[Fault]:
    """As `check_cdxj`, for lines that come from elsewhere."""
    due: dict[tuple[str, int], Capture] = {}
    for warc in warcs:
        try:
            for record in read_records(warc, max_block=MAX_HEAD):
                filename = warc.name.removesuffix(OPEN_SUFFIX)
                if capture := capture_of(record, filename):
                    due[filename, record.offset] = capture
        except DamagedWarcError:
            continue
    offset = 0
    before = b""
    for line in lines:
        if line < before:
            yield Fault(name, offset, FaultCode.INDEX_ORDER, "the line sorts before the last one")
        before = line
        try:
            found = Capture.parse(line)
        except ValueError as error:
            yield Fault(name, offset, FaultCode.INDEX_LINE, str(error))
        else:
            record_there = due.pop((found.filename, found.offset), None)
            if record_there is None:
                message = f"no capture stands at {found.filename}:{found.offset}"
                yield Fault(name, offset, FaultCode.INDEX_EXTRA, message)
            elif (found.url, found.timestamp, found.length) != (
                record_there.url,
                record_there.timestamp,
                record_there.length,
            ):
                message = f"another capture stands at {found.filename}:{found.offset}"
                yield Fault(name, offset, FaultCode.INDEX_LINE, message)
        offset += len(line)
    for (filename, position), capture in due.items():
        message = f"{capture.url} at {filename}:{position} is in no line"
        yield Fault(name, offset, FaultCode.INDEX_MISSING, message)
