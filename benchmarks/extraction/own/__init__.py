"""Our own set: pages written by us in the image of Dari, Pashto and English news sites.

`pages/` holds one TOML file a page: the truth, the story, and how its page shows it. `layouts/`
holds the sites that show them. `write(folder)` makes the HTML and a `truth.jsonl`, byte for byte
the same each time.
"""

from __future__ import annotations

from benchmarks.extraction.own.pages import OwnPage, read_pages
from benchmarks.extraction.own.site import render, write

__all__ = ["OwnPage", "read_pages", "render", "write"]
