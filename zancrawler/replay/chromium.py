"""Debian's Chromium, driven by Playwright: the extra `browser`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from zancrawler.archive import ArchiveError

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class NoBrowserError(ArchiveError):
    """There is no browser to look with."""


def chromium_path() -> str:
    """Raises NoBrowserError."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise NoBrowserError("there is no chromium on this machine; `apt install chromium` first")
    return path


def chromium_flags(resolver_rules: str) -> list[str]:
    """What keeps Chromium from talking to anybody but whom the rules name, in Chromium's syntax."""
    flags = [
        f"--host-resolver-rules={resolver_rules}",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--no-pings",
    ]
    # Chromium has no sandbox for root, which containers often are.
    return [*flags, "--no-sandbox"] if os.geteuid() == 0 else flags


def require_playwright() -> None:
    """Raises NoBrowserError."""
    if find_spec("playwright") is None:
        raise NoBrowserError(
            "looking at pages needs Playwright: `pip install 'zancrawler[browser]'`"
        )


@contextmanager
def chromium() -> Iterator[Browser]:
    """Reaches loopback only. While it is open, asyncio cannot be used beside it.

    Raises NoBrowserError.
    """
    require_playwright()
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    flags = chromium_flags("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield opened
        finally:
            opened.close()
