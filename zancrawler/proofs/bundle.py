"""A bundle: records of an archive with the proof that its log has them, for anybody to check.

The same records, entries and checkpoint give the same bytes.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.reader import Record
from zancrawler.capture.warcfile import open_warc

from .checkpoint import Checkpoint
from .files import Member, members_of
from .history import History, Told
from .log import leaves_at, read_lines
from .tree import inclusion_proof, root

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP knows: nothing in a bundle tells when it was made."""


class NotProvableError(ArchiveError):
    """The log as it was at the checkpoint does not have the record, or not as it is now."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A record, and the path of the WARC in which it stands."""

    warc: str
    record: Record


@dataclass(frozen=True, slots=True)
class _Proved:
    """A record's member and its proof."""

    name: str
    data: bytes
    index: int
    proof: list[bytes]


def write_bundle(
    archive: Archive,
    records: Sequence[Placed],
    article: Mapping[str, Any],
    checkpoint: Checkpoint,
    out: Path,
) -> None:
    """Writes a bundle, whole or not at all.

    `article` is the row that is read from the `response` among the records. The proof goes from
    each record's gzip member to its WARC, as the log had it first, and from there to `checkpoint`.
    Raises NotProvableError, NoLogError, LogDamagedError, OSError.
    """
    lines, leaves = leaves_at(archive, checkpoint)
    history = History.of(read_lines(archive))
    entries: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    response = ""
    for path in dict.fromkeys(placed.warc for placed in records):
        own = [placed.record for placed in records if placed.warc == path]
        told, proved = _prove(archive, path, own, history, checkpoint, len(files))
        files.update({one.name: one.data for one in proved})
        for record, one in zip(own, proved, strict=True):
            if record.record_id == article["warc_record_id"]:
                response = one.name
        entries.append(
            {
                "line": lines[told.number].decode("utf-8"),
                "index": told.number,
                "proof": _hex(inclusion_proof(leaves, told.number)),
                "records": [
                    {"file": one.name, "index": one.index, "proof": _hex(one.proof)}
                    for one in proved
                ],
            }
        )
    content = {
        "README.txt": _resource("bundle_readme.txt"),
        "check.py": _resource("check.py"),
        "checkpoint": checkpoint.text.encode(),
        "proof.json": _json({"response": response, "entries": entries}),
        "article.json": _json(dict(article)),
        **files,
    }
    with put_durably(out) as temporary, zipfile.ZipFile(temporary, "w") as bundle:
        for name, data in content.items():
            bundle.writestr(_entry(name), data)


def _prove(
    archive: Archive,
    path: str,
    records: Sequence[Record],
    history: History,
    checkpoint: Checkpoint,
    numbered: int,
) -> tuple[Told, list[_Proved]]:
    """The oldest entry that has these records of one WARC, and the proof of each."""
    warc = archive.root / path
    members = list(members_of(warc))
    told, leaves = _oldest(history, path, members, checkpoint)
    hashes = [leaf for leaf, _ in leaves]
    if root(hashes).hex() != told.entry.root:
        raise NotProvableError(f"{path} is not as the log has it; `zancrawler verify` says more")
    by_offset = {member.offset: member for member in members}
    indexes = {offset: index for index, (_, offset) in enumerate(leaves)}
    proved = []
    for number, record in enumerate(records, numbered + 1):
        member = by_offset.get(record.offset)
        if member is None or member.length != record.length:
            raise NotProvableError(f"the record at {record.offset} of {path} shares its member")
        with open_warc(warc) as file:
            file.seek(member.offset)
            data = file.read(member.length)
        name = f"records/{number}-{record.type}.warc.gz"
        index = indexes[record.offset]
        proved.append(_Proved(name, data, index, inclusion_proof(hashes, index)))
    return told, proved


def _oldest(
    history: History, path: str, members: Sequence[Member], checkpoint: Checkpoint
) -> tuple[Told, list[tuple[bytes, int]]]:
    found = None
    warc = history.warcs.get(path)
    for told, leaves in warc.leaves(members) if warc else ():
        if told.number < checkpoint.size:
            found = told, leaves
    if found is None:
        raise NotProvableError(
            f"the log does not have {path} up to entry {checkpoint.size}; "
            "`zancrawler checkpoint` enters it, or name a later checkpoint"
        )
    return found


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    return entry


def _resource(name: str) -> bytes:
    return resources.files("zancrawler.proofs").joinpath(name).read_bytes()


def _hex(hashes: Sequence[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
