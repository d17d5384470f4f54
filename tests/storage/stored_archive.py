"""A small archive with its store on another disk, and what reads of both must give."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import small_archive

from zancrawler.archive import Archive
from zancrawler.capture.reader import read_exchanges
from zancrawler.outlets import Catalogue
from zancrawler.storage.manifest import Manifest
from zancrawler.storage.store import Store


@dataclass(frozen=True)
class Kept:
    """An archive, and a folder for its store."""

    archive: Archive
    folder: Path

    @property
    def catalogue(self) -> Catalogue:
        folder = self.folder.parent / "outlets"
        folder.mkdir(exist_ok=True)
        (folder / "tester.toml").write_text(small_archive.TOML)
        return Catalogue.open(folder)

    @property
    def uri(self) -> str:
        return self.folder.as_uri()

    @property
    def manifest(self) -> Manifest:
        return Manifest.required(Store.open(self.uri))

    def warcs(self) -> list[Path]:
        return sorted(self.archive.root.glob("warc/*/*/*.warc.gz"))

    def bodies(self) -> list[bytes]:
        """All captured answers, as readers of WARCs find them."""
        from zancrawler.runs.provenance import warcs_of

        return [
            exchange.response.block
            for warc in warcs_of(self.archive, "tester")
            for exchange in read_exchanges(warc)
            if exchange.response
        ]


def keep(folder: Path) -> Kept:
    archive = Archive.open(folder / "archive")
    small_archive.make(archive)
    return Kept(archive, folder / "store")


def copy_of(kept: Kept, folder: Path) -> Kept:
    """The same on another disk, for a test that changes it."""
    root = folder / "archive"
    shutil.copytree(kept.archive.root, root)
    return Kept(Archive(root), folder / "store")


def contents(root: Path) -> dict[str, str]:
    """SHA-256 of every file, by path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
