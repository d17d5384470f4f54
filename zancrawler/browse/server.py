"""Datasette with our pages, on loopback, behind the guard."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.export import Export
from zancrawler.browse.guard import LOOPBACK, Guard

MAX_AGE = 60.0
"""Seconds for which alarms and coverage are taken for current."""
_PATIENCE = 30.0
"""Seconds that the server may take to come up."""
_COLUMNS = {
    "article_id": "identifies the article in every table of the archive",
    "date_published": "when the outlet says that it published, in UTC",
    "first_seen": "when the archive first captured it, in UTC",
    "last_seen": "when it was last captured or confirmed unchanged, in UTC",
    "status": "live, or gone from the outlet's site",
    "warc_filename": "the record that the row was read from, with its offset and length in bytes",
}


class NoDatasetteError(ArchiveError):
    """The extra is not installed."""

    def __init__(self) -> None:
        super().__init__("this needs Datasette; install it with `pip install 'zancrawler[browse]'`")


def application(
    export: Export, outlets: Path | None, replay: str, max_age: float = MAX_AGE
) -> Guard:
    """The ASGI application. Raises NoDatasetteError, and what `Export.refresh` raises."""
    try:
        from datasette.app import Datasette
        from datasette.plugins import DEFAULT_PLUGINS, pm
    except ImportError as error:
        raise NoDatasetteError from error
    from zancrawler.browse import plugin
    from zancrawler.browse.templating import STATIC, TEMPLATES

    export.refresh()
    # Other plugins that are installed were not written for these pages and this policy, and
    # Datasette's own word on errors is what our plugin has in its place.
    ours = {*DEFAULT_PLUGINS, plugin.NAME} - {"datasette.handle_exception"}
    for name, loaded in pm.list_name_plugin():
        if loaded and name not in ours:
            pm.unregister(loaded)
    if not pm.has_plugin(plugin.NAME):
        pm.register(plugin, plugin.NAME)
    datasette = Datasette(
        [str(export.path)],
        template_dir=str(TEMPLATES),
        static_mounts=[("static", str(STATIC))],
        settings={
            "default_allow_sql": False,
            "allow_download": False,
            "suggest_facets": False,
            "default_page_size": 50,
            "facet_time_limit_ms": 800,
            "sql_time_limit_ms": 5_000,
            "default_cache_ttl": 0,
            "max_csv_mb": 0,
        },
        metadata=_metadata(export, outlets, replay, max_age),
    )
    return Guard(datasette.app(), export, export.path.stat().st_ino)


def _metadata(export: Export, outlets: Path | None, replay: str, max_age: float) -> dict[str, Any]:
    return {
        "title": "zancrawler",
        "plugins": {
            "zancrawler": {
                "archive": str(export.archive.root),
                "export": str(export.path),
                "outlets": str(outlets) if outlets else None,
                "replay": replay,
                "max_age": max_age,
            }
        },
        "databases": {
            "archive": {
                "tables": {
                    "articles": {
                        "sort_desc": "date_published",
                        "sortable_columns": ["date_published", "first_seen"],
                        "facets": ["outlet", "language", "status"],
                        "columns": _COLUMNS,
                    }
                }
            }
        },
    }


@contextmanager
def serving(
    archive: Archive, outlets: Path | None, replay: str, port: int, max_age: float = MAX_AGE
) -> Iterator[str]:
    """The address of the pages, while they are served. `port` 0 takes a free one.

    Raises ArchiveError when the port is taken, and what `application` raises.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with Export.to_look(archive) as export, listening:
        app = application(export, outlets, replay, max_age)
        import uvicorn

        try:
            listening.bind((LOOPBACK, port))
        except OSError as error:
            raise ArchiveError(
                f"cannot listen on port {port} ({error.strerror}); name another with --port"
            ) from error
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", access_log=False, server_header=False)
        )
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise ArchiveError("the web server did not come up; try again")
            time.sleep(0.02)
        try:
            yield f"http://{LOOPBACK}:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
