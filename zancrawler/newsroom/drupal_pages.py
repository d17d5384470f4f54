"""The pages of the Drupal-like outlet: what a newsroom makes of Drupal 9 and its own fields.

Headline and standfirst stand above the body and again below it, for teasers. Nothing is said for
machines: the time of publication is a line of text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from zancrawler.newsroom.answer import address
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import full_date, persian_digits
from zancrawler.newsroom.frame import Frame
from zancrawler.newsroom.markup import Html, fill, joined, markup
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.prose import prose

CODES = {"fa-AF": "fa", "ps": "ps", "en": "en"}
NATIVE = {"fa-AF": "دری", "ps": "پښتو", "en": "English"}
SENTENCE = re.compile(r"(?<=[.؟!])\s")


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words in one language."""

    skip: str
    by: str
    thumbnail: str
    tags: str
    login: str
    latest: str
    next: str


WORDS = {
    "fa-AF": Words(
        skip="پرش به محتوای اصلی",
        by="نویسنده",
        thumbnail="تصویر بندانگشتی",
        tags="برچسب‌ها",
        login="برای نوشتن دیدگاه وارد شوید",
        latest="تازه‌ترین خبرها",
        next="بعدی",
    ),
    "ps": Words(
        skip="اصلي منځپانګې ته ورشئ",
        by="لیکوال",
        thumbnail="بټنوک",
        tags="ټګونه",
        login="د تبصرې لپاره ننوځئ",
        latest="تازه خبرونه",
        next="بل",
    ),
    "en": Words(
        skip="Skip to main content",
        by="Submitted by",
        thumbnail="Thumbnail",
        tags="Tags",
        login="Log in to post comments",
        latest="Latest news",
        next="Next",
    ),
}


def picture(image: str) -> str:
    return f"/sites/default/files/{image}.png"


def number(article: Article) -> str:
    """The node's own, which its address holds."""
    found = re.search(r"\d{4,}", article.path)
    return found[0] if found else "0"


def standfirst(article: Article) -> str:
    """The subtitle; where there is none, the first sentence once more."""
    return article.subtitle or SENTENCE.split(article.text, maxsplit=1)[0]


def section_path(frame: Frame, language: str, section: str) -> str:
    return f"{frame.masthead.prefixes[language]}/category/{section.lower().replace(' ', '-')}"


def submitted(masthead: Masthead, article: Article) -> str:
    """Drupal's medium form of a time, `Thu, 08/28/2025 - 15:30`, or a newsroom's own."""
    zone = ZoneInfo(masthead.timezone)
    moment = article.published.astimezone(zone)
    if article.language == "en":
        return f"{moment:%a, %m/%d/%Y - %H:%M}"
    hour = persian_digits(f"{moment:%H:%M}")
    return f"{full_date(article.published, article.language, zone)} - {hour}"


def article_page(
    frame: Frame, article: Article, translations: list[Article], latest: list[Article]
) -> str:
    words = WORDS[article.language]
    versions = [article, *translations] if translations else []
    head = fill(
        "drupal/article_head.html",
        site=frame.masthead.title,
        title=article.title,
        url=address(frame.home, article.path),
        short=f"{frame.home}/node/{number(article)}",
        standfirst=standfirst(article),
        alternates=joined(
            [
                markup(
                    '<link rel="alternate" hreflang="$code" href="$url" />',
                    code=CODES[each.language],
                    url=address(frame.home, each.path),
                )
                for each in versions
            ]
        ),
    )
    body = fill(
        "drupal/article.html",
        number=number(article),
        title=article.title,
        by=words.by,
        author=article.authors[0],
        date=submitted(frame.masthead, article),
        category=section_path(frame, article.language, article.section),
        section=article.section,
        thumbnail=words.thumbnail,
        cover=picture(article.image),
        credit=article.credit or "",
        caption=article.credit_label + (article.credit or ""),
        standfirst=standfirst(article),
        content=joined(prose(article, _figure)),
        tags_label=words.tags,
        tags=joined(
            [markup('<li><a href="/tags/$tag">$tag</a></li>', tag=t) for t in article.tags]
        ),
        login=words.login,
        latest_label=words.latest,
        latest=_teasers(latest),
    )
    return shell(frame, article.language, head, body, "page-node-type-article")


def _figure(image: str, caption: str, credit: str) -> Html:
    return fill("drupal/figure.html", address=picture(image), caption=caption, credit=credit)


def _teasers(articles: list[Article]) -> Html:
    return joined(
        [
            fill(
                "drupal/teaser.html",
                path=each.path,
                title=each.title,
                standfirst=standfirst(each),
            )
            for each in articles
        ]
    )


def listing_page(
    frame: Frame, language: str, title: str, articles: list[Article], following: str
) -> str:
    """Teasers; `following` is the path and query of the next page, or empty."""
    pager = markup(
        '<nav class="pager" role="navigation"><ul class="pager__items"><li class="pager__item '
        'pager__item--next"><a href="$following" rel="next">$words ›</a></li></ul></nav>',
        following=following,
        words=WORDS[language].next,
    )
    body = fill(
        "drupal/listing.html",
        title=title,
        teasers=_teasers(articles),
        pager=pager if following else "",
    )
    return shell(frame, language, _plain_head(frame, title), body, "path-frontpage")


def plain_page(frame: Frame, title: str, text: str) -> str:
    body = markup('<h1 class="title page-title">$title</h1><p>$text</p>', title=title, text=text)
    head = _plain_head(frame, title)
    return shell(frame, frame.masthead.language, head, body, "page-node-type-page")


def _plain_head(frame: Frame, title: str) -> Html:
    return markup("<title>$title | $site</title>", title=title, site=frame.masthead.title)


def shell(frame: Frame, language: str, head: Html, body: Html, classes: str) -> str:
    """What surrounds every page."""
    editions = [
        markup(
            '<li hreflang="$code"><a href="$prefix/" class="language-link">$native</a></li>',
            code=CODES[each],
            prefix=prefix,
            native=NATIVE[each],
        )
        for each, prefix in frame.masthead.prefixes.items()
    ]
    sections = [
        markup(
            '<li class="menu-item"><a href="$path">$name</a></li>',
            path=section_path(frame, language, each),
            name=each,
        )
        for each in frame.sections.get(language, [])
    ]
    return fill(
        "drupal/shell.html",
        lang=CODES[language],
        direction="ltr" if language == "en" else "rtl",
        head=head,
        site=frame.masthead.title,
        home=frame.home,
        prefix=frame.masthead.prefixes[language],
        classes=classes,
        skip=WORDS[language].skip,
        editions=joined(editions),
        sections=joined(sections),
        body=body,
    )
