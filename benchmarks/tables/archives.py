"""The archive that is measured, made outlet by outlet, and the commit of a hundred articles."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.tables.apart import Cost, apart, each_apart
from benchmarks.tables.synthetic import batches
from zancrawler.archive import Archive
from zancrawler.tables import Tables

BATCH = 5000
FRESH = 100
"""Articles of the commit that is measured, over all outlets."""

Pages = list[tuple[dict[str, Any], dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Made:
    """A folder with an archive of synthetic articles, and those that are not in it yet."""

    folder: Path
    outlets: tuple[str, ...]
    captures: int
    """Of each outlet."""

    @property
    def archive(self) -> Archive:
        return Archive(self.folder / "archive")

    def fresh(self, outlet: str) -> Path:
        """The outlet's next pages. Written when its tables are filled."""
        return self.folder / "fresh" / f"{outlet}.pickle"


def fill(made: Made) -> None:
    """Makes what the folder does not have."""
    made.fresh("").parent.mkdir(parents=True, exist_ok=True)
    missing = [outlet for outlet in made.outlets if not made.fresh(outlet).exists()]
    making, committing = Cost(), Cost()
    for one, other in each_apart(_fill, [(made, outlet) for outlet in missing]):
        making.cpu += one.cpu
        committing.cpu += other.cpu
        committing.peak = max(committing.peak, other.peak)
    total = made.captures * len(missing)
    if total:
        print(
            f"{total} captures of {len(missing)} outlets committed in batches of {BATCH}: "
            f"{committing.cpu:.1f} s of processor, {total / committing.cpu:.0f} a second "
            f"(made in {making.cpu:.1f} s), {committing.peak:.0f} MB at most",
            flush=True,
        )


def _fill(task: tuple[Made, str]) -> tuple[Cost, Cost]:
    made, outlet = task
    for table in made.archive.tables.glob("*"):
        shutil.rmtree(table / f"site={outlet}", ignore_errors=True)
    making, committing = Cost(), Cost()
    tables = Tables(made.archive, outlet)
    share = FRESH // len(made.outlets)
    pages = batches(outlet, made.captures + share, BATCH)
    kept: Pages = []
    left = made.captures
    while True:
        with making.added():
            batch = next(pages, None)
        if batch is None:
            break
        batch, fresh = batch[:left], batch[left:]
        left -= len(batch)
        kept += fresh
        with committing.added():
            tables.commit([page for page, _ in batch], [article for _, article in batch])
    made.fresh(outlet).write_bytes(pickle.dumps(kept))
    return making, committing


def commit_hundred(made: Made) -> None:
    """100 new articles, as runs of all outlets would: each opens its tables first.

    Into a copy by hard links: chunks are replaced, never changed.
    """
    copy = made.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(made.archive.tables, Archive(copy).tables, copy_function=os.link)
    pages = [pickle.loads(made.fresh(outlet).read_bytes()) for outlet in made.outlets]
    cost = apart(_commit, copy, made.outlets, pages)
    print(
        f"commit of {sum(map(len, pages))} articles over {len(pages)} outlets, opening included: "
        f"{cost.wall:.2f} s, {cost.cpu:.2f} s of processor, {cost.peak:.0f} MB; "
        f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
        flush=True,
    )
    shutil.rmtree(copy)


def _commit(root: Path, outlets: Sequence[str], pages: Sequence[Pages]) -> Cost:
    cost = Cost()
    for outlet, batch in zip(outlets, pages, strict=True):
        with cost.added():
            tables = Tables(Archive(root), outlet)
            tables.commit([page for page, _ in batch], [article for _, article in batch])
    return cost
