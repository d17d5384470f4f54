"""The newsroom after one crawl, and the command line as a user types it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from zancrawler.archive import Archive
from zancrawler.newsroom import Newsroom, TruthArticle
from zancrawler.outlets import Catalogue


@dataclass(frozen=True)
class Crawled:
    newsroom: Newsroom
    archive: Archive
    output: str
    asked: tuple[str, ...]
    """The paths that the crawl asked for; other tests may ask the newsroom for more."""

    @property
    def articles(self) -> list[TruthArticle]:
        """What must be a row: all that is live, but for a page that never arrives whole."""
        never = {url for case, url in self.newsroom.cases() if case.outcome == "no_article"}
        return [article for article in self.newsroom.truth() if article.url not in never]

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue.open(self.newsroom.catalogue)


def zancrawler(*arguments: object, code: int = 0) -> str:
    """Runs the command as a user would; returns its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "zancrawler", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-4000:])
    return done.stdout if code == 0 else done.stdout + done.stderr
