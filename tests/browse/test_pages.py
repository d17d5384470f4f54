"""The pages as HTML: right in two directions, and harmless whatever the articles say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lxml.html
from asking import ask, page
from shown_archive import BRIDGE, HOSTILE, MULE, REPLAY, SCRIPT, WELL

from zancrawler.archive import Archive
from zancrawler.browse.server import serving


def tree(address: str, path: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(page(address, path))


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_first_page_has_the_figures_and_the_gaps(address: str) -> None:
    found = tree(address, "/")
    figures = {
        text(div.find("dt")): text(div.find("dd")) for div in found.cssselect(".figures div")
    }
    assert figures["articles"] == "4"
    assert figures["outlets"] == "2"
    assert figures["of what was advertised is held"] == "50 %"
    rows = [text(row) for row in found.cssselect(".outlets tbody tr")]
    assert [row.split()[:2] for row in rows] == [["gazette", "2"], ["paper", "2"]]
    (heat,) = found.cssselect(".map td.heat0")
    assert text(heat) == "50" and "1 of 2" in heat.get("title")
    assert "http-500" in text(found.cssselect("#gaps")[0].getparent())
    # One bar for each language of the one week that has articles, as high as it has articles.
    bars = found.cssselect(".chart svg rect")
    assert [(bar.get("class"), bar.get("height")) for bar in bars] == [
        ("fill-dari", "25"),
        ("fill-pashto", "25"),
        ("fill-english", "50"),
    ]
    for plot in found.cssselect("svg"):
        assert plot.get("role") == "img" and plot.get("aria-label")


def test_each_article_is_set_in_its_language_and_direction(address: str) -> None:
    for story in (BRIDGE, WELL, MULE):
        found = tree(address, f"/article/{story.id}")
        body = found.cssselect("div.text")[0]
        assert body.get("lang") == story.language
        assert body.get("dir") == (None if story.language == "en" else "rtl")
        assert all(p.get("dir") == "auto" for p in body.iterchildren("p"))
        assert text(found.cssselect("h1")[0]) == story.title


def test_the_newest_version_and_what_changed_in_it(address: str) -> None:
    found = tree(address, f"/article/{BRIDGE.id}")
    assert "۴۲" in text(found.cssselect(".text")[0])
    (link,) = found.cssselect(".versions a")
    changed = tree(address, link.get("href"))
    assert [text(e) for e in changed.cssselect(".diff del")] == ["کوتاه", "۴۱"]
    assert [text(e) for e in changed.cssselect(".diff ins")] == ["کوتاه‌تر", "۴۲"]
    assert len(changed.cssselect(".diff p")) == 3
    same = tree(address, f"/article/{BRIDGE.id}/changes?old=2&new=1")
    assert [text(e) for e in same.cssselect(".diff ins")] == ["کوتاه", "۴۱"]
    for asked in ("?old=7&new=9", "?old=1&new=1", "?old=x&new=99"):
        assert ask(address, f"/article/{BRIDGE.id}/changes{asked}")[0].status == 404
    assert ask(address, f"/article/{MULE.id}/changes")[0].status == 404


def test_the_record_and_its_replay(address: str) -> None:
    found = tree(address, f"/article/{MULE.id}")
    evidence = text(found.cssselect(".evidence")[0])
    assert "warc/paper/2026/paper-00000.warc.gz" in evidence and "1300, 600 bytes" in evidence
    link = found.cssselect("a.button")[0].get("href")
    assert link.startswith(f"{REPLAY}#")
    assert parse_qs(urlsplit(link).fragment) == {"url": [MULE.url], "ts": ["20260302080100"]}


def test_hostile_words_stay_words(address: str) -> None:
    paths = (
        f"/article/{HOSTILE.id}",
        "/search?q=books",
        f"/search?q={SCRIPT}",
        '/search?q=books&outlet="><script>x&since=<b>&page=<i>',
        f"/archive/articles?_q={SCRIPT}",
        f"/archive/articles?title={SCRIPT}",
        f"/archive/articles?{SCRIPT}={SCRIPT}",
        "/archive/articles",
        "/outlet/gazette",
        "/",
    )
    for path in paths:
        answer, body = ask(address, path)
        assert answer.status in (200, 400), path
        found = lxml.html.fromstring(body)
        assert not found.cssselect("script, img, b, i, iframe, object, style"), path
        for element in found.iter(lxml.html.etree.Element):
            assert not [name for name in element.attrib if name.startswith("on")]
            for name in ("href", "src", "action"):
                assert not (element.get(name) or "").lower().startswith("javascript:")
    found = tree(address, f"/article/{HOSTILE.id}")
    assert SCRIPT in text(found.cssselect(".text")[0])
    assert "{{ 7 * 7 }}" in text(found.cssselect(".text")[0])
    assert "javascript:alert(3)" in text(found.cssselect(".evidence")[0])
    assert "\u202e" not in found.findtext(".//title")


def test_the_search_marks_what_it_found(address: str) -> None:
    found = tree(address, "/search?q=مكتب")
    (hit,) = found.cssselect(".hits li")
    assert [text(mark) for mark in hit.cssselect("mark")] == ["مکتب"]
    assert hit.cssselect("article")[0].get("lang") == "fa-AF"
    assert "Nothing was found" in page(address, "/search?q=nowhere")
    assert "is no date" in page(address, "/search?q=books&since=yesterday")
    assert len(tree(address, "/search?q=books&language=en&outlet=paper").cssselect(".hits li")) == 1
    assert not tree(address, "/search?q=books&language=ps").cssselect(".hits li")
    assert "Nothing more" in page(address, "/search?q=books&page=3")


def test_every_page_can_be_walked_by_keyboard_and_ear(address: str) -> None:
    paths = (
        *("/", "/search?q=books", "/outlet/paper", "/archive/articles"),
        *(f"/article/{BRIDGE.id}", f"/article/{BRIDGE.id}/changes", f"/article/{'0' * 20}"),
    )
    for path in paths:
        body = ask(address, path)[1]
        found = lxml.html.fromstring(body)
        assert found.get("lang") == "en"
        assert len(found.cssselect("main")) == len(found.cssselect("h1")) == 1
        assert found.cssselect("body > a.skip")[0].get("href") == "#main"
        levels = [int(e.tag[1]) for e in found.cssselect("h1, h2, h3")]
        assert all(after - before <= 1 for before, after in pairwise(levels))
        ids = [e.get("id") for e in found.cssselect("[id]")]
        assert len(ids) == len(set(ids))
        for field in found.cssselect("input:not([type=hidden]), select"):
            assert found.cssselect(f'label[for="{field.get("id")}"]'), (path, field.get("name"))
        for table in found.cssselect("table"):
            assert table.find("caption") is not None
        for element in found.cssselect("[aria-labelledby]"):
            assert element.get("aria-labelledby") in ids
        for link in found.cssselect("a"):
            assert text(link), (path, link.get("href"))


def test_an_archive_without_articles_has_pages_too(tmp_path: Path) -> None:
    with serving(Archive.open(tmp_path / "empty"), None, REPLAY, 0) as address:
        assert "No article was captured yet" in page(address, "/")
        assert "0 articles" in page(address, "/archive/articles")
        assert "Nothing was found" in page(address, "/search?q=books")
