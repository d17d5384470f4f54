"""The catalogue: every outlet that can be named, ours and the user's own."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from zancrawler.outlets.model import Outlet
from zancrawler.outlets.reader import OutletError, read_outlet
from zancrawler.outlets.urls import host_of, is_mirrored


class UnknownOutletError(OutletError):
    """No outlet has that name."""


@dataclass(frozen=True)
class Catalogue:
    """Outlets from a list of folders of TOML files; a later folder's file replaces an earlier's."""

    folders: tuple[Path, ...]

    @classmethod
    def open(cls, own: Path | None = None) -> Catalogue:
        """The outlets that ship with zancrawler and, before them, those in the folder `own`.

        Raises OutletError when `own` is no folder.
        """
        shipped = Path(str(resources.files("zancrawler.outlets")))
        if own is None:
            return cls((shipped,))
        if not own.is_dir():
            raise OutletError(f"{own} is not a folder; name the one that holds your outlets' TOML")
        return cls((shipped, own))

    @cached_property
    def files(self) -> dict[str, Path]:
        """Name to file, sorted by name."""
        found = {path.stem: path for folder in self.folders for path in folder.glob("*.toml")}
        return dict(sorted(found.items()))

    def names(self) -> list[str]:
        return list(self.files)

    def get(self, name: str) -> Outlet:
        """Raises UnknownOutletError, which names the nearest, or OutletError for a bad file."""
        if name not in self.files:
            near = self._near(name)
            hint = f"did you mean {' or '.join(near)}?" if near else "see: zancrawler outlets list"
            if name.startswith("newsroom-"):
                hint = "`zancrawler newsroom` serves its own, and says how to crawl them"
            raise UnknownOutletError(f"no outlet is called '{name}'; {hint}")
        return read_outlet(self.files[name])

    def _near(self, name: str) -> list[str]:
        """Outlets that are called something like it: by their name, title, alias or host."""
        called = {known: known for known in self.files}
        for outlet in self._sound:
            words = (outlet.title, *outlet.aliases, *outlet.domains)
            called |= {word.casefold(): outlet.name for word in words}
        near = difflib.get_close_matches(name.casefold(), called, 3, cutoff=0.5)
        return list(dict.fromkeys(called[word] for word in near))

    def all(self) -> list[Outlet]:
        """Sorted by name. Raises OutletError for the first bad file."""
        return [self.get(name) for name in self.files]

    def chosen(self, names: Sequence[str] | None) -> list[Outlet]:
        """Those that are named; every active one where none is. Raises as `get`."""
        named = [self.get(name) for name in names or ()]
        return named or [outlet for outlet in self.all() if outlet.active]

    @cached_property
    def _sound(self) -> list[Outlet]:
        """Those whose files are in order: a fault in one is no answer to who asks for another."""
        sound = []
        for name in self.files:
            with suppress(OutletError):
                sound.append(self.get(name))
        return sound

    def of_url(self, url: str) -> Outlet | None:
        """The outlet on whose hosts (or mirrors) this URL is.

        Where outlets share a host, as the BBC's do, the one whose home is nearest above the URL.
        """
        host = host_of(url)
        if not host:
            return None
        path = urlsplit(url).path + "/"
        outlets = [o for o in self._sound if host in o.domains or is_mirrored(url, o)]

        def nearness(outlet: Outlet) -> int:
            home = urlsplit(outlet.home).path
            return len(home) if path.startswith(home) else 0

        return max(outlets, key=nearness, default=None)
