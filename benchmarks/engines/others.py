"""The extraction of a rebuild on engines that were not chosen, as small as each lets it be.

    python -m benchmarks.engines.others ENGINE ARCHIVE [--workers N] [--kill]

ENGINE is one of pool, datatrove, ray, dask, spark, and must be installed beside zancrawler; ARCHIVE
is one of `python -m benchmarks.engines --archive`. With `--kill` one worker is killed at its third
span. Prints how many parts were made, in what time, and what the engine said.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.engines.pages import OUTLET
from zancrawler.archive import Archive
from zancrawler.outlets import Catalogue
from zancrawler.runs.parts import Extraction
from zancrawler.runs.provenance import outlet_of
from zancrawler.runs.spans import Span, spans_of

_TIME_LIMIT = 120.0
"""Seconds until an engine that waits for a dead worker is given up."""

Work = Callable[[Span], None]


def work(extraction: Extraction, span: Span) -> None:
    """One span; leaves word of who is at it, for `--kill`."""
    (extraction.staging.root / "pids" / str(os.getpid())).touch()
    extraction.make(span)


def on_pool(work: Work, spans: Sequence[Span], workers: int) -> None:
    with ProcessPoolExecutor(workers, multiprocessing.get_context("forkserver")) as pool:
        list(pool.map(work, spans))


def on_datatrove(work: Work, spans: Sequence[Span], workers: int) -> None:
    from datatrove.executor import LocalPipelineExecutor

    def step(data: object, rank: int = 0, world_size: int = 1) -> object:
        for span in spans[rank::world_size]:
            work(span)
        return data

    with TemporaryDirectory() as logs:
        LocalPipelineExecutor([step], tasks=len(spans), workers=workers, logging_dir=logs).run()


def on_ray(work: Work, spans: Sequence[Span], workers: int) -> None:
    import ray

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    task = ray.remote(lambda span: work(span))
    ray.get([task.remote(span) for span in spans])


def on_dask(work: Work, spans: Sequence[Span], workers: int) -> None:
    from distributed import Client

    with Client(n_workers=workers, threads_per_worker=1, dashboard_address=None) as client:
        client.gather(client.map(work, spans, pure=False))


def on_spark(work: Work, spans: Sequence[Span], workers: int) -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master(f"local[{workers}, 4]").getOrCreate()
    spark.sparkContext.parallelize(spans, len(spans)).foreach(work)
    spark.stop()


ENGINES = {
    "pool": on_pool,
    "datatrove": on_datatrove,
    "ray": on_ray,
    "dask": on_dask,
    "spark": on_spark,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("engine", choices=sorted(ENGINES))
    parser.add_argument("archive", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill", action="store_true")
    arguments = parser.parse_args()
    archive = Archive.existing(arguments.archive)
    spans = list(spans_of(archive, OUTLET))
    staging = Archive(archive.tables / ".others")
    shutil.rmtree(staging.root, ignore_errors=True)
    outlet = outlet_of(archive, OUTLET, Catalogue.open(None))
    extraction = Extraction.of(archive, outlet, staging)
    for folder in (extraction.parts, staging.root / "pids"):
        folder.mkdir(parents=True)
    start = time.monotonic()

    def report(said: str) -> None:
        made = sum(map(extraction.has, spans))
        found = {
            "engine": arguments.engine,
            "spans": len(spans),
            "made": made,
            "seconds": round(time.monotonic() - start, 1),
            "workers": len(list((staging.root / "pids").iterdir())),
            "load": round(os.getloadavg()[0], 1),
            "said": said,
        }
        print(json.dumps(found), flush=True)
        shutil.rmtree(staging.root)

    def give_up() -> None:
        report("nothing; it waited until it was given up")
        os._exit(1)

    limit = threading.Timer(_TIME_LIMIT, give_up)
    limit.daemon = True
    limit.start()
    if arguments.kill:
        threading.Thread(target=_kill_one, args=(extraction, spans), daemon=True).start()
    try:
        ENGINES[arguments.engine](partial(work, extraction), spans, arguments.workers)
    except Exception as error:  # whatever it says is what is asked for
        report(f"{type(error).__name__}: {str(error)[:200]}")
    else:
        report("done")


def _kill_one(extraction: Extraction, spans: Sequence[Span]) -> None:
    while sum(map(extraction.has, spans)) < 3:
        time.sleep(0.05)
    pid = next((extraction.staging.root / "pids").iterdir()).name
    os.kill(int(pid), signal.SIGKILL)


if __name__ == "__main__":
    main()
