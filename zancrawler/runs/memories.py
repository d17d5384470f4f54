"""Site memories: learnt from an outlet's articles, kept in the archive, used until the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.extraction.article import Article
from zancrawler.extraction.memory import SiteMemory, learn

ENOUGH = 20
"""Stories. From fewer, a run of reports on one event would look like the outlet's habit."""


def memory_of(archive: Archive, outlet: str) -> SiteMemory | None:
    """What was learnt of the outlet; None where nothing was. Raises ArchiveError for a bad file."""
    path = archive.memory(outlet)
    try:
        return SiteMemory.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"{path} cannot be read ({error}); learn it again with: zancrawler rebuild --learn"
        ) from error


def learn_memory(archive: Archive, outlet: str) -> SiteMemory | None:
    """Learns from the tables, which must have been made without a memory, and keeps what it learnt.

    None where the archive holds too few stories.
    """
    memory = learn(outlet, _articles(archive, outlet), learnt_at=datetime.now(UTC))
    if memory.stories < ENOUGH:
        return None
    with put_durably(archive.memory(outlet)) as path:
        path.write_text(memory.to_json(), encoding="utf-8")
    return memory


def forget_memory(archive: Archive, outlet: str) -> None:
    archive.memory(outlet).unlink(missing_ok=True)


def _articles(archive: Archive, outlet: str) -> Iterator[Article]:
    folder = archive.table("articles") / f"site={outlet}"
    columns = ["url", "canonical_url", "title", "text"]
    for path in sorted(folder.glob("year=*/*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(columns=columns):
            for row in batch.to_pylist():
                yield Article(**row)
