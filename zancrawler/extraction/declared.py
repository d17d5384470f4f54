"""What a page declares of its article beside the text: section, tags, description, language."""

from __future__ import annotations

from lxml.html import HtmlElement

from zancrawler.extraction.structured import Node, Structured, first_string, strings
from zancrawler.extraction.titles import element_text
from zancrawler.outlets import ArticleRules

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def article_body(node: Node | None) -> str | None:
    """The whole text, which some publishers state in JSON-LD."""
    body = (node or {}).get("articleBody")
    return body if isinstance(body, str) else None


def declared_language(tree: HtmlElement, structured: Structured) -> str | None:
    """The page's own word: `<html lang>`, JSON-LD's inLanguage, og:locale; as it stands."""
    in_language = next(
        (first_string(n["inLanguage"]) for n in structured.nodes if "inLanguage" in n), None
    )
    return (
        tree.get("lang")
        or tree.get(_XML_LANG)
        or in_language
        or structured.first("og:locale", "content-language", "language")
    )


def description_of(structured: Structured, node: Node | None) -> str | None:
    """The summary that a page states for search engines."""
    stated = structured.first("description", "og:description", "twitter:description")
    return stated or first_string((node or {}).get("description"))


def section_of(
    tree: HtmlElement, structured: Structured, node: Node | None, rules: ArticleRules | None
) -> str | None:
    """The outlet's element, else what structured data says."""
    for selector in rules.section if rules else ():
        for element in tree.cssselect(selector):
            if text := element_text(element):
                return text
    stated = first_string((node or {}).get("articleSection"))
    return stated or structured.first("article:section", "parsely-section")


def tags_of(structured: Structured) -> tuple[str, ...]:
    """Keywords, parted at commas of both scripts, each once."""
    tags = structured.meta.get("article:tag", ())
    if not tags:
        keywords = next((n["keywords"] for n in structured.nodes if "keywords" in n), None)
        keywords = keywords or structured.first("news_keywords", "keywords", "parsely-tags")
        tags = tuple(strings(keywords))
    split = (part.strip() for tag in tags for part in tag.replace("،", ",").split(","))
    return tuple(dict.fromkeys(part for part in split if part))
