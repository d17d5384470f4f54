"""Once a week a worker looks whether an outlet's file holds, as a schedule of one machine does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_archive

from zancrawler.archive import Archive
from zancrawler.cluster import shard as shards
from zancrawler.cluster.shard import Shard
from zancrawler.outlets import parse_outlet
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.summary import RunState, RunSummary, crawl_row
from zancrawler.tables import Tables

OUTLET = "tester"


def ran(at: datetime, state: RunState) -> RunSummary:
    return RunSummary(OUTLET, f"{OUTLET}-{at:%Y%m%d%H%M%S}", state, at, at)


@pytest.mark.parametrize(
    ("days", "state", "checked"),
    [
        (0, RunState.FINISHED, False),
        (8, RunState.FINISHED, True),
        (8, RunState.STOPPED, False),
    ],
)
def test_a_file_is_checked_a_week_after_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, state: RunState, checked: bool
) -> None:
    asked: list[bool] = []

    def crawl(
        archive: Archive,
        names: Sequence[str],
        options: CrawlOptions,
        *,
        outlets: Path | None,
        turns: str,
    ) -> Iterator[RunSummary]:
        asked.append(options.check)
        yield ran(datetime.now(UTC), state)

    monkeypatch.setattr(shards, "crawl", crawl)
    outlet = parse_outlet(OUTLET, small_archive.TOML, where="a test")
    shard = Shard(outlet, str(tmp_path / "cluster"), tmp_path / "work", "host:/work")
    first = ran(datetime.now(UTC) - timedelta(days=days), RunState.FINISHED)
    Tables(Archive.open(shard.folder), OUTLET).put_crawl(crawl_row(first, {}))
    assert shard._crawl(CrawlOptions(), None).state is state
    assert asked == [False, True] if checked else asked == [False]
