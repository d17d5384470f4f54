"""The catalogue: every outlet that can be named, ours and the user's own."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

from zancrawler.outlets.model import Outlet
from zancrawler.outlets.reader import OutletError, read_outlet
from zancrawler.outlets.urls import host_of


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
            near = difflib.get_close_matches(name, self.files, 3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "see: zancrawler outlets list"
            raise UnknownOutletError(f"no outlet is called '{name}'; {hint}")
        return read_outlet(self.files[name])

    def all(self) -> list[Outlet]:
        return [self.get(name) for name in self.files]

    def of_url(self, url: str) -> Outlet | None:
        """The outlet on whose hosts (or mirrors) this URL is."""
        host = host_of(url)
        return next((o for o in self.all() if host in o.domains or host in o.mirrors), None)
