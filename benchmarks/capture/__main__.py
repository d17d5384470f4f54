"""What capture costs: plain Scrapy, our capture, warcio's writer in our place, and wget.

    python -m benchmarks.capture [--pages 2000] [--rounds 3] [--crawl]

Those `as-set` have Scrapy's settings as the project sets them; the others have its defaults. Each
contender fetches the same pages from a loopback site, in a process of its own, by turns.
Prints pages a second and CPU seconds per 1,000 pages (medians), and of both the ratio to plain
Scrapy: on a machine that has other work too, that of the CPU seconds says more.
`--crawl` compares what else could make a crawl faster instead.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CAPTURE = ("plain", "ours", "plain-as-set", "ours-as-set", "warcio", "wget")
CRAWL = (
    "plain",
    "plain-one-item",
    "plain-as-set",
    "plain-lean",
    "plain-uvloop",
    "plain-debug-log",
    "plain-linkextractor",
    "plain-xpath",
    "plain-selectolax",
    "ours",
    "ours-one-item",
    "ours-as-set",
    "ours-as-set-uvloop",
    "ours-lean",
)


def wget(url: str, pages: int, folder: Path) -> dict[str, float]:
    urls = folder / "urls"
    urls.write_text("".join(f"{url}/{number}\n" for number in range(pages)))
    command = ["wget", "-q", "-i", "urls", "-O", os.devnull, "--warc-file=wget"]
    before = os.times()
    began = time.perf_counter()
    subprocess.run([*command, "--header=Accept-Encoding: gzip"], cwd=folder, check=True)
    seconds = time.perf_counter() - began
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return {"seconds": seconds, "cpu": cpu, "bytes": (folder / "wget.warc.gz").stat().st_size}


def scrapy(contender: str, url: str, pages: int, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.capture.crawl"]
    done = subprocess.run(
        [*command, contender, url, str(pages), folder],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=300,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--crawl", action="store_true", help="settings and parsers instead")
    options = parser.parse_args()
    contenders = CRAWL if options.crawl else CAPTURE
    if shutil.which("wget") is None:
        contenders = tuple(name for name in contenders if name != "wget")
    site = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.capture.site", str(options.pages)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert site.stdout is not None
        base = f"http://127.0.0.1:{int(site.stdout.readline())}"
        for kind in ("gzip",) if options.crawl else ("gzip", "plain"):
            compare(contenders, f"{base}/{kind}", options.pages, options.rounds)
    finally:
        site.kill()


def compare(contenders: tuple[str, ...], url: str, pages: int, rounds: int) -> None:
    results: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in contenders:
            with tempfile.TemporaryDirectory() as folder:
                if name == "wget":
                    result = wget(url, pages, Path(folder))
                else:
                    result = scrapy(name, url, pages, Path(folder))
                results[name].append(result)
    print(f"\n{url.rpartition('/')[2]}: {pages} pages, {rounds} rounds, medians")
    print(f"{'':22}{'pages/s':>9}{'ratio':>7}{'CPU s/1000':>12}{'ratio':>7}{'MB written':>12}")
    plain = statistics.median(result["seconds"] for result in results["plain"])
    plain_cpu = statistics.median(result["cpu"] for result in results["plain"]) / pages * 1000
    for name, several in results.items():
        seconds = statistics.median(result["seconds"] for result in several)
        cpu = statistics.median(result["cpu"] for result in several) / pages * 1000
        written = several[0]["bytes"] / 1e6
        rate, ratio = pages / seconds, plain / seconds
        print(f"{name:22}{rate:9.0f}{ratio:7.2f}{cpu:12.2f}{plain_cpu / cpu:7.2f}{written:12.1f}")


if __name__ == "__main__":
    main()
