"""What a row depends on beside its page: the code that made it, as a digest of its source."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path

_RELEASES = (
    *("brotli", "charset-normalizer", "hijridate", "isal", "lxml", "persiantools", "py3langid"),
    *("pyarrow", "resiliparse", "surt", "tldextract", "trafilatura", "w3lib"),
)
_READING = (
    *("extraction/*.py", "outlets/*.py", "outlets/platforms/*.py", "markup.py", "charset.py"),
    *("headers.py", "discovery/blocks.py", "discovery/kind.py", "discovery/signs.py"),
    *("runs/reading.py", "runs/rows.py"),
)
"""All that stands between a page and its article. The outlets' own files are kept in each WARC."""


@cache
def code_version() -> str:
    """Digest of all that this package is made of, and of the releases that read pages for it."""
    digest = hashlib.sha256()
    for name in _RELEASES:
        digest.update(f"{name} {version(name)}\n".encode())
    with resources.as_file(resources.files("zancrawler")) as package:
        files = (path for path in package.rglob("*") if path.suffix != ".pyc")
        digest.update(_digest(package, files))
    return digest.hexdigest()


@cache
def reading_version() -> str:
    """Eight digits for the rules by which this package reads pages: those of one release and one
    commit are the same on every machine, and others give other articles."""
    with resources.as_file(resources.files("zancrawler")) as package:
        return reading_digest(package)


def reading_digest(package: Path) -> str:
    """`reading_version` of a package in a folder."""
    files = (path for pattern in _READING for path in package.glob(pattern))
    return _digest(package, files).hex()[:8]


def _digest(package: Path, files: Iterable[Path]) -> bytes:
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(package).as_posix()} {content}\n".encode())
    return digest.digest()
