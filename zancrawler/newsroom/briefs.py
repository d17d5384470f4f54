"""The short reports that an outlet prints day by day: markets, weather, water, schools' hours.

They give the simulated days a steady flow of new articles: two a day and outlet, none on
Fridays. Texts are in `briefs.toml`, with numbers drawn by the date.
"""

from __future__ import annotations

import random
import tomllib
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from typing import Any

from zancrawler.newsroom.article import Article, CreditPlace, read_body
from zancrawler.newsroom.calendar import persian_digits

FRIDAY = 4
HOURS = (time(4, 15, 7, tzinfo=UTC), time(10, 40, 52, tzinfo=UTC))


def read_briefs(day: date) -> list[Article]:
    """The briefs of one day, of all outlets."""
    if day.weekday() == FRIDAY:
        return []
    return [
        _brief(templates[(len(HOURS) * day.toordinal() + turn) % len(templates)], day, hour)
        for templates in _templates()
        for turn, hour in enumerate(HOURS)
    ]


@cache
def _templates() -> tuple[tuple[dict[str, Any], ...], ...]:
    """The templates of each outlet."""
    source = (resources.files("zancrawler.newsroom") / "briefs.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)["briefs"]
    outlets = sorted({table["outlet"] for table in tables})
    return tuple(tuple(t for t in tables if t["outlet"] == outlet) for outlet in outlets)


def _brief(template: dict[str, Any], day: date, hour: time) -> Article:
    language: str = template["language"]
    numbers = random.Random(f"{template['id']} {day}")
    drawn = [numbers.randint(low, high) for low, high in template["numbers"]]
    words = [str(n) if language == "en" else persian_digits(n) for n in drawn]
    published = datetime.combine(day, hour)
    return Article(
        id=f"{template['id']}-{day}",
        outlet=template["outlet"],
        path=template["path"].format(day=day),
        title=template["title"].format(*words),
        authors=tuple(template["authors"]),
        published=published,
        modified=published,
        language=language,
        section=template["section"],
        tags=(),
        image=template["image"],
        credit=None,
        credit_label="",
        credit_place=CreditPlace.LINE,
        blocks=read_body(template["body"].format(*words)),
    )
