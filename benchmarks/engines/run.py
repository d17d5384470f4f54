"""One rebuild of the tables, timed: `python -m benchmarks.engines.run ARCHIVE ENGINE WORKERS`."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from benchmarks.engines.pages import OUTLET
from benchmarks.engines.sampling import Sampler
from zancrawler.archive import Archive
from zancrawler.outlets import Catalogue
from zancrawler.runs.engines import Engine
from zancrawler.runs.provenance import outlet_of
from zancrawler.runs.rederive import rebuild_tables


def main(root: Path, engine: Engine, workers: int) -> None:
    archive = Archive.existing(root)
    shutil.rmtree(archive.tables, ignore_errors=True)
    outlet = outlet_of(archive, OUTLET, Catalogue.open(None))
    start = time.monotonic()
    with Sampler() as sampler:
        *_, last = rebuild_tables(archive, outlet, workers, engine)
    print(
        json.dumps(
            {
                "pages": last.exchanges,
                "seconds": time.monotonic() - start,
                "cpu": sampler.cpu,
                "worker_mb": sampler.largest_mb,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Engine(sys.argv[2]), int(sys.argv[3]))
