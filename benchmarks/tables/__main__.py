"""python -m benchmarks.tables [--captures 100000] [--outlets 20]: prints sizes and times.

Makes an archive of synthetic articles through the commit, and the same rows of `articles` as
pyarrow writes them by default and as JSON Lines. Each is measured in a process of its own. Reads
are wall seconds, warm, the best of three (JSON Lines: once). With `--folder` what was made is kept
there, and not made again the next time.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables.archives import Made, commit_hundred, fill
from benchmarks.tables.reads import compare_reads
from benchmarks.tables.sizes import compare_sizes

PARTS = {"commit": commit_hundred, "sizes": compare_sizes, "reads": compare_reads}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables")
    parser.add_argument("--captures", type=int, default=100_000)
    parser.add_argument("--outlets", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=PARTS, help="reads needs that sizes were measured before")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="zancrawler-bench-") as temporary:
        outlets = tuple(f"outlet{number:02}" for number in range(arguments.outlets))
        folder = arguments.folder or Path(temporary)
        made = Made(folder.absolute(), outlets, arguments.captures // arguments.outlets)
        fill(made)
        for name, measure in PARTS.items():
            if arguments.only in (None, name):
                measure(made)


if __name__ == "__main__":
    main()
