"""The command `zancrawler newsroom`: the newsroom in the foreground."""

from __future__ import annotations

import signal
import sys

from zancrawler.newsroom.service import serve


def run(port: int = 8731, day: int = 0) -> None:
    """Serve until interrupted or terminated. Raises NewsroomError when a port is taken."""
    with serve(day, port) as newsroom:
        lines = [f"{name:<14} {home}/" for name, home in newsroom.homes.items()]
        outlets = " ".join(newsroom.homes)
        sys.stdout.write(
            f"The newsroom is open, on its day {day}. Stop it with Ctrl-C.\n\n"
            + "\n".join(lines)
            + f"\n\nCatalogue: {newsroom.catalogue}\n"
            f"Crawl it:  zancrawler crawl --outlets {newsroom.catalogue} {outlets}\n"
        )
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.stdout.write("\nThe newsroom is closed.\n")
