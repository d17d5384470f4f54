"""What the templates may call, in Datasette's environment and in the report's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment

from zancrawler.browse import plots
from zancrawler.browse.languages import in_order, language

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x1f]")


def dress(environment: Environment) -> None:
    """Gives an environment the words of the templates."""
    environment.filters["number"] = number
    environment.filters["day"] = day
    environment.filters["minute"] = minute
    environment.filters["plain"] = plain
    environment.filters["shade"] = shade
    environment.filters["language"] = language
    environment.filters["is_web"] = is_web
    environment.filters["in_order"] = in_order
    environment.globals["plots"] = plots


def number(value: int) -> str:
    """With thin spaces between the thousands, as the standards of units have it."""
    return f"{value:,}".replace(",", "\u202f")


def day(value: date | datetime | str | None) -> str:
    """As 3 September 2025, in UTC; texts are ISO 8601."""
    if value is None:
        return "undated"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return f"{value.day} {value:%B %Y}"


def minute(value: datetime | None) -> str:
    return f"{day(value)}, {value.astimezone(UTC):%H:%M} UTC" if value else "never"


def plain(value: str | None) -> str:
    """For the window's title, where a bidirectional control would reorder what is not ours."""
    return _CONTROLS.sub("", value or "")


def shade(percent: int) -> int:
    """Of the coverage map, 0 to 5; 5 is for what is whole."""
    return 5 if percent >= 100 else max(0, min(4, (percent - 50) // 10)) if percent >= 50 else 0


def is_web(url: str | None) -> bool:
    """Whether it may be a link: `javascript:` and its like may not."""
    try:
        return urlsplit(url or "").scheme in ("http", "https")
    except ValueError:
        return False
