"""The own pages of the extraction benchmark hold what their truth says, and ours reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import jdatetime
import pytest
from selectolax.lexbor import LexborHTMLParser

from benchmarks.extraction.__main__ import run
from benchmarks.extraction.extractors import EXTRACTORS
from benchmarks.extraction.own import OwnPage, read_pages, render, write

PAGES = read_pages()
ARTICLES = {name: page for name, page in PAGES.items() if page.kind == "article"}
PLATFORMS = {"static.wixstatic.com", "s.w.org", "schema.org", "ogp.me", "www.drupal.org"}
FIRST = ("اول", "لومړۍ")

each_article = pytest.mark.parametrize("page", ARTICLES.values(), ids=ARTICLES)


def told(page: OwnPage) -> str:
    """All text that the page's bytes hold, as an HTML5 parser decodes it; scripts' too."""
    html = render(page, PAGES).decode(page.shown.get("charset", "utf-8"))
    tree = LexborHTMLParser(html)
    script = tree.css_first("#__NEXT_DATA__")
    data = json.loads(script.text()) if script else {}
    return " ".join(f"{tree.root.text()} {' '.join(strings(data))}".split())


def strings(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for value in inner for text in strings(value)]


def test_there_are_at_least_sixty_pages_and_some_that_are_no_article() -> None:
    assert len(PAGES) >= 60
    assert 6 <= len(PAGES) - len(ARTICLES) <= 8


def test_every_layout_speaks_every_language() -> None:
    layouts = {page.layout for page in ARTICLES.values()}
    pairs = {(page.layout, page.language) for page in ARTICLES.values()}

    assert len(layouts) == 10
    assert pairs == {(one, language) for one in layouts for language in ("fa-AF", "ps", "en")}


def test_no_two_pages_share_an_address_a_title_or_a_text() -> None:
    assert len({page.url for page in PAGES.values()}) == len(PAGES)
    assert len({page.title for page in ARTICLES.values()}) == len(ARTICLES)
    assert len({page.text for page in ARTICLES.values()}) == len(ARTICLES)


def test_no_page_names_a_real_site() -> None:
    for page in PAGES.values():
        text = render(page, PAGES).decode(page.shown.get("charset", "utf-8"))
        hosts = {urlsplit(url).netloc for url in re.findall(r"https?://[^\s\"'<>()\\]+", text)}
        assert urlsplit(page.url).netloc.endswith(".example")
        assert {host for host in hosts if not host.endswith(".example")} <= PLATFORMS


@each_article
def test_the_truth_stands_in_the_page(page: OwnPage) -> None:
    text = told(page)

    assert page.text
    for line in filter(None, page.text.split("\n")):
        assert line in text
    assert str(page.title) in text
    assert all(author in text for author in page.authors)


@each_article
def test_the_day_stands_in_the_page(page: OwnPage) -> None:
    assert page.date is not None
    shown = page.shown.get("date") or page.shown["time"]
    numbers = {int(digits) for digits in re.findall(r"\d+", shown)}
    if any(word in shown for word in FIRST):
        numbers.add(1)
    solar = jdatetime.date.fromgregorian(date=page.date)
    age = (page.captured_at.date() - page.date).days

    assert numbers & {page.date.day, solar.day, age}
    assert page.shown.get("time", page.date.isoformat()).startswith(page.date.isoformat())
    assert page.date <= page.captured_at.date()


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write(tmp_path / name)

    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == len(PAGES) + 1
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_ours_reaches_its_floor(tmp_path: Path) -> None:
    write(tmp_path)

    tally = run(tmp_path / "truth.jsonl", {"zancrawler": EXTRACTORS["zancrawler"]}, [])

    scores = tally["zancrawler"]
    assert scores is not None
    means = {name: sum(each) / len(each) for name, each in scores.scores.items()}
    floor = {"text": 0.93, "title": 0.93, "date": 0.93, "author": 0.88, "language": 0.90}
    assert {name for name, least in floor.items() if means[name] < least} == set()
    assert means["zwnj"] >= 0.8
    assert means["others"] >= 0.8
