"""The README's promises that can be checked without running it."""

from __future__ import annotations

import re
from pathlib import Path

from zancrawler.outlets import Catalogue

ROOT = Path(__file__).parents[2]


def test_the_committed_archive_readme_is_the_one_that_new_archives_get() -> None:
    template = ROOT / "zancrawler" / "archive_readme.md"
    assert (ROOT / "archive" / "README.md").read_text() == template.read_text()


def test_links_lead_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


def test_make_targets_and_outlets_that_are_named_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)\b", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    names = Catalogue.open().names()
    for name in re.findall(r"zancrawler crawl ([a-z]+)", readme):
        assert name in names
