"""Filling the page templates: every value is escaped, unless it is markup already."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib import resources
from string import Template

from zancrawler.newsroom.article import BOLD, LINK


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def markup(template: str, **values: object) -> Html:
    """`$name` in the template becomes the value, escaped. Raises KeyError for one not given."""
    return Html(Template(template).substitute({k: _escaped(v) for k, v in values.items()}))


def fill(name: str, **values: object) -> Html:
    """As `markup`, for a file of `templates/`."""
    return markup(_template(name), **values)


def joined(pieces: list[Html]) -> Html:
    return Html("\n".join(pieces))


def inline(line: str, link: str) -> Html:
    """A line of an article as HTML; `link` is what each `<a>` gets beside its address."""
    marked = LINK.sub(rf'<a href="\2"{link}>\1</a>', escape(line, quote=False))
    return Html(BOLD.sub(r"<strong>\1</strong>", marked))


def verses(lines: tuple[str, ...], link: str) -> Html:
    """Lines of an article one below the other."""
    return Html("<br/>".join(inline(line, link) for line in lines))


def _escaped(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


@cache
def _template(name: str) -> str:
    file = resources.files("zancrawler.newsroom") / "templates" / name
    return file.read_text(encoding="utf-8").rstrip("\n")
