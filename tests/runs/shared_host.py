"""Two outlets whose pages show pictures from one host."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from scripted_site import Reply, page, scripted_site

OUTLETS = ("hill", "valley")
DELAY = 0.4
_TOML = """\
title = "{name}"
home = "{home}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
politeness = {{ delay = {delay} }}
sources = {{ listings = ["/"] }}
[[articles]]
url = '^/reports/\\d+/'
body = [".words"]
"""


def describe(folder: Path, name: str, home: str, delay: float) -> None:
    """Writes an outlet's file."""
    host = home.removeprefix("http://")
    text = _TOML.format(name=name, home=home, host=host, delay=delay)
    (folder / f"{name}.toml").write_text(text)


def story(pictures: str) -> str:
    words = "<p>The bakers of the lane rose at four, and nobody heard them.</p>" * 9
    return page("They rise", f"<h1>They rise</h1><div class=words>{words}{pictures}</div>")


@dataclass
class Scene:
    asked: list[tuple[str, float]] = field(default_factory=list)
    """For which outlet a picture was asked for, and when."""
    read: dict[str, float] = field(default_factory=dict)
    """When each outlet's story was asked for first."""

    def changes(self) -> list[float]:
        """Seconds between a request of one run and the next one, where that is another's."""
        return [
            after[1] - before[1] for before, after in pairwise(self.asked) if before[0] != after[0]
        ]


@contextmanager
def shared_host(catalogue: Path, pictures: int) -> Iterator[Scene]:
    """Serves them, each with a story of as many pictures, and describes them in a folder."""
    scene = Scene()

    def show(path: str) -> Reply:
        scene.asked.append((path.strip("/").rstrip(".png0123456789"), time.monotonic()))
        return Reply(path, 200, "image/png")

    def tell(name: str, text: str, path: str) -> Reply:
        scene.read.setdefault(name, time.monotonic())
        return Reply(text) if path == "/reports/1/a" else Reply("Not found", 404)

    with scripted_site() as hill, scripted_site() as valley, scripted_site() as cdn:
        cdn.otherwise = show
        cdn.replies["/robots.txt"] = Reply("", 200, "text/plain")
        for name, site in zip(OUTLETS, (hill, valley), strict=True):
            shown = "".join(f"<img src='{cdn.home}/{name}{n}.png'>" for n in range(pictures))
            site.replies["/"] = Reply(page("News", "<p><a href=/reports/1/a>They rise</a>"))
            site.replies["/robots.txt"] = Reply("", 200, "text/plain")
            site.otherwise = partial(tell, name, story(shown))
            describe(catalogue, name, site.home, DELAY)
        yield scene
