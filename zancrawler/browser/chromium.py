"""Debian's Chromium and Playwright, which drives it: the extra `browser`."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import Any

from zancrawler.archive import ArchiveError

NOWHERE = "MAP * ~NOTFOUND"
"""Chromium's rule for a browser that finds no host, an address in numbers included."""


class NoBrowserError(ArchiveError):
    """There is no browser to look with."""


def chromium_path() -> str:
    """Raises NoBrowserError."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise NoBrowserError("there is no chromium on this machine; `apt install chromium` first")
    return path


def launch_options(resolver_rules: str) -> dict[str, Any]:
    """What Playwright starts Chromium with, so that it talks to nobody but whom the rules name.

    Raises NoBrowserError.
    """
    return {
        "executable_path": chromium_path(),
        "args": [
            f"--host-resolver-rules={resolver_rules}",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-domain-reliability",
            "--no-pings",
            # The rules are not asked for UDP: a page could have STUN send its packets anywhere.
            "--webrtc-ip-handling-policy=disable_non_proxied_udp",
            "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        ],
        # Chromium has no sandbox for root, which containers often are. Playwright has it off.
        "chromium_sandbox": os.geteuid() != 0,
    }


def require_playwright() -> None:
    """Raises NoBrowserError."""
    if find_spec("playwright") is None:
        raise NoBrowserError(
            "looking at pages needs Playwright: `pip install 'zancrawler[browser]'`"
        )
