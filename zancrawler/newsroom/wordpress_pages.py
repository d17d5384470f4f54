"""The pages of the WordPress-like outlet: two themes over the same articles.

The first, in the image of JNews, prints dates in words and says nothing for machines in Dari and
Pashto; the second, the redesign, is a block theme with `<time datetime>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zancrawler.newsroom.article import Article, Block, BlockKind, CreditPlace
from zancrawler.newsroom.calendar import KABUL, full_date, persian_digits
from zancrawler.newsroom.markup import Html, fill, inline, joined, markup, verses
from zancrawler.newsroom.masthead import Masthead

NATIVE = {"fa-AF": "دری", "en": "English", "ps": "پښتو"}


class Theme(StrEnum):
    """The theme's folder. Each has a template of the same name for its articles."""

    JNEWS = "jnews"
    BLOCKS = "twentytwentyfive"


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
    older: str
    comments: str
    commenter: str
    """Who comments under every article, and what: never to be collected."""
    comment: str


WORDS = {
    "fa-AF": Words(
        by="توسط",
        also="بیشتر بخوانید",
        related="مطالب مرتبط",
        shares="اشتراک",
        views="بازدید",
        tags="برچسب‌ها:",
        subscribe="در خبرنامه سپیدار نام‌نویسی کنید",
        required="* خانه‌های ضروری",
        older="نوشته‌های پیشین",
        comments="دیدگاه‌ها",
        commenter="خواننده‌ای از کابل",
        comment="همسایه ما هم همین را می‌گفت، کاش زودتر می‌نوشتید.",
    ),
    "en": Words(
        by="by",
        also="Read Also",
        related="Related Posts",
        shares="SHARES",
        views="VIEWS",
        tags="Tags:",
        subscribe="Sign up for the Sapidar newsletter",
        required="* indicates required",
        older="Older posts",
        comments="Comments",
        commenter="A reader in Herat",
        comment="My neighbour says the same, I wish you had written this sooner.",
    ),
    "ps": Words(
        by="لیکوال:",
        also="دا هم ولولئ",
        related="اړوند مطالب",
        shares="شریکول",
        views="کتنې",
        tags="ټګونه:",
        subscribe="د سپیدار خبرپاڼه ترلاسه کړئ",
        required="* اړین ځایونه",
        older="پخوانۍ لیکنې",
        comments="تبصرې",
        commenter="یو لوستونکی",
        comment="زموږ ګاونډي هم همدا خبره کوله، کاش وختي مو لیکلې وای.",
    ),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the site needs to know."""

    masthead: Masthead
    home: str
    now: datetime
    serial: int
    theme: Theme


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an article and is none of it."""

    number: int
    """The site's own id of the article."""
    also: Article | None
    related: list[Article]
    translations: list[Article]


def upload(article: Article, image: str) -> str:
    """Path of a picture, without its extension."""
    return f"/wp-content/uploads/{article.published:%Y/%m}/{image}"


def article_page(frame: Frame, article: Article, around: Surroundings) -> str:
    prefix, words = frame.masthead.prefixes[article.language], WORDS[article.language]
    url = frame.home + article.path
    versions = [article, *around.translations] if around.translations else []
    stamp = article.published.astimezone(KABUL).isoformat(timespec="seconds")
    times = (
        markup('<meta property="article:published_time" content="$stamp"/>', stamp=stamp)
        if article.language == "en"
        else Html()
    )
    head = fill(
        "wordpress/article_head.html",
        site=frame.masthead.title,
        title=article.title,
        alternates=joined(
            [
                markup(
                    '<link rel="alternate" hreflang="$language" href="$url"/>',
                    language=each.language,
                    url=frame.home + each.path,
                )
                for each in versions
            ]
        ),
        url=url,
        home=frame.home,
        number=around.number,
        image=f"{frame.home}{upload(article, article.image)}.png",
        times=times,
    )
    body = fill(
        f"wordpress/{frame.theme}.html",
        site=frame.masthead.title,
        prefix=prefix,
        category=f"{prefix}/category/{article.section}/",
        section=article.section,
        title=article.title,
        subtitle=_subtitle(frame, article),
        by=words.by,
        authors=_authors(prefix, article),
        path=article.path,
        date=full_date(article.published, article.language),
        stamp=stamp,
        featured=_featured(article),
        shares=_counted(frame.serial % 90 + 12, article.language),
        shares_label=words.shares,
        views=_counted(frame.serial + 400, article.language),
        views_label=words.views,
        content=content_html(frame.home, article, around),
        tags_label=words.tags,
        tags=joined(
            [
                markup('<a href="$prefix/tag/$tag/" rel="tag">$tag</a>', prefix=prefix, tag=tag)
                for tag in article.tags
            ]
        ),
        related_label=words.related,
        related=joined(
            [
                fill(
                    "wordpress/related_item.html",
                    path=each.path,
                    title=each.title,
                    date=full_date(each.published, each.language),
                )
                for each in around.related
            ]
        ),
        comments=fill(
            "wordpress/comments.html",
            heading=words.comments,
            who=words.commenter,
            what=words.comment,
        ),
    )
    classes = f"single single-post postid-{around.number}"
    return shell(frame, article.language, head, body, classes)


def content_html(home: str, article: Article, around: Surroundings | None = None) -> Html:
    """The body as WordPress keeps it; with `around`, what plugins put into the midst of it."""
    pieces = [_content_block(home, article, block) for block in article.blocks]
    if article.credit and article.credit_place is CreditPlace.LINE:
        pieces.insert(0, markup("<p>$line</p>", line=article.credit_label + article.credit))
    if around is not None:
        words = WORDS[article.language]
        midst = [
            fill("wordpress/newsletter.html", subscribe=words.subscribe, required=words.required)
        ]
        if around.also is not None:
            midst.append(
                fill(
                    "wordpress/also.html",
                    heading=words.also,
                    path=around.also.path,
                    title=around.also.title,
                )
            )
        middle = len(pieces) // 2
        pieces[middle:middle] = midst
    return joined(pieces)


def _content_block(home: str, article: Article, block: Block) -> Html:
    match block.kind:
        case BlockKind.HEADING:
            return markup(
                '<h2 class="wp-block-heading">$line</h2>', line=inline(block.lines[0], "")
            )
        case BlockKind.LIST:
            items = [markup("<li>$line</li>", line=inline(line, "")) for line in block.lines]
            return markup('<ul class="wp-block-list">$items</ul>', items=joined(items))
        case BlockKind.QUOTE:
            return markup(
                '<blockquote class="wp-block-quote is-layout-flow"><p>$line</p></blockquote>',
                line=verses(block.lines, ""),
            )
        case BlockKind.FIGURE:
            image, caption, credit = block.lines
            return fill(
                "wordpress/figure.html",
                address=home + upload(article, image),
                alt=caption,
                caption=" ".join(filter(None, (caption, credit))),
            )
        case BlockKind.PARAGRAPH:
            return markup("<p>$line</p>", line=inline(block.lines[0], ""))


def _counted(number: int, language: str) -> str:
    return str(number) if language == "en" else persian_digits(number)


def _subtitle(frame: Frame, article: Article) -> Html:
    if not article.subtitle:
        return Html()
    template = (
        '<p class="wp-block-post-excerpt__excerpt">$text</p>'
        if frame.theme is Theme.BLOCKS
        else '<h2 class="jeg_post_subtitle">$text</h2>'
    )
    return markup(template, text=article.subtitle)


def _authors(prefix: str, article: Article) -> Html:
    return Html(
        (", " if article.language == "en" else "، ").join(
            markup(
                '<a href="$prefix/author/$name/" rel="author">$name</a>',
                prefix=prefix,
                name=name,
            )
            for name in article.authors
        )
    )


def _featured(article: Article) -> Html:
    caption = Html()
    if article.credit and article.credit_place is CreditPlace.CAPTION:
        line = article.credit_label + article.credit
        caption = markup('<p class="wp-caption-text">$line</p>', line=line)
    return fill(
        "wordpress/featured.html",
        address=f"{upload(article, article.image)}.png",
        title=article.title,
        caption=caption,
    )


def listing_page(
    frame: Frame, language: str, title: str, articles: list[Article], older: str
) -> str:
    """Teasers; `older` is the path of the next page, or empty."""
    pager = markup(
        '<div class="jeg_navigation"><a class="page_nav next" href="$older">$words</a></div>',
        older=older,
        words=WORDS[language].older,
    )
    body = fill(
        "wordpress/listing.html",
        title=title,
        teasers=joined(
            [
                fill(
                    "wordpress/teaser.html",
                    path=each.path,
                    title=each.title,
                    date=full_date(each.published, language),
                    excerpt=each.text[:140],
                )
                for each in articles
            ]
        ),
        pager=pager if older else "",
    )
    return shell(frame, language, _plain_head(frame, title), body, "archive")


def plain_page(frame: Frame, title: str, text: str | Html) -> str:
    body = markup('<div class="jeg_main"><h1>$title</h1><p>$text</p></div>', title=title, text=text)
    return shell(frame, frame.masthead.language, _plain_head(frame, title), body, "page")


def _plain_head(frame: Frame, title: str) -> Html:
    return markup(
        '<title>$title - $site</title><meta property="og:type" content="website"/>',
        title=title,
        site=frame.masthead.title,
    )


def shell(frame: Frame, language: str, head: Html, body: Html, classes: str) -> str:
    """What surrounds every page, with today's date at the top of it."""
    editions = [
        markup('<a href="$prefix/">$native</a>', prefix=prefix, native=NATIVE[each])
        for each, prefix in frame.masthead.prefixes.items()
    ]
    return fill(
        "wordpress/shell.html",
        direction="ltr" if language == "en" else "rtl",
        lang=language,
        head=head,
        home=frame.home,
        site=frame.masthead.title,
        prefix=frame.masthead.prefixes[language],
        editions=joined(editions),
        theme=frame.theme,
        classes=classes,
        today=full_date(frame.now, language),
        body=body,
    )
