"""The pages of the Wix-like outlet: markup in the image of Wix Blog, by its data-hooks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from html import escape

from zancrawler.newsroom.article import (
    BOLD,
    LINK,
    Article,
    Block,
    BlockKind,
    CreditPlace,
)
from zancrawler.newsroom.calendar import KABUL, dated, full_date, iso_utc, persian_digits

TITLE = "Chenar Post"
PREFIXES = {"en": "", "fa-AF": "/fa", "ps": "/ps"}
HREFLANG = {"en": "en-us", "fa-AF": "fa-af", "ps": "ps-af"}
DARI_GREGORIAN = (
    *("جنوری", "فبروری", "مارچ", "اپریل", "می", "جون"),
    *("جولای", "آگست", "سپتمبر", "اکتوبر", "نومبر", "دسمبر"),
)
INLINE_CODE = """
(function(){var s=decodeURIComponent(location.hash),r="/post/${s";
var routes=["/post/sitemap","/post/robots","/blog/tags/decodeURIComponent(e","/page/C,location"];
var t='<a href="/post/'+s+'">'+s+'</a>';window.open("/blog/page/window.location")})();
"""
"""What tempts whoever looks for links with a regular expression."""


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words in one language."""

    writer: str
    minutes: str
    updated: str
    recent: str
    see_all: str
    categories: str
    tags: str
    blog: str


WORDS = {
    "en": Words(
        "Writer: ", "{} min read", "Updated: ", "Recent Posts", "See All", "Post categories",
        "Tags", "All Posts",
    ),
    "fa-AF": Words(
        "نویسنده: ", "{} دقیقه خواندن", "به‌روزرسانی: ", "پست‌های اخیر", "دیدن همه",
        "دسته‌ها", "برچسب‌ها", "همه پست‌ها",
    ),
    "ps": Words(
        "لیکوال: ", "{} دقیقې لوستل", "تازه شوی: ", "وروستۍ لیکنې", "ټول وګورئ",
        "کټګورۍ", "ټاګونه", "ټولې لیکنې",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the site needs to know."""

    home: str
    now: datetime
    serial: int


def media(image: str) -> str:
    """Path of a picture's original, in Wix's form."""
    return f"/media/c4a1e0_{hashlib.md5(image.encode()).hexdigest()}~mv2.png"


def link(path: str) -> str:
    """The path as Wix writes it: raw but for the colon."""
    return path.replace(":", "%3A")


def slug(path: str) -> str:
    return path.rsplit("/", 1)[1]


def post_page(
    frame: Frame,
    article: Article,
    translations: list[Article],
    recent: list[Article],
    ballast: int,
) -> str:
    """A blog post, with `ballast` bytes of code before it."""
    url = frame.home + link(article.path)
    others = {each.language: frame.home + each.path for each in translations}
    head = [
        f"<title>{escape(article.title)}</title>",
        f'<link rel="canonical" href="{escape(url)}"/>',
        _property("og:title", article.title),
        _property("og:description", _teaser(article)),
        _property("og:image", frame.home + media(article.image)),
        _property("og:url", url),
        _property("og:site_name", TITLE),
        _property("og:type", "article"),
        f'<script type="application/ld+json">{_json(_posting(frame, article))}</script>',
        _property("article:author", article.authors[0]),
        _property("article:published_time", iso_utc(article.published)),
        _property("article:modified_time", iso_utc(article.modified)),
        *(
            f'<link rel="alternate" href="{escape(address)}" hreflang="{HREFLANG[language]}"/>'
            for language, address in ({article.language: url} | others if others else {}).items()
        ),
        '<meta name="twitter:card" content="summary_large_image"/>',
    ]
    body = f"""<div data-hook="post-page-root"><div class="tpa-components-provider">
{_post(frame, article)}
{_recent(frame, article, recent)}</div></div>"""
    return shell(frame, article.language, head, body, ballast)


def _post(frame: Frame, article: Article) -> str:
    words = WORDS[article.language]
    author = escape(article.authors[0])
    shown = escape(shown_date(article.published, article.language, frame.now))
    minutes = words.minutes.format(max(1, len(article.text.split()) // 200))
    updated = ""
    if article.modified != article.published:
        late = escape(shown_date(article.modified, article.language, frame.now))
        updated = (
            f'<p class="m4x0d">{words.updated}<span title="{late}" data-hook="time-ago">{late}'
            "</span></p>"
        )
    hero = (
        f'<section data-hook="post-hero-image">{_wow(frame, article.image, "")}</section>'
        if article.credit_place is CreditPlace.LINE
        else ""
    )
    return f"""<article class="NvbWGl" data-hook="post">{hero}<div><header><div class="E8Rnp">
<div class="post-title" data-hook="post-title"><h1 class="H3vOVf" data-hook="post-title">
<span class="post-title__text blog-post-title-color">{escape(article.title)}</span></h1></div>
<div><ul class="k9Xm2"><li><div class="avatar"><img alt="{words.writer}{author}" 
src="{media(article.authors[0])}"/></div><a href="/profile/desk/profile" 
data-hook="profile-link" rel="nofollow"><span data-hook="user-name" title="{author}">{author}
</span></a></li><li><span title="{shown}" data-hook="time-ago">{shown}</span></li>
<li><span title="{minutes}" data-hook="time-to-read">{minutes}</span></li></ul>{updated}
<button type="button" aria-label="More actions" data-hook="more-button"></button></div>
</div></header>
<section class="T0wr5" data-hook="post-description">
<style>.kZ3p1{{--ricos-text-color:#222}}.kZ3p1 figure{{margin:0}}</style>
<div class="kZ3p1"><div data-rce-version="10.150.0"><div dir="{direction(article.language)}" 
class="o5uXq" data-id="rich-content-viewer">{"".join(_ricos(frame, article))}</div></div></div>
</section>
{_post_footer(article)}</div></article>"""


def _post_footer(article: Article) -> str:
    words = WORDS[article.language]
    blog = PREFIXES[article.language] + "/blog"
    tags = "".join(
        f'<li><a href="{blog}/tags/{escape(each)}">{escape(each)}</a></li>' for each in article.tags
    )
    return f"""<footer class="PhCaf" data-hook="post-footer"><div data-hook="post-main-actions-desktop">
<button aria-label="Share via Facebook" data-hook="share-button__facebook"></button></div>
<nav aria-label="{words.tags}"><ul>{tags}</ul></nav>
<ul aria-label="{words.categories}" class="qWe2x"><li><a class="Uzk0y" 
href="{blog}/categories/{escape(section_slug(article.section))}">{escape(article.section)}</a></li>
</ul></footer>"""


def section_slug(section: str) -> str:
    return section.lower().replace(" ", "-")


def _recent(frame: Frame, article: Article, recent: list[Article]) -> str:
    """Other posts, with counters that move on at every request."""
    words = WORDS[article.language]
    items = "".join(
        f"""<article data-hook="recent-post-list-item"><a aria-label="{escape(each.title)}" 
href="{escape(link(each.path))}" data-hook="link"></a><header data-hook="recent-post__title">
<a href="{escape(link(each.path))}">{escape(each.title)}</a></header><footer data-hook="post-footer">
<div data-hook="post-stats"><span class="post-stats__views">{frame.serial + 17 * place}</span>
</div></footer></article>"""
        for place, each in enumerate(recent, 1)
    )
    return (
        f'<section data-hook="recent-posts"><header><h2>{words.recent}</h2>'
        f'<a href="{PREFIXES[article.language]}/blog">{words.see_all}</a></header>'
        f"<section>{items}</section></section>"
    )


def news_page(frame: Frame, article: Article, latest: list[Article], repeater: list[str]) -> str:
    """The older page type: a dynamic page, with a date in words and no structured data.

    `latest` are other stories with dates of their own, `repeater` are addresses of the pager.
    """
    credit = f"<p>{escape(_credit_line(article))}</p>" if article.credit else ""
    paragraphs = "".join(_flat(frame, block) for block in article.blocks)
    others = "".join(
        f"""<div role="listitem" class="T7n0L6"><div class="wixui-rich-text"><p>
<a href="{escape(link(each.path))}">{escape(each.title)}</a></p></div><div class="wixui-rich-text"><p>
{dated(each.published)}</p></div></div>"""
        for each in latest
    )
    pager = "".join(f'<a href="{escape(address)}">{n}</a>' for n, address in enumerate(repeater, 1))
    body = f"""<section id="comp-lx8gif1a" class="wixui-section">
<div class="wixui-image">{_wow(frame, article.image, "")}</div>
<div class="wixui-rich-text">{credit}</div>
<div id="comp-lx8gig2t" class="wixui-rich-text"><h1>{escape(article.title)}</h1></div>
<div id="comp-lx8gig5d" class="wixui-rich-text"><p>{full_date(article.published, article.language)}
</p></div><div id="comp-lx8gig7n" class="wixui-rich-text"><p>{escape(article.authors[0])}</p></div>
<div id="comp-lx8gig9b" class="wixui-rich-text" data-testid="richTextElement">{paragraphs}</div>
</section><section class="wixui-section"><div class="wixui-rich-text"><h2>Latest</h2></div>
<div id="comp-lx8gigng" role="list" class="wixui-repeater">{others}</div>
<nav aria-label="pagination">{pager}</nav></section>
<section class="wixui-section"><div class="wixui-rich-text"><h2>News Reports</h2></div>
<div class="video"><span>03:07</span><span>12:40</span></div>
<div class="wixui-rich-text"><p>Follow us</p></div></section>"""
    head = [
        f"<title>{escape(article.title)} | {TITLE}</title>",
        f'<link rel="canonical" href="{escape(frame.home + link(article.path))}"/>',
        _property("og:title", f"{article.title} | {TITLE}"),
        _property("og:url", frame.home + link(article.path)),
        _property("og:site_name", TITLE),
        _property("og:type", "website"),
    ]
    return shell(frame, article.language, head, body)


def wrong_language_page(frame: Frame, article: Article, language: str) -> str:
    """What Wix makes of a post asked for under another language: 200, and nothing to go by."""
    head = [f"<title>Post | {TITLE}</title>", _property("og:title", f"Post | {TITLE}"),
            _property("og:site_name", TITLE), _property("og:type", "website")]  # fmt: skip
    body = f"""<div data-hook="post-page-root">{_post(frame, article)}</div>"""
    return shell(frame, language, head, body)


def listing_page(
    frame: Frame, language: str, title: str, articles: list[Article], previous: str, following: str
) -> str:
    """Teasers, which use the hooks of a post, and a pager; `previous`, `following` may be empty."""
    head = [
        f"<title>{escape(title)} | {TITLE}</title>",
        _property("og:type", "website"),
        f'<link rel="prev" href="{escape(frame.home + previous)}"/>' if previous else "",
        f'<link rel="next" href="{escape(frame.home + following)}"/>' if following else "",
    ]
    teasers = "".join(_teaser_item(frame, each) for each in articles)
    nothing = """<div data-hook="empty-state-container"><div data-hook="empty-states__title"><div>
No posts published in this language yet</div></div><div><div>Once posts are published, you’ll see 
them here.</div></div></div>"""
    pager = "".join(
        f'<a href="{escape(address)}" data-hook="pagination__{hook}">{mark}</a>'
        for address, hook, mark in ((previous, "prev", "‹"), (following, "next", "›"))
        if address
    )
    body = f"""<div data-hook="feed-page-root"><h1>{escape(title)}</h1>
<div data-hook="post-list-pro-gallery-container">{teasers or nothing}</div>
<nav data-hook="pagination" aria-label="Pagination">{pager}</nav></div>"""
    return shell(frame, language, head, body)


def _teaser_item(frame: Frame, article: Article) -> str:
    shown = shown_date(article.published, article.language, frame.now)
    return f"""<div data-hook="item-container"><div data-hook="post-list-item">
<a href="{escape(article.path)}"><div data-hook="post-list-item__title"><div data-hook="post-title">
<h2>{escape(article.title)}</h2></div></div></a><div data-hook="post-description"><div>
{escape(_teaser(article)[:140])}…</div></div><span data-hook="user-name">{escape(article.authors[0])}
</span><span data-hook="time-ago">{shown}</span></div></div>"""


def plain_page(frame: Frame, language: str, title: str, text: str) -> str:
    head = [f"<title>{escape(title)} | {TITLE}</title>", _property("og:type", "website")]
    return shell(frame, language, head, f"<section><h1>{title}</h1><p>{text}</p></section>")


def shell(frame: Frame, language: str, head: list[str], body: str, ballast: int = 0) -> str:
    """What surrounds every page. `ballast` is a number of bytes of code before the body."""
    prefix = PREFIXES.get(language, f"/{language}")
    switcher = "".join(
        f'<a href="{path or "/"}" aria-label="{code}">{code}</a>'
        for code, path in (*PREFIXES.items(), ("uz", "/uz"))
    )
    return f"""<!DOCTYPE html>
<html lang="{language.split("-")[0]}">
<head>
<meta charset='utf-8'><meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="generator" content="Wix.com Website Builder"/>
<meta http-equiv="X-Wix-Meta-Site-Id" content="5f0c2a64-6f3b-4d0c-9d5e-c4a1e0c4a1e0"/>
<meta http-equiv="X-Wix-Published-Version" content="412"/>
<script type="application/json" id="wix-essential-viewer-model">{{"fleetConfig":
{{"fleetName":"newsroom"}},"mode":{{"qa":false}}}}</script>
<script>{INLINE_CODE}</script>
<style>{ballast_css(ballast)}body{{font-family:sans-serif;max-width:46rem;margin:auto}}</style>
{"".join(head)}
<link rel="alternate" href="{frame.home}{prefix if prefix != "/uz" else ""}/blog-feed.xml" 
title="{TITLE} - RSS" type="application/rss+xml"/>
</head>
<body class='device-desktop-optimized'><div id="SITE_CONTAINER"><div id="main_MF">
<div id="SCROLL_TO_TOP" class="ignore-focus SCROLL_TO_TOP" role="region" tabindex="-1" 
aria-label="top of page"><span class="mHZSwn">top of page</span></div>
<header id="SITE_HEADER"><nav aria-label="Site"><a href="{prefix or "/"}">{TITLE}</a>
<a href="{prefix}/blog">{WORDS.get(language, WORDS["en"]).blog}</a><a href="/search?type=blogs">
Search</a><a href="/about">About</a></nav><div class="language-menu">{switcher}</div></header>
<main id="PAGES_CONTAINER">{body}</main>
<footer id="SITE_FOOTER"><p>© 2025 {TITLE}</p><a href="/members-area/login">Log In</a></footer>
<div id="SCROLL_TO_BOTTOM" class="ignore-focus" role="region" tabindex="-1" 
aria-label="bottom of page"><span class="mHZSwn">bottom of page</span></div></div></div>
<script type="application/json" id="wix-warmup-data">{{"appsWarmupData":
{{"14bcded7-0066-7c35-14d7-466cb3f09103":{{}}}},"serial":{frame.serial}}}</script>
</body></html>
"""


def ballast_css(size: int) -> str:
    """So many bytes of style rules, such as Wix puts before the page."""
    rule = ".H7q{n}x{{pointer-events:none;z-index:{n};color:#11{n}}}.b{n}{{inset:0 {n}px}}\n"
    rules: list[str] = []
    length = 0
    while length < size:
        rules.append(rule.format(n=100_000 + len(rules)))
        length += len(rules[-1])
    return "".join(rules)


def direction(language: str) -> str:
    return "ltr" if language == "en" else "rtl"


def shown_date(moment: datetime, language: str, now: datetime) -> str:
    """The date as Wix prints it: without the year while that is the current one."""
    day = moment.astimezone(KABUL).date()
    year = "" if day.year == now.astimezone(KABUL).year else str(day.year)
    if language == "fa-AF":
        month = DARI_GREGORIAN[day.month - 1]
        return f"{persian_digits(day.day)} {month} {persian_digits(year)}".strip()
    return f"{day:%b} {day.day}" + (f", {year}" if year else "")


def inline(line: str) -> str:
    """A line of an article as HTML, its links and bold words marked up as Ricos does."""
    marked = LINK.sub(
        r'<a href="\2" target="_blank" data-hook="web-link"><u>\1</u></a>',
        escape(line, quote=False),
    )
    return BOLD.sub(r"<strong>\1</strong>", marked)


def _credit_line(article: Article) -> str:
    return f"{article.credit_label}{article.credit}"


def _ricos(frame: Frame, article: Article) -> list[str]:
    """The body as Wix's Ricos renders it: blocks, empty lines between, a marker after each."""
    pieces = ['<div type="first" data-hook="rcv-block-first"></div>']
    blocks = list(article.blocks)
    if article.credit and article.credit_place is CreditPlace.LINE:
        blocks.insert(0, Block(BlockKind.PARAGRAPH, (_credit_line(article),)))
    elif article.credit:
        blocks.insert(0, Block(BlockKind.FIGURE, (article.image, "", _credit_line(article))))
    for place, block in enumerate(blocks):
        key = hashlib.md5(f"{article.id} {place}".encode()).hexdigest()[:5]
        count = 2 * place + 1
        pieces.append(
            f'<div class="s2Zq9">{_ricos_block(frame, block, key)}</div>'
            f'<div type="{block.kind}" data-hook="rcv-block{count}"></div>'
            f'<div><div dir="auto" id="viewer-{key}{count}"><span><br role="presentation"/></span>'
            f'</div></div><div type="empty-line" data-hook="rcv-block{count + 1}"></div>'
        )
    return pieces


def _ricos_block(frame: Frame, block: Block, key: str) -> str:
    name = {BlockKind.HEADING: "h2", BlockKind.QUOTE: "blockquote"}.get(block.kind, "p")
    match block.kind:
        case BlockKind.LIST:
            items = "".join(
                f'<li dir="auto" aria-level="1"><p dir="auto" id="viewer-{key}{n}"><span><span>'
                f"{inline(line)}</span></span></p></li>"
                for n, line in enumerate(block.lines)
            )
            return f"<ul>{items}</ul>"
        case BlockKind.FIGURE:
            image, caption, credit = block.lines
            words = " ".join(filter(None, (caption, credit)))
            return (
                f'<div id="viewer-{key}"><figure data-hook="figure-IMAGE"><div '
                f'data-hook="image-viewer">{_wow(frame, image, words)}<button type="button" '
                'data-hook="image-expand-button" aria-label="Expand image"></button></div>'
                f'<figcaption class="x1Kd0"><span>{escape(words)}</span></figcaption></figure></div>'
            )
    return (
        f'<{name} dir="auto" id="viewer-{key}" class="Lp0Xe"><span class="t5"><span>'
        f"{inline(block.lines[0])}</span></span></{name}>"
    )


def _wow(frame: Frame, image: str, alt: str) -> str:
    """A picture: the `src` is a blurred thumbnail, the original is in `data-image-info`."""
    uri = media(image).removeprefix("/media/")
    info = json.dumps(
        {
            "displayMode": "fill",
            "encoding": "AVIF",
            "imageData": {"width": 1600, "height": 1000, "uri": uri, "displayMode": "fill"},
        }
    )
    thumbnail = f"{frame.home}/media/{uri}/v1/fill/w_125,h_78,al_c,q_80,blur_2,enc_auto/{uri}"
    return (
        f'<wow-image id="{uri}" data-image-info="{escape(info)}">'
        f'<img src="{thumbnail}" alt="{escape(alt)}"/></wow-image>'
    )


def _flat(frame: Frame, block: Block) -> str:
    """A block in a dynamic page's rich text: paragraphs of one class, nothing else to go by."""
    match block.kind:
        case BlockKind.LIST:
            return "<ul>" + "".join(f"<li><p>{inline(x)}</p></li>" for x in block.lines) + "</ul>"
        case BlockKind.FIGURE:
            return f"<div>{_wow(frame, block.lines[0], block.lines[1])}</div>"
        case BlockKind.HEADING:
            return f'<h3 class="font_3">{inline(block.lines[0])}</h3>'
    return (
        f'<p class="font_8">{inline(block.lines[0])}</p>'
        '<p class="font_8"><span class="wixGuard">\u200b</span></p>'
    )


def _teaser(article: Article) -> str:
    """The first 500 characters of the whole body, the credit run into the text, as Wix does."""
    credit = (
        _credit_line(article) if article.credit and article.credit_place is CreditPlace.LINE else ""
    )
    return (credit + article.text.replace("\n", ""))[:500]


def _posting(frame: Frame, article: Article) -> dict[str, object]:
    url = frame.home + link(article.path)
    return {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "author": {
            "@type": "Person",
            "name": article.authors[0],
            "url": f"{frame.home}/profile/desk/profile",
        },
        "dateModified": iso_utc(article.modified),
        "datePublished": iso_utc(article.published),
        "headline": article.title,
        "mainEntityOfPage": {"@id": url, "@type": "itemPage", "url": url},
        "description": _teaser(article),
        "url": url,
        "image": {
            "@type": "ImageObject",
            "url": frame.home + media(article.image),
            "width": "1600",
            "height": "1000",
        },
        "publisher": {"@type": "Organization", "name": TITLE, "url": frame.home},
    }


def _property(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}"/>'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
