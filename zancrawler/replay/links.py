"""The address of a capture in the viewer."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode


def replay_link(url: str, fetch_time: datetime, home: str = "/") -> str:
    """Opens the capture of a URL at that moment, as rows name both.

    `home` is where the viewer is served. What follows `#` is read by the viewer in the browser and
    is sent to nobody.
    """
    moment = fetch_time.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{home}#{urlencode({'url': url, 'ts': moment})}"
