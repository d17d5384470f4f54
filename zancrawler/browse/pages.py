"""The pages: each reads what it needs, in a thread, and fills one template."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse import record
from zancrawler.browse.export import Export
from zancrawler.browse.glance import Counts, Standing, counts, standing
from zancrawler.browse.languages import KNOWN
from zancrawler.browse.searching import PAGE, Asked
from zancrawler.outlets import Catalogue
from zancrawler.replay.links import replay_link

LATEST = 40
"""Articles that an outlet's page lists; the table has all."""
MAX_PAGE = 500
_SHOWN = "article_id, title, language, date_published, section, status, n_versions, outlet"
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(slots=True)
class Watch:
    """The standing of the outlets, read anew behind the page that shows it when it is old."""

    read: Callable[[], Standing]
    max_age: float
    """Seconds."""
    latest: Standing | None = None
    reading: asyncio.Task[Standing] | None = None

    async def current(self) -> Standing:
        """At once, but for the first time. Raises what reading it raised."""
        self._take()
        while self.latest is None:
            await asyncio.wait([self._started()])
            self._take()
        if (datetime.now(UTC) - self.latest.at).total_seconds() > self.max_age:
            self._started()
        return self.latest

    def _started(self) -> asyncio.Task[Standing]:
        self.reading = self.reading or asyncio.create_task(asyncio.to_thread(self.read))
        return self.reading

    def _take(self) -> None:
        if self.reading and self.reading.done():
            done, self.reading = self.reading, None
            self.latest = done.result()


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers of one server's routes."""

    datasette: Datasette
    archive: Archive
    export: Export
    replay: str
    """Where `zancrawler replay` is served."""
    watch: Watch = field(repr=False)

    @classmethod
    def of(cls, datasette: Datasette, config: Mapping[str, Any]) -> Pages:
        """`config` is what `server.py` gives the plugin."""
        archive = Archive(Path(config["archive"]))
        catalogue = Catalogue.open(Path(config["outlets"]) if config["outlets"] else None)
        return cls(
            datasette,
            archive,
            Export(archive, Path(config["export"]).parent),
            config["replay"],
            Watch(lambda: standing(archive, catalogue, datetime.now(UTC)), config["max_age"]),
        )

    async def glance(self, request: Request) -> Response:
        found = await asyncio.to_thread(counts, self.export)
        return await self._page(
            request, "glance.html", counts=found, standing=await self.watch.current()
        )

    async def search(self, request: Request) -> Response:
        asked = _asked(request.args)
        hits, problem = [], None
        if not asked.is_empty:
            try:
                hits = await asyncio.to_thread(asked.find, self.archive)
            except ArchiveError as error:
                problem = str(error)
        found = await asyncio.to_thread(counts, self.export)
        return await self._page(
            request,
            "search.html",
            asked=asked,
            hits=hits[:PAGE],
            has_more=len(hits) > PAGE and asked.page < MAX_PAGE,
            problem=problem,
            outlets=[one.outlet for one in found.outlets],
            languages=KNOWN,
        )

    async def outlet(self, request: Request) -> Response:
        name = request.url_vars["outlet"]
        found = await asyncio.to_thread(counts, self.export)
        standing = await self.watch.current()
        mine = next((one for one in found.outlets if one.outlet == name), None)
        stands = standing.of(name)
        if mine is None and stands is None:
            raise NotFound("The archive knows no such outlet.")
        latest = await self._rows(
            f"SELECT {_SHOWN} FROM articles WHERE outlet = ? ORDER BY date_published DESC LIMIT ?",
            name,
            LATEST,
        )
        return await self._page(
            request,
            "outlet.html",
            name=name,
            counts=Counts((mine,), found.newest) if mine else None,
            standing=standing,
            stands=stands,
            articles=latest,
        )

    async def article(self, request: Request) -> Response:
        shown = await self._article(request)
        row = shown.row
        versions = await asyncio.to_thread(record.versions, self.archive, shown)
        story = await self._rows(
            f"SELECT {_SHOWN} FROM articles WHERE story_id = ? AND article_id != ? LIMIT 20",
            row["story_id"],
            row["article_id"],
        )
        return await self._page(
            request,
            "article.html",
            shown=shown,
            row=row,
            versions=versions,
            story=story,
            replay=replay_link(row["url"], row["fetch_time"], self.replay),
        )

    async def changes(self, request: Request) -> Response:
        shown = await self._article(request)
        seen = await asyncio.to_thread(record.versions, self.archive, shown)
        known = [each.version for each in seen]
        new = _number(request.args.get("new")) or known[-1]
        old = _number(request.args.get("old")) or max((n for n in known if n < new), default=0)
        found = await asyncio.to_thread(record.texts, self.archive, shown, (old, new))
        if len(found) != 2:
            raise NotFound("The article has no two such versions.")
        paragraphs = await asyncio.to_thread(record.changes, found[old], found[new])
        return await self._page(
            request,
            "changes.html",
            row=shown.row,
            versions=seen,
            old=found[old],
            new=found[new],
            paragraphs=paragraphs,
        )

    async def _article(self, request: Request) -> record.Shown:
        article_id = request.url_vars["article_id"]
        shown = await asyncio.to_thread(record.find, self.archive, self.export, article_id)
        if shown is None:
            # The same words for what never was and for what is hidden.
            raise NotFound("The archive shows no such article.")
        return shown

    async def _rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        found = await self.datasette.get_database().execute(sql, list(values))
        return [dict(row) for row in found.rows]

    async def _page(self, request: Request, template: str, **context: Any) -> Response:
        return Response.html(await self.datasette.render_template(template, context, request))


def _asked(args: Any) -> Asked:
    def said(name: str) -> str:
        return (args.get(name) or "").strip()

    return Asked(
        words=said("q"),
        outlet=said("outlet"),
        language=said("language"),
        since=said("since"),
        until=said("until"),
        page=max(1, min(MAX_PAGE, _number(said("page")) or 1)),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None
