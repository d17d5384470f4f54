"""Stories over a whole archive: its outlets are found, then the stories room does the work."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from zancrawler.archive import Archive
from zancrawler.outlets import Catalogue, Outlet, OutletError, canonical_url
from zancrawler.proofs.entry import Cause
from zancrawler.runs.entering import entering, free
from zancrawler.runs.provenance import outlet_of, outlets_in
from zancrawler.stories import (
    Refreshed,
    ShownStory,
    UnknownStoryError,
    has_new_articles,
    refresh,
    story_of,
)
from zancrawler.tables.articles import article_id


def refresh_stories(
    archive: Archive, catalogue: Catalogue, only: Collection[str] | None = None
) -> Refreshed:
    """Compares all articles; writes for all outlets that nobody holds, or for those in `only`."""
    with entering(archive, free(archive, only or outlets_in(archive)), Cause.STORIES):
        return refresh(archive, _outlets(archive, catalogue), only)


def tell_new_articles(archive: Archive, catalogue: Catalogue, names: Collection[str]) -> None:
    """Compares all articles if any of these outlets has one that was not compared as it is."""
    new = [name for name in names if has_new_articles(archive, name)]
    if new:
        refresh_stories(archive, catalogue, new)


def find_story(archive: Archive, catalogue: Catalogue, url: str) -> ShownStory:
    """The story of the article at a URL, in any of its spellings, or with an article_id.

    Raises UnknownStoryError.
    """
    ids = [url, article_id(url)]
    ids += [article_id(canonical_url(url, outlet)) for outlet in _outlets(archive, catalogue)]
    try:
        return story_of(archive, ids)
    except UnknownStoryError as error:
        raise UnknownStoryError(f"{url}: {error}") from None


def _outlets(archive: Archive, catalogue: Catalogue) -> list[Outlet]:
    """Those that can be read; the URLs of another's pages are then known by their own spelling."""
    outlets = []
    for name in outlets_in(archive):
        with suppress(OutletError):
            outlets.append(outlet_of(archive, name, catalogue))
    return outlets
