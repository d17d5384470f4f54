"""The pages of the WordPress-like outlet: two templates over the same articles.

`jnews` prints dates in words, without a machine-readable one for Dari and Pashto; `blocks` is the
redesign: a block theme with `<time datetime>`.
"""

from __future__ import annotations

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
from zancrawler.newsroom.calendar import KABUL, full_date, persian_digits

TITLE = "سپیدار"
PREFIXES = {"fa-AF": "", "en": "/en", "ps": "/ps"}


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words in one language."""

    by: str
    also: str
    related: str
    shares: str
    views: str
    tags: str
    subscribe: str
    required: str
    comments: str
    older: str


WORDS = {
    "fa-AF": Words(
        "توسط", "بیشتر بخوانید", "مطالب مرتبط", "اشتراک", "بازدید", "برچسب‌ها:",
        "در خبرنامه سپیدار نام‌نویسی کنید", "* خانه‌های ضروری", "دیدگاه‌ها", "نوشته‌های پیشین",
    ),
    "en": Words(
        "by", "Read Also", "Related Posts", "SHARES", "VIEWS", "Tags:",
        "Sign up for the Sapidar newsletter", "* indicates required", "Comments", "Older posts",
    ),
    "ps": Words(
        "لیکوال:", "دا هم ولولئ", "اړوند مطالب", "شریکول", "کتنې", "ټګونه:",
        "د سپیدار خبرپاڼه ترلاسه کړئ", "* اړین ځایونه", "تبصرې", "پخوانۍ لیکنې",
    ),
}  # fmt: skip

COMMENTS = {
    "fa-AF": ("خواننده از کابل", "همسایه ما هم همین را می‌گفت، کاش زودتر می‌نوشتید."),
    "en": ("A reader in Herat", "My neighbour says the same, I wish you had written this sooner."),
    "ps": ("یو لوستونکی", "زموږ ګاونډي هم همدا خبره کوله، کاش وختي مو لیکلې وای."),
}
"""Who comments under every article, and what: never to be collected."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the site needs to know."""

    home: str
    now: datetime
    serial: int
    redesigned: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an article and is none of it."""

    number: int
    """The site's own id of the article."""
    also: Article | None
    related: list[Article]
    translations: list[Article]


def upload(article: Article, image: str) -> str:
    return f"/wp-content/uploads/{article.published:%Y/%m}/{image}.png"


def html_attributes(language: str) -> str:
    return f'dir="{"ltr" if language == "en" else "rtl"}" lang="{language}"'


def counted(number: int, language: str) -> str:
    return str(number) if language == "en" else persian_digits(number)


def article_page(frame: Frame, article: Article, around: Surroundings) -> str:
    url = escape(frame.home + article.path)
    versions = [article, *around.translations] if around.translations else []
    head = [
        f"<title>{escape(article.title)} - {TITLE}</title>",
        *(
            f'<link rel="alternate" hreflang="{each.language}" '
            f'href="{escape(frame.home + each.path)}"/>'
            for each in versions
        ),
        f'<link rel="canonical" href="{url}"/>',
        f'<link rel="shortlink" href="{frame.home}/?p={around.number}"/>',
        f'<meta property="og:title" content="{escape(article.title)}"/>',
        '<meta property="og:type" content="article"/>',
        f'<meta property="og:image" content="{frame.home}{upload(article, article.image)}"/>',
    ]
    if article.language == "en":
        head.append(
            '<meta property="article:published_time" '
            f'content="{article.published.astimezone(KABUL).isoformat(timespec="seconds")}"/>'
        )
    body = _blocks(frame, article, around) if frame.redesigned else _jnews(frame, article, around)
    classes = f"single single-post postid-{around.number}"
    return shell(frame, article.language, head, body, classes)


def _jnews(frame: Frame, article: Article, around: Surroundings) -> str:
    words, prefix = WORDS[article.language], PREFIXES[article.language]
    subtitle = (
        f'<h2 class="jeg_post_subtitle">{escape(article.subtitle)}</h2>' if article.subtitle else ""
    )
    content = content_html(frame, article, around)
    return f"""<div class="post-wrapper"><div class="jeg_main"><div class="jeg_container">
<div class="jeg_content jeg_singlepage"><div class="container"><div class="row">
<div class="jeg_main_content col-md-8"><div class="jeg_inner_content">
<div class="jeg_breadcrumbs"><a href="{prefix}/">{TITLE}</a> <a href="{_category(article)}">
{escape(article.section)}</a></div>
<div class="entry-header"><h1 class="jeg_post_title">{escape(article.title)}</h1>{subtitle}
<div class="jeg_meta_container"><div class="jeg_post_meta jeg_post_meta_1"><div class="meta_left">
<div class="jeg_meta_author"><span class="meta_text">{words.by}</span> {_authors(article)}</div>
<div class="jeg_meta_date"><a href="{escape(article.path)}">
{full_date(article.published, article.language)}</a></div>
<div class="jeg_meta_category"><span><span class="meta_text">in</span> <a 
href="{_category(article)}" rel="category tag">{escape(article.section)}</a></span></div></div>
</div></div></div>
{_featured(article)}
<div class="jeg_share_top_container"><div class="jeg_share_stats"><div class="jeg_share_count">
<div class="counts">{counted(frame.serial % 90 + 12, article.language)}</div>
<span class="sharetext">{words.shares}</span></div><div class="jeg_views_count"><div class="counts">
{counted(400 + frame.serial, article.language)}</div><span class="sharetext">{words.views}</span>
</div></div></div>
<div class="jeg_content_wrapper"><div class="entry-content no-share">
<div class="jeg_share_button share-float jeg_sticky_share clearfix"><a href="#" 
class="jeg_btn-facebook">Facebook</a><a href="#" class="jeg_btn-twitter">Twitter</a></div>
<div class="content-inner">{content}
<div class="jeg_post_tags"><span>{words.tags}</span> {_tags(article)}</div></div></div></div>
<div class="jnews_related_post_container"><div class="jeg_block_heading"><h3 class="jeg_block_title">
<span>{words.related}</span></h3></div>{_related(around, "jeg_post jeg_pl_md_1", "jeg_post_title")}</div>
<div class="jnews_comment_container">{_comments(article)}</div>
</div></div></div></div></div></div></div></div>"""


def _blocks(frame: Frame, article: Article, around: Surroundings) -> str:
    words = WORDS[article.language]
    stamp = article.published.astimezone(KABUL).isoformat(timespec="seconds")
    subtitle = (
        f'<p class="wp-block-post-excerpt__excerpt">{escape(article.subtitle)}</p>'
        if article.subtitle
        else ""
    )
    return f"""<main class="wp-block-group is-layout-flow" id="wp--skip-link--target">
<div class="wp-block-group alignfull is-layout-constrained">
<h1 class="wp-block-post-title">{escape(article.title)}</h1>{subtitle}
<div class="wp-block-template-part"><div class="wp-block-post-date"><time datetime="{stamp}">
<a href="{escape(article.path)}">{full_date(article.published, article.language)}</a></time></div>
<div class="wp-block-post-author-name">{_authors(article)}</div>
<div class="taxonomy-category wp-block-post-terms"><a href="{_category(article)}" rel="tag">
{escape(article.section)}</a></div></div>
{_featured(article)}</div>
<div class="entry-content wp-block-post-content is-layout-constrained">
{content_html(frame, article, around)}</div>
<div class="taxonomy-post_tag wp-block-post-terms">{_tags(article)}</div>
<p class="post-views">{counted(400 + frame.serial, article.language)} {words.views}</p>
<section class="wp-block-query"><h2 class="wp-block-heading">{words.related}</h2>
{_related(around, "wp-block-post", "wp-block-post-title")}</section>
<div class="wp-block-comments">{_comments(article)}</div></main>"""


def content_html(frame: Frame, article: Article, around: Surroundings | None = None) -> str:
    """The body as WordPress keeps it; with `around`, what plugins put into the midst of it."""
    pieces = [_content_block(frame, article, block) for block in article.blocks]
    if article.credit and article.credit_place is CreditPlace.LINE:
        pieces.insert(0, f"<p>{escape(article.credit_label + article.credit)}</p>")
    if around is not None:
        pieces.insert(len(pieces) // 2, _newsletter(article))
        if around.also is not None:
            pieces.insert(len(pieces) // 2, _also(article, around.also))
    return "\n".join(pieces)


def _content_block(frame: Frame, article: Article, block: Block) -> str:
    match block.kind:
        case BlockKind.HEADING:
            return f'<h2 class="wp-block-heading">{inline(block.lines[0])}</h2>'
        case BlockKind.LIST:
            items = "".join(f"<li>{inline(line)}</li>" for line in block.lines)
            return f'<ul class="wp-block-list">{items}</ul>'
        case BlockKind.QUOTE:
            return (
                '<blockquote class="wp-block-quote is-layout-flow">'
                f"<p>{inline(block.lines[0])}</p></blockquote>"
            )
        case BlockKind.FIGURE:
            image, caption, credit = block.lines
            address = frame.home + upload(article, image)
            small = address.removesuffix(".png") + "-300x188.png"
            return (
                '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" '
                f'width="1024" height="640" src="{address}" alt="{escape(caption)}" '
                f'srcset="{address} 1024w, {small} 300w"/><figcaption class="wp-element-caption">'
                f"{escape(' '.join(filter(None, (caption, credit))))}</figcaption></figure>"
            )
        case BlockKind.PARAGRAPH:
            return f"<p>{inline(block.lines[0])}</p>"


def inline(line: str) -> str:
    marked = LINK.sub(r'<a href="\2">\1</a>', escape(line, quote=False))
    return BOLD.sub(r"<strong>\1</strong>", marked)


def _newsletter(article: Article) -> str:
    words = WORDS[article.language]
    return f"""<div id="mc_embed_signup" class="newsletter-signup"><form action="/subscribe" 
method="post" class="validate"><h2>{words.subscribe}</h2><div class="indicates-required">
<span class="asterisk">{words.required}</span></div><label for="mce-EMAIL">Email Address *</label>
<input type="email" name="EMAIL" id="mce-EMAIL"/><input type="submit" value="Subscribe"/></form>
</div>"""


def _also(article: Article, also: Article) -> str:
    return f"""<div class="jnews_inline_related_post_wrapper left"><div 
class="jnews_inline_related_post"><div class="jeg_block_heading"><h3 class="jeg_block_title"><span>
{WORDS[article.language].also}</span></h3></div><article class="jeg_post"><h3 
class="jeg_post_title"><a href="{escape(also.path)}">{escape(also.title)}</a></h3></article></div>
</div>"""


def _featured(article: Article) -> str:
    address = upload(article, article.image)
    caption = (
        f'<p class="wp-caption-text">{escape(article.credit_label + article.credit)}</p>'
        if article.credit and article.credit_place is CreditPlace.CAPTION
        else ""
    )
    return f"""<div class="jeg_featured featured_image"><a href="{address}"><div 
class="thumbnail-container"><img width="750" height="375" src="{address}" 
class="attachment-jnews-750x375 wp-post-image" alt="{escape(article.title)}"/></div></a>{caption}
</div>"""


def _authors(article: Article) -> str:
    prefix = PREFIXES[article.language]
    return "، ".join(
        f'<a href="{prefix}/author/{n}/" rel="author">{escape(name)}</a>'
        for n, name in enumerate(article.authors, 1)
    )


def _category(article: Article) -> str:
    return f"{PREFIXES[article.language]}/category/{escape(article.section)}/"


def _tags(article: Article) -> str:
    prefix = PREFIXES[article.language]
    return " ".join(
        f'<a href="{prefix}/tag/{escape(each)}/" rel="tag">{escape(each)}</a>'
        for each in article.tags
    )


def _related(around: Surroundings, item: str, heading: str) -> str:
    return "".join(
        f'<article class="{item}"><h3 class="{heading}"><a href="{escape(each.path)}">'
        f'{escape(each.title)}</a></h3><div class="jeg_post_meta"><div class="jeg_meta_date">'
        f"{full_date(each.published, each.language)}</div></div></article>"
        for each in around.related
    )


def _comments(article: Article) -> str:
    who, what = COMMENTS[article.language]
    return f"""<div id="comments" class="comments-area"><h3>{WORDS[article.language].comments}</h3>
<ol class="commentlist"><li class="comment"><article class="comment-body"><footer 
class="comment-meta"><b class="fn">{who}</b></footer><div class="comment-content"><p>{what}</p>
</div></article></li></ol></div>"""


def listing_page(
    frame: Frame, language: str, title: str, articles: list[Article], older: str
) -> str:
    """Teasers; `older` is the path of the next page, or empty."""
    teasers = "".join(
        f"""<article class="jeg_post jeg_pl_md_2"><div class="jeg_postblock_content">
<h3 class="jeg_post_title"><a href="{escape(each.path)}">{escape(each.title)}</a></h3>
<div class="jeg_post_meta"><div class="jeg_meta_date">{full_date(each.published, language)}</div>
</div><div class="jeg_post_excerpt"><p>{escape(each.text[:140])}...</p></div></div></article>"""
        for each in articles
    )
    pager = (
        f'<div class="jeg_navigation"><a class="page_nav next" href="{escape(older)}">'
        f"{WORDS[language].older}</a></div>"
        if older
        else ""
    )
    head = [
        f"<title>{escape(title)} - {TITLE}</title>",
        '<meta property="og:type" content="website"/>',
    ]
    body = f"""<div class="jeg_main"><h1 class="jeg_archive_title">{escape(title)}</h1>
<div class="jeg_posts">{teasers}</div>{pager}</div>"""
    return shell(frame, language, head, body, "archive")


def plain_page(frame: Frame, title: str, text: str) -> str:
    head = [f"<title>{title} - {TITLE}</title>"]
    body = f'<div class="jeg_main"><h1>{title}</h1><p>{text}</p></div>'
    return shell(frame, "fa-AF", head, body, "page")


def shell(frame: Frame, language: str, head: list[str], body: str, classes: str) -> str:
    """What surrounds every page, with today's date at the top of it."""
    prefix = PREFIXES[language]
    theme = "twentytwentyfive" if frame.redesigned else "jnews"
    side = "ltr" if language == "en" else "rtl"
    return f"""<!doctype html>
<html {html_attributes(language)}>
<head>
<meta charset="UTF-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
{"".join(head)}
<link rel="alternate" type="application/rss+xml" title="{TITLE} &raquo; Feed" 
href="{frame.home}{prefix}/feed/"/>
<link rel="https://api.w.org/" href="{frame.home}/wp-json/"/>
<meta name="generator" content="WordPress 6.8.2"/>
<link rel="stylesheet" href="/wp-content/themes/{theme}/style.css" media="all"/>
<style>body{{max-width:46rem;margin:auto}}img{{max-width:100%}}</style>
</head>
<body class="{side} wp-singular {classes} wp-theme-{theme}">
<div class="jeg_viewport"><div class="jeg_header_wrapper"><div class="jeg_topbar"><div 
class="jeg_nav_item jeg_top_date">{full_date(frame.now, language)}</div></div>
<nav class="jeg_mainmenu"><a href="{prefix}/">{TITLE}</a> <a href="/">دری</a> <a href="/en/">English
</a> <a href="/ps/">پښتو</a> <a href="/calendar/2025/09/">📅</a></nav></div>
{body}
<div class="jeg_footer"><p>© {TITLE}</p></div></div>
</body>
</html>
"""
