"""Under which name an outlet publishes, and where in its site each of its languages begins."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Masthead:
    name: str
    """The outlet's, as its articles have it."""
    title: str
    prefixes: Mapping[str, str]
    """Language (BCP 47) to the first step of its paths, such as `/en`; empty for the root."""
    timezone: str = "Asia/Kabul"
    """IANA name: where the times are local that its pages print."""
    path: str = ""
    """Where it puts what it takes over from other outlets: a form for `readdressed`."""
    articles: tuple[str, ...] = ()
    """What it takes over, by id."""

    def parted(self, path: str) -> tuple[str, str]:
        """A path's prefix, and the rest of it; no prefix where it begins with none."""
        own = (p for p in self.prefixes.values() if path == p or path.startswith(p + "/"))
        prefix = max(own, key=len, default="")
        return prefix, path[len(prefix) :]

    def language_of(self, prefix: str) -> str:
        """The language that begins there; the main one for a prefix that is none."""
        return next((each for each, own in self.prefixes.items() if own == prefix), self.language)

    @property
    def language(self) -> str:
        """The main one."""
        return next(iter(self.prefixes))


def read_mastheads() -> dict[str, Masthead]:
    """All of the newsroom's, by name."""
    source = (resources.files("zancrawler.newsroom") / "mastheads.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)["mastheads"]
    mastheads = [Masthead(**{**t, "articles": tuple(t.get("articles", ()))}) for t in tables]
    return {each.name: each for each in mastheads}
