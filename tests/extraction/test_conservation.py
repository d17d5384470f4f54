"""No character of an article's element is lost without a rule that says why.

What stands in the element is read here by a walk of its own, and compared with the text by Unicode
class: the difference is white space, marks of where a word may break, and blocks that a named rule
left out.
"""

from __future__ import annotations

import gzip
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from lxml.html import HtmlElement
from made_pages import NOW, URL, outlet, page, rules

from zancrawler.extraction.chrome import Cut
from zancrawler.extraction.extract import NoArticle, extraction_of
from zancrawler.extraction.page import Page
from zancrawler.extraction.textblocks import read_blocks
from zancrawler.newsroom import serve
from zancrawler.newsroom.catalogue import write_catalogue
from zancrawler.outlets import (
    Outlet,
    canonical_url,
    read_outlet,
    readable_path,
    recognise,
    unknown_outlet,
)

LAYOUTS = ("newsroom-wix", "newsroom-wp", "newsroom-drupal", "newsroom-pangea")
LAYOUTS += ("newsroom-nextjs", "newsroom-plain")
UNREAD = ("script", "style", "noscript", "template", "iframe", "object", "svg", "select", "button")
UNREAD += ("audio", "video", "form", "input", "textarea")
WORD_BREAKS = "\u00ad\u200b\ufeff"


def characters(element: HtmlElement, skipped: set[HtmlElement]) -> Iterator[str]:
    """Of all text below an element that a reader reads."""
    if element in skipped or element.tag in UNREAD:
        return
    yield element.text or ""
    for child in element:
        yield from characters(child, skipped)
        yield child.tail or ""


def classes(text: str) -> Counter[str]:
    """How many characters there are of each Unicode class, white space and word breaks apart."""
    seen = (c for c in text if not c.isspace() and c not in WORD_BREAKS)
    return Counter(unicodedata.category(c) for c in seen)


def account(found: Page, known: Outlet) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """By class: what the element holds, what the text holds, and what rules left out."""
    extraction = extraction_of(found, known)
    element = extraction.element
    assert element is not None
    theirs = known.rules_for(readable_path(canonical_url(found.url, known)))
    dropped = {e for s in (theirs.drop if theirs else ()) for e in element.cssselect(s)}
    captions = set(element.iter("figcaption", "caption"))
    held = "".join(characters(element, dropped | captions))
    reasons = Counter(reason for reason, _ in extraction.left_out)
    assert set(reasons) <= set(Cut)
    left_out = "".join(block.text for _, block in extraction.left_out)
    # Blocks between two that the witnesses found, which neither of them took for text.
    if any(warning.startswith("text:") for warning in extraction.article.warnings):
        texts = {*extraction.article.text.splitlines(), *left_out.splitlines()}
        left_out += "".join(
            block.text
            for block in read_blocks(element, dropped | captions)
            if not texts.issuperset(block.text.splitlines())
            and (Cut.HEAD, block) not in extraction.left_out
        )
    return classes(held), classes(extraction.article.text), classes(left_out)


def assert_conserved(found: Page, known: Outlet) -> None:
    held, text, left_out = account(found, known)
    assert held == text + left_out, (found.url, held - text - left_out, text + left_out - held)


@pytest.fixture(scope="module")
def newsroom_pages(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Page, Outlet]]:
    folder = tmp_path_factory.mktemp("outlets")
    with serve(10, outlets=LAYOUTS) as newsroom:
        truth = newsroom.truth()
        homes = {each.outlet: f"http://{urlsplit(each.url).netloc}" for each in truth}
        write_catalogue(folder, homes)
        outlets = {name: read_outlet(next(folder.rglob(f"{name}.toml"))) for name in homes}
        awkward = {url for _, url in newsroom.cases()}
        pages = []
        for each in (each for each in truth[::3] if each.url not in awkward):
            with urlopen(each.url) as answer:
                body = answer.read()
            pages.append((Page.parse(body, each.url, captured_at=NOW), outlets[each.outlet]))
    return pages


@pytest.mark.slow
def test_our_own_pages_in_all_six_layouts(newsroom_pages: list[tuple[Page, Outlet]]) -> None:
    read = Counter[str]()
    for found, known in newsroom_pages:
        try:
            assert_conserved(found, known)
        except NoArticle:
            continue
        read[known.name] += 1
    assert set(read) == set(LAYOUTS)
    assert read.total() > 30


def test_wix_posts(shared: Path) -> None:
    read = 0
    for path in sorted((shared / "pages" / "wix").glob("post_*.html.gz")):
        body = gzip.decompress(path.read_bytes())
        url = f"https://site.example/post/{path.stem}"
        known = unknown_outlet(url, recognise(body))
        assert_conserved(Page.parse(body, url, captured_at=NOW), known)
        read += 1
    assert read >= 5


BODY = """<article><h1>A well in the valley</h1><p>By Zarghuna Amini</p><p>18 September 2025</p>
<p>می‌گویند که آب‌های زیرزمینی پایین رفته‌اند؛ «چاه‌ها» خشک شده‌اند و زنان دو ساعت راه می‌روند تا آب
بیاورند. <b>\u202bنیم\u202c</b>روز&shy;انه.</p><figure><img src=x><figcaption>A well</figcaption>
</figure><h2>Depth</h2><ul><li>۱۱ متر</li><li>30 m</li></ul><blockquote>“We leave.”</blockquote>
<p>Read also: Another well</p><p>Engineers who visited in July say that the water has sunk by eleven
metres in ten years; no money is left for a deeper well.</p><script>no</script><p>Latest</p>
<p>Another story</p></article>"""


def test_the_account_names_each_rule() -> None:
    known = outlet(articles=(rules(body=("article",)),))
    found = page(f'<html><head><meta name="author" content="Zarghuna Amini"></head>{BODY}', URL)
    assert_conserved(found, known)
    reasons = Counter(reason.value for reason, _ in extraction_of(found, known).left_out)
    assert reasons == {"head": 3, "onward": 1, "end": 2}
