"""The stories as data: enough of them, in clean Dari, Pashto and English."""

from __future__ import annotations

import re
import unicodedata

import pytest

from zancrawler.newsroom.article import Article, BlockKind, plain, read_articles, read_body
from zancrawler.newsroom.edition import Annals, Presence

ARTICLES = read_articles()
ARABIC_LETTERS = re.compile(r"[يكةى]")
PASHTO_LETTERS = re.compile(r"[ټډړښږګڼېۍځڅ]")


def test_at_least_sixty_stories_are_live_on_the_first_day() -> None:
    edition = Annals.read().edition(0)
    live = [each for each in edition.standings if each.presence is Presence.LIVE]
    assert len(live) >= 60
    assert {each.article.language for each in live} == {"en", "fa-AF", "ps"}


def test_ids_and_paths_are_unique() -> None:
    articles = Annals.read().articles
    assert len({each.id for each in articles}) == len(articles)
    assert len({(each.outlet, each.path) for each in articles}) == len(articles)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda each: each.id)
def test_story_is_whole_and_clean(article: Article) -> None:
    paragraphs = [b for b in article.blocks if b.kind is BlockKind.PARAGRAPH]
    assert 3 <= len(paragraphs) <= 9
    everything = f"{article.title}\n{article.subtitle}\n{article.text}\n{article.credit}"
    assert unicodedata.is_normalized("NFC", everything)
    assert not re.search(r" {2}| [،.؛:!؟]|\*\*", everything)
    if article.language == "fa-AF":
        assert not ARABIC_LETTERS.search(everything)
        assert not PASHTO_LETTERS.search(everything)
        assert "\u200c" in article.text
        # The prefix and the plural are joined with a ZWNJ, never with a space.
        assert not re.search(r"\b(می|نمی) |\b ها\b| های\b", everything)
    elif article.language == "ps":
        assert len(PASHTO_LETTERS.findall(everything)) > 20
        assert not re.search(r"[كة]", everything)
    else:
        assert not re.search(r"[\u0600-\u06ff]", everything)


def test_body_markup() -> None:
    blocks = read_body(
        "One **two**.\n\n## Head\n\n- a\n- [b](http://x/)\n\n> u\n> v\n\n! i | c | d"
    )
    assert [block.kind for block in blocks] == ["paragraph", "heading", "list", "quote", "figure"]
    assert [plain(line) for line in blocks[0].lines + blocks[2].lines] == ["One two.", "a", "b"]
    assert blocks[3].lines == ("u", "v")
    assert blocks[4].lines == ("i", "c", "d")
