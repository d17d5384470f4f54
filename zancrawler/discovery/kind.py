"""Page kind: an article, or one of the many other things that a URL can answer with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml.html import HtmlElement

from zancrawler.discovery.signs import Signs
from zancrawler.outlets import (
    ArticleRules,
    Outlet,
    UrlKind,
    canonical_url,
    host_of,
    readable_path,
    url_kind,
)


class PageKind(StrEnum):
    ARTICLE = "article"
    LISTING = "listing"
    BLOCKED = "blocked"
    EMPTY = "empty"
    WRONG_LANGUAGE = "wrong_language"
    ERROR = "error"
    REQUISITE = "requisite"
    """No page, but what one needs to be shown. Told by how it was come by, not by its content."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: PageKind
    reason: str
    """A short code for tables and alarms, such as `url` or `no-blogposting`."""


NOT_FOUND = "not-found"
"""The reason for a page that has status 200 and says in its title that it is not there."""

# schema.org/Article and what is below it; the rest of schema.org says what a page is instead.
_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report)")
_FORUM = frozenset(("DiscussionForumPosting", "QAPage"))
_LISTING = frozenset(("ItemList", "CollectionPage", "SearchResultsPage", "Blog"))
_TRADE = re.compile(
    r"\w*(?:Business|Service|Store|Course|CourseInstance|Offer|OfferCatalog|Product|Program|Event)"
    r"|CollegeOrUniversity|JobPosting|SoftwareApplication|Restaurant|Hotel|Dentist|AboutPage"
    r"|ContactPage|ProfilePage|RealEstateListing"
)
_FORUM_URL = re.compile(
    r"^(?:forums?|boards?|bbs|community|discuss)\."
    r"|/(?:threads?|viewtopic|showthread|forums?|t|questions)(?:/|\.php)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?:^|/)(?:[a-z-]*blogs?|[a-z-]*news|[a-z-]*articles?|story|stories|guides?|learn|resources"
    r"|insights?|reports?|posts?|tips|magazine|features?|academy|advice|press|opinions?|analysis"
    r"|خبر|اخبار|گزارش|مقاله)(?=/|$)",
    re.IGNORECASE,
)
_TELLING = frozenset(("guide", "how", "what", "why", "tips", "trends", "explained", "vs"))
"""Words of a slug that announce a text to read."""
_SHORT_LINK = re.compile(r"(?:^|&)p=\d+(?:&|$)")
"""How WordPress names an article where it has no permalinks (`/?p=48103`)."""
_NOT_FOUND = re.compile(
    # Headlines have these words too: 404 schools were closed, a lost child was not found. So they
    # begin a part of the title, or stand by the word for page.
    r"(?:^|[|:–—]|\s-)\W*(?:error\W+)?404\s*(?:$|[|:–—(]|-\s|error\b|not found)"
    r"|(?:page|post|article) (?:was )?not found"
    r"|(?:(?:^|[|:–—]|\s-)\W*|(?:صفحه|برگه|مطلب|نوشته)\b[^|]{0,30})(?:پیدا|یافت) نشد(?:ه است)?\b"
    r"|(?:(?:^|[|:–—]|\s-)\W*|(?:پاڼه|مطلب)\b[^|]{0,30})ونه موندل شوه?\b",
    re.IGNORECASE,
)


def page_kind(
    tree: HtmlElement,
    *,
    url: str,
    status: int,
    headers: Sequence[tuple[str, str]],
    outlet: Outlet,
) -> Verdict:
    """What a page is. The outlet's rules decide where it has any; elsewhere the page's own signs.

    Of a site that nobody described, the preset's URL patterns cannot say that a page is no article.
    """
    if status >= 400:
        return Verdict(PageKind.ERROR, f"http-{status}")
    by_url = url_kind(url, outlet)
    if by_url is UrlKind.LISTING:
        return Verdict(PageKind.LISTING, "url")
    if by_url in (UrlKind.SKIP, UrlKind.MEDIA):
        return Verdict(PageKind.OTHER, "url")
    if tree.xpath(
        "//*[contains(@class, 'empty-states__title') or @data-hook='empty-states__title']"
    ):
        return Verdict(PageKind.EMPTY, "empty-state")
    rules = outlet.rules_for(readable_path(canonical_url(url, outlet)))
    if rules is None and outlet.is_described:
        return Verdict(PageKind.OTHER, "url")
    if rules and (rules.needs or (rules.body and outlet.is_described)):
        return _by_rules(tree, rules)
    return _by_signs(tree, url)


def _by_rules(tree: HtmlElement, rules: ArticleRules) -> Verdict:
    """A post without the JSON-LD that every post has is in the wrong language, or no render."""
    if _is_not_found(tree):
        return Verdict(PageKind.ERROR, NOT_FOUND)
    bodies = (element for s in rules.body for element in tree.cssselect(s))
    if rules.body and not any(element.text_content().strip() for element in bodies):
        return Verdict(PageKind.EMPTY, "no-body-element")
    if rules.needs and not (Signs.of(tree).types.keys() & set(rules.needs) or _og_article(tree)):
        return Verdict(PageKind.WRONG_LANGUAGE, "no-" + rules.needs[0].lower())
    return Verdict(PageKind.ARTICLE, "rules")


def _og_article(tree: HtmlElement) -> bool:
    """What the same platforms write in a post's head where they write no JSON-LD."""
    return bool(
        tree.xpath("//meta[@property='og:type' and @content='article']")
        and tree.xpath("//meta[@property='article:published_time']")
    )


def _is_not_found(tree: HtmlElement) -> bool:
    title = tree.findtext("./head/title") or ""
    return bool(_NOT_FOUND.search(title[:200]))


def _by_signs(tree: HtmlElement, url: str) -> Verdict:
    """Rules in order, the strongest sign first; each was weighed on 420 pages of unknown sites.

    What a page declares (schema.org, its head) goes before what it looks like. A date or byline by
    the headline makes an article unless the page declares a trade. Without any of these an article
    has a long headline or slug, stands in a section of articles, or is nearly all prose.
    """
    signs, (path, _, query) = Signs.of(tree), readable_path(url).partition("?")
    types = signs.types.keys()
    declared = any(_ARTICLE.fullmatch(name) for name in types)
    if types & _FORUM or (not declared and _FORUM_URL.search(host_of(url) + path)):
        return Verdict(PageKind.OTHER, "forum")
    if path in ("", "/") and not _SHORT_LINK.search(query):
        return Verdict(PageKind.LISTING, "home")
    if _is_not_found(tree):
        return Verdict(PageKind.ERROR, NOT_FOUND)
    if declared:
        return Verdict(PageKind.ARTICLE, "schema-article")
    mostly_links = signs.linked > 0.6 * signs.letters
    if mostly_links and signs.prose < (600 if signs.published else 2_000):
        return Verdict(PageKind.LISTING, "links")
    if signs.published:
        return Verdict(PageKind.ARTICLE, "head-date")
    if types & _LISTING:
        return Verdict(PageKind.LISTING, "schema-listing")
    if not signs.dated and any(_TRADE.fullmatch(name) for name in types):
        return Verdict(PageKind.OTHER, "schema-trade")
    slug = _slug(path)
    if len(slug) <= 2 and _SECTION.fullmatch("/" + "-".join(slug)):
        return Verdict(PageKind.LISTING, "section-root")
    if signs.dated or signs.signed:
        return Verdict(PageKind.ARTICLE, "dated" if signs.dated else "signed")
    return _by_shape(signs, path, slug)


def _by_shape(signs: Signs, path: str, slug: Sequence[str]) -> Verdict:
    """For pages that declare nothing and show no date. An article lost is worse than a service
    page kept: it is the one mistake that nobody can see later."""
    prose_share = signs.prose / max(1, signs.letters)
    if signs.prose < 500:
        return Verdict(PageKind.OTHER, "little-text")
    tells = _SECTION.search(path) or _TELLING.intersection(word.lower() for word in slug)
    if len(slug) >= 5 or (len(slug) >= 3 and tells):
        return Verdict(PageKind.ARTICLE, "slug")
    if len(slug) == 4 and signs.prose >= 2_500 and prose_share > 0.6:
        return Verdict(PageKind.ARTICLE, "slug")
    if signs.headline >= 8:
        return Verdict(PageKind.ARTICLE, "headline")
    if signs.prose >= 2_000 and prose_share > 0.75:
        return Verdict(PageKind.ARTICLE, "prose")
    return Verdict(PageKind.OTHER, "no-sign")


def _slug(path: str) -> list[str]:
    """The words of the last step of a path, without its extension."""
    last = next((step for step in reversed(path.split("/")) if step), "")
    return [word for word in re.split(r"[-_+ ]+", re.sub(r"\.\w{2,5}$", "", last)) if word]
