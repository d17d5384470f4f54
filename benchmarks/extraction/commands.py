"""Any extractor that is a command: once a page, or once for a whole list of pages."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.extraction.extractors import Result, SavedPage

_SECONDS = 600
"""For a page, or a list of pages."""


def read_all(command: str, pages: Sequence[SavedPage]) -> Iterator[Result]:
    """What a command finds in the pages, in their order.

    `{file}`, `{url}` and `{captured_at}` in the command are filled in for each page; it prints one
    JSON object. With `{list}` it is run once: the list is JSON Lines of `{"file", "url",
    "captured_at"}`, and it prints one JSON object a line, in the same order.
    """
    with TemporaryDirectory() as folder:
        files = [_saved(page, Path(folder), number) for number, page in enumerate(pages)]
        if "{list}" in command:
            yield from map(_result, _run(command, list=_listed(files, pages, Path(folder))))
            return
        for file, page in zip(files, pages, strict=True):
            moment = page.captured_at.isoformat()
            yield _result("".join(_run(command, file=file, url=page.url, captured_at=moment)))


def _saved(page: SavedPage, folder: Path, number: int) -> Path:
    file = folder / f"{number:04}.html"
    file.write_bytes(page.body)
    return file


def _listed(files: Sequence[Path], pages: Sequence[SavedPage], folder: Path) -> Path:
    lines = (
        {"file": str(file), "url": page.url, "captured_at": page.captured_at.isoformat()}
        for file, page in zip(files, pages, strict=True)
    )
    listed = folder / "list.jsonl"
    listed.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return listed


def _run(command: str, **values: object) -> list[str]:
    """The command's output by lines. A command that fails has found nothing."""
    words = shlex.split(command)
    for name, value in values.items():
        words = [word.replace(f"{{{name}}}", str(value)) for word in words]
    done = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False)
    return done.stdout.decode("utf-8").splitlines(keepends=True)


def _result(printed: str) -> Result:
    """Also reads our own article rows: there the date is called `date_published`."""
    found: dict[str, Any] = json.loads(printed) if printed.strip() else {}
    authors = found.get("authors") or found.get("author") or ()
    date = found.get("date") or found.get("date_published")
    return Result(
        found.get("text"),
        found.get("title"),
        (authors,) if isinstance(authors, str) else tuple(authors),
        str(date)[:10] if date else None,
        found.get("language"),
        found.get("kind", "article"),
    )
