"""Text and metadata extractors on sets of pages whose truth is known, in one run.

    python -m benchmarks.extraction [--pages DIR] [--only NAME[,NAME...]] [--set NAME] [--worst N]

A set is a folder that holds `truth.jsonl` (id, file, url, kind, title, authors, date, text; null
where it does not say) and the pages it names. Means over the pages that state the thing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.extraction.extractors import Extractor, Result, installed
from benchmarks.extraction.scores import authors_score, text_score, title_score

COLUMNS = (
    *("text", "precision", "recall", "title", "author", "date"),
    *("articles", "others", "ms"),
)


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
    print(f"\n{truth.parent.name}: {len(rows)} pages")
    print(f"{'':14}" + "".join(f"{column:>10}" for column in COLUMNS))
    for name, extractor in extractors.items():
        scores, texts = _score(truth.parent, rows, extractor)
        cells = (f"{fmean(scores[c]):10.4f}" if scores[c] else f"{'-':>10}" for c in COLUMNS[:-1])
        print(f"{name:14}" + "".join(cells) + f"{fmean(scores['ms']):10.1f}")
        for score, page in sorted(texts)[:worst]:
            print(f"    {score:.3f} {page}")


def _score(
    folder: Path, rows: list[dict[str, Any]], extractor: Extractor
) -> tuple[dict[str, list[float]], list[tuple[float, str]]]:
    scores: dict[str, list[float]] = defaultdict(list)
    texts: list[tuple[float, str]] = []
    # Word lists and models are loaded before the clock starts.
    extractor(gzip.decompress((folder / rows[0]["file"]).read_bytes()), rows[0]["url"])
    for row in rows:
        body = gzip.decompress((folder / row["file"]).read_bytes())
        start = time.process_time()
        result = extractor(body, row["url"])
        scores["ms"].append((time.process_time() - start) * 1000)
        if row["kind"] == "article":
            scores["articles"].append(float(result.kind == "article"))
            for name, score in _article(row, result).items():
                scores[name].append(score)
            texts.append((scores["text"][-1], row["id"]))
        else:
            scores["others"].append(float(result.kind != "article"))
    return scores, texts


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
