"""What may be named: places for a store, and files in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stored_archive import Kept

from zancrawler.storage.manifest import Entry, Manifest
from zancrawler.storage.push import push
from zancrawler.storage.store import Digest, StoreError


def test_an_address_holds_no_secret_and_names_a_place(kept: Kept) -> None:
    for uri in ("s3://key:secret@bucket/archive", "s3://bucket/archive?secret_key=x"):
        with pytest.raises(StoreError, match="holds no credentials"):
            push(kept.archive, uri)
    with pytest.raises(StoreError, match="names no bucket"):
        push(kept.archive, "s3://")
    with pytest.raises(StoreError, match="no store that can be opened"):
        push(kept.archive, "gopher://somewhere/archive")
    with pytest.raises(StoreError, match="holds the archive itself"):
        push(kept.archive, kept.archive.root.parent.as_uri())
    with pytest.raises(StoreError, match="has no store"):
        push(kept.archive)


@pytest.mark.parametrize(
    "path",
    [
        "../escape.warc.gz",
        "warc/../../x.warc.gz",
        "/etc/passwd",
        "warc//x.warc.gz",
        "ledger/a.sqlite",
        "warc/a/2026/.hidden.warc.gz",
        "tables/articles/x.sh",
        "manifest.json",
        "warc/a\n.warc.gz",
    ],
)
def test_a_manifest_cannot_name_a_file_outside_the_archive(path: str) -> None:
    entry = Entry.following(None, "warc/a/2026/a.warc.gz", Digest(1, "0" * 64))
    data = Manifest.of([entry], None).encode()
    assert Manifest.parse(data).entries == {entry.path: entry}
    fields = json.loads(data)
    fields["files"][0]["path"] = path
    with pytest.raises(ValueError, match="it names the file"):
        Manifest.parse(json.dumps(fields).encode())
    fields = json.loads(data)
    fields["files"][0]["object"] = path
    with pytest.raises(ValueError, match="it names the object"):
        Manifest.parse(json.dumps(fields).encode())


def test_a_link_out_of_the_archive_is_not_followed(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a key")
    (kept.archive.root / "memory").mkdir(exist_ok=True)
    (kept.archive.root / "memory" / "tester.json").symlink_to(tmp_path / "secret")
    push(kept.archive, kept.uri)
    assert "a key" not in [path.read_text() for path in kept.folder.glob("memory/*")]
