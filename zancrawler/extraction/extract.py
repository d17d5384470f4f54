"""One page to one article. Pure: the same page, outlet and memory give the same article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from lxml.html import HtmlElement

from zancrawler.extraction.arbiter import (
    AGREEMENT,
    HARDLY_ANY,
    MUCH_MORE_LETTERS,
    Found,
    below_headline,
    find_text,
    letters,
    prose,
)
from zancrawler.extraction.article import Article, Image
from zancrawler.extraction.authors import byline_of, signed_below
from zancrawler.extraction.bylines import speakers_in
from zancrawler.extraction.chrome import Body, Cut, without_chrome
from zancrawler.extraction.declared import (
    article_body,
    declared_language,
    description_of,
    section_of,
    tags_of,
)
from zancrawler.extraction.embeds import embeds_of
from zancrawler.extraction.headline import around_headline
from zancrawler.extraction.language import detect, languages_in
from zancrawler.extraction.links import outgoing_links, translations
from zancrawler.extraction.memory import SiteMemory
from zancrawler.extraction.page import BROKEN, Page
from zancrawler.extraction.pictures import pictures_of
from zancrawler.extraction.publication import publication_of
from zancrawler.extraction.sensitivity import sensitivity
from zancrawler.extraction.structured import Node, Structured
from zancrawler.extraction.subtitles import subtitle_of
from zancrawler.extraction.textblocks import TextBlock, joined, read_blocks
from zancrawler.extraction.titles import site_lines, site_names, title_of
from zancrawler.outlets import ArticleRules, Outlet, canonical_url, readable_path


class NoArticle(ValueError):  # noqa: N818  a finding, not a failure
    """The page holds no article; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """An article, and an account of what stands in its element and not in its text."""

    article: Article
    element: HtmlElement | None
    """The smallest element that holds the text, or the one that the outlet names."""
    left_out: tuple[tuple[Cut, TextBlock], ...]
    """Blocks that a witness or the outlet took for text, each with the rule that cut it. Captions
    and what the outlet drops are in none: they are no part of the text from the start."""


def extract(page: Page, outlet: Outlet, memory: SiteMemory | None = None) -> Article:
    """The article of a page that was judged to be one. Raises NoArticle.

    `memory` holds what the outlet prints under many stories: it is cut from this one.
    """
    return extraction_of(page, outlet, memory).article


def extraction_of(page: Page, outlet: Outlet, memory: SiteMemory | None = None) -> Extraction:
    """As `extract`, with the account. Raises NoArticle."""
    canonical = canonical_url(page.url, outlet)
    rules = _reliable(outlet.rules_for(readable_path(canonical)), outlet)
    structured = Structured.of(page.tree)
    node = structured.article(page.url) or structured.microdata
    blocks = read_blocks(page.tree)
    title = title_of(page.tree, structured, node, rules, page.url)
    surroundings = around_headline(blocks, title)
    speakers = speakers_in(line for block in blocks for line in block.text.split("\n"))
    house = (outlet.title, *outlet.aliases, *filter(None, (outlet.byline,)))
    byline = byline_of(page.tree, structured, node, surroundings, rules, speakers, house)
    authors = byline.names or ((outlet.byline,) if outlet.byline else ())
    section = section_of(page.tree, structured, node, rules)
    cutting = partial(
        without_chrome,
        title=title,
        names=(
            *(*authors, *filter(None, (section,)), *site_lines(page.tree, title)),
            *site_names(structured, page.url),
        ),
        ends=rules.ends if rules else (),
        speakers=speakers,
        home=page.url,
    )
    found = find_text(page, blocks, rules, article_body(node), surroundings.headline)
    body = cutting(found.blocks, is_marked=found.winner == "outlet")
    if found.winner != "outlet" and letters(body.blocks) < HARDLY_ANY:
        below = below_headline(blocks, surroundings.headline)
        shown = cutting(below.blocks)
        if letters(shown.blocks) > MUCH_MORE_LETTERS * letters(body.blocks):
            found, body = below, shown
    byline = signed_below(byline, (block.text for cut, block in body.cut if cut is Cut.CREDIT))
    authors = byline.names or authors
    own = memory.without_known(body.blocks) if memory else body.blocks
    if not own:
        raise NoArticle("No text of an article was found in the page.")
    text = joined(own)
    declared = declared_language(page.tree, structured)
    language = detect(text, outlet.languages, declared)
    when = publication_of(page, structured, node, surroundings, rules, outlet)
    images = pictures_of(found.element, surroundings, structured, node, rules, page.url)
    description = description_of(structured, node)
    kept = set(map(id, own))
    recurring = tuple((Cut.MEMORY, block) for block in body.blocks if id(block) not in kept)
    article = Article(
        url=page.url,
        canonical_url=canonical,
        title=title,
        text=text,
        subtitle=subtitle_of(surroundings, node, description, own),
        authors=authors,
        translators=byline.translators,
        date_published=when.published,
        date_modified=when.modified,
        date_published_raw=when.raw,
        date_calendar=when.calendar,
        date_source=when.source,
        language=language.tag if language else None,
        language_score=language.score if language else None,
        language_declared=declared,
        languages=languages_in(text, language, outlet.languages),
        section=section,
        tags=tags_of(structured),
        description=description,
        images=_credited(images, body.credit, byline.photographers),
        embeds=embeds_of(found.element, rules, page.url),
        links=outgoing_links(found.element, page.url),
        translations=translations(page.tree, page.url),
        sensitivity=sensitivity(title, text, (*authors, *byline.translators)),
        warnings=(
            *when.warnings,
            *_warnings(found, body, len(recurring), f"{title} {text}"),
            *_paywall(node),
        ),
    )
    return Extraction(article, found.element, (*body.cut, *recurring))


def _reliable(rules: ArticleRules | None, outlet: Outlet) -> ArticleRules | None:
    """A preset's selectors hold for a site that somebody described. Of any other they hold only
    where the platform itself writes the elements, and so `needs` them."""
    return rules if rules and (outlet.is_described or rules.needs) else None


def _warnings(found: Found, body: Body, recurring: int, words: str) -> Iterator[str]:
    """What was cut as recurring (blocks) or as coming after the story (letters), characters that
    are none in its words, who found the text where no outlet names its element, and how far the
    witnesses disagree (0 to 1)."""
    if recurring:
        yield f"memory_cut:{recurring}"
    if ended := letters(prose(block for cut, block in body.cut if cut is Cut.END)):
        yield f"end_cut:{ended}"
    if broken := words.count(BROKEN):
        yield f"broken_characters:{broken}"
    if found.winner != "outlet":
        yield f"text:{found.winner}"
    if found.agreement is not None and found.agreement < AGREEMENT:
        yield f"text_disagreement:{1 - found.agreement:.2f}"


def _paywall(node: Node | None) -> Iterator[str]:
    if (node or {}).get("isAccessibleForFree") in (False, "False", "false", "no"):
        yield "not_free: the page says that its text is not free to read, which may be cut short"


def _credited(
    images: tuple[Image, ...], line: str | None, photographers: Sequence[str]
) -> tuple[Image, ...]:
    """The body's first line and the byline credit the lead picture; without any nobody can be. What
    stands at the picture itself goes before the byline."""
    if not images:
        return images
    first = images[0]
    credit = line or first.credit or ", ".join(photographers) or None
    return (replace(first, credit=credit), *images[1:])
