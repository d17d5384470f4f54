"""The command `zancrawler newsroom`: the newsroom in the foreground."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence

from zancrawler.newsroom.imprints import DEFAULT
from zancrawler.newsroom.service import Newsroom, serve


def run(
    port: int = 8731, day: int = 0, outlets: Sequence[str] = DEFAULT, *, as_json: bool = False
) -> None:
    """Serve until interrupted or terminated. Raises NewsroomError when a port is taken, or when no
    outlet is called so."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with serve(day, port, outlets) as newsroom:
            sys.stdout.write(addresses(newsroom, day) if as_json else welcome(newsroom, day))
            sys.stdout.flush()
            signal.pause()
    except KeyboardInterrupt:
        if not as_json:
            sys.stdout.write("\nThe newsroom is closed.\n")


def addresses(newsroom: Newsroom, day: int) -> str:
    """Where the newsroom is, for programs: one line of JSON."""
    homes = {name: f"{home}/" for name, home in newsroom.homes.items()}
    return json.dumps({"day": day, "homes": homes, "catalogue": str(newsroom.catalogue)}) + "\n"


def welcome(newsroom: Newsroom, day: int) -> str:
    """Where the newsroom is, and how to crawl it."""
    homes = "\n".join(f"{name:<14} {home}/" for name, home in newsroom.homes.items())
    outlets = " ".join(newsroom.homes)
    return (
        f"The newsroom is open, on its day {day}. Stop it with Ctrl-C.\n\n{homes}\n\n"
        f"Catalogue: {newsroom.catalogue}\n"
        f"Crawl it:  zancrawler crawl --outlets {newsroom.catalogue} {outlets}\n"
    )
