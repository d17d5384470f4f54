"""A real Zan News article, known from a text dump of its page, rebuilt as a newsroom page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from zancrawler.newsroom.article import Article, CreditPlace, read_body
from zancrawler.newsroom.wix_pages import Frame, post_page
from zancrawler.outlets import Catalogue
from zancrawler.runs.reading import read_page

HOME = "https://www.zantvnetwork.com"


def from_dump(dump: str) -> Article:
    """The dump is: page top, title, byline lines, the credit twice, paragraphs, page bottom."""
    lines = [line.strip() for line in dump.splitlines() if line.strip()]
    credit = next(line for line in lines if line.startswith("Photo: "))
    body = lines[lines.index(credit) + 2 : lines.index("bottom of page")]
    return Article(
        id="seed",
        outlet="zannews",
        path="/post/women-activists-from-now-on-every-act-of-taliban-repression",
        title=lines[1],
        authors=("Zan News",),
        published=datetime(2025, 7, 5, 9, 30, tzinfo=UTC),
        modified=datetime(2025, 7, 5, 9, 30, tzinfo=UTC),
        language="en",
        section="News",
        tags=(),
        image="seed",
        credit=credit.removeprefix("Photo: "),
        credit_label="Photo: ",
        credit_place=CreditPlace.LINE,
        blocks=read_body("\n\n".join(body)),
    )


def test_the_seed_article(shared: Path) -> None:
    dump = next((shared / "seed").glob("*.txt")).read_text(encoding="utf-8")
    true = from_dump(dump)
    frame = Frame(home=HOME, now=datetime(2025, 7, 6, tzinfo=UTC), serial=1)
    page = post_page(frame, true, [], [], 400_000)
    assert "Jul 5" in page
    read = read_page(
        page.encode(),
        HOME + true.path,
        Catalogue.open().get("zannews"),
        captured_at=datetime(2025, 7, 6, tzinfo=UTC),
    )
    article = read.article
    assert article is not None
    paragraphs = article.text.split("\n\n")
    assert len(paragraphs) == 10
    assert [" ".join(p.split()) for p in paragraphs] == [b.lines[0] for b in true.blocks]
    assert article.title == true.title
    assert article.authors == ("Zan News",)
    assert "Wakil Kohsar/AFP" in {image.credit for image in article.images}
    assert article.date_published == true.published
    for chrome in ("top of page", "2 min read", "bottom of page"):
        assert chrome not in article.text
