"""Text and metadata extractors on sets of pages whose truth is known, in one run.

    python -m benchmarks.extraction [--pages DIR] [--only NAME[,NAME...]] [--set NAME] [--worst N]

A set is a folder that holds `truth.jsonl` (id, file, url, kind, title, authors, date, text; null
where it does not say) and the pages it names. Means over the pages that state the thing. `ms` is
processor time; each page is given to all extractors in turn, so that all see the same machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.extraction.extractors import Extractor, Result, installed
from benchmarks.extraction.scores import authors_score, text_score, title_score

COLUMNS = (
    *("text", "precision", "recall", "title", "author", "date"),
    *("articles", "others", "ms"),
)
WARM_UP = 20
"""Pages that an extractor reads before its time is taken: word lists and models are loaded."""


@dataclass
class Tally:
    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    texts: list[tuple[float, str]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=Path, default=Path("../shared/pages"))
    parser.add_argument("--only", help="extractors, comma-separated")
    parser.add_argument("--set", help="one set only")
    parser.add_argument("--worst", type=int, default=0, help="name this many worst texts")
    chosen = parser.parse_args()
    extractors = installed()
    names = chosen.only.split(",") if chosen.only else list(extractors)
    for truth in sorted(chosen.pages.glob("*/truth.jsonl")):
        if chosen.set in (None, truth.parent.name):
            _run(truth, {name: extractors[name] for name in names}, chosen.worst)


def _run(truth: Path, extractors: dict[str, Extractor], worst: int) -> None:
    rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
    tallies = {name: Tally() for name in extractors}
    for place, row in enumerate([*rows[:WARM_UP], *rows]):
        body = gzip.decompress((truth.parent / row["file"]).read_bytes())
        for name, extractor in extractors.items():
            start = time.process_time()
            result = extractor(body, row["url"])
            if place >= WARM_UP:
                tallies[name].scores["ms"].append((time.process_time() - start) * 1000)
                _count(tallies[name], row, result)
    print(f"\n{truth.parent.name}: {len(rows)} pages")
    print(f"{'':14}" + "".join(f"{column:>10}" for column in COLUMNS))
    for name, tally in tallies.items():
        cells = (_cell(tally.scores[column], column) for column in COLUMNS)
        print(f"{name:14}" + "".join(cells))
        for score, page in sorted(tally.texts)[:worst]:
            print(f"    {score:.3f} {page}")


def _cell(scores: list[float], column: str) -> str:
    if not scores:
        return f"{'-':>10}"
    return f"{fmean(scores):10.1f}" if column == "ms" else f"{fmean(scores):10.4f}"


def _count(tally: Tally, row: dict[str, Any], result: Result) -> None:
    if row["kind"] != "article":
        tally.scores["others"].append(float(result.kind != "article"))
        return
    tally.scores["articles"].append(float(result.kind == "article"))
    for name, score in _article(row, result).items():
        tally.scores[name].append(score)
    tally.texts.append((tally.scores["text"][-1], row["id"]))


def _article(row: dict[str, Any], result: Result) -> dict[str, float]:
    found = dict(zip(COLUMNS, text_score(result.text, row["text"]), strict=False))
    if row["title"]:
        found["title"] = title_score(result.title, row["title"])
    if row["authors"]:
        found["author"] = authors_score(result.authors, row["authors"])
    if row["date"]:
        found["date"] = float(result.date == row["date"])
    return found


if __name__ == "__main__":
    main()
