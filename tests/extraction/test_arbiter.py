from __future__ import annotations

import pytest
from made_pages import JOINED, STORY, outlet, page, read, rules, story_html

from zancrawler.extraction.arbiter import common_element, find_text
from zancrawler.extraction.textblocks import read_blocks
from zancrawler.extraction.witnesses import ask_resiliparse, ask_trafilatura, claim

UNKNOWN = outlet(languages=())


def text_of(html: str) -> str:
    return read(html, of=UNKNOWN).text


def test_a_claim_is_found_again_though_the_witness_lost_every_joiner() -> None:
    blocks = read_blocks(page(f"<body><p>x</p><p>{JOINED}</p><p>y</p></body>").tree)
    assert claim(blocks, "- " + JOINED.replace("\u200c", "") + "\n") == {1}


def test_a_claim_needs_half_of_a_block() -> None:
    blocks = read_blocks(page("<body><p>" + "</p><p>".join(STORY) + "</p></body>").tree)
    assert claim(blocks, STORY[1][:40]) == set()
    assert claim(blocks, STORY[1][:120] + "\n" + STORY[2]) == {1, 2}


def test_short_lines_are_claimed_close_by_only() -> None:
    html = "<body><p>Share</p>" + "<p>x1</p>" * 40 + f"<p>{STORY[0]}</p><p>Share</p></body>"
    blocks = read_blocks(page(html).tree)
    assert claim(blocks, f"{STORY[0]}\nShare") == {41, 42}


@pytest.mark.parametrize("witness", [ask_trafilatura, ask_resiliparse])
def test_both_witnesses_find_a_plain_story(witness: object) -> None:
    html = page(story_html())
    blocks = read_blocks(html.tree)
    claimed = [blocks[i].text for i in sorted(witness(html, blocks))]  # type: ignore[operator]
    assert [text for text in claimed if text in STORY] == list(STORY)


def test_the_story_of_an_unknown_site_in_dari_with_every_joiner() -> None:
    paragraphs = "".join(f"<p>{JOINED} {n}</p>" for n in range(1, 6))
    assert text_of(story_html(paragraphs)) == "\n\n".join(f"{JOINED} {n}" for n in range(1, 6))


@pytest.mark.parametrize(
    "furniture",
    [
        '<div class="author-bio"><p>She has covered water for ten years and lives here.</p></div>',
        '<div class="promo-content"><p>Read our report on the rivers of the north.</p></div>',
        '<p><a href="/other">Read also: The river that forgot its name, a report</a></p>',
        "<figure><img src=/a.jpg><figcaption>Women carry water at dawn.</figcaption></figure>",
        '<div class="newsletterSignup"><p>Our letter comes every Friday, with the best.</p></div>',
    ],
)
def test_what_stands_among_the_paragraphs_and_is_not_the_story(furniture: str) -> None:
    first, second, third = (f"<p>{p}</p>" for p in STORY)
    assert text_of(story_html(first + second + furniture + third)) == "\n\n".join(STORY)


def test_a_theme_that_calls_the_whole_page_by_such_a_word_loses_nothing() -> None:
    html = story_html(
        f'<div class="author-page related">{"".join(f"<p>{p}</p>" for p in STORY)}</div>'
    )
    assert text_of(html) == "\n\n".join(STORY)


def test_headings_and_quotations_between_paragraphs_are_kept() -> None:
    first, second, third = (f"<p>{p}</p>" for p in STORY)
    quote = "Nobody has asked us where the water should come from, not once in all these years, no."
    html = story_html(f"{first}<h2>Two hours</h2>{second}<blockquote>{quote}</blockquote>{third}")
    assert text_of(html) == "\n\n".join([STORY[0], "Two hours", STORY[1], quote, STORY[2]])


def test_every_cell_of_a_short_table_is_kept() -> None:
    first, second, third = (f"<p>{p}</p>" for p in STORY)
    table = "<table><tr><th>Village<th>Depth<tr><td>Upper<td>11<tr><td>Lower<td>9</table>"
    html = story_html(first + second + table + third)
    assert text_of(html).split("\n\n")[2] == "Village\tDepth\nUpper\t11\nLower\t9"


def test_the_times_and_headings_of_a_live_blog_are_kept() -> None:
    entries = zip(("۱۰:۳۰", "۱۱:۱۵", "۱۲:۰۰"), ("A", "B", "C"), STORY, strict=True)
    html = "".join(
        f"<time>{time}</time><h3>Entry {name}</h3><p>{text}</p>" for time, name, text in entries
    )
    text = text_of(story_html(html)).split("\n\n")
    assert text[:3] == ["۱۰:۳۰", "Entry A", STORY[0]]
    assert text[6] == "۱۲:۰۰"


GALLERY = "".join(
    f"<figure><img src=/{n}.jpg><figcaption>{p}</figcaption></figure>" for n, p in enumerate(STORY)
)


@pytest.mark.parametrize("first", ["", "Three pictures of the valley:"])
@pytest.mark.parametrize("known", [True, False])
def test_the_captions_of_a_photo_essay_are_its_text(first: str, known: bool) -> None:
    html = story_html(f"<p>{first}</p>{GALLERY}")
    of = outlet(articles=(rules(body=(".story",)),)) if known else UNKNOWN
    assert read(html, of=of).text.split("\n\n") == [*([first] if first else []), *STORY]


def test_a_menu_is_no_text_however_short_the_text_is() -> None:
    body = '<iframe src="https://www.youtube.com/embed/a"></iframe><p>The women speak of water.</p>'
    article = read(story_html(body), of=UNKNOWN)
    assert article.text == "The women speak of water."
    assert len(article.embeds) == 1


def test_a_page_that_a_script_writes_is_read_from_its_json_ld() -> None:
    body = "\\n".join(p.replace('"', "'") for p in STORY)
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A well in the '
        f'valley", "articleBody": "{body}"}}</script>'
    )
    article = read(story_html("<div id=root></div>", head=head), of=UNKNOWN)
    assert article.text == "\n\n".join(STORY)
    assert "text:jsonld" in article.warnings


def test_the_outlets_element_is_the_article_and_no_witness_is_asked() -> None:
    inner = '<p>Short.</p><div class="ad">Buy</div><ul><li>a</li><li>b</li></ul>'
    body = f'<div class="body">{inner}</div>'
    known = outlet(articles=(rules(body=(".none", ".body"), drop=(".ad",)),))
    article = read(story_html(body + "<p>Beside.</p>"), of=known)
    assert article.text == "Short.\n\na\nb"
    assert not [w for w in article.warnings if w.startswith("text")]


def test_disagreement_is_recorded() -> None:
    found = find_text(page(story_html()), read_blocks(page(story_html()).tree), None)
    assert found.winner == "trafilatura"
    assert found.agreement is not None
    assert found.agreement > 0.5


def test_the_common_element() -> None:
    blocks = read_blocks(page(story_html()).tree)
    story = [block for block in blocks if block.text in STORY]
    element = common_element(story)
    assert element is not None
    assert element.get("class") == "story"
    assert common_element([]) is None
