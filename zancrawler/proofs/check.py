"""Checks the bundle that this file came in, offline: python3 check.py

It needs Python 3.8 or later and nothing else. It prints what the bundle shows and exits with 0, or
what is wrong and exits with 1. Every step is explained in docs/archivists.md of zancrawler.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEAD = 1 << 20  # Bytes within which a record's named fields end.


class BrokenError(Exception):
    """Something that the bundle says does not hold."""


def require(holds: bool, sentence: str) -> None:
    if not holds:
        raise BrokenError(sentence)


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(found: bytes, index: int, size: int, proof: list[str]) -> bytes:
    """The root of the tree of `size` leaves in which this leaf stands (RFC 9162, 2.1.3.2)."""
    require(0 <= index < size, f"a tree of {size} leaves has no leaf {index}")
    at, last = index, size - 1
    for other in map(bytes.fromhex, proof):
        require(last > 0, "a proof is longer than its tree is high")
        if at % 2 == 1 or at == last:
            found = node(other, found)
            while at and at % 2 == 0:
                at, last = at // 2, last // 2
        else:
            found = node(found, other)
        at, last = at // 2, last // 2
    require(last == 0, "a proof is shorter than its tree is high")
    return found


def fields_of(path: Path) -> dict[str, str]:
    """The named fields of a WARC record; the first of each name."""
    with gzip.open(path) as file:
        head = file.read(HEAD).partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    lines = [line.partition(":") for line in reversed(head.split("\r\n"))]
    return {name.lower(): value.strip() for name, _, value in lines}


def check() -> None:
    origin, size, root = (HERE / "checkpoint").read_text("utf-8").split("\n")[:3]
    told = json.loads((HERE / "proof.json").read_text("utf-8"))
    records = {}
    for entry in told["entries"]:
        found = root_of(leaf(entry["line"].encode()), entry["index"], int(size), entry["proof"])
        require(found == base64.b64decode(root), f"entry {entry['index']} is not in the log")
        warc = json.loads(entry["line"])
        require(warc["kind"] == "warc", f"entry {entry['index']} is of no WARC")
        print(f"Entry {entry['index']} of the log, of {warc['at']!a}: {warc['path']!a}.")
        for record in entry["records"]:
            name, data = record["file"], (HERE / record["file"]).read_bytes()
            found = root_of(leaf(data), record["index"], warc["members"], record["proof"])
            require(found.hex() == warc["root"], f"{name!a} is not in that file")
            records[name] = fields = fields_of(HERE / name)
            kind, url = fields["warc-type"], fields.get("warc-target-uri")
            print(f"{name!a} is in it: {kind!a} of {url!a}, {fields['warc-date']!a}.")
    article, fields = json.loads((HERE / "article.json").read_bytes()), records[told["response"]]
    for field, column in ("record-id", "warc_record_id"), ("payload-digest", "content_digest"):
        require(fields["warc-" + field] == article[column], "article.json is of another record")
    strangers = {f"records/{path.name}" for path in (HERE / "records").iterdir()} - records.keys()
    require(not strangers, f"nothing is proved of {sorted(strangers)}")
    print("article.json is a reading of that response; the record is what counts.")
    print("All of this holds if the log had this checkpoint: compare it with the one that was")
    print("published or time-stamped.", *(ascii(x)[1:-1] for x in (origin, size, root)), sep="\n")


if __name__ == "__main__":
    try:
        check()
    except (BrokenError, OSError, EOFError, ValueError, LookupError, TypeError, zlib.error) as why:
        sys.exit(f"This bundle does not hold: {type(why).__name__}: {why}")
