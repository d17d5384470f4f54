"""The hook: whoever must know of an alarm is told, by a command or by a web hook."""

from __future__ import annotations

import http.client
import json
import shlex
import subprocess
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from zancrawler.archive import UsageError
from zancrawler.runs.alarms import Alarm

PATIENCE = 10
"""Seconds for the command, and for each step of the web hook's answer."""


class HookError(UsageError):
    """The hook as given can tell nobody anything; the message says why."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Both are told where both are given. Raises HookError for what cannot work."""

    command: str | None = None
    """Run without a shell, with the alarm as JSON on standard input."""
    url: str | None = None
    """Gets the alarm as JSON by POST."""

    def __post_init__(self) -> None:
        if self.url is not None and urlsplit(self.url).scheme not in ("http", "https"):
            raise HookError(f"{self.url} is no web address; give --hook-url one of http or https")
        if self.command is not None:
            try:
                words = shlex.split(self.command)
            except ValueError as error:
                raise HookError(f"--hook-command cannot be read: {error}") from error
            if not words:
                raise HookError("--hook-command is empty; give a program and its arguments")

    def tell(self, alarm: Alarm) -> tuple[str, ...]:
        """Tells of one alarm; returns a sentence for each way in which that failed."""
        body = json.dumps(alarm.as_json(), ensure_ascii=False, default=_plain).encode()
        failures = []
        if self.command is not None and (failure := _run(self.command, body)):
            failures.append(failure)
        if self.url is not None and (failure := _post(self.url, body)):
            failures.append(failure)
        return tuple(failures)


def _run(command: str, body: bytes) -> str | None:
    try:
        subprocess.run(
            shlex.split(command),
            input=body,
            stdout=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"the hook's command failed: {error}"
    return None


def _post(url: str, body: bytes) -> str | None:
    request = urllib.request.Request(
        url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return None
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"the web hook {url} failed: {error}"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
