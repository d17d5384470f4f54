"""The newsroom as a service: start it, move it through its days, ask it for the truth, stop it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from zancrawler.archive import ArchiveError, UsageError
from zancrawler.newsroom.cases import Case
from zancrawler.newsroom.catalogue import write_catalogue
from zancrawler.newsroom.desk import LoggedRequest
from zancrawler.newsroom.edition import Presence, Spell, Weather
from zancrawler.newsroom.imprints import DEFAULT, IMPRINTS
from zancrawler.newsroom.truth import TruthArticle

PATIENCE = 30
"""Seconds that the server may take to start, to answer and to stop."""


class NewsroomError(ArchiveError):
    """The newsroom did not start, or refused what was asked of it; the message says why."""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A newsroom that is being served on loopback."""

    homes: dict[str, str]
    """Outlet name to base URL, without a slash at the end."""
    control: str
    """Base URL of the desk."""
    catalogue: Path
    """A folder with one TOML per outlet."""

    def truth(self, day: int | None = None) -> list[TruthArticle]:
        """The articles that are live on the day (by default the current one), newest first."""
        return [each for each in self.published(day) if each.presence is Presence.LIVE]

    def published(self, day: int | None = None) -> list[TruthArticle]:
        """Every article ever published until the day, whatever became of it, newest first."""
        return [TruthArticle.from_json(each) for each in self._get("truth", day)]

    def weather(self, day: int | None = None) -> list[Weather]:
        """What befalls the outlets on the day, and whether the operator should be told."""
        return [
            Weather(**{**each, "spell": Spell(each["spell"])}) for each in self._get("weather", day)
        ]

    def cases(self) -> list[tuple[Case, str]]:
        """The awkward cases, each with its URL."""
        return [(Case.from_json(each["case"]), each["url"]) for each in self._get("cases")]

    def requests(self) -> list[LoggedRequest]:
        """The requests that the outlets received, in their order, without the desk's own."""
        return [LoggedRequest(**each) for each in self._get("requests")]

    @property
    def day(self) -> int:
        return int(self._get("day"))

    def set_day(self, day: int) -> None:
        """Move to a day, 0 to 60, forwards or back. Raises NewsroomError when there is none."""
        request = Request(f"{self.control}/day", data=str(day).encode(), method="PUT")
        try:
            with urlopen(request, timeout=PATIENCE):
                pass
        except HTTPError as error:
            raise NewsroomError(json.load(error)) from error

    def _get(self, what: str, day: int | None = None) -> Any:
        query = "" if day is None else f"?day={day}"
        with urlopen(f"{self.control}/{what}{query}", timeout=PATIENCE) as answer:
            return json.load(answer)


@contextmanager
def serve(day: int = 0, port: int = 0, outlets: Sequence[str] = DEFAULT) -> Iterator[Newsroom]:
    """A newsroom in a process of its own, for as long as the `with` block lasts.

    `port` is the first outlet's; the others and the desk get the next ones; 0: any free ones.
    """
    if unknown := [name for name in outlets if name not in IMPRINTS]:
        known = ", ".join(IMPRINTS)
        raise UsageError(f"the newsroom has no outlet '{unknown[0]}'; it has {known}")
    command = [sys.executable, "-m", "zancrawler.newsroom", "--watch-parent"]
    command += ["--day", str(day), "--port", str(port), *outlets]
    with (
        tempfile.TemporaryDirectory(prefix="newsroom-") as folder,
        # A session of its own, for Ctrl-C to reach us alone; closing its input stops the server.
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        yield _connect(process, Path(folder))


def _connect(process: subprocess.Popen[str], folder: Path) -> Newsroom:
    first = process.stdout.readline() if process.stdout else ""
    if not first:
        raise NewsroomError("the newsroom did not start: it says why on standard error")
    doors = json.loads(first)
    catalogue = write_catalogue(folder, doors["homes"])
    return Newsroom(doors["homes"], doors["control"], catalogue)
