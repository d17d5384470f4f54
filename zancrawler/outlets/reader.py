"""Reading an outlet's TOML file into an `Outlet`, with its platform's preset beneath it."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from zancrawler.outlets.model import ArticleRules, FinalSlash, Outlet, Sources, UrlRules
from zancrawler.outlets.platforms import PRESETS, Preset
from zancrawler.outlets.urls import host_of

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
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
    nested = {"sources": Sources, "urls": UrlRules, "articles": ArticleRules}
    known = [f.name for f in dataclasses.fields(kind) if f.name not in ("name", "source")]
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}"
            raise OutletError(f"{where}: unknown key '{key}'; {hint}")
        if kind is Outlet and key in nested:
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict):
                    _refuse_unknown_keys(part, nested[key], f"{where}: [{key}]")


def _with_preset(outlet: Outlet, where: str) -> Outlet:
    """The preset's rules behind the outlet's own; the preset's sources where it names none."""
    preset = PRESETS.get(outlet.platform)
    if preset is None:
        raise OutletError(
            f"{where}: unknown platform '{outlet.platform}'; known are: {', '.join(PRESETS)}"
        )
    model = preset.articles[0]
    own = tuple(
        rules if rules.body else dataclasses.replace(model, url=rules.url, ends=rules.ends)
        for rules in outlet.articles
    )
    named = outlet.sources
    sources = named if named != Sources() else preset.sources
    return dataclasses.replace(
        outlet,
        articles=own + preset.articles,
        sources=Sources(
            **{
                field.name: tuple(urljoin(outlet.home, url) for url in getattr(sources, field.name))
                for field in dataclasses.fields(Sources)
            }
        ),
        urls=UrlRules(
            listing=outlet.urls.listing + preset.urls.listing,
            skip=outlet.urls.skip + preset.urls.skip,
            drop_parameters=outlet.urls.drop_parameters + preset.urls.drop_parameters,
            drop_prefixes=outlet.urls.drop_prefixes + preset.urls.drop_prefixes,
            final_slash=preset.urls.final_slash
            if outlet.urls.final_slash is FinalSlash.KEEP
            else outlet.urls.final_slash,
            story_id=outlet.urls.story_id or preset.urls.story_id,
        ),
    )


def _check(outlet: Outlet, where: str) -> Outlet:
    """What types cannot say. Raises OutletError."""
    if urlsplit(outlet.home).scheme not in ("http", "https"):
        raise OutletError(f"{where}: home must be an http or https URL, not '{outlet.home}'")
    if host_of(outlet.home) not in outlet.domains:
        raise OutletError(f"{where}: domains must hold the home's host, '{host_of(outlet.home)}'")
    if outlet.politeness.delay < 0 or outlet.politeness.daily_budget < 1:
        raise OutletError(f"{where}: [politeness] delay must be 0 or more, daily_budget 1 or more")
    if not outlet.languages:
        raise OutletError(f"{where}: languages must name at least one (BCP 47: fa-AF, ps, en)")
    try:
        ZoneInfo(outlet.timezone)
    except (KeyError, ValueError) as error:
        raise OutletError(f"{where}: no IANA time zone is called '{outlet.timezone}'") from error
    return outlet
