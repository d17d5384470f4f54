"""One page to one article. Pure: the same page, outlet and memory give the same article."""

from __future__ import annotations

from functools import partial

from zancrawler.extraction.arbiter import AGREEMENT, below_headline, find_text
from zancrawler.extraction.article import Article, Image
from zancrawler.extraction.authors import byline_of
from zancrawler.extraction.chrome import without_chrome
from zancrawler.extraction.embeds import embeds_of
from zancrawler.extraction.headline import around_headline
from zancrawler.extraction.language import detect, languages_in
from zancrawler.extraction.links import outgoing_links, translations
from zancrawler.extraction.memory import SiteMemory
from zancrawler.extraction.page import Page
from zancrawler.extraction.pictures import pictures_of
from zancrawler.extraction.publication import publication_of
from zancrawler.extraction.sensitivity import sensitivity
from zancrawler.extraction.structured import Node, Structured, first_string, strings
from zancrawler.extraction.subtitles import subtitle_of
from zancrawler.extraction.textblocks import joined, read_blocks
from zancrawler.extraction.titles import element_text, site_lines, title_of
from zancrawler.outlets import ArticleRules, Outlet, canonical_url, readable_path


class NoArticle(ValueError):  # noqa: N818  a finding, not a failure
    """The page holds no article; the message says why in one sentence."""


def extract(page: Page, outlet: Outlet, memory: SiteMemory | None = None) -> Article:
    """The article of a page that was judged to be one. Raises NoArticle.

    `memory` holds what the outlet prints under many stories: it is cut from this one.
    """
    canonical = canonical_url(page.url, outlet)
    rules = _reliable(outlet.rules_for(readable_path(canonical)), outlet)
    structured = Structured.of(page.tree)
    node = structured.article(page.url) or structured.microdata
    blocks = read_blocks(page.tree)
    title = title_of(page.tree, structured, node, rules, page.url)
    surroundings = around_headline(blocks, title)
    byline = byline_of(page.tree, structured, node, surroundings, rules)
    authors = byline.names or ((outlet.byline,) if outlet.byline else ())
    section = _section(page, structured, rules)
    found = find_text(page, blocks, rules, article_body(node))
    cutting = partial(
        without_chrome,
        title=title,
        names=(*authors, *filter(None, (section,)), *site_lines(page.tree, title)),
        ends=rules.ends if rules else (),
    )
    body = cutting(found.blocks)
    if not body.blocks:
        found = below_headline(blocks, surroundings.headline)
        body = cutting(found.blocks)
    own = memory.without_known(body.blocks) if memory else body.blocks
    if not own:
        raise NoArticle("No text of an article was found in the page.")
    text = joined(own)
    declared = declared_language(page, structured)
    language = detect(text, outlet.languages, declared)
    when = publication_of(page, structured, node, surroundings, rules, outlet)
    images = pictures_of(found.element, surroundings, structured, node, rules, page.url)
    if credit := body.credit or ", ".join(byline.photographers):
        images = _credited(images, credit)
    description = structured.first("description", "og:description", "twitter:description")
    description = description or first_string((node or {}).get("description"))
    warnings = list(when.warnings)
    if len(own) < len(body.blocks):
        warnings.append(f"memory_cut:{len(body.blocks) - len(own)}")
    if found.winner != "outlet":
        warnings.append(f"text:{found.winner}")
    if found.agreement is not None and found.agreement < AGREEMENT:
        warnings.append(f"text_disagreement:{1 - found.agreement:.2f}")
    return Article(
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
        tags=_tags(structured),
        description=description,
        images=images,
        embeds=embeds_of(found.element, rules, page.url),
        links=outgoing_links(found.element, page.url),
        translations=translations(page.tree, page.url),
        sensitivity=sensitivity(title, text, authors),
        warnings=tuple(warnings),
    )


def _reliable(rules: ArticleRules | None, outlet: Outlet) -> ArticleRules | None:
    """A preset's selectors hold for a site that somebody described (it has languages). Of one that
    nobody knows they hold only where the platform itself writes the elements, and so `needs` them.
    """
    return rules if rules and (outlet.languages or rules.needs) else None


def article_body(node: Node | None) -> str | None:
    body = (node or {}).get("articleBody")
    return body if isinstance(body, str) else None


def declared_language(page: Page, structured: Structured) -> str | None:
    """The page's own word: `<html lang>`, JSON-LD's inLanguage, og:locale; as it stands."""
    in_language = next(
        (first_string(n["inLanguage"]) for n in structured.nodes if "inLanguage" in n), None
    )
    return (
        page.tree.get("lang")
        or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        or in_language
        or structured.first("og:locale", "content-language", "language")
    )


def _section(page: Page, structured: Structured, rules: ArticleRules | None) -> str | None:
    for selector in rules.section if rules else ():
        for element in page.tree.cssselect(selector):
            if text := element_text(element):
                return text
    node = structured.article(page.url) or structured.microdata or {}
    return first_string(node.get("articleSection")) or structured.first(
        "article:section", "parsely-section"
    )


def _tags(structured: Structured) -> tuple[str, ...]:
    tags = structured.meta.get("article:tag", ())
    if not tags:
        keywords = next((n["keywords"] for n in structured.nodes if "keywords" in n), None)
        keywords = keywords or structured.first("news_keywords", "keywords", "parsely-tags")
        tags = tuple(strings(keywords))
    split = (part.strip() for tag in tags for part in tag.replace("،", ",").split(","))
    return tuple(dict.fromkeys(part for part in split if part))


def _credited(images: tuple[Image, ...], credit: str) -> tuple[Image, ...]:
    """The credit line is the lead picture's; without any picture nobody can be credited."""
    if not images:
        return images
    first = images[0]
    return (Image(first.url, first.caption, credit, first.alt), *images[1:])
