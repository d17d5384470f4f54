"""`python -m zancrawler.newsroom`: the server process that `serve` and the command start."""

from __future__ import annotations

import argparse

from zancrawler.newsroom.edition import LAST_DAY
from zancrawler.newsroom.imprints import IMPRINTS
from zancrawler.newsroom.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="zancrawler.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the first outlet; 0: any")
    parser.add_argument("--day", type=int, default=0, choices=range(LAST_DAY + 1), metavar="DAY")
    parser.add_argument("outlets", nargs="+", choices=IMPRINTS, metavar="OUTLET")
    parser.add_argument("--watch-parent", action="store_true", help="stop when standard input ends")
    arguments = parser.parse_args()
    try:
        serve(arguments.port, arguments.day, arguments.outlets, watch_parent=arguments.watch_parent)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on port {arguments.port} and those after it: {error}")


if __name__ == "__main__":
    main()
