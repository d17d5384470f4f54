"""The outlet's file as a person would have written it: short, each fact with where it was seen."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from zancrawler.outlets import Outlet, parse_outlet
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.learnt import Learnt, LearntRules

_WIDTH = 98
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Control characters, and those that turn the direction of what follows: sites choose the words
of titles and addresses, and must not be able to write a line of this file."""


def outlet_file(learnt: Learnt) -> str:
    """The TOML text; `zancrawler.outlets.parse_outlet` reads it."""
    return "\n".join(_lines(learnt)) + "\n"


def outlet_of(learnt: Learnt) -> Outlet:
    """The outlet that the file describes. Raises OutletError where it describes none."""
    return parse_outlet(learnt.name, outlet_file(learnt), where=learnt.home)


def _lines(learnt: Learnt) -> Iterator[str]:
    yield from _comment(f"{learnt.title.value}. Learnt from {learnt.home} on {learnt.day}.")
    for sentence in learnt.unknown:
        yield from _comment(f"Not known: {sentence}")
    yield _fact("title", learnt.title)
    yield f"home = {_string(learnt.home)}"
    yield _facts("domains", learnt.domains)
    yield _facts("languages", learnt.languages)
    yield _fact("platform", learnt.platform)
    if learnt.byline:
        yield _fact("byline", learnt.byline)
    if learnt.timezone:
        yield _fact("timezone", learnt.timezone)
    yield f'checked = "{learnt.day}"'
    sources = {
        name: fact
        for name in ("feeds", "sitemaps", "apis", "listings")
        if (fact := getattr(learnt, name))
    }
    if sources:
        yield "\n[sources]"
    for name, fact in sources.items():
        yield _facts(name, fact, home=learnt.home)
    if learnt.known_articles:
        yield ""
        yield from _comment(learnt.known_articles)
    for rules in learnt.rules:
        yield from _article(rules)
    if learnt.final_slash:
        yield "\n[urls]"
        yield _fact("final_slash", learnt.final_slash)
    if learnt.is_local:
        yield "\n[politeness]"
        yield "delay = 0  # on this machine, nobody is to be spared"


def _article(rules: LearntRules) -> Iterator[str]:
    shape = rules.shape
    yield "\n[[articles]]"
    yield from _comment(
        f"Matches {shape.matched} of {shape.wanted} that are advertised ({rules.where}), and "
        f"{shape.mistaken} of {shape.unwanted} listing, tag and service pages that were seen."
    )
    yield f"url = {_pattern(shape.pattern)}"
    if rules.body:
        why = f"holds the text of {rules.body.pages} articles, {rules.body.agreement:.0%} alike"
        yield _with_comment(f"body = [{_string(rules.body.selector)}]", why)
    if rules.drop:
        why = "within it, and never of the text"
        yield _with_comment(f"drop = [{', '.join(map(_string, rules.drop))}]", why)


def _fact(name: str, fact: Fact[str]) -> str:
    return _with_comment(f"{name} = {_string(fact.value)}", fact.where)


def _facts(name: str, fact: Fact[tuple[str, ...]], *, home: str = "") -> str:
    values = [_from(home, value) if home else value for value in fact.value]
    return _with_comment(f"{name} = [{', '.join(map(_string, values))}]", fact.where)


def _from(home: str, url: str) -> str:
    """The path and query where the URL is on the home's host."""
    parts, base = urlsplit(url), urlsplit(home)
    if (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _with_comment(line: str, why: str) -> str:
    if not why:
        return line
    comment = f"# {_shown(why)}"
    return f"{line}  {comment}" if len(line) + len(comment) + 2 <= _WIDTH else f"{comment}\n{line}"


def _comment(text: str) -> Sequence[str]:
    return textwrap.wrap(
        _shown(text),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shown(text: str) -> str:
    return _UNSHOWN.sub(" ", text).strip()


def _string(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's (TOML 1.0, "String")."""
    return json.dumps(_shown(text), ensure_ascii=False)


def _pattern(expression: str) -> str:
    """A TOML literal string, in which a backslash is itself."""
    plain = "'" not in expression and not _UNSHOWN.search(expression)
    return f"'{expression}'" if plain else _string(expression)
