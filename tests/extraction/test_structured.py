from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import URL, page

from zancrawler.extraction.structured import Structured, first_string, load_json_ld, plain, types_of

SOUND = {
    "@type": "NewsArticle",
    "headline": "A well “in” the valley",
    "datePublished": "2025-09-18",
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SOUND),
        f"<!-- {json.dumps(SOUND)} -->",
        f"//<![CDATA[\n{json.dumps(SOUND)}\n//]]>",
        json.dumps(SOUND) + ";",
        json.dumps(SOUND)[:-1] + ",}",
        "{/* made by a plugin */" + json.dumps(SOUND)[1:],
        json.dumps(SOUND, indent=1).replace(",\n", ", // the next\n"),
        json.dumps(SOUND).replace('"', "&quot;"),
        json.dumps(SOUND).replace("valley", "val\\'ley").replace("val\\'ley", "valley"),
    ],
)
def test_shapes_that_publishers_write(text: str) -> None:
    assert load_json_ld(text) == [SOUND]


def test_control_characters_and_wrong_escapes_within_strings() -> None:
    (value,) = load_json_ld('{"@type": "Article", "headline": "two\nlines \\\' and a tab\t"}')
    assert value["headline"].split() == ["two", "lines", "\\'", "and", "a", "tab"]


def test_several_values_in_one_block() -> None:
    text = json.dumps(SOUND) + "\n" + json.dumps({"@type": "WebPage"})
    assert [v["@type"] for v in load_json_ld(text)] == ["NewsArticle", "WebPage"]


def test_of_what_is_broken_the_fields_are_picked() -> None:
    text = '{"@type": "NewsArticle", "headline": "A well", "articleBody": "he said "no" to it", "x"'
    assert load_json_ld(text) == [{"@type": "NewsArticle", "headline": "A well"}]


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    assert isinstance(load_json_ld(text), list)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["@type", "@graph", "name", "author", "@id"]), inner)
    ),
    max_leaves=30,
)


@given(json_values)
def test_no_json_is_too_strange(value: object) -> None:
    found = Structured.of(page(_with(json.dumps(value))).tree)
    node = found.article(URL) or {}
    name = first_string(node.get("author"))
    assert name is None or name == plain(name)
    assert all("@type" in thing and types_of(thing) >= frozenset() for thing in found.nodes)


def _with(*blocks: str) -> str:
    scripts = "".join(f'<script type="application/ld+json">{b}</script>' for b in blocks)
    return f"<html><head>{scripts}</head><body><p>x</p></body></html>"


def test_the_article_within_a_graph_and_its_author_elsewhere() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": URL},
            {"@type": ["Article", "Thing"], "headline": "A well", "author": {"@id": "#z"}},
            {"@type": "Person", "@id": "#z", "name": "Zarghuna"},
        ]
    }
    found = Structured.of(page(_with(json.dumps(graph))).tree)
    node = found.article(URL)
    assert node is not None
    assert node["headline"] == "A well"
    assert found.by_id("#z") == {"@type": "Person", "@id": "#z", "name": "Zarghuna"}


def test_of_several_articles_the_one_of_this_url() -> None:
    other = {"@type": "NewsArticle", "headline": "Another", "url": "https://news.example/other"}
    this = {"@type": "NewsArticle", "headline": "This", "mainEntityOfPage": {"@id": URL + "/"}}
    found = Structured.of(page(_with(json.dumps([other, this]))).tree)
    assert (found.article(URL) or {}).get("headline") == "This"


def test_articles_in_lists_are_other_stories() -> None:
    listing = {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "x"}]}
    assert Structured.of(page(_with(json.dumps(listing))).tree).article(URL) is None


def test_microdata_of_the_article_and_not_of_what_is_nested() -> None:
    html = """<body><div itemscope itemtype="https://schema.org/NewsArticle">
    <h1 itemprop="headline">A well</h1><time itemprop="datePublished" datetime="2025-09-18"></time>
    <span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Z</b>
    </span><div itemscope itemtype="https://schema.org/Article"><i itemprop="dateModified">x</i>
    </div>
    </div></body>"""
    node = Structured.of(page(html).tree).microdata
    assert node == {
        "@type": ["NewsArticle"],
        "headline": "A well",
        "datePublished": "2025-09-18",
        "author": ["Z"],
    }


def test_a_moment_in_the_title_of_an_abbreviation() -> None:
    html = """<body><div itemscope itemtype="https://schema.org/BlogPosting"><abbr title=
    "2025-09-18T09:30:00+04:30" itemprop="datePublished">9:30</abbr></div></body>"""
    node = Structured.of(page(html).tree).microdata
    assert node is not None
    assert node["datePublished"] == "2025-09-18T09:30:00+04:30"


def test_meta_by_any_of_its_names() -> None:
    html = '<meta property="OG:Title" content=" A &amp;amp; B "><meta name="date" content="">'
    found = Structured.of(page(html + "<p>x</p>").tree)
    assert found.first("og:title") == "A & B"
    assert found.first("date", "none") is None


def test_plain_keeps_joiners() -> None:
    assert plain("<b>می‌گوید</b>&nbsp;&quot;نه&quot;") == 'می‌گوید "نه"'
