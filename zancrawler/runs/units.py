"""Units for systemd and lines for cron, for those who prefer these to `zancrawler schedule`."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SYSTEMD = """\
# Save the two units below as the files that their first lines name, then run:
#   systemctl daemon-reload
{enable}
# One run of one outlet. What it captured is safe however it ends; a second copy is refused.

# /etc/systemd/system/zancrawler@.service
[Unit]
Description=zancrawler: one run of %i
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# SIGTERM ends a run in good order: the request in flight, the WARC, the tables, the ledger.
KillMode=mixed
TimeoutStopSec=120
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={archive}
{private_tmp}
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0027
# User= and Group= should name an account that owns the archive and nothing else.

# /etc/systemd/system/zancrawler@.timer
[Unit]
Description=zancrawler: runs of %i

[Timer]
# UTC, so that no clock change skips an hour or has it twice.
OnCalendar=hourly UTC
RandomizedDelaySec=15min
FixedRandomDelay=yes
# A run that was missed while the machine was off is made up for once.
Persistent=yes

[Install]
WantedBy=timers.target"""


@dataclass(frozen=True, slots=True)
class Units:
    """What the commands in the units need to know."""

    archive: Path
    folder: Path | None = None
    """Of the user's own outlets' files."""
    contact: str | None = None

    def systemd(self, outlets: Sequence[str]) -> str:
        """A service and a timer, templates for any outlet (systemd.unit(5), systemd.timer(5))."""
        words = [_systemd_word(word) for word in self._command("%i")]
        return _SYSTEMD.format(
            command=" ".join(words).replace("%%i", "%i"),
            archive=_systemd_word(str(self.archive.absolute())),
            private_tmp=self._private_tmp(),
            enable="\n".join(f"#   systemctl enable --now zancrawler@{o}.timer" for o in outlets),
        )

    def cron(self, outlets: Sequence[str]) -> str:
        """A line for each outlet, each at a minute of its own (crontab(5))."""
        lines = [
            "# An outlet that is still being crawled is left alone; what cron misses while the",
            "# machine is off is found by the next run.",
        ]
        for name in outlets:
            # Cron makes a new line of each bare %.
            command = shlex.join(self._command(name)).replace("%", r"\%")
            lines.append(f"{_minute(name)} * * * * {command}")
        return "\n".join(lines)

    def _private_tmp(self) -> str:
        """A folder for temporary files of its own would hide what it needs of everybody's."""
        needed = [self.archive, Path(sys.executable), *([self.folder] if self.folder else [])]
        for path in map(Path.absolute, needed):
            if any(path.is_relative_to(folder) for folder in ("/tmp", "/var/tmp")):
                return f"# PrivateTmp=yes would hide {path} from it."
        return "PrivateTmp=yes"

    def _command(self, outlet: str) -> list[str]:
        command = [sys.executable, "-m", "zancrawler", "crawl", outlet]
        command += ["--archive", str(self.archive.absolute())]
        if self.folder:
            command += ["--outlets", str(self.folder.absolute())]
        return [*command, *(["--contact", self.contact] if self.contact else ["--anonymous"])]


def _systemd_word(word: str) -> str:
    """Quoted for a unit file: `%` and `$` mean something there."""
    escaped = word.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(c in word for c in " \t\"'\\;#") else escaped


def _minute(outlet: str) -> int:
    return int.from_bytes(hashlib.sha256(outlet.encode()).digest()[:4], "big") % 60
