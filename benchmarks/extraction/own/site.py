"""Pages to HTML: each through the layout of its site."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from benchmarks.extraction.own.pages import OwnPage, read_pages

_HERE = Path(__file__).parent
_ZWNJ = "\u200c"
_LATEST = 5
"""Headlines of other pages that a page lists."""


def write(folder: Path) -> None:
    """Writes the pages and their `truth.jsonl`, a set as `benchmarks.extraction` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = read_pages()
    for page in pages.values():
        (folder / f"{page.id}.html").write_bytes(render(page, pages))
    truths = (json.dumps(page.truth, ensure_ascii=False) for page in pages.values())
    (folder / "truth.jsonl").write_text("\n".join(truths) + "\n", "utf-8")


def render(page: OwnPage, pages: Mapping[str, OwnPage]) -> bytes:
    """The page as its server would send it, in its own character set."""
    shown, words = page.shown, _words()[page.language]
    html = (
        _environment()
        .get_template(f"{page.layout}.html")
        .render(
            page=page,
            shown=shown,
            lang=page.language.partition("-")[0],
            rtl=page.language != "en",
            site=words["sites"][page.layout.partition("_")[0]],
            words=words,
            host=urlsplit(page.url).netloc,
            latest=_latest(page, pages),
            following=[pages[name] for name in shown.get("following", ())],
        )
    )
    if stand_in := shown.get("zwnj"):
        html = html.replace(_ZWNJ, stand_in)
    return html.encode(shown.get("charset", "utf-8"), "xmlcharrefreplace")


def _latest(page: OwnPage, pages: Mapping[str, OwnPage]) -> list[Any]:
    """Headlines of stories that were out when the page was captured, others for each page."""
    out = [
        other
        for other in pages.values()
        if other is not page
        and other.language == page.language
        and other.date is not None
        and other.date <= page.captured_at.date()
    ]
    start = sum(map(ord, page.id)) % max(1, len(out))
    return [*out[start:], *out[:start], *_words()[page.language]["older"]][:_LATEST]


@cache
def _words() -> dict[str, Any]:
    """What the sites say around an article, by language."""
    return tomllib.loads((_HERE / "words.toml").read_text("utf-8"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "layouts"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = _json
    environment.filters["iso"] = _iso
    environment.filters["path"] = lambda url: urlsplit(url).path
    return environment


def _json(value: Any) -> Markup:
    return Markup(json.dumps(value, ensure_ascii=False))


def _iso(moment: datetime) -> str:
    return moment.isoformat()
