"""What a stylesheet needs: other stylesheets, pictures, fonts (CSS Syntax Level 3).

The tokens are tinycss2's; what they mean here is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import tinycss2

MAX_BYTES = 600_000
"""Of one stylesheet; what stands after it is not asked for. It takes a second at the worst."""
MAX_URLS = 1_000
_OURS = ((0x20, 0x7E), (0x0600, 0x06FF))
"""A font of which `unicode-range` has neither is not asked for: no page is set in it."""


class CssUrl(StrEnum):
    STYLESHEET = "stylesheet"
    IMAGE = "image"
    FONT = "font"


@dataclass(frozen=True, slots=True)
class Wanted:
    url: str
    """As it is written: relative to the stylesheet."""
    kind: CssUrl


def wanted_by(css: str | bytes, charset: str | None = None) -> tuple[Wanted, ...]:
    """What a stylesheet asks for, in its order. What is no CSS asks for nothing."""
    if isinstance(css, bytes):
        rules, _ = tinycss2.parse_stylesheet_bytes(
            css[:MAX_BYTES], protocol_encoding=charset, skip_comments=True, skip_whitespace=True
        )
    else:
        rules = tinycss2.parse_stylesheet(css[:MAX_BYTES], skip_comments=True, skip_whitespace=True)
    found: dict[Wanted, None] = {}
    for wanted in _of_rules(rules):
        found[wanted] = None
        if len(found) >= MAX_URLS:
            break
    return tuple(found)


def wanted_by_style(declarations: str) -> tuple[Wanted, ...]:
    """What a `style` attribute asks for."""
    nodes = tinycss2.parse_component_value_list(declarations[:MAX_BYTES])
    return tuple(dict.fromkeys(Wanted(url, CssUrl.IMAGE) for url in _urls(nodes)))[:MAX_URLS]


def _of_rules(rules: Iterable[Any]) -> Iterator[Wanted]:
    for rule in rules:
        keyword = rule.lower_at_keyword if rule.type == "at-rule" else ""
        if keyword == "import":
            if url := _import(rule.prelude):
                yield Wanted(url, CssUrl.STYLESHEET)
        elif keyword == "font-face":
            if url := _font(rule.content or ()):
                yield Wanted(url, CssUrl.FONT)
        elif keyword != "namespace" and rule.type in ("at-rule", "qualified-rule"):
            yield from _nested(rule.content or ())


def _nested(content: Iterable[Any]) -> Iterator[Wanted]:
    """Of a rule's block: `@font-face` may stand in `@media` and `@layer`."""
    stack = [iter(content)]
    in_font = False
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        if node.type == "at-keyword":
            in_font = node.lower_value == "font-face"
        elif node.type == "{} block" and in_font:
            in_font = False
            if url := _font(node.content):
                yield Wanted(url, CssUrl.FONT)
        elif url := _url(node):
            yield Wanted(url, CssUrl.IMAGE)
        elif children := _children(node):
            stack.append(iter(children))


def _urls(nodes: Iterable[Any]) -> Iterator[str]:
    stack = [iter(nodes)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif url := _url(node):
            yield url
        elif children := _children(node):
            stack.append(iter(children))


def _children(node: Any) -> list[Any] | None:
    if node.type == "function":
        return list(node.arguments)
    return node.content if node.type in ("{} block", "() block", "[] block") else None


def _url(node: Any) -> str | None:
    """Of `url(x)`, and of `url("x")`, `src("x")`: only the first is a token of its own."""
    if node.type == "url":
        return str(node.value)
    if node.type == "function" and node.lower_name in ("url", "src"):
        return next((str(each.value) for each in node.arguments if each.type == "string"), None)
    return None


def _import(prelude: list[Any]) -> str | None:
    for node in prelude:
        if node.type == "string":
            return str(node.value)
        if url := _url(node):
            return url
    return None


def _font(content: Iterable[Any]) -> str | None:
    """The one of its sources that a browser of today asks for: WOFF2 before the others."""
    urls: list[str] = []
    for name, nodes in _declarations(content):
        if name == "unicode-range" and not _has_our_letters(nodes):
            return None
        if name == "src":
            urls += _urls(nodes)
    modern = (url for url in urls if ".woff2" in url.lower())
    usual = (url for url in urls if ".eot" not in url.lower() and ".svg" not in url.lower())
    return next(modern, None) or next(usual, None)


def _declarations(content: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    for node in tinycss2.parse_declaration_list(content, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            yield node.lower_name, node.value


def _has_our_letters(nodes: list[Any]) -> bool:
    ranges = [(node.start, node.end) for node in nodes if node.type == "unicode-range"]
    return not ranges or any(
        start <= last and first <= end for start, end in ranges for first, last in _OURS
    )
