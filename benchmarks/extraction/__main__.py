"""Text and metadata extractors on sets of pages whose truth is known, in one run.

    python -m benchmarks.extraction --own              # the pages written for this project
    python -m benchmarks.extraction [--pages DIR]      # every set in DIR
    python -m benchmarks.extraction --write DIR        # the own pages and their truth, as files

`--extractor "CMD {file} {url}"` adds any command that prints JSON with `title`, `text`, `authors`,
`date` and `language`; with `{list}` it is run once for all pages (`commands.py`).

A set is a folder that holds `truth.jsonl` (id, file, url, kind, title, authors, date, text, and
where it says so captured_at, language, layout, beside; null where it does not say) and the pages
it names. Means over the pages that state the thing. `ms` is processor time a page; each page is
given to all extractors in turn, so that all see the same machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from benchmarks.extraction.commands import read_all
from benchmarks.extraction.extractors import (
    ALL,
    EXTRACTORS,
    Extractor,
    Result,
    SavedPage,
    absent,
)
from benchmarks.extraction.own import write
from benchmarks.extraction.scores import (
    authors_score,
    language_score,
    text_score,
    title_score,
    zwnj_score,
)

COLUMNS = (
    *("text", "precision", "recall", "zwnj", "title", "author", "date", "language"),
    *("articles", "others", "ms"),
)
GROUPS = ("language", "layout")
_T = TypeVar("_T")
WARM_UP = 100
"""Pages that an extractor reads before its time is taken: word lists and models are loaded."""


@dataclass
class Tally:
    gives: frozenset[str] = ALL
    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    texts: list[tuple[float, str]] = field(default_factory=list)
    groups: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: {name: defaultdict(list) for name in GROUPS}
    )
    """Scores of the text by what the truth says of a page."""

    def cells(self) -> str:
        return "".join(_cell(self.scores[c] if c in self.gives else (), c) for c in COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--own", action="store_true", help="the pages written for this project")
    parser.add_argument("--write", type=Path, help="write those pages and their truth here")
    parser.add_argument("--pages", type=Path, default=Path("../shared/pages"))
    parser.add_argument("--only", help="extractors, comma-separated")
    parser.add_argument("--extractor", action="append", default=[], help="a command")
    parser.add_argument("--set", help="one set only")
    parser.add_argument("--worst", type=int, default=0, help="name this many worst texts")
    chosen = parser.parse_args()
    if chosen.write:
        write(chosen.write)
        return
    names = chosen.only.split(",") if chosen.only else list(EXTRACTORS)
    extractors = {name: EXTRACTORS[name] for name in names}
    with TemporaryDirectory() as made:
        if chosen.own:
            write(Path(made) / "own")
        folder = Path(made) if chosen.own else chosen.pages
        for truth in sorted(folder.glob("*/truth.jsonl")):
            if chosen.set in (None, truth.parent.name):
                tallies = run(truth, extractors, chosen.extractor)
                report(truth.parent.name, tallies, chosen.worst)


def run(
    truth: Path, extractors: Mapping[str, Extractor], commands: list[str]
) -> dict[str, Tally | None]:
    """The scores of each extractor on a set; None for one that is not installed."""
    rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
    pages = [_saved(truth.parent / row["file"], row) for row in rows]
    here = {name: one for name, one in extractors.items() if not absent(one)}
    tallies = {name: Tally(one.gives) for name, one in here.items()}
    for page in pages[:WARM_UP]:
        for extractor in here.values():
            extractor.read(page)
    for page, row in zip(pages, rows, strict=True):
        for name, extractor in here.items():
            result, seconds = _timed(lambda one=extractor, this=page: one.read(this))
            tallies[name].scores["ms"].append(seconds * 1000)
            _count(tallies[name], row, result)
    for command in commands:
        results, seconds = _timed(lambda this=command: list(read_all(this, pages)))
        tallies[command] = Tally()
        tallies[command].scores["ms"].append(seconds * 1000 / len(pages))
        for row, result in zip(rows, results, strict=True):
            _count(tallies[command], row, result)
    return {name: tallies.get(name) for name in (*extractors, *commands)}


def report(name: str, tallies: Mapping[str, Tally | None], worst: int) -> None:
    print(f"\n{name}\n{'':14}" + "".join(f"{column:>10}" for column in COLUMNS))
    for extractor, tally in tallies.items():
        if tally is None:
            print(f"{extractor:14} absent: see benchmarks/extraction/requirements.txt")
            continue
        print(f"{extractor[:13]:14}{tally.cells()}")
        for score, page in sorted(tally.texts)[:worst]:
            print(f"    {score:.3f} {page}")
    for group in GROUPS:
        _report_group(group, {one: tally for one, tally in tallies.items() if tally})


def _report_group(group: str, tallies: Mapping[str, Tally]) -> None:
    values = sorted({value for tally in tallies.values() for value in tally.groups[group]})
    if values:
        print(f"text by {group}\n{'':14}" + "".join(f"{value:>10}" for value in values))
    for extractor, tally in tallies.items() if values else ():
        cells = (_cell(tally.groups[group][value], "text") for value in values)
        print(f"{extractor[:13]:14}" + "".join(cells))


def _saved(file: Path, row: Mapping[str, Any]) -> SavedPage:
    body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    captured = row.get("captured_at")
    moment = datetime.fromisoformat(captured) if captured else datetime.now(UTC)
    return SavedPage(body, row["url"], moment)


def _timed(work: Callable[[], _T]) -> tuple[_T, float]:
    """What the work returns, and the processor seconds that it took, also in other processes."""
    start = time.process_time() + _of_children()
    result = work()
    return result, time.process_time() + _of_children() - start


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _cell(scores: list[float] | tuple[()], column: str) -> str:
    if not scores:
        return f"{'-':>10}"
    return f"{fmean(scores):10.1f}" if column == "ms" else f"{fmean(scores):10.4f}"


def _count(tally: Tally, row: Mapping[str, Any], result: Result) -> None:
    if row["kind"] != "article":
        tally.scores["others"].append(float(not result.is_article))
        return
    tally.scores["articles"].append(float(result.is_article))
    found = result if result.is_article else Result()
    for name, score in _article(row, found).items():
        tally.scores[name].append(score)
    score = tally.scores["text"][-1]
    tally.texts.append((score, row["id"]))
    for group in GROUPS:
        if row.get(group):
            tally.groups[group][row[group]].append(score)


def _article(row: Mapping[str, Any], found: Result) -> dict[str, float]:
    """An article that was taken for something else has nothing right."""
    text = text_score(found.text, row["text"], row.get("beside") or "")
    scores = dict(zip(COLUMNS, text, strict=False))
    wanted, got = (f"{of['title']}\n{of['text']}" for of in (row, _told(found)))
    if (kept := zwnj_score(got, wanted)) is not None:
        scores["zwnj"] = kept
    if row["title"]:
        scores["title"] = title_score(found.title, row["title"])
    if row["authors"] is not None:
        scores["author"] = authors_score(found.authors, row["authors"])
    if row["date"]:
        scores["date"] = float(found.date == row["date"])
    if row.get("language"):
        scores["language"] = language_score(found.language, row["language"])
    return scores


def _told(found: Result) -> dict[str, str]:
    return {"title": found.title or "", "text": found.text or ""}


if __name__ == "__main__":
    main()
