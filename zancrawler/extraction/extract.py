"""One page to one article. Pure: the same page, outlet and memory give the same article."""

from __future__ import annotations

from zancrawler.extraction.arbiter import find_text
from zancrawler.extraction.article import Article, Image
from zancrawler.extraction.authors import byline_of
from zancrawler.extraction.chrome import without_chrome
from zancrawler.extraction.links import outgoing_links, translations
from zancrawler.extraction.page import Page
from zancrawler.extraction.pictures import pictures_of
from zancrawler.extraction.publication import publication_of
from zancrawler.extraction.structured import Structured, first_string, strings
from zancrawler.extraction.titles import element_text, title_of
from zancrawler.outlets import ArticleRules, Outlet, canonical_url, readable_path

AGREEMENT = 0.5
"""Below this the witnesses tell different stories, and a reader should know."""


class NoArticle(ValueError):  # noqa: N818  a finding, not a failure
    """The page holds no article; the message says why in one sentence."""


def extract(page: Page, outlet: Outlet) -> Article:
    """The article of a page that was judged to be one. Raises NoArticle."""
    canonical = canonical_url(page.url, outlet)
    rules = outlet.rules_for(readable_path(canonical))
    structured = Structured.of(page.tree)
    node = structured.article(page.url) or structured.microdata
    title = title_of(page.tree, structured, node, rules)
    byline = byline_of(page.tree, structured, node, rules)
    authors = byline.names or ((outlet.byline,) if outlet.byline else ())
    found = find_text(page, rules)
    body = without_chrome(
        found.blocks, title=title, authors=authors, ends=rules.ends if rules else ()
    )
    if not body.blocks:
        raise NoArticle("No text of an article was found in the page.")
    text = "\n\n".join(block.text for block in body.blocks)
    when = publication_of(page, structured, node, outlet.timezone)
    images = pictures_of(found.element, structured, node, page.url)
    if body.credit:
        images = _credited(images, body.credit)
    warnings = list(when.warnings)
    if found.winner != "outlet":
        warnings.append(f"text:{found.winner}")
    if found.agreement is not None and found.agreement < AGREEMENT:
        warnings.append(f"text_disagreement:{1 - found.agreement:.2f}")
    return Article(
        url=page.url,
        canonical_url=canonical,
        title=title,
        text=text,
        authors=authors,
        date_published=when.published,
        date_modified=when.modified,
        date_published_raw=when.raw,
        date_calendar=when.calendar,
        date_source=when.source,
        language_declared=declared_language(page, structured),
        section=_section(page, structured, rules),
        tags=_tags(structured),
        description=structured.first("description", "og:description", "twitter:description")
        or first_string((node or {}).get("description")),
        images=images,
        links=outgoing_links(found.element, page.url),
        translations=translations(page.tree, page.url),
        warnings=tuple(warnings),
    )


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
