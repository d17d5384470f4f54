"""Reading an outlet's TOML file into an `Outlet`, with its platform's preset beneath it."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from cssselect import HTMLTranslator, SelectorError

from zancrawler.outlets.model import (
    ArticleRules,
    FinalSlash,
    Outlet,
    Politeness,
    RequisiteRules,
    Rewrite,
    Rights,
    Sources,
    Take,
    UrlRules,
)
from zancrawler.outlets.platforms import PRESETS, Preset, plain
from zancrawler.outlets.urls import host_of

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_TABLES: Mapping[str, type] = MappingProxyType(
    {
        "sources": Sources,
        "urls": UrlRules,
        "articles": ArticleRules,
        "rewrites": Rewrite,
        "politeness": Politeness,
        "requisites": RequisiteRules,
        "rights": Rights,
    }
)
_CSS = ("body", "title", "author", "date", "section", "drop")
_MAX_FILE = 256 * 1024
"""Bytes; the largest of ours has 4 KiB."""


class OutletError(Exception):
    """A fault in an outlet's file; the message names the file, the place and the remedy."""


def read_outlet(path: Path) -> Outlet:
    """The outlet in a TOML file; its name is the file's name. Raises OutletError."""
    try:
        if path.stat().st_size > _MAX_FILE:
            raise OutletError(f"{path}: larger than {_MAX_FILE} bytes; this is no outlet file")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutletError(f"{path}: cannot be read ({error}); it must be a UTF-8 text") from error
    return parse_outlet(path.stem, text, where=str(path))


def parse_outlet(name: str, text: str, *, where: str) -> Outlet:
    """The outlet that a TOML text describes. `where` goes into messages. Raises OutletError."""
    if not _NAME.fullmatch(name):
        raise OutletError(
            f"{where}: an outlet's name is the file's name and has lower-case letters, digits and "
            f"hyphens only; rename '{name}'"
        )
    try:
        data = tomllib.loads(text)
        _refuse_unknown_keys(data, Outlet, where)
        outlet = msgspec.convert(
            {"articles": [], **data, "name": name, "source": text}, Outlet, dec_hook=_pattern
        )
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise OutletError(f"{where}: {error}") from error
    return _check(_with_preset(outlet, where), where)


def unknown_outlet(url: str, preset: Preset) -> Outlet:
    """An outlet for a page of a site that the catalogue does not know."""
    host = host_of(url) or "unknown"
    home = f"{urlsplit(url).scheme or 'https'}://{host}/"
    bare = Outlet(
        name=re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.")).strip("-")[:40] or "unknown",
        title=host,
        home=home,
        domains=(host,),
        languages=(),
        platform=preset.name,
        articles=(),
        timezone="UTC",
    )
    return _with_preset(bare, url)


def _pattern(kind: type, value: object) -> Any:
    """What msgspec asks of us: the one type in the model that TOML does not know."""
    try:
        return re.compile(cast(str, value))
    except (re.error, TypeError) as error:
        raise ValueError(f"'{value}' is no regular expression: {error}") from error


def _refuse_unknown_keys(table: dict[str, Any], kind: type, where: str) -> None:
    """A misspelt key must not silently mean its default."""
    known = [f.name for f in dataclasses.fields(kind) if f.name not in ("name", "source")]
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}"
            raise OutletError(f"{where}: unknown key '{key}'; {hint}")
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and key in _TABLES:
                _refuse_unknown_keys(part, _TABLES[key], f"{where}: [{key}]")


def _with_preset(outlet: Outlet, where: str) -> Outlet:
    """The preset's rules behind the outlet's own; the preset's sources where it names none."""
    preset = PRESETS.get(outlet.platform)
    if preset is None:
        raise OutletError(
            f"{where}: unknown platform '{outlet.platform}'; known are: {', '.join(PRESETS)}"
        )
    own = tuple(_like(preset.articles[0], rules) for rules in outlet.articles)
    # The plain preset takes every page for an article: only where the outlet knows no better.
    behind = () if own and preset is plain.PRESET else preset.articles
    named = outlet.sources
    sources = named if named != Sources() else preset.sources
    return dataclasses.replace(
        outlet,
        articles=own + behind,
        sources=Sources(
            **{
                field.name: tuple(urljoin(outlet.home, url) for url in getattr(sources, field.name))
                for field in dataclasses.fields(Sources)
            }
        ),
        urls=_url_rules(outlet.urls, preset.urls),
    )


def _like(model: ArticleRules, own: ArticleRules) -> ArticleRules:
    """An outlet's rules with the preset's behind them. Naming a body means: another kind of page,
    of which the preset knows nothing."""
    if own.body:
        return own
    joined = {name: getattr(own, name) + getattr(model, name) for name in (*_CSS, "ends")}
    needs = own.needs or model.needs
    return ArticleRules(url=own.url, needs=needs, capture=own.capture, **joined)


def _url_rules(own: UrlRules, preset: UrlRules) -> UrlRules:
    """The outlet's patterns before the preset's."""
    joined = {
        field.name: getattr(own, field.name) + getattr(preset, field.name)
        for field in dataclasses.fields(UrlRules)
        if isinstance(getattr(own, field.name), tuple)
    }
    keep = own.final_slash is FinalSlash.KEEP
    return UrlRules(
        final_slash=preset.final_slash if keep else own.final_slash,
        story_id=own.story_id or preset.story_id,
        **joined,
    )


def _check(outlet: Outlet, where: str) -> Outlet:
    """What types cannot say. Raises OutletError."""
    if urlsplit(outlet.home).scheme not in ("http", "https"):
        raise OutletError(f"{where}: home must be an http or https URL, not '{outlet.home}'")
    if host_of(outlet.home) not in outlet.domains:
        raise OutletError(f"{where}: domains must hold the home's host, '{host_of(outlet.home)}'")
    if outlet.politeness.delay < 0 or outlet.politeness.daily_budget < 1:
        raise OutletError(f"{where}: [politeness] delay must be 0 or more, daily_budget 1 or more")
    if min(outlet.requisites.most_per_page, outlet.requisites.most_per_run) < 0:
        raise OutletError(f"{where}: [requisites] most_per_page and most_per_run must be 0 or more")
    if outlet.needs_browser and outlet.requisites.take is Take.NONE:
        raise OutletError(
            f"{where}: capture = 'browser' asks for what a page needs, and [requisites] take = "
            "'none' forbids it; leave one of them out"
        )
    if not all(name.strip() for name in outlet.requisites.not_by):
        raise OutletError(f"{where}: [requisites] not_by holds an empty name; that is everybody's")
    if not outlet.languages:
        raise OutletError(f"{where}: languages must name at least one (BCP 47: fa-AF, ps, en)")
    try:
        ZoneInfo(outlet.timezone)
    except (KeyError, ValueError) as error:
        raise OutletError(f"{where}: no IANA time zone is called '{outlet.timezone}'") from error
    if outlet.checked != "never" and not _is_date(outlet.checked):
        raise OutletError(f"{where}: checked must be an ISO date or 'never'")
    if outlet.rights.permission not in ("granted", "none", "refused"):
        raise OutletError(f"{where}: [rights] permission must be granted, none or refused")
    _check_rules(outlet, where)
    return outlet


def _check_rules(outlet: Outlet, where: str) -> None:
    """That no rule fails only when it is first used, in the middle of a crawl."""
    for rewrite in outlet.urls.rewrites:
        try:
            rewrite.search.sub(rewrite.replace, "")
        except (re.error, IndexError) as error:
            raise OutletError(
                f"{where}: [urls] rewrites: '{rewrite.replace}' does not fit "
                f"'{rewrite.search.pattern}': {error}"
            ) from error
    if outlet.urls.story_id and not outlet.urls.story_id.groups:
        raise OutletError(f"{where}: [urls] story_id needs a group around the id: '([0-9]+)'")
    for rules in outlet.articles:
        for name in _CSS:
            for selector in getattr(rules, name):
                try:
                    HTMLTranslator().css_to_xpath(selector)
                except SelectorError as error:
                    raise OutletError(
                        f"{where}: [[articles]] {name}: '{selector}' is no CSS selector: {error}"
                    ) from error


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
