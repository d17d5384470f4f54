"""The pages of the Wix-like outlet, in the image of Wix Blog: what goes into its templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from zancrawler.newsroom import wix_body as body
from zancrawler.newsroom.article import Article, CreditPlace
from zancrawler.newsroom.calendar import (
    KABUL,
    full_date,
    iso_utc,
    persian_digits,
    short_month_date,
)
from zancrawler.newsroom.markup import Html, fill, joined, markup

TITLE = "Chenar Post"
PREFIXES = {"en": "", "fa-AF": "/fa", "ps": "/ps"}
HREFLANG = {"en": "en-us", "fa-AF": "fa-af", "ps": "ps-af"}
DARI_GREGORIAN = (
    *("جنوری", "فبروری", "مارچ", "اپریل", "می", "جون"),
    *("جولای", "آگست", "سپتمبر", "اکتوبر", "نومبر", "دسمبر"),
)
INLINE_CODE = Html("""
(function(){var s=decodeURIComponent(location.hash),r="/post/${s";
var routes=["/post/sitemap","/post/robots","/blog/tags/decodeURIComponent(e","/page/C,location"];
var t='<a href="/post/'+s+'">'+s+'</a>';if(s)window.open("/blog/page/window.location")})();
""")
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
        writer="Writer: ",
        minutes="{} min read",
        updated="Updated: ",
        recent="Recent Posts",
        see_all="See All",
        categories="Post categories",
        tags="Tags",
        blog="All Posts",
    ),
    "fa-AF": Words(
        writer="نویسنده: ",
        minutes="{} دقیقه خواندن",
        updated="به‌روزرسانی: ",
        recent="پست‌های اخیر",
        see_all="دیدن همه",
        categories="دسته‌ها",
        tags="برچسب‌ها",
        blog="همه پست‌ها",
    ),
    "ps": Words(
        writer="لیکوال: ",
        minutes="{} دقیقې لوستل",
        updated="تازه شوی: ",
        recent="وروستۍ لیکنې",
        see_all="ټول وګورئ",
        categories="کټګورۍ",
        tags="ټاګونه",
        blog="ټولې لیکنې",
    ),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the site needs to know."""

    home: str
    now: datetime
    serial: int


def words_of(language: str) -> Words:
    """A language that nothing is published in gets the English words."""
    return WORDS.get(language, WORDS["en"])


def link(path: str) -> str:
    """The path as Wix writes it: raw but for the colon."""
    return path.replace(":", "%3A")


def slug(path: str) -> str:
    return path.rsplit("/", 1)[1]


def section_slug(section: str) -> str:
    return section.lower().replace(" ", "-")


def post_page(
    frame: Frame,
    article: Article,
    translations: list[Article],
    recent: list[Article],
    ballast: int,
) -> str:
    """A blog post, with `ballast` bytes of code before it."""
    url = frame.home + link(article.path)
    head = fill(
        "wix/post_head.html",
        title=article.title,
        url=url,
        teaser=teaser(article),
        image=frame.home + body.media(article.image),
        posting=_json(_posting(frame, article, url)),
        author=article.authors[0],
        published=iso_utc(article.published),
        modified=iso_utc(article.modified),
        alternates=_alternates(frame, [article, *translations] if translations else []),
    )
    whole = joined([_post(frame, article), _recent(frame, article, recent)])
    root = markup('<div data-hook="post-page-root">$body</div>', body=whole)
    return shell(frame, article.language, head, root, ballast)


def wrong_language_page(frame: Frame, article: Article, language: str) -> str:
    """What Wix makes of a post asked for under another language: 200, and nothing to go by."""
    head = _plain_head("Post")
    root = markup('<div data-hook="post-page-root">$body</div>', body=_post(frame, article))
    return shell(frame, language, head, root)


def news_page(frame: Frame, article: Article, latest: list[Article], pager: list[str]) -> str:
    """The older page type: a dynamic page, with a date in words and no structured data.

    `latest` are other stories with dates of their own, `pager` the repeater's addresses.
    """
    main = fill(
        "wix/news.html",
        picture=body.picture(frame.home, article.image, ""),
        credit=markup("<p>$line</p>", line=body.credit_line(article)) if article.credit else "",
        title=article.title,
        date=full_date(article.published, article.language),
        author=article.authors[0],
        paragraphs=joined([body.flat(frame.home, block) for block in article.blocks]),
        latest=joined(
            [
                fill(
                    "wix/news_item.html",
                    path=link(each.path),
                    title=each.title,
                    date=short_month_date(each.published, with_year=True),
                )
                for each in latest
            ]
        ),
        pager=joined([markup('<a href="$to">$n</a>', to=to, n=n) for n, to in enumerate(pager, 1)]),
    )
    canonical = markup('<link rel="canonical" href="$u"/>', u=frame.home + link(article.path))
    return shell(frame, article.language, _plain_head(article.title, canonical), main)


def listing_page(
    frame: Frame, language: str, title: str, articles: list[Article], previous: str, following: str
) -> str:
    """Teasers, which use the hooks of a post, and a pager; `previous`, `following` may be empty."""
    turns = [(previous, "prev", "‹"), (following, "next", "›")]
    links = [
        markup('<link rel="$rel" href="$to"/>', rel=rel, to=frame.home + to)
        for to, rel, _ in turns
        if to
    ]
    pager = [
        markup('<a href="$to" data-hook="pagination__$rel">$mark</a>', to=to, rel=rel, mark=mark)
        for to, rel, mark in turns
        if to
    ]
    teasers = joined([_teaser_item(frame, each) for each in articles])
    main = fill(
        "wix/listing.html",
        title=title,
        teasers=teasers or fill("wix/empty.html"),
        pager=joined(pager),
    )
    return shell(frame, language, _plain_head(title, joined(links)), main)


def plain_page(frame: Frame, language: str, title: str, text: str) -> str:
    main = markup("<section><h1>$title</h1><p>$text</p></section>", title=title, text=text)
    return shell(frame, language, _plain_head(title), main)


def shell(frame: Frame, language: str, head: Html, main: Html, ballast: int = 0) -> str:
    """What surrounds every page. `ballast` is a number of bytes of code before the body."""
    prefix = PREFIXES.get(language, f"/{language}")
    return fill(
        "wix/shell.html",
        lang=language.split("-")[0],
        code=INLINE_CODE,
        ballast=_ballast(ballast),
        head=head,
        home=frame.home,
        feed=f"{prefix if language in PREFIXES else ''}/blog-feed.xml",
        root=prefix or "/",
        prefix=prefix,
        blog=words_of(language).blog,
        body=main,
        serial=frame.serial,
    )


def teaser(article: Article) -> str:
    """The first 500 characters of the whole body, the credit run into the text, as Wix does."""
    credit = body.credit_line(article) if article.credit_place is CreditPlace.LINE else ""
    return (credit + article.text.replace("\n", ""))[:500]


def shown_date(moment: datetime, language: str, now: datetime) -> str:
    """The date as Wix prints it: without the year while that is the current one."""
    day = moment.astimezone(KABUL).date()
    current = day.year == now.astimezone(KABUL).year
    if language == "fa-AF":
        year = "" if current else f" {persian_digits(day.year)}"
        return f"{persian_digits(day.day)} {DARI_GREGORIAN[day.month - 1]}{year}"
    return short_month_date(moment, with_year=not current)


def _post(frame: Frame, article: Article) -> Html:
    words, prefix = WORDS[article.language], PREFIXES[article.language]
    updated = Html()
    if article.modified != article.published:
        updated = markup(
            '<p class="m4x0d">$label<span title="$late" data-hook="time-ago">$late</span></p>',
            label=words.updated,
            late=shown_date(article.modified, article.language, frame.now),
        )
    hero = Html()
    if article.credit_place is CreditPlace.LINE:
        hero = markup(
            '<section data-hook="post-hero-image">$picture</section>',
            picture=body.picture(frame.home, article.image, ""),
        )
    return fill(
        "wix/post.html",
        hero=hero,
        title=article.title,
        writer=words.writer,
        author=article.authors[0],
        avatar=body.media(article.authors[0]),
        shown=shown_date(article.published, article.language, frame.now),
        minutes=_minutes(article),
        updated=updated,
        direction="ltr" if article.language == "en" else "rtl",
        blocks=joined(body.ricos(frame.home, article)),
        tags_label=words.tags,
        tags=joined(
            [
                markup(
                    '<li><a href="$blog/tags/$tag">$tag</a></li>', blog=f"{prefix}/blog", tag=tag
                )
                for tag in article.tags
            ]
        ),
        categories_label=words.categories,
        category=f"{prefix}/blog/categories/{section_slug(article.section)}",
        section=article.section,
    )


def _minutes(article: Article) -> str:
    return words_of(article.language).minutes.format(max(1, len(article.text.split()) // 200))


def _recent(frame: Frame, article: Article, recent: list[Article]) -> Html:
    """Other posts, with counters that move on at every request."""
    words = WORDS[article.language]
    return fill(
        "wix/recent.html",
        heading=words.recent,
        see_all=words.see_all,
        blog=PREFIXES[article.language] + "/blog",
        items=joined(
            [
                fill(
                    "wix/recent_item.html",
                    title=each.title,
                    path=link(each.path),
                    views=frame.serial + 17 * place,
                )
                for place, each in enumerate(recent, 1)
            ]
        ),
    )


def _teaser_item(frame: Frame, article: Article) -> Html:
    return fill(
        "wix/teaser.html",
        path=link(article.path),
        title=article.title,
        teaser=teaser(article)[:140],
        author=article.authors[0],
        shown=shown_date(article.published, article.language, frame.now),
        minutes=_minutes(article),
    )


def _plain_head(title: str, links: str = "") -> Html:
    return fill("wix/plain_head.html", title=title, links=links)


def _alternates(frame: Frame, versions: list[Article]) -> Html:
    return joined(
        [
            markup(
                '<link rel="alternate" href="$url" hreflang="$language"/>',
                url=frame.home + link(each.path),
                language=HREFLANG[each.language],
            )
            for each in versions
        ]
    )


def _ballast(size: int) -> Html:
    """So many bytes of style rules, such as Wix puts before the page."""
    rule = ".H7q{n}x{{pointer-events:none;z-index:{n};color:#11{n}}}.b{n}{{inset:0 {n}px}}\n"
    width = len(rule.format(n=100_000))
    return Html("".join(rule.format(n=100_000 + n) for n in range(-(-size // width))))


def _posting(frame: Frame, article: Article, url: str) -> dict[str, object]:
    profile = f"{frame.home}/profile/desk/profile"
    return {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "author": {"@type": "Person", "name": article.authors[0], "url": profile},
        "dateModified": iso_utc(article.modified),
        "datePublished": iso_utc(article.published),
        "headline": article.title,
        "mainEntityOfPage": {"@id": url, "@type": "itemPage", "url": url},
        "description": teaser(article),
        "url": url,
        "image": {
            "@type": "ImageObject",
            "url": frame.home + body.media(article.image),
            "width": "1600",
            "height": "1000",
        },
        "publisher": {"@type": "Organization", "name": TITLE, "url": frame.home},
    }


def _json(value: object) -> Html:
    """JSON that may stand in a script element."""
    source = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Html(source.replace("</", "<\\/"))
