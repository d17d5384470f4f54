"""The preset: what all sites of one platform have in common. An outlet overrides what differs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from zancrawler.outlets.model import ArticleRules, Sources, UrlRules

LANGUAGE = r"(?:/(?:en|eng|english|fa|farsi|persian|dari|dr|da|prs|ps|pa|pashto|uz)(?=/|\?|$))?"
"""A pattern's beginning: the path's language step, by all the names that newsrooms give it."""


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    articles: tuple[ArticleRules, ...]
    sources: Sources = field(default_factory=Sources)
    urls: UrlRules = field(default_factory=UrlRules)
    signs: tuple[bytes, ...] = ()
    """Of which one in a page's HTML gives the platform away. Plain bytes: they are looked for in
    every page of a site that nobody knows, ten times as fast as patterns are."""


def patterns(*expressions: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression) for expression in expressions)
