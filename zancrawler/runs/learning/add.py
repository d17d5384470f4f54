"""Adding an outlet: its site is learnt, its file written, and the file tried."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zancrawler.archive import Archive, ArchiveError
from zancrawler.discovery.advert import absolute_url
from zancrawler.outlets import Catalogue, Outlet, OutletError, host_of, parse_outlet
from zancrawler.runs.checks import PURPOSE
from zancrawler.runs.child import Child
from zancrawler.runs.crawl import CrawlOptions, is_loopback
from zancrawler.runs.learning.fronts import ProbeError
from zancrawler.runs.learning.hosts import name_for
from zancrawler.runs.learning.learnt import Learnt
from zancrawler.runs.learning.outletfile import outlet_file

_BEFORE = """\
# Nothing is known of this site yet but where it is: `zancrawler outlets add` is looking at it.
title = "{host}"
home = "{home}"
domains = ["{host}"]
languages = ["und"]
platform = "plain"
{politeness}"""
"""What the WARCs of a probe keep as their outlet, so that they can be read by themselves."""
_NO_DELAY = "[politeness]\ndelay = 0\n"


@dataclass(frozen=True, slots=True)
class Added:
    learnt: Learnt
    path: Path
    """Of the file that was written."""
    file: str
    """What is in it."""
    requests: int

    def as_json(self) -> dict[str, Any]:
        learnt = self.learnt
        facts = ("title", "platform", "languages", "feeds", "sitemaps", "apis", "listings")
        return {
            "name": learnt.name,
            "home": learnt.home,
            "path": str(self.path),
            "file": self.file,
            "requests": self.requests,
            "facts": {
                name: {"value": fact.value, "where": fact.where}
                for name in facts
                if (fact := getattr(learnt, name))
            },
            "rules": [
                {
                    "url": rules.shape.pattern,
                    "body": rules.body.selector if rules.body else None,
                    "matched": rules.shape.matched,
                    "wanted": rules.shape.wanted,
                    "mistaken": rules.shape.mistaken,
                    "unwanted": rules.shape.unwanted,
                }
                for rules in learnt.rules
            ],
            "unknown": list(learnt.unknown),
        }


def home_of(url: str) -> str:
    """The home page's URL in what a user typed: with a scheme, without query and fragment.

    Raises OutletError for what is no address of a web site.
    """
    typed = url.strip()
    whole = absolute_url(typed if "://" in typed else f"https://{typed}", "")
    if whole is None:
        raise OutletError(f"'{url}' is no address of a web site; give one as https://example.org/")
    parts = urlsplit(whole)
    return f"{parts.scheme}://{host_of(whole)}{parts.path or '/'}"


def unused_name(url: str, name: str | None, catalogue: Catalogue) -> str:
    """The outlet's name. Raises OutletError where the name or the site is another outlet's."""
    if name is None and (known := catalogue.of_url(url)):
        raise OutletError(
            f"{host_of(url)} is the outlet '{known.name}' already; see `zancrawler outlets check "
            f"{known.name}`, or give yours a name of its own with --name"
        )
    chosen = name or name_for(url)
    if chosen in catalogue.files:
        raise OutletError(
            f"an outlet is called '{chosen}' already ({catalogue.files[chosen]}); name yours "
            "otherwise with --name, or remove that file"
        )
    return chosen


def learn(archive: Archive, url: str, name: str, folder: Path, options: CrawlOptions) -> Added:
    """Looks at the site, in a process of its own, and writes `folder/name.toml`.

    Raises ProbeError where the site gives too little, OutletError for a bad URL or name, a file
    that is there already or a folder that cannot be written, NobodyNamedError, and ArchiveError.
    """
    before = _before(home_of(url), name)
    options.require_named([before])
    path = folder / f"{name}.toml"
    if path.exists():
        raise OutletError(f"{path} is there already; remove it, or give another --name")
    child = Child.start(_learn, archive, before, options.settings())
    try:
        result, requests = child.pipe.recv()
    except EOFError:
        raise ProbeError(f"the look at {before.home} ended without a word; try again") from None
    except KeyboardInterrupt:
        child.kill()
        raise
    finally:
        child.join()
    if isinstance(result, ArchiveError):
        raise result
    text = outlet_file(result)
    _put(path, text)
    return Added(result, path, text, requests)


def _before(home: str, name: str) -> Outlet:
    host = host_of(home)
    text = _BEFORE.format(host=host, home=home, politeness="")
    outlet = parse_outlet(name, text, where=home)
    if is_loopback(outlet):
        text = _BEFORE.format(host=host, home=home, politeness=_NO_DELAY)
    return parse_outlet(name, text, where=home)


def _put(path: Path, text: str) -> None:
    """Never over a file that is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutletError(f"{path} is there already; remove it, or give another --name") from None
    except OSError as error:
        raise OutletError(
            f"{path} cannot be written ({error.strerror}); name another folder with --outlets"
        ) from error


def _learn(
    pipe: Connection, archive: Archive, outlet: Outlet, overrides: Mapping[str, str]
) -> None:
    """The probe's process."""
    from zancrawler.runs.learning.spiders import ProbeSpider, spider_for
    from zancrawler.runs.process import crawler_process, start

    who = f"{outlet.name}-{PURPOSE}{datetime.now(UTC):%Y%m%d%H%M%S}, pid {os.getpid()}"
    try:
        with archive.lock(outlet.name, who):
            process = crawler_process({**overrides, "ZANCRAWLER_ARCHIVE": str(archive.root)})
            crawler = process.create_crawler(spider_for(outlet, ProbeSpider))
            process.crawl(crawler)
            start(process)
            assert isinstance(crawler.spider, ProbeSpider)
            pipe.send((crawler.spider.result, crawler.spider.requests))
    except ArchiveError as error:
        pipe.send((error, 0))
