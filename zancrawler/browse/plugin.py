"""Our pages, search and words as a Datasette plugin. It does nothing where it is not configured."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from jinja2 import Environment

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.pages import Pages
from zancrawler.browse.searching import MAX_FOUND, found_ids
from zancrawler.browse.templating import dress

NAME = "zancrawler"
TABLE = "articles"


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    config = datasette.plugin_config(NAME)
    if not config:
        return []
    pages = Pages.of(datasette, config)
    return [
        (r"^/$", pages.glance),
        (r"^/search$", pages.search),
        (r"^/outlet/(?P<outlet>[a-z0-9-]+)$", pages.outlet),
        (r"^/article/(?P<article_id>[0-9a-f]{20})$", pages.article),
        (r"^/article/(?P<article_id>[0-9a-f]{20})/changes$", pages.changes),
    ]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    dress(env)


@hookimpl
def filters_from_request(request: Request, table: str, datasette: Datasette) -> Any:
    """`_q`: the words of the search page, so that what it finds can be parted and taken along."""

    async def inner() -> FilterArguments | None:
        words = request.args.get("_q")
        config = datasette.plugin_config(NAME)
        if not config or not words or table != TABLE:
            return None
        ids = await found_ids(Archive(Path(config["archive"])), words)
        described = f"the search finds “{words}”"
        if len(ids) == MAX_FOUND:
            described += f" (the first {MAX_FOUND:,})"
        return FilterArguments(
            ["article_id IN (SELECT value FROM json_each(:found))"],
            params={"found": "[" + ", ".join(f'"{each}"' for each in ids) + "]"},
            human_descriptions=[described],
        )

    return inner


@hookimpl(tryfirst=True)
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Any:
    """In place of Datasette's own, which prints all variables, articles too, to the terminal."""

    async def inner() -> Response:
        status, message = 500, "This page could not be made."
        if isinstance(exception, Base400):
            status, message = exception.status, str(exception.args[0] if exception.args else "")
        elif isinstance(exception, DatasetteError):
            # Its only words in HTML are on a query that was interrupted.
            slow = "That takes too long among so many articles; narrow it down first."
            message = slow if exception.message_is_html else str(exception.message)
            status = exception.status
        elif isinstance(exception, ArchiveError):
            message = str(exception)
        else:
            traceback.print_exception(exception)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        page = await datasette.render_template(
            "error.html", {"status": status, "message": message}, request=request
        )
        return Response.html(page, status=status)

    return inner
