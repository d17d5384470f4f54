"""`python -m benchmarks.crawl [PAGES]`: both crawls of the same site in turn, and their ratio."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import pyarrow.parquet as pq

ROUNDS = 3

TOML = """
title = "Benchmark"
home = "{home}/"
domains = ["{host}"]
languages = ["en", "fa-AF", "ps"]
platform = "wix"
[sources]
sitemaps = ["/sitemap.xml"]
[politeness]
delay = 0
"""


def timed(*command: object) -> float:
    start = time.monotonic()
    subprocess.run([sys.executable, *map(str, command)], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main(pages: int) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crawl.site", str(pages)], stdout=subprocess.PIPE
    )
    try:
        port = int(server.stdout.readline())
        host = f"127.0.0.1:{port}"
        with tempfile.TemporaryDirectory() as folder:
            outlets = Path(folder) / "outlets"
            outlets.mkdir()
            (outlets / "bench.toml").write_text(TOML.format(home=f"http://{host}", host=host))
            plain, ours = [], []
            for number in range(ROUNDS):
                plain.append(timed("-m", "benchmarks.crawl.plain", f"http://{host}"))
                archive = Path(folder) / f"archive-{number}"
                ours.append(
                    timed(
                        "-m",
                        "zancrawler",
                        "crawl",
                        "bench",
                        "--outlets",
                        outlets,
                        "--archive",
                        archive,
                    )
                )
                rows = pq.read_table(archive / "tables/articles", columns=["url"]).num_rows
                if rows != pages:
                    sys.exit(f"{rows} articles of {pages}: the figures mean nothing")
    finally:
        server.terminate()
    fetched, kept = pages / median(plain), pages / median(ours)
    print(f"{pages} pages of about 125 KB, start-up included, median of {ROUNDS}")
    print(f"plain Scrapy, nothing kept     {fetched:8.1f} pages/s")
    print(f"capture, extraction and tables {kept:8.1f} pages/s   {kept / fetched:.2f} of plain")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
